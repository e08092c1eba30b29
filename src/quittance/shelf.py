"""The lists of a case in memory: what the vault holds of them and what the record says, read once and read on.

Derived and personal, so it never goes to a disk. Nobody's rights are looked at here: the listbook and the reviewbook do
that, and hold the one lock, before they ask.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from quittance.agreement.model import Agreement
from quittance.codes import code_of, read_code
from quittance.errors import UsageError
from quittance.files.agreements import agreement_in_force
from quittance.files.case import AGREEMENT_FILE
from quittance.ids import did_you_mean
from quittance.liststore import HeldList, ListStore
from quittance.people.judgements import Quorum
from quittance.people.places import Gazetteer
from quittance.record.envelope import decode64
from quittance.record.store import Store
from quittance.recorded import MATCHES, ListRecord, Recorded
from quittance.vault.store import Vault
from quittance.vaultbook import open_vault
from quittance.views.register import NOT_GIVEN, NOT_RECOGNISED, Listed, Member, Register, Said, Spelling

if TYPE_CHECKING:
    from quittance.people.search import SearchIndex


@dataclass(slots=True)
class _Memory:
    """What was read so far; None for what is still to be read."""

    lists: dict[str, HeldList] | None = None
    listed: list[Listed] | None = None
    register: Register | None = None
    index: SearchIndex | None = None
    codes: dict[str, list[int]] | None = None


class Shelf:
    """Vault and record of one case, open, and what was read from them; made by `open`, and to be closed."""

    def __init__(self, vault: Vault, record: Store, agreement: Agreement) -> None:
        self.lock = threading.RLock()
        self.agreement = agreement
        self.vault, self.record = vault, record
        self.store = ListStore(vault)
        self.times_read = 0
        self._memory = _Memory()
        self._places = Gazetteer.load()
        self._recorded = Recorded(Quorum(agreement.matching.reviewers, float(agreement.matching.second_from)))

    @classmethod
    def open(cls, folder: Path, kek: bytes) -> Self:
        """The shelf of the case `folder`; raises as `Vaultbook.open`."""
        vault, record = open_vault(folder, kek)
        try:
            first = (folder / AGREEMENT_FILE).read_bytes()
            return cls(vault, record, agreement_in_force(folder, record, first).agreement)
        except BaseException:
            vault.close()
            record.close()
            raise

    def close(self) -> None:
        """Let go of vault and record, and forget everything read."""
        with self.lock:
            self.forget()
            self.vault.close()
            self.record.close()

    @property
    def held(self) -> dict[str, HeldList]:
        """The lists by name."""
        if self._memory.lists is None:
            self._memory.lists = self.store.lists()
        return self._memory.lists

    @property
    def listed(self) -> list[Listed]:
        """Every entry that is not erased, in the order of lists and rows; those of a list withdrawn are gone."""
        self.follow()
        if self._memory.listed is None:
            erased, withdrawn = (
                self._recorded.erased,
                {one.name for one in self.held.values() if self.is_withdrawn(one)},
            )
            self._memory.listed = [
                replace(one, gone=True) if one.list in withdrawn else one
                for one in self.store.listed(self.held)
                if one.handle not in erased
            ]
        return self._memory.listed

    @property
    def recorded(self) -> Recorded:
        """What the record says of lists and matches, as of now."""
        self.follow()
        return self._recorded

    @property
    def persons(self) -> Register:
        """The register, folded anew when the record has said more."""
        listed, recorded = self.listed, self.recorded
        if self._memory.register is None:
            self._memory.register = Register(
                listed,
                recorded.pairs,
                recorded.judgements,
                Spelling(self.latin, self.province),
                blind=self.agreement.matching.blind,
                withdrawn=recorded.taken_back,
            )
        return self._memory.register

    def follow(self) -> None:
        """Read the record on, and forget what it has made untrue."""
        kinds = self._recorded.follow(self.record)
        if kinds & MATCHES:
            self._memory.register = None
        if kinds - MATCHES:
            self.forget()

    def said(self, index: int) -> Said:
        """What the list of an entry says, as given."""
        one = self.listed[index]
        return self.store.said(one, self.held, decode64(one.handle, "A handle"))

    def entry_at(self, code: str) -> int:
        """The index of the one entry with this code, or this handle.

        Raises `UsageError`: `people.no_such_code`, `people.code_ambiguous`.
        """
        listed = self.listed
        if self._memory.codes is None:
            self._memory.codes = {}
            for index, one in enumerate(listed):
                self._memory.codes.setdefault(code_of(one.handle), []).append(index)
                self._memory.codes[one.handle] = [index]
        found = self._memory.codes.get(read_code(code) or code, ())
        if len(found) > 1:
            raise UsageError(
                "Two entries have this code. Give the handle of the one that is meant.", code="people.code_ambiguous"
            )
        if not found:
            raise UsageError(
                "No entry of any list has this code. A code looks like 7KQ2M-X4C9D; find it with "
                '"quittance people list" or "people search".',
                code="people.no_such_code",
            )
        return found[0]

    def latin(self, name: str) -> str:
        """A name in Latin letters, for the eye."""
        from quittance.people.names.name import parse
        from quittance.people.names.skeleton import latin_form

        return " ".join(
            latin_form(token.text, token.script).capitalize() for one in parse(name)[:1] for token in one.tokens
        )

    def province(self, text: str) -> tuple[str, str]:
        """The province that a cell names, as key and label."""
        if not text.strip():
            return NOT_GIVEN
        place = self._places.place_of(text)
        province = self._places.places.get(place.province_id) if place else None
        return NOT_RECOGNISED if province is None else (province.id, province.names[0])

    def forget(self) -> None:
        """Let everything be read again."""
        self.times_read += 1
        self._memory = _Memory()

    def search_index(self) -> SearchIndex:
        """The index of names, by the places of `listed`."""
        listed = self.listed
        if self._memory.index is None:
            from quittance.people.search import SearchIndex

            self._memory.index = SearchIndex([one.entry for one in listed])
        return self._memory.index

    def member(self, code: str) -> Member:
        """The person of an entry's code; raises as `entry_at`."""
        return self.persons.at(self.entry_at(code))

    def require_party(self, party: str) -> None:
        """Raise `UsageError` (`case.no_party`) for a party that the agreement does not have."""
        if party not in self.agreement.parties:
            hint = did_you_mean(party, self.agreement.parties) or f". It has {', '.join(self.agreement.parties)}."
            raise UsageError(f"This case has no party `{party[:64]}`{hint}", code="case.no_party")

    def list_of(self, side: str, list_id: str) -> HeldList:
        """A list by its side and id; raises `UsageError` (`case.no_list`)."""
        self.require_party(side)
        held = self.held.get(f"{side}/{list_id}")
        if held is None:
            raise UsageError(
                f"The vault holds no list of this name from {side}. It holds {', '.join(self.held) or 'none'}.",
                code="case.no_list",
            )
        return held

    def known_of(self, name: str) -> ListRecord:
        """What the record has of a list."""
        return self.recorded.lists.get(name, ListRecord())

    def is_withdrawn(self, held: HeldList) -> bool:
        """Whether its side has taken the list back, and no later file was taken in."""
        known = self._recorded.lists.get(held.name, ListRecord())
        return known.withdrawn and held.about.version <= known.begun

    def stands(self, held: HeldList) -> bool:
        """Whether the record holds the newest version of a list, with exactly the entries that are here."""
        known = self.known_of(held.name)
        here = {one.handle for one in self.listed if one.list == held.name and not one.gone}
        return known.version == held.about.version and known.handles - self._recorded.erased == here

    def confirmed(self) -> set[str]:
        """The entries that both sides have confirmed to be somebody of the other's list."""
        sides = {one.handle: one.side for one in self.listed}
        pairs = [one.pair for one in self.recorded.pairs if one.state == "confirmed"]
        return {handle for x, y in pairs if sides.get(x) != sides.get(y) for handle in (x, y)}
