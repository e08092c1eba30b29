"""Full disks, second writers, cut and foreign files: refused in words, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.stores import FormSqlite

from quittance.errors import QuittanceError, RecordError, UnreadableError
from quittance.record import Leaf, Statement
from quittance.record.writer import Writer

ORIGIN = "quittance.example/test-2020/case"


def leaf(number: int) -> Leaf:
    body = {"count": number, "note": "x" * 2000}
    said = Statement("count.asserted", "test-2020", ORIGIN, f"{number:032x}", "2020-04-08T06:00:00Z", body)
    return Leaf(said, "2020-04-08T06:00:01Z")


@pytest.fixture
def path(tmp_path) -> Path:
    """A closed record of forty entries, about 150 kB."""
    path = tmp_path / "record.sqlite"
    with closing(FormSqlite.create(path, ORIGIN)) as store:
        store.append([leaf(number) for number in range(40)], store.head())
    return path


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """No file of this process can grow beyond `limit` bytes: writes fail with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def append_until_it_fails(path: Path) -> tuple[dict[str, int], RecordError]:
    """Append one by one; gives what was acknowledged, and the error that ended it."""
    acknowledged: dict[str, int] = {}
    with closing(FormSqlite.open(path)) as store, Writer(store, group_seconds=0) as writer:
        for number in range(1000, 3000):
            made = leaf(number)
            try:
                acknowledged[made.statement.sid] = writer.submit(made).result(30)
            except RecordError as error:
                with pytest.raises(RecordError) as caught:
                    writer.submit(leaf(number))
                assert caught.value.code == "record.stopped"
                return acknowledged, error
    raise AssertionError("two thousand appends went through")


def require_whole(path: Path, acknowledged: dict[str, int]) -> None:
    """The record opens, checks, holds what was acknowledged, and takes a further entry."""
    with closing(FormSqlite.open(path)) as store:
        head = store.check()
        assert acknowledged == {sid: store.find(sid) for sid in acknowledged}
        assert store.append([leaf(9000)], head).size == head.size + 1


def test_a_file_that_may_not_grow(path):
    """When the system refuses to write, the writer stops; after reopening every acknowledged entry is there."""
    with file_size_limit(400_000):
        acknowledged, error = append_until_it_fails(path)
    assert error.code in ("record.io", "record.full")
    assert acknowledged
    require_whole(path, acknowledged)


def test_a_database_that_is_full(path, monkeypatch):
    """When SQLite has no room, the error says so; after reopening every acknowledged entry is there."""
    connect = FormSqlite.open

    def open_small(place: Path) -> FormSqlite:
        store = connect(place)
        store._writer.execute("pragma max_page_count = 100")
        return store

    monkeypatch.setattr(FormSqlite, "open", open_small)
    acknowledged, error = append_until_it_fails(path)
    monkeypatch.undo()
    assert error.code == "record.full"
    assert "Free some space" in error.message
    assert acknowledged
    require_whole(path, acknowledged)


def test_a_disk_that_is_full_from_the_start(tmp_path):
    """A record that cannot be created leaves nothing that would pass for one."""
    with file_size_limit(10_000), pytest.raises(RecordError):
        FormSqlite.create(tmp_path / "record.sqlite", ORIGIN)
    assert not (tmp_path / "record.sqlite").exists()
    FormSqlite.create(tmp_path / "record.sqlite", ORIGIN).close()


def test_two_writers_in_one_process(path):
    """The second writer is refused while the first is open, and let in after it."""
    with closing(FormSqlite.open(path)):
        with pytest.raises(RecordError) as caught:
            FormSqlite.open(path)
        assert caught.value.code == "record.locked"
    FormSqlite.open(path).close()


def test_two_writers_in_two_processes(path):
    """A writer in another process keeps this one out until it dies, however it dies."""
    code = (
        "import sys; from pathlib import Path; from tests.stores import FormSqlite as S;"
        "store = S.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        for way in (FormSqlite.open, lambda place: FormSqlite.create(place, ORIGIN)):
            with pytest.raises(RecordError, match=f"process {other.pid}") as caught:
                way(path)
            assert caught.value.code == "record.locked"
        with closing(FormSqlite.open_read_only(path)) as reader:
            assert reader.check().size == 40
        other.kill()
    require_whole(path, {})


@pytest.mark.parametrize("keep", [0, 1, 60, 100, 4096, 0.3, 0.6, 0.9, -1])
def test_a_cut_file(path, keep):
    """A file cut anywhere is refused, as foreign if its head is gone, else as damaged; it is left as it is."""
    data = path.read_bytes()
    size = int(len(data) * keep) if isinstance(keep, float) else keep % len(data)
    path.write_bytes(data[:size])
    with pytest.raises(QuittanceError) as caught:
        open_and_check(path)
    assert caught.value.code == ("record.foreign" if size < 100 else "record.damaged")
    assert data[:size] == path.read_bytes()


def test_garbage(tmp_path):
    """Random bytes are no record, and stay as they are."""
    path = tmp_path / "record.sqlite"
    path.write_bytes(random.Random(1).randbytes(50_000))
    before = path.read_bytes()
    for way in (FormSqlite.open, FormSqlite.open_read_only):
        with pytest.raises(UnreadableError) as caught:
            way(path)
        assert caught.value.code == "record.foreign"
    assert before == path.read_bytes()


def test_garbage_behind_a_good_beginning(path):
    """A file whose first page is whole and whose rest is not is damaged."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + random.Random(2).randbytes(len(data) - 4096))
    with pytest.raises(RecordError) as caught:
        open_and_check(path)
    assert caught.value.code == "record.damaged"


def test_single_bits(path):
    """A flipped bit anywhere is refused, or it lies where it changes no entry, no lookup and no head."""
    data = path.read_bytes()
    with closing(FormSqlite.open_read_only(path)) as store:
        leaves, head = list(store.read()), store.head()
    chance = random.Random(3)
    refused = 0
    for _ in range(150):
        at, bit = chance.randrange(100, len(data)), 1 << chance.randrange(8)
        path.write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
        try:
            assert head == open_and_check(path)
        except QuittanceError:
            refused += 1
            continue
        with closing(FormSqlite.open_read_only(path)) as store:
            assert leaves == list(store.read()), f"byte {at}, bit {bit}"
    assert refused > 75


def open_and_check(path: Path):
    with closing(FormSqlite.open_read_only(path)) as store:
        return store.check()


def test_an_old_copy_of_the_write_ahead_log_is_not_taken(path):
    """A write-ahead log from another moment, left beside the file, neither breaks nor changes the record."""
    with closing(FormSqlite.open(path)) as store:
        store.append([leaf(100)], store.head())
        stale = Path(f"{path}-wal").read_bytes()
    with closing(FormSqlite.open(path)) as store:
        store.append([leaf(101)], store.head())
    Path(f"{path}-shm").unlink(missing_ok=True)
    Path(f"{path}-wal").write_bytes(stale[: len(stale) // 2] + os.urandom(100))
    with closing(FormSqlite.open(path)) as store:
        assert store.check().size == 42
