"""Match review: one pair at a time, its fields side by side, and an answer that its reviewer signs later.

An answer is kept in the vault until its reviewer signs it with the command that the page names: no key that signs is
ever near this server. What other reviewers answered is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from quittance.errors import RefusedError, UsageError
from quittance.people.judgements import ANSWERS, REASONS, is_against
from quittance.views.people_wording import (
    ANSWER_WORDS,
    FIELD_WORDS,
    REASON_WORDS,
    alert_words,
    answered_words,
    band_words,
    part_words,
    tell,
    weight_words,
)  # fmt: skip
from quittance.views.register import Said
from quittance.views.review import AnswerLine, CompareRow, PairRef, QuestionView, QueueView
from quittance.views.sentence import Sentence
from quittance.visibility import NEUTRAL
from quittance.web.desk import SEE_OTHER, Desk, desk_of, posted
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import Tag, compared_tag
from quittance.web.readonly import POLICY, WITH_OWN_SCRIPT
from quittance.web.visits import Visit

MOST_TOGETHER = 12
"""Pairs of one group whose people are shown beside the pair asked about."""

REASON_MISSING = "judgement.reason_missing"

KEYS = {"same": "s", "different": "d", "unsure": "u", "skip": "k"}
"""The key of each button."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of the two entries: its name, how it compares, how much that says."""

    line: CompareRow
    words: Sentence
    tag: Tag
    weighs: Sentence | None


@dataclass(frozen=True, slots=True)
class Button:
    """One answer that can be given."""

    value: str
    key: str
    words: str
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits for its reviewer's signature."""

    line: AnswerLine
    words: Sentence
    answer: Sentence
    reason: Sentence | None


def page(request: HttpRequest) -> HttpResponse:
    """How many pairs wait, and which answers wait for a signature; a POST brings an answer and leads to the next."""
    desk, visit = desk_of(request)
    if request.method == "POST":
        return _answered(request, desk, visit)
    case, asked_question = asked(request)
    queue = desk.reviewbook.queue(NEUTRAL, desk.reviewer) if desk.reviewer else None
    unsigned = desk.reviewbook.unsigned(NEUTRAL, desk.reviewer) if desk.reviewer else ()
    return answer(
        request,
        "quittance/review.html",
        asked_question,
        present(case),
        with_readings=False,
        place="review",
        queue=queue,
        next=_next(queue, visit) if queue else None,
        skipped=len(visit.skipped),
        unsigned=[_waiting(one) for one in unsigned],
        reviewer=desk.reviewer,
    )


def question(request: HttpRequest, a: str, b: str) -> HttpResponse:
    """One pair. 404 for codes of nobody, and where this server was started without a reviewer."""
    desk, visit = desk_of(request)
    return _question(request, desk, visit, a, b)


def answers(request: HttpRequest) -> HttpResponse:
    """Take back an answer that is not signed yet, and ask its pair again."""
    desk, _ = desk_of(request)
    if request.method != "POST" or desk.reviewer is None:
        raise Http404
    fields = posted(request)
    a, b = fields.get("a", ""), fields.get("b", "")
    try:
        desk.reviewbook.take_back(NEUTRAL, desk.reviewer, a, b)
    except UsageError:
        raise Http404 from None
    return _see_other("review-question", a, b)


def _answered(request: HttpRequest, desk: Desk, visit: Visit) -> HttpResponse:
    fields = posted(request)
    a, b, given = fields.get("a", ""), fields.get("b", ""), fields.get("answer", "")
    if desk.reviewer is None:
        raise Http404
    if given == "again":
        visit.skipped.clear()
    elif given in ("keys-on", "keys-off"):
        visit.keys = given == "keys-on"
        return _see_other("review-question", a, b)
    elif given == "skip":
        visit.skipped.add(_pair(a, b))
    elif given in ANSWERS:
        reason = fields.get("reason") or None
        try:
            desk.reviewbook.answer(NEUTRAL, desk.reviewer, a, b, given, reason)
        except UsageError:
            raise Http404 from None
        except RefusedError as error:
            if error.code != REASON_MISSING:
                raise
            return _question(request, desk, visit, a, b, given)
        visit.skipped.discard(_pair(a, b))
    else:
        raise Http404
    following = _next(desk.reviewbook.queue(NEUTRAL, desk.reviewer), visit, a, b)
    return _see_other("review-question", following.a, following.b) if following else _see_other("review")


def _see_other(name: str, *codes: str) -> HttpResponse:
    """A redirect to a page of these codes; raises `Http404` for texts that are none."""
    try:
        return HttpResponseRedirect(reverse(name, args=codes), status=SEE_OTHER)
    except NoReverseMatch:
        raise Http404 from None


def _question(
    request: HttpRequest, desk: Desk, visit: Visit, a: str, b: str, unreasoned: str | None = None
) -> HttpResponse:
    """The page of a pair; `unreasoned` is an answer that came without the reason it needs: 400."""
    if desk.reviewer is None:
        raise Http404
    try:
        view = desk.reviewbook.question(NEUTRAL, desk.reviewer, a, b)
    except UsageError:
        raise Http404 from None
    if view.a.code == view.b.code:
        raise Http404
    case, asked_question = asked(request)
    queue = desk.reviewbook.queue(NEUTRAL, desk.reviewer)
    unsigned = desk.reviewbook.unsigned(NEUTRAL, desk.reviewer)
    response = answer(
        request,
        "quittance/question.html",
        asked_question,
        present(case),
        with_readings=False,
        place="review",
        asked=view,
        queue=queue,
        rows=[_compared(one) for one in view.fields if one.field in FIELD_WORDS],
        names=[(pair, weight_words(pair[2])) for one in view.fields for pair in one.pairs],
        parts=[(part_words(one.field), one.weight, weight_words(one.weight)) for one in view.fields if one.weight],
        band=band_words(view.ref.grade),
        alerts=[alert_words(one) for one in view.ref.alerts],
        buttons=(buttons := _buttons(view)),
        with_reason=[one for one in buttons if one.needs_reason],
        reasons=[(one, tell(REASON_WORDS[one])) for one in REASONS],
        mine=tell(ANSWER_WORDS[view.mine]) if view.mine else None,
        unreasoned=unreasoned,
        group=(group := _group(queue, view)),
        members=_members(desk, group),
        last=_waiting(unsigned[-1]) if unsigned else None,
        keys_on=visit.keys,
    )
    response.headers[POLICY] = WITH_OWN_SCRIPT
    if unreasoned:
        response.status_code = 400
    return response


def _compared(row: CompareRow) -> Compared:
    return Compared(
        row,
        part_words(row.field),
        compared_tag(row.state),
        weight_words(row.weight) if row.weight is not None else None,
    )


def _buttons(view: QuestionView) -> list[Button]:
    words = {
        "same": gettext("The same person"),
        "different": gettext("Different people"),
        "unsure": gettext("Unsure"),
        "skip": gettext("Skip"),
    }
    return [Button(value, key, words[value], is_against(value, view.ref.grade)) for value, key in KEYS.items()]


def _group(queue: QueueView, view: QuestionView) -> tuple[PairRef, ...]:
    """The pairs of the group of relatives to which a pair belongs; empty where it stands alone."""
    asked_about = {view.a.code, view.b.code}
    found = next((one for one in queue.groups if any({each.a, each.b} == asked_about for each in one)), ())
    return found if len(found) > 1 else ()


def _members(desk: Desk, group: tuple[PairRef, ...]) -> list[Said]:
    """Everybody of a group, each once."""
    found: dict[str, Said] = {}
    for pair in group[:MOST_TOGETHER]:
        other = desk.reviewbook.question(NEUTRAL, desk.reviewer or "", pair.a, pair.b)
        found |= {one.code: one for one in (other.a, other.b)}
    return sorted(found.values(), key=lambda one: (one.side, one.list, one.code))


def _waiting(line: AnswerLine) -> Waiting:
    words = answered_words(line.a, line.b, line.answer)
    reason = tell(REASON_WORDS[line.reason]) if line.reason else None
    return Waiting(line, words, tell(ANSWER_WORDS[line.answer]), reason)


def _pair(a: str, b: str) -> str:
    return " ".join(sorted((a, b)))


def _next(queue: QueueView, visit: Visit, *after: str) -> PairRef | None:
    """The next pair that was not answered or skipped; what shares an entry with the pair just answered comes first."""
    pairs = [
        one
        for group in queue.groups
        for one in group
        if not one.answered and _pair(one.a, one.b) not in visit.skipped and {one.a, one.b} != set(after)
    ]
    return min(pairs, key=lambda one: not {one.a, one.b} & set(after), default=None)
