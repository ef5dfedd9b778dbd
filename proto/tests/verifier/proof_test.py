"""Inclusion and consistency over whole ranges of trees, receipts as texts, and what must be refused (T27 to T29).

The proofs are made by the definitions of RFC 9162, never by the algorithms that check them.
"""

import hashlib

from given import HASHES, Case, checkpoint_of, maker, verify
from maker import base64_of, entry, node, receipt

TLOG_PROOF = """c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

"""


def leaves(size):
    return [entry(str(i).encode()) for i in range(size)]


class Proofs(Case):
    SIZES = [*range(1, 34), 63, 64, 65, 100]

    def test_every_entry_of_every_tree_is_proven_and_no_other(self):
        for size in self.SIZES:
            hashes = leaves(size)
            root = maker.root_of(hashes)
            for index in range(size):
                proof = maker.inclusion(index, hashes)
                verify.check_inclusion(index, size, hashes[index], proof, root)
                self.refused(
                    "the proof",
                    verify.check_inclusion,
                    index,
                    size,
                    hashes[index - 1] if size > 1 else root[::-1],
                    proof,
                    root,
                )

    def test_a_changed_proof_is_refused(self):
        size = 21
        hashes = leaves(size)
        root = maker.root_of(hashes)
        for index in range(size):
            good, leaf = maker.inclusion(index, hashes), hashes[index]
            bad = [
                (index + 1, size, leaf, good),
                (index - 1, size, leaf, good),
                (index, 0, leaf, good),
                (index, index, leaf, good),
                (2**64 - 1, size, leaf, good),
                (index, size, root, good),
                (index, size, root, []),
                (index, size, leaf, []),
                (index, size, leaf, good[:-1]),
                (index, size, leaf, good[1:]),
                (index, size, leaf, good + [root]),
                (index, size, leaf, [leaf] + good),
                (index, size, leaf, good[::-1]),
                (index, size, node(hashes[0], hashes[1]), good),
            ]
            for at in range(len(good)):
                bad.append((index, size, leaf, good[:at] + [hashlib.sha256(good[at]).digest()] + good[at + 1 :]))
                bad.append((index, size, leaf, good[:at] + [good[at], good[at]] + good[at + 1 :]))
            for case in bad:
                if case != (index, size, leaf, good):
                    with self.assertRaises(verify.Fault, msg=case):
                        verify.check_inclusion(*case, root)
            self.refused("too long", verify.check_inclusion, index, size, leaf, good + [root], root)
            self.refused("too short", verify.check_inclusion, index, size, leaf, good[:-1], root)
            # For another size the root is another too; with this one's the proof may lead nowhere but here.
            for other in (size - 1, size + 1, 32, 2**63 - 1):
                with self.assertRaises(verify.Fault):
                    verify.check_inclusion(index, other, leaf, good, maker.root_of(leaves(min(other, 40))))

    def test_an_inner_node_is_no_entry(self):
        hashes = leaves(4)
        inner = node(hashes[0], hashes[1])
        root = node(inner, node(hashes[2], hashes[3]))
        for index in range(4):
            self.refused("too short", verify.check_inclusion, index, 4, inner, [node(hashes[2], hashes[3])], root)
        # Nor can a body be found whose hash is a node's: they differ in the first byte that is hashed.
        self.assertNotEqual(verify.entry(hashes[0] + hashes[1]), inner)
        self.assertEqual(verify.node(hashes[0], hashes[1]), inner)

    def test_every_tree_continues_every_smaller_one(self):
        for size in self.SIZES:
            hashes = leaves(size)
            root = maker.root_of(hashes)
            for old in range(size + 1):
                proof = maker.consistency(old, hashes)
                old_root = maker.root_of(hashes[:old])
                verify.check_consistency(old, old_root, size, root, proof)
                changed = old_root[::-1]
                with self.assertRaises(verify.Fault):
                    verify.check_consistency(old, changed, size, root, proof)
                if old > 0:
                    with self.assertRaises(verify.Fault):
                        verify.check_consistency(old, old_root, size, root[::-1], proof)

    def test_consistency_of_none_with_itself_and_backwards(self):
        hashes = leaves(9)
        none, five, nine = maker.root_of([]), maker.root_of(hashes[:5]), maker.root_of(hashes)
        proof = maker.consistency(5, hashes)
        table = [
            ("from 5 to 9", "", 5, five, 9, nine, proof),
            ("from none", "", 0, none, 9, nine, []),
            ("from none with a proof", "too long", 0, none, 9, nine, proof),
            ("from none with a root", "not that of no entries", 0, five, 9, nine, []),
            ("from none to none", "", 0, none, 0, none, []),
            ("with itself", "", 9, nine, 9, nine, []),
            ("with itself and a proof", "too long", 9, nine, 9, nine, proof),
            ("with another of its size", "other roots", 9, five, 9, nine, []),
            ("backwards", "the older tree has 9", 9, nine, 5, five, proof),
            ("backwards without proof", "the older tree has 9", 9, nine, 5, five, []),
            ("without proof", "too short", 5, five, 9, nine, []),
            ("from a full subtree without proof", "too short", 8, maker.root_of(hashes[:8]), 9, nine, []),
            ("another old size", "the proof", 6, five, 9, nine, proof),
            # Not every other size shows: of 9, 10 and 11 the proofs from 5 look alike. Which it is, the checkpoint says.
            ("another size", "too long", 5, five, 8, nine, proof),
            ("another size that is larger", "too short", 5, five, 17, nine, proof),
        ]
        self.tables(table, verify.check_consistency)

    def test_a_changed_consistency_proof_is_refused(self):
        size = 21
        hashes = leaves(size)
        root = maker.root_of(hashes)
        for old in range(1, size):
            good, old_root = maker.consistency(old, hashes), maker.root_of(hashes[:old])
            bad = [[], good[:-1], good[1:], good + [root], [old_root] + good]
            for at in range(len(good)):
                bad.append(good[:at] + [hashlib.sha256(good[at]).digest()] + good[at + 1 :])
            for proof in bad:
                with self.assertRaises(verify.Fault, msg=(old, proof)):
                    verify.check_consistency(old, old_root, size, root, proof)


class Receipts(Case):
    def test_the_specifications_example_is_read(self):
        """Its signatures break off, so it ends above them."""
        read = verify.Receipt(TLOG_PROOF.encode())
        self.assertEqual((read.index, len(read.proof), len(read.extra)), (73894, 5, 39))
        self.assertTrue(read.checkpoint.startswith(b"example.com/fancylog\n109482\n"))

    def test_a_receipt_has_one_spelling(self):
        good, checkpoint = maker.inclusion(7, HASHES), checkpoint_of(12)
        one = base64_of(good[0])
        head, index_form, hash_form, extra_form = (
            "the receipt is not",
            "the receipt's index",
            "a line of the proof",
            "extra is not",
        )

        def text(above):
            return above.encode() + b"\n" + checkpoint

        header = "c2sp.org/tlog-proof@v1\n"

        def many(n):
            return text(f"{header}index 7\n" + f"{one}\n" * n)

        table = [
            ("good", "", receipt(7, good, checkpoint)),
            ("with extra", "", receipt(7, good, checkpoint, "extra AAAA\n")),
            ("no proof", "", receipt(7, [], checkpoint)),
            ("63 hashes", "", many(63)),
            ("64 hashes", "64 hashes, the limit is 63", many(64)),
            ("65 hashes", "65 hashes, the limit is 63", many(65)),
            ("50000 hashes", "hashes, the limit is 63", text(f"{header}index 7\n" + "A\n" * 50000)),
            ("empty", head, b""),
            ("the header alone", head, header.encode()),
            ("another version", head, receipt(7, good, checkpoint).replace(b"@v1", b"@v2")),
            ("CRLF", head, receipt(7, good, checkpoint).replace(b"\n", b"\r\n")),
            ("no empty line", head, f"{header}index 7\n{one}\n".encode() + checkpoint.replace(b"\n\n", b"\n")),
            ("no index", index_form, text(header + one + "\n")),
            ("nothing behind the header", index_form, text(header)),
            ("an index without number", index_form, text(f"{header}index \n")),
            ("07", index_form, text(f"{header}index 07\n")),
            ("+7", index_form, text(f"{header}index +7\n")),
            ("-1", index_form, text(f"{header}index -1\n")),
            ("2^63", index_form, text(f"{header}index {2**63}\n")),
            ("2^64-1", index_form, text(f"{header}index {2**64 - 1}\n")),
            ("two spaces", index_form, text(f"{header}index  7\n")),
            ("index twice", hash_form, text(f"{header}index 7\nindex 7\n")),
            ("extra behind the index", hash_form, text(f"{header}index 7\nextra AAAA\n")),
            ("extra twice", index_form, text(f"{header}extra AAAA\nextra AAAA\nindex 7\n")),
            ("an extra that wastes bits", extra_form, text(f"{header}extra AB==\nindex 7\n")),
            ("a hash of no bytes", hash_form, text(f"{header}index 7\n=\n")),
            ("a hash of 31 bytes", hash_form, text(f"{header}index 7\n{base64_of(good[0][1:])}\n")),
            ("a hash of 33 bytes", hash_form, text(f"{header}index 7\n{base64_of(good[0] + b'x')}\n")),
            ("a hash in hexadecimal", hash_form, text(f"{header}index 7\n{good[0].hex()}\n")),
            ("a hash and a space", hash_form, text(f"{header}index 7\n{one} \n")),
            ("too long", "more than 199616 bytes", receipt(7, good, checkpoint, f"extra {'A' * (1 << 21)}\n")),
        ]
        self.tables(table, verify.Receipt)
