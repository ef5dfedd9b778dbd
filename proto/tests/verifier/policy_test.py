"""Policies: the specification's example, what may stand in one, and that nobody counts twice (T31, T37).

A policy that is not understood to its last line must never be used in part.
"""

import hashlib

from given import BODY, THE_LOG, TWO_OF_THREE, W1, W2, W3, Case, maker, verify
from maker import COSIGNER, LOG, Signer, note

POLICY = """
log {log}

witness X1 {x1}
witness X2 {x2}
witness X3 {x3}
group X-witnesses 2 X1 X2 X3

witness Y1 {y1}
witness Y2 {y2}
witness Y3 {y3}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


class Policies(Case):
    def test_the_specifications_example_counts_as_it_says(self):
        names = {name: Signer(f"{name}.example", COSIGNER) for name in ("x1", "x2", "x3", "y1", "y2", "y3")}
        vkeys = {name: signer.vkey for name, signer in names.items()}
        policy = verify.Policy(POLICY.format(log=THE_LOG.vkey, **vkeys).encode())
        keys = {key.name.partition(".")[0]: key for key in policy.witnesses.values()}
        for bits in range(64):
            signed = {name for at, name in enumerate(sorted(names)) if bits >> at & 1}
            wanted = len(signed & {"x1", "x2", "x3"}) >= 2 and bool(signed & {"y1", "y2", "y3"})
            self.assertEqual(policy.met({keys[name] for name in signed}), wanted, signed)

    def test_what_a_policy_may_say(self):
        log, one, two = f"log {THE_LOG.vkey}", f"witness 1 {W1.vkey}", f"witness 2 {W2.vkey}"
        again = Signer("other.example/name", COSIGNER, W1.seed)
        log_again = Signer("other.example/log", LOG, THE_LOG.seed)
        log_cosigns = Signer("other.example/w", COSIGNER, THE_LOG.seed)
        of_a_log, no_line, group = (
            Signer(W1.name, LOG, W1.seed),
            "not a log, witness, group or quorum line",
            "a group's threshold",
        )
        table = [
            ("a log and none", "", f"{log}\nquorum none\n"),
            ("no log", "", "quorum none\n"),
            (
                "comments, empty lines, tabs",
                "",
                f"# one\n\n \t# two\n\t{log}\t \n  {one} https://w.example/\nquorum\t1\n",
            ),
            ("a URL", "", f"{log} https://log.example/\nquorum none\n"),
            ("names of any bytes", "", f"{log}\nwitness sở {W1.vkey}\ngroup nhóm any sở\nquorum nhóm\n"),
            ("one witness", "", f"{log}\n{one}\nquorum 1\n"),
            ("a name as a threshold", "", f"{log}\n{one}\ngroup 2 1 1\nquorum 2\n"),
            ("empty", "breaks off", ""),
            ("no end of the last line", "breaks off", f"{log}\nquorum none"),
            ("CRLF", "control character", f"{log}\r\nquorum none\r\n"),
            ("DEL", "control character", f"{log}\n#\x7f\nquorum none\n"),
            ("too long", "more than 262144 bytes", f"{log}\n#{'x' * 262144}\nquorum none\n"),
            ("no quorum", "no quorum line", f"{log}\n{one}\n"),
            ("two quorums", "line 3: a second quorum line", f"{log}\nquorum none\nquorum none\n"),
            ("a quorum of nobody", "nothing that is defined", f"{log}\nquorum 1\n"),
            ("a quorum before its witness", "nothing that is defined", f"{log}\nquorum 1\n{one}\n"),
            ("a quorum of two", no_line, f"{log}\n{one}\n{two}\nquorum 1 2\n"),
            ("an unknown word", no_line, f"{log}\nalgorithm rsa\nquorum none\n"),
            ("a word in upper case", no_line, f"LOG {THE_LOG.vkey}\nquorum none\n"),
            ("a log without key", no_line, "log\nquorum none\n"),
            ("a log with too much", no_line, f"{log} a b\nquorum none\n"),
            ("a witness without name", no_line, f"{log}\nwitness {W1.vkey}\nquorum none\n"),
            ("a group without member", no_line, f"{log}\ngroup g any\nquorum none\n"),
            ("a form feed between words", "control character", f"log\f{THE_LOG.vkey}\nquorum none\n"),
            ("a no-break space between words", no_line, f"log\u00a0{THE_LOG.vkey}\nquorum none\n"),
            ("the log twice", "bytes of another one", f"{log}\n{log}\nquorum none\n"),
            ("the log's key under two names", "bytes of another one", f"{log}\nlog {log_again.vkey}\nquorum none\n"),
            (
                "a witness's key under two names",
                "bytes of another one",
                f"{log}\n{one}\nwitness 2 {again.vkey}\nquorum 1\n",
            ),
            ("a witness twice", "bytes of another one", f"{log}\n{one}\nwitness 2 {W1.vkey}\nquorum 1\n"),
            ("the log as its own witness", "bytes of another one", f"{log}\nwitness 1 {log_cosigns.vkey}\nquorum 1\n"),
            ("a witness's key for a log", "a log's must be of 0x01", f"log {W1.vkey}\nquorum none\n"),
            (
                "a log's key for a witness",
                "a witness's must be of 0x04",
                f"{log}\nwitness 1 {of_a_log.vkey}\nquorum 1\n",
            ),
            ("a name twice", "the name is taken", f"{log}\n{one}\nwitness 1 {W2.vkey}\nquorum 1\n"),
            ("a group of a witness's name", "the name is taken", f"{log}\n{one}\ngroup 1 any 1\nquorum 1\n"),
            ("a witness called none", "the name is taken", f"{log}\nwitness none {W1.vkey}\nquorum none\n"),
            ("a group called none", "the name is taken", f"{log}\n{one}\ngroup none any 1\nquorum none\n"),
            ("none as a member", "a member that is not defined", f"{log}\n{one}\ngroup g any 1 none\nquorum g\n"),
            ("a member of itself", "a member that is not defined", f"{log}\n{one}\ngroup g any g\nquorum g\n"),
            (
                "a member defined later",
                "a member that is not defined",
                f"{log}\n{one}\ngroup g any 1 2\n{two}\nquorum g\n",
            ),
            ("a member twice", "listed already", f"{log}\n{one}\ngroup g 2 1 1\nquorum g\n"),
            (
                "a member of two groups",
                "listed already",
                f"{log}\n{one}\n{two}\ngroup g any 1\ngroup h all 1 2\nquorum h\n",
            ),
            ("0 of 1", group, f"{log}\n{one}\ngroup g 0 1\nquorum g\n"),
            ("2 of 1", group, f"{log}\n{one}\ngroup g 2 1\nquorum g\n"),
            ("01 of 1", group, f"{log}\n{one}\ngroup g 01 1\nquorum g\n"),
            ("+1 of 1", group, f"{log}\n{one}\ngroup g +1 1\nquorum g\n"),
            ("most of 1", group, f"{log}\n{one}\ngroup g most 1\nquorum g\n"),
            ("a key that is none", "line 1: a key is written", "log x\nquorum none\n"),
        ]
        self.tables(table, lambda text: verify.Policy(text.encode()))

    def test_a_name_is_its_bytes(self):
        text = f"log {THE_LOG.vkey}\nwitness K {W1.vkey}\nquorum \u212a\n"
        self.refused("nothing that is defined", verify.Policy, text.encode())
        verify.Policy(b"# \xff\n" + TWO_OF_THREE.replace(b"one", b"\xff"))

    def test_limits(self):
        def groups(n):
            return "".join(f"group g{i} any {'w' if i == 0 else f'g{i - 1}'}\n" for i in range(n))

        def text(n):
            return f"log {THE_LOG.vkey}\nwitness w {W1.vkey}\n{groups(n)}quorum g{n - 1}\n".encode()

        policy = verify.Policy(text(64))
        self.assertTrue(policy.met(policy.keys()[1:]))
        self.assertFalse(policy.met(policy.keys()[:1]))
        self.refused("more than 64 lines for a group", verify.Policy, text(65))

        def logs(n):
            points = [y.to_bytes(32, "little") for y in range(2, 2000) if maker.point_at(y)]
            return "".join(f"log {maker.vkey('a', bytes([LOG]) + raw)}\n" for raw in points[:n]) + "quorum none\n"

        self.assertEqual(len(verify.Policy(logs(64).encode()).logs), 64)
        self.refused("more than 64 lines for a log", verify.Policy, logs(65).encode())

    def test_two_keys_of_one_name_and_id_are_refused(self):
        """Found by trial: a signature line could not say which of the two it is of."""
        twins = [hashlib.sha256(b"twin %d" % number).digest() for number in (43401, 187760)]
        lines = [
            f"witness {at} {maker.vkey('witness.example/twins', bytes([COSIGNER]) + raw)}"
            for at, raw in enumerate(twins)
        ]
        for line in lines:
            verify.Policy(f"{line}\nquorum none\n".encode())
        self.refused("name and id of another one", verify.Policy, "\n".join([*lines, "quorum none\n"]).encode())

    def test_one_bad_witness_of_three_makes_no_quorum(self):
        policy = verify.Policy(TWO_OF_THREE)
        table = [
            ("none", "takes 2 of one, two, three", [THE_LOG]),
            ("one", "takes 2 of one, two, three", [THE_LOG, W1]),
            ("two", "", [THE_LOG, W1, W3]),
            ("three", "", [THE_LOG, W1, W2, W3]),
            ("one and a stranger", "takes 2 of", [THE_LOG, W1, Signer("witness.example/w9", COSIGNER)]),
            ("one, and again under another name", "takes 2 of", [THE_LOG, W1, Signer("w1.example", COSIGNER, W1.seed)]),
        ]
        self.tables(table, lambda signers: verify.Checkpoint(note(BODY, *signers), policy).check_quorum())
