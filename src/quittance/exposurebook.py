"""The use case of exposure: who has given how much more than it got, asked of a case at two dates."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from quittance.agreement.evaluate import Evaluator
from quittance.agreement.model import Agreement
from quittance.casebook import Casebook
from quittance.dates import Moment
from quittance.errors import UsageError
from quittance.ids import did_you_mean
from quittance.selection.plans import Exchange, Mode, Shape, compare
from quittance.views.accounts import Accounts
from quittance.views.credits import Credits, credits_of, given_of
from quittance.views.entry import party_refs
from quittance.views.exposure import ExposureView, exposure_view
from quittance.views.plans import PlansView, plans_view
from quittance.visibility import Viewer

NO_RHO = Fraction(0)


def exposure(
    casebook: Casebook,
    viewer: Viewer,
    as_of: Moment | None = None,
    known_by: Moment | None = None,
    *,
    points: Mapping[str, int] | None = None,
    max_lead: int | None = None,
    stakes: Mapping[str, Fraction] | None = None,
    rho: Fraction = NO_RHO,
) -> ExposureView:
    """Where both sides stand, from what the record holds; the viewer needs commitments and claims.

    `points`: two commitments with the points of one person of each, in place of the agreement's. `stakes`: party to
    what it loses by stopping. Raises `UsageError` (`exposure.commitments`, `exposure.no_points`, `usage.party`).
    """
    agreement, journal = casebook.agreement(viewer), casebook.journal(viewer)
    at = as_of or casebook.today(viewer)
    by = known_by or at
    credits = credits_of(agreement, points, max_lead)
    given = given_of(Accounts(Evaluator(agreement, journal)), credits, at, by)
    return exposure_view(given, credits, agreement, at, by, stakes=_stakes(credits, stakes or {}), rho=rho)


def plans(
    agreement: Agreement,
    shape: Shape,
    *,
    points: Mapping[str, int] | None = None,
    stakes: Mapping[str, Fraction] | None = None,
    rho: Fraction = NO_RHO,
    hazard: Fraction,
    steps_of: Mode | None = None,
) -> PlansView:
    """Plans of steps for the two promises of an agreement that answer each other; with `steps_of`, one in full.

    Raises as `exposure`, and `UsageError` (`exposure.no_points`) where a total is not known or has no points.
    """
    credits = credits_of(agreement, points)
    first, second = credits.totals
    (one, other), ratio = credits.classes, credits.reciprocity.ratio
    if first is None or second is None or one is None or other is None:
        raise UsageError(
            "Plans need the number of persons of both promises, and points that are the same for all of one. Name two "
            "promises with numbers: --points COMMITMENT=1 --points COMMITMENT=5.",
            code="exposure.no_points",
        )
    exchange = Exchange((first, second), (ratio[one], ratio[other]), _stakes(credits, stakes or {}), rho)
    found = compare(exchange, shape, None if steps_of is None else (steps_of,))
    sides = party_refs(agreement, credits.sides)
    return plans_view(found, exchange, shape, (sides[0], sides[1]), hazard, with_steps=steps_of is not None)


def _stakes(credits: Credits, stakes: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
    """The stakes of both sides; 0 where none is given."""
    for party in stakes:
        if party not in credits.sides:
            hint = did_you_mean(party, credits.sides) or f". The sides are {' and '.join(credits.sides)}."
            raise UsageError(f"`{party[:64]}` is neither side of this exchange{hint}", code="usage.party")
    first, second = (stakes.get(side, Fraction(0)) for side in credits.sides)
    return first, second
