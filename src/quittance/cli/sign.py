"""`quittance sign`: look at a statement, put a signature on it; on a machine of the signer's own, without a network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from quittance.record.envelope import Signature
    from quittance.record.keys import Signer
    from quittance.record.statement import Statement


def sign(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An envelope: a statement with the signatures so far.")],
    key: Annotated[str | None, typer.Option(metavar="KEYFILE", help="The key to sign with.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Where to write the envelope; by default in place of FILE.")
    ] = None,
    mirror: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Your own mirror of the log: refuse a statement drawn up on another history."),
    ] = None,
    pae: Annotated[
        str | None, typer.Option(metavar="FILE", help="Do not sign: write the bytes to be signed, for another device.")
    ] = None,
    attach: Annotated[
        str | None, typer.Option(metavar="FILE", help="Attach 64 signature bytes that another device has made.")
    ] = None,
    public_key: Annotated[
        str | None, typer.Option("--public-key", metavar="HEX", help="The public key behind --attach.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked on a terminal.")] = False,
    json: AsJson = False,
) -> None:
    """Show a statement and sign it; what is signed cannot be taken back by anybody but its signer."""
    from pathlib import Path

    from quittance.files.durable import replace
    from quittance.files.envelopes import MAX_ENVELOPE_BYTES, read_envelope, write_envelope
    from quittance.files.read import read_file
    from quittance.record.envelope import pae as signed_bytes
    from quittance.record.statement import PAYLOAD_TYPE

    if sum(option is not None for option in (key, pae, attach)) != 1 or (attach is None) != (public_key is None):
        _refuse("Give one of --key, --pae, and --attach with --public-key")
    statement, signatures = read_envelope(read_file(file, MAX_ENVELOPE_BYTES))
    if mirror is not None:
        _require_seen(statement, Path(mirror))
    if pae is not None:
        replace(Path(pae), signed_bytes(PAYLOAD_TYPE, statement.payload))
        print(f"The bytes to be signed (Ed25519, as they are) are in {pae}; their statement is {statement.sid}.")
        return
    if attach is not None:
        fresh = _attached(statement, Path(attach), public_key or "")
    else:
        if not json:
            for line in shown(statement, len(signatures)):
                print(line)
        ask(yes)
        fresh = _signed(statement, Path(key or ""))
    replace(Path(out or file), write_envelope(statement, [*signatures, fresh]))
    if json:
        print_json({"sid": statement.sid, "signed_by": fresh.keyid, "signatures": len(signatures) + 1})
        return
    print(f"Signed by key {fresh.keyid[:16]}; the envelope in {out or file} has {len(signatures) + 1} signature(s).")


def shown(statement: Statement, signatures: int) -> list[str]:
    """What the statement says, as its signer must see it: every member of the payload itself."""
    from quittance.canon import parse_canonical

    members = parse_canonical(statement.payload)
    assert isinstance(members, dict)
    lines = [f"Statement {statement.sid}, signatures so far: {signatures}"]
    for name, value in members.items():
        if isinstance(value, dict):
            lines += [f"  {name}.{inner}: {shown!r}" for inner, shown in value.items()]
        else:
            lines.append(f"  {name}: {value!r}")
    return lines


def ask(yes: bool) -> None:
    """Ask on the terminal whether to sign; raises `UsageError` (`usage.sign`) for a no, or where nobody is there."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        _refuse("Nobody can be asked here. Read the statement, then give --yes")
    if not typer.confirm("Sign this statement?"):
        _refuse("Nothing was signed")


def _signed(statement: Statement, path: Path) -> Signature:
    from quittance.record.keys import sign_statement

    (signature,) = sign_statement(statement, signer_of(path))
    return signature


def signer_of(path: Path) -> Signer:
    """What signs with a key file, whose passphrase is asked for; raises `UsageError` (`usage.sign`) for other keys."""
    from quittance.cli.passphrase import passphrase
    from quittance.files.keyfile import open_key, read_key_file

    opened = open_key(read_key_file(path), passphrase(f"Passphrase of {path.name}: "))
    if opened.file.use != "statement":
        _refuse(f"{path.name} is a {opened.file.use} key; statements are signed by a key made for that")
    return opened.signer()


def _attached(statement: Statement, path: Path, public_key: str) -> Signature:
    from quittance.files.read import read_file
    from quittance.record.envelope import Signature
    from quittance.record.envelope import pae as signed_bytes
    from quittance.record.keys import key_id, require_public_key, verify
    from quittance.record.statement import PAYLOAD_TYPE

    try:
        public = bytes.fromhex(public_key)
    except ValueError:
        public = b""
    require_public_key(public)
    signature = read_file(str(path), 64)
    if not verify(public, signature, signed_bytes(PAYLOAD_TYPE, statement.payload)):
        _refuse("These are not the signature of that key on this statement")
    return Signature(key_id(public), signature)


def _require_seen(statement: Statement, mirror: Path) -> None:
    """Refuse a statement that rests on a history which the signer's own copy does not continue or begin with."""
    from quittance.errors import RecordError
    from quittance.files.mirror import head_of, tile_tree

    seen = statement.seen
    head = head_of(mirror)
    if statement.log != head.origin:
        _refuse(f"The statement is meant for {statement.log}, and this is a mirror of {head.origin}")
    if seen is None:
        raise RecordError(
            "The statement does not say on which tree head it was drawn up, though your mirror has one. Have it drawn "
            "up again.",
            code="record.seen_missing",
        )
    if seen.size > head.size or tile_tree(mirror, head).root(seen.size) != seen.root:
        raise RecordError(
            f"The statement was drawn up on a tree head of {seen.size} entries that your mirror, of {head.size}, "
            "does not hold. Bring the mirror up to date; if it still differs, this is another history: keep both.",
            code="record.seen",
        )


def _refuse(message: str) -> None:
    from quittance.errors import UsageError

    raise UsageError(f"{message}.", code="usage.sign")
