"""The tree against the definition of RFC 6962, the reference vectors, and every forged proof within reach."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.errors import RecordError
from quittance.record.tree import (
    EMPTY_ROOT,
    ProofError,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

SIZES = 70


def mth(leaves: list[bytes]) -> bytes:
    """The Merkle Tree Hash, word for word from RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = max(2**e for e in range(len(leaves)) if 2**e < len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def generated(size: int) -> list[bytes]:
    return [b"quittance test leaf %d" % index for index in range(size)]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(map(leaf_hash, generated(SIZES)))


def test_roots_at_every_size_follow_the_definition(tree):
    """The root at each earlier size is the hash that the definition gives for that many leaves."""
    for size in range(SIZES + 1):
        assert mth(generated(size)) == tree.root(size)


def test_the_root_after_more_leaves_is_known_before_they_are_added():
    """`root_after` equals the root once the leaves are in, and changes nothing."""
    hashes = [leaf_hash(data) for data in generated(40)]
    for size in range(20):
        tree = Tree(hashes[:size])
        for more in range(20):
            assert mth(generated(size + more)) == tree.root_after(hashes[size : size + more])
        assert size == tree.size
        assert mth(generated(size)) == tree.root()


def test_leaves_added_at_once_give_the_tree_of_leaves_added_one_by_one(tree):
    """However many leaves are there and however many are added at once, the same subtrees are kept."""
    hashes = [leaf_hash(data) for data in generated(40)]
    single = Tree()
    for value in hashes:
        single.append(value)
    for first in range(40):
        for second in range(first, 40):
            bulk = Tree(hashes[:first])
            bulk.extend(iter(hashes[first:second]))
            assert second == bulk.size
            bulk.append(hashes[second])
            assert all(single.root(size) == bulk.root(size) for size in range(second + 2))


def test_inclusion_proofs_verify_at_every_size(tree):
    """Every leaf of every size has a proof that leads to the root."""
    for size in range(1, SIZES + 1):
        for index in range(size):
            leaf = leaf_hash(b"quittance test leaf %d" % index)
            verify_inclusion(tree.root(size), size, index, leaf, tree.inclusion(index, size))


def test_consistency_proofs_verify_between_all_sizes(tree):
    """Every earlier size has a proof that the later one continues it."""
    for new in range(SIZES + 1):
        for old in range(new + 1):
            verify_consistency(tree.root(old), old, tree.root(new), new, tree.consistency(old, new))


@given(st.data())
def test_a_changed_inclusion_proof_is_refused(data):
    """Another leaf, index, size, root, a changed, missing or added hash: each is refused."""
    size = data.draw(st.integers(1, SIZES))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(map(leaf_hash, generated(size)))
    leaf, proof, root = leaf_hash(generated(size)[index]), list(tree.inclusion(index)), tree.root()
    forged = [
        (root, size, index, leaf_hash(b"another"), proof),
        (leaf_hash(b"another"), size, index, leaf, proof),
        (root, size, size, leaf, proof),
        (root, size, -1, leaf, proof),
        (root, size, index, leaf, [*proof, EMPTY_ROOT]),
    ]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        forged += [
            (root, size, index, leaf, proof[:at] + proof[at + 1 :]),
            (root, size, index, leaf, [*proof[:at], EMPTY_ROOT, *proof[at + 1 :]]),
            (root, size, (index + 1) % size, leaf, proof),
        ]
    for case in forged:
        with pytest.raises(ProofError) as caught:
            verify_inclusion(*case)
        assert caught.value.code == "proof.inclusion"


@given(st.data())
def test_a_changed_consistency_proof_is_refused(data):
    """Other roots, a size that goes back, a changed, missing or added hash: each is refused."""
    new = data.draw(st.integers(1, SIZES))
    old = data.draw(st.integers(0, new))
    tree = Tree(map(leaf_hash, generated(new)))
    proof, first, last, other = list(tree.consistency(old)), tree.root(old), tree.root(), leaf_hash(b"another")
    forged = [
        (other, old, last, new, proof),
        (first, old, last, new, [*proof, EMPTY_ROOT]),
        (first, new + 1, last, new, proof),
        (first, -1, last, new, proof),
    ]
    if old:
        forged.append((first, old, other, new, proof))
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        forged += [
            (first, old, last, new, proof[:at] + proof[at + 1 :]),
            (first, old, last, new, [*proof[:at], other, *proof[at + 1 :]]),
            (first, old, last, new, []),
        ]
    for case in forged:
        with pytest.raises(ProofError) as caught:
            verify_consistency(*case)
        assert caught.value.code == "proof.consistency"


@pytest.mark.parametrize(
    ("index", "size", "claimed_index", "claimed_size"), [(3, 4, 1, 2), (1, 2, 0, 1), (0, 4, 0, 8), (0, 1, 1, 2)]
)
def test_an_inclusion_proof_fits_only_its_own_shape(tree, index, size, claimed_index, claimed_size):
    """A sound proof is too long or too short for another place and size, although its hashes lead to the root."""
    leaf = leaf_hash(generated(SIZES)[index])
    with pytest.raises(ProofError):
        verify_inclusion(tree.root(size), claimed_size, claimed_index, leaf, tree.inclusion(index, size))


@pytest.mark.parametrize(("old", "new", "claimed_old", "claimed_new"), [(7, 8, 6, 8), (7, 8, 3, 4), (1, 1, 1, 2)])
def test_a_consistency_proof_fits_only_its_own_shape(tree, old, new, claimed_old, claimed_new):
    """A sound proof is too long or too short for other sizes, although its hashes lead to both roots."""
    with pytest.raises(ProofError):
        verify_consistency(tree.root(old), claimed_old, tree.root(new), claimed_new, tree.consistency(old, new))


def test_a_fork_is_refused(tree):
    """A record that shares only its first leaves with the old one does not continue it."""
    fork = Tree(map(leaf_hash, [*generated(30), b"forged", *generated(SIZES)[31:]]))
    with pytest.raises(ProofError):
        verify_consistency(tree.root(40), 40, fork.root(), SIZES, fork.consistency(40))


def test_an_inner_node_does_not_pass_for_a_leaf(tree):
    """The hash of a node under the leaf prefix is another hash than the node's own."""
    left, right = leaf_hash(generated(2)[0]), leaf_hash(generated(2)[1])
    assert node_hash(left, right) == tree.root(2)
    assert leaf_hash(left + right) != tree.root(2)


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: tree.root(SIZES + 1),
        lambda tree: tree.root(-1),
        lambda tree: tree.inclusion(SIZES),
        lambda tree: tree.inclusion(5, 5),
        lambda tree: tree.inclusion(-1),
        lambda tree: tree.inclusion(0, SIZES + 1),
        lambda tree: tree.consistency(6, 5),
        lambda tree: tree.consistency(0, SIZES + 1),
    ],
)
def test_sizes_not_reached_are_refused(tree, ask):
    """A question about a size or leaf that is not there raises `record.range`."""
    with pytest.raises(RecordError) as caught:
        ask(tree)
    assert caught.value.code == "record.range"


def test_leaf_hashes_lie_end_to_end(tree):
    """A run of leaf hashes comes out as one byte string, as a tile holds them."""
    assert b"".join(map(leaf_hash, generated(12)[4:])) == tree.leaf_hashes(4, 12)


def test_reference_roots_and_proofs_of_rfc6962(reference):
    """The well-known eight leaves give the published hashes, roots and proofs."""
    vectors = reference["rfc6962"]
    hashes = [leaf_hash(bytes.fromhex(data)) for data in vectors["leaves_hex"]]
    assert vectors["leaf_hash_hex"] == [value.hex() for value in hashes]
    tree = Tree(hashes)
    assert vectors["root_hex_by_size"] == {str(size): tree.root(size).hex() for size in range(9)}
    compare_proofs(tree, vectors)


def test_reference_roots_and_proofs_to_seventy_thousand(reference):
    """The generated log gives the reference roots at 20 sizes, and the reference proofs."""
    vectors = reference["generated_log"]
    tree = Tree(map(leaf_hash, generated(70_000)))
    sizes = vectors["root_hex_by_size"]
    assert sizes == {size: tree.root(int(size)).hex() for size in sizes}
    compare_proofs(tree, vectors)


def compare_proofs(tree: Tree, vectors) -> None:
    for case in vectors["inclusion"]:
        assert case["proof_hex"] == [value.hex() for value in tree.inclusion(case["index"], case["size"])]
    for case in vectors["consistency"]:
        assert case["proof_hex"] == [value.hex() for value in tree.consistency(case["old"], case["new"])]


def test_a_hash_of_another_length_proves_nothing():
    """Cut between left and right elsewhere, the same bytes would lead from another root to a true one."""
    tree = Tree(leaf_hash(b"%d" % number) for number in range(3))
    (left, right) = (tree.root(2), tree.leaf_hashes(2, 3))
    whole = left + right
    with pytest.raises(ProofError):
        verify_consistency(whole[:31], 2, tree.root(), 3, (whole[31:],))
    with pytest.raises(ProofError):
        verify_inclusion(tree.root(), 3, 2, whole[31:], (whole[:31],))
    verify_consistency(left, 2, tree.root(), 3, (right,))
