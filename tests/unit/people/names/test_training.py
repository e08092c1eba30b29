"""Training: the same pairs give the same tables, likelihood rises, the shipped tables are what the program makes."""

import hashlib
import io
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from quittance.people.names import em, training
from quittance.people.names.channel import Channel, words
from quittance.people.names.habits import eastern_pairs
from quittance.people.names.letters import ARABIC
from quittance.people.names.tables import encode, placed

SHARED = Path(__file__).parents[4].parent / "shared" / "data" / "names"
PAIRS = [SHARED / "token_pairs_ar_la.csv", SHARED / "token_pairs_cy_la.csv"]

SAMPLE = (
    "arabic,latin,count,source\n"
    "محمد,mohammed,9,x\nمحمد,muhammad,4,x\nمحمد,mohamed,7,x\nكريم,karim,3,x\nكريم,kareem,1,x\nرحيم,rahim,3,x\n"
    "رحيم,raheem,1,x\nسليم,salim,2,x\nسليم,saleem,1,x\nنادر,nader,2,x\nنادر,nadir,2,x\nطارق,tariq,2,x\nطارق,tarek,2,x\n"
    "جمال,jamal,3,x\nجمال,djamel,2,x\nشريف,sharif,2,x\nشريف,cherif,2,x\nخالد,khaled,4,x\nخالد,khalid,4,x\n"
    "يوسف,yusuf,2,x\nيوسف,youssef,3,x\nحسن,hassan,5,x\nحسن,hasan,4,x\nعلي,ali,9,x\nعمر,omar,4,x\nعمر,umar,2,x\n"
)
CYRILLIC = (
    "cyrillic,latin,count,source\nиван,ivan,5,x\nкарим,karim,2,x\nомар,omar,2,x\nхасан,hasan,1,x\nхасан,hassan,1,x\n"
    "али,ali,3,x\nволков,volkov,2,x\nпетрович,petrovich,1,x\nсалим,salim,1,x\nнадир,nadir,1,x\nджамал,jamal,1,x\n"
)


def _pairs():
    return (
        training.read_pairs(SAMPLE, "arabic", (0.35, 3.0)),
        training.read_pairs(CYRILLIC, "cyrillic", (0.5, 2.5)),
    )


def test_rows_are_filtered():
    """Words of one letter, other scripts, far lengths and broken rows are left out; equal pairs are added up."""
    text = (
        "arabic,latin,count,source\nم,m,1,x\nكريم,karim,2,x\nکریم,Karim,3,x\nkarim,karim,1,x\nمحمد,a,1,x\nكريم,karim\n"
    )
    assert training.read_pairs(text, "arabic", (0.35, 3.0)) == {("کریم", "karim"): 5.0}


def test_training_is_deterministic_and_rises():
    """Two runs on a sample give the same bytes; the likelihood rises in every round; the tables work."""
    heard: list[str] = []
    models, shares = training.learn_all(*_pairs(), heard.append)
    again, _ = training.learn_all(*_pairs(), lambda line: None)
    data = training.packed(models)
    assert data == training.packed(again)
    assert any(line.startswith("la-la round 7") for line in heard)
    for model in models.values():
        assert model.course == sorted(model.course)
    channel = Channel(data)
    right, wrong = channel.evidence(["کریم", "کریم"], ["karim", "tarek"])
    assert right > 0 > wrong
    assert all(0 < share <= training.WORDS_PER_NAME for share in shares.values())


def test_expectation_counts_every_letter():
    """Forward and backward agree: each source letter is written exactly once per pair, in whatever way."""
    arabic, _ = _pairs()
    sample, _ = training.prepare(arabic, "arabic", "latin")
    tables = em.first_guess(len(ARABIC), 26).tables()
    c0, c1, c2, c3, gaps, _ = em._count(tables, sample, sample.weights)
    width = tables.letters + 1
    steps = c0.sum() + c1.sum() + c2.reshape(-1, width, width).sum() + c3.sum()
    letters = (sample.source[1][sample.pairs[:, 0]] * sample.weights).sum()
    np.testing.assert_allclose(steps, letters)
    np.testing.assert_allclose(gaps.sum(), letters + sample.weights.sum())


def test_chance_of_all_short_words_is_below_one():
    """The chances of all words of up to three letters, for one source word, sum to less than 1 and to most of it."""
    tables = Channel.load().direction("ar-la").tables
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    targets = [
        a + b + c
        for a in ("", *alphabet)
        for b in ("", *alphabet)
        for c in ("", *alphabet)
        if (a or not b) and (b or not c)
    ]
    source = encode(["حق"], "arabic")
    rows = np.array([(0, j) for j in range(len(targets))], dtype=np.int32)
    total = tables.forward(rows, (placed(*source), source[1]), encode(targets, "latin")).sum()
    assert 0.5 < total < 1.0


def test_synthetic_pairs_follow_the_official_tables():
    """A word in Russian letters gives its Ukrainian and Belarusian spelling, each romanised officially."""
    assert eastern_pairs("игорив") == [("ігорів", "ihoriv"), ("ігоріў", "ihoriu")]


def test_wrong_use_is_told(capsys):
    """Without its three arguments the program prints how to use it and returns 2."""
    assert training.main([]) == 2
    assert "PAIRS_AR" in capsys.readouterr().err


def test_program_writes_tables_with_provenance(tmp_path, capsys):
    """The program writes the tables and, beside them, what they were made of."""
    (tmp_path / "ar.csv").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "cy.csv").write_text(CYRILLIC, encoding="utf-8")
    assert training.main([str(tmp_path / "ar.csv"), str(tmp_path / "cy.csv"), str(tmp_path)]) == 0
    told = json.loads((tmp_path / "channel.json").read_text("utf-8"))
    data = (tmp_path / "channel.npz").read_bytes()
    assert told["sha256"]["channel.npz"] == hashlib.sha256(data).hexdigest() == Channel(data).tables_sha256
    assert [SAMPLE.count("\n") - 1, CYRILLIC.count("\n") - 1] == [one["rows"] for one in told["inputs"]]
    assert "ar-la round 0" in capsys.readouterr().out


@pytest.mark.slow
def test_shipped_tables_are_what_training_makes(tmp_path):
    """Trained again on the published pairs, the program gives the shipped tables, number by number."""
    if not all(path.exists() for path in PAIRS):
        pytest.skip("The word pairs are not here (shared/data/names/token_pairs_*.csv).")
    shipped = files("quittance.people.names")
    told = json.loads(shipped.joinpath("channel.json").read_text("utf-8"))
    assert [one["sha256"] for one in told["inputs"]] == [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in PAIRS
    ]
    assert training.main([*map(str, PAIRS), str(tmp_path)]) == 0
    with (
        np.load(tmp_path / "channel.npz") as made,
        np.load(io.BytesIO(shipped.joinpath("channel.npz").read_bytes())) as kept,
    ):
        assert made.files == kept.files
        for name in kept.files:
            np.testing.assert_allclose(made[name], kept[name], rtol=1e-3, atol=1e-9, err_msg=name)
    assert (tmp_path / "frequency.csv").read_text("utf-8") == shipped.joinpath("frequency.csv").read_text("utf-8")


@pytest.mark.slow
def test_words_are_found_among_distractors():
    """Of the published pairs with Arabic letters proper, drawn by lot, most words find one of their forms first."""
    if not PAIRS[0].exists():
        pytest.skip("The word pairs are not here (shared/data/names/token_pairs_*.csv).")
    pairs = training.read_pairs(PAIRS[0].read_text("utf-8"), "arabic", (0.35, 3.0))
    drawn = {
        word: latin
        for (word, latin), count in sorted(pairs.items())
        if count > 1 and set(word) & set("عحقصضطظ") and training._lot("t" + word) < 0.3
    }
    sources, targets = list(drawn), sorted(set(drawn.values()))
    rows = np.array([(i, j) for i in range(len(sources)) for j in range(len(targets))], dtype=np.int32)
    weights = Channel.load().weigh(words(sources, "arabic"), words(targets, "latin"), rows)
    best = weights.reshape(len(sources), len(targets)).argmax(axis=1)
    found = np.mean([(source, targets[place]) in pairs for source, place in zip(sources, best, strict=True)])
    assert len(sources) > 150
    assert found > 0.85
