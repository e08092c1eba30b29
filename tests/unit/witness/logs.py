"""Logs that grow and fork, the keys of the tests (their seeds are public), and a real pair of forked checkpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from quittance.record.checkpoint import Checkpoint, sign
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, ED25519, Note, VerifierKey
from quittance.record.tree import Tree
from quittance.witness.request import AddCheckpoint

ORIGIN = "quittance.example/doha-2020/case"
NAME = "party-a.example/witness"
LOG_SIGNER = SeedSigner(b"\x01" * 32)
SIGNER = SeedSigner(b"\x02" * 32)
LOG_KEY = VerifierKey(ORIGIN, ED25519, LOG_SIGNER.public)
KEY = VerifierKey(NAME, COSIGNATURE, SIGNER.public)
START = 1586326200


@dataclass
class Log:
    """A log: its leaf hashes are made from words, so that logs with a common beginning share its words."""

    words: list[str] = field(default_factory=list)
    origin: str = ORIGIN
    signer: SeedSigner = LOG_SIGNER

    def __post_init__(self) -> None:
        self.tree = Tree(sha256(word.encode()).digest() for word in self.words)

    def grow(self, count: int, word: str = "honest") -> Log:
        """Add entries."""
        for _ in range(count):
            self.words.append(f"{word}-{len(self.words)}")
            self.tree.append(sha256(self.words[-1].encode()).digest())
        return self

    def fork(self, at: int, word: str = "other") -> Log:
        """A second history with the first `at` entries of this one, as long as this one."""
        return Log(self.words[:at], self.origin, self.signer).grow(self.tree.size - at, word)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The head at a size."""
        size = self.tree.size if size is None else size
        return Checkpoint(self.origin, size, self.tree.root(size))

    def note(self, size: int | None = None) -> Note:
        """The signed head at a size."""
        checkpoint = self.checkpoint(size)
        return Note(checkpoint.text, (sign(checkpoint, self.signer),))

    def request(self, old: int, size: int | None = None) -> bytes:
        """The honest request from `old`."""
        size = self.tree.size if size is None else size
        return AddCheckpoint.of(old, self.tree.consistency(old, size), self.note(size)).encode()


REQUEST_4_TO_7 = """old 4
45a904ZS87DsABklj8OTO893580VT6nC59yvmEzZL5U=

quittance.example/doha-2020/case
7
Vb5uynYtuyjP6jQGPsUWVvx9FCweJx0GF4F4anvJYwY=

— quittance.example/doha-2020/case \
KFHwDpn4h5Dtx+nZ3iiJP5cn4JdK5ArfcfPotNJEx3iTVvVriXnTqICkfzIoaa7HuGN7aSC8WPoi0wr3v9jqxRvM1Q0=
""".encode()
CHECKPOINT_4 = """quittance.example/doha-2020/case
4
T2EkqqJKCjOe/3pPO+60gZWRrkJ0SURaByq2JbIZZQU=

— quittance.example/doha-2020/case \
KFHwDqt0Gun4Ga3JSSw4BvmA56iZ+QS1nWZSjxGTJQUpwaI055vwiQNjGnSVufVCBLzaky1CRN5qFVIf+bHwDpcpOQA=
""".encode()
COSIGNED_7 = """— party-a.example/witness \
gk53kQAAAABejWq4XWinrRYO+5mf3iY9/WtaFo8ttMG07jklsh932X2ZJZnPXRCaPx9DE2jeKBvYc4CtKm6hpVE7etzmg7dt6MBvAA==
""".encode()
OTHER_7 = """quittance.example/doha-2020/case
7
fO0u8T2BJCYiOIjM7/LzsJ/ofPwNZwpmOxksU3OT14o=

— quittance.example/doha-2020/case \
KFHwDvpWPFSvzK1RiE4XUPsdWWt7Aqzjuv0Bcplnqx331YLKjJhLE18n1x4XZSXRURR4bEn3Alnsl+7OODp+cStIjg8=
""".encode()
OTHER_PROOF = bytes.fromhex("57e09281d43ce712fd342f7dc5616a26c22ded332b6e47dab680fb54c91c1b9e")
