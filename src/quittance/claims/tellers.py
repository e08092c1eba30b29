"""Who tells something, for counting origins: a person, a document, an office, an agency, or nobody to be asked."""

from __future__ import annotations

from quittance.claims.model import OUTLET, Claimant
from quittance.claims.press import press_name

_PRESS = ("agency", "media", "narrator", "outlet", "newspaper", "broadcaster", "website")
_OFFICES = ("institution", "officials", "anonymous")
_OWN_VOICE = ("NEUTRAL", "MEDIATOR", "AGREEMENT", "BOTH", OUTLET)
"""Sides under which different bodies speak: there one office is another's only if both name one organisation."""

DOCUMENT = 1
"""The rank of an agreement or decree: persons come before it, offices after it."""


def teller_name(claimant: Claimant) -> str:
    """The claimant's name spelt as those of outlets are: a report may come from an office that speaks for itself."""
    return press_name(claimant.name or claimant.surface or claimant.key)


def is_press(claimant: Claimant) -> bool:
    """Whether it is an agency or outlet that speaks, not a journalist with a name."""
    return claimant.key == OUTLET or (claimant.side == OUTLET and (claimant.role in _PRESS or claimant.role is None))


def is_named(claimant: Claimant) -> bool:
    """Whether somebody can be asked: not an outlet, nor unnamed sources of nobody."""
    return not is_press(claimant) and not (claimant.role == "anonymous" and claimant.side is None)


def rank(claimant: Claimant) -> int:
    """How direct a claimant is: a person, a document, an institution, officials."""
    if claimant.role == "document":
        return DOCUMENT
    return 0 if claimant.role not in _OFFICES else 2 + _OFFICES.index(claimant.role)


def same_office(office: Claimant, person: Claimant) -> bool:
    """Whether a person speaks for an institution or for its officials."""
    if office.side != person.side:
        return False
    if office.side is None or office.side in _OWN_VOICE:
        return office.org is not None and office.org == person.org
    return True
