"""People for the browser: invented, named Mesal ("example") in every script; a register, a person and three pairs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.unit.web import batches
from tests.unit.web.people import CODES, PEOPLE, REVIEWER, Listbook, Reviewbook, line, said

from quittance.views.batch import BatchesView, BatchView, LimitLine, LimitRef
from quittance.views.day import DayView
from quittance.views.register import FieldRow, JudgementLine, ListView, PersonLine, PersonView, VersionView
from quittance.views.review import CompareRow, QuestionView
from quittance.views.sums import SumsView

NAMES = (
    ("جاوید مثال", "Javed Mesal"), ("عبدالرحمن مثال", "Abdul Rahman Mesal"), ("Джавид Месал", "Dzhavid Mesal"),
    ("Nur Mohammad Mesal", "Nur Mohammad Mesal"), ("حاجي ګل مثال", "Haji Gul Mesal"),
    ("ښېر زمان مثال", "Sher Zaman Mesal"),
)  # fmt: skip
FATHERS = ("غلام مثال", "Karim Mesal", "", "محمد نبی مثال")
STATES = ("matched", "alone", "confirmed", "waiting", "unclear", "disputed")


def sample(count: int) -> tuple[PersonLine, ...]:
    """So many people, the first four under the codes of the pairs."""
    return tuple(
        line(
            CODES[n] if n < len(CODES) else f"{n:05}-MESA1",
            NAMES[n % 6][0],
            latin=NAMES[n % 6][1],
            father=FATHERS[n % 4],
            birth=("1367", "۱۳۵۹", "1988-03", "")[n % 4],
            province=("Kabul", "کندهار", "Helmand")[n % 3],
            lists=(("a/main", "b/main"), ("a/main",))[n % 2],
            state=STATES[n % 6],
            alerts=("listed_twice",) if n == 4 else (),
        )
        for n in range(count)
    )


class Lists(Listbook):
    """A register of 120, of whom one has two entries that differ."""

    def __init__(self) -> None:
        super().__init__(sample(120))

    def lists(self, viewer: object) -> tuple[ListView, ...]:
        """One list in two versions, one that is not recorded yet."""
        first = VersionView(1, "1" * 64, 5000, 5000, 0, 0, 0, 0, 0, (), (), (3, 4))
        second = VersionView(
            2, "0" * 64, 5010, 12, 2, 1, 4995, 2, 0, ((17, ("نوم", "Born")), (230, ("ولایت",))),
            ((4, "list.year", "the year could be of two calendars"),), (),
        )  # fmt: skip
        columns = {"name": "نوم", "father": "د پلار نوم", "birth": "Born"}
        newest = ListView(
            "a/main", "a", "main", 2, 5010, 2, "sh", "0" * 64, ("نوم",), columns, False, False, (second, first)
        )
        old = replace(
            newest, name="b/main", side="b", version=1, entries=1000, gone=0, recorded=True, versions=(first,)
        )
        return (newest, old)

    def person(self, viewer: object, code: str) -> PersonView:
        """Two entries under one code."""
        found = super().person(viewer, code).line
        entries = (said(found.code, NAMES[0][0]), said("EEEEE-00005", NAMES[0][1], "b/main"))
        rows = (
            FieldRow("name", "name", NAMES[0], "differ"),
            FieldRow("father", "father", ("غلام مثال", "غلام مثال"), "agree"),
            FieldRow("birth", "born", ("۱۳۶۷", "1988"), "differ"),
            FieldRow("province", "province", ("کندهار", ""), "one"),
        )
        codes = (found.code, "EEEEE-00005")
        history = (
            JudgementLine(2, "2020-04-10T12:00:00Z", "judged", REVIEWER, "same", "father", codes),
            JudgementLine(3, "2020-04-11T12:00:00Z", "judged", "cd" * 32, "unsure", None, codes),
        )
        return PersonView(found.code, found, entries, rows, history, found.alerts)


class Pairs(Reviewbook):
    """The three pairs, with names that can be read."""

    def question(self, viewer: object, reviewer: str, a: str, b: str) -> QuestionView:
        """One pair in two scripts."""
        plain = super().question(viewer, reviewer, a, b)
        at = {one.code: NAMES[index] for index, one in enumerate(PEOPLE)}
        (left, left_latin), (right, right_latin) = at[plain.ref.a], at[plain.ref.b]
        words = tuple(
            (x, y, weight, 40, 6000)
            for x, y, weight in zip(left.split(), right.split(), (6.1, 2.2, -0.4), strict=False)
        )
        rows = (
            CompareRow("name", "name", left, right, left_latin, right_latin, "close", 8.3, "", words),
            CompareRow("father", "father", "غلام مثال", "", "Ghulam Mesal", "", "missing", None, ""),
            CompareRow("birth", "born", "۱۳۶۷", "1990", "", "", "differ", -1.3, ""),
            CompareRow("province", "province", "کندهار", "Kandahar", "Kandahar", "", "agree", 2.6, ""),
        )
        given = {"father": "غلام مثال", "birth": "۱۳۶۷", "province": "کندهار"}
        sides = [replace(one, fields={"name": name, **given}) for one, name in ((plain.a, left), (plain.b, right))]
        return replace(plain, a=sides[0], b=sides[1], fields=rows)


SIDES = {batches.GIVER: "goa", batches.TAKER: "taliban"}
LIST = "taliban/list-5000"


MANY_LIMITS = (
    *(LimitLine("region", f"V{n:02}", n % 5, 8 + n % 7, 60 + n, 6, ("max", None)[n % 2]) for n in range(34)),  # type: ignore[arg-type]
    *(LimitLine("group", f"F{n}", 10, 40, 500, 20) for n in range(9)),
)
"""As many classes as the largest registers have, so that the weight of the page is measured with them."""


def at_home(view: BatchView) -> BatchView:
    """An invented batch between the parties of the example case."""
    return replace(
        view,
        giver="goa",
        taker="taliban",
        list=LIST,
        commitment="release-goa",
        limits=(*view.limits, *MANY_LIMITS),
        candidates=tuple(replace(one, owners=tuple(SIDES[each] for each in one.owners)) for one in view.candidates),
    )


class Batches(batches.Batches):
    """A hundred seats and a register of five thousand, between the parties of the example case."""

    def __init__(self) -> None:
        super().__init__(people=5000, size=100)

    def batches(self, viewer: object) -> BatchesView:
        """The same batches, of the list of the case."""
        view = super().batches(viewer)
        lines = tuple(replace(one, list=LIST, giver="goa", taker="taliban", size=100) for one in view.batches)
        return replace(view, batches=lines, lists=(LIST,), list=LIST, size=100)

    def batch(self, viewer: object, name: str) -> BatchView:
        """The same batch."""
        return at_home(super().batch(viewer, name))

    def draft(
        self, viewer: object, *, batch: str | None = None, list_name: str | None = None, size: int | None = None,
        loosen: LimitRef | None = None,
    ) -> BatchView:  # fmt: skip
        """The same draft."""
        return at_home(super().draft(viewer, batch=batch, list_name=list_name, size=size, loosen=loosen))

    def sums(self, viewer: object, as_of: date | None, known_by: date | None) -> SumsView:
        """The same sums, of the parties of the case."""
        view = super().sums(viewer, as_of, known_by)
        lists = tuple(replace(one, list=LIST, audience=SIDES.get(one.audience, one.audience)) for one in view.lists)
        return replace(view, lists=lists)


class Days(batches.Days):
    """The day of a hundred people with names that can be read."""

    def __init__(self) -> None:
        super().__init__(100)

    def day(self, viewer: object, batch: str) -> DayView:
        """The same day."""
        view = super().day(viewer, batch)
        people = tuple(replace(one, name=NAMES[one.seat % 6][0], father=FATHERS[one.seat % 4]) for one in view.people)
        return replace(view, people=people, giver="goa", taker="taliban", list=LIST)
