"""The batch builder: the criteria, the ranked people with the reason of each, and the batch with its limits.

One page serves a draft and a recorded batch. It is the neutral's; the same can be seen as a party or the public would
see it. What is asked with "what if" is run beside it and recorded nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.casebook import Casebook
from quittance.errors import UsageError
from quittance.views.batch import (
    NEUTRAL_EYES,
    PUBLIC_EYES,
    SHOWN,
    STEPS,
    BatchView,
    Candidate,
    Difference,
    FunnelStep,
    LimitLine,
    LimitRef,
    RoundLine,
    SeedLine,
    SkipRate,
    cut_line,
    difference,
    is_in_reserve,
    manifest,
    shown_candidates,
)
from quittance.views.batch_seen import seen_by
from quittance.views.batch_wording import (
    BY_WORDS,
    SKIP_WORDS,
    STANDING_WORDS,
    STEP_WORDS,
    class_words,
    funnel_words,
    known_words,
    limit_words,
    warning_words,
    why_words,
)
from quittance.views.criteria import criteria, private_parts, told_gates
from quittance.views.sentence import Name, Sentence
from quittance.visibility import NEUTRAL, OPERATOR
from quittance.web.charts.bar import interval_bar
from quittance.web.charts.limits import limit_bar
from quittance.web.desk import Batches
from quittance.web.pages.batches import batches_of, step_tag
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import Tag
from quittance.web.pages.record import record_page
from quittance.web.question import Question, paging

PEOPLE_PER_PAGE = 50
MOST_CODES = 120
"""Codes of a manifest that stand on this page; the printed list has them all."""

MOST_LIMITS = 10
"""Classes of one quota that stand on this page, those at a bound before others; one quota can be asked for whole."""

MOST_CHANGES, MOST_AT_THE_CUT = 60, 8
"""Codes that come in or go out beside a run, and people on each side of the last rank."""

MOST_CHOICES = 40
"""Limits that can be loosened; where there are more, those at a bound, since no other is in anybody's way."""

MOST_SEATS = 1_000_000

STANDING_TAGS = {
    "going": ("open", "due"),
    "gone": ("ok", "met"),
    "out": ("off", "off"),
    "reserve": ("blocked", "pending"),
    "pulled": ("open", "progress"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate in one line: why in or why not, the points line by line, and where the person stands by now."""

    of: Candidate
    why: Sentence
    lines: str
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it is drawn; `bound` says which bound is reached."""

    of: LimitLine
    class_: Sentence
    svg: SafeString


@dataclass(frozen=True, slots=True)
class Funnel:
    """A line of the funnel as it is drawn, with who grants its gates."""

    of: FunnelStep
    words: Sentence
    by: tuple[Sentence, ...]
    svg: SafeString


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five steps: when it was reached, by which entry of which page of the record."""

    tag: Tag
    words: Sentence
    state: str
    at: str
    index: int | None
    page: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose among: its key in the address, its words, how many, whether it is chosen."""

    key: str
    words: Sentence | Name | str
    chosen: bool
    n: int | None = None


def page(request: HttpRequest, name: str) -> HttpResponse:
    """A recorded batch. 404 for a name of none."""
    source = batches_of(request)
    case, question = asked(request)
    full = _recorded(source, name)
    wanted, loosen, question = _what_if(question, full)
    second = source.draft(NEUTRAL, batch=name, size=wanted, loosen=loosen) if wanted or loosen else None
    return _shown(request, case, question, full, second, loosen)


def draft(request: HttpRequest) -> HttpResponse:
    """What the rules choose now, for a list and a size; recorded nowhere."""
    source = batches_of(request)
    case, question = asked(request)
    known = source.batches(NEUTRAL)
    if known.lacking:
        raise Http404
    list_name = question.typed.get("list") or known.list or None
    if list_name is not None and list_name not in known.lists:
        question = _wrong(question, "list", gettext("No such list stands in the record. Choose from the list."))
        list_name = known.list or None
    size, question = _number(question, "size")
    full = source.draft(NEUTRAL, list_name=list_name, size=size)
    wanted, loosen, question = _what_if(question, full)
    second = None
    if wanted or loosen:
        second = source.draft(NEUTRAL, list_name=list_name, size=wanted or size, loosen=loosen)
    return _shown(request, case, question, full, second, loosen)


def manifest_page(request: HttpRequest, name: str) -> HttpResponse:
    """The list of a batch to be printed: codes in order of rank, and no name."""
    view = _recorded(batches_of(request), name)
    case, question = asked(request)
    return answer(
        request,
        "quittance/batch_list.html",
        question,
        present(case),
        with_readings=False,
        place="batches",
        batch=view,
        tag=step_tag(view.step),
        codes=[one.code for one in manifest(view)],
        reserve=[one.code for one in shown_candidates(view, "reserve") if one.standing == "reserve"],
    )


def _recorded(source: Batches, name: str) -> BatchView:
    try:
        return source.batch(NEUTRAL, name)
    except UsageError:
        raise Http404 from None


# --- the question ----------------------------------------------------------------------------------------------------


def _wrong(question: Question, field: str, message: str) -> Question:
    return replace(question, errors={**question.errors, field: message})


def _number(question: Question, field: str) -> tuple[int | None, Question]:
    """A number of seats from the address; None for an empty field, and for anything else with a message."""
    text = question.typed.get(field, "")
    if not text:
        return None, question
    if text.isascii() and text.isdecimal() and len(text) < 8 and 0 < int(text) <= MOST_SEATS:
        return int(text), question
    return None, _wrong(question, field, gettext("This is not a number of seats. Write it in digits."))


def _what_if(question: Question, view: BatchView) -> tuple[int | None, LimitRef | None, Question]:
    """What is asked beside the page: another size, one limit loosened by one seat or to a number."""
    wanted, question = _number(question, "with")
    key = question.typed.get("limit", "")
    if not key:
        return wanted, None, question
    bounds = {limit_key(one): one for one in loosenable(view)}
    if key not in bounds:
        return wanted, None, _wrong(question, "limit", gettext("The rules have no such limit. Choose from the list."))
    value, question = _number(question, "to")
    limit = bounds[key]
    by_one = limit.value + 1 if limit.bound == "max" else limit.value - 1
    return wanted, replace(limit, value=by_one if value is None else value), question


def limit_key(limit: LimitRef) -> str:
    """A bound as it stands in the address."""
    return f"{limit.quota}:{limit.class_}:{limit.bound}"


def loosenable(view: BatchView) -> list[LimitRef]:
    """The bounds that could be loosened: lower ones above nothing, upper ones below the size; of many those reached."""
    found = []
    for one in view.limits:
        if one.low:
            found.append(LimitRef(one.quota, one.class_, "min", one.low))
        if one.high is not None and one.high < view.size:
            found.append(LimitRef(one.quota, one.class_, "max", one.high))
    if len(found) > MOST_CHOICES:
        bound = {(one.quota, one.class_, one.binding) for one in view.limits if one.binding}
        return [one for one in found if (one.quota, one.class_, one.bound) in bound]
    return found


def _eyes(question: Question, view: BatchView, case: Casebook) -> tuple[list[Choice], str, Question]:
    """Through whose eyes the page is seen: the neutral's, unless the address asks for a side's or the public's."""
    parties = case.agreement(OPERATOR).parties
    offered: dict[str, Name | str] = {NEUTRAL_EYES: gettext("the neutral")}
    offered |= {one: Name(parties[one].name) for one in (view.giver, view.taker) if one in parties}
    offered[PUBLIC_EYES] = gettext("the public")
    eyes = question.typed.get("as", NEUTRAL_EYES)
    if eyes not in offered:
        question = _wrong(question, "as", gettext("Nobody of this kind reads batches. Choose from the list."))
        eyes = NEUTRAL_EYES
    return [Choice(key, words, key == eyes) for key, words in offered.items()], eyes, question


# --- the page --------------------------------------------------------------------------------------------------------


def _shown(
    request: HttpRequest,
    case: Casebook,
    question: Question,
    full: BatchView,
    second: BatchView | None,
    loosen: LimitRef | None,
) -> HttpResponse:
    agreement = case.agreement(OPERATOR)
    rules = agreement.selection or {}
    eyes_offered, eyes, question = _eyes(question, full, case)
    clearances = agreement.handovers.clearances
    view = seen_by(full, eyes, private=private_parts(rules), told=told_gates(clearances))
    show = question.typed.get("show", "all")
    show = show if show in SHOWN else "all"
    kept = shown_candidates(view, show)
    place, question = paging(question, len(kept), PEOPLE_PER_PAGE)
    start = (place.page - 1) * PEOPLE_PER_PAGE
    size = case.head(OPERATOR).size
    before, after = cut_line(view, MOST_AT_THE_CUT)
    going = manifest(view)
    inside = eyes == NEUTRAL_EYES
    return answer(
        request,
        "quittance/batch.html",
        question,
        present(case),
        with_readings=False,
        place="batches",
        batch=view,
        tag=step_tag(view.step),
        giver=_party(case, view.giver),
        taker=_party(case, view.taker),
        eyes=eyes_offered,
        inside=inside,
        parts=criteria(rules, clearances, {one: party.name for one, party in agreement.parties.items()}),
        rows=[_row(one, view) for one in kept[start : start + PEOPLE_PER_PAGE]],
        shows=_shows(view, show),
        show=show,
        paging=place,
        limits=_limits(view, question.typed.get("quota", "")),
        quota=question.typed.get("quota", ""),
        bounded=sum(one.binding is not None for one in view.limits),
        funnel=_funnel(view.funnel),
        cut=[*((one, True) for one in before), *((one, False) for one in after)],
        stages=_stages(view, size),
        conflict=[limit_words(one) for one in view.conflict],
        warnings=[warning_words(one) for one in view.warnings],
        codes=[one.code for one in going[:MOST_CODES]],
        going=len(going),
        reserve=[one for one in view.candidates if is_in_reserve(view, one)],
        seeds=[_seed(one, case, size) for one in view.seed_lines],
        rounds=[_round(one, size) for one in view.rounds],
        rates=[_rate(one) for one in view.skip_rates],
        loosenable=[
            Choice(limit_key(one), limit_words(one), question.typed.get("limit") == limit_key(one))
            for one in (loosenable(full) if inside else [])
        ],
        change=_changed(full, second, loosen) if second is not None and inside else None,
        hidden_fields=[(name, question.typed[name]) for name in ("list", "size") if question.typed.get(name)],
    )


def _party(case: Casebook, party: str) -> Name:
    parties = case.agreement(OPERATOR).parties
    return Name(parties[party].name if party in parties else party)


def _row(one: Candidate, view: BatchView) -> Row:
    tag = Tag(*STANDING_TAGS[one.standing], known_words(STANDING_WORDS, one.standing)) if one.standing else None
    lines = ", ".join(f"{name} {points}" for name, points in one.lines)
    return Row(one, why_words(one, view.last_rank), lines, tag)


def _shows(view: BatchView, chosen: str) -> list[Choice]:
    words = {
        "all": gettext("everybody"),
        "in": gettext("in"),
        "passed": gettext("passed over"),
        "order": gettext("after the last one"),
        "gate": gettext("not cleared"),
        "reserve": gettext("in reserve"),
        "outside": gettext("outside the ratio"),
    }
    counted = [Choice(one, words[one], one == chosen, len(shown_candidates(view, one))) for one in SHOWN]
    return [one for one in counted if one.n or one.chosen or one.key == "all"]


def _limits(view: BatchView, asked_for: str) -> list[tuple[str, list[Limit], int]]:
    """The limits by quota, in the order of the rules, with the number of those left out of each.

    The bars of a quota are as long as its largest bound; the quota asked for is shown whole, and no other.
    """
    whole = asked_for if any(one.quota == asked_for for one in view.limits) else ""
    found = []
    for quota, group in groupby(view.limits, key=lambda one: one.quota):
        lines = list(group)
        longest = max((max(one.high or 0, one.count or 0) for one in lines), default=1)
        most = None if quota == whole else 0 if whole else MOST_LIMITS
        kept = sorted(lines, key=lambda one: one.binding is None)[:most]
        shown = [_limit(one, longest) for one in lines if one in kept]
        found.append((quota, shown, len(lines) - len(shown)))
    return found


def _limit(one: LimitLine, whole: int) -> Limit:
    svg = SafeString()
    if one.low is not None and one.high is not None:
        drawn = limit_bar(one.count or 0, one.low, one.high, max(whole, 1), mirrored=get_language_bidi())
        svg = mark_safe(drawn)  # noqa: S308  numbers only
    return Limit(one, class_words(one.class_), svg)


def _funnel(steps: tuple[FunnelStep, ...]) -> list[Funnel]:
    whole = steps[0].n or 1 if steps else 1
    return [
        Funnel(
            one,
            funnel_words(one),
            tuple(known_words(BY_WORDS, by) for by in one.by if by),
            mark_safe(interval_bar(one.n, one.n, whole, mirrored=get_language_bidi()))  # noqa: S308  numbers only
            if one.n is not None
            else SafeString(),
        )
        for one in steps
    ]


def _stages(view: BatchView, size: int) -> list[Stage]:
    reached = {one.step: one for one in view.steps}
    now = STEPS.index(view.step)
    return [
        Stage(
            step_tag(step),
            known_words(STEP_WORDS, step),
            "done" if number < now else "now" if number == now else "ahead",
            found.at if (found := reached.get(step)) else "",  # type: ignore[call-overload]
            found.index if found else None,
            record_page(found.index, size) if found and found.index is not None else 0,
        )
        for number, step in enumerate(STEPS)
    ]


def _seed(one: SeedLine, case: Casebook, size: int) -> dict[str, object]:
    places = {
        f"{name}_page": record_page(index, size)
        for name, index in (("committed", one.committed), ("revealed", one.revealed))
        if index is not None
    }
    known = one.office in case.agreement(OPERATOR).parties
    office = _party(case, one.office) if known else known_words(BY_WORDS, one.office)
    return {"of": one, "office": office, **places}


def _round(one: RoundLine, size: int) -> dict[str, object]:
    reasons = [(known_words(SKIP_WORDS, reason), n) for reason, n in one.reasons]
    return {"of": one, "reasons": reasons, "page": record_page(one.index, size) if one.index is not None else 0}


def _rate(one: SkipRate) -> dict[str, object]:
    words = {"batch": gettext("batch"), "holder": gettext("holding side"), "list": gettext("list")}
    share = round(100 * one.skipped / one.total) if one.total and one.skipped is not None else None
    return {"of": one, "kind": words[one.of], "share": share}


def _changed(first: BatchView, second: BatchView, loosen: LimitRef | None) -> dict[str, object]:
    found: Difference = difference(first, second, loosen)
    gained = None
    if found.first_points is not None and found.second_points is not None:
        gained = found.second_points - found.first_points
    return {
        "of": found,
        "loosened": limit_words(loosen) if loosen else None,
        "gained": gained,
        "enters": found.enters[:MOST_CHANGES],
        "leaves": found.leaves[:MOST_CHANGES],
        "conflict": [limit_words(one) for one in second.conflict],
    }
