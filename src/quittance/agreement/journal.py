"""The journal: what happened, and who says so, one JSON object a line.

Entries are never edited; a correction is a new entry. Order of knowledge is (`known`, `seq`, `id`), order of happening is
(`at`, `seq`). A journal is taken whole or refused with a problem for each line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from pydantic import ValidationError

from quittance.agreement.model import Patch
from quittance.dates import DateError, Moment, parse_moment
from quittance.errors import Problem, UnreadableError
from quittance.ids import is_person_id

FORMAT = "quittance-journal/1"
MAX_LINE_BYTES = 64 * 1024
MAX_PROBLEMS = 200


class JournalRefused(UnreadableError):
    """The journal has at least one line that cannot be taken; `problems` has one row for each. Nothing was taken."""

    code = "journal.refused"


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a journal: its format and the agreement that it belongs to."""

    format: str
    agreement: str
    note: str | None = None


class Entry(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True, omit_defaults=True
):
    """What every entry has: id, when it happened (`at`), when it was recorded (`known`), source, note and position."""

    id: str
    at: str
    known: str = ""
    source: str | list[str] = ""
    note: str = ""
    seq: int = 0

    @property
    def kind(self) -> str:
        """The kind of the entry, as written in the journal."""
        return str(self.__struct_config__.tag)

    @property
    def recorded(self) -> str:
        """The day or instant of recording: `known`, or `at` where it is left out."""
        return self.known or self.at


class Perform(Entry, frozen=True, tag="perform"):
    """A handover, or another act that delivers, as somebody reports it."""

    of: list[str]
    by: str
    n: int | None = None
    persons: list[str] | None = None
    cat: str | None = None
    breakdown: dict[str, int] | None = None
    party: str | None = None
    same_as: str | None = None
    destination: str | None = None

    @property
    def count(self) -> int:
        """How many the entry reports: `n`, or the number of persons."""
        return self.n if self.n is not None else len(self.persons or ())


class Total(Entry, frozen=True, tag="total"):
    """A speaker's cumulative figure."""

    of: list[str]
    n: int
    by: str
    party: str | None = None


class Level(Entry, frozen=True, tag="level"):
    """A level reported, as of troops left in a country."""

    of: list[str]
    n: int
    by: str
    party: str | None = None


class Attest(Entry, frozen=True, tag="attest"):
    """A finding about an entry: verified or rejected."""

    ref: str
    verdict: str
    by: str
    basis: str | None = None


class Deny(Entry, frozen=True, tag="deny"):
    """A party says that something reported of a commitment, or one entry, is not so."""

    by: str
    of: list[str] | None = None
    ref: str | None = None


class Retract(Entry, frozen=True, tag="retract"):
    """The entry never was. A retraction can itself be retracted."""

    ref: str
    by: str
    reason: str | None = None


class Event(Entry, frozen=True, tag="event"):
    """Something named that conditions or times may wait for."""

    name: str
    by: str | None = None


class Violate(Entry, frozen=True, tag="violate"):
    """A promise to keep or to refrain was broken, as somebody reports it."""

    of: list[str]
    by: str
    party: str | None = None
    persons: list[str] | None = None


class BreachFinding(Entry, frozen=True, tag="breach_finding"):
    """A body that the agreement names finds a breach."""

    of: list[str]
    by: str


class Close(Entry, frozen=True, tag="close"):
    """A creditor says that no more is owed."""

    of: list[str]
    by: str


class Waive(Entry, frozen=True, tag="waive"):
    """A creditor gives up what is owed."""

    of: list[str]
    by: str


class Supersede(Entry, frozen=True, tag="supersede"):
    """An instrument takes the place of commitments."""

    of: list[str]
    by_instrument: str
    replaced_by: list[str] | None = None
    by: str | None = None


class Accept(Entry, frozen=True, tag="accept"):
    """A party accepts an instrument."""

    instrument: str
    by: str


class Reject(Entry, frozen=True, tag="reject"):
    """A party rejects an instrument."""

    instrument: str
    by: str


class PositionTaken(Entry, frozen=True, tag="position", rename={"from_": "from"}):
    """A party states what it holds the terms to be."""

    by: str
    from_: str
    reads: dict[str, Any]
    quote: str | None = None
    withdraws: bool = False


class Dispute(Entry, frozen=True, tag="dispute"):
    """A dispute declared under the agreement's own procedure."""

    of: list[str]
    by: str


class Resolve(Entry, frozen=True, tag="resolve"):
    """A declared dispute ends."""

    of: list[str]
    by: str


class Exercise(Entry, frozen=True, tag="exercise"):
    """A holder uses a power."""

    power: str
    by: str
    of: list[str] | None = None
    n: int | None = None
    persons: list[str] | None = None
    until: str | None = None


class Choice(Entry, frozen=True, tag="choice"):
    """Persons state their own wish: return, decline or third_country."""

    persons: list[str]
    of: list[str]
    choice: str
    by: str


class PersonState(Entry, frozen=True, tag="person_state"):
    """Persons enter a state, which may start their clocks."""

    persons: list[str]
    state: str
    by: str


class ListGive(Entry, frozen=True, tag="list_give"):
    """A list of names is handed over."""

    list_: str = msgspec.field(name="list")
    by: str
    persons: list[str] | None = None
    n: int | None = None
    with_: list[str] | None = msgspec.field(default=None, name="with")


class ListAgree(ListGive, frozen=True, tag="list_agree"):
    """A party agrees to a list."""


class Withhold(ListGive, frozen=True, tag="withhold"):
    """Names of a list are refused."""


class Replace(ListGive, frozen=True, tag="replace"):
    """Names of a list give way to others."""


class Classify(Entry, frozen=True, tag="classify", rename={"as_": "as"}):
    """A person is placed in a category by a party."""

    person: str
    as_: str
    by: str


AnyEntry = (
    Perform | Total | Level | Attest | Deny | Retract | Event | Violate | BreachFinding | Close | Waive | Supersede
    | Accept | Reject | PositionTaken | Dispute | Resolve | Exercise | Choice | PersonState | ListGive | ListAgree
    | Withhold | Replace | Classify
)  # fmt: skip

KINDS: dict[str, type[Entry]] = {str(kind.__struct_config__.tag): kind for kind in AnyEntry.__args__}


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
        latest = max(latest, recorded)
        if not entry.seq:
            msgspec.structs.force_setattr(entry, "seq", number)
        entries.append(entry)
    if header is None and not problems:
        problems.append(Problem("journal.line", f'empty; a journal begins with {{"format":"{FORMAT}",...}}', 1))
    if problems:
        raise JournalRefused(
            f"The journal is refused: {len(problems)} line{'s' if len(problems) != 1 else ''} cannot be taken. Nothing was taken.",
            problems=tuple(problems),
        )
    assert header is not None
    return Journal(header, entries, findings)
