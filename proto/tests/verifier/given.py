"""What the tests of verify.py begin from: a log, its keys and witnesses, and tables of refusals.

It must import verify.py as a stranger would get it: the one file, from the folder above.
"""

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2]))
import verify  # noqa: E402
import maker  # noqa: E402
from maker import COSIGNER, Signer, body_of, entry, note  # noqa: E402

ORIGIN = "parindex.example/training/2022"
THE_LOG = Signer(ORIGIN)
ANOTHER = Signer("parindex.example/training/2023")
NEW_KEY = Signer(ORIGIN, seed=b"the key after the rotation: 32 b")
W1, W2, W3 = (Signer(f"witness.example/{name}", COSIGNER) for name in ("w1", "w2", "w3"))
STORY = maker.story()
HASHES = [entry(body) for body in STORY]
ROOT = maker.root_of(HASHES)
BODY = body_of(ORIGIN, 12, ROOT)
TRUSTING_THE_LOG = verify.Policy.of_log(THE_LOG.vkey.encode())
TWO_OF_THREE = (
    f"log {THE_LOG.vkey}\nwitness one {W1.vkey}\nwitness two {W2.vkey}\nwitness three {W3.vkey}\n"
    "group most 2 one two three\nquorum most\n"
).encode()
NOW = 1700000100


def root_at(size, hashes=None):
    return maker.root_of((hashes or HASHES)[:size])


def checkpoint_of(size, *signers, hashes=None):
    return note(body_of(ORIGIN, size, root_at(size, hashes)), *(signers or [THE_LOG]))


class Case(unittest.TestCase):
    def refused(self, words, act, *args):
        with self.assertRaises(verify.Fault) as caught:
            act(*args)
        self.assertIn(words, str(caught.exception))

    def tables(self, table, act):
        """Each line: what it is, the words of the refusal ("" where it is taken), and what goes in."""
        for name, words, *args in table:
            with self.subTest(name):
                if words:
                    self.refused(words, act, *args)
                else:
                    act(*args)
