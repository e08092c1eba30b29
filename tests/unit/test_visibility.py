"""Who may read what: nothing unless the policy says so, and no read that forgets to ask."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from quittance.casebook import Casebook
from quittance.errors import DeniedError
from quittance.testing import casebook_of
from quittance.visibility import (
    NEUTRAL,
    OPERATOR,
    REFUSAL,
    Act,
    FieldGroup,
    Role,
    Viewer,
    may,
    may_read,
    require,
    require_export,
)

AGREEMENT = (Path(__file__).resolve().parents[1] / "data/two-lists/agreement.yaml").read_bytes()
MAKING = {"create", "open", "in_memory", "close"}
"""What makes or closes a casebook and reads nothing of a case for anybody."""

EXISTS: dict[str, Any] = {
    "name": "first", "data": b"", "day": date(2025, 1, 5), "kind": "count.asserted", "body": {}, "answer": b"",
    "signed": (), "statement": None, "policy": None, "address": "http://127.0.0.1",
    "indexes": (0,), "commitments": ("first",),
}  # fmt: skip
ABSENT: dict[str, Any] = {
    "name": "no-such-thing", "data": b"?", "day": date(1999, 1, 1), "kind": "no.such", "body": {"x": 1},
    "answer": b"?", "signed": (None,), "statement": b"", "policy": b"", "address": "", "indexes": (10**9,),
    "commitments": ("no-such",),
}  # fmt: skip
STRANGERS = [
    *(Viewer(role) for role in get_args(Role) if role != "operator"),
    *(Viewer(role, "a") for role in get_args(Role)),
    Viewer("administrator"),  # type: ignore[arg-type]
]


def use_cases() -> Iterator[tuple[str, inspect.Signature]]:
    """Every public method and property of the casebook but those that make it."""
    for name, member in inspect.getmembers(Casebook):
        if not name.startswith("_") and name not in MAKING:
            assert callable(member), f"{name} is not a method, so it cannot ask who reads"
            yield name, inspect.signature(member)


def test_every_use_case_names_its_viewer_first() -> None:
    """A new read without a viewer fails here."""
    found = dict(use_cases())
    assert {"status", "timeline", "journal", "agreement", "head", "import_journal"} <= set(found)
    for name, signature in found.items():
        first = list(signature.parameters.values())[1]
        assert first.name == "viewer", name
        assert first.default is inspect.Parameter.empty, name


@pytest.mark.parametrize("viewer", STRANGERS, ids=str)
@pytest.mark.parametrize("name", [name for name, _ in use_cases()])
def test_every_use_case_refuses_a_stranger(name: str, viewer: Viewer) -> None:
    """The same refusal, to the letter, for what is there and for what is not."""
    casebook = casebook_of(
        AGREEMENT, {"id": "a1", "at": "2025-01-05", "kind": "perform", "of": ["first"], "n": 6, "by": "a"}
    )
    method = getattr(casebook, name)
    needed = [
        parameter.name
        for parameter in list(inspect.signature(method).parameters.values())[1:]
        if parameter.default is inspect.Parameter.empty
    ]
    for values in (EXISTS, ABSENT):
        with pytest.raises(DeniedError) as refusal:
            method(viewer, **{one: values[one] for one in needed})
        assert (refusal.value.message, refusal.value.code, refusal.value.problems) == (REFUSAL, "visibility.denied", ())


def test_the_operator_reads_what_is_public_already() -> None:
    """In this version: commitments, attestations, claims and the record."""
    readable = {group for group in get_args(FieldGroup) if may_read(OPERATOR, group)}
    assert readable == {"commitments", "handover_attestations", "claims", "record"}


def test_identity_is_written_by_the_operator_and_read_by_the_neutral() -> None:
    """Whoever puts people into the vault may not read them back; a party of the agreement is neither of the two."""
    allowed = [(role, act) for role in get_args(Role) for act in get_args(Act) if may(Viewer(role), "identity", act)]
    assert sorted(allowed) == [("neutral", "read"), ("operator", "write")]
    readable = {group for group in get_args(FieldGroup) if may_read(NEUTRAL, group)}
    batches = {"place_of_detention", "charge", "fitness", "wish", "pledge", "handover_attestations"}
    assert readable == {"identity", "list_membership", "match_evidence"} | batches
    assert not may(Viewer("neutral", "a"), "identity", "read")
    with pytest.raises(DeniedError):
        require(OPERATOR, "identity")


@pytest.mark.parametrize("group", ["diagnosis", "wish", "family_contact", "no_such_group"])
@pytest.mark.parametrize("act", get_args(Act))
def test_other_facts_about_persons_are_nobodys(group: FieldGroup, act: Act) -> None:
    """Even the operator may not, and a group that nobody has written down is denied."""
    assert not may(OPERATOR, group, act)
    with pytest.raises(DeniedError):
        require(OPERATOR, group, act)


def test_the_operator_writes_and_the_neutral_judges() -> None:
    """Nobody else may add to the journal, the record or the vault; the neutral judges matches and enters wishes, the
    medical officer fitness alone."""
    allowed = [
        (role, group) for role in get_args(Role) for group in get_args(FieldGroup) if may(Viewer(role), group, "write")
    ]
    groups = (
        "charge",
        "claims",
        "handover_attestations",
        "identity",
        "list_membership",
        "place_of_detention",
        "record",
    )
    others = [("medical_officer", "fitness"), ("neutral", "match_evidence"), ("neutral", "wish")]
    assert sorted(allowed) == [*others, *(("operator", group) for group in groups)]


def test_an_export_for_a_party_holds_its_own_lists_and_nothing_else() -> None:
    """A side by name, in either role; no group but list membership; nobody without a name and no other role."""
    for group in get_args(FieldGroup):
        for role in get_args(Role):
            for party in (None, "a"):
                reader = Viewer(role, party)
                if party and group == "list_membership" and role in ("holding_side", "receiving_side"):
                    require_export(reader, group)
                else:
                    with pytest.raises(DeniedError):
                        require_export(reader, group)


def test_no_party_reads_a_list_or_a_match_itself() -> None:
    """Rows 2, 10 and 11 of the matrix reach a party through exports only; the operator reads none of them back."""
    for group in ("identity", "list_membership", "match_evidence"):
        allowed = [role for role in get_args(Role) for party in (None, "a") if may_read(Viewer(role, party), group)]
        assert allowed == ["neutral"]
