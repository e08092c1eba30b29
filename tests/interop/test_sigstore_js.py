"""@sigstore/verify accepts our receipts as entries of a log, and refuses them after a change of any byte that it reads.

It reads more loosely than the formats in two places, which are named in LOOSE. Our own reader refuses both.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.interop.claims import BASE64, NAME, Claim, wrong
from tests.interop.logs import PublishedLog

if TYPE_CHECKING:
    from tests.interop.conftest import Judge

MUTATIONS = 200
PARTS = ("leaf", "index", "hashes", "note")
"""What the library reads of an entry; of the checkpoint only as far as the log's own signature.
It takes size and root from the checkpoint, so the numbers beside it are not read."""
LOOSE = {
    NAME: "it is searched in the log's address as a regular expression, so a full stop or an empty alternative fits",
    BASE64: "Node's decoder takes both alphabets, skips other characters and ignores the unused bits",
}


def test_every_receipt_is_accepted(log: PublishedLog, sigstore_js: Judge):
    """Inclusion and checkpoint of every receipt are in order."""
    answers = sigstore_js(log, map(Claim.of, log.receipts))
    assert answers == ["accepted"] * len(log.receipts)


def test_every_changed_byte_is_refused(log: PublishedLog, sigstore_js: Judge):
    """200 times one bit, byte or digit in what the library reads: refused, or one of the loose readings named above."""
    random = Random(20200229)
    pairs = []
    for number in range(MUTATIONS):
        claim = Claim.of(random.choice(log.receipts))
        part = random.choice(PARTS[:-1]) if number % 2 and claim.hashes else "note"
        pairs.append((claim, claim.changed(part, random)))
    answers = sigstore_js(log, [changed for _, changed in pairs])
    accepted = [pair for pair, answer in zip(pairs, answers, strict=True) if answer == "accepted"]
    assert [changed for claim, changed in accepted if claim.same_content(changed) not in LOOSE] == []
    assert len(accepted) < MUTATIONS // 4


def test_true_pieces_put_together_wrongly_are_refused(log: PublishedLog, sigstore_js: Judge):
    """Another leaf, index, path, checkpoint or signature."""
    names, claims = zip(*wrong(log), strict=True)
    answers = sigstore_js(log, claims)
    assert [name for name, answer in zip(names, answers, strict=True) if not answer.startswith("refused: ")] == []


def test_what_is_read_loosely(log: PublishedLog, sigstore_js: Judge):
    """The loose readings are real: these changes pass. A stricter library fails here, and the list grows shorter."""
    claim = Claim.of(log.receipts[0])
    answers = sigstore_js(log, [claim.renamed(), claim.respelled()])
    assert answers == ["accepted", "accepted"]
