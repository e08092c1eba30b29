"""One finding a code: a small file that has it, and the words in which it is said."""

from collections import Counter
from pathlib import Path

import pytest

from quittance.agreement.findings import findings_as_json
from quittance.agreement.journal import load_journal
from quittance.agreement.journal_lint import lint_journal
from quittance.agreement.lint import lint
from quittance.agreement.load import load_agreement
from quittance.errors import UnreadableError

BRIDGE = Path(__file__).resolve().parents[2] / "data" / "bridge.yaml"
HEADER = b'{"format":"quittance-journal/1","agreement":"small"}\n'


@pytest.fixture
def said(written):
    """What lint says of a document: (code, message) of every finding."""
    return lambda document: [(finding.code, finding.message) for finding in lint(written(document))]


@pytest.fixture
def said_of_journal(written):
    """What lint says of journal lines under a document: (code, line, message)."""

    def read(document, *lines):
        journal = load_journal(HEADER + b"\n".join(lines))
        return [(one.code, one.line, one.message) for one in lint_journal(load_agreement(written(document)), journal)]

    return read


def test_a_sound_file_has_no_findings(document, said):
    """The small agreement that the other tests change has nothing wrong with it."""
    assert said(document) == []


def test_a_finding_names_its_place(document, written):
    """Code, level, path, line and message; the line is that of the field."""
    document["commitments"][0]["amount"] = {"up_to": 10, "unit": "persons"}
    data = written(document)
    line = next(n for n, text in enumerate(data.decode().splitlines(), 1) if '"up_to"' in text) - 1
    (found,) = findings_as_json(lint(data))["findings"]
    assert ("W01", "warn", "commitments[0].amount", line) == tuple(found.values())[:4]


# --- errors -----------------------------------------------------------------------------------------------------------


def broken(document, place, value):
    *path, last = place
    for part in path:
        document = document[part]
    if value is None:
        del document[last]
    else:
        document[last] = value


FIRST = ("commitments", 0)
ERRORS = [
    ("E01", (*FIRST, "quantity"), 5, "commitments[0] (first): unknown field `quantity`"),
    ("E01", (*FIRST, "amuont"), 5, "commitments[0] (first): unknown field `amuont`; did you mean `amount`?"),
    ("E01", (*FIRST, "owed"), False, "it appears only in what a party reads"),
    ("E04", (*FIRST, "by"), "aa", "unknown party `aa`; did you mean `a`?"),
    ("E04", (*FIRST, "of"), "pakt", "unknown instrument `pakt`; did you mean `pact`?"),
    ("E04", (*FIRST, "counts_toward"), "secund", "unknown commitment `secund`; did you mean `second`?"),
    ("E05", (*FIRST, "id"), "second", "commitments[1] (second).id: the id `second` stands here again"),
    ("E06", (*FIRST, "requires"), [{"complete": "second"}], "requires[0]: say `clock: toll` (the deadline waits)"),
    ("E07", (*FIRST, "by"), ["a", "b"], "promised by a and b; say `joint: together`, `each` or `either`"),
    ("E08", (*FIRST, "when"), {"by": "start + 14 months"}, "31 January + 1 month has no day; set calendar.month_end"),
    ("E08", (*FIRST, "when"), {"by": "start + 3 hours"}, "hours need `granularity: instant`"),
    ("E09", (*FIRST, "counts_toward"), "first", "counts_toward goes in a circle: first -> first"),
    (
        "E09",
        (*FIRST, "when"),
        {"schedule": [{"at": "day 4", "total": 5}, {"at": "day 3", "total": 10}]},
        "the times of a schedule must grow: day 3 is not after day 4",
    ),
    ("E10", (*FIRST, "source"), None, "no source; give a URL, or outlet and date"),
    ("E11", (*FIRST, "when"), {"by": "31/3/2020"}, '"31/3/2020" is not a'),
    ("E11", (*FIRST, "act"), None, "commitments[0] (first): `act` is missing"),
    ("E11", (*FIRST, "amount"), {"exactly": -1, "unit": "persons"}, "`-1`: Input should be greater than or equal to 0"),
    ("E11", (*FIRST, "amount"), {"unit": "persons"}, "an amount needs exactly one of exactly, at_least"),
    ("E11", ("calendar", "start"), None, "calendar: `start` is missing"),
]


@pytest.mark.parametrize(("code", "place", "value", "words"), ERRORS, ids=[f"{row[0]}-{row[1][-1]}" for row in ERRORS])
def test_an_error_names_the_place_and_what_to_write(document, written, code, place, value, words):
    """One mistake in a sound file gives its code, a line, and words that say what to do about it."""
    broken(document, place, value)
    found = [one for one in lint(written(document)) if one.code == code and words in one.message]
    assert [(one.level, one.line is not None) for one in found] == [("error", True)]


def test_a_repeated_key_is_an_error():
    """E02 names the line of the first."""
    found = lint(b"format: quittance-agreement/1\nid: one\nid: two\n")
    assert ("E02", 3, "id: the key `id` stands here again (first on line 2)") in [
        (one.code, one.line, one.message) for one in found
    ]


def test_yaml_outside_the_subset_is_an_error():
    """E03 says what to write instead of `010`."""
    found = lint(b"format: quittance-agreement/1\nx: 010\n")
    assert [(one.line, one.message) for one in found if one.code == "E03"] == [
        (2, 'x: 010 can be read as different numbers; write a plain integer, or "010" as text')
    ]


def test_warnings_wait_until_there_is_no_error(document, said):
    """A file with an error and an ambiguity shows the error alone."""
    document["commitments"][0]["amount"] = {"up_to": 10, "unit": "persons"}
    document["commitments"][0]["of"] = "pakt"
    assert [code for code, _ in said(document)] == ["E04"]


def test_what_is_not_yaml_cannot_be_linted():
    """Unreadable input is no finding but an error of its own."""
    with pytest.raises(UnreadableError, match="not YAML"):
        lint(b"a: [1\nb: }")


# --- warnings ---------------------------------------------------------------------------------------------------------


def test_up_to_without_a_reading(document, said):
    """W01, in the text and in a position; with a reading it is settled."""
    document["commitments"][0]["amount"] = {"up_to": 5000, "unit": "persons"}
    reads = {"first": {"amount": {"up_to": 5000, "reading": "ceiling", "unit": "persons"}}}
    document["positions"] = [{"id": "p", "by": "a", "from": "2025-01-02", "reads": reads, "source": "a"}]
    assert said(document) == [
        (
            "W01",
            "first: 'up to 5,000' can be a ceiling or a target; as a ceiling it is never overdue. It is calculated as "
            "a target. Record who reads it how under `positions`, or set `reading`.",
        )
    ]


def test_a_debtor_who_did_not_sign(document, said):
    """W02 for a debtor outside the instrument; not for one who accepted it, or whose side signed."""
    document["parties"]["c"] = {"name": "C", "standing": "non_signatory"}
    document["commitments"][0]["by"] = "c"
    ((code, message),) = said(document)
    assert (code, message.startswith("first: binds c, who did not sign pact.")) == ("W02", True)
    document["parties"]["c"]["side"] = "a"
    assert said(document) == []
    del document["parties"]["c"]["side"]
    document["instruments"]["pact"]["accepted_by"] = [{"party": "c", "on": "2025-01-02"}]
    assert said(document) == []


def test_promised_by_one_and_performed_by_another(document, said):
    """W03 says on whom overdue falls."""
    document["commitments"][0]["performed_by"] = "watch"
    assert said(document) == [("W03", "first: promised by a, performed by watch; overdue falls on a.")]


@pytest.mark.parametrize("mode", ["achieve", "endeavour"])
def test_no_deadline(document, said, mode):
    """W04 for what must be achieved; a goal is never overdue anyway."""
    document["commitments"][0] |= {"mode": mode, "when": {"from": "day 2"}}
    expected = (
        "first: has no deadline, so it can never be overdue. Write `when: {by: ...}`, or leave it if no date was "
        "agreed."
    )
    assert said(document) == ([("W04", expected)] if mode == "achieve" else [])


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ({"act": "release"}, []),
        ({"commitment": "first"}, ["W05"]),
        ({"category": "soldier"}, []),
        ({"category": "civilian"}, ["W05"]),
    ],
)
def test_nobody_can_verify(document, said, rule, codes):
    """W05 where no rule can match an entry about the commitment: by id, by act, or by category up and down the tree."""
    document["categories"] = {
        "person": {},
        "soldier": {"in": "person"},
        "civilian": {"in": "person"},
        "private": {"in": "soldier"},
    }
    document["commitments"][0]["what"] = "private"
    document["commitments"][1]["what"] = "soldier"
    document["verification"]["rules"] = [
        {"for": rule, "verified_when": {"attested_by": "watch"}},
        {"for": {"commitment": "first"}, "verified_when": {"attested_by": "watch"}},
    ]
    assert codes == [code for code, _ in said(document)]


@pytest.mark.parametrize(
    ("mode", "conceded", "rest"),
    [
        ("achieve", "both_sides", "it stays unverified unless b give their own figure"),
        ("achieve", "never", "it stays unverified, whatever anybody says"),
        ("refrain", "both_sides", "a violation of it stays unverified, whoever reports it"),
    ],
)
def test_what_follows_when_nobody_can_verify(document, said, mode, conceded, rest):
    """W05 says what remains: both sides' own figures, nothing, or reports of a violation."""
    document["verification"] = {"rules": [], "conceded": conceded}
    del document["commitments"][1]
    document["commitments"][0]["mode"] = mode
    expected = f"first: no rule names anyone who can verify it; {rest}. Add a rule under `verification`."
    assert [("W05", expected)] == said(document)


def test_months(document, said):
    """W06 gives the date that the rule of the file makes of it, where there is one."""
    document["calendar"] |= {"start": "2020-02-29", "month_end": "clamp"}
    document["commitments"][0]["when"] = {"by": "start + 14 months"}
    document["commitments"][1]["when"] = {"by": "complete:first + 3 months"}
    rest = "Others may count months differently: compare it with what the parties say."
    assert [
        ("W06", f"first: start + 14 months is counted by rule clamp: 2021-04-29. {rest}"),
        (
            "W06",
            f"second: complete:first + 3 months is counted by rule clamp, from a day that is not known yet. {rest}",
        ),
    ] == said(document)


def test_a_doubtful_condition(document, said):
    """W07 says that the words do not state it."""
    document["commitments"][1]["requires"] = [{"complete": "first", "clock": "run", "doubtful": True}]
    expected = (
        "second waits for first: implied, not stated. Nobody is called late while it does not hold; record in "
        "`positions` who holds that it must."
    )
    assert [("W07", expected)] == said(document)


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        (None, "no list"),
        ({"from": "b", "to": "a", "size": 9}, "no agreed list"),
        ({"from": "b", "to": "a", "agreed": True}, "a list without a size"),
        ({"from": "b", "to": "a", "size": 9, "agreed": True}, None),
    ],
)
def test_all_of_a_category_nobody_listed(document, said, listed, why):
    """W08 until a list with a size is agreed."""
    document["categories"] = {"held": {"list": "names"} if listed else {}}
    document["lists"] = {"names": listed} if listed else {}
    document["commitments"][0]["amount"] = {"all_of": "held", "unit": "persons"}
    expected = (
        f"first: total unknown, because held has {why}; it cannot be overdue until a list fixes it. Name the list "
        "under the category once it is agreed."
    )
    assert ([("W08", expected)] if why else []) == said(document)


def test_prices_that_cannot_be_calculated(document, said):
    """W09 for a group without a size, and for a category whose handovers would owe nothing."""
    document["categories"] = {
        "held": {},
        "ill": {"in": "held", "counts_as_group": {"freed": 110}},
        "well": {"in": "held", "counts_as": {"freed": 30}},
        "dead": {"in": "held"},
        "freed": {},
    }
    document["commitments"][0]["what"] = "held"
    document["commitments"][1]["amount"] = {
        "accrues": {"from": "first", "price": "counts_as", "within": "1 day"},
        "unit": "persons",
    }
    assert sorted(said(document)) == [
        (
            "W09",
            "ill: a price for the group without `size`; what one member of it owes cannot be shared out. Set `size`.",
        ),
        (
            "W09",
            "second: dead has no `counts_as`; a handover of it owes nothing. Give it a price, or say in a `note` that "
            "none was agreed.",
        ),
    ]


def test_an_order_that_cannot_be_checked(document, said):
    """W10 until both categories have a size or a list of persons."""
    document["categories"] = {"ill": {}, "well": {"list": "names"}}
    document["lists"] = {"names": {"from": "b", "to": "a"}}
    document["commitments"][0]["order"] = [{"first": "ill", "before": "well"}]
    message = (
        "first: ill before well cannot be checked, because nobody can say when all of {} are done. Give it a `size`, "
        "or a list with `persons`."
    )
    assert [("W10", message.format("ill and well"))] == said(document)
    document["categories"]["ill"]["size"] = 3
    assert [("W10", message.format("well"))] == said(document)
    document["lists"]["names"]["persons"] = "names.txt"
    assert said(document) == []


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((4, 6), None),
        ((4,), None),
        ((4, 5), "1 too few, so every part can be done and the whole not"),
        ((4, 7), "1 too many, so the parts promise more than the whole"),
    ],
)
def test_parts_that_do_not_add_up(document, said, sizes, words):
    """W11 for two or more parts in one instrument whose sum is not the whole."""
    whole = document["commitments"][0]
    for number, size in enumerate(sizes):
        part = whole | {
            "id": f"part-{number}",
            "counts_toward": "first",
            "amount": {"exactly": size, "unit": "persons"},
        }
        document["commitments"].append(part)
    found = said(document)
    assert ([("W11", True)] if words else []) == [(code, words in message) for code, message in found]


def test_one_sides_own_paper(document, said):
    """W12 says who answered how, and that it stays a promise of its author; not once everyone concerned accepted."""
    paper = {"kind": "unilateral", "by": "a", "issued": "2025-01-02", "affects": ["first"], "source": "a"}
    document["instruments"]["decree"] = paper
    rest = "shown as a promise of a only. Name those who accept it in `accepted_by`."
    assert [("W12", f"decree affects first; nobody has accepted it: {rest}")] == said(document)
    paper["rejected_by"] = [{"party": "b", "on": "2025-01-03"}]
    assert [("W12", f"decree affects first; rejected by b on 2025-01-03: {rest}")] == said(document)
    paper["accepted_by"] = [{"party": "b", "on": "2025-01-04"}]
    assert said(document) == []


def test_a_ring(document, said):
    """W13 names every edge with who holds it, as of the last dated position."""
    document["commitments"][0]["requires"] = [{"complete": "second", "clock": "toll"}]
    reads = {"second": {"requires": [{"started": "first", "clock": "toll"}]}}
    document["positions"] = [{"id": "p", "by": "b", "from": "2025-02-03", "reads": reads, "source": "b"}]
    assert said(document) == [
        (
            "W13",
            "first waits for second (complete, held by agreed text), second waits for first (started, held by b): "
            "as of 2025-02-03 none of them can come first. Settle which condition gives way.",
        )
    ]


def test_a_clash_and_its_ring():
    """W14 beside W13: the clauses in words, who holds each, and the days they are short."""
    found = {one.code: one.message for one in lint(BRIDGE.read_bytes())}
    assert {"W12", "W13", "W14"} == set(found)
    assert found["W14"] == (
        "41 days short: order-rest: 10 every 7 days from started:talks; 60 take 6 periods, the last ends 41 days on "
        "(north); talks only after first is complete (100 persons) (south); order-rest (60 persons) is part of "
        "first, which is not complete before it: 100 = 40 + 60 (plan of north). As of 2025-01-12 these cannot be met "
        "together; one of them has to give way."
    )


@pytest.mark.parametrize(
    ("matching", "words"),
    [
        ({}, None),
        ({"reviewers": 2, "second_from": "0.5"}, None),
        ({"reviewers": 3, "second_from": 0}, None),
        ({"reviewers": 1}, "matching.reviewers: one reviewer alone can make one person of two entries"),
        ({"reviewers": 1, "second_from": 1}, "Write `reviewers: 2`."),
        ({"second_from": "0.500001"}, '`second_from: "0.5"` or less, or leave it out.'),
    ],
)
def test_one_reviewer_alone(document, said, matching, words):
    """W15 where one reviewer, without going against the score, can join two entries."""
    document["matching"] = matching
    found = said(document)
    assert [code for code, _ in found] == (["W15"] if words else [])
    assert all(words in message for _, message in found)


def test_the_reference_case_has_exactly_its_findings(doha):
    """The findings that the format promises for it, at these places, and nothing else."""
    found = lint(doha)
    names = [commitment.id for commitment in load_agreement(doha).commitments]

    def places(code):
        return sorted(
            one.path.split(".")[1]
            if one.path.startswith("instruments")
            else names[int(one.path.split("[")[1].split("]")[0])]
            for one in found
            if one.code == code
        )

    assert {code: places(code) for code in Counter(one.code for one in found)} == {
        "W01": ["release-goa", "release-taliban"],
        "W02": ["talks"],
        "W03": ["release-taliban"],
        "W05": [
            "released-no-threat",
            "taliban-no-threat-from-soil",
            "us-bases",
            "us-drawdown",
            "us-full-withdrawal",
            "us-sanctions-review",
        ],
        "W06": ["release-the-rest", "us-full-withdrawal"],
        "W07": ["talks", "talks"],
        "W08": ["release-the-rest"],
        "W12": ["decree-march", "jirga-august"],
        "W13": ["decree-next-3500"],
        "W14": ["decree-next-3500"],
    }


# --- journals ---------------------------------------------------------------------------------------------------------


def test_a_sound_journal_has_no_findings(document, said_of_journal):
    """An entry and its attestation."""
    assert (
        said_of_journal(
            document,
            b'{"id":"1","at":"2025-01-02","kind":"perform","of":["first"],"n":3,"by":"a"}',
            b'{"id":"2","at":"2025-01-02","kind":"attest","ref":"1","verdict":"verified","by":"watch"}',
        )
        == []
    )


def test_known_that_goes_back(document, said_of_journal):
    """J02 for a journal coded after the fact."""
    ((code, line, message),) = said_of_journal(
        document,
        b'{"id":"1","at":"2025-01-02","known":"2025-01-09","kind":"event","name":"x"}',
        b'{"id":"2","at":"2025-01-03","kind":"event","name":"x"}',
    )
    assert (code, line, "goes back from 2025-01-09 to 2025-01-03" in message) == ("J02", 3, True)


def test_an_accrual_entry_without_category(document, said_of_journal):
    """J03 for a handover that a price table cannot price, also of a part; not where every handover costs the same."""
    document["categories"] = {"held": {"counts_as": {"freed": 30}}, "freed": {}}
    document["commitments"][0]["what"] = "held"
    part = document["commitments"][0] | {"id": "part", "counts_toward": "first"}
    document["commitments"].append(part)
    accrues = {"from": "first", "price": "counts_as", "within": "1 day"}
    document["commitments"][1]["amount"] = {"accrues": accrues, "unit": "persons"}
    lines = (
        b'{"id":"1","at":"2025-01-02","kind":"perform","of":["first"],"n":3,"by":"a"}',
        b'{"id":"2","at":"2025-01-02","kind":"perform","of":["part"],"n":3,"by":"a"}',
        b'{"id":"3","at":"2025-01-02","kind":"perform","of":["first"],"n":3,"by":"a","cat":"held"}',
        b'{"id":"4","at":"2025-01-02","kind":"perform","of":["first"],"n":1,"by":"a","breakdown":{"held":1}}',
        b'{"id":"5","at":"2025-01-02","kind":"perform","of":["second"],"n":1,"by":"b"}',
    )
    assert [(code, line) for code, line, _ in said_of_journal(document, *lines)] == [("J03", 2), ("J03", 3)]
    accrues["price"] = 30
    assert said_of_journal(document, *lines) == []


def test_a_day_where_the_hour_decides(document, said_of_journal):
    """J04 on the day of an instant deadline, and on every day while the deadline hangs on an unknown hour."""
    document["calendar"] |= {"granularity": "instant", "start": "2025-01-01T12:00:00+00:00"}
    document["commitments"][0]["when"] = {"by": "start + 72 hours"}
    document["commitments"][1]["when"] = {"by": "complete:second-half + 72 hours"}
    document["commitments"].append(document["commitments"][1] | {"id": "second-half", "when": {"by": "day 3"}})
    entry = '{"id":"%d","at":"%s","kind":"perform","of":["%s"],"n":1,"by":"a"}'
    days = [
        ("2025-01-03", "first"),
        ("2025-01-04", "first"),
        ("2025-01-04T11:00:00+00:00", "first"),
        ("2025-01-09", "second"),
        ("2025-01-09", "second-half"),
    ]
    lines = [(entry % (number, *day)).encode() for number, day in enumerate(days)]
    found = said_of_journal(document, *lines)
    assert [(code, line) for code, line, _ in found] == [("J04", 3), ("J04", 5), ("J04", 6)]
    assert "Write `at` with the hour, like 2025-01-04T12:00:00+00:00." in found[0][2]


def test_a_journal_of_another_agreement_and_unknown_ids(document, written):
    """E04 for the header and for each id that the agreement or the journal does not have, with the nearest one."""
    journal = load_journal(
        b'{"format":"quittance-journal/1","agreement":"other"}\n'
        b'{"id":"1","at":"2025-01-02","kind":"perform","of":["frist"],"n":3,"by":"aa"}\n'
        b'{"id":"2","at":"2025-01-02","kind":"attest","ref":"9","verdict":"verified","by":"watch"}\n'
    )
    assert [(one.path, one.message) for one in lint_journal(load_agreement(written(document)), journal)] == [
        ("agreement", "the journal belongs to `other`, and this agreement is `small`"),
        ("1.of", "entry `1`: unknown commitment `frist`; did you mean `first`?"),
        ("1.by", "entry `1`: unknown party `aa`; did you mean `a`?"),
        ("2.ref", "entry `2`: unknown entry `9`"),
    ]


GATED = {"version": 1, "method": "serial", "size": 1, "fields": {"consent": {"type": "flag"}}, "gates": ["consent"]}


@pytest.mark.parametrize(
    ("clearance", "words"),
    [
        ({"by": "neutral", "about": "wish"}, None),
        ({"by": "neutral", "about": "identity"}, "nobody asks the people themselves"),
        ({"by": "holding"}, "Name a gate that handovers.clearances grants"),
    ],
)
def test_nobody_asks_the_people(document, said, clearance, words):
    """W16 where a batch can be chosen without anybody's own wish."""
    document["selection"] = GATED
    document["handovers"] = {"clearances": {"consent": clearance}}
    found = said(document)
    assert [code for code, _ in found] == (["W16"] if words else [])
    assert all(words in message for _, message in found)


@pytest.mark.parametrize(
    ("quorum", "words"),
    [
        ({}, None),
        ({"at_least": 2}, None),
        ({"at_least": 1}, "one office alone can make a handover count"),
        ({"of": ["holding"]}, "Write `at_least: 2` or more."),
    ],
)
def test_one_office_alone(document, said, quorum, words):
    """W17 where one signature makes a handover count."""
    document["handovers"] = {"quorum": quorum}
    found = said(document)
    assert [code for code, _ in found] == (["W17"] if words else [])
    assert all(words in message for _, message in found)
