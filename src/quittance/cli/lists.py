"""`quittance import list`: take a side's list into the vault, and draw up what that side signs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.listbook import Listbook
    from quittance.liststore import Intake

MAX_NOTES = 20


def import_list(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The list as it was handed over: CSV, XLSX or ODS.")],
    side: Annotated[str, typer.Option("--side", metavar="PARTY", help="The party that hands the list over.")],
    list_id: Annotated[str, typer.Option("--list", metavar="ID", help="What the list is called, such as prisoners.")],
    key: Annotated[str, typer.Option("--key", metavar="FILE", help="The vault's key file, kept apart from the case.")],
    given: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field from this column; repeat it."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="The columns are right: take the list in.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done and change nothing.")] = False,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write what the side signs into this folder.")
    ] = None,
    sign_with: Annotated[
        str | None, typer.Option("--sign-with", metavar="KEYFILE", help="Sign at once with the side's key, and submit.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Take a list into the vault, all of it or nothing, and draw up the statement by which its side submits it."""
    from pathlib import Path

    from quittance.cli.vault import kek_of
    from quittance.files.lists import propose
    from quittance.files.read import read_file
    from quittance.files.tables import MAX_BYTES
    from quittance.listbook import Listbook
    from quittance.vaultbook import require_apart
    from quittance.visibility import OPERATOR

    require_apart(Path(file), Path(case), "A list")
    data, name = read_file(file, MAX_BYTES), Path(file).name
    mapping, _ = propose(data, name, given or ())
    with Listbook.open(Path(case), kek_of(case, key)) as book:
        intake = book.preview(OPERATOR, data, side, list_id, mapping, name)
        if not json:
            _show(intake, mapping.describe())
        is_clear = bool(given) and not mapping.questions
        taken = not (dry_run or intake.again) and (yes or is_clear or _agreed(json))
        if taken:
            book.take(OPERATOR, intake)
        done = (
            _draw_up(book, case, side, list_id, out, sign_with) if taken or (intake.again and not dry_run) else Done()
        )
    if json:
        print_json(_as_json(intake, taken, done))
        return
    _tell(intake, taken, done, case, file)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of the statements: whether the record has the list, the files written, the entries made."""

    recorded: bool = False
    files: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    waiting: int = 0


def _draw_up(book: Listbook, case: str, side: str, list_id: str, out: str | None, sign_with: str | None) -> Done:
    """The statements of the newest version, written for the side or, with its key, signed and submitted."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.visibility import OPERATOR

    if sign_with is not None:
        from quittance.cli.sign import signer_of

        signer = signer_of(Path(sign_with))
        with open_case(case, writable=True) as casebook:
            accepted = book.submit(OPERATOR, side, list_id, signer, casebook)
        return Done(recorded=True, entries=tuple(one.index for one in accepted))
    with open_case(case) as casebook:
        statements = book.draw_up(OPERATOR, side, list_id, casebook)
    if not statements or out is None:
        return Done(recorded=not statements, waiting=len(statements))
    Path(out).mkdir(mode=0o700, parents=True, exist_ok=True)
    version = statements[0].body.get("version", 1)
    files = [
        Path(out) / f"list-{side}-{list_id}-v{version}-{number}-of-{len(statements)}.json"
        for number in range(1, len(statements) + 1)
    ]
    for path, statement in zip(files, statements, strict=True):
        write_new(path, write_envelope(statement))
    return Done(files=tuple(map(str, files)))


def _agreed(json: bool) -> bool:
    """Whether somebody on a terminal says that the columns are right."""
    if json or sys.stdin is None or not sys.stdin.isatty():
        return False
    return typer.confirm("Take the list in as shown?")


def _show(intake: Intake, columns: tuple[str, ...]) -> None:
    """How the file is read, what it does to the list, and the report by row."""
    about = intake.about
    print("The file is read like this:")
    for line in columns:
        print(f"  {line}")
    if intake.again:
        return
    counts = [f"{about.rows:,} entries"]
    names = ("added", "changed", "moved", "same", "removed")
    counts += [f"{getattr(about, name):,} {name}" for name in names if getattr(about, name) and about.version > 1]
    print(f"Version {about.version} of {about.side}/{about.list}: {', '.join(counts)}.")
    if about.left_out:
        print(f"{about.left_out:,} rows are left out: their people were erased.")
    for row, changed in about.changes[:MAX_NOTES]:
        print(f"  row {row}: {', '.join(changed)} changed")
    for _, _, words in about.notes[:MAX_NOTES]:
        print(f"  {words}")
    if len(about.notes) > MAX_NOTES:
        print(f"  and {len(about.notes) - MAX_NOTES:,} more remarks (--json has the first 1,000)")


def _tell(intake: Intake, taken: bool, done: Done, case: str, file: str) -> None:
    """What was done, and what comes next."""
    about = intake.about
    if intake.again:
        print(f"The vault holds this file already, as version {about.version} of {about.side}/{about.list}.")
    elif taken:
        print(f"The list is in the vault. {file} still holds names in the clear: move it away, or destroy it.")
    else:
        print("Nothing was changed. Correct a column with --map FIELD=COLUMN, then take the list in with --yes.")
        return
    if done.entries:
        print(f"The record has it: entries {', '.join(map(str, done.entries))}.")
    elif done.recorded:
        print("The record has it.")
    elif done.files:
        print(f"{about.side} now signs {len(done.files)} statement(s), then they are submitted together:")
        for name in done.files:
            print(f"  quittance sign {name} --key KEYFILE")
        print(f"  quittance record submit {case} {' '.join(done.files)}")
    elif done.waiting:
        print(
            f"{about.side} has not signed it: run this again with --out DIR, which writes {done.waiting} statement(s)."
        )


def _as_json(intake: Intake, taken: bool, done: Done) -> dict[str, Any]:
    """The result as `--json` prints it; headings and rows are named, cells are not."""
    about = intake.about
    counts = ("version", "rows", "added", "changed", "moved", "same", "removed", "left_out", "sha256")
    columns = {name: about.header[at] for name, at in about.mapping["columns"].items()}
    return {
        "list": f"{about.side}/{about.list}",
        **{name: getattr(about, name) for name in counts},
        "taken": taken,
        "again": intake.again,
        "columns": columns,
        "calendar": about.mapping["calendar"],
        "changes": [{"row": row, "columns": list(changed)} for row, changed in about.changes],
        "report": [{"row": row or None, "code": code, "message": words} for row, code, words in about.notes],
        "recorded": done.recorded,
        "files": list(done.files),
        "entries": list(done.entries),
    }
