// Checks a checkpoint, and a receipt of an event under one, by golang.org/x/mod/sumdb, which nobody here wrote:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tests/go/check.go CHECKPOINT KEY RECEIPT EVENT [CONSISTENCY]
//
// with Debian's packages golang-go and golang-golang-x-mod-dev. CONSISTENCY, a request of C2SP tlog-witness, must lead from
// CHECKPOINT to the checkpoint in it. It only splits texts into lines: it must leave signatures and proofs to the library.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const receiptHeader = "c2sp.org/tlog-proof@v1"

func main() {
	if len(os.Args) != 5 && len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: check CHECKPOINT KEY RECEIPT EVENT [CONSISTENCY]")
		os.Exit(2)
	}
	if err := check(os.Args[1:]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func check(args []string) error {
	verifier, err := note.NewVerifier(args[1])
	if err != nil {
		return err
	}
	files := make(map[int][]byte)
	for i := range args {
		if i == 1 {
			continue
		}
		if files[i], err = os.ReadFile(args[i]); err != nil {
			return err
		}
	}
	outer, err := open(files[0], verifier)
	if err != nil {
		return fmt.Errorf("the checkpoint: %w", err)
	}
	inner, index, err := included(files[2], files[3], verifier)
	if err != nil {
		return fmt.Errorf("the receipt: %w", err)
	}
	if inner.N == outer.N && inner.Hash != outer.Hash {
		return fmt.Errorf("two checkpoints of %d entries have different roots", inner.N)
	}
	if len(args) == 5 {
		if err := continued(files[4], outer, verifier); err != nil {
			return fmt.Errorf("the consistency proof: %w", err)
		}
	}
	fmt.Printf("ok: %s, %d entries, root %v; the event has index %d of %d\n", verifier.Name(), outer.N, outer.Hash, index, inner.N)
	return nil
}

// open gives the tree that a checkpoint signed by this key states.
func open(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not origin, size and root of the log %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// included checks that the event has the index that the receipt says.
func included(receipt, event []byte, verifier note.Verifier) (tlog.Tree, int64, error) {
	above, below, _ := bytes.Cut(receipt, []byte("\n\n"))
	lines := strings.Split(string(above), "\n")
	if lines[0] != receiptHeader || len(lines) < 2 {
		return tlog.Tree{}, 0, fmt.Errorf("it does not begin with %s", receiptHeader)
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") && len(lines) > 1 {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return tlog.Tree{}, 0, err
	}
	proof, err := hashes(lines[1:])
	if err != nil {
		return tlog.Tree{}, 0, err
	}
	tree, err := open(below, verifier)
	if err != nil {
		return tlog.Tree{}, 0, err
	}
	entry := tlog.RecordHash(bytes.TrimSuffix(event, []byte("\n")))
	return tree, index, tlog.CheckRecord(tlog.RecordProof(proof), tree.N, tree.Hash, index, entry)
}

// continued checks that the tree of the checkpoint in the request begins with the old one.
func continued(request []byte, old tlog.Tree, verifier note.Verifier) error {
	above, below, _ := bytes.Cut(request, []byte("\n\n"))
	lines := strings.Split(string(above), "\n")
	if lines[0] != fmt.Sprintf("old %d", old.N) {
		return fmt.Errorf("it begins with %q, not with old %d", lines[0], old.N)
	}
	proof, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	tree, err := open(below, verifier)
	if err != nil {
		return err
	}
	return tlog.CheckTree(tlog.TreeProof(proof), tree.N, tree.Hash, old.N, old.Hash)
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var proof []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		proof = append(proof, hash)
	}
	return proof, nil
}
