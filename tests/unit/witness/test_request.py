"""The two messages: one spelling each, and everything else refused with the refusal's own type."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.witness.logs import COSIGNED_7, REQUEST_4_TO_7, Log

from quittance.witness.request import (
    MAX_BYTES,
    AddCheckpoint,
    RequestError,
    accepted,
    conflict,
    parse_answer,
    refused,
)

PROOF_LINE = b"45a904ZS87DsABklj8OTO893580VT6nC59yvmEzZL5U=\n"


def test_the_reference_request_is_read_and_written_back():
    """A request made by other software is parsed into its parts and encodes to the same bytes."""
    request = AddCheckpoint.parse(REQUEST_4_TO_7)
    assert (request.old, len(request.proof), request.checkpoint.size) == (4, 1, 7)
    assert request.proof[0].hex().startswith("e396bdd38652f3b0ec00192")
    assert request.encode() == REQUEST_4_TO_7


def test_a_request_without_a_proof_has_one_empty_line(log):
    """From size 0 the old size line is followed by the empty line."""
    request = log.request(0)
    assert request.startswith(b"old 0\n\nquittance.example/")
    assert AddCheckpoint.parse(request).proof == ()


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "nothing": b"",
        "no old line": REQUEST_4_TO_7.removeprefix(b"old 4\n"),
        "capitals": REQUEST_4_TO_7.replace(b"old", b"Old"),
        "two spaces": REQUEST_4_TO_7.replace(b"old 4", b"old  4"),
        "space at the end": REQUEST_4_TO_7.replace(b"old 4", b"old 4 "),
        "leading zero": REQUEST_4_TO_7.replace(b"old 4", b"old 04"),
        "sign": REQUEST_4_TO_7.replace(b"old 4", b"old +4"),
        "other digits": REQUEST_4_TO_7.replace(b"old 4", "old ٤".encode()),
        "too large a size": REQUEST_4_TO_7.replace(b"old 4", b"old 9223372036854775808"),
        "endless digits": REQUEST_4_TO_7.replace(b"old 4", b"old " + b"9" * 5000),
        "carriage returns": REQUEST_4_TO_7.replace(b"\n", b"\r\n"),
        "no empty line": REQUEST_4_TO_7.replace(b"\n\nquittance", b"\nquittance", 1),
        "two empty lines": REQUEST_4_TO_7.replace(b"\n\nquittance", b"\n\n\nquittance", 1),
        "no last line feed": REQUEST_4_TO_7[:-1],
        "text at the end": REQUEST_4_TO_7 + b"x",
        "64 hashes": REQUEST_4_TO_7.replace(PROOF_LINE, PROOF_LINE * 64),
        "hash of 31 bytes": REQUEST_4_TO_7.replace(PROOF_LINE, b"A" * 41 + b"===\n"),
        "hash not padded": REQUEST_4_TO_7.replace(b"5U=\n", b"5U\n"),
        "hash with loose bits": REQUEST_4_TO_7.replace(b"5U=\n", b"5V=\n"),
        "URL-safe hash": REQUEST_4_TO_7.replace(b"45a904", b"45_904"),
        "unsigned": REQUEST_4_TO_7[: REQUEST_4_TO_7.index("—".encode())],
        "extension line": REQUEST_4_TO_7.replace(b"YwY=\n\n", b"YwY=\nmore\n\n"),
        "size 07": REQUEST_4_TO_7.replace(b"\n7\n", b"\n07\n"),
        "too large": REQUEST_4_TO_7 + "— another.example/w ".encode() + b"AAAA" * (MAX_BYTES // 4) + b"\n",
    }.items(),
)
def test_any_other_spelling_is_refused(name, data):
    """Each of these raises `RequestError` with the code witness.request."""
    assert data != REQUEST_4_TO_7
    with pytest.raises(RequestError) as caught:
        AddCheckpoint.parse(data)
    assert caught.value.code == "witness.request"


def test_63_hashes_are_read():
    """The most that the protocol allows is allowed."""
    assert len(AddCheckpoint.parse(REQUEST_4_TO_7.replace(PROOF_LINE, PROOF_LINE * 63)).proof) == 63


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda junk: b"old 4\n" + junk))
def test_noise_is_refused_and_nothing_else_is_raised(data):
    """Whatever comes, the parser raises its own error or gives a request that encodes to what came."""
    with suppress(RequestError):
        assert AddCheckpoint.parse(data).encode() == data


@given(st.integers(0, len(REQUEST_4_TO_7) - 1), st.integers(0, 255))
def test_one_changed_byte_is_refused_or_read_as_written(place, byte):
    """A request with one byte changed is refused, or means what it now says: encoding gives the changed bytes."""
    data = bytearray(REQUEST_4_TO_7)
    data[place] = byte
    with suppress(RequestError):
        assert AddCheckpoint.parse(bytes(data)).encode() == data


@pytest.mark.parametrize(("old", "proof"), [(-1, ()), (2**63, ()), (0, (b"short",)), (0, (b"x" * 32,) * 64)])
def test_what_cannot_be_sent_is_not_made(old, proof):
    """A size or proof out of bounds is refused where a request is made, not where it arrives."""
    with pytest.raises(RequestError):
        AddCheckpoint.of(old, proof, Log().grow(3).note())


def test_answers_are_read_back():
    """Signature lines come back as text, a size as a number, a refusal as an error with the witness's words."""
    line = COSIGNED_7.decode()
    assert parse_answer(accepted(line[:-1]).body) == line
    assert (conflict(7).content_type, parse_answer(conflict(7).body)) == ("text/x.tlog.size", 7)
    with pytest.raises(RequestError, match=r"witness\.fork: There are two\.") as caught:
        parse_answer(refused(422, "witness.fork", "There are two.").body)
    assert caught.value.code == "witness.refused"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"7",
        b"07\n",
        "٧\n".encode(),
        b"9223372036854775808\n",
        b"no line feed",
        b"\xff\n",
        b"two\nlines\n",
        b"a \x1b[31mterminal's\n",
        COSIGNED_7[:-1],
        COSIGNED_7 + b"7\n",
        b"x" * MAX_BYTES + b"\n",
    ],
)
def test_what_is_no_answer_is_refused(body):
    """Nothing is guessed from an answer that no witness gives."""
    with pytest.raises(RequestError) as caught:
        parse_answer(body)
    assert caught.value.code in ("witness.answer", "witness.request")
