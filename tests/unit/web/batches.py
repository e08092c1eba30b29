"""Batches for the pages: codes, reasons, limits, rounds and a day at the door, all invented and made in memory.

What only the neutral may know is marked, so that a test can look for it where it must not stand: the reason of a
drop-out, and the gates of the neutral and of the doctor.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from quittance.codes import DIGITS
from quittance.errors import RefusedError, UsageError
from quittance.views.batch import (
    BatchesView,
    BatchLine,
    BatchView,
    Candidate,
    FunnelStep,
    LimitLine,
    LimitRef,
    RoundLine,
    SeedLine,
    SkipRate,
    StepLine,
)
from quittance.views.day import (
    CHECKS,
    Attesting,
    CheckLine,
    Conflict,
    DayHandover,
    DayPerson,
    DayView,
    Discrepancy,
)
from quittance.views.sums import ListSums, SumLine, SumsView

GIVER, TAKER = "a", "b"
LIST = "b/main"

SELECTION: dict[str, object] = {
    "version": 1,
    "method": "serial",
    "size": 20,
    "fields": {
        "held_at": {"type": "category"},
        "province": {"type": "category", "unknown": "unknown"},
        "health": {"type": "scale", "levels": ["well", "chronic", "serious", "grave"], "unknown": "well"},
        "age": {"type": "integer", "unknown": 0},
        "remaining_days": {"type": "integer", "unknown": 99999},
        **{gate: {"type": "flag"} for gate in ("listed", "not_vetoed", "decree", "pledge", "medical", "consent")},
    },
    "gates": ["listed", "not_vetoed", "decree", "pledge", "medical", "consent"],
    "outside_ratio": [
        {"id": "gc3-109", "when": {"field": "health", "at_least": "grave"}, "gates": ["medical", "consent"]}
    ],
    "tiers": [
        {
            "id": "elderly-or-ill",
            "when": {"any": [{"field": "age", "at_least": 65}, {"field": "health", "at_least": "serious"}]},
        }
    ],
    "points": [
        {"id": "health", "field": "health", "levels": {"chronic": 15, "serious": 30, "grave": 50}},
        {"id": "sentence", "field": "remaining_days", "below": [[90, 25], [180, 20], [365, 12], [730, 6]]},
        {"id": "age", "field": "age", "per": {"above": 50, "each": 1, "points": 2, "cap": 40}},
    ],
    "then": [{"field": "age", "order": "desc"}],
    "quotas": [
        {"id": "prison", "by": "held_at", "share": "proportional", "slack_percent": 15, "pad": 0},
        {"id": "province", "by": "province", "min": {"Kunduz": 4}, "max": {"Kabul": 6}, "default_max": 10},
        {"id": "medical_seats", "when": {"field": "health", "at_least": "serious"}, "min": 0, "max": 3},
    ],
    "reserve": {"length": 20},
    "tie": {"kind": "commit_reveal", "parties": ["holding", "receiving", "neutral"], "beacon": "drand:quicknet"},
    "reciprocity": {"ratio": {"fighter": 1, "servicemember": 5}, "max_lead": 100},
}  # fmt: skip
"""The rules of the invented batches, as an agreement file holds them."""

CLEARANCES = """
handovers:
  list: b/main
  clearances:
    listed: {by: record, about: listed}
    not_vetoed: {by: holding, about: veto}
    decree: {by: holding, about: order}
    pledge: {by: holding, about: other}
    medical: {by: medical, about: fitness, valid: 14 days}
    consent: {by: neutral, about: wish, valid: 3 days}
"""

CAP = LimitRef("province", "Kabul", "max", 6)
OWED = LimitRef("province", "Kunduz", "min", 4)
SICK = LimitRef("medical_seats", "in", "max", 3)


def code(number: int) -> str:
    """The code of the n-th invented person."""
    digits = "".join(DIGITS[(number * 7919 >> shift) & 31] for shift in range(20, -5, -5))
    return f"{digits}-{number:05}"


def _candidate(number: int, size: int) -> Candidate:
    """The n-th of the register: a few passed over, the rest in down to the size, then after the last one."""
    lines = (("health", 30), ("sentence", 12), ("age", 40 - number % 30))
    common = {
        "owners": (GIVER, TAKER) if number % 3 else (TAKER,), "rank": number, "tier": 1 if number < 9 else 2,
        "points": sum(points for _, points in lines), "lines": lines,
    }  # fmt: skip
    refused = {4: ("cap", (CAP,)), 7: ("jointly", (CAP, SICK)), 11: ("owed", (OWED,)), 13: ("cap", (SICK,))}
    last = size + len(refused)
    if number in refused:
        reason, limits = refused[number]
        proof = (("province", "Kabul", 2), ("medical_seats", "in", -1), ("", "", 1)) if reason == "jointly" else ()
        return Candidate(code(number), reason, limits=limits, certificate=proof, **common)  # type: ignore[arg-type]
    if number <= last:
        return Candidate(code(number), "in", closest=CAP if number % 2 else SICK, **common)  # type: ignore[arg-type]
    standing = "reserve" if number <= last + 5 else ""
    return Candidate(code(number), "order", standing=standing, can_replace=3 if standing else None, **common)  # type: ignore[arg-type]


def _unranked(number: int) -> Candidate:
    kinds = (("consent", "medical"), ("not_vetoed",), ("pledge", "medical", "consent"), ("decree",))
    return Candidate(code(number), "gate", (GIVER, TAKER), missing=kinds[number % 4])


def funnel(size: int, people: int) -> tuple[FunnelStep, ...]:
    """A funnel that adds up to the candidates of `draft`."""
    ranked = people - people // 4
    lost = people - ranked - 3
    half = lost // 2
    steps = [("listed", "record", 0), ("not_vetoed", "holding", half - 4), ("decree", "holding", 4),
             ("pledge", "holding", 3), ("medical", "medical", lost - half - 3), ("consent", "neutral", 0)]  # fmt: skip
    left, lines = people - 3, []
    for gate, by, n in steps:
        left -= n
        lines.append(FunnelStep("gate", left, n, (gate,), (by,)))
    return (
        FunnelStep("register", people),
        FunnelStep("outside", 2),
        FunnelStep("outside_pending", 1),
        *lines,
        FunnelStep("ranked", ranked),
        FunnelStep("batch", size),
    )


def draft(size: int = 20, people: int = 120) -> BatchView:
    """A draft of so many seats from a register of so many."""
    ranked = people - people // 4
    outside = (
        Candidate(code(90001), "outside", (TAKER,)),
        Candidate(code(90002), "outside", (TAKER,)),
        Candidate(code(90003), "outside_pending", (TAKER,), missing=("consent",)),
    )
    return BatchView(
        id="", step="draft", list=LIST, commitment="second", giver=GIVER, taker=TAKER, size=size, method="serial",
        funnel=funnel(size, people),
        candidates=(
            *(_candidate(number, size) for number in range(1, ranked + 1)),
            *(_unranked(number) for number in range(ranked + 1, people - 2)),
            *outside,
        ),
        limits=(
            LimitLine("prison", "North", 8, 12, 40, 12, "max", 3),
            LimitLine("prison", "South", 4, 8, 30, 8, "max", 1),
            LimitLine("province", "Kabul", 0, 6, 33, 6, "max", 7),
            LimitLine("province", "Kunduz", 4, 10, 12, 4, "min", 2),
            LimitLine("medical_seats", "in", 0, 3, 14, 3, "max", 33),
            LimitLine("medical_seats", "out", 0, size, 76, size - 3),
        ),
        points_total=1234 + size, last_rank=size + 4, reserve_length=20, rules_sha256="a1" * 32,
        warnings=("unseeded",),
    )  # fmt: skip


def recorded(step: str = "authorised", size: int = 20, people: int = 120) -> BatchView:
    """Batch b1 after one round: one dropped out because of a wish, one substitute, the first five handed over."""
    view = draft(size, people)
    taken = [one for one in view.candidates if one.reason == "in"]
    standings = {one.code: "gone" if n < 5 else "going" for n, one in enumerate(taken)}
    standings[taken[9].code] = "out"
    pulled = next(one.code for one in view.candidates if one.standing == "reserve")
    standings[pulled] = "pulled"
    candidates = tuple(
        replace(one, standing=standings.get(one.code, one.standing))  # type: ignore[arg-type]
        for one in view.candidates
    )
    return replace(
        view, id="b1", step=step, candidates=candidates, done=5, warnings=(),  # type: ignore[arg-type]
        steps=(
            StepLine("proposed", "2025-01-05T10:00:00Z", 1),
            StepLine("cleared", "2025-01-06T10:00:00Z", 2),
            StepLine("authorised", "2025-01-07T10:00:00Z", 3),
        ),
        snapshot_sha256="b2" * 32, request_sha256="c3" * 32, batch_sha256="d4" * 32, seed="e5" * 32,
        seed_lines=(
            SeedLine("holding", "f6" * 32, "2025-01-05T08:00:00Z", 0, "2025-01-05T09:00:00Z", 1),
            SeedLine("receiving", "07" * 32, "2025-01-05T08:10:00Z", 0, defaulted=True),
            SeedLine("neutral"),
        ),
        beacon="drand:quicknet:1234567",
        rounds=(
            RoundLine(1, "2025-01-08T06:00:00Z", (taken[9].code,), (pulled,), (("declined", 1),), index=4),
            RoundLine(2, "2025-01-08T12:00:00Z", (), (), (), short=1),
        ),
        skip_rates=(
            SkipRate("batch", "b1", 1, size), SkipRate("holder", GIVER, 40, 400), SkipRate("list", LIST, 3, 90),
        ),
    )  # fmt: skip


class Batches:
    """One recorded batch `b1`, and a draft of any size; `lacking` is why there can be no draft."""

    def __init__(
        self, lacking: tuple[str, ...] = (), people: int = 120, step: str = "authorised", size: int = 20
    ) -> None:
        self.lacking, self.people, self.step, self.size = lacking, people, step, size
        self.asked: list[tuple[object, ...]] = []

    def batches(self, viewer: object) -> BatchesView:
        """The batch in one line."""
        if self.lacking:
            return BatchesView((), (), lacking=self.lacking)
        one = BatchLine("b1", self.step, LIST, "second", GIVER, TAKER, 20, 5, "2025-01-05T10:00:00Z", 2)  # type: ignore[arg-type]
        old = replace(one, id="b0.old-1", step="closed", done=20, rounds=0)
        return BatchesView((one, old), (LIST, "a/main"), LIST, 20)

    def batch(self, viewer: object, name: str) -> BatchView:
        """The one batch there is."""
        if name not in ("b1", "b0.old-1"):
            raise UsageError("No such batch.", code="batch.unknown")
        view = recorded(self.step, self.size, self.people)
        return view if name == "b1" else replace(view, id=name, step="closed", arrived=True, done=20)

    def draft(
        self, viewer: object, *, batch: str | None = None, list_name: str | None = None, size: int | None = None,
        loosen: LimitRef | None = None,
    ) -> BatchView:  # fmt: skip
        """A draft; more than 500 seats break a limit, and a loosened limit lets number four in."""
        self.asked.append((batch, list_name, size, loosen))
        view = draft(size or self.size, self.people)
        if size is not None and size > 500:
            return replace(view, feasible=False, conflict=(CAP, OWED), candidates=tuple(
                replace(one, reason="order") if one.reason == "in" else one for one in view.candidates))  # fmt: skip
        if loosen is not None:
            changed = {code(4): "in", code(20): "cap"}
            return replace(view, candidates=tuple(
                replace(one, reason=changed.get(one.code, one.reason)) for one in view.candidates))  # type: ignore[arg-type]  # fmt: skip
        return view

    def sums(self, viewer: object, as_of: date | None, known_by: date | None) -> SumsView:
        """One list that adds up for the neutral and both sides, hidden in part for the public."""
        self.asked.append(("sums", as_of, known_by))
        whole = (
            SumLine("released", 850, tuple(code(n) for n in range(200)), tuple(range(5))),
            SumLine("declined", 12, tuple(code(n) for n in range(300, 312))),
            SumLine("withheld", 8, entries=(2,)), SumLine("died", 1), SumLine("remaining", 129),
        )  # fmt: skip
        party = (SumLine("released", 850, entries=(3,)), SumLine("withheld", 8), SumLine("died", 1),
                 SumLine("not_available", 52), SumLine("remaining", 89))  # fmt: skip
        public = (SumLine("released", 850), SumLine("not_available", None), SumLine("remaining", None))
        split = (("available", 80), ("deferred", 9), ("not_cleared", 31), ("in_batch", 9))
        parts = tuple(SumLine(name, n) for name, n in split)
        day = (as_of or date(2025, 1, 10)).isoformat()
        return SumsView(day, (known_by or date(2025, 1, 10)).isoformat(), tuple(
            ListSums(LIST, "b", 2, 1000, lines, audience, split)
            for audience, lines, split in (
                ("neutral", whole, parts), ("a", party, ()), ("b", party, ()), ("public", public, ()),
            )
        ))  # fmt: skip


NAME = "Zzinvented ززمثال"


def _checks(number: int) -> tuple[CheckLine, ...]:
    good = ("confirmed", "fit", "signed", "affirmed", "informed", "returned", "signed")
    done = number % 9 if number > 8 else 7
    lines = [CheckLine(one, said, f"2025-01-09T0{n}:00:00Z", "neutral")  # type: ignore[arg-type]
             for n, (one, said) in enumerate(zip(CHECKS, good, strict=True)) if n < done]  # fmt: skip
    if number == 12:
        lines[1:] = [CheckLine("medical", "unfit"), CheckLine("wish", "declined"), CheckLine("property", "missing")]
    return tuple(lines)


class Days:
    """The day of batch b1: thirty people, some through the door, one conflict; what is written is kept in a list."""

    def __init__(self, people: int = 30) -> None:
        self.people = people
        self.written: list[tuple[str, ...]] = []

    def day(self, viewer: object, batch: str) -> DayView:
        """The day."""
        if batch != "b1":
            raise UsageError("No such batch.", code="batch.unknown")
        going = ("released", "released", "in_handover", "in_handover", "disputed")
        people = tuple(
            DayPerson(
                n, code(n), going[n - 1] if n <= 5 else "out" if n == 6 else "expected", _checks(n),  # type: ignore[arg-type]
                NAME, "ززمثال", "declined" if n == 6 else "", ("identity",) if n == 8 else (),
            )
            for n in range(1, self.people + 1)
        )  # fmt: skip
        seen = Attesting("neutral", "observed", True, 3, "2025-01-09T10:00:00Z", 2)
        gave = Attesting("holding", "delivered", True, 3, "2025-01-09T11:00:00Z", 3)
        took = Attesting("receiving", "received", False, 3, "2025-01-09T10:00:00Z")
        morning, later = "2025-01-09T08:00:00Z", "2025-01-09T08:10:00Z"
        other = Conflict(code(8), "identity", "confirmed", morning, "failed", later, "b1-2")
        return DayView(
            "b1", LIST, GIVER, TAKER, "authorised", people,
            (DayHandover(1, 2, "2025-01-09T09:00:00Z", "gate-2", (seen, gave, replace(took, signed=True)), "joint", 2),
             DayHandover(2, 3, "2025-01-09T10:00:00Z", "gate-2", (seen, gave, took), "recorded", 3)),
            ("holding", "receiving", "neutral"), 3, (took,),
            (other,),
            (Discrepancy("count", "2025-01-09T10:05:00Z", by="receiving"),
             Discrepancy("wrong_person", "2025-01-09T10:06:00Z", code(5))),
            2, 1,
        )  # fmt: skip

    def check(self, viewer: object, batch: str, code: str, check: str, answer: str) -> None:
        """Keep an answer."""
        self._known(batch, code)
        self.written.append(("check", batch, code, check, answer))

    def drop_out(self, viewer: object, batch: str, code: str, reason: str) -> None:
        """Keep a drop-out; a veto is refused, as if the side's budget were used up."""
        self._known(batch, code)
        if reason == "vetoed":
            raise RefusedError("The vetoes are used up.", code="handover.vetoes")
        self.written.append(("out", batch, code, reason))

    def discrepancy(self, viewer: object, batch: str, kind: str, code: str = "") -> None:
        """Keep a discrepancy."""
        self._known(batch, code)
        self.written.append(("wrong", batch, kind, code))

    def settle(self, viewer: object, batch: str, code: str, check: str, answer: str) -> None:
        """Keep a decision."""
        self._known(batch, code)
        self.written.append(("settle", batch, code, check, answer))

    def sheet(self, viewer: object, batch: str, language: str) -> bytes:
        """A page that says in which language it was asked for."""
        self.day(viewer, batch)
        return f"<!doctype html><title>{language}</title>".encode()

    def _known(self, batch: str, code: str) -> None:
        view = self.day(None, batch)
        if code and view.person(code) is None:
            raise UsageError("No such code.", code="people.no_such_code")
