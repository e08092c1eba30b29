"""Invented lists: the same seed makes the same bytes, everything says that it is invented, and the rates are kept."""

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import jdatetime
import numpy as np
import pytest
from convertdate import islamic

from quittance.cli.main import run
from quittance.errors import UsageError
from quittance.people.model import FIELDS
from quittance.people.synthetic import HARSH, NONE, STANDARD, Wanted, two_lists
from quittance.people.synthetic.calendars import written
from quittance.people.synthetic.population import populate
from quittance.people.synthetic.stock import KINDS, SCRIPTS, stock

GOLDEN = "075a2f3c48c8806c3b9cc8a0af36fa1ecfffc0b3a65d340da08fa54e33fd2527"
LATIN = Wanted(1500, 1000, script_b="latin", calendar_b="gregorian")


@pytest.fixture(scope="module")
def made():
    """Two lists with the standard noise, one Latin, one in Arabic script."""
    return two_lists(Wanted(1500, 1000), 7)


def people_of(one):
    return dict(zip(one.people, one.entries, strict=True))


def both(lists):
    """The entries of each person who stands on both lists."""
    left, right = people_of(lists.a), people_of(lists.b)
    return [(left[person], right[person]) for person in left.keys() & right.keys()]


def test_the_same_seed_makes_the_same_bytes(made):
    """Once more gives the same files; another seed does not."""
    again, other = two_lists(Wanted(1500, 1000), 7), two_lists(Wanted(1500, 1000), 8)
    assert (made.a.as_csv(), made.b.as_csv(), made.truth_csv()) == (
        again.a.as_csv(),
        again.b.as_csv(),
        again.truth_csv(),
    )
    assert made.a.as_csv() != other.a.as_csv()


def test_the_bytes_of_a_seed_stay(made):
    """The files of this seed are those that were made when figures were published; a change is a change of them all."""
    found = hashlib.sha256(made.a.as_csv() + made.b.as_csv() + made.truth_csv()).hexdigest()
    assert found == GOLDEN


def test_everything_says_that_it_is_invented(made):
    """Titles, every id, and a column of every row."""
    for one in (made.a, made.b):
        assert one.title.startswith("Invented")
        rows = list(csv.DictReader(io.StringIO(one.as_csv().decode())))
        assert list(rows[0]) == [*FIELDS, "invented"]
        assert {row["invented"] for row in rows} == {"yes"}
        assert all(row["pid"].startswith("INVENTED-") for row in rows)
        assert len({row["pid"] for row in rows}) == len(rows) == len(one.entries)


def test_the_truth_names_every_pair_of_rows_of_one_person(made):
    """As many people as asked for stand on both lists, and a person who stands twice on one has two pairs."""
    truth = made.truth()
    a = {entry.pid: person for entry, person in zip(made.a.entries, made.a.people, strict=True)}
    b = {entry.pid: person for entry, person in zip(made.b.entries, made.b.people, strict=True)}
    assert truth
    assert all(a[left] == b[right] for left, right in truth)
    shared = set(made.a.people) & set(made.b.people)
    assert len(shared) == round(0.6 * len(set(made.b.people)))
    assert len(truth) == sum(made.a.people.count(one) * made.b.people.count(one) for one in shared)


def test_people_stand_twice_on_a_list(made):
    """One row in a hundred lists somebody again, seldom in the same words."""
    times = Counter(made.a.people)
    assert len(made.a.people) - len(times) == 15
    twice = {person for person, count in times.items() if count > 1}
    rows = [entry for entry, person in zip(made.a.entries, made.a.people, strict=True) if person in twice]
    assert len({replace(one, pid="") for one in rows}) > len(twice)


def test_brothers_are_parted():
    """Some houses have one child on A alone and another on B alone."""
    lists = two_lists(Wanted(1500, 1000), 7)
    a, b = (dict(zip(one.people, one.households, strict=True)) for one in (lists.a, lists.b))
    only_a = {house for person, house in a.items() if person not in b}
    only_b = {house for person, house in b.items() if person not in a}
    assert len(only_a & only_b) > 50


def test_brothers_share_what_brothers_share():
    """Father, grandfather, home and family are those of the house; a listed father has his own father's name."""
    people = populate(4000, 3, stock())
    house = people.household
    same = np.flatnonzero(house[1:] == house[:-1])
    for column in (people.district, people.village, people.family):
        assert (column[same] == column[same + 1]).all()
    fathers = people.father.base
    shared = (fathers[same] == fathers[same + 1]).mean()
    assert 0.8 < shared < 1
    own = [at for at in same if people.given.base[at] == fathers[at + 1] and people.father.base[at] != fathers[at + 1]]
    assert own
    assert all(people.birth[at + 1] - people.birth[at] > 18 * 365 for at in own)


def test_few_names_are_common_and_many_are_rare():
    """The commonest given name has about one person in a hundred; most names have one or two."""
    people = populate(50_000, 1, stock()).given
    counts = Counter(zip(people.lead.tolist(), people.base.tolist(), people.tail.tolist(), strict=True))
    assert 10_000 < len(counts) < 30_000
    assert 0.004 < counts.most_common(1)[0][1] / 50_000 < 0.02
    assert np.median(list(counts.values())) <= 2


def test_without_noise_two_lists_of_one_script_agree():
    """Then every field of a person is the same on both, and nothing is missing that the person has."""
    pairs = both(two_lists(replace(LATIN, noise=NONE), 5))
    assert len(pairs) == 600
    assert all(replace(left, pid="") == replace(right, pid="") for left, right in pairs)
    assert all(left.father and left.birth and left.district and left.prisoner_no for left, _ in pairs)


def test_the_standard_noise_keeps_its_rates():
    """Between two lists about a third of the words and years differ; of each field as many are missing as said."""
    lists = two_lists(replace(LATIN, a=6000, b=6000), 9)
    for name, rate in STANDARD.missing.items():
        if name not in ("aliases", "kunya"):
            empty = np.mean([getattr(entry, name) == "" for entry in lists.a.entries])
            assert abs(empty - rate) < 0.03, name
    pairs = both(lists)
    words = [(left.district, right.district) for left, right in pairs if left.district and right.district]
    assert 0.25 < np.mean([left != right for left, right in words]) < 0.50
    years = [(left.birth, right.birth) for left, right in pairs]
    years = [(int(left), int(right)) for left, right in years if left.isdigit() and right.isdigit()]
    assert 0.25 < np.mean([left != right for left, right in years]) < 0.45
    assert max(abs(left - right) for left, right in years) <= 6


def test_the_harsh_noise_gives_few_fields():
    """Name, father, birth, province, district and number; nothing else."""
    made = two_lists(replace(LATIN, noise=HARSH), 5)
    given = {name for entry in made.a.entries for name in FIELDS if getattr(entry, name)}
    assert given == {
        *("pid", "name", "father", "birth", "province", "district", "prisoner_no", "authority", "calendar"),
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_is_written_in_its_letters(script):
    """Names hold letters of the script of their list alone."""
    lists = two_lists(replace(LATIN, script_a=script, a=300, b=10), 2)
    first, last = {"latin": ("A", "ɏ"), "arabic": ("؀", "ۿ"), "cyrillic": ("Ѐ", "ӿ")}[script]
    letters = {letter for entry in lists.a.entries for letter in entry.name + entry.father if letter.isalpha()}
    assert len(letters) > 20
    assert all(first <= letter <= last for letter in letters)


def test_calendars_are_written_as_they_are():
    """Days in Solar Hijri are those of jdatetime, in lunar Hijri those of convertdate, from 1930 to 2030."""
    days = np.arange(date(1930, 1, 1).toordinal(), date(2030, 1, 1).toordinal(), 17)
    ones = [date.fromordinal(day) for day in days.tolist()]
    solar = [jdatetime.date.fromgregorian(date=one) for one in ones]
    expected = {
        "gregorian": [(one.year, one.month, one.day) for one in ones],
        "sh": [(one.year, one.month, one.day) for one in solar],
        "ah": [islamic.from_gregorian(one.year, one.month, one.day) for one in ones],
    }
    for name, parts in expected.items():
        assert list(zip(*(column.tolist() for column in written(days, name)), strict=True)) == parts


def test_the_turn_of_the_solar_year():
    """1 Hamal 1399 is 20 March 2020, and the day before is the last of a year of 365 days."""
    first = date(2020, 3, 20)
    days = np.array([(first - timedelta(days=1)).toordinal(), first.toordinal()])
    assert [tuple(map(int, one)) for one in zip(*written(days, "sh"), strict=True)] == [(1398, 12, 29), (1399, 1, 1)]


def test_the_stock_has_every_kind_in_every_script():
    """Each word has a spelling in each script; a person's name can be written in all of them."""
    found = stock()
    assert set(found.words) == set(KINDS)
    for table in found.spellings.values():
        assert (table.count > 0).all()
        assert all(text for text in table.forms[0, :, 0])
    assert found.places.provinces == 34


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(0, 10),
        Wanted(10, 10, overlap=1.5),
        Wanted(10, 10, people=5),
        Wanted(10, 10, script_a="runes"),
        Wanted(10, 10, calendar_b="mayan"),
        Wanted(10, 9_000_000),
    ],
)
def test_what_cannot_be_is_refused(wanted):
    """Sizes, shares, scripts and calendars that do not exist are wrong use."""
    with pytest.raises(UsageError):
        two_lists(wanted, 1)


def test_one_row_each():
    """The smallest lists."""
    made = two_lists(Wanted(1, 1, overlap=1.0), 1)
    assert made.truth() == (("INVENTED-A-0000001", "INVENTED-B-0000001"),)


def test_the_command_writes_four_files_that_say_what_they_are(tmp_path, capsys):
    """The lists, the truth and a note, the same again on the same seed; other files in their place are kept."""
    asked = ["names", "generate", "--out", str(tmp_path / "made"), "--a", "50", "--b", "40", "--seed", "4"]
    assert run(asked) == 0
    assert "Nobody in these files ever lived" in capsys.readouterr().out
    files = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    assert set(files) == {"README.txt", "A.csv", "B.csv", "truth.csv"}
    assert files["README.txt"].startswith(b"INVENTED.")
    assert run([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["links"] == files["truth.csv"].count(b"\n") - 1
    assert run([*asked, "--b", "41"]) == 1
    assert "already with other content" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == files


def test_the_command_knows_three_noises(tmp_path, capsys):
    """Another word is wrong use, and nothing is written."""
    assert run(["names", "generate", "--out", str(tmp_path / "made"), "--noise", "loud"]) == 2
    assert "standard, harsh, none" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
