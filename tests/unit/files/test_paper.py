"""Codes on paper: what is printed is read back module by module, and scanned texts become the file again."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qr_reader import read_qr

from quittance.errors import UnreadableError, UsageError
from quittance.files.paper import MARK, MAX_PARTS, PART_BYTES, join_paper, split_paper
from quittance.files.qr import MAX_BYTES, qr_modules, qr_svg
from quittance.record.receipt import VERSION_LINE


def receipt(size: int) -> bytes:
    """Text like a receipt's, of about that many bytes, with a dash before its last line."""
    body = "".join(random.Random(size).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789+/", k=size))
    lines = "\n".join(body[at : at + 60] for at in range(0, len(body), 60))
    return f"{VERSION_LINE}\nextra {body}\nindex 7\n{lines}\n\nquittance.example/log\n8\n\n— log AAAA\n".encode()


@pytest.mark.parametrize("size", [1, 17, 18, 106, 107, 230, 271, 500, 858, 1000, 1500, 2000, 2500, 2900, MAX_BYTES])
def test_a_code_holds_what_it_was_given(size):
    """A reader written from the standard alone reads the very bytes back, at every size of symbol tried."""
    data = random.Random(size).randbytes(size)
    assert data == read_qr(qr_modules(data))


def test_a_code_too_large_is_refused():
    """One byte more than the standard allows is refused with what to do."""
    with pytest.raises(UsageError) as refused:
        qr_modules(b"x" * (MAX_BYTES + 1))
    assert refused.value.code == "paper.too_large"


def test_the_drawing_is_the_symbol():
    """The squares of the SVG are the dark modules, four modules in from the edge; the label is escaped."""
    data = b"quittance"
    rows = qr_modules(data)
    drawn = qr_svg(data, 'a "label" <')
    dark = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn):
        dark |= {(int(y) - 4, column - 4) for column in range(int(x), int(x) + int(length))}
    assert {(y, x) for y, row in enumerate(rows) for x, module in enumerate(row) if module} == dark
    assert f'viewBox="0 0 {len(rows) + 8} {len(rows) + 8}"' in drawn
    assert "a &quot;label&quot; &lt;" in drawn
    assert "<text" not in drawn


def test_a_short_receipt_is_one_code():
    """What fits is printed as it is, so that any scanner shows the receipt itself."""
    data = receipt(900)
    assert split_paper(data) == (data,)
    assert join_paper([data.decode().rstrip("\n")]) == data


@pytest.mark.parametrize("size", [1500, 3000, 20_000])
def test_many_codes_in_any_order(size):
    """Codes shuffled, one of them twice, in one text or in several, make the file again."""
    data = receipt(size)
    parts = [part.decode() for part in split_paper(data)]
    assert len(parts) > 1
    assert all(len(part.encode()) <= PART_BYTES for part in parts)
    random.Random(1).shuffle(parts)
    assert join_paper([*parts, parts[0]]) == data
    assert join_paper(["\r\n".join([*parts, parts[0]]).replace("\n", "\r\n").replace("\r\r", "\r")]) == data


def test_what_scanners_do_to_text():
    """Lost white space at the ends, and UTF-8 taken for Latin-1 or Windows-1252, are put right; the digest decides."""
    data = receipt(3000)
    parts = [part.decode().strip() + "\n\n" for part in split_paper(data)]
    assert join_paper(parts) == data
    assert join_paper(part.encode().decode("latin-1") for part in parts) == data
    assert join_paper(part.replace("—", "â€”") for part in parts) == data


def test_a_missing_code_is_named():
    """The numbers of the codes that were not scanned stand in the refusal."""
    parts = [part.decode() for part in split_paper(receipt(5000))]
    with pytest.raises(UnreadableError, match=f"Of {len(parts)} codes these are missing: 2") as refused:
        join_paper([parts[0], *parts[2:]])
    assert refused.value.code == "paper.parts"


def test_codes_of_two_files_and_no_codes():
    """Codes of two receipts are not mixed; a text without a code is no receipt."""
    first, second = split_paper(receipt(3000)), split_paper(receipt(3001))
    for texts in ([first[0].decode(), second[1].decode()], ["a photograph of a cat"], [""], []):
        with pytest.raises(UnreadableError) as refused:
            join_paper(texts)
        assert refused.value.code == "paper.parts"


def test_a_code_read_wrongly():
    """Two scans that differ, or a letter that is another, are refused: the digest is that of the whole file."""
    parts = [part.decode() for part in split_paper(receipt(3000))]
    wrong = parts[0][:-1] + ("A" if parts[0][-1] != "A" else "B")
    for texts in ([*parts, wrong], [wrong, *parts[1:]]):
        with pytest.raises(UnreadableError) as refused:
            join_paper(texts)
        assert refused.value.code == "paper.differs"


def test_too_much_for_paper():
    """A file of more than the codes that anybody would scan is refused."""
    with pytest.raises(UsageError) as refused:
        split_paper(receipt(MAX_PARTS * PART_BYTES))
    assert refused.value.code == "paper.too_large"


@given(st.text(alphabet=MARK + " 0123456789abcdef/\n\r—", max_size=300))
def test_whatever_was_scanned_is_refused_or_read(text):
    """No text makes the reader fail in any other way than by a refusal."""
    code = ""
    try:
        join_paper([text])
    except UnreadableError as refused:
        code = refused.code
    assert code in {"", "paper.parts", "paper.differs"}
