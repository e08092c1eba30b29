"""Where the headings of a sheet are, and what its columns hold: by the words above them, else by their content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from quittance.files.header_words import PASSED_OVER, field_of, fold_heading
from quittance.files.tables import Sheet, letters
from quittance.people.places import Gazetteer
from quittance.people.years import parse_birth

HEADER_SCORE = 1.5
"""From this score a row is one of headings: two that are known, or one and some in part."""

_TOP = 30
"""Headings are looked for in the first rows only."""

_LONG = 80
"""No heading is longer."""

_SAMPLE = 500
"""Entries from which the content of a column is told."""

Given = tuple[str, bool]
"""A field, and whether a whole heading said so."""


@dataclass(frozen=True)
class Table:
    """A sheet seen as a list: the indexes of its headings and of its first entry, and a heading for each column."""

    sheet: Sheet
    header: tuple[int, ...]
    start: int
    headings: tuple[str, ...] = field(repr=False)
    lines: tuple[tuple[str, ...], ...] = field(repr=False)
    """The cells of the rows of headings, merged ones filled."""

    def column(self, at: int) -> Iterator[str]:
        """The cells of a column that are not empty, below the headings."""
        return (row[at] for row in self.sheet.rows[self.start :] if len(row) > at and row[at])

    @cached_property
    def fields(self) -> tuple[Given | None, ...]:
        """What each column is by its heading."""
        return tuple(_field([line[at] for line in self.lines]) for at in range(len(self.headings)))

    @property
    def has_names(self) -> bool:
        """Whether a heading says that people stand below it."""
        return any(given is not None and given[0] in ("name", "surname") for given in self.fields)

    @property
    def score(self) -> float:
        """How much like a list the headings are."""
        known = {given[0]: given[1] for given in self.fields if given}
        return sum(1.0 if sure else 0.25 for sure in known.values())


def table_of(sheet: Sheet, header: int | None = None, count: int = 1) -> Table:
    """The table in a sheet; `header` is the number of its first row of headings, 0 for none, None to look for them."""
    if header is None:
        rows = _find_header(sheet)
    elif header == 0:
        rows = ()
    else:
        first = header - sheet.first_row
        rows = tuple(at for at in range(first, first + count) if 0 <= at < len(sheet.rows))
    start = rows[-1] + 1 if rows else next((at for at, row in enumerate(sheet.rows) if row), 0)
    lines = tuple(_line(sheet, at, at == rows[-1]) for at in rows)
    return Table(sheet, rows, start, _headings(lines, sheet.width), lines)


def _score(sheet: Sheet, at: int) -> float:
    found: dict[str, float] = {}
    for cell in sheet.rows[at]:
        if cell and len(cell) <= _LONG and (given := field_of(cell)):
            found[given[0]] = max(found.get(given[0], 0.0), 1.0 if given[1] else 0.25)
    return sum(found.values())


def _find_header(sheet: Sheet) -> tuple[int, ...]:
    """The row with most known headings, and the one above or below it if it is one of headings too."""
    top = range(min(_TOP, len(sheet.rows)))
    scores = [_score(sheet, at) for at in top]
    if not scores:
        return ()
    best = max(top, key=lambda at: (scores[at], -at))
    first = next((at for at in top if sheet.rows[at]), 0)
    if scores[best] < HEADER_SCORE and not (best == first and scores[best] >= 1.0) and not _stands_out(sheet, first):
        return ()
    if scores[best] < 1.0:
        return (first,)
    above, below = best - 1, best + 1
    if above >= 0 and scores[above] >= 1.0 and sum(map(bool, sheet.rows[above])) > 1:
        return (above, best)
    if below < len(scores) and scores[below] >= HEADER_SCORE:
        return (best, below)
    if _is_divided(sheet, best):
        return (best, below)
    return (best,)


def _is_divided(sheet: Sheet, at: int) -> bool:
    """Whether cells of a row are merged across columns, with words below each of these columns."""
    below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else ()
    under = [
        below[column] if column < len(below) else ""
        for top, left, bottom, right in sheet.merged
        if top == bottom == at and right > left
        for column in range(left, right + 1)
    ]
    return bool(under) and all(cell and not any(map(str.isdigit, cell)) for cell in under)


def _stands_out(sheet: Sheet, first: int) -> bool:
    """Whether the first row is words only, all different, above columns of which at least one is numbers."""
    row = sheet.rows[first]
    cells = [cell for cell in row if cell]
    if len(cells) < 2 or len(set(cells)) < len(cells) or any(len(c) > _LONG or any(map(str.isdigit, c)) for c in cells):
        return False
    below = sheet.rows[first + 1 : first + 51]
    for at in range(len(row)):
        texts = [one[at] for one in below if len(one) > at and one[at]]
        if len(texts) > 2 and all(any(map(str.isdigit, text)) for text in texts):
            return True
    return False


def _line(sheet: Sheet, at: int, last: bool) -> tuple[str, ...]:
    """A row of headings, with merged cells filled; without known merges a group stands above what follows it."""
    cells = [" ".join(cell.split()) for cell in sheet.rows[at]] + [""] * (sheet.width - len(sheet.rows[at]))
    for top, left, bottom, right in sheet.merged:
        if top <= at <= bottom:
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = cells[left] if top == at else cells[column]
    if not last and not sheet.merged:
        for column in range(1, len(cells)):
            cells[column] = cells[column] or cells[column - 1]
    return tuple(cells)


def _headings(lines: tuple[tuple[str, ...], ...], width: int) -> tuple[str, ...]:
    """One heading for each column: the lines above it joined, its letter where there is none or one is there twice."""
    headings: list[str] = []
    for at in range(width):
        heading = " ".join(dict.fromkeys(line[at] for line in lines if line[at])) or letters(at)
        headings.append(f"{heading} [{letters(at)}]" if heading in headings else heading)
    return tuple(headings)


def _field(cells: list[str]) -> Given | None:
    """What a column is, by the cells above it: together if that is a whole heading, else the lowest, else a part."""
    texts = list(dict.fromkeys(cell for cell in cells if cell and len(cell) <= _LONG))
    tried = [field_of(" ".join(texts)), *(field_of(text) for text in reversed(texts))] if texts else []
    return next((given for given in tried if given and given[1]), next(filter(None, tried), None))


def find_column(text: str, table: Table) -> int | None:
    """The column of a heading, or of a column letter; None if there is none."""
    words = fold_heading(text)
    for at, heading in enumerate(table.headings):
        if heading == text or (words and fold_heading(heading) == words):
            return at
    return next((at for at in range(len(table.headings)) if letters(at) == text.upper()), None)


def fields_of(table: Table) -> tuple[dict[str, int], set[str]]:
    """Field -> column, and the fields that are not sure."""
    fields: dict[str, int] = {}
    unsure: set[str] = set()
    by_sureness = sorted(enumerate(table.fields), key=lambda one: (not (one[1] and one[1][1]), one[0]))
    for at, given in by_sureness:
        if given is None or given[0] in PASSED_OVER:
            continue
        name, sure = given
        if name == "name" and name in fields and sure and "aliases" not in fields:
            name = "aliases"  # one name in two scripts
        if name == "pid" or name in fields:
            continue
        fields[name] = at
        if not sure:
            unsure.add(name)
    if "name" not in fields and "surname" in fields:
        fields["name"] = fields.pop("surname")
    if "birth" in fields:
        fields.pop("age", None)
    if "name" not in fields:
        unsure |= _by_content(table, fields)
    pid = _pid_column(table, set(fields.values()))
    if pid is not None:
        fields["pid"] = pid
    return fields, unsure


def _pid_column(table: Table, taken: set[int]) -> int | None:
    """The list's own numbers: a column called so whose cells are all there and all different; `pid` is always taken."""
    named = [at for at, given in enumerate(table.fields) if given and given[0] == "pid"]
    for at in named:
        if fold_heading(table.headings[at]) == ("pid",):
            return at
    if not table.header:
        named = [at for at in range(len(table.headings)) if at not in taken][:1]
    rows = [row for row in table.sheet.rows[table.start :] if len(row) > 1]
    for at in sorted(named, key=lambda at: not (table.fields[at] or ("", False))[1]):
        values = [row[at].strip() if len(row) > at else "" for row in rows]
        if values and all(values) and len(set(values)) == len(values) and at not in taken:
            return at
    return None


def _by_content(table: Table, fields: dict[str, int]) -> set[str]:
    """Adds to `fields` what the content of the columns without a field says; the fields that were added."""
    free = [at for at in range(len(table.headings)) if at not in fields.values()]
    gazetteer = Gazetteer.load()
    added: set[str] = set()
    for at in free:
        texts = [text.strip() for text, _ in zip(table.column(at), range(_SAMPLE), strict=False)]
        if not texts:
            continue
        kind = _content(texts, gazetteer)
        if kind == "name" and "name" in fields and "father" not in fields:
            kind = "father"
        if kind and kind not in fields:
            fields[kind] = at
            added.add(kind)
    return added


def _content(texts: list[str], gazetteer: Gazetteer) -> str | None:
    """What the cells of a column look like: births, provinces, or names."""
    if sum(parse_birth(text) is not None for text in texts) > 0.6 * len(texts):
        return "birth"
    if sum(gazetteer.place_of(text) is not None for text in texts) > 0.6 * len(texts):
        return "province"
    shares = [sum(map(str.isalpha, text)) / max(1, len(text.replace(" ", ""))) for text in texts]
    wordy = sum(share > 0.8 for share in shares) > 0.8 * len(texts)
    return "name" if wordy and len(set(texts)) > 0.3 * len(texts) and sum(map(len, texts)) > 3 * len(texts) else None
