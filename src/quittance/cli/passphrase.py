"""The passphrase of a key file: from the environment for machines, asked for on a terminal, never on a command line."""

from __future__ import annotations

import os
import sys

VARIABLE = "QUITTANCE_PASSPHRASE"

VAULT_VARIABLE = "QUITTANCE_VAULT_PASSPHRASE"
"""The vault's key has a variable of its own: who may sign for the operator may not therefore read the vault."""


def passphrase(prompt: str, variable: str = VARIABLE) -> str:
    """The passphrase of a key that exists; raises `UsageError` (`key.passphrase_missing`) if nobody can be asked."""
    return os.environ.get(variable) or _ask(prompt, variable)


def new_passphrase(prompt: str = "New passphrase: ", variable: str = VARIABLE) -> str:
    """The passphrase of a new key, asked for twice.

    Raises `UsageError`: `key.passphrase_missing`, or `key.passphrase_differs` if the two are not alike.
    """
    if given := os.environ.get(variable):
        return given
    first = _ask(prompt, variable)
    if _ask("The same again: ", variable) != first:
        from quittance.errors import UsageError

        raise UsageError(
            "The two passphrases are not alike; nothing was made. Start again.", code="key.passphrase_differs"
        )
    return first


def _ask(prompt: str, variable: str) -> str:
    from getpass import getpass

    given = ""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            given = getpass(prompt)
        except EOFError:
            print(file=sys.stderr)
    if not given:
        from quittance.errors import UsageError

        raise UsageError(
            f"The key needs its passphrase. Type it on a terminal, or set {variable} in the environment of this "
            "program.",
            code="key.passphrase_missing",
        )
    return given
