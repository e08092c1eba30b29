"""`quittance claims second-read`: ask a language model to read reports too, and hold every answer against the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from quittance.claims.lexicon import Lexicon
    from quittance.claims.model import Claim, Report
    from quittance.engines.reader_http import Endpoint
    from quittance.engines.report_claims import Settings
    from quittance.engines.second_reading import Second

KEY = "QUITTANCE_READER_KEY"
"""The variable with the key for the model: never an option, which others could see."""


def second_read(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Reports, or folders of them.")],
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help="Where the model answers, before /chat/completions.")
    ],
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="The model, as its server calls it.")],
    jsonl: Annotated[str, typer.Option("--jsonl", metavar="OUT", help="Where to write the claims that hold.")],
    first: Annotated[
        str | None, typer.Option("--first", metavar="CLAIMS", help="The program's claims, to show what differs.")
    ] = None,
    leaves: Annotated[
        bool,
        typer.Option("--text-leaves-this-machine", help="Confirm that the reports are sent to that address."),
    ] = False,
    plain: Annotated[
        bool,
        typer.Option("--unsealed", help="Send to another machine over http: everybody on the way can read it."),
    ] = False,
    seconds: Annotated[float, typer.Option(min=1, max=3600, metavar="N", help="How long one answer may take.")] = 180,
    conflict: Annotated[
        str | None, typer.Option(metavar="NAME", help="The conflict of reports that do not say.")
    ] = None,
    agreement: Annotated[
        str | None, typer.Option(metavar="FILE", help="Take the parties of this agreement file.")
    ] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="FILE", help="Speakers that a case has learned, besides those known.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Have a language model read the reports too; take only what holds against the text, and show where it differs.

    The key of the model is read from QUITTANCE_READER_KEY. Nothing goes into a case: OUT has the claims that hold,
    OUT.refused what was refused and why, OUT.differences both readings where they differ.
    """
    import os
    from pathlib import Path

    from quittance.claims.reader_question import INSTRUCTION, answer_schema
    from quittance.cli.claims import settings_of
    from quittance.cli.claims_compare import read_claims
    from quittance.engines.reader_http import Endpoint, Reader
    from quittance.engines.second_reading import read_again
    from quittance.errors import UsageError
    from quittance.files.reports import read_reports

    endpoint = Endpoint(base_url, model, key=os.environ.get(KEY, ""), total_seconds=seconds, allow_plain_http=plain)
    out = Path(jsonl)
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError("--jsonl must name a file, in a folder that is there.", code="claims.out")
    lexicon_of = _lexicons(settings_of(agreement, registry, conflict))
    mine: dict[str, list[Claim]] = {}
    known = read_claims(Path(first)) if first else []
    for claim in known:
        mine.setdefault(claim.doc, []).append(claim)
    reports = list(read_reports([Path(file) for file in files], conflict=conflict))
    _confirmed(endpoint, reports, leaves=leaves)
    reader = Reader(endpoint, INSTRUCTION, answer_schema())
    found = list(read_again(reports, mine, lexicon_of, reader.ask, model=model))
    _write(out, found, compared=first is not None)
    _tell(out, found, json=json)


def _confirmed(endpoint: Endpoint, reports: Sequence[Report], *, leaves: bool) -> None:
    """Raise `UsageError` (`reader.not_confirmed`) unless the operator has said that the text may leave."""
    from quittance.errors import UsageError

    if not leaves:
        characters = sum(len(report.text) for report in reports)
        raise UsageError(
            f"{len(reports):,} reports with {characters:,} characters would be sent to {endpoint.address()[1]}, and "
            "whoever runs that can keep them. Nothing was sent. If that is meant, give --text-leaves-this-machine.",
            code="reader.not_confirmed",
        )


def _lexicons(settings: Settings) -> Callable[[Report], Lexicon]:
    """The lexicon of a report: by the agreement's parties, else by those of the report's conflict."""
    from quittance.claims.lexicon import lexicon_for
    from quittance.claims.profile import profile_for, profile_of
    from quittance.claims.registry import read_learned

    learned = read_learned(settings.speakers) if settings.speakers is not None else ()
    if settings.agreement is not None:
        from quittance.agreement.load import load_agreement

        agreed = lexicon_for(profile_of(load_agreement(settings.agreement)), learned)
        return lambda report: agreed
    made: dict[str | None, Lexicon] = {}

    def lexicon_of(report: Report) -> Lexicon:
        if report.conflict not in made:
            made[report.conflict] = lexicon_for(profile_for(report.conflict), learned)
        return made[report.conflict]

    return lexicon_of


def _write(out: Path, found: Sequence[Second], *, compared: bool) -> None:
    """The three files, each whole or not at all."""
    import msgspec

    from quittance.claims.model import claim_line
    from quittance.files.durable import replace

    def lines(values: Iterable[bytes]) -> bytes:
        return b"".join(value + b"\n" for value in values)

    replace(out, lines(claim_line(claim) for one in found for claim in one.claims))
    refused = [refusal for one in found for refusal in one.refused]
    replace(out.with_name(f"{out.name}.refused"), lines(map(msgspec.json.encode, refused)))
    if compared:
        shown = []
        for one in found:
            shown += [
                {"doc": one.doc, "what": "differ", "fields": pair.fields, "first": pair.first, "second": pair.second}
                for pair in one.merged.differ
            ]
            shown += [{"doc": one.doc, "what": "only first", "first": claim} for claim in one.merged.only_first]
            shown += [{"doc": one.doc, "what": "only second", "second": claim} for claim in one.merged.only_second]
        replace(out.with_name(f"{out.name}.differences"), lines(map(msgspec.json.encode, shown)))


def _tell(out: Path, found: Sequence[Second], *, json: bool) -> None:
    """The sums; raises `RefusedError` (`reader.some_unanswered`) if the model was not to be had for some reports."""
    from collections import Counter

    from quittance.claims.second_reader import REASONS
    from quittance.errors import RefusedError

    reasons = Counter(refusal.code for one in found for refusal in one.refused)
    unanswered = [one for one in found if any(refusal.code not in REASONS for refusal in one.refused)]
    sums = {
        "reports": len(found),
        "claims": sum(len(one.claims) for one in found),
        "agreed": sum(len(one.merged.agreed) for one in found),
        "differ": sum(len(one.merged.differ) for one in found),
        "only_first": sum(len(one.merged.only_first) for one in found),
        "only_second": sum(len(one.merged.only_second) for one in found),
    }
    if json:
        print_json({"claims_file": str(out), **sums, "refused": dict(sorted(reasons.items()))})
    else:
        print(
            f"{sums['claims']:,} claims of the model hold, in {sums['reports']:,} reports: {sums['agreed']:,} agree "
            f"with the program's, {sums['differ']:,} differ, {sums['only_second']:,} are the model's alone, "
            f"{sums['only_first']:,} the program's alone."
        )
        for code, count in sorted(reasons.items()):
            print(f"  refused {count:,}: {REASONS.get(code, 'The model gave no answer.')} [{code}]")
        print(
            f"The claims are in {out}, what was refused in {out}.refused. For the desk; nothing was stored in a case."
        )
    if unanswered:
        why = next(one for one in unanswered[0].refused if one.code not in REASONS)
        raise RefusedError(
            f"{len(unanswered):,} of {len(found):,} reports were not read as wholes: {why.why}",
            code="reader.some_unanswered",
        )
