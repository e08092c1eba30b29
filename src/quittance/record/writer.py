"""The single writer: submissions from many threads become few durable transactions (group commit).

A group is closed at 1,000 leaves or 5 milliseconds after its first. Nobody is told "recorded" before the transaction
that holds his leaf is on disk; if one fails, nobody of that group is, and the writer stops.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from time import monotonic
from types import TracebackType
from typing import Self

from quittance.errors import RecordError
from quittance.record.entry import Leaf
from quittance.record.store import AppendRefused, Head, Store


class Writer:
    """Appends to one store from one thread; use it in a `with` block, and close the store after it."""

    def __init__(self, store: Store, *, group_size: int = 1000, group_seconds: float = 0.005) -> None:
        self._store = store
        self._group_size = group_size
        self._group_seconds = group_seconds
        self._head: Head = store.head()
        self._waiting: list[tuple[Leaf, Future[int]]] = []
        self._closes_at = 0.0
        self._closing = False
        self._failure: RecordError | None = None
        self._changed = threading.Condition()
        self._committing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="record-writer", daemon=True)
        self._thread.start()

    def submit(self, leaf: Leaf) -> Future[int]:
        """Hand in one leaf; the future gives its index once it is durable.

        The future raises `RecordError` if the leaf was refused (the others of its group are not) or the commit failed.
        Raises `record.stopped` at once if the writer is closed or has stopped.
        """
        future: Future[int] = Future()
        with self._changed:
            self._require_running()
            if not self._waiting:
                self._closes_at = monotonic() + self._group_seconds
            self._waiting.append((leaf, future))
            if len(self._waiting) in (1, self._group_size):  # the writer needs no waking in between
                self._changed.notify()
        return future

    def append_all(self, leaves: Sequence[Leaf]) -> range:
        """Append all leaves in one transaction, or none, and give their indexes: for imports.

        Raises `AppendRefused` with every refused leaf, and `record.stopped` if the writer is closed or has stopped.
        """
        with self._committing:
            self._require_running()
            return self._append(leaves)

    def close(self) -> None:
        """Commit what is waiting, then end; later submissions are refused."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _require_running(self) -> None:
        self._require_whole()
        if self._closing:
            raise RecordError("The writer is closed. Open the record again.", code="record.stopped")

    def _require_whole(self) -> None:
        if self._failure is not None:
            raise RecordError(
                f"The writer has stopped: {self._failure.message} Open the record again; what was not acknowledged can "
                "be sent again unchanged.",
                code="record.stopped",
            ) from self._failure

    def _run(self) -> None:
        while group := self._next_group():
            with self._committing:
                self._commit(group)

    def _next_group(self) -> list[tuple[Leaf, Future[int]]]:
        """Wait for the first leaf, then for the group to close; empty when the writer is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(
                lambda: len(self._waiting) >= self._group_size or self._closing,
                timeout=max(0.0, self._closes_at - monotonic()),
            )
            group = self._waiting[: self._group_size]
            del self._waiting[: self._group_size]
        return group

    def _commit(self, group: list[tuple[Leaf, Future[int]]]) -> None:
        """Append the group without the leaves that are refused, and answer every waiter."""
        waiting = [(leaf, future) for leaf, future in group if future.set_running_or_notify_cancel()]
        while waiting:
            try:
                self._require_whole()
                indexes = self._append([leaf for leaf, _ in waiting])
            except AppendRefused as refused:
                for at, error in refused.refusals.items():
                    waiting[at][1].set_exception(error)
                waiting = [pair for at, pair in enumerate(waiting) if at not in refused.refusals]
            except BaseException as error:
                for _, future in waiting:
                    future.set_exception(error)
                return
            else:
                for index, (_, future) in zip(indexes, waiting, strict=True):
                    future.set_result(index)
                return

    def _append(self, leaves: Sequence[Leaf]) -> range:
        """Append to the head that this writer left; any failure but a refusal stops the writer."""
        old = self._head
        try:
            self._head = self._store.append(leaves, old)
        except AppendRefused:
            raise
        except BaseException as error:
            self._failure = error if isinstance(error, RecordError) else RecordError(f"The write failed ({error!r}).")
            raise
        return range(old.size, self._head.size)
