"""The claims desk: the reports of a case as an inbox, and the decisions on their claims, which are drafts to be signed.

No key that signs is near this server: a decision is kept, and its reader signs it later with the command that the
page names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from quittance.claims.decisions import FIELDS
from quittance.claims.model import Claim
from quittance.errors import UsageError
from quittance.views.claims import ClaimLine, DraftLine, QueueView, ReportLine
from quittance.views.claims_wording import FIELD_WORDS, STATE_WORDS, VERDICT_WORDS, words_of
from quittance.views.sentence import Sentence
from quittance.visibility import OPERATOR
from quittance.web.desk import SEE_OTHER, Claims, Desk, desk_of, posted
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import Tag
from quittance.web.question import Question, paging
from quittance.web.visits import Visit

REPORTS_PER_PAGE = 50
MOST_DRAFTS = 50
"""Decisions without a signature that are shown; the command line lists them all."""

SHOWN = ("", "open", "conflicting")
"""What the inbox can be narrowed to: everything, reports with open claims, reports whose claims conflict."""

VERDICT_TAGS = {
    "superseded": ("off", "off"), "verified": ("ok", "met"), "impossible": ("breached", "breached"),
    "other_definition": ("late", "late"), "conflicting": ("facts", "facts"),
    "unattributed": ("unverified", "unverified"), "consistent": ("open", "due"), "": ("off", "off"),
}  # fmt: skip
"""For each verdict the class of its tag and the shape that stands beside its colour."""

STATE_TAGS = {
    "unreviewed": ("unverified", "unverified"), "accepted": ("ok", "met"), "corrected": ("ok", "metlate"),
    "rejected": ("off", "off"), "doubtful": ("late", "late"), "differing": ("facts", "facts"),
    "split": ("ok", "metlate"), "merged": ("ok", "metlate"), "added": ("ok", "metlate"),
}  # fmt: skip

BLIND_FIELDS = ("event_type", "kind", "actor", "claimant")
"""What a second reader says of each claim."""

BLIND = "yes"
"""The value of the field `blind` of an address, for a second reading."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision that waits for its reader's signature."""

    line: DraftLine
    words: Sentence
    fields: list[Sentence]


def verdict_tag(verdict: str) -> Tag:
    """What the comparison says of a claim."""
    class_, shape = VERDICT_TAGS.get(verdict, ("off", "off"))
    return Tag(class_, shape, words_of(VERDICT_WORDS, verdict))


def state_tag(state: str) -> Tag:
    """What readers say of a claim."""
    class_, shape = STATE_TAGS.get(state, ("off", "off"))
    return Tag(class_, shape, words_of(STATE_WORDS, state))


def claims_of(request: HttpRequest) -> tuple[Desk, Visit, Claims]:
    """The desk, the visit and the claims of a request. Raises `Http404` without an open visit, or without claims."""
    desk, visit = desk_of(request)
    if desk.claims is None:
        raise Http404
    return desk, visit, desk.claims


def page(request: HttpRequest) -> HttpResponse:
    """The inbox; a POST brings a decision on a claim and leads to the next."""
    desk, visit, claims = claims_of(request)
    if request.method == "POST":
        return _decided(request, desk, visit, claims)
    case, question = asked(request)
    queue = claims.queue(OPERATOR, desk.reviewer) if desk.reviewer else None
    reports = claims.inbox(OPERATOR)
    question = _checked(question, reports)
    found = [one for one in reports if _wanted(one, question)]
    place, question = paging(question, len(found), REPORTS_PER_PAGE)
    unsigned = claims.unsigned(OPERATOR, desk.reviewer) if desk.reviewer else ()
    second = claims.sample(OPERATOR, desk.reviewer) if desk.reviewer else None
    start = (place.page - 1) * REPORTS_PER_PAGE
    return answer(
        request,
        "quittance/claims.html",
        question,
        present(case),
        with_readings=False,
        place="claims",
        here="inbox",
        reports=found[start : start + REPORTS_PER_PAGE],
        found=len(found),
        all=len(reports),
        count=sum(one.claims for one in reports),
        queue=queue,
        next=next_claim(queue, visit) if queue else None,
        skipped=len([one for one in queue.lines if one.code in visit.skipped]) if queue else 0,
        second=second,
        next_second=next_claim(second, visit) if second else None,
        drafts=[_draft(one) for one in unsigned[:MOST_DRAFTS]],
        unsigned=len(unsigned),
        reviewer=desk.reviewer,
        outlets=sorted({one.outlet for one in reports if one.outlet}),
        shown=[(one, _shown_words(one)) for one in SHOWN],
        paging=place,
    )


def answers(request: HttpRequest) -> HttpResponse:
    """Take back a decision that is not signed yet, and show its claim again."""
    desk, visit, claims = claims_of(request)
    if request.method != "POST" or desk.reviewer is None:
        raise Http404
    fields = posted(request)
    code, report = fields.get("code", ""), fields.get("report", "")
    try:
        claims.take_back(OPERATOR, desk.reviewer, code)
    except UsageError:
        raise Http404 from None
    visit.skipped.discard(code)
    return to_claim(report, code)


def to_claim(report: str, code: str, *, blind: bool = False) -> HttpResponse:
    """A redirect to a claim in its report; raises `Http404` for texts that name none."""
    try:
        address = reverse("claim-report", args=[report])
    except NoReverseMatch:
        raise Http404 from None
    query = urlencode({"c": code, **({"blind": BLIND} if blind else {})})
    return HttpResponseRedirect(f"{address}?{query}#answer", status=SEE_OTHER)


def next_claim(queue: QueueView, visit: Visit, after: str = "") -> ClaimLine | None:
    """The next claim of a queue that was not passed over in this visit."""
    return next((one for one in queue.lines if one.code not in visit.skipped and one.code != after), None)


def _decided(request: HttpRequest, desk: Desk, visit: Visit, claims: Claims) -> HttpResponse:
    """Keep the decision of a form, or what else its button says, and lead on."""
    from quittance.web.pages.claim_report import report_page

    fields = posted(request)
    code, report, given = fields.get("code", ""), fields.get("report", ""), fields.get("answer", "")
    blind = fields.get("blind") == BLIND
    if given == "again":
        visit.skipped.clear()
        return HttpResponseRedirect(reverse("claims"), status=SEE_OTHER)
    if given in ("keys-on", "keys-off"):
        visit.keys = given == "keys-on"
        return to_claim(report, code, blind=blind)
    if desk.reviewer is None:
        raise Http404
    if given == "next":
        visit.skipped.add(code)
    else:
        try:
            _keep(claims, desk.reviewer, code, given, fields, second=blind)
        except UsageError as error:
            if error.code in ("claims.no_claim", "claims.no_report"):
                raise Http404 from None
            return report_page(request, report, code=code, blind=blind, error=error, typed=fields)
        visit.skipped.discard(code)
    queue = claims.sample(OPERATOR, desk.reviewer) if blind else claims.queue(OPERATOR, desk.reviewer)
    following = next_claim(queue, visit, code)
    if following is None:
        return HttpResponseRedirect(reverse("claims"), status=SEE_OTHER)
    return to_claim(following.report, following.code, blind=blind)


def _keep(claims: Claims, reviewer: str, code: str, given: str, fields: Mapping[str, str], *, second: bool) -> None:
    """One decision into the drafts. Raises `UsageError` for one that says nothing, `Http404` for a button of none."""
    comment = fields.get("comment", "").strip()[:1000] or None
    if given == "accepted" and not second:
        claims.decide(OPERATOR, reviewer, code, "accepted", comment=comment)
    elif given == "doubtful" and not second:
        claims.decide(OPERATOR, reviewer, code, "doubtful", comment=comment)
    elif given == "rejected":
        claims.decide(OPERATOR, reviewer, code, "rejected", comment=comment, second=second)
    elif given == "corrected":
        before = claims.claim(OPERATOR, code, reviewer, blind=second).line.claim
        typed = {name: fields[name].strip() for name in FIELDS if name in fields}
        changes = {name: text for name, text in typed.items() if text and (second or text != value_of(before, name))}
        if second and not all(changes.get(name) for name in BLIND_FIELDS):
            # What is left out would count as read although it was the program that said it.
            raise UsageError("A second reading says all four fields. Choose a value for each.", code="claims.blind")
        claims.decide(OPERATOR, reviewer, code, "corrected", changes=changes, comment=comment, second=second)
    elif given == "added":
        typed = {name: fields.get(name, "").strip() for name in ("event_type", "kind", "actor", "claimant")}
        changes = {name: text for name, text in typed.items() if text}
        words, number = fields.get("words", ""), fields.get("number", "").strip()
        claims.add(OPERATOR, reviewer, fields.get("report", ""), words, number, changes)
    elif given == "merged":
        claims.merge(OPERATOR, reviewer, code, fields.get("into", ""))
    elif given == "split":
        numbers = [one.strip() for one in fields.get("numbers", "").split("|") if one.strip()]
        claims.split(OPERATOR, reviewer, code, numbers)
    else:
        raise Http404


def value_of(claim: Claim, field: str) -> str:
    """What a claim says in a field, as it would be typed."""
    quantity = claim.quantity
    if field == "claimant":
        return claim.claimant.key
    if field == "definition":
        return claim.definition.who if claim.definition else "unstated"
    if field == "modality":
        return quantity.modality if quantity else ""
    if field == "value":
        if quantity is None:
            return "none"
        if quantity.modality == "range":
            return f"{quantity.low}-{quantity.high}"
        return "" if quantity.value is None else str(quantity.value)
    return str(getattr(claim, field) or "")


def _checked(question: Question, reports: Sequence[ReportLine]) -> Question:
    """The question with a message for each filter that names nothing of this inbox."""
    known: dict[str, set[str | None]] = {
        "show": set(SHOWN),
        "outlet": {one.outlet for one in reports},
        "origin": {one.origin for one in reports},
    }
    message = gettext("No report is of this kind. Choose from the list.")
    wrong = {
        name: message for name, values in known.items() if name in question.typed and question.typed[name] not in values
    }
    return replace(question, errors={**question.errors, **wrong}) if wrong else question


def _wanted(report: ReportLine, question: Question) -> bool:
    def asked_for(name: str) -> str:
        return "" if name in question.errors else question.typed.get(name, "")

    if asked_for("outlet") not in ("", report.outlet) or asked_for("origin") not in ("", report.origin):
        return False
    return {"open": report.open, "conflicting": report.conflicting}.get(asked_for("show"), 1) > 0


def _shown_words(name: str) -> str:
    return {"": gettext("all"), "open": gettext("with open claims"), "conflicting": gettext("with conflicts")}[name]


def _draft(line: DraftLine) -> Draft:
    return Draft(line, words_of(STATE_WORDS, line.answer), [words_of(FIELD_WORDS, one) for one in line.changed])
