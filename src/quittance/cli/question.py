"""What many commands are asked with: two dates, a file, JSON or words; and how a table is printed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from quittance.agreement.journal import Journal
    from quittance.agreement.model import Agreement
    from quittance.dates import Moment

DATE = "2020-03-31"

AgreementFile = Annotated[str, typer.Argument(metavar="FILE", help="The agreement file.")]
JournalFile = Annotated[str | None, typer.Option("--journal", metavar="FILE", help="What happened, and who says so.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help="The day asked about; what happened later is left out.")
]
KnownBy = Annotated[
    str | None,
    typer.Option(
        "--known-by", metavar="DATE", help="The day from which to look back; what was recorded later is left out."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def moment(text: str, option: str) -> Moment:
    """A day or an instant given as an option. Raises `UsageError`."""
    from quittance.dates import DateError, parse_moment
    from quittance.errors import UsageError

    try:
        return parse_moment(text)
    except DateError as error:
        raise UsageError(f"{option}: {error}", code="usage.date") from None


def read_agreement_file(path: str) -> Agreement:
    """The agreement in a file. Raises `UnreadableError`."""
    from quittance.files.read import AGREEMENT_LIMIT, read_file

    data = read_file(path, AGREEMENT_LIMIT)

    from quittance.agreement.load import load_agreement

    return load_agreement(data)


def read_journal_file(path: str | None, agreement: Agreement) -> Journal:
    """The journal in a file; an empty one for None. Raises `UnreadableError`, also when it is another agreement's."""
    from quittance.agreement.journal import FORMAT, Header, Journal, load_journal
    from quittance.errors import UnreadableError
    from quittance.files.read import JOURNAL_LIMIT, read_file

    if path is None:
        return Journal(Header(FORMAT, agreement.id), ())
    journal = load_journal(read_file(path, JOURNAL_LIMIT))
    if journal.header.agreement != agreement.id:
        raise UnreadableError(
            f"{path} is the journal of `{journal.header.agreement[:64]}`, and this agreement is `{agreement.id}`. "
            "Name the journal that belongs to it.",
            code="journal.other_agreement",
        )
    return journal


def known_party(party: str, agreement: Agreement) -> str:
    """A party given as an option. Raises `UsageError` for one that the agreement does not have."""
    from quittance.errors import UsageError
    from quittance.ids import did_you_mean

    if party not in agreement.parties:
        hint = did_you_mean(party, agreement.parties) or f". Parties: {', '.join(agreement.parties)}."
        raise UsageError(f"unknown party `{party[:64]}`{hint}", code="usage.party")
    return party


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON document, readable by people too."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in columns that are never cut; on a terminal that is too narrow for it, a block for each row."""
    import shutil
    import textwrap

    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if terminal is None or sum(widths) + 2 * (len(widths) - 1) <= terminal:
        for row in (heads, *rows):
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    wrapper = textwrap.TextWrapper(max(terminal, 20), "  ", "    ", break_long_words=False, break_on_hyphens=False)
    for name, *cells in rows:
        print(name)
        for head, cell in zip(heads[1:], cells, strict=True):
            for line in wrapper.wrap(f"{head}: {cell}") if cell else ():
                print(line)
