"""General tools that do a part of the reading of a report: spaCy's rules, dateparser, quantulum3."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from contextlib import suppress

from quittance.claims.model import Report
from quittance.claims.profile import profile_for

PACKAGES = ("msgspec", "spacy", "dateparser", "quantulum3")

_PEOPLE = ("prisoners", "people", "members", "detainees", "inmates", "fighters", "militants", "captives", "officials",
           "soldiers", "hostages", "troops", "personnel")  # fmt: skip


def spacy_rules() -> Callable[[Report], int]:
    """A blank pipeline: sentences, the names of the parties and their speakers, and numbers before a noun of people."""
    import spacy
    from spacy.matcher import Matcher

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    ruler = pipeline.add_pipe("entity_ruler")
    profile = profile_for("afghanistan-2020")
    assert profile is not None
    names = {name for side in profile.sides for name in side.names} | {n for v in profile.voices for n in v.names}
    ruler.add_patterns([{"label": "PARTY", "pattern": name} for name in sorted(names) if name.strip()])
    matcher = Matcher(pipeline.vocab)
    matcher.add("COUNT", [[{"LIKE_NUM": True}, {"OP": "{0,3}"}, {"LOWER": {"IN": list(_PEOPLE)}}]])

    def read(report: Report) -> int:
        doc = pipeline(report.text)
        return len(doc.ents) + sum(len(matcher(sentence)) for sentence in doc.sents)

    return read


def dates_and_quantities() -> Callable[[Report], int]:
    """Dates by dateparser, quantities by quantulum3."""
    from dateparser.search import search_dates

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its classifier was stored by another version
        from quantulum3 import parser

    logging.getLogger("quantulum3").setLevel(logging.CRITICAL)

    def read(report: Report) -> int:
        count = len(search_dates(report.text, languages=["en"]) or ())
        with suppress(Exception), warnings.catch_warnings():  # it fails on some texts
            warnings.simplefilter("ignore")
            count += len(parser.parse(report.text))
        return count

    return read
