"""The extractor: from one report to its claims, by rules alone. The same report and version give the same claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Generic, TypeVar

from quittance.claims.actors import actor_of
from quittance.claims.anaphors import counts_of
from quittance.claims.attribution import Attribution, attribute
from quittance.claims.clauses import Sentence
from quittance.claims.counting import counts_people
from quittance.claims.dating import Calendar, Days
from quittance.claims.days import DayPhrase, find_days
from quittance.claims.details import condition_of, criteria_of, definition_of, place_of
from quittance.claims.events import event_of
from quittance.claims.governing import readings
from quittance.claims.kinds import kind_of
from quittance.claims.lexicon import Lexicon, Mention
from quittance.claims.memory import Memory
from quittance.claims.model import (
    BOTH,
    EXTRACTOR,
    OTHER,
    Claim,
    Claimant,
    EventType,
    Extra,
    Extractor,
    Kind,
    Origin,
    Quantity,
    Report,
)
from quittance.claims.numbers import Figure, find_figures
from quittance.claims.occasions import day_of_speech, occasion_of
from quittance.claims.parties import parties_of
from quittance.claims.persons import NOT_PERSONS
from quittance.claims.reading import Reading
from quittance.claims.signings import signings
from quittance.claims.surroundings import surroundings_of
from quittance.claims.text import plain, sentences

T = TypeVar("T", Figure, Mention, DayPhrase)
_AGREED = re.compile(
    r"\b(?:agreed? (?:to|on|that|in)\b"
    r"|(?:signed|reached|struck) (?:a|an|the) [\w -]{0,30}(?:deal|agreement|accord|pact)\b)"
    r"(?=[^\n]{0,160}\b(?:swaps?|exchanges?|exchanging|release|free|prisoners?|detainees?|hostages?)\b)"
)
_NAMED = frozenset(("side", "institution", "speaker"))
_CAPTIVES = (" prisoner", " inmate", " captive", " detainee", " hostage", " fighter")


def extract(report: Report, lexicon: Lexicon) -> list[Claim]:
    """The claims of one report by its own sentences (`kind_basis` "sentence"), in the order of their places."""
    return _Reader(report, lexicon).run()


class _Reader:
    """One pass over one report."""

    def __init__(self, report: Report, lexicon: Lexicon) -> None:
        self.report = report
        self.lexicon = lexicon
        self.plain = plain(report.text)
        self.parties = parties_of(lexicon.profile)
        self.memory = Memory()
        self.calendar = Calendar(report, lexicon.profile)
        self.claims: list[Claim] = []
        self.told: dict[tuple[EventType, str, int | None, str | None], str] = {}

    def run(self) -> list[Claim]:
        """All claims of the report."""
        figures = counts_of(find_figures(self.plain), self.plain)
        spans = sentences(self.plain)
        mentions = self.lexicon.mentions(self.plain)
        days = find_days(self.plain)
        self.attribution: Attribution = attribute(self.plain, spans, mentions, self.report, self.lexicon)
        self.lead = next((number for number, (start, end) in enumerate(spans) if end - start > 40), 0)
        counts, names, times = _Cut(figures), _Cut(mentions), _Cut(days)
        for number, (start, end) in enumerate(spans):
            inside, about, when = counts.up_to(end), names.up_to(end), times.up_to(end)
            self.when, before = when, len(self.claims)
            if any(figure.unit_word not in NOT_PERSONS for figure in inside):
                sentence = Sentence(self.plain, number, (start, end), inside, about, when, self.parties)
                self._sentence(sentence, self._is_headline(number, start, end))
            if when and about and len(self.claims) == before:
                self.claims += signings(
                    f"{self.report.doc}#{before + 1}",
                    self.report,
                    self.plain,
                    (start, end),
                    about,
                    when,
                    self.attribution,
                )
            self._remember(about)
            if self._is_agreement(start, end, about):
                self.memory.term_at = number
        return self.claims

    def _is_headline(self, number: int, start: int, end: int) -> bool:
        """Whether a sentence is the headline: the first line, short, without a final stop."""
        if number or "\n" not in self.plain[end : end + 2]:
            return False
        return end - start < 160 and not self.plain[start:end].rstrip("\"')").endswith((".", "!", "?", ":"))

    def _is_agreement(self, start: int, end: int, mentions: Sequence[Mention]) -> bool:
        """Whether a sentence says that the sides agreed on a release: the next one may go on telling what."""
        named = {one.code for one in mentions if one.code == BOTH or one.code in self.parties.codes}
        return (BOTH in named or len(named) > 1) and _AGREED.search(self.plain, start, end) is not None

    def _remember(self, mentions: Sequence[Mention]) -> None:
        """Keep the last side named, and the holder of the people last named."""
        named = [one for one in mentions if self.parties.holds_anybody(one.code) and one.sort in _NAMED]
        subjects = [one for one in named if not self.plain.startswith(_CAPTIVES, one.end)]
        for mention in subjects[:1] or named[:1]:
            self.memory.subject = mention.code
        for mention in mentions:
            if mention.code in self.parties.codes:
                self.memory.named.add(mention.code)
            if mention.code in self.parties.codes and self.plain.startswith(_CAPTIVES, mention.end):
                self.memory.topic = self.parties.holder(mention.code)

    def _sentence(self, sentence: Sentence, headline: bool) -> None:
        """The claims of one sentence."""
        memory = self.memory
        memory.next_sentence()
        for reading in readings(sentence):
            if counts_people(sentence, reading, memory.carried is not None, memory.values):
                self._claim(sentence, reading, headline)

    def _claim(self, sentence: Sentence, reading: Reading, headline: bool) -> None:
        """Judge one number and add its claim."""
        memory, figure = self.memory, reading.figure
        source = self.attribution.at(figure.start)
        sentence.cue = None if source.wills else source.cue
        side = source.claimant.side if source.claimant.side in self.parties.codes else None
        actor, actor_rule = actor_of(sentence, reading, memory, side)
        occasion = occasion_of(sentence, reading, self.attribution, source)
        around = surroundings_of(sentence, reading, source, memory, actor, side, occasion.sort, headline, self.lead)
        event, event_rule = event_of(sentence, reading, around)
        kind, kind_rule = kind_of(sentence, self.plain, reading, event, around, occasion.sort, memory.kind, event_rule)
        told_claim = memory.nearest(figure.value or 0) if event_rule == "carried.against" else None
        if told_claim is not None:
            kind, actor, actor_rule, kind_rule = told_claim[1], told_claim[2], "actor.against", "kind.against"
        told = memory.kinds.get((event, actor, figure.value))
        if told and (kind_rule in ("kind.large", "kind.promised") or kind_rule.endswith("kind.default")):
            kind, kind_rule = told, "kind.told"
        if (
            reading.relation == "coordinate"
            and memory.carried == event
            and memory.carried_kind
            and (kind_rule == "kind.dated" or kind_rule.endswith("kind.default"))
        ):
            kind = memory.carried_kind
        if kind != "rate" and self._is_part(sentence, reading, event, event_rule, actor):
            kind, kind_rule = "component", "kind.part"
        refuser = side or (actor if actor_rule == "actor.mention" else None)
        if event_rule == "reject.offer":
            actor = self.parties.holder(refuser) or actor
        elif event_rule in ("list.given", "list.wanted") and actor_rule in ("actor.mention", "actor.pronoun"):
            actor = self.parties.holder(actor) or actor
        elif side and event == "demand" and actor_rule.endswith("actor.default"):
            actor = self.parties.holder(side) or actor
        memory.note(event, kind, actor, figure.value, sentence.number)
        claimant = source.claimant
        if event == "term" and source.document is not None and claimant.side in ("OUTLET", None):
            claimant = source.document
        days = self.calendar.days(event, kind, occasion.day, day_of_speech(source, self.when) or occasion.said)
        rule = "+".join((event_rule, actor_rule, kind_rule))
        self._add(
            sentence,
            reading,
            claimant,
            "headline" if headline else source.channel,
            event,
            kind,
            actor or OTHER,
            rule,
            days,
        )

    def _is_part(self, sentence: Sentence, reading: Reading, event: EventType, rule: str, actor: str | None) -> bool:
        """Whether a number is a part of the one before: of whom, among them, including."""
        at = reading.people.end
        if event == "reject":
            return False
        if (
            reading.people.found
            and sentence.tag[at : at + 1] == ["edge:whom"]
            and sentence.words.low[at] == "of"
            and reading.relation != "object"
        ):
            return True
        if not (reading.clause.opener == "whom" or reading.figure.cue == "part"):
            return False
        if event == "term" or event == "plan":
            return actor == self.memory.carried_actor and event == self.memory.carried
        led = reading.predicate is None or reading.predicate.start < reading.first
        return led or rule.startswith(("carried", "held", "done.gerund"))

    def _add(
        self,
        sentence: Sentence,
        reading: Reading,
        claimant: Claimant,
        channel: str,
        event: EventType,
        kind: Kind,
        actor: str,
        rule: str,
        days: Days,
    ) -> None:
        """Put one claim among those of the report."""
        figure, words, clause = reading.figure, sentence.words, reading.clause
        span = min(words.start[clause.start], figure.start), max(words.end[clause.end - 1], figure.end)
        text, whole = self.report.text, self.plain[sentence.start : sentence.end]
        self.claims.append(
            Claim(
                id=f"{self.report.doc}#{len(self.claims) + 1}",
                doc=self.report.doc,
                event_type=event,
                claimant=claimant,
                outlet=self.report.outlet,
                channel=channel,
                statement_date=days.said,
                published=self.report.published,
                actor=actor,
                object=BOTH if actor == BOTH else self.parties.object(actor),
                quantity=_quantity(figure, text),
                kind=kind,
                event_date=days.event,
                deadline=days.deadline,
                place=place_of(self.plain[slice(*span)]) if event in ("done", "plan", "held") else None,
                criteria=criteria_of(whole),
                condition=condition_of(event, whole),
                definition=definition_of(sentence, self.plain, reading),
                origin=Origin(agency=self.report.agency, evidence=("credit",)) if self.report.agency else None,
                same_event=self._same_event(event, actor, figure, days),
                extractor=Extractor(name=EXTRACTOR[0], version=EXTRACTOR[1], rule=rule),
                extra=_extra(figure, days),
                span=span,
                text=text[slice(*span)],
                quantity_span=(figure.start, figure.end),
            )
        )

    def _same_event(self, event: EventType, actor: str, figure: Figure, days: Days) -> str | None:
        """The id of an earlier claim of this report with the same number, side, event and day."""
        name = f"{self.report.doc}#{len(self.claims) + 1}"
        first = self.told.setdefault((event, actor, figure.value, days.event), name)
        return first if first != name and figure.value is not None else None


class _Cut(Generic[T]):
    """A row of things in the order of their places, handed out sentence by sentence."""

    def __init__(self, row: Sequence[T]) -> None:
        self._row: Sequence[T] = row
        self._at = 0

    def up_to(self, end: int) -> Sequence[T]:
        """Those that begin before `end` and were not handed out yet."""
        start = self._at
        while self._at < len(self._row) and self._row[self._at].start < end:
            self._at += 1
        return self._row[start : self._at]


def _quantity(figure: Figure, text: str) -> Quantity:
    """The number as an interval, with the words that stand for it."""
    surface = text[figure.start : figure.end]
    return Quantity(value=figure.value, low=figure.low, high=figure.high, modality=figure.modality, surface=surface)


def _extra(figure: Figure, days: Days) -> Extra | None:
    """What else there is: a number by reference, the window that a count covers."""
    if figure.implicit and days.window:
        return Extra(quantity_implicit=True, note=f"window {days.window}")
    if figure.implicit:
        return Extra(quantity_implicit=True)
    return Extra(note=f"window {days.window}") if days.window else None
