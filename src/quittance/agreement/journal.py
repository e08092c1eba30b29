"""The journal: what happened, and who says so, one JSON object a line.

Entries are never edited; a correction is a new entry. Order of knowledge is (`known`, `seq`, `id`), order of happening
is (`at`, `seq`). A journal is taken whole or refused with a problem for each line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from pydantic import ValidationError

from quittance.agreement.bulk import bulk
from quittance.agreement.entries import (
    KINDS,
    Accept,
    AnyEntry,
    Attest,
    BreachFinding,
    Choice,
    Classify,
    Close,
    Deny,
    Dispute,
    Entry,
    Event,
    Exercise,
    Header,
    Level,
    ListAgree,
    ListGive,
    Perform,
    PersonState,
    PositionTaken,
    Reject,
    Replace,
    Resolve,
    Retract,
    Supersede,
    Total,
    Violate,
    Waive,
    Withhold,
)
from quittance.agreement.model import Patch
from quittance.dates import DateError, Moment, parse_moment
from quittance.errors import Problem, UnreadableError
from quittance.ids import is_person_id

__all__ = [
    "FORMAT",
    "KINDS",
    "MAX_LINE_BYTES",
    "MAX_PROBLEMS",
    "Accept",
    "AnyEntry",
    "Attest",
    "BreachFinding",
    "Choice",
    "Classify",
    "Close",
    "Deny",
    "Dispute",
    "Entry",
    "Event",
    "Exercise",
    "Header",
    "Journal",
    "JournalRefused",
    "Level",
    "ListAgree",
    "ListGive",
    "Perform",
    "PersonState",
    "PositionTaken",
    "Reject",
    "Replace",
    "Resolve",
    "Retract",
    "Supersede",
    "Total",
    "Violate",
    "Waive",
    "Withhold",
    "check_entry",
    "decode_entry",
    "load_journal",
    "moment_of",
    "read_header",
]

FORMAT = "quittance-journal/1"
MAX_LINE_BYTES = 64 * 1024
MAX_PROBLEMS = 200


class JournalRefused(UnreadableError):
    """The journal has at least one line that cannot be taken; `problems` has one row for each. Nothing was taken."""

    code = "journal.refused"


class Journal:
    """A journal that was taken: header and entries in the order of the file, each with its position `seq`."""

    def __init__(self, header: Header, entries: Iterable[Entry], findings: Iterable[Problem] = ()) -> None:
        self.header = header
        self.entries: tuple[Entry, ...] = tuple(entries)
        self.findings = tuple(findings)
        """Warnings (J02) that do not refuse the journal."""

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


_DECODER = msgspec.json.Decoder(AnyEntry)
_HEADER = msgspec.json.Decoder(Header)
_MOMENTS: dict[str, Moment] = {}


def moment_of(text: str) -> Moment:
    """The day or instant of an entry, parsed once for each distinct text. Raises `DateError`."""
    found = _MOMENTS.get(text)
    if found is None:
        found = parse_moment(text)
        if len(_MOMENTS) > 100_000:
            _MOMENTS.clear()
        _MOMENTS[text] = found
    return found


def _before(earlier: str, later: str) -> bool:
    """Whether `earlier` is certainly before `later`; a day and an instant are compared by their days."""
    if len(earlier) == len(later) == 10:
        return earlier < later
    first, second = moment_of(earlier), moment_of(later)
    if len(earlier) > 10 and len(later) > 10:
        return first < second
    return earlier[:10] < later[:10]


def _repeated_key(line: bytes, entry: Entry) -> str | None:
    """The first key that an object of this line has twice.

    A sieve comes first: without escapes, a line that has as many quotation marks as the entry written out again cannot
    hold a string that decoding dropped. Only the other lines are parsed a second time.
    """
    if b"\\" not in line and line.count(b'"') == msgspec.json.encode(entry).count(b'"'):
        return None
    repeats: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                repeats.append(key)
            seen[key] = value
        return seen

    json.loads(line, object_pairs_hook=pairs)
    return repeats[0] if repeats else None


def decode_entry(line: bytes) -> Entry:
    """One line of a journal as an entry, checked by itself. Raises `ValueError` whose text says what is wrong."""
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"the line has {len(line):,} bytes; an entry may have {MAX_LINE_BYTES:,}")
    try:
        entry: Entry = _DECODER.decode(line)
        repeat = _repeated_key(line, entry)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(_said(error)) from None
    if repeat is not None:
        raise ValueError(f"the key `{repeat[:40]}` stands twice; the second would silently win")
    check_entry(entry)
    return entry


def _said(error: Exception) -> str:
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        if text.startswith("Invalid value '"):
            kind = text.split("'")[1]
            return f"unknown kind `{kind[:40]}`. Kinds: {', '.join(sorted(KINDS))}"
        return text.replace("Object contains", "the entry has").replace("Object missing", "the entry lacks")
    return f"not JSON: {text}"


def check_entry(entry: Entry) -> None:
    """Raise `ValueError` when the fields of one entry do not fit together."""
    if not entry.id or len(entry.id) > 128:
        raise ValueError("an id has 1 to 128 characters")
    try:
        moment_of(entry.at)
        if entry.known and entry.known != entry.at:
            moment_of(entry.known)
            if _before(entry.known, entry.at):
                raise ValueError(
                    f"`known` {entry.known} is before `at` {entry.at}; nothing is recorded before it happens"
                )
        for check in _CHECKS.get(type(entry), ()):
            check(entry)
    except DateError as error:
        raise ValueError(str(error)) from None


def _check_persons(entry: Any) -> None:
    for person in [*(entry.persons or ()), *(getattr(entry, "with_", None) or ())]:
        if not is_person_id(person):
            raise ValueError(
                "`persons` holds something that is not a register number; names do not belong in a journal"
            )


def _check_number(entry: Any) -> None:
    if entry.n is not None and not 0 <= entry.n < 2**53:
        raise ValueError(f"`n` is {entry.n}; a figure is 0 or more. To take back an entry, write a `retract`")


def _check_word(field: str, words: tuple[str, ...]) -> Callable[[Any], None]:
    def check(entry: Any) -> None:
        if (value := getattr(entry, field)) not in words:
            raise ValueError(f"`{field}` is {' or '.join(words)}, not `{value[:40]}`")

    return check


def _check_denial(entry: Any) -> None:
    if (entry.of is None) == (entry.ref is None):
        raise ValueError("a denial names either commitments (`of`) or one entry (`ref`)")


def _check_until(entry: Any) -> None:
    if entry.until is not None:
        moment_of(entry.until)


def _check_perform(entry: Any) -> None:
    if entry.persons is not None:
        _check_persons(entry)
        if len(set(entry.persons)) != len(entry.persons):
            raise ValueError("a person stands twice in `persons`")
        if entry.n is not None and entry.n != len(entry.persons):
            raise ValueError(f"`n` is {entry.n} but `persons` has {len(entry.persons)}")
    elif entry.n is None:
        raise ValueError("a handover needs `n` or `persons`")
    if entry.breakdown is not None:
        if entry.cat is not None:
            raise ValueError("give `cat` or `breakdown`, not both")
        if any(n < 0 for n in entry.breakdown.values()):
            raise ValueError("`breakdown` has a negative number")
        if sum(entry.breakdown.values()) != entry.count:
            raise ValueError(f"`breakdown` adds up to {sum(entry.breakdown.values())}, not {entry.count}")


def _check_position(entry: Any) -> None:
    moment_of(entry.from_)
    for name, patch in entry.reads.items():
        try:
            Patch.model_validate(patch)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in (name, *first["loc"]))
            raise ValueError(f"reads.{where}: {first['msg']}") from None


_CHECKS: dict[type[Entry], tuple[Callable[[Any], None], ...]] = {
    Perform: (_check_number, _check_perform),
    Total: (_check_number,),
    Level: (_check_number,),
    Attest: (_check_word("verdict", ("verified", "rejected")),),
    Deny: (_check_denial,),
    Violate: (_check_persons,),
    PositionTaken: (_check_position,),
    Exercise: (_check_number, _check_persons, _check_until),
    Choice: (_check_persons, _check_word("choice", ("return", "decline", "third_country"))),
    PersonState: (_check_persons,),
    **dict.fromkeys((ListGive, ListAgree, Withhold, Replace), (_check_number, _check_persons)),
}


def read_header(line: bytes) -> Header:
    """The first line of a journal. Raises `ValueError`."""
    try:
        header = _HEADER.decode(line)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f'a journal begins with {{"format":"{FORMAT}","agreement":ID}}; {_said(error)}') from None
    if header.format != FORMAT:
        raise ValueError(f"unknown format `{header.format[:40]}`; this program reads {FORMAT}")
    return header


@bulk()
def load_journal(data: bytes) -> Journal:
    """Decode a whole journal file.

    Raises `JournalRefused` with a problem for each line that cannot be taken (at most 200 are listed). A journal whose
    `known` goes back is taken, with a warning J02 for the first place.
    """
    lines = data.split(b"\n")
    problems: list[Problem] = []
    entries: list[Entry] = []
    findings: list[Problem] = []
    first: dict[str, int] = {}
    header: Header | None = None
    latest = ""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            if header is None:
                header = read_header(line)
                continue
            entry = decode_entry(line)
        except ValueError as error:
            problems.append(Problem("journal.line", str(error), number))
            if header is None or len(problems) >= MAX_PROBLEMS:
                break
            continue
        if entry.id in first:
            problems.append(
                Problem("J01", f"entry `{entry.id}` stands here again (first on line {first[entry.id]})", number)
            )
        first[entry.id] = number
        recorded = entry.recorded
        if not findings and _before(recorded, latest or recorded):
            findings.append(
                Problem(
                    "J02",
                    f"`known` goes back from {latest} to {recorded}: coded after the fact, not recorded live",
                    number,
                )
            )
        latest = recorded if _before(latest or recorded, recorded) or not latest else latest
        if not entry.seq:
            msgspec.structs.force_setattr(entry, "seq", number)
        entries.append(entry)
    if header is None and not problems:
        problems.append(Problem("journal.line", f'empty; a journal begins with {{"format":"{FORMAT}",...}}', 1))
    if problems:
        what = "one line" if len(problems) == 1 else f"{len(problems)} lines"
        raise JournalRefused(
            f"The journal is refused: {what} cannot be taken. Nothing was taken.", problems=tuple(problems)
        )
    assert header is not None
    return Journal(header, entries, findings)
