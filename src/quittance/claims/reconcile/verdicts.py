"""From claims to verdicts: which claims count on a date, which checks run on which of them, and what applies first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from quittance.claims.model import Claim
from quittance.claims.promises import Known, Promise
from quittance.claims.reconcile.backing import Backing
from quittance.claims.reconcile.bounds import bound, calendar, instrument, record, signing
from quittance.claims.reconcile.figures import Figure, figures, origin_of, printed_on
from quittance.claims.reconcile.ledger import board
from quittance.claims.reconcile.model import VERDICTS, Finding, Flag, Gap, Judged, Verdict
from quittance.claims.reconcile.people import definition, forms, parts, stated_definition, twice
from quittance.claims.reconcile.reports import headline, inside, premature
from quittance.claims.reconcile.scene import Checking, Scene
from quittance.claims.reconcile.steps import closing, double, gaps, merged, over
from quittance.claims.reconcile.totals import cross, mono, own, same

BETWEEN: tuple[Checking, ...] = (mono, same, cross, own)
FLAGGING: tuple[Checking, ...] = (inside, double, forms, instrument)


@dataclass(frozen=True)
class Outcome:
    """The verdicts, and the scene of the claims that still stand."""

    judged: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    standing: Scene


def admitted(
    claims: Iterable[Claim], as_of: date, known_by: date, entered: Mapping[str, date]
) -> tuple[list[Claim], list[str]]:
    """The claims that count: public by one day and entered by another; and those left out because they have no day.

    A claim that a reader refused, or replaced by a corrected one, no longer counts from the day of that decision.
    """
    counted: dict[str, Claim] = {}
    undated: list[str] = []
    replaced: set[str] = set()
    for claim in claims:
        printed = printed_on(claim)
        if printed is None:
            undated.append(claim.id)
        if printed is None or printed > as_of or entered.get(claim.id, known_by) > known_by:
            continue
        review = claim.review
        decided = review is not None and (not review.at or date.fromisoformat(review.at[:10]) <= known_by)
        if review is not None and decided:
            if review.state == "rejected":
                continue
            replaced |= {review.replaces} if review.replaces else set()
        elif review is not None and review.state == "corrected":
            continue
        counted[claim.id] = claim
    return [counted[i] for i in sorted(counted.keys() - replaced)], sorted(undated)


def judge(
    claims: Sequence[Claim],
    origins: Mapping[str, str],
    promises: Sequence[Promise],
    verified: Sequence[Known],
    as_of: date,
    texts: Mapping[str, str],
) -> Outcome:
    """The verdict on every claim. Nothing depends on the order of the claims."""
    by_id = {claim.id: claim for claim in claims}
    known = [k for k in verified if k.day <= as_of]
    printed = Scene(board(figures(claims, origins), promises, known, as_of), by_id, texts)
    twice_told = [f for f in double(printed) if f.arithmetic.endswith("one batch")]
    everything = Scene(board(merged(printed), promises, known, as_of), by_id, texts) if twice_told else printed
    found = [*twice_told, *(f for check in (headline, premature, calendar, signing, record) for f in check(everything))]
    dead = _at(found, "superseded")
    live = everything.without(dead)
    failing = [f for check in BETWEEN for f in check(live)]
    explained = [*definition(live, failing), *stated_definition(live)]
    found += explained
    alike = live.without(_at(explained, "other_definition"), live.sums)
    corrected = [f for f in same(alike) if f.verdict == "superseded"]
    found += corrected
    dead |= _at(corrected, "superseded")
    alike = alike.without(_at(corrected, "superseded"), live.sums)
    fixed = [f for check in (own, bound) for f in check(alike)]
    found += fixed
    impossible = _at([*found, *fixed], "impossible")
    possible = alike.without(impossible, live.sums)
    clashing = [f for check in (mono, same, cross, parts, over) for f in check(possible)]
    found += clashing
    found += twice(live, [*fixed, *clashing])
    standing = everything.without(dead | impossible)
    for check in FLAGGING:
        found += check(everything if check in (instrument, inside) else standing)
    found += closing(standing)
    backing = Backing(standing)
    uncovered = gaps(possible, backing.trusts)
    found += [finding for _, finding in uncovered]
    findings = tuple(sorted(set(found), key=lambda f: (f.check, f.outcome, f.at, f.claims, f.arithmetic)))
    judged = _judged(everything, standing, backing, findings, origins)
    return Outcome(judged, findings, tuple(gap for gap, _ in uncovered if gap is not None), standing)


def _at(findings: Iterable[Finding], verdict: Verdict) -> set[str]:
    """The claims for which any of these findings asks for a verdict."""
    return {claim for f in findings if f.verdict == verdict for claim in f.at}


def _judged(
    everything: Scene, standing: Scene, backing: Backing, findings: Sequence[Finding], origins: Mapping[str, str]
) -> tuple[Judged, ...]:
    """One verdict for each claim with a figure or a flag: the first that applies."""
    of_claim: dict[str, list[Finding]] = {}
    for finding in findings:
        for claim in finding.at:
            of_claim.setdefault(claim, []).append(finding)
    figures_of: dict[str, list[Figure]] = {}
    for figure in standing.board.figures:
        figures_of.setdefault(figure.id, []).append(figure)
    judged = []
    every = {f.id: f for f in reversed(everything.board.figures)}
    for claim in sorted(every.keys() | of_claim.keys()):
        about = of_claim.get(claim, [])
        asked = {f.verdict for f in about if f.verdict}
        mine = figures_of.get(claim, [])
        if not asked and mine and not any(backing.trusts(f) for f in mine):
            asked = {"unattributed"}
        verdict: Verdict = next((v for v in VERDICTS if v in asked), "consistent")
        used = tuple(sorted({i for f in about for i in f.claims} - {claim}))
        judged.append(
            Judged(
                claim=claim,
                verdict=verdict,
                checks=tuple(sorted({f.check for f in about})),
                used=used,
                arithmetic=_told_first(about, verdict),
                flags=_flags(about, [*mine, every[claim]] if claim in every else []),
                support=max((standing.sums.support(f) for f in mine), default=0),
                origin=origin_of(everything.claims[claim], origins),
            )
        )
    return tuple(judged)


def _told_first(about: Sequence[Finding], verdict: Verdict) -> tuple[str, ...]:
    """The arithmetic of a claim's findings, those that decide first."""
    ordered = sorted(about, key=lambda f: (f.verdict != verdict, f.outcome == "closes", f.check, f.arithmetic))
    return tuple(dict.fromkeys(f.arithmetic for f in ordered if f.arithmetic))


def _flags(about: Sequence[Finding], mine: Sequence[Figure]) -> tuple[Flag, ...]:
    """The flags of the findings on a claim, and those that its figure has by itself, as it stands."""
    flags: set[Flag] = {f.flag for f in about if f.flag}
    if mine and mine[0].anonymous:
        flags.add("anonymous")
    if mine and mine[0].since < mine[0].day:
        flags.add("restated")
    return tuple(sorted(flags))
