"""`quittance record witness`: a courier run from key to collected checkpoint, comparing, serving, and wrong use."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from tests.unit.witness.logs import KEY, LOG_KEY, NAME, ORIGIN, Log
from typer.testing import CliRunner

from quittance.cli.witness import app
from quittance.errors import QuittanceError, UsageError
from quittance.files.keyfile import new_key, seal_key, write_key_file
from quittance.record.checkpoint import open_checkpoint
from quittance.record.tiles import tile_bytes, tiles_of
from quittance.witness.courier import ask, make_request

ROOT = Path(__file__).parents[3]
PHRASE = "quiet granite orbit"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with the witness's key (of the tests' public seed), as the current one; the passphrase is in place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUITTANCE_PASSPHRASE", PHRASE)
    data, _ = seal_key(b"\x02" * 32, "witness", PHRASE, random=secrets.token_bytes, cost=2**10)
    write_key_file(tmp_path / "a.key", data)
    return tmp_path


@pytest.fixture
def published(folder):
    """A log of 300 entries as a published folder, with the checkpoints of some sizes beside it."""
    log = Log().grow(300)
    for tile in tiles_of(300):
        path = folder / "tiles" / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tile_bytes(log.tree, tile))
    for size in (100, 300):
        (folder / f"{size}.note").write_bytes(log.note(size).encode())
    return log


def call(*arguments, code=0):
    """What one command prints; an error of ours is raised, another exit code fails the test."""
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    if isinstance(done.exception, QuittanceError):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.stdout


WITNESS = ("--key", "a.key", "--name", NAME, "--store", "a.sqlite")
LOG = ("--log", str(LOG_KEY))


def test_a_courier_run_from_end_to_end(folder, published):
    """init prints the vkey; request, sign and collect give a checkpoint that verifies with it; again from there on."""
    assert call("init", *WITNESS).strip() == str(KEY)
    for old, size in ((0, 100), (100, 300)):
        call("request", f"{size}.note", "--tiles", "tiles", "--old", old, "--out", f"{size}.request")
        call("sign", f"{size}.request", "--out", f"{size}.answer", *WITNESS, *LOG)
        call("collect", f"{size}.note", f"{size}.answer", *LOG, "--witness", KEY, "--out", f"{size}.cosigned")
        opened = open_checkpoint((folder / f"{size}.cosigned").read_bytes(), [LOG_KEY], [KEY])
        assert (opened.checkpoint.size, [one.key for one in opened.cosigned]) == (size, [KEY])


def test_a_refusal_is_written_and_exits_1(folder, published):
    """The courier carries the size, or the reason; the command says it too."""
    call("init", *WITNESS)
    call("request", "300.note", "--tiles", "tiles", "--old", 100, "--out", "r")
    with pytest.raises(QuittanceError, match="has cosigned 0 entries last") as caught:
        call("sign", "r", "--out", "answer", *WITNESS, *LOG)
    assert (caught.value.code, caught.value.exit_code) == ("witness.conflict", 1)
    assert (folder / "answer").read_bytes() == b"0\n"
    other = Log(origin="elsewhere.example/log").grow(3)
    (folder / "strange").write_bytes(other.request(0))
    with pytest.raises(QuittanceError) as caught:
        call("sign", "strange", "--out", "answer2", *WITNESS, *LOG)
    assert (caught.value.code, caught.value.exit_code) == ("witness.unknown_log", 1)
    assert (folder / "answer2").read_bytes().startswith(b"witness.unknown_log: ")


def test_an_answer_that_cannot_be_written_cosigns_nothing(folder, published):
    """The file is opened first: an existing one is left as it is, and the witness stays where it was."""
    call("init", *WITNESS)
    call("request", "100.note", "--tiles", "tiles", "--old", 0, "--out", "r")
    (folder / "answer").write_bytes(b"mine")
    for out, code in (("answer", "file.exists"), ("nowhere/answer", "file.unwritable")):
        with pytest.raises(UsageError) as caught:
            call("sign", "r", "--out", out, *WITNESS, *LOG)
        assert caught.value.code == code
    assert (folder / "answer").read_bytes() == b"mine"
    call("sign", "r", "--out", "answer2", *WITNESS, *LOG)


def test_compare_says_what_is_known(folder, published):
    """Same and continued exit 0; not known yet and forked exit 1, and the proof is written and checks."""
    assert "same root" in call("compare", "100.note", "100.note", *LOG)
    assert "--tiles" in call("compare", "100.note", "300.note", *LOG, code=1)
    assert "continues" in call("compare", "300.note", "100.note", *LOG, "--tiles", "tiles")
    (folder / "other.note").write_bytes(published.fork(50).note(100).encode())
    for mine, more in (("100.note", ()), ("300.note", ("--tiles", "tiles"))):
        said = json.loads(call("compare", mine, "other.note", *LOG, "--evidence", "proof", "--json", *more, code=1))
        assert (said["outcome"], said["sizes"][0], said["origin"]) == ("fork", 100, ORIGIN)
        assert "It is a proof" in call("check-evidence", "proof", *LOG)
        (folder / "proof").unlink()


def test_missing_tiles_are_named(folder, published):
    """A folder that lacks a tile is not taken for a fork."""
    with pytest.raises(QuittanceError) as caught:
        call("compare", "300.note", "100.note", *LOG, "--tiles", "elsewhere")
    assert caught.value.code == "tile.missing"
    assert not (folder / "fork.txt").exists()


def test_kept_lists_and_writes_what_was_refused(folder, published):
    """A fork comes out as a proof that others can check, the rest as the notes they are."""
    call("init", *WITNESS)
    (folder / "r1").write_bytes(published.request(0, 100))
    call("sign", "r1", "--out", "a1", *WITNESS, *LOG)
    fork = published.fork(50)
    for number, body in enumerate((fork.request(100, 100), fork.request(100, 200))):
        (folder / f"f{number}").write_bytes(body)
        with pytest.raises(QuittanceError):
            call("sign", f"f{number}", "--out", f"af{number}", *WITNESS, *LOG)
    (folder / "out").mkdir()
    lines = call("kept", "--store", "a.sqlite", *LOG, "--out", "out").splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        [ORIGIN, "size 100", "fork"],
        [ORIGIN, "size 200", "unproven"],
    ]
    proof, note = (Path(line.split("  ")[3]) for line in lines)
    assert "It is a proof" in call("check-evidence", proof, *LOG)
    assert note.read_bytes() == fork.note(200).encode()
    assert len(call("kept", "--store", "a.sqlite", *LOG).splitlines()) == 2


SERVE = """
import sys
from quittance.cli.witness import app
from typer.main import get_command
get_command(app)(sys.argv[1:])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_it_is_told_to_end(published, number):
    """It listens on this machine, cosigns, shows the checkpoint, and ends with 0 on either signal."""
    call("init", *WITNESS)
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", *WITNESS, *LOG, "--port", "0", "--prefix", "/w"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}"},
    )
    said = child.stdout.readline()
    url = said.split()[-1]
    try:
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/w")
        line = ask(url, lambda old: make_request(published.note(), published.tree, old))
        path = __import__("hashlib").sha256(ORIGIN.encode()).hexdigest()
        with urlopen(f"{url}/{path}/checkpoint", timeout=20) as answer:
            assert answer.read() == published.note().encode() + line
    finally:
        child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("serve", *WITNESS, *LOG), "witness.store_missing"),
        (("serve", *WITNESS, "--log", "nonsense"), "note.key"),
        (("serve", *WITNESS, "--log", str(KEY)), "witness.log_key"),
        (("init", "--key", "none.key", "--name", NAME, "--store", "a.sqlite"), "key.missing"),
        (("init", "--key", "log.key", "--name", NAME, "--store", "a.sqlite"), "key.use"),
        (("init", "--key", "a.key", "--name", "two words", "--store", "a.sqlite"), "note.key"),
        (("check-evidence", "none", *LOG), "file.missing"),
        (("request", "none", "--tiles", ".", "--old", "0", "--out", "r"), "file.missing"),
    ],
)
def test_wrong_use_is_named(folder, arguments, code):
    """Each with its code; nothing is made."""
    data, _ = new_key("log", PHRASE, random=secrets.token_bytes, cost=2**10)
    write_key_file(folder / "log.key", data)
    with pytest.raises(QuittanceError) as caught:
        call(*arguments)
    assert (caught.value.code, (folder / "a.sqlite").exists()) == (code, False)


def test_another_name_than_the_stores_is_refused(folder):
    """A name, a key and a store belong together."""
    call("init", *WITNESS)
    with pytest.raises(UsageError) as caught:
        call("serve", *WITNESS[:2], "--name", "other.example/w", *WITNESS[4:], *LOG)
    assert caught.value.code == "witness.other_key"


def test_the_commands_load_nothing_until_they_run():
    """Importing the commands stays quick: no database, server or cryptography."""
    code = (
        "import sys, quittance.cli.witness;"
        "print(sorted({'sqlite3', 'http.server', 'cryptography', 'quittance.record'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
