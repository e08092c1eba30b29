"""The command that says who has given how much more than it got, and compares plans of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.case import AsOf, open_case, page, print_lines
from quittance.cli.question import AsJson, KnownBy, moment, print_json, print_table, read_agreement_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from quittance.agreement.model import Agreement
    from quittance.errors import UsageError
    from quittance.selection.plans import Mode, Shape

Points = Annotated[
    list[str] | None,
    typer.Option(metavar="COMMITMENT=N", help="The points of one person of a commitment; once for each side."),
]
Stakes = Annotated[
    list[str] | None,
    typer.Option("--stake", metavar="PARTY=N", help="The points that a side loses by stopping; 0 if left out."),
]
Rho = Annotated[
    str, typer.Option(metavar="A/B", help="By how much a point received is worth more than a point given costs.")
]


def exposure(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="The folder of the case; with --plans an agreement file will do.")
    ],
    as_of: AsOf = None,
    known_by: KnownBy = None,
    points: Points = None,
    max_lead: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Advise a pause above this lead, in points.")
    ] = None,
    stake: Stakes = None,
    rho: Rho = "0",
    days: Annotated[bool, typer.Option("--days", help="Print every day on which a figure changed.")] = False,
    plans: Annotated[bool, typer.Option("--plans", help="Compare plans of steps instead.")] = False,
    step: Annotated[int, typer.Option(metavar="N", min=1, help="Persons of the first side in a step.")] = 100,
    first: Annotated[int, typer.Option(metavar="N", min=0, help="Persons given before the other side begins.")] = 0,
    pace: Annotated[int, typer.Option(metavar="N", min=0, help="Persons of that first part in a step.")] = 0,
    largest: Annotated[int | None, typer.Option(metavar="N", min=1, help="Largest step of a taper, points.")] = None,
    smallest: Annotated[int | None, typer.Option(metavar="N", min=1, help="Its smallest step, points.")] = None,
    hazard: Annotated[str, typer.Option(metavar="A/B", help="The chance that a step is the last.")] = "1/100",
    steps_of: Annotated[str | None, typer.Option(metavar="PLAN", help="Print the steps of one plan.")] = None,
    json: AsJson = False,
) -> None:
    """Say which side has given how much more than it got; or compare plans of steps for the exchange."""
    from quittance.selection.plans import Shape

    stakes = {name: _fraction(text, "--stake") for name, text in _pairs(stake or (), "--stake")}
    worth = _fraction(rho, "--rho")
    named = {name: _whole(text) for name, text in _pairs(points or (), "--points")}
    if plans or steps_of is not None:
        shape = Shape(step, first, pace, largest, smallest)
        mode = None if steps_of is None else _mode(steps_of)
        _plans(_agreement(case), shape, named, stakes, worth, _chance(hazard), mode, json=json)
    else:
        _exposure(case, as_of, known_by, named, max_lead, stakes, worth, days=days, json=json)


def _exposure(
    case: str,
    as_of: str | None,
    known_by: str | None,
    points: dict[str, int],
    max_lead: int | None,
    stakes: dict[str, Fraction],
    rho: Fraction,
    *,
    days: bool,
    json: bool,
) -> None:
    from quittance.exposurebook import exposure as ask
    from quittance.views.exports import view_json
    from quittance.views.exposure_text import DAY_HEADS, day_rows, exposure_lines
    from quittance.visibility import OPERATOR

    with open_case(case) as casebook:
        at = moment(as_of, "--as-of") if as_of is not None else None
        by = moment(known_by, "--known-by") if known_by is not None else None
        view = ask(casebook, OPERATOR, at, by, points=points, max_lead=max_lead, stakes=stakes, rho=rho)
    if json:
        print_json(view_json("exposure", view))
        return
    print_lines(exposure_lines(view, page()))
    if days:
        print()
        print_table(DAY_HEADS, day_rows(view, page()))


def _plans(
    agreement: Agreement,
    shape: Shape,
    points: dict[str, int],
    stakes: dict[str, Fraction],
    rho: Fraction,
    hazard: Fraction,
    mode: Mode | None,
    *,
    json: bool,
) -> None:
    from quittance.exposurebook import plans as ask
    from quittance.views.exports import view_json
    from quittance.views.exposure_text import PLAN_HEADS, STEP_HEADS, plan_lines, plan_rows, step_rows

    view = ask(agreement, shape, points=points, stakes=stakes, rho=rho, hazard=hazard, steps_of=mode)
    if json:
        print_json(view_json("plans", view))
        return
    first, second = view.sides
    print(f"{agreement.title}\n")
    print(f"{first.id}: {first.name}, {view.persons[0]:,} persons, points of one: {view.points[0]}")
    print(f"{second.id}: {second.name}, {view.persons[1]:,} persons, points of one: {view.points[1]}")
    print(f"Leads and stakes, in points: {first.id} / {second.id}\n")
    print_table(PLAN_HEADS, plan_rows(view, page()))
    if mode is not None:
        print()
        print_table(STEP_HEADS, step_rows(view))
    print()
    print_lines(plan_lines(view, page()))


def _agreement(case: str) -> Agreement:
    """The agreement of a case, or in a file."""
    from pathlib import Path

    from quittance.visibility import OPERATOR

    if Path(case).is_file():
        return read_agreement_file(case)
    with open_case(case) as casebook:
        return casebook.agreement(OPERATOR)


def _pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    """`NAME=VALUE` options as pairs. Raises `UsageError` (`usage.form`)."""
    pairs = [(name, value) for name, _, value in (one.partition("=") for one in given)]
    if not all(name and value for name, value in pairs) or len({name for name, _ in pairs}) != len(pairs):
        raise _wrong(f"{option} takes NAME=NUMBER, each name once")
    return pairs


def _fraction(text: str, option: str) -> Fraction:
    """A number that is not below zero, written 3, 0.2 or 1/5. Raises `UsageError` (`usage.form`)."""
    from fractions import Fraction

    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        found = Fraction(-1)
    if found < 0 or len(text) > 20:
        raise _wrong(f"{option} takes a number that is not below zero, written 3, 0.2 or 1/5")
    return found


def _chance(text: str) -> Fraction:
    found = _fraction(text, "--hazard")
    if found >= 1:
        raise _wrong("--hazard takes a chance below 1, written 0.01 or 1/100")
    return found


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not int(text):
        raise _wrong("--points takes a whole number of points, at least 1")
    return int(text)


def _mode(text: str) -> Mode:
    """One plan by its name. Raises `UsageError` (`usage.form`)."""
    from quittance.selection.plans import MODES

    for mode in MODES:
        if mode.replace("_", "-") == text.replace("_", "-"):
            return mode
    raise _wrong(f"--steps-of takes one of {', '.join(mode.replace('_', '-') for mode in MODES)}")


def _wrong(message: str) -> UsageError:
    from quittance.errors import UsageError

    return UsageError(f"{message}.", code="usage.form")
