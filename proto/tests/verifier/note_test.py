"""Keys, signed notes and checkpoints: the examples of the specifications, and the attacks T30, T31, T33, T34.

A note is never believed for what it says of itself: only for the keys that the reader brought.
"""

import hashlib

from given import ANOTHER, BODY, NEW_KEY, NOW, ORIGIN, ROOT, THE_LOG, TRUSTING_THE_LOG, W1, W2, Case, maker, verify
from maker import COSIGNER, LOG, Signer, base64_of, body_of, note

# The examples of C2SP signed-note, tlog-checkpoint and tlog-cosignature, tlog-witness and tlog-proof, verbatim.
SIGNED_NOTE = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
COSIGNED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
ADD_CHECKPOINT = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""
# The public Go checksum database's key. The checkpoint in the examples is one of its, under another name.
GO_SUMS = b"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


class Keys(Case):
    def test_a_key_has_one_spelling_and_the_id_of_its_bytes(self):
        raw = bytes([LOG]) + maker.public(b"\1" * 32)
        good = maker.vkey("a.example/b", raw)
        key = verify.Key(good.encode())
        self.assertEqual((key.name, key.type, key.raw), ("a.example/b", LOG, raw[1:]))
        name, hex_id, text = good.split("+", 2)
        form, of_bytes = "a key is written", "is not that of its name and bytes"
        table = [
            ("good", "", good),
            ("of a cosigner", "", maker.vkey("w", bytes([COSIGNER]) + raw[1:])),
            ("a name in Vietnamese", "", maker.vkey("sở-nội-vụ", raw)),
            ("empty", form, ""),
            ("no key", form, f"{name}+{hex_id}"),
            ("no name", form, maker.vkey("", raw)),
            ("a space in the name", form, maker.vkey("a b", raw)),
            ("a no-break space", form, maker.vkey("a\u00a0b", raw)),
            ("an ideographic space", form, maker.vkey("a\u3000b", raw)),
            ("a line separator", form, maker.vkey("a\u2028b", raw)),
            ("a tab", form, maker.vkey("a\tb", raw)),
            ("a plus in the name", form, maker.vkey("a+b", raw)),
            ("another id", of_bytes, f"{name}+00000000+{text}"),
            ("another name", of_bytes, f"{name}x+{hex_id}+{text}"),
            ("the id of type 4", of_bytes, f"{name}+{maker.key_id(name, bytes([COSIGNER]) + raw[1:]).hex()}+{text}"),
            ("an id in upper case", form, f"{name}+{hex_id.upper()}+{text}"),
            ("a short id", form, f"{name}+{hex_id[1:]}+{text}"),
            ("no bytes", form, f"{name}+{hex_id}+"),
            ("a line end", form, good + "\n"),
            ("base64 that breaks off", form, good[:-1]),
            ("base64 with more at its end", form, good + "="),
            ("base64 for addresses", form, good[:-1] + "_"),
            ("31 bytes", "31 bytes", maker.vkey(name, raw[:-1])),
            ("33 bytes", "33 bytes", maker.vkey(name, raw + b"\0")),
        ]
        self.assertRegex(good, "[a-f]")
        self.tables(table, lambda text: verify.Key(text.encode()))
        self.refused(form, verify.Key, b"\xff" + good.encode())

    def test_no_other_algorithm_is_taken_whatever_the_data_says(self):
        for kind in (0x00, 0x02, 0x03, 0x05, 0x06, 0xFA, 0xFF):
            for length in (0, 32, 1312):
                raw = (bytes([kind]) + maker.public(b"\1" * 32) * 41)[: 1 + length]
                text = maker.vkey("a", raw).encode()
                self.refused(f"type {kind:#04x}", verify.Key, text)
                policy = b"log %s\nquorum none\n" % text
                self.refused(f"type {kind:#04x}", verify.Policy, policy)


class Notes(Case):
    def open(self, raw, *signers):
        keys = [verify.Key(signer.vkey.encode()) for signer in signers or (THE_LOG, W1)]
        signed, unknown = verify.Note(raw).signed_by(keys)
        return {key.name: when for key, when in signed.items()}, unknown

    def test_the_examples_of_the_specifications_are_read(self):
        opened = verify.Note(SIGNED_NOTE.encode())
        self.assertTrue(opened.text.decode().endswith("sole:\n\ned è subito sera.\n"))
        self.assertEqual(
            [(name, key_id.hex()) for name, key_id, _ in opened.signatures],
            [("quasimodo.example/salvatore", "367ba04b")],
        )
        opened = verify.Note(COSIGNED.encode())
        self.assertEqual([len(signature) for *_, signature in opened.signatures], [64, 72])
        self.assertEqual(int.from_bytes(opened.signatures[1][2][:8], "big"), 1679315147)
        self.assertEqual(verify.Note(ADD_CHECKPOINT.encode().partition(b"\n\n")[2]).text, opened.text)
        self.refused("no key of the log", verify.Checkpoint, COSIGNED.encode(), TRUSTING_THE_LOG)

    def test_the_signature_in_the_example_is_the_go_checksum_databases(self):
        raw = COSIGNED.replace("— example.com/behind-the-sofa", "— sum.golang.org")
        raw = raw.replace("example.com/behind-the-sofa", "go.sum database tree").encode()
        key = verify.Key(GO_SUMS)
        self.assertEqual(verify.Note(raw).signed_by([key]), ({key: None}, 1))
        changed = raw.replace(b"20852163", b"20852164")
        self.refused("does not hold", verify.Note(changed).signed_by, [key])

    def test_a_malformed_note_is_refused(self):
        good = note(BODY, THE_LOG)
        line = THE_LOG.line(BODY)
        text = base64_of(THE_LOG.id + THE_LOG.signature(BODY))
        wasteful = text[:-2] + chr(ord(text[-2]) + 1) + "="
        form, under = "the note is not a text", "a line under the note"
        table = [
            ("good", "", good),
            ("empty", form, b""),
            ("no final newline", form, good[:-1]),
            ("two final newlines", form, good + b"\n"),
            ("no signature", form, BODY + b"\n"),
            ("no empty line", form, BODY + line),
            ("CRLF", "control character", good.replace(b"\n", b"\r\n")),
            ("a tab", "control character", good.replace(b"12\n", b"12\t\n")),
            ("a NUL", "control character", good.replace(b"12\n", b"12\0\n")),
            ("not UTF-8", "not UTF-8", good.replace(b"12\n", b"12\xff\n")),
            ("a surrogate", "not UTF-8", good.replace(b"12\n", b"12\xed\xa0\x80\n")),
            ("64 KiB", "", note(BODY + b"x" * ((1 << 16) - len(good) - 1) + b"\n", THE_LOG)),
            (
                "64 KiB and a byte",
                "more than 65536 bytes",
                note(BODY + b"x" * ((1 << 16) - len(good)) + b"\n", THE_LOG),
            ),
            ("64 signatures", "", good + maker.signature_line("other.example", bytes(68)) * 63),
            (
                "65 signatures",
                "more than 64 signatures",
                good + maker.signature_line("other.example", bytes(68)) * 64,
            ),
            ("17 signatures", "", good + maker.signature_line("other.example", bytes(68)) * 16),
            ("a hyphen for the dash", under, good.replace("\u2014".encode(), b"-")),
            ("no space behind the dash", under, good.replace("\u2014 ".encode(), "\u2014".encode())),
            ("two spaces", under, good.replace("\u2014 ".encode(), "\u2014  ".encode())),
            ("a space at the end", under, good[:-1] + b" \n"),
            ("a plus in the name", under, good + maker.signature_line("a+b", bytes(68))),
            ("a no-break space in the name", under, good + maker.signature_line("a\u00a0b", bytes(68))),
            ("no signature bytes", under, good + maker.signature_line("a", bytes(4))),
            ("base64 without its end", under, good.replace(text.encode(), text.rstrip("=").encode())),
            ("base64 that wastes bits", under, good.replace(text.encode(), wasteful.encode())),
            ("base64 for addresses", under, BODY + b"\n" + "\u2014 x {}\n".format("-_-_" * 4).encode()),
            ("an unknown one that is malformed", under, good + "\u2014 x !!!!\n".encode()),
        ]
        self.tables(table, lambda raw: verify.Note(raw).signed_by(TRUSTING_THE_LOG.keys()))

    def test_known_is_who_has_name_and_id_of_a_known_key(self):
        signature = THE_LOG.signature(BODY)
        wrong_id = maker.signature_line(ORIGIN, b"\0\0\0\0" + signature)
        wrong_name = maker.signature_line("homoglyph.example", THE_LOG.id + signature)
        lookalike = maker.signature_line(ORIGIN.replace("a", "\u0430", 1), THE_LOG.id + signature)
        self.assertEqual(self.open(note(BODY, THE_LOG) + wrong_id + wrong_name + lookalike), ({ORIGIN: None}, 3))
        for line in (wrong_id, wrong_name, lookalike, ANOTHER.line(BODY)):
            self.assertEqual(self.open(BODY + b"\n" + line), ({}, 1))
            self.refused("no key of the log", verify.Checkpoint, BODY + b"\n" + line, TRUSTING_THE_LOG)

    def test_a_known_keys_bad_signature_refuses_the_whole_note(self):
        bad = maker.signature_line(ORIGIN, THE_LOG.id + ANOTHER.signature(BODY))
        good, unknown = THE_LOG.line(BODY), ANOTHER.line(BODY)
        table = [
            ("beside an unknown good one", "does not hold", unknown + bad),
            ("beside a known good one", "does not hold", W1.line(BODY) + bad),
            ("the same key twice, both good", "twice", good + good),
            ("good, then bad", "twice", good + bad),
            ("bad, then good", "does not hold", bad + good),
            ("an unknown one twice", "", good + unknown + unknown),
            ("a witness twice, at two times", "twice", W1.line(BODY, 5) + W1.line(BODY, 6)),
        ]
        self.tables(table, lambda lines: self.open(BODY + b"\n" + lines))


class Checkpoints(Case):
    def test_a_body_has_one_spelling(self):
        root, first = base64_of(ROOT), ORIGIN
        wasteful = root[:-2] + chr(ord(root[-2]) + 1) + "="
        size_form, root_form, three = "the checkpoint's size", "the checkpoint's root", "on three lines"
        empty = base64_of(hashlib.sha256().digest())
        table = [
            ("good", "", f"{first}\n12\n{root}\n"),
            ("extension lines", "", f"{first}\n12\n{root}\nmore\nand more\n"),
            ("no entries", "", f"{first}\n0\n{empty}\n"),
            ("no entries and a root", "another than theirs", f"{first}\n0\n{root}\n"),
            ("2^63-1", "", f"{first}\n{2**63 - 1}\n{root}\n"),
            ("2^63", size_form, f"{first}\n{2**63}\n{root}\n"),
            ("2^64-1", size_form, f"{first}\n{2**64 - 1}\n{root}\n"),
            ("2^64", size_form, f"{first}\n{2**64}\n{root}\n"),
            ("1000 digits", size_form, f"{first}\n{'9' * 1000}\n{root}\n"),
            ("01", size_form, f"{first}\n01\n{root}\n"),
            ("00", size_form, f"{first}\n00\n{root}\n"),
            ("+5", size_form, f"{first}\n+5\n{root}\n"),
            ("-5", size_form, f"{first}\n-5\n{root}\n"),
            ("a space", size_form, f"{first}\n 12\n{root}\n"),
            ("other digits", size_form, f"{first}\n\u0661\u0662\n{root}\n"),
            ("an underscore", size_form, f"{first}\n1_2\n{root}\n"),
            ("hexadecimal", size_form, f"{first}\n0xc\n{root}\n"),
            ("two lines", three, f"{first}\n12\n"),
            ("an empty line for the root", three, f"{first}\n12\n\n"),
            ("an empty origin", three, f"\n12\n{root}\n"),
            ("two empty lines at the end", three, f"{first}\n12\n{root}\n\n"),
            ("an empty line within", three, f"{first}\n12\n{root}\n\nmore\n"),
            ("a root of 31 bytes", root_form, f"{first}\n12\n{base64_of(ROOT[1:])}\n"),
            ("a root of 33 bytes", root_form, f"{first}\n12\n{base64_of(ROOT + b'x')}\n"),
            ("a root in hexadecimal", root_form, f"{first}\n12\n{ROOT.hex()}\n"),
            ("a root that wastes bits", root_form, f"{first}\n12\n{wasteful}\n"),
            ("a root without its end", root_form, f"{first}\n12\n{root[:-1]}\n"),
            ("another log's origin", "no key of the log", f"{ANOTHER.name}\n12\n{root}\n"),
            ("a homoglyph origin", "no key of the log", f"{first.replace('a', chr(0x430), 1)}\n12\n{root}\n"),
            ("a byte order mark", "no key of the log", f"\ufeff{first}\n12\n{root}\n"),
        ]
        self.tables(table, lambda text: verify.Checkpoint(note(text.encode(), THE_LOG), TRUSTING_THE_LOG))

    def test_extension_lines_are_told(self):
        opened = verify.Checkpoint(note(BODY + b"one\ntwo\n", THE_LOG), TRUSTING_THE_LOG)
        self.assertIn("2 extension lines, which no witness vouches for", list(opened.told(NOW)))

    def test_a_homoglyph_is_spelled_out(self):
        raw = note(body_of(ORIGIN.replace("a", "\u0430", 1), 12, ROOT), THE_LOG)
        self.refused("p\\xd0\\xb0rindex.example", verify.Checkpoint, raw, TRUSTING_THE_LOG)

    def test_a_cosignature_is_no_log_signature_and_the_reverse(self):
        both = Signer(ORIGIN, COSIGNER, THE_LOG.seed)
        namesake = Signer(ORIGIN, COSIGNER, W2.seed)
        lines = f"log {THE_LOG.vkey}\nwitness w {W1.vkey}\nwitness namesake {namesake.vkey}\nquorum w\n"
        policy = verify.Policy(lines.encode())
        as_witness = Signer(W1.name, LOG, W1.seed)
        table = [
            ("the log's key cosigning", "no key of the log", note(BODY, both)),
            (
                "its cosignature under the id of its signatures",
                "does not hold",
                BODY + b"\n" + maker.signature_line(ORIGIN, THE_LOG.id + both.signature(BODY)),
            ),
            (
                "its signature under the id of its cosignatures",
                "no key of the log",
                BODY + b"\n" + maker.signature_line(ORIGIN, both.id + THE_LOG.signature(BODY)),
            ),
            ("the witness's signature as a log", "the quorum is not met", note(BODY, THE_LOG, as_witness)),
            (
                "the same under the id of its cosignatures",
                "does not hold: it has 64 bytes, not 72",
                note(BODY, THE_LOG) + maker.signature_line(W1.name, W1.id + as_witness.signature(BODY)),
            ),
            (
                "the same with eight bytes before it",
                "does not hold",
                note(BODY, THE_LOG)
                + maker.signature_line(W1.name, W1.id + (5).to_bytes(8, "big") + as_witness.signature(BODY)),
            ),
            ("the witness alone", "no key of the log", note(BODY, W1)),
            ("a witness of the log's name", "no key of the log", note(BODY, namesake, W1)),
            ("both as they should", "", note(BODY, THE_LOG, W1)),
        ]
        self.tables(table, lambda raw: verify.Checkpoint(raw, policy).check_quorum())

    def test_a_cosignature_states_a_time_that_can_be(self):
        policy = verify.Policy(f"log {THE_LOG.vkey}\nwitness w {W1.vkey}\nquorum w\n".encode())

        def at(when):
            opened = verify.Checkpoint(note(BODY, THE_LOG, (W1, when)), policy)
            opened.check_quorum()
            return next(line for line in opened.told(NOW) if "cosigned" in line)

        self.refused("its time is 0", at, 0)
        self.refused(f"its time is {2**63}", at, 2**63)
        self.refused(f"its time is {2**64 - 1}", at, 2**64 - 1)
        self.assertTrue(at(NOW - 100).endswith("at 2023-11-14T22:13:20Z"))
        self.assertTrue(at(NOW + 300).endswith("at 2023-11-14T22:20:00Z"))
        self.assertTrue(at(NOW + 301).endswith("Z, WHICH LIES IN THE FUTURE"))
        self.assertTrue(at(2**63 - 1).endswith(f"at {2**63 - 1} seconds after 1970, WHICH LIES IN THE FUTURE"))
        changed = W1.signature(BODY, 5)
        line = maker.signature_line(W1.name, W1.id + (6).to_bytes(8, "big") + changed[8:])
        self.refused("does not hold", verify.Checkpoint, note(BODY, THE_LOG) + line, policy)

    def test_a_rotation_counts_where_the_policy_names_the_new_key(self):
        both = verify.Policy(f"log {THE_LOG.vkey}\nlog {NEW_KEY.vkey}\nquorum none\n".encode())
        new = verify.Policy.of_log(NEW_KEY.vkey.encode())
        swapped = verify.Policy.of_log(ANOTHER.vkey.encode())
        table = [
            ("the old policy, the new key alone", "no key of the log", note(BODY, NEW_KEY), TRUSTING_THE_LOG),
            ("the old policy, both", "", note(BODY, THE_LOG, NEW_KEY), TRUSTING_THE_LOG),
            ("the overlap, the new key alone", "", note(BODY, NEW_KEY), both),
            ("the new policy, the old key after its end", "no key of the log", note(BODY, THE_LOG), new),
            ("the policy swapped", "no key of the log", note(BODY, THE_LOG), swapped),
            ("another log's key on this log's text", "no key of the log", note(BODY, ANOTHER), swapped),
        ]
        self.tables(table, verify.Checkpoint)
