"""Statements: one payload and one id for each, and a refusal with its own code for whatever the format forbids."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.canon import CanonError, canonical
from quittance.record import Blob, EntryError, Ref, Seen, Span, Statement
from quittance.record.envelope import encode64
from quittance.record.statement import StatementForm

FULL: dict[str, Any] = {
    "seen": Seen(4, bytes(32), "a" * 64),
    "event_at": Span("2020-04-07T06:00:00Z", "2020-04-07T18:00:00Z"),
    "commitments": {"person": (encode64(bytes(32)),)},
    "refs": (Ref("answers", "b" * 64),),
    "blobs": (Blob("c" * 64, 120, "application/age"),),
}


def test_a_payload_holds_exactly_the_members_that_are_set(statement):
    """The payload of a plain statement, byte for byte; optional members that are empty are not in it."""
    expected = (
        b'{"agreement":"test-2020","body":{"count":7},"claimed_at":"2020-04-08T06:00:00Z","kind":"count.asserted",'
        b'"log":"quittance.example/test-2020/case","nonce":"00000000000000000000000000000007","seen":null,"v":1}'
    )
    assert expected == statement(7).payload


def test_a_full_statement_comes_back_from_its_payload(statement):
    """Every member survives the round trip, and both sides have one id."""
    said = statement(7, **FULL)
    again = Statement.parse(said.payload)
    assert said == again
    assert said.sid == again.sid
    assert [getattr(said, name) for name in FULL] == [getattr(again, name) for name in FULL]
    assert said != statement(7)
    assert len({said, again, statement(7)}) == 2


def test_the_quick_reader_takes_ordinary_statements(statement):
    """Plain and full statements, with a body beyond ASCII and three levels deep, need no slow reading."""
    for members in ({}, FULL, {**FULL, "event_at": "2020-02-29T23:59:59Z"}, {"body": {"é": [{"a": [1, True, "ü"]}]}}):
        assert StatementForm.read(statement(7, **members).payload) is not None


@pytest.mark.parametrize("body", [{"\ufb33": 1, "😀": 2}, {"a": [[[[{"b": [[[[[[[[1]]]]]]]]}]]]]}])
def test_the_slow_reader_takes_the_rest(statement, body):
    """A body with keys beyond U+FFFF, or as deep as the format allows, is read all the same."""
    said = statement(7, body=body)
    assert StatementForm.read(said.payload) is None
    assert (said, said.sid, body) == ((again := Statement.parse(said.payload)), again.sid, again.body)


def test_a_body_one_level_deeper_is_refused(statement):
    """With the statement and the body itself, sixteen levels are allowed."""
    with pytest.raises(CanonError) as caught:
        statement(7, body={"a": [[[[{"b": [[[[[[[[[[1]]]]]]]]]]}]]]]})
    assert caught.value.code == "canon.depth"


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])), st.integers(-9, 9) | st.text("aé😀") | st.booleans()
    )
)
def test_any_body_comes_back(statement, body):
    """A body with keys and texts in any script is kept code point for code point."""
    assert body == Statement.parse(statement(1, body=body).payload).body


def test_the_id_binds_every_member(statement):
    """Changing any one member changes the id."""
    others = {"kind": "count.contested", "agreement": "other", "log": "x/y/z", "nonce": "f" * 32, "body": {}}
    others |= {"claimed_at": "2020-04-08T06:00:01Z", **FULL}
    ids = {statement(7, **{name: value}).sid for name, value in others.items()} | {statement(7).sid}
    assert len(ids) == len(others) + 1


def test_a_statement_cannot_be_changed(statement):
    """Neither a member nor the body of a statement can be assigned to."""
    said = statement(7)
    with pytest.raises(dataclasses.FrozenInstanceError):
        said.kind = "other.kind"
    with pytest.raises(TypeError):
        said.body["count"] = 8


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"kind": "Count.Asserted"}, "entry.kind"),
        ({"kind": "count"}, "entry.kind"),
        ({"kind": "count.asserted\n"}, "entry.kind"),
        ({"agreement": "Doha 2020"}, "entry.agreement"),
        ({"agreement": "doha\n"}, "entry.agreement"),
        ({"log": ""}, "entry.log"),
        ({"log": "a b"}, "entry.log"),
        ({"log": "a+b"}, "entry.log"),
        ({"log": "a\u00a0b"}, "entry.log"),
        ({"nonce": "F" * 32}, "entry.nonce"),
        ({"nonce": "0" * 31}, "entry.nonce"),
        ({"claimed_at": "2020-04-08"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08T06:00:00+00:00"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08T06:00:00.5Z"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08t06:00:00z"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08 06:00:00Z"}, "entry.claimed_at"),
        ({"claimed_at": "2020-02-30T06:00:00Z"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08T24:00:00Z"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08T06:00:60Z"}, "entry.claimed_at"),
        ({"claimed_at": "२०20-04-08T06:00:00Z"}, "entry.claimed_at"),
        ({"claimed_at": "2020-04-08T06:00:00Z\n"}, "entry.claimed_at"),
        ({"claimed_at": "2021-02-29T06:00:00Z"}, "entry.claimed_at"),
        ({"claimed_at": "0000-01-01T00:00:00Z"}, "entry.claimed_at"),
        ({"claimed_at": ""}, "entry.claimed_at"),
        ({"event_at": "yesterday"}, "entry.event_at"),
        ({"event_at": Span("2020-04-08T06:00:00Z", "2020-04-07T06:00:00Z")}, "entry.event_at"),
        ({"event_at": Span("2020-04-08T06:00:00Z", "")}, "entry.event_at"),
        ({"seen": Seen(-1, bytes(32), "a" * 64)}, "entry.seen"),
        ({"seen": Seen(True, bytes(32), "a" * 64)}, "entry.seen"),
        ({"seen": Seen(1, bytes(31), "a" * 64)}, "entry.seen"),
        ({"seen": Seen(1, bytes(32), "a" * 63)}, "entry.seen"),
        ({"commitments": {"person": ()}}, "entry.commitments"),
        ({"commitments": {"person": (encode64(bytes(31)),)}}, "entry.commitments"),
        ({"commitments": {"person": ("x",)}}, "entry.base64"),
        ({"refs": (Ref("likes", "b" * 64),)}, "entry.refs"),
        ({"refs": (Ref("answers", "B" * 64),)}, "entry.refs"),
        ({"blobs": (Blob("c", 1, "a/b"),)}, "entry.blobs"),
        ({"blobs": (Blob("c" * 64, -1, "a/b"),)}, "entry.blobs"),
        ({"blobs": (Blob("c" * 64, 1, ""),)}, "entry.blobs"),
        ({"body": {"a": None}}, "entry.body"),
        ({"body": {"a": [{"b": None}]}}, "entry.body"),
        ({"body": {"a": 1.5}}, "canon.float"),
        ({"body": {"a": 2**53}}, "canon.integer_range"),
    ],
)
def test_members_out_of_form_are_refused(statement, members, code):
    """Each member that breaks its rule is refused when the statement is made, with the code of that member."""
    with pytest.raises((EntryError, CanonError)) as caught:
        statement(7, **members)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seen": ...}, "entry.member_missing"),
        ({"more": 1}, "entry.member_unknown"),
        ({"v": 2}, "entry.version"),
        ({"v": True}, "entry.version"),
        ({"v": "1"}, "entry.version"),
        ({"refs": []}, "entry.member_empty"),
        ({"blobs": []}, "entry.member_empty"),
        ({"commitments": {}}, "entry.member_empty"),
        ({"event_at": None}, "entry.member_empty"),
        ({"kind": 1}, "entry.kind"),
        ({"agreement": ["test-2020"]}, "entry.agreement"),
        ({"claimed_at": 1586325600}, "entry.claimed_at"),
        ({"event_at": 1}, "entry.event_at"),
        ({"event_at": {"from": "2020-04-07T06:00:00Z"}}, "entry.event_at"),
        ({"event_at": {"from": 1, "to": 2}}, "entry.event_at"),
        ({"seen": []}, "entry.seen"),
        ({"seen": {"size": "4", "root": encode64(bytes(32)), "note_sha256": "a" * 64}}, "entry.seen"),
        ({"seen": {"size": 4, "root": encode64(bytes(32)), "note_sha256": 5}}, "entry.seen"),
        ({"body": []}, "entry.body"),
        ({"commitments": []}, "entry.commitments"),
        ({"commitments": {"person": "x"}}, "entry.commitments"),
        ({"commitments": {"person": [1]}}, "entry.base64"),
        ({"refs": {}}, "entry.refs"),
        ({"refs": [{"rel": ["answers"], "sid": "b" * 64}]}, "entry.refs"),
        ({"refs": [{"rel": "answers", "sid": 5}]}, "entry.refs"),
        ({"refs": [{"rel": "answers", "sid": "b" * 64, "why": "x"}]}, "entry.refs"),
        ({"blobs": [{"sha256": "c" * 64, "bytes": "1", "media": "a/b"}]}, "entry.blobs"),
        ({"blobs": [{"sha256": "c" * 64, "bytes": 1, "media": 5}]}, "entry.blobs"),
    ],
)
def test_payloads_out_of_form_are_refused(statement, change, code):
    """A payload of another shape is refused with the code of the member at fault; never with a bare Python error."""
    members = {**json.loads(statement(7).payload), **change}
    payload = canonical({name: value for name, value in members.items() if value is not ...})
    with pytest.raises(EntryError) as caught:
        Statement.parse(payload)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"[]", "entry.statement"), (b'"x"', "entry.statement"), (b"{} ", "canon.not_canonical"), (b"", "canon.syntax")],
)
def test_payloads_that_are_no_canonical_object_are_refused(payload, code):
    """A payload must be an object in canonical form."""
    with pytest.raises((EntryError, CanonError)) as caught:
        Statement.parse(payload)
    assert caught.value.code == code


def test_a_refusal_does_not_repeat_the_value(statement):
    """A refused value stays out of the message: it may hold a name."""
    with pytest.raises(EntryError) as caught:
        statement(7, agreement="Ahmad son of Karim")
    assert "Ahmad" not in caught.value.message
