"""People for the pages: invented names that a page must not let out, and a listbook and a reviewbook that hold them.

The listbook and the reviewbook answer like those of a case, from memory. Every name holds MARK, so that a test can look
for it where no name may stand.
"""

from __future__ import annotations

from dataclasses import replace

from quittance.errors import RefusedError, UsageError
from quittance.people.judgements import is_against
from quittance.views.register import (
    Count,
    FieldRow,
    Filters,
    Hit,
    JudgementLine,
    ListView,
    PersonLine,
    PersonView,
    RegisterView,
    Said,
    VersionView,
)
from quittance.views.review import AnswerLine, CompareRow, PairRef, QuestionView, QueueView

MARK = "Zzinvented"
ARABIC = "ززمثال"
"""The mark in Arabic script."""
PAYLOAD = f"{MARK} <script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"
TURNED = f"{MARK} \u202eabc\u2066def\u200f"
"""Ends in controls that turn the direction and are never closed."""

NO_FILTER = Filters()
REVIEWER = "ab" * 32
CODES = ("AAAAA-00001", "BBBBB-00002", "CCCCC-00003", "DDDDD-00004")


def line(code: str, name: str, **more: object) -> PersonLine:
    """A person in one line."""
    plain: dict[str, object] = {
        "latin": f"{MARK} latin", "father": f"{ARABIC} پلار", "birth": "۱۳۶۷", "province": "Kabul",
        "lists": ("a/main",), "entries": 1, "state": "alone", "alerts": (),
    }  # fmt: skip
    return PersonLine(code=code, name=name, **{**plain, **more})  # type: ignore[arg-type]


def said(code: str, name: str, list_: str = "a/main", **fields: str) -> Said:
    """What one list says."""
    given = {"name": name, "father": f"{ARABIC} پلار", "birth": "1367", "province": "Kabul", **fields}
    cells = (("نوم", name), ("Father", given["father"]), ("empty", ""))
    return Said(code, "h" * 44, list_[0], list_, 1, "Sheet 1", 7, "17", False, cells, given)


PEOPLE = (
    line(CODES[0], f"{ARABIC} خان", lists=("a/main", "b/main"), entries=2, state="matched"),
    line(CODES[1], PAYLOAD, father=PAYLOAD, state="unclear", alerts=("listed_twice",)),
    line(CODES[2], TURNED, father="", birth="", province=""),
    line(CODES[3], f"{MARK} Иванов", state="disputed"),
)


class Listbook:
    """The lists of a case as the pages ask for them. `people` may be many."""

    def __init__(self, people: tuple[PersonLine, ...] = PEOPLE) -> None:
        self.people = people
        self.asked: list[str] = []

    def lists(self, viewer: object) -> tuple[ListView, ...]:
        """Two lists."""
        self.asked.append("lists")
        if not self.people:
            return ()
        columns = {"name": "نوم", "father": f"{MARK}<b>"}
        first = VersionView(1, "1" * 64, 3, 3, 0, 0, 0, 0, 0, (), (), (1,))
        second = VersionView(
            2, "0" * 64, 3, 1, 1, 0, 1, 1, 0, ((2, ("نوم", f"{MARK}<b>")),), ((4, "list.note", "the year is cut"),), ()
        )
        one = ListView("a/main", "a", "main", 2, 3, 1, "sh", "0" * 64, ("نوم",), columns, True, False, (second, first))
        other = replace(one, name="b/main", side="b", calendar="unknown", recorded=False, gone=0)
        return (one, other, replace(other, name="b/old", withdrawn=True))

    def register(self, viewer: object, filters: Filters = NO_FILTER, page: int = 1, size: int = 50) -> RegisterView:
        """A page of everybody whom the filters admit."""
        self.asked.append("register")
        found = [
            one
            for one in self.people
            if (not filters.list or filters.list in one.lists)
            and (not filters.state or one.state == filters.state)
            and (not filters.province or one.province == filters.province)
            and not filters.gone
        ]
        pages = max(1, -(-len(found) // size))
        page = min(max(page, 1), pages)
        states = [
            Count(one, one, sum(each.state == one for each in self.people))
            for one in ("alone", "matched", "unclear", "waiting")
        ]
        return RegisterView(
            lines=tuple(found[(page - 1) * size : page * size]), found=len(found), page=page, pages=pages, size=size,
            filters=filters, persons=len(self.people), entries=len(self.people), recorded_size=5,
            by_list=(Count("a/main", "a/main", len(self.people)), Count("b/main", "b/main", 1)), by_side=(),
            by_province=(Count("Kabul", "Kabul", 3), Count("x y&z", f"{MARK}<i>", 1)), by_state=tuple(states),
        )  # fmt: skip

    def person(self, viewer: object, code: str) -> PersonView:
        """One person."""
        self.asked.append("person")
        found = next((one for one in self.people if one.code == code.upper()), None)
        if found is None:
            raise UsageError("No such code.", code="people.no_such_code")
        entries = (said(found.code, found.name), said("EEEEE-00005", PAYLOAD, "b/main", birth=TURNED))
        rows = (
            FieldRow("name", "name", (found.name, PAYLOAD), "differ"),
            FieldRow("father", "father", (f"{ARABIC} پلار", f"{ARABIC} پلار"), "agree"),
            FieldRow("birth", "born", ("1367", TURNED), "differ"),
            FieldRow("village", "village", ("", f"{MARK} کلی"), "one"),
        )
        history = (
            JudgementLine(2, "2025-01-10T12:00:00Z", "judged", REVIEWER, "same", "father", (found.code, "EEEEE-00005")),
            JudgementLine(3, "2025-01-10T13:00:00Z", "undone", REVIEWER, "", None, (found.code, "EEEEE-00005")),
        )
        return PersonView(found.code, found, entries, rows, history, ("split",))

    def search(self, viewer: object, text: str, filters: Filters = NO_FILTER, limit: int = 50) -> tuple[Hit, ...]:
        """Whoever has the text in the name, in any case."""
        self.asked.append(f"search {text}")
        found = [one for one in self.register(viewer, filters, 1, 10**9).lines if text.lower() in one.name.lower()]
        return tuple(Hit(one, 1.0) for one in found[:limit])


class Reviewbook:
    """Three pairs, two of them of one group; answers are kept in a list."""

    PAIRS = (
        PairRef(CODES[0], CODES[1], "p70", "review"),
        PairRef(CODES[0], CODES[2], "p10", "review", ("kin",)),
        PairRef(CODES[3], CODES[2], "p50", "review"),
    )

    def __init__(self) -> None:
        self.given: dict[tuple[str, str], AnswerLine] = {}

    def queue(self, viewer: object, reviewer: str) -> QueueView:
        """What has no answer yet."""
        pairs = [replace(one, answered=(one.a, one.b) in self.given) for one in self.PAIRS]
        groups = (tuple(one for one in pairs if one.a == first) for first in (CODES[0], CODES[3]))
        left = tuple(one for one in groups if not all(pair.answered for pair in one))
        return QueueView(reviewer, sum(not one.answered for one in pairs), len(self.given), left)

    def question(self, viewer: object, reviewer: str, a: str, b: str) -> QuestionView:
        """One of the pairs, either way round."""
        ref = next((one for one in self.PAIRS if {one.a, one.b} == {a.upper(), b.upper()}), None)
        if ref is None:
            raise UsageError("No such pair.", code="people.no_such_code")
        names = {one.code: one.name for one in PEOPLE}
        pairs = ((MARK, ARABIC, 9.1, 1, 9), ("", TURNED, -0.2, 0, 9), (PAYLOAD, PAYLOAD, 0.1, 3, 9))
        rows = (
            CompareRow("name", "name", names[ref.a], names[ref.b], f"{MARK} latin", "", "close", 9.0, "x", pairs),
            CompareRow("birth", "born", "1367", "1990", "", "", "differ", -1.0, "x"),
            CompareRow("village", "village", "", PAYLOAD, "", "", "missing", None, "x"),
        )
        mine = self.given.get((ref.a, ref.b))
        return QuestionView(
            said(ref.a, names[ref.a]), said(ref.b, names[ref.b], "b/main"), rows, 8.0, 0.7, ref,
            mine.answer if mine else None, 8.0,
        )  # fmt: skip

    def answer(self, viewer: object, reviewer: str, a: str, b: str, answer: str, reason: str | None = None) -> None:
        """Keep an answer; against the score only with a reason."""
        asked = self.question(viewer, reviewer, a, b)
        if is_against(answer, asked.ref.grade) and not reason:
            raise RefusedError("A reason is missing.", code="judgement.reason_missing")
        pair = (asked.a.code, asked.b.code)
        self.given[pair] = AnswerLine(*pair, answer, reason, "2025-01-10T12:00:00Z", asked.ref.grade)

    def take_back(self, viewer: object, reviewer: str, a: str, b: str) -> bool:
        """Forget an answer."""
        asked = self.question(viewer, reviewer, a, b)
        return self.given.pop((asked.a.code, asked.b.code), None) is not None

    def unsigned(self, viewer: object, reviewer: str) -> tuple[AnswerLine, ...]:
        """All answers."""
        return tuple(self.given.values())
