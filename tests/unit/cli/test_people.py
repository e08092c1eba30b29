"""`quittance people`: match, judge in the terminal, sign, show, search, take apart, export, erase; and wrong use."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import stat
import sys

import pyrage
import pytest
from tests.life import VAULT_PASSPHRASE, Life
from tests.listed import ASKED, HELD, as_csv, second_reviewer

from quittance.files import keyfile

CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A case with both lists in the record and two reviewers, which no test changes."""
    made = Life(tmp_path_factory.mktemp("shared"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        made.found(patch)
        second_reviewer(made)
        for side, name, rows, key in (("a", "held", HELD, "holding"), ("b", "asked", ASKED, "receiving")):
            file = made.folder / f"{name}.csv"
            file.write_bytes(as_csv(rows))
            taken = ("import", "list", made.case, file, "--side", side, "--list", name, "--key", made.vault_key)
            made.call(*taken, "--yes", "--sign-with", made.keys / f"{key}.key")
            file.unlink()
    return made


@pytest.fixture
def life(shared, tmp_path, monkeypatch):
    """A copy of it, for a test of its own."""
    shutil.copytree(shared.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", VAULT_PASSPHRASE)
    return Life(tmp_path)


@pytest.fixture
def people(life):
    """Runs a command of the group on the case."""

    def run(command: str, *more: object, code: int = 0) -> str:
        return life.call("people", command, life.case, *more, "--key", life.vault_key, code=code)

    return run


@pytest.fixture
def typed(monkeypatch):
    """Somebody who types these lines."""
    return lambda *lines: monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def found(people, **filters: str) -> list[dict]:
    options = [text for name, value in filters.items() for text in (f"--{name}", value)]
    return json.loads(people("list", *options, "--json"))["lines"]


def code(people, name: str) -> str:
    """The code of whoever is called so in Latin letters."""
    (line,) = [one for one in found(people) if one["latin"] == name]
    return line["code"]


def pair(people, life) -> tuple[str, str]:
    """The codes of the two entries of one invented person."""
    people("match", "--out", life.out / "links.csv")
    rows = list(csv.DictReader((life.out / "links.csv").open()))
    (row,) = [one for one in rows if (one["a_pid"], one["b_pid"]) == ("2", "1")]
    (life.out / "links.csv").unlink()
    return row["a_code"], row["b_code"]


def join(people, life, typed) -> tuple[str, str]:
    """Two reviewers judge the pair to be one person, and sign."""
    a, b = pair(people, life)
    for name in ("neutral", "neutral-2"):
        typed("s")
        key = life.keys / f"{name}.key"
        people("review", "--as", key, "--pair", a, "--pair", b)
        people("sign", "--as", key, "--yes")
    return a, b


def test_match_counts_and_writes_no_name(people, life):
    """What people have to decide, and candidates by row ids."""
    said = people("match", "--out", life.out / "links.csv")
    assert "a (4 entries) and b (3)" in said
    text = (life.out / "links.csv").read_text()
    assert not any(value in said + text for row in (*HELD, *ASKED) for value in row[1:3])
    view = json.loads(people("match", "--json"))["runs"][0]
    assert view["auto"] + view["review"] + view["no"] == 3


def test_a_pair_is_judged_in_the_terminal(people, life, typed):
    """Both entries field by field with the weights; unknown keys ask again; answers are kept and signed later."""
    a, b = pair(people, life)
    typed("x", "s")
    said = people("review", "--as", life.keys / "neutral.key", "--pair", a, "--pair", b)
    assert "Javed Faisal" in said
    assert "جاوید فیصل" in said
    assert "1985" in said
    assert "1364" in said
    assert "in all" in said
    assert "1 answers are kept and not signed." in said
    assert found(people, state="matched") == []


def test_two_signatures_merge(people, life, typed):
    """Only then the two entries are one person, found by either code, shown side by side with the judgements."""
    a, b = join(people, life, typed)
    (line,) = found(people, state="matched")
    assert line["lists"] == ["a/held", "b/asked"]
    shown = people("show", a)
    assert shown == people("show", b)
    assert "father (differ)" in shown
    assert shown.count(f"{min(a, b)}") >= 1
    assert len(re.findall(r"^entry \d+, .* same", shown, re.M)) == 2
    assert life.json("record", "verify", life.case)["ok"]


def test_all_open_pairs_are_asked_one_after_the_other(people, life, typed):
    """Skip and quit leave what is open; the end of the input ends the review."""
    typed()
    assert "Pairs to judge:" in people("review", "--as", life.keys / "neutral.key")
    fingerprint = life.json("key", "show", life.keys / "neutral.key")["fingerprint"]
    typed("k", "q")
    people("review", "--as", fingerprint)
    assert json.loads(people("sign", "--as", life.keys / "neutral.key", "--json"))["signed"] == 0


def test_pairs_above_the_line_in_bulk(people, life, typed):
    """All on one screen; the numbers named are left out, the others are judged to be the same."""
    typed("1")
    said = people("review", "--as", life.keys / "neutral.key", "--bulk")
    total = int(re.search(r"threshold: (\d+)", said).group(1))
    assert total == 2
    assert "1 answers are kept" in said
    assert json.loads(people("sign", "--as", life.keys / "neutral.key", "--yes", "--json"))["answers"] == {"same": 1}


def test_against_the_score_a_reason_is_asked(people, life, typed):
    """And asked again until it is one of the list."""
    a, b = pair(people, life)
    typed("d", "because", "father")
    said = people("review", "--as", life.keys / "neutral.key", "--pair", a, "--pair", b)
    assert "This goes against the score." in said
    assert "because of father" in people("sign", "--as", life.keys / "neutral.key", "--yes")


def test_answers_are_signed_for_others_to_submit(people, life, typed):
    """Without the operator's keys: one envelope for each answer; nothing is signed without a yes."""
    a, b = pair(people, life)
    typed("s")
    people("review", "--as", life.keys / "neutral.key", "--pair", a, "--pair", b)
    assert "[usage.sign]" in people("sign", "--as", life.keys / "neutral.key", code=2)
    done = json.loads(
        people("sign", "--as", life.keys / "neutral.key", "--yes", "--out", life.out / "signed", "--json")
    )
    life.call("record", "submit", life.case, *done["files"])
    assert json.loads(people("sign", "--as", life.keys / "neutral.key", "--json"))["signed"] == 0


def test_a_match_is_taken_apart_and_names_itself_so(people, life, typed):
    """Dangerous: the code of the other entry is given twice."""
    a, b = join(people, life, typed)
    key = life.keys / "neutral.key"
    assert "[usage.confirm]" in people("undo", a, b, "--as", key, code=2)
    assert people("undo", a, b, "--as", key, "--confirm", b).startswith("TAKEN APART")
    assert found(people, state="matched") == []
    assert "[people.not_joined]" in people("undo", a, b, "--as", key, "--confirm", b, code=2)


def test_sides_confirm_and_see_their_own_rows(people, life, typed):
    """Drawn up after the reviewers, signed by both sides; then the row that it is about is matched in each export."""
    reader = pyrage.x25519.Identity.generate()
    a, b = join(people, life, typed)
    people("confirm", a, b, "--out", life.out / "confirm.json")
    for side in ("holding", "receiving"):
        life.call("sign", life.out / "confirm.json", "--key", life.keys / f"{side}.key", "--yes")
    life.call("record", "submit", life.case, life.out / "confirm.json")
    out = life.out / "b.age"
    done = json.loads(people("export", "--for", "b", "--to", reader.to_public(), "--out", out, "--json"))
    text = pyrage.decrypt(out.read_bytes(), [reader]).decode("utf-8-sig")
    assert text.startswith(f"For b only. Export {done['export']} of ")
    assert sorted(line.split(",")[4:6] for line in text.splitlines()[2:]) == [
        ["1", "matched"], ["2", "pending"], ["3", "pending"],
    ]  # fmt: skip
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "[vault.exists]" in people("export", "--for", "b", "--to", reader.to_public(), "--out", out, code=1)


def test_a_name_is_asked_for_and_found_in_any_script(people, typed):
    """Typed, piped in, or on the command line for whoever wants that; in Latin letters it finds the other script."""
    pytest.importorskip("quittance.people.search")
    typed("Javed Faisal")
    hits = json.loads(people("search", "--json"))["hits"]
    assert {hits[0]["line"]["name"], hits[1]["line"]["name"]} == {"Javed Faisal", "جاوید فیصل"}
    typed("جاوید فیصل")
    assert people("search") == people("search", "جاوید فیصل")
    typed("Javed Faisal")
    (hit, *_) = json.loads(people("search", "--side", "b", "--json"))["hits"]
    assert hit["line"]["lists"] == ["b/asked"]


def test_the_register_in_words(people):
    """Counts, pages and one line for each person, names kept from turning the line round."""
    said = people("list")
    assert said.startswith("7 people, 7 entries; found: 7. Page 1 of 1.")
    assert "By list: a/held 4, b/asked 3" in said
    assert said.count("\u2068") == said.count("\u2069") > 7
    assert len(CODE.findall(said)) == 7
    assert people("list", "--page", "9") == said
    assert "found: 1." in people("list", "--list", "a/held", "--province", "helmand") or found(people, list="a/held")
    assert "[usage.state]" in people("list", "--state", "happy", code=2)
    assert "[people.no_such_code]" in people("show", "00000-00000", code=2)


def test_a_person_is_erased_with_every_entry(people, life, typed):
    """The code is given twice; signed by the officer it enters, and nothing opens any more; the record holds."""
    a, b = join(people, life, typed)
    out = life.out / "erasure.json"
    assert "[usage.confirm]" in people("erase", a, "--out", out, code=2)
    said = people("erase", a, "--confirm", a, "--out", out)
    assert said.startswith("ERASED: 2 entries of one person.")
    life.call("sign", out, "--key", life.keys / "protection.key", "--yes")
    life.call("record", "submit", life.case, out)
    for one in (a, b):
        assert "[people.no_such_code]" in people("show", one, code=2)
    assert people("list").startswith("5 people, 5 entries")
    assert life.json("record", "verify", life.case)["ok"]
    assert life.json("vault", "check", life.case, "--key", life.vault_key)["ok"]


@pytest.mark.parametrize(
    ("command", "more", "refusal"),
    [
        ("review", ("--as", "0" * 64), "people.reviewer"),
        ("review", ("--as", "holding.key"), "people.reviewer"),
        ("review", ("--as", "neutral.key", "--pair", "00000-00000"), "usage.pair"),
        ("sign", ("--as", "holding.key", "--yes"), "people.reviewer"),
        ("duplicates", ("--json",), None),
        ("refit", (), None),
    ],
)
def test_wrong_use(people, life, command, more, refusal):
    """Each with a code; and what needs nothing works on a case without judgements."""
    more = [life.keys / one if str(one).endswith(".key") else one for one in more]
    said = people(command, *more, code=2 if refusal else 0)
    assert f"[{refusal}]" in said if refusal else said
