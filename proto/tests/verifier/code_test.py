"""Receipts on paper (section 25): the text of a code is the same receipt, and no other text is one.

The encoder here is written from the specifications and shares nothing with the decoder that it tests.
"""

from command import CommandLine
from given import HASHES, ORIGIN, ROOT, STORY, THE_LOG, W1, W3, checkpoint_of, maker, verify
from maker import receipt

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(raw):
    text = ""
    for at in range(0, len(raw), 2):
        pair = raw[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text += ALPHABET[digit]
    return text


def short(raw):
    return bytes([len(raw)]) + raw


def code_of(index, proof, note, size=12, root=ROOT, more=b""):
    raw = short(ORIGIN.encode()) + size.to_bytes(8, "big") + index.to_bytes(8, "big") + root
    raw += bytes([len(proof)]) + b"".join(proof)
    signatures = verify.Note(note).signatures
    raw += bytes([len(signatures)])
    for name, key_id, signature in signatures:
        raw += short(b"" if name == ORIGIN else name.encode()) + key_id + short(signature)
    return "PAR1:" + base45(raw + more)


class Codes(CommandLine):
    def read(self, code):
        found = verify.Receipt(code.encode())
        return found.index, found.proof, found.checkpoint

    def test_base45_is_that_of_the_specification(self):
        for raw, text in ((b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")):
            self.assertEqual(verify.from_base45(text.encode()), raw)
            self.assertEqual(base45(raw), text)
        for bad in ("GGW", "A", "BB8A", ":::", "::", "bb8"):
            self.assertIsNone(verify.from_base45(bad.encode()), bad)

    def test_a_code_is_its_receipt(self):
        proof, note = maker.inclusion(7, HASHES), checkpoint_of(12, THE_LOG, W1, W3)
        code = code_of(7, proof, note)
        same = verify.Receipt(receipt(7, proof, note))
        self.assertEqual(self.read(code), (same.index, same.proof, same.checkpoint))
        self.assertEqual(self.read(code + "\n"), self.read(code))
        args = ["--receipt", self.file("code", code), "--event", self.file("event", STORY[7])]
        status, out = self.said(*args, "--log-key", THE_LOG.vkey)
        self.assertEqual(status, 0, out)
        self.assertTrue(out.startswith("ok: the event stands at position 8"), out)
        args[3] = self.file("event", STORY[6])
        self.assertEqual(self.said(*args, "--log-key", THE_LOG.vkey)[0], 1)
        self.assertEqual(self.said(*args[:2], "--log-key", THE_LOG.vkey)[0], 1)

    def test_no_other_text_is_one(self):
        proof, note = maker.inclusion(7, HASHES), checkpoint_of(12, THE_LOG)
        code = code_of(7, proof, note)
        for cut in range(5, len(code), 7):
            with self.subTest(cut):
                self.assertRaises(verify.Fault, self.opened, code[:cut])
        self.refused("behind", self.read, code_of(7, proof, note, more=b"\0"))
        self.refused("base45", self.read, code.lower().replace("par1", "PAR1"))
        self.refused("base45", self.read, "PAR1:" + "0" * 5000)
        self.refused("form", self.read, code_of(2**63, proof, note))
        self.refused("form", self.read, code_of(7, proof, note, size=2**63))
        self.refused("form", self.read, code_of(7, [ROOT] * 64, note))

    def opened(self, code):
        verify.Checkpoint(self.read(code)[2], verify.Policy.of_log(THE_LOG.vkey.encode()))
