"""The parsers under attack: each takes any bytes, and either refuses them in its own way or holds what it promises.

A target runs one parser, and where a format has one spelling writes what was read again, which must give the same
bytes. Where the standalone checker reads the format too, it must refuse in its own way, and where both read it by the
same rules, agree.
"""

from __future__ import annotations

import copy
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import rfc8785
from tests.fuzz import reports, seeds
from tests.fuzz.mutate import mutate
from tests.fuzz.seeds import LOG, LOG_KEY, ORIGIN, QUANTUM_KEY, ROOT, VECTOR_KEYS, WITNESS_KEY

from quittance.agreement.journal import JournalRefused, load_journal
from quittance.agreement.load import read_agreement
from quittance.canon import CanonError, canonical, parse_canonical
from quittance.errors import QuittanceError, RecordError
from quittance.files.changes import changes
from quittance.files.envelopes import read_envelope, write_envelope
from quittance.files.intake import journal_of
from quittance.files.keyfile import describe_key, open_key
from quittance.files.lists import propose, read_list, rebuild
from quittance.files.mapping import ListMapping
from quittance.files.policies import PolicyFiles
from quittance.files.published import authenticate, head_in, require_limit
from quittance.files.receipts import keys_of, prove, read_proof
from quittance.files.sheets_write import write_csv, write_xlsx
from quittance.files.tables import Limits, read_table
from quittance.people.places import Gazetteer
from quittance.people.years import CALENDARS, infer_calendar, parse_birth, parse_day
from quittance.record.acceptance import open_acceptance
from quittance.record.checkpoint import Checkpoint, open_checkpoint, sign
from quittance.record.commitment import check_openings, openings_json, parse_openings
from quittance.record.entry import Leaf, check_form
from quittance.record.envelope import Signature, pae, seal
from quittance.record.keys import key_id
from quittance.record.note import ED25519, Note, NoteError, VerifierKey
from quittance.record.policy import Policies, Policy
from quittance.record.receipt import Receipt, check_receipt
from quittance.record.rules import admit
from quittance.record.statement import PAYLOAD_TYPE, Statement
from quittance.record.store import Proofs, Replay
from quittance.record.tiles import TileTree, decode_bundle, encode_bundle
from quittance.record.tree import Tree, leaf_hash
from quittance.witness.compare import check_evidence
from quittance.witness.request import AddCheckpoint, RequestError, parse_answer

sys.path.insert(0, str(ROOT / "checker"))
import quittance_check as checker

KEYS = {one.id: one for one in (LOG_KEY, WITNESS_KEY, QUANTUM_KEY, *VECTOR_KEYS.values())}
LOGS = [key for key in KEYS.values() if key.kind == ED25519]
WITNESSES = [key for key in KEYS.values() if key.kind != ED25519]
PUBLICS = {key_id(one.public): one.public for one in map(seeds.signer, ("operator", "holding", "neutral"))}
KNOWN_CHECKER = SimpleNamespace(
    keys={
        (one.name, one.id): checker.Key(one.name, one.kind, one.public)
        for one in KEYS.values()
        if one.kind in (checker.LOG, checker.WITNESS)
    },
    grade=lambda signed: "signed",
)


@dataclass(frozen=True)
class Target:
    """A parser, inputs that it takes, the largest that it takes, and how often the normal suite tries it.

    The first `prefix` bytes of an input do not belong to the format: the target reads them itself.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    largest: int = 100_000
    rounds: int = 2000
    prefix: int = 0

    def changed(self, data: bytes, chance: random.Random) -> bytes:
        """`data` after a few changes; the bytes before the format itself are mostly left as they are."""
        head, rest = data[: self.prefix], data[self.prefix :]
        if self.prefix and chance.random() < 0.2:
            head = bytes(byte ^ 1 << chance.randrange(8) if chance.random() < 0.5 else byte for byte in head)
        return head + mutate(rest, chance, self.largest) if chance.random() < 0.9 or not head else head + rest


def refused(action: Callable[[], object], *, by: type[Exception] = QuittanceError) -> Exception | None:
    """With what the action refuses, None if it does not; anything but a refusal passes through."""
    try:
        action()
    except by as error:
        return error
    return None


def by_checker(action: Callable[[], object]) -> Exception | None:
    """The same for the standalone checker."""
    return refused(action, by=checker.Refused)


def _canon(data: bytes) -> None:
    agreed = by_checker(lambda: checker.parse_canonical(data))
    try:
        value = parse_canonical(data)
    except CanonError:
        assert agreed is not None, "the checker takes what the product refuses"
        return
    assert agreed is None, f"the checker refuses what the product takes: {agreed}"
    assert canonical(value) == rfc8785.dumps(value) == data  # type: ignore[arg-type]


def _note(data: bytes) -> None:
    refused(lambda: head_in(data))
    try:
        vkey = data.decode()
        assert str(VerifierKey.parse(vkey)) == vkey
    except (UnicodeDecodeError, NoteError):
        pass
    note = Note.parse(data)
    assert note.encode() == data
    assert note.with_signatures(note.signatures).signatures[0] == note.signatures[0]
    checkpoint = Checkpoint.parse(note.text)
    assert checkpoint.text == note.text


def _checkpoint(data: bytes) -> None:
    """A note is signed here by the log as it stands, so that what comes after the signature is reached."""
    note = Note.parse(data)
    refused(lambda: open_checkpoint(data, LOGS, WITNESSES))
    by_checker(lambda: checker.open_head(data, KNOWN_CHECKER, None))
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != ORIGIN:
        return
    others = [one for one in note.signatures[:50] if one.key_id != LOG_KEY.id]
    whole = Note(note.text, (sign(checkpoint, LOG), *others)).encode()
    error = refused(lambda: open_checkpoint(whole, LOGS, [key for key in WITNESSES if key != QUANTUM_KEY]))
    agreed = by_checker(lambda: checker.open_head(whole, KNOWN_CHECKER, ORIGIN))
    assert (error is None) == (agreed is None) or checkpoint.size >= 10**16, f"product: {error}; checker: {agreed}"
    opened = open_checkpoint(whole, LOGS, WITNESSES)
    assert opened.note.encode() == whole
    assert len({one.key for one in opened.cosigned}) == len(opened.cosigned)


def _policy(data: bytes) -> None:
    by_checker(lambda: checker.parse_policy(data).holds(set(KNOWN_CHECKER.keys.values())))
    half = len(data) // 2
    refused(lambda: PolicyFiles(data[:half], data[half:]).read())
    policy = Policy.parse(data)
    assert policy.quorum == "none" or not policy.holds(())
    assert policy.holds(list(policy.witnesses.values()))
    Policies({"joint": policy})


def _entries(data: bytes) -> None:
    """The first byte says how many entries the bundle shall have."""
    width, bundle = (data[0] or 256 if data else 1), data[1:]
    leaves = decode_bundle(bundle, width)
    assert len(leaves) == width
    assert encode_bundle(leaves) == bundle


def _entries_seeds() -> list[bytes]:
    count = len(seeds.story())
    return [bytes((count,)) + encode_bundle(leaf.data for leaf in seeds.story()), b"\x02\x00\x00\x00\x01a", b"\x00"]


def _published(data: bytes) -> None:
    """The first byte picks the file of a log that is replaced by the rest; a checked log has what its head says."""
    files = dict(_published_files())
    name = sorted(files)[data[0] % len(files)] if data else "checkpoint"
    files[name] = data[1:]

    def fetch(path: str) -> bytes:
        if path not in files:
            raise RecordError("missing", code="tile.missing")
        return require_limit(path, files[path])

    head = head_in(files["checkpoint"])
    tree = TileTree(head.size, fetch)
    for index in (0, head.size // 2, head.size - 1):
        refused(lambda index=index: tree.leaf(index))
        refused(lambda index=index: tree.inclusion(index))
        refused(lambda index=index: tree.consistency(index))
    found = Tree()
    for piece in authenticate(fetch, head):
        for leaf in piece.leaves:
            found.append(leaf_hash(leaf))
    assert found.root() == head.root


@cache
def _published_files() -> dict[str, bytes]:
    return seeds.published()


def _published_seeds() -> list[bytes]:
    return [bytes((at,)) + data for at, (_, data) in enumerate(sorted(_published_files().items()))]


def _receipt(data: bytes) -> None:
    by_checker(lambda: checker.check_receipt(data, None, KNOWN_CHECKER, _answer()))
    receipt = Receipt.parse(data)
    assert receipt.encode() == data
    for key in LOGS:
        refused(lambda key=key: check_receipt(receipt, key))


def _proof(data: bytes) -> None:
    """A leaf in a log of its own, signed here, so that what comes after signature and inclusion is reached."""
    leaf = _signed(data)
    checkpoint = Checkpoint(ORIGIN, 1, leaf_hash(leaf))
    receipt = Receipt(0, leaf, (), Note(checkpoint.text, (sign(checkpoint, LOG),))).encode()
    openings = seeds.openings()[1]
    agreed = by_checker(lambda: checker.check_receipt(receipt, openings, KNOWN_CHECKER, _answer()))
    error = refused(lambda: prove(receipt, LOG_KEY, keys=PUBLICS))
    assert agreed is not None or error is None, f"the checker takes a receipt that the product refuses: {error}"


def _answer() -> dict[str, object]:
    return {"unknown_signatures": 0, "not_checked": [], "signatures_checked": 0}


def _openings(data: bytes) -> None:
    entry = checker.parse_entry(seeds.story()[9].data)
    by_checker(lambda: checker.check_openings(data, entry))
    opened = parse_openings(data)
    assert openings_json(opened.sid, opened.openings) == data
    refused(lambda: check_openings(seeds.story()[9].statement, opened))


def _statement(data: bytes) -> None:
    slow = refused(lambda: Statement._parse_slowly(data))
    try:
        said = Statement.parse(data)
    except QuittanceError:
        assert slow is not None, "the quick reader refuses what the slow one takes"
        raise
    assert slow is None, f"the quick reader takes what the slow one refuses: {slow}"
    again = Statement(
        **{
            name: getattr(said, name)
            for name in (
                *("kind", "agreement", "log", "nonce", "claimed_at", "body", "seen"),
                *("event_at", "commitments", "refs", "blobs"),
            )
        }
    )
    assert again.payload == data
    assert again.sid == said.sid


def _leaf(data: bytes) -> None:
    quick = refused(lambda: check_form(data))
    agreed = by_checker(lambda: checker.parse_entry(data))
    if error := refused(lambda: Leaf.parse(data)):
        assert quick is not None, "check_form takes what Leaf.parse refuses"
        assert agreed is not None, f"the checker takes what the product refuses: {error}"
        raise error
    assert quick is None, f"check_form refuses what Leaf.parse takes: {quick}"
    leaf = Leaf.parse(data)
    assert Leaf(leaf.statement, leaf.accepted_at, leaf.signatures).data == data
    if agreed is None:
        by_checker(lambda: checker.check_kind(checker.parse_entry(data)))


def _envelope(data: bytes) -> None:
    statement, signatures = read_envelope(data)
    written = write_envelope(statement, signatures)
    again = read_envelope(written)
    assert again[0] == statement
    assert write_envelope(*again) == written


def _acceptance(data: bytes) -> None:
    opened = open_acceptance(data, PUBLICS)
    assert opened.envelope == data


def _key_file(data: bytes) -> None:
    file = describe_key(data)
    if _costs_little(data):
        opened = open_key(data, seeds.PASSPHRASE)
        assert opened.file == file
        assert seeds.PASSPHRASE not in repr(opened)


def _costs_little(data: bytes) -> bool:
    """Whether opening takes little memory: the bounds that the product allows are too dear for many trials."""
    kdf = parse_canonical(data.strip())["kdf"]  # type: ignore[index, call-overload]
    return kdf["n"] * kdf["r"] <= 2**16 and kdf["p"] <= 4


def _bundle(data: bytes) -> None:
    refused(lambda: keys_of(data))
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        by_checker(lambda: checker.read_zip(Path(file.name)))
    bundle = read_proof(data)
    assert not data.startswith(b"PK") or len(bundle.receipt) <= 2_000_001
    prove(bundle.receipt, LOG_KEY, keys=keys_of(bundle.keys), openings=bundle.openings)


def _request(data: bytes) -> None:
    try:
        answer = parse_answer(data)
        assert data == (b"%d\n" % answer if isinstance(answer, int) else answer.encode())
    except RequestError:
        pass
    request = AddCheckpoint.parse(data)
    assert request.encode() == data


def _fork(data: bytes) -> None:
    found = check_evidence(data, [LOG_KEY])
    assert found.outcome == "fork"
    assert found.evidence == data


def _agreement(data: bytes) -> None:
    read = read_agreement(data)
    text = "".join(str(problem) for problem in read.problems)
    text.encode()  # what is printed can be printed
    if read.agreement is not None and not read.problems:
        read.agreement.model_dump_json()


def _journal(data: bytes) -> None:
    journal = load_journal(data)
    assert len({entry.id for entry in journal}) == len(journal)
    assert all(entry.seq for entry in journal)


def _judge(data: bytes) -> None:
    """The first byte says where in a log the leaf comes. Product and checker must agree whether it may enter."""
    leaf = _signed(data[1:])
    index, known, log = _places()[data[0] % len(_places()) if data else 0]
    log = copy.deepcopy(log)
    agreed = by_checker(lambda: log.admit(leaf, index))
    error = refused(lambda: _admit(leaf, known))
    if isinstance(error, JournalRefused):  # the checker reads a part of the journal's format only
        return
    assert (error is None) == (agreed is None), f"product: {error}; checker: {agreed}"


def _admit(data: bytes, known: Replay) -> None:
    """What an intake and a verification ask of a leaf: the judge of the log, and the journal for the body of a fact."""
    leaf = Leaf.parse(data)
    admit(leaf, known, Proofs())
    if leaf.statement.kind.startswith("fact."):
        load_journal(journal_of(leaf.statement.agreement, [dict(leaf.statement.body)]))


@cache
def _places() -> list[tuple[int, Replay, checker.Log]]:
    """Logs cut off after each of their entries, as both know them."""
    places = []
    for story, start in ((seeds.story(), 0), (seeds.strict_story(), seeds.FOUNDED)):
        for index in range(start, len(story)):
            replay, log = Replay(ORIGIN), checker.Log(ORIGIN, checker.Tree())
            for at, leaf in enumerate(story[:index]):
                replay.add(leaf.data)
                log.admit(leaf.data, at)
                log.tree.append(leaf.data)
            places.append((index, replay, log))
    return places


def _signed(data: bytes) -> bytes:
    """The leaf of a payload; two bytes before it say which of the known keys have signed it."""
    which, payload = int.from_bytes(data[:2], "big"), data[2:] or b"{}"
    message = pae(PAYLOAD_TYPE, payload)
    signers = [signer for at, signer in enumerate(seeds.signers()) if which >> at & 1]
    signatures = [Signature(key_id(one.public), one.sign(message)) for one in signers]
    try:
        claims = Statement.parse(payload)
        kind, log = claims.kind, claims.log
    except QuittanceError:
        kind, log = "log.genesis", ORIGIN
    envelope = seal(payload, PAYLOAD_TYPE, signatures)
    leaf = {"accepted_at": "2020-04-08T06:00:00Z", "envelope": envelope, "kind": kind, "log": log, "v": 1}
    return canonical(leaf)


def _signed_seeds(leaves: Sequence[Leaf]) -> list[bytes]:
    numbers = {key_id(signer.public): at for at, signer in enumerate(seeds.signers())}
    which = [sum(1 << numbers[one.keyid] for one in leaf.signatures) for leaf in leaves]
    return [bits.to_bytes(2, "big") + leaf.statement.payload for bits, leaf in zip(which, leaves, strict=True)]


def _judge_seeds() -> list[bytes]:
    leaves = [*seeds.story(), *seeds.strict_story()[seeds.FOUNDED :]]
    return [bytes((at,)) + seed for at, seed in enumerate(_signed_seeds(leaves))]


def _table(data: bytes) -> None:
    """What was read of a sheet and is written again, for people and as a workbook, is read as the same."""
    for sheet in read_table(data, limits=LIST_LIMITS).sheets:
        # The guard has a column of its own, and a workbook may be larger than what it was read from.
        if sheet.rows and sheet.width < LIST_LIMITS.columns and sum(map(len, sheet.rows)) < 5_000:
            assert read_table(write_csv(sheet.rows)).sheets[0].rows == sheet.rows
            assert read_table(write_xlsx([replace(sheet, name="a", merged=())])).sheets[0].rows == sheet.rows


def _list(data: bytes) -> None:
    """A list is confirmed as it was guessed; the entries are rebuilt from its rows, and nothing is new in it."""
    mapping, _ = propose(data, limits=LIST_LIMITS)
    assert ListMapping.from_json(json.loads(json.dumps(mapping.as_json()))) == mapping
    assert mapping.describe()
    read = read_list(data, mapping, limits=LIST_LIMITS)
    assert rebuild(mapping, read.raw) == read.entries
    assert changes(read.raw, read.raw).same == len(read.entries)
    for remark in read.report:
        str(remark).encode()


LIST_LIMITS = Limits(bytes=2_000_000, rows=20_000)


def _dates(data: bytes) -> None:
    """A text gives ordered days in every calendar, or none."""
    text = data.decode("utf-8", "replace")
    for calendar in CALENDARS:
        for birth in (parse_birth(text, calendar), parse_birth(text, calendar, date(2020, 3, 10)), parse_day(text)):
            ends = [end for span in birth.spans for end in span] if birth else []
            assert ends == sorted(ends)
    infer_calendar(text.split("\n"))
    Gazetteer.load().place_of(text)


def _places_file(data: bytes) -> None:
    places = Gazetteer.parse(data)
    for place in places.places.values():
        assert place.province_id in places.places
        assert all(place.id in places.neighbours(other) for other in places.neighbours(place.id))


TARGETS = {
    one.name: one
    for one in (
        Target("canon", _canon, seeds.values),
        Target("note", _note, lambda: [*seeds.notes(), *(str(key).encode() for key in KEYS.values())], 1_000_000),
        Target("checkpoint", _checkpoint, seeds.heads, rounds=500),
        Target("policy", _policy, seeds.policies, 250_000),
        Target("entries", _entries, _entries_seeds, prefix=1),
        Target("published", _published, _published_seeds, rounds=300, prefix=1),
        Target("receipt", _receipt, seeds.receipts, 2_000_000, rounds=500),
        Target("proof", _proof, lambda: _signed_seeds(seeds.story()), 40_000, rounds=1000, prefix=2),
        Target("openings", _openings, seeds.openings),
        Target("statement", _statement, seeds.statements, 60_000),
        Target("leaf", _leaf, seeds.leaves, 60_000),
        Target("envelope", _envelope, seeds.envelopes),
        Target("acceptance", _acceptance, seeds.acceptances),
        Target("keyfile", _key_file, seeds.key_files, 16_384),
        Target("bundle", _bundle, lambda: [*seeds.bundles(), *seeds.key_lists()], 1_000_000, rounds=500),
        Target("request", _request, seeds.requests, 64 * 1024),
        Target("fork", _fork, seeds.forks),
        Target("agreement", _agreement, seeds.agreements, 32 * 1024, rounds=100),
        Target("journal", _journal, seeds.journals, 1_000_000),
        Target("judge", _judge, _judge_seeds, 40_000, rounds=1000, prefix=3),
        Target("table", _table, seeds.tables, 200_000, rounds=500),
        Target("list", _list, seeds.tables, 200_000, rounds=500),
        Target("dates", _dates, seeds.dates, 10_000, rounds=1000),
        Target("places", _places_file, seeds.places, rounds=500),
        Target("claims", reports.claims, reports.texts, 24_000, rounds=200),
        Target("answer", reports.answer, reports.answers, 200_000, rounds=300),
        Target("sidecar", reports.sidecar, reports.sidecars, 50_000),
    )
}


def feed(target: Target, data: bytes) -> None:
    """Give a parser an input; raises whatever is neither a result nor a refusal."""
    if error := refused(lambda: target.run(data)):
        assert isinstance(error, QuittanceError)
        assert error.code, "a refusal has a code"
        assert error.message, "a refusal says why"


def large(target: Target, size: int | None = None) -> list[bytes]:
    """Inputs of the largest size that the parser takes, made of what it takes."""
    first = min(target.seeds(), key=lambda seed: (len(seed) < 20, len(seed)))
    return seeds.grown(first, min(target.largest, size or target.largest))
