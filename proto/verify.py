#!/usr/bin/env python3
"""Checks an exported log, signed checkpoints and receipts without the system that made them.

    python3 verify.py FILE [--head FILE.head] [--checkpoint NOTE ... KEYS]
    python3 verify.py --receipt FILE.tlog-proof [--event FILE] KEYS
    python3 verify.py --checkpoint NOTE [--checkpoint NOTE ...] [--consistency PROOF] KEYS
    python3 verify.py --dossier FILE [KEYS]

where KEYS is --policy FILE or --log-key KEY. It was written from README.md beside it, whose sections it names, and from
the public specifications that sections 15 to 20 name, and needs nothing but Python 3.8: this file alone. It never repairs,
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
import time
import zipfile
import zlib

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


def canonical_at_length(raw):
    """As `canonical`, for a text of many brackets: how deep they stand is counted. Raises NotCanonical."""
    try:
        text = raw.decode("utf-8")
        value = READER.decode(text)
        if WRITER.encode(value) == text and stands_within(value, DEPTH_MAX):
            return value
    except (ValueError, RecursionError):
        pass
    return canonical(raw)


def stands_within(value, depth):
    """Whether nothing in a value is null or stands inside more arrays and objects than this."""
    waiting = [(value, 0)]
    while waiting:
        one, inside = waiting.pop()
        if one is None or inside > depth:
            return False
        if isinstance(one, (dict, list)):
            waiting.extend((part, inside + 1) for part in (one.values() if isinstance(one, dict) else one))
    return True


# Section 3: scalars.

ID = "[a-z0-9][a-z0-9._-]{0,63}"
is_id = re.compile(ID).fullmatch
is_origin = re.compile("[a-z0-9][a-z0-9._/-]{0,127}").fullmatch
is_uuid = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch
is_hash = re.compile("[0-9a-f]{64}").fullmatch
STREAM = re.compile(
    f"log|(?:grants|rulebook|catalogue|form|tally|round|case)/{ID}|(?:sheet|survey)/{ID}/{ID}"
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
    log_created key_named anchored log_closed capacity_granted grant_confirmed capacity_revoked credential_bound credential_unbound
    part_entered document_sealed round_opened phase_closed deadline_extended self_scored exemption_claimed sheet_submitted
    evidence_withdrawn sheet_withdrawn sheet_reopened sheet_closed score_confirmed score_adjusted score_flagged flag_explained
    exemption_accepted exemption_refused bonus_awarded penalty_imposed sample_planned seed_committed batch_recorded batch_voided
    batch_rechecked sample_drawn survey_merged decision_proposed vote_cast decision_recorded council_scored result_published
    appeal_lodged appeal_examined appeal_answered appeal_decided score_corrected round_closed case_opened case_answered
    erasure_ordered erasure_confirmed case_closed
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


def event_in(body):
    """The event that a body spells. Raises Fault."""
    try:
        event = canonical(body)
    except NotCanonical as e:
        raise Fault(f"not canonical JSON: {e}") from None
    check_members(event, ENVELOPE, "the event")
    return event


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
        self.event = None

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

    def withheld(self, hash_line):
        """Takes the hash of an event whose body is withheld (section 24)."""
        self.last = hash_line
        self.range.append(bytes.fromhex(hash_line.decode()))

    def look_inside(self, body):
        event = event_in(body)
        if event["v"] != V or event["kind"] not in KINDS:
            kind = spelled(event["kind"][:60].encode())
            raise Fault(f'unknown kind "{kind}" of v {event["v"]}')
        # An instant has one spelling, so that the order of the texts is the order of time.
        if event["at"] < self.at:
            raise Fault("at lies before the at of the event before")
        self.event = event
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
    called = "the head"

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
            raise Broken(None, f'{self.called} is of the log "{spelled(self.origin.encode())}"')
        if self.found is None:
            raise Broken(None, f"{self.called} counts {self.size} events, the log has {walk.range.size}")
        if self.found != self.root:
            raise NotTheHeads(self.size, f"the root up to here is not {self.called}'s")


class NotTheHeads(Broken):
    """The bodies fit each other up to this position, but are not those that the head was made over."""


def root64(tree):
    return base64.b64encode(tree.root()).decode()


def verify(file, *heads):
    """Walks an export to its end and returns the walk. Raises Broken."""
    walk, samples = Walk(), Samples()
    bodies = lines(file)
    for head in heads:
        head.look(walk)
    for body in bodies:
        position = walk.range.size + 1
        try:
            walk.step(body)
            samples.take(walk.event)
        except Unlinked as e:
            if changed_before(position, body, bodies):
                raise Broken(position - 1, "the event was changed: the next one holds another hash of it") from None
            raise Broken(position, str(e)) from None
        except Fault as e:
            raise Broken(position, str(e)) from None
        for head in heads:
            head.look(walk)
    for head in sorted(heads, key=lambda head: head.size):
        head.check(walk)
    return walk


# Section 31: samples for asking again.


def seed_commitment(seed):
    return hashlib.sha256(b"parindex sample seed v1\n" + seed).digest()


def drawn(seed, root, ballots, count):
    """The places of so many of a batch's ballots, ascending."""
    chosen, counter = set(), 0
    below = 2**64 - 2**64 % ballots if ballots else 0
    while len(chosen) < min(count, ballots):
        block = b"parindex sample draw v1\n" + seed + root + ballots.to_bytes(8, "big") + counter.to_bytes(8, "big")
        number = int.from_bytes(hashlib.sha256(block).digest()[:8], "big")
        counter += 1
        if number < below:
            chosen.add(number % ballots)
    return sorted(chosen)


class Samples:
    """What is drawn of a log's batches, held against seeds and ballots."""

    def __init__(self):
        self.seeds, self.batches, self.used = {}, {}, set()

    def take(self, event):
        """Raises Fault for a sample that is not the one that its seed and batch give."""
        kind, data = event["kind"], event["data"]
        if kind not in ("seed_committed", "batch_recorded", "batch_voided", "sample_drawn"):
            return
        try:
            self.look(kind, data, event["position"])
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            raise Fault("not an event: the data has not the form of its kind") from None

    def look(self, kind, data, position):
        if kind == "seed_committed":
            self.seeds[data["round"], data["sample"]] = (bytes.fromhex(data["commitment"]), position)
        elif kind == "batch_recorded":
            if "replaces" in data:
                self.batches.pop((data["round"], data["replaces"]["batch"]), None)
            root = bytes.fromhex(data["ballots"]["root"]) if "ballots" in data else None
            self.batches[data["round"], data["batch"]] = (root, data["respondents"], position)
        elif kind == "batch_voided":
            self.batches.pop((data["round"], data["batch"]), None)
        else:
            self.drawn(data["act"], data["indexes"])

    def drawn(self, act, indexes):
        name, of, seed = (act["round"], act["sample"]), (act["round"], act["batch"]), bytes.fromhex(act["seed"])
        commitment, committed = self.seeds.get(name, (None, 0))
        root, ballots, recorded = self.batches.get(of, (None, 0, 0))
        if commitment != seed_commitment(seed):
            raise Fault(f"the seed of the sample {act['sample']} is not the one that was committed to")
        if name in self.used:
            raise Fault(f"the sample {act['sample']} was drawn before")
        if root is None or recorded < committed:
            raise Fault(f"the batch {act['batch']} has no ballots that came after the seed, or does not stand")
        if ("count" in act) == ("share" in act):
            raise Fault(f"the sample {act['sample']} has not one number")
        count = act["count"] if "count" in act else -(-ballots * act["share"] // 100)
        if not 0 < count <= min(ballots, SAMPLE_MAX) or indexes != drawn(seed, root, ballots, count):
            raise Fault(f"the sample {act['sample']} is not what its seed draws")
        self.used.add(name)


SAMPLE_MAX = 5000

# Section 16: Ed25519 after RFC 8032, strictly: every key and signature has one spelling, and none holds for everything.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)  # points are X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def plus(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def doubled(p):
    a, b = p[0] * p[0] % P, p[1] * p[1] % P
    h, g = a + b, a - b
    e, f = h - (p[0] + p[1]) ** 2, 2 * p[2] * p[2] + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def minus(p):
    return -p[0] % P, p[1], p[2], -p[3] % P


def point(raw):
    """The point that 32 bytes spell (RFC 8032, 5.1.3). Raises Fault."""
    number = int.from_bytes(raw, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if y >= P:
        raise Fault("a point not in its shortest form")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 % P * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * ROOT_OF_MINUS_1 % P
    if (v * x * x - u) % P != 0:
        raise Fault("a point that is not on the curve")
    if x == 0 and odd:
        raise Fault("a point not in its shortest form")
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


def of_large_order(raw):
    """The point, if it is none of the eight that make signatures which hold for any message. Raises Fault."""
    found = point(raw)
    if doubled(doubled(doubled(found)))[0] == 0:
        raise Fault("a point of small order")
    return found


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def sum_of_multiples(a, p, b, q):
    """a times p plus b times q, both at once. Not in constant time: nothing here is secret."""
    both = plus(p, q)
    result = NEUTRAL
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        result = doubled(result)
        pick = (a >> bit & 1, b >> bit & 1)
        if pick != (0, 0):
            result = plus(result, {(1, 0): p, (0, 1): q, (1, 1): both}[pick])
    return result


def check_ed25519(key, message, signature):
    """Raises Fault where the signature is not the key's over the message."""
    if len(signature) != 64:
        raise Fault(f"it has {len(signature)} bytes, not 64")
    a, r = of_large_order(key), of_large_order(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        raise Fault("its number is not in the shortest form")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, _ = sum_of_multiples(s, BASE, k, minus(a))
    if (x - r[0] * z) % P != 0 or (y - r[1] * z) % P != 0:
        raise Fault("it is not the key's over these bytes")


# Section 16: keys.

LOG, COSIGNER = 1, 4  # signature types; a key of any other type is refused, whatever the data says
TIMESTAMP_MAX = 2**63 - 1
# What Unicode calls white space, and the control characters below U+0020.
BLANK = re.compile("[\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
KEY_ID = re.compile("[0-9a-f]{8}")


def is_key_name(text):
    return text != "" and "+" not in text and not BLANK.search(text)


def from_base64(text):
    """The bytes, if this is the one spelling of them; else None."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw) == text else None


class Key:
    """A public key that the reader trusts, from its one line: name+id+base64(type and key)."""

    def __init__(self, vkey):
        try:
            self.name, hex_id, text = vkey.decode("utf-8").split("+", 2)
        except ValueError:
            raise Fault("a key is written name+id+base64") from None
        raw = from_base64(text.encode())
        if not is_key_name(self.name) or not KEY_ID.fullmatch(hex_id) or not raw:
            raise Fault("a key is written name+id+base64")
        self.id, self.type, self.raw = bytes.fromhex(hex_id), raw[0], raw[1:]
        if hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4] != self.id:
            raise Fault(f"the id of the key {self} is not that of its name and bytes")
        if self.type not in (LOG, COSIGNER):
            raise Fault(f"the key {self} is of type {self.type:#04x}, known are 0x01 (logs) and 0x04 (cosigners)")
        if len(self.raw) != 32:
            raise Fault(f"the key {self} has {len(self.raw)} bytes, not 32")
        try:
            of_large_order(self.raw)
        except Fault as e:
            raise Fault(f"the key {self} is {e}") from None

    def __str__(self):
        return f"{spelled(self.name.encode())}+{self.id.hex()}"

    def check(self, text, signature):
        """Raises Fault where the signature is not this key's over the text; gives the time that a cosigner states."""
        if self.type == LOG:
            return check_ed25519(self.raw, text, signature)
        if len(signature) != 72:
            raise Fault(f"it has {len(signature)} bytes, not 72")
        when = int.from_bytes(signature[:8], "big")
        if not 0 < when <= TIMESTAMP_MAX:
            raise Fault(f"its time is {when}, not of 1 to 2^63-1")
        check_ed25519(self.raw, b"cosignature/v1\ntime %d\n" % when + text, signature[8:])
        return when


# Sections 16 and 17: signed notes (C2SP signed-note) and checkpoints (C2SP tlog-checkpoint, tlog-cosignature).

NOTE_BYTES_MAX = 65536
SIGNATURES_MAX = 64
SIZE_MAX = 2**63 - 1
AHEAD_SECONDS_MAX = 300
NUMBER_LINE = re.compile(rb"0|[1-9][0-9]{0,18}")
SIGNATURE_LINE = re.compile("\u2014 ([^ ]+) ([^ ]+)".encode())


def number(line):
    """An integer from 0 to 2^63-1 in shortest form; else None."""
    return int(line) if NUMBER_LINE.fullmatch(line) and int(line) <= SIZE_MAX else None


def sha256(line):
    """The 32 bytes that a line spells in base64; else None."""
    raw = from_base64(line)
    return raw if raw is not None and len(raw) == 32 else None


class Note:
    """A text and the signatures under it, none of them looked at yet."""

    def __init__(self, raw):
        if len(raw) > NOTE_BYTES_MAX:
            raise Fault(f"the note has more than {NOTE_BYTES_MAX} bytes")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("the note is not UTF-8") from None
        if any(byte < 0x20 and byte != 0x0A for byte in set(raw)):
            raise Fault("the note holds a control character other than LF")
        text, blank, lines = raw.rpartition(b"\n\n")
        if not blank or not lines.endswith(b"\n"):
            raise Fault("the note is not a text, an empty line and signatures, each line ended by LF")
        if lines.count(b"\n") > SIGNATURES_MAX:
            raise Fault(f"the note has more than {SIGNATURES_MAX} signatures")
        self.text = text + b"\n"
        self.signatures = [self.signature(line) for line in lines[:-1].split(b"\n")]

    @staticmethod
    def signature(line):
        fits = SIGNATURE_LINE.fullmatch(line)
        raw = fits and from_base64(fits[2])
        if not raw or len(raw) < 5 or not is_key_name(fits[1].decode("utf-8")):
            raise Fault("a line under the note is not a dash, a key's name and a signature in base64")
        return fits[1].decode("utf-8"), raw[:4], raw[4:]

    def signed_by(self, keys):
        """Which of these keys signed, each with the time that it states, and how many others are said to have.

        A signature that is said to be of one of these keys and is not refuses the whole note.
        """
        known = {(key.name, key.id): key for key in keys}
        signed, unknown = {}, 0
        for name, key_id, signature in self.signatures:
            key = known.get((name, key_id))
            if key is None:
                unknown += 1
                continue
            if key in signed:
                raise Fault(f"the key {key} stands twice under the note")
            try:
                signed[key] = key.check(self.text, signature)
            except Fault as e:
                raise Fault(f"the signature of {key} does not hold: {e}") from None
        return signed, unknown


class Checkpoint:
    """A log's signed statement of its size and root, opened with the keys of a policy."""

    def __init__(self, raw, policy):
        note = Note(raw)
        lines = note.text[:-1].split(b"\n")
        if len(lines) < 3 or b"" in lines:
            raise Fault("the checkpoint is not origin, size and root on three lines")
        self.origin, self.size, root = lines[0], number(lines[1]), sha256(lines[2])
        if self.size is None:
            raise Fault("the checkpoint's size is not an integer of 0 to 2^63-1 in shortest form")
        if root is None:
            raise Fault("the checkpoint's root is not 32 bytes in base64")
        if self.size == 0 and root != CompactRange().root():
            raise Fault("the checkpoint counts 0 events, and its root is another than theirs")
        self.root, self.extensions = root, len(lines) - 3
        self.policy = policy
        self.signed, self.unknown = note.signed_by(policy.keys())
        self.logs = [key for key in self.signed if key.type == LOG and key.name.encode() == self.origin]
        if not self.logs:
            raise Fault(f'no key of the log "{spelled(self.origin)}" that is trusted here signed the checkpoint')

    def check_quorum(self):
        if not self.policy.met(self.signed):
            raise Fault(f"the quorum is not met: {self.policy.wanted()}")

    def told(self, now):
        """Who signed and when, a line each, for people."""
        for key in self.logs:
            yield f"signed by the log's key {key}"
        for name, key in self.policy.witnesses.items():
            when = self.signed.get(key)
            if when is None:
                yield f"NOT cosigned by the witness {spelled(name)} ({key})"
            else:
                ahead = ", WHICH LIES IN THE FUTURE" if when > now + AHEAD_SECONDS_MAX else ""
                yield f"cosigned by the witness {spelled(name)} ({key}) at {utc(when)}{ahead}"
        if self.policy.quorum == NONE:
            yield "quorum none: NO WITNESS NEED HAVE SEEN THIS CHECKPOINT, whoever holds the log's key can make others"
        else:
            yield f"quorum {spelled(self.policy.quorum)}: {'met' if self.policy.met(self.signed) else 'NOT MET'}"
        enough = self.policy.when_enough(self.signed)
        if enough is not None:
            yield f"what it covers was made no later than {utc(enough)}: by then enough witnesses had cosigned"
        if self.extensions:
            yield f"{self.extensions} extension lines, which no witness vouches for"
        if self.unknown:
            yield f"{self.unknown} signatures of unknown keys, ignored"


def utc(seconds):
    if seconds >= 253402300800:
        return f"{seconds} seconds after 1970"
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# Section 18: policies (C2SP tlog-policy).

POLICY_BYTES_MAX = 1 << 18
POLICY_LINES_MAX = 64  # of each kind
NONE = b"none"
NOT_IN_A_POLICY = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
THRESHOLD = re.compile(rb"[1-9][0-9]{0,3}")


class Policy:
    """Which logs and witnesses are trusted, and how many of them must have cosigned. Names are bytes."""

    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        self.members = set()
        if len(text) > POLICY_BYTES_MAX:
            raise Fault(f"the policy has more than {POLICY_BYTES_MAX} bytes")
        if NOT_IN_A_POLICY.search(text):
            raise Fault("the policy holds a control character other than tab and LF")
        if not text.endswith(b"\n"):
            raise Fault("the policy breaks off in the middle of a line")
        for at, line in enumerate(text[:-1].split(b"\n"), 1):
            words = [word for word in re.split(b"[ \t]+", line) if word]
            if words and not words[0].startswith(b"#"):
                try:
                    self.take(words[0], words[1:])
                except Fault as e:
                    raise Fault(f"the policy's line {at}: {e}") from None
        if self.quorum is None:
            raise Fault("the policy has no quorum line")

    @classmethod
    def of_log(cls, vkey):
        """Trusts one log's key, and asks for no witness."""
        Key(vkey)  # so that it is one key and nothing else
        return cls(b"log " + vkey + b"\nquorum none\n")

    def take(self, word, words):
        counts = {b"log": (1, 2), b"witness": (2, 3), b"group": (3, POLICY_BYTES_MAX), b"quorum": (1, 1)}
        least, most = counts.get(word, (1, 0))
        if not least <= len(words) <= most:
            raise Fault("not a log, witness, group or quorum line")
        if word == b"log":
            self.log(words[0])
        elif word == b"witness":
            self.witness(words[0], words[1])
        elif word == b"group":
            self.group(words[0], words[1], words[2:])
        elif self.quorum is not None:
            raise Fault("a second quorum line")
        elif words[0] != NONE and words[0] not in self.names():
            raise Fault("the quorum names nothing that is defined before it")
        else:
            self.quorum = words[0]

    def names(self):
        return self.witnesses.keys() | self.groups.keys()

    def check_new(self, name):
        if name == NONE or name in self.names():
            raise Fault("the name is taken")

    def log(self, vkey):
        self.logs.append(self.new_key(vkey, LOG, "a log"))

    def witness(self, name, vkey):
        self.check_new(name)
        self.witnesses[name] = self.new_key(vkey, COSIGNER, "a witness")

    def new_key(self, vkey, kind, of):
        key = Key(vkey)
        if key.type != kind:
            raise Fault(f"the key {key} is of type {key.type:#04x}, {of}'s must be of {kind:#04x}")
        if any(key.raw == other.raw for other in self.keys()):
            raise Fault(f"the key {key} has the bytes of another one")
        if any((key.name, key.id) == (other.name, other.id) for other in self.keys()):
            raise Fault(f"the key {key} has name and id of another one")
        if len(self.logs if kind == LOG else self.witnesses) >= POLICY_LINES_MAX:
            raise Fault(f"more than {POLICY_LINES_MAX} lines for {of}")
        return key

    def group(self, name, threshold, members):
        self.check_new(name)
        if len(self.groups) >= POLICY_LINES_MAX:
            raise Fault(f"more than {POLICY_LINES_MAX} lines for a group")
        for member in members:
            if member not in self.names():
                raise Fault("a member that is not defined before its group")
            if member in self.members:
                raise Fault("a member that is listed already")
            self.members.add(member)
        least = {b"any": 1, b"all": len(members)}.get(threshold)
        if least is None:
            least = int(threshold) if THRESHOLD.fullmatch(threshold) else 0
        if not 1 <= least <= len(members):
            raise Fault("a group's threshold is any, all, or an integer from 1 to the number of members")
        self.groups[name] = (least, members)

    def keys(self):
        return self.logs + list(self.witnesses.values())

    def met(self, signed):
        """Whether these keys make the quorum. Groups stand in the order of their lines: members come before them."""
        stands = {name: key in signed for name, key in self.witnesses.items()}
        for name, (least, members) in self.groups.items():
            stands[name] = sum(stands[member] for member in members) >= least
        return self.quorum == NONE or stands[self.quorum]

    def when_enough(self, signed):
        """The time of the cosignature with which there are enough, the earliest first; one where nobody is needed."""
        have = {}
        for key in sorted((key for key in self.witnesses.values() if key in signed), key=lambda key: signed[key]):
            have[key] = signed[key]
            if self.met(have):
                return signed[key]
        return None

    def wanted(self):
        least, members = self.groups.get(self.quorum, (1, [self.quorum]))
        return f"{spelled(self.quorum)} takes {least} of {', '.join(map(spelled, members))}"


# Sections 15 and 19: proofs (RFC 9162, 2.1.3 and 2.1.4) and receipts (C2SP tlog-proof).

EXTRA_BYTES_MAX = 131072  # as base64
RECEIPT_BYTES_MAX = EXTRA_BYTES_MAX + 64 * 45 + 128 + NOTE_BYTES_MAX
PROOF_HASHES_MAX = 63
RECEIPT_HEADER = b"c2sp.org/tlog-proof@v1"


def root_of_inclusion(index, size, entry_hash, proof):
    """The root that an entry with this index and its proof lead to (RFC 9162, 2.1.3.2). Raises Fault."""
    if not 0 <= index < size:
        raise Fault(f"the entry has the index {index}, the tree has {size} entries")
    way, last, found = index, size - 1, entry_hash
    for other in proof:
        if last == 0:
            raise Fault("the proof is too long")
        if way & 1 or way == last:
            found = node(other, found)
            while way & 1 == 0 and way != 0:
                way, last = way >> 1, last >> 1
        else:
            found = node(found, other)
        way, last = way >> 1, last >> 1
    if last != 0:
        raise Fault("the proof is too short")
    return found


def check_inclusion(index, size, entry_hash, proof, root):
    """Raises Fault unless the entry with this index is in the tree."""
    if root_of_inclusion(index, size, entry_hash, proof) != root:
        raise Fault("the proof does not lead from the event to the root")


def check_consistency(old_size, old_root, size, root, proof):
    """Raises Fault unless the tree of old_size begins the tree of size (RFC 9162, 2.1.4.2)."""
    if old_size > size:
        raise Fault(f"the older tree has {old_size} entries, the newer one {size}")
    if old_size in (0, size):
        if proof:
            raise Fault("the proof is too long")
        if old_root != (root if old_size == size else CompactRange().root()):
            raise Fault("the trees have other roots" if old_size == size else "the root is not that of no entries")
        return
    way, last = old_size - 1, size - 1
    while way & 1:
        way, last = way >> 1, last >> 1
    # Where the older tree is one full subtree, the proof leaves its root out.
    hashes = iter(proof if way else [old_root, *proof])
    old_found = found = next(hashes, None)
    for other in hashes:
        if last == 0:
            raise Fault("the proof is too long")
        if way & 1 or way == last:
            old_found, found = node(other, old_found), node(other, found)
            while way & 1 == 0 and way != 0:
                way, last = way >> 1, last >> 1
        else:
            found = node(found, other)
        way, last = way >> 1, last >> 1
    if last != 0:
        raise Fault("the proof is too short")
    if old_found != old_root:
        raise Fault("the proof does not lead to the older root")
    if found != root:
        raise Fault("the proof does not lead to the newer root")


def proof_lines(lines):
    if len(lines) > PROOF_HASHES_MAX:
        raise Fault(f"the proof has {len(lines)} hashes, the limit is {PROOF_HASHES_MAX}")
    proof = [sha256(line) for line in lines]
    if None in proof:
        raise Fault("a line of the proof is not 32 bytes in base64")
    return proof


def value_after(word, line):
    """What follows the word and a space on a line; None where the line does not begin so."""
    return line[len(word) + 1 :] if line.startswith(word + b" ") else None


# Section 25: the code of a receipt, as it stands on paper. Base45 is that of RFC 9285.

CODE_PREFIX = b"PAR1:"
CODE_CHARS_MAX = 4296
BASE45 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def from_base45(text):
    """The bytes that a text spells; else None."""
    digits = [BASE45.find(byte) for byte in text]
    if -1 in digits or len(digits) % 3 == 1:
        return None
    raw = bytearray()
    for at in range(0, len(digits), 3):
        group = digits[at : at + 3]
        value, length = sum(digit * 45**power for power, digit in enumerate(group)), len(group) - 1
        if value >= 256**length:
            return None
        raw += value.to_bytes(length, "big")
    return bytes(raw)


class Code:
    """The bytes of a code, taken from their beginning."""

    def __init__(self, raw):
        self.left = raw

    def take(self, length):
        if len(self.left) < length:
            raise Fault("the receipt's code breaks off")
        taken, self.left = self.left[:length], self.left[length:]
        return taken

    def number(self, length):
        return int.from_bytes(self.take(length), "big")

    def short(self):
        return self.take(self.number(1))


def receipt_of_code(text):
    """What a receipt holds, from the text of its code: index, proof and checkpoint."""
    raw = from_base45(text[len(CODE_PREFIX) :]) if len(text) <= CODE_CHARS_MAX else None
    if raw is None:
        raise Fault("the receipt's code is not base45")
    code = Code(raw)
    origin, size, index, root = code.short(), code.number(8), code.number(8), code.take(32)
    many = code.number(1)
    if many > PROOF_HASHES_MAX or index >= SIZE_MAX or size > SIZE_MAX or b"\n" in origin:
        raise Fault("the receipt's code has not its form")
    proof = [code.take(32) for _ in range(many)]
    note = origin + b"\n%d\n" % size + base64.b64encode(root) + b"\n\n"
    for _ in range(code.number(1)):
        name = code.short()
        if name == origin:
            raise Fault("the receipt's code has not its form")
        signature = code.take(4)
        signature += code.short()
        note += "\u2014 ".encode() + (name or origin) + b" " + base64.b64encode(signature) + b"\n"
    if code.left:
        raise Fault("something stands behind the receipt's code")
    return index, proof, note


class Receipt:
    """An entry's index, the proof, and the checkpoint that it leads to, not opened yet."""

    def __init__(self, raw):
        if len(raw) > RECEIPT_BYTES_MAX:
            raise Fault(f"the receipt has more than {RECEIPT_BYTES_MAX} bytes")
        if raw.startswith(CODE_PREFIX):
            self.extra = None
            self.index, self.proof, self.checkpoint = receipt_of_code(raw[:-1] if raw.endswith(b"\n") else raw)
            return
        above, blank, self.checkpoint = raw.partition(b"\n\n")
        lines = above.split(b"\n")
        if lines.pop(0) != RECEIPT_HEADER or not blank:
            raise Fault(f"the receipt is not {RECEIPT_HEADER.decode()}, index, proof, an empty line and a checkpoint")
        self.extra = value_after(b"extra", lines[0]) if lines else None
        if self.extra is not None:
            self.extra = from_base64(self.extra)
            if self.extra is None:
                raise Fault("the receipt's extra is not base64")
            lines.pop(0)
        self.index = number(value_after(b"index", lines[0]) or b"") if lines else None
        if self.index is None:
            raise Fault("the receipt's index is not an integer of 0 to 2^63-1 in shortest form")
        self.proof = proof_lines(lines[1:])


# Section 22: the heads map.

PLACED = {
    "head": {
        "hash": string(is_hash),
        "state": string(is_hash),
        "stream": string(is_stream),
        "version": integer_below(2**53),
    },
    "index": integer_below(2**53),
    "proof": lambda value: isinstance(value, list) and all(map(string(is_hash), value)),
}
ROOT_OF_HEADS = {"count": integer_below(2**53), "root": string(is_hash)}


class Heads:
    """A heads map by its root, which holds the count of its streams."""

    def __init__(self, said):
        check_members(said, ROOT_OF_HEADS, "the root of a heads map")
        self.count, self.root = said["count"], bytes.fromhex(said["root"])

    def seal(self, tree):
        return hashlib.sha256(b"\x03" + self.count.to_bytes(8, "big") + tree).digest()

    def check(self, placed):
        """Raises Fault unless the stream is in the map, at this place, and ends so."""
        check_members(placed, PLACED, "a proof of the heads map")
        head = placed["head"]
        if head["stream"] == "log" or head["version"] == 0:
            raise Fault("no heads map holds the stream log, or a version 0")
        own = hashlib.sha256(b"\x02" + WRITER.encode(head).encode()).digest()
        if len(placed["proof"]) > PROOF_HASHES_MAX:
            raise Fault("the proof has too many hashes")
        proof = [bytes.fromhex(other) for other in placed["proof"]]
        if self.seal(root_of_inclusion(placed["index"], self.count, own, proof)) != self.root:
            raise Fault(f"the proof of {head['stream']} leads to another root of the heads map")
        return head["stream"]

    def between(self, before, within, after):
        """The names of streams that stand side by side in the map, from the one before to the one after. Raises Fault."""
        row = [placed for placed in (before, *within, after) if placed is not None]
        names = [self.check(placed) for placed in row]
        places = [placed["index"] for placed in row]
        if any(b != a + 1 for a, b in zip(places, places[1:])) or any(a >= b for a, b in zip(names, names[1:])):
            raise Fault("the streams do not stand side by side in the heads map")
        if (before is None and places and places[0] != 0) or (after is None and places and places[-1] != self.count - 1):
            raise Fault("the streams do not reach to the heads map's edge")
        if not row and (self.count != 0 or self.root != self.seal(hashlib.sha256(b"").digest())):
            raise Fault("the heads map is not empty")

    def lacks(self, absence):
        """The stream that is proven not to be in the map. Raises Fault."""
        name, before, after = edges(absence, "stream")
        if not is_stream(name) or name == "log":
            raise Fault("no heads map could hold such a stream")
        self.between(before, [], after)
        if (before and before["head"]["stream"] >= name) or (after and after["head"]["stream"] <= name):
            raise Fault(f"the neighbours do not stand around {name}")
        return name

    def all_of(self, listing, prefix):
        """The streams whose names begin so: all of them. Raises Fault."""
        said, before, after = edges(listing, "prefix", "within")
        within = listing["within"]
        if said != prefix or not isinstance(within, list):
            raise Fault(f"it does not list the streams {prefix}")
        self.between(before, within, after)
        names = [placed["head"]["stream"] for placed in within]
        if not all(name.startswith(prefix) for name in names):
            raise Fault(f"a stream listed does not begin with {prefix}")
        if before and before["head"]["stream"] >= prefix:
            raise Fault(f"the stream before does not stand before {prefix}")
        last = after and after["head"]["stream"]
        if last and (last < prefix or last.startswith(prefix)):
            raise Fault(f"the stream after does not stand behind {prefix}")
        return names


def edges(value, *members):
    """The first of the members, and the streams before and after, where there are any. Raises Fault."""
    if not is_object(value) or value.keys() - {"before", "after"} != set(members):
        raise Fault("a proof of the heads map has not its members")
    if not isinstance(value[members[0]], str):
        raise Fault("a proof of the heads map has not its form")
    return value[members[0]], value.get("before"), value.get("after")


# Section 23: complete histories.

HISTORY_BYTES_MAX = 512 * 1024 * 1024
RECORDED_BYTES_MAX = 16384
HISTORY = "parindex complete history 1"
HISTORY_MEMBERS = {"absences", "anchor", "checkpoint", "format", "listings", "round", "streams", "unit"}


class History:
    """All events of a sheet's streams up to an anchor: all of them, and in the log. What they fold to is not looked at."""

    def __init__(self, raw, policy):
        if len(raw) > HISTORY_BYTES_MAX:
            raise Fault(f"the history has more than {HISTORY_BYTES_MAX} bytes")
        try:
            said = canonical_at_length(raw)
        except NotCanonical as e:
            raise Fault(f"not canonical JSON: {e}") from None
        if not is_object(said) or said.keys() != HISTORY_MEMBERS or said["format"] != HISTORY:
            raise Fault("the history has not its members")
        lists = all(isinstance(said[member], list) for member in ("absences", "listings", "streams"))
        texts = all(isinstance(said[member], str) for member in ("checkpoint", "round", "unit"))
        if not lists or not texts or not is_id(said["round"]) or not is_id(said["unit"]):
            raise Fault("the history has not its form")
        self.note = said["checkpoint"].encode()
        self.checkpoint = Checkpoint(self.note, policy)
        self.origin = self.checkpoint.origin.decode()
        self.anchored(said["anchor"])
        self.streams, self.ends = {}, {}
        for stream in said["streams"]:
            self.take(stream)
        if list(self.streams) != sorted(self.streams):
            raise Fault("the streams are not in the order of their names")
        self.sheet = f"sheet/{said['round']}/{said['unit']}"
        self.check_whole(said)

    def proven(self, said, size, root):
        """An event, its hash, and that it stands in the tree of a size. Raises Fault."""
        if not is_object(said) or said.keys() != {"body", "proof"} or not isinstance(said["body"], str):
            raise Fault("an event has not its members")
        if not PLACED["proof"](said["proof"]) or len(said["proof"]) > PROOF_HASHES_MAX:
            raise Fault("an event's proof has not its form")
        body = said["body"].encode()
        event = event_in(body)
        if event["log"] != self.origin or event["v"] != V or event["kind"] not in KINDS:
            raise Fault(f"an event is of another log, or of an unknown kind: position {event['position']}")
        proof = [bytes.fromhex(other) for other in said["proof"]]
        try:
            check_inclusion(event["position"] - 1, size, entry(body), proof, root)
        except Fault as e:
            raise Fault(f"version {event['version']} of {event['stream']} is not in the log: {e}") from None
        return event, entry(body).hex()

    def anchored(self, said):
        event, _ = self.proven(said, self.checkpoint.size, self.checkpoint.root)
        self.position = event["position"]
        self.size, self.root, self.heads = anchor_in(event)

    def take(self, said):
        if not is_object(said) or said.keys() != {"events", "presence", "state"} or not isinstance(said["events"], list):
            raise Fault("a stream has not its members")
        name = self.heads.check(said["presence"])
        head, events, last = said["presence"]["head"], [], ""
        for version, one in enumerate(said["events"], 1):
            event, new = self.proven(one, self.size, self.root)
            if event["stream"] == name and event["version"] > version:
                raise Fault(f"version {version} of {name} is missing")
            if (event["stream"], event["version"], event["stream_prev"]) != (name, version, last):
                raise Fault(f"version {version} of {name} does not follow the event before it")
            events.append(event)
            last = new
        if len(events) != head["version"]:
            raise Fault(f"{name} ends at version {len(events)}, at the anchor it had {head['version']}")
        if last != head["hash"]:
            raise Fault(f"the last event of {name} is not the one that the heads map names")
        if hashlib.sha256(WRITER.encode(said["state"]).encode()).hexdigest() != head["state"]:
            raise Fault(f"the state of {name} is not the one that the heads map holds")
        self.streams[name], self.ends[name] = events, last

    def check_whole(self, said):
        """Raises Fault unless every stream is there that belongs to the history."""
        round_id = said["round"]
        self.absent = [self.heads.lacks(absence) for absence in said["absences"]]
        if self.absent and (self.absent != [self.sheet] or self.sheet in self.streams):
            raise Fault("it says of a stream that is there, or of another history's, that it is not")
        prefixes = [f"appeal/{round_id}/", f"survey/{round_id}/"]
        if len(said["listings"]) != len(prefixes):
            raise Fault("it does not list the round's appeals and survey batches")
        listed = [self.heads.all_of(*both) for both in zip(said["listings"], prefixes)]
        self.listed = list(zip(prefixes, map(len, listed)))
        needed = {f"round/{round_id}", *listed[0], *listed[1]}
        if not self.absent:
            needed.add(self.sheet)
        for events in self.streams.values():
            for event in events:
                needed.update(documents(event))
        missing = sorted(needed - self.streams.keys())
        if missing:
            raise Fault(f"{missing[0]} is not in the history")


def anchor_in(event):
    """The size that an anchor is over, its root, and its heads map. Raises Fault."""
    data = event["data"]
    forms = {"heads": ROOT_OF_HEADS, "root": string(is_hash), "size": integer_below(2**53)}
    if is_object(data) and "checkpoint" in data:
        # It bounds times, and nothing that is proven here hangs on it.
        forms["checkpoint"] = string(lambda text: len(text.encode()) <= RECORDED_BYTES_MAX)
    if event["kind"] != "anchored" or event["stream"] != "log":
        raise Fault("the anchor is none")
    check_members(data, forms, "the anchor")
    if not 0 < data["size"] < event["position"]:
        raise Fault("the anchor is not over what stands before it")
    return data["size"], bytes.fromhex(data["root"]), Heads(data["heads"])


def documents(event):
    """The documents that an event of a round is built upon. Raises Fault."""
    data, named = event["data"], []
    try:
        if event["kind"] == "round_opened":
            named = [("rulebook", data["rulebook"]), ("catalogue", data["catalogue"])]
            named += [("form", form) for form in data.get("forms", [])]
        elif event["kind"] in ("batch_recorded", "batch_rechecked"):
            named = [("tally", data["tally"])]
        return [f"{kind}/{document['id']}" for kind, document in named]
    except (KeyError, TypeError):
        raise Fault(f"not an event: the documents at position {event['position']} have not their form") from None


# Section 24: dossiers.

DOSSIER_FORMAT = 1
MEMBERS_MAX = 1024
MEMBER_BYTES_MAX = 64 << 20
DOSSIER_BYTES_MAX = 64 << 30
PACKED_MAX = 200
SMALL_BYTES = 1 << 20
END_BYTES = 22  # of the record that ends an archive without a comment
LOCKED = 0x2061  # encrypted, patched, strongly encrypted, hidden directory
WORD = "[A-Za-z0-9_-][A-Za-z0-9._-]*"
is_member_name = re.compile(f"(?=.{{1,128}}$){WORD}(?:/{WORD})?").fullmatch
is_code = re.compile("[a-z][a-z0-9_]*").fullmatch
NEEDED = "README.txt checkpoint events.ndjson evidence.ndjson index.html policy".split()
DOCUMENTS = ("rulebook", "catalogue", "form", "tally")


class Refused(Fault):
    """A dossier that does not hold: the code of the damage, and why."""

    def __init__(self, code, why):
        super().__init__(f"{code}: {why}")


class Dossier:
    """A dossier's archive. Nothing is unpacked before it is known to be small enough, and nothing is ever written."""

    def __init__(self, file):
        try:
            self.zip = zipfile.ZipFile(file)
            self.members = self.zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as e:
            raise Refused("dossier_archive", f"it is damaged, cut short or no archive: {e}") from None
        file.seek(-END_BYTES, os.SEEK_END)
        if file.read(4) != b"PK\5\6" or self.zip.comment:
            raise Refused("dossier_archive", "something stands before it or behind it")
        self.check_members()
        self.names = [member.filename for member in self.members]

    def check_members(self):
        def refuse_if(wrong, why):
            if wrong:
                raise Refused("dossier_archive", why)

        refuse_if(len(self.members) > MEMBERS_MAX, "it has too many members")
        names = {member.filename for member in self.members}
        refuse_if(len(names) < len(self.members), "a member stands there twice")
        before = min((member.header_offset for member in self.members), default=0)
        refuse_if(before != 0, "something stands before it or behind it")
        for member in self.members:
            # What stands in a field that Python cuts a name at is a name too.
            refuse_if(not is_member_name(member.orig_filename), f"{member.orig_filename!a} is no name of a member")
            refuse_if(member.flag_bits & LOCKED or member.external_attr >> 16 & 0o170000 not in (0, 0o100000),
                      "a member is locked, or no file")
            refuse_if(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
                      "a member is packed otherwise than by deflate")
            far = member.file_size > SMALL_BYTES and member.file_size // PACKED_MAX > member.compress_size
            refuse_if(far, "a member unpacks to far more than dossiers do")
        total = sum(member.file_size for member in self.members)
        refuse_if(total > DOSSIER_BYTES_MAX, "it unpacks to too many bytes")
        ends = sorted((member.header_offset, member.compress_size) for member in self.members)
        overlap = any(one + size > other for (one, size), (other, _) in zip(ends, ends[1:]))
        refuse_if(overlap, "its members overlap")

    def open(self, name):
        if name not in self.names:
            raise Refused("dossier_members", f"the member {name} is missing")
        try:
            return Unpacked(self.zip.open(name))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as e:
            raise Refused("dossier_archive", f"a member cannot be unpacked: {e}") from None

    def whole(self, name):
        with self.open(name) as member:
            raw = member.read(MEMBER_BYTES_MAX + 1)
        if len(raw) > MEMBER_BYTES_MAX:
            raise Refused("dossier_archive", f"the member {name} has too many bytes")
        return raw

    def check(self, said):
        """Holds a member against what the manifest says of it, without keeping it."""
        name, digest, size = said["name"], hashlib.sha256(), 0
        with self.open(name) as member:
            for piece in iter(lambda: member.read(1 << 16), b""):
                digest.update(piece)
                size += len(piece)
                if size > said["size"]:
                    break
        if (size, digest.hexdigest()) != (said["size"], said["sha256"]):
            raise Refused("dossier_changed", f"the member {name} is not the one that the manifest names")


class Unpacked:
    """A member while it is read: what cannot be unpacked is the archive's fault."""

    def __init__(self, member):
        self.member = member

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.member.close()

    def read(self, size):
        return self.guarded(self.member.read, size)

    def readline(self, size):
        return self.guarded(self.member.readline, size)

    @staticmethod
    def guarded(read, size):
        try:
            return read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError) as e:
            raise Refused("dossier_archive", f"a member cannot be unpacked: {e}") from None


def is_count(value):
    return type(value) is int and 0 <= value <= INTEGER_MAX


def is_list_of(**forms):
    def fits(value):
        return isinstance(value, list) and all(
            is_object(one) and one.keys() == forms.keys() and all(form(one[name]) for name, form in forms.items())
            for one in value
        )

    return fits


MANIFEST = {
    "about": {"round", "score"}.__contains__,
    "bodies": is_count,
    "complete": {"whole_log", "history", "heads", "unproven"}.__contains__,
    "documents": is_list_of(digest=string(is_hash), id=string(is_id), kind=DOCUMENTS.__contains__),
    "evidence": lambda value: is_object(value) and value.keys() == {"files", "references"} and is_count(value["references"])
    and value["files"] == 0,
    "format": is_count,
    "log": string(is_origin),
    "members": is_list_of(name=string(is_member_name), sha256=string(is_hash), size=is_count),
    "page": is_count,
    "publications": is_list_of(digest=string(is_hash), position=is_count, publication=is_count),
    "root": string(is_hash),
    "round": string(is_id),
    "size": is_count,
    "withheld": is_count,
}
OF_SOME = {"complete_to": is_count, "unit": string(is_id), "leaf": string(is_id)}


def manifest_in(raw):
    def refuse_if(wrong, why):
        if wrong:
            raise Refused("dossier_manifest", why)

    try:
        manifest = canonical(raw)
    except NotCanonical as e:
        raise Refused("dossier_manifest", f"not canonical JSON: {e}") from None
    refuse_if(not is_object(manifest), "not a manifest")
    refuse_if(manifest.get("format") != DOSSIER_FORMAT, f"its format is not {DOSSIER_FORMAT}")
    members = manifest.keys() - OF_SOME.keys()
    refuse_if(members != MANIFEST.keys(), f"not a manifest: it must have the members {', '.join(MANIFEST)}")
    for name, value in manifest.items():
        hashable = not isinstance(value, (dict, list)) or name not in ("about", "complete")
        fits = hashable and (MANIFEST.get(name) or OF_SOME[name])(value)
        refuse_if(not fits, f"not a manifest: {name} has not its form")
    names = [member["name"] for member in manifest["members"]]
    refuse_if(names != sorted(set(names)), "its members are not in the order of their names, each once")
    counts = manifest["bodies"] + manifest["withheld"] != manifest["size"]
    refuse_if(counts, "bodies and withheld events are not as many as the checkpoint counts")
    whole = (manifest["complete"] == "whole_log") != (manifest["withheld"] == 0)
    refuse_if(whole, "it is complete as the whole log if and only if nothing is withheld")
    of_score = manifest["about"] == "score"
    complete = manifest["complete"]
    refuse_if(complete == "history" and not of_score, "a complete history is a score's")
    refuse_if(complete == "heads" and of_score, "the heads map's proof is a round's")
    up_to_an_anchor = complete in ("history", "heads")
    refuse_if(up_to_an_anchor != ("complete_to" in manifest), "what an anchor proves goes up to some event, and nothing else does")
    unit = ("unit" in manifest) != of_score or ("leaf" in manifest and not of_score)
    refuse_if(unit, "a score's dossier names its unit, a round's none")
    return manifest


def check_dossier_members(dossier, manifest):
    named = [member["name"] for member in manifest["members"]]
    for name in sorted(dossier.names):
        if name != "manifest.json" and name not in named:
            raise Refused("dossier_members", f"the member {name} is not in the manifest")
    for name in named + NEEDED:
        if name not in dossier.names or name not in named:
            raise Refused("dossier_members", f"the member {name} is missing")
    for member in manifest["members"]:
        dossier.check(member)


def sealed_by(note, policy, manifest):
    """The checkpoint of a dossier, as far as a policy believes it."""
    try:
        checkpoint = Checkpoint(note, policy)
    except Fault as e:
        raise Refused("dossier_checkpoint", str(e)) from None
    for name, found in (
        ("log", checkpoint.origin.decode("utf-8", "replace")),
        ("size", checkpoint.size),
        ("root", checkpoint.root.hex()),
    ):
        if manifest[name] != found:
            raise Refused("dossier_checkpoint", f"the manifest names another {name} than the checkpoint")
    return checkpoint


class Gathered:
    """What a dossier says of its events, gathered from them while they go by."""

    def __init__(self, round_id, whole=False):
        self.round, self.opened, self.bodies = round_id, False, 0
        self.evidence, self.references = hashlib.sha256(), 0
        self.parts, self.sealed, self.named, self.publications = {}, {}, set(), []
        self.units, self.whole, self.samples = set(), whole, Samples()

    def take(self, event):
        self.bodies += 1
        self.samples.take(event)
        kind, data, stream, position = event["kind"], event["data"], event["stream"], event["position"]
        for evidence in data.get("evidence", []):
            line = WRITER.encode({"evidence": evidence, "position": position, "stream": stream})
            self.evidence.update(line.encode() + b"\n")
            self.references += 1
        if kind == "part_entered":
            self.part(stream, data["content"])
        elif kind == "document_sealed":
            self.seal(stream, data["digest"])
        elif self.round in stream.split("/")[1:2] and stream.split("/")[0] not in DOCUMENTS + ("grants",):
            self.of_the_round(kind, data, position)

    def of_the_round(self, kind, data, position):
        if kind == "round_opened":
            self.opened = True
            self.units = {unit for block in data["blocks"] for unit in block["units"]}
            forms = [("form", form) for form in data.get("forms", [])]
            self.name([("rulebook", data["rulebook"]), ("catalogue", data["catalogue"]), *forms])
        elif kind in ("batch_recorded", "batch_rechecked"):
            self.name([("tally", data["tally"])])
        elif kind == "result_published":
            self.publications.append(
                {"digest": data["digest"], "position": position, "publication": data["publication"]}
            )

    def name(self, documents):
        for kind, document in documents:
            self.named.add((DOCUMENTS.index(kind), document["id"], document["digest"]))
            if self.whole and self.sealed.get(f"{kind}/{document['id']}") != document["digest"]:
                raise Refused("dossier_documents", f"{kind}/{document['id']} is not sealed with the digest that the round names")

    def part(self, stream, content):
        """Joins the next part of a document (section 9)."""
        whole = self.parts.setdefault(stream, {})
        for name, value in content.items():
            if name not in whole:
                whole[name] = value
            elif isinstance(whole[name], list) and isinstance(value, list):
                whole[name] = whole[name] + value
            else:
                raise Refused("dossier_documents", f"a part of {stream} does not fit those before it")

    def seal(self, stream, digest):
        whole = WRITER.encode(self.parts.pop(stream, {})).encode()
        if hashlib.sha256(whole).hexdigest() != digest:
            raise Refused("dossier_documents", f"the parts of {stream} do not make the document that was sealed")
        self.sealed[stream] = digest

    def documents(self):
        return [{"digest": digest, "id": name, "kind": DOCUMENTS[kind]} for kind, name, digest in sorted(self.named)]


class RoundHeads:
    """Where a round's streams end at an anchor, and that it has no others. What they fold to is not looked at."""

    def __init__(self, raw, manifest):
        try:
            said = canonical_at_length(raw)
        except NotCanonical as e:
            raise Fault(f"not canonical JSON: {e}") from None
        if not is_object(said) or said.keys() != {"anchor", "listings", "streams"}:
            raise Fault("the proof of a round has not its members")
        if not is_count(said["anchor"]) or not isinstance(said["listings"], list) or not isinstance(said["streams"], list):
            raise Fault("the proof of a round has not its form")
        self.said, self.round, self.size = said, manifest["round"], manifest["complete_to"]
        self.found, self.anchor = {}, None

    def passed(self, walk, event):
        """Takes where the walk stands; the event there, where its body is not withheld."""
        if walk.range.size == self.size:
            self.found = {spelled(stream): end for stream, end in walk.streams.items() if stream != b"log"}
        if event and event["position"] == self.said["anchor"]:
            self.anchor = event

    def check(self):
        """Raises Fault unless the round's streams end as the anchor's heads map says, and it has no others."""
        if self.anchor is None:
            raise Fault("no anchor stands where it says")
        size, _, heads = anchor_in(self.anchor)
        if size != self.size:
            raise Fault("its anchor is over another number of events than the manifest says")
        prefixes = [f"appeal/{self.round}/", "grants/", f"sheet/{self.round}/", f"survey/{self.round}/"]
        if len(self.said["listings"]) != len(prefixes):
            raise Fault("it lists other streams than powers, appeals, sheets and survey batches")
        placed = list(self.said["streams"])
        names = [heads.check(one) for one in placed]
        own = all(name == f"round/{self.round}" or name.split("/")[0] in DOCUMENTS for name in names)
        if not own or names != sorted(set(names)):
            raise Fault("a stream stands there twice, out of order, or is not the round's")
        for listing, prefix in zip(self.said["listings"], prefixes):
            heads.all_of(listing, prefix)
            placed += listing["within"]
        must = {one["head"]["stream"]: (one["head"]["version"], one["head"]["hash"].encode()) for one in placed}
        for stream in sorted(must.keys() | self.found.keys()):
            if must.get(stream) != self.found.get(stream):
                raise Fault(f"the events of {stream} are not all of those that the anchor's heads map has, or others")


def dossier_events(dossier, manifest):
    """Walks the events of a round's dossier; gives what was gathered from them."""
    walk, gathered = Walk(), Gathered(manifest["round"], whole=True)
    walk.origin = manifest["log"].encode()
    try:
        ends = RoundHeads(dossier.whole("heads.json"), manifest) if manifest["complete"] == "heads" else None
    except Refused:
        raise
    except Fault as e:
        raise Refused("dossier_heads", str(e)) from None
    with dossier.open("events.ndjson") as file:
        try:
            for line in lines(file):
                position = walk.range.size + 1
                withheld = len(line) == 64 and not isinstance(line, TooLong) and is_hash(spelled(line))
                if withheld:
                    walk.withheld(line)
                else:
                    walk.step(line)
                    try:
                        gathered.take(walk.event)
                    except (KeyError, TypeError, AttributeError):
                        raise Fault("not an event: the data has not the form of its kind") from None
                if ends:
                    ends.passed(walk, None if withheld else walk.event)
        except Refused:
            raise
        except Broken as e:
            raise Refused("dossier_events", f"position {e.position}: {e.why}") from None
        except Fault as e:
            raise Refused("dossier_events", f"position {position}: {e}") from None
    if walk.range.size != manifest["size"]:
        why = f"the checkpoint counts {manifest['size']} events, here are {walk.range.size}"
        raise Refused("dossier_root", why)
    if walk.range.root().hex() != manifest["root"]:
        raise Refused("dossier_root", "the root of the events is not the checkpoint's")
    try:
        if ends:
            ends.check()
    except Fault as e:
        raise Refused("dossier_heads", str(e)) from None
    return gathered


def ends_by_history(dossier, manifest, note, policy):
    """Where the dossier's streams must end, by its complete history: up to which size, and version and hash of each."""
    try:
        history = History(dossier.whole("history.json"), policy)
        if history.note != note:
            raise Fault("it stands under another checkpoint than the dossier")
        if history.sheet != f"sheet/{manifest['round']}/{manifest['unit']}":
            raise Fault("it is of another sheet than the dossier")
        if history.size != manifest["complete_to"]:
            raise Fault(f"it goes up to event {history.size}, the manifest says otherwise")
    except Refused:
        raise
    except Fault as e:
        raise Refused("dossier_history", str(e)) from None
    ends = {}
    for stream, events in history.streams.items():
        try:
            own = not stream.startswith("appeal/") or events[0]["data"]["unit"] == manifest["unit"]
        except (KeyError, TypeError):
            raise Refused("dossier_history", f"{stream} does not begin with an appeal") from None
        if own and stream.split("/")[0] in ("round", "sheet", "survey", "appeal"):
            ends[stream] = (len(events), history.ends[stream])
    return history.size, ends


def check_ends(found, ends):
    """Raises Refused unless the dossier's streams end where the complete history says, and there are no others."""
    for stream in sorted(found.keys() | ends.keys()):
        if stream != "log" and found.get(stream) != ends.get(stream):
            raise Refused("dossier_history", f"the dossier's events of {stream} are not those of the complete history")


def dossier_history(dossier, manifest, ends):
    """Follows the events of a score's dossier: each by its own proof, their streams without a gap."""
    gathered, streams, at, last, appeals = Gathered(manifest["round"]), {}, "", 0, set()
    size, found = ends[0] if ends else 0, {}
    with dossier.open("events.ndjson") as file, dossier.open("proofs.ndjson") as proofs:
        try:
            for body in lines(file):
                event = event_of_history(body, manifest, last)
                stream, position = event["stream"], event["position"]
                version, head = streams.get(stream, (0, ""))
                last = position
                if event["at"] < at:
                    raise Fault("at lies before the at of the event before")
                if event["version"] != version + 1:
                    raise Fault("events of its stream are missing before it")
                if event["stream_prev"] != head:
                    raise Fault("stream_prev is not the hash of the event before in its stream")
                if not in_history(event, manifest, appeals):
                    raise Fault("it does not belong to the history")
                at, streams[stream] = event["at"], (event["version"], entry(body).hex())
                check_proven(proofs.readline(PROVEN_BYTES_MAX), position, body, manifest)
                if position <= size:
                    found[stream] = streams[stream]
                gathered.take(event)
            if proofs.readline(1):
                raise Refused("dossier_proofs", f"position {last}: more proofs than events")
        except Refused:
            raise
        except Broken as e:
            raise Refused("dossier_events", f"position {e.position}: {e.why}") from None
        except Fault as e:
            raise Refused("dossier_events", f"position {last or 1}: {e}") from None
        except (KeyError, TypeError, AttributeError):
            why = f"position {last}: not an event: the data has not the form of its kind"
            raise Refused("dossier_events", why) from None
    if ends:
        check_ends(found, ends[1])
    if gathered.opened and manifest["unit"] not in gathered.units:
        raise Refused("dossier_manifest_differs", "the manifest's unit is not what the events say")
    return gathered


PROVEN_BYTES_MAX = 64 * 68 + 64


def event_of_history(body, manifest, last):
    Tail(body)
    event = event_in(body)
    if event["v"] != V or event["kind"] not in KINDS:
        raise Fault("unknown kind")
    if event["log"] != manifest["log"]:
        raise Fault("the body belongs to another log")
    if not last < event["position"] <= manifest["size"]:
        raise Fault("it is not in order")
    return event


def in_history(event, manifest, appeals):
    """Whether an event belongs to the history of a unit's scores."""
    round_id, unit, stream = manifest["round"], manifest["unit"], event["stream"]
    if event["kind"] == "appeal_lodged" and (event["data"]["round"], event["data"]["unit"]) == (round_id, unit):
        appeals.add(f"appeal/{round_id}/{event['data']['number']}")
    own = {"log", f"round/{round_id}", f"sheet/{round_id}/{unit}"} | appeals
    return stream in own or stream.startswith(f"survey/{round_id}/")


def check_proven(line, position, body, manifest):
    try:
        proven = canonical(line[:-1])
        if not line.endswith(b"\n") or proven.keys() != {"position", "proof"} or proven["position"] != position:
            raise Fault("the proof is of another event")
        if not all(map(string(is_hash), proven["proof"])) or len(proven["proof"]) > PROOF_HASHES_MAX:
            raise Fault("the proof is not of hashes")
        proof = [bytes.fromhex(one) for one in proven["proof"]]
        check_inclusion(position - 1, manifest["size"], entry(body), proof, bytes.fromhex(manifest["root"]))
    except (Fault, AttributeError, TypeError) as e:
        raise Refused("dossier_proofs", f"position {position}: {e}") from None


def check_dossier_said(manifest, gathered):
    """What else stands in a dossier is what its events say. The members are those of the manifest by now."""
    digests = {member["name"]: member["sha256"] for member in manifest["members"]}
    if not gathered.opened:
        raise Refused("dossier_manifest_differs", "the manifest's round is not what the events say")
    if gathered.bodies != manifest["bodies"]:
        raise Refused("dossier_manifest_differs", "the manifest's number of bodies is not what the events say")
    if gathered.documents() != manifest["documents"]:
        raise Refused("dossier_documents", "the manifest names others than the round does")
    if gathered.publications != manifest["publications"]:
        raise Refused("dossier_results", "the manifest names other publications than the events")
    # A score's dossier names the publications, and holds no rows.
    of_round = gathered.publications if manifest["about"] == "round" else []
    results = {f"results/publication-{p['publication']}.ndjson": p for p in of_round}
    for name, publication in results.items():
        if digests.get(name) != publication["digest"]:
            raise Refused("dossier_results", f"{name} is not what publication {publication['publication']} binds")
    if any(name.startswith("results/") and name not in results for name in digests):
        raise Refused("dossier_results", "rows are missing, or of a publication that was not made")
    evidence = (gathered.evidence.hexdigest(), gathered.references)
    if evidence != (digests["evidence.ndjson"], manifest["evidence"]["references"]):
        raise Refused("dossier_evidence", "the references to evidence are not those of the events")


def report_dossier(path, policy, now):
    """Checks a dossier by itself."""
    with open(path, "rb") as file:
        dossier = Dossier(file)
        manifest = manifest_in(dossier.whole("manifest.json"))
        check_dossier_members(dossier, manifest)
        try:
            own = Policy(dossier.whole("policy"))
        except Refused:
            raise
        except Fault as e:
            raise Refused("dossier_policy", str(e)) from None
        note = dossier.whole("checkpoint")
        checkpoint = sealed_by(note, own, manifest)
        if policy is not None:
            checkpoint = sealed_by(note, policy, manifest)
        if not checkpoint.policy.met(checkpoint.signed):
            raise Refused("dossier_quorum", f"the quorum is not met: {checkpoint.policy.wanted()}")
        of_round = manifest["about"] == "round"
        ends = None
        if manifest["complete"] == "history":
            ends = ends_by_history(dossier, manifest, note, policy or own)
        gathered = dossier_events(dossier, manifest) if of_round else dossier_history(dossier, manifest, ends)
        check_dossier_said(manifest, gathered)
    root = base64.b64encode(checkpoint.root).decode()
    whose = "" if policy else ", BY THE KEY THAT IT NAMES ITSELF: whoever made it may have made the key too"
    sheet = "" if of_round else f"the sheet of {manifest['unit']} in "
    what = f"the dossier of {sheet}the round {manifest['round']} of the log {manifest['log']}"
    print(f"ok: {what}: {manifest['bodies']} of {manifest['size']} events, root {root}{whose}")
    for line in told_of_dossier(manifest):
        print(line)
    for line in checkpoint.told(now):
        print(line)
    return 0


def told_of_dossier(manifest):
    """What a dossier proves and what it does not, a line each, for people."""
    of_round = manifest["about"] == "round"
    for publication in manifest["publications"] if of_round else []:
        number, digest = publication["publication"], publication["digest"]
        yield f"publication {number} at position {publication['position']}: its rows are those of the digest {digest}"
    yield f"{manifest['evidence']['references']} references to evidence; the files are not in the dossier"
    if manifest["complete"] == "whole_log":
        yield "no event is missing: all of the log's up to the checkpoint are here"
    elif manifest["complete"] == "history":
        to = manifest["complete_to"]
        yield f"no event is missing up to #{to} of {manifest['size']}, by its complete history"
        yield f"NOT PROVEN: that no event came after #{to}"
    elif manifest["complete"] == "heads":
        to = manifest["complete_to"]
        yield f"none of the round's events is missing up to #{to} of {manifest['size']}, by the heads map that an anchor holds"
        yield f"NOT PROVEN: that no event of the round came after #{to} beside those that are here"
    elif not of_round:
        yield "NOT PROVEN: that no event came after these in their streams"
    else:
        yield f"{manifest['withheld']} events by hash alone; NOT PROVEN: that none of them is of this round"
    rules = "that the events follow from what was asked and the rows from them, their times, and " if of_round else ""
    if manifest["complete"] in ("history", "heads"):
        rules = "that the events lead to the states, " + (rules or "and ")
    yield f"NOT CHECKED HERE: {rules}what index.html says"


# Section 21: what is asked, and what is answered.


class Held(Head):
    """A checkpoint in a file, to be held against an export as a head is."""

    formed = True

    def __init__(self, path, checkpoint):
        self.called, self.checkpoint, self.found = f"the checkpoint {path}", checkpoint, None
        self.origin, self.size = checkpoint.origin.decode(), checkpoint.size
        self.root = base64.b64encode(checkpoint.root).decode()


def bounded(path, limit):
    """A file's bytes: never more than one beyond the limit, which whoever parses them then refuses."""
    with open(path, "rb") as file:
        return file.read(limit + 1)


def opened(path, policy):
    try:
        return Held(path, Checkpoint(bounded(path, NOTE_BYTES_MAX), policy))
    except Fault as e:
        raise Fault(f"the checkpoint {path}: {e}") from None


def contradictions(held):
    """Pairs of signed checkpoints that no log can have made, if it only grows, a sentence each."""
    for at, one in enumerate(held):
        for other in held[at + 1 :]:
            if one.origin == other.origin and one.size == other.size and one.root != other.root:
                both = [key for key in one.checkpoint.logs if key in other.checkpoint.logs]
                keys = [both[0], both[0]] if both else [one.checkpoint.logs[0], other.checkpoint.logs[0]]
                who = f"{keys[0]} signed both" if both else f"{keys[0]} and {keys[1]}, keys of this log, signed them"
                yield (
                    f"{one.called} and {other.called} count {one.size} events each and have different roots; "
                    f"{who}: the two files are evidence by themselves"
                )


def places(heads):
    """Where a change lies, as far as the heads that the walk has passed tell."""
    passed = sorted((head for head in heads if head.found is not None), key=lambda head: head.size)
    wrong = [head for head in passed if head.found != head.root]
    good = [head for head in passed if head.found == head.root]
    if wrong:
        before = [head for head in good if head.size < wrong[0].size]
        since = f"behind position {before[-1].size}, up to which {before[-1].called} fits" if before else "anywhere"
        yield f"the change lies {since}, and not behind position {wrong[0].size}, where {wrong[0].called} does not fit"
    elif good:
        yield f"up to position {good[-1].size} the events are those of {good[-1].called}"
    for head in wrong:
        later = [other for other in good if other.size > head.size]
        if later and isinstance(head, Held) and isinstance(later[0], Held):
            yield (
                f"{head.called} and {later[0].called} are of two histories, and keys of this log signed both: "
                "with these events the two files are evidence"
            )


def vouched(heads, events):
    """Who vouches for the end of a good file."""
    best = max(heads, key=lambda head: head.size, default=None)
    if best is None:
        return "NOTHING OUTSIDE THIS FILE VOUCHES FOR ITS END"
    if best.size == events:
        return f"{best.called} vouches for the end"
    return f"{best.called} vouches for the first {best.size} events, NOTHING OUTSIDE THIS FILE FOR THE REST"


def tell(held, now):
    for one in held:
        print(f"{one.called}: {one.size} events")
        for line in one.checkpoint.told(now):
            print(f"  {line}")


def report(path, head_path, held, now):
    """Checks an export against a head and checkpoints."""
    heads = list(held)
    if head_path:
        heads.append(Head(bounded(head_path, 4096)))
    for pair in contradictions(held):
        print(f"contradiction: {pair}")
    try:
        with open(path, "rb", buffering=1 << 20) as file:
            walk = verify(file, *heads)
    except Broken as e:
        print(e)
        if isinstance(e, NotTheHeads):
            head = next(head.called for head in heads if head.found != head.root and head.size == e.position)
            print(f"the events up to there are not those that {head} was made over; it cannot say which of them differ")
        elif e.position is not None and e.position > 1:
            print(f"the {e.position - 1} before it fit together; nothing is known about what stands from there on")
        if held:
            for line in places(heads):
                print(line)
            tell(held, now)
        return 1
    if not check_quorums(held):
        tell(held, now)
        return 1
    events = walk.range.size
    log = walk.origin.decode() if walk.origin else spelled(heads[0].origin.encode()) if heads else "-"
    print(f"ok: {events} events, root {root64(walk.range)}, log {log}; {vouched(heads, events)}")
    tell(held, now)
    return 0


def check_quorums(held):
    for one in held:
        try:
            one.checkpoint.check_quorum()
        except Fault as e:
            print(f"refused: {one.called}: {e}")
            return False
    return True


def report_checkpoints(held, consistency, policy, now):
    """Checks checkpoints by themselves, and whether a proof leads from the only one of them to the one under the proof."""
    proof = None
    if consistency:
        above, blank, note = bounded(consistency, RECEIPT_BYTES_MAX).partition(b"\n\n")
        lines = above.split(b"\n")
        old = number(value_after(b"old", lines[0]) or b"")
        if not blank or old is None:
            raise Fault(f"{consistency} is not old size, proof, an empty line and a checkpoint")
        if old != held[0].size:
            raise Fault(f"{consistency} begins at {old} events, {held[0].called} counts {held[0].size}")
        proof = proof_lines(lines[1:])
        held = [*held, Held(consistency, Checkpoint(note, policy))]
    if len({one.origin for one in held}) > 1:
        raise Fault("the checkpoints are of different logs")
    pairs = list(contradictions(held))
    for pair in pairs:
        print(f"contradiction: {pair}")
    if proof is not None and not pairs:
        old, new = (one.checkpoint for one in held)
        check_consistency(old.size, old.root, new.size, new.root, proof)
    if not pairs and check_quorums(held):
        what = "the later one continues the earlier one" if proof is not None else "the signatures hold"
        if proof is None and len({one.size for one in held}) > 1:
            what += ", WHETHER ONE CONTINUES THE OTHER IS NOT KNOWN without the events or a proof"
        print(f"ok: {len(held)} checkpoints of the log {spelled(held[0].checkpoint.origin)}: {what}")
        tell(held, now)
        return 0
    tell(held, now)
    return 1


def report_receipt(path, event_path, policy, now):
    """Checks that an event stands in a log, as a receipt says."""
    receipt = Receipt(bounded(path, RECEIPT_BYTES_MAX))
    checkpoint = Checkpoint(receipt.checkpoint, policy)
    if event_path is not None:
        body = bounded(event_path, BODY_BYTES_MAX + 1)
        body = body[:-1] if body.endswith(b"\n") else body
    elif receipt.extra is not None:
        body = receipt.extra  # believed as far as the proof leads from it to the root
    else:
        raise Fault("the receipt holds no event, and no --event is given")
    tail = Tail(body)
    origin = spelled(checkpoint.origin)
    if tail.log != checkpoint.origin:
        raise Fault(f'the event belongs to the log "{spelled(tail.log)}", the checkpoint is of "{origin}"')
    if tail.position != receipt.index + 1:
        raise Fault(f"the event says position {tail.position}, the receipt is for {receipt.index + 1}")
    event = event_in(body)
    check_inclusion(receipt.index, checkpoint.size, entry(body), receipt.proof, checkpoint.root)
    met = policy.met(checkpoint.signed)
    root = base64.b64encode(checkpoint.root).decode()
    stands = f"position {tail.position} of the log {origin}, in its tree of {checkpoint.size} entries, root {root}"
    if met:
        asked = "quorum none" if policy.quorum == NONE else "quorum met"
        print(f"ok: the event stands at {stands}; {asked}")
    else:
        print(f"refused: the quorum is not met: {policy.wanted()}")
        print(f"the log's signature and the proof hold: {stands}")
    kind = spelled(event["kind"][:60].encode())
    print(f"{kind} in stream {event['stream']} at {event['at']}, hash {entry(body).hex()}")
    for line in checkpoint.told(now):
        print(line)
    if receipt.extra == body:
        print("the receipt holds the event as its extra")
    elif receipt.extra is not None:
        print(f"extra of {len(receipt.extra)} bytes, not looked at: nothing vouches for it")
    return 0 if met else 1


def report_history(path, policy, now):
    """Checks that a history is complete up to its anchor."""
    history = History(bounded(path, HISTORY_BYTES_MAX), policy)
    events = sum(map(len, history.streams.values()))
    what = f"the history of {history.sheet} is complete up to position {history.size} of the log {spelled(history.checkpoint.origin)}"
    met = policy.met(history.checkpoint.signed)
    print(f"ok: {what}" if met else f"refused: the quorum is not met: {policy.wanted()}")
    print(f"{len(history.streams)} streams, {events} events, none left out, by the anchor at position {history.position}")
    for name in history.absent:
        print(f"{name} has no events")
    for prefix, count in history.listed:
        print(f"{prefix}: {count} streams, and no others")
    print("WHETHER THE EVENTS LEAD TO THE STATES IS NOT LOOKED AT: that takes the rules")
    for line in history.checkpoint.told(now):
        print(line)
    return 0 if met else 1


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

    for case in load("samples.json"):
        seed, root = bytes.fromhex(case["seed"]), bytes.fromhex(case["root"])
        expect(f"samples.json: {case['name']}: commitment", seed_commitment(seed).hex() == case["commitment"])
        indexes = drawn(seed, root, case["ballots"], case["count"])
        expect(f"samples.json: {case['name']}: {indexes}", indexes == case["indexes"])

    cases = load("heads.json")
    for case in cases["maps"]:
        tree = CompactRange()
        for one in case["heads"]:
            tree.append(hashlib.sha256(b"\x02" + WRITER.encode(one).encode()).digest())
        heads = Heads(case["root"])
        same = heads.count == tree.size and heads.root == heads.seal(tree.root())
        expect(f"heads.json: the map of {tree.size}", same)
    ways = (
        ("presences", lambda heads, case: heads.check(case["proof"]) == case["asked"]),
        ("absences", lambda heads, case: heads.lacks(case["proof"]) == case["asked"]),
        ("listings", lambda heads, case: heads.all_of(case["proof"], case["asked"]) is not None),
    )
    for kind, way in ways:
        for case in cases[kind]:
            try:
                holds = way(Heads(case["root"]), case)
            except Fault:
                holds = False
            expect(f"heads.json: {kind}: {case['name']}: {holds}", holds == case["holds"])

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
                verdict = {"ok": verify(io.BytesIO(export), *([head] if head else [])).range.size}
            except Broken as e:
                verdict = {"end": e.why} if e.position is None else {"position": e.position, "reason": e.why}
            same = verdict.keys() == expected.keys() and all(
                value.startswith(expected[key]) if isinstance(value, str) else value == expected[key]
                for key, value in verdict.items()
            )
            expect(f"chains.json: {case['name']}: {verdict} instead of {expected}", same)
    return wrong


def trusted(args):
    """The policy that the command line names."""
    if args.policy is not None:
        return Policy(bounded(args.policy, POLICY_BYTES_MAX))
    return Policy.of_log(os.fsencode(args.log_key))


def asked(args):
    """Answers what the command line asks. Raises Fault."""
    now = time.time()
    if args.vectors is not None:
        wrong = check_vectors(args.vectors)
        print("\n".join(wrong) if wrong else "ok: all vectors")
        return 1 if wrong else 0
    policy = trusted(args) if args.policy is not None or args.log_key is not None else None
    if args.history is not None:
        return report_history(args.history, policy, now)
    if args.receipt is not None:
        return report_receipt(args.receipt, args.event, policy, now)
    if args.dossier is not None:
        return report_dossier(args.dossier, policy, now)
    held = [opened(path, policy) for path in args.checkpoint]
    if args.file is not None:
        return report(args.file, args.head, held, now)
    return report_checkpoints(held, args.consistency, policy, now)


def usage_fault(args):
    """What does not go together on the command line."""
    ways = [args.file, args.vectors, args.receipt, args.history, args.dossier, args.checkpoint and args.file is None or None]
    keys = [key for key in (args.policy, args.log_key) if key is not None]
    if sum(way is not None for way in ways) != 1:
        return "give a FILE, --checkpoint NOTE, --receipt FILE, --history FILE, --dossier FILE or --vectors DIR"
    if args.head is not None and args.file is None:
        return "--head goes with a FILE"
    if args.event is not None and args.receipt is None:
        return "--event goes with a --receipt"
    alone = args.receipt is not None or args.history is not None
    if args.checkpoint and (alone or args.dossier is not None):
        return "a receipt, history or dossier holds its checkpoint itself"
    if args.consistency is not None and (args.file is not None or len(args.checkpoint) != 1):
        return "--consistency goes with one --checkpoint and no FILE"
    if args.dossier is not None and len(keys) < 2:
        return None
    if len(keys) != (1 if args.checkpoint or alone else 0):
        return "--policy or --log-key, one of them, goes with --checkpoint, --receipt and --history"
    return None


def main():
    sys.stdout.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        description="Checks an exported log, checkpoints or a receipt and says what is broken, if anything is."
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="the export: a body a line")
    parser.add_argument("--head", metavar="FILE.head", help="a head to compare it with")
    parser.add_argument("--checkpoint", metavar="NOTE", action="append", default=[], help="a checkpoint; several")
    parser.add_argument("--consistency", metavar="PROOF", help="old size, proof, the later checkpoint")
    parser.add_argument("--receipt", metavar="FILE", help="a receipt (tlog-proof) of the --event")
    parser.add_argument("--event", metavar="FILE", help="the event's body, if the receipt does not hold it")
    parser.add_argument("--history", metavar="FILE", help="a complete history")
    parser.add_argument("--dossier", metavar="FILE", help="a dossier: events, checkpoint and what follows in one archive")
    parser.add_argument("--policy", metavar="FILE", help="the logs and witnesses to trust (tlog-policy)")
    parser.add_argument("--log-key", metavar="KEY", help="the log's key instead, and no witness")
    parser.add_argument("--vectors", metavar="DIR", help="run the vectors instead")
    args = parser.parse_args()
    fault = usage_fault(args)
    if fault:
        parser.error(fault)
    try:
        return asked(args)
    except Fault as e:
        print(f"refused: {e}")
        return 1
    except (OSError, json.JSONDecodeError) as e:
        print(f"cannot be read: {e}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
