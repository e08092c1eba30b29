"""Web pages, PDF files and feeds: what a reader sees becomes the text, and what is hostile becomes a clean error."""

from __future__ import annotations

from contextlib import suppress

import pytest
from tests import pages

from quittance.errors import UnreadableError
from quittance.files import report_child, report_fence, report_html, report_pdf
from quittance.files.report_fence import fenced
from quittance.files.report_page import PageError
from quittance.files.reports import read_report, read_reports

for extra in ("trafilatura", "lxml", "pypdf"):
    pytest.importorskip(extra)


@pytest.fixture
def given(tmp_path):
    """Writes a file."""

    def write(name: str, content: str | bytes):
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / name

    return write


def test_a_page(given):
    """The article; title, outlet and address as the page gives them; all its dates; no script, style or hidden text."""
    report = read_report(given("page.html", pages.PAGE))
    assert pages.STORY in report.text
    assert pages.MORE in report.text
    for hidden in range(111, 1000, 111):
        assert str(hidden) not in report.text
    assert (report.outlet, report.agency, report.language) == ("Example Post", "ANI", "en")
    assert report.url == "https://example.org/2020/04/12/frees-100"
    assert (report.published, report.published_from) == ("2020-04-12", "JSON-LD datePublished")
    assert report.page_dates == ("2020-04-12", "2020-04-13", "2020-05-01")
    assert read_report(given("page.html", pages.PAGE)) == report


def test_a_page_in_another_encoding(given):
    """As it declares itself, else UTF-8, else as browsers do, and then it is told."""
    body = "<html><head>{}</head><body><p>L’été de " + pages.STORY + "</p></body></html>"
    meta = '<meta charset="windows-1252">'
    assert "L’été" in read_report(given("a.html", body.format(meta).encode("cp1252"))).text
    assert "L’été" in read_report(given("b.html", body.format("").encode())).text
    assert "L’été" in read_report(given("c.html", body.format(meta).encode("utf-16"))).text
    wrong = read_report(given("d.html", body.format('<meta charset="no-such">').encode("cp1252")))
    assert "L’été" in wrong.text
    assert wrong.warnings[0].startswith("report.encoding")


def test_a_page_without_an_article(given):
    """All that is visible is taken, and it is told."""
    report = read_report(given("page.html", "<html><body><table><tr><td>Freed</td><td>100</td></tr></table></body>"))
    assert "100" in report.text
    assert read_report(given("none.html", "<html><body><script>freed 100</script></body></html>")).text == ""


def test_hidden_text_is_cut_but_what_follows_it_stays():
    """The text behind an element that is cut belongs to the element above."""
    tree = report_html.parse("<div>one<span style='font-size:0px'>two</span>three<p style='opacity:0.9'>four</p></div>")
    report_html.prune(tree)
    assert report_html.visible(tree) == "onethree\nfour"


def test_a_feed(given):
    """Each item is a report with a name that stays; its longer text wins; no script; dates in their own zone."""
    first, second, third, fourth = read_reports([given("feed.rss", pages.FEED)])
    assert first.text == f"{pages.STORY}\n{pages.MORE}"
    assert (first.title, first.outlet, first.language) == ("100 freed", "Example & Sons", "en")
    assert (first.published, first.published_from, first.url) == (
        "2020-05-01", "feed published", "https://example.org/2020/05/01/a"
    )  # fmt: skip
    assert second.text == "Fewer than 5 < 6 people"
    assert third.doc == f"{second.doc}-2"
    assert fourth.text == ""
    assert len({one.sha256 for one in (first, second, third, fourth)}) == 4
    turned = pages.FEED.replace("<item><title>Nothing in it</title></item>", "")
    assert [one.doc for one in read_reports([given("feed.rss", turned)])] == [first.doc, second.doc, third.doc]


def test_an_atom_feed(given):
    """XHTML inside of an entry, the address that is not its own, plain text with a sign that looks like a tag."""
    first, second = read_reports([given("feed.atom", pages.ATOM)])
    assert first.text.split("\n")[0] == pages.STORY
    assert "They freed 20." in first.text
    assert (first.url, first.published, first.page_dates) == (
        "https://example.org/x", "2020-05-01", ("2020-05-01", "2020-05-02")
    )  # fmt: skip
    assert (second.text, second.published_from) == ("5 < 6 people", "feed updated")


def test_one_report_is_not_several(given):
    """A feed is not read as one."""
    with pytest.raises(UnreadableError) as refused:
        read_report(given("feed.rss", pages.FEED))
    assert refused.value.code == "report.several"


LINES = ["The government on Sunday released 100 people, the spokesman of", "the council said in a state-", "ment.",
         "The movement released 20."]  # fmt: skip


def test_a_pdf_file(given):
    """Lines become paragraphs, pages stay apart, the day of making is kept as what it is."""
    report = read_report(given("notice.pdf", pages.pdf(LINES, ["A second page."])))
    assert report.text == (
        "The government on Sunday released 100 people, the spokesman of the council said in a state-\nment.\n"
        "The movement released 20.\n\nA second page."
    )
    assert (report.published, report.published_from, report.title) == ("2020-05-02", "PDF creation", "Notice")


def test_lines_of_a_page_become_paragraphs():
    """A full line that ends no sentence goes on; a word that was parted is whole again; short lines stay."""
    lines = ("Title", "The government released one hundred peo-", "ple on Sunday, as the council", "said. ", "")
    page = "\n".join((*lines, "Between 1,900 and 2,000-", "3 left"))
    assert report_pdf.flow(page) == (
        "Title\nThe government released one hundred people on Sunday, as the council said.\n"
        "Between 1,900 and 2,000-\n3 left"
    )


def test_a_pdf_file_of_pictures(given):
    """Is a report without text, and says so."""
    report = read_report(given("scan.pdf", pages.pdf(pictures=2)))
    assert report.text == ""
    assert any(one.startswith("report.no_text: the 2 pages hold pictures") for one in report.warnings)
    mixed = read_report(given("mixed.pdf", pages.pdf(["They freed 5."], pictures=1)))
    assert any(one.startswith("report.no_text: 1 of 2 pages") for one in mixed.warnings)


def test_locked_pdf_files(given):
    """One with a password is refused; one that opens without is read."""
    with pytest.raises(UnreadableError) as refused:
        read_report(given("locked.pdf", pages.locked(pages.pdf(LINES), "secret")))
    assert refused.value.code == "report.pdf_locked"
    assert "released 100" in read_report(given("open.pdf", pages.locked(pages.pdf(LINES), ""))).text


def test_limits_of_pdf_files(monkeypatch):
    """Too many pages and too much text are refused; what a broken file raises is one error."""
    monkeypatch.setattr(report_pdf, "MAX_PAGES", 1)
    with pytest.raises(PageError, match="2 pages"):
        report_pdf.document_of(pages.pdf(LINES, LINES))
    monkeypatch.setattr(report_pdf, "MAX_TEXT", 10)
    with pytest.raises(PageError, match="letters of text"):
        report_pdf.document_of(pages.pdf(LINES))
    whole = pages.pdf(LINES)
    for cut in range(10, len(whole), 97):
        with suppress(PageError):  # anything else would end the test
            report_pdf.document_of(whole[:cut])


REFUSED = {
    "nested.html": "report.html", "nested_inline.html": "report.html", "one_line.html": "report.html",
    "many.html": "report.html", "zero.html": "report.html", "empty.html": "report.html",
    "doctype.rss": "report.feed_doctype", "laughs.xml": "report.feed_doctype", "deep.rss": "report.feed",
    "long.rss": "report.feed", "cut.rss": "report.feed", "other.xml": "report.feed", "empty.atom": "report.feed",
    "text.pdf": "report.pdf", "empty.pdf": "report.pdf",
}  # fmt: skip


@pytest.mark.parametrize("name", pages.HOSTILE)
def test_hostile_files(given, name):
    """Each is read, or refused with a code and without a word of its text."""
    path = given(name, pages.HOSTILE[name])
    if name not in REFUSED:
        assert "root:" not in read_report(path).text
        return
    with pytest.raises(UnreadableError) as refused:
        read_report(path)
    assert refused.value.code == REFUSED[name]
    assert refused.value.message.startswith(str(path))
    assert "released" not in refused.value.message


def test_a_child_that_dies_is_an_error_of_its_file(monkeypatch):
    """A process killed by the system is told, and the next file gets a new one."""
    assert fenced("feed", pages.ATOM.encode(), "a")
    child = report_fence._child
    child.kill()
    child.wait()
    with pytest.raises(UnreadableError) as refused:
        fenced("feed", pages.ATOM.encode(), "b.rss")
    assert refused.value.code == "report.too_hard"
    assert fenced("feed", pages.ATOM.encode(), "c")


def test_the_time_of_a_child_is_bounded(tmp_path):
    """A file that takes longer than the limit ends the process by the signal's own default."""
    import signal
    import subprocess
    import sys

    import msgspec

    data = msgspec.msgpack.encode(report_child.Ask("feed", pages.ATOM.encode()))
    program = (
        "import sys\nfrom quittance.files import report_child as one\n"
        "one.answer = lambda _: [0 for _ in iter(int, 1)]\none.serve(sys.stdin.buffer, sys.stdout.buffer, seconds=0.05)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=report_child.LENGTH.pack(len(data)) + data, check=False
    )
    assert done.returncode == -signal.SIGPROF


def test_a_reader_that_fails_is_an_answer(monkeypatch):
    """Whatever it raises; and a package that is missing is named."""

    def broken(_: bytes):
        raise KeyError("the secret of somebody")

    monkeypatch.setattr(report_html, "page_of", broken)
    found = report_child.answer(report_child.Ask("html", b""))
    assert (found.code, "secret" in found.reason) == ("report.unreadable", False)
    for error, expected in ((MemoryError(), "report.too_hard"), (ModuleNotFoundError("x", name="lxml.html"), "")):
        monkeypatch.setattr(report_html, "page_of", lambda _, error=error: (_ for _ in ()).throw(error))
        found = report_child.answer(report_child.Ask("html", b""))
        assert found.code == expected
    assert found.missing == "lxml"


def test_a_missing_extra_is_told(monkeypatch):
    """With the command that installs it."""
    answer = report_child.Answer(missing="pypdf")
    monkeypatch.setattr(report_fence, "_ask", lambda _question, _name: answer)
    with pytest.raises(UnreadableError, match=r'pip install "quittance\[pdf\]"') as refused:
        fenced("pdf", b"", "a.pdf")
    assert refused.value.code == "report.extra"
