"""Commands on keys: make one, and draw up its enrolment, rotation or revocation for others to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    pass

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Make, enrol, rotate and revoke keys."
)

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
Out = Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the envelope, signed by the operator.")]


@app.callback()
def _keys() -> None:
    """Make, enrol, rotate and revoke keys."""


@app.command("new")
def new(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The key file to make; an existing one is left alone.")],
    use: Annotated[str, typer.Option(metavar="USE", help="statement, witness, log or vault.")] = "statement",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What it is called; a witness's own name.")] = None,
    json: AsJson = False,
) -> None:
    """Make a key, sealed under a passphrase. Its owner keeps it; nobody else ever needs the file."""
    import secrets
    from pathlib import Path
    from typing import get_args

    from quittance.cli.passphrase import VARIABLE, VAULT_VARIABLE, new_passphrase
    from quittance.errors import UsageError
    from quittance.files import keyfile

    if use not in get_args(keyfile.Use):
        raise UsageError(f"A key is for one of {', '.join(get_args(keyfile.Use))}.", code="usage.key")
    if Path(file).exists():
        raise UsageError(f"{file} is already there; it was left as it is. Choose another name.", code="key.exists")
    data, made = keyfile.new_key(
        use,  # type: ignore[arg-type]  # one of the values just compared
        new_passphrase(variable=VAULT_VARIABLE if use == "vault" else VARIABLE),
        random=secrets.token_bytes,
        name=name,
        cost=keyfile.COST,
    )
    keyfile.write_key_file(Path(file), data)
    _show(made, json)


@app.command("show")
def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A key file.")],
    json: AsJson = False,
) -> None:
    """Print what may be known of a key: its fingerprint, to be read aloud, and its public half."""
    from pathlib import Path

    from quittance.files.keyfile import describe_key, read_key_file

    _show(describe_key(read_key_file(Path(file))), json)


@app.command("enrol")
def enrol(
    case: Case,
    public_key: Annotated[str, typer.Option("--public-key", metavar="HEX", help="The public half of the new key.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="The office that it speaks for.")],
    out: Out,
    party: Annotated[str | None, typer.Option(metavar="PARTY", help="The party of the agreement, for a side.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="A kind that it may sign; repeat it. None: all.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Draw up the enrolment of a key: to be signed by the key itself and, after the founding, by another office."""
    body: dict[str, Any] = {"role": role, **_public(public_key)}
    if party is not None:
        body["party"] = party
    if kind:
        body["kinds"] = kind
    _draft(case, "key.enrolled", body, out, json)


@app.command("rotate")
def rotate(
    case: Case,
    fingerprint: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="The key that ends.")],
    public_key: Annotated[str, typer.Option("--public-key", metavar="HEX", help="The public half of the new key.")],
    out: Out,
    json: AsJson = False,
) -> None:
    """Draw up the change of an office to a new key: to be signed by the old key and by the new one."""
    _draft(case, "key.rotated", {"old": fingerprint, **_public(public_key)}, out, json)


@app.command("revoke")
def revoke(
    case: Case,
    fingerprint: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="The key that ends.")],
    reason: Annotated[str, typer.Option(metavar="REASON", help="lost, stolen, left, replaced, ended or other.")],
    out: Out,
    compromised_since: Annotated[
        int | None,
        typer.Option("--compromised-since", metavar="INDEX", help="Doubt what it signed from this entry on."),
    ] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="FINGERPRINT", help="The fingerprint once more.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Draw up the end of a key. It cannot be undone: the fingerprint is asked for twice."""
    from quittance.errors import UsageError

    if confirm != fingerprint:
        raise UsageError(
            "Ending a key cannot be undone. Give its fingerprint a second time with --confirm.", code="usage.confirm"
        )
    body: dict[str, Any] = {"fingerprint": fingerprint, "reason": reason}
    if compromised_since is not None:
        body["compromised_since"] = compromised_since
    _draft(case, "key.revoked", body, out, json)


def _public(public_key: str) -> dict[str, str]:
    from quittance.record.keys import key_id, require_public_key

    try:
        public = bytes.fromhex(public_key)
    except ValueError:
        public = b""
    require_public_key(public)
    return {"public_key": public.hex(), "fingerprint": key_id(public)}


def _draft(case: str, kind: str, body: dict[str, Any], out: str, json: bool) -> None:
    """Write an envelope with the operator's signature, for the others to add theirs."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.visibility import OPERATOR

    with open_case(case, writable=True) as casebook:
        statement = casebook.draft(OPERATOR, kind, body)
        write_new(Path(out), write_envelope(statement, casebook.sign(OPERATOR, statement)))
    if json:
        print_json({"kind": kind, "sid": statement.sid, "file": out})
        return
    print(f"{out} holds the statement {statement.sid} ({kind}) with the operator's signature.")
    print(f"The others sign it with: quittance sign {out} --key KEYFILE")
    print(f"Then it enters the record with: quittance record submit {case} {out}")


def _show(made: Any, json: bool) -> None:
    public = made.public.hex() if made.public is not None else None
    if json:
        print_json({"use": made.use, "name": made.name, "fingerprint": made.fingerprint, "public_key": public})
        return
    print(f"Use: {made.use}" + (f", name: {made.name}" if made.name else ""))
    groups = " ".join(made.fingerprint[at : at + 4] for at in range(0, 64, 4))
    print(f"Fingerprint: {groups}")
    if public is not None:
        print(f"Public key: {public}")
        if made.use in ("log", "witness") and made.name:
            from quittance.record.note import COSIGNATURE, ED25519, VerifierKey

            print(f"Verifier key: {VerifierKey(made.name, ED25519 if made.use == 'log' else COSIGNATURE, made.public)}")
