"""Published logs for tests: unsigned leaves by number, keys of log and witnesses, and all files held against a store.

The keys' seeds are public. The stores that take unsigned leaves are in `tests.stores`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from quittance.files.publish import Publisher
from quittance.files.published import head_in
from quittance.record import Leaf, Statement
from quittance.record.checkpoint import Checkpoint, cosign
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, ED25519, Note, NoteSignature, VerifierKey, format_signature
from quittance.record.policy import Policies
from quittance.record.store import Store
from quittance.record.tiles import Tile, bundle_path, encode_bundle, tile_bytes

ORIGIN = "quittance.example/test-2020/case"
SIGNER = SeedSigner(b"\x01" * 32)
OTHER_SIGNER = SeedSigner(b"\x02" * 32)
KEY = VerifierKey(ORIGIN, ED25519, SIGNER.public)
WITNESSES = {name: SeedSigner(bytes([seed]) * 32) for name, seed in (("a.example/w", 3), ("b.example/w", 4))}
TIME = 1_586_326_200


def policy_text(quorum: str = "any") -> bytes:
    lines = [f"log {KEY}"]
    for number, (name, signer) in enumerate(WITNESSES.items()):
        lines.append(f"witness w{number} {VerifierKey(name, COSIGNATURE, signer.public)}")
    return "\n".join([*lines, f"group both {quorum} w0 w1", "quorum both", ""]).encode()


POLICY = {"joint": policy_text("all"), "recorded": policy_text("any")}
POLICIES = Policies.of_texts(POLICY)


@lru_cache(None)
def leaf(number: int) -> Leaf:
    """An unsigned leaf; leaves of different numbers have different lengths."""
    body = {"count": number, "note": "x" * (number % 7 * 40)}
    said = Statement("count.asserted", "test-2020", ORIGIN, f"{number:032x}", "2020-04-08T06:00:00Z", body)
    return Leaf(said, "2020-04-08T06:00:01Z")


def grow(store: Store, count: int, first: int | None = None) -> None:
    """Append leaves, numbered by their places unless `first` says otherwise."""
    head = store.head()
    start = head.size if first is None else first
    store.append([leaf(number) for number in range(start, start + count)], head)


def publisher(store: Store, folder: Path, policies: Policies | None = POLICIES) -> Publisher:
    return Publisher(store, folder, SIGNER, policies)


def cosignature(note: bytes, name: str, time: int = TIME) -> NoteSignature:
    """What a witness that asks nothing would sign."""
    return cosign(Checkpoint.parse(Note.parse(note).text), name, WITNESSES[name], time)


def answer(note: bytes, *names: str, time: int = TIME) -> bytes:
    """The lines that witnesses answer with."""
    return "".join(f"{format_signature(cosignature(note, name, time))}\n" for name in names).encode()


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def expected_files(store: Store, *sizes: int) -> dict[str, bytes]:
    """Tiles and bundles of a log that was published at each of these sizes, by the definition of tlog-tiles."""
    tree, leaves, files = store.tree(), list(store.read()), {}
    for size in sizes:
        level = 0
        while count := size >> 8 * level:
            for n in range(-(-count // 256)):
                width = min(256, count - 256 * n)
                files[Tile(level, n, width).path] = tile_bytes(tree, Tile(level, n, width))
                if level == 0:
                    files[bundle_path(n, width)] = encode_bundle(leaves[n * 256 : n * 256 + width])
            level += 1
    return files


def require_published(store: Store, folder: Path) -> None:
    """Assert that every file under `tile/` holds what the store holds, and every note a root of its tree.

    The shown checkpoint is the signed one, and the files for it are all there.
    """
    files, tree, leaves = files_of(folder), store.tree(), list(store.read())
    for path, data in files.items():
        if path.startswith("tile/"):
            _, level, *number = path.split("/")
            width = 256
            if number[-2:-1] and number[-2].endswith(".p"):
                width = int(number.pop())
                number[-1] = number[-1].removesuffix(".p")
            n = int("".join(part[-3:] for part in number))
            if level == "entries":
                assert data == encode_bundle(leaves[n * 256 : n * 256 + width]), path
                assert n * 256 + width <= len(leaves), path
            else:
                assert data == tile_bytes(tree, Tile(int(level), n, width)), path
        elif path.startswith("notes/"):
            head = head_in(data)
            assert (str(head.size), head.root) == (path.removeprefix("notes/"), tree.root(head.size))
    note = store.checkpoint()
    assert note == files["checkpoint"] == files[f"notes/{head_in(note).size}"]
    assert expected_files(store, head_in(note).size).items() <= files.items()
    assert not [path for path in files if path.endswith(".new")]
