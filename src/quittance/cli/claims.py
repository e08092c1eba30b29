"""`quittance claims`: from public reports to the claims in them, their origins, and how they fit together."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli import claims_case, claims_desk
from quittance.cli.claims_compare import origins, reconcile
from quittance.cli.claims_reader import second_read
from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quittance.engines.extraction import Show
    from quittance.engines.report_claims import Settings, Tally

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Read public reports: who claims what, and how it fits together.",
)
Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE", help="Reports: text, HTML, PDF, RSS or Atom files, or folders of them."),
]


@app.command("extract")
def extract(
    files: Files,
    jsonl: Annotated[str, typer.Option("--jsonl", metavar="OUT", help="Where to write the claims, one a line.")],
    conflict: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The conflict of reports that do not say, such as afghanistan-2020."),
    ] = None,
    agreement: Annotated[
        str | None, typer.Option(metavar="FILE", help="Take the parties and promises of this agreement file.")
    ] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="FILE", help="Speakers that a case has learned, besides those known.")
    ] = None,
    sidecars: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Look here too for FILE.json, which dates a report.")
    ] = None,
    no_series: Annotated[
        bool, typer.Option("--no-series", help="Leave every reading to its sentence; do not compare the reports.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=256, metavar="N", help="Processes that read.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where a run was not finished.")] = False,
    json: AsJson = False,
) -> None:
    """Find the claims in reports: who says how many were, will or must be released. Begun anew, it goes on."""
    from functools import partial
    from pathlib import Path

    from quittance.claims.model import EXTRACTOR
    from quittance.engines.extraction import extract_files
    from quittance.errors import UsageError
    from quittance.files.reports import distinct, find_reports

    out, folder = Path(jsonl), Path(sidecars) if sidecars else None
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError("--jsonl must name a file, in a folder that is there.", code="claims.out")
    if folder is not None and not folder.is_dir():
        raise UsageError(f"--sidecars: there is no folder {sidecars}.", code="claims.sidecars")
    settings = settings_of(agreement, registry, conflict, series=not no_series)
    listed = partial(find_reports, [Path(file) for file in files], sidecars=folder)
    with _progress() as show:
        tally = extract_files(
            lambda: distinct(listed()) if len(files) > 1 else listed(), out, settings,
            version=" ".join(EXTRACTOR), jobs=jobs, fresh=fresh, show=show,
        )  # fmt: skip
    _tell(tally, jsonl, json=json)


app.command("second-read")(second_read)
app.command("origins")(origins)
app.command("reconcile")(reconcile)
app.command("import")(claims_case.import_report)
app.command("list")(claims_case.list_claims)
app.command("show")(claims_case.show_claim)
app.command("accept")(claims_case.accept)
app.command("correct")(claims_case.correct)
app.command("reject")(claims_case.reject)
app.command("doubtful")(claims_case.doubtful)
app.command("merge")(claims_case.merge)
app.command("split")(claims_case.split)
app.command("sign")(claims_case.sign)
app.command("enter")(claims_case.enter)
app.command("learn")(claims_case.learn)
app.command("export-cases")(claims_case.export_cases)
app.command("review")(claims_desk.review)
app.command("agreement")(claims_desk.agreement)
app.command("cases")(claims_desk.cases)
app.command("export")(claims_desk.export)


def settings_of(agreement: str | None, registry: str | None, conflict: str | None, *, series: bool = True) -> Settings:
    """The settings of an extraction from the options of a command. Raises `UsageError`, `UnreadableError`."""
    from quittance.claims.profile import CONFLICTS, profile_for
    from quittance.engines.report_claims import Settings
    from quittance.errors import UsageError
    from quittance.files.read import AGREEMENT_LIMIT, JOURNAL_LIMIT, read_file
    from quittance.files.reports import CONFLICT
    from quittance.ids import did_you_mean

    if conflict is not None and (not CONFLICT.fullmatch(conflict) or profile_for(conflict) is None):
        hint = did_you_mean(conflict, CONFLICTS) or f". Known: {', '.join(CONFLICTS)}."
        raise UsageError(f"--conflict: no parties are known for `{conflict[:64]}`{hint}", code="claims.conflict")
    return Settings(
        agreement=read_file(agreement, AGREEMENT_LIMIT) if agreement else None,
        speakers=read_file(registry, JOURNAL_LIMIT) if registry else None,
        conflict=conflict,
        series=series,
    )


@contextmanager
def _progress() -> Iterator[Show | None]:
    """A bar on a terminal's stderr, None where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reports", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tell(tally: Tally, out: str, *, json: bool) -> None:
    """The summary; raises `UnreadableError` (`claims.some_unread`) with the files and claims that were left out."""
    import sys

    from quittance.errors import Problem, UnreadableError

    if json:
        print_json(
            {
                "claims_file": out,
                "files": tally.files,
                "reports": tally.reports,
                "claims": tally.claims,
                "unread": tally.unread,
                "warnings": tally.warnings,
            }
        )
    else:
        for line in tally.examples:
            print(f"warning: {line}", file=sys.stderr)
        for code, count in tally.warnings.items():
            print(f"warnings {code}: {count:,}", file=sys.stderr)
        print(f"{tally.reports:,} reports in {tally.files:,} files: {tally.claims:,} claims in {out}.")
    if tally.unread:
        problems = tuple(Problem(code, message) for code, message in tally.problems)
        raise UnreadableError(
            f"{tally.unread:,} could not be read; the claims of all others are in {out}."
            + (f" The first {len(problems)}:" if tally.unread > len(problems) else ""),
            code="claims.some_unread",
            problems=problems,
        )
