"""Small files that survive a crash: what is written, what is left alone, and how errors name a file."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from quittance.errors import RecordError
from quittance.files import durable
from quittance.files.durable import disk_errors, make_folder, read_whole, remove_drafts, replace, write_new


def test_a_new_file(tmp_path):
    """It is made with its folders; the same bytes again change nothing, others are refused and left alone."""
    path = tmp_path / "a/b/file"
    write_new(path, b"one", top=tmp_path)
    before = path.stat()
    write_new(path, b"one")
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns, before.st_ctime_ns) == (
        after.st_ino,
        after.st_mtime_ns,
        after.st_ctime_ns,
    )
    for data in (b"two", b"on", b"ones", b""):
        with pytest.raises(RecordError, match=r"^a/b/file is there already") as caught:
            write_new(path, data, top=tmp_path)
        assert caught.value.code == "record.file_differs"
    assert path.read_bytes() == b"one"
    assert os.listdir(path.parent) == ["file"]


def test_in_the_place_of_another(tmp_path):
    """A replaced file has the new bytes; who had the old one open still reads the old."""
    path = tmp_path / "file"
    replace(path, b"old")
    with path.open("rb") as opened:
        replace(path, b"new")
        assert opened.read() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "record.full"), (errno.EDQUOT, "record.full"), (errno.EIO, "record.io")]
)
def test_a_write_that_fails(tmp_path, monkeypatch, number, code):
    """The old file stays, nothing is left beside it, and the error names the file without its place on the disk."""
    path = tmp_path / "file"
    replace(path, b"old")

    def fail(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(RecordError, match="file") as caught:
        replace(path, b"new")
    assert caught.value.code == code
    assert str(tmp_path) not in caught.value.message
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_short_writes(tmp_path, monkeypatch):
    """What the system takes in pieces is whole in the end."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    replace(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_reading(tmp_path):
    """Ordinary files only, one byte beyond the limit at most, None where there is none."""
    (tmp_path / "file").write_bytes(b"0123456789")
    os.mkfifo(tmp_path / "pipe")
    assert read_whole(tmp_path / "file", 10) == b"0123456789"
    assert read_whole(tmp_path / "file", 3) == b"0123"
    assert read_whole(tmp_path / "none", 3) is None
    assert read_whole(tmp_path / "file/none", 3) is None
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(RecordError) as caught:
            read_whole(path, 3)
        assert caught.value.code == "record.io"


def test_drafts(tmp_path):
    """Only drafts of this form are removed, however deep; a draft under another's control is not followed."""
    (tmp_path / "a").mkdir()
    for name in (".quittance-x.new", "a/.quittance-067.new", "a/.other.new", "a/quittance-x.new", ".quittance-.new"):
        (tmp_path / name).touch()
    remove_drafts(tmp_path)
    remove_drafts(tmp_path / "none")
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {"a", "a/.other.new", "a/quittance-x.new", ".quittance-.new"}


def test_a_link_in_place_of_a_draft(tmp_path):
    """A symbolic link where the draft should be is not written through."""
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / ".quittance-file.new").symlink_to(tmp_path / "victim")
    with pytest.raises(RecordError) as caught:
        replace(tmp_path / "file", b"new")
    assert caught.value.code == "record.io"
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_folders(tmp_path, monkeypatch):
    """A folder is made with those above it, each entered durably into the one above."""
    flushed = []
    monkeypatch.setattr(durable, "_flush", flushed.append)
    make_folder(tmp_path / "a/b")
    make_folder(tmp_path / "a/b")
    assert sorted(flushed) == [tmp_path, tmp_path / "a"]
    assert stat.S_ISDIR((tmp_path / "a/b").stat().st_mode)


def test_errors_that_are_no_disk_errors():
    """Only what the system raises is turned."""
    with pytest.raises(ValueError, match="mine"), disk_errors("file"):
        raise ValueError("mine")
