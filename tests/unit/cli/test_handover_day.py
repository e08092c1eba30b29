"""The commands of the day: a bundle out, noted on a device without a case, packed, taken back, wiped; and paper."""

from __future__ import annotations

import re
import shutil
import stat
from pathlib import Path

import pytest
from tests.life import VAULT_PASSPHRASE, Life
from tests.listed import ASKED, as_csv
from tests.qr_reader import read_qr

from quittance.cli import handover_place
from quittance.codes import code_of
from quittance.files import keyfile
from quittance.files.envelopes import read_envelope

NAMES = [row[1] for row in ASKED]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A case with a list of invented people in the record, all three in one authorised batch; and a device's key."""
    made = Life(tmp_path_factory.mktemp("shared"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        made.found(patch)
        file = made.folder / "asked.csv"
        file.write_bytes(as_csv(ASKED))
        taking = ("import", "list", made.case, file, "--side", "b", "--list", "asked", "--key", made.vault_key)
        (drawn,) = made.json(*taking, "--yes", "--out", made.out / "to-sign")["files"]
        made.call("sign", drawn, "--key", made.keys / "receiving.key", "--yes")
        made.call("record", "submit", made.case, drawn)
        body = {"batch": "1", "count": 3, "rules_sha256": "0" * 64, "from": "a", "to": "b", "list": "asked"}
        made.state("batch.proposed", body, "operator", people=_handles(drawn))
        made.state("batch.cleared", {"batch": "1"}, "neutral", "medical")
        made.state("batch.authorised", {"batch": "1"}, "holding")
        made.json("key", "new", made.keys / "device.key")
    return made


def _handles(file: str) -> list[str]:
    return list(read_envelope(Path(file).read_bytes())[0].commitments["person"])


@pytest.fixture
def life(shared, tmp_path, monkeypatch):
    """A copy of it, for a test of its own."""
    shutil.copytree(shared.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", VAULT_PASSPHRASE)
    made = Life(tmp_path)
    made.codes = sorted(map(code_of, _handles(str(next((tmp_path / "out" / "to-sign").iterdir())))))
    made.device = ("--key", made.keys / "device.key")
    return made


def out(life, file: str = "day.bundle", *more: object) -> dict:
    """A bundle for the device, signed by the neutral."""
    word = life.call("handover", "device", life.keys / "device.key").strip()
    sign = ("--sign", life.keys / "neutral.key")
    made = (
        "handover",
        "out",
        life.case,
        "1",
        "--to",
        word,
        "--key",
        life.vault_key,
        *sign,
        "--out",
        life.folder / file,
    )
    return life.json(*made, *more)


def unpack(life, made: dict, folder: str = "day") -> object:
    """The folder of the device."""
    place = life.folder / folder
    life.call("handover", "unpack", made["file"], place, *life.device, "--signed-by", made["signed_by"])
    return place


def note(life, folder, code: str, *said: str, code_: int = 0) -> str:
    return life.call("handover", "check", folder, code, *life.device, *said, code=code_)


GOES = ("--identity", "yes", "--wish", "affirmed", "--private", "yes", "--gone")


def test_a_day_by_commands_alone(life):
    """From the case to a device, noted there, seen and signed there, back, entered, and wiped."""
    made = out(life)
    assert (made["persons"], made["issue"]) == (3, 1)
    assert stat.S_IMODE((life.folder / "day.bundle").stat().st_mode) == 0o600
    folder = unpack(life, made)
    for code in life.codes[:2]:
        assert note(life, folder, code, *GOES).startswith(f"Kept for {code}: identity, wish, gone.")
    note(
        life, folder, life.codes[2], "--identity", "yes", "--wish", "declined", "--private", "yes", "--drop", "declined"
    )
    note(life, folder, "-", "--note", "count")
    shown = life.json("handover", "day", folder, *life.device)
    standings = {one["code"]: one["standing"] for one in shown["people"]}
    assert standings == {
        life.codes[0]: "handed over", life.codes[1]: "handed over", life.codes[2]: "does not leave",
    }  # fmt: skip
    assert shown["discrepancies"] == 1
    seen, packed = life.folder / "seen.json", life.folder / "day.return"
    life.call("handover", "draft", folder, *life.device, "--place", "PL-1", "--out", seen)
    life.call("sign", seen, "--key", life.keys / "neutral.key", "--yes")
    packing = life.json("handover", "pack", folder, *life.device, "--with", seen, "--out", packed)
    assert (packing["acts"], packing["statements"]) == (10, 1)
    taken = life.json("handover", "back", life.case, packed, "--key", life.vault_key)
    assert (taken["new"], taken["conflicts"], taken["flags"]) == (10, 0, [])
    assert taken["statements"][0]["kind"] == "handover.observed"
    assert taken["statements"][0]["index"] is not None
    again = life.call("handover", "back", life.case, packed, "--key", life.vault_key)
    assert "10 acts, 0 of them new." in again
    assert "taken back before; nothing was counted twice" in again
    (line,) = life.json("handover", "bundles", life.case, "--key", life.vault_key)["bundles"]
    assert (line["persons"], line["superseded"], len(line["returns"])) == (3, False, 1)
    life.call("handover", "wipe", folder, "--confirm", made["bundle"][:8], "--sure", "--also", made["file"])
    assert not folder.exists()
    assert not (life.folder / "day.bundle").exists()
    assert not any(name in text for name in NAMES for text in life.said)


def test_names_only_where_they_are_asked_for(life):
    """The checklist on the device shows codes, and names with --names."""
    folder = unpack(life, out(life))
    plain = life.call("handover", "day", folder, *life.device)
    named = life.call("handover", "day", folder, *life.device, "--names")
    assert all(code in plain and code in named for code in life.codes)
    assert not any(name in plain for name in NAMES)
    assert all(name in named for name in NAMES)
    assert plain.count("lacks identity, wish") == 3


def test_a_wish_that_was_not_asked_alone_counts_as_not_asked(life):
    """It must be said how the person was asked; with somebody listening the wish stays open."""
    folder = unpack(life, out(life))
    code = life.codes[0]
    said = note(life, folder, code, "--wish", "affirmed", code_=2)
    assert "--private yes or --private no" in said
    note(life, folder, code, "--private", "yes", code_=2)
    note(life, folder, code, "--identity", "yes", "--wish", "affirmed", "--private", "no")
    assert f"{code}  lacks wish" in life.call("handover", "day", folder, *life.device)
    note(life, folder, code, "--wish", "affirmed", "--private", "yes")
    assert f"{code}  may go" in life.call("handover", "day", folder, *life.device)
    note(life, folder, code, "--undo", "identity")
    assert f"{code}  lacks identity" in life.call("handover", "day", folder, *life.device)


def test_what_the_device_refuses(life):
    """A code of nobody, a word that there is not, nothing said, another key, another folder: by their codes."""
    made = out(life)
    folder, code = unpack(life, made), life.codes[0]
    for arguments, exit_, word in (
        (("00000-00000", "--identity", "yes"), 1, "day.person"),
        ((code, "--identity", "maybe"), 2, "usage.day"),
        ((code,), 2, "usage.day"),
        ((code, "--drop", "tired"), 1, "handover.act_form"),
        (("-", "--gone"), 1, "handover.act_form"),
        ((code, "--undo", "everything"), 1, "handover.act_form"),
    ):
        assert f"[{word}]" in note(life, folder, *arguments, code_=exit_)
    other = ("--key", life.keys / "neutral.key")
    assert "[day.closed]" in life.call("handover", "day", folder, *other, code=2)
    assert "[day.no_folder]" in life.call("handover", "day", life.folder / "none", *life.device, code=2)
    again = ("handover", "unpack", made["file"], folder, *life.device, "--signed-by", made["signed_by"])
    assert "[day.folder_exists]" in life.call(*again, code=2)
    wrong = ("handover", "unpack", made["file"], life.folder / "x", *life.device, "--signed-by", "0" * 64)
    assert "[day.signature]" in life.call(*wrong, code=1)
    assert "[day.nobody]" in life.call(
        "handover", "draft", folder, *life.device, "--place", "PL-1", "--out", life.folder / "x", code=1
    )


def test_a_bundle_is_not_written_over_and_not_made_for_anybody(life):
    """A file that is there stays; a device's word must be whole; the operator's key signs where none is named."""
    made = out(life)
    before = (life.folder / "day.bundle").read_bytes()
    word = life.call("handover", "device", life.keys / "device.key").strip()
    base = ("handover", "out", life.case, "1", "--key", life.vault_key)
    assert "[vault.exists]" in life.call(*base, "--to", word, "--out", made["file"], code=1)
    assert (life.folder / "day.bundle").read_bytes() == before
    assert "[day.device_word]" in life.call(*base, "--to", word[:-70], "--out", life.folder / "b", code=2)
    assert "[batch.unknown]" in life.call(
        "handover", "out", life.case, "9", "--to", word, "--key", life.vault_key, "--out", life.folder / "b", code=2
    )
    second = life.json(*base, "--to", word, "--out", life.folder / "b", "--hours", 1)
    assert second["issue"] == 2
    assert second["signed_by"] != made["signed_by"]
    assert "issue 1: 3 people, 1 device(s), superseded" in life.call(
        "handover", "bundles", life.case, "--key", life.vault_key
    )


def test_a_wipe_asks_twice(life, monkeypatch):
    """Without both answers nothing is destroyed, and acts that were not packed are spoken of."""
    made = out(life)
    folder = unpack(life, made)
    note(life, folder, life.codes[0], "--identity", "yes")
    prefix = made["bundle"][:8]
    for answers in (
        (),
        ("--confirm", prefix),
        ("--confirm", prefix[:7], "--sure"),
        ("--sure",),
        ("--confirm", "0" * 8),
    ):
        said = life.call("handover", "wipe", folder, *answers, code=2)
        assert "[usage.confirm]" in said
    assert "THEY WOULD BE LOST" in life.call("handover", "wipe", folder, code=2)
    typed = iter([prefix, "destroy", prefix, "DESTROY"])
    monkeypatch.setattr(handover_place.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    life.call("handover", "wipe", folder, code=2)
    assert (folder / "folder.key").exists()
    life.call("handover", "wipe", folder)
    assert not folder.exists()


def test_a_receipt_on_paper_and_back(life):
    """The page holds the receipt in codes; what a scanner gives back, joined, is checked like the file itself."""
    page = life.folder / "receipt.html"
    life.call("handover", "receipt", life.case, 3, "--out", page, "--language", "ps")
    text = page.read_text("utf-8")
    scanned = []
    for number, drawing in enumerate(re.findall(r"<svg .*?</svg>", text), 1):
        file = life.folder / f"scan-{number}.txt"
        file.write_bytes(read_qr(_modules(drawing)))
        scanned.append(file)
    joined = life.folder / "joined.tlog-proof"
    life.call("handover", "join", *reversed(scanned), "--out", joined)
    assert joined.read_text("utf-8") == life.call("record", "receipt", life.case, 3)
    checked = life.json("record", "check-receipt", joined, "--log", life.log_key)
    assert (checked["ok"], checked["index"]) == (True, 3)
    assert "[paper.language]" in life.call(
        "handover", "receipt", life.case, 3, "--out", page, "--language", "fr", code=2
    )


def _modules(drawing: str) -> list[list[bool]]:
    """The dark squares of a drawn code, without its white edge."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', drawing)[1]) - 8
    rows = [[False] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing):
        for column in range(int(x), int(x) + int(length)):
            rows[int(y) - 4][column - 4] = True
    return rows


def test_a_sheet(life):
    """A file for its owner only, with codes; names where they are asked for."""
    plain, named = life.folder / "sheet.html", life.folder / "named.html"
    life.call("handover", "sheet", life.case, "1", "--key", life.vault_key, "--out", plain)
    life.call(
        "handover", "sheet", life.case, "1", "--key", life.vault_key, "--out", named, "--names", "--language", "ps"
    )
    assert stat.S_IMODE(named.stat().st_mode) == 0o600
    assert all(code in plain.read_text("utf-8") for code in life.codes)
    assert not any(name in plain.read_text("utf-8") for name in NAMES)
    assert all(name in named.read_text("utf-8") for name in NAMES)
    assert '<html lang="ps" dir="rtl">' in named.read_text("utf-8")
