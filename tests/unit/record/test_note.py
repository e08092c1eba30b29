"""Signed notes: one spelling for each note, every other one refused, and keys that are what their vkey says."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner
from quittance.record.note import (
    COSIGNATURE,
    ED25519,
    MAX_NOTE_BYTES,
    ML_DSA_COSIGNATURE,
    Note,
    NoteError,
    NoteSignature,
    VerifierKey,
)

NAMES = st.text(st.characters(exclude_categories=("Zs", "Zl", "Zp", "Cc", "Cs"), exclude_characters="+"), min_size=1)
NAMES = NAMES.filter(lambda name: len(name.encode()) <= 255 and not any(map(str.isspace, name)))
SIGNATURES = st.builds(NoteSignature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=90))
TEXTS = st.text(st.just("\n") | st.characters(min_codepoint=32, exclude_categories=("Cs",))).map("{}\n".format)
NOTES = st.builds(Note, TEXTS, st.lists(SIGNATURES, min_size=1, max_size=5).map(tuple))

PUBLIC = SeedSigner(b"\1" * 32).public
LINE = "— a.example/w " + encode64(b"1234" + b"s" * 64)


def refused(data: bytes | str) -> str:
    with pytest.raises(NoteError) as caught:
        Note.parse(data.encode() if isinstance(data, str) else data)
    return caught.value.code


@given(NOTES)
def test_a_note_reads_back_as_it_was_written(note):
    """Text and signatures come back, and the SHA-256 is that of the file."""
    data = note.encode()
    assert note == Note.parse(data)
    assert sha256(data).hexdigest() == note.sha256


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_whatever_is_read_was_the_only_spelling(one, other):
    """A note with bytes put in anywhere is either refused as malformed or printed again as it came."""
    data = b"text\n\n%b\n" % LINE.encode()
    for at in range(len(data) + 1):
        changed = data[:at] + one + data[at:] + other
        try:
            note = Note.parse(changed)
        except NoteError:
            continue
        assert changed == note.encode()


def test_the_text_ends_at_the_last_empty_line():
    """Empty lines inside the text belong to it."""
    note = Note.parse(f"one\n\n\ntwo\n\n{LINE}\n".encode())
    assert note.text == "one\n\n\ntwo\n"
    assert Note.parse(f"\n\n{LINE}\n".encode()).text == "\n"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n\n",
        "text\n",
        "text\n\n",
        f"{LINE}\n",
        f"\n{LINE}\n",
        f"text\n{LINE}\n",
        f"text\n\n{LINE}",
        f"text\n\n{LINE}x",
        f"text\n\n{LINE}\n\n",
        f"text\r\n\r\n{LINE}\r\n",
        f"text\n\n{LINE}\r\n",
        f"te\txt\n\n{LINE}\n",
        f"te\0xt\n\n{LINE}\n",
        f"text\n\n{LINE}\nmore\n",
        f"text\n\n{LINE} \n",
        f"text\n\n {LINE}\n",
        "text\n\n- a.example/w " + encode64(b"1234s") + "\n",
        "text\n\n—a.example/w " + encode64(b"1234s") + "\n",
        "text\n\n—  " + encode64(b"1234s") + "\n",
        "text\n\n— a.example/w  " + encode64(b"1234s") + "\n",
        "text\n\n— a+b " + encode64(b"1234s") + "\n",
        "text\n\n— a\u00a0b " + encode64(b"1234s") + "\n",
        "text\n\n— a\u2003b " + encode64(b"1234s") + "\n",
        "text\n\n— a\x7fb " + encode64(b"1234s") + "\n",
        "text\n\n— a\u0085b " + encode64(b"1234s") + "\n",
        "text\n\n— " + "a" * 256 + " " + encode64(b"1234s") + "\n",
        "text\n\n— a.example/w\n",
        "text\n\n— a.example/w \n",
        "text\n\n— a.example/w " + encode64(b"1234") + "\n",
        "text\n\n— a.example/w " + encode64(b"123") + "\n",
        "text\n\n— a.example/w " + encode64(b"1234s" * 2).rstrip("=") + "\n",
        "text\n\n— a.example/w MTIzNHN=\n",
        "text\n\n— a.example/w MTIz\u2003NHM=\n",
    ],
)
def test_any_other_form_is_refused(data):
    """Line ends, separators, the dash, names and base64 are read to the letter."""
    assert refused(data) == "note.format"


@pytest.mark.parametrize("data", [b"\xff\n\n", b"\xed\xa0\x80\n\n", b"\xc0\xaf\n\n"])
def test_only_utf_8_is_read(data):
    """Stray bytes, surrogates and overlong forms are refused."""
    assert refused(data + LINE.encode() + b"\n") == "note.format"


def test_how_many_signatures_a_note_may_have():
    """Sixteen and a hundred are read, a hundred and one are not."""
    for count in (16, 100):
        assert count == len(Note.parse(("text\n\n" + f"{LINE}\n" * count).encode()).signatures)
    assert refused("text\n\n" + f"{LINE}\n" * 101) == "note.format"
    assert refused("text\n\n" + f"{LINE}\n" * 10_000) == "note.format"


def test_how_large_a_note_may_be():
    """A note of a megabyte is read; one byte more is refused unread."""
    rest = len(f"\n\n{LINE}\n".encode())
    assert Note.parse(f"{'x' * (MAX_NOTE_BYTES - rest)}\n\n{LINE}\n".encode())
    assert refused(f"{'x' * (MAX_NOTE_BYTES - rest + 1)}\n\n{LINE}\n") == "note.format"


@pytest.mark.parametrize(
    "parts",
    [
        ("text", (NoteSignature("a", b"1234", b"s"),)),
        ("te\rxt\n", (NoteSignature("a", b"1234", b"s"),)),
        ("te\ud800xt\n", (NoteSignature("a", b"1234", b"s"),)),
        ("text\n", ()),
        ("text\n", (NoteSignature("a", b"123", b"s"),)),
        ("text\n", (NoteSignature("a", b"1234", b""),)),
        ("text\n", (NoteSignature("a b", b"1234", b"s"),)),
    ],
)
def test_no_note_can_be_made_that_could_not_be_read(parts):
    """The same rules hold for a note that is put together here."""
    with pytest.raises(NoteError):
        Note(*parts)


def test_further_signatures_follow_and_a_key_keeps_its_first_line():
    """New keys are added in order; a second line of a key, here or there, leaves no trace."""
    a, b, c = (NoteSignature(name, b"1234", b"s") for name in "abc")
    other_id = NoteSignature("a", b"5678", b"s")
    again = NoteSignature("a", b"1234", b"later")
    note = Note("text\n", (a, b))
    assert note == note.with_signatures([])
    assert Note("text\n", (a, b, c, other_id)) == note.with_signatures([again, c, other_id, b])
    assert Note("text\n", (a,)) == Note("text\n", (a, again)).with_signatures([])


@given(NAMES, st.binary(min_size=32, max_size=32), st.sampled_from([ED25519, COSIGNATURE]))
def test_a_key_reads_back_from_its_vkey(name, seed, kind):
    """Name, type and key come back; the id is that of the format."""
    public = SeedSigner(seed).public
    key = VerifierKey(name, kind, public)
    assert key == VerifierKey.parse(str(key))
    assert sha256(name.encode() + b"\n" + bytes((kind,)) + public).digest()[:4] == key.id


def test_a_key_of_ml_dsa_reads_back():
    """The longer key of signature type 6 has a vkey as well."""
    key = VerifierKey("w.example", ML_DSA_COSIGNATURE, b"k" * 1312)
    assert key == VerifierKey.parse(str(key))


KEY = VerifierKey("w.example", COSIGNATURE, PUBLIC)


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", "note.key"),
        ("w.example", "note.key"),
        (f"w.example+{KEY.id.hex()}", "note.key"),
        (f"w.example+{KEY.id.hex()}+", "note.key"),
        (f"w.example+{KEY.id.hex()}+{encode64(bytes((4,)) + PUBLIC + b'x')[:-3]}", "note.key"),
        (str(KEY) + "\n", "note.key"),
        (" " + str(KEY), "note.key"),
        (str(KEY).replace("w.", "v."), "note.key"),
        (f"w.example+{KEY.id.hex().upper()}+{str(KEY).split('+', 2)[2]}", "note.key"),
        (f"w.example+0{KEY.id.hex()}+{str(KEY).split('+', 2)[2]}", "note.key"),
        (f"w.example+{KEY.id.hex()}+{encode64(bytes((4,)) + PUBLIC[:-1])}", "note.key"),
        (f"w.example+{KEY.id.hex()}+{encode64(bytes((2,)) + PUBLIC)}", "note.key_kind"),
        (f"w.example+{KEY.id.hex()}+{encode64(bytes((255,)) + PUBLIC)}", "note.key_kind"),
        (f"w.example+{KEY.id.hex()}+{encode64(bytes((4, 1)) + bytes(31))}", "note.key"),
    ],
)
def test_any_other_vkey_is_refused(vkey, code):
    """A missing part, another id, another type, a short key, a key of small order: each is refused."""
    with pytest.raises(NoteError) as caught:
        VerifierKey.parse(vkey)
    assert code == caught.value.code
