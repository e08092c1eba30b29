"""Builds logs with nothing but hashlib and cryptography: good ones, and one broken in each way the format forbids.

Shares no code with the product or the checker, so that each can be held against it.

- `good(name)` gives the published files of a sound log: "case", with several hundred entries, "public" or "access".
- `variants()` gives (name, expected code, files): the files of a log in which one rule is broken.
"""

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Files = dict[str, bytes]
AGREEMENT = "test-2020"
PAYLOAD_TYPE = "application/vnd.quittance.statement.v1+json"
START = 1_586_304_000  # 2020-04-08T00:00:00Z
ORDER = 2**252 + 27742317777372353535851937790883648493


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def jcs(value: Any) -> bytes:
    """Canonical JSON for values whose keys are ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Pair:
    """A key pair made from a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.private = Ed25519PrivateKey.from_private_bytes(sha256(b"test key " + name.encode()))
        self.public = self.private.public_key().public_bytes_raw()
        self.hex = self.public.hex()
        self.id = sha256(self.public).hex()

    def __deepcopy__(self, _: Any) -> "Pair":
        return self

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)

    def vkey(self, name: str, kind: int) -> str:
        return f"{name}+{self.note_id(name, kind).hex()}+{b64(bytes([kind]) + self.public)}"

    def note_id(self, name: str, kind: int) -> bytes:
        return sha256(name.encode() + b"\n" + bytes([kind]) + self.public)[:4]


@cache
def key(name: str) -> Pair:
    return Pair(name)


OP, OP2, OP3, SERVER = key("operator"), key("operator 2"), key("operator 3"), key("server")
A, B, N, M, G, P = (key(role) for role in ("holding", "receiving", "neutral", "medical", "guarantor", "protection"))
A2, B2, C, STRANGER = key("holding 2"), key("receiving 2"), key("third side"), key("stranger")
N2 = key("neutral 2")
ROLE = {OP2: "operator", SERVER: "server", A: "holding", B: "receiving", N: "neutral", M: "medical", G: "guarantor",
        P: "protection", A2: "holding", B2: "receiving", C: "holding", N2: "neutral"}  # fmt: skip
PARTY = {A: "side-a", B: "side-b", A2: "side-a", B2: "side-b", N: "neutral", N2: "neutral", C: "side-c"}
WITNESSES = {"A": "a.example/witness", "B": "b.example/witness", "N": "n.example/witness"}


def digest(batch: str, number: int) -> str:
    """A stand-in for the digest of a batch after so many rounds."""
    return sha256(f"batch {batch} {number}".encode()).hex()


def number_of(signer: Pair) -> str:
    """The number that a key puts into every seed, in hex."""
    return sha256(b"number " + signer.public).hex()


def handle(number: int) -> str:
    """The handle of a made-up person."""
    salt = sha256(b"salt %d" % number)[:16]
    return b64(sha256(b"quittance.commit.v1\n" + salt + jcs([AGREEMENT, "person", f"R-{number:04}"])))


def opening(number: int) -> list[Any]:
    return ["person", f"R-{number:04}", b64(sha256(b"salt %d" % number)[:16])]


def people(*numbers: int) -> dict[str, list[str]]:
    return {"person": [handle(number) for number in numbers]}


def root_of(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as the text has it."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha256(b"")
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(hashes[:split]) + root_of(hashes[split:]))


def inclusion(hashes: list[bytes], index: int) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(hashes) <= 1:
        return []
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if index < split:
        return [*inclusion(hashes[:split], index), root_of(hashes[split:])]
    return [*inclusion(hashes[split:], index - split), root_of(hashes[:split])]


def tile_name(level: int | str, number: int, width: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == 256 else f".p/{width}")


class Builder:
    """A log that is being written. Every default is right; each can be overridden to make it wrong."""

    def __init__(self, name: str = "case") -> None:
        self.origin = f"log.example/{AGREEMENT}/{name}"
        self.log_key = key("log " + name)
        self.leaves: list[bytes] = []
        self.hashes: list[bytes] = []
        self.seen: dict[str, Any] | None = None
        self.notes: Files = {}
        self.sizes: list[int] = []  # for which a head was published
        self.nonce = 0
        self.observed = ""  # the sid of the handover of `small_case`
        self.policy = self.policies()

    def policies(self) -> Files:
        lines = [f"log {self.log_key.vkey(self.origin, 1)}"]
        lines += [f"witness {name} {key(full).vkey(full, 4)}" for name, full in WITNESSES.items()]
        joint = [*lines, "group sides all A B", "quorum sides", ""]
        recorded = [*lines, "group one any N", "quorum one", ""]
        return {"policy/joint": "\n".join(joint).encode(), "policy/recorded": "\n".join(recorded).encode()}

    def now(self) -> int:
        return START + 60 * len(self.leaves)

    def statement(self, kind: str, body: dict[str, Any], /, **change: Any) -> dict[str, Any]:
        """A statement; `change` replaces members, and removes those given as `...`."""
        self.nonce += 1
        said = {
            "v": 1, "kind": kind, "agreement": AGREEMENT, "log": self.origin, "nonce": f"{self.nonce:032x}",
            "claimed_at": instant(self.now()), "seen": self.seen, "body": body, **change,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not ...}

    def leaf(
        self,
        said: dict[str, Any] | bytes,
        signers: tuple[Pair, ...],
        outer: dict[str, Any] | None = None,
        envelope: dict[str, Any] | None = None,
        signatures: Callable[[list[dict[str, Any]]], Any] = lambda these: these,
    ) -> tuple[bytes, str]:
        """The leaf of a statement, and its sid."""
        payload = said if isinstance(said, bytes) else jcs(said)
        said = said if isinstance(said, dict) else {"kind": "fact.reported", "log": self.origin}
        pae = b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
        signed = [{"keyid": one.id, "sig": b64(one.sign(pae))} for one in sorted(signers, key=lambda pair: pair.id)]
        wrapped = {"payload": b64(payload), "payloadType": PAYLOAD_TYPE, "signatures": signatures(signed)}
        leaf = {
            "accepted_at": instant(self.now() + 5), "envelope": {**wrapped, **(envelope or {})}, "kind": said["kind"],
            "log": said["log"], "v": 1, **(outer or {}),
        }  # fmt: skip
        return jcs({name: value for name, value in leaf.items() if value is not ...}), sha256(pae).hex()

    def append(self, leaf: bytes) -> None:
        self.leaves.append(leaf)
        self.hashes.append(sha256(b"\0" + leaf))

    def add(
        self, kind: str, body: dict[str, Any], /, *signers: Pair, making: dict[str, Any] | None = None, **change: Any
    ) -> str:
        """Append an entry; its sid."""
        leaf, sid = self.leaf(self.statement(kind, body, **change), signers, **(making or {}))
        self.append(leaf)
        return sid

    def text(self, size: int | None = None, origin: str | None = None) -> str:
        size = len(self.leaves) if size is None else size
        return f"{origin or self.origin}\n{size}\n{b64(root_of(self.hashes[:size]))}\n"

    def note(self, text: str, cosigners: str = "ABN", time: int | None = None) -> bytes:
        """A head signed by the log and cosigned by witnesses."""
        name = self.origin
        lines = [f"— {name} {b64(self.log_key.note_id(name, 1) + self.log_key.sign(text.encode()))}\n"]
        for letter in cosigners:
            full, at = WITNESSES[letter], self.now() + 30 if time is None else time
            signature = key(full).sign(f"cosignature/v1\ntime {at}\n{text}".encode())
            lines.append(f"— {full} {b64(key(full).note_id(full, 4) + at.to_bytes(8, 'big') + signature)}\n")
        return (text + "\n" + "".join(lines)).encode()

    def publish(self, cosigners: str = "ABN") -> None:
        """Publish a head of the present size; from now on it is the last one that everybody has seen."""
        size, note = len(self.leaves), self.note(self.text(), cosigners)
        self.notes[f"notes/{size}"] = note
        self.sizes.append(size)
        self.seen = {"size": size, "root": b64(root_of(self.hashes)), "note_sha256": sha256(note).hex()}

    def files(self) -> Files:
        """What is published, after one more head."""
        if not self.sizes or self.sizes[-1] != len(self.leaves):
            self.publish()
        files = {**self.policy, **self.notes, "checkpoint": self.notes[f"notes/{self.sizes[-1]}"]}
        for size in self.sizes:
            for level in range(5):
                slots = [root_of(self.hashes[i << 8 * level : i + 1 << 8 * level]) for i in range(size >> 8 * level)]
                for number in range((len(slots) + 255) // 256):
                    part = slots[number * 256 : number * 256 + 256]
                    files[tile_name(level, number, len(part))] = b"".join(part)
            for number in range((size + 255) // 256):
                some = self.leaves[number * 256 : min(size, number * 256 + 256)]
                files[tile_name("entries", number, len(some))] = bundle(some)
        return files

    def receipt(self, index: int, size: int | None = None) -> bytes:
        """A receipt of one entry under a published head."""
        size = self.sizes[-1] if size is None else size
        lines = ["c2sp.org/tlog-proof@v1", f"extra {b64(self.leaves[index])}", f"index {index}"]
        lines += [b64(one) for one in inclusion(self.hashes[:size], index)]
        return "\n".join(lines).encode() + b"\n\n" + self.notes[f"notes/{size}"]

    # Statements that stand in most logs

    def genesis(self, *founding: Pair, **body: Any) -> str:
        base = {"operator_key": OP.hex, "founding": sorted(pair.id for pair in founding)}
        given = {name: value for name, value in {**base, **body}.items() if value is not ...}
        return self.add("log.genesis", given, OP)

    def enrol(self, new: Pair, *others: Pair, making: dict[str, Any] | None = None, **body: Any) -> str:
        base = {"role": ROLE[new], "public_key": new.hex, "fingerprint": new.id}
        base |= {"party": PARTY[new]} if new in PARTY else {}
        given = {name: value for name, value in {**base, **body}.items() if value is not ...}
        return self.add("key.enrolled", given, OP, new, *others, making=making)

    def revoke(self, old: Pair, *signers: Pair, **body: Any) -> str:
        return self.add("key.revoked", {"fingerprint": old.id, "reason": "lost", **body}, *signers)

    def rotate(self, old: Pair, new: Pair, *signers: Pair, **body: Any) -> str:
        given = {"old": old.id, "public_key": new.hex, "fingerprint": new.id, **body}
        return self.add("key.rotated", given, *signers)

    def countersign(self, signer: Pair, *sids: str) -> str:
        return self.add("record.countersigned", {}, signer, refs=refs("countersigns", *sids))

    def withdraw(self, sid: str, *signers: Pair, **change: Any) -> str:
        return self.add("record.withdrawn", {}, *signers, refs=refs("withdraws", sid), **change)

    def fact(self, number: int, **change: Any) -> str:
        return self.add("fact.reported", journal(number), OP, **change)

    def propose(self, batch: str, count: int, **body: Any) -> str:
        given = {"batch": batch, "count": count, "rules_sha256": "ab" * 32, **body}
        return self.add("batch.proposed", given, OP)

    def batch(self, batch: str, count: int, **body: Any) -> None:
        """A batch up to its authorisation."""
        self.propose(batch, count, **{"from": "side-a", "to": "side-b", "commitment": "first-1000", **body})
        self.add("batch.cleared", {"batch": batch}, N, M)
        self.add("batch.authorised", {"batch": batch}, A)

    def name(self, batch: str, *numbers: int, signer: Pair | None = None, **body: Any) -> str:
        """The proposal of a named batch."""
        given = {"batch": batch, "count": len(numbers), "rules_sha256": "ab" * 32, "from": "side-a", "to": "side-b",
                 "commitment": "first-1000", "batch_sha256": digest(batch, 0), **body}  # fmt: skip
        given = {name: value for name, value in given.items() if value is not ...}
        return self.add("batch.proposed", given, signer or OP, commitments=people(*numbers))

    def change(self, batch: str, number: int, *numbers: int, signer: Pair | None = None, **body: Any) -> str:
        """A round of replacements."""
        given = {"batch": batch, "round": number, "count": len(numbers), "batch_sha256": digest(batch, number),
                 "before_sha256": digest(batch, number - 1), "skipped": ["not_available"], **body}  # fmt: skip
        some = {"commitments": people(*numbers)} if numbers else {}
        return self.add("batch.changed", given, signer or OP, **some)

    def close(self, batch: str, count: int, signer: Pair | None = None, **body: Any) -> str:
        """The end of a batch."""
        return self.add("batch.closed", {"batch": batch, "count": count, "skipped": 0, **body}, signer or N)

    def gate(self, signer: Pair, *numbers: int, outcome: str = "granted", **body: Any) -> str:
        """The word of a side at a gate."""
        given = {"gate": "veto", "outcome": outcome, **body}
        return self.add("clearance.given", given, signer, commitments=people(*numbers))

    def seal(
        self,
        signer: Pair,
        number: int,
        *numbers: int,
        outcomes: list[str] | None = None,
        ordered: bool = True,
        **body: Any,
    ) -> str:
        """A round of sealed clearances, or a part of one."""
        handles = [handle(one) for one in numbers]
        sealed = sorted(b64(sha256(b"sealed %d %d" % (self.nonce, one))) for one in numbers)
        both = {"person": sorted(handles) if ordered else handles, "cleared": sealed if outcomes is None else outcomes}
        given = {field: values for field, values in both.items() if values}
        return self.add("clearance.sealed", {"round": number, **body}, signer, commitments=given)

    def deny(self, signer: Pair, sid: str, batch: str, *numbers: int, **change: Any) -> str:
        """The word of a side that persons were not handed over."""
        body = {"batch": batch, "reason": "not_received"}
        given = {"refs": refs("answers", sid), "commitments": people(*numbers), **change}
        return self.add("handover.denied", {**body, **given.pop("body", {})}, signer, **given)

    def request(self, batch: str = "B-2", signer: Pair | None = None, **body: Any) -> str:
        """The request for the seed of a batch."""
        given = {"batch": batch, "request_sha256": "c1" * 32, "snapshot_sha256": "c2" * 32, "rules_sha256": "ab" * 32,
                 "size": 3, **body}  # fmt: skip
        return self.add("seed.requested", given, signer or OP)

    def bind(
        self,
        signer: Pair,
        sid: str,
        batch: str = "B-2",
        label: str | None = None,
        request: str = "c1" * 32,
        **body: Any,
    ) -> str:
        """A party binds itself to its number."""
        label = PARTY.get(signer, ROLE[signer]) if label is None else label
        parts = [b"quittance/commit/v1", bytes.fromhex(request), label.encode(), bytes.fromhex(number_of(signer))]
        commit = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hex()
        given = {"batch": batch, "commit": commit, **body}
        return self.add("seed.committed", given, signer, refs=refs("answers", sid))

    def reveal(self, signer: Pair, sid: str, batch: str = "B-2", **body: Any) -> str:
        """A party reveals its number."""
        given = {"batch": batch, "nonce": number_of(signer), **body}
        return self.add("seed.revealed", given, signer, refs=refs("answers", sid))

    def observe(self, batch: str, *numbers: int, **body: Any) -> str:
        given = {"batch": batch, "from": "side-a", "to": "side-b", "place": "PL-01", "count": len(numbers), **body}
        given = {name: value for name, value in given.items() if value is not ...}
        some = {"commitments": people(*numbers)} if numbers else {}
        return self.add("handover.observed", given, N, **some)

    def part(self, signer: Pair, *numbers: int, name: str = "L-1", ordered: bool = True, **body: Any) -> str:
        """A list, or a part of one, with these persons; in the order of their handles, or that of their numbers."""
        handles = [handle(number) for number in numbers]
        some = {"commitments": {"person": sorted(handles) if ordered else handles}} if handles else {}
        return self.add("list.submitted", {"list": name, "count": len(numbers), **body}, signer, **some)

    def judge(self, judgement: str, grade: str, *numbers: int, signer: Pair | None = None, **body: Any) -> str:
        """The judgement of a reviewer on persons, mostly two."""
        given = {"judgement": judgement, "grade": grade, **body}
        given = {name: value for name, value in given.items() if value is not ...}
        some = {"commitments": people(*numbers)} if numbers else {}
        return self.add("match.judged", given, signer or N, **some)

    def judge_claim(self, judgement: str = "accepted", signer: Pair | None = None, bound: int = 1, **body: Any) -> str:
        """The judgement of a reviewer on a public claim, with so many commitments to it."""
        given = {"claim": "c0ffee", "judgement": judgement, "report_sha256": "33" * 32, **body}
        some = {"commitments": {"claim": [handle(number) for number in range(bound)]}} if bound else {}
        return self.add("claim.judged", given, signer or N, **some)

    def answer(self, kind: str, sid: str, batch: str, count: int, signer: Pair, **body: Any) -> str:
        given = {"batch": batch, "count": count, **body}
        return self.add("handover." + kind, given, signer, refs=refs("answers", sid))


def by_handle(*numbers: int) -> list[int]:
    """Persons in the order of their handles."""
    return sorted(numbers, key=handle)


def refs(relation: str, *sids: str) -> list[dict[str, str]]:
    return [{"rel": relation, "sid": sid} for sid in sids]


def journal(number: int, **change: Any) -> dict[str, Any]:
    body = {"id": f"f{number}", "kind": "total", "at": "2020-04-08", "of": ["first-1000"], "n": number, "by": "side-a"}
    return {name: value for name, value in {**body, **change}.items() if value is not ...}


def bundle(leaves: list[bytes]) -> bytes:
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def begun() -> Builder:
    """A strict case log whose founding is complete."""
    log = Builder()
    log.genesis(A, B, N, M)
    sids = {new: log.enrol(new) for new in (A, B, N, M)}
    log.countersign(A, *(sids[one] for one in (B, N, M)))
    log.countersign(B, *(sids[one] for one in (A, N, M)))
    log.publish()
    for new, other in ((G, N), (P, N), (OP2, B)):
        log.enrol(new, other)
    return log


@cache
def begun_batch(log: Builder, batch: str = "B-2", *numbers: int) -> None:
    """A named batch up to its authorisation, with these persons (by default 11, 12 and 13)."""
    log.name(batch, *(numbers or (11, 12, 13)))
    log.add("batch.cleared", {"batch": batch}, N, M)
    log.add("batch.authorised", {"batch": batch}, A)


def small_case() -> Builder:
    """A strict case log with one batch handed over (B-1: persons 1 and 2), which most broken variants go on from."""
    log = begun()
    log.batch("B-1", 3)
    log.observed = log.observe("B-1", 1, 2)
    log.publish()
    log.fact(1)
    return log


@cache
def good_case() -> Builder:
    """Every kind of a case log, and every flag but the one of a log that is not strict."""
    log = begun()
    log.add("policy.set", {"policy_sha256": "cd" * 32, "matrix_sha256": "ef" * 32}, A, B, OP)
    log.add("agreement.adopted", {"agreement_sha256": "12" * 32, "version": 1}, A, B)
    log.add("agreement.amended", {"agreement_sha256": "13" * 32, "version": 2}, A, B, G)
    log.fact(1)
    log.add("fact.stated", journal(2), A)
    log.enrol(A2, N, kinds=["list.submitted", "pledge.recorded"])
    log.add("list.submitted", {"list": "L-1", "count": 2}, A2, commitments=people(1, 2))
    log.add("list.withdrawn", {"list": "L-1"}, A)
    log.add("list.submitted", {"list": "L-1", "count": 1}, A, commitments={**people(1), "source": [handle(900)]})
    log.part(A, version=2)
    parts = by_handle(*range(1000, 1010))
    for number in range(3):
        log.part(A, *parts[4 * number : 4 * number + 4], version=3, part=number + 1, parts=3)
    log.part(A, *parts[:6], version=4, parts=2)
    log.add("list.withdrawn", {"list": "L-1"}, A)
    log.part(A, *parts[:3], version=7, parts=3)
    log.part(A, version=7, part=2, parts=3)  # list_incomplete
    for number in (1, 2):
        log.part(B, *parts[5 * number - 5 : 5 * number], name="L-2", part=number, parts=2)
    log.enrol(N2, G)
    for reviewer in (N, N2):
        log.judge("same", "p97", 1000, 1001, signer=reviewer, list="L-1")
    log.judge("different", "p90", 1000, 1002, reason="father")
    judged = log.judge("unsure", "none", 1002, 1003, signer=N2)
    better = {"judgement": "same", "grade": "p10", "reason": "document"}
    log.add("record.corrected", {"body": better}, N2, refs=refs("corrects", judged))
    log.withdraw(judged, N)
    log.add("match.undone", {"grade": "weak"}, N, commitments=people(1000, 1001))
    log.add("match.confirmed", {"grade": "strong"}, A, B, commitments=people(1000, 1001, 1002))
    matched = log.add("match.confirmed", {"grade": "strong", "list": "L-1"}, A, B, commitments=people(1))
    log.add("match.disputed", {"grade": "weak"}, B, commitments=people(1))
    log.add("match.undone", {"grade": "weak"}, N, commitments=people(1))
    corrected = {"body": {"grade": "weak", "list": "L-1"}}
    log.add("record.corrected", corrected, A, B, refs=refs("corrects", matched))
    log.withdraw(matched, A, B, commitments=people(1))
    for number in range(1, 26):
        batch, first = f"B-{number}", 10 * number
        if number % 3 == 0:
            log.publish("ABN" if number % 2 else "N")
        log.propose(
            batch, 3, **{"from": "side-a", "to": "side-b", "commitment": "first-1000", "seed_sha256": "34" * 32}
        )
        cleared = log.add("person.cleared", {"reason": "fit", "batch": batch}, M, commitments=people(first))
        log.add("person.held_back", {"reason": "visit"}, N, commitments=people(first + 9))
        log.add("wish.recorded", {"batch": batch}, N, commitments={**people(first), "outcome": [handle(5000 + first)]})
        log.add("batch.cleared", {"batch": batch}, M, N)
        log.add("batch.authorised", {"batch": batch}, A)
        sid = log.observe(batch, first, first + 1, asked=2, wish_affirmed=1, to_place="PL-02")
        log.answer("delivered", sid, batch, 2, A, place="PL-01", observed=sid)
        log.answer("received", sid, batch, 2 if number != 3 else 1, B)  # count_differs
        body = {"commitment": "first-1000", "batch": batch, "count": 2}
        log.add("count.asserted", body, A, B, refs=refs("rests_on", sid), event_at=instant(START))
        if number == 5:
            log.withdraw(sid, N, commitments=people(first, first + 1))
            log.observe(batch, first, first + 1, first + 2)
            log.withdraw(cleared, M)
    counted = log.add("count.asserted", {"commitment": "other", "batch": "B-1", "count": 2}, B)
    log.withdraw(counted, B)
    log.add("count.asserted", {"commitment": "other", "batch": "B-1", "count": 1}, B, event_at={
        "from": instant(START), "to": instant(START + 60)})  # fmt: skip
    log.add("count.contested", {"commitment": "other", "batch": "B-1", "count": 2}, A)
    log.add("pledge.recorded", {"form": "oral"}, A2, commitments=people(1))
    log.add("erasure.done", {"salts": 4, "keys": 1}, OP, P, commitments=people(1))
    log.fact(3, blobs=[{"sha256": "56" * 32, "bytes": 4096, "media": "application/pdf"}])
    log.fact(4, claimed_at=instant(log.now() - 86400))  # backdated: it had seen a head of later time
    log.fact(5, claimed_at=instant(log.now() + 86400))  # postdated
    log.fact(6, seen={**(log.seen or {}), "note_sha256": "78" * 32})  # seen_note_missing
    doubtful = len(log.leaves)
    log.add("fact.stated", journal(7, by="side-b"), B)  # doubtful
    stands = log.add("fact.stated", journal(8, by="side-b"), B)
    log.rotate(B, B2, OP, B, B2)
    log.revoke(B, OP, reason="stolen", compromised_since=doubtful)
    log.countersign(A, stands)
    log.rotate(OP, OP3, OP, OP3)
    log.revoke(A2, A)
    log.add("fact.reported", journal(9, kind="attest", verdict="verified", ref="f1", of=..., n=...), OP3)
    log.add("fact.reported", journal(10), OP2)
    drawn_batch(log)
    return log


def drawn_batch(log: Builder) -> None:
    """A named batch from its seed to its end, with two rounds of replacements, denials, and clearances of all sorts."""
    asked = log.request("D-1", signer=OP3, size=4, beacon="drand:quicknet:9")
    bound = {signer: log.bind(signer, asked, "D-1") for signer in (A, B2, N)}
    for signer in (N, A):  # the other side reveals nothing
        log.reveal(signer, bound[signer], "D-1")
    log.gate(A, 2001, outcome="refused", reason="sentence", until="2020-12-31")
    log.seal(M, 1, 2001, 2002, 2003, 2004, 2005)
    log.name("D-1", 2001, 2002, 2003, signer=OP3, request_sha256="c1" * 32, snapshot_sha256="c2" * 32, list="L-2")
    withdrawn = log.gate(A, 2002, 2003, batch="D-1", reason="decree")
    log.withdraw(withdrawn, A, commitments=people(2002, 2003))
    log.gate(B2, 2002, outcome="withdrawn", reason="father", batch="D-1")
    log.change("D-1", 1, 2002, 2003, 2004, signer=OP3, skipped=["medical", "not_available"])
    first, *rest = by_handle(2002, 2003, 2004)
    log.seal(N, 2, first, batch="D-1", parts=2)  # never finished
    log.seal(N, 4, first, batch="D-1", parts=2)
    log.seal(N, 4, *rest, batch="D-1", part=2, parts=2)
    log.seal(M, 2, 2002, 2003, 2004, batch="D-1")
    log.add("batch.cleared", {"batch": "D-1"}, N, M)
    log.add("batch.authorised", {"batch": "D-1"}, A)
    false = log.observe("D-1", 2002, 2003)
    log.deny(B2, false, "D-1", 2002)
    log.withdraw(false, N, commitments=people(2002, 2003))
    sid = log.observe("D-1", 2003, asked=1, wish_affirmed=1, fact="f1")
    log.change("D-1", 2, 2003, 2004, 2005, signer=OP3, skipped=["not_available"])
    log.change("D-1", 3, 2003, 2004, 2005, signer=OP3, skipped=[])
    other = log.observe("D-1", 2004, 2005)
    log.answer("delivered", sid, "D-1", 1, A)
    stated = log.add("outcome.stated", {"outcome": "escaped", "batch": "D-1"}, A, commitments=people(2002))
    log.withdraw(stated, A)
    log.add("outcome.stated", {"outcome": "died"}, N, commitments=people(2001))
    log.close("D-1", 3, skipped=2)
    log.answer("received", sid, "D-1", 1, B2)
    log.add("claim.captured", {"evidence_sha256": "33" * 32, "sheet_sha256": "44" * 32}, OP3)
    log.withdraw(log.judge_claim(), N)
    denied = log.deny(B2, other, "D-1", 2004, 2005, body={"reason": "wrong_person"})
    log.deny(A, other, "D-1", 2005, body={"reason": "not_delivered"})
    log.withdraw(denied, B2, commitments=people(2004, 2005))
    log.deny(B2, other, "D-1", 2005)
    log.seal(N, 5, 2003, 2004, 2005, batch="D-1")


@cache
def good_public() -> Builder:
    """A public log that is not strict."""
    log = Builder("public")
    log.genesis(founding=...)
    log.enrol(A)
    log.enrol(B)
    log.publish("AB")
    log.add("aggregate.published", {"table_sha256": "11" * 32, "rules_sha256": "22" * 32, "suppressed": 0}, OP, A, B)
    log.add("claim.captured", {"evidence_sha256": "33" * 32, "claim": "CL-1"}, OP)
    verdict = log.add("claim.verdict", {"claim": "CL-1", "verdict": "false"}, OP)
    log.add("record.corrected", {"body": {"claim": "CL-1", "verdict": "true"}}, OP, refs=refs("corrects", verdict))
    log.add("checkpoint.linked", {"log": f"log.example/{AGREEMENT}/case", "note_sha256": "44" * 32}, OP)
    return log


@cache
def good_access() -> Builder:
    """An access log whose operator signs with two of three keys."""
    log = Builder("access")
    log.add("log.genesis", {"operator_keys": sorted([OP.hex, OP2.hex, OP3.hex]), "operator_threshold": 2}, OP, OP2)
    log.enrol(SERVER, OP3)
    log.publish("B")
    body = {
        "reader": A.id,
        "purpose": "register",
        "rows": 3,
        "fields": ["name", "born"],
        "zone": "z1",
        "sha256": "55" * 32,
    }
    for kind in ("read", "export", "print", "refused"):
        log.add("access." + kind, body, SERVER)
    new = {"old": OP3.id, "public_key": key("operator 4").hex, "fingerprint": key("operator 4").id}
    log.add("key.rotated", new, OP, OP3, key("operator 4"))
    return log


def good(name: str = "case") -> Files:
    """The published files of a sound log."""
    return copy.deepcopy({"case": good_case, "public": good_public, "access": good_access}[name]()).files()


# ---- Broken logs: each function is given a copy of `small_case`, or makes a log of its own, and breaks one rule ------

Break = Callable[[Builder], Files | None]
BROKEN: list[tuple[str, str, Break]] = []


def broken(code: str, name: str | None = None) -> Callable[[Break], Break]:
    def keep(function: Break) -> Break:
        BROKEN.append((name or function.__name__.strip("_").replace("_", " "), code, function))
        return function

    return keep


def broken_log(number: int) -> tuple[str, str, Files]:
    """One variant, by its place in BROKEN."""
    name, code, function = BROKEN[number]
    log = copy.deepcopy(small_case())
    files = function(log)
    return name, code, log.files() if files is None else files


def variants() -> Iterator[tuple[str, str, Files]]:
    """Every broken log: name, the code of the rule that it breaks, and its published files with their policy."""
    return map(broken_log, range(len(BROKEN)))


def rule(code: str, name: str, breaking: Callable[[Builder], Any]) -> None:
    """A variant that is one expression."""

    def function(log: Builder) -> None:
        breaking(log)

    broken(code, name)(function)


def fact_leaf(log: Builder, **making: Any) -> None:
    """A reported fact whose leaf is made in another way."""
    log.fact(50, making=making)


def payload(log: Builder, change: Callable[[bytes], bytes]) -> None:
    """A reported fact whose payload is changed before it is signed."""
    log.append(log.leaf(change(jcs(log.statement("fact.reported", journal(50)))), (OP,))[0])


# Rule 1: form

rule("canon.not_canonical", "leaf with a space", lambda log: log.append(
    log.leaf(log.statement("fact.reported", journal(50)), (OP,))[0].replace(b'":"', b'": "', 1)))  # fmt: skip
rule("canon.not_canonical", "leaf with a newline at its end", lambda log: log.append(
    log.leaf(log.statement("fact.reported", journal(50)), (OP,))[0] + b"\n"))  # fmt: skip
rule("canon.syntax", "leaf that is not JSON", lambda log: log.append(b"hello"))
rule("canon.syntax", "empty leaf", lambda log: log.append(b""))
rule("entry.leaf", "leaf that is a list", lambda log: log.append(b"[]"))
rule("entry.member_unknown", "leaf with another member", lambda log: fact_leaf(log, outer={"note": "x"}))
rule("entry.member_missing", "leaf without accepted_at", lambda log: fact_leaf(log, outer={"accepted_at": ...}))
rule(
    "entry.accepted_at",
    "accepted_at without Z",
    lambda log: fact_leaf(log, outer={"accepted_at": "2020-04-08T00:00:00"}),
)
rule("entry.version", "leaf of version 2", lambda log: fact_leaf(log, outer={"v": 2}))
rule("entry.version", "leaf whose version is true", lambda log: fact_leaf(log, outer={"v": True}))
rule("entry.kind_differs", "leaf of another kind", lambda log: fact_leaf(log, outer={"kind": "fact.stated"}))
rule("entry.log_differs", "leaf of another log", lambda log: fact_leaf(log, outer={"log": "x.example/y/case"}))
rule("entry.member_unknown", "envelope with another member", lambda log: fact_leaf(log, envelope={"x": 1}))
rule("entry.payload_type", "other payload type", lambda log: fact_leaf(log, envelope={"payloadType": "text/plain"}))
rule("entry.envelope", "signatures that are no list", lambda log: fact_leaf(log, signatures=lambda these: these[0]))
rule("entry.member_unknown", "signature with another member", lambda log: fact_leaf(
    log, signatures=lambda these: [{**these[0], "x": 1}]))  # fmt: skip
rule("entry.signature", "keyid in capitals", lambda log: fact_leaf(
    log, signatures=lambda these: [{**these[0], "keyid": these[0]["keyid"].upper()}]))  # fmt: skip
rule("entry.signature", "signature of 63 bytes", lambda log: fact_leaf(
    log, signatures=lambda these: [{**these[0], "sig": b64(base64.b64decode(these[0]["sig"])[:63])}]))  # fmt: skip
rule("entry.signature", "signatures out of order", lambda log: log.add(
    "count.asserted", {"commitment": "x", "batch": "B-1", "count": 1}, A, B,
    making={"signatures": lambda these: these[::-1]}))  # fmt: skip
rule("entry.signature", "one key twice", lambda log: log.add(
    "count.asserted", {"commitment": "x", "batch": "B-1", "count": 1}, A,
    making={"signatures": lambda these: these * 2}))  # fmt: skip
rule("canon.duplicate_key", "repeated key", lambda log: payload(log, lambda data: data.replace(b"{", b'{"v":1,', 1)))
rule("canon.float", "float", lambda log: payload(log, lambda data: data.replace(b'"n":50', b'"n":1.5')))
rule("canon.float", "exponent", lambda log: payload(log, lambda data: data.replace(b'"n":50', b'"n":1e3')))
rule("canon.constant", "NaN", lambda log: payload(log, lambda data: data.replace(b'"n":50', b'"n":NaN')))
rule("canon.negative_zero", "minus zero", lambda log: payload(log, lambda data: data.replace(b'"n":50', b'"n":-0')))
rule("canon.integer_range", "integer of 2^53", lambda log: payload(
    log, lambda data: data.replace(b'"n":50', b'"n":9007199254740992')))  # fmt: skip
rule("canon.lone_surrogate", "lone surrogate", lambda log: payload(
    log, lambda data: data.replace(b'"side-a"', b'"\\ud800"')))  # fmt: skip
rule("canon.encoding", "payload not UTF-8", lambda log: payload(log, lambda data: data.replace(b'"side-a"', b'"\xff"')))
rule("canon.bom", "byte order mark", lambda log: payload(log, lambda data: b"\xef\xbb\xbf" + data))
rule("canon.depth", "17 levels", lambda log: payload(log, lambda data: b"[" * 17 + b"]" * 17))
rule("canon.depth", "20,000 levels", lambda log: payload(log, lambda data: b"[" * 20_000 + b"]" * 20_000))
rule("canon.not_canonical", "payload with an escaped letter", lambda log: payload(
    log, lambda data: data.replace(b'"side-a"', b'"\\u0073ide-a"')))  # fmt: skip
rule("canon.not_canonical", "keys by code points instead of UTF-16 units", lambda log: payload(
    log, lambda data: data.replace(b'"n":50', '"n":50,"\ufb33":1,"\U0001f600":1'.encode())))  # fmt: skip
rule("entry.statement", "payload that is a list", lambda log: payload(log, lambda data: b"[]"))
rule("entry.member_unknown", "statement with another member", lambda log: log.fact(50, extra=1))
rule("entry.member_missing", "statement without body", lambda log: log.fact(50, body=...))
rule("entry.version", "statement of version 2", lambda log: log.fact(50, v=2))
rule("entry.kind", "kind that is no dotted text", lambda log: log.add("fact", {}, OP))
rule("entry.agreement", "agreement that is no id", lambda log: log.fact(50, agreement="Test 2020"))
rule("entry.nonce", "nonce of 31 digits", lambda log: log.fact(50, nonce="0" * 31))
rule("entry.nonce", "nonce in capitals", lambda log: log.fact(50, nonce="A" * 32))
rule(
    "entry.claimed_at", "claimed time with an offset", lambda log: log.fact(50, claimed_at="2020-04-08T00:00:00+00:00")
)
rule("entry.claimed_at", "claimed time with fractions", lambda log: log.fact(50, claimed_at="2020-04-08T00:00:00.5Z"))
rule("entry.claimed_at", "claimed on 30 February", lambda log: log.fact(50, claimed_at="2020-02-30T00:00:00Z"))
rule("entry.claimed_at", "claimed time without its zeros", lambda log: log.fact(50, claimed_at="2020-4-08T00:00:00Z"))
rule("entry.claimed_at", "claimed in a leap second", lambda log: log.fact(50, claimed_at="2016-12-31T23:59:60Z"))
rule("entry.log", "log that is no origin", lambda log: log.fact(50, log="log.example test"))
rule("entry.seen", "seen with a short note_sha256", lambda log: log.fact(
    50, seen={**(log.seen or {}), "note_sha256": "ab"}))  # fmt: skip
rule("entry.event_at", "event_at that is a day", lambda log: log.fact(50, event_at="2020-04-08"))
rule("entry.member_missing", "event_at without to", lambda log: log.fact(50, event_at={"from": "2020-04-08T00:00:00Z"}))
rule("entry.seen", "seen with a short root", lambda log: log.fact(50, seen={**(log.seen or {}), "root": "AAAA"}))
rule("entry.seen", "seen with a negative size", lambda log: log.fact(50, seen={**(log.seen or {}), "size": -1}))
rule(
    "entry.member_missing",
    "seen without note_sha256",
    lambda log: log.fact(50, seen={"size": 0, "root": b64(sha256(b""))}),
)
rule("entry.body", "null in the body", lambda log: log.add("fact.reported", journal(50, by=None), OP))
rule("entry.body", "null deep in the body", lambda log: log.add("fact.reported", {
    "id": "p1", "kind": "position", "at": "2020-04-08", "by": "side-a", "from": "2020-04-08", "reads": {"x": [None]}},
    OP))  # fmt: skip
rule("entry.body", "body that is a list", lambda log: log.fact(50, body=[]))
rule("entry.member_empty", "empty refs", lambda log: log.fact(50, refs=[]))
rule("entry.member_empty", "empty commitments", lambda log: log.fact(50, commitments={}))
rule("entry.commitments", "commitment of 31 bytes", lambda log: log.fact(50, commitments={"x": [b64(bytes(31))]}))
rule("entry.commitments", "field without commitments", lambda log: log.fact(50, commitments={"x": []}))
rule("entry.commitments", "commitments of a field that are a text", lambda log: log.fact(
    50, commitments={"x": handle(1)}))  # fmt: skip
rule("entry.commitments", "commitments that are null", lambda log: log.fact(50, commitments=None))
rule("entry.refs", "refs that are null", lambda log: log.fact(50, refs=None))
rule("entry.blobs", "blobs that are null", lambda log: log.fact(50, blobs=None))
rule("entry.refs", "unknown relation", lambda log: log.fact(50, refs=refs("likes", log.observed)))
rule("entry.refs", "sid in capitals", lambda log: log.fact(50, refs=refs("rests_on", log.observed.upper())))
rule("entry.blobs", "blob with a negative length", lambda log: log.fact(
    50, blobs=[{"sha256": "56" * 32, "bytes": -1, "media": "application/pdf"}]))  # fmt: skip
rule("entry.too_large", "leaf of more than 60,000 bytes", lambda log: log.add(
    "fact.reported", journal(50, note="x" * 45_000), OP))  # fmt: skip


@broken("entry.base64", "payload in base64 with set bits behind its end")
def _(log: Builder) -> None:
    for number in range(50, 60):  # until its length leaves such bits
        leaf, _ = log.leaf(log.statement("fact.reported", journal(number, note="x" * (number - 50))), (OP,))
        if b'=","payloadType' in leaf:
            at = leaf.index(b"=", leaf.index(b'"payload":"')) - 1
            alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            loose = alphabet[alphabet.index(leaf[at]) + 1]
            log.append(leaf[:at] + bytes([loose]) + leaf[at + 1 :])
            return


@broken("entry.base64", "signature in URL-safe base64")
def _(log: Builder) -> None:
    for number in range(50, 500):
        leaf, _ = log.leaf(log.statement("fact.reported", journal(number)), (OP,))
        sig = json.loads(leaf)["envelope"]["signatures"][0]["sig"]
        if "+" in sig:
            log.append(leaf.replace(sig.encode(), sig.replace("+", "-").encode()))
            return


# Rules 2 to 5

rule("record.wrong_log", "meant for another log", lambda log: log.fact(50, log="x.example/y/case"))
rule(
    "record.wrong_log",
    "kind of the public log",
    lambda log: log.add("claim.verdict", {"claim": "x", "verdict": "y"}, OP),
)
rule("record.wrong_log", "kind of the access log", lambda log: log.add(
    "checkpoint.linked", {"log": "x", "note_sha256": "44" * 32}, OP))  # fmt: skip
rule("record.nonce_used", "nonce of an earlier entry", lambda log: log.fact(50, nonce=f"{1:032x}"))
rule("record.unknown_ref", "reference to nothing", lambda log: log.fact(50, refs=refs("rests_on", "ab" * 32)))
rule("record.seen_missing", "seen is null again", lambda log: log.fact(50, seen=None))
rule("record.seen", "seen a tree that is larger", lambda log: log.fact(
    50, seen={**(log.seen or {}), "size": len(log.leaves) + 1}))  # fmt: skip
rule("record.seen", "seen another tree", lambda log: log.fact(50, seen={**(log.seen or {}), "root": b64(bytes(32))}))
rule("record.seen", "seen a root of another size", lambda log: log.fact(50, seen={**(log.seen or {}), "size": 2}))


@broken("record.duplicate", "statement entered twice")
def _(log: Builder) -> None:
    said = log.statement("fact.reported", journal(50))
    log.append(log.leaf(said, (OP,))[0])
    log.append(log.leaf(said, (OP,))[0])  # with another accepted_at


@broken("record.unknown_ref", "reference to a later entry")
def _(log: Builder) -> None:
    later = log.leaf(log.statement("fact.reported", journal(50)), (OP,))
    log.fact(51, refs=refs("rests_on", later[1]))
    log.append(later[0])


# Rule 6: kinds and bodies

rule("entry.kind_unknown", "kind outside the table", lambda log: log.add("batch.cancelled", {"batch": "B-1"}, OP))
rule("entry.body", "body with another member", lambda log: log.propose("B-2", 1, note="x"))
rule("entry.body", "body without a member", lambda log: log.add("batch.proposed", {"batch": "B-2", "count": 1}, OP))
rule("entry.body", "code with a space", lambda log: log.propose("B 2", 1))
rule("entry.body", "code that begins with a dot", lambda log: log.propose(".B", 1))
rule("entry.body", "code of 129 characters", lambda log: log.propose("B" * 129, 1))
rule("entry.body", "code with a letter beyond ASCII", lambda log: log.propose("Bä", 1))
rule("entry.body", "digest in capitals", lambda log: log.propose("B-2", 1, rules_sha256="AB" * 32))
rule("entry.body", "negative integer", lambda log: log.propose("B-2", -1))
rule("entry.body", "true for an integer", lambda log: log.propose("B-2", True))
rule("entry.body", "text for an integer", lambda log: log.propose("B-2", "1"))  # type: ignore[arg-type]
rule("entry.body", "unknown role", lambda log: log.enrol(C, N, role="observer"))
rule("entry.body", "party that is no id", lambda log: log.enrol(C, N, party="Side C"))
rule("entry.body", "empty kinds", lambda log: log.enrol(C, N, kinds=[]))
rule("entry.body", "kinds in capitals", lambda log: log.enrol(C, N, kinds=["LIST.SUBMITTED"]))
rule("entry.body", "65 kinds", lambda log: log.enrol(C, N, kinds=[f"a.{number}" for number in range(65)]))
rule("entry.body", "reason that no revocation has", lambda log: log.revoke(G, OP, reason="tired"))
rule("entry.body", "journal entry of no kind", lambda log: log.add("fact.reported", journal(50, kind="rumour"), OP))
rule("entry.body", "journal entry without n", lambda log: log.add("fact.reported", journal(50, n=...), OP))
rule("entry.body", "journal entry with another member", lambda log: log.add("fact.reported", journal(50, mood="x"), OP))
rule("entry.body", "journal entry without id", lambda log: log.add("fact.reported", journal(50, id=...), OP))
rule("entry.body", "journal id of 129 characters", lambda log: log.add("fact.reported", journal(50, id="x" * 129), OP))


rule("entry.body", "journal entry whose n is a text", lambda log: log.add("fact.reported", journal(50, n="5"), OP))
rule("entry.body", "journal entry whose of is a text", lambda log: log.add("fact.reported", journal(50, of="x"), OP))
rule("entry.body", "journal entry with another verdict", lambda log: log.add(
    "fact.reported", journal(50, kind="attest", ref="f1", verdict="doubted", n=...), OP))  # fmt: skip
rule("entry.body", "handover without a number in the journal", lambda log: log.add(
    "fact.reported", journal(50, kind="perform", n=...), OP))  # fmt: skip
rule("entry.body", "denial of nothing in the journal", lambda log: log.add(
    "fact.reported", journal(50, kind="deny", of=..., n=...), OP))  # fmt: skip
rule("entry.body", "number in the journal that is not that of the persons", lambda log: log.add(
    "fact.reported", journal(50, kind="perform", n=2, persons=["R-0001"]), OP))  # fmt: skip
rule("entry.body", "breakdown in the journal that does not add up", lambda log: log.add(
    "fact.reported", journal(50, kind="perform", n=2, breakdown={"x": 1}), OP))  # fmt: skip


# Lists in versions and parts, and judgements: what a body shows alone

for member in ("version", "part", "parts"):
    rule("entry.body", f"{member} 0 of a list", lambda log, member=member: log.part(A, 7, **{member: 0}))
    rule("entry.body", f"{member} of a list as a text", lambda log, member=member: log.part(A, 7, **{member: "1"}))
    rule("entry.body", f"{member} of a list that is true", lambda log, member=member: log.part(A, 7, **{member: True}))
rule("entry.body", "second part of one", lambda log: (log.part(A, 7), log.part(A, 8, part=2)))
rule("entry.body", "part beyond the last", lambda log: log.part(A, 7, part=3, parts=2))
rule("entry.body", "version of a list withdrawn", lambda log: (
    log.part(A, 7), log.add("list.withdrawn", {"list": "L-1", "version": 1}, A)))  # fmt: skip
rule("entry.body", "digest of the file beside a list", lambda log: log.part(A, 7, file_sha256="ab" * 32))
rule("entry.body", "judgement that is none of three", lambda log: log.judge("maybe", "p50", 7, 8))
rule("entry.body", "judgement that is a list", lambda log: log.judge(["same"], "p50", 7, 8))  # type: ignore[arg-type]
rule("entry.body", "grade that is no band", lambda log: log.judge("same", "p20", 7, 8))
rule("entry.body", "grade of another kind of match", lambda log: log.judge("same", "strong", 7, 8))
rule("entry.body", "judgement without grade", lambda log: log.judge("same", ..., 7, 8))  # type: ignore[arg-type]
rule("entry.body", "reason in words", lambda log: log.judge("same", "p97", 7, 8, reason="his father said so"))
rule("entry.body", "reason of another kind", lambda log: log.judge("same", "p97", 7, 8, reason="lost"))
rule("entry.body", "note beside a judgement", lambda log: log.judge("same", "p97", 7, 8, note="x"))
for grade in ("p00", "p10", "p30"):
    rule("entry.body", f"same at {grade} without reason", lambda log, grade=grade: log.judge("same", grade, 7, 8))
for grade in ("p50", "p70", "p90", "p97"):
    rule("entry.body", f"different at {grade} without reason", lambda log, grade=grade: log.judge(
        "different", grade, 7, 8))  # fmt: skip
rule("entry.body", "correction to a judgement that lacks its reason", lambda log: log.add(
    "record.corrected", {"body": {"judgement": "same", "grade": "p10"}}, N,
    refs=refs("corrects", log.judge("different", "p10", 7, 8))))  # fmt: skip


@broken("entry.body", "founding key listed twice")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(founding=[A.id, A.id])
    return log.files()


@broken("entry.body", "33 operator keys")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(operator_key=..., operator_keys=sorted([OP.hex, *(key(f"x{i}").hex for i in range(32))]))
    return log.files()


# Rule 7: handles

rule("record.people", "fewer handles than count", lambda log: log.observe("B-9", 7, count=2))
rule("record.people", "more handles than count", lambda log: log.observe("B-9", 7, 8, count=1))
rule("record.people", "handle twice", lambda log: log.observe("B-9", 7, 7))
rule("record.people", "no handle where one is needed", lambda log: log.add("wish.recorded", {}, N))
rule(
    "record.people",
    "two handles where one is needed",
    lambda log: log.add("wish.recorded", {}, N, commitments=people(7, 8)),
)
rule(
    "record.people",
    "handle where none belongs",
    lambda log: log.add("batch.cleared", {"batch": "x"}, N, M, commitments=people(7)),
)
rule("record.people", "no handle where some are needed", lambda log: log.add("match.confirmed", {"grade": "x"}, A, B))


rule("record.people", "judgement on one", lambda log: log.judge("same", "p97", 7))
rule("record.people", "judgement on three", lambda log: log.judge("same", "p97", 7, 8, 9))
rule("record.people", "judgement on nobody", lambda log: log.judge("same", "p97"))
rule("record.people", "judgement on one person twice", lambda log: log.judge("same", "p97", 7, 7))


# Rule 8: genesis and agreement

rule("record.genesis", "second genesis", lambda log: log.genesis())
rule("record.other_agreement", "statement of another agreement", lambda log: log.fact(50, agreement="other"))


@broken("record.genesis", "log that does not begin with a genesis")
def _(log: Builder) -> Files:
    log = Builder()
    log.fact(1)
    return log.files()


@broken("record.genesis", "operator_key beside operator_keys")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(operator_keys=[OP.hex])
    return log.files()


@broken("record.genesis", "genesis without operator key")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(operator_key=...)
    return log.files()


@broken("record.genesis", "threshold 0")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(operator_threshold=0)
    return log.files()


@broken("record.genesis", "threshold above the number of keys")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(operator_threshold=2)
    return log.files()


# Rule 9: signatures

rule("record.unsigned", "without a signature", lambda log: fact_leaf(log, signatures=lambda these: []))
rule("record.signer_unknown", "key that is not enrolled", lambda log: log.add("fact.reported", journal(50), STRANGER))
rule("record.signature", "signature of zeros", lambda log: fact_leaf(
    log, signatures=lambda these: [{**these[0], "sig": b64(bytes(64))}]))  # fmt: skip
rule("record.signature", "S not below the group order", lambda log: fact_leaf(log, signatures=lambda these: [
    {**these[0], "sig": b64(s_plus_order(base64.b64decode(these[0]["sig"])))}]))  # fmt: skip
rule("record.signature", "signature over the payload instead of the PAE", lambda log: fact_leaf(
    log, signatures=lambda these: [{**these[0], "sig": b64(OP.sign(b"{}"))}]))  # fmt: skip
rule("record.signature", "one of two signatures false", lambda log: log.add(
    "count.asserted", {"commitment": "x", "batch": "B-1", "count": 1}, A, B,
    making={"signatures": lambda these: [these[0], {**these[1], "sig": these[0]["sig"]}]}))  # fmt: skip
rule("record.fingerprint", "fingerprint of another key", lambda log: log.enrol(C, N, fingerprint=STRANGER.id))
rule("key.public", "public key of small order", lambda log: weak(log, bytes([1]) + bytes(31)))
rule("key.public", "public key in a second encoding", lambda log: weak(log, (2**255 - 18).to_bytes(32, "little")))
rule("key.public", "public key off the curve", lambda log: weak(log, (2).to_bytes(32, "little")))


def s_plus_order(signature: bytes) -> bytes:
    return signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")


def weak(log: Builder, public: bytes) -> None:
    """Enrol a public key that nobody should; its signature is worthless, but stands there."""
    fake = copy.copy(C)
    fake.hex, fake.id = public.hex(), sha256(public).hex()
    body = {"role": "holding", "public_key": fake.hex, "fingerprint": fake.id}
    log.add("key.enrolled", body, OP, fake, N)


@broken("record.signature", "signature moved from another statement")
def _(log: Builder) -> None:
    other = json.loads(log.leaf(log.statement("fact.reported", journal(51)), (OP,))[0])["envelope"]["signatures"]
    fact_leaf(log, signatures=lambda these: other)


@broken("record.signer_revoked", "key that was revoked")
def _(log: Builder) -> None:
    log.revoke(B, OP)
    log.add("list.submitted", {"list": "L-1", "count": 1}, B, commitments=people(7))


@broken("record.signer_revoked", "key that gave way to another")
def _(log: Builder) -> None:
    log.rotate(B, B2, OP, B, B2)
    log.add("list.submitted", {"list": "L-1", "count": 1}, B, commitments=people(7))


@broken("record.signer_unknown", "key that is enrolled only later")
def _(log: Builder) -> None:
    log.add("list.submitted", {"list": "L-1", "count": 1}, C, commitments=people(7))
    log.enrol(C, N)


@broken("record.signer_scope", "key that is not enrolled for this kind")
def _(log: Builder) -> None:
    log.enrol(C, N, kinds=["list.submitted"])
    log.add("pledge.recorded", {"form": "oral"}, C, commitments=people(7))


@broken("record.signer_scope", "scope survives rotation")
def _(log: Builder) -> None:
    log.enrol(A2, N, kinds=["list.submitted", "key.rotated"])
    log.rotate(A2, C, OP, A2, C)
    log.add("pledge.recorded", {"form": "oral"}, C, commitments=people(7))


# Rule 10: signers

rule("record.signers", "operator alone on a handover", lambda log: log.add(
    "handover.observed", {"batch": "B-9", "from": "side-a", "to": "side-b", "place": "x", "count": 1}, OP,
    commitments=people(7)))  # fmt: skip
rule(
    "record.signers",
    "one side alone on a match",
    lambda log: log.add("match.confirmed", {"grade": "x"}, A, commitments=people(7)),
)
rule("record.signers", "judgement by a side", lambda log: log.judge("same", "p97", 7, 8, signer=A))
rule("record.signers", "judgement by the operator", lambda log: log.judge("same", "p97", 7, 8, signer=OP))
rule("record.signers", "judgement by two reviewers at once", lambda log: (
    log.enrol(N2, A), log.add("match.judged", {"judgement": "same", "grade": "p97"}, N, N2,
                              commitments=people(7, 8))))  # fmt: skip
rule("record.signers", "judgement withdrawn by a side", lambda log: log.withdraw(
    log.judge("same", "p97", 7, 8), A))  # fmt: skip
rule("record.signers", "judgement corrected by a side", lambda log: log.add(
    "record.corrected", {"body": {"judgement": "unsure", "grade": "p97"}}, B,
    refs=refs("corrects", log.judge("same", "p97", 7, 8))))  # fmt: skip
rule("record.signers", "claim judged by the operator", lambda log: log.judge_claim(signer=OP))
rule("record.claim", "claim judged and bound by nothing", lambda log: log.judge_claim(bound=0))
rule("record.claim", "claim judged and bound twice", lambda log: log.judge_claim(bound=2))
rule("record.people", "claim judged with a person", lambda log: log.add(
    "claim.judged", {"claim": "c", "judgement": "accepted", "report_sha256": "33" * 32}, N,
    commitments={"claim": [handle(1)], **people(7)}))  # fmt: skip
rule("entry.body", "claim judged in no word of the table", lambda log: log.judge_claim("true"))
rule("entry.body", "claim judged with words", lambda log: log.judge_claim(quote="they freed 100"))
rule("record.final", "judgement of a claim corrected", lambda log: log.add(
    "record.corrected", {"body": {"claim": "c", "judgement": "doubtful", "report_sha256": "33" * 32}}, N,
    refs=refs("corrects", log.judge_claim())))  # fmt: skip
rule("record.signers", "match undone by a side", lambda log: log.add(
    "match.undone", {"grade": "x"}, A, commitments=people(7, 8)))  # fmt: skip
rule("record.signers", "part of a list by the operator", lambda log: log.part(OP, 7, parts=2))
rule("record.signers", "key left over", lambda log: log.add("fact.reported", journal(50), OP, N))
rule(
    "record.signers",
    "second operator key where one is needed",
    lambda log: log.add("fact.reported", journal(50), OP, OP2),
)
rule("record.signers", "two keys of one side for both", lambda log: (
    log.enrol(A2, N), log.add("match.confirmed", {"grade": "x"}, A, A2, commitments=people(7))))  # fmt: skip
rule("record.signers", "clearance without the medical officer", lambda log: (
    log.propose("B-2", 1), log.add("batch.cleared", {"batch": "B-2"}, N)))  # fmt: skip
rule("record.signers", "fact stated by another party", lambda log: log.add("fact.stated", journal(50), B))
rule("record.signers", "fact stated by nobody", lambda log: log.add(
    "fact.stated", {"id": "e1", "kind": "event", "at": "2020-04-08", "name": "x"}, A))  # fmt: skip
rule("record.signers", "enrolment that the new key has not signed", lambda log: log.add(
    "key.enrolled", {"role": "holding", "public_key": C.hex, "fingerprint": C.id}, OP, N))  # fmt: skip
rule("record.signers", "enrolment with another party of the same office", lambda log: log.enrol(A2, A))
rule("record.signers", "enrolment with a second operator key as the other party", lambda log: log.enrol(C, OP2))
rule("record.signers", "rotation without the old key", lambda log: log.rotate(B, B2, OP, B2))
rule("record.signers", "rotation without the new key", lambda log: log.rotate(B, B2, OP, B))
rule("record.signers", "rotation of a party without the operator", lambda log: log.rotate(B, B2, B, B2))
rule(
    "record.signers",
    "rotation of an operator key with a second operator key",
    lambda log: log.rotate(OP, OP3, OP, OP2, OP3),
)
rule("record.signers", "rotation of a key that nobody has", lambda log: log.rotate(STRANGER, C, OP, C))
rule("record.signers", "revocation by another party", lambda log: log.revoke(B, A))
rule("record.signers", "countersigned by two", lambda log: log.add(
    "record.countersigned", {}, A, B, refs=refs("countersigns", log.observed)))  # fmt: skip
rule("record.signers", "withdrawn by another role", lambda log: log.withdraw(log.observed, A, commitments=people(1, 2)))
rule("record.signers", "authorised by the receiving side", lambda log: (
    log.propose("B-2", 1, **{"from": "side-a"}), log.add("batch.cleared", {"batch": "B-2"}, N, M),
    log.add("batch.authorised", {"batch": "B-2"}, B)))  # fmt: skip
rule("record.signers", "batch without from, authorised by the receiving side", lambda log: (
    log.propose("B-2", 1), log.add("batch.cleared", {"batch": "B-2"}, N, M),
    log.add("batch.authorised", {"batch": "B-2"}, B)))  # fmt: skip
rule(
    "record.signers",
    "delivered, says the receiving side",
    lambda log: log.answer("delivered", log.observed, "B-1", 2, B),
)
rule("record.signers", "received, says the holding side", lambda log: log.answer("received", log.observed, "B-1", 2, A))
rule("record.signers", "erasure without the data-protection officer", lambda log: log.add(
    "erasure.done", {"salts": 1, "keys": 1}, OP, commitments=people(1)))  # fmt: skip


@broken("record.signers", "genesis below its own threshold")
def _(log: Builder) -> Files:
    log = Builder()
    log.add("log.genesis", {"operator_keys": sorted([OP.hex, OP2.hex]), "operator_threshold": 2}, OP)
    return log.files()


@broken("record.signers", "operator below its threshold")
def _(log: Builder) -> Files:
    log = Builder()
    log.add("log.genesis", {"operator_keys": sorted([OP.hex, OP2.hex]), "operator_threshold": 2}, OP, OP2)
    log.fact(1)
    return log.files()


# Rule 11: keys

rule("record.key_used", "enrolment of a key in its term", lambda log: log.enrol(A, N))
rule("record.key_used", "rotation to a key in its term", lambda log: log.rotate(B, A, OP, B, A))
rule("record.key_used", "enrolment of a key that has ended", lambda log: (log.revoke(A, OP), log.enrol(A, N)))
rule("record.founding", "founding enrolment of a key that is not listed", lambda log: log.enrol(C))
rule("record.key_state", "revocation of an unknown key", lambda log: log.revoke(STRANGER, OP))
rule("record.key_state", "compromised from a later index on", lambda log: log.revoke(
    B, OP, compromised_since=len(log.leaves) + 1))  # fmt: skip
rule("record.key_state", "revoked twice", lambda log: (log.revoke(B, OP), log.revoke(B, OP)))
rule("record.key_state", "revoked three times", lambda log: (
    log.revoke(B, OP), log.revoke(B, OP, compromised_since=9), log.revoke(B, OP, compromised_since=8)))  # fmt: skip
rule("record.key_state", "operator without a key", lambda log: (log.revoke(OP2, OP), log.revoke(OP, OP)))


@broken("record.founding", "list submitted before the founding is complete")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(A, B)
    first, second = log.enrol(A), log.enrol(B)
    log.countersign(A, second)
    log.countersign(N_AS_FOUNDER(log), first)
    log.add("list.submitted", {"list": "L-1", "count": 1}, A, commitments=people(7))
    return log.files()


def N_AS_FOUNDER(log: Builder) -> Pair:
    """A neutral key, enrolled with a third party's signature: its countersignature is not that of a side."""
    log.enrol(N, A)
    return N


@broken("record.founding", "batch proposed before a founding key is enrolled")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(A, B)
    log.enrol(A)
    log.propose("B-1", 1)
    return log.files()


@broken("record.founding", "founding enrolment after the beginning, in a log that lists none")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(founding=...)
    log.enrol(A)
    log.enrol(B)
    log.add("agreement.adopted", {"agreement_sha256": "12" * 32, "version": 1}, A, B)
    log.enrol(N)
    return log.files()


# Rule 11: facts, lists, batches

rule("record.fact_id", "journal id used twice", lambda log: log.fact(1))
rule("record.list_state", "list submitted twice", lambda log: [
    log.add("list.submitted", {"list": "L-1", "count": 1}, A, commitments=people(7)) for _ in "12"])  # fmt: skip
rule(
    "record.list_state",
    "list withdrawn that was not submitted",
    lambda log: log.add("list.withdrawn", {"list": "L-1"}, A),
)
rule("record.list_state", "list withdrawn by the other side", lambda log: (
    log.add("list.submitted", {"list": "L-1", "count": 1}, A, commitments=people(7)),
    log.add("list.withdrawn", {"list": "L-1"}, B)))  # fmt: skip
rule("record.list_state", "first version of a list is the second", lambda log: log.part(A, 7, version=2))
rule("record.list_state", "list begun with its second part", lambda log: log.part(A, 7, part=2, parts=2))
rule("record.list_state", "part left out", lambda log: (log.part(A, 7, parts=3), log.part(A, part=3, parts=3)))
rule("record.list_state", "part twice", lambda log: [log.part(A, *some, part=1, parts=2) for some in ((7,), ())])
rule("record.list_state", "last part twice", lambda log: (
    log.part(A, 7, parts=2), log.part(A, part=2, parts=2), log.part(A, part=2, parts=2)))  # fmt: skip
rule("record.list_state", "part of another number of parts", lambda log: (
    log.part(A, 7, parts=2), log.part(A, part=2, parts=3)))  # fmt: skip
rule("record.list_state", "part of another version", lambda log: (
    log.part(A, 7, parts=2), log.part(A, part=2, parts=2, version=2)))  # fmt: skip
rule("record.list_state", "part by the other side", lambda log: (
    log.part(A, 7, parts=2), log.part(B, part=2, parts=2)))  # fmt: skip
rule("record.list_state", "part of another list", lambda log: (
    log.part(A, 7, parts=2), log.part(A, part=2, parts=2, name="L-2")))  # fmt: skip
rule("record.list_state", "new version before the last is complete", lambda log: (
    log.part(A, 7, parts=2), log.part(A, 8, version=2)))  # fmt: skip
rule("record.list_state", "version begun with its second part", lambda log: (
    log.part(A, 7), log.part(A, version=2, part=2, parts=2)))  # fmt: skip
rule("record.list_state", "version left out", lambda log: (log.part(A, 7), log.part(A, 8, version=3)))
rule("record.list_state", "version submitted twice", lambda log: (
    log.part(A, 7), log.part(A, 8, version=2), log.part(A, 8, version=2)))  # fmt: skip
rule("record.list_state", "version without its number", lambda log: (
    log.part(A, 7), log.part(A, 8, version=2), log.part(A, 9)))  # fmt: skip
rule("record.list_state", "part after the list was withdrawn", lambda log: (
    log.part(A, 7, parts=2), log.add("list.withdrawn", {"list": "L-1"}, A), log.part(A, part=2, parts=2)))  # fmt: skip
rule("record.list_state", "version that was withdrawn", lambda log: (
    log.part(A, 7), log.part(A, 8, version=2), log.add("list.withdrawn", {"list": "L-1"}, A),
    log.part(A, 8, version=2)))  # fmt: skip
rule("record.list_state", "version below the one withdrawn", lambda log: (
    log.part(A, 7), log.part(A, 8, version=2), log.add("list.withdrawn", {"list": "L-1"}, A),
    log.part(A, 8)))  # fmt: skip
rule("record.list_state", "list withdrawn twice", lambda log: (
    log.part(A, 7, parts=2), *(log.add("list.withdrawn", {"list": "L-1"}, A) for _ in "12")))  # fmt: skip
rule("record.people", "part whose handles are out of order", lambda log: log.part(
    A, *by_handle(7, 8, 9)[::-1], parts=2, ordered=False))  # fmt: skip
rule("record.people", "person in two parts of a list", lambda log: (
    log.part(A, *by_handle(7, 8, 9)[:2], parts=2), log.part(A, *by_handle(7, 8, 9)[1:], part=2, parts=2)))  # fmt: skip
rule("record.people", "part that begins before the end of the last", lambda log: (
    log.part(A, by_handle(7, 8, 9)[1], parts=2), log.part(A, by_handle(7, 8, 9)[0], part=2, parts=2)))  # fmt: skip
rule("record.people", "person in two parts with an empty one between", lambda log: (
    log.part(A, 7, parts=3), log.part(A, part=2, parts=3), log.part(A, 7, part=3, parts=3)))  # fmt: skip
rule("record.batch_state", "batch proposed twice", lambda log: log.propose("B-1", 1))
rule(
    "record.batch_state",
    "batch cleared that was not proposed",
    lambda log: log.add("batch.cleared", {"batch": "B-2"}, N, M),
)
rule("record.batch_state", "batch cleared twice", lambda log: log.add("batch.cleared", {"batch": "B-1"}, N, M))
rule("record.batch_state", "batch authorised twice", lambda log: log.add("batch.authorised", {"batch": "B-1"}, A))
rule("record.batch_state", "batch authorised before it is cleared", lambda log: (
    log.propose("B-2", 1), log.add("batch.authorised", {"batch": "B-2"}, A)))  # fmt: skip
rule("record.batch_state", "handover of a batch that is not authorised", lambda log: (
    log.propose("B-2", 1), log.observe("B-2", 7)))  # fmt: skip
rule("record.batch_state", "handover under another commitment", lambda log: log.observe("B-1", 7, commitment="other"))
rule("record.batch_state", "handover to another side", lambda log: log.observe("B-1", 7, to="side-c"))
rule("record.batch_state", "more handed over than the batch holds", lambda log: log.observe("B-1", 7, 8))

# Rule 11: persons, answers, counts, taking back

rule("record.delivered_twice", "person delivered twice in one batch", lambda log: log.observe("B-1", 1))
rule("record.delivered_twice", "person delivered twice in one commitment", lambda log: log.observe(
    "B-9", 1, commitment="first-1000"))  # fmt: skip
rule("record.delivered_twice", "person delivered twice in no commitment", lambda log: (
    log.observe("B-8", 7), log.observe("B-9", 7)))  # fmt: skip
rule("record.people", "more asked than handed over", lambda log: log.observe("B-9", 7, asked=2))
rule("record.people", "more wishes affirmed than handed over", lambda log: log.observe("B-9", 7, wish_affirmed=2))
rule("record.no_ref", "delivery that answers nothing", lambda log: log.add(
    "handover.delivered", {"batch": "B-1", "count": 2}, A, refs=refs("rests_on", log.observed)))  # fmt: skip
rule("record.no_ref", "delivery that answers two", lambda log: log.add(
    "handover.delivered", {"batch": "B-1", "count": 2}, A,
    refs=refs("answers", log.observed, log.observed)))  # fmt: skip
rule("record.no_ref", "delivery that answers no observation", lambda log: log.answer(
    "delivered", log.fact(50), "B-1", 2, A))  # fmt: skip
rule("record.no_ref", "countersignature of nothing", lambda log: log.add("record.countersigned", {}, A))
rule("record.no_ref", "withdrawal of nothing", lambda log: log.add("record.withdrawn", {}, N))
rule("record.batch_state", "answer about another batch", lambda log: log.answer("delivered", log.observed, "B-2", 2, A))
rule("record.batch_state", "answer that observed another statement", lambda log: log.answer(
    "delivered", log.observed, "B-1", 2, A, observed="ab" * 32))  # fmt: skip
rule("record.answered_twice", "delivered twice", lambda log: [
    log.answer("delivered", log.observed, "B-1", 2, A) for _ in "12"])  # fmt: skip
rule("record.counted_twice", "batch counted twice by one side", lambda log: [
    log.add("count.asserted", {"commitment": "x", "batch": "B-1", "count": 1}, A) for _ in "12"])  # fmt: skip
rule("record.counted_twice", "batch counted by one side, then by both", lambda log: [
    log.add("count.asserted", {"commitment": "x", "batch": "B-1", "count": 1}, *who)
    for who in ((A,), (A, B))])  # fmt: skip
rule("record.final", "correction of what cannot be corrected", lambda log: log.add(
    "record.corrected", {"body": {}}, N, refs=refs("corrects", log.observed)))  # fmt: skip
rule("record.final", "withdrawal of what cannot be withdrawn", lambda log: log.withdraw(log.fact(50), OP))
rule("record.final", "withdrawn twice", lambda log: [
    log.withdraw(log.observed, N, commitments=people(1, 2)) for _ in "12"])  # fmt: skip
rule("record.final", "judgement withdrawn twice", lambda log: [
    log.withdraw(sid, N) for sid in [log.judge("same", "p97", 7, 8)] * 2])  # fmt: skip
rule("record.final", "withdrawal of a match undone", lambda log: log.withdraw(
    log.add("match.undone", {"grade": "x"}, N, commitments=people(7, 8)), N))  # fmt: skip
rule("record.people", "handover withdrawn with other handles", lambda log: log.withdraw(
    log.observed, N, commitments=people(1, 3)))  # fmt: skip
rule("entry.body", "correction without a member of its kind", lambda log: log.add(
    "record.corrected", {"body": {"grade": "x", "count": 1}}, B,
    refs=refs("corrects", log.add("match.disputed", {"grade": "y"}, B, commitments=people(7)))))  # fmt: skip


# Named batches, clearances, denials, outcomes, seeds: bodies


def named_body(name: str, breaking: Callable[[Builder], Any]) -> None:
    rule("entry.body", name, lambda log: (begun_batch(log), breaking(log)))


named_body("round 0", lambda log: log.change("B-2", 0, 11, 12))
named_body("round of replacements without its reasons", lambda log: log.change("B-2", 1, 11, 12, skipped="none"))
named_body("reasons out of order", lambda log: log.change("B-2", 1, 11, 12, skipped=["veto", "not_available"]))
named_body("reason in words among those skipped", lambda log: log.change("B-2", 1, 11, 12, skipped=["he fled"]))
for secret in ("declined", "deferred", "unfit"):
    named_body(f"{secret} among the reasons", lambda log, secret=secret: log.change(
        "B-2", 1, 11, 12, skipped=["a", secret, "z"] if secret != "unfit" else [secret]))  # fmt: skip
named_body("closed without the number of those skipped", lambda log: log.close("B-2", 0, skipped="0"))
named_body("clearance with another outcome", lambda log: log.gate(A, 11, outcome="maybe", reason="x"))
for outcome in ("refused", "withdrawn"):
    named_body(f"clearance {outcome} without a reason", lambda log, outcome=outcome: log.gate(A, 11, outcome=outcome))
for until in ("2020-02-30", "2020-4-1", "soon"):
    named_body(f"clearance until {until}", lambda log, until=until: log.gate(A, 11, until=until))
named_body("gate in words", lambda log: log.gate(A, 11, gate="not vetoed"))
named_body("part of a sealed round beyond its parts", lambda log: log.seal(N, 1, 11, part=2))
named_body("sealed round 0", lambda log: log.seal(N, 0, 11))
named_body("count in a sealed round", lambda log: log.seal(N, 1, 11, count=1))
named_body("outcome of no list", lambda log: log.add("outcome.stated", {"outcome": "fled"}, A, commitments=people(11)))
named_body("denial for another reason", lambda log: log.deny(
    A, log.observed, "B-1", 1, body={"reason": "declined"}))  # fmt: skip
named_body("fact in words", lambda log: log.observe("B-2", 11, fact="f 1"))
named_body("beacon with a space", lambda log: log.request("B-3", beacon="drand 9"))
named_body("beacon that begins with a colon", lambda log: log.request("B-3", beacon=":9"))
named_body("commitment that is no digest", lambda log: log.bind(A, log.request("B-3"), "B-3", commit="ab"))
named_body("number of 31 bytes", lambda log: log.reveal(
    A, log.bind(A, log.request("B-3"), "B-3"), "B-3", nonce="ab" * 31))  # fmt: skip


# Who signs them


rule("record.signers", "clearance by the neutral in the open", lambda log: log.gate(N, 11))
rule("record.signers", "clearance by the operator", lambda log: log.gate(OP, 11))
rule("record.signers", "sealed round by a side", lambda log: log.seal(A, 1, 11))
rule("record.signers", "sealed round by neutral and medical officer together", lambda log: log.add(
    "clearance.sealed", {"round": 1}, N, M, commitments={**people(11), "cleared": [handle(900)]}))  # fmt: skip
rule("record.signers", "batch changed by a side", lambda log: (
    begun_batch(log), log.change("B-2", 1, 11, 12, signer=A)))  # fmt: skip
rule("record.signers", "batch closed by the operator", lambda log: log.close("B-1", 2, OP))
rule("record.signers", "denial by the neutral", lambda log: log.deny(N, log.observed, "B-1", 1))
rule("record.signers", "denial by a third side", lambda log: (
    log.enrol(C, N), log.deny(C, log.observed, "B-1", 1)))  # fmt: skip
rule("record.signers", "outcome by the medical officer", lambda log: log.add(
    "outcome.stated", {"outcome": "died"}, M, commitments=people(11)))  # fmt: skip
rule("record.signers", "seed requested by a side", lambda log: log.request(signer=A))
rule("record.signers", "number of the operator in a seed", lambda log: log.bind(OP, log.request(), label="operator"))
rule("record.signers", "number of another office revealed", lambda log: log.reveal(B, log.bind(A, log.request())))
rule("record.signers", "denial withdrawn by the other side", lambda log: log.withdraw(
    log.deny(B, log.observed, "B-1", 1), A, commitments=people(1)))  # fmt: skip

# Named batches


def named(code: str, name: str, breaking: Callable[[Builder], Any]) -> None:
    rule(code, name, lambda log: (begun_batch(log), breaking(log)))


rule("record.people", "batch proposed with fewer handles than its count", lambda log: log.name("B-2", 11, 12, count=3))
rule("record.people", "batch proposed with more handles than its count", lambda log: log.name("B-2", 11, 12, count=1))
rule("record.people", "batch proposed with a handle twice", lambda log: log.name("B-2", 11, 11))
rule("record.batch_state", "batch named after a handover under its id", lambda log: (
    log.observe("B-2", 30), log.name("B-2", 11, 12)))  # fmt: skip
named("record.manifest", "handover of a person who is not in the batch", lambda log: log.observe("B-2", 14))
named("record.manifest", "handover of one who is in the batch and one who is not", lambda log: log.observe(
    "B-2", 11, 14))  # fmt: skip
named("record.manifest", "handover of a person who was replaced", lambda log: (
    log.change("B-2", 1, 12, 13, 14), log.observe("B-2", 11)))  # fmt: skip
named("record.manifest", "handover of a person who comes only later", lambda log: (
    log.observe("B-2", 14), log.change("B-2", 1, 12, 13, 14)))  # fmt: skip
named("record.manifest", "handover of the persons of another batch", lambda log: (
    begun_batch(log, "B-3", 21, 22), log.observe("B-3", 11)))  # fmt: skip
rule("record.delivered_twice", "person handed over twice under one batch for two commitments", lambda log: (
    log.name("B-2", 11, 12, commitment=...), log.add("batch.cleared", {"batch": "B-2"}, N, M),
    log.add("batch.authorised", {"batch": "B-2"}, A), log.observe("B-2", 11, commitment="one"),
    log.observe("B-2", 11, commitment="two")))  # fmt: skip
named("record.people", "fewer asked than handed over under a named batch", lambda log: log.observe(
    "B-2", 11, 12, asked=1, wish_affirmed=1))  # fmt: skip
named("record.people", "all asked and not all affirmed under a named batch", lambda log: log.observe(
    "B-2", 11, 12, asked=2, wish_affirmed=1))  # fmt: skip
named("record.people", "asked and not said who affirmed under a named batch", lambda log: log.observe(
    "B-2", 11, 12, asked=2))  # fmt: skip
named("record.batch_state", "round left out", lambda log: log.change("B-2", 2, 11, 12))
named("record.batch_state", "round twice", lambda log: [log.change("B-2", 1, 11, 12) for _ in "12"])
named("record.batch_state", "round that does not follow on the batch as it stands", lambda log: (
    log.change("B-2", 1, 11, 12), log.change("B-2", 2, 11, 13, before_sha256=digest("B-2", 0))))  # fmt: skip
named("record.batch_state", "first round that does not follow on the proposal", lambda log: log.change(
    "B-2", 1, 11, 12, before_sha256="ee" * 32))  # fmt: skip
named("record.batch_state", "round with more persons than were proposed", lambda log: log.change(
    "B-2", 1, 11, 12, 13, 14))  # fmt: skip
named("record.batch_state", "round without a person who has gone", lambda log: (
    log.observe("B-2", 11), log.change("B-2", 1, 12, 13, 14)))  # fmt: skip
rule("record.batch_state", "round of a batch that names nobody", lambda log: log.change("B-1", 1, 1, 2))
rule("record.batch_state", "round of a batch that was not proposed", lambda log: log.change("B-7", 1, 11))
named("record.batch_state", "round after the end", lambda log: (log.close("B-2", 0), log.change("B-2", 1, 11, 12)))
named("record.people", "round with fewer handles than its count", lambda log: log.change("B-2", 1, 11, 12, count=3))
named("record.batch_state", "closed with more than have gone", lambda log: (
    log.observe("B-2", 11), log.close("B-2", 2)))  # fmt: skip
named("record.batch_state", "closed with fewer than have gone", lambda log: (
    log.observe("B-2", 11), log.close("B-2", 0)))  # fmt: skip
named("record.batch_state", "closed twice", lambda log: [log.close("B-2", 0) for _ in "12"])
rule("record.batch_state", "closed without a proposal", lambda log: log.close("B-7", 0))
named("record.batch_state", "handover after the end", lambda log: (log.close("B-2", 0), log.observe("B-2", 11)))
rule("record.batch_state", "handover after the end of a batch that names nobody", lambda log: (
    log.close("B-1", 2), log.observe("B-1", 7)))  # fmt: skip
rule("record.batch_state", "cleared after the end", lambda log: (
    log.propose("B-2", 1), log.close("B-2", 0), log.add("batch.cleared", {"batch": "B-2"}, N, M)))  # fmt: skip
rule("record.batch_state", "proposed again after the end", lambda log: (log.close("B-1", 2), log.propose("B-1", 2)))
rule("record.final", "handover withdrawn after the end of its batch", lambda log: (
    log.close("B-1", 2), log.withdraw(log.observed, N, commitments=people(1, 2))))  # fmt: skip
rule("record.final", "end of a batch withdrawn", lambda log: log.withdraw(log.close("B-1", 2), N))
named("record.final", "round withdrawn", lambda log: log.withdraw(
    log.change("B-2", 1, 11, 12), OP, commitments=people(11, 12)))  # fmt: skip

# Clearances, denials, outcomes

named("record.manifest", "clearance in a batch of one who never was in it", lambda log: log.gate(A, 14, batch="B-2"))
rule("record.batch_state", "clearance in a batch that was not proposed", lambda log: log.gate(A, 11, batch="B-7"))
named("record.manifest", "outcome in a batch of one who never was in it", lambda log: log.add(
    "outcome.stated", {"outcome": "died", "batch": "B-2"}, N, commitments=people(14)))  # fmt: skip
rule("record.batch_state", "outcome in a batch that was not proposed", lambda log: log.add(
    "outcome.stated", {"outcome": "died", "batch": "B-7"}, N, commitments=people(14)))  # fmt: skip
rule("record.people", "clearance of nobody", lambda log: log.add(
    "clearance.given", {"gate": "veto", "outcome": "granted"}, A))  # fmt: skip
rule("record.people", "sealed round without outcomes", lambda log: log.seal(N, 1, 11, 12, outcomes=[]))
rule("record.people", "sealed round with one outcome too few", lambda log: log.seal(
    N, 1, 11, 12, outcomes=[handle(900)]))  # fmt: skip
rule("record.people", "sealed round with one outcome too many", lambda log: log.seal(
    N, 1, 11, outcomes=sorted(map(handle, (900, 901)))))  # fmt: skip
rule("record.people", "sealed round with one outcome twice", lambda log: log.seal(
    N, 1, 11, 12, outcomes=[handle(900)] * 2))  # fmt: skip
rule("record.people", "sealed round whose outcomes are out of order", lambda log: log.seal(
    N, 1, 11, 12, outcomes=sorted(map(handle, (900, 901)), reverse=True)))  # fmt: skip
rule("record.people", "sealed round whose persons are out of order", lambda log: log.seal(
    N, 1, *by_handle(11, 12)[::-1], ordered=False))  # fmt: skip
rule("record.people", "person in two parts of a sealed round", lambda log: (
    log.seal(N, 1, by_handle(11, 12)[1], parts=2), log.seal(N, 1, *by_handle(11, 12), part=2, parts=2)))  # fmt: skip
rule("record.round", "sealed round twice", lambda log: [log.seal(N, 1, 11) for _ in "12"])
rule("record.round", "sealed round below the last", lambda log: (log.seal(N, 2, 11), log.seal(N, 1, 11)))
rule("record.round", "sealed round that begins with its second part", lambda log: log.seal(N, 1, 11, part=2, parts=2))
rule("record.round", "part of a sealed round left out", lambda log: (
    log.seal(N, 1, 11, parts=3), log.seal(N, 1, 12, part=3, parts=3)))  # fmt: skip
rule("record.round", "sealed round that gets another part", lambda log: (
    log.seal(N, 1, by_handle(11, 12)[0]), log.seal(N, 1, by_handle(11, 12)[1], part=2, parts=2)))  # fmt: skip
rule("record.round", "part of the sealed round of another office", lambda log: (
    log.seal(N, 1, by_handle(11, 12)[0], parts=2),
    log.seal(M, 1, by_handle(11, 12)[1], part=2, parts=2)))  # fmt: skip
named("record.round", "part of the sealed round of another batch", lambda log: (
    log.seal(N, 1, by_handle(11, 12)[0], parts=2),
    log.seal(N, 1, by_handle(11, 12)[1], part=2, parts=2, batch="B-2")))  # fmt: skip
named("record.round", "sealed round over a batch that has changed meanwhile", lambda log: (
    log.seal(N, 1, *by_handle(11, 12, 13)[:2], parts=2, batch="B-2"), log.change("B-2", 1, 11, 12, 13),
    log.seal(N, 1, by_handle(11, 12, 13)[2], part=2, parts=2, batch="B-2")))  # fmt: skip
named("record.people", "sealed round over a part of the batch", lambda log: log.seal(N, 1, 11, 12, batch="B-2"))
named("record.people", "sealed round about one person of the batch", lambda log: log.seal(M, 1, 12, batch="B-2"))
named("record.manifest", "sealed round over one more than the batch", lambda log: log.seal(
    N, 1, 11, 12, 13, 14, batch="B-2"))  # fmt: skip
named("record.manifest", "sealed round over a batch as it was", lambda log: (
    log.change("B-2", 1, 12, 13, 14), log.seal(N, 1, 11, 12, 13, batch="B-2")))  # fmt: skip
rule("record.batch_state", "sealed round over a batch that was not proposed", lambda log: log.seal(
    N, 1, 11, batch="B-7"))  # fmt: skip
rule("record.final", "sealed round withdrawn", lambda log: log.withdraw(log.seal(N, 1, 11), N))
rule("record.final", "clearance corrected", lambda log: log.add(
    "record.corrected", {"body": {"gate": "veto", "outcome": "granted"}}, A,
    refs=refs("corrects", log.gate(A, 11))))  # fmt: skip
rule("record.people", "denial of a person who is not in the handover", lambda log: log.deny(
    B, log.observed, "B-1", 1, 3))  # fmt: skip
rule("record.people", "denial of a person of another handover", lambda log: log.deny(
    B, log.observe("B-1", 3), "B-1", 1))  # fmt: skip
rule("record.people", "denial of nobody", lambda log: log.deny(B, log.observed, "B-1", commitments=...))
rule("record.batch_state", "denial under another batch", lambda log: log.deny(B, log.observed, "B-2", 1))
rule("record.no_ref", "denial of what is no handover", lambda log: log.deny(B, log.fact(50), "B-1", 1))
rule("record.no_ref", "denial that answers nothing", lambda log: log.deny(
    B, log.observed, "B-1", 1, refs=refs("contests", log.observed)))  # fmt: skip
rule("record.no_ref", "denial of a handover that was withdrawn", lambda log: (
    log.withdraw(log.observed, N, commitments=people(1, 2)), log.deny(B, log.observed, "B-1", 1)))  # fmt: skip
rule("record.denied_twice", "person denied twice by one side", lambda log: (
    log.deny(B, log.observed, "B-1", 1), log.deny(B, log.observed, "B-1", 1, 2)))  # fmt: skip
rule("record.people", "denial withdrawn with other handles", lambda log: log.withdraw(
    log.deny(B, log.observed, "B-1", 1, 2), B, commitments=people(1)))  # fmt: skip

# Seeds

rule("record.seed", "seed requested twice", lambda log: [log.request() for _ in "12"])
rule("record.seed", "seed requested after the proposal", lambda log: log.request("B-1"))
rule("record.seed", "bound under another batch", lambda log: (
    log.request("B-3"), log.bind(A, log.request(), "B-3")))  # fmt: skip
rule("record.no_ref", "bound without a request", lambda log: log.bind(A, log.fact(50)))
rule("record.seed", "bound twice", lambda log: [log.bind(A, sid) for sid in [log.request()] * 2])
rule("record.seed", "bound twice by one party through two offices", lambda log: (
    log.enrol(B2, N, party="side-a"),
    [log.bind(signer, sid, label="side-a") for sid in [log.request()] for signer in (A, B2)]))  # fmt: skip


@broken("record.seed", "bound after a number was revealed")
def _(log: Builder) -> None:
    asked = log.request()
    log.reveal(A, log.bind(A, asked))
    log.bind(B, asked)


@broken("record.seed", "bound after the proposal")
def _(log: Builder) -> None:
    asked = log.request()
    log.propose("B-2", 3)
    log.bind(A, asked)


@broken("record.seed", "number revealed after the proposal")
def _(log: Builder) -> None:
    bound = log.bind(A, log.request())
    log.propose("B-2", 3)
    log.reveal(A, bound)


rule("record.seed", "another number than the one bound", lambda log: log.reveal(
    A, log.bind(A, log.request()), nonce="ee" * 32))  # fmt: skip
rule("record.seed", "number bound under the name of another party", lambda log: log.reveal(
    A, log.bind(A, log.request(), label="side-b")))  # fmt: skip
rule("record.seed", "number bound for another request", lambda log: log.reveal(
    A, log.bind(A, log.request(), request="c3" * 32)))  # fmt: skip
rule("record.seed", "number revealed under another batch", lambda log: (
    log.request("B-3"), log.reveal(A, log.bind(A, log.request()), "B-3")))  # fmt: skip
rule("record.seed", "number revealed twice", lambda log: [
    log.reveal(A, sid) for sid in [log.bind(A, log.request())] * 2])  # fmt: skip
rule("record.no_ref", "number revealed without being bound", lambda log: log.reveal(A, log.request()))
for changed in ("request_sha256", "snapshot_sha256", "rules_sha256"):
    rule("record.seed", f"batch proposed with another {changed} than its seed was for", lambda log, changed=changed: (
        log.request(), log.name("B-2", 11, 12, **{changed: "dd" * 32})))  # fmt: skip
rule("record.seed", "batch larger than its seed was for", lambda log: (log.request(), log.name("B-2", 11, 12, 13, 14)))


@broken("record.founding", "clearance before the founding is complete")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(A, B)
    log.enrol(A)
    log.enrol(B)
    log.gate(A, 11)
    return log.files()


@broken("record.founding", "claim judged before the founding is complete")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(A, B, N)
    for one in (A, B, N):
        log.enrol(one)
    log.judge_claim()
    return log.files()


@broken("record.founding", "seed requested before the founding is complete")
def _(log: Builder) -> Files:
    log = Builder()
    log.genesis(A, B)
    log.enrol(A)
    log.enrol(B)
    log.request()
    return log.files()


# Heads, notes, tiles, bundles


def with_head(change: Callable[[bytes], bytes]) -> Break:
    """The checkpoint, changed."""

    def function(log: Builder) -> Files:
        files = log.files()
        return {**files, "checkpoint": change(files["checkpoint"])}

    return function


def signed_text(change: Callable[[str], str]) -> Break:
    """The text of the checkpoint, changed and signed again by everybody."""

    def function(log: Builder) -> Files:
        files = log.files()
        note = log.note(change(log.text()))
        return {**files, "checkpoint": note, f"notes/{log.sizes[-1]}": note}

    return function


broken("note.form", "head without its last newline")(with_head(lambda note: note[:-1]))
broken("note.form", "head with two newlines at its end")(with_head(lambda note: note + b"\n"))
broken("note.form", "head with carriage returns")(with_head(lambda note: note.replace(b"\n", b"\r\n")))
broken("note.form", "head with a tab")(with_head(lambda note: note.replace(b" ", b"\t", 1)))
broken("note.form", "head with a hyphen for its dash")(with_head(lambda note: note.replace("—".encode(), b"-", 1)))
broken("note.form", "head without signatures")(with_head(lambda note: note[: note.index("—".encode())]))
broken("note.form", "head that is not UTF-8")(with_head(lambda note: note + b"\xff\n"))
broken("note.form", "size with a leading zero")(signed_text(lambda text: text.replace("\n", "\n0", 1)))
broken("note.form", "head with an extension line")(signed_text(lambda text: text + "more\n"))
broken("note.form", "root of 31 bytes")(
    signed_text(lambda text: "\n".join([*text.split("\n")[:2], b64(bytes(31)), ""]))
)
broken("note.signature", "size changed")(with_head(lambda note: note.replace(b"\n", b"\n1", 1)))
broken("root.mismatch", "signed root that is not that of the entries")(
    signed_text(lambda text: "\n".join([*text.split("\n")[:2], b64(bytes(32)), ""])))  # fmt: skip
broken("note.origin", "head of another log")(signed_text(lambda text: "x" + text))


def signature_lines(note: bytes) -> tuple[bytes, list[bytes]]:
    text, lines = note.split(b"\n\n")
    return text + b"\n\n", lines.splitlines(keepends=True)


def sign_line(log: Builder, cosigned: bool, change: Callable[[bytes], bytes]) -> Files:
    """Change the bytes of the log's own signature line, or of the first cosignature."""
    files = log.files()
    text, lines = signature_lines(files["checkpoint"])
    at = 1 if cosigned else 0
    head, raw = lines[at].rsplit(b" ", 1)
    lines[at] = head + b" " + b64(change(base64.b64decode(raw))).encode() + b"\n"
    return {**files, "checkpoint": text + b"".join(lines)}


def flip(data: bytes, at: int) -> bytes:
    """One bit changed."""
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


broken("note.signature", "log signature false")(lambda log: sign_line(log, False, lambda raw: flip(raw, -1)))
broken("note.signature", "log signature of another key id")(lambda log: sign_line(log, False, lambda raw: flip(raw, 0)))
broken("note.signature", "cosignature false")(lambda log: sign_line(log, True, lambda raw: flip(raw, -1)))
broken("note.signature", "time of a cosignature changed")(lambda log: sign_line(log, True, lambda raw: flip(raw, 11)))
broken("note.signature", "cosignature one byte longer")(lambda log: sign_line(log, True, lambda raw: raw + b"\0"))
broken("note.signature", "cosignature whose S is not below the group order")(
    lambda log: sign_line(log, True, lambda raw: raw[:12] + s_plus_order(raw[12:])))  # fmt: skip


@broken("note.signature", "cosignature at time zero")
def _(log: Builder) -> Files:
    files = log.files()
    return {**files, "checkpoint": log.note(log.text(), time=0)}


@broken("note.form", "cosignature in base64 with set bits behind its end")
def _(log: Builder) -> Files:
    files = log.files()
    text, lines = signature_lines(files["checkpoint"])
    lines[1] = lines[1].replace(b"A==\n", b"B==\n") if lines[1].endswith(b"A==\n") else lines[1][:-4] + b"B==\n"
    return {**files, "checkpoint": text + b"".join(lines)}


@broken("note.form", "signature line without a signature")
def _(log: Builder) -> Files:
    files = log.files()
    line = f"— x.example/witness {b64(bytes(4))}\n".encode()
    return {**files, "checkpoint": files["checkpoint"] + line}


@broken("note.form", "empty tree with another root")
def _(log: Builder) -> Files:
    log = Builder()
    return {**log.files(), "checkpoint": log.note(f"{log.origin}\n0\n{b64(bytes(32))}\n")}


@broken("note.form", "note filed under another size")
def _(log: Builder) -> Files:
    files = log.files()
    files["notes/9"] = files.pop("notes/8") if "notes/8" in files else files[f"notes/{log.sizes[0]}"]
    return files


@broken("rollback", "checkpoint of a smaller tree than a note")
def _(log: Builder) -> Files:
    log.files()
    log.fact(51)
    files = log.files()
    return {**files, "checkpoint": files[f"notes/{log.sizes[-2]}"]}


@broken("fork", "note of the same size with another root")
def _(log: Builder) -> Files:
    files = log.files()
    size = log.sizes[-1]
    return {**files, f"notes/{size}": log.note(f"{log.origin}\n{size}\n{b64(bytes(32))}\n")}


@broken("fork", "note of a smaller size with another root")
def _(log: Builder) -> Files:
    return {**log.files(), "notes/3": log.note(f"{log.origin}\n3\n{b64(bytes(32))}\n")}


def with_file(start: str, change: Callable[[bytes], bytes | None]) -> Break:
    """The last published file whose path begins so, changed or taken away."""

    def function(log: Builder) -> Files:
        files = log.files()
        path = next(path for path in reversed(files) if path.startswith(start))
        changed = change(files.pop(path))
        return {**files, **({} if changed is None else {path: changed})}

    return function


broken("tile.missing", "tile that is not there")(with_file("tile/0/", lambda data: None))
broken("tile.missing", "bundle that is not there")(with_file("tile/entries/", lambda data: None))
broken("tile.hash", "tile with another hash")(with_file("tile/0/", lambda data: flip(data, 40)))
broken("tile.hash", "tile that is too short")(with_file("tile/0/", lambda data: data[:-32]))
broken("bundle.form", "bundle with a byte more")(with_file("tile/entries/", lambda data: data + b"\0"))
broken("bundle.form", "bundle that ends early")(with_file("tile/entries/", lambda data: data[:-1]))
broken("tile.hash", "entry changed in its bundle")(with_file("tile/entries/", lambda data: flip(data, -1)))


@broken("file.too_large", "tile that is too long")
def _(log: Builder) -> Files:
    return with_file("tile/0/", lambda data: data + bytes(32 * 256))(log) or {}


def reordered(change: Callable[[list[bytes]], list[bytes]]) -> Break:
    """The same entries in another number or order, as if nobody had kept the heads: only the rules can tell."""

    def function(log: Builder) -> Files:
        bare = Builder()
        for leaf in change(list(log.leaves)):
            bare.append(leaf)
        return bare.files()

    return function


broken("record.signer_unknown", "enrolment removed")(reordered(lambda leaves: leaves[:1] + leaves[2:]))
broken("record.seen", "entry before a head that was seen, removed")(
    reordered(lambda leaves: leaves[:6] + leaves[7:]))  # fmt: skip
broken("record.duplicate", "entry entered twice")(reordered(lambda leaves: [*leaves, leaves[-1]]))
broken("record.seen", "two entries swapped")(reordered(lambda leaves: [*leaves[:2], leaves[3], leaves[2], *leaves[4:]]))


@broken(
    "tile.hash",
    "upper tile with another hash",
)
def _(log: Builder) -> Files:
    return with_file("tile/1/", lambda data: flip(data, 0))(copy.deepcopy(good_case())) or {}


@broken("bundle.form", "older partial bundle with another entry")
def _(log: Builder) -> Files:
    files = log.files()
    path = tile_name("entries", 0, log.sizes[0])
    return {**files, path: flip(files[path], -1)}


@broken("tile.hash", "older partial tile with another hash")
def _(log: Builder) -> Files:
    files = log.files()
    path = tile_name(0, 0, log.sizes[0])
    return {**files, path: flip(files[path], -1)}
