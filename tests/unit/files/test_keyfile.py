"""Key files: one passphrase opens them, any change shows, they are never overwritten and never cost too much."""

from __future__ import annotations

import json
import os
import pickle
import random
import stat
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quittance.canon import canonical
from quittance.files import keyfile
from quittance.files.keyfile import (
    KeyFile,
    KeyFileError,
    change_passphrase,
    describe_key,
    new_key,
    open_key,
    read_key_file,
    seal_key,
    write_key_file,
)
from quittance.record.envelope import decode64
from quittance.record.keys import key_id, verify
from quittance.vault.seal import key_fingerprint

PASSPHRASE = "correct horse battery"
COST = 2
SIGNING = ("statement", "log", "witness")


def chance():
    return random.Random(7).randbytes


def made(use="statement", passphrase=PASSPHRASE, **named) -> tuple[bytes, KeyFile]:
    return new_key(use, passphrase, random=named.pop("random", chance()), cost=COST, **named)


def refusal(act, *arguments, **named) -> KeyFileError:
    with pytest.raises(KeyFileError) as caught:
        act(*arguments, **named)
    return caught.value


@pytest.mark.parametrize("use", SIGNING)
def test_a_key_that_signs(use):
    """The file opens to a signer whose public key, fingerprint, use and name are those that were told on making."""
    data, told = made(use, name="witness.example/w1")
    opened = open_key(data, PASSPHRASE)
    assert told == opened.file == describe_key(data)
    assert (told.use, told.name, told.fingerprint) == (use, "witness.example/w1", key_id(told.public))
    signer = opened.signer()
    assert signer.public == told.public
    assert verify(told.public, signer.sign(b"message"), b"message")
    assert refusal(opened.vault_key).code == "key.use"


def test_a_key_of_a_vault():
    """It has no public half, opens to 32 bytes, and signs nothing."""
    data, told = made("vault")
    opened = open_key(data, PASSPHRASE)
    key = opened.vault_key()
    assert key == chance()(32)
    assert told == KeyFile("vault", key_fingerprint(key), None, None)
    assert b"public_key" not in data
    assert refusal(opened.signer).code == "key.use"


def test_the_members_of_a_file():
    """The file is canonical JSON with the published members and the published cost."""
    data, told = new_key("log", PASSPHRASE, random=chance())
    members = json.loads(data)
    assert data == canonical(members) + b"\n"
    assert {"format", "public_key", "fingerprint", "use", "kdf", "nonce", "sealed"} == set(members)
    assert members["format"] == "quittance-key/1"
    assert members["public_key"] == told.public.hex()
    assert {"name": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": members["kdf"]["salt"]} == members["kdf"]
    assert [len(decode64(text, "")) for text in (members["kdf"]["salt"], members["nonce"], members["sealed"])] == [
        *(16, 12, 48)
    ]


def test_a_key_that_exists_is_sealed_as_it_is():
    """A vault key joined from shares gets a file of its own."""
    data, told = seal_key(bytes(range(32)), "vault", PASSPHRASE, random=chance(), cost=COST)
    assert open_key(data, PASSPHRASE).vault_key() == bytes(range(32))
    assert told.fingerprint == key_fingerprint(bytes(range(32)))


def test_no_secret_is_shown():
    """Neither file nor printed object nor error holds the key; an opened key is not pickled."""
    for use in (*SIGNING, "vault"):
        data, told = made(use)
        secret = chance()(32)
        opened = open_key(data, PASSPHRASE)
        shown = data + repr((told, opened)).encode() + str(refusal(open_key, data, "wrong passphrase")).encode()
        for form in (secret, secret.hex().encode(), repr(secret)[2:-1].encode(), PASSPHRASE.encode()):
            assert form not in shown
        with pytest.raises(TypeError):
            pickle.dumps(opened)


@pytest.mark.parametrize("wrong", ["", "correct horse batterY", PASSPHRASE + " ", "\ud800", "x" * 10_000])
def test_a_wrong_passphrase(wrong):
    """Any other passphrase gives one refusal, which says nothing of how near it was."""
    error = refusal(open_key, made()[0], wrong)
    assert error.code == "key.passphrase"
    assert str(error) == str(refusal(open_key, made()[0], "some other words"))
    assert (error.__cause__, error.__context__) == (None, None)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=20))
@settings(max_examples=50, deadline=None)
def test_passphrases_in_every_script(passphrase):
    """Composed and decomposed spellings of a passphrase are the same one."""
    if len(unicodedata.normalize("NFC", passphrase)) < keyfile.MIN_PASSPHRASE:
        return
    data, _ = made(passphrase=passphrase)
    for form in ("NFC", "NFD"):
        open_key(data, unicodedata.normalize(form, passphrase))


@pytest.mark.parametrize("short", ["", "seven77", "e\u0301" * 7])
def test_short_passphrases_are_refused(short):
    """Fewer than eight characters, counted as composed, protect nothing."""
    assert refusal(made, passphrase=short).code == "key.passphrase_short"


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201, "\u202e"])
def test_names_that_are_refused(name):
    """A name is printable and short."""
    assert refusal(made, name=name).code == "key.name"


def test_another_passphrase_for_the_same_key():
    """The new file opens with the new passphrase only and holds the same key; the old one goes on as before."""
    for use in ("log", "vault"):
        old, told = made(use, name="n")
        new = change_passphrase(old, PASSPHRASE, "other words entirely", random=random.Random(8).randbytes, cost=COST)
        assert told == open_key(new, "other words entirely").file == open_key(old, PASSPHRASE).file
        assert refusal(open_key, new, PASSPHRASE).code == "key.passphrase"
        assert json.loads(old)["kdf"]["salt"] != json.loads(new)["kdf"]["salt"]
    assert refusal(change_passphrase, old, "wrong passphrase", "x" * 8, random=chance()).code == "key.passphrase"


def test_any_changed_member_is_noticed():
    """Whatever is changed so that it still reads as a key file, the key does not open."""
    for use, other in (("log", "witness"), ("vault", None)):
        members = json.loads(made(use, name="a")[0])
        flip = {"0": "1"}
        changes = {
            "fingerprint": "".join(flip.get(digit, "0") for digit in members["fingerprint"]),
            "name": "b",
            "use": other,
            "public_key": "00" * 32,
            "nonce": "A" * 16,
            "sealed": "A" * 64,
            "kdf": {**members["kdf"], "n": 4},
        }
        for member, value in changes.items():
            if member in members and value is not None:
                assert refusal(open_key, canonical({**members, member: value}), PASSPHRASE).code == "key.passphrase"
        salted = {**members, "kdf": {**members["kdf"], "salt": "A" * 22 + "=="}}
        assert refusal(open_key, canonical(salted), PASSPHRASE).code == "key.passphrase"
        nameless = {member: value for member, value in members.items() if member != "name"}
        assert refusal(open_key, canonical(nameless), PASSPHRASE).code == "key.passphrase"


@pytest.mark.parametrize(
    "kdf",
    [
        {"n": 2**21},
        {"n": 2**20, "r": 8},
        {"n": 2, "r": 2**22},
        {"n": 2, "r": 2**50},
        {"n": 2**17, "r": 8, "p": 5},
        {"n": 3},
        {"n": 1},
        {"n": 0},
        {"n": -2},
        {"n": True},
        {"n": "2"},
        {"r": 0},
        {"p": 0},
        {"salt": "?"},
        {"salt": 7},
        {"name": "pbkdf2"},
        {"extra": 1},
    ],
)
def test_a_file_cannot_ask_for_too_much(kdf, monkeypatch):
    """Costs beyond 512 MiB or of another kind are refused before anything is computed."""
    monkeypatch.setattr(keyfile, "_stretched", None)
    members = json.loads(_MADE)
    members["kdf"].update(kdf)
    assert refusal(open_key, canonical(members), PASSPHRASE).code == "key.file"


_MADE = made()[0]


@pytest.mark.parametrize("n", [2**19, 2**17])
def test_the_largest_costs_that_are_allowed(n):
    """512 MiB is still described and would be computed."""
    members = json.loads(_MADE)
    members["kdf"]["n"] = n
    assert describe_key(canonical(members)).use == "statement"


def without(members: dict, name: str) -> bytes:
    return canonical({member: value for member, value in members.items() if member != name})


@pytest.mark.parametrize(
    "change",
    [
        lambda data, members: b"",
        lambda data, members: data[:-10],
        lambda data, members: b"\xff" * 100,
        lambda data, members: b"[" * 100,
        lambda data, members: b"[]",
        lambda data, members: data.replace(b'":"', b'": "'),
        lambda data, members: data + b" " * 20_000,
        lambda data, members: canonical({**members, "format": "quittance-key/2"}),
        lambda data, members: canonical({**members, "extra": 1}),
        lambda data, members: canonical({**members, "use": "party"}),
        lambda data, members: canonical({**members, "use": ["log"]}),
        lambda data, members: canonical({**members, "use": "vault"}),
        lambda data, members: canonical({**members, "name": 7}),
        lambda data, members: canonical({**members, "name": None}),
        lambda data, members: canonical({**members, "name": "a\x1bb"}),
        lambda data, members: canonical({**members, "public_key": members["public_key"].upper() + "A"}),
        lambda data, members: canonical({**members, "public_key": None}),
        lambda data, members: canonical({**members, "public_key": ""}),
        lambda data, members: canonical({**members, "fingerprint": 7}),
        lambda data, members: canonical({**members, "nonce": "AAAA"}),
        lambda data, members: canonical({**members, "nonce": "A"}),
        lambda data, members: canonical({**members, "sealed": 7}),
        lambda data, members: canonical({**members, "kdf": 7}),
        *(
            lambda data, members, name=name: without(members, name)
            for name in ("format", "public_key", "fingerprint", "use", "kdf", "nonce", "sealed")
        ),
    ],
)
def test_what_is_no_key_file(change):
    """Anything else is refused as one kind of error, by describing and by opening."""
    data = change(_MADE, json.loads(_MADE))
    assert refusal(describe_key, data).code == "key.file"
    assert refusal(open_key, data, PASSPHRASE).code == "key.file"


def test_a_file_whose_public_half_is_another_keys():
    """A file made by somebody who knows the passphrase, with a foreign public key in front, is refused."""
    members = json.loads(_MADE)
    other = made("statement", random=random.Random(9).randbytes)[1]
    head = {member: members[member] for member in ("format", "use", "kdf")}
    head |= {"public_key": other.public.hex(), "fingerprint": other.fingerprint}
    sealed = keyfile.seal(keyfile._stretched(PASSPHRASE, head["kdf"]), bytes(12), chance()(32), canonical(head))
    forged = canonical({**head, "nonce": "A" * 16, "sealed": keyfile.encode64(sealed[12:])})
    assert refusal(open_key, forged, PASSPHRASE).code == "key.file"


def test_files_on_disk(tmp_path):
    """A file is written for its owner only, whatever the umask, read back, and never written over."""
    path = tmp_path / "log.key"
    before = os.umask(0)
    try:
        write_key_file(path, _MADE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key_file(path) == _MADE
    error = refusal(write_key_file, path, b"other")
    assert (error.code, read_key_file(path)) == ("key.exists", _MADE)
    link = tmp_path / "link.key"
    link.symlink_to(tmp_path / "nowhere")
    assert refusal(write_key_file, link, _MADE).code == "key.exists"
    assert refusal(write_key_file, tmp_path / "none" / "log.key", _MADE).code == "key.unwritten"


def test_a_disk_that_fails_leaves_no_half_file(tmp_path, monkeypatch):
    """When flushing fails, the file is taken away again and the failure told."""

    def fail(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    assert refusal(write_key_file, tmp_path / "log.key", _MADE).code == "key.unwritten"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o644, 0o666, 0o601])
def test_a_file_that_others_can_reach(tmp_path, mode):
    """Any right for group or others is refused, with the command that takes it away."""
    path = tmp_path / "log.key"
    write_key_file(path, _MADE)
    path.chmod(mode)
    error = refusal(read_key_file, path)
    assert error.code == "key.exposed"
    assert "chmod 600" in str(error)


def test_what_cannot_be_read(tmp_path):
    """A missing file, a folder, a pipe and a huge file are refused at once."""
    assert refusal(read_key_file, tmp_path / "none").code == "key.missing"
    assert refusal(read_key_file, tmp_path).code == "key.file"
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert refusal(read_key_file, tmp_path / "pipe").code == "key.file"
    huge = tmp_path / "huge"
    huge.touch(0o600)
    os.truncate(huge, 1 << 30)
    assert refusal(read_key_file, huge).code == "key.file"
