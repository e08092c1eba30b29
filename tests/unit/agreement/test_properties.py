"""What holds of every evaluation, whatever the journal says.

60 examples of each property in the normal run, always the same; 3,000 others under QUITTANCE_THOROUGH=1.
"""

import os
import random
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.journals import journal_of, journals, moments, rich

from quittance.agreement.book import Book
from quittance.agreement.calendar import Clockwork
from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import Journal, moment_of
from quittance.agreement.persons import Tally, tally
from quittance.agreement.verdict import CLASS_OF
from quittance.dates import parse_moment

THOROUGH = os.environ.get("QUITTANCE_THOROUGH") == "1"
examples = settings(
    max_examples=3000 if THOROUGH else 60,
    derandomize=not THOROUGH,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    # A failing example is made small only in the thorough run: that takes minutes.
    phases=tuple(Phase) if THOROUGH else (Phase.explicit, Phase.generate),
)

DAY, INSTANT = rich("day"), rich("instant")
LATE = parse_moment("2025-01-25")
PARTIES = st.sampled_from([None, "a", "b"])
BY_DAY = given(journals(DAY), moments(DAY), st.one_of(st.just(LATE), st.none(), moments(DAY)), PARTIES)
BY_INSTANT = given(journals(INSTANT), moments(INSTANT), st.one_of(st.none(), st.just(LATE), moments(INSTANT)), PARTIES)
BADNESS = {"off": 0, "ok": 0, "open": 1, "blocked": 2, "late": 3}


def answer(agreement, journal, as_of, known_by=None, party=None):
    """What is said, key by key, without what merely counts the lines of the journal or points at them."""
    said = Evaluator(agreement, journal).at(as_of, known_by, party).as_json()
    found = {(one["id"], key): value for one in said["commitments"] for key, value in one.items()}
    return found | {key: said[key] for key in ("balances", "classification_disputes")}


def in_any_order(agreement, entries, as_of, known_by, party):
    journal = journal_of(agreement, entries)
    mixed = list(journal.entries)
    random.Random(len(mixed)).shuffle(mixed)
    straight = Evaluator(agreement, journal).at(as_of, known_by, party).as_json()
    shuffled = Evaluator(agreement, Journal(journal.header, mixed)).at(as_of, known_by, party).as_json()
    for verdict in (*straight["commitments"], *shuffled["commitments"]):
        verdict["evidence"].sort()
    assert {str(one) for one in straight.pop("warnings")} == {str(one) for one in shuffled.pop("warnings")}
    assert straight == shuffled


@examples
@BY_DAY
def test_the_order_of_the_file_changes_nothing(entries, as_of, known_by, party):
    """Every journal has an answer, and the same one in whatever order its entries are held."""
    in_any_order(DAY, entries, as_of, known_by, party)


@examples
@BY_INSTANT
def test_the_order_of_the_file_changes_nothing_by_the_instant(entries, as_of, known_by, party):
    """The same where hours count."""
    in_any_order(INSTANT, entries, as_of, known_by, party)


def contests(entry):
    """Whether an entry may contest one of `part`, whose rule lets a debtor's word stand: it is a finding about it."""
    return entry.kind == "deny" or (entry.kind == "total" and "part" in entry.of)


def without_the_rest(agreement, entries, as_of, known_by, party):
    clockwork = Clockwork(agreement.calendar)
    now, known = clockwork.span(as_of).last, clockwork.span(known_by or as_of).last

    def exists(entry):
        finding = entry.kind in ("attest", "retract") or contests(entry)
        happened = finding or clockwork.span(moment_of(entry.at)).first <= now
        return happened and clockwork.span(moment_of(entry.recorded)).first <= known

    journal = journal_of(agreement, entries)
    # That an unknown entry ties two others together (`same_as`) is left open: both sides keep such groups whole.
    kept = [entry for entry in journal if exists(entry)]
    gone = {entry.id for entry in journal if not exists(entry)}
    if any(getattr(entry, "same_as", None) in gone for entry in kept):
        return
    before = answer(agreement, journal, as_of, known_by, party)
    after = answer(agreement, Journal(journal.header, kept), as_of, known_by, party)
    different = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert {key: (before.get(key), after.get(key)) for key in different} == {}


@examples
@BY_DAY
def test_what_is_not_yet_known_or_has_not_yet_happened_changes_nothing(entries, as_of, known_by, party):
    """Entries known after known_by, or at after as_of (findings excepted), may as well not be there."""
    without_the_rest(DAY, entries, as_of, known_by, party)


@examples
@BY_INSTANT
def test_what_is_not_yet_known_changes_nothing_by_the_instant(entries, as_of, known_by, party):
    """The same where hours count."""
    without_the_rest(INSTANT, entries, as_of, known_by, party)


def labels_mean_something(agreement, entries, as_of, known_by, party):
    evaluation = Evaluator(agreement, journal_of(agreement, entries)).at(as_of, known_by, party)
    for verdict in evaluation.verdicts:
        commitment = agreement.commitment(verdict.id)
        counted = commitment.mode in ("achieve", "endeavour")
        assert bool(verdict.blocked_by) == (verdict.status == "blocked")
        assert set(verdict.blocked_by_doubtful) <= set(verdict.blocked_by)
        if verdict.status == "overdue" and counted:
            late = verdict.optional.get("persons_late")
            assert late if commitment.for_each is not None else verdict.low < verdict.required
        if verdict.class_ == "ok" and counted:
            assert verdict.closed or verdict.low >= verdict.total
        if commitment.mode == "endeavour":
            assert verdict.status not in ("overdue", "breached", "fulfilled_late")
        if counted:
            assert verdict.low <= verdict.high
            assert verdict.low >= verdict.verified or commitment.for_each is not None
        if verdict.past_nominal_days:
            assert verdict.status == "blocked"
        if verdict.done_on is not None:
            assert verdict.class_ == "ok"
        classes = {CLASS_OF[read.status] for read in verdict.readings.values()}
        assert ("terms" in verdict.disputed) == (len(classes) > 1)
        assert not {"facts", "unverified"} <= set(verdict.disputed)
        if verdict.class_ == "off":
            assert not {"facts", "unverified"} & set(verdict.disputed)


@examples
@BY_DAY
def test_labels_mean_what_they_say(entries, as_of, known_by, party):
    """Blocked names a condition, overdue names none and is short, fulfilled is full or closed, a goal is never late."""
    labels_mean_something(DAY, entries, as_of, known_by, party)


@examples
@BY_INSTANT
def test_labels_mean_what_they_say_by_the_instant(entries, as_of, known_by, party):
    """The same where hours count."""
    labels_mean_something(INSTANT, entries, as_of, known_by, party)


@examples
@given(journals(DAY, kinds=("perform", "perform", "attest", "event", "close")), moments(DAY), moments(DAY))
def test_outcomes_stand(entries, one, other):
    """What is done stays done on later days, where nothing is rejected, taken back, given up or chosen again.

    Left out: amounts that grow by themselves (accruals, agreed lists, a clock for each person), and levels.
    """
    entries = [entry | {"verdict": "verified"} if entry["kind"] == "attest" else entry for entry in entries]
    evaluator = Evaluator(DAY, journal_of(DAY, entries))
    first, then = evaluator.at(min(one, other), LATE), evaluator.at(max(one, other), LATE)
    for verdict in first.verdicts:
        commitment = DAY.commitment(verdict.id)
        amount = commitment.amount
        if commitment.for_each is not None or (amount is not None and (amount.accrues or amount.all_of)):
            continue
        if verdict.class_ == "ok" and commitment.mode != "maintain":
            assert then[verdict.id].class_ == "ok"
            assert then[verdict.id].done_on == verdict.done_on


HANDED = [
    one.id
    for one in DAY.commitments
    if one.mode == "achieve" and one.for_each is None and one.id != "part" and one.amount.from_level is None
]
"""Commitments of which the verifier's own word makes a handover verified; a level is not handed over."""


@examples
@given(journals(DAY), moments(DAY), moments(DAY), st.sampled_from(HANDED), st.integers(1, 4))
def test_one_more_verified_handover_never_worsens(entries, as_of, day, name, count):
    """One more handover, reported by the verifier, never makes the class of its own commitment worse.

    It may make others due: that is what conditions, prices and keeping pace are for. It must not be a second report of
    one that is counted already, and where several owe it names the one that acted.
    """
    as_of = max(as_of, day)
    more = {
        "id": "more",
        "at": str(day),
        "kind": "perform",
        "by": "w",
        "of": [name],
        "n": count,
        "party": DAY.commitment(name).by[0],
    }
    if DAY.commitment(name).joint is None:
        del more["party"]
    before = Evaluator(DAY, journal_of(DAY, entries)).at(as_of)[name]
    after = Evaluator(DAY, journal_of(DAY, [*entries, more])).at(as_of)[name]
    assert BADNESS[after.class_] <= BADNESS[before.class_]
    assert after.low >= before.low


@examples
@given(
    journals(DAY),
    st.lists(st.tuples(moments(DAY), st.one_of(st.none(), moments(DAY)), PARTIES), min_size=2, max_size=4),
)
def test_an_evaluator_may_be_asked_in_any_order(entries, asked):
    """One evaluator asked for many dates, forwards and backwards, says what fresh ones say."""
    journal = journal_of(DAY, entries)
    kept = Evaluator(DAY, journal)
    for as_of, known_by, party in asked:
        fresh = Evaluator(DAY, journal).at(as_of, known_by, party).as_json()
        assert kept.at(as_of, known_by, party).as_json() == fresh


@examples
@given(journals(INSTANT), st.lists(st.tuples(moments(INSTANT), moments(INSTANT), PARTIES), min_size=2, max_size=3))
def test_an_evaluator_may_be_asked_in_any_order_by_the_instant(entries, asked):
    """The same where hours count."""
    journal = journal_of(INSTANT, entries)
    kept = Evaluator(INSTANT, journal)
    for as_of, known_by, party in asked:
        fresh = Evaluator(INSTANT, journal).at(as_of, known_by, party).as_json()
        assert kept.at(as_of, known_by, party).as_json() == fresh


LISTS = ("list_give", "list_agree", "replace", "withhold", "choice", "person_state", "perform", "retract")


@examples
@given(journals(DAY, most=20, kinds=LISTS), moments(DAY), moments(DAY), st.sampled_from(["names", "spare"]))
def test_persons_add_up(entries, as_of, known_by, name):
    """Everybody who ever stood on a list is accounted for once."""
    clockwork = Clockwork(DAY.calendar)
    book = Book(DAY, journal_of(DAY, entries), clockwork)
    found = tally(DAY, book, name, clockwork.span(as_of).last, clockwork.span(known_by).last)
    parts = {one.name: getattr(found, one.name) for one in fields(Tally)}
    listed = parts.pop("listed")
    assert listed == sum(parts.values())
    assert all(number >= 0 for number in parts.values())


def test_persons_add_up_to_something():
    """One of each heading: nothing that adds up because nobody is there."""

    def entry(name, kind, **fields):
        return {"id": name, "at": "2025-01-03", "kind": kind, "by": "a", **fields}

    entries = [
        entry("l", "list_give", list="names", persons=[f"P-{number}" for number in range(1, 9)]),
        entry("p", "perform", of=["first"], persons=["P-1"]),
        entry("c", "choice", of=["first"], persons=["P-2"], choice="decline"),
        entry("s1", "person_state", persons=["P-3"], state="dead"),
        entry("s2", "person_state", persons=["P-4"], state="transferred"),
        entry("s3", "person_state", persons=["P-5"], state="not_held"),
        entry("r", "replace", list="names", persons=["P-6"], **{"with": ["P-9"]}),
        entry("w", "withhold", list="names", persons=["P-7"]),
    ]
    clockwork = Clockwork(DAY.calendar)
    tick = clockwork.span(LATE).last
    found = tally(DAY, Book(DAY, journal_of(DAY, entries), clockwork), "names", tick, tick)
    assert found == Tally(9, 1, 1, 1, 1, 1, 1, 1, remaining=2)


@pytest.mark.parametrize("agreement", [DAY, INSTANT], ids=["day", "instant"])
def test_an_empty_journal_has_an_answer(agreement):
    """Nothing said is an answer too: nothing is done, and something is late."""
    verdicts = Evaluator(agreement, journal_of(agreement, [])).at(parse_moment("2025-01-12")).verdicts
    assert {verdict.low for verdict in verdicts} <= {0, None}
    assert "overdue" in {verdict.status for verdict in verdicts}
