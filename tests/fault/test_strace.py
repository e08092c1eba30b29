"""Whatever call to the system fails or is the last one, nothing acknowledged is lost and no head is signed twice.

strace makes the n-th call of one kind fail, or kills the process at it, while a child opens a case that a crash has
left, appends, publishes and cosigns. Its own log must show that this happened, or the run has tested nothing. This is
death of a process and failure of a call, not loss of power.
"""

from __future__ import annotations

import base64
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.fault.publisher import BEFORE, GROUP, GROUPS, LEFT, make_case
from tests.published import POLICIES, SIGNER, grow, publisher, require_published
from tests.stores import FormSqlite

from quittance.files.publish import recover
from quittance.files.published import head_in

ROOT = Path(__file__).resolve().parents[2]
SEED = 6962
SAMPLE = 40
SECONDS = 60

CALLS = ("pwrite64", "write", "fdatasync", "fsync", "rename", "openat", "ftruncate", "unlink")
ALIASES = {
    "rename": ("rename", "renameat", "renameat2"),
    "unlink": ("unlink", "unlinkat"),
    "openat": ("openat", "open"),
}
FAULTS = {"EIO": "error=EIO:when={}", "ENOSPC": "error=ENOSPC:when={}+", "KILL": "signal=KILL:when={}"}
"""A disk that fails once, one that stays full from then on, and the end of the process before the call is made."""

_CALL = re.compile(r"^[0-9]+ +(?P<name>[a-z0-9_]+)\(.*?(?P<injected>\(INJECTED\))?$")


@dataclass
class Run:
    """What one run said, and what strace saw: how often each call was made, and whether the fault came."""

    status: int
    acknowledged: dict[str, int] = field(default_factory=dict)
    notes: list[bytes] = field(default_factory=list)
    end: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    fired: bool = False


class Child:
    """The process that forks for each run; made once, as starting Python takes longer than a run."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.fault.publisher"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked, self._said = self._process.stdin, self._process.stdout

    def run(self, case: Path, log: Path, call: str | None = None, fault: str = "", n: int = 0) -> Run:
        """One run in `case`, with the fault at the `n`-th call, or with none."""
        self._asked.write(f"{case}\n".encode())
        self._asked.flush()
        ready, pid = self._said.readline().split()
        assert ready == b"ready"
        names = ",".join(f"?{name}" for one in CALLS for name in ALIASES.get(one, (one,)))
        command = ["strace", "-f", "-p", pid.decode(), "-o", str(log), "-e", f"trace={names}"]
        if call is not None:
            which = ",".join(f"?{name}" for name in ALIASES.get(call, (call,)))
            command += ["-e", f"inject={which}:{FAULTS[fault].format(n)}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
            assert tracer.stderr is not None
            said = tracer.stderr.readline()
            os.kill(int(pid), signal.SIGUSR1)
            run = self._listen()
            assert b"attached" in said, said.decode()
        self._count(run, log, call, fault, n)
        return run

    def close(self) -> None:
        """End it."""
        self._asked.close()
        self._said.close()
        self._process.wait(SECONDS)

    def _listen(self) -> Run:
        run = Run(0)
        while line := self._said.readline():
            word, *rest = line.decode().split()
            if word == "ack":
                run.acknowledged[rest[0]] = int(rest[1])
            elif word == "note":
                run.notes.append(base64.b64decode(rest[0]))
            elif word == "exit":
                run.status = int(rest[0])
                return run
            else:
                run.end = " ".join([word, *rest])
        raise AssertionError("the child has ended")

    def _count(self, run: Run, log: Path, call: str | None, fault: str, n: int) -> None:
        lines = log.read_text().splitlines()
        injected: Counter[str] = Counter()
        for line in lines:
            if found := _CALL.match(line):
                name = next((one for one in CALLS if found["name"] in ALIASES.get(one, (one,))), found["name"])
                run.calls[name] += 1
                injected[name] += found["injected"] is not None
        assert not any(count for name, count in injected.items() if name != call)
        if fault == "KILL":
            run.fired = lines[-1].endswith("+++ killed by SIGKILL +++")
            assert (run.status == -signal.SIGKILL) == run.fired
            assert not run.fired or run.calls[call or ""] == n, "it died at another call"
        else:
            run.fired = injected[call or ""] > 0
            assert not run.fired or run.calls[call or ""] >= n


def why_not() -> str | None:
    """Why strace cannot be used here, None if it can."""
    if shutil.which("strace") is None:
        return "strace was not found; install it."
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as asleep:
        command = ["timeout", "5", "strace", "-p", str(asleep.pid), "-o", os.devnull]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
            assert tracer.stderr is not None
            said = tracer.stderr.readline().decode().strip()
            assert asleep.stdin is not None
            asleep.stdin.write(b"\n")
            asleep.stdin.close()
    return None if "attached" in said else f"strace may not trace here ({said})."


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """The forking child; without strace all tests here are skipped, and fail when CI=true."""
    missing = why_not()
    if missing is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"The faults cannot be injected: {missing}", pytrace=False)
        pytest.skip(missing)
    started = Child()
    yield started
    started.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case that every run begins with a copy of."""
    case = tmp_path_factory.mktemp("strace") / "template"
    make_case(case)
    return case


@pytest.fixture(scope="module")
def counted(child: Child, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """How often each call is made in a run without a fault, which does all there is to do."""
    run = survive(child, template, tmp_path_factory.mktemp("counted"))
    assert run.end == "done"
    assert len(run.acknowledged) == GROUP * GROUPS
    assert len(run.notes) == 1 + 2 * GROUPS
    return run.calls


def survive(child: Child, template: Path, place: Path, call: str | None = None, fault: str = "", n: int = 0) -> Run:
    """One run and its aftermath: the case is opened again and held against all that was said before and since."""
    case = place / "case"
    shutil.copytree(template, case)
    run = child.run(case, place / "strace.log", call, fault, n)
    for _ in range(2):  # what was recovered can be opened again
        with closing(FormSqlite.open(case / "record.sqlite")) as store:
            recover(store, case / "log", SIGNER, POLICIES)
            head = store.check()
            assert run.acknowledged == {sid: store.find(sid) for sid in run.acknowledged}, (
                "an acknowledged entry is lost"
            )
            assert (
                max(run.acknowledged.values(), default=BEFORE + LEFT - 1) < head.size <= BEFORE + LEFT + GROUP * GROUPS
            )
            require_published(store, case / "log")
            shown = [*run.notes, *(path.read_bytes() for path in (case / "log/notes").iterdir())]
            for one in map(head_in, shown):
                assert one.root == store.tree().root(one.size), "two roots were signed for one size"
            assert max(head_in(note).size for note in shown) == head.size
            for note in run.notes:  # nothing that was shown is taken back, cosignatures neither
                assert (case / f"log/notes/{head_in(note).size}").read_bytes().startswith(note)
    with closing(FormSqlite.open(case / "record.sqlite")) as store:
        grow(store, 5)
        publisher(store, case / "log").publish()
        require_published(store, case / "log")
    shutil.rmtree(case)
    return run


def test_a_sample_of_faults(child, template, counted, tmp_path):
    """Forty faults, spread over all calls and kinds: each happens, and the case survives it."""
    assert all(counted[call] for call in CALLS), counted
    chance = random.Random(SEED)
    chosen = [(call, fault, chance.randint(1, counted[call])) for call in CALLS for fault in FAULTS]
    while len(chosen) < SAMPLE:
        call = chance.choice(CALLS)
        chosen.append((call, chance.choice(list(FAULTS)), chance.randint(1, counted[call])))
    for number, (call, fault, n) in enumerate(chosen):
        place = tmp_path / f"{number}-{call}-{fault}-{n}"
        place.mkdir()
        assert survive(child, template, place, call, fault, n).fired, f"{fault} at {call} {n} did not happen"


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_every_fault(child, template, counted, tmp_path, call, fault):
    """The fault at the first, second ... call, until a run passes without one: after as many as were counted."""
    n = 1
    while survive(child, template, tmp_path, call, fault, n).fired:
        n += 1
    assert counted[call] == n - 1
