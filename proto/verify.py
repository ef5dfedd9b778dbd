#!/usr/bin/env python3
"""Checks an exported log without the system that made it: python3 verify.py FILE [--head FILE.head].

It was written from README.md beside it, whose sections it names, and needs nothing but Python 3.8. It never repairs,
never goes on after the first fault, and never says that a file is whole when nothing outside the file says so.
"""

import argparse
import base64
import hashlib
import io
import json
import os
import re
import sys

BODY_BYTES_MAX = 65535
INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 32


class Fault(Exception):
    """What is wrong, in the words of the README."""


class Unlinked(Fault):
    """Check 5 of section 6: it may be the body before that was changed."""


class Broken(Exception):
    """The position of the first body that does not fit, or None for the end, and why."""

    def __init__(self, position, why):
        super().__init__(position, why)
        self.position, self.why = position, why

    def __str__(self):
        where = "the end" if self.position is None else f"position {self.position}"
        return f"broken at {where}: {self.why}"


# Section 2: canonical JSON.


class NotCanonical(Fault):
    """The first fault of a text and its offset."""

    def __init__(self, at, what):
        super().__init__(f"byte {at}: {what}")
        self.at, self.what = at, what


KEY = re.compile(rb"[a-z][a-z0-9_]*")
PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
ESCAPE = re.compile(rb'\\(?:["\\btnfr]|u00(?:0[0-7bef]|1[0-9a-f]))')
NUMBER = re.compile(rb"-?[0-9]*")
SHORTEST = re.compile(rb"0|-?[1-9][0-9]*")


class Canonical:
    """Goes through a text once and stops at its first fault. Builds nothing."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def check(self):
        try:
            self.text.decode("utf-8")
        except UnicodeDecodeError as e:
            raise NotCanonical(e.start, "not UTF-8") from None
        self.value(0)
        if self.at != len(self.text):
            raise NotCanonical(self.at, "bytes after the value")

    def here(self):
        return self.text[self.at : self.at + 1]

    def value(self, depth):
        if depth > DEPTH_MAX:
            raise NotCanonical(self.at, "nested too deeply")
        first = self.here()
        if first == b"{":
            self.object(depth)
        elif first == b"[":
            self.array(depth)
        elif first == b'"':
            self.string()
        elif first == b"n":
            raise NotCanonical(self.at, "null is not allowed")
        elif first != b"" and first in b"-0123456789":
            self.integer()
        elif first != b"" and first in b" \t\n\r":
            raise NotCanonical(self.at, "white space outside a string")
        else:
            for word in (b"true", b"false"):
                if self.text.startswith(word, self.at):
                    self.at += len(word)
                    return
            raise NotCanonical(self.at, "not a JSON value")

    def object(self, depth):
        self.at += 1
        if self.here() == b"}":
            self.at += 1
            return
        last = b""
        while True:
            start = self.at
            if self.here() != b'"':
                raise NotCanonical(start, "a member's name must stand here")
            self.string()
            name = self.text[start + 1 : self.at - 1]
            if not KEY.fullmatch(name):
                raise NotCanonical(start, "a member's name must be snake_case")
            if name == last:
                raise NotCanonical(start, "a member twice")
            if name < last:
                raise NotCanonical(start, "members out of order")
            last = name
            if self.here() != b":":
                raise NotCanonical(self.at, "a colon must stand here")
            self.at += 1
            self.value(depth + 1)
            if not self.goes_on(b"}"):
                return

    def array(self, depth):
        self.at += 1
        if self.here() == b"]":
            self.at += 1
            return
        while True:
            self.value(depth + 1)
            if not self.goes_on(b"]"):
                return

    def goes_on(self, end):
        """Takes a comma (True) or the closing bracket (False)."""
        byte = self.here()
        if byte not in (b",", end):
            raise NotCanonical(self.at, f"a comma or {end.decode()} must stand here")
        self.at += 1
        return byte == b","

    def string(self):
        self.at += 1
        while True:
            self.at = PLAIN.match(self.text, self.at).end()
            byte = self.here()
            if byte == b'"':
                self.at += 1
                return
            if byte == b"":
                raise NotCanonical(self.at, "a string without end")
            if byte != b"\\":
                raise NotCanonical(self.at, "a control character must be escaped")
            escape = ESCAPE.match(self.text, self.at)
            if escape:
                self.at = escape.end()
            elif self.text.startswith(b"\\u", self.at) and len(self.text) < self.at + 6:
                raise NotCanonical(self.at, "an escape that breaks off")
            else:
                raise NotCanonical(self.at, "an escape that is not the shortest form")

    def integer(self):
        start = self.at
        number = NUMBER.match(self.text, start)
        self.at = number.end()
        if self.here() in (b".", b"e", b"E"):
            raise NotCanonical(self.at, "a fraction or exponent: only integers are allowed")
        if not SHORTEST.fullmatch(number.group()):
            raise NotCanonical(start, "an integer not in its shortest form")
        digits = number.group().lstrip(b"-")
        if len(digits) > 16 or int(digits) > INTEGER_MAX:
            raise NotCanonical(start, "an integer beyond 2^53-1")


is_key = re.compile("[a-z][a-z0-9_]*").fullmatch


def snake_case_keys(members):
    if not all(map(is_key, members)):
        raise ValueError
    return members


def small_integer(text):
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX:
        raise ValueError
    return int(text)


def refuse(_):
    raise ValueError


READER = json.JSONDecoder(
    object_hook=snake_case_keys, parse_int=small_integer, parse_float=refuse, parse_constant=refuse
)
WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def surely_canonical(body):
    """The value of a text that is canonical beyond doubt; None where only `Canonical` can tell.

    Python's own writer spells strings, integers and true and false as section 2 does, so a text that it gives back
    byte for byte is canonical, if keys and integers keep to their limits (the hooks), nothing is null, and there are
    too few brackets for deep nesting.
    """
    if body.count(b"[") + body.count(b"{") > DEPTH_MAX or b"null" in body:
        return None
    try:
        text = body.decode("utf-8")
        value = READER.decode(text)
        return value if WRITER.encode(value) == text else None
    except ValueError:
        return None


def canonical(body):
    """The value of a canonical text. Raises NotCanonical."""
    value = surely_canonical(body)
    if value is None:
        Canonical(body).check()
        value = json.loads(body.decode("utf-8"))
    return value


# Section 3: scalars.

ID = "[a-z0-9][a-z0-9._-]{0,63}"
is_id = re.compile(ID).fullmatch
is_origin = re.compile("[a-z0-9][a-z0-9._/-]{0,127}").fullmatch
is_uuid = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch
is_hash = re.compile("[0-9a-f]{64}").fullmatch
STREAM = re.compile(
    f"log|(?:grants|rulebook|catalogue|form|tally|round)/{ID}|(?:sheet|survey)/{ID}/{ID}"
    f"|appeal/{ID}/(?P<number>0|[1-9][0-9]{{0,9}})"
)
INSTANT = re.compile(
    "([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})[.][0-9]{6}Z"
)


def is_stream(text):
    fits = STREAM.fullmatch(text)
    return bool(fits) and int(fits["number"] or 0) < 2**32


def is_instant(text):
    fits = INSTANT.fullmatch(text)
    if not fits:
        return False
    year, month, day, hour, minute, second = map(int, fits.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (0, 31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    exists = 1 <= month <= 12 and 1 <= day <= days[month]
    return exists and year >= 1970 and hour <= 23 and minute <= 59 and second <= 59


# Section 4: the envelope.

CAPACITIES = frozenset(
    "administrator secretariat drafter chief appraiser council survey_staff publisher inspector operator system".split()
)
VIAS = frozenset("token session oidc cli system".split())
V = 1
# Section 11: the kinds of events.
KINDS = frozenset(
    """
    log_created capacity_granted grant_confirmed capacity_revoked credential_bound credential_unbound part_entered
    document_sealed round_opened phase_closed deadline_extended self_scored exemption_claimed sheet_submitted
    sheet_withdrawn sheet_reopened sheet_closed score_confirmed score_adjusted score_flagged flag_explained
    exemption_accepted exemption_refused bonus_awarded penalty_imposed sample_planned batch_recorded batch_voided
    batch_rechecked survey_merged decision_proposed vote_cast decision_recorded council_scored result_published
    appeal_lodged appeal_examined appeal_answered appeal_decided score_corrected round_closed
    """.split()
)


def string(form):
    return lambda value: isinstance(value, str) and bool(form(value))


def string_or_none(form):
    return lambda value: value == "" or (isinstance(value, str) and bool(form(value)))


def integer_below(limit):
    return lambda value: type(value) is int and 0 <= value < limit


def is_object(value):
    return isinstance(value, dict)


ENVELOPE = {
    "actor": {"capacity": string(CAPACITIES.__contains__), "id": string(is_id), "unit": string_or_none(is_id)},
    "at": string(is_instant),
    "cause": string_or_none(is_uuid),
    "command": {"digest": string(is_hash), "id": string(is_uuid)},
    "data": is_object,
    "id": string(is_uuid),
    "kind": lambda value: isinstance(value, str),
    "log": string(is_origin),
    "position": integer_below(2**53),
    "prev": string_or_none(is_hash),
    "stream": string(is_stream),
    "stream_prev": string_or_none(is_hash),
    "v": integer_below(2**32),
    "version": integer_below(2**53),
    "via": {"credential": string_or_none(is_id), "kind": string(VIAS.__contains__)},
}


def check_members(value, forms, name):
    if not is_object(value) or value.keys() != forms.keys():
        raise Fault(f"not an event: {name} must have the members {', '.join(forms)} and no others")
    for member, form in forms.items():
        if isinstance(form, dict):
            check_members(value[member], form, member)
        elif not form(value[member]):
            raise Fault(f"not an event: {name}.{member} has not its form")


TAIL_BYTES_MAX = 1800  # eight strings of 159, three numbers of 16, 140 for the rest
TAIL = re.compile(
    rb'\},"id":"S","kind":"S","log":"S","position":N,"prev":"S","stream":"S","stream_prev":"S",'
    rb'"v":N,"version":N,"via":\{"credential":"S","kind":"S"\}\}\Z'.replace(b"S", rb'([^"\\]{0,159})').replace(
        b"N", rb"(0|[1-9][0-9]{0,15})"
    )
)


class Tail:
    """What links an event, taken from the end of its body."""

    def __init__(self, body):
        if len(body) > BODY_BYTES_MAX:
            raise Fault(f"the body has {len(body)} bytes, the limit is {BODY_BYTES_MAX}")
        fits = TAIL.search(body[-TAIL_BYTES_MAX:])
        if not fits:
            raise Fault("the body has no envelope")
        self.id, self.kind, self.log, position, self.prev, self.stream, self.stream_prev, _, version = fits.groups()[:9]
        self.position, self.version = int(position), int(version)


# Section 5: hash and tree.


def entry(body):
    return hashlib.sha256(b"\x00" + body).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, new):
        ones = self.size
        while ones & 1:
            new = node(self.hashes.pop(), new)
            ones >>= 1
        self.hashes.append(new)
        self.size += 1

    def root(self):
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node(left, root)
        return root


# Section 6: the walk.


def spelled(raw):
    """Bytes of a body as words: a broken file may hold anything, and a terminal obeys some of it."""
    return "".join(chr(byte) if 0x20 <= byte <= 0x7E else f"\\x{byte:02x}" for byte in raw)


class Walk:
    def __init__(self):
        self.origin = None
        self.last = b""
        self.at = ""
        self.streams = {}
        self.commands = set()
        self.range = CompactRange()

    def step(self, body):
        """Takes the next body. Raises Fault where it does not fit."""
        tail = Tail(body)
        if self.origin is None and is_origin(spelled(tail.log)):
            self.origin = tail.log
        version, stream_last = self.streams.get(tail.stream, (0, b""))
        if tail.position != self.range.size + 1:
            raise Fault(f"the body says position {tail.position}")
        if tail.log != self.origin:
            raise Fault(f'the body belongs to the log "{spelled(tail.log)}"')
        if tail.prev != self.last:
            raise Unlinked("prev is not the hash of the event before")
        stream = spelled(tail.stream)
        if tail.version != version + 1:
            raise Fault(f'version {tail.version} in stream "{stream}", where {version + 1} must stand')
        if tail.stream_prev != stream_last:
            raise Fault(f'stream_prev is not the hash of the event before in stream "{stream}"')
        self.look_inside(body)
        new = entry(body)
        self.last = new.hex().encode()
        self.streams[tail.stream] = (tail.version, self.last)
        self.range.append(new)

    def look_inside(self, body):
        try:
            event = canonical(body)
        except NotCanonical as e:
            raise Fault(f"not canonical JSON: {e}") from None
        check_members(event, ENVELOPE, "the event")
        if event["v"] != V or event["kind"] not in KINDS:
            kind = spelled(event["kind"][:60].encode())
            raise Fault(f'unknown kind "{kind}" of v {event["v"]}')
        # An instant has one spelling, so that the order of the texts is the order of time.
        if event["at"] < self.at:
            raise Fault("at lies before the at of the event before")
        self.at = event["at"]
        command = bytes.fromhex(event["command"]["id"].replace("-", ""))
        if command in self.commands:
            raise Fault("the command has an event already")
        self.commands.add(command)


def changed_before(position, body, following):
    """Whether it is the body before this one that was changed: then this one fits the one that follows."""
    if position == 1 or not is_hash(spelled(Tail(body).prev)):
        return False
    try:
        after = Tail(next(following))
    except (StopIteration, Fault, Broken):
        return False
    return after.position == position + 1 and after.prev == entry(body).hex().encode()


# Section 7: export and head.


def lines(file):
    """The bodies of an export, one at a time."""
    position = 0
    while True:
        line = file.readline(BODY_BYTES_MAX + 1)
        if not line:
            return
        position += 1
        length = len(line)
        piece = line
        while not piece.endswith(b"\n"):
            piece = file.readline(BODY_BYTES_MAX + 1)
            if not piece:
                raise Broken(position, "the file breaks off in the middle of a line")
            length += len(piece)
        yield TooLong(length - 1) if length > len(line) else line[:-1]


class TooLong:
    """A body beyond the limit: nothing but its length is kept."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length


HEAD = re.compile(r"([^\n]*)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")


class Head:
    def __init__(self, text):
        fits = HEAD.fullmatch(text.decode("ascii", "replace"))
        self.formed = bool(fits) and bool(is_origin(fits[1]))
        self.origin, self.size, self.root = (fits[1], int(fits[2]), fits[3]) if self.formed else ("", 0, "")
        self.found = None

    def look(self, walk):
        """Keeps the root where the walk is as far as the head was."""
        if walk.range.size == self.size:
            self.found = root64(walk.range)

    def check(self, walk):
        if not self.formed:
            raise Broken(None, "the head is not origin, size and root on three lines")
        if walk.origin is not None and self.origin != walk.origin.decode():
            raise Broken(None, f'the head is of the log "{self.origin}"')
        if self.found is None:
            raise Broken(None, f"the head counts {self.size} events, the log has {walk.range.size}")
        if self.found != self.root:
            raise NotTheHeads(self.size, "the root up to here is not the head's")


class NotTheHeads(Broken):
    """The bodies fit each other up to this position, but are not those that the head was made over."""


def root64(tree):
    return base64.b64encode(tree.root()).decode()


def verify(file, head=None):
    """Walks an export to its end and returns the walk. Raises Broken."""
    walk = Walk()
    bodies = lines(file)
    if head:
        head.look(walk)
    for body in bodies:
        position = walk.range.size + 1
        try:
            walk.step(body)
        except Unlinked as e:
            if changed_before(position, body, bodies):
                raise Broken(position - 1, "the event was changed: the next one holds another hash of it") from None
            raise Broken(position, str(e)) from None
        except Fault as e:
            raise Broken(position, str(e)) from None
        if head:
            head.look(walk)
    if head:
        head.check(walk)
    return walk


def report(path, head_path):
    head = None
    if head_path:
        with open(head_path, "rb") as file:
            head = Head(file.read(4096))
    try:
        with open(path, "rb", buffering=1 << 20) as file:
            walk = verify(file, head)
    except Broken as e:
        print(e)
        if isinstance(e, NotTheHeads):
            print("the events up to there are not those that the head was made over; it cannot say which of them differ")
        elif e.position is not None and e.position > 1:
            print(f"the {e.position - 1} before it fit together; nothing is known about what stands from there on")
        return 1
    events = walk.range.size
    log = walk.origin.decode() if walk.origin else head.origin if head else "-"
    if head is None:
        vouched = "NOTHING OUTSIDE THIS FILE VOUCHES FOR ITS END"
    elif head.size == events:
        vouched = "the head vouches for the end"
    else:
        vouched = f"the head vouches for the first {head.size} events, NOTHING OUTSIDE THIS FILE FOR THE REST"
    print(f"ok: {events} events, root {root64(walk.range)}, log {log}; {vouched}")
    return 0


# Section 12: vectors.


def check_vectors(folder):
    """Runs the cases beside the README and returns what went wrong, one line each."""
    wrong = []

    def expect(case, holds):
        if not holds:
            wrong.append(case)

    def load(name):
        with open(os.path.join(folder, name), "rb") as file:
            return json.load(file)

    def raw(case):
        return case["text"].encode() if "text" in case else bytes.fromhex(case["hex"])

    cases = load("canon.json")
    for case in cases["good"]:
        text = raw(case)
        try:
            Canonical(text).check()
        except NotCanonical as e:
            expect(f"canon.json: {case['name']}: {e}", False)
    for case in cases["bad"]:
        text = raw(case)
        expect(f"canon.json: {case['name']}: taken at once", surely_canonical(text) is None)
        try:
            Canonical(text).check()
            expect(f"canon.json: {case['name']}: taken", False)
        except NotCanonical as e:
            expect(f"canon.json: {case['name']}: {e}", (e.at, e.what) == (case["at"], case["what"]))

    for case in load("events.json"):
        body, command = case["body"].encode(), case["command"].encode()
        event = canonical(body)
        check_members(event, ENVELOPE, "the event")
        tail = Tail(body)
        expect(f"events.json: {case['name']}: hash", entry(body).hex() == case["hash"])
        expect(f"events.json: {case['name']}: command", is_object(canonical(command)))
        digest = hashlib.sha256(command).hexdigest()
        expect(f"events.json: {case['name']}: digest", digest == event["command"]["digest"])
        for member, value in case["tail"].items():
            found = getattr(tail, member)
            found = found.decode() if type(found) is bytes else found
            expect(f"events.json: {case['name']}: {member}", value == found)
            expect(f"events.json: {case['name']}: {member} within", value == event[member])

    sizes = {case["size"]: case["root"] for case in load("trees.json")}
    tree = CompactRange()
    while True:
        if tree.size in sizes:
            expect(f"trees.json: size {tree.size}", tree.root().hex() == sizes[tree.size])
        if tree.size >= max(sizes):
            break
        tree.append(entry(str(tree.size).encode()))

    chains = load("chains.json")

    def line(part):
        if isinstance(part, int):
            return chains["good"][part - 1].encode()
        if isinstance(part, str):
            return part.encode()
        return part["repeat"].encode() * part["times"] if "repeat" in part else bytes.fromhex(part["hex"])

    for case in chains["chains"]:
        export = b"".join(line(part) + b"\n" for part in case["lines"])
        export = export[:-1] if case["breaks_off"] else export
        for expected, head in ((case["without_head"], None), (case["with_head"], Head(case["head"].encode()))):
            try:
                verdict = {"ok": verify(io.BytesIO(export), head).range.size}
            except Broken as e:
                verdict = {"end": e.why} if e.position is None else {"position": e.position, "reason": e.why}
            same = verdict.keys() == expected.keys() and all(
                value.startswith(expected[key]) if isinstance(value, str) else value == expected[key]
                for key, value in verdict.items()
            )
            expect(f"chains.json: {case['name']}: {verdict} instead of {expected}", same)
    return wrong


def main():
    sys.stdout.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(description="Checks an exported log and says where it is broken, if it is.")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the export: a body a line")
    parser.add_argument("--head", metavar="FILE.head", help="a head to compare it with")
    parser.add_argument("--vectors", metavar="DIR", help="run the vectors instead")
    args = parser.parse_args()
    if (args.file is None) == (args.vectors is None) or (args.vectors and args.head):
        parser.error("give a FILE, or --vectors DIR")
    try:
        if args.vectors is None:
            return report(args.file, args.head)
        wrong = check_vectors(args.vectors)
    except (OSError, json.JSONDecodeError) as e:
        print(f"cannot be read: {e}", file=sys.stderr)
        return 2
    print("\n".join(wrong) if wrong else "ok: all vectors")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
