"""What a second reader, a language model, answered: held against the text, item by item, and refused unless it holds.

An item becomes a claim only if its quotation stands in the text to the letter, its number is read inside the quotation
by the grammar of `claims.numbers`, its parties and claimant are known or printed, and its days are words of the text
that `claims.days` reads. Everything else is refused with a reason, for the review desk; nothing is repaired.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from quittance.claims.days import Tense, find_days, resolve
from quittance.claims.lexicon import Lexicon, claimant
from quittance.claims.model import (
    BOTH,
    NARRATION,
    OTHER,
    OUTLET,
    Claim,
    Claimant,
    Definition,
    Extra,
    Extractor,
    Quantity,
    Report,
    Span,
)
from quittance.claims.numbers import Figure, find_figures
from quittance.claims.persons import NOT_PERSONS
from quittance.claims.reader_question import Counted, Item, Number, instruction_hash
from quittance.claims.registry import unknown
from quittance.claims.text import plain, sentences

VERSION = "1"
MOST_ITEMS = 300
"""How many items an answer may have; a text of one question holds no more."""

MOST_CHARACTERS = 1_000_000
KEPT = 2_000
"""How many characters of a refused item are kept for the desk."""

REASONS = {
    "answer.size": "The answer is longer than any answer can be, or has too many items.",
    "answer.json": "The answer is not one JSON object, or only half of one.",
    "answer.form": 'The answer is not {"claims": [...]}.',
    "item.form": "A field is missing, of the wrong type, too long, or one that the form does not have.",
    "item.choice": "A field has a word that is none of its choices.",
    "quote.absent": "The quotation does not stand in the text to the letter.",
    "quote.short": "The quotation is no clause, or begins or ends inside a word.",
    "quote.twice": "The quotation stands in the text more than once, and the sentence is not said.",
    "quote.addressed": "The quotation stands in a passage that speaks to whoever reads it by machine.",
    "number.outside": "No number is read inside the quotation.",
    "number.other": "The number inside the quotation is another one.",
    "number.modality": "The words around the number inside the quotation soften it otherwise than the answer says.",
    "number.implicit": "A number that is only referred to was not found there by the program.",
    "party.unknown": "A party is none of the case.",
    "claimant.absent": "The claimant's name does not stand in the text.",
    "claimant.unknown": "The claimant is neither known nor a name.",
    "day.iso": "A day is given as a date, not in words of the text.",
    "day.absent": "The words of a day do not stand in the text.",
    "day.unread": "The words of a day are none that can be read.",
    "words.absent": "Place, criteria, condition or definition are not words of the text.",
}
"""Why an item is refused, by its code."""

_ISO = re.compile(r"\d{4}-\d{1,2}(?:-\d{1,2})?(?:T[\d:.]+Z?)?|\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d")
_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:(?:previous|prior|above|earlier|your|system) "
    r"(?:instruction|prompt|rule|text|message)|instructions\b|everything above|all (?:of )?the above)"
    r"|\b(?:system|developer) (?:prompt|message)\b|\b(?:language|ai) models?\b|\b(?:chatgpt|llms?|ai assistant)\b"
    r"|\bas an ai\b|<\|?/?(?:system|user|assistant|im_start|im_end)\b|\[/?inst\]"
    r"|\b(?:return|output|respond|reply|answer|emit|add)\b.{0,40}\b(?:json|schema|claims? (?:array|list|object))\b",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)
_OF_OTHERS = frozenset(("meet", "cond", "casualty", "troops"))
"""Events whose number may be of delegates, days or dead; all others count people who are or are not released."""

_PAST = frozenset(("done", "held", "list", "meet", "casualty", "dispute", "reject"))


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """One item, or a whole answer (`item` None), that was not taken: the code of the reason, and what was answered.

    `raw` is JSON in ASCII, cut at `KEPT` characters, so that it can be printed anywhere.
    """

    doc: str
    item: int | None
    code: str
    why: str
    raw: str
    model: str
    instruction_hash: str
    answer_hash: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What of an answer holds, and what was refused."""

    claims: tuple[Claim, ...]
    refused: tuple[Refused, ...]
    answer_hash: str


class _No(Exception):
    """An item is refused, for the reason with this code."""


def answer_hash(answer: str) -> str:
    """SHA-256 of an answer as it came, in hex."""
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()


def read_answer(
    answer: str, report: Report, lexicon: Lexicon, first: Sequence[Claim] = (), *, model: str = "", start: int = 1
) -> Reading:
    """The claims of a model's answer about a report that hold against its text, and the refusal of everything else.

    `first` are the claims that the program found in this report; a number that is only referred to needs one of them.
    Claims are numbered from `start` as `DOC#M1`. Never raises for an answer, whatever it is.
    """
    digest, mark = answer_hash(answer), instruction_hash()

    def refuse(number: int | None, code: str, raw: object) -> Refused:
        return Refused(
            doc=report.doc,
            item=number,
            code=code,
            why=REASONS[code],
            raw=json.dumps(raw)[:KEPT],
            model=model,
            instruction_hash=mark,
            answer_hash=digest,
        )

    try:
        items = _items(answer)
    except _No as no:
        return Reading(claims=(), refused=(refuse(None, str(no), answer[:KEPT]),), answer_hash=digest)
    by = Extractor(
        name="second reader", version=VERSION, rule="model", model=model, instruction_hash=mark, answer_hash=digest
    )
    page = _Page(report, lexicon, first, by)
    claims: list[Claim] = []
    refused = []
    for number, raw in enumerate(items, 1):
        try:
            claims.append(page.claim(_item(raw), f"{report.doc}#M{start + len(claims)}"))
        except _No as no:
            refused.append(refuse(number, str(no), raw))
    return Reading(claims=tuple(claims), refused=tuple(refused), answer_hash=digest)


def _items(answer: str) -> list[Any]:
    """The items of an answer, not looked at yet; a fence around the JSON is taken off."""
    if len(answer) > MOST_CHARACTERS:
        raise _No("answer.size")
    if fenced := _FENCE.match(answer):
        answer = fenced[1]
    try:
        whole = msgspec.json.decode(answer.encode("utf-8"))
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise _No("answer.json") from None
    if not isinstance(whole, dict) or list(whole) != ["claims"] or not isinstance(whole["claims"], list):
        raise _No("answer.form")
    if len(whole["claims"]) > MOST_ITEMS:
        raise _No("answer.size")
    return whole["claims"]


def _item(raw: object) -> Item:
    try:
        return msgspec.convert(raw, Item)
    except msgspec.ValidationError as error:
        raise _No("item.choice" if str(error).startswith("Invalid enum value") else "item.form") from None


class _Page:
    """A report laid open: its plain copy, and what the grammars and the lexicon find in it."""

    def __init__(self, report: Report, lexicon: Lexicon, first: Sequence[Claim], by: Extractor) -> None:
        self.report, self.lexicon, self.first, self.by = report, lexicon, first, by
        self.plain = plain(report.text)
        self.sentences = sentences(self.plain)
        self.figures = [figure for figure in find_figures(self.plain) if figure.sort == "count"]
        self.mentions = lexicon.mentions(self.plain)
        sides = lexicon.profile.sides if lexicon.profile else ()
        self.codes = {side.code for side in sides} | {BOTH, OTHER}

    def claim(self, item: Item, name: str) -> Claim:
        """The item as a claim. Raises `_No`."""
        span = self.place(item)
        quantity, printed = self.number(item, span)
        report = self.report
        tense: Tense = "past" if item.event_type in _PAST else "future"
        return Claim(
            id=name,
            doc=report.doc,
            event_type=item.event_type,
            claimant=self.claimant(item.claimant.name),
            outlet=report.outlet,
            channel=item.channel,
            statement_date=self.day(item.statement_day, "past"),
            published=report.published,
            actor=self.party(item.actor),
            object=self.party(item.object),
            quantity=quantity,
            kind=item.kind,
            event_date=self.day(item.event_day, tense),
            deadline=self.day(item.deadline, "future"),
            place=self.words(item.place),
            criteria=self.words(item.criteria),
            condition=self.words(item.condition),
            definition=self.definition(item.definition),
            extractor=self.by,
            extra=Extra(quantity_implicit=True) if quantity and printed is None else None,
            span=span,
            text=report.text[slice(*span)],
            quantity_span=printed,
        )

    def definition(self, counted: Counted | None) -> Definition | None:
        """Who is counted, with words of the text for it."""
        return Definition(who=counted.who, surface=self.words(counted.surface)) if counted else None

    def place(self, item: Item) -> Span:
        """Where the quotation stands; of several places the one nearest to the sentence that is said."""
        quote = plain(item.quote)
        if len(quote.strip()) < 8 or quote != quote.strip() or " " not in quote:
            raise _No("quote.short")
        places = self.places(quote)
        if not places:
            raise _No("quote.absent")
        whole = [at for at in places if self.is_whole(at, at + len(quote))]
        if not whole:
            raise _No("quote.short")
        if len(whole) > 1 and item.sentence is None:
            raise _No("quote.twice")
        start = min(whole, key=lambda at: (abs(self.sentence_at(at) - (item.sentence or 0)), at))
        end = start + len(quote)
        first, last = self.sentence_at(start), self.sentence_at(end - 1)
        around = self.sentences[max(0, first - 2) : last + 1]
        if around and _ADDRESSED.search(self.plain, around[0][0], around[-1][1]):
            raise _No("quote.addressed")
        return start, end

    def places(self, words: str) -> list[int]:
        """Where words stand in the text, in order, overlapping ones too."""
        found: list[int] = []
        at = self.plain.find(words)
        while at >= 0 and len(found) < MOST_ITEMS:
            found.append(at)
            at = self.plain.find(words, at + 1)
        return found

    def is_whole(self, start: int, end: int) -> bool:
        """Whether neither end cuts through a word or a number."""
        before, after = self.plain[max(0, start - 1) : start + 1], self.plain[end - 1 : end + 1]
        cut = any(len(pair) == 2 and pair.isalnum() for pair in (before, after))
        number = re.compile(r"\d[.,]\d")
        around = number.search(self.plain[max(0, start - 2) : start + 1]), number.search(self.plain[end - 1 : end + 2])
        return not cut and around == (None, None)

    def sentence_at(self, at: int) -> int:
        """The number of the sentence in which a place lies, from 1."""
        return next((number for number, (_, end) in enumerate(self.sentences, 1) if at < end), len(self.sentences))

    def number(self, item: Item, span: Span) -> tuple[Quantity | None, Span | None]:
        """The number as the grammar reads it inside the quotation, and where it is printed."""
        claimed = item.quantity
        if claimed is None:
            if item.quantity_implicit:
                raise _No("number.implicit")
            return None, None
        inside = [
            one
            for one in self.figures
            if span[0] <= one.modality_start
            and one.end <= span[1]
            and (one.unit_word not in NOT_PERSONS or item.event_type in _OF_OTHERS)
        ]
        same = [figure for figure in inside if _same_number(figure, claimed)]
        for figure in same:
            if figure.modality == claimed.modality and (not figure.implicit or figure.zero or item.quantity_implicit):
                return _quantity(figure, self.report.text), (figure.start, figure.end)
        if item.quantity_implicit:
            return self.referred(claimed, span), None
        if same:
            raise _No("number.modality")
        raise _No("number.other" if inside else "number.outside")

    def referred(self, claimed: Number, span: Span) -> Quantity:
        """A number that is only referred to: the program must have found it at the same place."""
        for claim in self.first:
            known, extra = claim.quantity, claim.extra
            if (
                known is not None
                and extra is not None
                and extra.quantity_implicit is True
                and claim.span[0] < span[1]
                and span[0] < claim.span[1]
                and (known.value, known.modality) == (claimed.value, claimed.modality)
            ):
                return known
        raise _No("number.implicit")

    def party(self, name: str) -> str:
        """The code of a party, given as a code or by a name that can only mean it."""
        if name in self.codes:
            return name
        meant = {mention.code for mention in self.lexicon.mentions(plain(name)) if mention.sort in ("side", "people")}
        if len(meant) == 1 and meant <= self.codes:
            return meant.pop()
        raise _No("party.unknown")

    def claimant(self, name: str | None) -> Claimant:
        """Whoever bears the printed name: known, or somebody whom no registry has."""
        if name is None or name == OUTLET:
            return NARRATION
        words = plain(name)
        places = [at for at in self.places(words) if self.is_whole(at, at + len(words))] if words.strip() else []
        if not places or len(words) > 120:
            raise _No("claimant.absent")
        voices = {
            mention.voice.key: mention.voice
            for at in places
            for mention in self.mentions
            if mention.voice and mention.start < at + len(words) and at < mention.end
        }
        surface = self.report.text[places[0] : places[0] + len(words)]
        if len(voices) == 1:
            return claimant(voices.popitem()[1], surface)
        if voices or not words[0].isupper() or "\n" in words:
            raise _No("claimant.unknown")
        return claimant(unknown(surface), surface)

    def day(self, words: str | None, tense: Tense) -> str | None:
        """The day that words of the text mean."""
        if words is None:
            return None
        phrase = plain(words).strip()
        if _ISO.fullmatch(phrase):
            raise _No("day.iso")
        if not phrase or phrase not in self.plain:
            raise _No("day.absent")
        published = _day(self.report.published)
        found = [resolve(day, published, tense, None, {}) for day in find_days(phrase)]
        if len(found) != 1 or found[0] is None:
            raise _No("day.unread")
        return found[0].text

    def words(self, words: str | None) -> str | None:
        """Words of the text, as stored."""
        if words is None:
            return None
        at = self.plain.find(plain(words).strip()) if words.strip() else -1
        if at < 0:
            raise _No("words.absent")
        return self.report.text[at : at + len(words.strip())]


def _same_number(figure: Figure, claimed: Number) -> bool:
    if claimed.modality == "range" or figure.modality == "range":
        return (figure.low, figure.high) == (claimed.low, claimed.high)
    if claimed.modality == "vague" or figure.vague:
        return figure.vague and claimed.value is None
    return figure.value is not None and figure.value == claimed.value


def _quantity(figure: Figure, text: str) -> Quantity:
    return Quantity(
        value=figure.value,
        low=figure.low,
        high=figure.high,
        modality=figure.modality,
        surface=text[figure.start : figure.end],
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
