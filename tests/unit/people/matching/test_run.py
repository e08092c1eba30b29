"""Matching two small lists from beginning to end."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from tests.unit.people.matching.invented import PARTNERS, A, B

from quittance.errors import UsageError
from quittance.people.matching import ALERTS, Settings, match
from quittance.people.matching.run import duplicates
from quittance.people.model import FIELDS, ListEntry


def rows(matching, a, b):
    return [(a[one.a].pid, b[one.b].pid, one.score, one.probability, one.decision, one.rank, one.reasons)
            for one in matching.candidates]  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return match(A, B)


def test_each_entry_finds_its_partner_across_scripts(found):
    """The best candidate of each entry of B is the person of the same name in the other script."""
    best = {B[one.b].pid: A[one.a].pid for one in found.candidates if one.rank == 1}
    assert {b: best.get(b) for b in PARTNERS} == PARTNERS


def test_the_order_of_rows_does_not_matter(found):
    """Shuffled lists give the same candidates, to the last digit and in the same order."""
    a, b = list(A), list(B)
    random.Random(3).shuffle(a)
    random.Random(4).shuffle(b)
    assert rows(found, A, B) == rows(match(a, b), a, b)


def test_ids_are_no_evidence(found):
    """Other ids give the same scores and probabilities."""
    a = [replace(one, pid=f"x{len(A) - at:03}") for at, one in enumerate(A)]
    scores = {(one.a, one.b): (one.score, one.probability) for one in found.candidates}
    assert scores == {(one.a, one.b): (one.score, one.probability) for one in match(a, B).candidates}


def test_both_directions_give_the_same_scores(found):
    """The score of a pair is the same whichever list is called A."""
    there = {(one.a, one.b): one.score for one in found.candidates}
    back = {(one.b, one.a): one.score for one in match(B, A).candidates}
    both = there.keys() & back.keys()
    assert len(both) >= len(PARTNERS)
    assert {pair: there[pair] for pair in both} == {pair: back[pair] for pair in both}


def test_threads_do_not_change_the_result(found):
    """One thread and three give what two give."""
    for threads in (1, 3):
        assert rows(found, A, B) == rows(match(A, B, Settings(threads=threads)), A, B)


def test_hash_seed_does_not_change_the_result():
    """Two processes with different hash seeds write the same candidates."""
    code = (
        "from tests.unit.people.matching.invented import A, B\n"
        "from quittance.people.matching import match\n"
        "print([(c.a, c.b, c.score, c.probability, c.reasons) for c in match(A, B).candidates])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "77")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 100


def test_reasons_add_up_to_the_score(found):
    """The weights in the reasons sum to the score, and no reason holds a name."""
    for one in found.candidates:
        weights = [piece.split(":")[1] for piece in one.reasons.split(";") if not piece.startswith("alert:")]
        assert one.score == pytest.approx(sum(map(float, weights)), abs=5e-4)
        assert one.reasons.isascii()
        assert "Shekib" not in one.reasons


def test_candidates_of_one_entry_share_at_most_certainty(found):
    """The probabilities of the candidates of one b sum to at most 1, best first."""
    for _, group in groupby(found.candidates, key=lambda one: one.b):
        chances = [one.probability for one in group]
        assert sum(chances) <= 1
        assert chances == sorted(chances, reverse=True)


def test_missing_fields_weigh_nothing():
    """A field that one side leaves out is named as missing, with weight 0."""
    whole = match(A, B)
    without = match(A, [replace(one, father="", birth="", province="") for one in B])
    reasons = next(one.reasons for one in without.candidates if (A[one.a].pid, B[one.b].pid) == ("a1", "b1"))
    assert "birth:0:missing" in reasons
    assert "place:0:missing" in reasons
    assert "father:+" in next(one.reasons for one in whole.candidates if (A[one.a].pid, B[one.b].pid) == ("a1", "b1"))


def test_an_equal_number_alone_asks_for_people():
    """A number equal on names that have nothing in common is put before people, never confirmed in bulk."""
    a = [*A, ListEntry("a9", "Sultan Mirzad", id_no="ZZ-9")]
    b = [*B, ListEntry("b9", "گلالی", id_no="zz 9")]
    pair = next(one for one in match(a, b).candidates if (a[one.a].pid, b[one.b].pid) == ("a9", "b9"))
    assert pair.decision == "review"
    assert "number" in pair.alerts


def test_brothers_are_never_confirmed_in_bulk():
    """A brother (same father, family name and province, another given name) carries the alert `kin`."""
    b = [ListEntry("b1", "فرهاد شکیب", father="لطیف", province="کابل")]
    a = [one for one in A if one.pid != "a5"]
    best = match(a, b).candidates[0]
    assert a[best.a].pid == "a4"
    assert "kin" in best.alerts
    assert best.decision == "review"
    assert best.probability < 0.5


def test_one_partner_is_given_once():
    """With one-to-one no entry of either list stands in two rows, and every row has rank 1."""
    b = [*B, replace(B[0], pid="b7")]
    candidates = match(A, b, Settings(one_to_one=True)).candidates
    assert len({one.a for one in candidates}) == len({one.b for one in candidates}) == len(candidates) > 0
    assert {one.rank for one in candidates} == {1}


def test_no_entry_of_a_is_confirmed_twice():
    """Twins on B that fit one entry of A alike are a tie: neither is confirmed in bulk."""
    b = [*B, replace(B[0], pid="b7")]
    twins = [one for one in match(A, b).candidates if b[one.b].pid in ("b1", "b7") and one.rank == 1]
    assert ["tie" in one.alerts for one in twins] == [True, True]
    assert {one.decision for one in twins} == {"review"}


def test_two_rows_of_one_list_are_found_as_one_person():
    """A list against itself gives each pair once, and never for confirmation in bulk."""
    entries = [*A, replace(A[0], pid="a99", name="Zarnigar, Rahmat Ullah")]
    pairs = duplicates(entries).candidates
    assert {frozenset((entries[one.a].pid, entries[one.b].pid)) for one in pairs if one.probability > 0.5} == {
        frozenset(("a1", "a99"))
    }
    assert all(one.decision != "auto" and one.a != one.b for one in pairs)


def test_keys_find_what_comparing_all_finds():
    """Through keys the partners are the same, with the same scores."""
    every, keyed = match(A, B), match(A, B, Settings(exhaustive=1))
    scores = {(one.a, one.b): one.score for one in every.candidates}
    best = {(one.a, one.b) for one in keyed.candidates if one.rank == 1}
    assert {(A[a].pid, B[b].pid) for a, b in best} >= {(a, b) for b, a in PARTNERS.items()}
    assert all(scores[one.a, one.b] == one.score for one in keyed.candidates if (one.a, one.b) in scores)


@pytest.mark.parametrize(("a", "b"), [([], []), (A, []), ([], B), ([ListEntry("1", "")], [ListEntry("2", "12;;--")])])
def test_lists_without_names_give_nothing(a, b):
    """Empty lists and cells without a name give no candidates and no error."""
    assert match(a, b).candidates == ()


@pytest.mark.parametrize("wrong", [{"auto": 1.5}, {"review": -0.1}, {"auto": 0.2, "review": 0.5}, {"threads": 0}])
def test_settings_out_of_range_are_refused(wrong):
    """Thresholds that are no probabilities are refused with a stable code."""
    with pytest.raises(UsageError) as refused:
        Settings(**wrong)
    assert refused.value.code == "matching.settings"


def test_alerts_are_a_closed_list(found):
    """No candidate carries an alert that is not listed."""
    assert {alert for one in found.candidates for alert in one.alerts} <= set(ALERTS)


def test_entries_do_not_show_what_they_say():
    """`repr` of an entry shows the pid alone."""
    assert repr(A[0]) == "ListEntry(pid='a1', calendar='unknown')"
    assert FIELDS[0] == "pid"
    assert len(FIELDS) == 19


def test_results_can_be_written_as_json(found):
    """Scores and probabilities are plain numbers."""
    one = found.candidates[0]
    assert json.loads(json.dumps([one.score, one.probability])) == [one.score, one.probability]
    assert not isinstance(one.score, np.generic)
