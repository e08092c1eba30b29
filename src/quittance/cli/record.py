"""Commands on the record: draw up and submit statements, verify, prove, mirror, witness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from quittance.cli.question import AsJson, print_json
from quittance.cli.witness import app as witness

if TYPE_CHECKING:
    from quittance.errors import QuittanceError
    from quittance.record.statement import Ref

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Write, check and prove the record."
)
app.add_typer(witness, name="witness")

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]


@app.callback()
def _record() -> None:
    """Write, check and prove the record."""


@app.command("draft")
def draft(
    case: Case,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What is stated, such as handover.observed.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the envelope, still unsigned.")],
    body: Annotated[str, typer.Option(metavar="JSON", help="The body, as JSON.")] = "{}",
    person: Annotated[
        list[str] | None, typer.Option(metavar="HANDLE", help="The handle of a person; repeat it.")
    ] = None,
    ref: Annotated[
        list[str] | None, typer.Option(metavar="REL:SID", help="An earlier statement it refers to; repeat it.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it took place, if not now (UTC, with Z).")
    ] = None,
    sign: Annotated[bool, typer.Option("--sign", help="Put the operator's signature on it.")] = False,
    json: AsJson = False,
) -> None:
    """Draw up a statement on the latest tree head, for the offices entitled to sign it."""
    import json as reader
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.errors import UsageError
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.visibility import OPERATOR

    try:
        members = reader.loads(body)
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise UsageError("The --body must be a JSON object.", code="usage.body")
    refs = tuple(_ref(one) for one in ref or ())
    with open_case(case, writable=sign) as casebook:
        statement = casebook.draft(
            OPERATOR,
            kind,
            members,
            commitments={"person": tuple(person)} if person else None,
            refs=refs,
            event_at=at,
        )
        write_new(Path(out), write_envelope(statement, casebook.sign(OPERATOR, statement) if sign else ()))
    if json:
        print_json({"kind": kind, "sid": statement.sid, "file": out})
        return
    print(f"{out} holds the statement {statement.sid} ({kind}). Sign it with: quittance sign {out} --key KEYFILE")


@app.command("submit")
def submit(
    case: Case,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Envelopes with all their signatures.")],
    acceptance: Annotated[
        str | None, typer.Option(metavar="DIR", help="Write the operator's signed acceptances into this folder.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Enter signed statements into the record, all or none, and publish it."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.envelopes import MAX_ENVELOPE_BYTES, read_envelope
    from quittance.files.read import read_file
    from quittance.visibility import OPERATOR

    signed = [read_envelope(read_file(file, MAX_ENVELOPE_BYTES)) for file in files]
    with open_case(case, writable=True) as casebook:
        accepted = casebook.submit(OPERATOR, signed)
    if acceptance is not None:
        Path(acceptance).mkdir(exist_ok=True)
        for one in accepted:
            write_new(Path(acceptance) / f"{one.sid}.acceptance.json", one.envelope + b"\n")
    if json:
        entries = [{"sid": one.sid, "index": one.index, "merge_by": one.merge_by} for one in accepted]
        print_json({"accepted": entries})
        return
    for one in accepted:
        print(f"Entry {one.index}: {one.sid}")


Policy = Annotated[
    str | None,
    typer.Option("--policy", metavar="DIR", help="Your own trust policy: a folder with the files joint and recorded."),
]
LogKey = Annotated[
    str | None, typer.Option("--log", metavar="VKEY", help="The log's verifier key, where you have no policy.")
]


@app.command("verify")
def verify(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case, or the folder of a published log.")],
    policy: Policy = None,
    log: LogKey = None,
    since: Annotated[
        str | None, typer.Option(metavar="NOTE", help="A signed tree head that you kept: the log must continue it.")
    ] = None,
    structure_only: Annotated[
        bool, typer.Option("--structure-only", help="Leave signatures and rules out; several times as fast.")
    ] = False,
    min_grade: Annotated[
        str | None, typer.Option("--min-grade", metavar="GRADE", help="Refuse less than joint, or than recorded.")
    ] = None,
    acceptance: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="An acceptance that the log must have kept; repeat it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Check the whole record, without a network: every hash, signature and rule, the root, and who has cosigned."""
    from pathlib import Path

    from quittance.errors import QuittanceError
    from quittance.files.checks import check_case_or_log
    from quittance.files.read import read_file

    try:
        verified = check_case_or_log(
            Path(case),
            policy=Path(policy) if policy else None,
            vkey=log,
            since=read_file(since, MAX_NOTE) if since else None,
            structure_only=structure_only,
            min_grade=min_grade,
            acceptances=[read_file(one, MAX_NOTE) for one in acceptance or ()],
        )
    except QuittanceError as error:
        if (evidence := getattr(error, "evidence", None)) is not None:
            _keep(evidence)
        if not json:
            raise
        _print_refusal(error)
    if json:
        print_json(verified.as_json())
        return
    head = verified.head
    print(f"The record {head.origin} is whole: {head.size} entries, root {head.root.hex()}.")
    print(f"Grade: {verified.grade}. Signatures checked: {verified.signatures_checked}.")
    for one in verified.opened.cosigned:
        print(f"Cosigned by {one.key.name}, {_time(one.time)}.")
    for index, flag in verified.flags:
        print(f"Flag: {flag}" + (f", entry {index}" if index is not None else ""))
    for what in verified.not_checked:
        print(f"Not checked: {what}")


@app.command("receipt")
def receipt(
    case: Case,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The index of the entry, or its statement id.")],
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Where to write it; printed if left out.")] = None,
) -> None:
    """Write the receipt of an entry: one file that proves it to anybody, offline."""
    import sys
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.visibility import OPERATOR

    with open_case(case) as casebook:
        data = casebook.receipt(OPERATOR, entry)
    if out is None:
        sys.stdout.write(data.decode())
        return
    write_new(Path(out), data)
    print(f"{out} holds the receipt of entry {entry}: check it with: quittance record check-receipt {out} --policy DIR")


@app.command("check-receipt")
def check_receipt(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A receipt, .tlog-proof.")],
    policy: Policy = None,
    log: LogKey = None,
    openings: Annotated[
        str | None, typer.Option(metavar="FILE", help="Openings: what the entry commits to, as disclosed to you.")
    ] = None,
    keys: Annotated[
        str | None, typer.Option(metavar="FILE", help="Public keys, keys.jsonl, to check the entry's signatures.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Check a receipt, without a network: that its entry stands in the log, unchanged, and who has cosigned."""
    from pathlib import Path

    from quittance.errors import QuittanceError
    from quittance.files.policies import trust_of
    from quittance.files.read import read_file
    from quittance.files.receipts import keys_of, prove
    from quittance.record.receipt import MAX_RECEIPT_BYTES

    try:
        proved = prove(
            read_file(file, MAX_RECEIPT_BYTES),
            trust_of(Path(policy) if policy else None, log),
            keys=keys_of(read_file(keys, MAX_RECEIPT_BYTES)) if keys else None,
            openings=read_file(openings, MAX_RECEIPT_BYTES) if openings else None,
        )
    except QuittanceError as error:
        if not json:
            raise
        _print_refusal(error)
    if json:
        print_json(proved.as_json())
        return
    head, entry = proved.checked.opened.checkpoint, proved.checked.entry
    times = [one.time for one in proved.checked.opened.cosigned]
    when = f" on {_time(max(times))}" if times else ""
    print(
        f"Entry {entry.index} ({entry.statement.kind}) is in the record {head.origin} cosigned{when}, and unchanged."
        if times
        else f"Entry {entry.index} ({entry.statement.kind}) is in the record {head.origin}, and unchanged."
    )
    print(f"Grade: {proved.grade}. Signatures checked: {len(proved.signatures_checked)}.")
    for field in proved.fields_opened:
        print(f"Opened: {field}")
    print(f"Not checked, since it needs the whole log: {', '.join(proved.not_checked)}")


@app.command("export")
def export(
    case: Case,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The index of the entry, or its statement id.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="The bundle to make, a zip file.")],
    openings: Annotated[
        str | None, typer.Option(metavar="FILE", help="Openings to put in: they disclose what they open.")
    ] = None,
) -> None:
    """Write an evidence bundle: receipt, policy, public keys, a checker, and how to use it without this program."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.read import read_file
    from quittance.record.receipt import MAX_RECEIPT_BYTES
    from quittance.visibility import OPERATOR

    disclosed = read_file(openings, MAX_RECEIPT_BYTES) if openings else None
    with open_case(case) as casebook:
        data = casebook.bundle(OPERATOR, entry, disclosed)
    write_new(Path(out), data)
    print(f"{out} holds the evidence for entry {entry}; its README.txt says how to check it.")


@app.command("head")
def head(case: Case, json: AsJson = False) -> None:
    """Print the last signed tree head, and the verifier key of the log, to be told to others in another way."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.heads import log_key
    from quittance.visibility import OPERATOR

    with open_case(case) as casebook:
        note = (casebook.signed_head(OPERATOR) or b"").decode()
        origin = casebook.head(OPERATOR).origin
    vkey = str(log_key(Path(case), origin))
    if json:
        print_json({"note": note, "vkey": vkey})
        return
    print(note)
    print(f"Verifier key: {vkey}")


@app.command("policy")
def policy(
    case: Case,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder with the files joint and recorded.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the policy.set, to be signed.")],
) -> None:
    """Show new policy files beside the log, and draw up the statement by which both sides and the operator set them."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.files.policies import PolicyFiles
    from quittance.visibility import OPERATOR

    files = PolicyFiles.load(Path(folder))
    with open_case(case, writable=True) as casebook:
        statement = casebook.set_policy(OPERATOR, files)
        write_new(Path(out), write_envelope(statement, casebook.sign(OPERATOR, statement)))
    print(f"The policy is shown with the log; {out} holds the statement {statement.sid}, for both sides to sign.")


@app.command("cosign")
def cosign(
    case: Case,
    answer: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="What a witness answered; repeat it.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Ask a witness over the network; repeat it.")
    ] = None,
) -> None:
    """Collect cosignatures on the last tree head, from files that a courier brought or from witnesses themselves."""
    from quittance.cli.case import open_case
    from quittance.errors import UsageError
    from quittance.files.read import read_file
    from quittance.visibility import OPERATOR

    if not answer and not witness:
        raise UsageError("Give --answer FILE or --witness URL.", code="usage.cosign")
    with open_case(case, writable=True) as casebook:
        for file in answer or ():
            casebook.cosign(OPERATOR, read_file(file, MAX_NOTE))
        for url in witness or ():
            casebook.ask_witness(OPERATOR, url)
        note = casebook.signed_head(OPERATOR) or b""
    print(note.decode(), end="")


@app.command("mirror")
def mirror(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A published log: a folder, or an http address.")],
    target: Annotated[str, typer.Argument(metavar="DIR", help="Your copy; it is made, or brought up to date.")],
    policy: Policy = None,
    log: LogKey = None,
    origin: Annotated[str | None, typer.Option(metavar="NAME", help="The log that it must be.")] = None,
    json: AsJson = False,
) -> None:
    """Copy a published log, checking every hash before it is taken; another history is refused and both heads kept."""
    from pathlib import Path

    from quittance.files.mirror import mirror as copy
    from quittance.files.policies import trust_of
    from quittance.files.sources import source_fetch

    taken = copy(source_fetch(source), Path(target), trust_of(Path(policy) if policy else None, log), origin)
    head = taken.opened.checkpoint
    if json:
        print_json({"origin": head.origin, "size": head.size, "root": head.root.hex(), "fresh": taken.fresh})
        return
    print(f"The mirror of {head.origin} has {head.size} entries, {taken.fresh} of them new; root {head.root.hex()}.")


@app.command("rebuild")
def rebuild(
    case: Case,
    source: Annotated[str, typer.Option("--from", metavar="WHAT", help="tiles or database: what is still whole.")],
) -> None:
    """Make the database again from the published files, or the published files from the database, byte for byte."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.checks import rebuild_case

    if source not in ("tiles", "database"):
        raise UsageError("Say --from tiles or --from database.", code="usage.rebuild")
    head = rebuild_case(Path(case), from_tiles=source == "tiles")
    print(f"Rebuilt from the {source}: {head.size} entries, root {head.root.hex()}.")


MAX_NOTE = 64 * 1024


def _print_refusal(error: QuittanceError) -> NoReturn:
    """The refusal as one JSON object, and the exit code that goes with it."""
    print_json(
        {
            "ok": False,
            "first_bad_index": getattr(error, "index", None),
            "reason": error.code,
            "message": error.message,
        }
    )
    raise typer.Exit(error.exit_code) from None


def _keep(evidence: bytes) -> None:
    """Write two heads that contradict each other into the present folder: they are the proof of a second history."""
    from hashlib import sha256
    from pathlib import Path

    from quittance.files.durable import replace

    name = f"fork-{sha256(evidence).hexdigest()[:16]}.txt"
    replace(Path(name), evidence)
    typer.echo(f"Both tree heads are kept in {name}. Show them to every holder of a mirror.", err=True)


def _time(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _ref(text: str) -> Ref:
    from quittance.errors import UsageError
    from quittance.record.statement import RELATIONS, Ref

    relation, _, sid = text.partition(":")
    if relation not in RELATIONS:
        raise UsageError(f"A --ref is REL:SID, with one of {', '.join(sorted(RELATIONS))}.", code="usage.ref")
    return Ref(relation, sid)  # type: ignore[arg-type]  # one of the relations just compared
