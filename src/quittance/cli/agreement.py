"""`quittance agreement`: check an agreement file, and ask what it says on a day, without a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import (
    AgreementFile,
    AsJson,
    AsOf,
    JournalFile,
    KnownBy,
    known_party,
    moment,
    print_json,
    print_table,
    read_agreement_file,
    read_journal_file,
)

if TYPE_CHECKING:
    from quittance.agreement.findings import Finding
    from quittance.agreement.verdict import Verdict

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check an agreement file; ask what it says on a day.",
)

TEXT_ALONE = "text"


@app.command()
def lint(
    file: AgreementFile,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings as well.")] = False,
    journal: JournalFile = None,
    json: AsJson = False,
) -> None:
    """Say where the text can be read in two ways, and what is wrong with the file."""
    from quittance.files.read import AGREEMENT_LIMIT, read_file

    data = read_file(file, AGREEMENT_LIMIT)

    from quittance.agreement.findings import findings_as_json
    from quittance.agreement.lint import lint as lint_agreement

    findings = lint_agreement(data)
    if journal is not None:
        findings += _of_journal(data, journal, has_errors=any(one.level == "error" for one in findings))
    if json:
        print_json(findings_as_json(findings))
    else:
        for finding in findings:
            print(finding)
        if not findings:
            print("Nothing to say.")
    levels = {finding.level for finding in findings}
    if "error" in levels or (strict and levels):
        raise typer.Exit(1)


def _of_journal(data: bytes, path: str, *, has_errors: bool) -> list[Finding]:
    """What is to be said about the journal: its own lines first, and with a sound agreement whether the two fit."""
    from quittance.agreement.findings import Finding
    from quittance.agreement.journal import JournalRefused, load_journal
    from quittance.agreement.journal_lint import lint_journal
    from quittance.agreement.load import load_agreement
    from quittance.files.read import JOURNAL_LIMIT, read_file

    try:
        journal = load_journal(read_file(path, JOURNAL_LIMIT))
    except JournalRefused as refused:
        return [Finding.of(problem) for problem in refused.problems]
    if has_errors:
        return [Finding.of(problem, "warn") for problem in journal.findings]
    return lint_journal(load_agreement(data), journal)


@app.command()
def rings(
    file: AgreementFile,
    as_of: AsOf,
    known_by: KnownBy = None,
    journal: JournalFile = None,
    with_deadlines: Annotated[
        bool, typer.Option("--with-deadlines", help="Count deadlines and the begin of each instrument as demands.")
    ] = False,
    holder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PARTY", help="Take only what was agreed and what PARTY demands; `text`: only what was agreed."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Say who waits for whom in a circle, and which demands cannot be met together."""
    from quittance.agreement.rings import NOTHING_DONE, Standing, find_rings

    at = moment(as_of, "--as-of")
    by = moment(known_by, "--known-by") if known_by is not None else at
    agreement = read_agreement_file(file)
    entries = read_journal_file(journal, agreement)
    holders = None if holder is None else [known_party(one, agreement) for one in holder if one != TEXT_ALONE]
    standing = NOTHING_DONE
    if journal is not None:
        from quittance.agreement.evaluate import Evaluator

        standing = Standing.of(Evaluator(agreement, entries).at(at, by, None))
    found = find_rings(
        agreement,
        as_of=at,
        known_by=by,
        journal=entries,
        standing=standing,
        with_deadlines=with_deadlines,
        holders=holders,
    )
    if json:
        print_json(found.as_json())
        return
    print(f"{agreement.title}, as of {as_of}, known by {known_by or as_of}")
    for ring in found.rings:
        print(f"\nRing: {' -> '.join((*ring.commitments, ring.commitments[0]))}")
        for edge in ring.edges:
            print(f"  {edge}")
    for clash in found.clashes:
        print(f"\nCannot be met together, {clash.days_short} days short:")
        for clause in clash.clauses:
            print(f"  {clause.text} ({' and '.join(clause.held_by)})")
    if not found.rings and not found.clashes:
        print("\nNobody waits in a circle, and all demands can be met together.")
    if found.cut:
        print("\nThere are more; the search was stopped.")


@app.command()
def amend(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")],
    agreement: Annotated[str, typer.Option("--agreement", metavar="FILE", help="The new version of the file.")],
    out: Annotated[str, typer.Option("--out", metavar="STATEMENT", help="Where to write the envelope, unsigned.")],
    json: AsJson = False,
) -> None:
    """Lay a new version of the agreement beside the one in force, and draw up what the sides sign to put it in force.

    Nothing changes before the signed statement is in the record. A case that is open goes on with the file it was
    opened with: start the pages anew.
    """
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.files.read import AGREEMENT_LIMIT, read_file
    from quittance.visibility import OPERATOR

    data = read_file(agreement, AGREEMENT_LIMIT)
    with open_case(case) as casebook:
        signers = casebook.agreement(OPERATOR).amendments.signed_by
        statement = casebook.amend(OPERATOR, data)
    write_new(Path(out), write_envelope(statement))
    version, digest = statement.body["version"], statement.body["agreement_sha256"]
    if json:
        print_json(
            {"sid": statement.sid, "version": version, "sha256": digest, "signed_by": list(signers), "file": out}
        )
        return
    print(f"The new file lies in the case as version {version}, SHA-256 {digest}. It is not in force yet.")
    print(f"{out} holds the statement {statement.sid}, for {' and '.join(signers)} to sign:")
    print(f"  quittance sign {out} --key KEYFILE")
    print(f"  quittance record submit {case} {out}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the agreement file, for editors that complete and check while one types."""
    from quittance.agreement.schema import agreement_schema

    print_json(agreement_schema())


@app.command()
def status(
    file: AgreementFile,
    as_of: AsOf,
    journal: JournalFile = None,
    known_by: KnownBy = None,
    party: Annotated[
        str | None, typer.Option(metavar="PARTY", help="Ask in this party's reading of the terms, not the text's.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say where every commitment stands on a day, as known by a day."""
    from quittance.agreement.evaluate import Evaluator

    at = moment(as_of, "--as-of")
    by = moment(known_by, "--known-by") if known_by is not None else at
    agreement = read_agreement_file(file)
    entries = read_journal_file(journal, agreement)
    reader = known_party(party, agreement) if party is not None else None
    evaluation = Evaluator(agreement, entries).at(at, by, reader)
    if json:
        print_json(evaluation.as_json())
        return
    reading = f", as {reader} reads it" if reader is not None else ""
    print(f"{agreement.title}, as of {as_of}, known by {known_by or as_of}{reading}\n")
    print_table(
        ("commitment", "status", "disputed", "figure", "deadline", "waits for"),
        [
            (
                verdict.id,
                verdict.status.replace("_", " "),
                ", ".join(verdict.disputed),
                _figure(verdict),
                verdict.deadline or (f"({verdict.nominal_deadline})" if verdict.nominal_deadline else ""),
                _waits(verdict),
            )
            for verdict in evaluation.verdicts
        ],
    )
    for warning in evaluation.warnings:
        print(f"warning: {warning.subject}: {warning.message} [{warning.code}]")


def _figure(verdict: Verdict) -> str:
    """The interval, never its low end alone when the high one is larger; `0..20 of 1,000 persons`."""
    if verdict.low is None or verdict.high is None:
        return ""
    figure = f"{verdict.low:,}" if verdict.low == verdict.high else f"{verdict.low:,}..{verdict.high:,}"
    total = f" of {verdict.total:,}" if verdict.total is not None else ""
    return f"{figure}{total} {verdict.unit or ''}".rstrip()


def _waits(verdict: Verdict) -> str:
    doubtful = verdict.blocked_by_doubtful
    return ", ".join(f"{name} (implied)" if name in doubtful else name for name in verdict.blocked_by)
