"""The operator's own keys of a case: one that signs its statements and one that signs the tree heads of the log.

They lie in CASE/keys, sealed under one passphrase. No party's key is ever there: parties keep theirs and send
signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from quittance.files import keyfile
from quittance.files.keyfile import Use, new_key, open_key, read_key_file
from quittance.record.keys import Signer

KEYS = "keys"
STATEMENT_KEY = "operator.key"
LOG_KEY = "log.key"
_USES: tuple[tuple[str, Use], ...] = ((STATEMENT_KEY, "statement"), (LOG_KEY, "log"))


@dataclass(frozen=True, slots=True)
class Office:
    """What the operator signs with; `files` are the sealed key files to be laid into a new case, by name."""

    statement: Signer
    log: Signer
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def new_office(passphrase: str, random: Callable[[int], bytes]) -> Office:
    """New keys for a case; raises `KeyFileError` for a passphrase that is too short."""

    def make(use: Use) -> tuple[bytes, Signer]:
        data, _ = new_key(use, passphrase, random=random, cost=keyfile.COST)
        return data, open_key(data, passphrase).signer()

    with ThreadPoolExecutor(len(_USES)) as pool:
        (statement_file, statement), (log_file, log) = pool.map(make, [use for _, use in _USES])
    return Office(statement, log, {STATEMENT_KEY: statement_file, LOG_KEY: log_file})


def open_office(folder: Path, passphrase: str) -> Office:
    """The keys of the case in `folder`; raises `KeyFileError` for a wrong passphrase or a file that cannot be used."""

    def unseal(name: str) -> Signer:
        return open_key(read_key_file(folder / KEYS / name), passphrase).signer()

    with ThreadPoolExecutor(len(_USES)) as pool:  # opening one takes half a second on purpose
        statement, log = pool.map(unseal, [name for name, _ in _USES])
    return Office(statement, log)
