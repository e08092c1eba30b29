"""Handovers of the record as facts of the case: reported by who saw them, attested by the sides, judged by rules."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.proceedings import Log, people

from quittance.agreement.calendar import Clockwork
from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import FORMAT, Attest, Header, Journal, Perform, Retract
from quittance.agreement.load import load_agreement
from quittance.agreement.model import Agreement
from quittance.casebook import Casebook
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.record.statement import Ref
from quittance.testing import OFFICE, casebook_of, journal_bytes
from quittance.views.handed import handed, matching
from quittance.views.history import history
from quittance.visibility import OPERATOR

FILE = (Path(__file__).resolve().parents[2] / "data/two-lists/agreement.yaml").read_bytes()
AFGHANISTAN = (Path(__file__).resolve().parents[3] / "examples/afghanistan-2020/agreement.yaml").read_bytes()
DAY = date(2025, 1, 20)


def agreement(rule: str = "attested_by: receiving_party") -> Agreement:
    """The two lists with another verification rule."""
    return load_agreement(FILE.replace(b"{attested_by: icrc}", b"{" + rule.encode() + b"}"))


@pytest.fixture
def log() -> Log:
    """Handovers on the second day of the agreement, seen by the neutral as ICRC."""
    log = Log()
    log.now = log.now.replace(year=2025, month=1, day=3, hour=9)
    return log


def observe(log: Log, count: int = 3, batch: str = "B-1", start: int = 0, office: str = "neutral:icrc", **body) -> str:
    """A handover from a to b."""
    members = {"batch": batch, "from": "a", "to": "b", "place": "gate-1", "count": count, **body}
    return log.say("handover.observed", members, office, people(count, start))


def told(log: Log, rules: Agreement, *facts):
    """The journal entries that follow."""
    return handed(rules, Clockwork(rules.calendar), log.events, facts)


def verified(log: Log, rules: Agreement, *facts, name: str = "first", on: date = DAY, known: date = DAY):
    """(verified, claimed) of a commitment on a day."""
    entries = [*facts, *told(log, rules, *facts).entries]
    found = Evaluator(rules, Journal(Header(FORMAT, rules.id), entries)).at(on, known)[name]
    return found.verified, found.claimed


def test_from_claimed_to_verified(log):
    """What the neutral saw is claimed; with the taker's signature it is verified, where the agreement asks for that."""
    rules = agreement()
    sid = observe(log)
    assert verified(log, rules) == (0, 3)
    log.answer(sid, "a")
    assert verified(log, rules) == (0, 3)
    log.answer(sid, "b")
    assert verified(log, rules) == (3, 3)
    report, *attests = told(log, rules).entries
    assert (report.by, report.party, report.of, report.cat, report.n) == ("icrc", "a", ["first"], None, 3)
    assert [(one.by, one.verdict, one.ref) for one in attests] == [
        ("a", "verified", report.id), ("b", "verified", report.id),
    ]  # fmt: skip


def test_the_agreements_own_rule_decides(log):
    """Where the neutral's word verifies, it verifies alone; where both sides must attest, one is not enough."""
    sid = observe(log)
    assert verified(log, agreement("attested_by: icrc")) == (3, 3)
    both = agreement("all: [{attested_by: a}, {attested_by: b}]")
    log.answer(sid, "b")
    assert verified(log, both) == (0, 3)
    log.answer(sid, "a")
    assert verified(log, both) == (3, 3)


def test_it_is_known_when_the_record_took_it(log):
    """It happened on its day, and counts from the day on which it was accepted."""
    rules = agreement("attested_by: icrc")
    members = {"batch": "B-1", "from": "a", "to": "b", "place": "gate-1", "count": 2}
    accepted = (log.now + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    log.say("handover.observed", members, "neutral:icrc", people(2), happened="2025-01-02T08:00:00Z", accepted=accepted)
    (report,) = told(log, rules).entries
    assert (report.at, report.known, report.seq) == ("2025-01-02T08:00:00Z", "2025-01-07", 0)
    assert verified(log, rules, on=date(2025, 1, 2)) == (2, 2)
    assert verified(log, rules, known=date(2025, 1, 6)) == (0, 0)
    early = Log()
    early.say("handover.observed", members, "neutral:icrc", people(2), happened="2025-01-09T08:00:00Z", accepted="")
    assert told(early, rules).entries[0].known == "2025-01-09"


def test_a_denied_part_stands_apart(log):
    """Whom a side denies, it rejects from that day on; the neutral claims everybody, the others are verified."""
    rules = agreement()
    sid = observe(log, 3)
    log.answer(sid, "a")
    log.now += timedelta(days=2)
    log.answer(sid, "b", 2)
    assert verified(log, rules) == (0, 3)
    denied = log.deny(sid, "b", people(1), "not_received")
    assert verified(log, rules) == (2, 3)
    assert verified(log, rules, known=date(2025, 1, 4)) == (0, 3)
    entries = told(log, rules).entries
    reports = [one for one in entries if isinstance(one, Perform)]
    assert [one.n for one in reports] == [3, 2, 1]
    assert [one.ref for one in entries if isinstance(one, Retract)] == [reports[0].id]
    assert {(one.by, one.verdict) for one in entries if isinstance(one, Attest) and one.ref == reports[2].id} == {
        ("a", "verified"), ("b", "rejected"),
    }  # fmt: skip
    log.withdraw(denied)
    assert verified(log, rules) == (0, 3)


def test_a_handover_withdrawn_is_no_fact(log):
    """From that day on; before, it was."""
    rules = agreement("attested_by: icrc")
    sid = observe(log)
    log.now += timedelta(days=2)
    log.withdraw(sid)
    assert verified(log, rules) == (0, 0)
    assert verified(log, rules, known=date(2025, 1, 4)) == (3, 3)


@pytest.mark.parametrize(
    ("office", "sides", "speaker"),
    [("neutral:icrc", "", "icrc"), ("neutral:", "", None), ("neutral:nobody", "a", "a"), ("neutral:", "b", "b"),
     ("neutral:", "ba", "b")],
)  # fmt: skip
def test_who_reports(log, office, sides, speaker):
    """The neutral, if the agreement knows it as a party; else the first side that signs; nobody's word is made up."""
    sid = observe(log, office=office)
    for side in sides:
        log.answer(sid, side)
    reports = [one for one in told(log, agreement()).entries if isinstance(one, Perform)]
    assert [one.by for one in reports] == ([speaker] if speaker else [])


def test_between_parties_that_the_agreement_does_not_know(log):
    """Nothing follows."""
    members = {"batch": "B-1", "from": "x", "to": "b", "place": "gate-1", "count": 1}
    log.say("handover.observed", members, "neutral:icrc", people(1))
    assert told(log, agreement()).entries == ()


def test_the_same_handover_reported_as_a_fact(log):
    """It counts once; several statements of one handover count together, and are attested when all are answered."""
    rules = agreement()
    fact = Perform(id="f1", at="2025-01-03", of=["first"], n=5, by="a")
    first = observe(log, 3, fact="f1")
    second = observe(log, 2, start=3, fact="f1")
    log.answer(first, "b")
    assert verified(log, rules, fact) == (0, 5)
    log.answer(second, "b")
    assert verified(log, rules, fact) == (5, 5)
    reports = [one for one in told(log, rules, fact).entries if isinstance(one, Perform)]
    assert [(one.n, one.same_as) for one in reports] == [(3, "f1"), (5, "f1")]
    assert verified(log, rules) == (5, 5)  # no such fact: the two stand alone


def test_nobody_can_pass_off_an_entry_as_a_handover(log):
    """A fact that took the id first is not attested by the sides' signatures, and cannot take the handover back."""
    rules = agreement()
    sid = observe(log)
    log.answer(sid, "b")
    name = told(log, rules).entries[0].id
    false = Perform(id=name, at="2025-01-03", of=["first"], n=500, by="a")
    entries = told(log, rules, false).entries
    assert len({one.id for one in (false, *entries)}) == len(entries) + 1
    assert verified(log, rules, false)[0] == 3


def test_which_commitments_it_counts_toward():
    """The one named first; others of the same act between the same, about these persons, and not of the same whole."""
    rules = load_agreement(AFGHANISTAN)
    on = date(2020, 8, 14)
    assert matching(rules, "release-taliban", "goa", "taliban", on)[0] == "release-taliban"
    for name in matching(rules, "release-taliban", "goa", "taliban", on)[1:]:
        assert rules.commitment(name).counts_toward != "release-taliban"
    assert matching(rules, "decree-first-1500", "goa", "taliban", on)[0] == "decree-first-1500"
    assert matching(rules, None, "goa", "taliban", on) == ()
    assert matching(agreement(), None, "a", "b", DAY) == ("first",)
    assert matching(agreement(), None, "a", "b", date(2024, 12, 31)) == ()
    assert matching(agreement(), "second", "b", "a", DAY) == ("second",)


def test_a_paper_about_persons_of_no_kind_takes_any():
    """Where a promise names no category, whoever is handed over between the same sides counts."""
    added = (
        b"  - {id: any-ten, of: pact, by: a, to: b, mode: achieve, act: release, source: x,\n"
        b"     amount: {exactly: 10, unit: persons}}\n"
    )
    rules = load_agreement(FILE.replace(b"\npowers:", added + b"\npowers:"))
    assert matching(rules, "first", "a", "b", DAY) == ("first", "any-ten")
    assert matching(rules, "any-ten", "a", "b", DAY) == ("any-ten",)
    assert matching(rules, None, "a", "b", DAY) == ()


def test_another_paper_that_promises_the_same():
    """Two papers promise the same persons to the same side: a handover counts toward both, a wider one included."""
    promise = b"by: a, to: b, mode: achieve, act: release, amount: {at_least: 5, unit: persons}, source: x}\n"
    added = {
        b"powers:": b"  - {id: third, of: later, what: human, " + promise + b"  - {id: fourth, of: later, what: other, "
        + promise + b"\npowers:",
        b"  person: {held_by: a}": b"  human: {}\n  other: {}\n  person: {held_by: a, in: human}",
        b"\ncalendar:": b"  later: {kind: agreement, between: [a, b], in_force: 2025-01-05, source: x}\n\ncalendar:",
    }  # fmt: skip
    wider = FILE
    for old, new in added.items():
        wider = wider.replace(old, new)
    rules = load_agreement(wider)
    assert matching(rules, "first", "a", "b", date(2025, 1, 5)) == ("first", "third")
    assert matching(rules, "first", "a", "b", date(2025, 1, 4)) == ("first",)


class Desk:
    """A case in memory with a key of each side and of the neutral."""

    SEEDS = {"holding": b"\x21" * 32, "receiving": b"\x22" * 32, "neutral": b"\x23" * 32}
    PARTIES = {"holding": "a", "receiving": "b", "neutral": "icrc"}

    def __init__(self) -> None:
        self.case: Casebook = casebook_of(FILE)
        enrolled: dict[str, str] = {}
        for role, seed in self.SEEDS.items():
            signer = SeedSigner(seed)
            body = {"role": role, "party": self.PARTIES[role], "public_key": signer.public.hex(),
                    "fingerprint": key_id(signer.public)}  # fmt: skip
            statement = self.case.draft(OPERATOR, "key.enrolled", body)
            self.case.submit(OPERATOR, [(statement, sign_statement(statement, OFFICE.statement, signer))])
            enrolled[role] = statement.sid
        for side in ("holding", "receiving"):
            self.state("record.countersigned", {}, side, refs=dict.fromkeys(enrolled.values(), "countersigns"))

    def state(self, kind: str, body, role: str, handles=(), refs=None, **more) -> str:
        """A statement signed by one office; `refs` are the relations by statement id."""
        refs = tuple(Ref(rel, sid) for sid, rel in (refs or {}).items())
        given = {"person": tuple(handles)} if handles else None
        statement = self.case.draft(OPERATOR, kind, body, commitments=given, refs=refs, **more)
        self.case.submit(OPERATOR, [(statement, sign_statement(statement, SeedSigner(self.SEEDS[role])))])
        return statement.sid


def test_the_status_of_a_case_shows_it():
    """Through the use cases: status, entry and its place in the record; the view read on is the view read at once."""
    desk = Desk()
    before = desk.case.status(OPERATOR, DAY).row("first")
    assert (before.verified, before.claimed) == (0, 0)
    seen = {"batch": "B-1", "from": "a", "to": "b", "place": "PL-1", "count": 2}
    sid = desk.state("handover.observed", seen, "neutral", people(2), event_at="2025-01-04T10:00:00Z")
    desk.state("handover.received", {"batch": "B-1", "count": 2}, "receiving", refs={sid: "answers"})
    row = desk.case.status(OPERATOR, DAY).row("first")
    assert (row.verified, row.claimed) == (2, 2)
    name = f"handover-{sid[:16]}"
    view = desk.case.entry(OPERATOR, name, DAY)
    assert (view.place.sid, view.place.stated, view.entry.by.id) == (sid, True, "icrc")
    assert view.entry.findings == (f"{name}-b",)
    assert desk.case.entry(OPERATOR, name, date(2025, 1, 19)) is None
    journal = desk.case.journal(OPERATOR)
    assert {one.id for one in journal} == {name, f"{name}-b"}
    desk.state("handover.denied", {"batch": "B-1", "reason": "not_delivered"}, "holding", people(1),
               refs={sid: "answers"})  # fmt: skip
    assert desk.case.status(OPERATOR, DAY).row("first").verified == 2
    at_once = history(load_agreement(FILE), desk.case._store)
    assert list(desk.case.journal(OPERATOR)) == list(at_once.journal)
    assert at_once.places.keys() == {one.id for one in at_once.journal}
    assert at_once.bodies == {}


def test_a_reported_retraction_does_not_take_it_back():
    """What the neutral saw is withdrawn by the neutral, and not by an entry that the operator was told of."""
    desk = Desk()
    seen = {"batch": "B-1", "from": "a", "to": "b", "place": "PL-1", "count": 2}
    sid = desk.state("handover.observed", seen, "neutral", people(2))
    fact = {"id": "r1", "at": "2025-01-20", "kind": "retract", "ref": f"handover-{sid[:16]}", "by": "a"}
    desk.case.import_journal(OPERATOR, journal_bytes("two-lists", fact))
    assert desk.case.status(OPERATOR, DAY).row("first").verified == 2
    desk.state("record.withdrawn", {}, "neutral", people(2), refs={sid: "withdraws"})
    assert desk.case.status(OPERATOR, DAY).row("first").verified == 0


def test_entries_are_like_any_other(log):
    """They can be written as a journal and read again."""
    sid = observe(log)
    log.answer(sid, "b")
    log.deny(sid, "a", people(1))
    for entry in told(log, agreement()).entries:
        assert msgspec.json.decode(msgspec.json.encode(entry), type=type(entry)) == entry
