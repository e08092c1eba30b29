"""Matching of two lists: which entry of one is who in the other, how sure that is, and why.

A list is made ready (`prepared`), two are put side by side (`context`): their words are weighed once per pair of
distinct words (`evidence`), pairs worth looking at are found (`candidates`, `blocking`) and scored (`pairs`, over
`words` and `fields`), the best are ranked (`ranking`) and become candidates with a probability, a decision and alerts
(`deciding`, `calibration`). A match proposes; people decide.

Pure: no disk, no clock, no chance. The same entries give the same result in any order, in either direction the same
scores, on any number of threads.
"""

from __future__ import annotations

from quittance.people.matching.calibration import Calibration, Judged, refit, reliability, shipped_calibration
from quittance.people.matching.result import ALERTS, Candidate, Matching
from quittance.people.matching.run import match
from quittance.people.matching.settings import Settings

__all__ = [
    "ALERTS",
    "Calibration",
    "Candidate",
    "Judged",
    "Matching",
    "Settings",
    "match",
    "refit",
    "reliability",
    "shipped_calibration",
]
