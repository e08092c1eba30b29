"""Reading an input: all of it, or the reason why not, and never more than its limit."""

import os
import threading

import pytest

from quittance.errors import UnreadableError
from quittance.files.read import read_file


def test_a_file_at_its_limit_is_read_whole(tmp_path):
    """Exactly the limit is taken."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_file(path, 100) == b"x" * 100


def test_one_byte_more_is_refused(tmp_path):
    """A file known to be larger is refused by its size alone."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 101)
    with pytest.raises(UnreadableError, match="has more than 100 bytes") as refused:
        read_file(path, 100)
    assert (refused.value.code, refused.value.exit_code) == ("file.too_large", 2)


@pytest.mark.parametrize(("size", "taken"), [(100, True), (101, False), (5000, False)])
def test_a_pipe_is_counted_as_it_comes(tmp_path, size, taken):
    """What has no size beforehand is read up to one byte past the limit and no further."""
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write():
        with path.open("wb") as pipe:
            pipe.write(b"x" * size)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        if taken:
            assert size == len(read_file(path, 100))
        else:
            with pytest.raises(UnreadableError, match="has more than 100 bytes"):
                read_file(path, 100)
    finally:
        writer.join()


@pytest.mark.parametrize(
    ("name", "code"),
    [("none", "file.missing"), ("", "file.folder"), ("a\0b", "file.unreadable"), ("x" * 300, "file.unreadable")],
)
def test_what_cannot_be_read_says_why(tmp_path, name, code):
    """A missing file, a folder, and names that no file can have."""
    with pytest.raises(UnreadableError) as refused:
        read_file(tmp_path / name, 100)
    assert code == refused.value.code


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_of_somebody_else(tmp_path):
    """Without the right to read, the message says whom to ask."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(UnreadableError, match="Ask its owner") as refused:
        read_file(path, 100)
    assert refused.value.code == "file.denied"
