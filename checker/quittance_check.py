#!/usr/bin/env python3
"""Checks a Quittance record offline. One file, Python 3.11 or later, standard library and `cryptography` only.

Written a second time, from the text of docs/reference/record-format.md ("Checking a log"), sharing no line with the
program that writes the record. Read it before you rely on it; its sections stand in the order of that text.

    quittance_check.py mirror DIR    a mirror of a log: checkpoint, tile/, notes/
    quittance_check.py receipt FILE  one entry with its proof (.tlog-proof)
    quittance_check.py bundle FILE   a receipt with openings and policy, as a zip file or a folder

Exit code 0: accepted. 1: refused, with one reason code and the first index that fails. 2: unreadable, or wrong use.
What it cannot show is listed under `not_checked` in every answer.
"""

import argparse
import base64
import binascii
import bisect
import contextlib
import hashlib
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.quittance.statement.v1+json"
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
MAX_LEAF = 60_000
MAX_TEXT_FILE = 1_000_000  # bytes of a note, receipt, openings or policy file
TOLERANCE = 600  # seconds a claimed time may lie outside its bracket before it is flagged


class Refused(Exception):
    """The first thing found wrong: a reason code, a sentence, and the index of the entry where there is one."""

    exit_code = 1

    def __init__(self, code: str, why: str, index: int | None = None) -> None:
        super().__init__(why)
        self.code, self.why, self.index = code, why, index


class Unreadable(Refused):
    """There is nothing to judge: a file is missing, or is not what the command takes."""

    exit_code = 2


def refuse(code: str, why: str, index: int | None = None) -> NoReturn:
    """Refuse."""
    raise Refused(code, why, index)


def need(holds: object, code: str, why: str) -> None:
    """Refuse with `code` unless `holds`."""
    if not holds:
        raise Refused(code, why)


# ---- Bytes: base64, canonical JSON (RFC 8785), Ed25519 (RFC 8032) ----------------------------------------------------


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def is_hex(value: object, digits: int = 64) -> bool:
    """Whether it is a text of so many lower-case hex digits."""
    return isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value) is not None


def is_count(value: object) -> bool:
    """Whether it is an integer from 0 (true and false are not)."""
    return type(value) is int and value >= 0


def unbase64(text: object, code: str, size: int | None = None) -> bytes:
    """Standard padded base64 in its only spelling: Python's own decoder ignores set bits behind the last byte."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True) if isinstance(text, str) else None
    except (binascii.Error, UnicodeEncodeError):
        raw = None
    if raw is None or base64.b64encode(raw).decode() != text or (size is not None and len(raw) != size):
        refuse(code, "not base64 in its only spelling" + (f", or not {size} bytes" if size else ""))
    return raw


def parse_json(data: bytes) -> Any:
    """JSON without repeated keys, floats, -0, NaN or integers beyond 2^53 - 1."""

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(members)) == len(members), "canon.duplicate_key", "a key stands twice")
        return dict(members)

    def integer(digits: str) -> int:
        need(digits != "-0", "canon.negative_zero", "-0 is no integer here")
        need(len(digits) <= 17 and abs(int(digits)) <= MAX_INTEGER, "canon.integer_range", "integer beyond 2^53 - 1")
        return int(digits)

    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=pairs,
            parse_int=integer,
            parse_float=lambda _: refuse("canon.float", "a fraction or an exponent"),
            parse_constant=lambda _: refuse("canon.constant", "NaN or Infinity"),
        )
    except UnicodeDecodeError:
        refuse("canon.encoding", "not UTF-8")
    except RecursionError:
        refuse("canon.depth", f"more than {MAX_DEPTH} levels")
    except ValueError:
        refuse("canon.bom" if data.startswith(b"\xef\xbb\xbf") else "canon.syntax", "not JSON")


def canonical(value: Any) -> bytes:
    """The one spelling of a value: keys sorted by UTF-16 code units, no spaces, the shortest escapes."""

    def write(value: Any, level: int) -> str:
        if isinstance(value, dict | list):
            need(level < MAX_DEPTH, "canon.depth", f"more than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(write(key, 0) + ":" + write(value[key], level + 1) for key in keys) + "}"
        if isinstance(value, list):
            return "[" + ",".join(write(item, level + 1) for item in value) + "]"
        return json.dumps(value, ensure_ascii=False)  # text, integer, boolean or null

    try:
        return write(value, 0).encode("utf-8")
    except UnicodeEncodeError:
        refuse("canon.lone_surrogate", "half of a UTF-16 pair")


def parse_canonical(data: bytes) -> Any:
    """JSON that was received in its one spelling."""
    value = parse_json(data)
    need(canonical(value) == data, "canon.not_canonical", "JSON, but not in its only spelling")
    return value


P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493  # the order of the group
D = -121665 * pow(121666, -1, P) % P
ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
SMALL_ORDER = {0, 1, P - 1, ORDER_8, P - ORDER_8}  # y of all eight points whose order divides 8


def sound_point(raw: bytes) -> bool:
    """Whether 32 bytes are the canonical encoding of a y that belongs to no point of small order."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)  # the top bit is the sign of x
    return len(raw) == 32 and y < P and y not in SMALL_ORDER


def sound_key(raw: bytes) -> bool:
    """Whether a public key may be enrolled: a sound encoding, and of a point that is on the curve."""
    y2 = pow(int.from_bytes(raw, "little") & (2**255 - 1), 2, P)
    x2 = (y2 - 1) * pow(D * y2 + 1, -1, P) % P
    return sound_point(raw) and pow(x2, (P - 1) // 2, P) == 1


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Strict Ed25519: small-order or non-canonical A or R, and S not below the group order, are not valid."""
    if len(signature) != 64 or not sound_point(public) or not sound_point(signature[:32]):
        return False
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# ---- Trust: vkeys, policies (C2SP tlog-policy), grades ---------------------------------------------------------------

LOG, WITNESS = 1, 4  # signature types
GRADES = ("joint", "recorded")


def is_key_name(name: str) -> bool:
    """Whether it can name a key (an origin is the name of its log's key): not empty, no space, plus or control."""
    return name != "" and not any(c == "+" or c.isspace() or unicodedata.category(c) == "Cc" for c in name)


@dataclass(frozen=True)
class Key:
    """A key of a log (type 1) or witness (type 4), as a vkey names it."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before its signatures."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]


def parse_vkey(text: str, kind: int) -> Key:
    """A vkey of the type that its place in the policy asks for."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded, "policy.form", 33)
    key = Key(name, raw[0], raw[1:])
    need(is_key_name(name) and key_id == key.id.hex(), "policy.form", "a vkey whose name or key id is wrong")
    need(key.kind == kind, "policy.form", f"a vkey that is not of type {kind}")
    need(sound_key(key.public), "policy.form", "a vkey with a public key of small order or in another encoding")
    return key


@dataclass
class Policy:
    """One policy file: the logs it knows, its witnesses and groups by their local names, and the quorum."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str | None = None

    def holds(self, signed: set[Key]) -> bool:
        """Whether a log of this policy signed, and the quorum holds."""
        holding = {"none"} | {name for name, key in self.witnesses.items() if key in signed}
        for name, (least, members) in self.groups.items():  # in the order of the file: members come before their group
            if len(holding.intersection(members)) >= least:
                holding.add(name)
        return any(log in signed for log in self.logs) and self.quorum in holding


def parse_policy(data: bytes) -> Policy:
    """A tlog-policy file. Names are defined before use; each is a member at most once; exactly one quorum line."""
    policy, members_so_far = Policy(), set[str]()
    known = ChainMap[str, Any](policy.witnesses, policy.groups)
    allowed = all(byte in b"\t\n" or (0x20 <= byte != 0x7F) for byte in data)
    need(allowed and data.endswith(b"\n"), "policy.form", "a control character, or no newline at the end")
    try:
        lines = data.decode("utf-8").split("\n")[:-1]
    except UnicodeDecodeError:
        refuse("policy.form", "not UTF-8")
    for line in lines:
        words = [word for word in re.split("[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                policy.logs.append(parse_vkey(vkey, LOG))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                need(name not in known and name != "none", "policy.form", "a name defined twice, or reserved")
                policy.witnesses[name] = parse_vkey(vkey, WITNESS)
            case ["group", name, least, *members] if members:
                need(name not in known and name != "none", "policy.form", "a name defined twice, or reserved")
                need(all(member in known for member in members), "policy.form", "a member not defined before")
                once = len(set(members)) == len(members) and not members_so_far & set(members)
                need(once, "policy.form", "a name listed twice as a member")
                members_so_far |= set(members)
                number = {"any": "1", "all": str(len(members))}.get(least, least)
                in_range = re.fullmatch("[1-9][0-9]{0,5}", number) and int(number) <= len(members)
                need(in_range, "policy.form", "a threshold that is not from 1 to the number of members")
                policy.groups[name] = (int(number), members)
            case ["quorum", name]:
                need(policy.quorum is None, "policy.form", "two quorum lines")
                need(name in known or name == "none", "policy.form", "a quorum that is not defined before")
                policy.quorum = name
            case _:
                refuse("policy.form", "a line that is no policy line")
    need(policy.quorum is not None, "policy.form", "no quorum line")
    for keys in (policy.logs, list(policy.witnesses.values())):
        need(len({key.public for key in keys}) == len(keys), "policy.form", "one public key listed twice")
    return policy


class Policies:
    """The policy files of both grades, and every key they name. A public key has one name in all of them."""

    def __init__(self, read: Callable[[str], bytes], shipped: bool) -> None:
        texts = {grade: read(grade) for grade in GRADES}
        try:
            self.by_grade = {grade: parse_policy(text) for grade, text in texts.items()}
            keys = {key for policy in self.by_grade.values() for key in [*policy.logs, *policy.witnesses.values()]}
            need(len({key.public for key in keys}) == len(keys), "policy.form", "one public key under two names")
        except Refused as refusal:
            raise Unreadable(refusal.code, f"the policy is not usable: {refusal.why}") from None
        self.shipped = shipped
        self.sha256 = sha256(texts["joint"] + texts["recorded"]).hex()
        self.keys = {(key.name, key.id): key for key in sorted(keys, key=lambda key: (key.kind, key.name))}

    def grade(self, signed: set[Key]) -> str:
        """The highest grade whose policy holds for these keys, each counted once."""
        return next((grade for grade in GRADES if self.by_grade[grade].holds(signed)), "signed")

    def fingerprints(self) -> list[str]:
        """Each key with the SHA-256 of its 32 raw bytes, to be compared by hand."""
        words = {LOG: "log", WITNESS: "witness"}
        return [f"{words[key.kind]} {key.name} {sha256(key.public).hex()}" for key in self.keys.values()]


# ---- 1, 2. Tree heads (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ------------------------------------------


@dataclass
class Head:
    """A tree head whose known signatures are all valid."""

    origin: str
    size: int
    root: bytes
    sha256: str
    signed: set[Key]
    times: list[int]  # of its cosignatures by known witnesses, in seconds
    unknown: int  # signature lines of keys that the policy does not name


def open_head(data: bytes, policies: Policies, origin: str | None, known_only: bool = False) -> Head:
    """Read a note strictly, and verify it. One failing signature of a known name and key id refuses the whole note."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        refuse("note.form", "not UTF-8")
    controls = any(unicodedata.category(char) == "Cc" and char != "\n" for char in note)
    need(not controls, "note.form", "a control character, such as a carriage return")
    parts = note.split("\n\n")
    need(len(parts) == 2 and parts[1].endswith("\n"), "note.form", "not a text, an empty line and signature lines")
    text, lines = parts[0] + "\n", parts[1][:-1].split("\n")
    need(text.count("\n") == 3, "note.form", "a tree head has three lines")
    name, size, root, _ = text.split("\n")
    need(is_key_name(name), "note.form", "the origin is no key name")
    need(re.fullmatch("0|[1-9][0-9]{0,15}", size), "note.form", "the size is not decimal, or has leading zeros")
    expected = {key.name for key in policies.keys.values() if key.kind == LOG} if origin is None else {origin}
    need(name in expected, "note.origin", "the head is of another log than the one expected")
    head = Head(name, int(size), unbase64(root, "note.form", 32), sha256(data).hex(), set(), [], 0)
    need(head.size or head.root == sha256(b""), "note.form", "size 0 with another root than that of the empty tree")
    for line in lines:
        words = line.split(" ")
        need(len(words) == 3 and words[0] == "\u2014" and is_key_name(words[1]), "note.form", "a bad signature line")
        raw = unbase64(words[2], "note.form")
        need(len(raw) > 4, "note.form", "a signature line without a signature")
        key, signature = policies.keys.get((words[1], raw[:4])), raw[4:]
        if key is None:
            need(not known_only, "note.unknown_key", "a signature line of a key that the policy does not name")
            head.unknown += 1
        elif key.kind == LOG:
            need(verify(key.public, signature, text.encode()), "note.signature", "the signature of a log fails")
            head.signed.add(key)
        else:
            time = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {time}\n{text}".encode()
            valid = len(signature) == 72 and time > 0 and verify(key.public, signature[8:], message)
            need(valid, "note.signature", "the cosignature of a known witness fails")
            head.signed.add(key)
            head.times.append(time)
    by_log = any(key.kind == LOG and key.name == name for key in head.signed)
    need(by_log, "note.signature", "the log itself has not signed")
    return head


# ---- 3, 4, 5. Tree (RFC 6962), tiles and bundles (C2SP tlog-tiles) ---------------------------------------------------


class Tree:
    """Hashes of all complete subtrees: `levels[h][i]` covers the 2^h leaves from i * 2^h on."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]

    def append(self, leaf: bytes) -> None:
        """Add one leaf, and every node that it completes."""
        self.levels[0].append(sha256(b"\0" + leaf))
        height = 0
        while len(self.levels[height]) % 2 == 0:
            if height + 1 == len(self.levels):
                self.levels.append([])
            left, right = self.levels[height][-2:]
            height += 1
            self.levels[height].append(sha256(b"\1" + left + right))

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves: their complete subtrees, joined from the right."""
        peaks = [self.levels[h][(size >> h) - 1] for h in range(size.bit_length()) if size >> h & 1]
        root = peaks[0] if peaks else sha256(b"")
        for left in peaks[1:]:
            root = sha256(b"\1" + left + root)
        return root


def root_by_proof(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """The root to which an inclusion proof leads from a leaf hash; None if it has not the right length."""
    if size == 1:
        return leaf if not proof else None
    if not proof:
        return None
    split = 1 << (size - 1).bit_length() - 1  # leaves in the left subtree; the last hash is the sibling at the top
    side = root_by_proof(leaf, index, split, proof[:-1]) if index < split else (
        root_by_proof(leaf, index - split, size - split, proof[:-1])
    )  # fmt: skip
    return side and sha256(b"\1" + (side + proof[-1] if index < split else proof[-1] + side))


def read_file(path: Path, limit: int, code: str) -> bytes:
    """A regular file of at most `limit` bytes."""
    try:
        if not path.is_file():
            raise Unreadable(code, f"there is no file {path.name}")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        raise Unreadable(code, f"{path.name} cannot be read") from None
    if len(data) > limit:
        raise Unreadable("file.too_large", f"{path.name} is larger than its kind may be")
    return data


class Mirror:
    """A folder with the published files of one log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read_paths: set[str] = set()

    def read(self, path: str, limit: int) -> bytes:
        """One published file; a missing one is a reason to refuse."""
        self.read_paths.add(path)
        try:
            return read_file(self.folder / path, limit, "tile.missing")
        except Unreadable as refusal:
            refuse(refusal.code, f"{path}: {refusal.why}")

    def numbers(self, folder: str, highest: int | None = None) -> list[int]:
        """Names in a folder that are numbers, in order: sizes of notes, widths of partial tiles."""
        there = self.folder / folder
        names = [path.name for path in there.iterdir() if path.is_file()] if there.is_dir() else []
        sizes = sorted(int(name) for name in names if re.fullmatch("0|[1-9][0-9]{0,15}", name))
        return [size for size in sizes if highest is None or size <= highest]

    def unread(self) -> list[str]:
        """Files in the folder that this check has not opened."""
        files = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
        return sorted(path for path in files if path not in self.read_paths)


def tile_path(level: int | str, number: int, width: int) -> str:
    """Where a tile (or a bundle, at level "entries") is published: groups of three digits, `.p/` for partial ones."""
    last = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        last = f"x{number % 1000:03}/{last}"
    return f"tile/{level}/{last}" + (f".p/{width}" if width < 256 else "")


def widths(mirror: Mirror, level: int | str, number: int, width: int) -> list[int]:
    """The width needed, and each smaller partial one that was left in place: they must say the same."""
    older = mirror.numbers(tile_path(level, number, 256) + ".p", width)
    return [w for w in older if 0 < w < width] + [width]


def read_leaves(mirror: Mirror, size: int) -> Iterator[bytes]:
    """The leaves of a log in order, from its bundles; each bundle holds exactly its leaves and no byte more."""
    for number in range((size + 255) // 256):
        first, width = number * 256, min(256, size - number * 256)
        data = mirror.read(tile_path("entries", number, width), width * (2 + 65535))
        at, ends, leaves = 0, [0], []
        for index in range(first, first + width):
            length = int.from_bytes(data[at : at + 2], "big")
            if at + 2 + length > len(data):
                refuse("bundle.form", "the bundle ends before its last leaf", index)
            leaves.append(data[at + 2 : at + 2 + length])
            at += 2 + length
            ends.append(at)
        if at != len(data):
            refuse("bundle.form", "the bundle has bytes behind its last leaf", first + width - 1)
        for older in widths(mirror, "entries", number, width)[:-1]:
            if mirror.read(tile_path("entries", number, older), ends[older]) != data[: ends[older]]:
                refuse("bundle.form", f"the older partial bundle of width {older} has other leaves", first)
        yield from leaves


def check_tiles(mirror: Mirror, tree: Tree, size: int) -> None:
    """Every tile holds what follows from the leaves: at level l, hashes of complete subtrees of 256^l leaves."""
    level = 0
    while size >> 8 * level:
        hashes = tree.levels[8 * level][: size >> 8 * level]
        for number in range((len(hashes) + 255) // 256):
            slots = hashes[number * 256 : number * 256 + 256]
            for width in widths(mirror, level, number, len(slots)):
                path = tile_path(level, number, width)
                data = mirror.read(path, 8192)
                right = [data[32 * i : 32 * i + 32] == slot for i, slot in enumerate(slots[:width])]
                if not all(right) or len(data) != 32 * width:
                    bad = right.index(False) if not all(right) else width - 1
                    refuse("tile.hash", f"{path} is not what its leaves hash to", number * 256 + bad << 8 * level)
        level += 1


# ---- 6. Entries: form (rule 1) ---------------------------------------------------------------------------------------

CODE = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
ID = re.compile("[a-z0-9][a-z0-9_-]{0,63}")
RELATIONS = {"answers", "rests_on", "corrects", "withdraws", "countersigns", "contests"}
STATEMENT = "v kind agreement log nonce claimed_at seen body event_at? commitments? refs? blobs?"


def members(value: Any, names: str, code: str) -> None:
    """It is an object with exactly these members; those marked `?` may be left out."""
    need(isinstance(value, dict), code, "not an object")
    given = {name.rstrip("?"): name.endswith("?") for name in names.split()}
    unknown = [name for name in value if name not in given]
    missing = [name for name, optional in given.items() if not optional and name not in value]
    body = code == "entry.body"
    need(not unknown, code if body else "entry.member_unknown", f"{len(unknown)} members that it cannot have")
    need(not missing, code if body else "entry.member_missing", f"without its member {' '.join(missing)}")


def seconds(value: Any, code: str) -> int:
    """A time such as 2020-04-08T06:00:00Z, as seconds since 1970."""
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z"
    need(isinstance(value, str) and re.fullmatch(form, value), code, "not a time in UTC with whole seconds and Z")
    try:
        return int(datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        refuse(code, "not a day and time of the calendar")


def free_of_null(value: Any) -> bool:
    """Whether no null stands anywhere in it."""
    if isinstance(value, dict | list):
        return all(free_of_null(item) for item in (value.values() if isinstance(value, dict) else value))
    return value is not None


@dataclass
class Entry:
    """One leaf whose form is right."""

    kind: str
    statement: dict[str, Any]
    body: dict[str, Any]
    refs: list[tuple[str, str]]
    people: list[str]
    claimed_at: int
    pae: bytes
    sid: str
    signatures: list[tuple[str, bytes]]


def parse_entry(leaf: bytes) -> Entry:
    """Rule 1: leaf, envelope and statement are canonical, with exactly their members, each of its form."""
    need(len(leaf) <= MAX_LEAF, "entry.too_large", f"more than {MAX_LEAF} bytes")
    outer = parse_canonical(leaf)
    members(outer, "accepted_at envelope kind log v", "entry.leaf")
    need(type(outer["v"]) is int and outer["v"] == 1, "entry.version", "not version 1")
    seconds(outer["accepted_at"], "entry.accepted_at")
    envelope = outer["envelope"]
    members(envelope, "payload payloadType signatures", "entry.envelope")
    need(envelope["payloadType"] == PAYLOAD_TYPE, "entry.payload_type", "another payload type")
    payload = unbase64(envelope["payload"], "entry.base64")
    need(isinstance(envelope["signatures"], list), "entry.envelope", "signatures are a list")
    signatures = []
    for one in envelope["signatures"]:
        members(one, "keyid sig", "entry.signature")
        need(is_hex(one["keyid"]), "entry.signature", "a keyid is 64 lower-case hex digits")
        signatures.append((one["keyid"], unbase64(one["sig"], "entry.base64")))
        need(len(signatures[-1][1]) == 64, "entry.signature", "a signature has 64 bytes")
    order = [keyid for keyid, _ in signatures]
    need(order == sorted(set(order)), "entry.signature", "signatures are sorted by keyid, one for each key")

    said = parse_canonical(payload)
    members(said, STATEMENT, "entry.statement")
    need(type(said["v"]) is int and said["v"] == 1, "entry.version", "not version 1")
    kind = said["kind"]
    need(isinstance(kind, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", kind), "entry.kind", "a kind is a dotted text")
    agreement, log = said["agreement"], said["log"]
    need(isinstance(agreement, str) and ID.fullmatch(agreement), "entry.agreement", "the agreement is no id")
    need(isinstance(log, str) and is_key_name(log), "entry.log", "the log is no origin")
    need(outer["kind"] == kind, "entry.kind_differs", "the leaf has another kind than its statement")
    need(outer["log"] == log, "entry.log_differs", "the leaf has another log than its statement")
    need(is_hex(said["nonce"], 32), "entry.nonce", "a nonce is 32 lower-case hex digits")
    claimed_at = seconds(said["claimed_at"], "entry.claimed_at")
    if "event_at" in said:
        span = isinstance(said["event_at"], dict)
        if span:
            members(said["event_at"], "from to", "entry.event_at")
        for value in said["event_at"].values() if span else [said["event_at"]]:
            seconds(value, "entry.event_at")
    if said["seen"] is not None:
        members(said["seen"], "size root note_sha256", "entry.seen")
        need(is_count(said["seen"]["size"]), "entry.seen", "seen.size is an integer from 0")
        unbase64(said["seen"]["root"], "entry.seen", 32)
        need(is_hex(said["seen"]["note_sha256"]), "entry.seen", "seen.note_sha256 is a digest")
    need(isinstance(said["body"], dict), "entry.body", "the body is an object")
    need(free_of_null(said["body"]), "entry.body", "null in the body")
    given = [name for name in ("commitments", "refs", "blobs") if name in said]
    need(not any(said[name] in ({}, []) for name in given), "entry.member_empty", "a member that is empty")
    commitments, refs, blobs = said.get("commitments", {}), said.get("refs", []), said.get("blobs", [])
    need(isinstance(commitments, dict), "entry.commitments", "commitments are an object")
    for values in commitments.values():
        need(isinstance(values, list), "entry.commitments", "commitments of a field are a list")
        need(values, "entry.commitments", "a field without commitments")
        for value in values:
            unbase64(value, "entry.commitments", 32)
    need(isinstance(refs, list), "entry.refs", "refs are a list")
    for ref in refs:
        members(ref, "rel sid", "entry.refs")
        need(isinstance(ref["rel"], str) and ref["rel"] in RELATIONS, "entry.refs", "no such relation")
        need(is_hex(ref["sid"]), "entry.refs", "a sid is 64 lower-case hex digits")
    need(isinstance(blobs, list), "entry.blobs", "blobs are a list")
    for blob in blobs:
        members(blob, "sha256 bytes media", "entry.blobs")
        right = is_hex(blob["sha256"]) and is_count(blob["bytes"]) and isinstance(blob["media"], str)
        need(right, "entry.blobs", "a blob has a digest, a length and a media type")

    pae = b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    links = [(ref["rel"], ref["sid"]) for ref in refs]
    people = commitments.get("person", [])
    return Entry(kind, said, said["body"], links, people, claimed_at, pae, sha256(pae).hex(), signatures)


# ---- Kinds (rules 2, 6, 7), to be compared with the table of the reference -------------------------------------------

KINDS_TABLE = """
log.genesis            | O | operator_key? operator_keys? operator_threshold? founding? agreement_sha256? policy_sha256? | no   |              | access case public
key.enrolled           | O NEW OTHER / O NEW | role public_key fingerprint party? kinds?                       | no   |              | access case public
key.rotated            | O OLD NEW           | old public_key fingerprint                                     | no   |              | access case public
key.revoked            | O / SELF            | fingerprint reason compromised_since?                          | no   |              | access case public
policy.set             | A B O               | policy_sha256 matrix_sha256?                                   | no   |              | case
agreement.adopted      | A B / A B G         | agreement_sha256 version                                       | no   |              | case
agreement.amended      | A B / A B G         | agreement_sha256 version                                       | no   |              | case
fact.reported          | O                   | journal                                                        | no   |              | case
fact.stated            | BY                  | journal                                                        | no   |              | case
list.submitted         | S                   | list count version? part? parts?                               | some |              | case
list.withdrawn         | S                   | list                                                           | no   |              | case
match.judged           | N                   | judgement grade reason? list?                                  | two  |              | case
match.confirmed        | A B                 | grade list?                                                    | some |              | case
match.disputed         | S                   | grade list?                                                    | some |              | case
match.undone           | N                   | grade list?                                                    | some |              | case
batch.proposed         | O | batch count rules_sha256 seed_sha256? commitment? from? to? list? batch_sha256? snapshot_sha256? request_sha256? | maybe | | case
batch.cleared          | N M                 | batch                                                          | no   |              | case
batch.authorised       | S                   | batch                                                          | no   |              | case
batch.changed          | O                   | batch round count batch_sha256 before_sha256 skipped           | some |              | case
batch.closed           | N                   | batch count skipped                                            | no   |              | case
clearance.given        | S                   | gate outcome reason? until? batch?                             | some |              | case
clearance.sealed       | N / M               | round part? parts? batch?                                      | some |              | case
person.cleared         | M / N               | reason batch?                                                  | one  |              | case
person.held_back       | M / N               | reason batch?                                                  | one  |              | case
wish.recorded          | N                   | batch?                                                         | one  |              | case
handover.observed      | N | batch from to place count to_place? asked? wish_affirmed? commitment? fact?      | some |              | case
handover.delivered     | S                   | batch count place? observed?                                   | no   | answers      | case
handover.received      | S                   | batch count place? observed?                                   | no   | answers      | case
handover.denied        | S                   | batch reason                                                   | some | answers      | case
outcome.stated         | S / N               | outcome batch?                                                 | some |              | case
count.asserted         | A B / S             | commitment batch count                                         | no   |              | case
count.contested        | A B / S             | commitment batch count                                         | no   |              | case
pledge.recorded        | N / S               | form                                                           | one  |              | case
seed.requested         | O                   | batch request_sha256 snapshot_sha256 rules_sha256 size beacon? | no   |              | case
seed.committed         | S / N               | batch commit                                                   | no   | answers      | case
seed.revealed          | S / N               | batch nonce                                                    | no   | answers      | case
claim.captured         | O                   | evidence_sha256 claim? sheet_sha256?                           | no   |              | case public
claim.judged           | N                   | claim judgement report_sha256 fact?                            | no   |              | case
claim.verdict          | O                   | claim verdict                                                  | no   |              | public
aggregate.published    | O / O A B           | table_sha256 rules_sha256 suppressed                           | no   |              | public
record.corrected       | SAME                | body                                                           | no   | corrects     | case public
record.withdrawn       | SAME                | reason?                                                        | any  | withdraws    | case public
record.countersigned   | ANY                 |                                                                | no   | countersigns | case
erasure.done           | O P                 | salts keys                                                     | some |              | case
access.read            | W                   | reader purpose rows fields? zone? surface? sha256?             | no   |              | access
access.export          | W                   | reader purpose rows fields? zone? surface? sha256?             | no   |              | access
access.print           | W                   | reader purpose rows fields? zone? surface? sha256?             | no   |              | access
access.refused         | W                   | reader purpose rows fields? zone? surface? sha256?             | no   |              | access
checkpoint.linked      | O                   | log note_sha256                                                | no   |              | access public
"""  # noqa: E501 (a table is read by its columns)


@dataclass
class Kind:
    """A row of the table."""

    alternatives: list[list[str]]
    body: str
    people: str
    relation: str
    logs: list[str]


KINDS = {
    name: Kind([slots.split() for slots in signers.split("/")], body, people, relation, logs.split())
    for name, signers, body, people, relation, logs in (
        [cell.strip() for cell in row.split("|")] for row in KINDS_TABLE.strip().split("\n")
    )
}
ROLES = {"O": "operator", "A": "holding", "B": "receiving", "N": "neutral", "M": "medical", "G": "guarantor",
         "P": "protection", "W": "server"}  # fmt: skip
SIDES = ("holding", "receiving")
CODES = {"batch", "place", "to_place", "list", "commitment", "grade", "reason", "form", "purpose", "claim", "verdict",
         "from", "to", "zone", "surface", "gate", "fact"}  # fmt: skip
DIGESTS = {"fingerprint", "old", "observed", "reader", "public_key", "operator_key", "sha256", "commit", "nonce"}
WORDS = {
    ("claim.judged", "judgement"): {"accepted", "corrected", "rejected", "doubtful"},
    ("clearance.given", "outcome"): {"granted", "refused", "withdrawn"},
    ("outcome.stated", "outcome"): {"transferred", "died", "escaped", "not_held", "already_released", "substituted"},
    ("handover.denied", "reason"): {"not_listed", "not_received", "not_delivered", "wrong_person", "other"},
}
SECRETS = {"declined", "deferred", "unfit"}  # of these no round of replacements may speak
REVOCATIONS = {"lost", "stolen", "left", "replaced", "ended", "other"}
UNLIKELY, LIKELY = {"p00", "p10", "p30"}, {"p50", "p70", "p90", "p97"}
JUDGED = {
    "judgement": {"same", "different", "unsure"},
    "grade": UNLIKELY | LIKELY | {"none"},
    "reason": {"father", "year", "place", "number", "document", "interview", "relative", "family", "spelling", "other"},
}
JOURNAL_TABLE = """
perform: of by n? persons? cat? breakdown? party? same_as? destination?
total level: of n by party?
attest: ref verdict by basis?
deny: of? ref? by
retract: ref by reason?
event: name by?
violate: of by party? persons?
breach_finding close waive dispute resolve: of by
supersede: of by_instrument replaced_by? by?
accept reject: instrument by
position: by from reads quote? withdraws?
exercise: power by of? n? persons? until?
choice: persons of choice by
person_state: persons state by
list_give list_agree withhold replace: list by persons? n? with?
classify: person as by
"""
JOURNAL = {
    kind: "id kind at known? by? of? source? note? seq? " + fields
    for kinds, fields in (row.split(": ") for row in JOURNAL_TABLE.strip().split("\n"))
    for kind in kinds.split()
}
CHOICES = {"verdict": {"verified", "rejected"}, "choice": {"return", "decline", "third_country"}}


def check_member(kind: str, name: str, value: Any) -> bool:
    """Whether one member of a body has the form that its name asks for (rule 6)."""
    if name == "reason" and kind == "key.revoked":
        return isinstance(value, str) and value in REVOCATIONS
    if kind == "match.judged" and name in JUDGED:
        return isinstance(value, str) and value in JUDGED[name]
    if (kind, name) in WORDS:
        return isinstance(value, str) and value in WORDS[kind, name]
    if name in ("round", "part", "parts") or (kind == "list.submitted" and name == "version"):
        return is_count(value) and value != 0
    if name == "until":
        return is_day(value)
    if name == "beacon":
        return isinstance(value, str) and CODE.fullmatch(value.replace(":", "_")) is not None
    if name == "skipped" and kind == "batch.changed":
        codes = isinstance(value, list) and all(isinstance(one, str) and CODE.fullmatch(one) for one in value)
        return codes and value == sorted(value) and not SECRETS.intersection(value)
    if name in CODES:
        return isinstance(value, str) and CODE.fullmatch(value) is not None
    if name in DIGESTS or name.endswith("_sha256"):
        return is_hex(value)
    if name in ("operator_keys", "founding"):
        digests = isinstance(value, list) and all(is_hex(item) for item in value)
        return digests and len(value) <= 32 and len(set(value)) == len(value)
    if name in ("kinds", "fields"):
        texts = isinstance(value, list) and all(isinstance(x, str) and re.fullmatch("[a-z0-9_.]+", x) for x in value)
        return texts and 1 <= len(value) <= 64
    if name == "role":
        return isinstance(value, str) and value in ROLES.values()
    if name == "party":
        return isinstance(value, str) and ID.fullmatch(value) is not None
    if name == "log":
        return isinstance(value, str) and is_key_name(value)
    return isinstance(value, dict) if name == "body" else is_count(value)


def is_day(value: Any) -> bool:
    """Whether it is a day of the calendar."""
    if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def check_body(kind: str, body: dict[str, Any]) -> None:
    """Rule 6: the body has exactly the members of its kind, each of its form."""
    if KINDS[kind].body == "journal":
        check_journal_entry(body)
        return
    members(body, KINDS[kind].body, "entry.body")
    for name, value in body.items():
        need(check_member(kind, name, value), "entry.body", f"{name} has another form")
    if kind == "clearance.given":
        need(body["outcome"] == "granted" or "reason" in body, "entry.body", "not granted, and without a reason")
    if kind in ("list.submitted", "clearance.sealed"):
        need(body.get("part", 1) <= body.get("parts", 1), "entry.body", "a part beyond the last one")
    if kind == "match.judged" and "reason" not in body:
        said = (body["judgement"], body["grade"])
        against = said in {*(("same", grade) for grade in UNLIKELY), *(("different", grade) for grade in LIKELY)}
        need(not against, "entry.body", "a judgement against the probability shown, without a reason")


def check_journal_entry(body: dict[str, Any]) -> None:
    """The part of the journal's format that can be checked without the agreement file."""
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in JOURNAL:
        refuse("entry.body", "no kind of the journal")
    members(body, JOURNAL[kind], "entry.body")
    for name, value in body.items():
        if name in ("of", "persons", "with", "replaced_by") or (name == "source" and isinstance(value, list)):
            right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        elif name in ("n", "seq"):
            right = is_count(value)
        elif name in ("breakdown", "reads"):
            right = isinstance(value, dict) and (name == "reads" or all(is_count(item) for item in value.values()))
        else:
            right = isinstance(value, bool if name == "withdraws" else str)
            right = right and (name not in CHOICES or value in CHOICES[name])
        need(right, "entry.body", f"{name} has another form")
    need(1 <= len(body["id"]) <= 128, "entry.body", "the id has not 1 to 128 characters")
    need(kind != "perform" or "n" in body or "persons" in body, "entry.body", "perform needs n or persons")
    need(kind != "deny" or "of" in body or "ref" in body, "entry.body", "deny needs of or ref")
    if "n" in body:
        need(len(body.get("persons", [])) in (0, body["n"]), "entry.body", "n is not the number of persons")
        total = sum(body.get("breakdown", {"": body["n"]}).values())
        need(total == body["n"], "entry.body", "breakdown does not add up to n")


def check_log(entry: Entry, origin: str) -> None:
    """Rule 2: the entry is meant for this log, and this log takes its kind."""
    need(entry.statement["log"] == origin, "record.wrong_log", "the statement is meant for another log")
    last = origin.split("/")[-1]
    if entry.kind in KINDS and last in ("case", "public", "access"):
        need(last in KINDS[entry.kind].logs, "record.wrong_log", f"{entry.kind} has no place in this log")


def check_kind(entry: Entry) -> None:
    """Rules 6 and 7, and the relation that the kind asks for: all that an entry shows alone."""
    need(entry.kind in KINDS, "entry.kind_unknown", f"{entry.kind} is no kind of the table")
    kind, count = KINDS[entry.kind], len(entry.people)
    check_body(entry.kind, entry.body)
    need(len(set(entry.people)) == count, "record.people", "a handle stands twice")
    right = {
        "no": count == 0,
        "one": count == 1,
        "two": count == 2,
        "some": count == entry.body["count"] if "count" in entry.body else count > 0,
        "maybe": count in (0, entry.body.get("count")),
        "any": True,
    }
    need(right[kind.people], "record.people", f"{count} handles, which is not as many as {entry.kind} needs")
    if entry.kind == "clearance.sealed":
        sealed = entry.statement["commitments"].get("cleared", [])
        ascending = sealed == sorted(set(sealed)) and len(sealed) == count
        need(ascending, "record.people", "not one sealed outcome for each person, in ascending order")
    if entry.kind == "claim.judged":
        bound = entry.statement.get("commitments", {}).get("claim", [])
        need(len(bound) == 1, "record.claim", "not exactly one commitment to the claim")
    if kind.relation:
        related = sum(relation == kind.relation for relation, _ in entry.refs)
        right_number = related == 1 or (related > 1 and kind.relation == "countersigns")
        need(right_number, "record.no_ref", f"it must refer by {kind.relation} to a statement")


# ---- Rules 3 to 11: what the log before an entry allows --------------------------------------------------------------

Office = tuple[str, str]  # role and party ("" where the enrolment names none)
BEGINNING = {"log.genesis", "key.enrolled", "fact.reported", "claim.captured", "record.countersigned"}
WAITING = ("batch.", "handover.", "match.", "list.", "count.", "person.", "wish.", "pledge.", "policy.", "clearance.",
           "outcome.", "seed.", "claim.judged")  # fmt: skip
CORRECTABLE = {"match.judged", "match.confirmed", "match.disputed", "person.cleared", "person.held_back",
               "wish.recorded", "count.contested", "pledge.recorded", "claim.captured", "claim.verdict"}  # fmt: skip
WITHDRAWABLE = CORRECTABLE | {"handover.observed", "handover.denied", "count.asserted", "clearance.given",
                              "outcome.stated", "claim.judged"}  # fmt: skip


@dataclass
class Signer:
    """A statement key and its term."""

    public: bytes
    office: Office
    kinds: list[str] | None = None
    ended: bool = False
    ended_twice: bool = False  # revoked once more after its end, to say `compromised_since`
    doubtful_from: int | None = None


@dataclass
class Said:
    """What later entries may need to know of an earlier one."""

    index: int
    kind: str
    body: dict[str, Any]
    people: list[str]
    signers: list[str]
    offices: list[Office]
    target: str = ""  # the sid of what it answers, withdraws or corrects
    commitment: str | None = None  # of a handover: under which its handles were delivered


@dataclass
class Listed:
    """How far a side has come with a list."""

    version: int
    part: int
    parts: int
    highest: str  # the last handle so far of a version in several parts
    index: int  # of the last part that came
    withdrawn: bool = False


@dataclass
class Manifest:
    """Who may go under a named batch, who ever might, and who has gone."""

    present: set[str]
    digest: str | None
    round: int = 0
    ever: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)


@dataclass
class Round:
    """How far an office has come with a round of sealed clearances."""

    number: int
    part: int
    parts: int
    people: list[str]
    manifest: int  # the round of the manifest that it is about


@dataclass
class Draw:
    """A seed that was requested."""

    sid: str
    body: dict[str, Any]
    bound: dict[str, str] = field(default_factory=dict)  # party -> the sid of what it is bound by
    revealed: set[str] = field(default_factory=set)  # sids of what was revealed


class Log:
    """The state of a log while its entries are read in order."""

    def __init__(self, origin: str, tree: Tree) -> None:
        self.origin, self.tree = origin, tree
        self.signatures_checked = 0
        self.flags: list[tuple[str, int | None]] = []
        self.said: dict[str, Said] = {}
        self.nonces: set[str] = set()
        self.facts: set[str] = set()
        self.any_seen = False
        self.agreement = ""
        self.keys: dict[str, Signer] = {}
        self.threshold = 1
        self.listed: list[str] | None = None  # `founding` of the genesis; None: the log is not strict
        self.founding: dict[str, tuple[str, Office]] = {}  # key id -> sid of its enrolment, and its office
        self.founded = self.past_beginning = False
        self.countersigned: dict[str, set[tuple[str, Office]]] = {}  # sid -> who countersigned it
        self.lists: dict[tuple[Office, str], Listed] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.handed_over: dict[str, int] = {}
        self.delivered: set[tuple[str | None, str]] = set()
        self.counted: set[tuple[Office, str, str]] = set()
        self.answered: set[tuple[str, str]] = set()
        self.manifests: dict[str, Manifest] = {}
        self.rounds: dict[tuple[Office, str | None], Round] = {}
        self.draws: dict[str, Draw] = {}
        self.denied: set[tuple[str, str, str]] = set()  # which end, the handover, the person
        self.withdrawn: set[str] = set()
        self.claims: list[tuple[int, str | None]] = []  # claimed time and note seen, of each entry

    def admit(self, leaf: bytes, index: int) -> None:
        """Check the rules in their order, and take the entry in."""
        entry = parse_entry(leaf)  # rule 1
        check_log(entry, self.origin)  # rule 2
        nonce = entry.statement["nonce"]
        need(entry.sid not in self.said, "record.duplicate", "this statement is in the log already")  # rule 3
        need(nonce not in self.nonces, "record.nonce_used", "the nonce is that of an earlier entry")
        unknown = [sid for _, sid in entry.refs if sid not in self.said]
        need(not unknown, "record.unknown_ref", "it refers to a statement that is not at a lower index")  # rule 4
        seen = entry.statement["seen"]  # rule 5
        need(seen or not self.any_seen, "record.seen_missing", "seen is null, but an earlier entry has one")
        if seen:
            reached = seen["size"] <= index
            need(reached, "record.seen", "it has seen a tree that is larger than the log before it")
            same = base64.b64encode(self.tree.root(seen["size"])).decode() == seen["root"]
            need(same, "record.seen", "it has seen another tree than the beginning of this log")
        check_kind(entry)  # rules 6 and 7
        self.check_genesis(entry, index)  # rule 8
        brought = self.keys_brought(entry)
        self.check_signatures(entry, brought)  # rule 9
        slots = self.check_signers(entry, brought)  # rule 10
        signers = [keyid for keyid, _ in entry.signatures]
        self.keys.update(brought if index == 0 else {})
        offices = sorted((brought.get(keyid) or self.keys[keyid]).office for keyid in signers)
        said = Said(index, entry.kind, entry.body, entry.people, signers, offices)
        self.check_founding(entry)  # rule 11
        self.apply(entry, said, brought, slots)
        self.said[entry.sid] = said
        self.nonces.add(nonce)
        self.any_seen = self.any_seen or seen is not None
        self.past_beginning = self.past_beginning or entry.kind not in BEGINNING
        self.claims.append((entry.claimed_at, seen and seen["note_sha256"]))

    # Rules 8 to 10

    def check_genesis(self, entry: Entry, index: int) -> None:
        """Rule 8."""
        body = entry.body
        need((entry.kind == "log.genesis") == (index == 0), "record.genesis", "log.genesis stands at index 0 only")
        if index == 0:
            one = ("operator_key" in body) != ("operator_keys" in body)
            need(one, "record.genesis", "it names operator_key or operator_keys")
            keys = body.get("operator_keys", [body.get("operator_key")])
            self.threshold = body.get("operator_threshold", 1)
            need(1 <= self.threshold <= len(keys), "record.genesis", "a threshold that its keys cannot reach")
            self.agreement = entry.statement["agreement"]
            self.listed = body.get("founding")
        same = entry.statement["agreement"] == self.agreement
        need(same, "record.other_agreement", "the statement belongs to another agreement")

    def keys_brought(self, entry: Entry) -> dict[str, Signer]:
        """The keys that the entry itself enrols, with the office they will have."""
        body = entry.body
        if entry.kind == "log.genesis":
            office, kinds = ("operator", ""), None
            publics = body.get("operator_keys", [body.get("operator_key")])
        elif entry.kind in ("key.enrolled", "key.rotated"):
            publics = [body["public_key"]]
            own = sha256(bytes.fromhex(body["public_key"])).hex() == body["fingerprint"]
            need(own, "record.fingerprint", "the fingerprint is not that of the public key")
            old = self.keys.get(body.get("old", ""))
            office = old.office if old else (body.get("role", ""), body.get("party", ""))
            kinds = old.kinds if old else body.get("kinds")
        else:
            return {}
        raws = [bytes.fromhex(public) for public in publics]
        need(all(sound_key(raw) for raw in raws), "key.public", "a public key that must not be enrolled")
        return {sha256(raw).hex(): Signer(raw, office, kinds) for raw in raws}

    def check_signatures(self, entry: Entry, brought: dict[str, Signer]) -> None:
        """Rule 9."""
        need(entry.signatures, "record.unsigned", "nobody has signed it")
        for keyid, signature in entry.signatures:
            key = brought.get(keyid) or self.keys.get(keyid)
            if key is None:
                refuse("record.signer_unknown", "signed by a key that is not enrolled before it")
            need(verify(key.public, signature, entry.pae), "record.signature", "a signature that is not valid")
            self.signatures_checked += 1
            if keyid not in brought:
                need(not key.ended, "record.signer_revoked", "signed by a key that has ended before it")
                in_scope = key.kinds is None or entry.kind in key.kinds
                need(in_scope, "record.signer_scope", "signed by a key that is not enrolled for this kind")

    def check_signers(self, entry: Entry, brought: dict[str, Signer]) -> list[str]:
        """Rule 10: the keys fill one alternative of the kind exactly. Gives back its slots."""
        keys = {keyid: brought.get(keyid) or self.keys[keyid] for keyid, _ in entry.signatures}
        alternatives = KINDS[entry.kind].alternatives
        operators = self.threshold
        if entry.kind == "key.rotated":  # the operator's own key that is given up is one of those that must sign
            old = self.keys.get(entry.body["old"])
            operators -= old is not None and old.office[0] == "operator"
        if alternatives == [["SAME"]]:
            before = self.said[next(sid for rel, sid in entry.refs if rel == KINDS[entry.kind].relation)]
            same = sorted(key.office for key in keys.values()) == before.offices
            need(same, "record.signers", "not signed by those who signed the statement that it refers to")
            return ["SAME"]
        for slots in alternatives:
            wanted = [slot for slot in slots for _ in range(operators if slot == "O" else 1)]
            if len(wanted) == len(keys) and fill(wanted, keys, self.fits(entry, brought)):
                return slots
        refuse("record.signers", f"its signers are not those of {entry.kind}")

    def fits(self, entry: Entry, brought: dict[str, Signer]) -> Callable[[str, str, Signer], bool]:
        """Which key may stand in which slot."""
        body, new = entry.body, set() if entry.kind == "log.genesis" else set(brought)

        def fit(slot: str, keyid: str, key: Signer) -> bool:
            if slot == "NEW" or keyid in new:
                return slot == "NEW" and keyid in new
            role, party = key.office
            match slot:
                case "S":
                    return role in SIDES
                case "OLD":
                    return bool(keyid == body["old"])
                case "OTHER":
                    return role != "operator" and all(key.office != other.office for other in brought.values())
                case "SELF":
                    revoked = self.keys.get(body["fingerprint"])
                    return role != "operator" and revoked is not None and key.office == revoked.office
                case "BY":
                    return party in (body.get("by"),) and party != ""
                case "ANY":
                    return True
            return role == ROLES[slot]

        return fit

    # Rule 11

    def check_founding(self, entry: Entry) -> None:
        """A strict log waits until the sides have countersigned the founding keys of the others."""
        if self.listed is None or self.founded or not entry.kind.startswith(WAITING):
            return
        missing = [keyid for keyid in self.listed if keyid not in self.founding]
        need(not missing, "record.founding", "a founding key is not enrolled yet")
        need(self.is_countersigned(), "record.founding", "a side has not countersigned every founding key yet")
        self.founded = True

    def is_countersigned(self) -> bool:
        """Whether every side has countersigned the founding keys of all other offices."""
        return all(
            office[0] not in SIDES
            or office == other
            or office in {signer for _, signer in self.countersigned.get(sid, set())}
            for _, office in self.founding.values()
            for sid, other in self.founding.values()
        )

    def apply(self, entry: Entry, said: Said, brought: dict[str, Signer], slots: list[str]) -> None:
        """What the log's own state allows, and what the entry changes in it."""
        kind, body, office = entry.kind, entry.body, said.offices[0]
        target = next((sid for relation, sid in entry.refs if relation == KINDS[kind].relation), "")
        before, said.target = self.said.get(target), target
        match kind:
            # Keys
            case "key.enrolled" | "key.rotated":
                keyid = body["fingerprint"]
                need(keyid not in self.keys, "record.key_used", "this key has had its term already")
                if kind == "key.rotated":
                    self.keys[body["old"]].ended = True
                elif slots == ["O", "NEW"] or keyid in (self.listed or []):
                    allowed = keyid in (self.listed or []) or not (self.listed or self.past_beginning)
                    need(allowed, "record.founding", "only a founding key is enrolled by two signatures")
                    self.founding[keyid] = (entry.sid, brought[keyid].office)
                self.keys.update(brought)
            case "key.revoked":
                key, since = self.keys.get(body["fingerprint"]), body.get("compromised_since")
                if key is None:
                    refuse("record.key_state", "no such key is enrolled")
                need(since is None or since <= said.index, "record.key_state", "compromised_since lies in the future")
                once_more = not key.ended or (since is not None and not key.ended_twice)
                need(once_more, "record.key_state", "ended: revoked once more only to say compromised_since")
                key.ended, key.ended_twice = True, key.ended
                if since is not None:
                    key.doubtful_from = since if key.doubtful_from is None else min(key.doubtful_from, since)
                operators = sum(key.office[0] == "operator" and not key.ended for key in self.keys.values())
                need(operators >= self.threshold, "record.key_state", "fewer operator keys than their threshold")
            case "record.countersigned":
                for relation, sid in entry.refs:
                    if relation == "countersigns":
                        self.countersigned.setdefault(sid, set()).add((said.signers[0], office))
            # Facts and lists
            case "fact.reported" | "fact.stated":
                need(body["id"] not in self.facts, "record.fact_id", "the case has a journal entry with this id")
                self.facts.add(body["id"])
            case "list.submitted":
                self.take_list(entry, (office, body["list"]), said.index)
            case "list.withdrawn":
                listed = self.lists.get((office, body["list"]))
                if listed is None or listed.withdrawn:
                    refuse("record.list_state", "this side has not submitted it")
                listed.withdrawn = True
            # Batches: proposed, cleared, authorised, in this order
            case "batch.proposed":
                need(body["batch"] not in self.batches, "record.batch_state", "the batch was proposed already")
                self.check_drawn(body)
                if entry.people:
                    empty = self.handed_over.get(body["batch"], 0) == 0
                    need(empty, "record.batch_state", "handed over under this batch before it named anybody")
                    now = set(entry.people)
                    self.manifests[body["batch"]] = Manifest(now, body.get("batch_sha256"), ever=set(now))
                self.batches[body["batch"]] = {**body, "state": "batch.proposed"}
            case "batch.cleared" | "batch.authorised":
                batch = self.batches.get(body["batch"], {})
                due = "batch.proposed" if kind == "batch.cleared" else "batch.cleared"
                need(batch.get("state") == due, "record.batch_state", f"the batch is not in the state after {due}")
                right = office[1] == batch["from"] if office[1] and "from" in batch else office[0] == "holding"
                need(kind == "batch.cleared" or right, "record.signers", "not the side that the batch comes from")
                batch["state"] = kind
            case "batch.changed":
                self.change_batch(entry)
            case "batch.closed":
                batch = self.batches.get(body["batch"], {"state": "batch.closed"})
                need(batch["state"] != "batch.closed", "record.batch_state", "not proposed, or closed already")
                done = self.handed_over.get(body["batch"], 0)
                need(body["count"] == done, "record.batch_state", f"closed with another number than the {done} gone")
                batch["state"] = "batch.closed"
            case "clearance.given" | "outcome.stated":
                self.check_members(entry)
            case "clearance.sealed":
                self.seal_round(entry, office)
            case "seed.requested" | "seed.committed" | "seed.revealed":
                self.take_seed(entry, office, target, before)
            # Handovers: no person twice in one commitment, no more than was authorised
            case "handover.observed":
                batch, total = (
                    self.batches.get(body["batch"], {}),
                    self.handed_over.get(body["batch"], 0) + body["count"],
                )
                if batch:
                    need(batch["state"] == "batch.authorised", "record.batch_state", "the batch is not authorised")
                    same = all(body[k] == batch[k] for k in ("commitment", "from", "to") if k in body and k in batch)
                    need(same, "record.batch_state", "another commitment, from or to than the batch was proposed with")
                    need(total <= batch["count"], "record.batch_state", "more handed over than the batch holds")
                wishes = max(body.get("asked", 0), body.get("wish_affirmed", 0))
                need(wishes <= body["count"], "record.people", "more asked or affirmed than were handed over")
                said.commitment = body.get("commitment", batch.get("commitment"))
                handles = {(said.commitment, handle) for handle in entry.people}
                need(not handles & self.delivered, "record.delivered_twice", "a person twice in one commitment")
                if manifest := self.manifests.get(body["batch"]):
                    here = manifest.present.issuperset(entry.people)
                    need(here, "record.manifest", "a person who is not in the batch as it stands")
                    again = manifest.gone.intersection(entry.people)
                    need(not again, "record.delivered_twice", "a person who has gone under this batch already")
                    wishes = [body.get(member, "") for member in ("asked", "wish_affirmed")]
                    need(wishes in (["", ""], [body["count"]] * 2), "record.people", "tells who was not asked")
                    manifest.gone.update(entry.people)
                self.delivered |= handles
                self.handed_over[body["batch"]] = total
            case "handover.delivered" | "handover.received" | "handover.denied":
                if before is None or before.kind != "handover.observed":
                    refuse("record.no_ref", "it answers something that is no observation")
                need(target not in self.withdrawn, "record.no_ref", "it answers an observation that was withdrawn")
                same = body["batch"] == before.body["batch"] and body.get("observed", target) == target
                need(same, "record.batch_state", "another batch or statement than the one observed")
                if kind == "handover.denied":
                    self.deny(entry, before, target, office)
                    return
                end, side = ("from", "holding") if kind == "handover.delivered" else ("to", "receiving")
                right = office[1] == before.body[end] if office[1] else office[0] == side
                need(right, "record.signers", f"not signed by the side in `{end}` of what was observed")
                need((kind, target) not in self.answered, "record.answered_twice", "answered already")
                self.answered.add((kind, target))
                if body["count"] != before.body["count"]:
                    self.flags.append(("count_differs", said.index))
            case "count.asserted":
                counts = {(one, body["commitment"], body["batch"]) for one in said.offices}
                need(not counts & self.counted, "record.counted_twice", "a side has counted this batch here already")
                self.counted |= counts
            # Taking back: what is withdrawn no longer stands in the way of a new statement
            case "record.corrected" if before:
                need(before.kind in CORRECTABLE, "record.final", f"{before.kind} cannot be corrected")
                check_body(before.kind, body["body"])
            case "record.withdrawn" if before:
                need(before.kind in WITHDRAWABLE, "record.final", f"{before.kind} cannot be withdrawn")
                need(target not in self.withdrawn, "record.final", "withdrawn already")
                self.withdrawn.add(target)
                if before.kind == "handover.denied":
                    same = set(entry.people) == set(before.people)
                    need(same, "record.people", "other handles than those of the denial that it withdraws")
                    where = self.end_of(self.said[before.target], before.offices[0])
                    self.denied -= {(where or "", before.target, handle) for handle in before.people}
                if before.kind == "handover.observed":
                    closed = self.batches.get(before.body["batch"], {}).get("state") == "batch.closed"
                    same = set(entry.people) == set(before.people)
                    need(same, "record.people", "other handles than those of the handover that it withdraws")
                    need(not closed, "record.final", "its batch is closed with it")
                    if before.body["batch"] in self.manifests:
                        self.manifests[before.body["batch"]].gone.difference_update(before.people)
                    self.delivered -= {(before.commitment, handle) for handle in before.people}
                    self.handed_over[before.body["batch"]] -= before.body["count"]
                if before.kind == "count.asserted":
                    self.counted -= {(one, before.body["commitment"], before.body["batch"]) for one in before.offices}

    def change_batch(self, entry: Entry) -> None:
        """A round of replacements."""
        body, manifest = entry.body, self.manifests.get(entry.body["batch"])
        batch = self.batches.get(body["batch"], {})
        if manifest is None or batch["state"] == "batch.closed":
            refuse("record.batch_state", "a batch that is closed, or names nobody")
        need(body["round"] == manifest.round + 1, "record.batch_state", "not the round that comes next")
        follows = manifest.digest in (None, body["before_sha256"])
        need(follows, "record.batch_state", "it does not follow on the batch as it stands")
        need(body["count"] <= batch["count"], "record.batch_state", "more persons than were proposed")
        kept = manifest.gone.issubset(entry.people)
        need(kept, "record.batch_state", "without a person who has gone under this batch")
        manifest.present, manifest.digest, manifest.round = set(entry.people), body["batch_sha256"], body["round"]
        manifest.ever |= manifest.present

    def check_members(self, entry: Entry, now: bool = False) -> None:
        """What is said of the members of a batch is said of those who are in it, or (unless `now`) were."""
        name = entry.body.get("batch")
        need(name is None or name in self.batches, "record.batch_state", "the batch was not proposed")
        if manifest := self.manifests.get(name or ""):
            members = manifest.present if now else manifest.ever
            need(members.issuperset(entry.people), "record.manifest", "a person who is not in this batch")

    def seal_round(self, entry: Entry, office: Office) -> None:
        """A part of a round of sealed clearances, if it is one that may come next."""
        self.check_members(entry, now=True)
        body, scope = entry.body, entry.body.get("batch")
        number, part, parts = (body.get(member, 1) for member in ("round", "part", "parts"))
        manifest = self.manifests.get(scope or "")
        change = manifest.round if manifest else 0
        before = self.rounds.get((office, scope), Round(0, 1, 1, [], change))
        if part == 1:
            need(number > before.number, "record.round", "a round that this office has begun before")
            people: list[str] = []
        else:
            due = [before.number, before.part + 1, before.parts, before.manifest] == [number, part, parts, change]
            need(due, "record.round", "not the part of this office's round that comes next")
            people = before.people
        people = people + entry.people
        need(people == sorted(set(people)), "record.people", "the handles of a round are not in ascending order")
        whole = manifest is None or part < parts or set(people) == manifest.present
        need(whole, "record.people", "a round that does not cover the whole batch")
        self.rounds[office, scope] = Round(number, part, parts, people, change)

    def end_of(self, observed: Said, office: Office) -> str | None:
        """At which end of a handover a side stands."""
        role, party = office
        for end, side in (("from", "holding"), ("to", "receiving")):
            if party == observed.body[end] if party else role == side:
                return end
        return None

    def deny(self, entry: Entry, observed: Said, sid: str, office: Office) -> None:
        """A side denies persons of a handover, each of them once."""
        end = self.end_of(observed, office)
        need(end, "record.signers", "signed by neither side of what was observed")
        among = set(observed.people).issuperset(entry.people)
        need(among, "record.people", "it denies a person who is not in that handover")
        denials = {(end or "", sid, handle) for handle in entry.people}
        need(not denials & self.denied, "record.denied_twice", "this side has denied this person already")
        self.denied |= denials

    def take_seed(self, entry: Entry, office: Office, target: str, before: Said | None) -> None:
        """Request, commitment and number of a seed: each once, in this order, before the batch is proposed."""
        kind, body, draw = entry.kind, entry.body, self.draws.get(entry.body["batch"])
        answered = {"seed.committed": "seed.requested", "seed.revealed": "seed.committed"}.get(kind)
        if answered and (before is None or before.kind != answered):
            refuse("record.no_ref", f"it answers something else than a {answered}")
        if answered and before and kind == "seed.revealed":
            need(before.offices == [office], "record.signers", "a number that another office is bound to")
        need(body["batch"] not in self.batches, "record.seed", "the batch was proposed already")
        if kind == "seed.requested":
            need(draw is None, "record.seed", "a seed was requested for this batch already")
            self.draws[body["batch"]] = Draw(entry.sid, body)
            return
        party = office[1] or office[0]
        if draw is None or before is None:
            refuse("record.seed", "no seed was requested for this batch")
        if kind == "seed.committed":
            need(draw.sid == target, "record.seed", "it answers the request of another batch")
            need(not draw.revealed, "record.seed", "a number was revealed already")
            need(party not in draw.bound, "record.seed", "this party is bound to a number already")
            draw.bound[party] = entry.sid
            return
        need(draw.bound.get(party) == target, "record.seed", "bound for another batch")
        need(target not in draw.revealed, "record.seed", "revealed already")
        parts = [b"quittance/commit/v1", bytes.fromhex(draw.body["request_sha256"]), party.encode(),
                 bytes.fromhex(body["nonce"])]  # fmt: skip
        bound = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hex()
        need(bound == before.body["commit"], "record.seed", "another number than the one it is bound to")
        draw.revealed.add(target)

    def check_drawn(self, body: dict[str, Any]) -> None:
        """A batch is what its seed was requested for."""
        if draw := self.draws.get(body["batch"]):
            names = ("request_sha256", "snapshot_sha256", "rules_sha256")
            same = all(body.get(name, draw.body[name]) == draw.body[name] for name in names)
            need(same, "record.seed", "another register or rules than the seed was requested for")
            need(body["count"] <= draw.body["size"], "record.seed", "more persons than the seed was requested for")

    def take_list(self, entry: Entry, name: tuple[Office, str], index: int) -> None:
        """A part of a list, if it is the one that comes next, and its handles go on in their order."""
        version, part, parts = (entry.body.get(member, 1) for member in ("version", "part", "parts"))
        before = self.lists.get(name)
        highest = ""
        if before is None:
            due = version == part == 1
        elif before.withdrawn:
            due = part == 1 and (version > before.version or version == before.version == 1)
        elif before.part < before.parts:
            due = [version, part, parts] == [before.version, before.part + 1, before.parts]
            highest = before.highest
        else:
            due = [version, part] == [before.version + 1, 1]
        need(due, "record.list_state", "not the part or version of this side's list that comes next")
        if parts > 1:
            for person in entry.people:
                need(person > highest, "record.people", "the handles of a list in parts are not in ascending order")
                highest = person
        self.lists[name] = Listed(version, part, parts, highest, index)

    # 7. Flags

    def all_flags(self, notes: dict[str, Head], heads: list[Head]) -> list[dict[str, Any]]:
        """What stands, but must be shown with a warning wherever it is shown."""
        flags = list(self.flags)
        if self.listed is None and not self.is_countersigned():
            flags.append(("founding_not_countersigned", None))
        for sid, said in self.said.items():
            since = {keyid: self.keys[keyid].doubtful_from for keyid in said.signers}
            doubtful = {keyid for keyid, start in since.items() if start is not None and said.index >= start}
            others = {keyid for keyid, _ in self.countersigned.get(sid, set())} - doubtful
            if doubtful and not others:
                flags.append(("doubtful", said.index))
        unfinished = [one.index for one in self.lists.values() if one.part < one.parts and not one.withdrawn]
        flags += [("list_incomplete", index) for index in unfinished]
        cosigned = sorted((head for head in heads if head.times), key=lambda head: head.size)
        earliest = [min(head.times) for head in cosigned]  # then: the earliest on any head of this size or above
        for at in range(len(earliest) - 2, -1, -1):
            earliest[at] = min(earliest[at], earliest[at + 1])
        sizes = [head.size for head in cosigned]
        for index, (claimed_at, seen) in enumerate(self.claims):
            note = notes.get(seen) if seen else None
            if seen and note is None:
                flags.append(("seen_note_missing", index))
            above = bisect.bisect_right(sizes, index)
            low = max(note.times) if note and note.times else None
            high = earliest[above] if above < len(sizes) else None
            if low is not None and high is not None and low > high + TOLERANCE:
                flags.append(("clocks_differ", index))  # a witness's clock is wrong: no signer is to blame
            elif low is not None and claimed_at < low - TOLERANCE:
                flags.append(("backdated", index))
            elif high is not None and claimed_at > high + TOLERANCE:
                flags.append(("postdated", index))
        ordered = sorted(flags, key=lambda flag: (-1 if flag[1] is None else flag[1], flag[0]))
        return [{"flag": name, "index": index} for name, index in ordered]


def fill(slots: list[str], keys: dict[str, Signer], fit: Callable[[str, str, Signer], bool]) -> bool:
    """Whether every slot gets a key of its own (a matching: each slot may send an earlier one to another key)."""
    holder: dict[str, int] = {}

    def place(slot: int, tried: set[str]) -> bool:
        for keyid, key in keys.items():
            if keyid not in tried and fit(slots[slot], keyid, key):
                tried.add(keyid)
                if keyid not in holder or place(holder[keyid], tried):
                    holder[keyid] = slot
                    return True
        return False

    return all(place(slot, set()) for slot in range(len(slots)))


# ---- Receipts and openings -------------------------------------------------------------------------------------------


def parse_receipt(data: bytes) -> tuple[int, bytes, list[bytes], bytes]:
    """Index, leaf, inclusion proof and note of a C2SP tlog-proof that carries its leaf as `extra`."""
    proof, gap, note = data.partition(b"\n\n")
    lines = proof.decode("ascii", "replace").split("\n")
    right = gap and len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra ")
    need(right, "receipt.form", "not a tlog-proof with its entry, an empty line and a tree head")
    index = re.fullmatch("index (0|[1-9][0-9]{0,15})", lines[2])
    if index is None:
        refuse("receipt.form", "the index is not decimal, or has leading zeros")
    hashes = [unbase64(line, "receipt.form", 32) for line in lines[3:]]
    need(len(hashes) <= 63, "receipt.form", "more hashes than any tree needs")
    return int(index[1]), unbase64(lines[1][6:], "receipt.form"), hashes, note


def check_openings(data: bytes, entry: Entry) -> int:
    """Recompute the commitment of each opening, and find it in the entry. Gives back how many there are."""
    try:
        opened = parse_json(data)
    except Refused as refusal:
        refuse("opening.form", refusal.why)
    right = isinstance(opened, dict) and set(opened) == {"format", "sid", "openings"}
    right = right and opened["format"] == "quittance-openings/1" and isinstance(opened["openings"], list)
    need(right, "opening.form", "not a file of openings")
    need(opened["sid"] == entry.sid, "opening.mismatch", "the openings are of another statement")
    for one in opened["openings"]:
        need(isinstance(one, list) and len(one) == 3, "opening.form", "an opening is field, value and salt")
        need(isinstance(one[0], str), "opening.form", "the field of an opening is a text")
        salt = unbase64(one[2], "opening.form", 16)
        hidden = canonical([entry.statement["agreement"], one[0], one[1]])
        commitment = base64.b64encode(sha256(b"quittance.commit.v1\n" + salt + hidden)).decode()
        held = entry.statement.get("commitments", {}).get(one[0], [])
        need(commitment in held, "opening.mismatch", "an opening that is not committed to in the entry")
    return len(opened["openings"])


# ---- Commands --------------------------------------------------------------------------------------------------------

BUNDLE = {"receipt.tlog-proof", "openings.json", "policy/joint", "policy/recorded", "README.txt", "keys.jsonl",
          "quittance_check.py"}  # fmt: skip


def read_zip(path: Path) -> dict[str, bytes]:
    """The members of an evidence bundle: only the names it may have, each once, each of bounded size."""
    files: dict[str, bytes] = {}
    try:
        need(path.stat().st_size <= 4 * MAX_TEXT_FILE, "bundle.form", "larger than a bundle may be")
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename == "policy/":
                    continue
                once = info.filename in BUNDLE and info.filename not in files
                need(once, "bundle.form", "a file that a bundle cannot have, or one that stands twice")
                plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
                need(plain, "bundle.form", "encrypted, or packed by an unusual method")
                with archive.open(info) as member:
                    files[info.filename] = member.read(MAX_TEXT_FILE + 1)
                need(len(files[info.filename]) <= MAX_TEXT_FILE, "bundle.form", f"{info.filename} is too large")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error):
        raise Unreadable("bundle.form", "the zip file cannot be read") from None
    return files


def opener(folder: Path) -> Callable[[str], bytes]:
    """Reads the policy files of a folder."""
    return lambda grade: read_file(folder / grade, MAX_TEXT_FILE, "policy.missing")


def see_head(answer: dict[str, Any], head: Head, policies: Policies) -> None:
    """Enter a verified tree head in the answer."""
    answer |= {"origin": head.origin, "size": head.size, "root": head.root.hex()}
    answer["grade"] = policies.grade(head.signed)
    answer["cosigners"] = sorted(key.name for key in head.signed if key.kind == WITNESS)
    answer["unknown_signatures"] += head.unknown


def check_mirror(folder: Path, policies: Policies, args: argparse.Namespace, answer: dict[str, Any]) -> None:
    """All of "Checking a log", in its order."""
    mirror = Mirror(folder)

    def open_file(path: str) -> Head:
        return open_head(mirror.read(path, MAX_TEXT_FILE), policies, answer["origin"] or args.origin, args.known_only)

    read_file(folder / "checkpoint", MAX_TEXT_FILE, "mirror.missing")
    head = open_file("checkpoint")  # 1, 2
    see_head(answer, head, policies)
    need((*GRADES, "signed").index(answer["grade"]) <= (*GRADES, "signed").index(args.min_grade), "grade.too_low",
         f"the head is only {answer['grade']}")  # fmt: skip
    notes = {size: open_file(f"notes/{size}") for size in mirror.numbers("notes")}
    need(all(size == note.size for size, note in notes.items()), "note.form", "a note that is filed under another size")
    older = list(notes.values())
    if args.since:
        kept = read_file(args.since, MAX_TEXT_FILE, "since.missing")
        older.append(open_head(kept, policies, head.origin, args.known_only))
    for note in older:  # 3: what can be said without the tiles
        need(note.size <= head.size, "rollback", f"an older head has size {note.size}: keep both heads")
        fork = note.size == head.size and note.root != head.root
        need(not fork, "fork", f"two heads of size {note.size} with different roots: keep both")

    tree = Tree()
    for leaf in read_leaves(mirror, head.size):  # 5
        tree.append(leaf)
    check_tiles(mirror, tree, head.size)  # 4
    need(tree.root(head.size) == head.root, "root.mismatch", "the entries do not lead to the root of the head")
    for note in older:  # 3
        same = tree.root(note.size) == note.root
        need(same, "fork", f"the head of size {note.size} has another root than the entries: keep both heads")

    log = Log(head.origin, tree)
    for index, leaf in enumerate(() if args.structure_only else read_leaves(mirror, head.size)):  # 6
        try:
            need(sha256(b"\0" + leaf) == tree.levels[0][index], "tile.hash", "the file has changed while it was read")
            log.admit(leaf, index)
        except Refused as refusal:
            refuse(refusal.code, refusal.why, index)
        finally:
            answer["signatures_checked"] = log.signatures_checked
        answer["entries_checked"] = index + 1
    answer["unknown_signatures"] += sum(note.unknown for note in older)
    if args.structure_only:
        answer["not_checked"].insert(0, "form, signatures and rules of the entries; flags (--structure-only)")
    else:
        seen: dict[str, Head] = {}  # cosignatures are added at the end: an entry may name the beginning of a kept note
        for size in notes:
            for data in beginnings(mirror.read(f"notes/{size}", MAX_TEXT_FILE)):
                with contextlib.suppress(Refused):
                    known = open_head(data, policies, head.origin)
                    seen[known.sha256] = known
        answer["flags"] = log.all_flags(seen, [head, *older])  # 7
    ignored = [path for path in mirror.unread() if not path.startswith("policy/")]
    if ignored:
        answer["not_checked"].append(f"{len(ignored)} files that this check does not read, such as {ignored[0]}")


def beginnings(note: bytes) -> list[bytes]:
    """A note with its first signature line, with its first two, and so on to the whole."""
    text, gap, lines = note.partition(b"\n\n")
    ends = [at + 1 for at, byte in enumerate(lines) if byte == 0x0A]
    return [text + gap + lines[:end] for end in ends]


def parse_keys(data: bytes) -> dict[str, bytes]:
    """Public keys by fingerprint, from keys.jsonl. The fingerprint is computed here: no line can lie about a key."""
    try:
        raws = [bytes.fromhex(json.loads(line)["public_key"]) for line in data.splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError, RecursionError):
        refuse("bundle.form", "keys.jsonl is no list of keys")
    return {sha256(raw).hex(): raw for raw in raws if sound_key(raw)}


def check_receipt(
    data: bytes, openings: bytes | None, policies: Policies, answer: dict[str, Any], keys: bytes = b""
) -> None:
    """One entry: the head, the inclusion proof, and as many rules as an entry shows alone."""
    index, leaf, proof, note = parse_receipt(data)
    head = open_head(note, policies, None)
    see_head(answer, head, policies)
    try:
        inside = index < head.size
        need(inside and root_by_proof(sha256(b"\0" + leaf), index, head.size, proof) == head.root, "proof.inclusion",
             "the entry does not stand at this index under this head")  # fmt: skip
        entry, log = parse_entry(leaf), Log(head.origin, Tree())
        check_log(entry, head.origin)
        check_kind(entry)
        log.agreement = entry.statement["agreement"]
        log.check_genesis(entry, index)
        brought = log.keys_brought(entry)
        need(entry.signatures, "record.unsigned", "nobody has signed it")
        publics = {keyid: signer.public for keyid, signer in brought.items()} | parse_keys(keys)
        for keyid, signature in entry.signatures:
            if keyid in publics:
                valid = verify(publics[keyid], signature, entry.pae)
                need(valid, "record.signature", "a signature that is not valid")
                answer["signatures_checked"] += 1
        answer |= {"index": index, "kind": entry.kind, "sid": entry.sid, "entries_checked": 1}
        answer["keyids"] = [keyid for keyid, _ in entry.signatures]
        if openings is not None:
            answer["openings_checked"] = check_openings(openings, entry)
    except Refused as refusal:
        refuse(refusal.code, refusal.why, index)
    others = len(entry.signatures) - answer["signatures_checked"]
    answer["not_checked"][:0] = [
        *([f"{others} signatures of the statement, whose public keys are not given"] if others else []),
        "whether its keys were enrolled and in their term, and are those that its kind needs",
        "duplicates, references, `seen`, the state of the log, flags: they need the whole log",
    ]


def run(args: argparse.Namespace, answer: dict[str, Any]) -> None:
    """Find the files and the policy, and check."""
    path: Path = args.path
    if args.command == "bundle":
        if path.is_dir():
            there = [name for name in sorted(BUNDLE) if (path / name).exists()]
            files = {name: read_file(path / name, MAX_TEXT_FILE, "bundle.form") for name in there}
        else:
            files = read_zip(path)
        absent = [name for name in ("receipt.tlog-proof", "policy/joint", "policy/recorded") if name not in files]
        if absent:
            raise Unreadable("bundle.form", f"the bundle is without {absent[0]}")
        read = opener(args.policy) if args.policy else lambda grade: files["policy/" + grade]
        policies = Policies(read, shipped=not args.policy)
    elif args.policy or args.command == "mirror":
        policies = Policies(opener(args.policy or path / "policy"), shipped=not args.policy)
    else:
        raise Unreadable("policy.missing", "a receipt carries no policy: give one with --policy")
    answer["policy"] = {"sha256": policies.sha256, "shipped": policies.shipped, "keys": policies.fingerprints()}
    if args.command == "mirror":
        check_mirror(path, policies, args, answer)
    elif args.command == "bundle":
        keys = files.get("keys.jsonl", b"")
        check_receipt(files["receipt.tlog-proof"], files.get("openings.json"), policies, answer, keys)
    else:
        openings = read_file(args.openings, MAX_TEXT_FILE, "opening.missing") if args.openings else None
        check_receipt(read_file(path, MAX_TEXT_FILE, "receipt.missing"), openings, policies, answer)


def show(answer: dict[str, Any]) -> str:
    """The answer as text. Characters that a terminal would obey are replaced."""
    lines = ["ACCEPTED" if answer["ok"] else f"REFUSED [{answer['reason']}] {answer['why']}"]
    if answer["first_bad_index"] is not None:
        lines.append(f"first index that fails: {answer['first_bad_index']}")
    for name in ("origin", "size", "root", "grade", "index", "kind", "sid"):
        if answer.get(name) is not None:
            lines.append(f"{name}: {answer[name]}")
    lines.append(f"cosigners: {', '.join(answer['cosigners']) or 'none'}")
    lines.append(f"checked: {answer['entries_checked']} entries, {answer['signatures_checked']} signatures")
    if "openings_checked" in answer:
        lines.append(f"openings that match: {answer['openings_checked']}")
    if answer["unknown_signatures"]:
        lines.append(f"signature lines of keys that the policy does not name: {answer['unknown_signatures']}")
    lines += [f"flag: {flag['flag']}" + ("" if flag["index"] is None else f" at index {flag['index']}")
              for flag in answer["flags"]]  # fmt: skip
    lines += [f"not checked: {what}" for what in answer["not_checked"]]
    if answer.get("policy", {}).get("shipped"):
        lines += ["Trust rests on the keys shipped with the copy:",
                  "compare their fingerprints with ones you got elsewhere.", *answer["policy"]["keys"]]  # fmt: skip
    return "\n".join("".join(char if char.isprintable() else "?" for char in line) for line in lines)


def check(arguments: list[str]) -> tuple[int, dict[str, Any]]:
    """The exit code and the answer for a command line (without --json and text)."""
    args = parser().parse_args(arguments)
    answer: dict[str, Any] = {
        "ok": False, "origin": None, "size": None, "root": None, "grade": None, "cosigners": [], "entries_checked": 0,
        "signatures_checked": 0, "first_bad_index": None, "reason": None, "why": None, "flags": [],
        "unknown_signatures": 0,
        "not_checked": [
            "whether statements are true, and whether others were never entered",
            "whether somebody else was shown another log: compare heads with them",
            "journal entries against the agreement file; blobs; free text about persons",
        ],
    }  # fmt: skip
    try:
        run(args, answer)
    except Refused as refusal:
        answer |= {"reason": refusal.code, "why": str(refusal), "first_bad_index": refusal.index}
        return refusal.exit_code, answer
    except OSError:
        answer |= {"reason": "system", "why": "the system does not let the files be read"}
        return 2, answer
    answer["ok"] = True
    return 0, answer


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(description="Checks a Quittance record offline.")
    commands = top.add_subparsers(dest="command", required=True)
    for name, path, what in (
        ("mirror", "DIR", "a mirror of a whole log"),
        ("receipt", "FILE", "one entry with its proof"),
        ("bundle", "FILE", "an evidence bundle, a zip file or a folder"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("path", type=Path, metavar=path)
        command.add_argument("--policy", type=Path, metavar="DIR", help="your own policy: a folder")
        command.add_argument("--json", action="store_true", help="the answer as JSON")
        if name == "mirror":
            command.add_argument("--since", type=Path, metavar="NOTE_FILE", help="a head that you kept from before")
            command.add_argument("--origin", help="the log you expect; by default any that the policy names")
            command.add_argument("--structure-only", action="store_true", help="hashes and heads only")
            command.add_argument("--min-grade", choices=(*GRADES, "signed"), default="signed")
            command.add_argument("--known-only", action="store_true", help="refuse signature lines of unknown keys")
        if name == "receipt":
            command.add_argument("--openings", type=Path, metavar="FILE", help="disclosed values, to be compared")
    return top


def main() -> int:
    """Run the command line."""
    code, answer = check(sys.argv[1:])
    print(json.dumps(answer, ensure_ascii=True, indent=2) if "--json" in sys.argv else show(answer))
    return code


if __name__ == "__main__":
    sys.exit(main())
