"""The books of batches: a register taken in, a batch chosen, changed and closed, and what each step refuses."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
from tests.batched import NONCES, PEOPLE, REGISTER, RULES, SIGNERS, BatchedCase
from tests.listed import AGREEMENT, as_csv

from quittance.batchbook import Batchbook
from quittance.clearancebook import Clearancebook
from quittance.errors import DeniedError, QuittanceError, RefusedError, UsageError
from quittance.files.rows import RowsRefused
from quittance.handover.model import HandoverRefused
from quittance.handoverbook import Handoverbook
from quittance.rounds import hash_of, keeps_limits
from quittance.seedbook import Seedbook
from quittance.selection.limits import Row, Seats
from quittance.selection.seed import SeedRefused
from quittance.views.batch import LimitRef
from quittance.visibility import MEDICAL, NEUTRAL, OPERATOR, Viewer


@pytest.fixture
def case(tmp_path):
    """Everybody listed and in the register; no gate granted."""
    made = BatchedCase(tmp_path)
    yield made
    made.close()


@pytest.fixture
def cleared(case):
    """Every gate of everybody is yes."""
    case.clear_all()
    return case


@pytest.fixture
def under_way(cleared):
    """Batch 1 proposed."""
    cleared.propose("1")
    return cleared


def code_of(refused: pytest.ExceptionInfo[QuittanceError]) -> str:
    """The code of a refusal."""
    return refused.value.code


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("book", [Batchbook, Clearancebook, Seedbook, Handoverbook])
def test_every_use_case_asks_who_asks(case, book):
    """The first argument is the viewer, and a party, the public and the guarantor are refused with one message."""
    made = {
        Batchbook: case.batches,
        Clearancebook: case.batches.clearances,
        Seedbook: case.batches.seeds,
        Handoverbook: case.handovers,
    }[book]
    known = {"office": "medical", "by": "neutral", "codes": [], "rows": []}
    for name, method in inspect.getmembers(made, inspect.ismethod):
        if name.startswith("_"):
            continue
        parameters = list(inspect.signature(method).parameters.values())
        assert parameters[0].name == "viewer", name
        given = {one.name: known.get(one.name, "1") for one in parameters[1:] if one.default is one.empty}
        for viewer in (Viewer("public"), Viewer("holding_side", "a"), Viewer("guarantor"), Viewer("neutral", "a")):
            with pytest.raises(DeniedError) as refused:
                method(viewer, **given)
            assert "You may not see or do this" in refused.value.message


def test_only_the_medical_officer_says_who_is_fit(case):
    """Neither the operator nor the neutral may write his cells, and he may not write theirs."""
    seal = case.batches.clearances.seal
    for viewer, office in ((OPERATOR, "medical"), (NEUTRAL, "medical"), (OPERATOR, "neutral"), (MEDICAL, "neutral")):
        with pytest.raises(DeniedError):
            seal(viewer, office, (), case.casebook)
    for viewer, by in ((OPERATOR, "neutral"), (NEUTRAL, "medical"), (OPERATOR, "medical"), (MEDICAL, "neutral")):
        with pytest.raises(DeniedError):
            case.batches.drop(viewer, "1", "x", "declined", by)


# --- the register ----------------------------------------------------------------------------------------------------


def test_a_register_is_taken_whole_or_not_at_all(case):
    """A row that cannot be taken is reported by its number, and nothing of the table is kept."""
    before = case.batches.shelf.store.traits()
    rows = [
        ("1", "West", "well", "31"),
        ("99", "West", "well", "1"),
        ("2", "West", "ill", "old"),
        ("1", "W", "well", "3"),
    ]
    with pytest.raises(RowsRefused) as refused:
        case.batches.register(OPERATOR, as_csv(rows[:2] + rows[3:], REGISTER[0]))
    assert [(one.code, one.line) for one in refused.value.problems] == [("rows.nobody", 3), ("rows.repeated", 4)]
    with pytest.raises(RowsRefused) as refused:
        case.batches.register(OPERATOR, as_csv([rows[0], rows[2]], REGISTER[0]))
    assert {(one.code, one.line) for one in refused.value.problems} == {("rows.field", 3)}
    assert "ill" not in "".join(one.message for one in refused.value.problems)
    assert case.batches.shelf.store.traits() == before


def test_gates_are_not_taken_from_a_register(case):
    """A column of a gate and one that no rule declares are passed over, and said to be."""
    table = as_csv([("1", "West", "yes", "x")], ("pid", "held_at", "consent", "notes"))
    report = case.batches.register(OPERATOR, table)
    assert (report.changed, report.gates, report.passed_over) == (1, ("consent",), ("notes",))
    assert case.batches.shelf.store.traits()[case.of(1)[0]] == {"age": "30", "health": "well", "held_at": "West"}
    again = case.batches.register(OPERATOR, as_csv([("1", "West", "yes", "x")], ("pid", "held_at", "consent", "notes")))
    assert (again.changed, again.same) == (0, 1)


def test_a_register_by_code(case):
    """An entry may be named by its code, in small letters too."""
    code = case.codes(3)[0]
    assert case.batches.register(OPERATOR, as_csv([(code.lower(), "East")], ("code", "held_at"))).changed == 1


def test_a_person_without_a_field_stops_the_choice(case):
    """The register is frozen whole or not at all: whoever lacks where he is held is reported."""
    case.clear_all()
    case.batches.register(OPERATOR, as_csv([("1", "")], ("pid", "held_at")))
    with pytest.raises(QuittanceError) as refused:
        case.batches.seeds.request(OPERATOR, "1", case.casebook)
    assert code_of(refused) == "selection.register"
    assert case.batches.batches(NEUTRAL).lacking == ("traits",)


# --- clearances ------------------------------------------------------------------------------------------------------


def test_what_is_sealed_counts_once_it_is_in_the_record(case):
    """Drawn up and not recorded, a round changes nothing; recorded, it counts; a later one that is not, does not."""
    from quittance.clearancebook import SealRow

    handle, code = case.of(1)[0], case.codes(1)[0]

    def wish() -> str | None:
        found = case.batches.clearances.sealed(NEUTRAL).get(handle, {}).get("consent")
        return found.outcome if found else None

    first = case.batches.clearances.seal(NEUTRAL, "neutral", [SealRow(2, code, "consent", "granted")], case.casebook)
    assert wish() is None
    case.enter(first, "neutral-1")
    assert wish() == "granted"
    case.batches.clearances.seal(
        NEUTRAL, "neutral", [SealRow(2, code, "consent", "refused", "declined")], case.casebook
    )
    assert wish() == "granted"
    assert sum(len(one.commitments["cleared"]) for one in first) == len(PEOPLE)


def test_a_round_keeps_what_was_said_before(case):
    """A round that says something of one leaves what it said of the others, and commits to all anew."""
    case.clear_all()
    made = case.batches.clearances.sealed(NEUTRAL)
    case.seal("neutral", [(case.codes(1)[0], "consent", "declined")])
    now = case.batches.clearances.sealed(NEUTRAL)
    changed = {handle for handle in now if now[handle] != made[handle]}
    assert changed == set(case.of(1))


def test_wrong_rounds(case):
    """Somebody not listed, a gate of another office, a reason that the gate does not have: each by its row."""
    code = case.codes(1)[0]
    for row, found in (
        (("nobody", "consent", "affirmed"), "clearance.person"),
        ((code, "medical", "fit"), "clearance.gate"),
        ((code, "consent", "unfit"), "clearance.reason"),
    ):
        with pytest.raises(RowsRefused) as refused:
            case.seal("neutral", [row])
        assert [(one.code, one.line) for one in refused.value.problems] == [(found, 2)]
    with pytest.raises(RowsRefused):
        case.seal("neutral", [(code, "consent", "affirmed"), (code, "consent", "declined")])


def test_open_clearances(case):
    """They are drawn up for the side that grants them; a sealed gate is not, and a paper stays in the vault."""
    case.give("decree", "granted", case.codes(1, 2), document="Order 7 of 3 March")
    flags = case.batches.clearances.flags(NEUTRAL, case.of(1, 2, 3))
    assert [flags[one]["decree"] for one in case.of(1, 2, 3)] == [True, True, None]
    (entry,) = (one for one in case.casebook.record_entries(OPERATOR, [case.casebook.head(OPERATOR).size - 1]))
    assert "Order 7" not in str(entry)
    for gate, code in (("consent", "clearance.sealed"), ("listed", "clearance.sealed"), ("none", "clearance.gate")):
        with pytest.raises(UsageError) as refused:
            case.give(gate, "granted", case.codes(1))
        assert code_of(refused) == code


# --- the seed --------------------------------------------------------------------------------------------------------


def test_the_seed_is_the_parties(cleared):
    """It is derived from everybody's number, whatever the order; nobody is left out in haste."""
    seeds = cleared.batches.seeds
    cleared.enter(seeds.request(OPERATOR, "1", cleared.casebook), "operator")
    with pytest.raises(SeedRefused) as refused:
        cleared.batches.propose(OPERATOR, "1", cleared.casebook)
    assert code_of(refused) == "seed.waiting"
    assert set(seeds.show(NEUTRAL, "1").waiting) == {"a", "b", "neutral"}
    for name in ("holding", "receiving"):
        cleared.enter(seeds.commit(OPERATOR, "1", SIGNERS[name], NONCES[name], cleared.casebook), name)
    with pytest.raises(SeedRefused) as refused:
        seeds.reveal(OPERATOR, "1", SIGNERS["holding"], b"x" * 32, cleared.casebook)
    assert code_of(refused) == "seed.wrong_reveal"
    with pytest.raises(SeedRefused) as refused:
        seeds.reveal(OPERATOR, "1", SIGNERS["neutral-1"], b"x" * 32, cleared.casebook)
    assert code_of(refused) == "seed.no_commit"
    cleared.enter(seeds.reveal(OPERATOR, "1", SIGNERS["holding"], NONCES["holding"], cleared.casebook), "holding")
    with pytest.raises(SeedRefused):
        seeds.settled(OPERATOR, "1", without=("neutral",))
    assert seeds.settled(OPERATOR, "1", without=("neutral", "b")).defaults == ("b",)
    found = cleared.batches.propose(OPERATOR, "1", cleared.casebook, without=("neutral", "b"))
    cleared.enter(found.statement, "operator")
    assert seeds.show(NEUTRAL, "1").seed == found.selection["seed"]


def test_the_register_is_frozen_with_the_request(cleared):
    """What changes afterwards changes nothing in the choice; the same batch cannot be requested twice."""
    cleared.draw("1")
    with pytest.raises(RefusedError) as refused:
        cleared.batches.seeds.request(OPERATOR, "1", cleared.casebook)
    assert code_of(refused) == "batch.frozen"
    before = cleared.batches.drafts.chosen("1").selection.snapshot_sha256
    cleared.batches.register(OPERATOR, as_csv([("10", "North", "grave", "99")], REGISTER[0]))
    found = cleared.batches.propose(OPERATOR, "1", cleared.casebook)
    assert found.statement.body["snapshot_sha256"] == before


def test_rules_with_a_drawn_seed_need_one(cleared):
    """Nothing is proposed without."""
    with pytest.raises(RefusedError) as refused:
        cleared.batches.propose(OPERATOR, "1", cleared.casebook)
    assert code_of(refused) == "batch.unseeded"


# --- batches ---------------------------------------------------------------------------------------------------------


def test_who_is_in_follows_from_the_rules(under_way):
    """The elderly and the sick first, by points, no more than two of the South; the rest is explained."""
    view = under_way.batches.batch(NEUTRAL, "1")
    found = {one.code: one for one in view.candidates}
    going = [found[code].rank for code in under_way.codes(2, 5, 3, 9)]
    assert all(found[code].standing == "going" for code in under_way.codes(2, 5, 3, 9))
    assert sorted(going) == [1, 2, 4, 5]
    (cap,) = (found[code] for code in under_way.codes(4))
    assert (cap.reason, cap.limits) == ("cap", (LimitRef("prison", "South", "max", 2),))
    assert under_way.batches.explain(NEUTRAL, "1", cap.code)["reason"] == "cap"
    assert (view.feasible, view.step) == (True, "proposed")
    assert len(view.candidates) == len(PEOPLE)


def test_explanations_for_a_side(under_way):
    """The side whose list it is asks of all its people, the holder of those on the manifest, the public of nobody."""
    outsider, insider = under_way.codes(10)[0], under_way.codes(2)[0]
    assert under_way.batches.explain(NEUTRAL, "1", outsider, "b")["reason"] == "order"
    assert under_way.batches.explain(NEUTRAL, "1", insider, "a")["in_batch"] is True
    for code, audience in ((outsider, "a"), (insider, "public")):
        with pytest.raises(DeniedError):
            under_way.batches.explain(NEUTRAL, "1", code, audience)


def test_a_larger_draft_and_a_loosened_limit(under_way):
    """They start from the same register and seed, and keep nothing."""
    larger = under_way.batches.draft(NEUTRAL, batch="1", size=5)
    assert (larger.size, larger.step, larger.seed) == (5, "draft", under_way.batches.batch(NEUTRAL, "1").seed)
    loose = under_way.batches.draft(NEUTRAL, batch="1", loosen=LimitRef("prison", "South", "max", 3))
    taken = {one.code for one in loose.candidates if one.reason == "in"}
    assert set(under_way.codes(2, 4, 5)) <= taken
    tight = under_way.batches.draft(NEUTRAL, batch="1", loosen=LimitRef("prison", "South", "max", 0))
    assert {one.code for one in tight.candidates if one.reason == "in"}.isdisjoint(under_way.codes(2, 4, 5))
    south = next(one for one in larger.limits if one.class_ == "South")
    assert (south.binding, (south.price or 0) > 0) == ("max", True)
    assert all(one.price is None for one in under_way.batches.batch(NEUTRAL, "1").limits)


def test_nobody_goes_in_two_batches(under_way):
    """Whoever is on an open manifest is not in the next register; afterwards, who was handed over is not either."""
    under_way.draw("2")
    second = under_way.batches.drafts.chosen("2")
    assert not set(second.handles.values()) & set(under_way.of(2, 5, 3, 9))
    assert len(second.handles) == len(PEOPLE) - 4


def test_an_infeasible_size(cleared):
    """What cannot hold together is said; nothing is proposed."""
    cleared.enter(cleared.batches.seeds.request(OPERATOR, "1", cleared.casebook, size=9), "operator")
    for name, nonce in NONCES.items():
        cleared.enter(cleared.batches.seeds.commit(OPERATOR, "1", SIGNERS[name], nonce, cleared.casebook), name)
    for name, nonce in NONCES.items():
        cleared.enter(cleared.batches.seeds.reveal(OPERATOR, "1", SIGNERS[name], nonce, cleared.casebook), name)
    with pytest.raises(RefusedError) as refused:
        cleared.batches.propose(OPERATOR, "1", cleared.casebook)
    assert code_of(refused) == "batch.infeasible"
    assert refused.value.problems


def test_confirmation_waits_for_every_clearance(under_way):
    """Somebody on the manifest who is not available any more keeps the batch from being cleared."""
    under_way.seal("neutral", [(under_way.codes(2)[0], "consent", "declined")])
    with pytest.raises(HandoverRefused) as refused:
        under_way.batches.confirm(OPERATOR, "1", under_way.casebook)
    assert code_of(refused) == "handover.not_cleared"
    assert "declined" not in refused.value.message


def test_a_round_puts_the_first_in_order_in(under_way):
    """The seat goes to the first with whom every limit holds; the reason is folded; the old hash is named."""
    before = under_way.batches.batch(NEUTRAL, "1")
    under_way.batches.drop(NEUTRAL, "1", under_way.codes(2)[0], "declined")
    made = under_way.batches.change(OPERATOR, "1", under_way.casebook)
    assert made.out == tuple(under_way.of(2))
    assert made.into == tuple(under_way.of(4))
    assert made.statement.body["skipped"] == ["not_available"]
    assert made.statement.body["before_sha256"] == before.batch_sha256
    under_way.enter(made.statement, "operator")
    after = under_way.batches.batch(NEUTRAL, "1")
    assert after.batch_sha256 == made.statement.body["batch_sha256"] != before.batch_sha256
    assert [one.reasons for one in after.rounds] == [(("not_available", 1),)]
    standing = {one.code: one.standing for one in after.candidates}
    assert (standing[under_way.codes(2)[0]], standing[under_way.codes(4)[0]]) == ("out", "pulled")


def test_a_seat_that_nobody_may_take_stays_empty(under_way):
    """Where everybody else is not available, the batch is short, and the next round leaves it so."""
    others = under_way.codes(1, 4, 6, 7, 8, 10)
    under_way.seal("neutral", [(code, "consent", "declined") for code in others])
    under_way.batches.drop(OPERATOR, "1", under_way.codes(2)[0], "legal_order_missing", "operator")
    made = under_way.batches.change(OPERATOR, "1", under_way.casebook)
    assert (made.into, made.short, made.statement.body["skipped"]) == ((), 1, ["legal_order_missing"])


def test_a_drop_out_can_be_taken_back_before_the_round(under_way):
    """An empty reason: the round changes nothing, and is recorded all the same."""
    code = under_way.codes(2)[0]
    under_way.batches.drop(NEUTRAL, "1", code, "deferred")
    under_way.batches.drop(NEUTRAL, "1", code, "")
    made = under_way.batches.change(OPERATOR, "1", under_way.casebook)
    assert (made.out, made.into, made.round) == ((), (), 1)
    under_way.enter(made.statement, "operator")
    assert under_way.batches.change(OPERATOR, "1", under_way.casebook).round == 2


@pytest.mark.parametrize(
    ("code", "reason", "by", "found"),
    [
        ("nobody", "declined", "neutral", "batch.not_on"),
        ("2", "unwilling", "neutral", "batch.reason"),
        ("2", "declined", "operator", "batch.reason"),
        ("10", "declined", "neutral", "batch.not_on"),
    ],
)
def test_drop_outs_that_cannot_be(under_way, code, reason, by, found):
    """Somebody not on the manifest, a reason that there is not, a secret reason by a side."""
    name = under_way.codes(code)[0] if code.isdecimal() else code
    with pytest.raises(UsageError) as refused:
        under_way.batches.drop(OPERATOR if by == "operator" else NEUTRAL, "1", name, reason, by)
    assert code_of(refused) == found


def test_nobody_is_handed_over_who_declines_at_the_door(under_way):
    """At once, before any round: the neutral is told, and whoever else goes may go."""
    under_way.confirm("1")
    under_way.batches.drop(NEUTRAL, "1", under_way.codes(2)[0], "declined")
    with pytest.raises(HandoverRefused) as refused:
        under_way.observe("1")
    assert code_of(refused) == "handover.not_affirmed"
    drawn = under_way.handovers.observe(NEUTRAL, "1", under_way.casebook, place="PL-1", codes=under_way.codes(3, 5, 9))
    under_way.enter(drawn, "neutral-1")
    (line,) = under_way.handovers.status(NEUTRAL)
    assert (line.count, line.grade, {one.state for one in line.persons}) == (3, "recorded", {"in_handover"})


def test_a_denied_person_is_not_released(under_way):
    """The receiving side denies one: the others are released, and the sums say so to everybody."""
    under_way.confirm("1")
    sid = under_way.observe("1")
    denied = under_way.codes(2)
    drawn = under_way.handovers.deny(OPERATOR, sid, "b", denied, "not_received", under_way.casebook)
    under_way.enter(drawn, "receiving")
    under_way.answer(sid, "b", "a")
    (line,) = under_way.handovers.status(NEUTRAL, "1")
    states = {one.code: one.state for one in line.persons}
    assert states[denied[0]] == "denied"
    assert list(states.values()).count("released") == 3
    for sums in under_way.batches.sums(NEUTRAL).lists:
        assert sums.closes
    with pytest.raises(UsageError):
        under_way.handovers.deny(OPERATOR, sid, "icrc", denied, "not_received", under_way.casebook)
    with pytest.raises(UsageError):
        under_way.handovers.answer(OPERATOR, "77", "a", under_way.casebook)


def test_an_outcome_takes_somebody_out_of_the_next_register(cleared):
    """Whoever died is in no register any more, and in the sums as that."""
    drawn = cleared.handovers.outcome(OPERATOR, cleared.codes(1), "died", "holding", cleared.casebook)
    cleared.enter(drawn, "holding")
    assert cleared.of(1)[0] not in cleared.batches.drafts.rows("b/asked", cleared.batches.rules(NEUTRAL))
    lines = {one.outcome: one.n for one in cleared.batches.sums(NEUTRAL).lists[0].lines}
    assert (lines["died"], sum(n or 0 for n in lines.values())) == (1, len(PEOPLE))


def test_one_person_listed_twice_goes_once(cleared):
    """Of two entries that reviewers have found to be one person, one is in the register; after a release neither."""

    def rows() -> set[str]:
        return set(cleared.batches.drafts.rows("b/asked", cleared.batches.rules(NEUTRAL)))

    pair = cleared.of(1, 10)
    cleared.judge((pair[0], pair[1]), "same", "neutral-1", "neutral-2")
    assert len(rows()) == len(PEOPLE) - 1
    assert len(rows() & set(pair)) == 1
    for one in pair:
        code = next(code for code, handle in zip(cleared.codes(1, 10), pair, strict=True) if handle == one)
        drawn = cleared.handovers.outcome(OPERATOR, [code], "already_released", "holding", cleared.casebook)
        cleared.enter(drawn, "holding")
        assert not rows() & set(pair)


def test_a_round_at_the_door(under_way):
    """Over those still to go with a batch, all of them; it counts like one over the list."""
    code = under_way.codes(2)[0]
    under_way.seal("neutral", [(code, "consent", "declined")], batch="1")
    last = under_way.casebook.head(OPERATOR).size - 1
    under_way.batches.shelf.log.follow()
    assert under_way.batches.shelf.proceedings.sealings[-1].handles == tuple(sorted(under_way.of(2, 3, 5, 9)))
    assert under_way.batches.shelf.proceedings.sealings[-1].indexes == (last,)
    flags = under_way.batches.clearances.flags(NEUTRAL, under_way.of(2, 3))
    assert [flags[one]["medical"] for one in under_way.of(2, 3)] == [None, True]
    with pytest.raises(RowsRefused):
        under_way.seal("neutral", [(under_way.codes(10)[0], "consent", "declined")], batch="1")


def test_a_closed_batch_ends(under_way):
    """Nothing is changed in it and nobody goes; whoever was still to go may go with another."""
    under_way.confirm("1")
    under_way.enter(under_way.batches.close(OPERATOR, "1", under_way.casebook), "neutral-1")
    for act in (under_way.batches.change, under_way.batches.close, under_way.batches.confirm):
        with pytest.raises(HandoverRefused):
            act(OPERATOR, "1", under_way.casebook)
    assert len(under_way.batches.drafts.rows("b/asked", under_way.batches.rules(NEUTRAL))) == len(PEOPLE)


def test_an_erased_person_leaves_with_the_next_round(under_way):
    """Nothing of the person is left; the batch goes on, and says that it cannot be computed again."""
    code, handle = under_way.codes(2)[0], under_way.of(2)[0]
    done = under_way.book.erase(OPERATOR, code, under_way.casebook, sign=False)
    under_way.enter(done.statement, "operator", "protection")
    made = under_way.batches.change(OPERATOR, "1", under_way.casebook)
    assert made.out == (handle,)
    under_way.enter(made.statement, "operator")
    assert "erased" in under_way.batches.batch(NEUTRAL, "1").warnings
    with pytest.raises(RefusedError) as refused:
        under_way.batches.explain(NEUTRAL, "1", under_way.codes(3)[0])
    assert code_of(refused) == "batch.erased"
    assert under_way.batches.sums(NEUTRAL).lists


def test_outside_the_ratio(tmp_path):
    """The gravely ill go without number or rank, with the gates of their class, in a batch of their own."""
    line = b"{id: gc3-109, when: {field: health, at_least: grave}, gates: [medical, consent]}"
    rules = RULES.replace(b"  tiers:", b"  outside_ratio:\n    - " + line + b"\n  tiers:")
    case = BatchedCase(tmp_path, AGREEMENT + rules)
    case.batches.register(OPERATOR, as_csv([("1", "North", "grave", "30")], REGISTER[0]))
    case.seal("neutral", [(code, "consent", "affirmed") for code in case.everybody])
    case.seal("medical", [(code, "medical", "fit") for code in case.everybody])
    found = case.batches.propose(OPERATOR, "1", case.casebook, outside=True)
    assert found.statement.body["count"] == 1
    assert found.statement.commitments["person"] == tuple(case.of(1))
    case.enter(found.statement, "operator")
    case.confirm("1")
    case.answer(case.observe("1"), "a", "b")
    assert case.handovers.status(NEUTRAL)[0].grade == "joint"
    assert case.batches.change(OPERATOR, "1", case.casebook).into == ()
    case.close()


def test_the_hash_of_a_batch_that_did_not_change(under_way):
    """It is that of the proposal."""
    chosen = under_way.batches.drafts.chosen("1")
    batch = under_way.batches.shelf.batch("1")
    assert hash_of(chosen, batch.manifest) == batch.batch_sha256 == chosen.selection.batch_sha256
    assert hash_of(chosen, batch.manifest[1:]) != batch.batch_sha256


def test_which_manifests_keep_the_limits():
    """A maximum is never exceeded; a minimum may lack what seats stay empty, over all classes of its quota together."""
    rows = (Row("p", "N", 1, 2, (0,)), Row("p", "S", 1, 2, (1,)))
    seats = Seats(3, (("N",), ("S",)), (4, 4), rows, (), (0, 0, 0, 0, 1, 1, 1, 1))
    assert keeps_limits(seats, (1, 2, 5))
    assert not keeps_limits(seats, (1, 2, 3))
    assert keeps_limits(seats, (1, 2))
    assert keeps_limits(seats, (1,))
    assert not keeps_limits(replace(seats, size=2), (1, 2))
    assert not keeps_limits(seats, (1, 2, 5, 6))


def test_names_are_for_who_may_read_them(under_way):
    """The neutral, by code; not the operator."""
    code = under_way.codes(2)[0]
    assert under_way.batches.names(NEUTRAL, [code]) == {code: PEOPLE[1][1]}
    with pytest.raises(DeniedError):
        under_way.batches.names(OPERATOR, [code])


def test_a_batch_of_another_program_is_shown(cleared):
    """One that was drawn up without the vault has its manifest and nothing else."""
    handles = tuple(sorted(cleared.of(1, 2)))
    body = {"batch": "old", "count": 2, "rules_sha256": "0" * 64, "list": "asked", "from": "a", "to": "b"}
    drawn = cleared.casebook.draft(OPERATOR, "batch.proposed", body, commitments={"person": handles})
    cleared.enter(drawn, "operator")
    view = cleared.batches.batch(NEUTRAL, "old")
    assert {one.code for one in view.candidates} == set(cleared.codes(1, 2))
    assert (view.funnel, view.method) == ((), "")
