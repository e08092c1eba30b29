"""A day without a network, from the bundle to the record: one test for each row of the table of answers.

The table stands in docs/reference/day-bundle.md.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.batched import BatchedCase
from tests.days import DEVICE, OTHER, chance
from tests.listed import KEK, KEYS

from quittance.batchbook import Batchbook
from quittance.casebook import Casebook, system_nonce
from quittance.codes import code_of
from quittance.daybook import Daybook
from quittance.daystore import HERE
from quittance.errors import DeniedError, QuittanceError
from quittance.files.daybundle import FIRST, FORMAT, DayAct, DayReturn, seal_return, sign_act
from quittance.files.dayfolder import DayFolder, NewAct, observed
from quittance.files.envelopes import write_envelope
from quittance.handoverbook import Handoverbook
from quittance.listbook import Listbook
from quittance.record.keys import key_id, sign_statement
from quittance.statements import stamp
from quittance.testing import NOON, OFFICE
from quittance.vault.age import encryption
from quittance.vaultbook import VAULT_FILE
from quittance.visibility import NEUTRAL, OPERATOR, Viewer

BATCH = "1"
NEUTRAL_KEY = KEYS["neutral-1"]
SIGNED_BY = key_id(NEUTRAL_KEY.public)
DONE = (("identity", "confirmed"), ("medical", "fit"), ("wish", "affirmed"), ("gone", "yes"))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A case with one batch of four invented people, authorised; closed, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    case = BatchedCase(folder)
    case.clear_all()
    case.propose(BATCH)
    case.confirm(BATCH)
    case.close()
    return folder / "case"


class Day:
    """A copy of the case, open, with a clock that is set by hand, and devices beside it."""

    def __init__(self, made: Path, folder: Path) -> None:
        self.folder, self.now = folder, NOON
        shutil.copytree(made, folder / "case")
        self.casebook = Casebook.open(folder / "case", office=OFFICE, clock=self.clock, nonce=system_nonce)
        self.book = Listbook.open(folder / "case", KEK, clock=self.clock)
        self.days = Daybook(self.book)
        self.batches = Batchbook(self.book)
        self.handovers = Handoverbook(self.batches)
        self._folders = 0

    def close(self) -> None:
        self.book.close()
        self.casebook.close()

    def clock(self) -> datetime:
        return self.now

    def later(self, **time: int) -> str:
        self.now += timedelta(**time)
        return stamp(self.now)

    def out(self, *devices, hours: int = 72) -> bytes:
        """A bundle, for both devices unless others are named."""
        wanted = [one.device for one in devices or (DEVICE, OTHER)]
        return self.days.out(NEUTRAL, BATCH, wanted, NEUTRAL_KEY, hours=hours).data

    def unpack(self, data: bytes, device=DEVICE) -> DayFolder:
        self._folders += 1
        place = self.folder / f"day-{self._folders}"
        return DayFolder.unpack(place, data, device, SIGNED_BY, stamp(self.now), chance(self._folders))

    def note(self, folder: DayFolder, at: int, *answers: tuple[str, str], reason: str = "") -> None:
        """Answers about the person at a place of the bundle, a minute later."""
        handle = folder.bundle.persons[at].handle
        folder.add([NewAct(handle, *one, reason) for one in answers], self.later(minutes=1))

    def back(self, folder: DayFolder, *statements: bytes):
        """What a folder packs, taken back with the operator's keys."""
        return self.days.take_back(NEUTRAL, folder.pack(stamp(self.now), statements), self.casebook)

    def saw(self, folder: DayFolder) -> bytes:
        """What the neutral saw, drawn up and signed at the place."""
        drawn = observed(folder.bundle, folder.state(), "PL-1", stamp(self.now), system_nonce())
        return write_envelope(drawn, sign_statement(drawn, NEUTRAL_KEY))

    def refusal(self, data: bytes) -> str:
        """The code with which a return is refused; nothing has changed by it."""
        acts, size = self.days.acts(NEUTRAL, BATCH), self.casebook.head(OPERATOR).size
        with pytest.raises(QuittanceError) as refused:
            self.days.take_back(NEUTRAL, data, self.casebook)
        assert self.days.acts(NEUTRAL, BATCH) == acts
        assert self.casebook.head(OPERATOR).size == size
        assert "Testzai" not in refused.value.message
        return refused.value.code

    @property
    def people(self):
        return self.days.day(NEUTRAL, BATCH).people


@pytest.fixture
def day(made, tmp_path):
    opened = Day(made, tmp_path)
    yield opened
    opened.close()


def test_a_whole_day(day):
    """Out, noted at the place without a network, seen and signed there, back, and in the record; both sides answer."""
    folder = day.unpack(day.out())
    assert folder.bundle.needed == ("identity", "medical", "wish")
    assert [one.gates for one in folder.bundle.persons] == [
        dict.fromkeys(("listed", "not_vetoed", "decree", "medical", "consent"), True)
    ] * 4
    for at in range(3):
        day.note(folder, at, *DONE)
    day.note(folder, 3, ("identity", "confirmed"))
    day.later(hours=5)
    taken = day.back(folder, day.saw(folder))
    assert (taken.acts, taken.new, taken.conflicts, taken.flags) == (13, 13, 0, ())
    (entered,) = taken.statements
    assert (entered.kind, entered.code) == ("handover.observed", "")
    assert [one.going for one in day.people] == ["in_handover"] * 3 + ["expected"]
    for party, office in (("a", "holding"), ("b", "receiving")):
        drawn = day.handovers.answer(OPERATOR, entered.sid, party, day.casebook)
        day.casebook.submit(OPERATOR, [(drawn, sign_statement(drawn, KEYS[office]))])
    assert [one.going for one in day.people] == ["released"] * 3 + ["expected"]
    view = day.days.day(NEUTRAL, BATCH)
    assert (view.bundles_out, view.bundles_back, view.conflicts) == (1, 1, ())
    assert [line.answer for line in view.people[0].checks] == ["confirmed", "fit", "", "affirmed", "", "", ""]


def test_lost(day):
    """A newer issue supersedes the lost one; when the lost one comes back after all it is merged, and flagged."""
    lost = day.unpack(day.out())
    day.note(lost, 0, *DONE[:3])
    again = day.unpack(day.out(OTHER), OTHER)
    assert again.bundle.issue == 2
    assert [one.superseded for one in day.days.issues(NEUTRAL)] == [False, True]
    day.note(again, 0, *DONE[:3])
    assert day.back(again).flags == ()
    taken = day.back(lost)
    assert (taken.issue, taken.new, taken.conflicts, taken.flags) == (1, 3, 0, ("superseded",))


def test_two_devices(day):
    """Where two differ both answers stay and neither counts, until somebody settles it; nothing is taken away."""
    data = day.out()
    one, two = day.unpack(data, DEVICE), day.unpack(data, OTHER)
    day.note(one, 0, ("identity", "confirmed"))
    day.note(two, 0, ("identity", "failed"))
    day.note(two, 1, ("identity", "confirmed"))
    assert day.back(one).flags == ()
    taken = day.back(two)
    assert (taken.new, taken.conflicts, taken.flags) == (2, 1, ("copies",))
    code = one.bundle.persons[0].code
    (conflict,) = day.days.day(NEUTRAL, BATCH).conflicts
    assert (conflict.code, conflict.check, {conflict.here, conflict.there}) == (
        code, "identity", {"confirmed", "failed"},
    )  # fmt: skip
    day.days.settle(NEUTRAL, BATCH, code, "identity", "confirmed")
    assert day.days.day(NEUTRAL, BATCH).conflicts == ()
    assert day.people[0].checks[0].answer == "confirmed"
    assert len(day.days.acts(NEUTRAL, BATCH)) == 4


def test_tampered_with_cut_short_or_for_another(day):
    """A changed byte, a file cut off, a bundle in place of a return, a return of another case: refused alike."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE[:2])
    data = folder.pack(stamp(day.now))
    for bad in (
        data[:300] + bytes([data[300] ^ 1]) + data[301:],
        data[: len(data) // 2],
        b"",
        day.out(),
        encryption([OTHER.recipient])(b"x"),
    ):
        assert day.refusal(bad) == "day.closed"
    assert day.days.take_back(NEUTRAL, data, day.casebook).new == 2


def test_signed_by_a_device_it_did_not_go_to(day):
    """The reply address stands in the bundle; only a device that the bundle names may use it."""
    folder = day.unpack(day.out(DEVICE))
    data = seal_return(_returned(folder), OTHER.signer, encryption([folder.bundle.reply_to]))
    assert day.refusal(data) == "day.device"


def _returned(folder: DayFolder, **members) -> DayReturn:
    """What a folder packs, with other members."""
    bundle = folder.bundle
    made = DayReturn(
        FORMAT, bundle.case, bundle.log, bundle.batch, bundle.bundle, bundle.issue, folder.copy, bundle.made_at,
        folder.acts(),
    )  # fmt: skip
    return msgspec.structs.replace(made, **members)


@pytest.mark.parametrize("members", [{"case": "other"}, {"batch": "2"}, {"issue": 7}, {"log": "other/log"}])
def test_of_another_case_or_batch(day, members):
    """A return that names another case, batch or issue than the bundle it opens with is refused whole."""
    folder = day.unpack(day.out(DEVICE))
    data = seal_return(_returned(folder, **members), DEVICE.signer, encryption([folder.bundle.reply_to]))
    assert day.refusal(data) == "day.other_batch"


def _with_act(folder: DayFolder, handle: str, kind: str, value: str, at: str) -> bytes:
    """A return with an act that a program of the device's own would not have written."""
    bundle = folder.bundle
    act = DayAct(FORMAT, bundle.bundle, folder.copy, 1, FIRST, at, handle, kind, value)
    changed = _returned(folder, acts=(sign_act(act, DEVICE.signer),))
    return seal_return(changed, DEVICE.signer, encryption([bundle.reply_to]))


def test_about_somebody_who_was_not_in_it(day):
    """A bearer cannot bring in a person: the whole return is refused."""
    folder = day.unpack(day.out(DEVICE))
    inside = {one.handle for one in folder.bundle.persons}
    stranger = next(one.handle for one in day.book.shelf.listed if one.handle not in inside)
    data = _with_act(folder, stranger, "identity", "confirmed", stamp(day.now))
    assert day.refusal(data) == "day.other_batch"


def test_an_act_that_there_is_not(day):
    """An act of no known kind or value stops the whole return."""
    folder = day.unpack(day.out(DEVICE))
    for kind, value in (("released", "yes"), ("wish", "maybe")):
        data = _with_act(folder, folder.bundle.persons[0].handle, kind, value, stamp(day.now))
        assert day.refusal(data) == "handover.act_form"


def test_ended(day):
    """After its end nothing more is noted, and what was noted comes back; a bundle is not unpacked after its end."""
    data = day.out(hours=2)
    folder = day.unpack(data)
    day.note(folder, 0, *DONE[:3])
    day.later(hours=3)
    for late in (lambda: day.note(folder, 1, *DONE[:3]), lambda: day.unpack(data)):
        with pytest.raises(QuittanceError) as refused:
            late()
        assert refused.value.code == "day.expired"
    taken = day.back(folder)
    assert (taken.new, taken.flags) == (3, ())


def test_acts_from_after_the_end_or_of_a_wrong_clock(day):
    """A device whose program or clock was made to lie: its acts are kept and flagged."""
    folder = day.unpack(day.out(DEVICE, hours=2))
    handle, base = folder.bundle.persons[0].handle, NOON
    for hours, flags in ((3, ("expired", "clock")), (-1, ("clock",))):
        data = _with_act(folder, handle, "identity", "confirmed", stamp(base + timedelta(hours=hours)))
        assert set(flags) <= set(day.days.take_back(NEUTRAL, data, day.casebook).flags)


def test_returned_twice(day):
    """The same file again changes nothing; a longer one from the same folder adds what is new."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE[:3])
    data = folder.pack(stamp(day.now))
    assert day.days.take_back(NEUTRAL, data, day.casebook).new == 3
    acts, issue = day.days.acts(NEUTRAL, BATCH), day.days.issues(NEUTRAL)
    taken = day.days.take_back(NEUTRAL, data, day.casebook)
    assert (taken.new, taken.flags) == (0, ("again",))
    assert (day.days.acts(NEUTRAL, BATCH), day.days.issues(NEUTRAL)) == (acts, issue)
    day.note(folder, 1, *DONE[:2])
    taken = day.back(folder)
    assert (taken.acts, taken.new, taken.flags) == (5, 2, ())


def test_returned_with_fewer_acts_than_before(day):
    """An older state of a folder is flagged; what had come back stays."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE[:2])
    earlier = folder.pack(stamp(day.now))
    day.note(folder, 1, *DONE[:2])
    day.back(folder)
    taken = day.days.take_back(NEUTRAL, earlier, day.casebook)
    assert (taken.acts, taken.new, taken.flags) == (2, 0, ("rollback",))
    assert len(day.days.acts(NEUTRAL, BATCH)) == 4


def test_a_folder_that_was_copied(day):
    """Two copies of one folder that both went on are two devices: what differs is shown, nothing is written over."""
    folder = day.unpack(day.out())
    day.note(folder, 0, ("identity", "confirmed"))
    shutil.copytree(day.folder / "day-1", day.folder / "copy")
    copy = DayFolder.open(day.folder / "copy", DEVICE, chance(9))
    day.note(folder, 1, ("identity", "confirmed"))
    day.note(copy, 1, ("identity", "failed"))
    day.note(copy, 2, ("identity", "confirmed"))
    assert day.back(folder).flags == ()
    taken = day.back(copy)
    assert (taken.acts, taken.new, taken.conflicts, taken.flags) == (3, 2, 1, ("forked",))
    day.note(copy, 2, ("medical", "fit"))
    taken = day.back(copy)
    assert (taken.new, taken.conflicts) == (1, 1)
    assert len({one.device for one in day.days.acts(NEUTRAL, BATCH)}) == 2


def test_returned_after_the_batch_was_closed(day):
    """The acts are kept and answers enter; a handover first seen now is refused, with what to do instead."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE)
    first = day.back(folder, day.saw(folder)).statements[0].sid
    answers = []
    for party, office in (("a", "holding"), ("b", "receiving")):
        drawn = day.handovers.answer(OPERATOR, first, party, day.casebook)
        answers.append(write_envelope(drawn, sign_statement(drawn, KEYS[office])))
    closing = day.batches.close(OPERATOR, BATCH, day.casebook)
    day.casebook.submit(OPERATOR, [(closing, sign_statement(closing, NEUTRAL_KEY))])
    other = day.unpack(_reissued(day, folder))
    day.note(other, 1, *DONE)
    taken = day.back(other, day.saw(other), *answers)
    assert taken.new == 4
    assert set(taken.flags) == {"closed", "copies"}
    late, *entered = taken.statements
    assert (late.index, late.code) == (None, "record.batch_state")
    assert "propose these people in a new batch" in late.message
    assert [one.code for one in entered] == ["", ""]
    with pytest.raises(QuittanceError) as refused:
        day.out()
    assert refused.value.code == "day.closed_batch"


def _reissued(day: Day, folder: DayFolder) -> bytes:
    """The bundle of a folder once more, as a copy of its file would be."""
    from quittance.files.daybundle import seal_bundle

    return seal_bundle(folder.bundle, NEUTRAL_KEY, encryption([DEVICE.recipient]))


def test_statements_that_do_not_belong(day):
    """A return brings what is said at a door and nothing else; without the operator's keys it waits."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE)
    foreign = day.casebook.draft(OPERATOR, "record.countersigned", {})
    taken = day.back(folder, write_envelope(foreign, sign_statement(foreign, NEUTRAL_KEY)), b"{}")
    assert [one.code for one in taken.statements] == ["day.kind", "envelope.unreadable"]
    data = folder.pack(stamp(day.now), [day.saw(folder)])
    waiting = day.days.take_back(NEUTRAL, data)
    assert [one.code for one in waiting.statements] == ["day.unsubmitted"]
    assert waiting.flags == ("unsubmitted",)
    taken = day.days.take_back(NEUTRAL, data, day.casebook)
    assert taken.flags == ("again",)
    assert taken.statements[0].index is not None


def test_who_drops_out_at_the_place_leaves_with_the_next_round(day):
    """The true reason stays in the vault; in the record it is folded."""
    folder = day.unpack(day.out())
    day.note(folder, 0, ("wish", "declined"), ("dropped", "declined"))
    day.back(folder)
    assert (day.people[0].going, day.people[0].reason) == ("out", "declined")
    drawn = day.batches.change(OPERATOR, BATCH, day.casebook).statement
    assert list(drawn.body["skipped"]) == ["not_available"]
    assert folder.bundle.persons[0].handle not in drawn.commitments["person"]


def test_noted_at_the_case_itself(day):
    """The page of the day writes the same acts; a later answer takes the place of the earlier one."""
    code = day.people[0].code
    for answer in ("failed", "confirmed", "", "confirmed"):
        day.days.check(NEUTRAL, BATCH, code, "identity", answer)
    day.days.check(NEUTRAL, BATCH, code, "wish", "not_private")
    day.days.discrepancy(NEUTRAL, BATCH, "count")
    day.days.discrepancy(NEUTRAL, BATCH, "wrong_person", code)
    view = day.days.day(NEUTRAL, BATCH)
    answers = {line.check: line.answer for line in view.people[0].checks}
    assert (answers["identity"], answers["wish"]) == ("confirmed", "not_private")
    assert sorted((one.kind, one.code) for one in view.discrepancies) == [("count", ""), ("wrong_person", code)]
    assert all(one.copy == HERE for one in day.days.acts(NEUTRAL, BATCH))
    assert day.days.issues(NEUTRAL) == ()
    with pytest.raises(QuittanceError) as refused:
        day.days.check(NEUTRAL, BATCH, "00000-00000", "identity", "confirmed")
    assert refused.value.code == "day.person"


def test_everything_is_there_after_opening_again(day, made):
    """Acts, bundles and what came back lie in the vault, and nothing of them in the clear."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE[:3])
    day.back(folder)
    acts, issues, view = day.days.acts(NEUTRAL, BATCH), day.days.issues(NEUTRAL), day.days.day(NEUTRAL, BATCH)
    day.book.close()
    data = (day.folder / "case" / VAULT_FILE).read_bytes()
    for secret in (b"affirmed", b"confirmed", b"AGE-SECRET-KEY", folder.bundle.bundle.encode()):
        assert secret not in data
    day.book = Listbook.open(day.folder / "case", KEK, clock=day.clock)
    again = Daybook(day.book)
    assert (again.acts(NEUTRAL, BATCH), again.issues(NEUTRAL), again.day(NEUTRAL, BATCH)) == (acts, issues, view)


def test_an_erased_person_takes_his_acts_along(day):
    """What was noted about somebody goes with him, and does not come back with a later return."""
    folder = day.unpack(day.out())
    day.note(folder, 0, *DONE[:3])
    day.note(folder, 1, *DONE[:3])
    day.back(folder)
    gone = folder.bundle.persons[0].handle
    day.book.erase(OPERATOR, code_of(gone), day.casebook, sign=True)
    day.days = Daybook(day.book)
    assert gone not in {one.handle for one in day.days.acts(NEUTRAL, BATCH)}
    day.note(folder, 1, ("family", "informed"))
    taken = day.back(folder)
    assert taken.new == 1
    assert gone not in {one.handle for one in day.days.acts(NEUTRAL, BATCH)}


@pytest.mark.parametrize(
    "viewer", [OPERATOR, Viewer("holding_side", "a"), Viewer("receiving_side", "b"), Viewer("public")]
)
def test_nobody_but_the_neutral(day, viewer):
    """Every use case refuses anybody else, before anything is looked up, in the same words."""
    unknown = "no-such-batch"
    for call in (
        lambda: day.days.out(viewer, unknown, [DEVICE.device], NEUTRAL_KEY),
        lambda: day.days.take_back(viewer, b"", day.casebook),
        lambda: day.days.issues(viewer),
        lambda: day.days.state(viewer, unknown),
        lambda: day.days.acts(viewer, unknown),
        lambda: day.days.enter(viewer, unknown, "", "discrepancy", "count"),
        lambda: day.days.day(viewer, unknown),
        lambda: day.days.check(viewer, unknown, "x", "identity", "confirmed"),
        lambda: day.days.drop_out(viewer, unknown, "x", "declined"),
        lambda: day.days.discrepancy(viewer, unknown, "count"),
        lambda: day.days.settle(viewer, unknown, "x", "identity", "confirmed"),
        lambda: day.days.sheet(viewer, unknown),
    ):
        with pytest.raises(DeniedError):
            call()


def test_who_may_make_a_bundle_and_for_how_long(day):
    """A key of the neutral or the operator signs it, and nobody else's; it ends after 72 hours at most."""
    for signer, hours, code in (
        (KEYS["holding"], 72, "day.signer"),
        (DEVICE.signer, 72, "day.signer"),
        (NEUTRAL_KEY, 73, "day.hours"),
        (NEUTRAL_KEY, 0, "day.hours"),
    ):
        with pytest.raises(QuittanceError) as refused:
            day.days.out(NEUTRAL, BATCH, [DEVICE.device], signer, hours=hours)
        assert refused.value.code == code
    issued = day.days.out(NEUTRAL, BATCH, [DEVICE.device], OFFICE.statement)
    assert issued.signed_by == key_id(OFFICE.statement.public)
    assert DayFolder.unpack(
        day.folder / "x", issued.data, DEVICE, issued.signed_by, stamp(day.now), chance()
    ).bundle.persons
    assert datetime.fromisoformat(issued.expires_at) == (NOON + timedelta(hours=72)).astimezone(UTC)


def test_a_bundle_holds_the_people_of_its_batch_and_no_refusal(day):
    """Four of ten, their names and folded gates; who did not consent is not in it, nor is any word about him."""
    data = day.unpack(day.out()).bundle
    listed = {one.handle: one.entry.name for one in day.book.shelf.listed}
    inside = {one.handle for one in data.persons}
    plain = msgspec.json.encode(data).decode()
    assert {one.name for one in data.persons} == {listed[handle] for handle in inside}
    assert not any(name in plain for handle, name in listed.items() if handle not in inside)


@pytest.mark.parametrize("language", ["en", "ps"])
def test_the_sheet_of_the_day(day, language):
    """Codes without names unless they are asked for; the head of the record on it; the batch is authorised."""
    plain = day.days.sheet(NEUTRAL, BATCH, language).decode()
    named = day.days.sheet(NEUTRAL, BATCH, language, names=True).decode()
    head = day.casebook.head(OPERATOR)
    listed = {one.handle: one.entry.name for one in day.book.shelf.listed}
    for person in day.people:
        assert f'<bdi dir="ltr">{person.code}</bdi>' in plain
    assert head.root[:16] in plain
    assert not any(name in plain for name in listed.values())
    assert sum(f'<bdi dir="auto">{name}</bdi>' in named for name in listed.values()) == 4
    assert "PROPOSAL" not in plain
