"""A file to which lines are added: whole lines only, by several writers, for its owner, whatever a crash leaves."""

from __future__ import annotations

import os
import stat
from multiprocessing import get_context

import pytest

from quittance.errors import RecordError
from quittance.files import lines as module
from quittance.files.lines import Lines


def test_lines_are_added_and_read_on(tmp_path):
    """Another reader of the same file sees what was added; none where there is no file."""
    path = tmp_path / "folder" / "some.jsonl"
    one, other = Lines(path), Lines(path)
    assert one.read() == ()
    one.add(b"a", b"b")
    assert other.read() == (b"a", b"b")
    other.add(b"")
    other.add("\u067e\u0634\u062a\u0648".encode())
    assert one.read() == (b"a", b"b", b"", "\u067e\u0634\u062a\u0648".encode())
    assert one.read() is one.read()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("tail", [b"half", b"half" * 40_000])
def test_a_line_that_was_cut_off_is_not_read_and_goes(tmp_path, tail):
    """Also where it is longer than what is looked at in one piece, and where there is no line before it."""
    for before in (b"", b"whole\n"):
        path = tmp_path / f"{len(before)}.jsonl"
        path.write_bytes(before + tail)
        assert Lines(path).read() == tuple(before.splitlines())
        Lines(path).add(b"next")
        assert path.read_bytes() == before + b"next\n"


def test_a_disk_that_is_full_adds_nothing(tmp_path, monkeypatch):
    """What was written of the lines is taken away again, and the error says so."""
    path = tmp_path / "some.jsonl"
    Lines(path).add(b"first")
    original = os.write
    monkeypatch.setattr(module.os, "write", lambda descriptor, data: original(descriptor, data[:3]))
    with pytest.raises(RecordError) as refused:
        Lines(path).add(b"second")
    assert refused.value.code == "record.full"
    assert path.read_bytes() == b"first\n"


def test_a_link_is_not_followed(tmp_path):
    """A name that points elsewhere is refused, and nothing is written there."""
    target = tmp_path / "elsewhere"
    target.write_bytes(b"x")
    path = tmp_path / "some.jsonl"
    path.symlink_to(target)
    with pytest.raises(RecordError):
        Lines(path).add(b"a")
    assert target.read_bytes() == b"x"


def _write(path: str, letter: bytes) -> None:
    lines = Lines(__import__("pathlib").Path(path))
    for number in range(40):
        lines.add(letter * 300, b"%d" % number)


def test_two_processes_at_once(tmp_path):
    """Their lines come between each other and are all there, in pairs as they were added."""
    path = tmp_path / "some.jsonl"
    context = get_context("spawn")
    both = [context.Process(target=_write, args=(str(path), letter)) for letter in (b"x", b"y")]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    found = Lines(path).read()
    assert len(found) == 160
    for letter in (b"x" * 300, b"y" * 300):
        numbers = [int(found[at + 1]) for at in range(0, len(found), 2) if found[at] == letter]
        assert numbers == list(range(40))
