"""Every state of a small world: the evaluation against a machine that only counts, day after day."""

from functools import cache

from tests.oracle.small_world import states

from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import load_journal
from quittance.agreement.load import load_agreement


@cache
def agreement_of(text):
    """The world's agreement, loaded once."""
    return load_agreement(text.encode())


@cache
def evaluator_of(text, lines):
    """One history, opened once and asked for all its days."""
    return Evaluator(agreement_of(text), load_journal("\n".join(lines).encode()))


def test_every_state():
    """Three linked commitments, all histories of up to three handovers in six days, seen on seven: 9,310 states."""
    count = 0
    for text, lines, as_of, expected in states():
        answer = evaluator_of(text, tuple(lines)).at(as_of)
        for name, keys in expected.items():
            found = answer[name].as_json()
            wrong = {key: (value, found[key]) for key, value in keys.items() if found[key] != value}
            assert not wrong, (as_of, name, wrong, lines)
        count += 1
    assert count == 9310


def test_seen_from_the_last_day():
    """The same states, each seen from the end of the world: what happened later is known and must change nothing."""
    for text, lines, as_of, expected in states():
        if as_of.day == 4:
            last = as_of.replace(day=9)
            answer = evaluator_of(text, tuple(lines)).at(as_of, last)
            for name, keys in expected.items():
                found = answer[name].as_json()
                assert {key: found[key] for key in keys} == keys, (as_of, name, lines)
