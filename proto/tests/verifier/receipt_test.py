"""Receipts on the command line: what is printed, and what is refused (T27, T28).

No receipt is said to hold whose event, proof, signature or quorum does not.
"""

from command import CommandLine
from given import ANOTHER, HASHES, ORIGIN, ROOT, STORY, THE_LOG, TWO_OF_THREE, W1, W2, W3, checkpoint_of, maker
from maker import base64_of, body_of, entry, note, receipt


def receipt_over(index, body, signers):
    """A receipt for a log that holds this body at this index."""
    hashes = HASHES[:index] + [entry(body)] + HASHES[index + 1 :]
    return receipt(index, maker.inclusion(index, hashes), checkpoint_of(12, *signers, hashes=hashes))


class Receipts(CommandLine):
    def receipt(self, raw, body=STORY[7], policy=TWO_OF_THREE):
        args = ["--receipt", self.file("r.tlog-proof", raw), "--event", self.file("event", body)]
        return self.said(*args, "--policy", self.file("policy", policy))

    def test_a_receipt_holds_with_its_quorum(self):
        proof = maker.inclusion(7, HASHES)
        raw = receipt(7, proof, checkpoint_of(12, THE_LOG, W1, W3), "extra AAAA\n")
        stands = f"position 8 of the log {ORIGIN}, in its tree of 12 entries, root {base64_of(ROOT)}"
        code, out = self.receipt(raw)
        lines = [
            f"ok: the event stands at {stands}; quorum met",
            f"sheet_submitted in stream sheet/hanoi-2022/ldtbxh at 2022-10-28T01:08:00.000000Z, hash {HASHES[7].hex()}",
            f"signed by the log's key {ORIGIN}+{THE_LOG.id.hex()}",
            f"cosigned by the witness one (witness.example/w1+{W1.id.hex()}) at 2023-11-14T22:13:20Z",
            f"NOT cosigned by the witness two (witness.example/w2+{W2.id.hex()})",
            f"cosigned by the witness three (witness.example/w3+{W3.id.hex()}) at 2023-11-14T22:13:20Z",
            "quorum most: met",
            "what it covers was made no later than 2023-11-14T22:13:20Z: by then enough witnesses had cosigned",
            "extra of 3 bytes, not looked at: nothing vouches for it",
        ]
        self.assertEqual((code, out.splitlines()), (0, lines))
        self.assertEqual(self.receipt(raw, STORY[7] + b"\n")[0], 0)
        self.assertEqual(self.receipt(raw, STORY[7] + b"\n\n")[0], 1)
        code, out = self.receipt(receipt(7, proof, checkpoint_of(12, THE_LOG, W1)))
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith("refused: the quorum is not met: most takes 2 of one, two, three\n"), out)
        self.assertIn(f"the log's signature and the proof hold: {stands}\n", out)
        self.assertIn("quorum most: NOT MET\n", out)

    def test_one_witness_of_several_moves_no_bound_alone(self):
        proof = maker.inclusion(7, HASHES)
        early = 1600000000  # years before the others
        raw = receipt(7, proof, checkpoint_of(12, THE_LOG, (W1, early), W3, W2))
        self.assertIn("no later than 2023-11-14T22:13:20Z: by then enough", self.receipt(raw)[1])
        both = receipt(7, proof, checkpoint_of(12, THE_LOG, (W1, early), W3, (W2, early)))
        self.assertIn("no later than 2020-09-13T12:26:40Z: by then enough", self.receipt(both)[1])
        self.assertNotIn("no later than", self.receipt(receipt(7, proof, checkpoint_of(12, THE_LOG, W1)))[1])

    def test_a_receipt_by_the_logs_key_alone_says_so(self):
        raw = receipt(7, maker.inclusion(7, HASHES), checkpoint_of(12, THE_LOG, W1))
        args = ["--receipt", self.file("r", raw), "--event", self.file("e", STORY[7])]
        code, out = self.said(*args, "--log-key", THE_LOG.vkey)
        self.assertEqual(code, 0)
        self.assertTrue(out.splitlines()[0].endswith("; quorum none"), out)
        self.assertIn("quorum none: NO WITNESS NEED HAVE SEEN THIS CHECKPOINT", out)
        self.assertIn("1 signatures of unknown keys, ignored", out)
        self.assertEqual(self.said(*args, "--log-key", f"{THE_LOG.vkey}\nlog {ANOTHER.vkey}")[0], 1)
        self.assertEqual(self.said(*args, "--log-key", W1.vkey)[0], 1)

    def test_a_receipt_may_hold_its_event(self):
        def ask(extra):
            raw = receipt(7, maker.inclusion(7, HASHES), checkpoint_of(12), extra)
            code, out = self.said("--receipt", self.file("r", raw), "--log-key", THE_LOG.vkey)
            return code, out.splitlines()[0], out.splitlines()[-1]

        code, first, last = ask(f"extra {base64_of(STORY[7])}\n")
        self.assertEqual((code, last), (0, "the receipt holds the event as its extra"))
        self.assertIn(f"position 8 of the log {ORIGIN}", first)
        self.assertEqual(ask("")[:2], (1, "refused: the receipt holds no event, and no --event is given"))
        self.assertEqual(ask(f"extra {base64_of(STORY[6])}\n")[0], 1)
        edited = base64_of(STORY[7].replace(b"a-07", b"a-08"))
        self.assertEqual(ask(f"extra {edited}\n")[1], "refused: the proof does not lead from the event to the root")

    def test_every_event_of_the_story_is_proven(self):
        policy = TWO_OF_THREE.replace(b"quorum most", b"quorum none")
        for size in (9, 12):
            for index in range(size):
                proof = maker.inclusion(index, HASHES[:size])
                self.assertEqual(self.receipt(receipt(index, proof, checkpoint_of(size)), STORY[index], policy)[0], 0)

    def test_a_receipt_that_does_not_fit_is_refused(self):
        proof, signers = maker.inclusion(7, HASHES), (THE_LOG, W1, W2)
        good = checkpoint_of(12, *signers)
        other_log = note(body_of(ANOTHER.name, 12, ROOT), ANOTHER, W1, W2)
        of_other = TWO_OF_THREE.replace(THE_LOG.vkey.encode(), ANOTHER.vkey.encode())
        long = b"{" + b"x" * 70000
        edited = STORY[7].replace(b"a-07", b"a-08")
        doubled = STORY[7].replace(b'"at":', b'"at":"2022-10-28T01:08:00.000000Z","at":')
        lead, says = "the proof", "the event says position 8"
        table = [
            ("the event edited", "does not lead", receipt(7, proof, good), edited, TWO_OF_THREE),
            ("the event before", "says position 7", receipt(7, proof, good), STORY[6], TWO_OF_THREE),
            ("index + 1", says, receipt(8, proof, good), STORY[7], TWO_OF_THREE),
            ("index - 1", says, receipt(6, proof, good), STORY[7], TWO_OF_THREE),
            ("no proof", lead, receipt(7, [], good), STORY[7], TWO_OF_THREE),
            ("the root as proof", lead, receipt(7, [ROOT], good), STORY[7], TWO_OF_THREE),
            (
                "size + 1",
                "does not hold",
                receipt(7, proof, good.replace(b"\n12\n", b"\n13\n")),
                STORY[7],
                TWO_OF_THREE,
            ),
            (
                "a proof from the current tree, an older checkpoint",
                lead,
                receipt(7, proof, checkpoint_of(9, *signers)),
                STORY[7],
                TWO_OF_THREE,
            ),
            (
                "a checkpoint before the event",
                "the tree has 7 entries",
                receipt(7, proof, checkpoint_of(7, *signers)),
                STORY[7],
                TWO_OF_THREE,
            ),
            (
                "a proof from an older tree",
                lead,
                receipt(7, maker.inclusion(7, HASHES[:9]), good),
                STORY[7],
                TWO_OF_THREE,
            ),
            ("another log", "the event belongs to the log", receipt(7, proof, other_log), STORY[7], of_other),
            ("the policy swapped", "no key of the log", receipt(7, proof, good), STORY[7], of_other),
            (
                "not signed by the log",
                "no key of the log",
                receipt(7, proof, checkpoint_of(12, W1, W2)),
                STORY[7],
                TWO_OF_THREE,
            ),
            ("a body without envelope", "no envelope", receipt(7, proof, good), b"hello", TWO_OF_THREE),
            ("an empty body", "no envelope", receipt(7, proof, good), b"", TWO_OF_THREE),
            ("a body beyond the limit", "the limit is 65535", receipt(7, proof, good), long, TWO_OF_THREE),
            (
                "a member twice, in the tree",
                "not canonical JSON",
                receipt_over(7, doubled, signers),
                doubled,
                TWO_OF_THREE,
            ),
            ("no policy", "no quorum line", receipt(7, proof, good), STORY[7], b"# nothing\n"),
        ]
        for name, words, raw, body, policy in table:
            with self.subTest(name):
                code, out = self.receipt(raw, body, policy)
                self.assertEqual(code, 1, out)
                self.assertTrue(out.startswith("refused: "), out)
                self.assertIn(words, out.splitlines()[0])
