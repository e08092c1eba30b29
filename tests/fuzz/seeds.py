"""Inputs that the parsers take, from which hostile ones are made: the golden vectors, and logs signed by test keys."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.signing import OFFICES, SignedLog, refer, signer

from quittance.canon import canonical
from quittance.files.keyfile import seal_key
from quittance.files.sheets_write import write_csv, write_xlsx
from quittance.files.tables import Sheet
from quittance.record.acceptance import accept
from quittance.record.checkpoint import Checkpoint, cosign, sign
from quittance.record.commitment import Opening, openings_json
from quittance.record.entry import Leaf
from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, Note, NoteSignature, VerifierKey
from quittance.record.receipt import Receipt
from quittance.record.statement import Blob, Seen, Span
from quittance.record.tiles import bundle_path, encode_bundle, tile_bytes, tiles_of
from quittance.record.tree import Tree
from quittance.witness.compare import compare
from quittance.witness.request import AddCheckpoint

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/golden/record/formats.json").read_text("utf-8"))
MINI = VECTORS["mini_log"]
ORIGIN = "quittance.example/test-2020/case"

LOG = signer("fuzz-log")
WITNESS = signer("fuzz-witness")
LOG_KEY = VerifierKey(ORIGIN, ED25519, LOG.public)
WITNESS_KEY = VerifierKey("w.example/witness", COSIGNATURE, WITNESS.public)
QUANTUM_KEY = VerifierKey("q.example/witness", ML_DSA_COSIGNATURE, bytes(range(256)) * 5 + bytes(32))
VECTOR_KEYS = {name: VerifierKey.parse(case["vkey"]) for name, case in VECTORS["keys"].items()}
PASSPHRASE = "a passphrase for fuzzing"


@cache
def story() -> tuple[Leaf, ...]:
    """A log in which most kinds occur."""
    log = SignedLog(ORIGIN)
    leaves = log.founding(*OFFICES, "guarantor")
    leaves += [log.enrol("holding-2", "neutral"), log.countersign("holding", log.enrolments["receiving"])]
    leaves.append(
        log.leaf("policy.set", {"policy_sha256": sha256(b"p").hexdigest()}, ("holding", "receiving", "operator"))
    )
    leaves.append(
        log.leaf(
            "fact.reported",
            {"id": "f1", "kind": "event", "at": "2020-04-01", "name": "signed", "by": "side-a"},
            event_at=Span("2020-04-01T00:00:00Z", "2020-04-02T00:00:00Z"),
        )
    )
    for at, line in enumerate(journals()[0].split(b"\n")[1:]):
        body = json.loads(line) | {"id": f"g{at}", "by": "side-a"}
        leaves.append(
            log.leaf("fact.stated" if at % 2 else "fact.reported", body, ("holding" if at % 2 else "operator",))
        )
    leaves.append(log.leaf("list.submitted", {"list": "l1", "count": 2}, ("holding",), people=2))
    leaves.append(log.leaf("list.withdrawn", {"list": "l1"}, ("holding",)))
    handles = sorted(log.persons(4))
    for part in (1, 2):
        body = {"list": "l2", "count": 2, "version": 1, "part": part, "parts": 2}
        leaves.append(log.leaf("list.submitted", body, ("holding",), people=handles[2 * part - 2 : 2 * part]))
    judged = log.leaf("match.judged", {"judgement": "same", "grade": "p97"}, ("neutral",), people=handles[:2])
    better = {"body": {"judgement": "same", "grade": "p30", "reason": "document"}}
    leaves += [judged, log.leaf("record.corrected", better, ("neutral",), refs=refer("corrects", judged))]
    matched = log.leaf("match.confirmed", {"grade": "A1"}, ("holding", "receiving"), people=1)
    leaves.append(matched)
    leaves += log.batch("b1", 5, commitment="release")
    leaves.append(log.leaf("person.cleared", {"reason": "fit", "batch": "b1"}, ("medical",), people=1))
    wish = log.leaf("wish.recorded", {"batch": "b1"}, ("neutral",), people=1, blobs=(Blob("a" * 64, 5, "image/png"),))
    leaves.append(wish)
    leaves += log.handover("b1", 2, asked=2, wish_affirmed=1)
    leaves.append(log.count("b1", 2))
    leaves.append(log.withdraw(leaves[-1], "holding", "receiving"))
    leaves.append(log.count("b1", 2, by=("holding",)))
    correction = {"body": {"grade": "B"}}
    leaves.append(log.leaf("record.corrected", correction, ("holding", "receiving"), refs=refer("corrects", matched)))
    leaves += [log.rotate("medical", "medical-2", "operator"), log.revoke("holding-2", reason="left")]
    leaves.append(log.leaf("erasure.done", {"salts": 1, "keys": 0}, ("operator", "protection"), people=1))
    return (*leaves, *drawn(log))


def drawn(log: SignedLog) -> list[Leaf]:
    """A named batch from its seed to its end; the medical officer has another key by now."""
    request = log.seed_request("b9", beacon="drand:quicknet:9")
    commit = log.seed_commit(request)
    people = sorted(log.persons(3))
    given = {"gate": "veto", "outcome": "refused", "reason": "sentence", "until": "2020-12-31"}
    leaves = [request, commit, log.seed_reveal(commit), log.leaf("clearance.given", given, ("holding",), people=people)]
    proposed, *_ = log.batch("b9", 3, people, list="l1")
    cleared = log.leaf("batch.cleared", {"batch": "b9"}, ("neutral", "medical-2"))
    steps = [cleared, log.leaf("batch.authorised", {"batch": "b9"}, ("holding",))]
    seen = log.observed("b9", 2, people[:2], fact="f1")
    leaves += [proposed, *steps, log.sealed(1, people, batch="b9"), log.changed("b9", 1, people, skipped=["other"])]
    leaves += [
        seen,
        log.denied(seen, people[:1]),
        log.leaf("outcome.stated", {"outcome": "died"}, ("neutral",), people=1),
    ]
    return [*leaves, log.closed("b9", 2)]


FOUNDED = 8
"""How many entries found the strict log."""


@cache
def strict_story() -> tuple[Leaf, ...]:
    """A strict log of an operator with two keys that sign together."""
    log = SignedLog(ORIGIN, operators=3, threshold=2)
    leaves = log.founding("holding", "receiving", "neutral", "medical", "protection", strict=True)
    assert len(leaves) == FOUNDED
    leaves += [log.enrol("holding-2", "neutral", party="", kinds=["batch.authorised"]), *log.batch("b1", 3)]
    leaves += [*log.handover("b1", 1), *log.batch("b2", 1, **{"from": "side-a", "to": "side-b"})]
    leaves += [log.revoke("operator-3"), log.rotate("neutral", "neutral-2", *log.operator)]
    leaves.append(log.revoke("medical", reason="stolen", compromised_since=9))
    return tuple(leaves)


@cache
def tree() -> Tree:
    """The tree over the leaves of `story`."""
    made = Tree()
    for leaf in story():
        made.append(leaf.hash)
    return made


def checkpoint(size: int) -> Checkpoint:
    """The head of `story` at a size."""
    return Checkpoint(ORIGIN, size, tree().root(size))


def note(size: int) -> Note:
    """That head, signed by the log and cosigned."""
    head = checkpoint(size)
    other = NoteSignature("someone.example", b"abcd", b"unknown")
    return Note(head.text, (sign(head, LOG), cosign(head, WITNESS_KEY.name, WITNESS, 1_600_000_000), other))


def published() -> dict[str, bytes]:
    """The files of `story` as published."""
    leaves = [leaf.data for leaf in story()]
    files = {"checkpoint": note(len(leaves)).encode()}
    for tile in tiles_of(len(leaves)):
        files[tile.path] = tile_bytes(tree(), tile)
        files[bundle_path(tile.n, tile.width)] = encode_bundle(leaves[tile.n * 256 : tile.n * 256 + tile.width])
    return files


def leaves() -> list[bytes]:
    """Leaves of many kinds."""
    seen = Seen(3, tree().root(3), sha256(b"note").hexdigest())
    log = SignedLog(ORIGIN)
    more = [log.leaf("count.asserted", {"batch": "ﬃ", "count": 1}, ("holding",), seen=seen)]
    return [one.data for one in (*story(), *more)] + [entry["leaf_utf8"].encode() for entry in MINI["entries"]]


def statements() -> list[bytes]:
    """Payloads of many kinds."""
    return [one.statement.payload for one in story()] + [one["payload_utf8"].encode() for one in MINI["entries"]]


def receipts() -> list[bytes]:
    """Receipts of this log and of the vectors, the bad ones too."""
    size = len(story())
    own = [
        Receipt(at, story()[at].data if at else None, tree().inclusion(at, size), note(size)).encode() for at in (0, 9)
    ]
    bad = [one["receipt_utf8"].encode() for one in VECTORS["receipt_negative"]]
    return [*own, MINI["receipt_index_4_utf8"].encode(), *bad]


def notes() -> list[bytes]:
    """Signed notes."""
    texts = [VECTORS["signed_note_spec_example"]["note_utf8"], *(MINI[f"checkpoint_size_{n}_utf8"] for n in (4, 7))]
    return [note(5).encode(), note(0).encode(), *(text.encode() for text in texts)]


def heads() -> list[bytes]:
    """Notes of this log with a line of every sort."""
    quantum = NoteSignature(QUANTUM_KEY.name, QUANTUM_KEY.id, bytes(7) + b"\x01" + bytes(2420))
    return [*notes(), Note(checkpoint(5).text, (*note(5).signatures, quantum)).encode()]


def policies() -> list[bytes]:
    """Policy files."""
    mixed = f"# all\nlog {LOG_KEY}\nwitness q\t{QUANTUM_KEY} https://example\nwitness w {WITNESS_KEY}\ngroup g 2 q w\n"
    return [
        *(VECTORS["policy"][f"{grade}_utf8"].encode() for grade in ("joint", "recorded")),
        (mixed + "quorum g\n").encode(),
        b"quorum none\n",
        chain(3),
    ]


def chain(length: int) -> bytes:
    """A policy in which each group has the one before it as its only member."""
    groups = [f"group g{at} any {f'g{at - 1}' if at else 'w'}\n" for at in range(length)]
    return f"log {LOG_KEY}\nwitness w {WITNESS_KEY}\n{''.join(groups)}quorum g{length - 1}\n".encode()


def openings() -> list[bytes]:
    """Files of openings for entries of `story`."""
    cases = [
        Opening(one["field"], one["value"], bytes.fromhex(one["salt_hex"])) for one in VECTORS["commitment"]["cases"]
    ]
    return [openings_json(story()[9].statement.sid, cases), openings_json("0" * 64, [])]


def envelopes() -> list[bytes]:
    """Envelope files."""
    return [canonical(json.loads(leaf.data)["envelope"]) + b"\n" for leaf in story()[::4]]


def acceptances() -> list[bytes]:
    """Acceptances of the operator."""
    return [accept(story()[4].statement.sid, 4, "2020-04-08T06:00:00Z", ORIGIN, signer("operator")).envelope]


def key_files() -> list[bytes]:
    """Key files whose passphrase costs little."""
    made = []
    for use, name in (("statement", None), ("log", "a name"), ("vault", None)):
        made.append(seal_key(bytes(32), use, PASSPHRASE, random=lambda size: b"r" * size, name=name, cost=2)[0])
    return made


def key_lists() -> list[bytes]:
    """Files of public keys."""
    lines = [json.dumps({"public_key": signer(name).public.hex(), "role": name}) for name in OFFICES]
    return ["\n".join(lines).encode()]


def bundles() -> list[bytes]:
    """Evidence bundles."""
    parts = {
        "README.txt": b"read me",
        "receipt.tlog-proof": receipts()[1],
        "policy/joint": policies()[0],
        "policy/recorded": policies()[1],
        "keys.jsonl": key_lists()[0],
        "openings.json": openings()[1],
    }
    made = []
    for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", how) as bundle:
            for name, data in parts.items():
                bundle.writestr(zipfile.ZipInfo(name), data, how)
        made.append(packed.getvalue())
    return [*made, receipts()[1]]


def requests() -> list[bytes]:
    """Requests to a witness, and its answers."""
    new = AddCheckpoint.of(4, tree().consistency(4, 9), note(9)).encode()
    cosignature = note(9).encode().split(b"\n\n")[1].split(b"\n")[1] + b"\n"
    return [new, MINI["witness_request_4_to_7_utf8"].encode(), cosignature, b"17\n", b"witness.fork: two roots\n"]


def forks() -> list[bytes]:
    """Proofs that a log has shown two histories."""
    other = Tree()
    for number in range(12):
        other.append(sha256(b"other %d" % number).digest())

    def head(size: int) -> bytes:
        forked = Checkpoint(ORIGIN, size, other.root(size))
        return Note(forked.text, (sign(forked, LOG),)).encode()

    class Mirror:
        root, consistency = other.root, other.consistency

    same = compare(note(9).encode(), head(9), [LOG_KEY])
    apart = compare(note(5).encode(), head(9), [LOG_KEY], Mirror())
    return [one.evidence or b"" for one in (same, apart)]


def values() -> list[bytes]:
    """JSON texts, canonical and not."""
    good = [bytes.fromhex(one["canonical_hex"]) for one in VECTORS["jcs"]]
    return [
        *good,
        *(one["json"].encode() for one in VECTORS["jcs_must_refuse"]),
        b'{"\xf0\x9f\x98\x80":1,"\xef\xac\xb3":[]}',
    ]


def agreements() -> list[bytes]:
    """Agreement files, whole and in small parts, as large ones take long."""
    rich = (ROOT / "tests/data/rich.yaml").read_bytes().split(b"\n\n")
    small = b'format: quittance-agreement/1\nid: a\ntitle: "A \\u00e9 \\x41"\n'
    small += b"parties:\n  a: {name: A}\n  b: {name: B}\ncommitments: []\n"
    odd = b"%YAML 1.2\n---\nformat: quittance-agreement/1\nx-y: &a [1, *a, |\n  b\n]\n? !t k\n: >-\n  v\n"
    parts = [b"format: quittance-agreement/1\n" + part for part in rich[1:]]
    return [(ROOT / "tests/data/bridge.yaml").read_bytes(), *parts, small, odd]


def journals() -> list[bytes]:
    """Journals with entries of every kind."""
    common = '"at":"2020-01-01","known":"2020-01-02T06:00:00Z","by":"a"'
    more = {
        "perform": '"of":["c"],"persons":["P-1"],"breakdown":{"x":1},"n":1', "total": '"of":["c"],"n":4',
        "attest": '"ref":"e0","verdict":"verified"', "deny": '"of":["c"]', "event": '"name":"x"',
        "position": '"from":"2020-01-01","reads":{"c":{"owed":false}}', "exercise": '"power":"p","until":"2020-03-01"',
        "choice": '"persons":["P-1"],"of":["c"],"choice":"return"', "list_give": '"list":"l","persons":["P-1"]',
        "supersede": '"of":["c"],"by_instrument":"i","replaced_by":["d"]', "classify": '"person":"P-1","as":"x"',
    }  # fmt: skip
    lines = ['{"format":"quittance-journal/1","agreement":"a"}']
    lines += [f'{{"kind":"{kind}","id":"e{at}",{common},{body}}}' for at, (kind, body) in enumerate(more.items())]
    return ["\n".join(lines).encode(), (ROOT / "tests/data/bridge.journal.jsonl").read_bytes()]


@cache
def signers() -> tuple[SeedSigner, ...]:
    """Every key that signs in `story` and `strict_story`."""
    names = (*OFFICES, "operator", "operator-2", "operator-3", "guarantor", "holding-2", "medical-2", "neutral-2")
    return tuple(map(signer, names))


def grown(seed: bytes, size: int) -> list[bytes]:
    """`seed` blown up to `size` bytes in several ways: what takes long only when it is large."""
    lines = seed.split(b"\n")
    units = [b"\n", b" ", b"[", b'{"a":', b'"', b"a", b"A", b"-", b"\xe2\x80\x94 a AAAA\n", b"=", b"0", b"a: 1\n", b"{"]
    units += [b"\\", b"PK\x01\x02"]
    units += [lines[len(lines) // 2] + b"\n", encode64(seed[:60]).encode() + b"\n"]
    half = len(seed) // 2
    return [
        start + unit * ((size - len(seed)) // len(unit)) + end
        for unit in units
        for start, end in ((b"", b""), (seed, b""), (seed[:half], seed[half:]))
    ]


def tables() -> list[bytes]:
    """A list of invented people in the forms that lists come in."""
    rows = (
        ("شماره", "نام", "نام پدر", "سال تولد", "ولایت", "ملاحظات"),
        ("1", "گلاب مثال", "چمن", "1366", "هلمند", "=1+1"),
        ("2", "زرین نمونه", "بهار", "۱۳۷۰/۵/۱۲", "بلخ", "+93"),
    )
    plain = [["no", "name", "father", "age"], ["1", "Gulab Example", "Chaman", "35"], ["2", "Zarin Sample", "", "40"]]
    text = write_csv(rows, people=False).decode()
    latin = write_csv(plain, people=False)
    people = "<si><t>no</t></si><si><t>name</t></si><si><r><t>Gulab</t></r><r><t> X</t></r></si>"
    sheet = (
        '<worksheet><sheetViews><sheetView rightToLeft="1"/></sheetViews><sheetData><row r="2">'
        '<c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row><row r="3"><c r="A3" s="1"><v>7</v></c>'
        '<c r="B3" t="s"><v>2</v></c><c r="C3"><f>1+1</f><v>2</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
    )
    book = '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>'
    links = '<Relationships><Relationship Id="r1" Type="/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="000"/></numFmts><cellXfs><xf/><xf numFmtId="170"/>'
    )
    content = (
        '<o:d xmlns:o="o" xmlns:t="t" xmlns:x="x"><t:table t:name="a"><t:table-row><t:table-cell><x:p>name</x:p>'
        '</t:table-cell></t:table-row><t:table-row t:number-rows-repeated="2"><t:table-cell o:value-type="string">'
        "<x:p>Gulab<x:s/>X</x:p></t:table-cell></t:table-row></t:table></o:d>"
    )
    parts = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": links, "xl/worksheets/sheet1.xml": sheet}
    parts |= {"xl/sharedStrings.xml": f"<sst>{people}</sst>", "xl/styles.xml": styles + "</cellXfs></styleSheet>"}
    return [
        latin,
        write_csv(rows),
        text.replace(",", ";").encode("utf-16"),
        text.replace("ی", "ي").encode("windows-1256", "replace"),
        *(write_xlsx([Sheet("a", rows, right_to_left=True)]), packed(parts), packed({"content.xml": content})),
    ]


def packed(parts: dict[str, str]) -> bytes:
    """A zip archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def dates() -> list[bytes]:
    """Births as lists write them."""
    texts = (
        "1963/1965|1970~",
        "SH1366",
        "۱۵ حمل ۱۳۶۶",
        "age:35@2020-03-10",
        "né le 12 mai 1985",
        "1366 هـ ش",
        "12.05.1985",
    )
    return [text.encode() for text in (*texts, "12.05.1985", "between 1963 and 1968", "Helmand, Sangin", "1366/1987")]


def places() -> list[bytes]:
    """Files of places."""
    rows = [{"id": "a", "names": ["x"], "neighbours": ["b"]}, {"id": "b", "names": ["y"]}]
    rows.append({"id": "c", "names": ["z"], "within": "a"})
    return [json.dumps({"format": "quittance-places/1", "places": rows}).encode()]
