"""The table of kinds: the same in the program and in the record format, and what each member of a body may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.signing import SignedLog, digest, refusal

from quittance.record import EntryError
from quittance.record.kinds import KINDS, ROLES, SLOTS, kind_of

FORMAT = Path(__file__).parents[3] / "docs/reference/record-format.md"
CODES = (
    *("batch", "place", "to_place", "list", "commitment", "grade", "form", "purpose", "claim", "verdict"),
    *("from", "to", "zone", "surface", "gate", "fact"),
)
DIGESTS = ("fingerprint", "old", "observed", "reader", "public_key", "operator_key", "commit", "nonce")
GOOD_CODES = ("b", "B-1.2_x", "0", "x" * 128)
BAD_CODES = ("", "-b", ".b", "_b", "b c", "b/c", "bé", "x" * 129, 1, True, ["b"], {})
GOOD_COUNTS = (0, 1, 2**53 - 1)
BAD_COUNTS = (-1, "1", True, [1], {})
BAD_DIGESTS = ("", "a" * 63, "a" * 65, "A" * 64, "g" * 64, 1, [digest("a")])
LISTS_OF_NAMES = ((["a"], ["handover.observed", "x_1"], ["a"] * 64), ([], "a", ["A"], ["a b"], [""], [1], ["a"] * 65))
LISTS_OF_DIGESTS = (
    ([], [digest("a")], [digest(str(number)) for number in range(32)]),
    (digest("a"), ["a"], [digest("a")] * 2, [digest(str(number)) for number in range(33)], [1]),
)


JUDGED = {
    "judgement": ("unsure", "same", "different"),
    "grade": ("none", "p00", "p10", "p30", "p50", "p70", "p90", "p97"),
    "reason": (
        *("father", "year", "place", "number", "document", "interview", "relative", "family", "spelling"),
        "other",
    ),
}


WORDS = {
    ("claim.judged", "judgement"): ("accepted", "corrected", "rejected", "doubtful"),
    ("clearance.given", "outcome"): ("granted", "refused", "withdrawn"),
    ("outcome.stated", "outcome"): (
        *("transferred", "died", "escaped", "not_held", "already_released", "substituted"),
    ),
    ("handover.denied", "reason"): ("not_listed", "not_received", "not_delivered", "wrong_person", "other"),
}
DAYS = ("2020-04-08", "2024-02-29"), ("", "2020-4-08", "2023-02-29", "2020-13-01", "20200408", "2020-04-08Z", 1, True)
SKIPPED = (
    ([], ["medical"], ["a", "b", "b"], ["not_available"] * 3),
    ("a", ["b", "a"], ["declined"], ["a", "deferred"], ["unfit"], ["a b"], [1], [["a"]], 0),
)


def members() -> list[tuple[str, str]]:
    """Every kind with each member of its body."""
    return [(kind, name) for kind, row in KINDS.items() for name in (*row.required, *row.optional)]


def values(kind: str, name: str) -> tuple[tuple, tuple]:
    """What a member may be and what not, by the text of the format."""
    if name == "reason" and kind == "key.revoked":
        return ("lost", "stolen", "left", "replaced", "ended", "other"), ("", "gone", "Lost", 1)
    if kind == "match.judged" and name in JUDGED:
        return JUDGED[name], ("", "Same", "p20", "p100", "unknown", 1, ["same"])
    if (kind, name) in WORDS:
        return WORDS[kind, name], ("", "Granted", "lost", 1, ["other"])
    if name == "until":
        return DAYS
    if name == "beacon":
        return (*GOOD_CODES, "drand:quicknet:1234567"), (*BAD_CODES, ":a", "drand:quick net:1")
    if (kind, name) == ("batch.changed", "skipped"):
        return SKIPPED
    if name in ("round", "part", "parts") or (kind, name) == ("list.submitted", "version"):
        return (1, 2**53 - 1) if name != "part" else (1,), (0, *BAD_COUNTS)
    if name in (*CODES, "reason"):
        return GOOD_CODES, BAD_CODES
    if name in DIGESTS or name.endswith("_sha256") or name == "sha256":
        return (digest("a"),), BAD_DIGESTS
    if name in ("operator_keys", "founding"):
        return LISTS_OF_DIGESTS
    if name in ("kinds", "fields"):
        return LISTS_OF_NAMES
    if name == "role":
        return ROLES, ("", "Operator", "witness", 1)
    if name == "party":
        return ("side-a", "a_1", "0"), ("", "Side", "a b", "-a", "x" * 65, 1)
    if name == "log":
        return ("quittance.example/a/case", "x"), ("", "/x", "a b", "a+b", "x" * 257, 1)
    if name == "body":
        return ({}, {"a": 1}), ([], "a", 1)
    return GOOD_COUNTS, BAD_COUNTS


def table() -> dict[str, tuple]:
    """The rows of the format's table of kinds: signers, required and optional members, people, relation and logs."""
    rows = {}
    for line in FORMAT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 6 or not re.fullmatch(r"`[a-z]+\.[a-z_]+`", cells[0]):
            continue
        kind, signers, body, people, rel, logs = cells
        listed = re.findall(r"`(\w+)`(\??)", body)
        rows[kind.strip("`")] = (
            tuple(tuple(alternative.split(" + ")) for alternative in signers.split(" or ")),
            {name for name, optional in listed if not optional},
            {name for name, optional in listed if optional},
            body == "a journal entry",
            people,
            rel or None,
            set(logs.split(", ")),
        )
    return rows


def test_the_table_is_that_of_the_format():
    """Each kind has the signers, members, persons, references and logs that the record format gives it."""
    made = {
        kind: (row.signers, set(row.required), set(row.optional), row.free, row.people, row.refs, set(row.logs))
        for kind, row in KINDS.items()
    }
    assert table() == made


def test_every_slot_is_explained():
    """The signers of the kinds are slots of a role, or one of the slots that the format explains."""
    used = {slot for row in KINDS.values() for listed in row.signers for slot in listed}
    assert used == {*SLOTS, "S", "NEW", "OLD", "OTHER", "SELF", "BY", "SAME", "ANY"}
    assert set(SLOTS.values()) == set(ROLES)


@pytest.mark.parametrize(("kind", "name"), members(), ids=lambda value: str(value))
def test_what_a_member_may_be(kind, name):
    """Every member of every kind takes the values of its form and refuses others."""
    row = KINDS[kind]
    good, bad = values(kind, name)
    body = {member: values(kind, member)[0][0] for member in row.required}
    body |= {"reason": "r"} if (kind, name) == ("clearance.given", "outcome") else {}
    for value in good:
        row.require_body(kind, body | {name: value})
    for value in bad:
        with pytest.raises(EntryError) as caught:
            row.require_body(kind, body | {name: value})
        assert caught.value.code == "entry.body"


@pytest.mark.parametrize("grade", JUDGED["grade"])
@pytest.mark.parametrize("judgement", JUDGED["judgement"])
def test_a_judgement_against_the_score_has_a_reason(judgement, grade):
    """Same below one half and different from one half on need a reason; with one, every judgement is in form."""
    row, body = KINDS["match.judged"], {"judgement": judgement, "grade": grade}
    against = (judgement, grade) in {
        *(("same", one) for one in ("p00", "p10", "p30")),
        *(("different", one) for one in ("p50", "p70", "p90", "p97")),
    }
    row.require_body("match.judged", body | {"reason": "father"})
    if not against:
        row.require_body("match.judged", body)
        return
    with pytest.raises(EntryError, match="lacks its `reason`") as caught:
        row.require_body("match.judged", body)
    assert caught.value.code == "entry.body"


@pytest.mark.parametrize("kind", ["list.submitted", "clearance.sealed"])
@pytest.mark.parametrize(
    ("part", "taken"),
    [({"part": 1}, True), ({"part": 2}, False), ({"part": 2, "parts": 2}, True), ({"part": 3, "parts": 2}, False)],
)
def test_a_part_is_one_of_its_parts(kind, part, taken):
    """No part is beyond the number of parts, which is 1 where it is left out."""
    row, body = KINDS[kind], {"list": "l", "count": 0} if kind == "list.submitted" else {"round": 1}
    if taken:
        row.require_body(kind, body | part)
        return
    with pytest.raises(EntryError, match="beyond its parts"):
        row.require_body(kind, body | part)


@pytest.mark.parametrize("outcome", ["granted", "refused", "withdrawn"])
def test_who_is_not_cleared_is_told_why(outcome):
    """A clearance that is not granted has a reason; one that is may have one."""
    row, body = KINDS["clearance.given"], {"gate": "veto", "outcome": outcome}
    row.require_body("clearance.given", body | {"reason": "sentence"})
    if outcome == "granted":
        row.require_body("clearance.given", body)
        return
    with pytest.raises(EntryError, match="lacks its `reason`") as caught:
        row.require_body("clearance.given", body)
    assert caught.value.code == "entry.body"


@pytest.mark.parametrize("kind", [kind for kind, row in KINDS.items() if not row.free])
def test_a_body_has_exactly_its_members(kind):
    """A body that lacks a member, or has one more, is refused; one without those that may be left out is not."""
    row = KINDS[kind]
    body = {member: values(kind, member)[0][0] for member in row.required}
    row.require_body(kind, body)
    for name in row.required:
        with pytest.raises(EntryError, match=name):
            row.require_body(kind, {member: value for member, value in body.items() if member != name})
    with pytest.raises(EntryError, match="none that it may have"):
        row.require_body(kind, body | {"remark": 1})


def test_an_unknown_kind():
    """A kind that is not in the table is refused by name, also when it is signed."""
    with pytest.raises(EntryError) as caught:
        kind_of("batch.dreamt")
    assert caught.value.code == "entry.kind_unknown"
    log = SignedLog()
    store = log.store(*log.founding())
    assert refusal(store, log.leaf("batch.dreamt")) == "entry.kind_unknown"
    assert refusal(store, log.leaf("batch.cleared", {"batch": "b", "remark": "x"})) == "entry.body"
