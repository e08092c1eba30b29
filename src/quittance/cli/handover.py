"""Commands on clearances and handovers: who may go, who went as the neutral saw it, what the sides answer, the sums."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.batch_case import close
from quittance.cli.drawn import (
    Audience,
    Batch,
    Case,
    CodeFile,
    Codes,
    Key,
    List,
    Out,
    Who,
    Yes,
    codes_of,
    enter,
    finish,
    open_batches,
    require_again,
    require_way,
)
from quittance.cli.handover_day import COMMANDS
from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from datetime import date

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Clear people for a handover, attest it, answer it, and see that all add up.",
)

Party = Annotated[str, typer.Option("--party", metavar="PARTY", help="The side that speaks.")]
Handover = Annotated[
    str, typer.Argument(metavar="HANDOVER", help="The statement id of what was seen, or the index of its entry.")
]
Again = Annotated[str | None, typer.Option("--confirm", metavar="TEXT", help="What is asked for twice.")]
Place = Annotated[str | None, typer.Option("--place", metavar="CODE", help="Where, as a code.")]


@app.callback()
def _handover() -> None:
    """Clear people for a handover, attest it, answer it, and see that all add up."""


@app.command("clear")
def clear(
    case: Case,
    key: Key,
    gate: Annotated[str, typer.Option("--gate", metavar="GATE", help="A gate that a side grants openly.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="WORD", help="granted, refused or withdrawn.")],
    codes: Codes = None,
    file: CodeFile = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="Everybody who stands on the list.")] = False,
    list_: List = None,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="Why not; needed unless granted.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day on which it holds.")] = None,
    batch: Annotated[str | None, typer.Option(metavar="BATCH", help="For this batch alone.")] = None,
    document: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Number and day of the paper behind it; stays in the vault.")
    ] = None,
    who: Who = None,
    out: Out = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Draw up an open clearance of persons: a veto, a legal order, an identity, a pledge. Its side signs."""
    from quittance.codes import code_of
    from quittance.visibility import OPERATOR

    require_way(who, out)
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        shelf = book.shelf
        named = list(map(code_of, shelf.present(shelf.list_name(list_)))) if everybody else codes_of(codes, file)
        statements = book.clearances.give(
            OPERATOR, gate, outcome, named, casebook, reason=reason, until=until, batch=batch, document=document
        )
        done = enter(casebook, statements, who, out, yes=yes, json=json)
    finish(done, case, f"the {shelf.gates[gate].by} side", json=json)


@app.command("seal")
def seal(
    case: Case,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A table: code, gate, outcome, and if need be reason, until, at.")
    ],
    key: Key,
    office: Annotated[str, typer.Option("--office", metavar="OFFICE", help="neutral or medical: who says so.")],
    list_: List = None,
    batch: Annotated[
        str | None, typer.Option(metavar="BATCH", help="At the door: a round over those still to go with a batch.")
    ] = None,
    who: Who = None,
    out: Out = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Enter a round of what the neutral or the medical officer says: of some in FILE, sealed for EVERYBODY on the list.

    Hold rounds at fixed times. A table with a heading and nobody in it is a round too.
    """
    from pathlib import Path

    from quittance.clearancebook import read_round
    from quittance.errors import UsageError
    from quittance.files.read import read_file
    from quittance.files.tables import MAX_BYTES
    from quittance.vaultbook import require_apart
    from quittance.visibility import MEDICAL, NEUTRAL

    require_way(who, out)
    require_apart(Path(file), Path(case), "A table of clearances")
    if office not in ("neutral", "medical"):
        raise UsageError("The --office is neutral or medical.", code="usage.office")
    rows = read_round(read_file(file, MAX_BYTES), Path(file).name)
    viewer = NEUTRAL if office == "neutral" else MEDICAL
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        statements = book.clearances.seal(
            viewer,
            "neutral" if office == "neutral" else "medical",
            rows,
            casebook,
            list_name=list_,
            batch=batch,
        )
        done = enter(casebook, statements, who, out, yes=yes, json=json)
    finish(done, case, f"the {office} office", json=json)
    if not json:
        print(f"{file} says what must not be seen: destroy it.")


@app.command("status")
def status(
    case: Case,
    key: Key,
    batch: Annotated[str | None, typer.Option(metavar="BATCH", help="Handovers of this batch alone.")] = None,
    list_: List = None,
    json: AsJson = False,
) -> None:
    """Show how far each gate is over a list, and every handover with what is signed and what is missing."""
    from quittance.handoverbook import Handoverbook
    from quittance.visibility import NEUTRAL

    with open_batches(case, key) as (_, book):
        gates = book.clearances.status(NEUTRAL, list_)
        handovers = Handoverbook(book).status(NEUTRAL, batch)
    if json:
        print_json({"gates": list(map(asdict, gates)), "handovers": list(map(asdict, handovers))})
        return
    for one in gates:
        refused = "" if one.refused is None else f", {one.refused:,} refused"
        rest = f"{one.open:,} not yet or not available"
        print(f"{' + '.join(one.gates)} ({one.office}): {one.yes:,} yes{refused}, {rest}")
    for seen in handovers:
        said = f"delivered {_number(seen.delivered)}, received {_number(seen.received)}; {seen.grade}"
        print(
            f"{seen.sid[:16]}  entry {seen.index}, batch {seen.batch}, {seen.at}: {seen.count} persons "
            f"from {seen.giver} to {seen.taker}; {said}"
        )
        for person in seen.persons:
            if person.state != "released":
                missing = f", missing {', '.join(person.missing)}" if person.missing else ""
                denied = f", denied by {', '.join(person.denied_by)}" if person.denied_by else ""
                print(f"  {person.code}: {person.state.replace('_', ' ')}{missing}{denied}")


@app.command("record")
def record(
    case: Case,
    batch: Batch,
    key: Key,
    place: Annotated[str, typer.Option("--place", metavar="CODE", help="Where they were received, as a code.")],
    codes: Annotated[list[str] | None, typer.Option("--person", metavar="CODE", help="Only these; repeat it.")] = None,
    to_place: Annotated[
        str | None, typer.Option("--to-place", metavar="CODE", help="Where they were handed over, as a code.")
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When, if not now (UTC, with Z).")] = None,
    fact: Annotated[
        str | None, typer.Option(metavar="ID", help="The entry of the journal that reports the same.")
    ] = None,
    again: Annotated[str | None, typer.Option("--confirm", metavar="N", help="How many persons.")] = None,
    who: Who = None,
    out: Out = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """ATTEST, as the neutral alone, that persons of a batch were handed over. Nobody goes without an affirmed wish."""
    from quittance.handoverbook import Handoverbook
    from quittance.visibility import NEUTRAL

    require_way(who, out)
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        statement = Handoverbook(book).observe(
            NEUTRAL, batch, casebook, place=place, codes=codes, to_place=to_place, at=at, fact=fact
        )
        count = str(statement.body["count"])
        require_again(again, count, f"This says that {count} persons were handed over.")
        done = enter(casebook, [statement], who, out, yes=yes, json=json)
    finish(done, case, "the neutral", json=json)


@app.command("attest")
def attest(
    case: Case,
    handover: Handover,
    party: Party,
    key: Key,
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", min=0, help="By default all but those whom it denies.")
    ] = None,
    place: Place = None,
    who: Who = None,
    out: Out = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Draw up a side's answer to a handover: so many delivered, or so many received."""
    from quittance.handoverbook import Handoverbook
    from quittance.visibility import OPERATOR

    require_way(who, out)
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        statement = Handoverbook(book).answer(OPERATOR, handover, party, casebook, count=count, place=place)
        done = enter(casebook, [statement], who, out, yes=yes, json=json)
    finish(done, case, party, json=json)


@app.command("deny")
def deny(
    case: Case,
    handover: Handover,
    party: Party,
    key: Key,
    reason: Annotated[
        str,
        typer.Option(metavar="CODE", help="not_listed, not_received, not_delivered, wrong_person or other."),
    ],
    codes: Codes = None,
    file: CodeFile = None,
    again: Annotated[str | None, typer.Option("--confirm", metavar="N", help="How many persons.")] = None,
    who: Who = None,
    out: Out = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """DENY, for a side, that persons were handed over as seen. They count no more until it is withdrawn."""
    from quittance.handoverbook import Handoverbook
    from quittance.visibility import OPERATOR

    require_way(who, out)
    named = codes_of(codes, file)
    require_again(again, str(len(named)), f"{len(named)} persons count no more as released.")
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        statement = Handoverbook(book).deny(OPERATOR, handover, party, named, reason, casebook)
        done = enter(casebook, [statement], who, out, yes=yes, json=json)
    finish(done, case, party, json=json)


@app.command("outcome")
def outcome(
    case: Case,
    key: Key,
    what: Annotated[
        str,
        typer.Option("--outcome", metavar="WORD", help="transferred, died, escaped, not_held, already_released."),
    ],
    office: Annotated[str, typer.Option("--office", metavar="ROLE", help="Who says so: holding, receiving, neutral.")],
    codes: Codes = None,
    file: CodeFile = None,
    batch: Annotated[str | None, typer.Option(metavar="BATCH", help="The batch that it concerns.")] = None,
    again: Annotated[str | None, typer.Option("--confirm", metavar="WORD", help="The outcome, once more.")] = None,
    who: Who = None,
    out: Out = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """STATE what became of persons other than a release: they go with no batch any more."""
    from quittance.handoverbook import Handoverbook
    from quittance.visibility import OPERATOR

    require_way(who, out)
    require_again(again, what, "Persons with an outcome go with no batch any more.")
    named = codes_of(codes, file)
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        statement = Handoverbook(book).outcome(OPERATOR, named, what, office, casebook, batch=batch)
        done = enter(casebook, [statement], who, out, yes=yes, json=json)
    finish(done, case, f"the {office} office", json=json)


@app.command("sums")
def sums(
    case: Case,
    key: Key,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day asked about.")] = None,
    known_by: Annotated[str | None, typer.Option("--known-by", metavar="DATE", help="As known on this day.")] = None,
    audience: Audience = "neutral",
    json: AsJson = False,
) -> None:
    """Show that everybody on a list adds up: released, remaining, and all else, as an audience may know it."""
    from quittance.visibility import NEUTRAL

    with open_batches(case, key) as (_, book):
        view = book.sums(NEUTRAL, _day(as_of), _day(known_by))
    lists = [one for one in view.lists if one.audience == audience]
    if json:
        print_json({"as_of": view.as_of, "known_by": view.known_by, "lists": list(map(asdict, lists))})
        return
    for one in lists:
        print(f"{one.list}, version {one.version}: {one.listed:,} persons, as of {view.as_of}")
        for line in one.lines:
            if line.n is None or line.n:
                number = "not shown" if line.n is None else f"{line.n:,}"
                print(f"  {line.outcome.replace('_', ' ')}: {number}")
        for part in one.split:
            print(f"    {part.outcome.replace('_', ' ')}: {part.n:,}")


app.command("close")(close)
for _name, _command in COMMANDS:
    app.command(_name)(_command)


def _number(value: int | None) -> str:
    return "not yet" if value is None else str(value)


def _day(text: str | None) -> date | None:
    from quittance.dates import DateError, parse_day
    from quittance.errors import UsageError

    try:
        return None if text is None else parse_day(text)
    except DateError as error:
        raise UsageError(f"A day is written as 2020-03-31: {error}", code="usage.date") from None
