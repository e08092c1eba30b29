"""Commands that hold claims against each other: where they come from, and whether they can all be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from quittance.cli.question import AsJson, KnownBy, moment, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from quittance.claims.model import Claim, Report
    from quittance.claims.promises import Promise
    from quittance.claims.reconcile.model import Reconciliation

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE", help="Reports, and claims already found in them (.jsonl); folders of reports."),
]
Conflict = Annotated[
    str | None, typer.Option(metavar="NAME", help="The conflict of reports that do not say, such as afghanistan-2020.")
]
Agreement = Annotated[
    str | None,
    typer.Option("--agreement", metavar="FILE", help="Take the parties and promises of this agreement file."),
]

MOST = 100_000
"""Reports that are compared at once: all stay in memory."""


class Given(NamedTuple):
    """What the files named hold: reports and claims, and for each conflict its claims and what was promised."""

    reports: list[Report]
    claims: list[Claim]
    groups: dict[str, tuple[list[Claim], tuple[Promise, ...]]]


def origins(files: Files, conflict: Conflict = None, agreement: Agreement = None, json: AsJson = False) -> None:
    """Say how many sources figures have behind their reports: who copied whom, and whom they all quote."""
    import msgspec

    from quittance.claims.origins import origins as trace

    given = given_in(files, agreement, conflict)
    found = trace(given.reports, given.claims)
    if json:
        print_json(msgspec.to_builtins(found) | {"counts": [
            msgspec.to_builtins(one) | {"sentence": one.sentence} for one in found.counts
        ]})  # fmt: skip
        return
    for group in found.groups:
        print(f"One copy{f' of {group.agency}' if group.agency else ''}: {', '.join(group.documents)}")
    for count in found.counts:
        number = f"{count.value:,}" if count.value is not None else f"{count.low:,} to {count.high:,}"
        days = " to ".join(dict.fromkeys(day for day in (count.first, count.last) if day))
        what = f"{number} {count.event_type}/{count.kind} {count.actor}"
        print(f"{what}  {days}  {count.sentence}: {', '.join(count.origins)}")
    print(f"{len(given.reports):,} reports, {len(given.claims):,} claims, {len(found.counts):,} figures.")


def reconcile(
    files: Annotated[
        list[str],
        typer.Argument(metavar="CASE|FILE", help="The folder of a case, or reports and claims found in them."),
    ],
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="The day asked about; what was published later is left out.")
    ],
    known_by: KnownBy = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="List what changed since this day, and what changed it.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List the claims that fit everything as well.")] = False,
    conflict: Conflict = None,
    agreement: Agreement = None,
    json: AsJson = False,
) -> None:
    """Set claims against each other and against the verified record: which can stand, which cannot, and the sums."""
    import msgspec

    from quittance.claims.reconcile import changes, reconcile_lines

    day = _day(as_of, "--as-of")
    by = _day(known_by, "--known-by") if known_by else day
    before = _day(since, "--since") if since else None
    days = [(day, by), *([(before, min(before, by))] if before else [])]
    views = {}
    for name, (found, *former) in reconciled_case(files, days, conflict, agreement) or reconciled_files(
        files, days, conflict, agreement
    ):
        changed = changes(former[0], found) if former else ()
        if json:
            views[name] = msgspec.to_builtins(found) | ({"changed": msgspec.to_builtins(changed)} if former else {})
        else:
            print("\n".join([name, *reconcile_lines(found, changed, every=every), ""]))
    if json:
        print_json({"conflicts": views})


Found = list[tuple[str, list["Reconciliation"]]]
"""For each conflict, or for a case by its agreement's id, a reconciliation for each day asked about."""


def reconciled_case(
    files: Sequence[str], days: Sequence[tuple[date, date]], conflict: str | None, agreement: str | None
) -> Found:
    """The reconciliations of a case; none where no case is named. Raises `UsageError`."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.case import RECORD_FILE

    if not any((Path(file) / RECORD_FILE).is_file() for file in files):
        return []
    if len(files) > 1 or conflict or agreement:
        raise UsageError(
            "A case is named alone: it has its own reports, agreement and parties.", code="claims.case_alone"
        )
    from quittance.claimbook import Claimbook
    from quittance.visibility import OPERATOR

    with Claimbook.open(Path(files[0])) as book:
        return [("case", [book.reconciliation(OPERATOR, day, by) for day, by in days])]


def reconciled_files(
    files: Sequence[str], days: Sequence[tuple[date, date]], conflict: str | None, agreement: str | None
) -> Found:
    """The reconciliations of each conflict in files. Raises `UnreadableError` (`claims.day`)."""
    from quittance.claims.origins import origins as trace
    from quittance.claims.reconcile import reconcile as hold_together
    from quittance.errors import UnreadableError

    given = given_in(files, agreement, conflict)
    traced = trace(given.reports, given.claims).origin_of
    try:
        return [
            (group or "no conflict named", [hold_together(some, traced, promised, (), day, by) for day, by in days])
            for group, (some, promised) in given.groups.items()
        ]
    except ValueError:
        raise UnreadableError(
            'A claim has a date that is none. Write the claims anew with "quittance claims extract".', code="claims.day"
        ) from None


def given_in(files: Sequence[str], agreement: str | None, conflict: str | None) -> Given:
    """The reports and claims in files; claims are found now where no .jsonl is named. Raises `UnreadableError`."""
    from itertools import islice
    from pathlib import Path

    from quittance.cli.claims import settings_of
    from quittance.engines.report_claims import group_of, reader_of
    from quittance.engines.settling import promises_of, series
    from quittance.errors import UsageError
    from quittance.files.reports import read_reports

    settings = settings_of(agreement, None, conflict)
    lists = [Path(file) for file in files if file.endswith(".jsonl")]
    others = [Path(file) for file in files if not file.endswith(".jsonl")]
    reports = list(islice(read_reports(others, conflict=conflict), MOST + 1))
    if len(reports) > MOST:
        raise UsageError(f"At most {MOST:,} reports are compared at once.", code="claims.too_many")
    group = {report.doc: group_of(report, settings) for report in reports}
    if lists:
        found = [claim for path in lists for claim in read_claims(path)]
    else:
        read = reader_of(settings)
        found = [claim for report in reports for claim in read(report)]
    groups = {}
    for name in sorted({group.get(claim.doc, conflict or "") for claim in found}):
        some = [claim for claim in found if group.get(claim.doc, conflict or "") == name]
        groups[name] = (some if lists or not name else list(series(some, name, settings)), promises_of(name, settings))
    return Given(reports, [claim for some, _ in groups.values() for claim in some], groups)


def read_claims(path: Path) -> list[Claim]:
    """The claims in a file. Raises `UnreadableError` (`claims.line`) with the numbers of lines that hold none."""
    import msgspec

    from quittance.claims.model import read_claim
    from quittance.errors import Problem, UnreadableError
    from quittance.files.read import JOURNAL_LIMIT, read_file

    claims, problems = [], []
    for number, line in enumerate(read_file(path, JOURNAL_LIMIT).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            claims.append(read_claim(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            why = str(error) if isinstance(error, msgspec.ValidationError) else "it is no JSON"
            problems.append(Problem("claims.line", f"this is no claim: {why}", line=number))
    if problems:
        raise UnreadableError(
            f'{path} has {len(problems):,} lines that are no claims. Write it anew with "quittance claims extract".',
            code="claims.line",
            problems=tuple(problems),
        )
    return claims


def _day(text: str, option: str) -> date:
    from datetime import date

    return date.fromisoformat(str(moment(text, option))[:10])
