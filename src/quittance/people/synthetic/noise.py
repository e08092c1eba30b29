"""What clerks do to names, years and fields, as rates; each list is typed by itself, so two lists differ about twice.

The standard noise is set so that two lists differ from each other at these rates: 36 % of the words are spelled in
another real way, 5 % have a letter lost or wrong, 39 % of the years are off by one to three. The harsh noise has such
rates in each of the two lists, leaves 75 % of the numbers out, and gives no field but name, father, birth, province,
district and number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_STANDARD_MISSING = {
    "father": 0.30,
    "grandfather": 0.30,
    "birth": 0.30,
    "sex": 0.10,
    "province": 0.05,
    "district": 0.30,
    "village": 0.30,
    "tribe": 0.30,
    "prisoner_no": 0.75,
    "id_no": 0.75,
    "capture_date": 0.30,
    "capture_place": 0.30,
    "facility": 0.30,
    "aliases": 0.50,
    "kunya": 0.50,
}
_HARSH_MISSING = dict.fromkeys(_STANDARD_MISSING, 1.0) | {
    "father": 0.30,
    "birth": 0.30,
    "province": 0.0,
    "district": 0.30,
    "prisoner_no": 0.75,
}


@dataclass(frozen=True, slots=True)
class Noise:
    """How often each thing happens in one list: a share of its words, of its cells, or of its rows, from 0 to 1."""

    respelling: float = 0.20
    """Words spelled in another real way than the commonest."""
    letters: float = 0.025
    """Words in which a letter is lost, wrong, doubled or swapped with the next."""
    division: float = 0.06
    """Compounds and pairs of words divided the other way: written together, or apart."""
    ending: float = 0.15
    """Names whose family or tribe, the last word, is left out."""
    cut: float = 0.05
    """Names of two words, not counting the family, cut to one."""
    title: float = 0.08
    """Names with a title before them."""
    order: float = 0.04
    """Names with the family before the given name, in Latin letters with a comma."""
    father_in_name: float = 0.15
    """Rows without a father's field that have the father at the end of the name."""
    keyboard: float = 0.20
    """Cells in Arabic script with the letters of an Arabic keyboard in place of a Persian one."""
    lam_alef: float = 0.03
    """Cells in Arabic script in which a lam-alef comes out the wrong way round, as from a PDF."""
    year_off: float = 0.22
    """Years of birth off by one to three."""
    year_about: float = 0.15
    """Years of birth marked as about; those that are off by one or two come under this mark more often."""
    age: float = 0.05
    """Years of birth given as an age on the day of the list."""
    place: float = 0.03
    """Provinces and districts that are another one."""
    number: float = 0.02
    """Numbers with one digit wrong; a fifth of so many are copied from another row."""
    day_off: float = 0.20
    """Days of capture off by up to a week, or for a fourth of them by up to two months."""
    twice: float = 0.01
    """Rows of a list that list somebody of the same list again, typed anew."""
    missing: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(_STANDARD_MISSING))
    """Field -> share of its cells that are empty."""


STANDARD = Noise()
"""The noise of the tests, the demo and the published figures."""

HARSH = Noise(
    respelling=0.35,
    letters=0.05,
    cut=0.10,
    ending=0.20,
    year_off=0.40,
    year_about=0.10,
    father_in_name=0.0,
    missing=MappingProxyType(_HARSH_MISSING),
)
"""Each list errs at the rates at which two standard lists differ, and most fields are not given at all."""

NONE = Noise(**dict.fromkeys(set(Noise.__slots__) - {"missing"}, 0.0), missing=MappingProxyType({}))
"""Two clerks without a fault; what still differs is the script and the calendar."""
