"""Overlap without disclosure: the filters hold no name, both orders agree, and the pairs found are mostly right."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quittance.cli.main import run
from quittance.people.model import ListEntry
from quittance.people.overlap import LIMITS, OverlapError, compare, derive_key, encode, read_encoding
from quittance.people.overlap.comparing import _dice
from quittance.people.overlap.encoding import BITS, POSITIONS, elements
from quittance.people.synthetic import Wanted, two_lists

DEVELOPMENT = Path(__file__).resolve().parents[4] / "shared" / "data" / "names"
SECRET = b"a secret of this test alone"


@pytest.fixture(scope="module")
def key():
    """The key of the secret of these tests."""
    return derive_key(SECRET)


@pytest.fixture(scope="module")
def lists():
    """Two invented lists in two scripts and two calendars."""
    return two_lists(Wanted(2000, 1000), 11)


@pytest.fixture(scope="module")
def encodings(lists, key):
    """Both lists encoded under one key."""
    return encode(lists.a.entries, key), encode(lists.b.entries, key)


def right_and_all(found, a, b, truth):
    """How many pairs found are right, how many were found, and how many b have a partner."""
    true = set(truth)
    right = sum((a[pair.a_row - 1].pid, b[pair.b_row - 1].pid) in true for pair in found.pairs)
    return right, len(found.pairs), len({pid for _, pid in true})


def test_an_element_sets_twenty_bits_at_most(key):
    """One word of two letters: two bigrams more than its letters and twice the whole, each of up to twenty bits."""
    entry = ListEntry("1", "Rahmat")
    assert elements(entry, "name") == ["_R", "RH", "HM", "MT", "T_", "RHMT/1", "RHMT/2"]
    ones = np.bitwise_count(encode([entry], key, ("name",)).filters).sum()
    assert POSITIONS * 5 < ones <= POSITIONS * 7 < BITS


def test_spellings_and_scripts_of_a_name_give_one_filter(key):
    """What has the same skeletons is encoded alike; another name is not."""
    names = ("Mohammad Karim", "Muhammed Kareem", "محمد کریم", "محمد كريم")
    filters = encode([ListEntry(str(n), name) for n, name in enumerate(names)], key, ("name",)).filters
    assert (filters == filters[0]).all()
    other = encode([ListEntry("1", "Abdul Wahid")], key, ("name",)).filters
    assert _dice(filters[:1, 0], other[:, 0])[0] < 0.4


def test_the_same_element_of_another_field_or_key_is_another(key):
    """Filters of two fields, or under two keys, cannot be set against each other."""
    entry = ListEntry("1", "Karim", father="Karim")
    own = encode([entry], key, ("name", "father")).filters[0]
    other = encode([entry], derive_key(b"another secret of this test"), ("name",)).filters[0]
    assert _dice(own[:1], own[1:])[0] < 0.4
    assert _dice(own[:1], other)[0] < 0.4


def test_likeness_is_dice(key):
    """Twice the bits that both have, over the bits of each; a field that is not given has none."""
    left, right, nobody = (
        encode([ListEntry("1", name)], key, ("name",)).filters[:, 0] for name in ("Karim Khan", "Karim Gul", "")
    )
    bits = [set(np.flatnonzero(np.unpackbits(one.view(np.uint8)))) for one in (left, right)]
    expected = 2 * len(bits[0] & bits[1]) / (len(bits[0]) + len(bits[1]))
    assert _dice(left, right)[0] == pytest.approx(expected)
    assert _dice(left, nobody)[0] == -1


def test_no_name_stands_in_an_encoding(lists, encodings):
    """Neither a cell nor a skeleton nor the row's own id is in the bytes."""
    data = encodings[0].as_bytes()
    for entry in lists.a.entries[:200]:
        for cell in (entry.pid, entry.name, entry.father, entry.district):
            assert not cell or cell.encode() not in data
    header = json.loads(data.partition(b"\n")[0])
    assert set(header) == {"bits", "check", "fields", "format", "positions", "rows", "sha256"}


def test_the_check_of_a_key_is_not_the_key(key, encodings):
    """Encodings under one secret share it; it holds no part of the key."""
    assert encodings[0].check == encodings[1].check != encode([], derive_key(b"some other long secret")).check
    assert bytes.fromhex(encodings[0].check)[:4] not in key


def test_an_encoding_comes_back_from_its_file(encodings):
    """Bytes, reading, bytes again: the same."""
    data = encodings[0].as_bytes()
    assert read_encoding(data).as_bytes() == data


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data.replace(b"quittance-overlap/1", b"quittance-overlap/2"),
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda data: data.replace(b'"rows":40', b'"rows":"4"'),
        lambda data: data.replace(b'"fields":["name"', b'"fields":["mame"'),
        lambda data: data.replace(b'"check":"', b'"check":"x'),
        lambda data: b"[1]\n" + data,
        lambda data: b"\xff\xd8\xff\xe0" + data,
        lambda data: b"[" * 100_000 + b"\n",
    ],
)
def test_what_is_no_encoding_is_refused(spoil, lists, key):
    """Damage, another version and other files are refused with one code, never with a trace."""
    data = encode(lists.a.entries[:40], key).as_bytes()
    with pytest.raises(OverlapError) as refused:
        read_encoding(spoil(data))
    assert refused.value.code == "overlap.format"


def test_two_secrets_are_refused(lists, encodings):
    """Nothing is compared that was not encoded under one secret."""
    other = encode(lists.b.entries[:10], derive_key(b"another secret of this test"))
    with pytest.raises(OverlapError) as refused:
        compare(encodings[0], other)
    assert refused.value.code == "overlap.key_differs"


def test_other_fields_are_refused(lists, key, encodings):
    """Both sides encode the same fields; the name is always among them, and unknown ones do not exist."""
    with pytest.raises(OverlapError) as refused:
        compare(encodings[0], encode(lists.b.entries[:10], key, ("name", "father")))
    assert refused.value.code == "overlap.fields_differ"
    for fields in (("father",), ("name", "shoe")):
        with pytest.raises(OverlapError) as refused:
            encode(lists.b.entries[:10], key, fields)
        assert refused.value.code == "overlap.fields"


def test_a_short_secret_is_refused():
    """What could be guessed is no secret."""
    with pytest.raises(OverlapError) as refused:
        derive_key(b"short")
    assert refused.value.code == "overlap.secret_short"


def test_most_pairs_are_right_and_most_people_are_found(lists, encodings):
    """On invented lists in two scripts, with the standard noise: about nine pairs of ten, and more of the likely."""
    found = compare(*encodings)
    right, count, people = right_and_all(found, lists.a.entries, lists.b.entries, lists.truth())
    assert right / count > 0.87
    assert right / people > 0.75
    likely = replace(found, pairs=tuple(pair for pair in found.pairs if pair.likely))
    right, count, _ = right_and_all(likely, lists.a.entries, lists.b.entries, lists.truth())
    assert right / count > 0.93
    assert found.size == (count, len(found.pairs))


def test_each_row_pairs_once(encodings):
    """One to one."""
    pairs = compare(*encodings).pairs
    assert len({pair.a_row for pair in pairs}) == len({pair.b_row for pair in pairs}) == len(pairs)
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)


def test_the_order_of_rows_plays_no_part(lists, key, encodings):
    """Shuffled rows that keep their numbers give the same pairs."""
    order = np.random.default_rng(1).permutation(len(lists.a.entries))
    shuffled = encode([lists.a.entries[at] for at in order], key, rows=[int(at) + 1 for at in order])
    assert set(compare(shuffled, encodings[1]).pairs) == set(compare(*encodings).pairs)


def test_both_orders_find_the_same_pairs(encodings):
    """B against A is A against B, turned round."""
    there, back = compare(*encodings), compare(*reversed(encodings))
    assert {(pair.a_row, pair.b_row) for pair in there.pairs} == {(pair.b_row, pair.a_row) for pair in back.pairs}


def test_an_empty_list_shares_nobody(key, encodings):
    """No row, no pair; rows without a name pair with nobody."""
    assert compare(encode([], key), encodings[1]).size == (0, 0)
    nobody = encode([ListEntry("1", ""), ListEntry("2", "?")], key)
    assert compare(nobody, nobody).pairs == ()


@pytest.mark.parametrize(("name", "floor"), [("a2", 0.92), ("b2v", 0.76)])
def test_on_the_development_sets(name, floor, key):
    """Names alone, at the fixed threshold: F1 where Bloom filters of skeletons have been measured before, or better."""
    if not DEVELOPMENT.is_dir():
        pytest.skip("the development sets of names are not beside the repository")
    tables = {}
    for part in ("A", "B", "truth"):
        with (DEVELOPMENT / f"{name}_{part}.csv").open(encoding="utf-8", newline="") as file:
            tables[part] = list(csv.DictReader(file))
    a, b = ([ListEntry(row["pid"], row["name"]) for row in tables[part]] for part in "AB")
    found = compare(encode(a, key, ("name",)), encode(b, key, ("name",)))
    right, count, people = right_and_all(found, a, b, [(row["a_pid"], row["b_pid"]) for row in tables["truth"]])
    assert 2 * right / (count + people) >= floor


@pytest.fixture
def files(tmp_path, lists):
    """Two lists as files, and a secret that the command made."""
    (tmp_path / "A.csv").write_bytes(two_lists(Wanted(200, 100), 3).a.as_csv())
    (tmp_path / "B.csv").write_bytes(two_lists(Wanted(200, 100), 3).b.as_csv())
    assert run(["names", "overlap", "secret", str(tmp_path / "secret")]) == 0
    return tmp_path


def test_the_commands_say_the_limits_each_time(files, capsys):
    """Secret, both encodings and the comparison print them; the pairs hold row numbers and no name."""
    assert run(["names", "overlap", "secret", str(files / "other")]) == 0
    assert LIMITS in capsys.readouterr().out
    for side in "AB":
        asked = ["names", "overlap", "encode", str(files / f"{side}.csv"), "--secret-file", str(files / "secret")]
        assert run([*asked, "--out", str(files / f"{side}.enc")]) == 0
        assert LIMITS in capsys.readouterr().out
    compared = ["names", "overlap", "compare", str(files / "A.enc"), str(files / "B.enc")]
    assert run([*compared, "--out", str(files / "pairs.csv")]) == 0
    said = capsys.readouterr().out
    assert LIMITS in said
    assert "List A has 200 rows, list B 100" in said
    with (files / "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["a_row", "b_row", "likeness", "score", "sure"]
    assert {row["sure"] for row in rows} <= {"likely", "possible"}
    # Row 1 of the file holds the headings, so the first entry stands in row 2.
    assert all(2 <= int(row["a_row"]) <= 201 and 2 <= int(row["b_row"]) <= 101 for row in rows)
    assert run([*compared, "--out", str(files / "again.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["limits"], told["likely_and_possible"]) == (LIMITS, len(rows))


def test_the_secret_is_its_owners_and_never_overwritten(files, capsys):
    """Only the owner can read the file; a second secret in its place is refused."""
    before = (files / "secret").read_bytes()
    assert (files / "secret").stat().st_mode & 0o077 == 0
    assert run(["names", "overlap", "secret", str(files / "secret")]) != 0
    assert (files / "secret").read_bytes() == before
    assert "[key.exists]" in capsys.readouterr().err


def test_the_secret_can_come_from_the_environment(files, monkeypatch, capsys):
    """The same secret given either way makes the same encoding, to the byte."""
    asked = ["names", "overlap", "encode", str(files / "A.csv")]
    assert run([*asked, "--secret-file", str(files / "secret"), "--out", str(files / "one.enc")]) == 0
    monkeypatch.setenv("QUITTANCE_OVERLAP_SECRET", (files / "secret").read_text().strip())
    assert run([*asked, "--out", str(files / "two.enc")]) == 0
    assert (files / "one.enc").read_bytes() == (files / "two.enc").read_bytes()
