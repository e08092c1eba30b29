"""Days as they lie in the vault: bundles that went out, what came back, and every act, with the person it is about.

Whoever calls has looked at the rights and holds the one lock. Handles are base64, as in statements. An act is never
changed or removed but by the erasure of its person; its id is the digest of what was signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from quittance.canon import canonical
from quittance.handover.day import Act
from quittance.record.envelope import decode64
from quittance.vault.days import ABOUT, ACT, ISSUE, RETURNED
from quittance.vault.handovers import padded
from quittance.vault.store import Vault

HERE = "0" * 32
"""In place of a bundle and of a copy: the act was entered at the case itself."""


class Issue(msgspec.Struct, frozen=True):
    """A bundle that went out. `secret` opens what comes back; `devices` are public keys in hex, `by` a key id.

    The case itself is issue 0 of a batch, under the id `HERE`, once an act of nobody in particular was entered there.
    """

    batch: str
    bundle: str
    issue: int
    made_at: str
    expires_at: str
    devices: tuple[str, ...]
    persons: tuple[str, ...]
    sha256: str
    by: str
    secret: str


class Return(msgspec.Struct, frozen=True):
    """A file that came back from one folder: how many acts it held, the id of the last, what was to be said of it."""

    sha256: str
    device: str
    copy: str
    acts: int
    last: str
    packed_at: str
    taken_at: str
    flags: tuple[str, ...] = ()


class KeptAct(msgspec.Struct, frozen=True, omit_defaults=True):
    """An act as the vault keeps it; `seq` is its number in the folder called `copy`, 0 for one entered at the case."""

    batch: str
    bundle: str
    copy: str
    seq: int
    id: str
    at: str
    handle: str
    kind: str
    value: str
    reason: str = ""
    by: str = ""
    device: str = ""
    settles: tuple[str, ...] = ()

    @property
    def act(self) -> Act:
        """The act itself."""
        return Act(
            self.id, self.at, self.handle, self.kind, self.value, self.reason, self.by, self.device, self.settles
        )


@dataclass(slots=True)
class Kept:
    """What the vault holds of one batch's day."""

    issues: dict[str, Issue] = field(default_factory=dict)
    returns: dict[str, tuple[Return, ...]] = field(default_factory=dict)
    acts: dict[str, KeptAct] = field(default_factory=dict)

    def of_copy(self, copy: str) -> dict[int, set[str]]:
        """The ids of the acts of one folder by their number there, more than one where it was copied; erased people's
        are missing.
        """
        found: dict[int, set[str]] = {}
        for one in self.acts.values():
            if one.copy == copy:
                found.setdefault(one.seq, set()).add(one.id)
        return found

    def last_of(self, copy: str) -> Return | None:
        """The longest return of one folder."""
        found = (one for returns in self.returns.values() for one in returns if one.copy == copy)
        return max(found, key=lambda one: one.acts, default=None)


class DayStore:
    """What one vault holds of days."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._kept: dict[str, Kept] | None = None
        self._subjects: dict[str, str] = {}

    def kept(self) -> Mapping[str, Kept]:
        """Everything, by batch; read once, and kept up to date."""
        if self._kept is None:
            found: dict[str, Kept] = {}
            for person, text in self._vault.values(ABOUT, table=ISSUE):
                issue = msgspec.json.decode(text, type=Issue)
                self._subjects[_subject(issue)] = person.id
                kept = found.setdefault(issue.batch, Kept())
                kept.issues[issue.bundle] = issue
                said = self._vault.get(person.id, RETURNED, table=ISSUE)
                kept.returns[issue.bundle] = msgspec.json.decode(said, type=tuple[Return, ...]) if said else ()
            for _, text in self._vault.values(ACT, table=ACT):
                act = msgspec.json.decode(text, type=KeptAct)
                found.setdefault(act.batch, Kept()).acts[act.id] = act
            self._kept = found
        return self._kept

    def of(self, batch: str) -> Kept:
        """What there is of one batch."""
        return self.kept().get(batch) or Kept()

    def put_issue(self, issue: Issue) -> None:
        """Keep that a bundle went out."""
        self._vault.add_person({ABOUT: _text(issue)}, table=ISSUE)
        self._kept = None

    def put_acts(self, issue: Issue, acts: Iterable[KeptAct], returned: Return | None = None) -> int:
        """Keep acts that are not there yet, and what came back, all or nothing; the number of new acts.

        Acts about a person who was erased are passed over.
        """
        kept = self.of(issue.batch)
        subject = self._subjects[_subject(issue)]
        with self._vault.together():
            fresh = [one for one in acts if one.id not in kept.acts and not self._is_erased(one)]
            for one in fresh:
                who = decode64(one.handle, "A handle") if one.handle else subject
                self._vault.put(who, ACT, padded(_text(one)), table=ACT, row=one.id[:32])
            if returned is not None:
                before = kept.returns[issue.bundle]
                said = canonical([msgspec.to_builtins(one) for one in (*before, returned)]).decode()
                self._vault.put(subject, RETURNED, said, table=ISSUE)
        self._kept = None
        return len(fresh)

    def _is_erased(self, one: KeptAct) -> bool:
        return bool(one.handle) and self._vault.is_erased(decode64(one.handle, "A handle"))

    def here(self, batch: str, at: str) -> Issue:
        """The case itself as a place of the day of a batch."""
        found = self.of(batch).issues.get(HERE)
        if found is None:
            found = Issue(batch, HERE, 0, at, at, (), (), "", "", "")
            self.put_issue(found)
        return found


def _subject(issue: Issue) -> str:
    return f"{issue.batch}\n{issue.bundle}"


def _text(value: Issue | KeptAct) -> str:
    return canonical(msgspec.to_builtins(value)).decode()
