"""The use cases of public claims: reports are kept as they came, decisions count once signed, and facts follow them."""

from __future__ import annotations

import inspect
import stat
from datetime import date

import msgspec
import pytest
from tests.reported import FIRST, GOA, KEYS, OUTLET, SECOND, TALIBAN, THIRD, ReportedCase, claim_in

from quittance.claimbook import Claimbook
from quittance.claims.model import Claimant, Extra, Report, read_claim
from quittance.claimshelf import ClaimShelf
from quittance.claimstore import FIELD, ClaimStore
from quittance.errors import DeniedError, QuittanceError
from quittance.record.commitment import Opening, Openings, check_openings
from quittance.record.keys import sign_statement
from quittance.record.statement import Ref
from quittance.record.store import entries
from quittance.visibility import OPERATOR, REFUSAL, Role, Viewer

TEXT = "KABUL \u2013 The government has freed 850 prisoners so far, its spokesman said.\nOn Monday 102 were let go."
TOTAL = claim_in(TEXT, "The government has freed 850 prisoners so far", "850")
BATCH = claim_in(TEXT, "On Monday 102 were let go", "102", kind="batch")
AS_OF = date(2020, 5, 6)


@pytest.fixture
def case(tmp_path):
    """A case with one report of two claims."""
    made = ReportedCase(tmp_path)
    made.take("r1", TEXT, TOTAL, BATCH)
    yield made
    made.close()


def refusal_of(act, *arguments, **named) -> str:
    with pytest.raises(QuittanceError) as caught:
        act(*arguments, **named)
    return caught.value.code


def sign(case, name="neutral-1"):
    return case.book.sign(OPERATOR, KEYS[name], case.casebook)


def accept(case, reader, code, **named):
    return case.book.decide(OPERATOR, reader, code, "accepted", **named)


def line(case, code):
    return next(one for one in case.book.claims(OPERATOR) if one.code == code)


def kinds(case):
    store = case.casebook._store
    return [one.statement.kind for one in entries(store)][8:]


def claimed(case, commitment="release-taliban"):
    return case.casebook.evaluation(OPERATOR, AS_OF)[commitment].claimed


STRANGERS = [Viewer(role) for role in Role.__args__] + [Viewer("operator", "goa")]
NOT_ASKED = {"open", "close"}


@pytest.mark.parametrize("name", [n for n, _ in inspect.getmembers(Claimbook) if n[0] != "_" and n not in NOT_ASKED])
def test_every_use_case_asks_who_asks(case, name):
    """Each has a viewer without a default, and refuses whoever may not see or write claims before it looks."""
    method = getattr(case.book, name)
    parameters = list(inspect.signature(method).parameters.values())
    assert (parameters[0].name, parameters[0].default) == ("viewer", inspect.Parameter.empty)
    needed = {one.name: None for one in parameters[1:] if one.default is inspect.Parameter.empty}
    for viewer in STRANGERS:
        if viewer != OPERATOR:
            with pytest.raises(DeniedError) as refusal:
                method(viewer, **needed)
            assert refusal.value.message == REFUSAL


# Reports


def test_a_report_is_kept_as_it_came(case):
    """Every code point stays, also a byte order mark, a no-break space and half a line; only the owner can read it."""
    text = "\ufeffJavid\u00a0Faisal \U0001f4ac a\u0301 \u202bRTL\u202c\r\n850\x00"
    (sha256,) = case.take("odd", text).taken
    assert case.book.report(OPERATOR, "odd").text == text
    assert case.book.report(OPERATOR, sha256).sha256 == sha256
    folder = case.folder / "reports"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_report_is_kept_once(case):
    """The same bytes again change nothing; with another date they are told apart, and the first date stays."""
    (sha256,) = (one.sha256 for one in case.book.reports(OPERATOR))
    again = case.book.take_reports(OPERATOR, [case.book.report(OPERATOR, sha256)] * 2)
    assert (again.taken, again.again, again.differs) == ((), (sha256, sha256), ())
    other = msgspec.structs.replace(case.book.report(OPERATOR, sha256), published="2020-06-01")
    assert case.book.take_reports(OPERATOR, [other]).differs == (sha256,)
    assert case.book.report(OPERATOR, sha256).published == "2020-05-05"


def test_two_reports_of_one_name_get_two(case):
    """The short name of a report is its own in the case, as the ids of its claims begin with it."""
    case.take("r1", "Another text.")
    names = [one.doc for one in case.book.reports(OPERATOR)]
    assert len(set(names)) == 2
    assert names[0] == "r1"


def test_the_record_says_that_a_report_was_taken(case):
    """With the operator's keys it says so at once, also of reports that were kept before; and once only."""
    view = case.take("r2", "Nothing happened.", record=True)
    assert kinds(case) == ["claim.captured"] * 2
    assert len(view.entries) == 2
    assert [one.entry for one in case.book.reports(OPERATOR)] == list(view.entries)
    assert case.take("r3", "Nothing again.", record=True).entries == (view.entries[-1] + 1,)


def test_a_report_that_was_changed_is_noticed(case):
    """One byte more in the text, or another date on the sheet, and nothing is read in it any more."""
    case.take("r2", "Nothing happened.", record=True)
    accept(case, FIRST, case.code("r1"))
    (sha256, *_) = (one.sha256 for one in case.book.reports(OPERATOR))
    text, sheet = (case.folder / f"reports/{sha256}.{ending}" for ending in ("txt", "json"))
    for path, old, new in ((text, b"850", b"950"), (sheet, b"2020-05-05", b"2020-05-03")):
        whole = path.read_bytes()
        path.write_bytes(whole.replace(old, new))
        with case.open() as book:
            assert book.reports(OPERATOR)[0].state == "changed"
            assert book.claims(OPERATOR) == ()
            assert refusal_of(book.report, OPERATOR, "r1") == "claims.report_changed"
            assert refusal_of(book.sign, OPERATOR, KEYS["neutral-1"], case.casebook) == "claims.report_changed"
        path.write_bytes(whole)
    text.unlink()
    with case.open() as book:
        assert book.reports(OPERATOR)[0].state == "missing"
        assert refusal_of(book.report, OPERATOR, "r1") == "claims.report_missing"


def test_a_report_belongs_to_the_day_on_which_it_was_public(case):
    """Before that day it is not seen, whichever of the two days is earlier; undated, it counts from its coming."""
    case.take("undated", "They freed 5.", claim_in("They freed 5.", "They freed 5", "5"), published=None)
    found = {
        days: [one.claim.doc for one in case.book.claims(OPERATOR, *days)]
        for days in ((AS_OF, AS_OF), (date(2020, 5, 5), None), (AS_OF, date(2020, 5, 5)), (date(2020, 5, 4), None))
    }
    assert list(found.values()) == [["undated", "r1", "r1"], ["r1", "r1"], ["r1", "r1"], []]


# Decisions


def test_a_claim_keeps_its_code(case):
    """A program that finds one claim more, and reads another kind, changes no code; ids in a case are made of codes."""
    first, second = case.code("r1"), case.code("r1", 2)
    early = claim_in(TEXT, "KABUL", "")
    case.claims["r1"][:] = [early, msgspec.structs.replace(TOTAL, kind="batch"), BATCH]
    with case.open() as book:
        found = {one.code: one.claim for one in book.claims(OPERATOR)}
    assert {first, second} < found.keys()
    assert found[first].kind == "batch"
    assert found[first].id == f"r1#{first}"


def test_a_decision_counts_once_it_is_signed(case):
    """Until then nothing changes for anybody; it is kept on the disk, replaced by the next, and can be forgotten."""
    code = case.code("r1")
    accept(case, FIRST, code)
    case.book.decide(OPERATOR, FIRST, code, "rejected")
    with case.open() as book:
        (draft,) = book.unsigned(OPERATOR, FIRST)
        assert (draft.code, draft.judgement, draft.fact, draft.stays) == (code, "rejected", None, "rejected")
        assert book.unsigned(OPERATOR, SECOND) == ()
        assert [one.state for one in book.claims(OPERATOR)] == ["unreviewed"] * 2
        assert book.take_back(OPERATOR, FIRST, code) is True
        assert book.take_back(OPERATOR, FIRST, code) is False
    assert case.book.unsigned(OPERATOR, FIRST) == ()
    assert sign(case).entries == ()
    assert kinds(case) == []


def test_signing_brings_the_report_the_judgement_and_the_fact(case):
    """All three enter together; the fact is one that the party reports, so it is claimed and nothing is verified."""
    code = case.code("r1")
    assert accept(case, FIRST, code).fact == f"claim-{code}"
    view = sign(case)
    assert (view.judged, view.captured, view.facts, len(view.entries)) == (1, 1, (f"claim-{code}",), 3)
    assert kinds(case) == ["claim.captured", "claim.judged", "fact.reported"]
    verdict = case.casebook.evaluation(OPERATOR, AS_OF)["release-taliban"]
    assert (verdict.claimed, verdict.verified) == (850, 0)
    assert (line(case, code).state, line(case, code).fact) == ("accepted", f"claim-{code}")
    assert sign(case).entries == ()
    assert refusal_of(accept, case, FIRST, code) == "claims.repeated"
    case.casebook.check(OPERATOR)


def test_the_fact_opens_to_its_sentence(case):
    """The entry shows the words with their number, from the case's own copy; the record has the page's host only."""
    code = case.code("r1")
    accept(case, FIRST, code)
    sign(case)
    view = case.casebook.entry(OPERATOR, f"claim-{code}")
    (quote,) = view.quotes
    assert (quote.before, quote.parts, quote.after) == (
        "KABUL \u2013 ", ("The government has freed ", "850", " prisoners so far"), ", its spokesman said."
    )  # fmt: skip
    assert quote.url == "https://news.example/a-planted-slug"
    assert view.entry.sources[0] == "https://news.example/"
    assert view.entry.known == "2020-05-05"
    assert case.book.evidence(OPERATOR, f"claim-{code}") == (quote,)
    (case.folder / f"reports/{quote.report}.txt").unlink()
    assert case.casebook.entry(OPERATOR, f"claim-{code}").quotes[0].state == "missing"


def test_a_correction_is_kept_beside_the_reading_of_the_program(case):
    """The corrected number is reported; the program's stays to be seen, and a later program undoes nothing."""
    code = case.code("r1", 2)
    case.book.decide(
        OPERATOR, FIRST, code, "corrected", changes={"value": "100", "event_date": "2020-05-03"}, comment="x"
    )
    sign(case)
    found = line(case, code)
    assert (found.claim.quantity.value, found.machine.quantity.value, found.claim.kind_basis) == (100, 102, "review")
    assert case.casebook.journal(OPERATOR).entries[-1].n == 100
    case.claims["r1"][1] = msgspec.structs.replace(BATCH, kind="cumulative")
    with case.open() as book:
        (again,) = (one for one in book.claims(OPERATOR) if one.code == code)
    assert (again.claim, again.machine.kind) == (found.claim, "cumulative")


@pytest.mark.parametrize(
    ("answer", "named", "code"),
    [
        ("true", {}, "claims.judgement"),
        ("corrected", {}, "claims.no_changes"),
        ("accepted", {"changes": {"value": "3"}}, "claims.no_changes"),
        ("corrected", {"changes": {"colour": "red"}}, "claims.correction"),
        ("corrected", {"changes": {"kind": "heap"}}, "claims.correction"),
        ("accepted", {"of": ["release-nobody"]}, "case.no_commitment"),
        ("accepted", {"comment": "x" * 2001}, "claims.comment"),
    ],
)
def test_what_is_no_decision(case, answer, named, code):
    """It is refused with a reason, and nothing is kept."""
    assert refusal_of(case.book.decide, OPERATOR, FIRST, case.code("r1"), answer, **named) == code
    assert case.book.unsigned(OPERATOR, FIRST) == ()


def test_who_may_decide_and_what_about(case):
    """A key of the neutral in its term, about a claim that some report has."""
    code = case.code("r1")
    assert refusal_of(accept, case, "ab" * 32, code) == "claims.reviewer"
    assert refusal_of(accept, case, FIRST, "000000000000") == "claims.no_claim"
    assert refusal_of(case.book.claim, OPERATOR, code, "ab" * 32) == "claims.reviewer"
    assert refusal_of(case.book.claims, OPERATOR, report="r9") == "claims.no_report"
    assert case.book.reviewers(OPERATOR) == tuple(sorted((FIRST, SECOND, THIRD)))


def test_two_readers_who_differ_are_settled_by_a_third(case):
    """What one has accepted and the other rejected is no fact until a third decides; the record shows each step."""
    code = case.code("r1")
    accept(case, FIRST, code)
    sign(case)
    assert claimed(case) == 850
    case.book.decide(OPERATOR, SECOND, code, "rejected")
    view = sign(case, "neutral-2")
    assert view.retracted == (f"claim-{code}",)
    assert (line(case, code).state, line(case, code).fact) == ("differing", None)
    assert claimed(case) in (0, None)
    assert case.book.queue(OPERATOR, THIRD).lines[0].code == code
    assert code not in [one.code for one in case.book.queue(OPERATOR, SECOND).lines]
    accept(case, THIRD, code)
    assert sign(case, "neutral-3").facts == (f"claim-{code}-2",)
    assert (line(case, code).state, line(case, code).fact) == ("accepted", f"claim-{code}-2")
    assert claimed(case) == 850
    assert len(case.book.claim(OPERATOR, code).readings) == 3


def test_a_judgement_that_is_withdrawn_is_none(case):
    """The neutral takes its judgement back; the fact that followed from it is still owed a retraction, and gets it."""
    code = case.code("r1")
    accept(case, FIRST, code)
    sign(case)
    judged = next(one for one in entries(case.casebook._store) if one.statement.kind == "claim.judged")
    taken = case.casebook.draft(OPERATOR, "record.withdrawn", {}, refs=(Ref("withdraws", judged.sid),))
    case.casebook.submit(OPERATOR, [(taken, sign_statement(taken, KEYS["neutral-2"]))])
    assert line(case, code).state == "unreviewed"
    assert case.book.enter_facts(OPERATOR, case.casebook).retracted == (f"claim-{code}",)
    assert case.book.enter_facts(OPERATOR, case.casebook).entries == ()
    assert claimed(case) in (0, None)


def test_what_is_entered_elsewhere_brings_its_fact_later(case):
    """A judgement that was signed and submitted as an envelope owes its report and its fact, which are entered once."""
    code = case.code("r1")
    accept(case, FIRST, code)
    (statement,) = case.book.statements(OPERATOR, FIRST, case.casebook)
    case.casebook.submit(OPERATOR, [(statement, sign_statement(statement, KEYS["neutral-1"]))])
    assert case.book.unsigned(OPERATOR, FIRST) == ()
    assert (line(case, code).state, line(case, code).fact) == ("accepted", None)
    view = case.book.enter_facts(OPERATOR, case.casebook)
    assert (view.captured, view.facts) == (1, (f"claim-{code}",))
    assert case.book.enter_facts(OPERATOR, case.casebook).entries == ()


def test_the_record_binds_the_decision_and_holds_no_word_of_it(case):
    """Its commitment opens to the decision with the words; words that were changed on the disk count as lost."""
    code = case.code("r1")
    accept(case, FIRST, code, comment="a planted comment")
    sign(case)
    statement = next(one.statement for one in entries(case.casebook._store) if one.statement.kind == "claim.judged")
    (draft,) = ClaimStore(case.folder).drafts().values()
    value = msgspec.json.decode(draft.said)
    assert value["comment"] == "a planted comment"
    check_openings(statement, Openings(statement.sid, (Opening(FIELD, value, bytes.fromhex(draft.salt)),)))
    assert set(statement.body) == {"claim", "judgement", "report_sha256", "fact"}
    path = case.folder / "claims/decisions.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"value":850', b'"value":950'))
    with case.open() as book:
        (reading,) = book.claim(OPERATOR, code).readings
        assert (reading.judgement, reading.claims) == ("accepted", None)
        assert book.enter_facts(OPERATOR, case.casebook).entries == ()


def test_a_line_that_a_crash_cut_off_is_not_read(case):
    """The decision before it stands, and the next one is written over it; a damaged line in the middle is told."""
    first, second = case.code("r1"), case.code("r1", 2)
    accept(case, FIRST, first)
    path = case.folder / "claims/decisions.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    with case.open() as book:
        assert [one.code for one in book.unsigned(OPERATOR, FIRST)] == [first]
        book.decide(OPERATOR, FIRST, second, "accepted")
        assert {one.code for one in book.unsigned(OPERATOR, FIRST)} == {first, second}
    path.write_bytes(b"{}\n" + whole)
    with case.open() as book:
        assert refusal_of(book.unsigned, OPERATOR, FIRST) == "claims.draft_damaged"


# What is counted once


def test_the_same_statement_in_two_reports_is_one_fact(case):
    """A second outlet that quotes the same spokesman adds evidence, not an entry; both sentences open from the one."""
    text = "Kabul says 850 prisoners are out."
    case.take("r2", text, claim_in(text, "Kabul says 850 prisoners are out", "850"))
    codes = case.code("r1"), case.code("r2")
    for code in codes:
        accept(case, FIRST, code)
    view = sign(case)
    assert (view.judged, len(view.facts)) == (2, 1)
    (fact,) = view.facts
    assert [line(case, code).fact for code in codes] == [fact, fact]
    assert {one.doc for one in case.book.evidence(OPERATOR, fact)} == {"r1", "r2"}
    assert (line(case, codes[0]).reports, line(case, codes[0]).origins) == (2, 1)


def test_a_handover_told_by_both_sides_is_counted_once(case):
    """The other side's report says `same_as`, so the sum of handovers holds it once."""
    text = "The movement confirmed that 102 of its men were let go on Monday."
    told = claim_in(text, "102 of its men were let go on Monday", "102", kind="batch", claimant=TALIBAN)
    case.take("r2", text, told)
    for code in (case.code("r1", 2), case.code("r2")):
        accept(case, FIRST, code)
    sign(case)
    first, second = case.casebook.journal(OPERATOR).entries[-2:]
    assert {first.by, second.by} == {"goa", "taliban"}
    assert (second.same_as, second.party or second.by) == (first.id, "goa" if second.by == "taliban" else second.by)
    assert claimed(case) == 102


def test_what_the_journal_says_already_is_linked(case):
    """A claim that an imported entry reports already makes no second entry, and its words open from that one."""
    from quittance.testing import journal_bytes

    known = {"id": "goa-850", "at": "2020-05-04", "known": "2020-05-05", "kind": "total", "of": ["decree-first-1500"],
             "n": 850, "by": "goa", "source": "https://paper.example/x"}  # fmt: skip
    case.casebook.import_journal(OPERATOR, journal_bytes("afghanistan-2020", known))
    code = case.code("r1")
    assert accept(case, FIRST, code).fact == "goa-850"
    assert sign(case).facts == ()
    assert line(case, code).fact == "goa-850"
    assert [one.doc for one in case.book.evidence(OPERATOR, "goa-850")] == ["r1"]


def test_claims_merged_into_one_event(case):
    """A reader says that two claims are about one event; the same party's same number is then one entry."""
    text = "Some days ago 102 men went home."
    told = claim_in(text, "102 men went home", "102", kind="batch", event_date="2020-05-02")
    case.take("r2", text, told)
    first, second = case.code("r1", 2), case.code("r2")
    accept(case, FIRST, first)
    case.book.merge(OPERATOR, FIRST, second, first)
    assert len(sign(case).facts) == 1
    assert line(case, second).group == first
    assert line(case, second).fact == line(case, first).fact
    case.book.merge(OPERATOR, FIRST, second, None)
    assert len(sign(case).facts) == 1
    assert line(case, second).group == second
    assert refusal_of(case.book.merge, OPERATOR, FIRST, second, second) == "claims.same_event"


def test_a_claim_that_is_several(case):
    """Split by its numbers it counts as two claims with a fact each, under the code of the one."""
    text = "Kabul let go 40 on Sunday and 60 on Monday."
    case.take("r2", text, claim_in(text, "Kabul let go 40 on Sunday and 60 on Monday", "40", kind="batch"))
    code = case.code("r2")
    case.book.split(OPERATOR, FIRST, code, ["40", "60"])
    assert sign(case).facts == (f"claim-{code}.1", f"claim-{code}.2")
    view = case.book.claim(OPERATOR, code)
    assert [one.quantity.value for one in (view.line.claim, *view.parts)] == [40, 60]
    assert sorted(one.n for one in case.casebook.journal(OPERATOR).entries) == [40, 60]


def test_a_claim_that_the_program_missed(case):
    """A reader adds it by its words; it has a code of its own, is in nobody's machine reading, and becomes a fact."""
    changes = {"actor": "goa", "object": "taliban", "kind": "cumulative", "claimant": "GOA_SPOKESMAN"}
    draft = case.book.add(OPERATOR, FIRST, "r1", "freed 850 prisoners", "", changes | {"event_type": "held"})
    sign(case)
    found = line(case, draft.code)
    assert (found.machine, found.state, found.stays) == (None, "corrected", "event")
    assert refusal_of(case.book.add, OPERATOR, FIRST, "r1", "freed 851", "851", changes) == "claims.quote"


# The queue


def test_what_contradicts_something_is_asked_first(tmp_path):
    """Conflicting and impossible claims come first, then those that the series or the rules leave open."""
    made = ReportedCase(tmp_path, weak=lambda one: one.kind == "batch")
    text = "Kabul: 850 freed.\nMovement: 600 freed.\nOn Monday 102.\nOr 7 in all."
    tie = claim_in(text, "Or 7 in all", "7", kind_basis="series", event_date="2020-04-01", kind="other")
    held = claim_in(text, "On Monday 102", "102", kind="batch", event_date="2020-05-03")
    case_claims = [
        claim_in(text, "Kabul: 850 freed", "850"),
        claim_in(text, "Movement: 600 freed", "600", claimant=TALIBAN),
        held, tie,
    ]  # fmt: skip
    made.take("r1", text, *case_claims)
    view = made.book.queue(OPERATOR, FIRST)
    reasons = [one.reasons for one in view.lines]
    assert reasons[0] == reasons[1] == ("conflicting",)
    assert reasons[2:] == [("tie",), ("weak",)]
    accept(made, FIRST, view.lines[0].code)
    after = made.book.queue(OPERATOR, FIRST)
    assert (after.open, after.unsigned) == (3, 1)
    assert made.book.queue(OPERATOR, SECOND).open == 4
    assert made.book.after(OPERATOR, FIRST, view.lines[1].code) == view.lines[2].code
    assert made.book.after(OPERATOR, FIRST, view.lines[3].code) == view.lines[1].code
    assert made.book.inbox(OPERATOR)[0].conflicting == 2
    made.close()


def test_a_second_reading_is_blind(case):
    """It asks about what somebody else has judged, says nothing of his word, and shows the program's reading alone."""
    code = case.code("r1")
    case.book.decide(OPERATOR, FIRST, code, "corrected", changes={"value": "1"})
    sign(case)
    (asked,) = case.book.sample(OPERATOR, SECOND, 100).lines
    assert (asked.code, asked.state, asked.claim.quantity.value, asked.fact) == (code, "unreviewed", 850, None)
    view = case.book.claim(OPERATOR, code, SECOND, blind=True)
    assert (view.readings, view.line.state, view.line.claim.quantity.value) == ((), "unreviewed", 850)
    assert case.book.sample(OPERATOR, FIRST, 100).lines == ()
    assert case.book.sample(OPERATOR, SECOND, 0).lines == ()
    accept(case, SECOND, code, second=True)
    both = case.book.readings(OPERATOR)[code]
    assert [both[one][0].quantity.value for one in (FIRST, SECOND)] == [1, 850]
    assert list(case.book.readings(OPERATOR, signed_only=True)[code]) == [FIRST]


# Speakers and cases


def test_a_speaker_that_is_taught_is_known_when_reports_are_read(tmp_path, monkeypatch):
    """Each report is read again with what was taught, and the claim where the name stands is kept with it."""
    made = ReportedCase(tmp_path)
    told = []
    original = made.make
    made.book.close()
    made.make = lambda agreement, learned: told.append(learned) or original(agreement, learned)
    made.book = made.open()
    made.take("r1", TEXT, TOTAL)
    code = made.code("r1")
    view = made.book.learn(OPERATOR, FIRST, surface="its spokesman", key="GOA_SPOKESMAN", side="goa", code=code)
    assert (view.key, view.side, view.by) == ("GOA_SPOKESMAN", "goa", FIRST)
    assert view.source.startswith("report:")
    made.book.claims(OPERATOR)
    assert [one.surface for one in told[-1]] == ["its spokesman"]
    assert [one.surface for one in made.open().learned(OPERATOR)] == ["its spokesman"]
    assert refusal_of(made.book.learn, OPERATOR, FIRST, surface=" ", key="A") == "claims.speaker"
    assert refusal_of(made.book.learn, OPERATOR, FIRST, surface="A", key="no key") == "claims.speaker"
    made.close()


def test_a_report_that_is_settled_completely_becomes_a_case_to_try(case):
    """Half a report gives nothing; a whole one gives the claims as settled, numbered, without those rejected."""
    first, second = case.code("r1"), case.code("r1", 2)
    case.book.decide(OPERATOR, FIRST, first, "corrected", changes={"modality": "at_least"})
    sign(case)
    assert case.book.regression_cases(OPERATOR) == b""
    case.book.decide(OPERATOR, FIRST, second, "rejected")
    sign(case)
    (only,) = map(read_claim, case.book.regression_cases(OPERATOR).splitlines())
    assert (only.id, only.quantity.modality, only.review.state) == ("r1#1", "at_least", "corrected")


def test_claims_of_nobody_whom_the_agreement_knows_stay_claims(case):
    """Narration, a paper and a stranger are no party, so no fact is reported; the claim is accepted all the same."""
    text = "Sources: 10 freed. Deal: 20 freed. A man: 30 freed."
    speakers = (OUTLET, Claimant(key="doha", role="document", side="AGREEMENT"), Claimant(key="X_A_MAN", name="A Man"))
    told = [claim_in(text, f"{n} freed", str(n), claimant=who) for n, who in zip((10, 20, 30), speakers, strict=True)]
    case.take("r2", text, *told)
    for number in (1, 2, 3):
        assert accept(case, FIRST, case.code("r2", number)).stays == "speaker"
    assert sign(case).facts == ()
    assert {line(case, case.code("r2", n)).stays for n in (1, 2, 3)} == {"speaker"}


def test_a_list_that_was_handed_over(case):
    """Names handed to a side that the claim names are the list of the agreement; a list asked for stays a claim."""
    text = "The movement gave a list of 5,000 names.\nIt wants a list of 40."
    given = claim_in(text, "gave a list of 5,000 names", "5,000", event_type="list", kind="list", claimant=TALIBAN,
                     extra=Extra(to="us"), event_date="2020-03-10")  # fmt: skip
    wanted = claim_in(text, "wants a list of 40", "40", event_type="list", kind="list", claimant=GOA)
    case.take("r2", text, given, wanted)
    case.book.decide(
        OPERATOR, FIRST, case.code("r2"), "corrected", changes={"definition": "on_agreed_list:list-taliban-5000"}
    )
    assert accept(case, FIRST, case.code("r2", 2)).stays == "list"
    (name,) = sign(case).facts
    (entry,) = (one for one in case.casebook.journal(OPERATOR) if one.id == name)
    assert (entry.kind, entry.list_, entry.n, entry.by) == ("list_give", "list-taliban-5000", 5000, "taliban")


def test_the_verified_record_is_set_beside_the_claims(case, monkeypatch):
    """A total that handovers attested bear out is verified, as far as that was known on the day asked about."""
    from quittance.testing import journal_bytes

    handed = {"id": "h1", "at": "2020-05-04", "kind": "perform", "of": ["release-taliban"], "n": 850, "by": "goa"}
    seen = {"id": "h2", "at": "2020-05-06", "kind": "attest", "ref": "h1", "verdict": "verified", "by": "icrc"}
    case.casebook.import_journal(OPERATOR, journal_bytes("afghanistan-2020", handed, seen))
    code = case.code("r1")

    def verdict(known_by):
        found = case.book.reconciliation(OPERATOR, AS_OF, known_by).of(f"r1#{code}")
        return found.verdict

    assert verdict(date(2020, 5, 6)) == "verified"
    assert verdict(date(2020, 5, 5)) == "consistent"


def test_nothing_is_made_twice_for_one_question(case, monkeypatch):
    """The same days asked again give the same lines without reading anew; a decision signed makes them again."""
    calls = []
    original = ClaimShelf._make
    monkeypatch.setattr(ClaimShelf, "_make", lambda self, *given: calls.append(1) or original(self, *given))
    case.book.claims(OPERATOR)
    before = len(calls)
    case.book.claims(OPERATOR)
    case.book.queue(OPERATOR, FIRST)
    assert len(calls) == before
    accept(case, FIRST, case.code("r1"))
    sign(case)
    case.book.claims(OPERATOR)
    assert len(calls) > before


def test_a_report_without_a_digest_gets_that_of_its_text(case):
    """A text that was pasted has no file; its name in the case is the digest of its UTF-8."""
    import hashlib

    view = case.book.take_reports(OPERATOR, [Report(doc="pasted", text="None were freed.")])
    assert view.taken == (hashlib.sha256(b"None were freed.").hexdigest(),)
