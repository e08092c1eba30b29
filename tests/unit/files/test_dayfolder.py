"""The folder of a day: sealed, appended to, damaged, packed, wiped."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat

import pytest
from tests.days import (
    DEVICE,
    ENDS,
    NOW,
    OTHER,
    SIGNED_BY,
    bundle,
    chance,
    handle,
    opened,
    person,
    sealed,
    unpacked,
)

from quittance.dates import parse_instant
from quittance.errors import QuittanceError, RecordError
from quittance.files import dayfolder
from quittance.files.daybundle import open_return
from quittance.files.dayfolder import (
    ACTS_FILE,
    DAY_FILE,
    FILES,
    KEY_FILE,
    RECORD_BYTES,
    DayFolder,
    NewAct,
    bundle_of,
    observed,
    unpacked_since,
    wipe,
)

NONCE = "0" * 32
LATER = "2025-01-20T19:00:00Z"
IDENTITY = NewAct(handle(0), "identity", "confirmed")
WISH = NewAct(handle(0), "wish", "affirmed")


def code_of_refusal(call, *arguments) -> str:
    with pytest.raises(QuittanceError) as refused:
        call(*arguments)
    assert "TEST PERSON" not in refused.value.message
    return refused.value.code


def again(path, key=DEVICE) -> DayFolder:
    """The folder as another process opens it."""
    return DayFolder.open(path, key, chance(9))


def values(folder: DayFolder) -> list[tuple[str, str]]:
    return [(act.kind, act.value) for _, act in folder.read_acts()]


def test_acts_are_there_for_whoever_opens_it_next(tmp_path):
    """What was acknowledged is read again, in order, with the ids that were given."""
    folder = unpacked(tmp_path / "day")
    ids = (*folder.add([IDENTITY, WISH], NOW), *folder.add([NewAct(handle(1), "identity", "failed")], LATER))
    found = again(tmp_path / "day")
    assert found.bundle == bundle()
    assert tuple(id_ for id_, _ in found.read_acts()) == ids
    assert values(found) == [("identity", "confirmed"), ("wish", "affirmed"), ("identity", "failed")]
    assert found.state().may_go(handle(0), parse_instant(LATER), bundle().needed)


def test_nothing_in_it_can_be_read_and_only_its_owner_has_it(tmp_path):
    """No name, code, handle or answer stands in any file; files are the owner's; an act is as long as another."""
    folder = unpacked(tmp_path / "day")
    folder.add([NewAct(handle(0), "wish", "declined")], NOW)
    size = (tmp_path / "day" / ACTS_FILE).stat().st_size
    folder.add([NewAct(handle(0), "identity", "confirmed", "", tuple("ab" * 32 for _ in range(7)))], NOW)
    assert (tmp_path / "day" / ACTS_FILE).stat().st_size == 2 * size == 2 * RECORD_BYTES
    for file in (tmp_path / "day").iterdir():
        data = file.read_bytes()
        for secret in ("TEST PERSON", person(0).code, handle(0), "declined", "wish"):
            assert secret.encode() not in data
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "day").stat().st_mode) == 0o700


def test_another_key_does_not_open_it(tmp_path):
    """A device of the same bundle with another key opens only what it unpacked itself."""
    unpacked(tmp_path / "day")
    assert code_of_refusal(again, tmp_path / "day", OTHER) == "day.closed"


def test_what_is_refused_at_unpacking(tmp_path):
    """Ended, before its time, not naming the device, or where something lies already: nothing is left behind."""
    data = sealed()
    foreign = sealed(bundle(devices=(OTHER.public.hex(),)))
    (tmp_path / "there").mkdir()
    for given, place, now, code in (
        (data, "day", "2025-01-23T12:00:01Z", "day.expired"),
        (data, "day", "2024-12-31T00:00:00Z", "day.clock"),
        (foreign, "day", NOW, "day.device"),
        (data, "there", NOW, "day.folder_exists"),
    ):
        assert code_of_refusal(DayFolder.unpack, tmp_path / place, given, DEVICE, SIGNED_BY, now, chance()) == code
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


def test_after_its_end_nothing_is_noted_and_everything_is_packed(tmp_path):
    """The acts of the day are not lost with the end of the bundle."""
    folder = unpacked(tmp_path / "day")
    folder.add([IDENTITY], ENDS)
    late = "2025-01-25T00:00:00Z"
    assert code_of_refusal(folder.add, [WISH], late) == "day.expired"
    _, _, acts = open_return(folder.pack(late), opened, {DEVICE.keyid: DEVICE.public})
    assert [act.kind for _, act in acts] == ["identity"]


def test_a_later_answer_takes_the_place_of_the_earlier_one(tmp_path):
    """Also within one second, and when the clock was set back: the order of noting decides."""
    folder = unpacked(tmp_path / "day")
    folder.add([NewAct(handle(0), "identity", "failed")], LATER)
    folder.add([IDENTITY], LATER)
    assert folder.state().of(handle(0), "identity").value == "confirmed"
    folder.add([NewAct(handle(0), "identity", "")], NOW)
    assert folder.state().of(handle(0), "identity") is None
    assert [act.at for _, act in folder.read_acts()] == [LATER] * 3
    assert folder.state().conflicts == ()


@pytest.mark.parametrize("left", [1, 12, 1000, RECORD_BYTES - 1])
@pytest.mark.parametrize("zeros", [False, True])
def test_a_torn_end_is_cut_off_by_the_next_writer(tmp_path, left, zeros):
    """Part of a record that nobody was told of, or zeros from a power cut: what was acknowledged stays."""
    folder = unpacked(tmp_path / "day")
    folder.add([IDENTITY], NOW)
    file = tmp_path / "day" / ACTS_FILE
    whole = file.read_bytes()
    file.write_bytes(whole + (b"\0" * 2 * RECORD_BYTES if zeros else whole)[:left])
    assert values(again(tmp_path / "day")) == [("identity", "confirmed")]
    again(tmp_path / "day").add([WISH], NOW)
    assert values(again(tmp_path / "day")) == [("identity", "confirmed"), ("wish", "affirmed")]
    assert file.stat().st_size == 2 * RECORD_BYTES


def test_a_changed_record_is_damage_and_is_left_alone(tmp_path):
    """Neither read over nor written over: a changed, moved or exchanged record is said so, also the last one."""
    folder = unpacked(tmp_path / "day")
    folder.add([IDENTITY, WISH], NOW)
    file = tmp_path / "day" / ACTS_FILE
    good = file.read_bytes()
    first, second = good[:RECORD_BYTES], good[RECORD_BYTES:]
    for bad in (first[:-1] + b"\0" + second, first + second[:-1] + bytes([second[-1] ^ 1]), second + first, second):
        file.write_bytes(bad)
        for act in (again(tmp_path / "day").acts, lambda: again(tmp_path / "day").add([WISH], NOW)):
            assert code_of_refusal(act) == "day.folder"
        assert file.read_bytes() == bad


def test_a_missing_or_foreign_file_is_damage(tmp_path):
    """Each of the three files is needed, and belongs to this folder alone."""
    unpacked(tmp_path / "day").add([IDENTITY], NOW)
    unpacked(tmp_path / "other", seed=2).add([IDENTITY], NOW)
    for name, code in ((KEY_FILE, "day.no_folder"), (DAY_FILE, "day.folder"), (ACTS_FILE, "day.folder")):
        broken = tmp_path / f"broken-{name}"
        shutil.copytree(tmp_path / "day", broken)
        (broken / name).unlink()
        assert code_of_refusal(lambda place=broken: again(place).acts()) == code
        shutil.copy(tmp_path / "other" / name, broken / name)
        assert code_of_refusal(lambda place=broken: again(place).acts()) == "day.folder"
    (tmp_path / "day" / KEY_FILE).write_bytes(b"{}")
    assert code_of_refusal(again, tmp_path / "day") == "day.folder"


def test_two_programs_do_not_write_at_once(tmp_path):
    """The second is told to wait; afterwards it goes on behind the first."""
    folder = unpacked(tmp_path / "day")
    holder = os.open(tmp_path / "day" / ACTS_FILE, os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)
    assert code_of_refusal(folder.add, [IDENTITY], NOW) == "day.busy"
    os.close(holder)
    second = again(tmp_path / "day")
    folder.add([IDENTITY], NOW)
    second.add([WISH], NOW)
    assert values(folder) == [("identity", "confirmed"), ("wish", "affirmed")]


def test_a_full_disk_keeps_what_was_there(tmp_path, monkeypatch):
    """When a write fails in the middle, none of its acts counts and the earlier ones stay."""
    folder = unpacked(tmp_path / "day")
    folder.add([IDENTITY], NOW)

    def full(file: int, data: bytes, at: int) -> int:
        os.lseek(file, at, os.SEEK_SET)
        os.write(file, data[: RECORD_BYTES // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(dayfolder.os, "pwrite", full)
        with pytest.raises(RecordError) as refused:
            folder.add([WISH], NOW)
    assert refused.value.code == "record.full"
    assert (tmp_path / "day" / ACTS_FILE).stat().st_size == RECORD_BYTES
    assert values(again(tmp_path / "day")) == [("identity", "confirmed")]


def test_an_act_of_no_form_is_not_written(tmp_path):
    """A word that no reader would take stops the whole group."""
    folder = unpacked(tmp_path / "day")
    assert code_of_refusal(folder.add, [IDENTITY, NewAct(handle(0), "Wish!", "x")], NOW) == "day.format"
    assert values(folder) == []


def test_what_is_drawn_up_at_the_place(tmp_path):
    """Those noted as gone, counted, on the head of the record that the bundle brought, sorted by handle."""
    folder = unpacked(tmp_path / "day")
    assert code_of_refusal(observed, folder.bundle, folder.state(), "PL-1", NOW, NONCE) == "day.nobody"
    for number in (2, 0):
        done = [("identity", "confirmed"), ("wish", "affirmed"), ("gone", "yes")]
        folder.add([NewAct(handle(number), *one) for one in done], NOW)
    drawn = observed(folder.bundle, folder.state(), "PL-1", NOW, NONCE)
    assert dict(drawn.body) == {"batch": "1", "from": "a", "to": "b", "place": "PL-1", "count": 2}
    assert drawn.commitments == {"person": tuple(sorted([handle(0), handle(2)]))}
    assert (drawn.kind, drawn.log, drawn.seen.size) == ("handover.observed", "quittance.example/test/case", 3)


def test_nobody_is_drawn_up_who_went_without_his_wish(tmp_path):
    """A wish that was not asked alone is none: the statement is not drawn up."""
    folder = unpacked(tmp_path / "day")
    folder.add([IDENTITY, NewAct(handle(0), "wish", "", "not_private"), NewAct(handle(0), "gone", "yes")], NOW)
    assert code_of_refusal(observed, folder.bundle, folder.state(), "PL-1", NOW, NONCE) == "day.missing"


def test_a_wiped_folder_is_gone(tmp_path):
    """Its key first; a bundle file goes with it; what else lies there stays. Begun again, it does the rest."""
    unpacked(tmp_path / "day")
    kept = tmp_path / "kept"
    shutil.copytree(tmp_path / "day", kept)
    (tmp_path / "day.bundle").write_bytes(sealed())
    (kept / "notes.txt").write_text("mine")
    wipe(tmp_path / "day", [tmp_path / "day.bundle"], random=chance())
    assert {one.name for one in tmp_path.iterdir()} == {"kept"}
    wipe(tmp_path / "day", random=chance())
    (kept / KEY_FILE).unlink()
    wipe(kept, random=chance())
    assert [one.name for one in kept.iterdir()] == ["notes.txt"]


def test_a_wipe_overwrites_before_it_removes(tmp_path, monkeypatch):
    """The bytes of the key are not left where they lay: another name of the file shows other bytes."""
    unpacked(tmp_path / "day")
    before = (tmp_path / "day" / KEY_FILE).read_bytes()
    os.link(tmp_path / "day" / KEY_FILE, tmp_path / "link")
    wipe(tmp_path / "day", random=chance(5))
    after = (tmp_path / "link").read_bytes()
    assert len(after) == len(before)
    assert after != before


def test_a_wipe_follows_no_link(tmp_path):
    """A link in place of a file is not followed out of the folder."""
    unpacked(tmp_path / "day")
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / "day" / FILES[3]).symlink_to(mine)
    wipe(tmp_path / "day", random=chance())
    assert mine.read_text() == "mine"


def test_what_was_not_packed_is_known_without_a_key(tmp_path):
    """So that a wipe can say what would be lost."""
    folder = unpacked(tmp_path / "day")
    assert bundle_of(tmp_path / "day") == bundle().bundle
    assert unpacked_since(tmp_path / "day") == 0
    folder.add([IDENTITY], NOW)
    assert unpacked_since(tmp_path / "day") == RECORD_BYTES
    folder.pack(NOW)
    assert unpacked_since(tmp_path / "day") == 0
