"""The second pass: what earlier claims decide, and that they decide nothing else."""

from __future__ import annotations

import random
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.claims import series
from quittance.claims.model import Claim, Claimant, Definition, EventType, Extra, Extractor, Kind, Modality, Quantity
from quittance.claims.promises import Known, Promise
from quittance.claims.series import TIE, settle

WEAK = "done.verb+actor.mention+kind.perfect+kind.default"
STRONG = "done.verb+actor.mention+kind.so_far"
ACTOR = "done.verb+actor.default+kind.so_far"
OBJECTS = {"NORTH": "SOUTH", "SOUTH": "NORTH"}
PROMISED = [
    Promise(actor="NORTH", value=1500, instrument="decree"),
    Promise(actor="SOUTH", value=200, instrument="deal"),
]


def claim(
    name: str,
    published: str | None,
    value: int,
    kind: Kind,
    *,
    rule: str = STRONG,
    actor: str = "NORTH",
    event: EventType = "done",
    modality: Modality = "exact",
    happened: str | None = None,
    note: str | None = None,
    definition: Definition | None = None,
) -> Claim:
    """A claim of a report; `name` is document#number."""
    quantity = Quantity(value=value, low=value, high=value if modality == "exact" else None, modality=modality)
    return Claim(
        id=name,
        doc=name.partition("#")[0],
        event_type=event,
        claimant=Claimant(key="X"),
        published=published,
        actor=actor,
        object=OBJECTS.get(actor, "OTHER"),
        quantity=quantity,
        kind=kind,
        event_date=happened,
        definition=definition,
        extractor=Extractor(name="quittance", version="1", rule=rule),
        extra=Extra(note=note) if note else None,
        span=(0, 1),
        text="x",
        quantity_span=(0, 1),
    )


def settled(claims: list[Claim], promises: list[Promise] | None = None) -> dict[str, Claim]:
    return {each.id: each for each in settle(claims, PROMISED if promises is None else promises)}


TOTAL = claim("a#1", "2020-05-03", 748, "cumulative")
BATCH = claim("b#1", "2020-05-05", 102, "batch", happened="2020-05-04")
PRINTED = claim("b#2", "2020-05-05", 850, "batch", rule=WEAK, modality="more_than")


def test_a_total_and_the_batch_since_make_the_next_total() -> None:
    """748 and then 102: "over 850" is the running total, with the sum in the note and the rule in the trace."""
    found = settled([TOTAL, BATCH, PRINTED])["b#2"]
    assert (found.kind, found.actor, found.kind_basis) == ("cumulative", "NORTH", "series")
    assert found.extra is not None
    assert found.extra.note == "748 + 102 = 850"
    assert found.extractor is not None
    assert found.extractor.rule == f"{WEAK}+series.cumulative"


_CASES = (
    *("alone", "no total", "no batch", "other side", "later report", "same report", "batch inside", "weak", "undated"),
    "others counted",
)


@pytest.mark.parametrize(
    "claims",
    [
        [PRINTED],
        [BATCH, PRINTED],
        [TOTAL, PRINTED],
        [claim("a#1", "2020-05-03", 748, "cumulative", actor="SOUTH"), BATCH, PRINTED],
        [claim("a#1", "2020-05-06", 748, "cumulative"), BATCH, PRINTED],
        [claim("b#3", "2020-05-05", 748, "cumulative", happened="2020-05-03"), BATCH, PRINTED],
        [TOTAL, claim("b#1", "2020-05-05", 102, "batch", happened="2020-05-03"), PRINTED],
        [claim("a#1", "2020-05-03", 748, "cumulative", rule=WEAK), BATCH, PRINTED],
        [claim("a#1", None, 748, "cumulative"), BATCH, PRINTED],
        [
            claim("a#1", "2020-05-03", 748, "cumulative", definition=Definition(who="civilians")),
            BATCH,
            PRINTED,
        ],
    ],
    ids=_CASES,
)
def test_without_the_sum_nothing_changes(claims: list[Claim]) -> None:
    """Missing, later, weak or foreign operands leave the sentence reading, byte for byte."""
    assert settle(claims, PROMISED) == claims


def test_a_sentence_with_a_cue_is_never_changed() -> None:
    """Only what the sentence left open is decided."""
    printed = msgspec.structs.replace(PRINTED, extractor=Extractor(name="quittance", version="1", rule=STRONG))
    assert settled([TOTAL, BATCH, printed])["b#2"] == printed


def test_a_reviewed_kind_is_never_changed() -> None:
    """What a reviewer decided stays."""
    printed = msgspec.structs.replace(PRINTED, kind_basis="review")
    assert settled([TOTAL, BATCH, printed])["b#2"] == printed


def test_a_repeated_total_is_a_total() -> None:
    """A number that another report gives as the total, and that is more than any batch, is the total."""
    again = claim("c#1", "2020-05-04", 748, "batch", rule=WEAK)
    known = claim("b#1", "2020-05-02", 98, "batch")
    found = settled([TOTAL, known, again])["c#1"]
    assert (found.kind, found.kind_basis) == ("cumulative", "series")
    assert found.extra is not None
    assert found.extra.note == "748 is the total of 2020-05-03 (a#1)"
    assert settled([TOTAL, again])["c#1"] == again  # it might be the first batch


def test_a_batch_told_by_another_report_is_a_batch() -> None:
    """The number of another report's batch of that day or the day before is that batch, where the total is more."""
    told = claim("c#1", "2020-05-05", 102, "cumulative", rule=WEAK)
    assert settled([TOTAL, BATCH, told])["c#1"].kind == "batch"
    assert settled([BATCH, told])["c#1"] == told
    far = claim("c#1", "2020-05-25", 102, "cumulative", rule=WEAK)
    assert settled([BATCH, far])["c#1"] == far


def test_the_difference_of_two_totals_is_a_batch() -> None:
    """850 - 748 = 102."""
    later = claim("d#1", "2020-05-05", 850, "cumulative")
    between = claim("e#1", "2020-05-06", 102, "cumulative", rule=WEAK)
    found = settled([TOTAL, later, between])["e#1"]
    assert found.kind == "batch"
    assert found.extra is not None
    assert found.extra.note == "850 - 748 = 102"


def test_a_total_does_not_fall() -> None:
    """A number far below the known total is a batch; one a little below stays: somebody else may count."""
    small = claim("c#1", "2020-05-04", 90, "cumulative", rule=WEAK)
    known = claim("a#2", "2020-05-01", 80, "batch")
    assert settled([TOTAL, known, small])["c#1"].kind == "batch"
    disputed = claim("c#1", "2020-05-04", 640, "cumulative", rule=WEAK)
    assert settled([TOTAL, known, disputed])["c#1"] == disputed


def test_what_a_target_leaves_is_the_remainder() -> None:
    """1,500 - 748 = 752 to be freed is what remains; without the total it is left open."""
    planned = claim("c#1", "2020-05-04", 752, "batch", rule="plan.verb+actor.mention+kind.default", event="plan")
    found = settled([TOTAL, planned])["c#1"]
    assert (found.kind, found.extra and found.extra.note) == ("remaining", "1500 - 748 = 752")
    assert settled([planned])["c#1"] == planned


def test_a_promised_number_is_a_target() -> None:
    """1,500 to be freed is the promise."""
    planned = claim("c#1", "2020-05-04", 1500, "batch", rule="plan.verb+actor.mention+kind.default", event="plan")
    assert settled([TOTAL, planned])["c#1"].kind == "target"
    assert settled([TOTAL, planned], [])["c#1"] == planned


def test_the_releasing_side_is_found_by_the_sum() -> None:
    """A total whose side no word gave belongs to the side whose series closes on it, with its people."""
    south = claim("s#1", "2020-05-02", 90, "cumulative", actor="SOUTH")
    printed = claim("b#2", "2020-05-05", 850, "cumulative", rule=ACTOR, actor="SOUTH")
    found = settled([TOTAL, BATCH, south, printed])["b#2"]
    assert (found.actor, found.object, found.kind) == ("NORTH", "SOUTH", "cumulative")
    assert found.extractor is not None
    assert found.extractor.rule == f"{ACTOR}+series.cumulative+series.actor.NORTH"


def test_two_readings_that_fit_are_a_tie_for_review() -> None:
    """A number that is both sides' total is left as it is, with a note."""
    north = claim("n#1", "2020-05-02", 90, "cumulative")
    south = claim("s#1", "2020-05-02", 90, "cumulative", actor="SOUTH")
    printed = claim("b#2", "2020-05-05", 90, "cumulative", rule=ACTOR, note="as printed")
    found = settled([north, south, printed])["b#2"]
    assert (found.actor, found.kind_basis) == ("NORTH", "sentence")
    assert found.extra is not None
    assert found.extra.note == f"as printed; {TIE}"


def test_an_equal_number_does_not_change_kind_and_side_at_once() -> None:
    """One equal number may be chance."""
    north = claim("n#1", "2020-05-05", 270, "cumulative")
    both = claim("b#2", "2020-05-05", 270, "batch", rule="done+actor.default+kind.default", actor="SOUTH")
    south = claim("s#1", "2020-05-04", 20, "batch", actor="SOUTH")
    assert settled([north, south, both])["b#2"].actor == "SOUTH"


def test_the_side_of_a_total_that_no_word_gave_is_found_by_its_size() -> None:
    """A total without a side is the only side's whose known total is near and whose promise is not passed."""
    south = claim("s#1", "2020-05-02", 90, "cumulative", actor="SOUTH")
    unknown = claim("c#1", "2020-05-05", 800, "cumulative", rule=ACTOR, actor="OTHER")
    found = settled([TOTAL, south, unknown])["c#1"]
    assert (found.actor, found.object) == ("NORTH", "SOUTH")
    assert settled([south, unknown])["c#1"] == unknown
    both_fit = claim("c#1", "2020-05-05", 100, "cumulative", rule=ACTOR, actor="OTHER")
    near = claim("n#1", "2020-05-03", 95, "cumulative")
    assert settled([near, south, both_fit])["c#1"] == both_fit


def test_a_side_that_a_word_gave_is_not_changed_by_size() -> None:
    """Only a sum or an equal number takes a claim from one side to the other."""
    south = claim("s#1", "2020-05-02", 190, "cumulative", actor="SOUTH")
    large = claim("c#1", "2020-05-05", 800, "cumulative", rule=ACTOR, actor="SOUTH")
    assert settled([TOTAL, south, large])["c#1"] == large


def test_the_verified_record_is_known_too() -> None:
    """A verified total and a stated batch make the next total."""
    verified = [Known(actor="NORTH", day=date(2020, 5, 3), total=748)]
    found = {each.id: each for each in settle([BATCH, PRINTED], PROMISED, verified)}["b#2"]
    assert (found.kind, found.kind_basis) == ("cumulative", "series")


def test_a_batch_told_twice_counts_once() -> None:
    """Two reports of one batch, a day apart, are one batch in the sum."""
    twice = claim("c#1", "2020-05-05", 102, "batch")
    assert settled([TOTAL, BATCH, twice, PRINTED])["b#2"].kind == "cumulative"


def test_what_was_settled_helps_the_reports_of_later_days() -> None:
    """850, settled on 5 May, carries 950 on 8 May."""
    next_batch = claim("c#1", "2020-05-07", 100, "batch")
    printed = claim("d#1", "2020-05-08", 950, "batch", rule=WEAK)
    found = settled([TOTAL, BATCH, PRINTED, next_batch, printed])["d#1"]
    assert found.extra is not None
    assert found.kind == "cumulative"
    assert found.extra.note in ("748 + 102 + 100 = 950", "850 + 100 = 950")


_KINDS: list[Kind] = ["batch", "cumulative", "target", "remaining"]


@st.composite
def _cases(draw: st.DrawFn) -> list[Claim]:
    size = draw(st.integers(1, 12))
    claims = []
    for number in range(size):
        published = date(2020, 5, 1) + timedelta(days=draw(st.integers(0, 6)))
        claims.append(
            claim(
                f"{draw(st.sampled_from('abcd'))}{published.day}#{number}",
                published.isoformat(),
                draw(st.sampled_from([100, 102, 200, 748, 850, 950, 1500])),
                draw(st.sampled_from(_KINDS)),
                rule=draw(st.sampled_from([WEAK, STRONG, ACTOR, "done+actor.default+kind.default"])),
                actor=draw(st.sampled_from(["NORTH", "SOUTH"])),
                event=draw(st.sampled_from(["done", "plan"])),
            )
        )
    return claims


@given(_cases(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(claims: list[Claim], chance: random.Random) -> None:
    """The same claims in another order are settled the same, and come back in the order given."""
    shuffled = list(claims)
    chance.shuffle(shuffled)
    assert [each.id for each in settle(shuffled, PROMISED)] == [each.id for each in shuffled]
    assert settled(shuffled) == settled(claims)


@given(_cases())
def test_later_reports_change_nothing_earlier(claims: list[Claim]) -> None:
    """Cutting off the reports of the last days leaves the earlier results as they were."""
    until = "2020-05-04"
    early = [each for each in claims if (each.published or "") <= until]
    # whose people a side releases is read from all claims; give both sides an early claim
    sides = [claim("n0#1", "2020-04-01", 1, "batch"), claim("s0#1", "2020-04-01", 1, "batch", actor="SOUTH")]
    whole = settled([*sides, *claims])
    assert {each.id: whole[each.id] for each in early} == {
        name: each for name, each in settled([*sides, *early]).items() if name not in ("n0#1", "s0#1")
    }


@given(_cases())
def test_only_kind_and_side_of_open_claims_change(claims: list[Claim]) -> None:
    """Numbers, places and words stay; a claim with cues is untouched."""
    for before, after in zip(claims, settle(claims, PROMISED), strict=True):
        rule = (before.extractor.rule or "") if before.extractor else ""
        if "default" not in rule:
            assert after == before
        assert (after.id, after.quantity, after.span, after.event_type) == (
            before.id,
            before.quantity,
            before.span,
            before.event_type,
        )


def test_the_work_for_one_claim_does_not_grow_with_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the claims look at about four times the earlier batches."""
    looked = {"at": 0}
    between = series._Series.between

    def counted(self: series._Series, after: date, until: date) -> object:
        found = between(self, after, until)
        looked["at"] += 1 + len(found)
        return found

    monkeypatch.setattr(series._Series, "between", counted)
    work = []
    for size in (500, 2000):
        claims = [
            claim(
                f"{number:05d}#1",
                (date(2015, 1, 1) + timedelta(days=number)).isoformat(),
                10 + number,
                ("batch", "cumulative")[number % 3 == 0],
                rule=(STRONG, WEAK)[number % 2],
            )
            for number in range(size)
        ]
        looked["at"] = 0
        settle(claims, PROMISED)
        work.append(looked["at"])
    assert work[1] <= 5 * work[0]
