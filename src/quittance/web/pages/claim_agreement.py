"""How far two readers agree, and the claims on which a third has to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from django.http import HttpRequest, HttpResponse

from quittance.claims.desk import code_in
from quittance.claims.model import Claim
from quittance.claims.two_readers import Difference, TwoReaders, answer_of, compare
from quittance.views.claims_wording import CHOICE_WORDS, FIELD_WORDS, number_words, words_of
from quittance.views.sentence import Id, Sentence
from quittance.visibility import OPERATOR
from quittance.web.pages.claims import claims_of
from quittance.web.pages.frame import answer, asked, present

MOST_DIFFERENCES = 100


@dataclass(frozen=True, slots=True)
class Apart:
    """One claim on which two readers differ: where it is, and what each says in the fields that differ."""

    report: str
    code: str
    text: str
    fields: list[tuple[Sentence, Sentence, Sentence]]
    only: int
    """1 or 2 where only the first or the second reader found a claim there, else 0."""


def page(request: HttpRequest) -> HttpResponse:
    """The two readers who have read the most together."""
    _, _, claims = claims_of(request)
    case, question = asked(request)
    readings = claims.readings(OPERATOR)
    pair = _pair(readings)
    places = {one.code: one.report for one in claims.claims(OPERATOR)}
    found = _compared(readings, *pair) if pair else None
    return answer(
        request,
        "quittance/claim_agreement.html",
        question,
        present(case),
        with_readings=False,
        place="claims",
        here="agreement",
        pair=pair,
        both=len([one for one in readings.values() if pair and all(each in one for each in pair)]),
        agreement=found,
        fields=[(words_of(FIELD_WORDS, one.field), one) for one in found.fields] if found else [],
        differences=[_apart(one, places) for one in found.differences[:MOST_DIFFERENCES]] if found else [],
        more=max(0, len(found.differences) - MOST_DIFFERENCES) if found else 0,
    )


def _pair(readings: Mapping[str, Mapping[str, Sequence[Claim]]]) -> tuple[str, str] | None:
    """The two who have read the most claims together; None where nobody has read what another did."""
    counts = Counter(pair for readers in readings.values() for pair in combinations(sorted(readers), 2))
    return min(counts, key=lambda one: (-counts[one], one), default=None)


def _compared(readings: Mapping[str, Mapping[str, Sequence[Claim]]], first: str, second: str) -> TwoReaders:
    """The claims that both have decided, side by side."""
    both = [one for one in readings.values() if first in one and second in one]
    return compare([claim for one in both for claim in one[first]], [claim for one in both for claim in one[second]])


def _apart(one: Difference, places: Mapping[str, str]) -> Apart:
    claim = one.first or one.second
    code = code_in(claim.id) if claim else ""
    only = 0 if one.first and one.second else 1 if one.first else 2
    fields = [
        (words_of(FIELD_WORDS, name), _said(one.first, name), _said(one.second, name))
        for name in one.fields
        if one.first and one.second
    ]
    return Apart(places.get(code, ""), code, claim.text if claim else "", fields, only)


def _said(claim: Claim | None, field: str) -> Sentence:
    if claim is None:
        return Sentence("–")
    if field == "value":
        return number_words(claim.quantity)
    text = answer_of(claim, field)
    return words_of(CHOICE_WORDS[field], text) if field in CHOICE_WORDS else Sentence("{id}", {"id": Id(text)})
