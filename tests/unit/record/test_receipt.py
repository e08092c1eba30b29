"""Receipts: one file, read to the letter, and checked step by step, each step with its own code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import RecordError
from quittance.record.checkpoint import MAX_SIZE, Checkpoint, cosign, sign
from quittance.record.entry import Leaf
from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.record.note import COSIGNATURE, ED25519, Note, NoteSignature, VerifierKey
from quittance.record.policy import Policies
from quittance.record.receipt import MAX_PROOF, Receipt, ReceiptError, check_receipt
from quittance.record.statement import Seen
from quittance.record.tree import Tree, leaf_hash

LOG, A, SPEAKER = (SeedSigner(bytes((number,)) * 32) for number in (1, 2, 3))
SIZE = 11


@pytest.fixture(scope="module")
def origin(statement) -> str:
    return statement(0).log


@pytest.fixture(scope="module")
def policies(origin) -> Policies:
    keys = (
        f"log {VerifierKey(origin, ED25519, LOG.public)}\nwitness a {VerifierKey('a.example', COSIGNATURE, A.public)}\n"
    )
    return Policies.of_texts({"recorded": f"{keys}quorum a\n".encode()})


@pytest.fixture(scope="module")
def leaves(statement) -> list[bytes]:
    said = [statement(number) for number in range(SIZE)]
    return [Leaf(one, "2020-04-08T06:00:01Z", sign_statement(one, SPEAKER, A)).data for one in said]


@pytest.fixture(scope="module")
def make(origin, leaves):
    """`make(4)` is the receipt of entry 4; further arguments replace leaves, origin or witnesses."""

    def build(index: int, held=leaves, log=origin, witnesses=(("a.example", A),)) -> Receipt:
        tree = Tree(map(leaf_hash, held))
        head = Checkpoint(log, tree.size, tree.root())
        lines = (sign(head, LOG), *(cosign(head, name, signer, 5) for name, signer in witnesses))
        return Receipt(index, held[index], tree.inclusion(index), Note(head.text, lines))

    return build


HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF).map(tuple)
NOTE = Note("text\n", (NoteSignature("a", b"1234", b"s"),))
RECEIPTS = st.builds(
    Receipt, st.integers(0, MAX_SIZE), st.none() | st.binary(min_size=1, max_size=99), HASHES, st.just(NOTE)
)


@given(RECEIPTS)
def test_a_receipt_reads_back(receipt):
    """Index, leaf, proof and note come back."""
    assert receipt == Receipt.parse(receipt.encode())


@given(RECEIPTS, st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3))
def test_whatever_is_read_was_the_only_spelling(receipt, at, put, taken):
    """A receipt that was changed anywhere is either malformed or prints again as it came."""
    data = receipt.encode()
    at %= len(data)
    changed = data[:at] + put + data[at + taken :]
    try:
        found = Receipt.parse(changed)
    except RecordError:
        return
    assert changed == found.encode()


HASH = encode64(b"h" * 32)
TAIL = NOTE.encode().decode()


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\n",
        "index 4\n",
        "c2sp.org/tlog-proof@v2\nindex 4\n",
        "c2sp.org/tlog-proof@v1 \nindex 4\n",
        "\nc2sp.org/tlog-proof@v1\nindex 4\n",
        "\ufeffc2sp.org/tlog-proof@v1\nindex 4\n",
        "c2sp.org/tlog-proof@v1\r\nindex 4\r\n",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nextra bGVhZg==\n",
        "c2sp.org/tlog-proof@v1\nextra \nindex 4\n",
        "c2sp.org/tlog-proof@v1\nextra\nindex 4\n",
        "c2sp.org/tlog-proof@v1\nextra bGVhZg=\nindex 4\n",
        "c2sp.org/tlog-proof@v1\nextra bGVhZg==\nextra bGVhZg==\nindex 4\n",
        "c2sp.org/tlog-proof@v1\nindex 4\nextra bGVhZg==\n",
        "c2sp.org/tlog-proof@v1\nindex 04\n",
        "c2sp.org/tlog-proof@v1\nindex -4\n",
        "c2sp.org/tlog-proof@v1\nindex 4 \n",
        "c2sp.org/tlog-proof@v1\nindex  4\n",
        "c2sp.org/tlog-proof@v1\nindex 四\n",
        f"c2sp.org/tlog-proof@v1\nindex {2**63}\n",
        f"c2sp.org/tlog-proof@v1\nindex {'9' * 5000}\n",
        f"c2sp.org/tlog-proof@v1\nindex 4\n{HASH[:-1]}\n",
        f"c2sp.org/tlog-proof@v1\nindex 4\n {HASH}\n",
        f"c2sp.org/tlog-proof@v1\nindex 4\n{HASH[:-2]}h=\n",
        f"c2sp.org/tlog-proof@v1\nindex 4\n{encode64(b'h' * 31)}\n",
        f"c2sp.org/tlog-proof@v1\nindex 4\n{HASH}\n" + f"{HASH}\n" * MAX_PROOF,
    ],
)
def test_any_other_head_is_refused(head):
    """Version, order of lines, numbers, base64 and lengths are read to the letter."""
    with pytest.raises(ReceiptError) as caught:
        Receipt.parse(f"{head}\n{TAIL}".encode())
    assert caught.value.code == "receipt.format"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "receipt.format"),
        (b"c2sp.org/tlog-proof@v1\nindex 4\na " + NOTE.encode(), "receipt.format"),
        (b"c2sp.org/tlog-proof@v1\nindex 4\n\n", "note.format"),
        (b"c2sp.org/tlog-proof@v1\nindex 4\n\n" + NOTE.encode()[:-1], "note.format"),
        (Receipt(4, b"x" * 1_500_000, (), NOTE).encode(), "receipt.format"),
    ],
)
def test_a_receipt_without_its_parts(data, code):
    """A missing separator, a missing or broken note, and a file too large are refused."""
    with pytest.raises(RecordError) as caught:
        Receipt.parse(data)
    assert code == caught.value.code


@pytest.mark.parametrize(
    "parts", [(-1, None, ()), (2**63, None, ()), (1, b"", ()), (1, None, (b"h" * 31,)), (1, None, (b"h" * 32,) * 64)]
)
def test_no_receipt_can_be_made_that_could_not_be_read(parts):
    """The same rules hold for one that is put together here."""
    with pytest.raises(ReceiptError):
        Receipt(*parts, NOTE)


def test_what_a_receipt_proves(make, policies, leaves, origin):
    """Every entry of a log has a receipt; it tells the entry, its place, the grade, and what was not checked."""
    for index in range(SIZE):
        receipt = Receipt.parse(make(index).encode())
        for wanted in (None, origin):
            checked = check_receipt(receipt, policies, wanted)
            assert leaves[index] == checked.entry.leaf.data
            assert index == checked.index
            assert checked.grade == "recorded"
            assert checked.opened.checkpoint.size == SIZE
            assert tuple(sorted((key_id(SPEAKER.public), key_id(A.public)))) == checked.signatures
            assert checked.not_checked == ("key_state", "duplicates")


def test_a_log_of_one_entry_needs_no_hashes(make, policies, leaves):
    """The proof of the only entry is empty, and the file has no line for it."""
    receipt = make(0, leaves[:1])
    assert receipt.proof == ()
    assert check_receipt(Receipt.parse(receipt.encode()), policies).index == 0


def test_without_cosignatures_the_grade_is_lower(make, policies):
    """The log's signature alone makes it `signed`."""
    assert check_receipt(make(4, witnesses=()), policies).grade == "signed"


def refused(receipt: Receipt, policies: Policies, origin: str | None = None) -> str:
    with pytest.raises(RecordError) as caught:
        check_receipt(receipt, policies, origin)
    return caught.value.code


def changed(receipt: Receipt, **parts) -> Receipt:
    return Receipt(
        **{"index": receipt.index, "leaf": receipt.leaf, "proof": receipt.proof, "note": receipt.note} | parts
    )


def test_every_step_refuses_with_its_code(make, policies, leaves, origin):
    """Note, signatures, origin, leaf, path: what fails is told."""
    good = make(4)
    log_line, cosignature = good.note.signatures
    swapped = NoteSignature(cosignature.name, cosignature.key_id, cosignature.signature[:8] + log_line.signature)
    assert refused(changed(good, note=NOTE), policies) == "note.checkpoint"
    assert refused(make(4, log="other.example/case"), policies) == "note.origin"
    assert refused(changed(good, note=Note(good.note.text, (cosignature,))), policies) == "note.log_signature"
    assert refused(changed(good, note=Note(good.note.text, (log_line, swapped))), policies) == "note.signature"
    assert refused(good, policies, "quittance.example/test-2020/public") == "receipt.origin"
    assert refused(changed(good, leaf=None), policies) == "receipt.no_leaf"
    for parts in (
        {"leaf": leaves[5]},
        {"leaf": leaves[4] + b" "},
        {"index": 5},
        {"index": 3},
        {"index": SIZE},
        {"index": MAX_SIZE},
        {"proof": good.proof[:-1]},
        {"proof": ()},
        {"proof": (*good.proof, bytes(32))},
        {"proof": (*good.proof[:-1], bytes(32))},
        {"proof": good.proof[::-1]},
    ):
        assert refused(changed(good, **parts), policies) == "proof.inclusion"


def test_a_log_that_accepted_what_it_should_not_have(make, policies, leaves, statement):
    """A malformed entry, one for another log, and one that saw the future are refused though they are in the tree."""

    def held(data: bytes) -> Receipt:
        return make(4, [*leaves[:4], data, *leaves[5:]])

    assert refused(held(b"{}"), policies) == "receipt.entry"
    assert refused(held(leaves[4].replace(b'"v":1}', b'"v":2}')), policies) == "receipt.entry"
    assert refused(held(b" " + leaves[4]), policies) == "receipt.entry"
    foreign = Leaf(statement(4, log="other.example/case"), "2020-04-08T06:00:01Z").data
    assert refused(held(foreign), policies) == "receipt.log"
    for size, code in ((5, "receipt.seen"), (SIZE, "receipt.seen"), (4, None)):
        data = Leaf(statement(4, seen=Seen(size, b"r" * 32, "0" * 64)), "2020-04-08T06:00:01Z").data
        if code is None:
            assert check_receipt(held(data), policies).index == 4
        else:
            assert code == refused(held(data), policies)
