"""Receipts and evidence bundles: what a reader takes away to prove one entry without this program.

A bundle is a zip file of plain files: the receipt, the policy, the public keys of its signers, the openings that its
holder may show, the standalone checker, and a page that says how to use them.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from quittance.errors import RecordError, UnreadableError, UsageError
from quittance.files.policies import PolicyFiles
from quittance.record.checkpoint import Checkpoint
from quittance.record.commitment import check_openings, parse_openings
from quittance.record.entry import Entry
from quittance.record.envelope import pae
from quittance.record.keys import key_id, verify
from quittance.record.known import read_key
from quittance.record.note import Note
from quittance.record.policy import Grade, Trust
from quittance.record.receipt import MAX_RECEIPT_BYTES, CheckedReceipt, Receipt, check_receipt
from quittance.record.statement import PAYLOAD_TYPE
from quittance.record.store import Store

RECEIPT = "receipt.tlog-proof"
OPENINGS = "openings.json"
CHECKER = "quittance_check.py"
KEY_LIST = "keys.jsonl"
POLICIES = ("policy/joint", "policy/recorded")
PARTS = ("README.txt", RECEIPT, *POLICIES, KEY_LIST, CHECKER, OPENINGS)
"""The names that a bundle may hold."""

MAX_BUNDLE_BYTES = 8 * 1024 * 1024
MAX_RATIO = 200
"""How many times larger a part of a bundle may be than it is packed; text is packed to a fifth, seldom to less."""

README = """This bundle proves that one entry stands in a record. It opens without the program that made it.

{receipt}    the entry, its place in the log, and the signed head of the log (format: C2SP tlog-proof)
policy/               whose signatures count (format: C2SP tlog-policy)
keys.jsonl            the public keys of the entry's signers; the SHA-256 of each is its fingerprint
{openings}         values that the entry commits to, if the bundle discloses any; for your eyes only
{checker}    a checker in plain Python, in one file

To check it, with Python 3.11 or newer and the package "cryptography":

    python {checker} bundle THIS_FILE

What it shows: who signed the entry, that it stands in the log at this place, and who has cosigned that log.
What it cannot show: that what was stated is true; that no later entry corrects or withdraws it; that the keys were in
their term. For these, check the whole log: ask any holder of a mirror.

Compare the fingerprints in policy/ and keys.jsonl with ones that you were given in another way.
"""


def entry_index(store: Store, name: str) -> int:
    """The index that `name` means: an index, or a statement id; raises `UsageError` (`record.no_entry`)."""
    index = int(name) if name.isdecimal() and len(name) < 16 else store.find(name) if len(name) == 64 else None
    if index is None or index >= store.head().size:
        raise UsageError("The record has no such entry. Give its index or its statement id.", code="record.no_entry")
    return index


def make_receipt(store: Store, index: int) -> Receipt:
    """The receipt of an entry under the last signed tree head; raises `record.unpublished` if it is not under one."""
    note = store.checkpoint()
    signed = None if note is None else Note.parse(note)
    size = 0 if signed is None else Checkpoint.parse(signed.text).size
    if signed is None or index >= size:
        raise RecordError(
            f"Entry {index} is not under a signed tree head yet. Publish the record first.", code="record.unpublished"
        )
    (leaf,) = store.read(index, index + 1)
    return Receipt(index, leaf, store.tree().inclusion(index, size), signed)


@dataclass(frozen=True, slots=True)
class Proved:
    """What a receipt shows to one reader: the entry, the grade of the head, whose signatures are valid, openings."""

    checked: CheckedReceipt
    signatures_checked: tuple[str, ...]
    fields_opened: tuple[str, ...]

    @property
    def grade(self) -> Grade:
        """The grade of the tree head."""
        return self.checked.grade

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What one receipt cannot show."""
        every = len(self.checked.signatures) == len(self.signatures_checked)
        return self.checked.not_checked if every else ("signatures", *self.checked.not_checked)

    def as_json(self) -> dict[str, Any]:
        """The result as `record check-receipt --json` prints it."""
        checkpoint, entry = self.checked.opened.checkpoint, self.checked.entry
        return {
            "ok": True,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "grade": self.grade,
            "cosigners": [{"name": one.key.name, "time": one.time} for one in self.checked.opened.cosigned],
            "entries_checked": 1,
            "signatures_checked": len(self.signatures_checked),
            "first_bad_index": None,
            "reason": None,
            "flags": [],
            "not_checked": list(self.not_checked),
            "index": entry.index,
            "kind": entry.statement.kind,
            "sid": entry.sid,
            "fields_opened": list(self.fields_opened),
        }


def prove(
    receipt: bytes, trust: Trust, *, keys: Mapping[str, bytes] | None = None, openings: bytes | None = None
) -> Proved:
    """Check a receipt by the reader's own `trust`; with public `keys` by fingerprint the signatures on the entry too.

    Raises as `check_receipt`; `RecordError` (`record.signature`) for a signature that is not valid;
    `CommitmentError` for openings that do not open.
    """
    checked = check_receipt(Receipt.parse(receipt), trust)
    statement = checked.entry.statement
    message = pae(PAYLOAD_TYPE, statement.payload)
    valid = []
    for signature in checked.entry.leaf.signatures:
        public = (keys or {}).get(signature.keyid)
        if public is None:
            continue
        if not verify(public, signature.sig, message):
            raise RecordError(
                f"The signature of key {signature.keyid[:16]} on entry {checked.index} is not valid.",
                code="record.signature",
            )
        valid.append(signature.keyid)
    opened: tuple[str, ...] = ()
    if openings is not None:
        parsed = parse_openings(openings.strip())
        check_openings(statement, parsed)
        opened = tuple(one.field for one in parsed.openings)
    return Proved(checked, tuple(valid), opened)


def keys_of(data: bytes) -> dict[str, bytes]:
    """Public keys by fingerprint from `keys.jsonl`; each is taken at its own hash, so no line can lie about one.

    Raises `UsageError` (`record.keys`) for a file that is no such list.
    """
    try:
        publics = [bytes.fromhex(json.loads(line)["public_key"]) for line in data.splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            "This is no list of keys: one JSON object with `public_key` a line.", code="record.keys"
        ) from None
    return {key_id(public): public for public in publics}


def make_bundle(store: Store, index: int, policy: PolicyFiles, openings: bytes | None = None) -> bytes:
    """The evidence bundle of an entry as a zip file; every byte of it follows from its parts."""
    receipt = make_receipt(store, index)
    entry = Entry.parse(index, receipt.leaf or b"")
    states = {one.keyid: store.known().state(f"key:{one.keyid}") for one in entry.leaf.signatures}
    keys = [
        {"fingerprint": name, "public_key": key.public, "role": key.role, "party": key.party}
        for name, text in states.items()
        if text and (key := read_key(text))
    ]
    parts = {
        "README.txt": README.format(receipt=RECEIPT, openings=OPENINGS, checker=CHECKER).encode(),
        RECEIPT: receipt.encode(),
        POLICIES[0]: policy.joint,
        POLICIES[1]: policy.recorded,
        KEY_LIST: b"".join(json.dumps(key, sort_keys=True).encode() + b"\n" for key in keys),
        CHECKER: checker_source(),
    }
    if openings is not None:
        check_openings(entry.statement, parse_openings(openings.strip()))
        parts[OPENINGS] = openings
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in parts.items():
            bundle.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a reader has been handed, checked by nobody: a receipt, and what may lie beside it in an evidence bundle.

    The policy in a bundle is left out: whose signatures count must be known from elsewhere.
    """

    receipt: bytes
    keys: bytes = b""
    openings: bytes | None = None


def read_bundle(data: bytes) -> Bundle:
    """The parts of an evidence bundle.

    Raises `UnreadableError` (`bundle.format`) for anything but a zip file that holds a receipt and other parts of a
    bundle, each once, by their exact names and within their sizes; nothing is unpacked beyond these.
    """
    if len(data) > MAX_BUNDLE_BYTES or data.count(_ZIP_ENTRY) > 8 * len(PARTS):
        raise _bad_bundle("is too large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {one.filename: _unpack(packed, one) for one in _members(packed)}
    except _ZIP_ERRORS:
        raise _bad_bundle("is no zip file, or a damaged one") from None
    if RECEIPT not in parts:
        raise _bad_bundle(f"holds no {RECEIPT}")
    return Bundle(parts[RECEIPT], parts.get(KEY_LIST, b""), parts.get(OPENINGS))


def read_proof(data: bytes) -> Bundle:
    """What `data` is: a receipt, or a bundle around one; raises as `read_bundle`. A receipt is not read yet."""
    return read_bundle(data) if data.startswith(b"PK") else Bundle(data)


_ZIP_ENTRY = b"PK\x01\x02"
"""How each line of the table of contents begins: counted before that table is read."""

_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, ValueError, KeyError,
    IndexError, OverflowError, OSError,
)  # fmt: skip


def _members(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = packed.infolist()
    names = [one.filename for one in members]
    if len(set(names)) < len(names) or not set(names) <= set(PARTS):
        raise _bad_bundle("holds a file that is no part of a bundle, or one twice")
    return members


def _unpack(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """One part, read no further than it may reach; its checksum is compared by the reader."""
    size = member.file_size
    plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not member.flag_bits & 1
    if not plain or size > MAX_RECEIPT_BYTES or size > MAX_RATIO * max(1, member.compress_size):
        raise _bad_bundle(f"has a part, {member.filename}, that is packed too tightly or is too large")
    with packed.open(member) as part:
        return part.read(size + 1)


def _bad_bundle(why: str) -> UnreadableError:
    return UnreadableError(f"The bundle {why}. Ask for it again.", code="bundle.format")


def checker_source() -> bytes:
    """The standalone checker that is published for outsiders."""
    packed = files("quittance") / "_checker" / CHECKER
    if packed.is_file():
        return packed.read_bytes()
    from pathlib import Path

    return (Path(__file__).parents[3] / "checker" / CHECKER).read_bytes()
