"""Stores that let unsigned leaves in: for tests of how a store keeps what it is given, whoever signed it."""

from quittance.record.memory import MemoryStore
from quittance.record.rules import admit_form
from quittance.record.sqlite import SqliteStore


class FormMemory(MemoryStore):
    """A store in memory that asks only for the form of a leaf."""

    judge = staticmethod(admit_form)


class FormSqlite(SqliteStore):
    """A store in a file that asks only for the form of a leaf."""

    judge = staticmethod(admit_form)
