"""The beacon quicknet: rounds and their times, and the check of a round without a network."""

import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import QuittanceError
from quittance.selection.beacon import (
    GENESIS,
    quicknet_after,
    quicknet_label,
    quicknet_round,
    quicknet_time,
    require_later,
    verify_quicknet,
)

LABEL = "drand:quicknet:657413"
SIGNATURE = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
"""Round 657413 as published by the network."""


def test_a_genuine_round():
    """The value is the hash of the signature, and the label goes with it."""
    pytest.importorskip("drand_verify")
    found = verify_quicknet(LABEL, SIGNATURE)
    assert found.label == LABEL
    assert found.value.hex() == "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"


@pytest.mark.parametrize(
    ("label", "signature"), [("drand:quicknet:657414", SIGNATURE), (LABEL, SIGNATURE[:-2] + "7c"), (LABEL, "0" * 96)]
)
def test_another_round_or_signature(label, signature):
    """A signature of one round is none of the next, and one digit makes it none at all."""
    pytest.importorskip("drand_verify")
    with pytest.raises(QuittanceError) as refused:
        verify_quicknet(label, signature)
    assert refused.value.code == "seed.beacon_wrong"


def test_without_the_extra(monkeypatch):
    """Where drand-verify is not installed, the command that installs it is named."""
    monkeypatch.setitem(sys.modules, "drand_verify", None)
    with pytest.raises(QuittanceError, match=r"quittance\[beacon\]") as refused:
        verify_quicknet(LABEL, SIGNATURE)
    assert refused.value.code == "seed.extra"
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("label", ["", "drand:quicknet:0", "drand:quicknet:01", "nist:1", f"{LABEL} ", "x" * 200])
def test_a_label_that_names_no_round(label):
    """Refused with an example of one that does."""
    with pytest.raises(QuittanceError, match="drand:quicknet:657413") as refused:
        quicknet_round(label)
    assert refused.value.code == "seed.format"


@pytest.mark.parametrize("signature", ["", SIGNATURE[:-1], SIGNATURE.upper(), "g" * 96])
def test_a_signature_that_is_none(signature):
    """Its form is checked before anything is loaded."""
    with pytest.raises(QuittanceError) as refused:
        verify_quicknet(LABEL, signature)
    assert refused.value.code == "seed.format"


def test_rounds_are_three_seconds_apart():
    """Round 1 is due at the genesis, each next three seconds later."""
    assert quicknet_time(1) == GENESIS == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    assert quicknet_time(657413) - quicknet_time(657412) == timedelta(seconds=3)
    with pytest.raises(QuittanceError) as refused:
        quicknet_time(10**14)
    assert refused.value.code == "seed.format"


@given(st.datetimes(datetime(2023, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_the_first_round_after_a_deadline(deadline):
    """It is later, and the one before it is not; naming it is accepted, naming that one refused with it named."""
    number = quicknet_after(deadline)
    require_later(quicknet_label(number), deadline)
    assert quicknet_time(number) > deadline
    if number > 1:
        assert quicknet_time(number - 1) <= deadline
        with pytest.raises(QuittanceError, match=quicknet_label(number)) as refused:
            require_later(quicknet_label(number - 1), deadline)
        assert refused.value.code == "seed.beacon_early"
