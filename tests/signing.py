"""Signed logs for tests: fixed keys of every office, and leaves that a log takes in the order they are made.

    log = SignedLog("quittance.example/test-2020/case")
    store.append([*log.founding(), *log.batch("b1", 3), *log.handover("b1", 3), log.count("b1", 3)], store.head())

Nonces, times, persons and keys follow from the origin and a counter: two logs made alike are equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from quittance.errors import QuittanceError
from quittance.record.entry import Leaf
from quittance.record.envelope import Signature, encode64
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.record.memory import MemoryStore
from quittance.record.statement import Ref, Relation, Seen, Span, Statement
from quittance.record.store import Proofs, Store

ORIGIN = "quittance.example/test-2020/case"
PARTIES = {"holding": "side-a", "receiving": "side-b"}
"""Role -> the party that a key of it speaks for, unless the enrolment says another."""

OFFICES = ("holding", "receiving", "neutral", "medical", "protection")
"""The keys that `SignedLog.founding` enrols beside the operator's."""

START = datetime(2020, 4, 8, 6, tzinfo=UTC)


def digest(text: str) -> str:
    """A stand-in for the hex SHA-256 of a file."""
    return sha256(text.encode()).hexdigest()


def signer(name: str) -> SeedSigner:
    """The key called `name`, the same in every log; its role is the name up to a hyphen, as in `holding-2`."""
    return SeedSigner(sha256(f"quittance test key {name}".encode()).digest())


def public(name: str) -> str:
    """The public key called `name`, in hex."""
    return signer(name).public.hex()


def fingerprint(name: str) -> str:
    """The fingerprint of the key called `name`, which is also its key id."""
    return key_id(signer(name).public)


def role_of(name: str) -> str:
    """The role of the key called `name`."""
    return name.partition("-")[0]


def person(number: int) -> str:
    """The handle of a person: a commitment in base64."""
    return encode64(sha256(f"quittance test person {number}".encode()).digest())


def seed_number(name: str) -> str:
    """The number that the key called `name` puts into every seed, 32 bytes in hex."""
    return digest(f"number of {role_of(name)}")


def refer(rel: Relation, *targets: Leaf | str) -> tuple[Ref, ...]:
    """References to leaves, or to statement ids."""
    return tuple(Ref(rel, one if isinstance(one, str) else one.statement.sid) for one in targets)


def seen_of(store: Store) -> Seen:
    """What a drafter has seen who has just checked the head of `store`."""
    head = store.head()
    return Seen(head.size, head.root, digest(f"note at {head.size}"))


def refusal(store: Store, leaf: Leaf) -> str | None:
    """The code with which the store's judge refuses `leaf` as the next entry, None if it lets it in."""
    try:
        type(store).judge(leaf, store.known(), Proofs())
    except QuittanceError as error:
        return error.code
    return None


def append(store: Store, *leaves: Leaf) -> Leaf:
    """Append leaves, one call each; gives the last."""
    for leaf in leaves:
        store.append([leaf], store.head())
    return leaves[-1]


class SignedLog:
    """Makes the leaves of one log; it holds none and judges none, so that it can also make what must be refused.

    `operators` keys act for the operator, any `threshold` of them; `operator` names the ones that sign here.
    `seen` goes into every statement made after it is set. `enrolments` are the leaves that enrolled keys, by name.
    """

    def __init__(
        self, origin: str = ORIGIN, *, agreement: str = "test-2020", operators: int = 1, threshold: int = 1
    ) -> None:
        self.origin = origin
        self.agreement = agreement
        self.operators = ("operator", *(f"operator-{number}" for number in range(2, operators + 1)))
        self.operator = self.operators[:threshold]
        self.seen: Seen | None = None
        self.enrolments: dict[str, Leaf] = {}
        self._made = 0
        self._persons = 0

    def statement(
        self,
        kind: str,
        body: Mapping[str, Any] | None = None,
        *,
        people: int | Sequence[str] = 0,
        refs: tuple[Ref, ...] = (),
        **members: Any,
    ) -> Statement:
        """A statement that nobody has signed; `people` are handles, or the number of persons not named before.

        `members` replace any other member of the statement.
        """
        self._made += 1
        handles = self.persons(people) if isinstance(people, int) else tuple(people)
        given: dict[str, Any] = {
            "kind": kind,
            "agreement": self.agreement,
            "log": self.origin,
            "nonce": digest(f"{self.origin} {self._made}")[:32],
            "claimed_at": self._time(0),
            "body": body or {},
            "seen": self.seen,
            "commitments": {"person": handles} if handles else {},
            "refs": refs,
        }
        return Statement(**given | members)

    def signed(self, statement: Statement, *by: str) -> Leaf:
        """The leaf of a statement with the signatures of the keys called `by`."""
        return self.with_signatures(statement, sign_statement(statement, *map(signer, by)))

    def with_signatures(self, statement: Statement, signatures: Sequence[Signature]) -> Leaf:
        """The leaf of a statement with any signatures, such as those of another."""
        return Leaf(statement, self._time(1), tuple(sorted(signatures, key=lambda one: one.keyid)))

    def leaf(
        self,
        kind: str,
        body: Mapping[str, Any] | None = None,
        by: Sequence[str] = ("operator",),
        *,
        people: int | Sequence[str] = 0,
        refs: tuple[Ref, ...] = (),
        event_at: str | Span | None = None,
        **members: Any,
    ) -> Leaf:
        """A statement (see `statement`) signed by the keys called `by`."""
        made = self.statement(kind, body, people=people, refs=refs, event_at=event_at, **members)
        return self.signed(made, *by)

    def persons(self, count: int) -> tuple[str, ...]:
        """Handles of persons that this log has not named before."""
        self._persons += count
        return tuple(person(number) for number in range(self._persons - count, self._persons))

    def store(self, *leaves: Leaf) -> MemoryStore:
        """A store in memory that holds these leaves."""
        store = MemoryStore(self.origin)
        store.append(leaves, store.head())
        return store

    # Keys

    def genesis(self, **body: Any) -> Leaf:
        """The first entry, with the operator's keys and threshold; `body` adds or replaces members."""
        if len(self.operators) == 1:
            keys: dict[str, Any] = {"operator_key": public("operator")}
        else:
            keys = {
                "operator_keys": [public(name) for name in self.operators],
                "operator_threshold": len(self.operator),
            }
        return self.leaf("log.genesis", keys | body, self.operator)

    def enrol(self, name: str, *also: str, party: str | None = None, kinds: Sequence[str] = (), **body: Any) -> Leaf:
        """The enrolment of the key called `name`, signed by operator, new key and the keys called `also`."""
        party = PARTIES.get(role_of(name), "") if party is None else party
        members: dict[str, Any] = {
            "role": role_of(name),
            "public_key": public(name),
            "fingerprint": fingerprint(name),
            **({"party": party} if party else {}),
            **({"kinds": list(kinds)} if kinds else {}),
        }
        leaf = self.leaf("key.enrolled", members | body, (*self.operator, name, *also))
        self.enrolments[name] = leaf
        return leaf

    def rotate(self, old: str, new: str, *also: str) -> Leaf:
        """The replacement of a key by another, signed by both and the keys called `also`."""
        body = {"old": fingerprint(old), "public_key": public(new), "fingerprint": fingerprint(new)}
        return self.leaf("key.rotated", body, (old, new, *also))

    def revoke(self, name: str, *by: str, reason: str = "lost", **body: Any) -> Leaf:
        """The end of a key, signed by the operator unless `by` names others."""
        members = {"fingerprint": fingerprint(name), "reason": reason}
        return self.leaf("key.revoked", members | body, by or self.operator)

    def founding(self, *names: str, strict: bool = False) -> list[Leaf]:
        """The genesis and the enrolments of the keys called `names` (by default one of each office).

        Where the log is `strict`, the sides' countersignatures follow, so that everything may be stated.
        """
        names = names or OFFICES
        genesis = self.genesis(**({"founding": [fingerprint(name) for name in names]} if strict else {}))
        leaves = [genesis, *(self.enrol(name) for name in names)]
        return leaves + (self.countersignatures(*names) if strict else [])

    def countersignatures(self, *names: str) -> list[Leaf]:
        """Of each side among the founding keys `names` one statement that countersigns the enrolments of all others."""
        return [
            self.countersign(side, *(self.enrolments[name] for name in names if name != side))
            for side in names
            if role_of(side) in PARTIES
        ]

    def countersign(self, by: str, *leaves: Leaf) -> Leaf:
        """The countersignature of one key under earlier statements."""
        return self.leaf("record.countersigned", by=(by,), refs=refer("countersigns", *leaves))

    # What is done

    def batch(self, name: str, count: int, people: Sequence[str] = (), **body: Any) -> list[Leaf]:
        """A batch proposed, cleared and authorised, named if `people` are; `body` adds to the proposal."""
        proposal = {"batch": name, "count": count, "rules_sha256": digest("rules")}
        return [
            self.leaf("batch.proposed", proposal | body, self.operator, people=people),
            self.leaf("batch.cleared", {"batch": name}, ("neutral", "medical")),
            self.leaf("batch.authorised", {"batch": name}, ("holding",)),
        ]

    def changed(self, batch: str, number: int, people: Sequence[str], **body: Any) -> Leaf:
        """A round of replacements in a named batch, after which `people` are on its manifest."""
        digests = {"batch_sha256": digest(f"{batch} {number}"), "before_sha256": digest(f"{batch} {number - 1}")}
        members = {"batch": batch, "round": number, "count": len(people), "skipped": [], **digests}
        return self.leaf("batch.changed", members | body, self.operator, people=people)

    def closed(self, batch: str, count: int, **body: Any) -> Leaf:
        """The end of a batch under which `count` persons were handed over."""
        return self.leaf("batch.closed", {"batch": batch, "count": count, "skipped": 0} | body, ("neutral",))

    def sealed(self, number: int, people: Sequence[str], by: str = "neutral", **body: Any) -> Leaf:
        """A round of sealed clearances over `people`."""
        salted = sorted(encode64(sha256(f"sealed {self._made} {one}".encode()).digest()) for one in people)
        handles = tuple(sorted(people))
        return self.leaf(
            "clearance.sealed", {"round": number} | body, (by,), commitments={"person": handles, "cleared": salted}
        )

    def denied(self, observed: Leaf, people: Sequence[str], by: str = "receiving", **body: Any) -> Leaf:
        """The word of a side that these persons of a handover were not handed over."""
        members = {"batch": observed.statement.body["batch"], "reason": "not_received"}
        return self.leaf("handover.denied", members | body, (by,), people=people, refs=refer("answers", observed))

    def seed_request(self, batch: str, **body: Any) -> Leaf:
        """The request for the seed of a batch to come, of at most 10 persons."""
        names = ("request_sha256", "snapshot_sha256")
        members = {"batch": batch, **{name: digest(f"{name} {batch}") for name in names}, "size": 10}
        return self.leaf("seed.requested", members | {"rules_sha256": digest("rules")} | body, self.operator)

    def seed_commit(self, request: Leaf, by: str = "holding", label: str | None = None, **body: Any) -> Leaf:
        """An office binds itself to the number `seed_number` of its key; the commitment follows the format's text."""
        label = PARTIES.get(role_of(by), role_of(by)) if label is None else label
        said = request.statement.body
        number = bytes.fromhex(seed_number(by))
        parts = (b"quittance/commit/v1", bytes.fromhex(str(said["request_sha256"])), label.encode(), number)
        commit = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
        members = {"batch": said["batch"], "commit": commit}
        return self.leaf("seed.committed", members | body, (by,), refs=refer("answers", request))

    def seed_reveal(self, commit: Leaf, by: str = "holding", **body: Any) -> Leaf:
        """An office reveals its number."""
        members = {"batch": commit.statement.body["batch"], "nonce": seed_number(by)}
        return self.leaf("seed.revealed", members | body, (by,), refs=refer("answers", commit))

    def observed(self, batch: str, count: int, people: Sequence[str] | None = None, **body: Any) -> Leaf:
        """A handover as the neutral saw it, of `count` persons not named before, or of `people`."""
        members = {"batch": batch, "from": "side-a", "to": "side-b", "place": "crossing-1", "count": count}
        return self.leaf("handover.observed", members | body, ("neutral",), people=count if people is None else people)

    def delivered(self, observed: Leaf, **body: Any) -> Leaf:
        """The word of the side that gave."""
        return self._answer("handover.delivered", "holding", observed, body)

    def received(self, observed: Leaf, **body: Any) -> Leaf:
        """The word of the side that took."""
        return self._answer("handover.received", "receiving", observed, body)

    def handover(self, batch: str, count: int, **body: Any) -> list[Leaf]:
        """A handover observed, delivered and received, all agreed; `body` adds to what was observed."""
        observed = self.observed(batch, count, **body)
        return [observed, self.delivered(observed), self.received(observed)]

    def count(
        self, batch: str, number: int, commitment: str = "release", by: Sequence[str] = ("holding", "receiving")
    ) -> Leaf:
        """The assertion that a batch counts as `number` persons for a commitment."""
        return self.leaf("count.asserted", {"batch": batch, "count": number, "commitment": commitment}, by)

    def withdraw(self, leaf: Leaf, *by: str, people: Sequence[str] | None = None) -> Leaf:
        """The withdrawal of a statement with its handles, or those given."""
        handles = leaf.statement.commitments.get("person", ()) if people is None else people
        return self.leaf("record.withdrawn", by=by, people=handles, refs=refer("withdraws", leaf))

    def facts(self, count: int) -> list[Leaf]:
        """Many small leaves that a founded log takes in any number: reports of the operator."""
        return [
            self.leaf(
                "fact.reported",
                {"id": f"f{self._made + 1}", "kind": "event", "at": "2020-04-08", "name": "rain"},
                self.operator,
            )
            for _ in range(count)
        ]

    def case(self, batches: int = 1, people: int = 2) -> list[Leaf]:
        """A whole small log: founding, then batches, each handed over and counted."""
        leaves = self.founding()
        for number in range(1, batches + 1):
            name = f"b{number}"
            leaves += [*self.batch(name, people), *self.handover(name, people), self.count(name, people)]
        return leaves

    def _answer(self, kind: str, by: str, observed: Leaf, body: Mapping[str, Any]) -> Leaf:
        said = observed.statement.body
        members = {"batch": said["batch"], "count": said["count"]}
        return self.leaf(kind, {**members, **body}, (by,), refs=refer("answers", observed))

    def _time(self, later: int) -> str:
        return (START + timedelta(seconds=self._made + later)).strftime("%Y-%m-%dT%H:%M:%SZ")
