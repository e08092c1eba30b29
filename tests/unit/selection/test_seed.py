"""The seed: commitments and reveals, what is derived from them, who defaulted, and what may not be mixed in."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import UnreadableError
from quittance.selection.canonical import request_sha256
from quittance.selection.seed import (
    Beacon,
    Reveal,
    SeedRefused,
    audit_key,
    audit_sample,
    commit,
    derive_seed,
    lp,
    require_commit,
    settle,
)

REFERENCE = Path(__file__).parents[4] / "shared/data/selection/vectors.json"

REQUEST = "8af3885658e621cd898033a2fee24a7f9c353515802855caad8fd81fe8621af3"
"""The request of the reference, whose commitments and seeds are written out below."""

NONCES = {name: bytes([number]) * 32 for number, name in enumerate("ABN", 1)}
COMMITS = {
    "A": "73df7ffc93018a94c2f2053c1a0b2a9e1a0eac6d74628569c2570d3e6ca64ce1",
    "B": "c9f6219ea9a5107f6b36f62319dcdaecbc7cc037096f7fe2c0c151f07e163ce1",
    "N": "4dc8ab8104d3e0d88e3a733a5f5f632922ec2c42344135398fe152874f6845a3",
}
BEACON = Beacon("drand:quicknet:657413", b"\xaa" * 32)
SEEDS = (
    ("ABN", None, "f6bdceadc926eacb4ab9a945580c07f424d713f3dd052d873741e2db783457c5"),
    ("AN", None, "9dda8bf0beb4ca0892b59bffe73ed9a548ad54bd4ae383033b12fa827d78867a"),
    ("ABN", BEACON, "f3c74a7e49d5dd76ed70bab0721746bc69150697282c3797523fc7ebfaf24c7c"),
    ("B", BEACON, "a5a3f08882755a83f68210d414a450a3e671fa9415cb56a7ee284718ad259f5c"),
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

nonces = st.binary(min_size=32, max_size=32)
parties = st.text(min_size=1, max_size=8)
shown = st.dictionaries(parties, nonces, min_size=2, max_size=5)


def reveals(names: str, at: datetime = NOON) -> list[Reveal]:
    return [Reveal(name, NONCES[name], at) for name in names]


# --- the formulas ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("party", sorted(COMMITS))
def test_the_commitments_of_the_reference(party):
    """Each commitment is the reference's, and holds for its own nonce alone."""
    assert commit(REQUEST, party, NONCES[party]) == COMMITS[party]
    assert commit(f"sha256:{REQUEST}", party, NONCES[party]) == COMMITS[party]
    require_commit(REQUEST, party, NONCES[party], COMMITS[party])


@pytest.mark.parametrize(("names", "beacon", "seed"), SEEDS)
def test_the_seeds_of_the_reference(names, beacon, seed):
    """The four derivations of the reference, by `derive_seed` and by settling the whole request."""
    assert derive_seed(REQUEST, {name: NONCES[name] for name in names}, beacon).hex() == seed
    label = beacon.label if beacon else None
    assert settle(REQUEST, COMMITS, reveals(names), named=label, beacon=beacon).seed.hex() == seed


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
def test_the_reference_data():
    """What stands in the reference beside this repository, read from there."""
    found = json.loads(REFERENCE.read_text("utf-8"))
    given = found["seed"]
    assert request_sha256(**given["request"]) == given["request_hash"]
    for party, committed in given["commits"].items():
        assert commit(given["request_hash"], party, bytes.fromhex(given["nonces"][party])) == committed
    for case in given["cases"]:
        beacon = case["beacon"] and Beacon(case["beacon"]["label"], bytes.fromhex(case["beacon"]["value_hex"]))
        shown = {party: bytes.fromhex(given["nonces"][party]) for party in case["reveals"]}
        assert derive_seed(given["request_hash"], shown, beacon).hex() == case["seed"]
    preimage = bytes.fromhex(given["first_case_preimage_hex"])
    assert sha256(preimage).hexdigest() == given["cases"][0]["seed"]


def test_audit_keys_are_no_tie_keys():
    """A tie key is the hash of seed and pid with nothing between them; an audit key has its own word there."""
    seed = bytes.fromhex(SEEDS[0][2])
    assert sha256(seed + b"R-0001").hexdigest() == "11211107a1b8ada8090210547d58c600018b988f77f1dc0e23af78a9809860c1"
    assert audit_key(seed, "R-0001") == sha256(seed + b"|audit|R-0001").digest()


def test_an_audit_sample_is_the_same_for_everybody():
    """The first by audit key, whatever the order of the people; it follows the seed and not the tie keys."""
    pids = [f"R-{number:04}" for number in range(200)]
    seed = bytes(32)
    sample = audit_sample(seed, pids, 10)
    assert sample == audit_sample(seed, reversed(pids), 10)
    assert sample == tuple(sorted(pids, key=lambda pid: audit_key(seed, pid)))[:10]
    assert sample != tuple(sorted(pids, key=lambda pid: sha256(seed + pid.encode()).digest()))[:10]
    assert sample != audit_sample(b"\x01" + bytes(31), pids, 10)
    assert audit_sample(seed, pids[:3], 10) == tuple(sorted(pids[:3], key=lambda pid: audit_key(seed, pid)))


@given(st.lists(st.binary(max_size=20), max_size=6), st.lists(st.binary(max_size=20), max_size=6))
def test_two_sequences_never_have_one_spelling(first, second):
    """Lengths before the parts: what differs is spelled differently."""
    assert (lp(*first) == lp(*second)) == (first == second)


@given(shown, st.data())
def test_dropping_a_reveal_equals_nothing_else(reveals, data):
    """Every subset of the reveals gives a seed of its own."""
    dropped = data.draw(st.sampled_from(sorted(reveals)))
    other = data.draw(st.sampled_from(sorted(reveals)))
    seeds = [
        derive_seed(REQUEST, {name: nonce for name, nonce in reveals.items() if name != left_out})
        for left_out in (None, dropped, other)
    ]
    assert seeds[0] not in seeds[1:]
    assert (seeds[1] == seeds[2]) == (dropped == other)


@given(shown, st.data())
def test_swapping_labels_changes_the_seed(reveals, data):
    """Two parties' nonces exchanged is another seed, unless the nonces are equal."""
    first, second = data.draw(st.permutations(sorted(reveals)))[:2]
    swapped = {**reveals, first: reveals[second], second: reveals[first]}
    assert (derive_seed(REQUEST, swapped) == derive_seed(REQUEST, reveals)) == (reveals[first] == reveals[second])


@given(shown, st.randoms(use_true_random=False))
def test_the_order_of_reveals_changes_nothing(reveals, random):
    """Parties are sorted by their bytes before anything is hashed."""
    shuffled = list(reveals.items())
    random.shuffle(shuffled)
    assert derive_seed(REQUEST, dict(shuffled)) == derive_seed(REQUEST, reveals)


@given(shown, st.binary(min_size=1, max_size=40), st.text(min_size=1, max_size=20))
def test_a_beacon_is_no_party(reveals, value, label):
    """Neither its label nor its value can stand for a reveal, nor for the other beacon with the cut elsewhere."""
    seeds = {
        derive_seed(REQUEST, reveals),
        derive_seed(REQUEST, reveals, Beacon(label, value)),
        derive_seed(REQUEST, reveals, Beacon(label + "x", value)),
        derive_seed(REQUEST, reveals, Beacon(label, b"x" + value)),
    }
    assert len(seeds) == 4


# --- settling --------------------------------------------------------------------------------------------------------


def test_who_shows_nothing_defaults():
    """Dropped and named; the others' nonces make the seed."""
    found = settle(REQUEST, COMMITS, reveals("AN"), deadline=NOON)
    assert (found.revealed, found.defaults, found.late) == (("A", "N"), ("B",), ())
    assert found.seed.hex() == SEEDS[1][2]


def test_who_is_late_defaults():
    """At the deadline is in time, a second later is as good as nothing, and it is said that it was late."""
    late = Reveal("B", NONCES["B"], NOON + timedelta(seconds=1))
    found = settle(REQUEST, COMMITS, [*reveals("AN"), late], deadline=NOON)
    assert (found.revealed, found.defaults, found.late) == (("A", "N"), ("B",), ("B",))
    assert found.seed.hex() == SEEDS[1][2]
    assert settle(REQUEST, COMMITS, [*reveals("AN"), late]).defaults == ()


def test_without_a_beacon_the_last_may_choose():
    """It is said, and a beacon ends it; with one party alone there is nothing to wait for."""
    assert settle(REQUEST, COMMITS, reveals("ABN")).last_may_choose
    assert not settle(REQUEST, COMMITS, reveals("ABN"), named=BEACON.label, beacon=BEACON).last_may_choose
    assert not settle(REQUEST, {"A": COMMITS["A"]}, reveals("A")).last_may_choose


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("seed.wrong_reveal", lambda: settle(REQUEST, COMMITS, [Reveal("A", NONCES["B"], NOON)])),
        ("seed.wrong_reveal", lambda: require_commit(REQUEST[::-1], "A", NONCES["A"], COMMITS["A"])),
        ("seed.no_commit", lambda: settle(REQUEST, {"B": COMMITS["B"]}, reveals("AB"))),
        ("seed.repeated", lambda: settle(REQUEST, COMMITS, reveals("AA"))),
        ("seed.no_reveal", lambda: settle(REQUEST, COMMITS, [])),
        ("seed.no_reveal", lambda: settle(REQUEST, COMMITS, reveals("A"), deadline=NOON - timedelta(1))),
        ("seed.beacon_missing", lambda: settle(REQUEST, COMMITS, reveals("A"), named=BEACON.label)),
        ("seed.beacon_other", lambda: settle(REQUEST, COMMITS, reveals("A"), beacon=BEACON)),
        ("seed.beacon_other", lambda: settle(REQUEST, COMMITS, reveals("A"), named="drand:quicknet:1", beacon=BEACON)),
    ],
)
def test_refusals(code, act):
    """Each with its own code and without a nonce in its words."""
    with pytest.raises(SeedRefused) as refused:
        act()
    assert refused.value.code == code
    assert refused.value.exit_code == 1
    assert not any(nonce.hex() in refused.value.message for nonce in NONCES.values())


@pytest.mark.parametrize(
    "act",
    [
        lambda: commit(REQUEST, "A", bytes(31)),
        lambda: commit(REQUEST, "", bytes(32)),
        lambda: commit("xyz", "A", bytes(32)),
        lambda: commit(REQUEST.upper(), "A", bytes(32)),
        lambda: derive_seed(REQUEST, {"A": bytes(33)}),
        lambda: require_commit(REQUEST, "A", bytes(32), "a" * 63),
    ],
)
def test_what_has_no_form_is_unreadable(act):
    """Hashes, labels and nonces of the wrong form are refused before anything is hashed."""
    with pytest.raises(UnreadableError) as refused:
        act()
    assert refused.value.code == "seed.format"


def test_a_nonce_is_never_printed():
    """A reveal shown in a log or trace keeps its nonce to itself."""
    assert NONCES["A"].hex() not in repr(Reveal("A", NONCES["A"], NOON))
    assert repr(NONCES["A"]) not in repr(Reveal("A", NONCES["A"], NOON))
