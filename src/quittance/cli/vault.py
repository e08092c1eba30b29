"""Commands on the vault: people in, commitments, disclosures, erasure, backup, and the vault's key in shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.casebook import Casebook
    from quittance.record.statement import Statement
    from quittance.vaultbook import Vaultbook

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep, disclose and erase personal data, outside the record.",
)

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
Key = Annotated[str, typer.Option("--key", metavar="FILE", help="The vault's key file, kept apart from the case.")]
Recipients = Annotated[
    list[str] | None, typer.Option("--to", metavar="AGE1...", help="An age public key to encrypt for; repeat it.")
]

PREFIX = 8
"""Characters of a handle that a disclosure must be confirmed with, at least."""


@app.callback()
def _vault() -> None:
    """Keep, disclose and erase personal data, outside the record."""


@app.command("init")
def init(case: Case, key: Key, json: AsJson = False) -> None:
    """Make the empty vault of a case, sealed under a key made with `quittance key new --use vault`."""
    from pathlib import Path

    from quittance.vaultbook import VAULT_FILE, Vaultbook
    from quittance.visibility import OPERATOR

    kek = kek_of(case, key)
    Vaultbook.create(OPERATOR, Path(case), kek).close()
    if json:
        print_json({"case": case, "vault": VAULT_FILE})
        return
    print(f"The vault of {case} is made; nobody is in it yet.")
    print("Keep its key on another disk, and a copy of it elsewhere: without it the vault cannot be read by anybody.")


@app.command("add")
def add(
    case: Case,
    file: Annotated[str, typer.Argument(metavar="FILE", help="People, one JSON object a line.")],
    key: Key,
    json: AsJson = False,
) -> None:
    """Put the people of a file into the vault, all of them or none, and print their handles for the record."""
    from pathlib import Path

    from quittance.files.people import MAX_PEOPLE_BYTES
    from quittance.files.read import read_file
    from quittance.record.envelope import encode64
    from quittance.vaultbook import require_apart
    from quittance.visibility import OPERATOR

    require_apart(Path(file), Path(case), "A file of people")
    data = read_file(file, MAX_PEOPLE_BYTES)
    with _open(case, key) as vault:
        added = vault.add(OPERATOR, data)
    lines = {number: encode64(handle) for number, handle in added.handles.items()}
    if json:
        people = [{"line": number, "handle": handle} for number, handle in lines.items()]
        print_json({"added": 0 if added.again else len(people), "people": people})
        return
    print("This file is in the vault already; its people are:" if added.again else f"People added: {len(lines)}.")
    for number, handle in lines.items():
        print(f"Line {number}: {handle}")
    if not added.again:
        print(f"{file} still says who they are in the clear: move it to where nobody finds it, or destroy it.")


@app.command("commit")
def commit(
    case: Case,
    file: Annotated[str, typer.Argument(metavar="FILE", help="An envelope that nobody has signed yet.")],
    pairs: Annotated[
        list[str], typer.Argument(metavar="FIELD=HANDLE...", help="A column, and the person whose value is meant.")
    ],
    key: Key,
    json: AsJson = False,
) -> None:
    """Put salted commitments to people's values into a drafted statement, before anybody signs it."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.durable import replace
    from quittance.files.envelopes import MAX_ENVELOPE_BYTES, read_envelope, write_envelope
    from quittance.files.read import read_file

    statement, signatures = read_envelope(read_file(file, MAX_ENVELOPE_BYTES))
    if signatures:
        raise UsageError(
            "This statement is signed, and a commitment would make it another one. Draw it up again, commit, then "
            "have it signed.",
            code="vault.signed",
        )
    after = with_commitments(case, key, statement, pairs)
    replace(Path(file), write_envelope(after))
    if json:
        print_json({"kind": after.kind, "sid": after.sid, "file": file})
        return
    print(f"{file} now holds the statement {after.sid} ({after.kind}), with {len(pairs)} commitment(s) asked for.")


def with_commitments(case: str, key: str, statement: Statement, pairs: list[str]) -> Statement:
    """A statement not signed yet, with a commitment for each FIELD=HANDLE; raises `UsageError` (`usage.commit`)."""
    from quittance.errors import UsageError
    from quittance.vaultbook import handle_of
    from quittance.visibility import OPERATOR

    wanted = []
    for pair in pairs:
        field, sign, handle = pair.partition("=")
        if not sign:
            raise UsageError("A commitment is asked for as FIELD=HANDLE.", code="usage.commit")
        wanted.append((field, handle_of(handle)))
    with _open(case, key) as vault:
        return vault.commit(OPERATOR, statement, wanted)


@app.command("open")
def open_(
    case: Case,
    handle: Annotated[str, typer.Argument(metavar="HANDLE", help="The person.")],
    field: Annotated[list[str], typer.Option("--field", metavar="FIELD", help="A column to disclose; repeat it.")],
    statement: Annotated[
        str, typer.Option("--statement", metavar="SID", help="The entry that commits to it, by statement id or index.")
    ],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the openings; for you alone.")],
    key: Key,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="PREFIX", help="The first 8 or more characters of HANDLE.")
    ] = None,
    to: Recipients = None,
    plain: Annotated[bool, typer.Option("--plain", help="Do not encrypt: whoever finds the file reads it.")] = False,
    json: AsJson = False,
) -> None:
    """DISCLOSE values of one person: write the openings of an entry's commitments. It cannot be called back."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.vault.file import write_private
    from quittance.vaultbook import handle_of, require_apart
    from quittance.visibility import NEUTRAL

    who = handle_of(handle)
    if bool(to) == plain:
        raise UsageError(
            "Give the reader's age public key with --to; or --plain, if there is no other way.", code="usage.disclose"
        )
    if confirm is None or len(confirm) < PREFIX or not handle.startswith(confirm):
        raise UsageError(
            "This discloses values of a person, and what was read cannot be called back. Give the first "
            f"{PREFIX} characters of the handle a second time with --confirm.",
            code="usage.confirm",
        )
    require_apart(Path(out), Path(case), "A disclosure")
    with _open(case, key) as vault:
        write_private(Path(out), vault.disclose(NEUTRAL, statement, who, field, to or ()))
    fields = list(dict.fromkeys(field))
    if json:
        print_json({"disclosed": fields, "handle": handle, "encrypted": not plain, "file": out})
        return
    print(f"DISCLOSED to whoever reads {out}: {', '.join(fields)} of one person.")
    if plain:
        print("It is not encrypted. Hand it over, then destroy it.")
    print(f"Its reader checks it with: quittance record check-receipt RECEIPT --openings {out} --policy DIR")


@app.command("erase")
def erase(
    case: Case,
    handles: Annotated[list[str], typer.Argument(metavar="HANDLE...", help="The people, each once.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the envelope of erasure.done.")],
    key: Key,
    confirm: Annotated[
        int | None, typer.Option("--confirm", metavar="N", help="How many people these are, once more.")
    ] = None,
    json: AsJson = False,
) -> None:
    """DESTROY keys, salts and values of people for ever, and draw up the statement that says so."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.vaultbook import handle_of
    from quittance.visibility import OPERATOR

    people = {handle_of(one) for one in handles}
    if confirm != len(people):
        raise UsageError(
            "This destroys the keys, salts and values of people for ever; nobody can bring them back. Count the "
            "people, and give their number with --confirm.",
            code="usage.confirm",
        )
    if Path(out).exists():
        raise UsageError(f"{out} is already there; nobody was erased. Choose another name.", code="file.exists")
    casebook, signs = casebook_of(case)
    with casebook, _open(case, key) as vault:
        done = vault.erase(OPERATOR, sorted(people), casebook, sign=signs)
    write_new(Path(out), write_envelope(done.statement, done.signatures))
    if json:
        print_json(
            {
                "erased": done.erased.keys,
                "salts": done.erased.salts,
                "sid": done.statement.sid,
                "signatures": len(done.signatures),
                "file": out,
            }
        )
        return
    print(f"ERASED: {done.erased.keys} people, with {done.erased.salts} salts. Their handles stay in the record.")
    print("Now make a new backup, and destroy every key set (keys.age) that was made before.")
    signers = "the data-protection officer" if signs else "the operator and the data-protection officer"
    print(f"{out} holds the statement {done.statement.sid} (erasure.done). It still needs {signers}:")
    print(f"  quittance sign {out} --key KEYFILE")
    print(f"  quittance record submit {case} {out}")


@app.command("check")
def check(case: Case, key: Key, json: AsJson = False) -> None:
    """Open everything in the vault once, showing nothing, and compare it with the erasures in the record."""
    from quittance.visibility import OPERATOR

    with _open(case, key) as vault:
        people = vault.check(OPERATOR)
    if json:
        print_json({"ok": True, "people": people})
        return
    print(f"The vault is whole: {people} people.")


@app.command("backup")
def backup(
    case: Case,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="A folder outside the case for the two files.")],
    to: Recipients = None,
    json: AsJson = False,
) -> None:
    """Copy the vault in two encrypted halves, values and keys; neither the vault's key nor a passphrase is needed."""
    from pathlib import Path

    from quittance.vaultbook import KEYS_FILE, VALUES_FILE, back_up
    from quittance.visibility import OPERATOR

    made = back_up(OPERATOR, Path(case), to or (), Path(out))
    if json:
        print_json(
            {"people": made.people, "values_sha256": made.values_sha256, "keys_sha256": made.keys_sha256, "folder": out}
        )
        return
    print(f"Two files in {out} hold the {made.people} people of the vault:")
    print(f"  {VALUES_FILE}  {made.values_sha256}")
    print(f"  {KEYS_FILE}    {made.keys_sha256}")
    print(f"Keep the two in different places. After an erasure, destroy every {KEYS_FILE} made before it.")


@app.command("restore")
def restore(
    values: Annotated[str, typer.Argument(metavar="VALUES", help="The half with the values.")],
    keys: Annotated[str, typer.Argument(metavar="KEYS", help="The half with the keys, of the same backup.")],
    identity: Annotated[
        str, typer.Option("--identity", metavar="FILE", help="The age secret key that opens both, in a file.")
    ],
    case: Annotated[str, typer.Option("--case", metavar="CASE", help="A case without a vault.")],
    json: AsJson = False,
) -> None:
    """Bring a vault back from its two halves, without those whose erasure stands in the record."""
    from pathlib import Path

    from quittance.vaultbook import bring_back
    from quittance.visibility import OPERATOR

    restored = bring_back(OPERATOR, Path(case), Path(values), Path(keys), _identity(identity))
    if json:
        print_json({"people": restored.people, "left_out": restored.left_out})
        return
    print(f"People restored: {restored.people}. Left out, since they were erased: {restored.left_out}.")
    print(f"Check it with: quittance vault check {case} --key FILE")


@app.command("split")
def split(
    key: Key,
    shares: Annotated[str, typer.Option("--shares", metavar="K/N", help="How many are needed, of how many.")],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="A new folder for the shares, one file each.")],
    json: AsJson = False,
) -> None:
    """Write the vault's key in words, in N shares of which any K bring it back; for N holders in N places."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.vault.file import write_private
    from quittance.vault.shares import split as split_key

    needed, slash, holders = shares.partition("/")
    if not (slash and needed.isdecimal() and holders.isdecimal() and len(shares) < 8):
        raise UsageError("--shares is K/N, such as 3/5.", code="usage.shares")
    if Path(out).exists():
        raise UsageError(f"{out} is already there; nothing was written. Choose another name.", code="file.exists")
    words = split_key(_opened(key), int(needed), int(holders))
    Path(out).mkdir(mode=0o700)
    files = [Path(out) / f"share-{number}-of-{len(words)}.txt" for number in range(1, len(words) + 1)]
    for path, line in zip(files, words, strict=True):
        write_private(path, line.encode() + b"\n")
    if json:
        print_json({"needed": int(needed), "files": [str(path) for path in files]})
        return
    print(f"{out} holds {len(files)} shares; any {needed} of them open the vault, {int(needed) - 1} tell nothing.")
    print("Give each to another holder, in another place, and destroy the folder.")


@app.command("join")
def join(
    shares: Annotated[
        list[str], typer.Argument(metavar="SHARE...", help="Files with a share each, as many as needed.")
    ],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="The key file to make.")],
    json: AsJson = False,
) -> None:
    """Make the vault's key file again from its shares, under a new passphrase."""
    import secrets
    from pathlib import Path

    from quittance.cli.passphrase import VAULT_VARIABLE, new_passphrase
    from quittance.errors import UsageError
    from quittance.files import keyfile
    from quittance.vault.shares import join as join_key

    if Path(out).exists():
        raise UsageError(f"{out} is already there; it was left as it is. Choose another name.", code="key.exists")
    secret = join_key([keyfile.read_key_file(Path(share)).decode("ascii", "replace") for share in shares])
    data, made = keyfile.seal_key(
        secret, "vault", new_passphrase(variable=VAULT_VARIABLE), random=secrets.token_bytes, cost=keyfile.COST
    )
    keyfile.write_key_file(Path(out), data)
    if json:
        print_json({"fingerprint": made.fingerprint, "file": out})
        return
    print(f"{out} holds the key of the vault with the fingerprint {made.fingerprint}.")


def _open(case: str, key: str) -> Vaultbook:
    """The vault of a case, opened with its key."""
    from pathlib import Path

    from quittance.vaultbook import Vaultbook

    return Vaultbook.open(Path(case), kek_of(case, key))


def kek_of(case: str, key: str) -> bytes:
    """The vault's key; raises `UsageError` (`vault.place`) for a key file in the case, before it is read."""
    from pathlib import Path

    from quittance.files.case import require_case
    from quittance.vaultbook import require_apart

    require_case(Path(case))
    require_apart(Path(key), Path(case), "The vault's key")
    return _opened(key)


def _opened(key: str) -> bytes:
    from pathlib import Path

    from quittance.cli.passphrase import VAULT_VARIABLE, passphrase
    from quittance.files.keyfile import open_key, read_key_file

    data = read_key_file(Path(key))
    return open_key(data, passphrase("Passphrase of the vault's key: ", VAULT_VARIABLE)).vault_key()


def casebook_of(case: str) -> tuple[Casebook, bool]:
    """The case with the operator's keys, and True; for reading, and False, where nobody gives their passphrase."""
    from quittance.cli.case import open_case
    from quittance.errors import UsageError

    try:
        return open_case(case, writable=True), True
    except UsageError as error:
        if error.code != "key.passphrase_missing":
            raise
        return open_case(case), False


def _identity(file: str) -> str:
    """The secret key in an age identity file, which only its owner may be able to read."""
    from pathlib import Path

    from quittance.files.keyfile import read_key_file

    lines = read_key_file(Path(file)).decode("utf-8", "replace").split()
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-1")), "")
