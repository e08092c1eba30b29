"""A small case in memory, with names and notes that try to break out of the page, and Django's client on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from quittance.casebook import Casebook
from quittance.testing import OFFICE
from quittance.visibility import OPERATOR
from quittance.web.case import KEY
from quittance.web.server import application

HOSTILE = "<script>alert(1)</script>"
AGREEMENT = f"""
format: quittance-agreement/1
id: two-lists
title: "Two lists {HOSTILE}"
parties:
  a: {{name: Republic of A, standing: signatory}}
  b: {{name: "B {HOSTILE}", standing: signatory}}
  icrc: {{name: ICRC, standing: intermediary}}
instruments:
  pact: {{kind: agreement, between: [a, b], in_force: 2025-01-01, source: the pact}}
calendar: {{timezone: UTC, start: 2025-01-01, day_count: exclude_first}}
verification: {{rules: [{{verified_when: {{attested_by: icrc}}}}]}}
commitments:
  - {{id: first, of: pact, by: a, to: b, mode: achieve, act: release, amount: {{exactly: 1500, unit: persons}},
     when: {{by: day 5}}, source: the pact}}
  - {{id: second, of: pact, by: b, to: a, mode: achieve, act: release, amount: {{exactly: 30, unit: persons}},
     when: {{by: day 7}}, requires: [{{complete: first, clock: toll}}], source: the pact}}
"""
JOURNAL = [
    {"id": "a1", "at": "2025-01-04", "kind": "perform", "of": ["first"], "n": 361, "by": "a", "source": "a paper"},
    {
        "id": "n1",
        "at": "2025-01-04",
        "known": "2025-01-05",
        "kind": "attest",
        "ref": "a1",
        "verdict": "verified",
        "by": "icrc",
    },
    {
        "id": "a2/odd id?",
        "at": "2025-01-06",
        "known": "2025-01-08",
        "kind": "total",
        "of": ["first"],
        "n": 850,
        "by": "a",
        "note": HOSTILE,
        "source": ["javascript:alert(1)", 'https://example.org/"><b>', "http://[broken"],
    },
    {"id": "c1", "at": "2025-01-06", "known": "2025-01-12", "kind": "perform", "of": ["second"], "n": 30, "by": "icrc"},
]

TODAY = datetime(2025, 1, 10, 12, tzinfo=UTC)


def make_case(entries: list[dict[str, object]], agreement: str = AGREEMENT) -> Casebook:
    """A case in memory whose today is 10 January 2025."""
    case = Casebook.in_memory(agreement.encode(), OFFICE, clock=lambda: TODAY)
    if entries:
        lines = [{"format": "quittance-journal/1", "agreement": "two-lists"}, *entries]
        case.import_journal(OPERATOR, "\n".join(map(json.dumps, lines)).encode())
    return case


def many(count: int) -> list[dict[str, object]]:
    """`count` handovers of one person each, five a day from 1 January 2024 on."""
    start = date(2020, 1, 1)
    return [
        {
            "id": f"m{n}",
            "at": (start + timedelta(n // 5)).isoformat(),
            "kind": "perform",
            "of": ["first"],
            "n": 1,
            "by": "a",
        }
        for n in range(count)
    ]


@pytest.fixture(scope="session")
def casebook() -> Casebook:
    """The small case."""
    return make_case(JOURNAL)


ClientFor = Callable[[Casebook], Client]


@pytest.fixture(scope="session")
def client_for() -> ClientFor:
    """Django's client on a case."""

    def make(case: Casebook) -> Client:
        application(case)
        return Client(headers={"host": "localhost"}, raise_request_exception=False, **{KEY: case})

    return make


@pytest.fixture(scope="session")
def client(casebook: Casebook, client_for: ClientFor) -> Client:
    """Django's client on the small case."""
    return client_for(casebook)
