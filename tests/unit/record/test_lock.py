"""The writer's lock: one holder, free again after release."""

from __future__ import annotations

import os

import pytest

from quittance.errors import RecordError
from quittance.record.lock import WriterLock


def test_one_writer_holds_the_lock(tmp_path):
    """A second holder is refused and told the process of the first; after release it gets the lock."""
    first = WriterLock(tmp_path / "record.sqlite")
    with pytest.raises(RecordError, match=f"process {os.getpid()}") as caught:
        WriterLock(tmp_path / "record.sqlite")
    assert caught.value.code == "record.locked"
    first.release()
    WriterLock(tmp_path / "record.sqlite").release()


def test_two_records_have_two_locks(tmp_path):
    """Writers of different records do not wait for each other."""
    first = WriterLock(tmp_path / "one.sqlite")
    WriterLock(tmp_path / "two.sqlite").release()
    first.release()


def test_the_lock_file_stays(tmp_path):
    """The file beside the record is left in place: removing it would let two writers hold two locks."""
    WriterLock(tmp_path / "record.sqlite").release()
    assert [path.name for path in tmp_path.iterdir()] == ["record.sqlite.lock"]
