"""Commands on the public claims of a case: take reports in, list claims, judge them, sign, teach a speaker, export."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, KnownBy, moment, print_json

if TYPE_CHECKING:
    from datetime import date

    from quittance.claimbook import Claimbook
    from quittance.dates import Moment
    from quittance.views.claims import ClaimLine, ClaimView, DraftLine, SignedView
    from quittance.views.quotes import Quote

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
Name = Annotated[str, typer.Argument(metavar="CLAIM", help="The code of the claim, from `quittance claims list`.")]
As = Annotated[
    str, typer.Option("--as", metavar="KEYFILE", help="The reviewer's own neutral key file, or its fingerprint.")
]
KeyFile = Annotated[str, typer.Option("--as", metavar="KEYFILE", help="The reviewer's own neutral key file.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Reports public by this day; today if left out.")
]
Comment = Annotated[
    str | None, typer.Option("--comment", metavar="TEXT", help="Why; kept beside the record, never in it.")
]
Of = Annotated[
    list[str] | None,
    typer.Option(
        "--of", metavar="COMMITMENT", help="The commitment it counts under, if the agreement leaves that open."
    ),
]


def import_report(
    case: Case,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Texts, pages, PDF files, feeds, or folders.")],
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Keep the reports only; the record says so when claims are signed.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Take public reports into a case, each once, and say so in its record."""
    from contextlib import ExitStack
    from dataclasses import asdict

    from quittance.cli.case import open_case
    from quittance.files.reports import read_reports
    from quittance.visibility import OPERATOR

    reports = list(read_reports(files))
    with ExitStack() as stack:
        casebook = None if no_record else stack.enter_context(open_case(case, writable=True))
        view = stack.enter_context(open_claims(case)).take_reports(OPERATOR, reports, casebook)
    if json:
        print_json(asdict(view))
        return
    again = f"; there already: {len(view.again)}" if view.again else ""
    print(f"Reports taken in: {len(view.taken)}, with {view.claims} claims{again}.")
    for sha256 in view.differs:
        print(f"{sha256[:12]} is there with another date, outlet or address, which stay as they first came.")
    if view.entries:
        print(f"In the record: entries {view.entries[0]} to {view.entries[-1]}.")
    if view.taken:
        print(f"See them with: quittance claims list {case}")


def list_claims(
    case: Case,
    report: Annotated[
        str | None, typer.Option(metavar="REPORT", help="Of this report only: its name or SHA-256.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="In this state only, such as unreviewed or accepted.")
    ] = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    json: AsJson = False,
) -> None:
    """List the claims in the reports of a case, with their verdicts, and the facts that accepted ones became."""
    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        lines = book.claims(OPERATOR, _day(as_of, "--as-of"), _day(known_by, "--known-by"), report=report, state=state)
    if json:
        print_json({"claims": [_claim_json(one) for one in lines]})
        return
    print(f"Claims: {len(lines)}.")
    for one in lines:
        print(_in_a_line(one))


def show_claim(case: Case, claim: Name, json: AsJson = False) -> None:
    """Show one claim: its words, how it is read, how that was found, and what its readers said."""
    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        view = book.claim(OPERATOR, claim)
    if json:
        print_json(_view_json(view))
        return
    print(_in_a_line(view.line))
    print_quote(view.quote)
    for words in view.line.arithmetic:
        print(f"  {words}")
    if view.trace:
        print(f"  found by: {', '.join(view.trace)}")
    for one in view.readings:
        where = f"entry {one.entry}" if one.entry is not None else "not signed"
        changed = ", ".join(f"{name} = {value}" for name, value in one.changes)
        print(f"  {one.judgement} by {one.by[:12]}, {where}" + (f": {changed}" if changed else ""))


def accept(case: Case, claim: Name, who: As, of: Of = None, comment: Comment = None, json: AsJson = False) -> None:
    """Accept a claim as it is read: the report says this. It counts once you have signed."""
    _decide(case, claim, who, "accepted", {}, of, comment, json=json)


def correct(
    case: Case,
    claim: Name,
    changes: Annotated[
        list[str], typer.Option("--set", metavar="FIELD=VALUE", help="A field and what it is; repeat it.")
    ],
    who: As,
    of: Of = None,
    comment: Comment = None,
    json: AsJson = False,
) -> None:
    """Correct how a claim is read: --set kind=batch, --set value=102. The program's own reading stays beside it."""
    from quittance.errors import UsageError

    given = dict(one.split("=", 1) for one in changes if "=" in one)
    if len(given) != len(changes):
        raise UsageError("Write each change as FIELD=VALUE, each field once.", code="usage.form")
    _decide(case, claim, who, "corrected", given, of, comment, json=json)


def reject(case: Case, claim: Name, who: As, comment: Comment = None, json: AsJson = False) -> None:
    """Reject a claim: these words say nothing about a release."""
    _decide(case, claim, who, "rejected", {}, None, comment, json=json)


def doubtful(case: Case, claim: Name, who: As, comment: Comment = None, json: AsJson = False) -> None:
    """Mark a claim as doubtful: nobody can tell from the report what it says."""
    _decide(case, claim, who, "doubtful", {}, None, comment, json=json)


def merge(
    case: Case,
    claim: Name,
    who: As,
    into: Annotated[
        str | None, typer.Option("--into", metavar="CLAIM", help="The claim about the same event; none takes it apart.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say that a claim is about the same event as another, so that it is not counted twice."""
    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        line = book.merge(OPERATOR, fingerprint(who), claim, into)
    _say(case, line, json=json)


def split(
    case: Case,
    claim: Name,
    numbers: Annotated[
        list[str], typer.Option("--number", metavar="WORDS", help="The words of one number; repeat it.")
    ],
    who: As,
    json: AsJson = False,
) -> None:
    """Say that a claim is several, one for each number in its words."""
    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        line = book.split(OPERATOR, fingerprint(who), claim, numbers)
    _say(case, line, json=json)


def sign(
    case: Case,
    who: KeyFile,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Write signed envelopes there instead of submitting them."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked on a terminal.")] = False,
    json: AsJson = False,
) -> None:
    """Sign your decisions with your own key, and enter them with the facts that follow, all together or none."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.cli.review import write_signed
    from quittance.cli.sign import signer_of
    from quittance.errors import UsageError
    from quittance.views.claims import SignedView
    from quittance.visibility import OPERATOR

    reviewer = fingerprint(who)
    with open_claims(case) as book:
        drafts = book.unsigned(OPERATOR, reviewer)
        if not json:
            print(f"Decisions to sign: {len(drafts)}.")
            for one in drafts:
                print(f"  {_decision(one)}")
        if drafts and not yes and not (sys.stdin is not None and sys.stdin.isatty() and typer.confirm("Sign them?")):
            raise UsageError("Nothing was signed. Read the decisions, then give --yes.", code="usage.sign")
        view, files = SignedView(0, 0, (), (), ()), list[str]()
        if drafts and out is not None:
            signer = signer_of(Path(who))
            with open_case(case) as casebook:
                files = write_signed(book.statements(OPERATOR, reviewer, casebook), signer, Path(out))
        elif drafts:
            signer = signer_of(Path(who))
            with open_case(case, writable=True) as casebook:
                view = book.sign(OPERATOR, signer, casebook)
    if not files:
        _signed(view, json=json)
    elif json:
        print_json({"files": files})
    else:
        print(f"Signed: {len(files)} envelopes in {out}. Where the operator's keys are:")
        print(f"  quittance record submit {case} FILE...")
        print(f"  quittance claims enter {case}")


def enter(case: Case, json: AsJson = False) -> None:
    """Enter what judgements that were entered elsewhere still owe to the record: their reports and their facts."""
    from quittance.cli.case import open_case
    from quittance.visibility import OPERATOR

    with open_claims(case) as book, open_case(case, writable=True) as casebook:
        view = book.enter_facts(OPERATOR, casebook)
    _signed(view, json=json)


def learn(
    case: Case,
    surface: Annotated[str, typer.Argument(metavar="NAME", help="The name as it is printed.")],
    key: Annotated[str, typer.Option("--key", metavar="KEY", help="The key of the speaker: letters, digits and _.")],
    who: As,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The speaker's proper name; as printed if left out.")
    ] = None,
    org: Annotated[str | None, typer.Option(metavar="ORG", help="The organisation.")] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="The role, such as spokesman or institution.")
    ] = None,
    side: Annotated[
        str | None, typer.Option(metavar="SIDE", help="Whose side: a party's code, NEUTRAL or MEDIATOR.")
    ] = None,
    claim: Annotated[str | None, typer.Option(metavar="CLAIM", help="The claim where the name stands.")] = None,
    json: AsJson = False,
) -> None:
    """Teach the case a speaker, or another spelling of one; every report is read again with it."""
    from dataclasses import asdict

    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        line = book.learn(
            OPERATOR, fingerprint(who), surface=surface, key=key, name=name, org=org, role=role, side=side, code=claim
        )
    if json:
        print_json(asdict(line))
        return
    print(f"Learned: {line.surface} is {line.key}" + (f", of {line.side}" if line.side else "") + ".")


def export_cases(
    case: Case,
    out: Annotated[str, typer.Argument(metavar="OUT.jsonl", help="Where to write them; must not be there yet.")],
) -> None:
    """Write the claims of every report that readers have settled completely, one line each, to try an extractor on."""
    from pathlib import Path

    from quittance.files.durable import write_new
    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        data = book.regression_cases(OPERATOR)
    write_new(Path(out), data)
    print(f"Claims written to {out}: {data.count(10)}.")


def open_claims(case: str) -> Claimbook:
    """The claims of a case, to be closed."""
    from pathlib import Path

    from quittance.claimbook import Claimbook

    return Claimbook.open(Path(case))


def fingerprint(who: str) -> str:
    """The fingerprint that `--as` names: itself, or that of a key file, for which no passphrase is needed."""
    from pathlib import Path

    from quittance.files.keyfile import describe_key, read_key_file
    from quittance.record.envelope import HEX_256

    return who if HEX_256.fullmatch(who) else describe_key(read_key_file(Path(who))).fingerprint


def print_quote(quote: Quote) -> None:
    """The words of a claim on the terminal, its number between arrows; or why they are not shown."""
    from quittance.cli.claims_terminal import shown

    if quote.state != "here":
        why = "is not in the case any more" if quote.state == "missing" else "was changed on the disk"
        print(f"  The report {quote.report[:12]} {why}.")
        return
    head, number, tail = (shown(part, keep_lines=False) for part in quote.parts)
    words = f"{head}>{number}<{tail}" if number else head
    print(f"  {shown(quote.outlet or quote.doc)}, {quote.published or 'undated'}: [{words}]")


def _decide(
    case: str,
    claim: str,
    who: str,
    answer: str,
    changes: dict[str, str],
    of: Sequence[str] | None,
    comment: str | None,
    *,
    json: bool,
) -> None:
    from quittance.visibility import OPERATOR

    with open_claims(case) as book:
        line = book.decide(OPERATOR, fingerprint(who), claim, answer, changes=changes, comment=comment, of=of or None)
    _say(case, line, json=json)


def _say(case: str, line: DraftLine, *, json: bool) -> None:
    from dataclasses import asdict

    if json:
        print_json(asdict(line))
        return
    print(f"Kept: {_decision(line)}")
    print(f"It counts once it is signed: quittance claims sign {case} --as KEYFILE")


def _decision(line: DraftLine) -> str:
    """One decision in a line: what was said, and what signing it does."""
    from quittance.claims.facts import STAYS

    changed = f" ({', '.join(line.changed)})" if line.changed else ""
    if line.fact:
        does = f"reported as {line.fact}"
    else:
        does = "no fact: " + STAYS.get(line.stays, f"it is {line.stays}")
    return f"{line.code} {line.answer}{changed}; {does}"


def _signed(view: SignedView, *, json: bool) -> None:
    from dataclasses import asdict

    if json:
        print_json(asdict(view))
    elif not view.entries:
        print("Nothing was entered.")
    else:
        print(
            f"In the record: entries {view.entries[0]} to {view.entries[-1]}; {view.judged} judgements, "
            f"{view.captured} reports, {len(view.facts)} facts, {len(view.retracted)} taken back."
        )


def _in_a_line(one: ClaimLine) -> str:
    from quittance.cli.claims_terminal import shown

    claim, found = one.claim, one.claim.quantity
    number = shown(found.surface or str(found.value), keep_lines=False) if found else "-"
    who = shown(claim.claimant.name or claim.claimant.key, keep_lines=False)
    fact = f"  {one.fact}" if one.fact else ""
    return (
        f"{one.code}  {claim.event_date or claim.published or '-'}  {claim.event_type}/{claim.kind}  {number}  by "
        f"{claim.actor}, says {who}  {one.verdict or '-'}  {one.state}{fact}"
    )


def _claim_json(one: ClaimLine) -> dict[str, object]:
    from dataclasses import fields

    import msgspec

    plain: dict[str, object] = {each.name: getattr(one, each.name) for each in fields(one)}
    built: dict[str, object] = msgspec.to_builtins(plain)
    return built


def _view_json(view: ClaimView) -> dict[str, object]:
    import msgspec

    built: dict[str, object] = msgspec.to_builtins(view)
    return built


def _day(text: str | None, option: str) -> date | None:
    """A day that was given, or of an instant its day."""
    from datetime import datetime

    if text is None:
        return None
    found: Moment = moment(text, option)
    return found.date() if isinstance(found, datetime) else found
