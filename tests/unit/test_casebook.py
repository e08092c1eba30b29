"""A case in its folder: made whole or not at all, opened only if it is what was adopted, written by one."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from quittance.agreement.journal import JournalRefused
from quittance.agreement.load import AgreementRefused
from quittance.casebook import Casebook
from quittance.errors import QuittanceError, RecordError, UnreadableError, UsageError
from quittance.record.keys import key_id
from quittance.record.store import DamagedError, entries
from quittance.testing import OFFICE, casebook_of, counting_nonce, journal_bytes, standing_clock
from quittance.visibility import OPERATOR

DATA = Path(__file__).resolve().parents[1] / "data/two-lists"
AGREEMENT = (DATA / "agreement.yaml").read_bytes()
JOURNAL = (DATA / "journal.jsonl").read_bytes()


def make(folder: Path) -> Casebook:
    """The small case, at a standing clock."""
    return Casebook.create(folder, AGREEMENT, OFFICE, clock=standing_clock(), nonce=counting_nonce())


def test_a_new_case_begins_with_its_adoption(tmp_path: Path) -> None:
    """Entry 0 begins the log with the SHA-256 of the agreement file and the operator's key; the file lies beside it."""
    with make(tmp_path / "case") as casebook:
        sha = casebook.agreement(OPERATOR).sha256
        (first,) = entries(casebook._store)
    assert (tmp_path / "case/agreement.yaml").read_bytes() == AGREEMENT
    assert first.statement.kind == "log.genesis"
    assert first.statement.body == {
        "agreement_sha256": sha,
        "founding": [],
        "operator_key": OFFICE.statement.public.hex(),
    }
    assert [one.keyid for one in first.leaf.signatures] == [key_id(OFFICE.statement.public)]
    assert first.statement.log == "quittance.local/two-lists/case"
    assert first.statement.claimed_at == "2025-01-20T12:00:00Z"


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Nobody else has any right on the folder or a file in it, also after an import."""
    with make(tmp_path / "case") as casebook:
        casebook.import_journal(OPERATOR, JOURNAL)
        for path in (tmp_path / "case", *(tmp_path / "case").iterdir()):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """A folder that is there and empty becomes the case."""
    (tmp_path / "case").mkdir()
    make(tmp_path / "case").close()
    assert (tmp_path / "case/record.sqlite").is_file()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """A folder with a file in it, a case, and a file are each refused, and nothing is changed."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used/letter.txt").write_text("dear")
    (tmp_path / "file").write_text("x")
    make(tmp_path / "case").close()
    for name in ("used", "file", "case"):
        before = sorted(path.name for path in tmp_path.rglob("*"))
        with pytest.raises(UsageError) as refusal:
            make(tmp_path / name)
        assert refusal.value.code == "case.exists"
        assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert (tmp_path / "used/letter.txt").read_text() == "dear"


def test_a_refused_agreement_makes_nothing(tmp_path: Path) -> None:
    """The folder is not made for an agreement file with errors."""
    with pytest.raises(AgreementRefused):
        Casebook.create(tmp_path / "case", AGREEMENT.replace(b"by: day 5", b"by: day x"), OFFICE)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_makes_nothing(tmp_path: Path) -> None:
    """What fails after the first file was written leaves no folder, and the next attempt succeeds."""

    def no_nonce() -> str:
        raise RuntimeError("no chance left")

    with pytest.raises(RuntimeError):
        Casebook.create(tmp_path / "case", AGREEMENT, OFFICE, nonce=no_nonce)
    assert list(tmp_path.iterdir()) == []
    make(tmp_path / "case").close()


KILLED = """
import os, sys
from pathlib import Path
from quittance.casebook import Casebook
from quittance.testing import OFFICE, standing_clock
calls = int(sys.argv[3])
def nonce(count=[0]):
    count[0] += 1
    if count[0] == calls:
        os._exit(9)
    return f"{count[0]:032x}"
rename = Path.rename
def killed_rename(self, target):
    if calls == 2 and self.name.endswith('.draft'):
        os._exit(9)
    return rename(self, target)
Path.rename = killed_rename
Casebook.create(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), OFFICE, clock=standing_clock(), nonce=nonce)
"""


@pytest.mark.parametrize("moment", [1, 2])
def test_a_killed_init_leaves_no_case(tmp_path: Path, moment: int) -> None:
    """Killed before the first entry, or before the rename: no case stands there, and init goes on."""
    command = [sys.executable, "-c", KILLED, str(tmp_path / "case"), str(DATA / "agreement.yaml"), str(moment)]
    assert subprocess.run(command, check=False).returncode == 9
    assert not (tmp_path / "case").exists()
    assert len(list(tmp_path.iterdir())) == 1
    make(tmp_path / "case").close()
    assert [path.name for path in tmp_path.iterdir()] == ["case"]
    with Casebook.open(tmp_path / "case") as casebook:
        assert casebook.check(OPERATOR).size == 1


def test_only_what_a_killed_init_left_is_removed(tmp_path: Path) -> None:
    """A draft that is being built, one of another case, and folders with anything else in them stay."""
    left, other, letters = (
        tmp_path / f".{name}.draft" for name in ("case.abcdefgh", "case.b.abcdefgh", "case.abcdefgi")
    )
    for folder in (left, other, letters):
        folder.mkdir()
        (folder / "agreement.yaml").write_bytes(AGREEMENT)
    (letters / "letter.txt").write_text("dear")
    (tmp_path / ".case.abcdefgj.draft").symlink_to(other)
    building = os.open(left, os.O_RDONLY)
    fcntl.flock(building, fcntl.LOCK_EX)
    make(tmp_path / "case").close()
    assert left.exists()
    os.close(building)
    shutil.rmtree(tmp_path / "case")
    make(tmp_path / "case").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".case.abcdefgi.draft", ".case.abcdefgj.draft", ".case.b.abcdefgh.draft", "case",
    ]  # fmt: skip
    assert (letters / "letter.txt").read_text() == "dear"


def test_two_that_make_one_case_at_once(tmp_path: Path) -> None:
    """One of them makes it, the others are told that it is there, and no draft stays."""
    made: list[str] = []

    def attempt() -> None:
        try:
            make(tmp_path / "case").close()
            made.append("made")
        except QuittanceError as error:
            made.append(error.code)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count("made") == 1
    assert set(made) <= {"made", "case.exists", "case.place"}
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_import_is_all_or_nothing(tmp_path: Path) -> None:
    """A refused journal changes no byte of what is recorded."""
    with make(tmp_path / "case") as casebook:
        before = casebook.head(OPERATOR)
        with pytest.raises(JournalRefused):
            casebook.import_journal(OPERATOR, JOURNAL.replace(b'"by":"icrc"', b'"by":"icrs"'))
        assert casebook.head(OPERATOR) == before
        report = casebook.import_journal(OPERATOR, JOURNAL)
        assert (report.taken, report.first, report.last) == (7, 1, 7)


def test_what_was_imported_is_there_after_opening_again(tmp_path: Path) -> None:
    """The record alone holds the journal; the views are made from it anew."""
    with make(tmp_path / "case") as casebook:
        casebook.import_journal(OPERATOR, JOURNAL)
        told = casebook.status(OPERATOR, date(2025, 1, 10))
        head = casebook.head(OPERATOR)
    with Casebook.open(tmp_path / "case") as again:
        assert again.status(OPERATOR, date(2025, 1, 10)) == told
        assert again.check(OPERATOR) == head
        assert [entry.id for entry in again.journal(OPERATOR)] == ["a1", "n1", "v1", "b1", "a2", "x1", "n2"]


def test_a_reader_sees_what_a_writer_adds(tmp_path: Path) -> None:
    """A casebook that is open for reading answers from the record as it is now."""
    with make(tmp_path / "case") as writer, Casebook.open(tmp_path / "case") as reader:
        assert reader.status(OPERATOR, date(2025, 1, 7)).journal_entries == 0
        writer.import_journal(OPERATOR, JOURNAL)
        assert reader.status(OPERATOR, date(2025, 1, 7)).journal_entries == 7


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second writer is refused at once, and a reader is not."""
    with make(tmp_path / "case"):
        with pytest.raises(RecordError) as refusal:
            Casebook.open(tmp_path / "case", office=OFFICE)
        assert refusal.value.code == "record.locked"
        Casebook.open(tmp_path / "case").close()
    Casebook.open(tmp_path / "case", office=OFFICE).close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """An import into a case that is open for reading is refused."""
    make(tmp_path / "case").close()
    with Casebook.open(tmp_path / "case") as casebook, pytest.raises(UsageError) as refusal:
        casebook.import_journal(OPERATOR, JOURNAL)
    assert refusal.value.code == "case.keys"


def test_a_changed_agreement_file_is_not_opened(tmp_path: Path) -> None:
    """One byte more in the file, and the case says that it is not the one that was adopted."""
    make(tmp_path / "case").close()
    path = tmp_path / "case/agreement.yaml"
    path.write_bytes(AGREEMENT + b"\n")
    with pytest.raises(RecordError) as refusal:
        Casebook.open(tmp_path / "case")
    assert refusal.value.code == "case.agreement_differs"
    path.write_bytes(AGREEMENT)
    Casebook.open(tmp_path / "case").close()


def test_a_missing_agreement_file_is_named(tmp_path: Path) -> None:
    """The message says which file is missing."""
    make(tmp_path / "case").close()
    (tmp_path / "case/agreement.yaml").unlink()
    with pytest.raises(UnreadableError) as refusal:
        Casebook.open(tmp_path / "case")
    assert refusal.value.code == "case.agreement_missing"


@pytest.mark.parametrize("name", ["nowhere", "empty", "file"])
def test_what_is_no_case_is_not_opened(tmp_path: Path, name: str) -> None:
    """A folder that is not there, an empty one, and a file; none of them is changed by asking."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UnreadableError) as refusal:
        Casebook.open(tmp_path / name)
    assert refusal.value.code == "case.missing"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_damaged_entry_is_found(tmp_path: Path) -> None:
    """A byte changed behind the triggers' back is named by its index."""
    with make(tmp_path / "case") as casebook:
        casebook.import_journal(OPERATOR, JOURNAL)
    with sqlite3.connect(tmp_path / "case/record.sqlite") as connection:
        sql = connection.execute("select sql from sqlite_schema where name = 'entries_update'").fetchone()[0]
        connection.execute("drop trigger entries_update")
        ((leaf,),) = connection.execute("select leaf from entries where position = 4")
        changed = leaf.replace(b"accepted_at", b"accepted_aT")
        connection.execute("update entries set leaf = ? where position = 4", (changed,))
        connection.execute(sql)
    with Casebook.open(tmp_path / "case") as casebook, pytest.raises(DamagedError) as refusal:
        casebook.check(OPERATOR)
    assert refusal.value.index == 4


def test_today_is_the_agreements_day() -> None:
    """At 20:00 UTC it is the next day already where the agreement's timezone is ahead."""
    evening = datetime(2025, 1, 20, 20, tzinfo=UTC)
    kabul = casebook_of(AGREEMENT.replace(b"timezone: UTC", b"timezone: Asia/Kabul"), now=evening)
    assert kabul.today(OPERATOR) == date(2025, 1, 21)
    assert kabul.status(OPERATOR).as_of == "2025-01-21"
    assert casebook_of(AGREEMENT, now=evening).today(OPERATOR) == date(2025, 1, 20)


def test_an_instant_goes_into_the_statement() -> None:
    """A fact that has an hour carries it as `event_at`, in UTC; a fact of a day does not."""
    hour = {"id": "e1", "at": "2025-01-05T15:00:00+03:00", "kind": "event", "name": "opened"}
    day = {"id": "e2", "at": "2025-01-05", "kind": "event", "name": "closed"}
    casebook = casebook_of(AGREEMENT, hour, day)
    _, first, second = entries(casebook._store)
    assert (first.statement.event_at, second.statement.event_at) == ("2025-01-05T12:00:00Z", None)


def test_a_position_of_its_own_is_kept() -> None:
    """`seq` that somebody wrote goes into the record; a line number does not, for the index says it."""
    own = {"id": "e1", "at": "2025-01-05", "kind": "event", "name": "opened", "seq": 40}
    plain = {"id": "e2", "at": "2025-01-05", "kind": "event", "name": "closed"}
    casebook = casebook_of(AGREEMENT, own, plain)
    bodies = [entry.statement.body for entry in entries(casebook._store, 1)]
    assert [body.get("seq") for body in bodies] == [40, None]
    assert [entry.seq for entry in casebook.journal(OPERATOR)] == [40, 2]


def test_another_agreements_journal_is_refused() -> None:
    """The header names the agreement, and it must be this one."""
    with pytest.raises(JournalRefused) as refusal:
        casebook_of(AGREEMENT).import_journal(OPERATOR, journal_bytes("another"))
    assert refusal.value.problems[0].code == "journal.agreement"


def test_warnings_do_not_refuse() -> None:
    """A journal whose `known` goes back is taken, with J02 in the report."""
    late = {"id": "e1", "at": "2025-01-05", "known": "2025-01-09", "kind": "event", "name": "x"}
    early = {"id": "e2", "at": "2025-01-05", "kind": "event", "name": "y"}
    report = casebook_of(AGREEMENT).import_journal(OPERATOR, journal_bytes("two-lists", late, early))
    assert [finding.code for finding in report.findings] == ["J02"]
    assert report.taken == 2


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda casebook: casebook.status(OPERATOR, party="c"), "case.no_party"),
        (lambda casebook: casebook.matrix(OPERATOR, party="c"), "case.no_party"),
        (lambda casebook: casebook.commitment(OPERATOR, "frist"), "case.no_commitment"),
    ],
)
def test_what_the_case_does_not_have(ask: object, code: str) -> None:
    """An unknown party or commitment is a wrong question, with a hint or with what there is."""
    with pytest.raises(QuittanceError) as refusal:
        ask(casebook_of(AGREEMENT))  # type: ignore[operator]
    assert refusal.value.code == code
    hint = "`frist`; did you mean `first`?" if code == "case.no_commitment" else "party `c`. It has a, b, icrc."
    assert refusal.value.message.endswith(hint)


def test_a_case_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is named with the reason."""

    def denied(path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", denied)
    with pytest.raises(UnreadableError) as refusal:
        Casebook.open(tmp_path / "case")
    assert refusal.value.code == "case.unreadable"
    assert "(Permission denied)" in refusal.value.message


def test_an_entry_and_its_place() -> None:
    """The entry, what was found about it, and where the record holds it; None before it was known."""
    casebook = casebook_of(AGREEMENT)
    casebook.import_journal(OPERATOR, JOURNAL)
    view = casebook.entry(OPERATOR, "a2", date(2025, 1, 12))
    assert view is not None
    assert [line.id for line in view.findings] == ["n2"]
    assert view.place.index == 5
    assert ("n", "4") in view.fields
    attest = casebook.entry(OPERATOR, "n2", date(2025, 1, 12))
    assert attest is not None
    assert attest.refers_to is not None
    assert attest.refers_to.id == "a2"
    assert casebook.entry(OPERATOR, "n2", date(2025, 1, 11)) is None
    assert casebook.entry(OPERATOR, "zz") is None


def test_days_beside() -> None:
    """The nearest days on which something happened or became known."""
    casebook = casebook_of(AGREEMENT)
    casebook.import_journal(OPERATOR, JOURNAL)
    assert casebook.days_beside(OPERATOR, date(2025, 1, 10)) == (date(2025, 1, 9), date(2025, 1, 12))
    assert casebook.days_beside(OPERATOR, date(2025, 1, 11)) == (date(2025, 1, 10), date(2025, 1, 12))
    assert casebook.days_beside(OPERATOR, date(2025, 1, 5)) == (None, date(2025, 1, 8))
    assert casebook.days_beside(OPERATOR, date(2026, 1, 1)) == (date(2025, 1, 12), None)


def test_many_readers_get_one_answer() -> None:
    """Threads that ask at different dates at once get what each would get alone."""
    casebook = casebook_of(AGREEMENT)
    casebook.import_journal(OPERATOR, JOURNAL)
    days = [date(2025, 1, day) for day in range(4, 16)]
    alone = {day: casebook.status(OPERATOR, day) for day in days}
    wrong: list[date] = []

    def ask(day: date) -> None:
        if casebook.status(OPERATOR, day) != alone[day]:
            wrong.append(day)

    threads = [threading.Thread(target=ask, args=(day,)) for day in days * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder below a file cannot be made, and the message says where."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError) as refusal:
        make(tmp_path / "file/case")
    assert refusal.value.code == "case.place"
    assert os.listdir(tmp_path) == ["file"]


def test_answers_are_remembered_until_the_record_grows() -> None:
    """The same question is answered with the same view, and anew after an import."""
    casebook = casebook_of(AGREEMENT)
    day = date(2025, 1, 7)
    for ask in (casebook.status, casebook.timeline, casebook.matrix):
        assert ask(OPERATOR, day) is ask(OPERATOR, day, day)
    before = casebook.status(OPERATOR, day)
    casebook.import_journal(OPERATOR, JOURNAL)
    assert casebook.status(OPERATOR, day) != before
    for number in range(100):
        casebook.status(OPERATOR, date(2025, 1, 1), date.fromordinal(day.toordinal() + number))
    assert len(casebook._views) <= 64
