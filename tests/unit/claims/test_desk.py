"""Claims on a desk: names that hold when a program reads differently, and what several readers amount to."""

from __future__ import annotations

import hashlib
import json
from itertools import count

import msgspec
import pytest
from tests.reported import claim_in

from quittance.claims.decisions import Decision, corrected, reviewed
from quittance.claims.desk import JUDGEMENT_OF, RANKS, Reading, code_in, code_of, coded, content, in_order, settled
from quittance.claims.model import Report

TEXT = "First 10, then 20, 20 again."
AT = "2020-05-06T09:00:00Z"
IDS = count(1)


def claims(*numbers, **fields):
    made = [claim_in(TEXT, TEXT, number, **fields) for number in numbers]
    return [msgspec.structs.replace(one, id=f"d#{next(IDS)}") for one in made]


def report(**named):
    return Report(doc="d", text=TEXT, sha256="ab" * 32, **named)


def test_a_code_is_that_of_the_norm():
    """Twelve hex digits of the SHA-256 over the canonical JSON of report, place and number among those there."""
    text = json.dumps(["ab" * 32, [6, 8], 1], separators=(",", ":")).encode()
    assert code_of("ab" * 32, (6, 8), 1) == hashlib.sha256(text).hexdigest()[:12]


def test_codes_follow_the_place_and_nothing_else():
    """Another reading, another claim before it, another order: the code stays; another place or report has another."""
    first = {code_in(one.id): one.quantity.value for one in coded(report(), claims("10", "20"))}
    others = [*claims("20", kind="batch"), *claims("10")]
    more = {code_in(one.id): one.quantity.value for one in coded(report(), others)}
    assert first == more
    assert len(set(first)) == 2
    twice = [one.id for one in coded(report(), [*claims("20"), *claims("20")])]
    assert len(set(twice)) == 2
    assert twice[0] in [one.id for one in coded(report(), claims("10", "20"))]
    other = coded(msgspec.structs.replace(report(), sha256="cd" * 32), claims("10"))
    assert code_in(other[0].id) not in first


def test_claims_that_name_each_other_do_so_by_their_codes():
    """The earlier claim about the same event is named as it is called in the case."""
    one, two = claims("10", "20")
    found = coded(report(), [one, msgspec.structs.replace(two, same_event=one.id)])
    assert found[1].same_event == found[0].id


def test_the_code_in_a_name():
    """In an id, in a part of a claim that was split, and alone."""
    assert code_in("some#doc#0123456789ab.2") == code_in("0123456789ab") == code_in("d#0123456789ab") == "0123456789ab"


def read(by, answer, *results):
    return Reading(
        by, JUDGEMENT_OF[answer], Decision(claim="d#1", doc="d", answer=answer, by=by, at=AT, results=results)
    )


(CLAIM,) = claims("10")
SAME = read("a", "accepted", reviewed(CLAIM, "accepted", "a", AT))
ALSO = read("b", "accepted", reviewed(CLAIM, "accepted", "b", AT, "another comment"))
OTHER = read("c", "corrected", corrected(CLAIM, {"value": "11"}, "c", AT))
AS_READ = read("d", "corrected", corrected(CLAIM, {"value": "10"}, "d", AT))
NO, DOUBT = read("e", "rejected"), read("f", "doubtful", reviewed(CLAIM, "doubtful", "f", AT))
LOST = Reading("g", "accepted", None)


@pytest.mark.parametrize(
    ("readings", "state", "value"),
    [
        ((), "unreviewed", None),
        ((SAME,), "accepted", 10),
        ((SAME, ALSO), "accepted", 10),
        ((OTHER,), "corrected", 11),
        ((NO,), "rejected", None),
        ((DOUBT,), "doubtful", None),
        ((SAME, OTHER), "differing", None),
        ((SAME, NO), "differing", None),
        ((SAME, NO, ALSO), "accepted", 10),
        ((OTHER, NO, NO), "rejected", None),
        ((SAME, OTHER, NO), "differing", None),
        ((SAME, ALSO, NO, DOUBT), "differing", None),
        ((SAME, AS_READ), "accepted", 10),
        ((LOST,), "accepted", None),
    ],
)
def test_what_readers_amount_to(readings, state, value):
    """What all say, or more than half and at least two; whoever corrects to what another accepts says the same."""
    found = settled(readings)
    assert found.state == state
    assert (found.claims[0].quantity.value if found.claims else None) == value
    backwards = settled(readings[::-1])
    assert (backwards.state in ("accepted", "corrected"), backwards.state == "differing") == (
        found.state in ("accepted", "corrected"), found.state == "differing"
    )  # fmt: skip


def test_the_content_of_a_claim():
    """Who looked at it, and who found it, is not part of what it says; its number, its words and its place are."""
    assert content(CLAIM) == content(reviewed(CLAIM, "accepted", "a", AT))
    assert content(CLAIM) != content(corrected(CLAIM, {"kind": "batch"}, "a", AT))


def test_the_order_in_which_a_reader_is_asked():
    """Conflicting and impossible together before all, then the other reasons, then by day, report and place."""
    first, second, third = claims("10", "20", "20")
    third = msgspec.structs.replace(third, id="d#9", published="2020-01-01")
    found = in_order([(first, ()), (second, ("weak",)), (third, ("tie", "weak"))])
    assert [one.id for one in found] == [third.id, second.id, first.id]
    found = in_order([(first, ("impossible",)), (third, ("conflicting",)), (second, ("differing",))])
    assert [one.id for one in found] == [third.id, first.id, second.id]
    assert RANKS[:2] == ("conflicting", "impossible")
