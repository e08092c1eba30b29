"""`quittance batch select`: the batch that the rules choose from a register file (sections 12 and 14)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quittance.cli.question import AsJson, print_json, print_table

if TYPE_CHECKING:
    from quittance.selection.result import Selection


def select(
    register: Annotated[str, typer.Argument(metavar="REGISTER.csv", help="The register: a row for each person.")],
    rules: Annotated[
        str, typer.Option("--rules", metavar="FILE", help="An agreement file, or one that holds only `selection`.")
    ],
    size: Annotated[int | None, typer.Option("--size", metavar="N", help="Seats, if not those of the rules.")] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="HEX", help="64 hex digits that decide between people alike.")
    ] = None,
    agreement: Annotated[
        str | None, typer.Option("--agreement", metavar="ID", help="Default: the id in the agreement file.")
    ] = None,
    batch: Annotated[int | None, typer.Option("--batch", metavar="N", help="The number of the batch.")] = None,
    explain: Annotated[
        list[str] | None, typer.Option("--explain", metavar="PID", help="Say why this person is in or not. Again.")
    ] = None,
    checker: Annotated[
        str | None,
        typer.Option("--checker", metavar="NAME", help="exact, lp or cpsat; the batch is the same."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Say whom the rules choose from a register, whom they pass over and why. Nobody is released by it."""
    from quittance.files.read import AGREEMENT_LIMIT, read_file
    from quittance.files.registers import REGISTER_LIMIT, read_register
    from quittance.files.rules import read_rules
    from quittance.selection.select import select_batch

    given = seed_bytes(seed)
    read = read_rules(read_file(rules, AGREEMENT_LIMIT))
    people = read_register(read_file(register, REGISTER_LIMIT), read.rules)
    found = select_batch(
        people,
        read.rules,
        size=size,
        seed=given,
        agreement=read.agreement if agreement is None else agreement,
        batch=batch,
        checker=checker,
    )
    explanations: list[dict[str, Any]] = []
    if explain:
        from quittance.selection.explain import explain as explain_person

        explanations = [explain_person(found, pid).as_json() for pid in explain]
    if json:
        print_json(found.as_json(explanations))
    else:
        _tell(found)
        for told in explanations:
            print(_explained(told))
    if found.status == "infeasible":
        raise typer.Exit(1)


def seed_bytes(text: str | None) -> bytes | None:
    """The 32 bytes of a seed. Raises `UsageError` for anything but 64 hex digits."""
    import re

    from quittance.errors import UsageError

    if text is None:
        return None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise UsageError("--seed needs 64 hex digits, as `quittance seed show` prints them.", code="selection.seed")
    return bytes.fromhex(text)


def _tell(found: Selection) -> None:
    """The result in words: funnel, people, limits at their bounds, hash."""
    result: dict[str, Any] = found.as_json()
    for line in _funnel(result["funnel"]):
        print(line)
    for warning in found.warnings:
        print(_WARNINGS[warning])
    if found.status == "infeasible":
        for line in _conflict(result):
            print(line)
        return
    print()
    rows = [
        [
            str(one["rank"]),
            one["pid"],
            str(one["tier"]),
            str(one["points"]),
            *map(_pairs, (one["lines"], one["signature"])),
        ]
        for one in result["people"]
    ]
    print_table(("rank", "pid", "tier", "points", "of which", "classes"), rows)
    reached = [row for row in result["limits"] if row["binding"] and 0 < row["count"] < found.size]
    if reached:
        print()
        rows = [[row["quota"], row["class"], row["binding"], str(row["count"])] for row in reached]
        print_table(("limit reached", "class", "bound", "seats"), rows)
    print()
    reasons = Counter(one.reason for one in found.passed_over)
    passed = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items())) or "nobody"
    print(f"Passed over before rank {found.last_rank:,}: {passed}. In reserve: {len(found.reserve)}.")
    if found.outside_ratio:
        print(f"Outside the ratio: {', '.join(found.outside_ratio)}.")
    print(f"{result['points_total']:,} points. Batch {result['batch_hash']}")


_WARNINGS = {
    "unseeded": "No seed was given: people alike are ordered by 32 zero bytes, which everybody could foresee.",
    "too_few_ranked": "Fewer people pass every gate than the batch has seats.",
}


def _funnel(funnel: dict[str, Any]) -> list[str]:
    lines = [f"Register {funnel['register']:,}"]
    if funnel["outside_ratio"] or funnel["outside_ratio_pending"]:
        lines.append(f"  outside the ratio {funnel['outside_ratio']:,}, pending {funnel['outside_ratio_pending']:,}")
    lines += [f"  {gate['gate']}: {gate['passed']:,} passed, {gate['lost']:,} lost" for gate in funnel["gates"]]
    return [*lines, f"Ranked {funnel['ranked']:,}, batch {funnel['batch']:,}"]


def _conflict(result: dict[str, Any]) -> list[str]:
    if not result["conflict"]:
        return [f"No batch of {result['size']:,} exists."]
    limits = "; ".join(map(_limit, result["conflict"]))
    return [f"No batch of {result['size']:,} exists. These limits cannot all hold: {limits}. Loosen one of them."]


def _explained(told: dict[str, Any]) -> str:
    """An explanation as one line."""
    if told["in_batch"]:
        return f"{told['pid']} is in the batch, at rank {told['rank']:,}."
    place = f" at rank {told['rank']:,}" if told["rank"] else ""
    why = ", ".join(told["gates_missing"]) or "; ".join(map(_limit, told["limits"]))
    line = f"{told['pid']}{place} is not in the batch: {told['reason']}{f' ({why})' if why else ''}."
    entering = [f"{_limit(one['limit'])} to {one['value']}" for one in told["counterfactuals"] if one["enters"]]
    return f"{line} Would enter with: {'; '.join(entering)}." if entering else line


def _limit(limit: dict[str, Any]) -> str:
    return f"{limit['quota']} {limit['class']} {limit['bound']} {limit['value']}"


def _pairs(table: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in table.items())
