"""The whole life of a batch through the commands alone, from the register to sums that close; the checker agrees.

Everybody signs with a key of his own. Commands print codes and never a name, but where names are asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tests.life as lives
from tests.batched import AGREEMENT, PEOPLE, REGISTER, RULES
from tests.life import Life
from tests.listed import as_csv

from quittance.casebook import Casebook
from quittance.files import keyfile
from quittance.record.store import entries

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / "checker/quittance_check.py"

PAPER = "Zq order 77 of a court that is none"


class Desk:
    """The commands on one case, with the vault's key; files that people bring lie in `elsewhere`."""

    def __init__(self, life: Life, elsewhere: Path) -> None:
        self.life, self.elsewhere = life, elsewhere
        elsewhere.mkdir()

    def __call__(self, group: str, command: str, *more: object, code: int = 0) -> str:
        """What a command prints."""
        return self.life.call(group, command, self.life.case, *more, "--key", self.life.vault_key, code=code)

    def json(self, group: str, command: str, *more: object) -> dict:
        """The same as JSON."""
        found: dict = json.loads(self(group, command, *more, "--json"))
        return found

    def key(self, office: str) -> Path:
        """The key file of an office."""
        return self.life.keys / f"{office}.key"

    def table(self, name: str, rows, headings) -> Path:
        """A table as a file."""
        path = self.elsewhere / name
        path.write_bytes(as_csv(rows, headings))
        return path

    def sign(self, file: Path, *offices: str) -> None:
        """Have offices sign a statement, then submit it."""
        for office in offices:
            self.life.call("sign", file, "--key", self.key(office), "--yes")
        self.life.call("record", "submit", self.life.case, file)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A case with everybody listed and every gate granted."""
    folder = tmp_path_factory.mktemp("batch")
    agreement = folder / "agreement.yaml"
    agreement.write_bytes(AGREEMENT + RULES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        patch.setattr(lives, "AGREEMENT", agreement)
        life = Life(folder / "life")
        life.found(patch)
        desk = Desk(life, folder / "elsewhere")
        listed = desk.table("list.csv", PEOPLE, ("No", "Name", "Father", "Born", "Province"))
        more = ("--side", "b", "--list", "asked", "--yes", "--sign-with", desk.key("receiving"))
        desk("import", "list", listed, *more)
        yield desk


def clear_everybody(desk: Desk, codes: list[str]) -> None:
    """Every gate of everybody: two by the holding side, one by the neutral, one by the medical officer."""
    for gate in ("not_vetoed", "decree"):
        sign = ("--as", desk.key("holding"), "--yes")
        paper = ("--document", PAPER)
        desk("handover", "clear", "--gate", gate, "--outcome", "granted", "--everybody", *paper, *sign)
    for office, gate, word in (("neutral", "consent", "affirmed"), ("medical", "medical", "fit")):
        round_ = desk.table(f"{office}.csv", [(code, gate, word) for code in codes], ("code", "gate", "outcome"))
        desk("handover", "seal", round_, "--office", office, "--as", desk.key(office), "--yes")


def draw(desk: Desk, batch: str) -> None:
    """The seed of a batch, by both sides and the neutral; one of them sends its statement as a file."""
    desk("seed", "request", batch)
    offices = ("holding", "receiving", "neutral")
    for office in offices:
        words = ("--as", desk.key(office), "--nonce", desk.elsewhere / f"{office}-{batch}.nonce")
        if office == "receiving":
            sent = desk.life.out / f"commit-{batch}.json"
            desk("seed", "commit", batch, *words, "--out", sent)
            desk.life.call("record", "submit", desk.life.case, sent)
        else:
            desk("seed", "commit", batch, *words)
    assert "awaited" not in desk("seed", "show", batch)
    desk("batch", "propose", batch, code=1)
    for office in offices:
        desk("seed", "reveal", batch, "--as", desk.key(office), "--nonce", desk.elsewhere / f"{office}-{batch}.nonce")


def test_the_life_of_a_batch(founded):
    """Register, clearances, seed, proposal, reasons, a drop-out, rounds, a handover, one denied, sums, checker."""
    desk, life = founded, founded.life
    report = desk.json("batch", "register", desk.table("register.csv", REGISTER[1:], REGISTER[0]))
    assert (report["rows"], report["changed"], report["gates"]) == (10, 10, [])
    assert desk.json("batch", "register", desk.elsewhere / "register.csv")["changed"] == 0
    codes = [line["code"] for line in desk.json("people", "list")["lines"]]
    life.said.clear()
    clear_everybody(desk, codes)
    gates = {tuple(one["gates"]): one["yes"] for one in desk.json("handover", "status")["gates"]}
    assert gates == {("listed",): 10, ("not_vetoed",): 10, ("decree",): 10, ("medical", "consent"): 10}
    desk("batch", "propose", "1", code=1)
    draw(desk, "1")
    proposed = desk.json("batch", "propose", "1")["selection"]
    batch = [one["pid"] for one in proposed["people"]]
    view = desk.json("batch", "show", "1")
    assert [one["code"] for one in view["candidates"] if one["standing"] == "going"] == batch
    assert named(life) == []
    assert PEOPLE[1][1] in desk("batch", "show", "1", "--names")
    life.said.clear()
    reasons = {desk.json("batch", "explain", "1", code)["reason"] for code in codes if code not in batch}
    assert reasons == {"cap", "order"}
    other = desk.json("batch", "what-if", "1", "--size", "5")
    assert (other["first_size"], other["second_size"], other["entering"]) == (4, 5, 1)
    loose = desk.json("batch", "what-if", "1", "--limit", "prison:South:max=3")
    assert (loose["entering"], loose["leaving"]) == (1, 1)
    assert desk.json("batch", "diagnose", "--size", "4")["feasible"] is True
    desk("batch", "diagnose", "--size", "6", code=1)

    confirm = life.out / "cleared.json"
    desk("batch", "confirm", "1", "--out", confirm)
    desk.sign(confirm, "neutral", "medical")
    desk("batch", "confirm", "1", "--as", desk.key("holding"), "--yes")
    desk("batch", "drop", "1", batch[0], "--reason", "declined")
    refused = desk("handover", "record", "1", "--place", "PL-1", "--confirm", 4, "--out", life.out / "no.json", code=1)
    assert "[handover.not_affirmed]" in refused
    desk("batch", "change", "1", code=2)
    round_ = desk.json("batch", "change", "1", "--confirm", "1")
    assert (round_["round"], round_["out"], len(round_["in"]), round_["short"]) == (1, [batch[0]], 1, 0)
    quiet = desk.json("batch", "change", "1", "--confirm", "1")
    assert (quiet["round"], quiet["out"], quiet["in"]) == (2, [], [])
    going = [
        one["code"] for one in desk.json("batch", "show", "1")["candidates"] if one["standing"] in ("going", "pulled")
    ]

    record = ("handover", "record", "1", "--place", "PL-1", "--as", desk.key("neutral"), "--yes")
    desk(*record, "--confirm", 3, code=2)
    seen = desk.json(*record, "--confirm", 4)["sids"][0]
    denied = going[0]
    answer = ("--as", desk.key("receiving"), "--party", "b", "--yes")
    desk("handover", "deny", seen, denied, "--reason", "not_received", *answer, "--confirm", 1)
    desk("handover", "attest", seen, *answer)
    desk("handover", "attest", seen[:16], "--as", desk.key("holding"), "--party", "a", "--yes")
    (line,) = desk.json("handover", "status")["handovers"]
    assert (line["delivered"], line["received"], line["grade"]) == (4, 3, "denied")
    assert {one["code"]: one["state"] for one in line["persons"]}[denied] == "denied"
    close = ("batch", "close", "1", "--as", desk.key("neutral"), "--yes")
    desk(*close, code=2)
    desk(*close, "--confirm", "1")
    stated = ("handover", "outcome", codes[0] if codes[0] not in going else codes[1], "--outcome", "not_held")
    sums = {one["outcome"]: one["n"] for one in desk.json("handover", "sums")["lists"][0]["lines"]}
    assert (sums["released"], sums["declined"], sum(sums.values())) == (3, 1, 10)
    folded = {one["outcome"]: one["n"] for one in desk.json("handover", "sums", "--for", "a")["lists"][0]["lines"]}
    assert (folded["released"], folded["not_available"], "declined" in folded) == (3, 1, False)
    desk(*stated, "--office", "holding", "--as", desk.key("holding"), "--yes", code=2)
    assert "hidden" in json.dumps(desk.json("batch", "show", "1", "--for", "public"))
    assert named(life) == []
    assert "declined" not in "".join(one for one in life.said if "'kind'" in one)

    with Casebook.open(life.case) as casebook:
        said = b"".join(entry.statement.payload for entry in entries(casebook._store))
    assert b"document" in said
    for path in life.case.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert all(word not in data + said for word in (b"declined", PAPER.encode())), path

    assert life.json("record", "verify", life.case)["ok"]
    done = checked(life)
    assert done.returncode == 0, done.stdout + done.stderr


def named(life: Life) -> list[str]:
    """The names that were printed since."""
    said = "".join(life.said)
    return [name for _, name, *_ in PEOPLE if name in said]


def checked(life: Life) -> subprocess.CompletedProcess[str]:
    """The standalone checker on the published log."""
    policy = life.out / "policy"
    policy.mkdir()
    for grade in ("joint", "recorded"):
        (policy / grade).write_text(f"log {life.log_key}\nquorum none\n")
    command = [
        sys.executable,
        "-I",
        str(CHECKER),
        "mirror",
        str(life.case / "tiles"),
        "--policy",
        str(policy),
        "--json",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_refused_says_what_to_do(founded):
    """Wrong tables, nobody named, no way to sign: a code each, and nothing in the record or the vault."""
    desk, out = founded, founded.life.out / "refused.json"
    size = desk.life.json("record", "verify", desk.life.case)["size"]
    table = desk.table("wrong.csv", [("99", "x", "North")], ("pid", "health", "held_at"))
    assert "[rows.nobody]" in desk("batch", "register", table, code=2)
    table = desk.table("wrong.csv", [("1", "x", "North")], ("pid", "health", "held_at"))
    assert "[rows.field]" in desk("batch", "register", table, code=2)
    table = desk.table("wrong.csv", [("1", "yes")], ("number", "consent"))
    assert "[rows.column_missing]" in desk("batch", "register", table, code=2)
    gate = ("handover", "clear", "--outcome", "granted", "--everybody")
    assert "[clearance.sealed]" in desk(*gate, "--gate", "consent", "--out", out, code=2)
    assert "[usage.form]" in desk(*gate, "--gate", "decree", code=2)
    table = desk.table("wrong.csv", [("nobody", "consent", "affirmed")], ("code", "gate", "outcome"))
    seal = ("handover", "seal", table, "--out", out, "--office")
    assert "[clearance.person]" in desk(*seal, "neutral", code=2)
    assert "[usage.office]" in desk(*seal, "operator", code=2)
    table = desk.table("wrong.csv", [("nobody", "consent", "perhaps")], ("code", "gate", "outcome"))
    assert "[clearance.word]" in desk(*seal, "neutral", code=2)
    assert "[batch.unknown]" in desk("batch", "show", "77", code=2)
    assert "[seed.not_requested]" in desk("seed", "show", "77", code=2)
    assert "[batch.name]" in desk("seed", "request", "a b", code=2)
    assert desk.life.json("record", "verify", desk.life.case)["size"] == size
