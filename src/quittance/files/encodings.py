"""Which encoding a text is in: known from its first bytes, proved by UTF-8, or guessed from its letters and said so.

UTF-8 is taken only if every byte of it is; then UTF-16, by its zero bytes; then the code pages that lists really come
in, by how well the letters that they give fit the languages. Where a second one is plausible too and gives another
text, the guess is not sure and people confirm it. One file in two encodings is refused.
"""

from __future__ import annotations

import codecs
import math
import unicodedata
from dataclasses import dataclass
from functools import cache

from quittance.files.tables import TableRefused

LEGACY = ("windows-1256", "windows-1251", "windows-1252", "iso-8859-6")
"""Code pages that are tried, in order of preference between equals."""

NAMED = ("utf-8", "utf-16-le", "utf-16-be", *LEGACY, "koi8-r", "cp866", "windows-1250", "windows-1254")
"""Encodings that people may name."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

ENOUGH = 30
"""Letters beyond ASCII from which a guess can be sure."""

MARGIN = 0.3
"""How much likelier, in nats per letter, a sure guess is than any other."""

WORST = -6.0
"""Mean likelihood of its letters, in nats, below which a reading is no language of ours."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that it was in, and whether that is known."""

    text: str
    encoding: str
    sure: bool


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of a file, in the `encoding` that people gave or in the one that fits.

    Raises `TableRefused`: `table.encoding` if it cannot be told or the given one does not fit, `table.encoding_mixed`
    for two encodings in one file, `table.nul` for zero bytes in a text.
    """
    if encoding is not None:
        return Decoded(_given(data, encoding), encoding.lower(), True)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return Decoded(_whole(data[len(bom) :], name), name, True)
    if b"\x00" in data:
        return _wide(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", True)
    except UnicodeDecodeError as error:
        _refuse_mixed(data, error.start)
    return _guessed(data)


def _given(data: bytes, encoding: str) -> str:
    if encoding.lower() not in NAMED:
        raise TableRefused(
            f"There is no encoding {encoding[:20]!r} here. Choose one of {', '.join(NAMED)}.", code="table.encoding"
        )
    for bom, name in _BOMS:
        if data.startswith(bom) and name == encoding.lower():
            data = data[len(bom) :]
    return _whole(data, encoding.lower())


def _whole(data: bytes, encoding: str) -> str:
    """All of `data` decoded; raises `TableRefused` with the line of the first byte that does not fit."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        raise TableRefused(
            f"Line {line} is not in the encoding {encoding}. Open the file in the program that made it and save it as "
            "UTF-8, or name another encoding.",
            code="table.encoding",
        ) from None
    if "\x00" in text:
        raise _zeros(text.index("\x00"), text)
    return text


def _zeros(at: int, text: str) -> TableRefused:
    return TableRefused(
        f"Line {text.count(chr(10), 0, at) + 1} has a zero byte: the file is damaged, or no text. Save it again from "
        "the program that made it.",
        code="table.nul",
    )


def _wide(data: bytes) -> Decoded:
    """UTF-16 without a mark: the reading in which letters, digits and separators are what lists have."""
    readings = []
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and _ordinary(text[:20_000]) > 0.95:
            readings.append(Decoded(text, name, True))
    if len(readings) != 1:
        raise _zeros(data.index(b"\x00"), data.decode("latin-1"))
    return readings[0]


def _ordinary(text: str) -> float:
    """The share of characters that are ASCII, Arabic, Cyrillic or accented Latin, and no control."""
    good = sum("\u0600" <= one <= "\u06ff" or "\u0400" <= one <= "\u04ff" or one in "\t\r\n" or " " <= one <= "\u024f"
               or "\u2000" <= one <= "\u206f" for one in text)  # fmt: skip
    return good / len(text) if text else 0.0


def _refuse_mixed(data: bytes, at: int) -> None:
    """Raise `TableRefused` if other lines than that of the first wrong byte are UTF-8 beyond ASCII."""
    wrong = data.count(b"\n", 0, at) + 1
    utf8 = 0
    for line in data.split(b"\n"):
        if not line.isascii():
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            utf8 += _ordinary(text) == 1.0 and any(map(_is_letter, text))
            if utf8 > 0:
                raise TableRefused(
                    f"Line {wrong} is not UTF-8, but other lines are: the file is in two encodings at once. Save both "
                    "parts from the programs that made them as UTF-8, then join them.",
                    code="table.encoding_mixed",
                )


def _is_letter(one: str) -> bool:
    return one > "\x7f" and one.isalpha()


def _guessed(data: bytes) -> Decoded:
    """The code page whose letters fit best; not sure where another one fits nearly as well and gives another text."""
    sample = _sample(data)
    scored = sorted(((_fit(sample, name), -at, name) for at, name in enumerate(LEGACY)), reverse=True)
    readings: list[tuple[float, str, str]] = []
    for fit, _, name in scored:
        if fit > WORST:
            try:
                readings.append((fit, name, data.decode(name)))
            except UnicodeDecodeError:
                continue
    if not readings:
        raise TableRefused(
            "The encoding of the file cannot be told from its letters. Save it as UTF-8, or name the encoding "
            f"({', '.join(NAMED[3:])}).",
            code="table.encoding",
        )
    best, name, text = readings[0]
    letters = sum(map(_is_letter, sample.decode(name, "replace")))
    others = [fit for fit, _, other in readings[1:] if other != text]
    sure = not others or (letters >= ENOUGH and all(best - fit >= MARGIN for fit in others))
    return Decoded(text, name, sure)


def _sample(data: bytes) -> bytes:
    """Lines beyond ASCII, up to 64 KiB of them."""
    lines = bytearray()
    for line in data.split(b"\n"):
        if not line.isascii():
            lines += line[:2000] + b"\n"
        if len(lines) > 1 << 16:
            break
    return bytes(lines)


def _fit(sample: bytes, encoding: str) -> float:
    """Mean log likelihood of the letters beyond ASCII under the languages of a code page; -inf if it cannot be."""
    text = sample.decode(encoding, "replace")
    if "\ufffd" in text or any(unicodedata.category(one) == "Cc" and one not in "\t\r\n" for one in text):
        return -math.inf
    likely = _likely(encoding)
    total, count = 0.0, 0
    for before, one, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if one <= "\x7f":
            continue
        count += 1
        near = (before.isalpha() and before <= "\x7f") + (after.isalpha() and after <= "\x7f")
        alone = encoding == "windows-1252"
        # Accents stand among plain letters; Arabic and Cyrillic letters never touch them.
        total += likely.get(one, -9.0) + (0.0 if bool(near) == alone else -4.0)
    return total / count if count else -math.inf


@cache
def _likely(encoding: str) -> dict[str, float]:
    """Letter -> log likelihood, from letters in falling order of frequency (Zipf-like, which is enough here)."""
    orders = {
        "windows-1256": "اليمندروهبعسحقفتجکكشخطصضزغذثظپچگژآةىأئإؤءه،؛؟",
        "iso-8859-6": "اليمندروهبعسحقفتجكشخطصضزغذثظآةىأئإؤء،؛؟",
        "windows-1251": "оеаинтрсвлкмдпуяыьгзбчйхжшюцщэфъё№«»—–ієїґ",
        "windows-1252": "éèàêâçîôûùïëöüäßñáíóúœæÉÈÀÇÖÜÄÑÁÍÓÚ’«»–—",
    }
    table = {one: -math.log(rank + 4) - 0.5 for rank, one in enumerate(orders[encoding])}
    if encoding == "windows-1251":
        # A capital opens a word: half as likely as the small letter.
        table |= {one.upper(): value - 0.7 for one, value in table.items() if one.upper() != one}
    return table
