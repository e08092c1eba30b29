"""People add up: everybody of a list under one outcome, the sum written out, for each reader.

The sums are those of two dates, as the status is. Each number leads to the entries that it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from quittance.casebook import Casebook
from quittance.views.batch import NEUTRAL_EYES, PUBLIC_EYES
from quittance.views.batch_wording import OUTCOME_WORDS, PART_WORDS, known_words
from quittance.views.sentence import Name, Sentence
from quittance.views.sums import ListSums, SumLine
from quittance.visibility import NEUTRAL, OPERATOR
from quittance.web.pages.batches import batches_of
from quittance.web.pages.frame import Present, answer, asked
from quittance.web.pages.record import record_page

MOST_SHOWN = 120
"""Entries and codes of one number that stand on the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome of a list: how many, who as far as this reader may see, and the entries behind it."""

    of: SumLine
    words: Sentence
    anchor: str
    codes: tuple[str, ...]
    entries: tuple[tuple[int, int], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A list with its sum for one reader, and the same sum beside it for every other."""

    of: ListSums
    lines: tuple[Line, ...]
    parts: tuple[tuple[Sentence, int | None], ...]
    beside: tuple[tuple[Sentence, tuple[int | str | None, ...]], ...]
    listed: tuple[int, ...]


def page(request: HttpRequest) -> HttpResponse:
    """Every list of the case as one reader sees it, with the sums of all readers beside each other."""
    source = batches_of(request)
    case, question = asked(request)
    as_of = question.as_of or case.today(OPERATOR)
    view = source.sums(NEUTRAL, question.as_of, question.known_by)
    readers = list(dict.fromkeys(one.audience for one in view.lists))
    eyes = question.typed.get("as", NEUTRAL_EYES)
    eyes = eyes if eyes in readers else NEUTRAL_EYES
    size = case.head(OPERATOR).size
    of_list: dict[str, dict[str, ListSums]] = {}
    for one in view.lists:
        of_list.setdefault(one.list, {})[one.audience] = one
    return answer(
        request,
        "quittance/sums.html",
        question,
        Present(case.agreement(OPERATOR).title, view.as_of or as_of.isoformat(), view.known_by or as_of.isoformat()),
        with_readings=False,
        place="sums",
        readers=[(one, _reader(case, one), one == eyes) for one in readers],
        lists=[
            _shown(sums, eyes, readers, number, size) for number, sums in enumerate(of_list.values()) if eyes in sums
        ],
        reader=_reader(case, eyes),
        hidden_fields=[("as", eyes)] if eyes != NEUTRAL_EYES else [],
    )


def _reader(case: Casebook, audience: str) -> Name | str:
    parties = case.agreement(OPERATOR).parties
    words: dict[str, Name | str] = {NEUTRAL_EYES: gettext("the neutral"), PUBLIC_EYES: gettext("the public")}
    return words.get(audience) or Name(parties[audience].name if audience in parties else audience)


def _shown(sums: dict[str, ListSums], eyes: str, readers: list[str], number: int, size: int) -> Shown:
    chosen = sums[eyes]
    outcomes = dict.fromkeys(line.outcome for name in OUTCOME_WORDS for one in sums.values() for line in one.lines
                             if line.outcome == name)  # fmt: skip
    found = {audience: {line.outcome: line.n for line in one.lines} for audience, one in sums.items()}
    return Shown(
        chosen,
        tuple(_line(one, number, size) for one in chosen.lines),
        tuple((known_words(PART_WORDS, one.outcome), one.n) for one in chosen.split),
        tuple(
            (known_words(OUTCOME_WORDS, outcome), tuple(found.get(one, {}).get(outcome, "") for one in readers))
            for outcome in outcomes
        ),
        tuple(sums[one].listed for one in readers if one in sums),
    )


def _line(one: SumLine, number: int, size: int) -> Line:
    entries = tuple((index, record_page(index, size)) for index in one.entries[:MOST_SHOWN])
    more = max(0, len(one.codes) - MOST_SHOWN)
    return Line(
        one,
        known_words(OUTCOME_WORDS, one.outcome),
        f"s-{number}-{one.outcome}",
        one.codes[:MOST_SHOWN],
        entries,
        more,
    )
