"""Reports from files: the text exactly, every date that is shown, what wins, and what is told."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from quittance.errors import QuittanceError, UnreadableError, UsageError
from quittance.files.report_credit import agency_of, language_of
from quittance.files.report_dates import choose, iso_day, visible_dates, weekday_warnings
from quittance.files.report_page import PageDate
from quittance.files.reports import distinct, find_reports, read_report, read_reports, text_report

STORY = "The government released 100 people on Monday, the council said.\n"


def codes(warnings) -> list[str]:
    return [one.partition(":")[0] for one in warnings]


def test_the_text_is_kept_to_the_byte(tmp_path):
    """Line ends, no-break spaces, marks of direction and a byte order mark stay; the hash is of the bytes."""
    data = "\ufeffOne\r\ntwo\u00a0three\r\u200ffour\u2028five 😀 e\u0301\n".encode()
    path = tmp_path / "a.b.txt"
    path.write_bytes(data)
    report = read_report(path)
    assert report.text.encode() == data
    assert report.sha256 == sha256(data).hexdigest()
    assert report.doc == "a.b"


@pytest.mark.parametrize(
    ("data", "text", "said"),
    [
        (b"The council\x92s 100 people", "The council’s 100 people", "windows-1252"),
        ("Été: 100".encode("utf-16"), "Été: 100", "utf-16-le"),
        ("Привет, освобождены 100 человек из плена, сообщил совет".encode("cp1251"), None, "windows-1251"),
        (
            "100 é und ü\n".encode() + b"broken \xff\xfe here\n",
            "100 é und ü\nbroken \ufffd\ufffd here\n",
            "U+FFFD 2 times",
        ),
    ],
)
def test_what_is_not_utf8_is_read_and_told(tmp_path, data, text, said):
    """By a mark, by its letters, else as browsers do; damaged UTF-8 with a sign in the place of each broken byte."""
    path = tmp_path / "one.txt"
    path.write_bytes(data)
    report = read_report(path)
    assert text is None or report.text == text
    (warning,) = [one for one in report.warnings if one.startswith("report.encoding")]
    assert said in warning


@pytest.mark.parametrize(("data", "code"), [(b"\x00\x01PNG", "report.not_text"), (b"x" * 50, "file.too_large")])
def test_what_is_no_report_is_refused(tmp_path, monkeypatch, data, code):
    """Zero bytes, and more bytes than a text may have."""
    monkeypatch.setitem(__import__("quittance.files.reports").files.reports.LIMITS, "text", 40)
    path = tmp_path / "one.txt"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as refused:
        read_report(path)
    assert (refused.value.code, refused.value.exit_code) == (code, 2)


def test_an_empty_file_is_a_report_that_says_nothing(tmp_path):
    """It is told."""
    (tmp_path / "one.txt").write_bytes(b" \n")
    assert codes(read_report(tmp_path / "one.txt").warnings) == ["report.no_text", "report.no_date"]


TOLD = {
    "id": "other",
    "published": "2020-04-12",
    "page_dates": ["2020-03-21", "2020-04-12"],
    "outlet": "Example Post",
    "agency": "Reuters",
    "language": "en",
    "conflict": "afghanistan-2020",
    "url": "https://example.org/2020/04/13/x",
    "flags": ["page-date-wrong", "spam-injected"],
    "text_kind": "restated",
}


def test_a_sidecar_wins(tmp_path):
    """Its date, agency and outlet; the dates it lists are kept beside those shown; its flags change nothing."""
    (tmp_path / "one.txt").write_text("KABUL (AFP) - " + STORY + "Updated: April 14, 2020\n")
    (tmp_path / "one.json").write_text(json.dumps(TOLD))
    report = read_report(tmp_path / "one.txt")
    assert (report.doc, report.published, report.published_from) == ("one", "2020-04-12", "sidecar")
    assert report.page_dates == ("2020-03-21", "2020-04-12", "2020-04-13", "2020-04-14")
    assert (report.outlet, report.agency, report.conflict) == ("Example Post", "Reuters", "afghanistan-2020")
    assert codes(report.warnings) == ["report.dates_differ"]
    assert "2020-03-21" in report.warnings[0]
    (tmp_path / "one.json").write_text(json.dumps({**TOLD, "flags": ["nothing", 7, None]}))
    assert read_report(tmp_path / "one.txt") == report


@pytest.mark.parametrize(
    "told",
    [b"[]", b"{", b"\xff", b'{"published": 7}', b'{"published": "4/12/2020"}', b'{"page_dates": ["x"]}',
     b'{"conflict": "../etc"}', b'{"conflict": "a\\tb"}', b"[" * 100_000],
)  # fmt: skip
def test_a_sidecar_that_is_none(tmp_path, told):
    """Is told, without a word of the report."""
    (tmp_path / "one.txt").write_text(STORY)
    (tmp_path / "one.json").write_bytes(told)
    with pytest.raises(UnreadableError) as refused:
        read_report(tmp_path / "one.txt")
    assert refused.value.code == "report.sidecar"
    assert "released" not in refused.value.message


def test_a_sidecar_of_other_bytes(tmp_path):
    """Is used, and told."""
    (tmp_path / "one.txt").write_text(STORY)
    (tmp_path / "one.json").write_text(json.dumps({"published": "2020-04-12", "sha256": "0" * 64}))
    assert codes(read_report(tmp_path / "one.txt").warnings) == ["report.sidecar_sha256"]


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    """With folders below; hidden files, links to folders, sidecars and other forms are passed over."""
    for name in ("b.txt", "a.txt", "sub/c.txt", "sub/.d.txt", "picture.png", "a.json", "z/a.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"published": "2020-04-12"}' if name.endswith(".json") else STORY)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    found = list(find_reports([tmp_path / "in"]))
    assert [source.doc for source in found] == ["a", "b", "sub/c", "z/a"]
    assert [source.sidecar is not None for source in found] == [True, False, False, False]
    assert [report.doc for report in read_reports([tmp_path / "in"])] == ["a", "b", "sub/c", "z/a"]


def test_sidecars_from_another_folder(tmp_path):
    """Those beside the file come first."""
    texts, told = tmp_path / "texts", tmp_path / "told"
    for folder in (texts, told):
        folder.mkdir()
    for name in ("a", "b"):
        (texts / f"{name}.txt").write_text(STORY)
        (told / f"{name}.json").write_text("{}")
    (texts / "a.json").write_text("{}")
    assert [source.sidecar for source in find_reports([texts], sidecars=told)] == [texts / "a.json", told / "b.json"]
    assert [source.sidecar for source in find_reports([texts / "b.txt"], sidecars=told)] == [told / "b.json"]


def test_two_reports_of_one_name_are_refused(tmp_path):
    """Claims are named after their report."""
    for name in ("x/a.txt", "y/a.txt", "z/a.txt", "z/a.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(STORY)
    for paths in ([tmp_path / "x", tmp_path / "y"], [tmp_path / "x/a.txt", tmp_path / "y/a.txt"], [tmp_path / "z"]):
        with pytest.raises(UsageError) as refused:
            list(distinct(find_reports(paths)))
        assert refused.value.code == "report.doc_twice"
    with pytest.raises(UsageError):  # in one folder at once
        list(find_reports([tmp_path / "z"]))
    (tmp_path / "z/a.txt").rename(tmp_path / "z/a.pdf")
    with pytest.raises(UsageError):
        list(find_reports([tmp_path / "z"]))


def test_a_file_that_is_not_there():
    """Is told by its name."""
    with pytest.raises(QuittanceError, match=r"nothing\.txt: there is no such file"):
        list(find_reports(["nothing.txt"]))


def test_a_text_from_a_form():
    """Is treated as the text of a file."""
    report = text_report("date 2020-03-25 " + STORY, "pasted")
    assert (report.published, report.published_from, report.language) == ("2020-03-25", "visible date", "en")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-04-12", "2020-04-12"),
        ("2020-04-12T23:59:00-05:00", "2020-04-12"),
        ("20200412T100000Z", "2020-04-12"),
        ("2020/4/2", "2020-04-02"),
        ("Sunday, April 12, 2020", "2020-04-12"),
        ("Sun, 12 Apr 2020 10:00:00 +0000", "2020-04-12"),
        ("12th of April, 2020", "2020-04-12"),
        ("Sept. 1, 2020", "2020-09-01"),
        ("10th March, 2020", "2020-03-10"),
        ("12-Apr-2020", "2020-04-12"),
        ("4/12/2020", None),
        ("April 31, 2020", None),
        ("2020-04", None),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_days_as_pages_print_them(text, day):
    """With a year and a month that can be told; a day that does not exist is none."""
    assert iso_day(text) == day


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("City Paper. By ANI | Updated: April 12, 2020 18:45 IST. They freed 20.", [("2020-04-12", "visible updated")]),
        (" date 2020-03-25 The government said", [("2020-03-25", "visible date")]),
        ("KABUL, 10th March, 2020. The movement said", [("2020-03-10", "dateline")]),
        ("Headline\nSunday, 12 April 2020 10:45\nThe story", [("2020-04-12", "line")]),
        ("Published on 12 April 2020 | Last updated 13 April 2020\nStory", [("2020-04-12", "visible published"),
                                                                         ("2020-04-13", "visible updated")]),
        ("The agreement of February 29, 2020 set a date, 10 March 2020, for talks.", []),
        ("They said the list was published by the council in March.", []),
    ],
)  # fmt: skip
def test_dates_shown_beside_the_story(text, found):
    """Labels, datelines and lines of their own; dates of the story itself are none."""
    assert [(one.day, one.source) for one in visible_dates(text)] == found


def test_the_date_that_is_believed():
    """By its place; what differs by more than a day is told; the day of a change counts only alone."""
    day = PageDate
    shown = [day("2020-05-01", "meta modified lastmod"), day("2020-04-12", "meta published pubdate"),
             day("2020-04-13", "JSON-LD datePublished")]  # fmt: skip
    assert choose(shown) == ("2020-04-13", "JSON-LD datePublished", ())
    assert choose(shown[:1])[:2] == ("2020-05-01", "meta modified lastmod")
    published, because, (warning,) = choose([day("2020-03-21", "visible date"), *shown[:2]])
    assert (published, because) == ("2020-04-12", "meta published pubdate")
    assert "the page also shows 2020-03-21" in warning
    assert codes(choose([]).warnings) == ["report.no_date"]


@pytest.mark.parametrize(
    ("text", "published", "count"),
    [
        ("He said today, Thursday, that they left", "2020-04-09", 0),
        ("He said today, Thursday, that they left", "2020-04-08", 1),
        ("will release 100 today\u00a0(Thursday)", "2020-04-09", 0),
        ("freed yesterday, Tuesday", "2020-04-08", 0),
        ("freed yesterday, Tuesday", "2020-04-09", 1),
        ("on Sunday, April 12, 2020", None, 0),
        ("on Monday, April 12, 2020", None, 1),
        ("on Thursday he spoke", "2020-04-08", 0),
    ],
)
def test_weekdays_that_contradict(text, published, count):
    """The word beside today, and the weekday beside a date; a bare weekday contradicts nothing."""
    found = weekday_warnings(text, published)
    assert codes(found) == ["report.weekday"] * count
    assert not any("left" in one or "freed" in one for one in found)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("KABUL (AFP) - The movement rejected it.", "AFP"),
        ("Kandahar, April 12 (ANI): They will be freed.", "ANI"),
        ("Villavicencio / Bogota (ICRC) - In the last hours", "ICRC"),
        ("KABUL - Reuters - They will be freed.", "Reuters"),
        ("City Paper. By ANI | Updated: April 12, 2020", "ANI"),
        ("By The Associated Press\nThey will be freed.", "AP"),
        ("They will be freed. (ANI)", "ANI"),
        ("They will be freed. -AFP", "AFP"),
        ("This article was originally published by Radio Free Europe/Radio Liberty and is reprinted.", "RFE/RL"),
        ("Originally the list. It was first published by Example Daily News on Monday.", "Example Daily News"),
        ("The spokesman told AFP that", "AFP"),
        ("He told The Associated Press the group", "AP"),
        ("the minister, quoted by Interfax, said", "Interfax"),
        ("Kabul (Agencies): They will be freed.", None),
        ("They told reporters (NSC) that all left.", None),
        ("The apprentices told Apple they left.", None),
        ("", None),
    ],
)
def test_the_agency_that_is_credited(text, agency):
    """After the dateline, in the byline, at the end, for a reprint, and where somebody told it."""
    assert agency_of(text) == agency


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (STORY, "en"),
        ("El gobierno dijo que los presos fueron liberados por la tarde en la capital del país.", "es"),
        ("Le gouvernement a dit que les prisonniers ont été libérés dans la capitale pour des raisons de santé.", "fr"),
        ("Правительство сообщило, что все они были освобождены", "ru"),
        ("Уряд повідомив, що всі вони були звільнені з полону", "uk"),
        ("أعلنت الحكومة اليوم الإفراج عن مئة سجين", "ar"),
        ("دولت امروز اعلام کرد که صد زندانی آزاد شدند", "fa"),
        ("حکومت نن وویل چې سل بندیان یې خوشې کړي دي", "ps"),
        ("100, 200", None),
        ("Kabul Kabul Kabul Kabul Kabul Kabul", None),
    ],
)
def test_the_language_is_guessed(text, language):
    """By script and common words; nothing is said where nothing is clear."""
    assert language_of(text) == language


def test_twenty_million_letters_on_one_line(tmp_path):
    """Are read as any other text."""
    path: Path = tmp_path / "long.txt"
    path.write_text("They freed 100, then told nobody. " * 600_000)
    assert len(read_report(path).text) == path.stat().st_size > 20_000_000
