"""The Merkle tree of RFC 6962, section 2.1: hashes, roots at any size, and proofs that anybody can check.

A leaf is hashed with the prefix 0x00 and an inner node with 0x01, so that neither can pass for the other. The left
subtree of n > 1 leaves has the largest power of two of leaves that is smaller than n. All hashes are 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from struct import iter_unpack

from quittance.errors import RecordError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""


class ProofError(RecordError):
    """A proof does not lead to the root it was given for: the entry or the history is not the one claimed."""

    code = "proof.invalid"


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node over two hashes."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """An append-only tree in memory that keeps every complete subtree, about 64 bytes for each leaf.

    A thread may read at sizes up to `size` while another appends: a hash is never changed, and `size` grows last.
    """

    __slots__ = ("_levels", "_size")

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        # _levels[k] holds, end to end, the hashes of all complete subtrees of 2^k leaves.
        self._levels = [bytearray()]
        self._size = 0
        self.extend(hashes)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def append(self, hash_of_leaf: bytes) -> None:
        """Add one leaf, given by its leaf hash."""
        index, value, height = self._size, hash_of_leaf, 0
        level = self._levels[0]
        level += value
        while index & 1:
            value = sha256(b"\x01" + level[-2 * HASH_BYTES :]).digest()
            index >>= 1
            height += 1
            if height == len(self._levels):
                self._levels.append(bytearray())
            level = self._levels[height]
            level += value
        self._size += 1

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Add leaves in order, given by their leaf hashes: level by level, which costs the least for many leaves."""
        level = self._levels[0]
        level += b"".join(hashes)
        size, height = len(level) // HASH_BYTES, 1
        while size >> height:
            if height == len(self._levels):
                self._levels.append(bytearray())
            below, level = level, self._levels[height]
            pairs = below[2 * len(level) : 2 * HASH_BYTES * (size >> height)]
            if not pairs:
                break
            level += b"".join([sha256(b"\x01" + pair).digest() for (pair,) in iter_unpack("64s", pairs)])
            height += 1
        self._size = size

    def root(self, size: int | None = None) -> bytes:
        """The root at `size` leaves, by default at all of them; raises `RecordError` for a size not yet reached."""
        size = self._size if size is None else size
        self._check_size(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def root_after(self, hashes: Iterable[bytes]) -> bytes:
        """The root the tree would have with these leaf hashes added; the tree itself stays as it is."""
        size = self._size
        peaks = [self._node(k, (size >> k) - 1) for k in reversed(range(size.bit_length())) if size >> k & 1]
        for value in hashes:
            index = size
            while index & 1:
                value = node_hash(peaks.pop(), value)
                index >>= 1
            peaks.append(value)
            size += 1
        if not peaks:
            return EMPTY_ROOT
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root

    def leaf_hashes(self, start: int, stop: int) -> bytes:
        """The hashes of the leaves from `start` up to before `stop`, end to end."""
        return bytes(self._levels[0][start * HASH_BYTES : stop * HASH_BYTES])

    def subtrees(self, height: int, first: int, count: int) -> bytes:
        """The hashes of `count` complete subtrees of 2^height leaves from the number `first` on, end to end."""
        return bytes(self._levels[height][first * HASH_BYTES : (first + count) * HASH_BYTES])

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The audit path of leaf `index` in the tree of `size` leaves, lowest first (RFC 6962, 2.1.1)."""
        size = self._size if size is None else size
        self._check_size(size)
        if not 0 <= index < size:
            raise RecordError(f"Entry {index} is not in a record of {size} entries.", code="record.range")
        proof = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _left_width(high - low)
            if index < middle:
                proof.append(self._range(middle, high))
                high = middle
            else:
                proof.append(self._range(low, middle))
                low = middle
        return tuple(reversed(proof))

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The proof that the first `old` of `new` leaves are kept (RFC 6962, 2.1.2); empty if `old` is 0 or `new`."""
        new = self._size if new is None else new
        self._check_size(new)
        if not 0 <= old <= new:
            raise RecordError(f"Size {old} does not come before size {new}.", code="record.range")
        if old == 0:
            return ()
        proof = []
        low, high = 0, new
        while high != old:
            middle = low + _left_width(high - low)
            if old <= middle:
                proof.append(self._range(middle, high))
                high = middle
            else:
                proof.append(self._range(low, middle))
                low = middle
        if low:  # with low = 0 the verifier holds this hash already: it is the old root
            proof.append(self._range(low, high))
        return tuple(reversed(proof))

    def _check_size(self, size: int) -> None:
        if not 0 <= size <= self._size:
            raise RecordError(f"The record has {self._size} entries; size {size} is not reached.", code="record.range")

    def _node(self, height: int, index: int) -> bytes:
        return bytes(self._levels[height][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def _range(self, low: int, high: int) -> bytes:
        """The hash over leaves low..high-1, where `low` is a multiple of a power of two not below the width."""
        root = b""
        width, height = high - low, 0
        while width:
            if width & 1:
                node = self._node(height, (high >> height) - 1)
                root = node_hash(node, root) if root else node
            width >>= 1
            height += 1
        return root


def verify_inclusion(root: bytes, size: int, index: int, hash_of_leaf: bytes, proof: Sequence[bytes]) -> None:
    """Return if the proof shows the leaf at `index` under `root` of `size` leaves (RFC 9162, 2.1.3.2).

    Raises `ProofError` (`proof.inclusion`) otherwise, also for a proof that is too short or too long.
    """
    if not 0 <= index < size:
        raise ProofError(f"Entry {index} cannot be in a record of {size} entries.", code="proof.inclusion")
    if any(len(one) != HASH_BYTES for one in (root, hash_of_leaf, *proof)):
        raise ProofError(f"The proof for entry {index} holds what is no hash of 32 bytes.", code="proof.inclusion")
    here, last, value = index, size - 1, hash_of_leaf
    for sibling in proof:
        if last == 0:
            raise ProofError(f"The proof for entry {index} at size {size} is too long.", code="proof.inclusion")
        if here & 1 or here == last:
            value = node_hash(sibling, value)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        here, last = here >> 1, last >> 1
    if last or value != root:
        raise ProofError(
            f"Entry {index} is not under the root given for {size} entries: entry, proof or root was changed.",
            code="proof.inclusion",
        )


def verify_consistency(old_root: bytes, old: int, new_root: bytes, new: int, proof: Sequence[bytes]) -> None:
    """Return if the proof shows that the tree of `old` leaves is the beginning of that of `new` (RFC 9162, 2.1.4.2).

    Raises `ProofError` (`proof.consistency`) otherwise: one of the two is another history.
    """
    refused = ProofError(
        f"The record of {new} entries does not continue that of {old}: one of them is another history. Keep both.",
        code="proof.consistency",
    )
    # Hashes of other lengths could be cut elsewhere between left and right, and lead from another root to a true one.
    if not 0 <= old <= new or any(len(one) != HASH_BYTES for one in (old_root, new_root, *proof)):
        raise refused
    if old in (0, new):
        if proof or (old == 0 and old_root != EMPTY_ROOT) or (old == new and old_root != new_root):
            raise refused
        return
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise refused
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise refused
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        here, last = here >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise refused


def _left_width(width: int) -> int:
    """The largest power of two that is smaller than `width`, which is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)
