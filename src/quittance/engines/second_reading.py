"""A second reading of reports by a model: what of it holds, what was refused and why, and where it differs.

What is done goes on where one report fails. Nothing is stored in a case; all of it is for the review desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from quittance.claims.lexicon import Lexicon
from quittance.claims.model import Claim, Report
from quittance.claims.reader_differences import Merged, merge
from quittance.claims.reader_question import instruction_hash, questions
from quittance.claims.second_reader import Refused, read_answer
from quittance.engines.reader_http import ReaderError

FAILURES = 3
"""After so many reports in a row that could not be asked about, the rest are not tried."""

AT_ONCE = ("reader.redirect", "reader.refused", "reader.key_echoed")
"""What another report would meet too: nothing more is sent."""


class Second(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one report: claims that hold, what was refused, and both readings beside each other."""

    doc: str
    claims: tuple[Claim, ...]
    refused: tuple[Refused, ...]
    merged: Merged
    asked: bool = True


def read_again(
    reports: Iterable[Report],
    first: Mapping[str, Sequence[Claim]],
    lexicon_of: Callable[[Report], Lexicon],
    ask: Callable[[str], str],
    *,
    model: str,
) -> Iterator[Second]:
    """Ask about each report and hold the answers against it; `first` are the program's claims by report.

    A question that gets no answer is refused with the code of the `ReaderError`; after `FAILURES` reports in a row
    without any, or one of the errors in `AT_ONCE`, the others are refused unasked.
    """
    failures, ended = 0, ""
    for report in reports:
        lexicon, mine = lexicon_of(report), first.get(report.doc, ())
        claims: list[Claim] = []
        refused: list[Refused] = []
        answered = False
        asked = not ended
        for question in questions(report, lexicon):
            if ended:
                refused.append(_unasked(report, model, ended, "Not asked, because the model failed before."))
                break
            try:
                answer = ask(question)
            except ReaderError as error:
                refused.append(_unasked(report, model, error.code, error.message))
                if error.code in AT_ONCE:
                    ended = error.code
                continue
            answered = True
            found = read_answer(answer, report, lexicon, mine, model=model, start=len(claims) + 1)
            claims += found.claims
            refused += found.refused
        failures = 0 if answered or not refused else failures + 1
        if failures >= FAILURES and not ended:
            ended = refused[-1].code
        yield Second(
            doc=report.doc, claims=tuple(claims), refused=tuple(refused), merged=merge(mine, claims), asked=asked
        )


def _unasked(report: Report, model: str, code: str, why: str) -> Refused:
    return Refused(
        doc=report.doc,
        item=None,
        code=code,
        why=why,
        raw="",
        model=model,
        instruction_hash=instruction_hash(),
        answer_hash="",
    )
