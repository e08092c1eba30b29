"""Commands on the batches of a case: the register, the choice, its reasons, rounds of changes, the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.drawn import (
    Audience,
    Batch,
    Case,
    Key,
    List,
    Names,
    Out,
    Who,
    Yes,
    enter,
    enter_own,
    finish,
    for_audience,
    open_batches,
    require_again,
    require_way,
)
from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.views.batch import BatchView, Candidate, LimitRef

Size = Annotated[int | None, typer.Option("--size", metavar="N", min=1, help="Seats; by default those of the rules.")]
Reason = Annotated[str, typer.Option("--reason", metavar="CODE", help="Why, as it is; empty takes it back.")]


def register(
    case: Case,
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV, XLSX or ODS with a column code or pid.")],
    key: Key,
    list_: List = None,
    json: AsJson = False,
) -> None:
    """Take in what a register says of the entries of a list: where held, age, what the rules use. All or nothing."""
    from pathlib import Path

    from quittance.files.read import read_file
    from quittance.files.tables import MAX_BYTES
    from quittance.vaultbook import require_apart
    from quittance.visibility import OPERATOR

    require_apart(Path(file), Path(case), "A register")
    data = read_file(file, MAX_BYTES)
    with open_batches(case, key) as (_, book):
        report = book.register(OPERATOR, data, list_, Path(file).name)
    if json:
        print_json(asdict(report))
        return
    print(f"{report.rows:,} entries: {report.changed:,} new or changed, {report.same:,} as before.")
    if report.gates:
        print(f"Not taken, because offices grant them: {', '.join(report.gates)}. See: quittance handover clear, seal")
    if report.passed_over:
        print(f"Not taken, because no rule uses them: {', '.join(report.passed_over)}")
    print(f"{file} may still say things of people in the clear: move it away, or destroy it.")


def propose(
    case: Case,
    batch: Batch,
    key: Key,
    list_: List = None,
    size: Size = None,
    commitment: Annotated[
        str | None, typer.Option(metavar="ID", help="The commitment that it is for; by default the agreement's.")
    ] = None,
    beacon: Annotated[
        str | None, typer.Option("--beacon", metavar="HEX", help="The signature of the round that the request names.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="PARTY", help="Go on without this party's share of the seed."),
    ] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="Those who are released outside the ratio, all of them.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Choose a batch by the rules of the agreement, and enter it with everybody on it. The seed is drawn before."""
    from quittance.visibility import OPERATOR

    with open_batches(case, key, enters=True) as (casebook, book):
        value = None
        if beacon is not None:
            from quittance.selection.beacon import verify_quicknet

            value = verify_quicknet(book.seeds.show(OPERATOR, batch).request.beacon, beacon)
        found = book.propose(
            OPERATOR,
            batch,
            casebook,
            list_name=list_,
            size=size,
            commitment=commitment,
            beacon=value,
            without=tuple(without or ()),
            outside=outside,
        )
        done = enter_own(casebook, found.statement)
    if json:
        print_json(done | {"selection": found.selection})
        return
    print(f"Batch {batch} is proposed: {found.statement.body['count']} persons, entry {done['entries'][0]}.")
    print(f"SHA-256 of the batch: {found.statement.body['batch_sha256']}")
    print(f"Look at it: quittance batch show {case} {batch} --key {key}")


def show(
    case: Case,
    key: Key,
    batch: Annotated[str | None, typer.Argument(metavar="BATCH", help="The batch; without it, all in a line.")] = None,
    audience: Audience = "neutral",
    names: Names = False,
    json: AsJson = False,
) -> None:
    """Show all batches, or one: who is in it, the funnel, limits at their bounds, rounds, skips, the steps signed."""
    from quittance.visibility import NEUTRAL

    with open_batches(case, key) as (_, book):
        if batch is None:
            lines = book.batches(NEUTRAL)
            if json:
                print_json(asdict(lines))
                return
            for one in lines.batches:
                print(f"{one.id}: {one.step}, {one.list}, {one.done} of {one.size} handed over, {one.rounds} rounds")
            if not lines.batches:
                print("There is no batch yet.")
            return
        view = for_audience(book, book.batch(NEUTRAL, batch), audience)
        known = book.names(NEUTRAL, [one.code for one in view.candidates]) if names and audience == "neutral" else {}
    if json:
        print_json(asdict(view) | ({"names": known} if known else {}))
        return
    for line in batch_lines(view, known):
        print(line)


def explain(
    case: Case,
    batch: Batch,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of the entry.")],
    key: Key,
    audience: Audience = "neutral",
    json: AsJson = False,
) -> None:
    """Say why somebody is in a batch or not, and what would have to be otherwise."""
    from quittance.visibility import NEUTRAL

    with open_batches(case, key) as (_, book):
        found = book.explain(NEUTRAL, batch, code, audience)
    if json:
        print_json(found)
        return
    print(f"{found['pid']}: {'in the batch' if found['in_batch'] else 'not in the batch'}")
    for name in ("reason", "rank", "gates_missing", "limits", "counterfactuals"):
        if found.get(name):
            print(f"  {name.replace('_', ' ')}: {_plain(found[name])}")


def what_if(
    case: Case,
    batch: Batch,
    key: Key,
    size: Size = None,
    loosen: Annotated[
        str | None,
        typer.Option("--limit", metavar="QUOTA:CLASS:BOUND=N", help="Another value for a limit: prison:South:max=3"),
    ] = None,
    audience: Audience = "neutral",
    json: AsJson = False,
) -> None:
    """Choose again from the same register and seed with another size or one limit changed: who would come and go."""
    from quittance.views.batch import difference
    from quittance.visibility import NEUTRAL

    limit = _limit(loosen)
    with open_batches(case, key) as (_, book):
        first = book.draft(NEUTRAL, batch=batch)
        second = book.draft(NEUTRAL, batch=batch, size=size, loosen=limit)
        shown = [for_audience(book, one, audience) for one in (first, second)]
    found = difference(first, second, limit)
    enters, leaves = ([code for code in codes if _is_shown(code, shown)] for codes in (found.enters, found.leaves))
    if json:
        print_json(asdict(found) | {"enters": enters, "leaves": leaves})
        return
    if not found.feasible:
        print("There would be no legal batch.")
    print(f"Size {found.first_size} -> {found.second_size}: {found.entering} come in, {found.leaving} go out.")
    for words, codes in (("in", enters), ("out", leaves)):
        for code in codes:
            print(f"  {words}: {code}")


def diagnose(case: Case, key: Key, list_: List = None, size: Size = None, json: AsJson = False) -> None:
    """Say whether there is a legal batch now, without a seed, and if not, which limits cannot hold together."""
    from quittance.visibility import NEUTRAL

    with open_batches(case, key) as (_, book):
        view = book.draft(NEUTRAL, list_name=list_, size=size)
    ranked = next((one.n for one in view.funnel if one.kind == "ranked"), 0)
    if json:
        conflict = [asdict(one) for one in view.conflict]
        print_json({"feasible": view.feasible, "ranked": ranked, "size": view.size, "conflict": conflict})
    elif view.feasible:
        print(f"There is a legal batch of {view.size}: {ranked} people are ranked. This is no proposal.")
    else:
        print(f"There is no legal batch of {view.size}; {ranked} people are ranked.")
        for one in view.conflict:
            print(f"  {one.quota} {one.class_}: {one.bound} {one.value}")
    if not view.feasible:
        raise typer.Exit(1)


def confirm(
    case: Case, batch: Batch, key: Key, who: Who = None, out: Out = None, yes: Yes = False, json: AsJson = False
) -> None:
    """Draw up the next step of a batch: cleared, then authorised. Everybody on it must have every clearance.

    The first is signed by the neutral and the medical officer, so it is written with --out; the second by the holder.
    """
    from quittance.visibility import OPERATOR

    require_way(who, out)
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        statement = book.confirm(OPERATOR, batch, casebook)
        done = enter(casebook, [statement], who, out, yes=yes, json=json)
    signers = "the neutral and the medical officer" if statement.kind == "batch.cleared" else "the holding side"
    finish(done, case, signers, json=json)


def drop(
    case: Case,
    batch: Batch,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of the entry.")],
    reason: Reason,
    key: Key,
    by: Annotated[
        str, typer.Option("--by", metavar="OFFICE", help="Who says so: neutral, medical, or operator for a side.")
    ] = "neutral",
    json: AsJson = False,
) -> None:
    """Keep in the vault why somebody does not go. Nothing is recorded before the next round, and then folded."""
    from quittance.visibility import MEDICAL, NEUTRAL, OPERATOR

    viewer = {"medical": MEDICAL, "operator": OPERATOR}.get(by, NEUTRAL)
    with open_batches(case, key) as (_, book):
        book.drop(viewer, batch, code, reason, by)
    if json:
        print_json({"batch": batch, "code": code, "kept": bool(reason)})
        return
    print(f"Kept. It comes out with the next round: quittance batch change {case} {batch}")


def change(
    case: Case,
    batch: Batch,
    key: Key,
    again: Annotated[str | None, typer.Option("--confirm", metavar="BATCH", help="The batch, once more.")] = None,
    json: AsJson = False,
) -> None:
    """ENTER A ROUND: whoever dropped out leaves, seats go to the first in order who may come. Also where nobody did.

    Hold rounds at fixed times, whether anything happened or not: then their times tell nothing.
    """
    from quittance.codes import code_of
    from quittance.visibility import OPERATOR

    require_again(again, batch, "A round cannot be taken back.")
    with open_batches(case, key, enters=True) as (casebook, book):
        made = book.change(OPERATOR, batch, casebook)
        done = enter_own(casebook, made.statement)
    out, into = sorted(map(code_of, made.out)), sorted(map(code_of, made.into))
    if json:
        print_json(done | {"round": made.round, "out": out, "in": into, "short": made.short})
        return
    print(f"Round {made.round} of batch {batch}, entry {done['entries'][0]}: {len(out)} out, {len(into)} in.")
    for words, codes in (("out", out), ("in", into)):
        for code in codes:
            print(f"  {words}: {code}")
    if made.short:
        print(f"{made.short} seats stay empty: nobody fits.")


def close(
    case: Case,
    batch: Batch,
    key: Key,
    who: Who = None,
    out: Out = None,
    again: Annotated[str | None, typer.Option("--confirm", metavar="BATCH", help="The batch, once more.")] = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """CLOSE a batch, by the neutral: nobody goes under it any more, and nothing of it is changed."""
    from quittance.visibility import OPERATOR

    require_way(who, out)
    require_again(again, batch, "Nobody goes with a closed batch any more.")
    with open_batches(case, key, enters=who is not None) as (casebook, book):
        done = enter(casebook, [book.close(OPERATOR, batch, casebook)], who, out, yes=yes, json=json)
    finish(done, case, "the neutral", json=json)


COMMANDS = (
    ("register", register),
    ("propose", propose),
    ("show", show),
    ("explain", explain),
    ("what-if", what_if),
    ("diagnose", diagnose),
    ("confirm", confirm),
    ("drop", drop),
    ("change", change),
    ("close", close),
)
"""The commands of the group `batch` that need a case."""


def batch_lines(view: BatchView, names: dict[str, str]) -> Iterable[str]:
    """A batch as it is printed."""
    if view.hidden:
        yield f"Nothing of batch {view.id} is public before everybody has arrived."
        return
    yield f"Batch {view.id} of {view.list}, {view.giver} to {view.taker}: {view.step}, {view.done} of {view.size} gone"
    for step in view.funnel:
        lost = f", {step.lost:,} lost" if step.lost else ""
        number = "hidden" if step.n is None else f"{step.n:,}"
        yield f"  {' '.join((step.kind.replace('_', ' '), *step.gates))}: {number}{lost}"
    for one in view.candidates:
        if one.standing or one.reason == "in":
            yield candidate_line(one, names)
    for row in view.limits:
        if row.binding is not None:
            yield f"  limit {row.quota} {row.class_}: {row.count} is its {row.binding}"
    for made in view.rounds:
        reasons = ", ".join(f"{reason.replace('_', ' ')} {n}" for reason, n in made.reasons) or "nothing changed"
        counts = f"{len(made.out)} out, {len(made.into)} in, {made.short} short"
        yield f"  round {made.round}, {made.at}: {counts} ({reasons})"
    for rate in view.skip_rates:
        if rate.skipped is not None and rate.total is not None:
            yield f"  skipped of {rate.of} {rate.name}: {rate.skipped} of {rate.total}"
    if view.batch_sha256:
        yield f"  SHA-256 {view.batch_sha256}"


def candidate_line(one: Candidate, names: dict[str, str]) -> str:
    """A person of a batch in one line."""
    from quittance.cli.people import isolated

    facts = [f"rank {one.rank}" if one.rank else "", f"{one.points} points" if one.points is not None else ""]
    said = (one.code, isolated(names.get(one.code, "")), one.standing or one.reason, *facts)
    return "  " + "  ".join(part for part in said if part)


def _is_shown(code: str, views: Iterable[BatchView]) -> bool:
    return any(one.code == code for view in views for one in view.candidates)


def _limit(text: str | None) -> LimitRef | None:
    from quittance.errors import UsageError
    from quittance.views.batch import LimitRef

    if text is None:
        return None
    name, _, value = text.rpartition("=")
    parts = name.split(":")
    if len(parts) != 3 or parts[2] not in ("min", "max") or not value.isdecimal():
        raise UsageError("A limit is written QUOTA:CLASS:BOUND=N, as prison:South:max=3.", code="usage.limit")
    return LimitRef(parts[0], parts[1], parts[2], int(value))  # type: ignore[arg-type]  # min or max


def _plain(value: object) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
