"""Numbers, days, ids and sentences in a page, each set in its own direction.

In a page that runs from right to left a plain `850 / 5,000` is printed as `5,000 / 850`. So every number, date, id and
ratio goes through one of these tags, which wrap it in `<bdi dir="ltr">`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext

from quittance.dates import parse_moment
from quittance.views.quotes import short
from quittance.views.sentence import Name, Sentence, count_text
from quittance.views.wording import condition_words, day_words
from quittance.web.charts.bar import interval_bar
from quittance.web.question import Question

register = template.Library()

DASH = SafeString("–")
"""Stands where nothing is known."""


def _ltr(text: str, class_: str = "") -> SafeString:
    if class_:
        return format_html('<bdi dir="ltr" class="{}">{}</bdi>', class_, text)
    return format_html('<bdi dir="ltr">{}</bdi>', text)


@register.simple_tag
def number(value: int | None) -> SafeString:
    """A count, `5,000`; a dash where it is not known."""
    return _ltr(count_text(value)) if value is not None else DASH


@register.simple_tag
def decimal(value: float) -> SafeString:
    """A share or a coefficient with two places, `0.83` or `−0.10`."""
    return _ltr(f"{value:.2f}".replace("-", "−"))


@register.simple_tag
def code(value: str) -> SafeString:
    """An id, a hash, or anything else of ASCII that is read from left to right."""
    return _ltr(value, "id")


@register.simple_tag
def day(value: str | date | None) -> SafeString:
    """A day as `2020-05-05`, an instant with its hour and offset; a dash where there is none."""
    if value is None or value == "":
        return DASH
    text = value if isinstance(value, str) else value.isoformat()
    return format_html('<time datetime="{}"><bdi dir="ltr">{}</bdi></time>', text, text.replace("T", " "))


@register.simple_tag
def long_day(value: str | date) -> SafeString:
    """A day in words, `5 May 2020`, in the direction of the language."""
    moment = parse_moment(value) if isinstance(value, str) else value
    direction = "rtl" if get_language_bidi() else "ltr"
    words = day_words(moment, gettext)
    return format_html('<time datetime="{}"><bdi dir="{}">{}</bdi></time>', moment.isoformat(), direction, words)


@register.simple_tag
def say(sentence: Sentence) -> SafeString:
    """A sentence of a view in the language of the page, with each value in its own direction."""
    return mark_safe("".join(_said(sentence)))  # noqa: S308  every piece is escaped below


@register.simple_tag
def office(words: Sentence | Name) -> SafeString:
    """An office in words, or a name that is shown as it stands."""
    return say(words) if isinstance(words, Sentence) else format_html("<bdi>{}</bdi>", words.text)


@register.simple_tag
def office_text(words: Sentence | Name) -> str:
    """The same without markup, for places where there can be none."""
    return plain(words) if isinstance(words, Sentence) else words.text


def _said(sentence: Sentence) -> Iterable[SafeString]:
    for part in sentence.parts(gettext):
        if part.kind == "text":
            yield format_html("{}", part.text)
        elif part.kind == "day" and isinstance(part.value, date):
            yield long_day(part.value)
        elif part.kind == "name":
            yield format_html("<bdi>{}</bdi>", part.text)
        else:
            yield _ltr(part.text, "id" if part.kind == "id" else "")


@register.simple_tag
def condition(label: str) -> SafeString:
    """A condition as named in `blocked_by`, in words."""
    return say(condition_words(label))


def plain(sentence: Sentence) -> str:
    """A sentence in the language of the page without markup."""
    return sentence.text(gettext, lambda moment: day_words(moment, gettext))


UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Signs that are not seen but change what is seen: controls of direction, of layout, of a terminal."""

LANGUAGES = (("ARABIC", "und-Arab"), ("CYRILLIC", "und-Cyrl"), ("LATIN", "und-Latn"))


@register.simple_tag
def written(text: str) -> SafeString:
    """What a list says, sign for sign, in its own direction; a sign that cannot be seen is shown by its number.

    Joiners stay as they are, because Persian and Pashto are spelled with them.
    """
    first = next((sign for sign in text if unicodedata.bidirectional(sign) in ("L", "R", "AL")), "")
    name = unicodedata.name(first, "") if first else ""
    language = next((tag for script, tag in LANGUAGES if name.startswith(script)), "")
    direction = "rtl" if first and unicodedata.bidirectional(first) != "L" else "ltr"
    shown = UNSEEN.sub(_by_number, escape(text))
    spoken = f' lang="{language}"' if language else ""
    return SafeString(f'<bdi class="written" dir="{direction}"{spoken}>{shown}</bdi>')


@register.simple_tag
def told(text: str) -> SafeString:
    """The words of a report: escaped, what cannot be seen by its number; their direction is that of what holds them."""
    return SafeString(UNSEEN.sub(_by_number, escape(text.replace("\r\n", "\n"))))


def _by_number(sign: re.Match[str]) -> str:
    return f'<span class="unseen">[U+{ord(sign[0]):04X}]</span>'


@register.simple_tag
def shortly(text: str, most: int = 80) -> SafeString:
    """The beginning of what a list says, for a line among many."""
    return written(text if len(text) <= most else f"{text[:most]}…")


@register.simple_tag
def weight(value: float) -> SafeString:
    """A weight with its sign, `+14.2` or `−1.1`."""
    return _ltr(f"{value:+.1f}".replace("-", "−"))


@register.simple_tag
def interval(low: int | None, high: int | None, total: int | None) -> SafeString:
    """The figure `0..361 of 1,500`, its parts in this order in every language."""
    if low is None or high is None:
        return DASH
    figure = "..".join(map(count_text, dict.fromkeys((low, high))))
    if total is None:
        return format_html('<bdi dir="ltr" class="figure"><b>{}</b></bdi>', figure)
    between = gettext("of")
    return format_html(
        '<bdi dir="ltr" class="figure"><b>{}</b> {} <span>{}</span></bdi>', figure, between, count_text(total)
    )


@register.simple_tag
def bar(low: int | None, high: int | None, total: int | None) -> SafeString:
    """The same figure as a bar: solid up to low, hatched to high, a frame for the total."""
    if low is None or high is None or not total:
        return SafeString()
    return mark_safe(interval_bar(low, high, total, mirrored=get_language_bidi()))  # noqa: S308  numbers only


SHAPES = {
    "superseded": "off", "waived": "off", "not_owed": "off", "pending": "pending", "breached": "breached",
    "overdue": "late", "in_progress": "progress", "due": "due", "blocked": "blocked", "fulfilled": "met",
    "fulfilled_late": "metlate",
}  # fmt: skip
"""The shape that stands beside the colour of each status; drawn in `quittance/shapes.svg`."""


@register.simple_tag
def shape(name: str) -> SafeString:
    """The shape of a status or a dispute; it says nothing that the words beside it do not say."""
    return format_html('<svg class="shape" aria-hidden="true"><use href="#{}"/></svg>', SHAPES.get(name, name))


@register.simple_tag
def sources(links: Iterable[str]) -> SafeString:
    """Where an entry comes from: a web address as a link named by its host, anything else as text."""
    return format_html_join(gettext(", "), "{}", ((_source(text, in_full=False),) for text in links if text))


@register.simple_tag
def source_in_full(text: str) -> SafeString:
    """One source: a web address as a link that shows all of it, anything else as text."""
    return _source(text, in_full=True)


def _source(text: str, *, in_full: bool) -> SafeString:
    try:
        parts = urlsplit(text)
    except ValueError:
        return format_html("<bdi>{}</bdi>", text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return format_html("<bdi>{}</bdi>", short(text))
    shown = text if in_full else parts.hostname.removeprefix("www.")
    return format_html('<a rel="noreferrer noopener external" href="{}"><bdi dir="ltr">{}</bdi></a>', text, shown)


@register.simple_tag(takes_context=True)
def keep(context: template.Context, **changes: object) -> str:
    """The query string of this page with some fields changed; a field given as None or "" is left out."""
    question: Question = context["question"]
    return question.query(**{name: _text(value) for name, value in changes.items()})


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)
