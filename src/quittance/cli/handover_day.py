"""Commands of the day of a handover on the machine of the case: bundles out and back, the sheet, receipts on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli import handover_place
from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.record.keys import Signer

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help="The batch.")]
VaultKey = Annotated[str, typer.Option("--key", metavar="FILE", help="The vault's key file, kept apart from the case.")]
Language = Annotated[str, typer.Option("--language", metavar="LANG", help="en or ps.")]

PREFIX = 8
"""Characters of an id that are shown."""

MAX_SCANNED = 4 * 1024 * 1024


def out(
    case: Case,
    batch: Batch,
    key: VaultKey,
    to: Annotated[list[str], typer.Option("--to", metavar="DEVICE", help="The word a device printed; repeat it.")],
    file: Annotated[str, typer.Option("--out", metavar="FILE", help="The bundle to make.")],
    sign: Annotated[
        str | None, typer.Option("--sign", metavar="KEYFILE", help="A key of the neutral; else the operator's signs.")
    ] = None,
    hours: Annotated[int, typer.Option("--hours", metavar="N", help="How long it may be used; 72 at most.")] = 72,
    json: AsJson = False,
) -> None:
    """Make the bundle of a batch for devices at the place: NAMES leave the case, encrypted for these devices alone."""
    from pathlib import Path

    from quittance.cli.people import open_lists
    from quittance.cli.sign import signer_of
    from quittance.daybook import Daybook
    from quittance.files.daykey import Device
    from quittance.vault.file import exists, write_private
    from quittance.visibility import NEUTRAL

    devices = [Device.parse(one) for one in to]
    if Path(file).exists():
        raise exists(Path(file))
    signer = signer_of(Path(sign)) if sign else _operator(case)
    with open_lists(case, key) as book:
        issued = Daybook(book).out(NEUTRAL, batch, devices, signer, hours=hours)
    write_private(Path(file), issued.data)
    if json:
        print_json(
            {
                "file": file,
                "batch": issued.batch,
                "bundle": issued.bundle,
                "issue": issued.issue,
                "persons": issued.persons,
                "expires_at": issued.expires_at,
                "sha256": issued.sha256,
                "signed_by": issued.signed_by,
            }
        )
        return
    print(f"{file} holds {issued.persons} people of batch {batch} for {len(devices)} device(s), issue {issued.issue}.")
    print(f"It ends at {issued.expires_at}. SHA-256 {issued.sha256}")
    print("Tell the bearer this fingerprint by another way than the file:")
    print(f"  {issued.signed_by}")


def back(
    case: Case,
    file: Annotated[str, typer.Argument(metavar="RETURN", help="What a device packed.")],
    key: VaultKey,
    json: AsJson = False,
) -> None:
    """Take back what a device packed: merge its acts, enter the statements it collected, say what is unusual."""
    from dataclasses import asdict

    from quittance.cli.people import open_lists
    from quittance.cli.vault import casebook_of
    from quittance.daybook import Daybook
    from quittance.files.daybundle import MAX_FILE_BYTES
    from quittance.files.read import read_file
    from quittance.visibility import NEUTRAL

    data = read_file(file, MAX_FILE_BYTES)
    casebook, signs = casebook_of(case)
    with casebook, open_lists(case, key) as book:
        taken = Daybook(book).take_back(NEUTRAL, data, casebook if signs else None)
    if json:
        print_json(asdict(taken))
        return
    print(f"Batch {taken.batch}, issue {taken.issue}: {taken.acts} acts, {taken.new} of them new.")
    for flag in taken.flags:
        print(f"Note: {FLAGS[flag]}")
    if taken.conflicts:
        print(f"In conflict: {taken.conflicts}. Both answers are kept; settle them on the page of the day.")
    for one in taken.statements:
        if one.index is not None:
            print(f"Entry {one.index}: {one.kind} {one.sid}")
        else:
            print(f"Not entered: {one.kind or 'a statement'} {one.sid[:16]}: {one.message} [{one.code}]")


FLAGS = {
    "again": "this file was taken back before; nothing was counted twice.",
    "superseded": "a newer bundle of this batch went out since; look at what this one says with care.",
    "closed": "the batch is closed; the acts are kept, answers of the sides can still enter.",
    "expired": "some acts were noted after the bundle had ended.",
    "clock": "the clock of the device was wrong: some acts are from before the bundle or from the future.",
    "rollback": "it holds fewer acts than came back from this folder before, which are kept. Ask why.",
    "forked": "the folder was copied after it was unpacked, and both went on; both are kept, as two devices.",
    "copies": "more than one folder of this bundle has come back.",
    "unsubmitted": "statements were not entered without the operator's keys; take it back again with them.",
}
"""What each flag of a return means."""


def bundles(
    case: Case,
    key: VaultKey,
    batch: Annotated[str | None, typer.Option("--batch", metavar="BATCH", help="Of this batch only.")] = None,
    json: AsJson = False,
) -> None:
    """Show the bundles that went out, which of them count, and what came back; no names."""
    from msgspec import to_builtins

    from quittance.cli.people import open_lists
    from quittance.daybook import Daybook
    from quittance.visibility import NEUTRAL

    with open_lists(case, key) as book:
        lines = Daybook(book).issues(NEUTRAL, batch)
    if json:
        print_json({"bundles": [to_builtins(one) for one in lines]})
        return
    if not lines:
        print("No bundle has gone out yet.")
    for one in lines:
        state = "superseded" if one.superseded else "ended" if one.ended else "in use"
        print(
            f"Batch {one.batch}, issue {one.issue}: {one.persons} people, {one.devices} device(s), {state}, "
            f"made {one.made_at}, bundle {one.bundle[:PREFIX]}."
        )
        for back_ in one.returns:
            marks = f" ({', '.join(back_.flags)})" if back_.flags else ""
            print(f"  back {back_.taken_at}: {back_.acts} acts of folder {back_.copy[:PREFIX]}{marks}")


def sheet(
    case: Case,
    batch: Batch,
    key: VaultKey,
    file: Annotated[str, typer.Option("--out", metavar="FILE", help="The HTML file to make, for A4.")],
    language: Language = "en",
    names: Annotated[bool, typer.Option("--names", help="Print names: whoever finds the sheet reads them.")] = False,
) -> None:
    """Print the day of a batch on paper: boxes, lines for signatures and for what did not agree."""
    from pathlib import Path

    from quittance.cli.people import open_lists
    from quittance.daybook import Daybook
    from quittance.vault.file import write_private
    from quittance.visibility import NEUTRAL

    with open_lists(case, key) as book:
        data = Daybook(book).sheet(NEUTRAL, batch, language, names=names)
    write_private(Path(file), data)
    print(f"{file} is the day sheet of batch {batch}. Print it, then destroy the file.")


def receipt(
    case: Case,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The index of the entry, or its statement id.")],
    file: Annotated[str, typer.Option("--out", metavar="FILE", help="The HTML file to make, for A4.")],
    language: Language = "en",
) -> None:
    """Print the receipt of an entry on paper, as codes that any telephone reads."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.daysheet import receipt_page
    from quittance.files.durable import write_new
    from quittance.files.sheet_frame import RecordFoot
    from quittance.record.entry import Entry
    from quittance.record.receipt import Receipt
    from quittance.visibility import OPERATOR

    with open_case(case) as casebook:
        data = casebook.receipt(OPERATOR, entry)
        head, today = casebook.head(OPERATOR), str(casebook.today(OPERATOR))
    proof = Receipt.parse(data)
    found = Entry.parse(proof.index, proof.leaf or b"")
    said, foot = found.statement, RecordFoot(head.origin, head.size, head.root, today, today)
    page = receipt_page(
        data, proof.index, said.kind, found.sid, said.claimed_at, len(found.leaf.signatures), foot, language
    )
    write_new(Path(file), page)
    print(f"{file} is the receipt of entry {proof.index} on paper.")


def join(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Texts that a scanner gave, in any order.")],
    file: Annotated[str, typer.Option("--out", metavar="FILE", help="The receipt to make.")],
) -> None:
    """Make a receipt again from the codes of its paper, scanned in any order."""
    from pathlib import Path

    from quittance.files.durable import write_new
    from quittance.files.paper import join_paper
    from quittance.files.read import read_file

    texts = [read_file(one, MAX_SCANNED).decode("utf-8", "replace") for one in files]
    write_new(Path(file), join_paper(texts))
    print(f"{file} holds the receipt. Check it with: quittance record check-receipt {file} --policy DIR")


COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("out", out),
    ("back", back),
    ("bundles", bundles),
    ("sheet", sheet),
    ("receipt", receipt),
    ("join", join),
    *handover_place.COMMANDS,
)
"""The commands of the day, for the group `handover`."""


def _operator(case: str) -> Signer:
    """The operator's key for statements, whose passphrase is asked for."""
    from pathlib import Path

    from quittance.cli.passphrase import passphrase
    from quittance.files.case import require_case
    from quittance.files.office import open_office

    require_case(Path(case))
    return open_office(Path(case), passphrase("Passphrase of the operator's keys: ")).statement
