"""`quittance demo`: the Afghan case of 2020, made in a minute: invented people who go, and four days of the press.

The clock of the case is set to the days of 2020 on which things happen, so that what was known when can be asked.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.demo_lists import REVIEWER_KEY, VAULT_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from quittance.casebook import Casebook
    from quittance.cli.demo_batches import PlayedClock
    from quittance.cli.demo_lists import Cast
    from quittance.record.keys import Signer

EXAMPLE = "afghanistan-2020"
DEMO_PASSPHRASE = "demo, not a secret"  # noqa: S105 - the keys of an example
BEGINS, ENDS = "2020-03-28", "2020-10-01"
"""When the clock of the demo begins, and when it takes in what the press reported."""

DAYS = ("2020-03-11", "2020-04-09", "2020-05-05", "2020-09-12")


def demo(
    folder: Annotated[
        str | None, typer.Option("--folder", metavar="DIR", help="Make the case here; a temporary folder if left out.")
    ] = None,
    lists: Annotated[
        bool, typer.Option("--lists/--no-lists", help="Take in two lists of invented people, match and judge them.")
    ] = True,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the pages at the end.")] = True,
    port: Annotated[int, typer.Option(metavar="PORT", help="The port on this machine; 0 takes a free one.")] = 8000,
) -> None:
    """Build the example case of 2020, say where it stood on four days, and open its pages."""
    import tempfile
    from pathlib import Path

    if folder is not None:
        _run(Path(folder), kept=True, lists=lists, serve=serve, port=port)
        return
    with tempfile.TemporaryDirectory(prefix="quittance-demo-") as place:
        _run(Path(place) / EXAMPLE, kept=False, lists=lists, serve=serve, port=port)


def _run(place: Path, *, kept: bool, lists: bool, serve: bool, port: int) -> None:
    import secrets

    from quittance.casebook import Casebook
    from quittance.cli.demo_batches import PlayedClock
    from quittance.files.case import require_free
    from quittance.files.examples import example
    from quittance.files.office import new_office
    from quittance.files.read import AGREEMENT_LIMIT, read_file

    source = example(EXAMPLE)
    require_free(place)
    keys = place.with_name(f"{place.name}-keys")
    cast = _cast(keys) if lists else None
    office, clock = new_office(DEMO_PASSPHRASE, secrets.token_bytes), PlayedClock(BEGINS)
    agreement = read_file(source / "agreement.yaml", AGREEMENT_LIMIT)
    with Casebook.create(place, agreement, office, clock=clock) as casebook:
        _tell_title(casebook)
        if cast is not None:
            _tell_lists(place, casebook, office.statement, cast, clock)
        clock.set(ENDS)
        _tell_press(place, casebook, source, invented=cast is not None)
        _tell_claims(place, casebook, source, cast, clock)
    _tell_check(place, lists=lists)
    if serve:
        _serve(place, port, cast)
    elif kept:
        people = f" --vault-key {keys / VAULT_KEY} --as {keys / REVIEWER_KEY}" if lists else ""
        print(f"\nSee all of it with: quittance serve {place}{people}")
        if lists:
            print(f"The passphrase of the demo's keys is: {DEMO_PASSPHRASE}")
    else:
        print("\nThe case is removed again. Name a --folder to keep it, or leave --no-serve out to see its pages.")


def _cast(keys: Path) -> Cast:
    """The keys of the demo; fails before anything is made where the extra for lists is not installed."""
    from quittance.cli.demo_lists import new_cast
    from quittance.people.matching import match  # noqa: F401 - to fail early

    return new_cast(keys, DEMO_PASSPHRASE)


def _tell_title(casebook: Casebook) -> None:
    """The agreement's title, as a heading."""
    from quittance.cli.case import page, print_lines
    from quittance.views.text import Line
    from quittance.visibility import OPERATOR

    title = casebook.agreement(OPERATOR).title
    print_lines([*(Line(line, "heading") for line in page().wrapped(title))])


def _tell_press(place: Path, casebook: Casebook, source: Path, *, invented: bool) -> None:
    """Import what the press reported, and say what had gone wrong on four days."""
    from quittance.cli.case import page, print_lines
    from quittance.dates import parse_day
    from quittance.files.read import JOURNAL_LIMIT, read_file
    from quittance.views.text import Line, dates_sentence
    from quittance.views.troubles import troubles
    from quittance.visibility import OPERATOR

    shown = page()
    report = casebook.import_journal(OPERATOR, read_file(source / "journal.jsonl", JOURNAL_LIMIT))
    said = f"{report.taken} entries, written from public press reports, are in the record at {place}"
    if invented:
        said += " beside the three invented handovers above, which are what is confirmed below of 8, 9 and 11 April."
    print_lines([Line(""), Line("What the press reported", "heading"), *(Line(line) for line in shown.wrapped(said))])
    for day in DAYS:
        view = casebook.status(OPERATOR, parse_day(day))
        words = shown.text(dates_sentence(view.as_of, view.known_by))
        lines = [Line(""), Line(words, "heading")]
        wrong = f"What had gone wrong: {shown.text(troubles(view.rows, view.rings))}."
        lines += [Line(line) for line in shown.wrapped(wrong)]
        print_lines(lines)


def _tell_lists(place: Path, casebook: Casebook, operator: Signer, cast: Cast, clock: PlayedClock) -> None:
    """Take invented people from their lists to the door, saying each step when it is done."""
    from quittance.cli.case import page, print_lines
    from quittance.cli.demo_lists import play
    from quittance.views.text import Line

    shown = page()
    print_lines([Line(""), Line("Invented people, from the lists to the door", "heading")])
    for sentence in play(place, casebook, operator, cast, clock):
        print_lines([Line(line) for line in shown.wrapped(sentence)])


def _tell_claims(place: Path, casebook: Casebook, source: Path, cast: Cast | None, clock: PlayedClock) -> None:
    """Read the public reports, and say what was claimed and disputed on some days."""
    from quittance.cli.case import page, print_lines
    from quittance.cli.demo_claims import play
    from quittance.views.text import Line

    shown = page()
    print_lines([Line(""), Line("What everybody said", "heading")])
    reviewer = cast.reviewers[0] if cast is not None else None
    for is_heading, text in play(place, casebook, source, clock, reviewer):
        lines = [Line(line, "heading" if is_heading else None) for line in shown.wrapped(text)]
        print_lines([Line(""), *lines] if is_heading else lines)


def _tell_check(place: Path, *, lists: bool) -> None:
    """Check the whole record, and say who has signed it."""
    from quittance.cli.case import page, print_lines
    from quittance.files.checks import check_case_or_log
    from quittance.views.text import Line

    checked = check_case_or_log(place)
    others = " Those on invented people are of keys made for this demo." if lists else ""
    record = (
        f"The record of {checked.head.size} entries was checked from end to end: every hash, every rule, "
        f"{checked.signatures_checked} signatures. They are the operator's, who reports what the press said: nobody "
        f"who is quoted has signed, and nobody has cosigned, so its grade is {checked.grade}.{others}"
    )
    print_lines([Line(""), *(Line(line) for line in page().wrapped(record))])


def _serve(place: Path, port: int, cast: Cast | None) -> None:
    """Open the pages, those with people too where there are lists."""
    from contextlib import ExitStack

    from quittance.web.server import serve as serve_case

    print(flush=True)
    with ExitStack() as stack:
        people = reviewer = None
        if cast is not None:
            from quittance.listbook import Listbook

            people, reviewer = stack.enter_context(Listbook.open(place, cast.kek)), cast.reviewer
        serve_case(place, port, sys.stdout.isatty(), f"/en/?as_of={DAYS[2]}", people=people, reviewer=reviewer)
