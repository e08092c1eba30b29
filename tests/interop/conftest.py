"""The published logs that are judged in this folder, and the foreign verifiers that judge them.

`ensure.sh` installs what may be installed. A verifier that cannot be had is skipped with one line at the end of the
run; with CI=true its tests fail instead.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.interop.claims import Claim
from tests.interop.logs import PublishedLog, b64, generated_log, mini_log
from tests.interop.product import product_log

if TYPE_CHECKING:
    Judge = Callable[[PublishedLog, Iterable[Claim]], list[str]]

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "interop"
GOCODE = Path("/usr/share/gocode")
SIGSTORE = "4.5.1"
"""The version whose private modules are called here."""
SECONDS = 120
"""After so long a verifier hangs."""

LOGS: dict[str, Callable[[Path], PublishedLog]] = {
    "mini": mini_log,
    "generated": generated_log,
    "product": product_log,
}
_skipped: set[str] = set()


@pytest.fixture(scope="session", params=LOGS)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PublishedLog:
    """Each of the published logs in turn. Its files are shared: stage them before changing one."""
    return LOGS[request.param](tmp_path_factory.mktemp(request.param))


def require(missing: str | None) -> None:
    """Skip what needs a verifier that is missing, or fail it when CI=true; None: it is there."""
    if missing is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"A foreign verifier is missing: {missing}", pytrace=False)
    _skipped.add(missing)
    pytest.skip(missing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, at the end of the run, which foreign verifiers were missing."""
    for missing in sorted(_skipped):
        terminalreporter.write_line(f"Foreign verifier skipped: {missing}")


def ask(program: Sequence[str], lines: Sequence[object], **environment: str) -> list[str]:
    """Give the program one JSON value per line; its answers, one line each."""
    given = "".join(json.dumps(line) + "\n" for line in lines).encode()
    # Bytes, for an answer may quote characters that str.splitlines takes for the end of a line.
    done = subprocess.run(
        program, input=given, capture_output=True, timeout=SECONDS, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return [answer.decode() for answer in done.stdout.split(b"\n")[:-1]]


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """verify/main.go, built with Debian's golang.org/x/mod and no network."""
    if shutil.which("go") is None or not (GOCODE / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        require("Go and golang.org/x/mod were not found; install golang and golang-golang-x-mod-dev.")
    program = tmp_path_factory.mktemp("go") / "verify"
    settings = {"GO111MODULE": "off", "GOPATH": str(GOCODE), "GOCACHE": str(BUILD / "go"), "GOFLAGS": ""}
    command = ["go", "build", "-o", str(program), str(HERE / "verify" / "main.go")]
    built = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env={**os.environ, **settings}, check=False
    )
    assert built.returncode == 0, built.stderr
    return program


@pytest.fixture(scope="session")
def go_verify(go_program: Path) -> Callable[[Sequence[list[str]]], list[str]]:
    """`go_verify(lists of arguments)`: for each "accepted: ..." or "refused: why"."""
    return lambda calls: ask([str(go_program), "-batch"], calls)


@pytest.fixture(scope="session")
def sigstore_js() -> Judge:
    """`sigstore_js(log, claims)`: the answers of @sigstore/verify, "accepted" or "refused: why"."""
    modules = BUILD / "npm" / "node_modules"
    lock = BUILD / "npm" / ".complete"
    if shutil.which("node") is None:
        require("Node.js was not found; install nodejs and npm, and run tests/interop/ensure.sh.")
    if not lock.exists() or lock.read_bytes() != (HERE / "npm" / "package-lock.json").read_bytes():
        require("@sigstore/verify is not under build/interop/npm; run tests/interop/ensure.sh.")

    def judge(log: PublishedLog, claims: Iterable[Claim]) -> list[str]:
        authority = {
            "baseURL": f"https://{log.origin}",
            "logID": b64(log.id),
            "publicKey": b64(log.spki),
        }
        lines = [authority, *(claim.entry(log.id) for claim in claims)]
        return ask(["node", str(HERE / "npm" / "verify.js")], lines, NODE_PATH=str(modules))

    return judge


@pytest.fixture(scope="session")
def sigstore_python() -> Judge:
    """`sigstore_python(log, claims)`: the answers of sigstore-python, "accepted" or "refused: why"."""
    try:
        version = importlib.metadata.version("sigstore")
    except importlib.metadata.PackageNotFoundError:
        version = "none"
    if version != SIGSTORE:
        require(f"sigstore-python {SIGSTORE} is needed, {version} is installed; run `make setup`.")
    from sigstore._internal.merkle import verify_merkle_inclusion
    from sigstore._internal.rekor.checkpoint import verify_checkpoint
    from sigstore._internal.trust import Keyring
    from sigstore.errors import VerificationError
    from sigstore.models import TransparencyLogEntry
    from sigstore_models.common.v1 import PublicKey, PublicKeyDetails
    from sigstore_models.rekor.v1 import TransparencyLogEntry as Message

    def judge(log: PublishedLog, claims: Iterable[Claim]) -> list[str]:
        keyring = Keyring([PublicKey(raw_bytes=b64(log.spki), key_details=PublicKeyDetails.PKIX_ED25519)])
        answers = []
        for claim in claims:
            try:
                entry = TransparencyLogEntry(Message.from_dict(claim.entry(log.id)))
                verify_merkle_inclusion(entry)
                verify_checkpoint(keyring, entry)
                answers.append("accepted")
            except (VerificationError, ValueError) as error:  # ValueError: base64, and fields that cannot be
                answers.append(f"refused: {error}".replace("\n", " "))
        return answers

    return judge
