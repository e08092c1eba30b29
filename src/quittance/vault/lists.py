"""What the vault holds of lists: its tables for them, and which rows of a list were erased.

An entry of a list, a list as a whole: each is a subject with a key of its own. Once an entry is erased, its list's
subject keeps the row's id in that list, so that a later file of the same list does not bring the person back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from quittance.canon import canonical
from quittance.vault.columns import Columns
from quittance.vault.store import Vault

ENTRY, LIST, ANSWER = "entry", "list", "answer"
"""The tables: entries of lists, lists as wholes, and answers of reviewers, which lie with one of the two entries."""

RAW, GONE, ABOUT, FILE, ERASED, GIVEN = "raw", "gone", "about", "file", "erased", "given"
"""The columns: an entry's row as given, and the version that lacks it; a list's version, the SHA-256 of its file, and
the ids of its erased rows; an answer."""

LISTS: Columns = {
    ENTRY: {RAW: None, GONE: None},
    LIST: {ABOUT: None, FILE: None, ERASED: None},
    ANSWER: {GIVEN: None},
}


def remember_erased(vault: Vault, handles: Iterable[bytes]) -> None:
    """Before entries of lists are erased: note their row ids with their lists. Handles of anybody else are passed over.

    Raises `VaultError` (`vault.unknown`) for a handle that nobody has or had.
    """
    rows: dict[tuple[str, str], set[str]] = {}
    for handle in handles:
        text = None if vault.is_erased(handle) else vault.get(handle, RAW, table=ENTRY)
        if text is not None:
            raw = json.loads(text)
            rows.setdefault((raw["side"], raw["list"]), set()).add(raw["pid"])
    if not rows:
        return
    for person, text in list(vault.values(ABOUT, table=LIST)):
        about = json.loads(text)
        if fresh := rows.get((about["side"], about["list"])):
            gone = sorted(fresh | erased_rows(vault, person.id))
            vault.put(person.id, ERASED, canonical(gone).decode(), table=LIST)


def erased_rows(vault: Vault, list_id: str) -> set[str]:
    """The ids of those rows of a list, by the id of its subject, whose entries were erased."""
    text = vault.get(list_id, ERASED, table=LIST)
    return set(json.loads(text)) if text else set()
