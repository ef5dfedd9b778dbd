"""Exports against signed checkpoints, and checkpoints against each other (T05, T10 to T14, T29); wrong usage.

No export is said to be whole that a checkpoint speaks against, and no pair of checkpoints to fit that cannot.
"""

import json

from command import CommandLine
from given import (
    ANOTHER,
    HASHES,
    NEW_KEY,
    ORIGIN,
    ROOT,
    STORY,
    THE_LOG,
    TWO_OF_THREE,
    W1,
    W2,
    checkpoint_of,
    maker,
)
from maker import base64_of, body_of, entry, note, proof_text, receipt

NO_QUORUM = TWO_OF_THREE.replace(b"quorum most", b"quorum none")


class Exports(CommandLine):
    def against(self, bodies, *checkpoints, policy=NO_QUORUM):
        args = [self.export(bodies), "--policy", self.file("policy", policy)]
        for at, raw in enumerate(checkpoints):
            args += ["--checkpoint", self.file("ABC"[at], raw)]
        return self.said(*args)

    def test_an_export_fits_its_checkpoints(self):
        ok = f"ok: 12 events, root {base64_of(ROOT)}, log {ORIGIN}; "
        code, out = self.against(STORY, checkpoint_of(12))
        self.assertEqual((code, out.splitlines()[0]), (0, ok + "the checkpoint A vouches for the end"))
        self.assertEqual(
            out.splitlines()[1:3],
            ["the checkpoint A: 12 events", f"  signed by the log's key {ORIGIN}+{THE_LOG.id.hex()}"],
        )
        rest = "vouches for the first 9 events, NOTHING OUTSIDE THIS FILE FOR THE REST"
        code, out = self.against(STORY, checkpoint_of(9), checkpoint_of(5))
        self.assertEqual((code, out.splitlines()[0]), (0, ok + f"the checkpoint A {rest}"))
        code, out = self.against(STORY, checkpoint_of(0))
        self.assertEqual(code, 0)
        code, out = self.against([], checkpoint_of(0))
        self.assertEqual((code, out.splitlines()[0].split("; ")[1]), (0, "the checkpoint A vouches for the end"))

    def test_an_export_with_a_head_and_a_checkpoint_must_fit_both(self):
        head = self.file("log.head", body_of(ORIGIN, 12, ROOT))
        args = [self.export(STORY), "--head", head, "--log-key", THE_LOG.vkey, "--checkpoint"]
        code, out = self.said(*args, self.file("A", checkpoint_of(9)))
        self.assertEqual((code, out.splitlines()[0].split("; ")[1]), (0, "the head vouches for the end"))
        code, out = self.said(*args, self.file("A", checkpoint_of(9, hashes=HASHES[::-1])))
        self.assertEqual(
            (code, out.splitlines()[0]), (1, "broken at position 9: the root up to here is not the checkpoint A's")
        )

    def test_a_checkpoint_without_its_quorum_is_refused(self):
        code, out = self.against(STORY, checkpoint_of(12, THE_LOG, W1), policy=TWO_OF_THREE)
        self.assertEqual(
            (code, out.splitlines()[0]),
            (1, "refused: the checkpoint A: the quorum is not met: most takes 2 of one, two, three"),
        )
        code, out = self.against(STORY, checkpoint_of(12, THE_LOG, W1, W2), policy=TWO_OF_THREE)
        self.assertEqual(code, 0)

    def test_a_checkpoint_that_nobody_trusted_signed_is_refused(self):
        code, out = self.against(STORY, checkpoint_of(12, ANOTHER))
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith("refused: the checkpoint A: no key of the log"), out)
        raw = note(body_of(ANOTHER.name, 12, ROOT), ANOTHER)
        code, out = self.against(STORY, raw, policy=f"log {ANOTHER.vkey}\nquorum none\n".encode())
        self.assertEqual(
            (code, out.splitlines()[0]), (1, f'broken at the end: the checkpoint A is of the log "{ANOTHER.name}"')
        )

    def rewritten(self, position):
        """The log with one event edited and all links made anew."""
        bodies = list(STORY)
        event = json.loads(bodies[position - 1])
        event["actor"]["id"] = "a-99"
        bodies[position - 1] = json.dumps(event).encode()
        return maker.linked(bodies)

    def test_a_rewritten_log_is_found_between_two_checkpoints(self):
        """T10, T11: everything from one event on is made anew, and signed anew."""
        where = {
            3: "anywhere, and not behind position 5, where the checkpoint A",
            7: "behind position 5, up to which the checkpoint A fits, and not behind position 9, where the checkpoint B",
        }
        for position, words in where.items():
            bodies = self.rewritten(position)
            self.assertEqual(self.said(self.export(bodies))[0], 0)
            at = 5 if position == 3 else 9
            code, out = self.against(bodies, checkpoint_of(5), checkpoint_of(9))
            self.assertEqual(code, 1)
            self.assertTrue(out.startswith(f"broken at position {at}: the root up to here is not the checkpoint"), out)
            self.assertIn(f"the change lies {words} does not fit", out)
            self.assertEqual(self.against(bodies, checkpoint_of(9), checkpoint_of(5))[1][:20], out[:20])
            fresh = checkpoint_of(12, hashes=[entry(body) for body in bodies])
            code, out = self.against(bodies, checkpoint_of(5), fresh, checkpoint_of(9))
            self.assertEqual(code, 1)
            self.assertIn(
                "are of two histories, and keys of this log signed both: with these events the two files are evidence",
                out,
            )
        code, out = self.against(self.rewritten(11), checkpoint_of(5), checkpoint_of(9))
        self.assertEqual(code, 0)
        self.assertIn("NOTHING OUTSIDE THIS FILE FOR THE REST", out)

    def test_a_log_that_was_cut_is_found(self):
        """T05, T12: truncated, and re-signed."""
        cut = STORY[:8]
        code, out = self.against(cut, checkpoint_of(8), checkpoint_of(12))
        self.assertEqual(
            (code, out.splitlines()[0]), (1, "broken at the end: the checkpoint B counts 12 events, the log has 8")
        )
        self.assertIn("up to position 8 the events are those of the checkpoint A", out)

    def test_a_log_that_was_cut_and_grew_otherwise_is_found(self):
        """T13, T14: two checkpoints of one size and key are evidence by themselves."""
        other = self.rewritten(10)
        fork = checkpoint_of(12, NEW_KEY, hashes=[entry(body) for body in other])
        same = checkpoint_of(12, hashes=[entry(body) for body in other])
        evidence = (
            "contradiction: the checkpoint A and the checkpoint B count 12 events each and have different roots; "
            f"{ORIGIN}+{THE_LOG.id.hex()} signed both: the two files are evidence by themselves"
        )
        code, out = self.against(STORY, checkpoint_of(12), same)
        self.assertEqual(
            (code, out.splitlines()[:2]),
            (1, [evidence, "broken at position 12: the root up to here is not the checkpoint B's"]),
        )
        code, out = self.against(other, checkpoint_of(9), same)
        self.assertEqual(code, 0)
        policy = self.file("p", f"log {THE_LOG.vkey}\nlog {NEW_KEY.vkey}\nquorum none\n")
        two = ["--checkpoint", self.file("A", checkpoint_of(12)), "--checkpoint"]
        code, out = self.said(*two, self.file("B", same), "--policy", policy)
        self.assertEqual((code, out.splitlines()[0]), (1, evidence))
        code, out = self.said(*two, self.file("B", fork), "--policy", policy)
        self.assertEqual(code, 1)
        self.assertIn(f"{ORIGIN}+{NEW_KEY.id.hex()}, keys of this log, signed them: the two files are evidence", out)
        # The quorum is not needed for it.
        code, out = self.said(*two, self.file("B", same), "--policy", self.file("q", TWO_OF_THREE))
        self.assertEqual((code, out.splitlines()[0]), (1, evidence))

    def test_checkpoints_by_themselves(self):
        key = ["--log-key", THE_LOG.vkey]
        one, two = self.file("A", checkpoint_of(9)), self.file("B", checkpoint_of(12))
        code, out = self.said("--checkpoint", one, *key)
        self.assertEqual(
            (code, out.splitlines()[0]), (0, f"ok: 1 checkpoints of the log {ORIGIN}: the signatures hold")
        )
        code, out = self.said("--checkpoint", one, "--checkpoint", two, *key)
        self.assertEqual(code, 0)
        self.assertIn("WHETHER ONE CONTINUES THE OTHER IS NOT KNOWN", out.splitlines()[0])
        code, out = self.said("--checkpoint", one, "--policy", self.file("p", TWO_OF_THREE))
        self.assertEqual((code, out.splitlines()[0][:48]), (1, "refused: the checkpoint A: the quorum is not met"))
        other = self.file("C", note(body_of(ANOTHER.name, 9, ROOT), ANOTHER))
        policy = self.file("p", f"log {THE_LOG.vkey}\nlog {ANOTHER.vkey}\nquorum none\n")
        code, out = self.said("--checkpoint", one, "--checkpoint", other, "--policy", policy)
        self.assertEqual((code, out), (1, "refused: the checkpoints are of different logs\n"))

    def test_a_later_checkpoint_continues_an_earlier_one(self):
        """T29, in the form that tlog-witness gives the proof."""
        other = [entry(body) for body in self.rewritten(3)]

        def ask(old, new, proof, says=None, hashes=None):
            text = f"old {old if says is None else says}\n{proof_text(proof)}\n".encode() + checkpoint_of(
                new, hashes=hashes
            )
            args = ["--checkpoint", self.file("A", checkpoint_of(old)), "--consistency", self.file("proof", text)]
            code, out = self.said(*args, "--log-key", THE_LOG.vkey)
            return code, out.splitlines()[0]

        continues = f"ok: 2 checkpoints of the log {ORIGIN}: the later one continues the earlier one"
        for old in range(13):
            self.assertEqual(ask(old, 12, maker.consistency(old, HASHES)), (0, continues))
        good = maker.consistency(9, HASHES)
        self.assertEqual(ask(9, 12, [ROOT] + good[1:]), (1, "refused: the proof does not lead to the older root"))
        self.assertEqual(
            ask(9, 12, maker.consistency(9, other), hashes=other),
            (1, "refused: the proof does not lead to the older root"),
        )
        self.assertEqual(ask(12, 9, []), (1, "refused: the older tree has 12 entries, the newer one 9"))
        self.assertIn("begins at 8 events, the checkpoint A counts 9", ask(9, 12, good, says=8)[1])
        self.assertIn("is not old size, proof, an empty line and a checkpoint", ask(9, 12, good, says="09")[1])
        self.assertIn("the limit is 63", ask(9, 12, [ROOT] * 64)[1])
        code, first = ask(12, 12, [], hashes=other)
        self.assertEqual(code, 1)
        self.assertTrue(first.startswith("contradiction: "), first)

    def test_what_does_not_go_together_is_wrong_usage(self):
        log, some = self.export(STORY), self.file("A", checkpoint_of(12))
        key, policy = ["--log-key", THE_LOG.vkey], ["--policy", self.file("p", TWO_OF_THREE)]
        for args in (
            [],
            [log, "--checkpoint", some],
            [log, "--checkpoint", some, *key, *policy],
            [log, *key],
            ["--receipt", some],
            ["--event", some, *key],
            ["--receipt", some, "--event", some],
            ["--receipt", some, "--event", some, "--checkpoint", some, *key],
            [log, "--receipt", some, "--event", some, *key],
            ["--checkpoint", some],
            ["--checkpoint", some, "--checkpoint", some, "--consistency", some, *key],
            ["--consistency", some, *key],
            ["--checkpoint", some, "--head", some, *key],
            ["--vectors", "x", log],
            ["--vectors", "x", "--head", log],
            [
                "--receipt",
                self.file("r", receipt(0, [], checkpoint_of(1))),
                "--event",
                str(self.folder / "nothing"),
                *key,
            ],
        ):
            with self.subTest(args):
                self.assertEqual(self.said(*args)[0], 2)
