"""The claims desk for a folder of reports: read them claim by claim in the terminal, compare two readers, export.

It needs no case and no key: decisions go to a file, one line each, and are read again when the desk is opened again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from quittance.cli.question import AsJson, KnownBy, moment, print_json

if TYPE_CHECKING:
    from datetime import date

    from quittance.claims.decisions import Decision
    from quittance.claims.model import Claim, Report
    from quittance.claims.origins import Origins
    from quittance.claims.reconcile.model import Reconciliation
    from quittance.claims.two_readers import TwoReaders

Reports = Annotated[
    list[str], typer.Argument(metavar="FOLDER|FILE...", help="Reports: text files, pages, or folders of these.")
]
ClaimsFile = Annotated[
    str | None,
    typer.Option("--claims", metavar="CLAIMS.jsonl", help="The claims found in them; without it they are found now."),
]


def review(
    reports: Reports,
    out: Annotated[str, typer.Option("--out", metavar="DECISIONS.jsonl", help="The file that takes the decisions.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")],
    claims: ClaimsFile = None,
    second: Annotated[
        bool, typer.Option("--second", help="A second reading: what the program and others found is not shown.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", help="Only N reports, always the same.")
    ] = None,
    conflict: Annotated[
        str | None, typer.Option("--conflict", metavar="NAME", help="The parties, for reports that do not say.")
    ] = None,
) -> None:
    """Decide claim after claim what a report says: accept, correct, reject, doubtful, split, merge, add.

    Every decision is kept at once; the same command goes on where it was left.
    """
    from pathlib import Path

    from quittance.casebook import system_clock
    from quittance.cli.claims_session import Session
    from quittance.errors import UsageError
    from quittance.files.claim_decisions import DecisionFile, read_decisions

    path = Path(out)
    before = read_decisions(path)
    if others := sorted({one.by for one in before} - {by}):
        raise UsageError(
            f"{path.name} holds decisions of {', '.join(others)[:200]}. Every reader has a file of his own: name "
            "another with --out.",
            code="claims.other_reader",
        )
    if any(one.second != second for one in before):
        raise UsageError(
            f"{path.name} belongs to {'a first' if second else 'a second'} reading. Name another file with --out.",
            code="claims.other_reading",
        )
    found = _sampled(_read(reports, conflict), sample)
    of = _claims_of(found, claims, conflict)
    file = DecisionFile(path)
    try:
        session = Session(found, of, before, file.add, by, second=second, clock=system_clock)
        session.run()
    finally:
        file.close()
    if not session.answered and not (sys.stdin is not None and sys.stdin.isatty()) and session.open:
        raise UsageError(
            "The desk asks somebody at a terminal, and there is none: nothing was decided. Run it in a terminal, or "
            "give the keys line by line.",
            code="claims.no_terminal",
        )
    print(f"Decided: {session.decided} claims; open: {session.open}. Kept in {path.name}.")


def agreement(
    first: Annotated[str, typer.Argument(metavar="A.jsonl", help="The decisions of one reader, or claims.")],
    second: Annotated[str, typer.Argument(metavar="B.jsonl", help="Those of another.")],
    json: AsJson = False,
) -> None:
    """Say how far two readers of the same reports agree, and on which claims a third has to decide."""
    from quittance.claims.two_readers import compare

    (docs, mine), (others, theirs) = _reading(first), _reading(second)
    found = compare(mine, theirs, docs & others)
    if json:
        print_json(_agreement_json(found))
        return
    _print_agreement(found, len(docs ^ others))


def cases(
    decisions: Annotated[str, typer.Argument(metavar="DECISIONS.jsonl", help="What the reviewer decided.")],
    claims: Annotated[str, typer.Option("--claims", metavar="CLAIMS.jsonl", help="The claims that were decided.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="The labelled claims.")],
) -> None:
    """Write what a reviewer decided as labelled claims, to test extraction against; of reports decided throughout."""
    from pathlib import Path

    from quittance.claims.decisions import decided
    from quittance.cli.claims_compare import read_claims
    from quittance.files.claim_decisions import read_decisions
    from quittance.files.claim_exports import labelled
    from quittance.files.durable import write_new

    of = decided(read_decisions(Path(decisions)))
    open_docs = {one.doc for one in read_claims(Path(claims)) if one.id not in of}
    kept = [one for each in of.values() for one in each.results if each.doc not in open_docs]
    doubtful = {one.doc for one in kept if one.review is not None and one.review.state == "doubtful"}
    lines = labelled(one for one in kept if one.doc not in doubtful)
    write_new(Path(out), lines)
    left = len({one.doc for one in of.values()} & (open_docs | doubtful))
    count = len(lines.splitlines())
    print(f"{out} holds {count} labelled claims. Reports left out, because a claim is open or doubtful: {left}.")


def export(
    files: Annotated[
        list[str],
        typer.Argument(metavar="CASE|FILE...", help="The folder of a case, or reports and claims found in them."),
    ],
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="The day asked about; what was published later is left out.")
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="The folder for the files, made if it is not there.")
    ],
    known_by: KnownBy = None,
    conflict: Annotated[
        str | None, typer.Option("--conflict", metavar="NAME", help="The parties, for reports that do not say.")
    ] = None,
    agreement: Annotated[
        str | None, typer.Option("--agreement", metavar="FILE", help="Take the parties and promises of this file.")
    ] = None,
) -> None:
    """Write claims, series, verdicts, annotations, origins and disputes as files; nothing beyond a claim is quoted."""
    from datetime import date
    from pathlib import Path

    from quittance.files import claim_exports as files_of
    from quittance.files.durable import make_folder, write_new

    day = date.fromisoformat(str(moment(as_of, "--as-of"))[:10])
    by = date.fromisoformat(str(moment(known_by, "--known-by"))[:10]) if known_by else day
    material = _material(files, day, by, conflict, agreement)
    folder = Path(out)
    make_folder(folder)
    written = {
        "claims.jsonl": files_of.claims_jsonl(material.claims),
        "annotations.jsonld": files_of.annotation_page(material.claims, material.reports),
        "origin-nodes.csv": files_of.origin_nodes_csv(material.origins),
        "origin-edges.csv": files_of.origin_edges_csv(material.origins),
    }
    of = {one.id: one for one in material.claims}
    told = [one for one in material.found if one[1].judged] or material.found[:1]
    for name, found in told:
        before = f"{name.replace(' ', '-')}-" if len(told) > 1 else ""
        written[f"{before}series.csv"] = files_of.series_csv(found)
        written[f"{before}verdicts.csv"] = files_of.verdicts_csv(found, of)
        written[f"{before}disputes.txt"] = files_of.dispute_notes(found).encode("utf-8", "replace")
    for name, data in written.items():
        write_new(folder / name, data)
        print(f"{folder / name}  {len(data):,} bytes")


class _Material(NamedTuple):
    """What there is to export."""

    claims: list[Claim]
    reports: dict[str, Report]
    origins: Origins
    found: list[tuple[str, Reconciliation]]


def _material(files: Sequence[str], day: date, by: date, conflict: str | None, agreement: str | None) -> _Material:
    """The claims public by a day with what they come to: of a case, or of files."""
    from pathlib import Path

    from quittance.claims.model import Report
    from quittance.claims.origins import origins as trace
    from quittance.cli.claims_compare import given_in, reconciled_case, reconciled_files

    if of_case := reconciled_case(files, [(day, by)], conflict, agreement):
        from quittance.claimbook import Claimbook
        from quittance.visibility import OPERATOR

        with Claimbook.open(Path(files[0])) as book:
            reports = {
                one.doc: Report(doc=one.doc, text="", sha256=one.sha256, url=one.url)
                for one in book.reports(OPERATOR, day, by)
            }
            claims = list(book.counting(OPERATOR, day, by))
            return _Material(claims, reports, book.origins(OPERATOR, day, by), [(n, one[0]) for n, one in of_case])
    found = [(name, one[0]) for name, one in reconciled_files(files, [(day, by)], conflict, agreement)]
    given = given_in(files, agreement, conflict)
    public = [one for one in given.reports if one.published is None or one.published <= day.isoformat()]
    docs = {one.doc for one in public}
    claims = [one for one in given.claims if one.doc in docs]
    traced = trace(public, claims)
    return _Material(traced.with_origins(claims), {one.doc: one for one in public}, traced, found)


def _read(paths: Sequence[str], conflict: str | None) -> list[Report]:
    """The reports, those of one day together, the oldest first."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.reports import read_reports

    found = list(read_reports([Path(one) for one in paths], conflict=conflict))
    if not found:
        raise UsageError(
            "There is no report in this place. Name text files, pages, or their folder.", code="claims.none"
        )
    return sorted(found, key=lambda one: (one.published or "9999", one.doc))


def _sampled(reports: list[Report], count: int | None) -> list[Report]:
    """Some of the reports, chosen by their content, so that two readers get the same ones."""
    from hashlib import sha256

    if count is None:
        return reports
    ranked = sorted(reports, key=lambda one: sha256(one.text.encode("utf-8", "surrogatepass")).digest())[:count]
    return [one for one in reports if one in ranked]


def _claims_of(reports: Sequence[Report], path: str | None, conflict: str | None) -> dict[str, list[Claim]]:
    """The claims of each report: of a file, or found now. Those that do not lie in their text are refused."""
    from pathlib import Path

    from quittance.cli.claims import settings_of
    from quittance.cli.claims_compare import read_claims
    from quittance.engines.report_claims import reader_of
    from quittance.errors import UsageError

    texts = {one.doc: one.text for one in reports}
    found: dict[str, list[Claim]] = {one.doc: [] for one in reports}
    read = reader_of(settings_of(None, None, conflict))
    every = read_claims(Path(path)) if path is not None else [claim for report in reports for claim in read(report)]
    for claim in every:
        if claim.doc not in texts:
            continue
        if texts[claim.doc][slice(*claim.span)] != claim.text:
            raise UsageError(
                f"{claim.id} does not stand in {claim.doc} where it says. Find the claims again, in the same texts.",
                code="claims.other_text",
            )
        found[claim.doc].append(claim)
    return {doc: sorted(claims, key=lambda one: one.span) for doc, claims in found.items()}


def _reading(path: str) -> tuple[set[str], list[Claim]]:
    """The reports that a reader has read, and the claims that he left: of a file of decisions, or of claims."""
    from pathlib import Path

    from quittance.claims.decisions import FORMAT, decided
    from quittance.cli.claims_compare import read_claims
    from quittance.files.claim_decisions import LIMIT, read_decisions
    from quittance.files.read import read_file

    first = read_file(path, LIMIT).split(b"\n", 1)[0]
    if FORMAT.encode() not in first:
        found = read_claims(Path(path))
        kept = [one for one in found if one.review is None or one.review.state != "rejected"]
        return {one.doc for one in found}, kept
    of: Mapping[str, Decision] = decided(read_decisions(Path(path)))
    return {one.doc for one in of.values()}, [claim for one in of.values() for claim in one.results]


def _agreement_json(found: TwoReaders) -> dict[str, object]:
    return {
        "reports": list(found.docs),
        "spans": asdict(found.spans),
        "fields": [asdict(one) for one in found.fields],
        "differences": [
            {
                "report": one.doc,
                "first": one.first.id if one.first else None,
                "second": one.second.id if one.second else None,
                "fields": list(one.fields),
            }
            for one in found.differences
        ],
    }


def _print_agreement(found: TwoReaders, apart: int) -> None:
    from quittance.claims.two_readers import answer_of
    from quittance.cli.claims_terminal import isolated

    spans = found.spans
    print(f"Reports that both have read: {len(found.docs)}." + (f" Read by one only: {apart}." if apart else ""))
    shown = "-" if spans.f1 is None else f"{spans.f1:.3f}"
    print(f"Claims: {spans.first} and {spans.second}, {spans.both} found by both; F1 {shown}.")
    for one in found.fields:
        value = "says nothing here" if one.kappa is None else f"{one.kappa:.3f}"
        print(f"  {one.field:<11} {one.agreed} of {one.pairs} alike, kappa {value}")
    print(f"For a third reader: {len(found.differences)}.")
    for each in found.differences:
        claim = each.first or each.second
        if claim is None:
            continue
        if each.first is None or each.second is None:
            print(f"  {each.doc}  only {'the first' if each.first else 'the second'}: {isolated(claim.text[:120])}")
        else:
            said = "; ".join(
                f"{name}: {answer_of(each.first, name)} / {answer_of(each.second, name)}" for name in each.fields
            )
            print(f"  {each.doc}  {isolated(claim.text[:80])}  {said}")
