"""The search for values in bytes: as text, re-encoded, and as digests without a salt.

A value is sought in every spelling in which a program could have let it out by mistake; a hit is the file, what was
found there, and as what.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from quittance.canon import canonical
from quittance.vault.columns import folded

HEAD = 8
"""Bytes by which a needle is recognised first; no needle is shorter."""

ALGORITHMS = ("sha256", "sha1", "md5")


class Needles(dict[bytes, str]):
    """What is sought -> whose value it is, and how it is spelled."""

    @cached_property
    def heads(self) -> dict[bytes, list[bytes]]:
        """The needles by their first bytes."""
        found: dict[bytes, list[bytes]] = {}
        for needle in self:
            found.setdefault(needle[:HEAD], []).append(needle)
        return found


def spellings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes as they are, in hex, and in both alphabets of base64 wherever in a longer text they begin."""
    yield "raw", data
    yield "hex", data.hex().encode()
    yield "hex", data.hex().upper().encode()
    for offset, skipped in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(offset) + data)[skipped : (offset + len(data)) * 8 // 6]
        yield "base64", whole
        yield "base64", whole.translate(bytes.maketrans(b"+/", b"-_"))


def forms(value: str) -> set[str]:
    """A value as it came, and in each form that a program might make of it."""
    found = {value, value.strip(), value.lower(), value.upper(), value.casefold(), folded(value)}
    return found | {unicodedata.normalize(form, one) for one in found for form in ("NFC", "NFD", "NFKC")}


def as_text(value: str) -> Iterator[tuple[str, bytes]]:
    """A value as text: UTF-8, UTF-16, escaped as in JSON; each also in hex and base64."""
    for form in forms(value):
        encoded = [form.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
        for data in (*encoded, json.dumps(form)[1:-1].encode()):
            yield from spellings(data)


def as_digest(value: str, contexts: Iterable[tuple[str, str]] = ()) -> Iterator[tuple[str, bytes]]:
    """Digests of a value that no salt protects: alone, as canonical JSON, and together with (agreement, field)."""
    plain = {data for form in forms(value) for data in (form.encode(), canonical(form))}
    for agreement, field in contexts:
        bound = canonical([agreement, field, value])
        plain |= {bound, b"quittance.commit.v1\n" + bound, b"quittance.commit.v1\n" + bytes(16) + bound}
    for data in plain:
        for algorithm in ALGORITHMS:
            digest = hashlib.new(algorithm, data).digest()
            for inner in (digest, digest.hex().encode(), base64.b64encode(digest)):
                for spelling, found in spellings(inner):
                    yield f"{algorithm}, {spelling}", found


def needles(values: Mapping[str, str], agreement: str, *, text: bool = True) -> Needles:
    """All that is sought of values by name (a name ends in `.column`)."""
    found = Needles()
    for name, value in values.items():
        context = (agreement, name.rpartition(".")[2])
        for spelling, data in (*(as_text(value) if text else ()), *as_digest(value, [context])):
            assert len(data) >= HEAD, f"{name} is too short to be told from chance"
            found.setdefault(data, f"{name} ({spelling})")
    return found


def search(data: bytes, sought: Needles) -> set[str]:
    """What of `sought` is in these bytes."""
    heads = sought.heads
    places = [at for at in range(len(data) - HEAD + 1) if data[at : at + HEAD] in heads]
    return {sought[needle] for at in places for needle in heads[data[at : at + HEAD]] if data.startswith(needle, at)}


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, by name, with the members of zip files; names of files are looked at as well."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield f"the name {name}", name.encode()
        if path.is_file():
            data = path.read_bytes()
            yield name, data
            if data.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(data)) as packed:
                    yield from ((f"{name}!{member}", packed.read(member)) for member in packed.namelist())


def found_below(folder: Path, sought: Needles) -> dict[str, set[str]]:
    """File -> what of `sought` is in it; files without any are left out."""
    hits = {name: search(data, sought) for name, data in contents(folder)}
    return {name: found for name, found in hits.items() if found}
