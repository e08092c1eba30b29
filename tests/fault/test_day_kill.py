"""A device whose program is killed while it notes acts loses none that it acknowledged, and goes on afterwards.

This is the death of a process, not the loss of power.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.days import DEVICE, NOW, chance, handle, opened, unpacked
from tests.fault import day_child

from quittance.files.daybundle import open_return
from quittance.files.dayfolder import ACTS_FILE, RECORD_BYTES, DayFolder, NewAct, wipe

ROOT = Path(__file__).resolve().parents[2]


def child(folder: Path, *more: str) -> subprocess.Popen[str]:
    """The child, with its acknowledgements on a pipe."""
    command = [sys.executable, day_child.__file__, str(folder), *more]
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=settings)


def require_whole(folder: Path, told: list[str]) -> list[str]:
    """Open what a kill left: every act that was told of is there, in order; it goes on, and packs. The ids found."""
    found = DayFolder.open(folder, DEVICE, chance(7))
    ids = [id_ for id_, _ in found.read_acts()]
    assert ids[: len(told)] == told
    ids += found.add([NewAct(handle(0), "identity", "confirmed")], NOW)
    assert (folder / ACTS_FILE).stat().st_size == len(ids) * RECORD_BYTES
    _, _, acts = open_return(found.pack(NOW), opened, {DEVICE.keyid: DEVICE.public})
    assert [id_ for id_, _ in acts] == ids
    return ids


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_killed_in_the_middle_of_an_act(tmp_path, call, number):
    """Killed with half of its bytes written, and before they are flushed: the acts before are there."""
    unpacked(tmp_path / "day")
    process = child(tmp_path / "day", call, str(number))
    out, err = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, err
    told = out.split()
    assert len(told) == 2 * (number - 1)
    left = (tmp_path / "day" / ACTS_FILE).stat().st_size
    assert left == (2 * number - (1 if call == "write" else 0)) * RECORD_BYTES
    require_whole(tmp_path / "day", told)


def test_killed_from_outside_at_any_moment(tmp_path):
    """Killed after the k-th acknowledgement, wherever the program is then, again and again on one folder."""
    unpacked(tmp_path / "day")
    before = 0
    for wanted in (1, 7, 20):
        process = child(tmp_path / "day")
        told = [process.stdout.readline().strip() for _ in range(wanted)]
        process.send_signal(signal.SIGKILL)
        rest, err = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, err
        told += rest.split()
        ids = [id_ for id_, _ in DayFolder.open(tmp_path / "day", DEVICE, chance(7)).read_acts()]
        assert ids[before : before + len(told)] == told
        before = len(require_whole(tmp_path / "day", ids))


def test_an_unpacking_that_died_leaves_no_folder(tmp_path):
    """What it left has another name; the bundle is unpacked again, and a wipe destroys both."""
    unpacked(tmp_path / "day")
    shutil.move(tmp_path / "day", tmp_path / ".day.0000.new")
    assert unpacked(tmp_path / "day", seed=3).read_acts() == ()
    wipe(tmp_path / "day", random=chance())
    assert list(tmp_path.iterdir()) == []
