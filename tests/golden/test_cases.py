"""Small cases in the words of the agreement format: a few promises, what was said, and what must follow on a day.

All times are days: day N is 1 January 2025 + N. A file has the promises (`agreement`, with what `FRAME` and `PROMISE`
fill in) and its `cases`; a case has entries (`day`, `known`), the day asked about (`on`), from which day it is seen
(`seen`, else the same), whose reading (`party`), and for each promise some keys of its verdict, lists taken as sets.
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.journals import journal_of

from quittance.agreement.evaluate import evaluate
from quittance.agreement.load import load_agreement
from quittance.agreement.model import Condition
from quittance.agreement.text import read_yaml
from quittance.agreement.verdict import CLASS_OF
from quittance.dates import parse_moment

FOLDER = Path(__file__).parent / "cases"
FRAME = {
    "format": "quittance-agreement/1",
    "id": "case",
    "title": "A case",
    "parties": {
        name: {"name": name, "standing": "signatory" if name in "ab" else "verifier"}
        for name in ("a", "b", "watch", "court")
    },
    "instruments": {"pact": {"kind": "agreement", "between": ["a", "b"], "in_force": "2025-01-01", "source": "pact"}},
    "calendar": {"timezone": "UTC", "start": "2025-01-01", "day_count": "exclude_first"},
    "verification": {"rules": [{"verified_when": {"attested_by": "watch"}}], "breach_found_by": ["court"]},
}
"""What an agreement has unless the file says otherwise: a and b agreed, `watch` verifies, `court` finds breaches."""
PROMISE = {"of": "pact", "by": "a", "to": "b", "mode": "achieve", "act": "release", "source": "pact"}
"""What a promise is unless the file says otherwise: a owes b a release."""


def day_text(day):
    """Day 4, or `4 12:30` for an hour of it, as written in a journal."""
    number, _, hour = str(day).partition(" ")
    text = str(date(2025, 1, 1) + timedelta(days=int(number)))
    return f"{text}T{hour}:00Z" if hour else text


def dated(value):
    """An expected value, with `day 4` as its date."""
    if isinstance(value, dict):
        return {key: dated(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(json.dumps(dated(one)) for one in value)
    if isinstance(value, str) and (found := re.fullmatch(r"day (\d+)", value)):
        return day_text(found.group(1))
    return None if value == "nothing" else value


def shown(value, like):
    """A found value in the shape of an expected one."""
    if isinstance(like, dict) and isinstance(value, dict):
        return {key: shown(value.get(key), one) for key, one in like.items()}
    return sorted(json.dumps(one) for one in value) if isinstance(value, list) else value


def files():
    """(name, agreement, cases) of every file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        document = read_yaml(path.read_bytes())
        assert not document.problems, (path.name, [str(one) for one in document.problems])
        given = document.value["agreement"]
        agreement = FRAME | given | {"commitments": [PROMISE | one for one in given["commitments"]]}
        yield path.stem, load_agreement(json.dumps(agreement).encode()), document.value["cases"]


CASES = [(name, agreement, case) for name, agreement, cases in files() for case in cases]


def answer(agreement, case):
    """{commitment: verdict} of one case."""
    entries = []
    for number, given in enumerate(case.get("entries", []), 1):
        entry = {"id": f"e{number}", "kind": "perform"} | given
        entry["at"] = day_text(entry.pop("day"))
        if "known" in entry:
            entry["known"] = day_text(entry["known"])
        if "of" in entry and not isinstance(entry["of"], list):
            entry["of"] = [entry["of"]]
        for key in ("from", "until"):
            if key in entry:
                entry[key] = day_text(entry[key])
        entries.append(entry)
    on = parse_moment(day_text(case["on"]))
    seen = parse_moment(day_text(case["seen"])) if "seen" in case else None
    said = evaluate(agreement, journal_of(agreement, entries), on, seen, case.get("party"))
    return {verdict["id"]: verdict for verdict in said.as_json()["commitments"]}


@pytest.mark.parametrize(
    ("name", "agreement", "case"), CASES, ids=[f"{name}: {case['title']}" for name, _, case in CASES]
)
def test_case(name, agreement, case):
    """Every key that a case expects is what the evaluation says."""
    found = answer(agreement, case)
    for promise, keys in case["expect"].items():
        for key, value in keys.items():
            expected = dated(value)
            assert shown(found[promise].get(key), expected) == expected, f"{promise}.{key} of {case['title']}"


def test_every_status_and_every_condition_has_a_case():
    """The cases speak of each status, each form of condition, amount and deadline, and each kind of power."""
    statuses = {keys.get("status") for _, _, case in CASES for keys in case["expect"].values()}
    assert set(CLASS_OF) <= statuses
    agreements = [agreement for _, agreement, _ in CASES]
    commitments = [one for agreement in agreements for one in agreement.commitments]
    conditions = [one for commitment in commitments for one in commitment.requires]
    for form in ("complete", "started", "count", "kept", "event", "finding", "any"):
        assert any(getattr(one, form) is not None for one in conditions if isinstance(one, Condition)), form
    for form in ("by", "schedule", "pace", "keeps_pace_with", "from_", "until", "extends"):
        assert any(getattr(one.when, form) for one in commitments), form
    amounts = [one.amount for one in commitments if one.amount is not None]
    for form in ("exactly", "at_least", "up_to", "all_of", "level_at_most", "accrues", "every"):
        assert any(getattr(one, form) is not None for one in amounts), form
    powers = {power.effect for agreement in agreements for power in agreement.powers}
    assert {"withhold_named", "extend", "suspend", "resume", "terminate", "waive"} <= powers
    assert len(CASES) >= 25
