"""Lists as they lie in the vault: each entry one subject with a key of its own, each list one subject more.

An entry's cell `raw` holds the row exactly as given and where it stood; nothing derived is stored. A new version of a
list gives a changed or moved row a new version of its cell, marks a row that is missing as gone, and leaves every other
alone, so that an entry keeps its handle for ever; a row that names somebody else is another entry, whatever its number.
Rows of people who were erased do not come back with a later file under the same number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import msgspec

from quittance.canon import canonical
from quittance.codes import code_of
from quittance.files.changes import paired
from quittance.files.lists import RawRow, ReadList, rebuild
from quittance.files.mapping import ListMapping
from quittance.people.model import FIELDS, ListEntry
from quittance.record.envelope import encode64
from quittance.vault.lists import ABOUT, ENTRY, FILE, GONE, LIST, RAW, erased_rows
from quittance.vault.store import Person, Vault
from quittance.views.register import Listed, Said

T = TypeVar("T")

ALIKE = 0.8
"""From this likeness on, two spellings in one script may be one name corrected."""

MOST_TOLD = 1_000
"""Changes and notes that are kept of one version; the counts are always whole."""


class Raw(msgspec.Struct, frozen=True):
    """A row exactly as it was given, and where: the cell `raw` of an entry."""

    side: str
    list: str
    version: int
    sha256: str
    sheet: str
    row: int
    pid: str
    cells: dict[str, str]


class About(msgspec.Struct, frozen=True):
    """One version of a list: the cell `about` of its subject. `changes` are rows with the columns that changed."""

    side: str
    list: str
    version: int
    sha256: str
    header: tuple[str, ...]
    mapping: dict[str, Any]
    rows: int
    added: int
    changed: int
    moved: int
    same: int
    removed: int
    left_out: int
    changes: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[tuple[int, str, str], ...]


_Known: TypeAlias = tuple[str, Raw, bool]
"""The id of an entry, its newest cell, and whether it is gone."""


@dataclass(frozen=True, slots=True)
class HeldList:
    """A list in the vault: its subject, and its versions, the newest last."""

    person: Person
    versions: tuple[About, ...] = field(repr=False)

    @property
    def about(self) -> About:
        """The standing version."""
        return self.versions[-1]

    @property
    def mapping(self) -> ListMapping:
        """How its rows are read."""
        return ListMapping.from_json(self.about.mapping)

    @property
    def name(self) -> str:
        """The side and the list's id, with a slash between."""
        return f"{self.about.side}/{self.about.list}"


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file does to a list: the version it makes and the rows that it adds, changes, moves, leaves and lacks.

    `again` if the vault holds it already, whereupon nothing is written. What is to be written: cells of `fresh`
    entries, new cells of known ones (`rewritten`), the entries that are `missing` now and those that are `back`.
    `times_read` says of which state of the shelf all this is true.
    """

    about: About = field(repr=False)
    again: bool
    times_read: int
    fresh: tuple[Raw, ...] = field(default=(), repr=False)
    rewritten: tuple[tuple[str, Raw], ...] = field(default=(), repr=False)
    missing: tuple[str, ...] = field(default=(), repr=False)
    back: tuple[str, ...] = field(default=(), repr=False)


class ListStore:
    """The lists of one vault. Whoever calls has looked at the rights, and holds the one lock."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def lists(self) -> dict[str, HeldList]:
        """Every list by its name, in the order of the names."""
        found = [
            HeldList(person, tuple(_read(text, About) for text in self._vault.versions(person.id, ABOUT, table=LIST)))
            for person, _ in self._vault.values(ABOUT, table=LIST)
        ]
        return {one.name: one for one in sorted(found, key=lambda one: one.name)}

    def listed(self, lists: Mapping[str, HeldList]) -> list[Listed]:
        """Every entry of these lists, in the order of the lists and of the rows in their files."""
        gone = {person.id for person, text in self._vault.values(GONE, table=ENTRY) if text}
        held: dict[str, list[tuple[Person, Raw]]] = {name: [] for name in lists}
        for person, text in self._vault.values(RAW, table=ENTRY):
            raw = _read(text, Raw)
            held[f"{raw.side}/{raw.list}"].append((person, raw))
        found = []
        for name, rows in held.items():
            entries = rebuild(lists[name].mapping, [_row(raw) for _, raw in rows])
            found += [
                Listed(
                    handle=encode64(person.handle),
                    list=name,
                    version=raw.version,
                    sheet=raw.sheet,
                    row=raw.row,
                    pid=raw.pid,
                    gone=person.id in gone,
                    entry=entry,
                )
                for (person, raw), entry in zip(rows, entries, strict=True)
            ]
        return sorted(found, key=lambda one: (one.list, one.gone, one.sheet, one.row, one.pid))

    def said(self, listed: Listed, lists: Mapping[str, HeldList], handle: bytes) -> Said:
        """What a list says in one entry, with what it said before."""
        header = lists[listed.list].about.header
        *older, newest = (_read(one, Raw) for one in self._vault.versions(handle, RAW, table=ENTRY))
        return Said(
            code=code_of(listed.handle),
            handle=listed.handle,
            side=listed.side,
            list=listed.list,
            version=listed.version,
            sheet=listed.sheet,
            row=listed.row,
            pid=listed.pid,
            gone=listed.gone,
            cells=_cells(newest, header),
            fields={name: getattr(listed.entry, name) for name in FIELDS},
            before=tuple((one.version, _cells(one, header)) for one in reversed(older)),
        )

    def plan(self, read: ReadList, side: str, list_id: str, version: int, times_read: int, *, anew: bool) -> Intake:
        """What the file would do as that version; nothing is written. `anew`: even if it is the file that is there."""
        held = self.lists().get(f"{side}/{list_id}")
        if held and not anew and (held.about.sha256, held.mapping) == (read.sha256, read.mapping):
            return Intake(held.about, True, times_read)
        known = list(self._entries(side, list_id)) if held else []
        of_row = self._kept(held, known, read) if held else {}
        # Where the rows are numbered by their places, a number says nothing of who stood there.
        erased = erased_rows(self._vault, held.person.id) if held and "pid" in read.mapping.columns else set()
        fresh, rewritten, back, changes = [], [], [], []
        moved = same = left_out = 0
        kept = set()
        for place, row in enumerate(read.raw):
            raw = Raw(side, list_id, version, read.sha256, row.sheet, row.row, row.pid, dict(row.cells))
            if place not in of_row:
                if row.pid in erased:
                    left_out += 1
                else:
                    fresh.append(raw)
                continue
            person, before, gone = of_row[place]
            kept.add(person)
            if gone:
                back.append(person)
            differing = _differing(before.cells, raw.cells)
            if differing:
                changes.append((row.row, differing))
            elif (before.sheet, before.row, before.pid) != (row.sheet, row.row, row.pid):
                moved += 1
            else:
                same += 1
                continue
            rewritten.append((person, raw))
        missing = tuple(person for person, _, gone in known if person not in kept and not gone)
        about = About(
            side=side,
            list=list_id,
            version=version,
            sha256=read.sha256,
            header=read.mapping.headings,
            mapping=read.mapping.as_json(),
            rows=len(read.raw) - left_out,
            added=len(fresh),
            changed=len(changes),
            moved=moved,
            same=same,
            removed=len(missing),
            left_out=left_out,
            changes=tuple(changes[:MOST_TOLD]),
            notes=tuple((one.row or 0, one.code, str(one)) for one in read.report[:MOST_TOLD]),
        )
        return Intake(about, False, times_read, tuple(fresh), tuple(rewritten), missing, tuple(back))

    def write(self, intake: Intake) -> None:
        """Carry a plan out, in one transaction or not at all."""
        about = intake.about
        with self._vault.together():
            held = self.lists().get(f"{about.side}/{about.list}")
            if held is None:
                self._vault.add_person({ABOUT: _text(about), FILE: about.sha256}, table=LIST)
            else:
                self._vault.put(held.person.id, ABOUT, _text(about), table=LIST)
                self._vault.put(held.person.id, FILE, about.sha256, table=LIST)
            self._vault.add_people(({RAW: _text(one)} for one in intake.fresh), table=ENTRY)
            for person, raw in intake.rewritten:
                self._vault.put(person, RAW, _text(raw), table=ENTRY)
            for person in intake.missing:
                self._vault.put(person, GONE, str(about.version), table=ENTRY)
            for person in intake.back:
                self._vault.put(person, GONE, "", table=ENTRY)

    def _kept(self, held: HeldList, known: Sequence[_Known], read: ReadList) -> dict[int, _Known]:
        """Place of a row in the new file -> the entry that it goes on with: the same person, as far as can be told.

        An entry keeps its handle, and with it every judgement about it. So a row that names somebody else, under
        whatever number, is a new entry, and the old one is gone.
        """
        known = sorted(known, key=lambda one: one[2])  # of two that say the same, the one that is not gone
        rows = [_row(raw) for _, raw, _ in known]
        before = dict(zip(map(id, rows), zip(known, rebuild(held.mapping, rows), strict=True), strict=True))
        after = {id(row): place for place, row in enumerate(read.raw)}
        found = {}
        for old, new in paired(rows, read.raw):
            (entry, was), place = before[id(old)], after[id(new)]
            if _is_one_person(was, read.entries[place]):
                found[place] = entry
        return found

    def _entries(self, side: str, list_id: str) -> Iterator[_Known]:
        """The entry's id, its newest cell, and whether it is gone, for each entry of one list."""
        gone = {person.id for person, text in self._vault.values(GONE, table=ENTRY) if text}
        for person, text in self._vault.values(RAW, table=ENTRY):
            raw = _read(text, Raw)
            if (raw.side, raw.list) == (side, list_id):
                yield person.id, raw, person.id in gone


def _is_one_person(was: ListEntry, now: ListEntry) -> bool:
    """Whether a changed row still speaks of the same person: of the same name, or of nearly the same and little else
    is new. A brother who takes somebody's row has a name much like his, and other things to say.
    """
    from rapidfuzz.distance import Indel

    if was.name == now.name:
        return True
    said = [(getattr(was, name), getattr(now, name)) for name in FIELDS if name not in ("pid", "name", "calendar")]
    filled = [pair for pair in said if any(pair)]
    alike = Indel.normalized_similarity(was.name.casefold(), now.name.casefold()) >= ALIKE
    return alike and 4 * [one == other for one, other in filled].count(True) >= 3 * len(filled)


def _read(text: str, form: type[T]) -> T:
    return msgspec.json.decode(text, type=form)


def _text(value: Raw | About) -> str:
    return canonical(msgspec.to_builtins(value)).decode()


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The columns in which two rows differ."""
    return tuple(name for name in {**before, **after} if before.get(name) != after.get(name))


def _row(raw: Raw) -> RawRow:
    return RawRow.from_cells(raw.sheet, raw.row, raw.pid, raw.cells)


def _cells(raw: Raw, header: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The cells in the order of the file's columns; those of columns that a later version lacks come last."""
    order = {name: place for place, name in enumerate(header)}
    return tuple(sorted(raw.cells.items(), key=lambda one: (order.get(one[0], len(order)), one[0])))
