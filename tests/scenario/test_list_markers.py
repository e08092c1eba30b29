"""Nothing personal of a list in any byte that is not meant to hold it, whatever happens to lists, matches and reviews.

People with unmistakable values, in three scripts, stand on two lists. The whole life of both runs through the commands:
refused, taken in, changed, matched, judged, signed, confirmed, taken apart, exported, erased; and through the death of
the program on the way. Then every byte below the folder and all that was printed is searched, but for what the
commands show that are there to show names.
"""

from __future__ import annotations

import io
import json
import shutil
import signal
import subprocess
import sys
from contextlib import closing

import pyrage
import pytest
from tests.fault import vault_child
from tests.life import Life
from tests.listed import HEADINGS, as_csv, second_reviewer
from tests.scenario.test_markers import kek_of, use_temporary
from tests.sought import found_below, needles, search
from tests.unit.vault.traces import found_in, sealed_of

from quittance.files import keyfile
from quittance.people.names.name import parse
from quittance.vault.store import Vault
from quittance.vaultbook import COLUMNS

HELD = (
    ("1", "Zqmarkand Xjullahzai", "Qzfatherkhan", "Zq-born-1980", "Zqprovince One"),
    ("2", "Wvjaveddin Qxfaisalzad", "Kzfathershah", "Zq-born-1985", "Zqprovince Two"),
)
ASKED = (
    ("1", "زقمرکند خژوللهزی", "قزفاذرخان", "زق-تولد-۱۳۵۹", "زقولایت یکم"),
    ("2", "Зқмаркандулло Щэфайсалзод", "Жқпадаршоҳ", "Зқ-таваллуд-1985", "Зқвилоят дуюм"),
)
"""INVENTED people whose every value is unmistakable; the row ids are not personal."""

AGREEMENT = "two-lists"
VALUES = {
    f"{row[1]}.{name}": value for row in (*HELD, *ASKED) for name, value in zip(HEADINGS[1:], row[1:], strict=True)
}
TOKENS = {
    f"{value}.{text}": text
    for value in VALUES.values()
    for one in parse(value)
    for token in one.tokens
    for text in (token.text, token.skeleton)
    if len(text.encode()) >= 8
}
SOUGHT = needles(VALUES | TOKENS, AGREEMENT)

SHOWING = {("people", "list"), ("people", "show"), ("people", "search"), ("people", "review")}
"""Commands that are there to show names to the neutral: what they print is left out, what they refuse with is not."""

CHILD = [sys.executable, vault_child.__file__]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A case with two reviewers and an empty vault, from which lives begin."""
    life = Life(tmp_path_factory.mktemp("founded") / "life")
    (life.folder / "tmp").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        use_temporary(life, patch)
        life.found(patch)
        second_reviewer(life)
        yield life


@pytest.fixture
def life(founded, tmp_path, monkeypatch):
    """A copy of the founded case."""
    shutil.copytree(founded.folder, tmp_path / "life")
    made = Life(tmp_path / "life")
    use_temporary(made, monkeypatch)
    return made


class Flow:
    """The commands on one case; files with names lie in `elsewhere`, which is not searched."""

    def __init__(self, life: Life, elsewhere, monkeypatch) -> None:
        self.life, self.elsewhere, self._patch = life, elsewhere, monkeypatch

    def run(self, group: str, command: str, *more: object, code: int = 0, typed: str = "") -> str:
        """What a command prints."""
        self._patch.setattr(sys, "stdin", io.StringIO(typed))
        said = self.life.call(group, command, self.life.case, *more, "--key", self.life.vault_key, code=code)
        if (group, command) in SHOWING:
            self.life.said[-2] = ""
        return said

    def json(self, group: str, command: str, *more: object) -> dict:
        """The same as JSON."""
        found: dict = json.loads(self.run(group, command, *more, "--json"))
        return found

    def file(self, rows, headings=HEADINGS):
        """A list as a file, elsewhere."""
        path = self.elsewhere / "list.csv"
        path.write_bytes(as_csv(rows, headings))
        return path

    def take(self, side: str, name: str, rows, *more: object, code: int = 0) -> str:
        """A list taken in."""
        return self.run("import", "list", self.file(rows), "--side", side, "--list", name, *more, code=code)

    def clean(self) -> None:
        """No value anywhere."""
        assert found_below(self.life.folder, SOUGHT) == {}
        assert search("".join(self.life.said).encode(), SOUGHT) == set()


@pytest.fixture
def flow(life, tmp_path, monkeypatch):
    """The commands on a copy of the case."""
    (tmp_path / "elsewhere").mkdir()
    return Flow(life, tmp_path / "elsewhere", monkeypatch)


def both_lists(flow: Flow) -> None:
    """Both lists in the vault and the record: one signed at once, the other by envelopes."""
    life = flow.life
    flow.take("a", "held", HELD, "--yes", "--sign-with", life.keys / "holding.key")
    flow.take("b", "asked", ASKED, "--yes", "--out", life.out / "asked")
    for path in sorted((life.out / "asked").iterdir()):
        life.call("sign", path, "--key", life.keys / "receiving.key", "--yes")
        life.call("record", "submit", life.case, path)


def codes(flow: Flow) -> tuple[str, str]:
    """The codes of the first person of each list."""
    lines = flow.json("people", "list")["lines"]
    held, asked = (next(one["code"] for one in lines if one["lists"] == [name]) for name in ("a/held", "b/asked"))
    return held, asked


def test_no_value_of_a_list_is_in_any_byte(flow):
    """From refusals to erasure: files, their names, temporary files, what was printed; the record still verifies."""
    life, reader = flow.life, pyrage.x25519.Identity.generate()
    refuse(flow)
    both_lists(flow)
    flow.take("a", "held", [(*HELD[0][:2], *HELD[1][2:]), HELD[1]], "--yes", "--sign-with", life.keys / "holding.key")
    flow.take("a", "held", HELD, "--yes", "--sign-with", life.keys / "holding.key")
    flow.run("people", "lists")
    flow.run("people", "match", "--out", life.out / "links.csv")
    flow.run("people", "duplicates")
    a, b = codes(flow)
    for name in ("neutral", "neutral-2"):
        key = life.keys / f"{name}.key"
        flow.run("people", "review", "--as", key, typed="k\nq\n")
        flow.run("people", "review", "--as", key, "--pair", a, "--pair", b, typed="s\nrelative\n")
        flow.run("people", "sign", "--as", key, "--yes")
    flow.clean()
    flow.run("people", "search", typed=HELD[0][1])
    flow.run("people", "search", typed=ASKED[0][1] + "\n")
    flow.run("people", "show", a)
    flow.run("people", "confirm", a, b, "--out", life.out / "confirm.json")
    for side in ("holding", "receiving"):
        life.call("sign", life.out / "confirm.json", "--key", life.keys / f"{side}.key", "--yes")
    life.call("record", "submit", life.case, life.out / "confirm.json")
    for party in ("a", "b"):
        flow.run("people", "export", "--for", party, "--to", reader.to_public(), "--out", life.out / f"{party}.age")
    flow.run("people", "undo", a, b, "--as", life.keys / "neutral.key", "--confirm", b)
    flow.run("people", "refit")
    complain(flow)
    flow.clean()
    life.call("vault", "backup", life.case, "--to", reader.to_public(), "--out", life.out / "away")
    life.call("record", "receipt", life.case, "9", "--out", life.out / "receipt.tlog-proof")
    with closing(open_lists(life)) as vault:
        traces = sealed_of(life.case / "vault.sqlite", [person.id for person in vault.people()])
    assert found_in(life.case, traces) > 20
    for code in {one["code"] for one in flow.json("people", "list")["lines"]}:
        flow.run("people", "erase", code, "--confirm", code, "--out", life.out / f"{code}.json")
        life.call("sign", life.out / f"{code}.json", "--key", life.keys / "protection.key", "--yes")
        life.call("record", "submit", life.case, life.out / f"{code}.json")
    assert flow.json("people", "list")["persons"] == 0
    flow.clean()
    assert life.json("record", "verify", life.case)["ok"]


def test_what_an_export_holds(flow):
    """For its reader: row numbers of his own list and their state, and no value of any list."""
    both_lists(flow)
    reader = pyrage.x25519.Identity.generate()
    flow.run("people", "export", "--for", "a", "--to", reader.to_public(), "--out", flow.life.out / "a.age")
    text = pyrage.decrypt((flow.life.out / "a.age").read_bytes(), [reader])
    assert search(text, SOUGHT) == set()
    assert b"pending" in text


def refuse(flow: Flow) -> None:
    """Lists that are refused, with values in every wrong place."""
    name = HELD[0][1]
    for rows, more in (
        ([("1", "", *HELD[0][2:])], ()),
        ([(name, "", *HELD[0][2:])], ("--map", "pid=No")),
        ([HELD[0], HELD[0]], ("--map", "pid=No")),
        (HELD, ("--map", f"name={name}")),
        (HELD, ("--map", f"{name}=B")),
    ):
        flow.take("a", "held", rows, "--yes", *more, code=2)
        flow.life.said = [one.replace(name, "") if more and name in more[-1] else one for one in flow.life.said]
    flow.take(name, "held", HELD, "--yes", code=2)
    flow.life.said = [one.replace(name, "") for one in flow.life.said]  # his own words on the command line
    flow.take("a", name, HELD, "--yes", code=2)
    broken = flow.elsewhere / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + name.encode() * 50)
    flow.run("import", "list", broken, "--side", "a", "--list", "held", "--yes", code=2)


def complain(flow: Flow) -> None:
    """Commands that are refused, with values of people where something else is asked for."""
    name = ASKED[0][1]
    flow.run("people", "show", name, code=2)
    flow.run("people", "list", "--state", name, code=2)
    flow.run("people", "review", "--as", "0" * 64, code=2)
    flow.run("people", "confirm", name, name, "--out", flow.life.out / "no.json", code=2)


def open_lists(life: Life):
    """The vault of a life, as the lists open it."""
    return Vault.open(life.case / "vault.sqlite", kek_of(life), columns=COLUMNS, random=bytes)


def killed(number: int, *arguments: object, typed: str = "") -> tuple[bool, bytes]:
    """Run a command in a child that kills itself at a statement; whether it was killed, and its standard error."""
    done = subprocess.run(
        [*CHILD, str(number), *map(str, arguments)], input=typed.encode(), capture_output=True, timeout=300
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0, done.stderr


def test_killed_while_a_list_is_taken_in(flow):
    """At any statement: no value in what the dead process leaves, and all of the list or nothing is there."""
    life = flow.life
    more = ("--side", "a", "--list", "held", "--yes", "--key", life.vault_key)
    outcomes = []
    for number in (12, 20, 28, 36, 44, 0):
        outcome, said = killed(number, "import", "list", life.case, flow.file(HELD), *more)
        assert search(said, SOUGHT) == set()
        flow.clean()
        lists = flow.json("people", "lists")["lists"]
        people = life.json("vault", "check", life.case, "--key", life.vault_key)["people"]
        outcomes.append((outcome, tuple(one["entries"] for one in lists), people))
    assert set(outcomes) <= {(True, (), 0), (True, (2,), 3), (False, (2,), 3)}
    assert outcomes.count((True, (), 0)) >= 3
    assert outcomes[-1] == (False, (2,), 3)


def test_killed_while_a_new_version_is_taken_in(flow):
    """The version that stood before stands, or the new one; never a mixture."""
    life = flow.life
    both_lists(flow)
    rows = [(*HELD[0][:2], *HELD[1][2:]), ("3", *ASKED[1][1:])]
    more = ("--side", "a", "--list", "held", "--yes", "--key", life.vault_key)
    outcomes = []
    for number in (40, 48, 56, 64, 0):
        outcome, said = killed(number, "import", "list", life.case, flow.file(rows), *more)
        assert search(said, SOUGHT) == set()
        (_, held) = sorted(flow.json("people", "lists")["lists"], key=lambda one: one["side"], reverse=True)
        outcomes.append((outcome, held["version"], held["entries"], held["gone"]))
    flow.clean()
    assert set(outcomes) <= {(True, 1, 2, 0), (True, 2, 2, 1), (False, 2, 2, 1)}
    assert outcomes.count((True, 1, 2, 0)) >= 2
    assert outcomes[-1] == (False, 2, 2, 1)


@pytest.mark.slow  # each kill reads the lists again
def test_killed_while_an_answer_is_kept(flow):
    """The answer is there or not; the same answer again is kept, and once."""
    both_lists(flow)
    life = flow.life
    a, b = codes(flow)
    review = ("people", "review", life.case, "--as", life.keys / "neutral.key", "--pair", a, "--pair", b)
    outcomes = []
    for number in (60, 75, 0):
        outcome, said = killed(number, *review, "--key", life.vault_key, typed="s\nrelative\n")
        outcomes.append(outcome)
        assert search(said, SOUGHT) == set()
    flow.clean()
    assert outcomes[-1] is False
    done = flow.json("people", "sign", "--as", life.keys / "neutral.key", "--yes")
    assert done["answers"] == {"same": 1}
