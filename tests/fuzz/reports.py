"""What comes from outside about releases: texts of reports, their sidecars, and a model's answers about them."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

from quittance.claims.extract import extract
from quittance.claims.lexicon import Lexicon, lexicon_for
from quittance.claims.model import Claim, Report, claim_line, read_claim
from quittance.claims.profile import profile_for
from quittance.claims.second_reader import REASONS, read_answer
from quittance.files.reports import read_sidecar

TEXTS = (
    "KABUL (AFP) - The Afghan government set free at least 140 Taliban\u00a0prisoners on Monday, council spokesman "
    "Davud Amiri said. It will free between 300 and 400 more by May 20. The Taliban said \u201cnot one\u201d of the "
    "first 15 was out.",
    "Headline without a stop\nThe Taliban freed 31 men, of whom 12 are soldiers; 1,000 each under the deal, he added.",
    "Of 592 prisoners barely half, 5 147 in all, were let go since yesterday, Tuesday. \U0001f600 All but six left.",
)
DAY = "2020-05-06"


@cache
def lexicon() -> Lexicon:
    return lexicon_for(profile_for("afghanistan-2020"))


def claims(data: bytes) -> None:
    """Any text has grounded claims or none, the same each time, that can be written and read."""
    report = Report(doc="d", text=data.decode("utf-8", "replace"), published=DAY)
    found = extract(report, lexicon())
    for claim in found:
        is_grounded(claim, report)
        assert read_claim(claim_line(claim)) == claim
    assert extract(report, lexicon()) == found


def answer(data: bytes) -> None:
    """Any answer gives grounded claims and refusals with a reason that can be printed."""
    report = Report(doc="d", text=TEXTS[0], published=DAY)
    found = read_answer(data.decode("utf-8", "replace"), report, lexicon(), extract(report, lexicon()), model="m")
    for claim in found.claims:
        is_grounded(claim, report)
    for refused in found.refused:
        assert refused.why == REASONS[refused.code]
        assert refused.raw.isascii()
        assert refused.raw.isprintable()


def sidecar(data: bytes) -> None:
    """Any sidecar is read or refused."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(data)
        file.flush()
        read_sidecar(Path(file.name))


def is_grounded(claim: Claim, report: Report) -> None:
    start, end = claim.span
    assert 0 <= start < end <= len(report.text)
    assert report.text[start:end] == claim.text
    if claim.quantity_span is not None:
        first, last = claim.quantity_span
        assert start <= first < last <= end
        assert claim.quantity is not None
        assert claim.quantity.surface in (None, report.text[first:last])
    else:
        assert claim.quantity is None or (claim.extra is not None and claim.extra.quantity_implicit is True)


def texts() -> list[bytes]:
    return [text.encode() for text in TEXTS]


def answers() -> list[bytes]:
    item = {
        "quote": "The Afghan government set free at least 140 Taliban prisoners on Monday",
        "sentence": 2,
        "event_type": "done",
        "claimant": {"name": "Davud Amiri"},
        "actor": "AF_GOV",
        "object": "TALIBAN",
        "quantity": {"value": 140, "modality": "at_least"},
        "kind": "batch",
        "event_day": "on Monday",
        "definition": {"who": "combatants", "surface": "Taliban prisoners"},
    }
    more = item | {"quote": "It will free between 300 and 400 more by May 20", "claimant": {}, "deadline": "by May 20"}
    more["quantity"] = {"low": 300, "high": 400, "modality": "range"}
    whole = json.dumps({"claims": [item, more]})
    return [whole.encode(), f"```json\n{whole}\n```".encode(), b'{"claims": []}']


def sidecars() -> list[bytes]:
    about = {"published": DAY, "page_dates": [DAY, "2020-05-01"], "outlet": "The Globe", "agency": "AFP"}
    about |= {"language": "en", "conflict": "afghanistan-2020", "url": "https://globe.example/1"}
    return [json.dumps(about).encode(), b"{}"]
