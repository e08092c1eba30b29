"""Bundles and returns: what is made is read back, and whatever was done to a file on its way is refused by its code."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.days import (
    DEVICE,
    ENDS,
    MADE,
    NEUTRAL_KEY,
    NOW,
    OTHER,
    SECRET,
    SIGNED_BY,
    bundle,
    handle,
    opened,
    person,
    sealed,
)

from quittance.canon import canonical, parse_canonical
from quittance.errors import QuittanceError, UsageError
from quittance.files import daybundle
from quittance.files.daybundle import (
    ACT_TYPE,
    BUNDLE_TYPE,
    FIRST,
    FORMAT,
    RETURN_TYPE,
    DayAct,
    DayReturn,
    DayUnreadable,
    digest,
    open_bundle,
    open_return,
    seal_bundle,
    seal_return,
    sign_act,
)
from quittance.files.daykey import Device, DeviceKey, identity_text, recipient_of
from quittance.record.envelope import Signature, pae, seal
from quittance.record.keys import SeedSigner, key_id
from quittance.vault.age import decryption, encryption
from quittance.vault.seal import VaultError

COPY = "cd" * 16
DEVICES = {one.keyid: one.public for one in (DEVICE, OTHER)}
TO_DEVICE = encryption([DEVICE.recipient])
TO_CASE = encryption([recipient_of(SECRET)])


def chain(*values: str, key: DeviceKey = DEVICE) -> tuple:
    """Acts of one folder about one person's identity."""
    acts, prev = [], FIRST
    for seq, value in enumerate(values, 1):
        act = DayAct(FORMAT, "ab" * 16, COPY, seq, prev, NOW, handle(0), "identity", value)
        acts.append(sign_act(act, key.signer))
        prev = digest(acts[-1].payload)
    return tuple(acts)


def returned(**members):
    """A return from a folder of the test bundle."""
    made = DayReturn(
        FORMAT, "two-lists", "quittance.example/test/case", "1", "ab" * 16, 1, COPY, NOW, chain("failed", "confirmed")
    )
    return msgspec.structs.replace(made, **members)


def code_of_refusal(call, *arguments) -> str:
    with pytest.raises(QuittanceError) as refused:
        call(*arguments)
    assert "TEST PERSON" not in refused.value.message
    assert refused.value.__context__ is None or "TEST PERSON" not in str(refused.value.__context__)
    return refused.value.code


def forged(payload: object, kind: str, signer: SeedSigner = NEUTRAL_KEY) -> bytes:
    """A payload of any shape, signed and encrypted for the device."""
    data = canonical(payload)
    return TO_DEVICE(canonical(seal(data, kind, [Signature(key_id(signer.public), signer.sign(pae(kind, data)))])))


def test_a_bundle_comes_out_as_it_went_in():
    """Each device it was made for opens it; the key that signed it is told."""
    made, data = bundle(), sealed()
    for device in (DEVICE, OTHER):
        assert open_bundle(data, device.decryption(), SIGNED_BY) == (made, SIGNED_BY)
    assert open_bundle(data, DEVICE.decryption(), SIGNED_BY[:32].upper()).bundle == made
    assert b"TEST PERSON" not in data


def test_another_key_a_changed_byte_and_a_cut_are_told_alike():
    """What does not open says so, and which of the three it was cannot be known."""
    data, stranger = sealed(), DeviceKey(SeedSigner(b"\x60" * 32))
    assert code_of_refusal(open_bundle, data, stranger.decryption(), SIGNED_BY) == "day.closed"
    for at in range(0, len(data), 97):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert code_of_refusal(open_bundle, changed, DEVICE.decryption(), SIGNED_BY) == "day.closed"
        assert code_of_refusal(open_bundle, data[:at], DEVICE.decryption(), SIGNED_BY) == "day.closed"


def test_a_bundle_of_another_signer_is_refused():
    """The fingerprint given by the reader decides, not the key that travels inside; a short one counts for nothing."""
    other = SeedSigner(b"\x61" * 32)
    foreign = seal_bundle(bundle(), other, TO_DEVICE)
    assert code_of_refusal(open_bundle, foreign, DEVICE.decryption(), SIGNED_BY) == "day.signature"
    for wrong in ("0" * 64, SIGNED_BY[:31], ""):
        assert code_of_refusal(open_bundle, sealed(), DEVICE.decryption(), wrong) == "day.signature"


def test_a_bundle_resealed_by_whoever_knows_the_device_is_refused():
    """The device's recipient is public: a bundle changed and encrypted anew has no valid signature."""
    envelope = parse_canonical(DEVICE.decryption()(sealed()))
    changed = canonical(msgspec.to_builtins(bundle(persons=2)))
    envelope["payload"] = daybundle.seal(changed, BUNDLE_TYPE, [])["payload"]
    data = TO_DEVICE(canonical(envelope))
    assert code_of_refusal(open_bundle, data, DEVICE.decryption(), SIGNED_BY) == "day.signature"


def test_more_than_72_hours_is_refused_on_both_sides():
    """Neither is such a bundle made, nor is one taken that somebody else made."""
    long = bundle(expires_at="2025-01-23T12:00:01Z")
    assert code_of_refusal(seal_bundle, long, NEUTRAL_KEY, TO_DEVICE) == "day.too_long"
    data = forged(msgspec.to_builtins(long), BUNDLE_TYPE)
    assert code_of_refusal(open_bundle, data, DEVICE.decryption(), SIGNED_BY) == "day.too_long"


def test_the_time_of_a_bundle():
    """It ends at its second, and a clock before its making is refused; ten minutes are forgiven."""
    made = bundle()
    for good in (MADE, ENDS, NOW, "2025-01-20T11:50:00Z"):
        made.require_time(good)
    assert code_of_refusal(made.require_time, "2025-01-23T12:00:01Z") == "day.expired"
    assert code_of_refusal(made.require_time, "2025-01-20T11:49:59Z") == "day.clock"


@pytest.mark.parametrize(
    "members",
    [
        {"format": "quittance-day/2"},
        {"extra": 1},
        {"issue": 0},
        {"bundle": "../../etc"},
        {"batch": ""},
        {"persons": []},
        {"persons": [msgspec.to_builtins(person(1))] * 2},
        {"persons": [{**msgspec.to_builtins(person(1)), "name": "x" * 401}]},
        {"persons": [{**msgspec.to_builtins(person(1)), "handle": "x"}]},
        {"persons": [{**msgspec.to_builtins(person(1)), "gates": {"medical": "hepatitis"}}]},
        {"persons": [msgspec.to_builtins(person(at)) for at in range(901)]},
        {"made_at": "yesterday"},
        {"expires_at": "2025-02-30T00:00:00Z"},
        {"reply_to": "age1x"},
        {"devices": []},
        {"note": "x" * 65_537},
    ],
    ids=lambda members: next(iter(members)),
)
def test_hostile_bundles_are_refused(members):
    """Signed by the right key, and still no bundle: a member foreign, missing or out of bounds is refused whole."""
    data = forged({**msgspec.to_builtins(bundle()), **members}, BUNDLE_TYPE)
    assert code_of_refusal(open_bundle, data, DEVICE.decryption(), SIGNED_BY) == "day.format"


def test_a_file_of_another_kind_is_refused():
    """A return is no bundle, a statement is none, and neither is what is no JSON."""
    for data in (
        forged(msgspec.to_builtins(bundle()), RETURN_TYPE),
        TO_DEVICE(b"{}"),
        TO_DEVICE(b"\xff" * 100),
        TO_DEVICE(b"[" * 100_000),
    ):
        assert code_of_refusal(open_bundle, data, DEVICE.decryption(), SIGNED_BY) == "day.format"


def test_a_file_beyond_the_limit_is_not_even_opened(monkeypatch):
    """Nothing larger than the limit is given to the decryption, and nothing larger is made."""
    monkeypatch.setattr(daybundle, "MAX_FILE_BYTES", 1_000)

    def never(data: bytes) -> bytes:
        raise AssertionError("was opened")

    assert code_of_refusal(open_bundle, b"x" * 1_001, never, SIGNED_BY) == "day.closed"
    assert code_of_refusal(seal_bundle, bundle(), NEUTRAL_KEY, TO_DEVICE) == "day.too_large"


def test_people_are_called_by_code_or_handle():
    """A code in small letters is read too; anybody else is refused alike, without being named."""
    made = bundle()
    assert made.person(person(1).code.lower().replace("-", " ")) == made.persons[1]
    assert made.person(handle(2)) == made.persons[2]
    for other in (person(7).code, "nobody", ""):
        assert code_of_refusal(made.person, other) == "day.person"


def test_a_return_comes_out_as_it_went_in():
    """The acts come with the ids by which they are known: the digests of what was signed."""
    data = seal_return(returned(), DEVICE.signer, TO_CASE)
    found, by, acts = open_return(data, opened, DEVICES)
    assert (found, by) == (returned(), DEVICE.keyid)
    assert [(id_, act.value) for id_, act in acts] == [
        (digest(one.payload), value) for one, value in zip(returned().acts, ("failed", "confirmed"), strict=True)
    ]


def test_a_return_of_no_device_of_the_bundle_is_refused():
    """Whoever knows the reply address can encrypt for it; the signature must be a device's."""
    data = seal_return(returned(), SeedSigner(b"\x62" * 32), TO_CASE)
    assert code_of_refusal(open_return, data, opened, DEVICES) == "day.device"
    signed = seal_return(returned(), DEVICE.signer, TO_CASE)
    assert code_of_refusal(open_return, signed, opened, {OTHER.keyid: OTHER.public}) == "day.device"


@pytest.mark.parametrize(
    "acts",
    [
        chain("failed", "confirmed", "failed")[1:],
        chain("failed", "confirmed", "failed")[::2],
        (*chain("failed"), *chain("failed")),
        (*chain("failed"), chain("confirmed", "failed")[1]),
        chain("failed", key=DeviceKey(SeedSigner(b"\x63" * 32))),
        (msgspec.structs.replace(chain("failed")[0], payload=chain("confirmed")[0].payload),),
        (msgspec.structs.replace(chain("failed")[0], payload=b"{}"),),
        (msgspec.structs.replace(chain("failed")[0], sig=b"\0" * 64),),
    ],
    ids=["first_out", "middle_out", "twice", "foreign", "stranger", "changed", "no_act", "no_signature"],
)
def test_acts_changed_or_left_out_are_refused(acts):
    """The chain of signatures shows it, though the file as a whole is signed by a device; nothing of it is taken."""
    data = seal_return(returned(acts=acts), DEVICE.signer, TO_CASE)
    assert code_of_refusal(open_return, data, opened, DEVICES) == "day.chain"


def test_acts_of_another_folder_or_bundle_are_refused():
    """An act is bound to its bundle and its folder."""
    for members in ({"copy": "ee" * 16}, {"bundle": "ee" * 16}):
        data = seal_return(returned(**members), DEVICE.signer, TO_CASE)
        assert code_of_refusal(open_return, data, opened, DEVICES) == "day.chain"


def test_an_act_that_no_reader_would_take_is_not_signed():
    """The device refuses it before it is written down."""
    act = DayAct(FORMAT, "ab" * 16, COPY, 1, FIRST, NOW, handle(0), "Identity?", "yes")
    assert code_of_refusal(sign_act, act, DEVICE.signer) == "day.format"


def test_an_act_is_no_statement():
    """What is signed of an act begins with a payload type of its own, so that its signature fits nothing else."""
    (act,) = chain("failed")
    message = pae(ACT_TYPE, act.payload)
    assert message.startswith(b"DSSEv1 41 application/vnd.quittance.day-act.v1+json ")
    assert act.sig == DEVICE.signer.sign(message)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_bytes_changed_inside_are_refused(seed, changes):
    """Any change behind the encryption is refused by a code of its own, and by no other failure."""
    dice = random.Random(seed)
    plain = bytearray(PLAIN)
    for _ in range(changes):
        plain[dice.randrange(len(plain))] = dice.randrange(256)
    if bytes(plain) == PLAIN:
        return
    with pytest.raises(QuittanceError) as refused:
        open_bundle(b"x", lambda _: bytes(plain), SIGNED_BY)
    assert refused.value.code in {"day.format", "day.signature", "day.too_long"}


PLAIN = DEVICE.decryption()(sealed()) or b""


def test_the_word_of_a_device():
    """It is read back, whatever white space came with it; anything else is refused."""
    assert Device.parse(f"  {DEVICE.device.text}\n") == DEVICE.device
    for wrong in ("", "age1x", DEVICE.public.hex(), f"zz:{DEVICE.recipient}", f"{DEVICE.public.hex()}:ssh-ed25519"):
        with pytest.raises(UsageError) as refused:
            Device.parse(wrong)
        assert refused.value.code == "day.device_word"
    with pytest.raises(VaultError):
        encryption([Device.parse(f"{DEVICE.public.hex()}:age1none").recipient])


def test_the_secrets_of_a_device_follow_from_its_key_alone():
    """The same key opens the same bundles on another machine, another does not; each bundle has a lock of its own."""
    again = DeviceKey(SeedSigner(b"\x52" * 32))
    assert again.recipient == DEVICE.recipient != OTHER.recipient
    assert again.decryption()(TO_DEVICE(b"x")) == b"x"
    assert OTHER.decryption()(TO_DEVICE(b"x")) is None
    assert again.wrapping("a") == DEVICE.wrapping("a") != DEVICE.wrapping("b")
    assert len(DEVICE.wrapping("a")) == 32


def test_the_spelling_of_a_secret_key():
    """The age library reads ours, with its checksum, and finds the same recipient for its own."""
    import pyrage

    made = pyrage.x25519.Identity.generate()
    assert recipient_of(str(made)) == str(made.to_public())
    text = identity_text(bytes(range(32)))
    assert text.startswith("AGE-SECRET-KEY-1")
    assert decryption(text)(encryption([recipient_of(text)])(b"x")) == b"x"
    with pytest.raises(VaultError):
        decryption(text[:-1] + ("Q" if text[-1] != "Q" else "P"))


def test_what_is_unreadable_exits_with_2():
    """A file that cannot be opened is unreadable input, not a refusal by a rule."""
    assert DayUnreadable("x").exit_code == 2
