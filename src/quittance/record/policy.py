"""Trust policies (C2SP tlog-policy): which logs and witnesses a reader knows, and how many of them must have signed.

A file has one quorum, so there is one file for each grade; a checkpoint has the highest grade whose quorum holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NoReturn, Self, cast

from quittance.errors import UnreadableError
from quittance.record.checkpoint import OpenedCheckpoint, open_checkpoint, parse_decimal
from quittance.record.note import ED25519, NoteError, VerifierKey

Grade = Literal["joint", "recorded", "signed"]
"""How much a checkpoint is worth: cosigned by both sides; by a third body; by nobody but the log."""

GRADES_WITH_POLICY: tuple[Grade, ...] = ("joint", "recorded")
"""Highest first. `signed` needs no file: it is what is left when no quorum holds."""

NO_QUORUM = "none"
MAX_POLICY_BYTES = 1_000_000

_NOT_ALLOWED = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_BLANKS = re.compile(r"[ \t]+")


class PolicyError(UnreadableError):
    """A policy file, or a set of them, is refused; `code` says which rule is broken, the message on which line."""

    code = "policy.syntax"


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which at least `threshold` must have signed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy file: the keys of logs, the witnesses and groups by name, and the name that must hold."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    """In the order of the file, in which a group comes after its members."""
    quorum: str
    """A witness, a group, or `none`."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The policy in a file; raises `PolicyError`."""
        if len(data) > MAX_POLICY_BYTES or _NOT_ALLOWED.search(data) or not data.endswith(b"\n"):
            raise PolicyError(
                f"A policy has up to {MAX_POLICY_BYTES} bytes, no control characters but tab and line feed, and ends "
                "with a line feed."
            )
        draft = _Draft()
        # Names are bytes to the format; surrogate escapes keep two spellings apart that are not UTF-8.
        for line in data.decode("utf-8", "surrogateescape").split("\n"):
            draft.take(line)
        if draft.quorum is None:
            raise PolicyError("The policy has no quorum line. Add one, if need be `quorum none`.", code="policy.quorum")
        return cls(tuple(draft.logs), MappingProxyType(draft.witnesses), MappingProxyType(draft.groups), draft.quorum)

    def holds(self, keys: Collection[VerifierKey]) -> bool:
        """Whether witnesses with these keys are a quorum; keys that the policy does not name count for nothing."""
        holding = {NO_QUORUM} | {name for name, key in self.witnesses.items() if key in keys}
        for name, group in self.groups.items():
            if len(holding.intersection(group.members)) >= group.threshold:
                holding.add(name)
        return self.quorum in holding


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a reader, one for each grade; raises `PolicyError` for none at all and for keys that conflict."""

    grades: Mapping[Grade, Policy]
    logs: tuple[VerifierKey, ...] = field(init=False)
    """The keys of the logs in any of them."""
    witnesses: tuple[VerifierKey, ...] = field(init=False)
    """The keys of the witnesses in any of them."""

    def __post_init__(self) -> None:
        if not self.grades or not self.grades.keys() <= set(GRADES_WITH_POLICY):
            raise PolicyError(
                f"Policies are given for at least one of the grades {', '.join(GRADES_WITH_POLICY)}, and for no other.",
                code="policy.grade",
            )
        by_public: dict[bytes, VerifierKey] = {}
        for policy in self.grades.values():
            for key in (*policy.logs, *policy.witnesses.values()):
                if by_public.setdefault(key.public, key) != key:
                    raise PolicyError(
                        f"The policies name the key of {key.name} in two ways. One key has one name and one use.",
                        code="policy.conflict",
                    )
        keys = by_public.values()
        object.__setattr__(self, "logs", tuple(key for key in keys if key.kind == ED25519))
        object.__setattr__(self, "witnesses", tuple(key for key in keys if key.kind != ED25519))

    @classmethod
    def of_texts(cls, texts: Mapping[str, bytes]) -> Self:
        """The policies in these files, by grade; raises `PolicyError`."""
        return cls({cast(Grade, grade): Policy.parse(data) for grade, data in texts.items()})

    def open(self, data: bytes) -> OpenedCheckpoint:
        """The checkpoint in a signed note, its signatures verified; raises `NoteError` as `open_checkpoint`."""
        return open_checkpoint(data, self.logs, self.witnesses)

    def grade(self, opened: OpenedCheckpoint) -> Grade:
        """The highest grade whose policy knows the log and whose quorum has cosigned."""
        cosigners = [cosigned.key for cosigned in opened.cosigned]
        for grade in GRADES_WITH_POLICY:
            policy = self.grades.get(grade)
            # The format lets a policy leave out the logs where they are known otherwise: here, from the other policy.
            if policy and (not policy.logs or set(policy.logs) & set(opened.log_keys)) and policy.holds(cosigners):
                return grade
        return "signed"


Trust = Policies | VerifierKey
"""By what a reader knows a log: policy files, or its key alone."""


def open_trusted(trust: Trust, data: bytes) -> OpenedCheckpoint:
    """The checkpoint in a signed note, its known signatures verified; raises `NoteError`."""
    return trust.open(data) if isinstance(trust, Policies) else open_checkpoint(data, (trust,), ())


def grade_of(trust: Trust, opened: OpenedCheckpoint) -> Grade:
    """The grade of a checkpoint; without policies nobody's cosignature is known."""
    return trust.grade(opened) if isinstance(trust, Policies) else "signed"


class _Draft:
    """A policy while its lines are read."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._line = 0
        self._publics: set[bytes] = set()
        self._members: set[str] = set()

    def take(self, line: str) -> None:
        """Read the next line; raises `PolicyError`."""
        self._line += 1
        words = [word for word in _BLANKS.split(line) if word]
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._key(vkey, of_log=True))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._require_new(name)
                self.witnesses[name] = self._key(vkey, of_log=False)
            case ["group", name, threshold, *members] if members:
                self._require_new(name)
                self.groups[name] = self._group(threshold, members)
            case ["quorum", name]:
                if self.quorum is not None:
                    self._refuse("is a second quorum. Keep one of them.", "policy.quorum")
                if name != NO_QUORUM:
                    self._require_defined(name)
                self.quorum = name
            case [first, *_] if not first.startswith("#"):
                self._refuse(
                    "is not `log VKEY`, `witness NAME VKEY`, `group NAME all|any|K MEMBERS` or `quorum NAME`.",
                    "policy.syntax",
                )

    def _key(self, vkey: str, *, of_log: bool) -> VerifierKey:
        try:
            key = VerifierKey.parse(vkey)
        except NoteError as error:
            raise PolicyError(f"Line {self._line} of the policy: {error.message}", code="policy.key") from error
        if (key.kind == ED25519) != of_log:
            self._refuse("gives a log the key of a witness, or the reverse.", "policy.key")
        if key.public in self._publics:
            self._refuse("repeats a public key. A key has one name and one use.", "policy.duplicate_key")
        self._publics.add(key.public)
        return key

    def _group(self, threshold: str, members: list[str]) -> Group:
        for name in members:
            self._require_defined(name)
            if name in self._members:
                self._refuse("lists a member that is in a group already.", "policy.member")
            self._members.add(name)
        if threshold in ("any", "all"):
            return Group(1 if threshold == "any" else len(members), tuple(members))
        try:
            needed = parse_decimal(threshold)
        except ValueError:
            needed = 0
        if not 1 <= needed <= len(members):
            self._refuse("needs `all`, `any` or a number from 1 to that of its members.", "policy.threshold")
        return Group(needed, tuple(members))

    def _require_new(self, name: str) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            self._refuse("defines a name that is taken.", "policy.name")

    def _require_defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            self._refuse("uses a name before any line defines it.", "policy.name")

    def _refuse(self, what: str, code: str) -> NoReturn:
        raise PolicyError(f"Line {self._line} of the policy {what}", code=code)
