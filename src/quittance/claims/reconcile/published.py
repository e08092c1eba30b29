"""What is published for each series and day: best, low, high, who says what, and the sentence of a dispute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

import msgspec

from quittance.claims.model import OUTLET
from quittance.claims.reconcile.figures import Figure
from quittance.claims.reconcile.ledger import Ledger
from quittance.claims.reconcile.model import Finding, Gap, Judged, Published, Series, SideFigure, Sort
from quittance.claims.reconcile.people import WIDE
from quittance.claims.reconcile.scene import Scene
from quittance.claims.reconcile.sums import twins
from quittance.claims.reconcile.wording import against_words, dispute_words, note_words, number_words


def series_of(
    scene: Scene,
    judged: Sequence[Judged],
    findings: Sequence[Finding],
    gaps: Sequence[Gap],
    as_of: date,
    names: Mapping[str, str],
) -> tuple[Series, ...]:
    """Every series of the claims that stand, in the order of side and definition."""
    verdicts = {j.claim: j for j in judged}
    disputed = [f for f in findings if f.outcome == "fails" and f.verdict == "conflicting"]
    arithmetic: dict[str, list[str]] = {}
    for finding in findings:
        if finding.outcome in ("closes", "fails", "gap"):
            for claim in finding.at:
                arithmetic.setdefault(claim, []).append(finding.arithmetic)
    clashing: dict[str, set[str]] = {}
    for finding in disputed:
        for claim in finding.at:
            clashing.setdefault(claim, set()).update(finding.claims)
    found = []
    for (actor, who), ledger in sorted(scene.board.ledgers.items()):
        rows = _rows(scene, ledger, verdicts, clashing, arithmetic, names)
        missing = tuple(g for g in gaps if (g.actor, g.who) == (actor, who))
        if rows or missing:
            low, high = _stated(scene, ledger)
            found.append(
                Series(
                    actor=actor,
                    who=who,
                    rows=rows,
                    gaps=missing,
                    closes=not missing,
                    batches_low=low,
                    batches_high=high,
                    origins=len({verdicts[c].origin for row in rows for c in row.claims}),
                    note=note_words(actor, who, rows, missing, as_of, names),
                )
            )
    return tuple(found)


def _stated(scene: Scene, ledger: Ledger) -> tuple[int, int]:
    """The sum of the batches stated to date, with a possible double report counted once, and counted twice."""
    window = scene.windows[ledger.actor, ledger.who]
    wholes = {(e.total.day, e.total.printed) for e in window.wholes}
    done = [p for p in window.batches if not p.announced and (p.day, p.printed) not in wholes]
    high = sum(p.printed for p in done)
    return high - sum(done[j].printed for _, j in twins(done)), high


def _rows(
    scene: Scene,
    ledger: Ledger,
    verdicts: Mapping[str, Judged],
    clashing: Mapping[str, set[str]],
    arithmetic: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
) -> tuple[Published, ...]:
    """One row for each kind and day on which somebody gives a figure."""
    days: dict[tuple[date, str], list[Figure]] = {}
    by_id: dict[str, list[Figure]] = {}
    for figure in ledger.of("total", "batch"):
        by_id.setdefault(figure.id, []).append(figure)
        if figure.sort == "total" or figure.stated:
            days.setdefault((figure.since, figure.sort), []).append(figure)
    rows = []
    for (day, sort), of_day in sorted(days.items()):
        figures = [f for f in of_day if ledger.who not in WIDE or verdicts[f.id].verdict != "other_definition"]
        if not figures:
            continue
        sides = _sides(figures, verdicts)
        known = _verified(scene, ledger, day) if sort == "total" else None
        meeting = [f for f in figures if _counts(f, verdicts)]
        claims = tuple(sorted({f.id for f in figures}))
        lows, highs = [f.low for f in figures], [f.high for f in figures]
        row = Published(
            actor=ledger.actor,
            who=ledger.who,
            kind=cast(Sort, sort),
            day=day,
            best=known if known is not None else _meeting_point(meeting),
            low=None if None in lows else min(n for n in lows if n is not None),
            high=None if None in highs else max(n for n in highs if n is not None),
            verified=known,
            sides=sides,
            claims=claims,
            others=tuple(sorted({f.id for f in of_day} - set(claims))),
            origins=len({verdicts[c].origin for c in claims}),
            verdicts=tuple(sorted({verdicts[c].verdict for c in claims})),
            arithmetic=tuple(dict.fromkeys(words for c in claims for words in arithmetic.get(c, ()))),
        )
        rivals = {rival for f in figures for rival in clashing.get(f.id, ())}
        others = [f for rival in rivals for f in by_id.get(rival, ()) if f.since != day]
        against = tuple(dict.fromkeys(against_words(f, names) for f in sorted(others, key=lambda f: (f.since, f.id))))
        rows.append(msgspec.structs.replace(row, dispute=dispute_words(row, names, against)) if rivals else row)
    return tuple(rows)


def _counts(figure: Figure, verdicts: Mapping[str, Judged]) -> bool:
    """Whether a figure has a word in the best one: not what only an outlet says, against others or by itself."""
    verdict = verdicts[figure.id].verdict
    if verdict in ("unattributed", "other_definition"):
        return False
    return not (figure.narrated and verdict == "conflicting")


def _sides(figures: Sequence[Figure], verdicts: Mapping[str, Judged]) -> tuple[SideFigure, ...]:
    """What each claimant side says on one day, named sides first."""
    by_side: dict[str, list[Figure]] = {}
    for figure in figures:
        by_side.setdefault(figure.side, []).append(figure)
    found = []
    for side, said in sorted(by_side.items(), key=lambda item: (item[0] == OUTLET, item[0])):
        lows, highs = [f.low for f in said], [f.high for f in said]
        found.append(
            SideFigure(
                side=side,
                said=tuple(dict.fromkeys(number_words(f) for f in sorted(said, key=_size))),
                low=None if None in lows else min(n for n in lows if n is not None),
                high=None if None in highs else max(n for n in highs if n is not None),
                claims=(claims := tuple(sorted({f.id for f in said}))),
                origins=len({verdicts[c].origin for c in claims}),
            )
        )
    return tuple(found)


def _size(figure: Figure) -> tuple[int, str]:
    """The number by which a side's figures are told in order."""
    return figure.printed or figure.low or 0, figure.modality


def _meeting_point(figures: Sequence[Figure]) -> int | None:
    """The one number in which all figures meet: their only common number, or the exact one that fits all others."""
    exact = {f.printed for f in figures if f.exact and f.printed is not None}
    if len(exact) != 1:
        bounded = [f for f in figures if f.low is not None and f.high is not None]
        low = max((f.low for f in bounded if f.low is not None), default=0)
        high = min((f.high for f in bounded if f.high is not None), default=-1)
        return low if not exact and low == high else None
    (number,) = exact
    fits = all(
        f.printed == number or ((f.low is None or f.low <= number) and (f.high is None or number <= f.high))
        for f in figures
    )
    return number if fits else None


def _verified(scene: Scene, ledger: Ledger, day: date) -> int | None:
    """The verified total of the series on a day."""
    who = (ledger.who, "all_persons") if ledger.who == "unstated" else (ledger.who,)
    known = [k for k in scene.board.verified if k.actor == ledger.actor and k.who in who and k.day <= day]
    return max(known, key=lambda k: (k.day, k.total)).total if known else None
