"""The product's tree against pymerkle: the same roots at sizes 1 to 2000, and each accepts the other's audit paths.

Consistency proofs are not compared: pymerkle gives them a form of its own, not that of RFC 6962, 2.1.2.
"""

from __future__ import annotations

from random import Random

import pytest
from pymerkle import InmemoryTree, InvalidProof, verify_inclusion
from pymerkle.proof import InclusionProof

from quittance.record import tree as ours

SIZE = 2000
PROOFS = 300
LEAVES = [b"quittance test leaf %d" % index for index in range(SIZE)]


@pytest.fixture(scope="module")
def trees() -> tuple[ours.Tree, InmemoryTree]:
    """Both trees over the same leaves."""
    theirs = InmemoryTree(algorithm="sha256")
    theirs.append_entries(LEAVES)
    return ours.Tree(map(ours.leaf_hash, LEAVES)), theirs


def test_roots_are_equal(trees: tuple[ours.Tree, InmemoryTree]):
    """At every size from 1 to 2000."""
    mine, theirs = trees
    assert [mine.root(size) for size in range(1, SIZE + 1)] == [theirs.get_root(size) for size in range(1, SIZE + 1)]


def test_inclusion_proofs_are_equal_and_accepted(trees: tuple[ours.Tree, InmemoryTree]):
    """pymerkle counts leaves from 1 and puts the leaf's hash before the path; its rule says on which side each is."""
    mine, theirs = trees
    random = Random(20200229)
    for _ in range(PROOFS):
        size = random.randint(1, SIZE)
        index = random.randrange(size)
        leaf, root = ours.leaf_hash(LEAVES[index]), mine.root(size)
        proof = theirs.prove_inclusion(index + 1, size)
        path = mine.inclusion(index, size)
        assert proof.path == [leaf, *path]
        verify_inclusion(leaf, root, InclusionProof("sha256", True, size, index + 1, proof.rule, [leaf, *path]))
        ours.verify_inclusion(root, size, index, leaf, proof.path[1:])


def test_a_changed_path_is_refused_by_both(trees: tuple[ours.Tree, InmemoryTree]):
    """One changed hash in an inclusion proof."""
    mine, theirs = trees
    leaf, root = ours.leaf_hash(LEAVES[7]), mine.root()
    rule = theirs.prove_inclusion(8, SIZE).rule
    path = list(mine.inclusion(7))
    for at, value in enumerate(path):
        changed = [*path[:at], bytes([value[0] ^ 1]) + value[1:], *path[at + 1 :]]
        with pytest.raises(InvalidProof):
            verify_inclusion(leaf, root, InclusionProof("sha256", True, SIZE, 8, rule, [leaf, *changed]))
        with pytest.raises(ours.ProofError):
            ours.verify_inclusion(root, SIZE, 7, leaf, changed)
