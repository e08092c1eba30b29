"""An extraction that is killed at any moment goes on from there: no claim is lost, none is written twice.

This is the death of processes, not the loss of power.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.extracted import make_reports
from tests.fault import extract_child

ROOT = Path(__file__).resolve().parents[2]


def child(folder: Path, out: Path, jobs: int, seconds: float) -> subprocess.Popen[str]:
    """The child, with what it says on a pipe, in a group of its own."""
    command = [sys.executable, extract_child.__file__, str(folder), str(out), str(jobs), str(seconds)]
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=settings, text=True, start_new_session=True)


def kill_at(folder: Path, out: Path, jobs: int, files: int, seconds: float = 0.0) -> bool:
    """Kill the child, and not its processes, once so many files are done; whether it was still running."""
    process = child(folder, out, jobs, seconds)
    for line in process.stdout:
        if int(line) >= files:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    return process.wait(timeout=120) == -signal.SIGKILL


def finish(folder: Path, out: Path, jobs: int = 1) -> tuple[int, bytes]:
    """Run to the end: how many files were done when it began, and what is written."""
    process = child(folder, out, jobs, 1.0)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return int(said.split()[0]), out.read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_again_and_again(tmp_path, jobs):
    """Three kills, marks after every batch: it goes on behind the last mark, and ends with the same bytes."""
    folder = make_reports(tmp_path / "in", 400)
    _, whole = finish(folder, tmp_path / "whole.jsonl")
    out = tmp_path / "out.jsonl"
    for files in (32, 160, 288):
        assert kill_at(folder, out, jobs, files)
        assert not out.exists()
    begun, found = finish(folder, out, jobs)
    assert begun >= 256
    assert found == whole
    assert {path.name for path in tmp_path.iterdir()} == {"in", "whole.jsonl", "out.jsonl"}


def test_processes_end_with_their_parent(tmp_path):
    """Nobody goes on reading for a run that is dead."""
    folder = make_reports(tmp_path / "in", 400)
    process = child(folder, tmp_path / "out.jsonl", 2, 0.0)
    process.stdout.readline()
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    process.stdout.close()
    end = monotonic() + 60
    while members(process.pid):
        assert monotonic() < end
        sleep(0.1)


def members(group: int) -> list[str]:
    """The processes of a group that are alive."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(status.parent.name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment(tmp_path, seed):
    """Twenty kills after random times, whatever is being written then, with two processes; the same bytes."""
    chance = random.Random(seed)
    folder = make_reports(tmp_path / "in", 6_000)
    _, whole = finish(folder, tmp_path / "whole.jsonl")
    out = tmp_path / "out.jsonl"
    for _ in range(20):
        process = child(folder, out, 2, 0.02)
        sleep(chance.uniform(0.1, 2.0))
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait(timeout=120)
        if out.exists():
            assert out.read_bytes() == whole
            out.unlink()
    assert finish(folder, out, 2)[1] == whole
