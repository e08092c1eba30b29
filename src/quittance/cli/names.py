"""`quittance names`: match two lists of people, make invented ones, and count an overlap without showing names."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quittance.cli.names_generate import generate
from quittance.cli.names_overlap import overlap
from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quittance.files.lists import ReadList
    from quittance.people.matching import Matching
    from quittance.people.matching.blocking import Finder


class Engine(StrEnum):
    """Where the pairs of large lists are found; the links are the same."""

    MEMORY = "memory"
    DUCKDB = "duckdb"


app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Match lists of people.")
app.command("generate")(generate)
app.add_typer(overlap, name="overlap")

Map = Annotated[
    list[str] | None, typer.Option(metavar="FIELD=COLUMN", help="Where a field stands, by heading or letter. Again.")
]
Calendar = Annotated[str | None, typer.Option(metavar="CALENDAR", help="gregorian, sh, ah or unknown.")]

LIST_BYTES = 2 << 30
LIST_ROWS = 2_000_000


@app.command("match")
def match(
    a: Annotated[str, typer.Argument(metavar="A", help="A list of people: CSV, XLSX or ODS.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other list; each of its rows is looked for in A.")],
    out: Annotated[str, typer.Option("--out", metavar="LINKS.csv", help="Where to write the links.")],
    map_a: Map = None,
    map_b: Map = None,
    calendar_a: Calendar = None,
    calendar_b: Calendar = None,
    as_guessed: Annotated[
        bool, typer.Option("--as-guessed", help="Read the columns as guessed, even where unsure.")
    ] = False,
    one_to_one: Annotated[bool, typer.Option("--one-to-one", help="Give each row at most one partner.")] = False,
    auto: Annotated[float, typer.Option(metavar="P", help="Probability for confirmation in bulk.")] = 0.97,
    review: Annotated[float, typer.Option(metavar="P", help="Probability from which people look at a pair.")] = 0.03,
    engine: Annotated[
        Engine, typer.Option(help="Where pairs of large lists are found: in memory, or by DuckDB with the disk.")
    ] = Engine.MEMORY,
    json: AsJson = False,
) -> None:
    """Say for each row of B which row of A it may be, how sure that is, and why. Nothing is merged or released."""
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.links import meta_path, write_links
    from quittance.people.matching import Settings
    from quittance.people.matching import match as match_lists

    path = Path(out)
    if path.suffix.lower() != ".csv" or path.is_dir() or not path.parent.is_dir():
        raise UsageError("--out must name a file that ends in .csv, in a folder that is there.", code="links.out")
    settings = Settings(auto=auto, review=review, one_to_one=one_to_one)
    say = _teller()
    lists = [
        _read(say, name, which, given or [], calendar, as_guessed)
        for name, which, given, calendar in ((a, "A", map_a, calendar_a), (b, "B", map_b, calendar_b))
    ]
    with _finder(engine) as finder:
        found = match_lists(lists[0].entries, lists[1].entries, settings, progress=_progress(), finder=finder)
    hashes = {"a": lists[0].sha256, "b": lists[1].sha256}
    write_links(path, found, lists[0].entries, lists[1].entries, hashes)
    if json:
        print_json({"links": str(path), "meta": str(meta_path(path)), **_summary(found)})
    else:
        _tell_summary(found, path)


def _read(
    say: Callable[[str], None], path: str, which: str, given: list[str], calendar: str | None, as_guessed: bool
) -> ReadList:
    """One list, and on stderr how its columns are read. Raises `UnreadableError`."""
    from pathlib import Path

    from quittance.files.lists import propose, read_list
    from quittance.files.read import read_file
    from quittance.files.tables import Limits

    data = read_file(path, LIST_BYTES)
    limits = Limits(bytes=LIST_BYTES, rows=LIST_ROWS)
    given = [*given, *([f"calendar={calendar}"] if calendar else [])]
    name = Path(path).name
    mapping, _ = propose(data, name, given, limits=limits)
    for line in mapping.describe():
        say(f"{which}: {line}")
    return read_list(data, mapping if as_guessed or not mapping.questions else None, name, given, limits=limits)


@contextmanager
def _finder(engine: Engine) -> Iterator[Finder | None]:
    """What finds the pairs of large lists, None for memory; what it keeps on disk is removed at the end."""
    if engine is Engine.MEMORY:
        yield None
        return
    import secrets
    from functools import partial
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from quittance.engines.duckdb import meet

    with TemporaryDirectory(prefix="quittance-") as folder:
        yield partial(meet, folder=Path(folder), secret=secrets.randbits(64))


def _teller() -> Callable[[str], None]:
    """Prints a line on stderr."""
    import sys

    return lambda line: print(line, file=sys.stderr)


def _progress() -> Callable[[str, float], None] | None:
    """Shows on a terminal how far the work is; None where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        return None

    def show(what: str, share: float) -> None:
        end = "\n" if share >= 1 else ""
        print(f"\r{what} {share:4.0%}   ", end=end, file=sys.stderr, flush=True)

    return show


def _summary(found: Matching) -> dict[str, Any]:
    return {
        "a": found.a_size,
        "b": found.b_size,
        "compared": found.compared,
        "skipped": found.skipped,
        "lost_to_common_keys": found.lost,
        "candidates": len(found.candidates),
        "best": dict(found.counts()),
    }


def _tell_summary(found: Matching, path: Any) -> None:
    counts = found.counts()
    without = found.b_size - sum(counts.values())
    print(f"{found.a_size:,} rows of A, {found.b_size:,} of B; {found.compared:,} pairs compared.")
    print(
        f"Best candidates of B: {counts['auto']:,} for confirmation in bulk, {counts['review']:,} for review, "
        f"{counts['no']:,} hardly; {without:,} without any."
    )
    if found.lost:
        print(f"{found.lost:,} pairs share only what very many share, and were not compared.")
    print(f"Links are in {path}. They are proposals: people decide.")
