"""What a vault may hold: tables, their columns, and for the searchable ones the form under which a value is found.

A column is searchable only if its values are many: a blind index shows how often each value occurs, and with few values
the frequencies alone give them away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from quittance.ids import is_id
from quittance.vault.seal import VaultError

Normalise = Callable[[str], str]
"""From a value as received to the form that the blind index knows; equal forms are found as equal."""

Columns = Mapping[str, Mapping[str, Normalise | None]]
"""Table -> column -> its form for searching, or None for a column that cannot be searched."""

PERSON = "person"
"""The table with one row per person; also the field of the log whose commitment is the person's handle."""

TOO_FEW_VALUES = frozenset(
    (
        *("sex", "gender", "party", "side", "power", "nationality", "religion", "ethnicity", "status", "wish"),
        *("province", "district", "place_of_birth", "place_of_detention", "prison", "rank", "unit", "birth_year"),
        *("health", "fitness", "charge", "sentence"),
    )
)
"""Columns that may never be searchable, whatever a caller declares."""


def folded(value: str) -> str:
    """Compatibility forms and letter case made equal, runs of white space made one: for equality, not for likeness.

    >>> folded("  Test  PERSON １")
    'test person 1'
    """
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


IDENTITY: Columns = {
    PERSON: {
        "surname": folded,
        "first_names": folded,
        "father_name": folded,
        "grandfather_name": folded,
        "mother_maiden_name": None,
        "date_of_birth": None,
        "place_of_birth": None,
        "sex": None,
        "nationality": None,
        "power": None,
        "rank": None,
        "unit": None,
        "service_number": folded,
        "register_number": folded,
        "last_residence": None,
        "distinguishing_marks": None,
    }
}
"""The identity items of Geneva Convention III, article 122, and IV, article 138, each kept so far as it is known."""


def require_columns(columns: Columns) -> None:
    """Raise `VaultError` (`vault.columns`) for ids of another shape, a column `person`, or a search that would leak."""
    for table, names in columns.items():
        for name, normalise in names.items():
            if not is_id(table) or not is_id(name) or name == PERSON:
                raise VaultError(
                    f"{table}.{name} cannot name a column. Use lower-case letters, digits, - and _, and not `person`.",
                    code="vault.columns",
                )
            if normalise is not None and name in TOO_FEW_VALUES:
                raise VaultError(
                    f"{table}.{name} cannot be searchable: it has so few values that their frequencies would show "
                    "them. Declare it without a search form.",
                    code="vault.columns",
                )
