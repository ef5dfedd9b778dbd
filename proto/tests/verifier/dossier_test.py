"""Dossiers (section 24) that no honest program makes: whatever an archive holds, it is refused in words, within limits.

The whole of a dossier is tested in tests/tests/system/dossier.rs, against the program that makes them.
"""

import hashlib
import io
import json
import random
import zipfile

from command import CommandLine
from given import ORIGIN, ROOT, THE_LOG, checkpoint_of, verify

NAMES = "README.txt checkpoint events.ndjson evidence.ndjson index.html policy".split()


def members():
    """The members of a dossier that holds nothing but its frame."""
    of = {name: b"" for name in NAMES}
    of["checkpoint"] = checkpoint_of(12, THE_LOG)
    of["policy"] = f"log {THE_LOG.vkey}\nquorum none\n".encode()
    return of


def manifest_of(of, **changed):
    said = {
        "about": "round", "bodies": 12, "complete": "whole_log", "documents": [], "evidence": {"files": 0, "references": 0},
        "format": 1, "log": ORIGIN, "page": 1, "publications": [], "root": ROOT.hex(), "round": "r", "size": 12, "withheld": 0,
    }
    said["members"] = [
        {"name": name, "sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)} for name, raw in sorted(of.items())
    ]
    said.update(changed)
    said = {name: value for name, value in said.items() if value is not None}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def packed(of, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, raw in of.items():
            archive.writestr(name, raw)
    return out.getvalue()


class Dossiers(CommandLine):
    def dossier(self, raw):
        return self.said("--dossier", self.file("d.zip", raw), "--log-key", THE_LOG.vkey)

    def starts(self, raw, words):
        code, out = self.dossier(raw)
        self.assertEqual((code, out[: len(words)]), (1, words), out)

    def test_the_frame_leads_as_far_as_its_events(self):
        of = members()
        self.starts(packed({**of, "manifest.json": manifest_of(of)}), "refused: dossier_root: the checkpoint counts 12 events")

    def test_what_is_no_manifest_is_refused(self):
        of = members()
        for changed in (
            {"format": 2}, {"format": None}, {"about": "log"}, {"about": []}, {"about": "score"}, {"unit": "u"}, {"size": -1},
            {"size": True}, {"bodies": 11}, {"withheld": 1, "bodies": 11}, {"complete": "unproven"}, {"complete": {}}, {"log": "A"},
            {"complete": "heads", "bodies": 11, "withheld": 1}, {"complete_to": 1},
            {"round": ""}, {"root": "0"}, {"members": {}}, {"members": [1]}, {"members": [{}]}, {"evidence": []}, {"documents": 1},
            {"evidence": {"files": 1, "references": 0}}, {"publications": [{}]}, {"more": 1}, {"page": "1"},
            {"members": [{"name": "../x", "sha256": "0" * 64, "size": 0}]},
        ):
            with self.subTest(changed):
                self.starts(packed({**of, "manifest.json": manifest_of(of, **changed)}), "refused: dossier_manifest: ")
        for raw in (b"", b"[]", b"1", b"{}", b'{"format":1}', b"\xff", b"[" * 100_000):
            with self.subTest(raw[:20]):
                self.starts(packed({**of, "manifest.json": raw}), "refused: dossier_manifest: ")

    def test_no_archive_that_was_spoiled_is_taken_or_stops_the_program(self):
        of = members()
        good = packed({**of, "manifest.json": manifest_of(of)})
        draw = random.Random(22)
        for at in range(400):
            raw = bytearray(good)
            for _ in range(draw.randint(1, 4)):
                raw[draw.randrange(len(raw))] = draw.randrange(256)
            raw = raw[: draw.randrange(len(raw))] if draw.random() < 0.2 else raw
            with self.subTest(at):
                code, out = self.dossier(bytes(raw))
                self.assertEqual(code, 1, out)
                self.assertTrue(out.startswith("refused: dossier_"), out)

    def test_limits_are_kept(self):
        of = members()
        crowd = {f"a{n}": b"" for n in range(verify.MEMBERS_MAX)}
        for raw, words in (
            (packed({**of, **crowd}), "it has too many members"),
            (packed({**of, "zeros": bytes(40 << 20)}), "a member unpacks to far more than dossiers do"),
            (packed(of, zipfile.ZIP_LZMA), "a member is packed otherwise than by deflate"),
            (packed({**of, "a" * 129: b""}), f"{'a' * 129!a} is no name of a member"),
            (packed({**of, "a/../b": b""}), "'a/../b' is no name of a member"),
            (packed({**of, "a\\b": b""}), "'a\\\\b' is no name of a member"),
            (packed({**of, "a/": b""}), "'a/' is no name of a member"),
            (b"x" + packed(of), "something stands before it or behind it"),
            (packed(of) + b"x", "something stands before it or behind it"),
        ):
            with self.subTest(words):
                self.starts(raw, f"refused: dossier_archive: {words}")
