"""An erasure that is killed anywhere has either not begun or is finished on opening; nobody is ever half erased.

This is the death of a process, not the loss of power.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.fault import eraser
from tests.unit.vault.traces import found_in, pieces, sealed_of

from quittance.vault.columns import IDENTITY
from quittance.vault.store import Vault

NONCE = "0" * 31 + "1"


@pytest.fixture
def case(tmp_path):
    """A closed vault of six people, of whom three are to be erased, and what it holds of those as bytes."""
    path = tmp_path / "case" / "vault.sqlite"
    path.parent.mkdir()
    with closing(
        Vault.create(path, "test-2020", eraser.KEK, columns=IDENTITY, random=random.Random(1).randbytes)
    ) as vault:
        people = vault.add_people(
            {"surname": f"TEST PERSON {at}", "distinguishing_marks": f"TEST {at} " * 900} for at in range(6)
        )
        for person in people:
            vault.commit(person.id, "surname", NONCE)
    gone, stay = people[::2], people[1::2]
    traces = sealed_of(path, [person.id for person in gone])
    kept = sealed_of(path, [person.id for person in stay])
    return SimpleNamespace(path=path, gone=gone, stay=stay, traces=traces, kept=kept)


def copy_of(case, tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    shutil.copytree(case.path.parent, folder)
    return folder / case.path.name


def command(case, path: Path, moment: str) -> list[str]:
    handles = ",".join(person.handle.hex() for person in case.gone)
    return [sys.executable, eraser.__file__, str(path), handles, moment]


def killed_in_a_fork(case, path: Path, moment: str) -> bool:
    """Erase in a forked child that kills itself; whether it did so before it was done."""
    child = os.fork()
    if child == 0:
        try:
            os.close(1)
            os.open(os.devnull, os.O_WRONLY)
            eraser.main(path, [person.handle for person in case.gone], moment)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def require_all_or_none(case, path: Path) -> bool:
    """Open what a kill left and look at everybody, erase again, and look at the bytes; whether it had been erased."""
    with closing(Vault.open(path, eraser.KEK, columns=IDENTITY, random=random.Random(2).randbytes)) as vault:
        erased = {vault.is_erased(person.handle) for person in case.gone}
        assert len(erased) == 1
        assert vault.check() == (3 if erased == {True} else 6)
        if erased == {True}:
            assert found_in(path.parent, case.traces) == 0
        again = vault.erase(person.handle for person in case.gone)
        assert (again.salts, again.keys) == (6, 3)
        assert sorted(case.stay, key=lambda person: person.id) == vault.people()
        assert [vault.get(person.id, "surname") for person in case.stay] == [f"TEST PERSON {at}" for at in (1, 3, 5)]
    assert found_in(path.parent, case.traces) == 0
    assert found_in(path.parent, case.kept) > 0.95 * len(pieces(case.kept))
    return erased == {True}


def test_killed_before_each_statement(case, tmp_path):
    """Killed before each statement of an erasure in turn, until one comes through: none at first, all later on."""
    outcomes = []
    for number in range(1, 100):
        path = copy_of(case, tmp_path, f"statement-{number}")
        if not killed_in_a_fork(case, path, f"statement:{number}"):
            break
        outcomes.append(require_all_or_none(case, path))
    assert outcomes == sorted(outcomes)
    assert {True, False} == set(outcomes)
    assert 20 < len(outcomes) < 99


def test_killed_inside_the_statements(case, tmp_path):
    """Killed while SQLite deletes rows or rewrites the file."""
    outcomes = set()
    for number in (1, 2, 4, 6, 8, 10, 12, 16, 20, 24):
        path = copy_of(case, tmp_path, f"step-{number}")
        if killed_in_a_fork(case, path, f"step:{number}"):
            outcomes.add((number, require_all_or_none(case, path)))
    assert {True, False} == {erased for _, erased in outcomes}
    assert len(outcomes) >= 5


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "ftruncate"])
def test_killed_at_a_call_of_the_system(case, tmp_path, call):
    """Killed at writes, flushes and cuts of the files themselves, between which no statement lies."""
    if shutil.which("strace") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is not installed on this machine")
        pytest.skip("strace is not installed")
    fired = 0
    for number in {"pwrite64": (3, 9, 20), "fdatasync": (1, 2, 3), "ftruncate": (1,)}[call]:
        path = copy_of(case, tmp_path, f"{call}-{number}")
        log = tmp_path / f"{call}-{number}.log"
        wrapped = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}"]
        inject = ["-e", f"inject={call}:signal=KILL:when={number}"]
        done = subprocess.run([*wrapped, *inject, *command(case, path, "none")], capture_output=True, timeout=120)
        if b"erased" not in done.stdout:
            assert "INJECTED" in log.read_text() or "SIGKILL" in log.read_text(), done.stderr
            fired += 1
        require_all_or_none(case, path)
    assert fired


def test_no_file_is_made_elsewhere(case, tmp_path):
    """Rewriting a file larger than SQLite's cache puts no copy of the living into the folder for temporary files."""
    with closing(Vault.open(case.path, eraser.KEK, columns=IDENTITY, random=random.Random(3).randbytes)) as vault:
        for person in case.stay:
            vault.put(person.id, "distinguishing_marks", "x" * (1 << 20))
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    before = elsewhere.stat().st_mtime_ns
    settings = {**os.environ, "TMPDIR": str(elsewhere), "SQLITE_TMPDIR": str(elsewhere)}
    done = subprocess.run(command(case, case.path, "none"), env=settings, capture_output=True, check=True)
    assert done.stdout == b"erased\n"
    assert before == elsewhere.stat().st_mtime_ns
    assert {"vault.sqlite", "vault.sqlite.lock"} == {one.name for one in case.path.parent.iterdir()}
