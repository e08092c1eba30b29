"""`quittance names overlap`: how many people two lists share, found without showing a name to who compares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.people.overlap import Overlap

overlap = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Count whom two lists share, from keyed encodings that hold no name; its limits are printed each time.",
)

SECRET_VARIABLE = "QUITTANCE_OVERLAP_SECRET"  # noqa: S105 - the name of a variable
SECRET_LIMIT = 4096
ENCODING_LIMIT = 1 << 30
_COLUMNS = ("a_row", "b_row", "likeness", "score", "sure")


@overlap.command()
def secret(
    out: Annotated[str, typer.Argument(metavar="FILE", help="Where to write it; must not be there yet.")],
    json: AsJson = False,
) -> None:
    """Make a new secret for one comparison; both sides need it, and nobody else may have it."""
    import base64
    import secrets
    from pathlib import Path

    from quittance.files.keyfile import write_key_file
    from quittance.people.overlap import LIMITS

    write_key_file(Path(out), base64.b64encode(secrets.token_bytes(32)) + b"\n")
    if json:
        print_json({"file": out, "limits": LIMITS})
        return
    print(f"{out} holds a new secret. Bring it to the other side by hand, and keep it from whoever compares.")
    print(LIMITS)


@overlap.command()
def encode(
    file: Annotated[str, typer.Argument(metavar="LIST", help="Your own list: CSV, XLSX or ODS.")],
    out: Annotated[str, typer.Option("--out", metavar="ENC", help="Where to write the encoding.")],
    secret_file: Annotated[
        str | None,
        typer.Option("--secret-file", metavar="FILE", help="The shared secret; asked for if left out."),
    ] = None,
    fields: Annotated[
        str, typer.Option("--fields", metavar="F,F", help="What to encode; fewer fields give less away.")
    ] = "name,father,grandfather,birth,district",
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FIELD=COLUMN", help="Where a field stands, if guessed wrong; repeat it."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Encode your own list under the shared secret; the encoding goes to whoever compares, the list stays."""
    from pathlib import Path

    from quittance.files.durable import write_new
    from quittance.files.lists import propose, read_list
    from quittance.files.read import read_file
    from quittance.files.tables import Limits
    from quittance.people.overlap import LIMITS, derive_key
    from quittance.people.overlap import encode as encode_entries
    from quittance.people.overlap.encoding import MOST_ROWS

    key = derive_key(_secret(secret_file))
    limits = Limits(bytes=ENCODING_LIMIT, rows=MOST_ROWS + 100)
    data = read_file(file, limits.bytes)
    mapping, _ = propose(data, Path(file).name, column or (), limits=limits)
    made = read_list(data, None if mapping.questions else mapping, Path(file).name, column or (), limits=limits)
    encoding = encode_entries(
        made.entries, key, [name.strip() for name in fields.split(",")], [row.row for row in made.raw]
    )
    write_new(Path(out), encoding.as_bytes())
    if json:
        print_json({"file": out, "rows": len(made.entries), "fields": encoding.fields, "limits": LIMITS})
        return
    for line in mapping.describe():
        print(line)
    print(f"{out} holds {len(made.entries):,} rows as filters of: {', '.join(encoding.fields)}. No name is in it.")
    print(LIMITS)


@overlap.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A.enc", help="The encoding of one side.")],
    b: Annotated[str, typer.Argument(metavar="B.enc", help="The encoding of the other side.")],
    out: Annotated[str, typer.Option("--out", metavar="PAIRS.csv", help="Where to write the pairs of row numbers.")],
    json: AsJson = False,
) -> None:
    """Say how large the overlap of two encodings is, and which row numbers pair; no names are needed or shown."""
    from pathlib import Path

    from quittance.files.durable import write_new
    from quittance.files.read import read_file
    from quittance.people.overlap import LIMITS, read_encoding
    from quittance.people.overlap import compare as compare_encodings

    found = compare_encodings(*(read_encoding(read_file(one, ENCODING_LIMIT)) for one in (a, b)))
    write_new(Path(out), _pairs_csv(found))
    likely, all_pairs = found.size
    if json:
        print_json(
            {
                "file": out,
                "a_rows": found.a_rows,
                "b_rows": found.b_rows,
                "likely": likely,
                "likely_and_possible": all_pairs,
                "fields": found.fields,
                "limits": LIMITS,
            }
        )
        return
    print(f"List A has {found.a_rows:,} rows, list B {found.b_rows:,}. Compared: {', '.join(found.fields)}.")
    print(f"They share {likely:,} people by likely pairs alone, {all_pairs:,} with the possible ones.")
    print(f"{out} has the pairs of row numbers. Each must be confirmed by people who see both names.")
    print(LIMITS)


def _secret(path: str | None) -> bytes:
    """The shared secret, from its file, the environment or a terminal, without the space around it."""
    from quittance.cli.passphrase import passphrase
    from quittance.files.read import read_file

    if path is not None:
        return read_file(path, SECRET_LIMIT).strip()
    return passphrase("Shared secret: ", SECRET_VARIABLE).strip().encode()


def _pairs_csv(found: Overlap) -> bytes:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for pair in found.pairs:
        sure = "likely" if pair.likely else "possible"
        writer.writerow((pair.a_row, pair.b_row, f"{pair.likeness:.3f}", f"{pair.score:.2f}", sure))
    return text.getvalue().encode()
