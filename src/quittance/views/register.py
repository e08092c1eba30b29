"""The register: every person of a case's lists once, folded from list entries and recorded judgements.

A person is a group of list entries that judgements hold together; nobody is merged anywhere else, so that a judgement
taken back takes the group apart. All of it is made from its arguments and thrown away.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from quittance.codes import code_of
from quittance.people.judgements import Judgement, Pairs, PairState, Quorum, conflicts, groups
from quittance.people.model import FIELDS, ListEntry

State = Literal["alone", "waiting", "matched", "confirmed", "unclear", "disputed"]
"""Of a person: no match is recorded; one reviewer said "same" and another is needed; matched by as many reviewers as
the agreement asks for; confirmed by both sides; reviewers differ or cannot tell; disputed by a side."""

STATES: tuple[str, ...] = get_args(State)

ALERTS = ("different", "split", "undone", "listed_twice", "disputed")
"""What may be odd about a person: a "different" among the entries joined, reviewers who differ, a match taken back, one
list that names the person twice, a side that disputes."""

LABELS: Mapping[str, str] = {
    "name": "name", "aliases": "other names", "kunya": "kunya", "father": "father", "grandfather": "grandfather",
    "birth": "born", "sex": "sex", "province": "province", "district": "district", "village": "village",
    "tribe": "tribe", "prisoner_no": "prison number", "authority": "held by", "id_no": "document number",
    "capture_date": "captured on", "capture_place": "captured at", "facility": "place of detention",
}  # fmt: skip
"""The fields of an entry that are shown, in their order, in plain words."""

assert set(LABELS) == set(FIELDS) - {"pid", "calendar"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One list entry as the register holds it: where it stands, and its fields; `gone` from the list's last version.

    `list` is the side and the list's id with a slash between; `row` is the line in the file of `version`.
    """

    handle: str
    list: str
    version: int
    sheet: str
    row: int
    pid: str
    gone: bool
    entry: ListEntry = dataclasses.field(repr=False)

    @property
    def side(self) -> str:
        """The party whose list it is."""
        return self.list.partition("/")[0]


ASKED = 256
"""Filters whose persons are remembered."""

NOT_GIVEN = ("none", "not given")
NOT_RECOGNISED = ("other", "not recognised")
"""What stands for a province that is left out or unknown: a key is shown in addresses, and a cell may hold anything."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How values are shown and counted: a name in Latin letters, a province as (key, label) from a closed list."""

    latin: Callable[[str], str]
    province: Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which persons: on this list (`side/list`), of this side, province, state; `gone`: those on no list any more.

    Empty text leaves a filter out.
    """

    list: str = ""
    side: str = ""
    province: str = ""
    state: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a list: what it changed, with at most 1,000 rows named; `recorded` are its entries in the record.

    `changes` are (row, columns that changed), `notes` (row, code, words); `left_out` rows are of people erased before.
    """

    version: int
    sha256: str
    entries: int
    added: int
    changed: int
    moved: int
    same: int
    removed: int
    left_out: int
    changes: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[tuple[int, str, str], ...]
    recorded: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """A list and its versions, the newest first; `columns` says which header each field is read from.

    `recorded` if the record holds the newest version whole, with exactly these entries; `withdrawn` by its side.
    """

    name: str
    side: str
    list: str
    version: int
    entries: int
    gone: int
    calendar: str
    sha256: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    recorded: bool
    withdrawn: bool
    versions: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in one line: how they are called, from where, on which lists, in what state."""

    code: str
    name: str = dataclasses.field(repr=False)
    latin: str = dataclasses.field(repr=False)
    father: str = dataclasses.field(repr=False)
    birth: str = dataclasses.field(repr=False)
    province: str = dataclasses.field(repr=False)
    lists: tuple[str, ...]
    entries: int
    state: State
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many persons have one value; `key` is what `Filters` takes to show them."""

    key: str
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A page of the register, and the counts over everybody on a list now."""

    lines: tuple[PersonLine, ...]
    found: int
    page: int
    pages: int
    size: int
    filters: Filters
    persons: int
    entries: int
    by_list: tuple[Count, ...]
    by_side: tuple[Count, ...]
    by_province: tuple[Count, ...]
    by_state: tuple[Count, ...]
    recorded_size: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one list says of a person, exactly as given; `before` are its cells in earlier versions, newest first."""

    code: str
    handle: str
    side: str
    list: str
    version: int
    sheet: str
    row: int
    pid: str
    gone: bool
    cells: tuple[tuple[str, str], ...] = dataclasses.field(repr=False)
    fields: Mapping[str, str] = dataclasses.field(repr=False)
    before: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = dataclasses.field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field beside itself in every entry; `state` is agree, differ, one (only one entry gives it)."""

    field: str
    label: str
    values: tuple[str, ...] = dataclasses.field(repr=False)
    state: Literal["agree", "differ", "one"]


@dataclass(frozen=True, slots=True)
class JudgementLine:
    """One recorded judgement about entries of a person, and its place in the record."""

    index: int
    at: str
    kind: str
    by: str
    answer: str
    reason: str | None
    codes: tuple[str, str]
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person: every list's word side by side, field by field, and how the entries came together."""

    code: str
    line: PersonLine
    said: tuple[Said, ...]
    rows: tuple[FieldRow, ...]
    history: tuple[JudgementLine, ...]
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A person whom a search found, the best first."""

    line: PersonLine
    score: float


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the register before anything is shown: the indexes of the entries, the state, what is odd."""

    code: str
    entries: tuple[int, ...]
    state: State
    alerts: tuple[str, ...]
    gone: bool


class Register:
    """Everybody on the lists, held together by `pairs`.

    With `blind`, a pair that still waits for a reviewer looks as if nobody had judged it: the next one must not know.
    `judgements` are the recorded ones in their order, `withdrawn` the indexes of those taken back.
    """

    def __init__(
        self,
        listed: Sequence[Listed],
        pairs: Pairs,
        judgements: Iterable[Judgement],
        spelling: Spelling,
        *,
        blind: bool,
        withdrawn: Collection[int] = (),
    ) -> None:
        self.listed = listed
        self._spelling = spelling
        self._withdrawn = withdrawn
        self._at = {one.handle: index for index, one in enumerate(listed)}
        self._hidden = {one.pair for one in pairs if blind and is_hidden(one, pairs.quorum)}
        self._history: dict[str, list[Judgement]] = {}
        for judgement in judgements:
            for handle in judgement.pair:
                self._history.setdefault(handle, []).append(judgement)
        known: dict[str, tuple[str, str]] = {}
        for one in listed:
            known.setdefault(one.entry.province, spelling.province(one.entry.province))
        self._place = known
        self._members = self._grouped(pairs)
        self._number_at = {index: number for number, one in enumerate(self._members) for index in one.entries}
        self._asked: dict[Filters, tuple[int, ...]] = {}
        self._entries = sum(not one.gone for one in listed)
        self._postings = {gone: self._posted(gone) for gone in (False, True)}
        self._counts = {name: self._counted(name) for name in ("list", "side", "province", "state")}

    def _grouped(self, pairs: Pairs) -> tuple[Member, ...]:
        """Persons in the order in which the lists have them."""
        inside: dict[str, int] = {}
        together = sorted(
            sorted(self._at[handle] for handle in group) for group in groups(pairs, [one.handle for one in self.listed])
        )
        for number, group in enumerate(together):
            inside.update((self.listed[index].handle, number) for index in group)
        states: dict[int, list[PairState]] = {}
        for pair in pairs:
            if pair.pair not in self._hidden:
                for number in {inside[handle] for handle in pair.pair if handle in inside}:
                    states.setdefault(number, []).append(pair)
        odd: dict[int, set[str]] = {}
        for one in conflicts(pairs, list(inside), {each.handle: each.list for each in self.listed}):
            odd.setdefault(inside[one.group[0]], set()).add(one.kind)
        return tuple(
            self._member(group, states.get(number, ()), odd.get(number, set())) for number, group in enumerate(together)
        )

    def _member(self, group: Sequence[int], pairs: Sequence[PairState], odd: set[str]) -> Member:
        found = {pair.state for pair in pairs}
        alerts = odd | ({"disputed", "split"} & found)
        sides = {self.listed[index].side for index in group}
        state: State = "alone"
        if "disputed" in found:
            state = "disputed"
        elif {"split", "unsure"} & found or "different" in odd:
            state = "unclear"
        elif len(sides) > 1:
            state = "confirmed" if all(pair.state == "confirmed" for pair in pairs if pair.linked) else "matched"
        elif "waiting" in found:
            state = "waiting"
        return Member(
            code_of(min(self.listed[index].handle for index in group)),
            tuple(group),
            state,
            tuple(one for one in ALERTS if one in alerts),
            all(self.listed[index].gone for index in group),
        )

    def _posted(self, gone: bool) -> dict[tuple[str, str], dict[int, None]]:
        """(filter, key) -> the persons that it admits, by number, in order; under ("", "") all of them."""
        found: dict[tuple[str, str], dict[int, None]] = {("", ""): {}}
        for number, one in enumerate(self._members):
            if one.gone != gone:
                continue
            lists = self._lists(one)
            keys = [("", ""), ("state", one.state), *(("list", name) for name in lists)]
            keys += [("side", name.partition("/")[0]) for name in lists]
            keys += [("province", key) for key, _ in self._places(one)]
            for key in keys:
                found.setdefault(key, {})[number] = None
        return found

    def _counted(self, name: str) -> tuple[Count, ...]:
        """How many persons each key of a filter admits, the most frequent first; states in their own order."""
        held = {key: len(numbers) for (kind, key), numbers in self._postings[False].items() if kind == name}
        if name == "state":
            return tuple(Count(key, key, held.get(key, 0)) for key in STATES)
        labels = dict(self._place.values()) if name == "province" else {}
        return tuple(
            Count(key, labels.get(key, key), n) for key, n in sorted(held.items(), key=lambda one: (-one[1], one[0]))
        )

    # --- asking ------------------------------------------------------------------------------------------------------

    def view(self, filters: Filters, page: int, size: int, recorded_size: int) -> RegisterView:
        """One page, counted from 1, of a record of so many entries; a page beyond the last is the last."""
        found = self._found(filters)
        pages = max(1, -(-len(found) // size))
        page = min(max(page, 1), pages)
        return RegisterView(
            lines=tuple(self.line(self._members[number]) for number in found[(page - 1) * size : page * size]),
            found=len(found),
            page=page,
            pages=pages,
            size=size,
            filters=filters,
            persons=len(self._postings[False]["", ""]),
            entries=self._entries,
            by_list=self._counts["list"],
            by_side=self._counts["side"],
            by_province=self._counts["province"],
            by_state=self._counts["state"],
            recorded_size=recorded_size,
        )

    def _found(self, filters: Filters) -> Sequence[int]:
        """The numbers of the persons that all filters admit, in order; remembered for the filters asked last."""
        if filters not in self._asked:
            if len(self._asked) >= ASKED:
                self._asked.clear()
            postings, fields = self._postings[filters.gone], ("list", "side", "province", "state")
            wanted = [(name, key) for name in fields if (key := str(getattr(filters, name)))] or [("", "")]
            first, *others = sorted((postings.get(one, {}) for one in wanted), key=len)
            self._asked[filters] = (
                tuple(n for n in first if all(n in other for other in others)) if others else tuple(first)
            )
        return self._asked[filters]

    def admitted(self, filters: Filters) -> Callable[[Member], bool]:
        """Whether a person is among those that the filters admit."""
        found = set(self._found(filters))
        return lambda member: self._number_at[member.entries[0]] in found

    def at(self, index: int) -> Member:
        """The person of the entry at an index."""
        return self._members[self._number_at[index]]

    def line(self, member: Member) -> PersonLine:
        """A person in one line: the name in its own script if any list has that, the first value of everything else."""
        entries = [self.listed[index].entry for index in member.entries]
        names = [one.name for one in entries if one.name]
        own = next((name for name in names if not name.isascii()), names[0] if names else "")
        latin = next((name for name in names if _is_latin(name)), "") or (self._spelling.latin(own) if own else "")
        province = next((one.province for one in entries if one.province), "")
        key, label = self._place.get(province, NOT_GIVEN)
        return PersonLine(
            code=member.code,
            name=own,
            latin=latin,
            father=_first(one.father for one in entries),
            birth=_first(one.birth for one in entries),
            province=label if key not in (NOT_GIVEN[0], NOT_RECOGNISED[0]) else province,
            lists=tuple(dict.fromkeys(self.listed[index].list for index in member.entries)),
            entries=len(entries),
            state=member.state,
            alerts=member.alerts,
        )

    def person(self, member: Member, said: Sequence[Said]) -> PersonView:
        """One person in full; `said` are the entries in the order of `member.entries`."""
        held = {self.listed[index].handle for index in member.entries}
        events = {id(one): one for handle in held for one in self._history.get(handle, ())}
        history = sorted(
            (one for one in events.values() if one.pair not in self._hidden), key=lambda one: (one.index, one.pair)
        )
        return PersonView(
            code=member.code,
            line=self.line(member),
            said=tuple(said),
            rows=field_rows([one.fields for one in said]),
            history=tuple(map(self._told, history)),
            alerts=member.alerts,
        )

    def _told(self, one: Judgement) -> JudgementLine:
        codes = code_of(one.pair[0]), code_of(one.pair[1])
        taken = one.index in self._withdrawn
        return JudgementLine(one.index, one.at, one.kind, one.by, one.answer, one.reason, codes, taken)

    def _lists(self, member: Member) -> tuple[str, ...]:
        """The lists that have the person, now or, for somebody gone, before."""
        held = [self.listed[index] for index in member.entries]
        return tuple(dict.fromkeys(one.list for one in held if member.gone or not one.gone))

    def _places(self, member: Member) -> tuple[tuple[str, str], ...]:
        """The provinces that the entries name; that none is given counts only where no entry gives one."""
        found = dict.fromkeys(self._place[self.listed[index].entry.province] for index in member.entries)
        return tuple(one for one in found if one != NOT_GIVEN) or (NOT_GIVEN,)


def is_hidden(pair: PairState, quorum: Quorum) -> bool:
    """Whether a pair still waits for a reviewer, who in a blind review may not know that there was another."""
    return pair.state == "waiting" or (pair.state == "unsure" and len(pair.unsure) < quorum.reviewers)


def field_rows(entries: Sequence[Mapping[str, str]]) -> tuple[FieldRow, ...]:
    """The fields that any of the entries gives, each beside itself."""
    rows = []
    for name, label in LABELS.items():
        values = tuple(one.get(name, "") for one in entries)
        given = [" ".join(value.split()) for value in values if value.strip()]
        if given:
            same: Literal["agree", "differ"] = "agree" if len(set(given)) == 1 else "differ"
            rows.append(FieldRow(name, label, values, "one" if len(given) == 1 else same))
    return tuple(rows)


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _is_latin(text: str) -> bool:
    return any("a" <= letter <= "z" for letter in text.lower())
