"""`quittance demo`: the Afghan case of 2020, made in a minute, and what had gone wrong on four of its days."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = "afghanistan-2020"
DEMO_PASSPHRASE = "demo, not a secret"  # noqa: S105 - the keys of an example
DAYS = ("2020-03-11", "2020-04-09", "2020-05-05", "2020-09-12")


def demo(
    folder: Annotated[
        str | None, typer.Option("--folder", metavar="DIR", help="Make the case here; a temporary folder if left out.")
    ] = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the pages at the end.")] = True,
    port: Annotated[int, typer.Option(metavar="PORT", help="The port on this machine; 0 takes a free one.")] = 8000,
) -> None:
    """Build the example case of 2020, say where it stood on four days, and open its pages."""
    import tempfile
    from pathlib import Path

    if folder is not None:
        _run(Path(folder), kept=True, serve=serve, port=port)
        return
    with tempfile.TemporaryDirectory(prefix="quittance-demo-") as place:
        _run(Path(place) / EXAMPLE, kept=False, serve=serve, port=port)


def _run(place: Path, *, kept: bool, serve: bool, port: int) -> None:
    import secrets

    from quittance.casebook import Casebook
    from quittance.cli.case import page, print_lines
    from quittance.dates import parse_day
    from quittance.files.checks import check_case_or_log
    from quittance.files.examples import example
    from quittance.files.office import new_office
    from quittance.files.read import AGREEMENT_LIMIT, JOURNAL_LIMIT, read_file
    from quittance.views.text import Line, dates_sentence
    from quittance.views.troubles import troubles
    from quittance.visibility import OPERATOR

    source = example(EXAMPLE)
    shown = page()
    office = new_office(DEMO_PASSPHRASE, secrets.token_bytes)
    with Casebook.create(place, read_file(source / "agreement.yaml", AGREEMENT_LIMIT), office) as casebook:
        report = casebook.import_journal(OPERATOR, read_file(source / "journal.jsonl", JOURNAL_LIMIT))
        title = casebook.agreement(OPERATOR).title
        print_lines([*(Line(line, "heading") for line in shown.wrapped(title))])
        print(f"{report.taken} entries, written from public press reports, are in the record at {place}")
        for day in DAYS:
            view = casebook.status(OPERATOR, parse_day(day))
            words = shown.text(dates_sentence(view.as_of, view.known_by))
            lines = [Line(""), Line(words, "heading")]
            wrong = f"What had gone wrong: {shown.text(troubles(view.rows, view.rings))}."
            lines += [Line(line) for line in shown.wrapped(wrong)]
            print_lines(lines)
    checked = check_case_or_log(place)
    record = (
        f"The record of {checked.head.size} entries was checked from end to end: every hash, every rule, "
        f"{checked.signatures_checked} signatures. They are the operator's, who reports what the press said: nobody "
        f"who is quoted has signed, and nobody has cosigned, so its grade is {checked.grade}."
    )
    print_lines([Line(""), *(Line(line) for line in shown.wrapped(record))])
    if serve:
        from quittance.web.server import serve as serve_case

        print(flush=True)
        serve_case(place, port, sys.stdout.isatty(), f"/en/?as_of={DAYS[2]}")
    elif kept:
        print(f"\nSee all of it with: quittance serve {place}")
    else:
        print("\nThe case is removed again. Name a --folder to keep it, or leave --no-serve out to see its pages.")
