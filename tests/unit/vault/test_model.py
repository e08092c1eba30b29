"""A vault against a plain dictionary, over random histories with erasures, failed blocks and reopening."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from tests.unit.vault.traces import found_in, sealed_of

from quittance.record.commitment import commit
from quittance.vault.columns import folded
from quittance.vault.seal import VaultError
from quittance.vault.store import Person, Vault

AGREEMENT = "test-2020"
KEK = bytes(range(32))
COLUMNS = {"person": {"surname": folded, "sex": None}, "list_entry": {"surname": folded}}
CELLS = st.sampled_from([("person", "surname", None), ("person", "sex", None), ("list_entry", "surname", "a" * 32)])
VALUES = st.text(max_size=40) | st.sampled_from(["TEST PERSON 1", "test  person 1", "TEST PERSON 2"])
ENTRIES = st.integers(0, 3).map(lambda number: f"{number:032x}")


class VaultAgainstDictionary(RuleBasedStateMachine):
    """The dictionary holds for each person the versions of each cell, and each commitment by statement."""

    people = Bundle("people")

    @initialize(seed=st.integers(0, 1000))
    def create(self, seed):
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "vault.sqlite"
        self.chance = random.Random(seed).randbytes
        self.vault = Vault.create(self.path, AGREEMENT, KEK, columns=COLUMNS, random=self.chance)
        self.cells: dict[Person, dict[tuple, list[str]]] = {}
        self.made: dict[Person, dict[tuple, tuple[bytes, str]]] = {}
        self.erased: dict[Person, int] = {}

    @rule(target=people, surnames=st.lists(VALUES, min_size=1, max_size=3))
    def add(self, surnames):
        added = self.vault.add_people({"surname": surname} for surname in surnames)
        for person, surname in zip(added, surnames, strict=True):
            self.cells[person] = {("person", "surname", None): [surname]}
            self.made[person] = {}
        return multiple(*added)

    @rule(person=people, cell=CELLS, value=VALUES, by_handle=st.booleans())
    def put(self, person, cell, value, by_handle):
        table, column, row = cell
        versions = self.cells[person].setdefault(cell, [])
        versions.append(value)
        who = person.handle if by_handle else person.id
        assert len(versions) == self.vault.put(who, column, value, table=table, row=row)

    @rule(person=people, cell=CELLS, entry=ENTRIES)
    def commit(self, person, cell, entry):
        table, column, row = cell
        if cell not in self.cells[person]:
            with pytest.raises(VaultError, match="no value"):
                self.vault.commit(person.id, column, entry, table=table, row=row)
            return
        made = self.vault.commit(person.id, column, entry, table=table, row=row)
        known, _ = self.made[person].setdefault((*cell, entry), (made, self.cells[person][cell][-1]))
        assert known == made

    @rule(person=people)
    def open_all(self, person):
        made = self.made[person]
        opened = self.vault.openings(person.handle, ["surname", "sex"], [commitment for commitment, _ in made.values()])
        assert [value for _, value in made.values()] == [opening.value for opening in opened]
        for (commitment, _), opening in zip(made.values(), opened, strict=True):
            assert commitment == commit(AGREEMENT, opening.field, opening.value, opening.salt)

    @rule(value=VALUES, table=st.sampled_from(["person", "list_entry"]))
    def find(self, value, table):
        expected = {
            person.id
            for person, cells in self.cells.items()
            for (kept_in, column, _), versions in cells.items()
            if (kept_in, column) == (table, "surname") and folded(versions[-1]) == folded(value)
        }
        assert sorted(expected) == self.vault.find("surname", value, table=table)

    @rule(first=consumes(people), data=st.data())
    def erase(self, first, data):
        others = [person.id for person in self.cells if person != first]
        secrets = set(sealed_of(self.path, [first.id])) - set(sealed_of(self.path, others))  # equal values share a tag
        again = data.draw(st.lists(st.sampled_from(sorted(self.erased, key=lambda one: one.id)))) if self.erased else []
        result = self.vault.erase(person.handle for person in (first, *again))
        self.erased[first] = 1 + len(self.made.pop(first))
        del self.cells[first]
        assert result.salts == sum(self.erased[person] for person in {first, *again})
        assert result.keys == len({first, *again})
        assert found_in(self.folder, secrets) == 0

    @rule(person=people, value=VALUES)
    def fail_in_a_block(self, person, value):
        def block():
            with self.vault.together():
                self.vault.put(person.id, "surname", value)
                self.vault.add_person({"surname": value})
                self.vault.erase([person.handle])
                raise KeyError

        with pytest.raises(KeyError):
            block()

    @rule()
    def reopen(self):
        self.vault.close()
        self.vault = Vault.open(self.path, KEK, columns=COLUMNS, random=self.chance)

    @invariant()
    def the_same_people_with_the_same_values(self):
        assert sorted(self.cells, key=lambda person: person.id) == self.vault.people()
        for person, cells in self.cells.items():
            for (table, column, row), versions in cells.items():
                assert versions[-1] == self.vault.get(person.id, column, table=table, row=row)
                assert versions[0] == self.vault.get(person.handle, column, table=table, row=row, version=1)
        assert all(self.vault.is_erased(person.handle) for person in self.erased)

    def teardown(self):
        if hasattr(self, "vault"):
            self.vault.close()
            shutil.rmtree(self.folder)


TestVaultAgainstDictionary = VaultAgainstDictionary.TestCase
TestVaultAgainstDictionary.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
