"""Makes what the tests of verify.py check: Ed25519 signatures, keys, notes, trees, proofs, receipts, chains.

It must never use the code of verify.py: whoever makes and whoever checks would share their mistakes.
"""

import base64
import functools
import hashlib
import json
from pathlib import Path

# Ed25519 after RFC 8032, 5.1, on affine points: slow and plain.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1)


def added(p, q):
    (x1, y1), (x2, y2) = p, q
    product = D * x1 * x2 * y1 * y2 % P
    inverse = pow((1 + product) * (1 - product), -1, P)
    x = (x1 * y2 + x2 * y1) * (1 - product) * inverse % P
    return x, (y1 * y2 + x1 * x2) * (1 + product) * inverse % P


def times(number, p):
    result = NEUTRAL
    while number:
        if number & 1:
            result = added(result, p)
        p = added(p, p)
        number >>= 1
    return result


def spelled(p):
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


def point_at(y):
    """A point with this y, or None."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y % P) if x * x % P == square else None


def base():
    x, y = point_at(4 * pow(5, -1, P))
    return (x if x % 2 == 0 else P - x), y


BASE = base()


def little(raw):
    return int.from_bytes(raw, "little")


def secret(seed):
    """The secret number and the prefix of a seed."""
    raw = hashlib.sha512(seed).digest()
    return little(raw[:32]) & (2**254 - 8) | 2**254, raw[32:]


@functools.lru_cache(maxsize=None)
def public(seed):
    return spelled(times(secret(seed)[0], BASE))


@functools.lru_cache(maxsize=None)
def signed(seed, message):
    number, prefix = secret(seed)
    r = little(hashlib.sha512(prefix + message).digest()) % L
    spelled_r = spelled(times(r, BASE))
    k = little(hashlib.sha512(spelled_r + public(seed) + message).digest())
    return spelled_r + ((r + k * number) % L).to_bytes(32, "little")


# Keys and notes.

LOG, COSIGNER = 1, 4


def base64_of(raw):
    return base64.b64encode(raw).decode()


class Signer:
    """A key pair with a name, for a log or for a witness."""

    def __init__(self, name, kind=LOG, seed=None):
        self.name, self.kind = name, kind
        self.seed = seed or hashlib.sha256(f"seed of {name}".encode()).digest()
        self.raw = bytes([kind]) + public(self.seed)
        self.id = key_id(name, self.raw)
        self.vkey = vkey(name, self.raw)

    def signature(self, text, when=1700000000):
        if self.kind == LOG:
            return signed(self.seed, text)
        stamped = b"cosignature/v1\ntime %d\n" % when + text
        return when.to_bytes(8, "big") + signed(self.seed, stamped)

    def line(self, text, when=1700000000):
        return signature_line(self.name, self.id + self.signature(text, when))


def key_id(name, raw):
    return hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]


def vkey(name, raw):
    return f"{name}+{key_id(name, raw).hex()}+{base64_of(raw)}"


def signature_line(name, raw):
    return f"\u2014 {name} {base64_of(raw)}\n".encode()


def note(text, *signers):
    """The text under the signatures of these; a witness may come with the time that it states."""
    pairs = (signer if isinstance(signer, tuple) else (signer, 1700000000) for signer in signers)
    return text + b"\n" + b"".join(signer.line(text, when) for signer, when in pairs)


def body_of(origin, size, root):
    return f"{origin}\n{size}\n{base64_of(root)}\n".encode()


# Trees, by the definitions of RFC 9162, 2.1, over the hashes of their entries.


def entry(body):
    return hashlib.sha256(b"\x00" + body).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(n):
    return 1 << (n - 1).bit_length() - 1


def root_of(hashes):
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    k = split(len(hashes))
    return node(root_of(hashes[:k]), root_of(hashes[k:]))


def inclusion(index, hashes):
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return inclusion(index, hashes[:k]) + [root_of(hashes[k:])]
    return inclusion(index - k, hashes[k:]) + [root_of(hashes[:k])]


def consistency(old, hashes):
    return subproof(old, hashes, True) if 0 < old < len(hashes) else []


def subproof(old, hashes, whole):
    n = len(hashes)
    if old == n:
        return [] if whole else [root_of(hashes)]
    k = split(n)
    if old <= k:
        return subproof(old, hashes[:k], whole) + [root_of(hashes[k:])]
    return subproof(old - k, hashes[k:], False) + [root_of(hashes[:k])]


def proof_text(proof):
    return "".join(base64_of(one) + "\n" for one in proof)


def receipt(index, proof, checkpoint, extra=""):
    return f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{proof_text(proof)}\n".encode() + checkpoint


# Chains.


def story():
    """The bodies of the good chain of the vectors."""
    with open(Path(__file__).parents[2] / "vectors" / "chains.json", "rb") as file:
        return [body.encode() for body in json.load(file)["good"]]


def linked(bodies):
    """The same events with their links made anew: what whoever holds the database can do."""
    prev, streams, made = "", {}, []
    for position, body in enumerate(bodies, 1):
        event = json.loads(body)
        version, stream_prev = streams.get(event["stream"], (0, ""))
        event.update(position=position, prev=prev, version=version + 1, stream_prev=stream_prev)
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        prev = entry(body).hex()
        streams[event["stream"]] = (version + 1, prev)
        made.append(body)
    return made
