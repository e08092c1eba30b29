"""A reconciliation as lines for a terminal and as flat rows for a table; JSON is the values themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from quittance.claims.reconcile.model import VERDICTS, Change, Judged, Reconciliation, Series
from quittance.claims.reconcile.wording import (
    FLAG,
    VERDICT,
    change_words,
    day_words,
    kind_words,
    reports_words,
    side_words,
    span_words,
)

QUIET = frozenset({"announced", "restated", "gap"})
"""Flags that say how a figure stands, and ask for nothing."""


def reconcile_lines(
    said: Reconciliation,
    changed: Sequence[Change] = (),
    *,
    every: bool = False,
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """The text of a reconciliation: each series with its figures, dispute and gaps, then the claims that do not fit.

    `every` lists the consistent and verified claims, too; `names` says what sides are called, by their code.
    """
    lines = [f"As of {day_words(said.as_of)}, known by {day_words(said.known_by)}: {_count(said)}"]
    for series in said.series:
        lines += ["", *_series_lines(series, names or {})]
    listed = [j for j in said.judged if every or _worth_a_look(j)]
    if listed:
        lines += ["", "Claims:", *(line for alike in _alike(listed) for line in _claim_lines(alike))]
    if said.left_out:
        lines += ["", f"Left out, because neither text nor page gives a day: {', '.join(said.left_out)}"]
    if changed:
        lines += ["", "What changed:", *_change_lines(changed)]
    return lines


def _worth_a_look(judged: Judged) -> bool:
    """Whether a claim's verdict or flags ask a reader to look at it."""
    return judged.verdict not in ("consistent", "verified") or bool(set(judged.flags) - QUIET)


def _change_lines(changed: Sequence[Change]) -> Iterator[str]:
    """Each change of verdict, and how many new claims fit everything else."""
    fitting = [c for c in changed if c.was is None and c.now in ("consistent", "verified")]
    yield from (f"  {change_words(c.claim, c.was, c.now, c.because)}" for c in changed if c not in fitting)
    if fitting:
        yield f"  {len(fitting):,} new claim{'s' * (len(fitting) != 1)} that fit everything else"


def _count(said: Reconciliation) -> str:
    """How many claims have which verdict."""
    numbers = {verdict: sum(j.verdict == verdict for j in said.judged) for verdict in VERDICTS}
    return ", ".join(f"{n:,} {VERDICT[v]}" for v, n in numbers.items() if n) or "no claims"


def _series_lines(series: Series, names: Mapping[str, str]) -> Iterator[str]:
    """The rows of one series with their sums, its gaps and its note of dispute."""
    who = "who is counted: not stated" if series.who == "unstated" else series.who.replace("_", " ")
    yield f"Releases by {side_words(series.actor, names)} ({who}), {series.origins} origin{'s' * (series.origins != 1)}"
    for row in series.rows:
        best = f"{row.best:,}" if row.best is not None else "no one figure"
        mark = " verified" if row.verified is not None else ""
        yield (
            f"  {row.day.isoformat()} {kind_words(row.kind)}: {best}{mark} [{span_words(row.low, row.high)}]"
            f" {reports_words(len(row.claims), row.origins)}"
        )
        yield from (f"    {words}" for words in row.arithmetic)
        if row.dispute:
            yield f"    {row.dispute}"
    for gap in series.gaps:
        yield f"  {gap.since.isoformat()} to {gap.until.isoformat()}: {gap.arithmetic}"
    if not series.closes:
        yield "  The series does not close. That contradicts nobody."


def _alike(listed: Iterable[Judged]) -> Iterator[list[Judged]]:
    """Claims of one verdict for the same reasons, together, in the order of the first."""
    groups: dict[tuple[object, ...], list[Judged]] = {}
    for judged in listed:
        groups.setdefault((judged.verdict, judged.checks, judged.arithmetic, judged.flags), []).append(judged)
    yield from groups.values()


def _claim_lines(alike: Sequence[Judged]) -> Iterator[str]:
    """Claims with their verdict, its checks, its sums, its flags in words and the other claims used."""
    first = alike[0]
    ids = {judged.claim for judged in alike}
    checks = f" ({', '.join(first.checks)})" if first.checks else ""
    yield f"  {', '.join(judged.claim for judged in alike)}: {VERDICT[first.verdict]}{checks}"
    yield from (f"    {words}" for words in first.arithmetic)
    yield from (f"    {FLAG[flag]}" for flag in first.flags)
    used = sorted({i for judged in alike for i in judged.used} - ids)
    if used:
        yield f"    with {', '.join(used)}"


def series_rows(said: Reconciliation) -> list[dict[str, str | int | None]]:
    """The rows of all series for a table: date, side, definition, kind, best, low, high, claims, origins, verdicts."""
    return [
        {
            "date": row.day.isoformat(),
            "side": row.actor,
            "definition": row.who,
            "kind": row.kind,
            "best": row.best,
            "low": row.low,
            "high": row.high,
            "claims": _joined(row.claims),
            "origins": row.origins,
            "verdict": _joined(row.verdicts),
            "arithmetic": "; ".join(row.arithmetic),
            "dispute": row.dispute,
        }
        for series in said.series
        for row in series.rows
    ]


def _joined(words: Iterable[str]) -> str:
    """Words in one cell."""
    return " ".join(words)
