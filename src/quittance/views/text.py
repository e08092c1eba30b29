"""Views as lines of plain text, for terminals, mails and files: at most `width` columns, addresses excepted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from quittance.agreement.verdict import Class
from quittance.dates import Moment, parse_moment
from quittance.views.brief import BriefView
from quittance.views.entry import EntryLine, PartyRef
from quittance.views.quotes import short
from quittance.views.rows import CommitmentRow, act_words
from quittance.views.sentence import Id, Name, Sentence, Translate, identity
from quittance.views.status import StatusView
from quittance.views.timeline import TimelineView
from quittance.views.wording import Say, day_words, say

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and its tone: a heading, the class of the commitment it is about, or nothing."""

    text: str
    tone: Class | Literal["heading"] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """How lines are made: the language, and the columns there are."""

    translate: Translate = identity
    width: int = WIDTH

    def text(self, sentence: Sentence) -> str:
        """A sentence in the page's language, with days in words."""
        return sentence.text(self.translate, self.day)

    def day(self, moment: Moment) -> str:
        """A day in words."""
        return day_words(moment, self.translate)

    def wrapped(self, text: str, first: str = "", rest: str = "") -> list[str]:
        """A text in lines of the page's width, the first led by `first`, the others by `rest`."""
        wrapper = textwrap.TextWrapper(self.width, first, rest, break_long_words=False, break_on_hyphens=False)
        return wrapper.wrap(text) or [first.rstrip()]

    def heading(self, words: Sentence) -> Iterator[Line]:
        """A heading with a line of space before it."""
        yield Line("")
        yield Line(self.text(words), "heading")

    def bullets(self, sentences: Iterable[Sentence]) -> Iterator[Line]:
        """One bullet for each sentence, or the word that there is nothing."""
        found = False
        for sentence in sentences:
            found = True
            yield from (Line(line) for line in self.wrapped(self.text(sentence), "- ", "  "))
        if not found:
            yield Line(self.text(say(Say.NOTHING)))


def dates_sentence(as_of: str, known_by: str) -> Sentence:
    """Both dates of an answer."""
    return say(Say.DATES, as_of=parse_moment(as_of), known_by=parse_moment(known_by))


def status_lines(view: StatusView, page: Page) -> Iterator[Line]:
    """Title and dates, the one sentence, every commitment with its figure and reasons, then what waits and comes."""
    yield from _head(view, page)
    yield Line("")
    yield from table_lines(view.rows, page)
    if view.rings or view.chains:
        yield from page.heading(say(Say.HEAD_WAITING))
        yield from page.bullets([*(ring.words for ring in view.rings), *(chain.words for chain in view.chains)])
    if view.clashes:
        yield from page.bullets(clash.words for clash in view.clashes)
    yield from page.heading(say(Say.HEAD_COMING))
    yield from page.bullets(due.words for due in view.next_due)
    if view.outside:
        yield from page.heading(say(Say.HEAD_OUTSIDE))
        yield from _entries(view.outside, page)
    if view.warnings:
        yield from page.heading(say(Say.HEAD_WARNINGS))
        for warning in view.warnings:
            text = f"{warning.subject}: {warning.message} [{warning.code}]"
            yield from (Line(line) for line in page.wrapped(text, "- ", "  "))


def _head(view: StatusView | TimelineView, page: Page) -> Iterator[Line]:
    """Title, both dates and whose reading, and the one sentence."""
    yield from (Line(line, "heading") for line in page.wrapped(view.title))
    dates = page.text(dates_sentence(view.as_of, view.known_by))
    reading = f"; {page.text(say(Say.READ_BY, who=Name(view.party.name)))}" if view.party is not None else ""
    yield from (Line(line) for line in page.wrapped(dates + reading))
    yield Line("")
    yield from (Line(line) for line in page.wrapped(page.text(view.headline)))


def table_lines(rows: Iterable[CommitmentRow], page: Page) -> Iterator[Line]:
    """One block for each commitment: its id, and beside it status, figure, disputes and what it waits for."""
    shown = list(rows)
    margin = min(max((len(row.id) for row in shown), default=0) + 2, 32, page.width // 2)
    for row in shown:
        said = [page.text(row.label), page.text(_who(row))]
        if row.status != "pending":
            said.append(page.text(row.figure))
        said += [page.text(words) for words in row.disputed_words]
        if row.waits:
            said.append(page.text(say(Say.WAITS_FOR, conditions=tuple(wait.words for wait in row.waits))))
        if row.last_evidence is not None and row.class_ not in ("ok", "off"):
            said.append(page.text(say(Say.EVIDENCE_OF, day=parse_moment(row.last_evidence))))
        lines = [line for text in said for line in page.wrapped(text, " " * margin, " " * (margin + 2))]
        if len(row.id) < margin:
            yield Line(row.id.ljust(margin) + lines.pop(0)[margin:], row.class_)
        else:
            yield Line(row.id, row.class_)
        yield from (Line(line) for line in lines)


def _who(row: CommitmentRow) -> Sentence:
    """Who owes what to whom, by ids, which are shorter than names."""
    debtor, creditor = _ids(row.debtors), _ids(row.creditors)
    act = act_words(row.mode, row.act)
    if row.performers != row.debtors:
        return say(Say.TITLE_THROUGH, debtor=debtor, performer=_ids(row.performers), creditor=creditor, act=act)
    return say(Say.TITLE, debtor=debtor, creditor=creditor, act=act)


def _ids(parties: Iterable[PartyRef]) -> tuple[Id, ...]:
    return tuple(Id(party.id) for party in parties)


def timeline_lines(view: TimelineView, page: Page) -> Iterator[Line]:
    """Every day with its entries, the silences between them, and the figures that the curves have reached."""
    yield from _head(view, page)
    for day in view.days:
        yield Line("")
        silence = f"  ({page.text(say(Say.SILENCE, days=day.gap - 1))})" if day.gap > 1 else ""
        yield from (Line(line, "heading") for line in page.wrapped(page.day(parse_moment(day.day)) + silence))
        yield from _entries(day.entries, page)
    if view.days:
        yield from page.heading(say(Say.HEAD_TABLE))
        yield from page.bullets(series.title for series in view.series)


def _entries(entries: Iterable[EntryLine], page: Page) -> Iterator[Line]:
    for entry in entries:
        words = page.text(entry.words)
        if entry.delay:
            words += f"; {page.text(say(Say.RECORDED_ON, day=parse_moment(entry.known)))}"
        if entry.retracted:
            words += f"; {page.text(say(Say.TAKEN_BACK))}"
        yield from (Line(line) for line in page.wrapped(f"{words} [{entry.id}]", "- ", "  "))
        for source in entry.sources:
            yield from (Line(line) for line in page.wrapped(short(source), "  ", "  "))


def brief_lines(view: BriefView, page: Page) -> Iterator[Line]:
    """The briefing: where it stands, what changed, what comes, what is disputed, what waits, from which sources."""
    since, until = parse_moment(view.since), parse_moment(view.until)
    yield from _head(view.status, page)
    yield from page.heading(say(Say.HEAD_TABLE))
    yield from table_lines(view.table, page)
    yield from page.heading(say(Say.HEAD_CHANGED, day=since))
    yield from page.bullets(change.words for change in view.changed)
    yield from page.heading(say(Say.HEAD_HAPPENED, day=since))
    yield from page.bullets(entry.words for entry in view.happened)
    yield from page.heading(say(Say.HEAD_DUE, day=until))
    yield from page.bullets(due.words for due in view.coming)
    yield from page.heading(say(Say.HEAD_DISPUTES))
    yield from page.bullets(
        say(Say.DISPUTE_LINE, commitment=Id(one.commitment), words=(*one.words, *one.held)) for one in view.disputes
    )
    yield from page.heading(say(Say.HEAD_WAITING))
    yield from page.bullets([*(ring.words for ring in view.status.rings), *(one.words for one in view.status.chains)])
    yield from page.heading(say(Say.HEAD_SOURCES))
    for number, source in enumerate(view.sources, 1):
        yield from (Line(line) for line in page.wrapped(short(source), f"{number}. ", "   "))
    if not view.sources:
        yield Line(page.text(say(Say.NOTHING)))


def plain(lines: Iterable[Line]) -> str:
    """Lines as one text."""
    return "".join(f"{line.text}\n" for line in lines)
