"""Commands on a case: make it, import into it, ask where it stands, show it, check its record."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.claims_case import import_report
from quittance.cli.lists import import_list
from quittance.cli.question import AsJson, KnownBy, moment, print_json

if TYPE_CHECKING:
    from quittance.casebook import Casebook
    from quittance.claimbook import Claimbook
    from quittance.dates import Moment
    from quittance.listbook import Listbook
    from quittance.views.text import Line, Page

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day asked about; today in the agreement's timezone if left out."),
]
Party = Annotated[str | None, typer.Option(metavar="PARTY", help="Ask in this party's reading of the terms.")]
MAX_WIDTH = 100

imports = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Bring what happened into a case."
)


def init(
    case: Case,
    agreement: Annotated[str, typer.Option("--agreement", metavar="FILE", help="The agreement file of the case.")],
    origin: Annotated[
        str | None, typer.Option(metavar="NAME", help="The name of the log: host/agreement/case. By default local.")
    ] = None,
    founding: Annotated[
        list[str] | None,
        typer.Option(metavar="FINGERPRINT", help="A key that may found the record; repeat it. None: any, at first."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="DIR", help="The trust policy: a folder with the files joint and recorded.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a case: a folder with the agreement, the operator's sealed keys, and a signed record."""
    import secrets
    from pathlib import Path

    from quittance.agreement.load import load_agreement
    from quittance.casebook import Casebook
    from quittance.cli.passphrase import new_passphrase
    from quittance.files.case import require_free
    from quittance.files.office import new_office
    from quittance.files.policies import PolicyFiles
    from quittance.files.read import AGREEMENT_LIMIT, read_file
    from quittance.visibility import OPERATOR

    data = read_file(agreement, AGREEMENT_LIMIT)
    load_agreement(data)  # before anybody is asked to think of a passphrase
    require_free(Path(case))
    policies = PolicyFiles.load(Path(policy)) if policy else None
    office = new_office(new_passphrase("Passphrase for the operator's keys of this case: "), secrets.token_bytes)
    with Casebook.create(Path(case), data, office, origin=origin, founding=founding or (), policy=policies) as casebook:
        adopted, head = casebook.agreement(OPERATOR), casebook.head(OPERATOR)
    if json:
        print_json({"case": case, "agreement": adopted.id, "agreement_sha256": adopted.sha256, "origin": head.origin})
        return
    print(f"The case {case} is made: {adopted.title} ({adopted.id}), {len(adopted.commitments)} commitments.")
    print(f"The operator's keys lie sealed in {case}/keys; keep a copy of them elsewhere.")
    print(f"Its log is {head.origin}. Import what happened with: quittance import journal {case} FILE")


imports.command("list")(import_list)
imports.command("report")(import_report)


@imports.callback()
def _imports() -> None:
    """Bring what happened into a case."""


@imports.command("journal")
def import_journal(
    case: Case,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A journal, one entry a line.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and record nothing.")] = False,
    skip_recorded: Annotated[
        bool, typer.Option("--skip-recorded", help="Leave out entries that the case holds already, word for word.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Record every entry of a journal, or none."""
    from quittance.files.read import JOURNAL_LIMIT, read_file
    from quittance.views.exports import view_json
    from quittance.visibility import OPERATOR

    data = read_file(file, JOURNAL_LIMIT)
    with open_case(case, writable=not dry_run) as casebook:
        report = casebook.import_journal(OPERATOR, data, skip_recorded=skip_recorded, dry_run=dry_run)
    if json:
        print_json(view_json("import", report))
        return
    for finding in report.findings:
        print(f"warning: {finding}")
    there = f"; left out, because the case holds them already: {report.skipped}" if report.skipped else ""
    if dry_run:
        print(f"Entries that would be recorded: {report.taken}{there}. Nothing was recorded.")
    elif report.first is None:
        print(f"Nothing was recorded{there}.")
    else:
        print(f"Entries recorded: {report.taken}, numbers {report.first} to {report.last}{there}.")


def status(
    case: Case,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    party: Party = None,
    json: AsJson = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a row of HXL tags.")] = False,
    ocds: Annotated[bool, typer.Option("--ocds", help="Print JSON in the words of OCDS milestones.")] = False,
) -> None:
    """Say where the agreement stands on a day, as known by a day."""
    from quittance.views.text import status_lines
    from quittance.visibility import OPERATOR

    _one_form(json, csv, ocds)
    if party is not None and (csv or ocds):
        _refuse("--party goes with the text and with --json; the exports are in the agreed text")
    with open_case(case) as casebook:
        at, by = _dates(casebook, as_of, known_by, quiet=json or csv or ocds)
        if json:
            print_json(casebook.evaluation(OPERATOR, at, by, party).as_json())
        elif csv:
            print(casebook.csv(OPERATOR, at, by), end="")
        elif ocds:
            print_json(casebook.ocds(OPERATOR, at, by))
        else:
            print_lines(status_lines(casebook.status(OPERATOR, at, by, party), page()))


def timeline(
    case: Case, as_of: AsOf = None, known_by: KnownBy = None, party: Party = None, json: AsJson = False
) -> None:
    """Say what happened day by day: what, by whom, when it became known, from which source."""
    from quittance.views.exports import view_json
    from quittance.views.text import timeline_lines
    from quittance.visibility import OPERATOR

    with open_case(case) as casebook:
        at, by = _dates(casebook, as_of, known_by, quiet=json)
        view = casebook.timeline(OPERATOR, at, by, party)
        if json:
            print_json(view_json("timeline", view))
        else:
            print_lines(timeline_lines(view, page()))


def brief(case: Case, as_of: AsOf = None, known_by: KnownBy = None, party: Party = None, json: AsJson = False) -> None:
    """Print a briefing: where it stands, what changed in 14 days, what comes, what is disputed, the sources."""
    from quittance.views.exports import view_json
    from quittance.views.text import brief_lines
    from quittance.visibility import OPERATOR

    with open_case(case) as casebook:
        at, by = _dates(casebook, as_of, known_by, quiet=json)
        view = casebook.brief(OPERATOR, at, by, party)
        if json:
            print_json(view_json("brief", view))
        else:
            print_lines(brief_lines(view, page()))


def serve(
    case: Case,
    port: Annotated[int, typer.Option(metavar="PORT", help="The port on this machine; 0 takes a free one.")] = 8000,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser on it.")] = True,
    vault_key: Annotated[
        str | None,
        typer.Option(
            "--vault-key", metavar="FILE", help="The vault's key file: show people too, to whoever has the token."
        ),
    ] = None,
    as_: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="KEYFILE", help="Whose answers the review takes: a neutral key's file or fingerprint."
        ),
    ] = None,
    claims: Annotated[
        bool, typer.Option("--claims", help="Show the claims desk too, to whoever has the token; no vault is needed.")
    ] = False,
) -> None:
    """Show the case in a browser, on this machine only; with the vault's key, its lists and people as well."""
    from contextlib import ExitStack
    from pathlib import Path

    from quittance.web.server import serve as serve_case

    if as_ is not None and vault_key is None and not claims:
        _refuse("--as goes with --vault-key or --claims: without people and claims there is nothing to review")
    open_case(case).close()
    with ExitStack() as stack:
        people = stack.enter_context(_people(case, vault_key)) if vault_key is not None else None
        book = stack.enter_context(_claims(case)) if claims or people is not None else None
        reviewer = _reviewer(people, as_) if people is not None else _reader(book, as_)
        serve_case(Path(case), port, open_browser, people=people, reviewer=reviewer, claims=book)


def _people(case: str, vault_key: str) -> Listbook:
    """The lists of a case, opened with the vault's key."""
    from pathlib import Path

    from quittance.cli.vault import kek_of
    from quittance.listbook import Listbook

    return Listbook.open(Path(case), kek_of(case, vault_key))


def _claims(case: str) -> Claimbook:
    """The claims of a case."""
    from pathlib import Path

    from quittance.claimbook import Claimbook

    return Claimbook.open(Path(case))


def _reader(claims: Claimbook | None, given: str | None) -> str | None:
    """The fingerprint that `--as` names, where there are claims and no people. Raises as `_reviewer`."""
    from quittance.visibility import OPERATOR

    return _in_term(given, claims.reviewers(OPERATOR)) if claims is not None and given is not None else None


def _reviewer(people: Listbook | None, given: str | None) -> str | None:
    """The fingerprint that `--as` names. Raises `UsageError` (`people.reviewer`) for no neutral key in its term."""
    from quittance.reviewbook import Reviewbook
    from quittance.visibility import NEUTRAL

    if people is None or given is None:
        return None
    return _in_term(given, Reviewbook(people).reviewers(NEUTRAL))


def _in_term(given: str, known: Collection[str]) -> str:
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.keyfile import describe_key, read_key_file
    from quittance.record.envelope import HEX_256

    found = given if HEX_256.fullmatch(given) else describe_key(read_key_file(Path(given))).fingerprint
    if found not in known:
        raise UsageError(
            f"The key {found} is no key of the neutral in its term here, so it cannot sign what it answers. Enrol it "
            'with "quittance key enrol --role neutral", or name another.',
            code="people.reviewer",
        )
    return found


def open_case(case: str, *, writable: bool = False) -> Casebook:
    """The case for reading, or with the operator's keys as its one writer: then the passphrase is asked for."""
    from pathlib import Path

    from quittance.casebook import Casebook

    if not writable:
        return Casebook.open(Path(case))
    from quittance.cli.passphrase import passphrase
    from quittance.files.case import require_case
    from quittance.files.office import open_office

    require_case(Path(case))
    office = open_office(Path(case), passphrase("Passphrase of the operator's keys: "))
    return Casebook.open(Path(case), office=office)


def _dates(casebook: Casebook, as_of: str | None, known_by: str | None, *, quiet: bool) -> tuple[Moment, Moment]:
    """Both dates of a question. A day that was left out is said, unless another program reads the answer."""
    from quittance.visibility import OPERATOR

    if as_of is not None:
        at = moment(as_of, "--as-of")
    else:
        at = casebook.today(OPERATOR)
        if not quiet:
            zone = casebook.agreement(OPERATOR).calendar.timezone
            print(f"(--as-of was left out: {at}, today in {zone})", file=sys.stderr)
    return at, moment(known_by, "--known-by") if known_by is not None else at


def _one_form(*forms: bool) -> None:
    if sum(forms) > 1:
        _refuse("choose one of --json, --csv and --ocds")


def _refuse(message: str) -> None:
    from quittance.errors import UsageError

    raise UsageError(f"{message[0].upper()}{message[1:]}.", code="usage.form")


def page() -> Page:
    """The page of the command line: English, as wide as the terminal up to 100 columns, 80 where there is none."""
    import shutil

    from quittance.views.text import WIDTH, Page

    columns = shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
    return Page(width=max(40, min(columns, MAX_WIDTH)))


TONES = {"heading": "bold", "late": "bold yellow", "blocked": "magenta", "ok": "green", "off": "dim"}


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines of a view: with tones on a terminal (none under NO_COLOR), plain elsewhere."""
    if not sys.stdout.isatty():
        for line in lines:
            print(line.text)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text(line.text, TONES.get(line.tone or "", "")))
