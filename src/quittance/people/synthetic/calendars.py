"""Days in three calendars, for whole columns at once: year, month and day of proleptic ordinals."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = npt.NDArray[np.int64]

_EPOCH = 719_163
"""The ordinal of 1970-01-01."""

_SOLAR_FIRST = 1290
_SOLAR_LEAP = np.isin(np.arange(_SOLAR_FIRST, 1480) % 33, (1, 5, 9, 13, 17, 22, 26, 30))
_SOLAR_STARTS = 697_693 + np.concatenate(([0], np.cumsum(365 + _SOLAR_LEAP)))
"""The ordinals of 1 Hamal (Farvardin), from that of 1290."""


def written(ordinals: Days, calendar: str) -> tuple[Days, Days, Days]:
    """Year, month and day of each ordinal in `gregorian`, `sh` (Solar Hijri) or `ah` (tabular lunar Hijri)."""
    if calendar == "sh":
        return _solar(ordinals)
    return _lunar(ordinals) if calendar == "ah" else _gregorian(ordinals)


def _gregorian(ordinals: Days) -> tuple[Days, Days, Days]:
    days = (ordinals - _EPOCH).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, months.astype(np.int64) % 12 + 1, (days - months).astype(np.int64) + 1


def _solar(ordinals: Days) -> tuple[Days, Days, Days]:
    at = np.searchsorted(_SOLAR_STARTS, ordinals, side="right") - 1
    day = ordinals - _SOLAR_STARTS[at]
    month = np.where(day < 186, day // 31, 6 + (day - 186) // 30)
    start = np.where(month < 6, month * 31, 186 + (month - 6) * 30)
    return at + _SOLAR_FIRST, month + 1, day - start + 1


def _lunar(ordinals: Days) -> tuple[Days, Days, Days]:
    year = (30 * (ordinals - 227_015) + 10_646) // 10_631
    day = ordinals - _lunar_start(year)
    month = np.minimum((2 * day) // 59, 11)
    month = np.where(day < (59 * month + 1) // 2, month - 1, month)
    return year, month + 1, day - (59 * month + 1) // 2 + 1


def _lunar_start(year: Days) -> Days:
    return 227_015 + 354 * (year - 1) + (3 + 11 * year) // 30
