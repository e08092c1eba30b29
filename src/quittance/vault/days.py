"""What the vault holds of days without a network: one subject for each bundle that went out, with a key of its own.

The acts that come back lie with the person they are about, in the table of acts, so that they are erased with the
person. The subject of a bundle holds nothing about anybody: when it went out, to which devices, the secret that opens
what comes back, and how far each folder had come.
"""

from __future__ import annotations

from quittance.vault.columns import Columns

ISSUE = "issue"
"""The table of bundles."""

ABOUT, RETURNED = "about", "returned"
"""The columns: what went out, and what came back."""

ACT = "act"
"""Table and column: an act of a day, of one person, or with the subject of a bundle where it is of nobody."""

DAYS: Columns = {ISSUE: {ABOUT: None, RETURNED: None}, ACT: {ACT: None}}
