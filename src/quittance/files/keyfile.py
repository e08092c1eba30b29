"""Private keys at rest: a JSON file each, sealed with AES-256-GCM under a passphrase stretched by scrypt (RFC 7914).

Everything in the file but the nonce and the sealed bytes is bound to them as associated data: use, name, public key and
cost cannot be changed unnoticed. No error of this module carries key material or a passphrase.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from quittance.canon import CanonError, canonical, parse_canonical
from quittance.errors import QuittanceError
from quittance.record.envelope import HEX_256, EntryError, decode64, encode64
from quittance.record.keys import SeedSigner, Signer, key_id
from quittance.vault.seal import KEY_BYTES, NONCE_BYTES, VaultError, key_fingerprint, seal, unseal

FORMAT = "quittance-key/1"

COST = 2**17
"""The scrypt parameter n of new files: with r = 8 about 128 MiB and half a second for each guess."""

MAX_COST = 2**20
MAX_MEMORY = 512 * 1024 * 1024
MAX_PARALLEL = 4
MAX_FILE_BYTES = 16 * 1024
MIN_PASSPHRASE = 8

_BLOCK = 8
_SALT_BYTES = 16
_MAX_NAME = 200
_OWNER_FILE = 0o600
_MEMBERS = {"format", "fingerprint", "use", "kdf", "nonce", "sealed"}

Use = Literal["statement", "log", "witness", "vault"]
"""What a key is for; one key never serves two uses."""

Random = Callable[[int], bytes]
"""A source of that many unpredictable bytes, such as `secrets.token_bytes`."""


class KeyFileError(QuittanceError):
    """A key file cannot be read, opened or written; `code` says which."""

    code = "key.file"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file says without its passphrase, and so without proof: that comes with `open_key`.

    `public` is None for a key of the vault, which has no public half; `fingerprint` is 64 hex digits.
    """

    use: Use
    fingerprint: str
    public: bytes | None
    name: str | None


class OpenedKey:
    """A key that its passphrase has opened. Neither `repr` nor pickling shows the secret."""

    __slots__ = ("_secret", "file")

    def __init__(self, file: KeyFile, secret: bytes) -> None:
        self.file = file
        self._secret = secret

    def __repr__(self) -> str:
        return f"OpenedKey({self.file!r})"

    def __reduce__(self) -> str:
        raise TypeError("an opened key is not to be written anywhere")

    def signer(self) -> Signer:
        """What signs with this key; raises `KeyFileError` (`key.use`) for a key of the vault."""
        if self.file.use == "vault":
            raise KeyFileError("A vault key does not sign. Open a key made for signing.", code="key.use")
        return SeedSigner(self._secret)

    def vault_key(self) -> bytes:
        """The key-encryption key, 32 bytes; raises `KeyFileError` (`key.use`) for a key that signs."""
        if self.file.use != "vault":
            raise KeyFileError("A key that signs opens no vault. Open the vault's key.", code="key.use")
        return self._secret


def new_key(
    use: Use, passphrase: str, *, random: Random, name: str | None = None, cost: int = COST
) -> tuple[bytes, KeyFile]:
    """A new key of 32 random bytes: the bytes of its file, and what may be shown of it.

    Raises `KeyFileError` (`key.passphrase_short`, `key.name`).
    """
    return seal_key(random(KEY_BYTES), use, passphrase, random=random, name=name, cost=cost)


def seal_key(
    secret: bytes, use: Use, passphrase: str, *, random: Random, name: str | None = None, cost: int = COST
) -> tuple[bytes, KeyFile]:
    """The file of a key that exists, such as a vault key joined from its shares; as `new_key` otherwise."""
    if len(unicodedata.normalize("NFC", passphrase)) < MIN_PASSPHRASE:
        raise KeyFileError(
            f"The passphrase has fewer than {MIN_PASSPHRASE} characters. Choose five or six random words.",
            code="key.passphrase_short",
        )
    if name is not None and not _is_name(name):
        raise KeyFileError(
            f"The name of a key is 1 to {_MAX_NAME} printable characters. Choose another.", code="key.name"
        )
    file = _describe(secret, use, name)
    head: dict[str, object] = {
        "format": FORMAT,
        "fingerprint": file.fingerprint,
        "use": use,
        "kdf": {"name": "scrypt", "n": cost, "r": _BLOCK, "p": 1, "salt": encode64(random(_SALT_BYTES))},
    }
    if file.public is not None:
        head["public_key"] = file.public.hex()
    if name is not None:
        head["name"] = name
    nonce = random(NONCE_BYTES)
    sealed = seal(_stretched(passphrase, head["kdf"]), nonce, secret, canonical(head))[NONCE_BYTES:]
    return canonical({**head, "nonce": encode64(nonce), "sealed": encode64(sealed)}) + b"\n", file


def describe_key(data: bytes) -> KeyFile:
    """What a key file says of itself, unproven; raises `KeyFileError` (`key.file`) for anything that is no key file."""
    return _parse(data)[0]


def open_key(data: bytes, passphrase: str) -> OpenedKey:
    """The key in a file. Takes as long and as much memory as the file says, within bounds.

    Raises `KeyFileError`: `key.file` for what is no key file or asks for too much, `key.passphrase` for a wrong
    passphrase or a file changed in any place, which cannot be told apart.
    """
    file, head, sealed = _parse(data)
    secret = None
    with suppress(VaultError):
        secret = unseal(_stretched(passphrase, head["kdf"]), sealed, canonical(head))
    if secret is None:
        raise KeyFileError(
            "The passphrase does not open this key, or the file was changed. Type it again, or use another copy.",
            code="key.passphrase",
        )
    if len(secret) != KEY_BYTES or _describe(secret, file.use, file.name) != file:
        raise _no_key_file("its public half is not that of the key inside")
    return OpenedKey(file, secret)


def change_passphrase(data: bytes, old: str, new: str, *, random: Random, cost: int = COST) -> bytes:
    """The bytes of a new file that holds the same key under another passphrase; the old file stays valid."""
    opened = open_key(data, old)
    return seal_key(opened._secret, opened.file.use, new, random=random, name=opened.file.name, cost=cost)[0]


def read_key_file(path: Path) -> bytes:
    """The bytes of a key file that only its owner can read.

    Raises `KeyFileError`: `key.missing`, `key.exposed` if others may read or write it, `key.file` if it is too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe of that name must not stop the program
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
                raise _no_key_file(f"{path.name} is not a file of at most {MAX_FILE_BYTES // 1024} KiB")
            if os.name == "posix" and status.st_mode & 0o077:
                raise KeyFileError(
                    f'{path.name} can be read or changed by others on this machine. Run "chmod 600" on it; if others '
                    "may have read it, make a new key.",
                    code="key.exposed",
                )
            return os.read(descriptor, MAX_FILE_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise KeyFileError(
            f"The key file {path.name} cannot be read ({error.strerror}). Check its place and its rights.",
            code="key.missing",
        ) from None


def write_key_file(path: Path, data: bytes) -> None:
    """Write a new key file for its owner only, flushed to disk with its name; an existing file is never touched.

    Raises `KeyFileError`: `key.exists`, `key.unwritten`.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_FILE)
    except FileExistsError:
        raise KeyFileError(
            f"{path.name} is already there; it was left as it is. Choose another name.", code="key.exists"
        ) from None
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritten(path, error) from None


def _describe(secret: bytes, use: Use, name: str | None) -> KeyFile:
    if use == "vault":
        return KeyFile(use, key_fingerprint(secret), None, name)
    public = SeedSigner(secret).public
    return KeyFile(use, key_id(public), public, name)


def _parse(data: bytes) -> tuple[KeyFile, dict[str, object], bytes]:
    """What the file says, the members that are bound to the sealed bytes, and `nonce || sealed`."""
    if len(data) > MAX_FILE_BYTES:
        raise _no_key_file("it is too large")
    try:
        members = parse_canonical(data.strip())
    except CanonError:
        members = None
    if not isinstance(members, dict) or members.get("format") != FORMAT:
        raise _no_key_file(f"it is not of the format {FORMAT}")
    use: Any = members.get("use")
    expected = _MEMBERS | ({"name"} & members.keys()) | (set() if use == "vault" else {"public_key"})
    if use not in get_args(Use) or members.keys() != expected:
        raise _no_key_file("its members are not those of a key file")
    if not all(_is_hex(members.get(name, "0" * 64)) for name in ("fingerprint", "public_key")):
        raise _no_key_file("its fingerprint or public key is not 64 hex digits")
    if not _is_name(members.get("name", "-")):
        raise _no_key_file("its name is not printable")
    try:
        nonce = decode64(members.pop("nonce"), "The nonce")
        sealed = decode64(members.pop("sealed"), "The sealed key")
    except EntryError:
        raise _no_key_file("its nonce or sealed key is not base64") from None
    if len(nonce) != NONCE_BYTES:
        raise _no_key_file("its nonce is not of 12 bytes")
    _require_bounds(members["kdf"])
    public = None if use == "vault" else bytes.fromhex(members["public_key"])
    return KeyFile(use, members["fingerprint"], public, members.get("name")), members, nonce + sealed


def _require_bounds(kdf: object) -> None:
    """Raise unless the cost is one that this machine can be asked to bear: a file may come from an enemy."""
    if not isinstance(kdf, dict) or kdf.keys() != {"name", "n", "r", "p", "salt"} or kdf["name"] != "scrypt":
        raise _no_key_file("its passphrase is not stretched by scrypt")
    n, r, p = kdf["n"], kdf["r"], kdf["p"]
    if not all(type(one) is int and one >= 1 for one in (n, r, p)):
        raise _no_key_file("its cost is not three positive numbers")
    # RFC 7914, section 2: n is below 2^(128 r / 8).
    beyond = n > MAX_COST or n.bit_length() > 16 * r or p > MAX_PARALLEL or 128 * r * max(n, p) > MAX_MEMORY
    if n < 2 or n & (n - 1) or beyond:
        raise _no_key_file(
            f"its cost asks for more than {MAX_MEMORY >> 20} MiB or is no power of two that scrypt takes"
        )
    try:
        decode64(kdf["salt"], "The salt")
    except EntryError:
        raise _no_key_file("its salt is not base64") from None


def _stretched(passphrase: str, kdf: object) -> bytes:
    """The 32 bytes that scrypt makes of a passphrase; NFC first, since keyboards differ in how they write accents."""
    assert isinstance(kdf, dict)
    salt = decode64(kdf["salt"], "The salt")
    stretch = Scrypt(salt=salt, length=KEY_BYTES, n=kdf["n"], r=kdf["r"], p=kdf["p"])
    # Half a surrogate pair, which a terminal can deliver for a stray byte, is a wrong passphrase and no crash.
    return stretch.derive(unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"))


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _MAX_NAME and name.isprintable()


def _is_hex(text: object) -> bool:
    return isinstance(text, str) and HEX_256.fullmatch(text) is not None


def _no_key_file(why: str) -> KeyFileError:
    return KeyFileError(f"This is no key file that can be used: {why}. Use another copy of it.", code="key.file")


def _unwritten(path: Path, error: OSError) -> KeyFileError:
    return KeyFileError(
        f"The key file {path.name} could not be written ({error.strerror}). Choose another place.",
        code="key.unwritten",
    )
