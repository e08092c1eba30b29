"""Commands on the seed of a batch: requested, bound to by each party, revealed; nobody chooses it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.drawn import Batch, Case, Key, List, enter_own, open_batches
from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.casebook import Casebook
    from quittance.record.keys import Signer
    from quittance.record.statement import Statement

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Draw the seed that decides between people alike, by the parties together.",
)

Who = Annotated[str, typer.Option("--as", metavar="KEYFILE", help="The key of the office that takes part.")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="FILE", help="Write the signed statement instead of submitting it."),
]
Nonce = Annotated[
    str, typer.Option("--nonce", metavar="FILE", help="The secret number: made by commit, read by reveal.")
]


@app.callback()
def _seed() -> None:
    """Draw the seed that decides between people alike, by the parties together."""


@app.command("request")
def request(
    case: Case,
    batch: Batch,
    key: Key,
    list_: List = None,
    size: Annotated[
        int | None, typer.Option("--size", metavar="N", min=1, help="Seats; by default those of the rules.")
    ] = None,
    beacon: Annotated[
        str | None, typer.Option("--beacon", metavar="LABEL", help="A public source and its round, still to come.")
    ] = None,
    json: AsJson = False,
) -> None:
    """FREEZE the register for a batch, and ask the parties for the seed. From now on nothing else decides who goes."""
    from quittance.visibility import OPERATOR

    with open_batches(case, key, enters=True) as (casebook, book):
        statement = book.seeds.request(OPERATOR, batch, casebook, list_name=list_, size=size, beacon=beacon)
        done = enter_own(casebook, statement)
    if json:
        print_json(done | dict(statement.body))
        return
    print(f"The register is frozen for batch {batch}, entry {done['entries'][0]}.")
    print(f"SHA-256 of the request: {statement.body['request_sha256']}")
    print(f"Each party now binds itself: quittance seed commit {case} {batch} --as KEYFILE --nonce FILE --key {key}")


@app.command("commit")
def commit(case: Case, batch: Batch, key: Key, who: Who, nonce: Nonce, out: Out = None, json: AsJson = False) -> None:
    """Draw a secret number into a new file, and bind the party of a key to it. Whoever has the file keeps it secret."""
    import secrets
    from pathlib import Path

    from quittance.cli.sign import signer_of
    from quittance.vault.file import exists, write_private
    from quittance.vaultbook import require_apart
    from quittance.visibility import OPERATOR

    require_apart(Path(nonce), Path(case), "A secret number")
    if Path(nonce).exists():
        raise exists(Path(nonce))
    signer, number = signer_of(Path(who)), secrets.token_bytes(32)
    with open_batches(case, key, enters=out is None) as (casebook, book):
        statement = book.seeds.commit(OPERATOR, batch, signer, number, casebook)
        write_private(Path(nonce), number.hex().encode() + b"\n")
        _sign(case, casebook, statement, signer, out, json=json)


@app.command("reveal")
def reveal(case: Case, batch: Batch, key: Key, who: Who, nonce: Nonce, out: Out = None, json: AsJson = False) -> None:
    """Reveal the number that a party is bound to, after everybody has bound itself."""
    from pathlib import Path

    from quittance.cli.sign import signer_of
    from quittance.errors import UnreadableError
    from quittance.files.read import read_file
    from quittance.visibility import OPERATOR

    try:
        number = bytes.fromhex(read_file(nonce, 256).decode("ascii").strip())
    except ValueError:
        raise UnreadableError(
            f"{nonce} does not hold a number of 64 hex digits. Give the file that commit made.", code="seed.format"
        ) from None
    signer = signer_of(Path(who))
    with open_batches(case, key, enters=out is None) as (casebook, book):
        statement = book.seeds.reveal(OPERATOR, batch, signer, number, casebook)
        _sign(case, casebook, statement, signer, out, json=json)


@app.command("show")
def show(case: Case, batch: Batch, key: Key, json: AsJson = False) -> None:
    """Show who has bound itself, who has revealed, and who is awaited."""
    from quittance.visibility import NEUTRAL

    with open_batches(case, key) as (_, book):
        view = book.seeds.show(NEUTRAL, batch)
    if json:
        print_json(asdict(view))
        return
    request = view.request
    print(f"Batch {batch}: seed requested in entry {request.index}, SHA-256 {request.request_sha256}.")
    if request.beacon:
        print(f"Beacon: {request.beacon}")
    for label in sorted({*view.parties, *request.commits}):
        state = "revealed" if label in request.reveals else "bound" if label in request.commits else "awaited"
        print(f"  {label}: {state}")
    if view.last_may_choose:
        print("Without a beacon, whoever reveals last could choose between two seeds by keeping silent.")
    if view.seed:
        print(f"Seed: {view.seed}")


def _sign(case: str, casebook: Casebook, statement: Statement, signer: Signer, out: str | None, *, json: bool) -> None:
    """Sign a statement and submit it, or write it to `out`; say so."""
    from pathlib import Path

    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.record.keys import sign_statement
    from quittance.visibility import OPERATOR

    signatures = sign_statement(statement, signer)
    done: dict[str, object] = {"kind": statement.kind, "sids": [statement.sid], "files": [], "entries": []}
    if out is not None:
        write_new(Path(out), write_envelope(statement, signatures))
        done["files"] = [out]
    else:
        done["entries"] = [one.index for one in casebook.submit(OPERATOR, [(statement, signatures)])]
    if json:
        print_json(done)
    elif out is not None:
        print(f"{out} holds {statement.kind}, signed. Enter it with: quittance record submit {case} {out}")
    else:
        print(f"The record has it ({statement.kind}).")
