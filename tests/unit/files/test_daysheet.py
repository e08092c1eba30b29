"""Printed sheets: what stands on them, in both directions, and what must not."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from tests.qr_reader import read_qr

from quittance.errors import UsageError
from quittance.files.daysheet import HEAD_BYTES, Sheet, SheetLine, day_sheet, receipt_page
from quittance.files.paper import PART_BYTES, join_paper
from quittance.files.sheet_frame import RecordFoot
from quittance.files.sheet_words import LANGUAGES, MARK, NOT_PROVED, SCAN, words
from quittance.record.receipt import VERSION_LINE

FOOT = RecordFoot("quittance.example/test", 1204, "ab" * 32, "2020-04-08", "2020-04-09")
NOTE = b"quittance.example/test\n1204\nqqqq=\n\n" + "— quittance.example/test AAAAAAAAAAAA\n".encode()
LINES = (
    SheetLine(1, "7KQ2M-X4C9D", "r-1", "رحیم ګل ټستزی", "کریم", "1359"),
    SheetLine(2, "8KQ2M-X4C9D", "r-2", '<script>alert("x")</script>', "A & B", "~1985"),
)
SHEET = Sheet("1", "b/asked", "a", "b", LINES, FOOT, NOTE, proposal=False, names=True)


class Reader(HTMLParser):
    """The elements of a page, and the text in them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.ltr: list[str] = []
        self.feed(page.decode())
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "bdi" and dict(attrs).get("dir") == "ltr":
            self.ltr.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data
        if "bdi" in self.open and self.ltr and self.tags[-1][1].get("dir") == "ltr":
            self.ltr[-1] += data


def modules(drawing: str) -> list[list[bool]]:
    side = int(re.search(r'viewBox="0 0 (\d+) ', drawing)[1]) - 8
    rows = [[False] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing):
        for column in range(int(x), int(x) + int(length)):
            rows[int(y) - 4][column - 4] = True
    return rows


def codes(page: bytes) -> list[bytes]:
    """What the codes of a page hold."""
    return [read_qr(modules(one)) for one in re.findall(r"<svg .*?</svg>", page.decode())]


@pytest.mark.parametrize(("language", "direction"), LANGUAGES.items())
def test_a_page_stands_alone_in_its_direction(language, direction):
    """Language and direction on the page; it loads nothing and runs nothing; a name cannot bring in an element."""
    page = day_sheet(SHEET, language)
    read = Reader(page)
    assert ("html", {"lang": language, "dir": direction}) in read.tags
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in read.tags}
    assert "http" not in re.sub(rb'xmlns="[^"]*"|http-equiv', b"", page).decode()
    assert '<script>alert("x")</script>' in read.text
    assert page.count(b"url(") == page.count(b"url(data:font/woff2") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_kept_from_turning_round(language):
    """Every number, code, date and hash stands in an element of its own that runs from left to right."""
    read = Reader(day_sheet(SHEET, language))
    for text in ("1", "2", "7KQ2M-X4C9D", "1359", "1,204", "abababababababab", "2020-04-08", "2020-04-09", "b/asked"):
        assert text in read.ltr
    inside = re.compile(r"<head>.*?</head>|<bdi[^>]*>.*?</bdi>|<[^>]+>", re.DOTALL)
    outside = inside.sub(" ", day_sheet(SHEET, language).decode())
    assert not re.search(r"[0-9]", outside)


def test_names_only_where_they_are_asked_for():
    """Without names the row of the list stands in their place."""
    plain = Reader(day_sheet(Sheet("1", "b/asked", "a", "b", LINES, FOOT, NOTE, proposal=False, names=False)))
    assert "r-1" in plain.text
    assert "رحیم" not in plain.text
    assert "1359" not in plain.text


def test_no_box_tells_who_refused():
    """Neither the wish nor the doctor's word has a box: one box says that all is there."""
    for language in LANGUAGES:
        text = Reader(day_sheet(SHEET, language)).text
        for word in ("wish", "consent", "fit to travel", "غواړي", "رضایت"):
            assert word not in text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposal_says_so_on_every_page(language):
    """In the head and in the foot, which every page repeats; not where the batch is authorised."""
    word = words(language)["PROPOSAL: not authorised yet"]
    proposal = Sheet("1", "b/asked", "a", "b", LINES, FOOT, NOTE, proposal=True, names=False)
    page = day_sheet(proposal, language).decode()
    assert page.count(word) == 2
    assert word in re.search(r"<tfoot>.*?</tfoot>", page)[0]
    assert word not in day_sheet(SHEET, language).decode()


def test_the_head_of_the_record_is_a_code():
    """The note as it is; where cosignatures make it long, its text with the log's own signature."""
    assert codes(day_sheet(SHEET)) == [NOTE]
    long = NOTE + b"".join(f"— witness-{at}.example {'A' * 80}\n".encode() for at in range(9))
    assert len(long) > HEAD_BYTES
    sheet = Sheet("1", "b/asked", "a", "b", LINES, FOOT, long, proposal=False, names=False)
    assert codes(day_sheet(sheet)) == [NOTE]


def test_a_person_is_one_row_with_a_box_for_each_step():
    """As many boxes as steps, and room for a signature; lines for the three offices and for what did not agree."""
    page = day_sheet(SHEET).decode()
    rows = re.findall(r"<tr><td><bdi dir=\"ltr\">\d</bdi></td>.*?</tr>", page)
    assert [row.count('class="box"') for row in rows] == [7, 7]
    assert all('class="sign"' in row for row in rows)
    for office in ("holding side: handed over", "receiving side: received", "neutral: saw it"):
        assert office in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [300, PART_BYTES, 9_000])
def test_a_receipt_on_paper(language, size):
    """Its codes make the receipt again, and every sentence stands there of what it does not prove."""
    receipt = f"{VERSION_LINE}\nextra {'QUJD' * (size // 4)}\nindex 7\n\n".encode() + NOTE
    page = receipt_page(receipt, 7, "handover.observed", "cd" * 32, "2020-04-08T06:00:00Z", 2, FOOT, language)
    assert join_paper(one.decode() for one in codes(page)) == receipt
    text = Reader(page).text
    assert len(NOT_PROVED[language]) == 7
    for sentence in (*NOT_PROVED[language], SCAN[language]):
        assert sentence in text
    assert "cd" * 32 in text


def test_both_languages_say_the_same_things():
    """Every word and sentence has a translation of its own; no other language is printed."""
    english, pashto = words("en"), words("ps")
    assert english.keys() == pashto.keys()
    assert all(text == english[text] != pashto[text] for text in english)
    assert MARK.keys() == SCAN.keys() == NOT_PROVED.keys() == LANGUAGES.keys()
    for call in (lambda: day_sheet(SHEET, "fr"), lambda: receipt_page(NOTE, 1, "x", "y", "z", 1, FOOT, "fr")):
        with pytest.raises(UsageError) as refused:
            call()
        assert refused.value.code == "paper.language"
