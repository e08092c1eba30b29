"""The walk: cap before owed before jointly, and no trust in any checker."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.selection.made import PEOPLE, RULES, SEED, as_csv, person, rules

from quittance.files.registers import read_register
from quittance.selection.checkers import CHECKERS, checker_for
from quittance.selection.checkers.exact import ExactChecker
from quittance.selection.checkers.flow import crossing
from quittance.selection.limits import Limit, Row, Seats, Sum, faults, seats_of
from quittance.selection.order import rank
from quittance.selection.reserve import substitute
from quittance.selection.rules import parse_rules
from quittance.selection.select import select_batch
from quittance.selection.walk import CheckerError, Refusal, Witness, walk


def seats(size, classes, bounds, sums=()):
    """Seats for people of these class tuples, in order of rank; bounds by (quota, class)."""
    signatures = sorted(set(classes))
    rows = []
    for place in range(len(signatures[0])):
        for name in sorted({one[place] for one in signatures}):
            members = tuple(at for at, one in enumerate(signatures) if one[place] == name)
            low, high = bounds.get((f"q{place}", name), (0, size))
            rows.append(Row(f"q{place}", name, low, high, members))
    sizes = tuple(classes.count(one) for one in signatures)
    return Seats(size, tuple(signatures), sizes, tuple(rows), sums, [signatures.index(one) for one in classes])


def legal(made, least):
    """Every legal vector of counts that keeps `least`, by trying all."""
    every = product(*(range(low, people + 1) for low, people in zip(least, made.sizes, strict=True)))
    return [counts for counts in every if not faults(made, least, counts)]


BOUNDS = st.tuples(st.integers(0, 2), st.integers(0, 3))
SEATS = st.builds(
    lambda size, classes, a, b, c, sum_: seats(
        size, classes,
        {("q0", "0"): a, ("q1", "1"): b, ("q2", "0"): c},
        (Sum("points", tuple(range(len(set(classes)))), sum_),) if sum_ < 6 else (),
    ),
    st.integers(1, 4),
    st.lists(st.tuples(*[st.sampled_from("01")] * 3), min_size=1, max_size=8),
    BOUNDS, BOUNDS, BOUNDS, st.integers(0, 12),
)  # fmt: skip


@settings(max_examples=300)
@given(SEATS, st.data())
def test_the_exact_checker_is_complete_and_right(made, data):
    """It finds a legal batch exactly when one exists, also with sums, whoever has been accepted."""
    accepted = [data.draw(st.integers(0, min(people, 1))) for people in made.sizes]
    adding = data.draw(st.one_of(st.none(), st.integers(0, len(made.sizes) - 1)))
    least = [count + (at == adding) for at, count in enumerate(accepted)]
    answer = ExactChecker().complete(made, accepted, adding)
    if isinstance(answer, Witness):
        assert faults(made, least, answer.counts) == []
    else:
        assert legal(made, least) == []


@settings(max_examples=200)
@given(st.lists(BOUNDS, min_size=1, max_size=3), st.lists(BOUNDS, min_size=1, max_size=3), st.integers(0, 5), st.data())
def test_two_quotas_are_a_flow(ones, others, size, data):
    """The flow exists exactly when counts by pair of classes exist, and keeps every bound."""
    people = {pair: data.draw(st.integers(0, 2)) for pair in product(range(len(ones)), range(len(others)))}
    found = crossing(ones, others, people, size)

    def keeps(counts):
        by_one = [sum(n for (a, _), n in counts.items() if a == at) for at in range(len(ones))]
        by_other = [sum(n for (_, b), n in counts.items() if b == at) for at in range(len(others))]
        pairs = [*zip(by_one, ones, strict=True), *zip(by_other, others, strict=True)]
        return sum(counts.values()) == size and all(low <= n <= high for n, (low, high) in pairs)

    if found is None:
        ways = product(*(range(count + 1) for count in people.values()))
        assert not any(keeps(dict(zip(people, way, strict=True))) for way in ways)
    else:
        assert keeps(found)
        assert all(0 <= found[pair] <= count for pair, count in people.items())


def test_signatures_that_share_their_classes_part_the_seats():
    """In a points-first batch signatures also differ by points; two quotas over them are still kept."""
    made = seats(3, [("a", "x")] * 2 + [("b", "x")] * 2, {("q0", "a"): (2, 2)})
    twice = Seats(
        3,
        tuple((*s, p) for s in made.signatures for p in "12"),
        (1, 1, 1, 1),
        tuple(
            Row(row.quota, row.class_, row.lo, row.hi, tuple(m for s in row.members for m in (2 * s, 2 * s + 1)))
            for row in made.rows
        ),
    )
    answer = ExactChecker().complete(twice, [0, 0, 0, 0], None)
    assert isinstance(answer, Witness)
    assert faults(twice, [0, 0, 0, 0], answer.counts) == []


def test_cap_names_every_upper_limit_that_is_reached():
    """A person at two full classes is refused by both, in canonical order."""
    made = seats(2, [("a", "x"), ("a", "x"), ("b", "y")], {("q0", "a"): (0, 1), ("q1", "x"): (0, 1)})
    found = walk(made, ExactChecker())
    assert (found.taken, found.passed_over[0].rank, found.passed_over[0].reason) == ((1, 3), 2, "cap")
    assert (Limit("q0", "a", "max", 1), Limit("q1", "x", "max", 1)) == found.passed_over[0].limits


def test_owed_names_every_unmet_minimum_of_its_quota():
    """When all remaining seats are owed to minima that the person does not serve, these minima are named."""
    made = seats(2, [("a",), ("b",), ("c",)], {("q0", "b"): (1, 2), ("q0", "c"): (1, 2)})
    found = walk(made, ExactChecker())
    assert (found.taken, found.passed_over[0].reason) == ((2, 3), "owed")
    assert (Limit("q0", "b", "min", 1), Limit("q0", "c", "min", 1)) == found.passed_over[0].limits


def test_who_is_refused_jointly_is_asked_about_once():
    """A signature refused stays refused, without another check."""
    classes = [("a", "x"), ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    made = seats(2, classes, {("q0", "b"): (1, 2), ("q1", "y"): (2, 2)})
    found = walk(made, ExactChecker())
    assert found.taken == (3, 5)
    joint = seats(3, [("a", "x", "0"), ("a", "x", "0"), ("b", "y", "0"), ("a", "y", "1"), ("b", "x", "1")],
                  {("q0", "b"): (2, 3), ("q1", "y"): (2, 3)})  # fmt: skip
    asked = []

    class Counting(ExactChecker):
        def complete(self, seats, accepted, adding):
            asked.append(adding)
            return super().complete(seats, accepted, adding)

    walked = walk(joint, Counting())
    reasons = [(one.rank, one.reason) for one in walked.passed_over]
    assert reasons == [(1, "jointly"), (2, "jointly")]
    assert asked.count(joint.signature_of[0]) == 1


class Lying:
    """A checker that answers whatever it is told to."""

    name = "lying"

    def __init__(self, answer):
        self.answer = answer

    def complete(self, seats, accepted, adding):
        return self.answer


PLAIN = seats(2, [("a",), ("b",), ("c",)], {("q0", "a"): (0, 1)})


@pytest.mark.parametrize(
    "answer",
    [
        Witness((1, 1, 1)), Witness((2, 0, 0)), Witness((1, 1)), Witness((0, -1, 3)), Witness((0, 0, 0)),
        Refusal((("q0", "a", 1),)), Refusal((("", "", 1),)), Refusal((("q9", "a", 1),)), Refusal((("q0", "a", 1),) * 2),
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_does_not_hold_is_an_error(answer):
    """A witness is added up again, and so is a certificate; a wrong one never takes or refuses anybody."""
    with pytest.raises(CheckerError) as error:
        walk(PLAIN, Lying(answer))
    assert (error.value.code, error.value.exit_code) == ("selection.checker", 2)


def test_a_witness_that_forgets_whom_was_taken_is_an_error():
    """What was accepted stays accepted."""
    made = seats(2, [("a",), ("b",), ("c",)], {("q0", "a"): (0, 1)})
    honest, forgetful = ExactChecker().complete(made, [0, 0, 0], None), Witness((0, 1, 1))

    class Forgetful(Lying):
        def complete(self, seats, accepted, adding):
            return honest if adding is None else forgetful

    assert walk(made, Forgetful(None)).taken == (1, 2) or honest.counts[0] == 0


@settings(max_examples=60)
@given(PEOPLE, RULES)
def test_every_checker_gives_the_same_batch(people, mapping):
    """The hash, the reasons and the limits do not depend on who answered."""
    parsed = parse_rules(mapping)
    register = read_register(as_csv(people).encode(), parsed)
    said = set()
    for name in CHECKERS:
        found = select_batch(register, parsed, seed=SEED, checker=name)
        passed = [(one.rank, one.reason, one.limits) for one in found.passed_over]
        said.add(str((found.batch_sha256, passed, found.conflict, found.reserve)))
    assert len(said) == 1


def test_a_search_that_is_too_long_is_an_error(monkeypatch):
    """Without a solver a register that is too large refuses nobody; the message says which extra helps."""
    monkeypatch.setattr("quittance.selection.checkers.exact.MOST_STEPS", 3)
    classes = [(str(n % 4), str(n % 3), str(n % 2)) for n in range(24)]
    with pytest.raises(CheckerError, match=r"quittance\[select\]") as error:
        ExactChecker().complete(seats(12, classes, {}), [0] * 12, None)
    assert error.value.code == "selection.solver_missing"


def test_small_registers_need_no_solver():
    """Few seats of few signatures are searched in plain Python; more by the LP."""
    few = seats(2, [("a",), ("b",)], {})
    many = seats(50, [(str(n),) for n in range(90)], {})
    assert (checker_for(few).name, checker_for(many).name) == ("exact", "lp+pool")


def test_a_substitute_keeps_every_limit():
    """The first unused person in order who may take the seat; None when the seat stays empty."""
    parsed = parse_rules(rules(size=2, quotas=[{"id": "prison", "by": "prison", "max": {"North": 1}}]))
    rows = [person(1), person(2), person(3, prison="South"), person(4, prison="South"), person(5)]
    ranking = rank(read_register(as_csv(rows).encode(), parsed), parsed, SEED)
    made = seats_of(ranking, 2)
    found = walk(made, ExactChecker())
    north = next(r for r in found.taken if ranking.pid(r) in {"R-001", "R-002", "R-005"})
    south = next(r for r in found.taken if r != north)
    others = [r for r in range(1, 6) if r not in found.taken]
    souths = [r for r in others if ranking.pid(r) in {"R-003", "R-004"}]
    assert others[0] == substitute(made, found.taken, north)
    assert souths[0] == substitute(made, found.taken, south)
    assert substitute(made, found.taken, south, used=souths) is None
