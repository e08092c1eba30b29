"""One report with its claims: the text with each claim marked, and beside it what each of them says.

The words of a report are quoted and never obeyed: they are escaped, set in their own direction, and what cannot be
seen in them is shown by its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from quittance.claims.decisions import CHOICES, FIELDS
from quittance.claims.model import Claim, Span
from quittance.claims.reconcile.model import Judged
from quittance.claims.reconcile.wording import FLAG
from quittance.errors import QuittanceError
from quittance.views.claim_marks import parts, stretches
from quittance.views.claims import ClaimLine, ClaimView, Reading
from quittance.views.claims_wording import (
    BASIS_WORDS,
    CHECK_WORDS,
    CHOICE_WORDS,
    EVENT_WORDS,
    FIELD_WORDS,
    KIND_WORDS,
    counted_words,
    number_words,
    reason_words,
    words_of,
)
from quittance.views.sentence import Sentence
from quittance.visibility import OPERATOR
from quittance.web.desk import Claims, Desk
from quittance.web.pages.claims import BLIND, BLIND_FIELDS, claims_of, next_claim, state_tag, value_of, verdict_tag
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import Tag
from quittance.web.question import Question, paging
from quittance.web.readonly import POLICY, WITH_OWN_SCRIPT
from quittance.web.visits import Visit

KEYS = {"accepted": "a", "rejected": "r", "doubtful": "d", "next": "n", "corrected": "c", "split": "s", "merged": "m"}
"""The key of each decision."""

MOST_OTHERS = 60
"""Claims that are offered as the same event: those of the nearest days."""

TONES = {
    "done": "told-done", "plan": "told-plan", "demand": "told-demand", "term": "told-term", "reject": "told-reject",
    "held": "told-held", "list": "told-term", "dispute": "told-reject", "cond": "told-plan",
}  # fmt: skip
"""The colour and line of an event; any other is grey."""


@dataclass(frozen=True, slots=True)
class Label:
    """Where a claim begins in the text: its number on the page, its code, its event."""

    n: int
    code: str
    words: Sentence
    here: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the report: its words, the claims that begin with it, how it is marked."""

    text: str
    labels: list[Label]
    tone: str
    here: bool
    number: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One claim in short."""

    n: int
    line: ClaimLine
    event: Sentence
    number: Sentence
    kind: Sentence
    verdict: Tag
    state: Tag
    here: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the correction: its name, its label, its value now, the values it can have with their words."""

    name: str
    label: Sentence
    value: str
    values: list[tuple[str, Sentence]]
    known: list[str]


@dataclass(frozen=True, slots=True)
class Full:
    """The claim in hand, with the words that go with it."""

    view: ClaimView
    event: Sentence
    kind: Sentence
    number: Sentence
    counted: Sentence
    basis: Sentence
    reasons: list[Sentence]
    verdict: Tag
    state: Tag
    readings: list[tuple[Reading, Tag]]


def page(request: HttpRequest, name: str) -> HttpResponse:
    """A report. 404 for one of none, and for a claim that is not in it."""
    return report_page(request, name)


def report_page(
    request: HttpRequest,
    name: str,
    *,
    code: str | None = None,
    blind: bool = False,
    error: QuittanceError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page of a report; `error` is why the decision in `typed` was not kept: 400."""
    desk, visit, claims = claims_of(request)
    case, question = asked(request)
    code = code if code is not None else question.typed.get("c", "")
    blind = (blind or question.typed.get("blind") == BLIND) and desk.reviewer is not None
    line = next((one for one in claims.inbox(OPERATOR) if one.sha256 == name), None)
    if line is None:
        raise Http404
    text, lines = _text(claims, name), sorted(claims.claims(OPERATOR, report=name), key=lambda one: one.claim.span)
    chosen = _chosen(lines, code, question.typed.get("at", ""), desk, claims)
    if code and chosen is None:
        raise Http404
    places = parts(text, [one.claim for one in lines]) if text is not None else [(0, 0)]
    place, question = paging(_at(question, places, chosen), len(places), 1)
    within = places[place.page - 1]
    shown = [(n, one) for n, one in enumerate(lines, 1) if within[0] <= one.claim.span[0] < within[1] or text is None]
    full = claims.claim(OPERATOR, chosen.code, desk.reviewer, blind=blind) if chosen else None
    judged = _judged(claims, chosen) if chosen and not blind else None
    response = answer(
        request,
        "quittance/claim_report.html",
        question,
        present(case),
        with_readings=False,
        place="claims",
        report=line,
        kept=text is not None,
        marks=_marks(text, shown, within, chosen, blind=blind) if text is not None else [],
        language=line.language or "",
        cards=[_card(n, one, chosen) for n, one in shown],
        full=_full(full) if full else None,
        checks=[words_of(CHECK_WORDS, one) for one in judged.checks] if judged else [],
        used=_used(judged, claims) if judged else [],
        flags=[FLAG[one] for one in judged.flags if FLAG.get(one)] if judged else [],
        number=next((n for n, one in enumerate(lines, 1) if chosen and one.code == chosen.code), 0),
        count=len(lines),
        before=_beside(lines, chosen, -1),
        after=_beside(lines, chosen, 1),
        blind=blind,
        reviewer=desk.reviewer,
        keys_on=visit.keys,
        keys=KEYS,
        choices=_choices(full, claims, blind=blind, typed=typed) if full and desk.reviewer else [],
        missed=_choices(None, claims, blind=True, typed=typed) if text is not None and desk.reviewer else [],
        others=_others(chosen, claims) if chosen and desk.reviewer and not blind else [],
        error=error.message if error else "",
        typed=typed or {},
        waiting=_waiting(desk, visit, claims, blind=blind),
        paging=place,
        with_chart=True,
    )
    response.headers[POLICY] = WITH_OWN_SCRIPT
    if error is not None:
        response.status_code = 400
    return response


def _text(claims: Claims, name: str) -> str | None:
    """The text of a report; None where it is not kept any more, or is not the one that was taken in."""
    try:
        return claims.report(OPERATOR, name).text
    except QuittanceError:
        return None


def _chosen(lines: Sequence[ClaimLine], code: str, at: str, desk: Desk, claims: Claims) -> ClaimLine | None:
    """The claim in hand: the one asked for by code or place, else the first that is asked about, else the first."""
    if code:
        return next((one for one in lines if one.code == code), None)
    place = int(at) if at.isascii() and at.isdecimal() and len(at) < 10 else -1
    if there := [one for one in lines if one.claim.span[0] <= place < one.claim.span[1]]:
        return there[0]
    asked_about = [one.code for one in claims.queue(OPERATOR, desk.reviewer).lines] if desk.reviewer else []
    open_ = [one for one in lines if one.code in asked_about]
    return min(open_, key=lambda one: asked_about.index(one.code)) if open_ else (lines[0] if lines else None)


def _at(question: Question, places: Sequence[Span], chosen: ClaimLine | None) -> Question:
    """The question, with the part of the report that the claim in hand begins in where none is asked for."""
    if chosen is None or "page" in question.typed:
        return question
    start = chosen.claim.span[0]
    number = next((n for n, (low, high) in enumerate(places, 1) if low <= start < high), 1)
    return Question(
        question.as_of, question.known_by, question.party, {**question.typed, "page": str(number)}, question.errors
    )


def _judged(claims: Claims, chosen: ClaimLine) -> Judged | None:
    """The verdict on a claim with what it rests on; None where it was not compared."""
    return next((one for one in claims.reconciliation(OPERATOR).judged if one.claim == chosen.claim.id), None)


def _used(judged: Judged, claims: Claims) -> list[tuple[str, str]]:
    """The claims that a verdict rests on: their codes, and their reports."""
    reports = {one.claim.id: (one.code, one.report) for one in claims.claims(OPERATOR)}
    return [reports[one] for one in judged.used if one in reports]


def _marks(
    text: str, shown: Sequence[tuple[int, ClaimLine]], within: Span, chosen: ClaimLine | None, *, blind: bool
) -> list[list[Mark]]:
    """The text line by line, each in stretches with how they are marked.

    A line is set in its own direction. Of claims within claims the innermost gives the colour.
    """
    numbers = {one.claim.id: (n, one) for n, one in shown}
    in_hand = chosen.claim.id if chosen else ""
    found: list[list[Mark]] = [[]]
    for one in stretches(text, [line.claim for _, line in shown], within):
        labels = []
        for claim in one.begins:
            n, line = numbers[claim.id]
            labels.append(Label(n, line.code, words_of(EVENT_WORDS, claim.event_type), claim.id == in_hand))
        inner: Claim | None = one.covering[-1] if one.covering else None
        tone = "" if inner is None else "told-other" if blind else TONES.get(inner.event_type, "told-other")
        here = any(claim.id == in_hand for claim in one.covering)
        for n, words in enumerate(one.text.replace("\r\n", "\n").split("\n")):
            if n:
                found.append([])
            if words or (labels and not n):
                found[-1].append(Mark(words, [] if n else labels, tone, here, bool(one.numbers)))
    return found


def _card(n: int, line: ClaimLine, chosen: ClaimLine | None) -> Card:
    claim = line.claim
    return Card(
        n,
        line,
        words_of(EVENT_WORDS, claim.event_type),
        number_words(claim.quantity),
        words_of(KIND_WORDS, claim.kind),
        verdict_tag(line.verdict),
        state_tag(line.state),
        chosen is not None and line.code == chosen.code,
    )


def _full(view: ClaimView) -> Full:
    claim = view.line.claim
    return Full(
        view,
        words_of(EVENT_WORDS, claim.event_type),
        words_of(KIND_WORDS, claim.kind),
        number_words(claim.quantity),
        counted_words(claim),
        words_of(BASIS_WORDS, claim.kind_basis or "sentence"),
        [reason_words(one) for one in view.line.reasons],
        verdict_tag(view.line.verdict),
        state_tag(view.line.state),
        [(one, state_tag(one.answer)) for one in view.readings],
    )


def _choices(view: ClaimView | None, claims: Claims, *, blind: bool, typed: Mapping[str, str] | None) -> list[Choice]:
    """The fields that can be corrected, each with its value now; for a blind reader four, and empty."""
    every = claims.claims(OPERATOR)
    known = {
        "actor": sorted({one.claim.actor for one in every} | {"BOTH", "OTHER"}),
        "object": sorted({one.claim.object for one in every} | {"BOTH", "OTHER"}),
        "claimant": sorted({one.claim.claimant.key for one in every}),
    }
    base = view.line.claim if view else None
    if view and view.draft and view.draft.claims:
        base = view.draft.claims[0]
    found = []
    for name in BLIND_FIELDS if blind else FIELDS:
        values = [(value, words_of(CHOICE_WORDS[name], value)) for value in CHOICES.get(name, ()) if value != "none"]
        value = "" if blind or base is None else value_of(base, name)
        given = (typed or {}).get(name, value)
        found.append(Choice(name, words_of(FIELD_WORDS, name), given, values, known.get(name, [])))
    return found


def _others(chosen: ClaimLine, claims: Claims) -> list[tuple[str, str, Sentence]]:
    """Claims that may be about the same event: of the same side, the nearest days first."""
    day = chosen.claim.event_date or chosen.claim.published or ""
    near = [one for one in claims.claims(OPERATOR) if one.code != chosen.code and one.claim.actor == chosen.claim.actor]
    near.sort(key=lambda one: (_apart(one.claim, day), one.claim.doc, one.claim.span))
    return [(one.code, one.claim.doc, number_words(one.claim.quantity)) for one in near[:MOST_OTHERS]]


def _apart(claim: Claim, day: str) -> int:
    """How far two days of ISO form are from one another, roughly; only to order by."""
    other = claim.event_date or claim.published or ""
    plain = [int("".join(sign for sign in one[:10] if sign.isdecimal()) or 0) for one in (other, day)]
    return abs(plain[0] - plain[1])


def _beside(lines: Sequence[ClaimLine], chosen: ClaimLine | None, step: int) -> ClaimLine | None:
    """The claim before or after the one in hand, in the order of the text."""
    place = next((n for n, one in enumerate(lines) if chosen and one.code == chosen.code), None)
    return lines[place + step] if place is not None and 0 <= place + step < len(lines) else None


def _waiting(desk: Desk, visit: Visit, claims: Claims, *, blind: bool) -> str:
    """How many claims wait for this reader, in words."""
    if desk.reviewer is None:
        return gettext("This workbench was started without a reviewer, so nobody can decide.")
    queue = claims.sample(OPERATOR, desk.reviewer) if blind else claims.queue(OPERATOR, desk.reviewer)
    left = next_claim(queue, visit)
    return "" if left else gettext("No other claim waits for you.")
