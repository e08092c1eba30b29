"""`quittance names generate`: two lists of invented people, and the truth between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.people.synthetic import TwoLists

_SCRIPT = "latin, arabic or cyrillic."
_CALENDAR = "gregorian, sh (Solar Hijri) or ah (lunar Hijri)."


def generate(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="A folder for the four files; made if missing.")],
    a: Annotated[int, typer.Option("--a", metavar="N", help="Rows of list A.")] = 5000,
    b: Annotated[int, typer.Option("--b", metavar="N", help="Rows of list B.")] = 1000,
    overlap: Annotated[
        float, typer.Option("--overlap", metavar="F", help="Share of B's people who are on A too, 0 to 1.")
    ] = 0.6,
    people: Annotated[
        int, typer.Option("--people", metavar="N", help="Size of the population behind both; 0: just large enough.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="The same seed makes the same files.")] = 1,
    script_a: Annotated[str, typer.Option("--script-a", metavar="SCRIPT", help=f"Of list A: {_SCRIPT}")] = "latin",
    script_b: Annotated[str, typer.Option("--script-b", metavar="SCRIPT", help=f"Of list B: {_SCRIPT}")] = "arabic",
    calendar_a: Annotated[
        str, typer.Option("--calendar-a", metavar="CAL", help=f"Of list A: {_CALENDAR}")
    ] = "gregorian",
    calendar_b: Annotated[str, typer.Option("--calendar-b", metavar="CAL", help=f"Of list B: {_CALENDAR}")] = "sh",
    noise: Annotated[str, typer.Option("--noise", metavar="NOISE", help="standard, harsh or none.")] = "standard",
    json: AsJson = False,
) -> None:
    """Make two lists of people who never lived, with the errors of real lists, and the truth between them."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.durable import make_folder, write_new
    from quittance.people.synthetic import HARSH, NONE, STANDARD, Wanted, two_lists

    kinds = {"standard": STANDARD, "harsh": HARSH, "none": NONE}
    if noise not in kinds:
        raise UsageError(f"Unknown noise. Known are: {', '.join(kinds)}.")
    made = two_lists(
        Wanted(a, b, overlap, people, script_a, script_b, calendar_a, calendar_b, kinds[noise]),
        seed,
    )
    folder = Path(out)
    files = {"README.txt": _readme(made, noise), "A.csv": made.a.as_csv(), "B.csv": made.b.as_csv()}
    files["truth.csv"] = made.truth_csv()
    make_folder(folder)
    for name, data in files.items():
        write_new(folder / name, data)
    links = len(made.truth())
    if json:
        print_json({"folder": out, "files": list(files), "a": a, "b": b, "links": links, "seed": seed, "noise": noise})
        return
    print(f"Invented: {made.a.title}.")
    print(f"Invented: {made.b.title}.")
    print(f"{links:,} pairs of rows are one person; truth.csv in {out} names them. Nobody in these files ever lived.")


def _readme(made: TwoLists, noise: str) -> bytes:
    wanted = made.wanted
    return f"""\
INVENTED. Nobody in these files ever lived. Every name is put together by chance from common elements of names; every
number and every day is drawn by lot. Each row says so in its id (INVENTED-...) and in its column `invented`.

A.csv      {wanted.a:,} rows, {wanted.script_a} letters, years {wanted.calendar_a}
B.csv      {wanted.b:,} rows, {wanted.script_b} letters, years {wanted.calendar_b}
truth.csv  the pairs of row ids that are one person (one person may stand twice on a list)

Made with seed {made.seed}, {noise} noise, {wanted.overlap:g} of B's people also on A. The same settings make the same
files, to the byte.
""".encode()
