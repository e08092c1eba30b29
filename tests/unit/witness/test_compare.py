"""Two checkpoints side by side: the four outcomes, and a proof that others can check and nobody can forge."""

from __future__ import annotations

import pytest
from tests.unit.witness.logs import LOG_KEY, ORIGIN, OTHER_7, REQUEST_4_TO_7, Log

from quittance.errors import QuittanceError, RecordError
from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner
from quittance.record.note import NoteError, VerifierKey
from quittance.record.tree import Tree
from quittance.witness.compare import FIRST_LINE, CompareError, check_evidence, compare

KEYS = [LOG_KEY]
SEVEN = REQUEST_4_TO_7.split(b"\n\n", 1)[1]


def outcome(one, other, mirror=None):
    """The outcome, which must be the same whichever note comes first."""
    found = [compare(*pair, KEYS, mirror) for pair in ((one, other), (other, one))]
    assert found[0].outcome == found[1].outcome
    assert found[0].smaller.size <= found[0].larger.size
    return found[0].outcome


def test_the_four_outcomes(log):
    """Same, continued, not known without the tree, and forked at equal and unequal sizes."""
    at = lambda some, size: some.note(size).encode()  # noqa: E731
    fork = log.fork(3)
    assert outcome(at(log, 7), at(log, 7)) == "same"
    assert outcome(at(log, 4), at(log, 7)) == "unproven"
    assert outcome(at(log, 4), at(log, 7), log.tree) == "extends"
    assert outcome(at(log, 3), at(fork, 7), fork.tree) == "extends"
    assert outcome(at(log, 4), at(fork, 7), fork.tree) == "fork"
    assert outcome(at(log, 7), at(fork, 7)) == "fork"
    assert outcome(at(log, 0), at(log, 7)) == "extends"
    assert outcome(at(log, 0), at(log, 7), log.tree) == "extends"


def test_the_reference_fork_is_a_fork():
    """The pair of real notes of one size is recognised, and its proof checks."""
    found = compare(SEVEN, OTHER_7, KEYS)
    assert (found.outcome, found.evidence) == ("fork", b"quittance-fork/1\n\n" + SEVEN + b"\n" + OTHER_7)
    assert check_evidence(found.evidence, KEYS).evidence == found.evidence


@pytest.mark.parametrize(("small", "large"), [(a, b) for a in range(1, 10) for b in range(a, 10)])
def test_every_proof_checks_with_nothing_but_the_logs_key(log, small, large):
    """For each pair of sizes above the fork, powers of two among them, the file alone convinces."""
    fork = log.fork(0)
    found = compare(log.note(small).encode(), fork.note(large).encode(), KEYS, fork.tree)
    checked = check_evidence(found.evidence, KEYS)
    assert (checked.outcome, {checked.smaller, checked.larger}) == (
        "fork",
        {log.checkpoint(small), fork.checkpoint(large)},
    )


def test_a_damaged_mirror_raises_no_false_alarm(log):
    """If the tree at hand is not that of the larger note, nothing is said about the log."""
    wrong = Tree([b"x" * 32, *(log.tree.leaf_hashes(n, n + 1) for n in range(1, 10))])
    for mirror in (wrong, log.fork(8).tree):
        with pytest.raises(RecordError) as caught:
            compare(log.note(4).encode(), log.note(10).encode(), KEYS, mirror)
        assert caught.value.code == "compare.mirror"


def test_notes_must_be_signed_by_the_log_and_of_one_log(log):
    """A forged note is no evidence, and two logs cannot fork from each other."""
    forged = Log(log.words, ORIGIN, SeedSigner(b"\x09" * 32)).fork(2)
    with pytest.raises(NoteError):
        compare(log.note().encode(), forged.note().encode(), KEYS)
    other = Log(log.words, "quittance.example/doha-2020/public", SeedSigner(b"\x08" * 32))
    keys = [*KEYS, VerifierKey(other.origin, 1, other.signer.public)]
    with pytest.raises(CompareError) as caught:
        compare(log.note().encode(), other.note().encode(), keys)
    assert caught.value.code == "compare.other_log"


def test_honest_notes_are_never_a_proof(log):
    """No file can be put together from two notes of one history: not with true, swapped, doubled or missing hashes."""
    small, large = log.note(4).encode(), log.note(7).encode()
    evidence = compare(log.fork(2).note(4).encode(), large, KEYS, log.tree).evidence
    lines = evidence.split(b"\n\n")[0].split(b"\n")
    other = compare(log.fork(2).note(5).encode(), large, KEYS, log.tree).evidence.split(b"\n\n")[0].split(b"\n")
    heads = [lines, lines[:1], lines[:2], [*lines, lines[-1]], [lines[0], *lines[:0:-1]], other, [lines[0], *lines[2:]]]
    for head in heads:
        for pair in ((small, large), (large, small), (small, small), (large, large)):
            with pytest.raises(CompareError):
                check_evidence(b"\n".join(head) + b"\n\n" + pair[0] + b"\n" + pair[1], KEYS)


def test_the_border_between_two_hashes_cannot_be_moved(log):
    """Hashes of odd lengths could spell another beginning that hashes to the same node; only 32 bytes are a hash."""
    (sibling,) = log.tree.consistency(4, 8)
    root = log.tree.root(4)
    forged = (FIRST_LINE, encode64(root[:31]), encode64(root[31:] + sibling), "", "")
    notes = log.note(4).encode() + b"\n" + log.note(8).encode()
    with pytest.raises(CompareError, match="another beginning"):
        check_evidence("\n".join(forged).encode() + notes, KEYS)


def test_a_proof_of_equal_sizes_carries_no_hashes(log):
    """One proof has one spelling."""
    evidence = compare(log.note(7).encode(), log.fork(2).note(7).encode(), KEYS).evidence
    line = FIRST_LINE.encode() + b"\n"
    with pytest.raises(CompareError):
        check_evidence(evidence.replace(line, line + encode64(b"x" * 32).encode() + b"\n"), KEYS)


def test_a_changed_proof_is_refused(log):
    """One changed byte anywhere in a proof is refused, with the library's own errors."""
    fork = log.fork(2)
    evidence = compare(log.note(5).encode(), fork.note(9).encode(), KEYS, fork.tree).evidence
    assert check_evidence(evidence, KEYS).outcome == "fork"
    for place in range(len(evidence)):
        changed = bytearray(evidence)
        changed[place] ^= 1
        with pytest.raises(QuittanceError):
            check_evidence(bytes(changed), KEYS)
    for cut in (0, 10, len(evidence) // 2, len(evidence) - 1):
        with pytest.raises(QuittanceError):
            check_evidence(evidence[:cut], KEYS)


def test_more_cosignatures_do_not_make_another_history(log):
    """Two notes of one head with different signature lines are the same."""
    note = log.note()
    assert outcome(note.encode(), note.with_signatures([note.signatures[0]]).encode()) == "same"
