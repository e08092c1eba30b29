"""Changes to an input that keep some of its structure: bytes, lines, JSON members, what lies inside base64 and zip.

Everything follows from the generator that is passed in, so that a seed is enough to have an input again.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import random
import re
import warnings
import zipfile
import zlib

WORDS = (
    *(b"", b"\n", b"\n\n", b"\r\n", b" ", b"\t", b"\x00", b"\x7f", b"\xff", b"\xef\xbb\xbf", b"\xc2\x85"),
    *(b"\xe2\x80\x94 ", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xef\xac\xb3", b"\\ud800", b"\\u0061"),
    *(b"\\UFFFFFFFF", b"\\x", b"%", b"&a ", b"*a", b"-0", b"00", b"1.0", b"1e3", b"9007199254740992"),
    *(b"9223372036854775808", b"-1", b"9" * 30, b"18446744073709551616", b"null", b"true", b"NaN", b"[", b"]"),
    *(b"{}", b"[]", b'"', b",", b":", b"=", b"+", b"none", b"AAAA", b"====", b"quorum none\n", b"!!x "),
    *(b"!<%f0> ", b"|", b">", b"? ", b"- ", b"<<: ", b"---\n", b"%YAML 1.1\n", b"PK\x01\x02", b"PK\x05\x06"),
)  # fmt: skip
VALUES = (
    *(None, True, False, 0, 1, -1, 2, 16, 2**31, 2**53 - 1, 2**53, 2**63, 2**64, 10**30, 1.5, 1e300, [], {}),
    *([[]], [{}], [None], "", "0", "a", "A", "é", "\ud800", "\x00", "\u2028", "ﬃ", "😀", "a" * 129, "0" * 64),
    *("1" * 32, "AA==", "AB==", "../x", "side-a", "operator", "holding", "2020-04-08T06:00:00Z"),
    *("9999-12-31T23:59:59Z", "2020-02-30"),
)  # fmt: skip
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{6,}={0,2}")
_NUMBER = re.compile(rb"[0-9]+")


def mutate(data: bytes, chance: random.Random, limit: int) -> bytes:
    """`data` after one to four changes, at most `limit` bytes of it."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        steps = [_bytes, _lines, _number, _inside]
        if data[:1] in (b"{", b"[", b'"'):
            steps += [_json] * 6
        if data[:2] == b"PK":
            steps += [_zip] * 6
        data = chance.choice(steps)(data, chance, limit)[:limit]
    return data


def _bytes(data: bytes, chance: random.Random, limit: int) -> bytes:
    at = chance.randint(0, len(data))
    end = min(len(data), at + chance.choice((0, 1, 1, 2, 4, 16, len(data))))
    match chance.randrange(5):
        case 0 if data:
            at = min(at, len(data) - 1)
            return data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]
        case 1:
            return data[:at] + data[end:]
        case 2:
            return data[:end] + data[at:end] * chance.choice((1, 2, 100)) + data[end:]
        case 3:
            return data[:at] + chance.randbytes(chance.choice((1, 2, 32, 64))) + data[end:]
    return data[:at] + chance.choice(WORDS) + data[end:]


def _lines(data: bytes, chance: random.Random, limit: int) -> bytes:
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines[at], lines[other] = lines[other], lines[at]
        case 2:
            lines[at:at] = [lines[other]] * chance.choice((1, 2, 100))
        case 3:
            words = lines[at].split(b" ")
            words[chance.randrange(len(words))] = chance.choice((*WORDS, *lines[other].split(b" ")))
            lines[at] = b" ".join(words)
    return b"\n".join(lines)


def _number(data: bytes, chance: random.Random, limit: int) -> bytes:
    found = list(_NUMBER.finditer(data[:10_000]))
    if not found:
        return _bytes(data, chance, limit)
    one = chance.choice(found)
    value = int(one[0][:40])
    new = chance.choice((value + 1, value - 1, value * 2, 0, 2**53, 2**63 - 1, 2**63))
    return data[: one.start()] + b"%d" % new + data[one.end() :]


def _inside(data: bytes, chance: random.Random, limit: int) -> bytes:
    """Change what a base64 text in `data` spells, and spell it again."""
    found = list(_BASE64.finditer(data))
    if not found:
        return _bytes(data, chance, limit)
    # A payload rather than the digests around it.
    (one,) = chance.choices(found, [len(match[0]) for match in found])
    try:
        inner = base64.b64decode(one[0], validate=True)
    except binascii.Error:
        return _bytes(data, chance, limit)
    return data[: one.start()] + base64.b64encode(mutate(inner, chance, limit)) + data[one.end() :]


def _json(data: bytes, chance: random.Random, limit: int) -> bytes:
    """Change a member and write the value again, mostly in canonical form."""
    try:
        value = json.loads(data)
        changed = _changed(value, chance, limit)
        loose = chance.random() < 0.05
        text = json.dumps(changed, sort_keys=not loose, ensure_ascii=loose, separators=None if loose else (",", ":"))
        return text.encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return _bytes(data, chance, limit)


def _changed(value: object, chance: random.Random, limit: int) -> object:
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value))
        match chance.randrange(10):
            case 0:
                return {key: inner for key, inner in value.items() if key != name}
            case 1:
                return value | {str(chance.choice(("", "x", "é", "😀", "v", "n", name + "x"))): chance.choice(VALUES)}
            case 2:
                return value | {name: value[chance.choice(sorted(value))]}
        return value | {name: _changed(value[name], chance, limit)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        match chance.randrange(6):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return value + [value[at]] * chance.choice((1, 1, 40))
            case 2:
                return value[::-1]
        return [*value[:at], _changed(value[at], chance, limit), *value[at + 1 :]]
    if isinstance(value, str) and value and chance.random() < 0.6:
        raw = value.encode("utf-8", "surrogatepass")
        step = _inside if len(raw) > 7 and chance.random() < 0.7 else _bytes
        return step(raw, chance, limit).decode("utf-8", "replace")
    if type(value) is int and chance.random() < 0.6:
        return value + chance.choice((-1, 1, 1, 2))
    if chance.random() < 0.1:
        return [[value]] if chance.random() < 0.5 else {"a": value}
    return chance.choice(VALUES)


def _zip(data: bytes, chance: random.Random, limit: int) -> bytes:
    """Change a file of an archive, its name or the way it is packed."""
    packed = io.BytesIO()
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(packed, "w") as new,
        ):
            members = old.infolist()[:20]
            at = chance.randrange(len(members))
            for number, member in enumerate(members):
                content, how = old.read(member)[:limit], member.compress_type
                if number == at:
                    match chance.randrange(5):
                        case 0:
                            continue
                        case 1:
                            member.filename = chance.choice((*(one.filename for one in members), "../x", "keys.jsonl"))
                        case 2:
                            how = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
                        case _:
                            content = mutate(content, chance, limit)
                new.writestr(zipfile.ZipInfo(member.filename), content, how)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, EOFError, NotImplementedError):
        return _bytes(data, chance, limit)
    return packed.getvalue()
