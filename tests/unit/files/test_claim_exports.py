"""Claims as files: what stands in them, and what cannot get out of a cell."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from quittance.claims.model import Claim, Claimant, Quantity, Report, Review, read_claim
from quittance.claims.origins import origins
from quittance.claims.reconcile.model import Gap, Judged, Published, Reconciliation, Series, SideFigure
from quittance.files.claim_exports import (
    annotation_page,
    claims_jsonl,
    dispute_notes,
    labelled,
    origin_edges_csv,
    origin_nodes_csv,
    series_csv,
    verdicts_csv,
)
from quittance.files.guard import FLAG

HOSTILE = '=HYPERLINK("http://x")\x00\u202e'
TEXT = f"Before. {HOSTILE} 850 were freed. After that, more text that nobody may publish again."
START = TEXT.index("=HYPER")
END = TEXT.index(". After")


def claim(**more: object) -> Claim:
    """A claim with words that an office program would run."""
    plain: dict[str, object] = {
        "id": "d#1", "doc": "d", "event_type": "done", "claimant": Claimant(key="NSC"), "actor": "AF_GOV",
        "object": "TALIBAN", "kind": "cumulative", "span": (START, END), "text": TEXT[START:END],
        "quantity": Quantity(value=850, low=850, high=850, modality="exact"), "published": "2020-05-05",
    }  # fmt: skip
    return Claim(**{**plain, **more})  # type: ignore[arg-type]


def rows(data: bytes) -> list[list[str]]:
    """The table as an office program reads it."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


SIDES = (
    SideFigure(side="AF_GOV", said=("2,710",), low=2710, high=2710, claims=("a#1",), origins=1),
    SideFigure(side="TALIBAN", said=("2,284 or more",), low=2284, high=None, claims=("b#1",), origins=1),
)
ROW = Published(
    actor="AF_GOV", who="all_persons", kind="total", day=date(2020, 5, 31), best=None, low=2284, high=2710,
    verified=2000, sides=SIDES, claims=("a#1", "b#1"), others=(), origins=2, verdicts=("conflicting",),
    arithmetic=("2,710 is not 2,284",), dispute="The sides differ by 426.",
)  # fmt: skip
GAP = Gap(
    actor="AF_GOV", who="all_persons", since=date(2020, 5, 1), until=date(2020, 5, 31), missing=105, claims=("a#1",),
    arithmetic="400 - 295 = 105",
)  # fmt: skip
SERIES = Series(
    actor="AF_GOV", who="all_persons", rows=(ROW,), gaps=(GAP,), closes=False, batches_low=295, batches_high=295,
    origins=2, note="The series does not close.",
)  # fmt: skip
JUDGED = Judged(
    claim="d#1", verdict="conflicting", checks=("cross",), used=("d#2",), arithmetic=(HOSTILE, "748 + 102 = 850"),
    flags=(), support=1, origin="source:NSC",
)  # fmt: skip
FOUND = Reconciliation(
    as_of=date(2020, 5, 31), known_by=date(2020, 6, 1), judged=(JUDGED,), series=(SERIES,), findings=(), left_out=()
)


def test_claims_come_back():
    """One a line."""
    (line,) = claims_jsonl([claim()]).splitlines()
    assert read_claim(line) == claim()


def test_labelled_claims_have_the_fields_of_the_labelled_ones():
    """No review, no extractor, no origin: what the text says and nothing about who read it."""
    data = labelled([claim(id="d#2", span=(START + 1, END)), claim(review=Review(state="accepted", by="R"))])
    first, second = (json.loads(line) for line in data.splitlines())
    assert [first["id"], second["id"]] == ["d#1", "d#2"]
    assert list(first)[:5] == ["id", "doc", "event_type", "claimant", "outlet"]
    assert not {"review", "extractor", "origin", "kind_basis", "definition"} & set(first)
    assert (first["quantity"]["value"], first["span"]) == (850, [START, END])


def test_a_series_is_a_row_a_day_and_a_row_a_side():
    """The figure first, then what each side says; what is not known is empty."""
    head, figure, one, other = rows(series_csv(FOUND))
    assert head[-1] == FLAG
    of = dict(zip(head, figure, strict=True))
    assert (of["date"], of["side"], of["definition"], of["best"], of["low"], of["high"], of["verified"]) == (
        "2020-05-31", "AF_GOV", "all_persons", "", "2284", "2710", "2000",
    )  # fmt: skip
    assert (of["claims"], of["origins"], of["verdict"]) == ("a#1 b#1", "2", "conflicting")
    assert of["arithmetic"] == "2,710 is not 2,284"
    assert [(each[4], each[6], each[7]) for each in (one, other)] == [
        ("AF_GOV", "2710", "2710"),
        ("TALIBAN", "2284", ""),
    ]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", "'x"])
def test_no_cell_is_run_as_a_formula(start):
    """Whatever a report printed: it leaves as text."""
    found = verdicts_csv(FOUND, {"d#1": claim(text=start)})
    cell = rows(found)[1][14]
    assert cell.startswith("'") or not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_what_cannot_be_seen_is_shown():
    """A zero byte would otherwise stop the export, and a mark of direction would turn the row."""
    row = rows(verdicts_csv(FOUND, {"d#1": claim()}))[1]
    assert "[U+0000][U+202E]" in row[14]
    assert "\u202e" not in "".join(row)


def test_an_annotation_quotes_the_claim_and_nothing_else():
    """Position and quotation; neither what stands before nor what stands after."""
    report = Report(doc="d", text=TEXT, sha256="ab" * 32, url="https://example.org/a")
    data = annotation_page([claim(review=Review(state="accepted", by="R", at="2020-06-01T00:00:00Z"))], {"d": report})
    page = json.loads(data)
    (item,) = page["items"]
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert item["target"]["source"] == "https://example.org/a"
    quote, place = item["target"]["selector"]
    assert quote == {"type": "TextQuoteSelector", "exact": TEXT[START:END]}
    assert TEXT[place["start"] : place["end"]] == quote["exact"]
    assert (item["creator"]["nickname"], item["created"]) == ("R", "2020-06-01T00:00:00Z")
    assert b"Before." not in data
    assert b"nobody may publish" not in data


def test_an_annotation_names_no_address_that_is_none():
    """A report whose url would run a script is named by its digest."""
    report = Report(doc="d", text=TEXT, sha256="ab" * 32, url="javascript:alert(1)")
    assert b"javascript" not in annotation_page([claim()], {"d": report})
    assert json.loads(annotation_page([claim()], {}))["items"][0]["target"]["source"] == "urn:quittance:report:d"


def test_the_graph_of_origins_is_two_tables():
    """Every edge leads from a node to a node."""
    report = Report(doc="d", text=TEXT, outlet=HOSTILE)
    found = origins([report], [claim()])
    names = {row[0] for row in rows(origin_nodes_csv(found))[1:]}
    edges = rows(origin_edges_csv(found))[1:]
    assert edges
    assert {end for row in edges for end in row[:2]} <= names


def test_a_dispute_note_is_dated_and_says_its_sums():
    """Who differs, by how much, and what no batch covers."""
    note = dispute_notes(FOUND)
    assert note.startswith("Disputes as of 2020-05-31, as known by 2020-06-01")
    for words in ("The sides differ by 426.", "2,710 is not 2,284", "at least 105", "400 - 295 = 105"):
        assert words in note
    calm = Reconciliation(FOUND.as_of, FOUND.known_by, (), (), (), ())
    assert "Nothing is disputed" in dispute_notes(calm)
