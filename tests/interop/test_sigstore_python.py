"""sigstore-python accepts our receipts as entries of a log, and refuses them after a change of any byte that it reads.

It reads more loosely than the formats in three places, which are named in LOOSE. Our own reader refuses the first two;
the third is no part of a receipt.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from tests.interop.claims import BASE64, NAME, SIZE, Claim, wrong
from tests.interop.logs import PublishedLog

if TYPE_CHECKING:
    from tests.interop.conftest import Judge

MUTATIONS = 200
PARTS = ("leaf", "index", "size", "root", "hashes", "note")
"""What the library reads of an entry; of the checkpoint only as far as the log's own signature."""
LOOSE = {
    NAME: "it looks a signature up by key id alone",
    BASE64: "Python's decoder ignores the unused bits behind the last byte",
    SIZE: "it is compared with the length of the path, never with the size that the log signed",
}


def test_every_receipt_is_accepted(log: PublishedLog, sigstore_python: Judge):
    """Inclusion and checkpoint of every receipt are in order."""
    answers = sigstore_python(log, map(Claim.of, log.receipts))
    assert answers == ["accepted"] * len(log.receipts)


def test_every_changed_byte_is_refused(log: PublishedLog, sigstore_python: Judge):
    """200 times one bit, byte or digit in what the library reads: refused, or one of the loose readings named above."""
    random = Random(20200229)
    pairs = []
    for number in range(MUTATIONS):
        claim = Claim.of(random.choice(log.receipts))
        part = random.choice(PARTS[:-1]) if number % 2 and claim.hashes else "note"
        pairs.append((claim, claim.changed(part, random)))
    answers = sigstore_python(log, [changed for _, changed in pairs])
    accepted = [pair for pair, answer in zip(pairs, answers, strict=True) if answer == "accepted"]
    assert [changed for claim, changed in accepted if claim.same_content(changed) not in LOOSE] == []
    assert len(accepted) < MUTATIONS // 4


def test_true_pieces_put_together_wrongly_are_refused(log: PublishedLog, sigstore_python: Judge):
    """Another leaf, index, path, checkpoint or signature."""
    names, claims = zip(*wrong(log), strict=True)
    answers = sigstore_python(log, claims)
    assert [name for name, answer in zip(names, answers, strict=True) if not answer.startswith("refused: ")] == []


def test_what_is_read_loosely(log: PublishedLog, sigstore_python: Judge):
    """The loose readings are real: these changes pass. A stricter library fails here, and the list grows shorter."""
    claim = Claim.of(log.receipts[0])
    sizes = [size for size in range(claim.index + 1, 2 * claim.size) if size != claim.size]
    answers = sigstore_python(log, [claim.renamed(), claim.respelled(), *(replace(claim, size=size) for size in sizes)])
    assert answers[:2] == ["accepted", "accepted"]
    assert "accepted" in answers[2:]
