"""A batch is the same whatever holds the record: entries moved from a file to memory tell the same of it."""

from tests.batched import BatchedCase

from quittance.handoverlog import HandoverLog
from quittance.record.memory import MemoryStore
from quittance.record.store import entries
from quittance.record.writer import Writer


def test_memory_and_sqlite_tell_the_same(tmp_path):
    """Every entry is judged anew on its way; hashes, manifests, rounds, answers and draws come out equal."""
    case = BatchedCase(tmp_path)
    case.clear_all()
    case.propose("1")
    case.confirm("1")
    case.change("1")
    case.answer(case.observe("1"), "a", "b")
    kept = case.book.shelf.record
    memory = MemoryStore(kept.origin)
    with Writer(memory) as writer:
        for entry in entries(kept, 0, kept.head().size):  # one by one: each has seen the head before it
            writer.append_all([entry.leaf])
    assert memory.head() == kept.head()
    agreement = case.book.shelf.agreement
    logs = [HandoverLog(store, agreement) for store in (kept, memory)]
    one, other = (log.follow() for log in logs)
    assert one.batches["1"].batch_sha256
    assert (one.batches, one.handovers, logs[0].seeds) == (other.batches, other.handovers, logs[1].seeds)
    case.close()
