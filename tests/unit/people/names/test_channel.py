"""The letter channel as shipped: its file, sums, signs and symmetry, and the same results without a compiler."""

import hashlib
import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import UnreadableError
from quittance.people.names.channel import DIRECTIONS, LEAST, MOST, Channel, words
from quittance.people.names.frequency import expected_share
from quittance.people.names.jit import COMPILED
from quittance.people.names.letters import ARABIC, CYRILLIC, LATIN
from quittance.people.names.name import parse
from quittance.people.names.tables import PLACES

PACKAGE = files("quittance.people.names")


@pytest.fixture(scope="module")
def channel():
    """The shipped channel."""
    return Channel.load()


def test_file_is_small_and_is_the_one_that_is_described(channel):
    """The data files have the hashes that channel.json gives, under a megabyte; sources and licences are named."""
    told = json.loads(PACKAGE.joinpath("channel.json").read_text("utf-8"))
    data = PACKAGE.joinpath("channel.npz").read_bytes()
    assert told["sha256"]["channel.npz"] == hashlib.sha256(data).hexdigest() == channel.tables_sha256
    assert told["sha256"]["frequency.csv"] == hashlib.sha256(PACKAGE.joinpath("frequency.csv").read_bytes()).hexdigest()
    assert len(data) < 1_000_000
    assert {"Apache-2.0", "CC0-1.0"} == {source["licence"] for source in told["sources"]}
    assert set(DIRECTIONS.values()) == set(told["models"])
    for model in told["models"].values():
        assert model["log_likelihood_per_pair"] == sorted(model["log_likelihood_per_pair"])
        assert model["pairs"] > 10_000


@pytest.mark.parametrize("name", sorted(set(DIRECTIONS.values())))
def test_probabilities_sum_to_one(channel, name):
    """What a letter emits, what a gap inserts, and what follows a letter in the background each sum to 1."""
    direction = channel.direction(name)
    tables = direction.tables
    size = tables.letters
    pairs = tables.e2.reshape(len(tables.e2), size + 1, size + 1)
    emitted = tables.e0 + tables.e1[:, :size].sum(axis=1) + pairs[:, :size, :size].sum(axis=(1, 2)) + tables.e3
    np.testing.assert_allclose(emitted, 1.0, atol=2e-3)
    np.testing.assert_allclose(tables.ins[:, :size].sum(axis=1), 1.0, atol=2e-3)
    assert ((tables.go > 0) & (tables.go < 1)).all()
    np.testing.assert_allclose(direction.background.start[:size].sum(), 1.0, atol=2e-3)
    following = np.delete(direction.background.step, size, axis=1)
    np.testing.assert_allclose(following.sum(axis=1), 1.0, atol=2e-3)
    for table in (tables.e0, tables.e1, tables.e2, tables.e3, tables.ins, direction.background.step):
        assert (table >= 0).all()


def test_tables_have_the_alphabets(channel):
    """Each direction has a row for every letter and place of its source, the lost letter included."""
    alphabets = {"arabic": ARABIC, "latin": LATIN, "cyrillic": CYRILLIC}
    for (source, target), name in DIRECTIONS.items():
        tables = channel.direction(name).tables
        assert len(tables.e0) == (len(alphabets[source]) + 1) * PLACES
        assert tables.letters == len(alphabets[target])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد", "mohammed"),
        ("محمد", "mouhamed"),
        ("یوسف", "yusuf"),
        ("یوسف", "youssef"),
        ("شریف", "cherif"),
        ("جمال", "djamel"),
        ("حسن", "xasan"),
        ("قدور", "kaddour"),
        ("چنگیز", "cengiz"),
        ("mohammed", "muhammad"),
        ("youssef", "yusuf"),
        ("cherif", "sharif"),
        ("wahid", "vahid"),
        ("گلاب", "کلاب"),
        ("پرویز", "برویز"),
        ("محمد", "محمد"),
        ("طاهر", "تاهر"),
        ("владимир", "vladimir"),
        ("григорий", "hryhorii"),
        ("андрій", "andriy"),
        ("аляксандр", "aliaksandr"),
        ("александр", "олександр"),
        ("محمد", "мухаммад"),
        ("کریم", "карим"),
        ("кар\ufffdм", "karim"),
        ("کریم", "k\ufffdrim"),
    ],
)
def test_spellings_of_one_name_weigh_for_it(channel, one, other):
    """Two spellings of one common name explain each other better than chance, whichever is called source."""
    evidence = channel.evidence([one, other], [other, one])
    assert evidence[0] > 2.0
    assert evidence[0] == evidence[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد", "karim"),
        ("یوسف", "rahim"),
        ("حسن", "jamal"),
        ("mohammed", "karim"),
        ("yusuf", "rashid"),
        ("محمد", "کریم"),
        ("владимир", "sergei"),
        ("иван", "олег"),
        ("کریم", "олег"),
    ],
)
def test_different_names_weigh_against(channel, one, other):
    """Two different names explain each other worse than chance."""
    assert channel.evidence([one], [other])[0] < -2.0


_COMMON = (
    "محمد احمد علی حسن حسین کریم رحیم یوسف ابراهیم اسماعیل مصطفی عمر عثمان خالد طارق جمال سلیم نادر شریف فاروق",
    "muhammad ahmed ali hassan hussein karim rahim yusuf ibrahim ismail mustafa omar osman khaled tareq jamal salim "
    "nader sharif farooq",
)


def test_right_name_is_found_among_common_ones(channel):
    """Each of some common names weighs most with its own spelling in another script."""
    arabic, latin = _COMMON[0].split(), _COMMON[1].split()
    rows = np.array([(i, j) for i in range(len(arabic)) for j in range(len(latin))], dtype=np.int32)
    weights = channel.weigh(words(arabic, "arabic"), words(latin, "latin"), rows).reshape(len(arabic), -1)
    assert list(range(len(arabic))) == weights.argmax(axis=1).tolist() == weights.argmax(axis=0).tolist()


_TOKEN = st.one_of(*(st.text(alphabet=letters + "\ufffd", max_size=45) for letters in (ARABIC, LATIN, CYRILLIC)))


@given(st.lists(st.tuples(_TOKEN, _TOKEN), max_size=8))
def test_evidence_is_symmetric_bounded_and_does_not_depend_on_neighbours(pairs):
    """Any two tokens: the same weight from either side, alone or in company, finite and within bounds."""
    channel = Channel.load()
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    together = channel.evidence(ones, others)
    assert np.isfinite(together).all()
    assert ((together >= LEAST) & (together <= MOST)).all()
    np.testing.assert_array_equal(together, channel.evidence(others, ones))
    alone = [channel.evidence([one], [other])[0] for one, other in pairs]
    np.testing.assert_array_equal(together, alone)


def test_unknown_scripts_and_empty_tokens(channel):
    """A token of another script is weighed by its Latin form; an empty token weighs nothing."""
    assert channel.evidence(["김"], ["kim"])[0] > 0
    assert channel.evidence(["", "ali"], ["ali", ""]).tolist() == [0.0, 0.0]
    assert len(channel.evidence([], [])) == 0


def test_lengths_must_agree(channel):
    """Element by element means two lists of one length."""
    with pytest.raises(ValueError, match="zip"):
        channel.evidence(["ali"], [])


@pytest.mark.parametrize("data", [b"", b"not tables", b"PK\x05\x06" + bytes(18)])
def test_damaged_file_is_refused(data):
    """A file that does not hold the tables is refused with a stable code."""
    with pytest.raises(UnreadableError) as refusal:
        Channel(data)
    assert refusal.value.code == "names.tables_unreadable"


@pytest.mark.skipif(not COMPILED, reason="numba is not installed: there is only one way")
def test_same_results_without_the_compiler(channel):
    """Without numba the same loops give the same numbers, to the last digit."""
    pairs = [
        ("محمد", "mohammed"),
        ("mohammed", "muhammad"),
        ("کریم", "کرم"),
        ("иван", "ivan"),
        ("کریم", "карим"),
        ("ali", ""),
    ]
    program = (
        "import sys; sys.modules['numba'] = None\n"
        "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'numba' else f(n, *a)\n"
        "from quittance.people.names.jit import COMPILED; assert not COMPILED\n"
        "from quittance.people.names.channel import Channel\n"
        f"pairs = {pairs!r}\n"
        "print([float(x).hex() for x in Channel.load().evidence([a for a, _ in pairs], [b for _, b in pairs])])"
    )
    slow = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    fast = channel.evidence([one for one, _ in pairs], [other for _, other in pairs])
    assert str([float(weight).hex() for weight in fast]) == slow.strip()


def test_common_names_are_common():
    """The background knows Muhammad as common, and an unheard-of skeleton as rarer than listed."""
    (muhammad,) = parse("Muhammad")[0].tokens
    assert expected_share(muhammad.skeleton) > 0.08
    assert expected_share("ZQXW") == 0.0
    lines = PACKAGE.joinpath("frequency.csv").read_text("utf-8").splitlines()
    shares = [float(line.split(",")[1]) for line in lines[1:]]
    assert all(0 < share < 0.5 for share in shares)
    assert len(shares) > 300
