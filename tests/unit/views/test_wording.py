"""The public words: which are chosen, and that the catalogue is whole."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterator
from datetime import date

import pytest

from quittance.agreement.journal import KINDS
from quittance.agreement.verdict import CLASS_OF, DISPUTES, Verdict
from quittance.casebook import Casebook
from quittance.views.entry import _WORDS
from quittance.views.sentence import Sentence
from quittance.views.troubles import troubles
from quittance.views.wording import (
    DISPUTE_WORDS,
    MESSAGES,
    STATUS_WORDS,
    condition_commitments,
    condition_words,
    status_words,
)
from quittance.visibility import OPERATOR

PLAIN = Verdict(
    id="x", status="due", disputed=(), low=0, high=0, verified=0, conceded=None, claimed=0, total=10, unit="persons",
    required=0, deadline=None, nominal_deadline=None, past_nominal_days=0, late_steps=0, blocked_by=(),
    blocked_by_doubtful=(), closed=False, done_on=None, readings={},
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "due"),
        ({"deadline": "2020-03-10"}, "due by 2020-03-10"),
        ({"status": "overdue", "deadline": "2020-03-10"}, "overdue since 2020-03-10"),
        ({"status": "overdue", "deadline": "2020-03-28", "required": 600}, "overdue: 600 were required by now"),
        ({"status": "blocked"}, "blocked"),
        (
            {"status": "blocked", "past_nominal_days": 30, "nominal_deadline": "2020-03-10"},
            "blocked, 30 days past its nominal date (2020-03-10)",
        ),
        (
            {"status": "blocked", "past_nominal_days": 1, "nominal_deadline": "2020-03-10"},
            "blocked, one day past its nominal date (2020-03-10)",
        ),
        ({"status": "fulfilled", "low": 10, "done_on": "2020-03-09"}, "fulfilled on 2020-03-09"),
        ({"status": "fulfilled_late", "low": 10, "done_on": "2020-03-12"}, "fulfilled late, on 2020-03-12"),
        (
            {"status": "fulfilled_late", "low": 9, "closed": True, "done_on": "2020-03-12"},
            "closed by the creditor on 2020-03-12, late",
        ),
        ({"optional": {"endeavour": "unmet"}, "deadline": "2020-08-27"}, "goal not met by 2020-08-27"),
        ({"optional": {"endeavour": "open"}, "deadline": "2020-08-27"}, "goal, open until 2020-08-27"),
        ({"status": "fulfilled", "optional": {"endeavour": "met"}}, "goal met"),
        ({"status": "breached"}, "breached"),
        ({"status": "not_owed"}, "not owed"),
    ],
)
def test_status_words(changes: dict[str, object], words: str) -> None:
    """The evaluator's word, with the day or the number that matters for it; a goal is never overdue."""
    assert str(status_words(dataclasses.replace(PLAIN, **changes), date(2020, 3, 20))) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "words", "commitments"),
    [
        ("complete:first", "completion of first", ("first",)),
        ("started:talks", "start of talks", ("talks",)),
        ("count:first>=1200", "1,200 of first", ("first",)),
        ("kept:quiet", "quiet being kept", ("quiet",)),
        ("event:cabinet-approved", "the event cabinet-approved", ()),
        ("finding:calm", "the finding calm", ()),
        ("any:complete:first|event:go", "one of: completion of first, the event go", ("first",)),
        ("suspended:pause", "the end of the suspension by pause", ()),
    ],
)
def test_conditions(label: str, words: str, commitments: tuple[str, ...]) -> None:
    """Every form of `blocked_by` has words, and names the commitments that it looks at."""
    assert str(condition_words(label)) == words
    assert condition_commitments(label) == commitments


def test_every_word_of_the_evaluator_has_words() -> None:
    """A new status, reason of dispute or kind of entry cannot be forgotten."""
    assert set(STATUS_WORDS) == set(CLASS_OF)
    assert set(DISPUTE_WORDS) == set(DISPUTES)
    assert set(_WORDS) == set(KINDS)


def sentences(value: object) -> Iterator[Sentence]:
    """Every sentence inside a view, those inside other sentences too."""
    if isinstance(value, Sentence):
        yield value
        yield from sentences(tuple(value.values.values()))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from sentences(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from sentences(one)


@pytest.mark.parametrize("day", ["2020-03-11", "2020-05-05", "2020-09-12"])
def test_the_catalogue_is_whole(afghanistan: Casebook, day: str) -> None:
    """Every sentence of every view stands in MESSAGES, its fields are those given, and none says true or false."""
    at = date.fromisoformat(day)
    status = afghanistan.status(OPERATOR, at)
    views = [
        status,
        afghanistan.timeline(OPERATOR, at),
        afghanistan.matrix(OPERATOR, at),
        afghanistan.brief(OPERATOR, at),
        *(afghanistan.commitment(OPERATOR, row.id, at) for row in status.rows),
        troubles(status.rows, status.rings),
    ]
    found = [sentence for view in views for sentence in sentences(view)]
    assert len(found) > 500
    for sentence in found:
        assert sentence.msgid in MESSAGES
        assert {name for _, name, _, _ in string.Formatter().parse(sentence.msgid) if name} == set(sentence.values)
        assert not {"true", "false"} & set(str(sentence).lower().split())


def test_messages_are_templates() -> None:
    """No message is given twice, and every one can be parsed as a template."""
    assert len(set(MESSAGES)) == len(MESSAGES)
    for message in MESSAGES:
        assert list(string.Formatter().parse(message))
