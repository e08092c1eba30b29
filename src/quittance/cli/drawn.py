"""How commands hand over what an office must sign: as files to be signed elsewhere, or signed here and submitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quittance.cli.question import print_json

if TYPE_CHECKING:
    from quittance.batchbook import Batchbook
    from quittance.casebook import Casebook
    from quittance.record.statement import Statement
    from quittance.views.batch import BatchView

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
Key = Annotated[str, typer.Option("--key", metavar="FILE", help="The vault's key file, kept apart from the case.")]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help="The batch: 1, 2, 3.")]
List = Annotated[
    str | None, typer.Option("--list", metavar="SIDE/ID", help="The list; by default that of the agreement.")
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="FILE", help="Write what is to be signed; of several parts each has its number."),
]
Who = Annotated[
    str | None, typer.Option("--as", metavar="KEYFILE", help="The office's own key: sign here, and submit at once.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Sign without being asked on a terminal.")]
Audience = Annotated[
    str, typer.Option("--for", metavar="AUDIENCE", help="neutral, public, or a party: what these may see.")
]
Names = Annotated[bool, typer.Option("--names", help="Show names beside codes.")]
Codes = Annotated[list[str] | None, typer.Argument(metavar="CODE...", help="Persons, by the codes of their entries.")]
CodeFile = Annotated[
    str | None, typer.Option("--codes", metavar="FILE", help="A table with a column code; those persons.")
]


@contextmanager
def open_batches(case: str, key: str, *, enters: bool = False) -> Iterator[tuple[Casebook, Batchbook]]:
    """The case and its batches; with `enters` as the one writer, for which the operator's passphrase is asked for."""
    from quittance.batchbook import Batchbook
    from quittance.cli.case import open_case
    from quittance.cli.people import open_lists

    with open_case(case, writable=enters) as casebook, open_lists(case, key) as lists:
        yield casebook, Batchbook(lists)


def require_way(who: str | None, out: str | None) -> None:
    """Raise `UsageError` (`usage.form`) unless it is said, one way, how the statement gets its signature."""
    from pathlib import Path

    from quittance.errors import UsageError

    if (who is None) == (out is None):
        raise UsageError(
            "Give --as KEYFILE to sign here and submit, or --out FILE to have it signed elsewhere.", code="usage.form"
        )
    if out is not None and Path(out).exists():
        raise UsageError(f"{out} is already there; nothing was drawn up. Choose another name.", code="file.exists")


def require_again(given: str | None, wanted: str, what: str) -> None:
    """Raise `UsageError` (`usage.confirm`) unless `wanted` was given a second time."""
    from quittance.errors import UsageError

    if given != wanted:
        raise UsageError(f"{what} Give {wanted} a second time with --confirm.", code="usage.confirm")


def enter(
    casebook: Casebook, statements: Sequence[Statement], who: str | None, out: str | None, *, yes: bool, json: bool
) -> dict[str, Any]:
    """Sign and submit statements with the key `who`, or write them to `out`; what was done, for `--json`."""
    from pathlib import Path

    from quittance.cli.sign import ask, shown, signer_of
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.record.keys import sign_statement
    from quittance.visibility import OPERATOR

    done: dict[str, Any] = {"kind": statements[0].kind, "sids": [one.sid for one in statements]}
    if who is None:
        files = _files(Path(out or ""), len(statements))
        for path, statement in zip(files, statements, strict=True):
            write_new(path, write_envelope(statement))
        return done | {"files": list(map(str, files)), "entries": []}
    if not json:
        for line in (line for statement in statements for line in shown(statement, 0)):
            print(line)
    ask(yes)
    signer = signer_of(Path(who))
    accepted = casebook.submit(OPERATOR, [(one, sign_statement(one, signer)) for one in statements])
    return done | {"files": [], "entries": [one.index for one in accepted]}


def enter_own(casebook: Casebook, statement: Statement) -> dict[str, Any]:
    """Sign a statement as the operator and submit it; what was done, for `--json`."""
    from quittance.visibility import OPERATOR

    (accepted,) = casebook.submit(OPERATOR, [(statement, casebook.sign(OPERATOR, statement))])
    return {"kind": statement.kind, "sids": [statement.sid], "files": [], "entries": [accepted.index]}


def tell(done: dict[str, Any], case: str, signers: str) -> None:
    """Say what came of the statements, and what comes next."""
    if done["entries"]:
        print(f"The record has it ({done['kind']}): entries {', '.join(map(str, done['entries']))}.")
        return
    print(f"{len(done['files'])} statement(s) {done['kind']}, for {signers} to sign, then to be submitted together:")
    for name in done["files"]:
        print(f"  quittance sign {name} --key KEYFILE")
    print(f"  quittance record submit {case} {' '.join(done['files'])}")


def finish(done: dict[str, Any], case: str, signers: str, *, json: bool) -> None:
    """Print what was done, as JSON or in words."""
    if json:
        print_json(done)
    else:
        tell(done, case, signers)


def codes_of(codes: Sequence[str] | None, file: str | None) -> list[str]:
    """The persons named on the command line and in a table; raises `UsageError` (`usage.codes`) for nobody."""
    from quittance.errors import UsageError
    from quittance.files.read import read_file
    from quittance.files.rows import read_rows
    from quittance.files.tables import MAX_BYTES

    found = list(codes or ())
    if file is not None:
        found += [row.cells.get("code", "") for row in read_rows(read_file(file, MAX_BYTES), ("code",), file).rows]
    if not found:
        raise UsageError("Name somebody, by code, or with --codes FILE.", code="usage.codes")
    return found


def for_audience(book: Batchbook, view: BatchView, audience: str) -> BatchView:
    """A view as an audience may see it."""
    from quittance.views.batch_seen import seen_by
    from quittance.views.criteria import private_parts, told_gates

    if audience not in ("neutral", "public"):
        book.shelf.lists.require_party(audience)
    rules = book.shelf.agreement.selection or {}
    return seen_by(view, audience, private=private_parts(rules), told=told_gates(book.shelf.gates))


def _files(out: Any, count: int) -> list[Any]:
    """The names of the files: `out`, or with several parts its number before the ending."""
    if count == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{at}-of-{count}{out.suffix or '.json'}") for at in range(1, count + 1)]
