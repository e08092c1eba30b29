"""LINKS.csv and LINKS.meta.json."""

import hashlib
import json

import pytest
from tests.unit.people.matching.invented import A, B

from quittance.files.links import COLUMNS, LinksRefused, links_csv, meta_path, read_links, write_links
from quittance.people.matching import match


@pytest.fixture(scope="module")
def found():
    return match(A, B)


def test_links_are_read_as_written(found):
    """Every candidate comes back with its figures."""
    links = read_links(links_csv(found, A, B))
    assert [(A[one.a].pid, B[one.b].pid, one.score, one.decision, one.rank) for one in found.candidates] == [
        (one.a_pid, one.b_pid, one.score, one.decision, one.rank) for one in links
    ]


def test_both_files_are_written_and_belong_together(found, tmp_path):
    """The description holds the hash of the links, the curve with its table, the counts, and no name."""
    path = tmp_path / "LINKS.csv"
    write_links(path, found, A, B, {"a": "1", "b": "2"})
    meta = json.loads(meta_path(path).read_text())
    assert meta["links_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert meta["counts"]["compared"] + meta["counts"]["skipped"] == len(A) * len(B)
    assert meta["calibration"]["reliability"]
    assert "Zarnegar" not in path.read_text() + meta_path(path).read_text()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["LINKS.csv", "LINKS.meta.json"]


def test_the_same_run_writes_the_same_bytes(found):
    """Lists in another order give the same file to the byte."""
    turned = match(A[::-1], B[::-1])
    assert links_csv(turned, A[::-1], B[::-1]) == links_csv(found, A, B)


HEAD = ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"a,b\n1,2\n",
        (HEAD + "a,b,x,1,auto,,1\n").encode(),
        (HEAD + "a,b,1.5,1,auto,,1\n").encode(),
        (HEAD + "a,b,.5,1,perhaps,,1\n").encode(),
        (HEAD + "a,b,.5,1,auto,,0\n").encode(),
        (HEAD + "a,b,.5\n").encode(),
    ],
)
def test_what_is_no_file_of_links_is_refused(data):
    """Malformed input is refused with a stable code."""
    with pytest.raises(LinksRefused) as refused:
        read_links(data)
    assert refused.value.code == "links.refused"
