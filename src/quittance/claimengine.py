"""What reads the reports of a case and holds their claims together: extraction, series, origins and reconciliation.

One value with a function for each step, so that the use cases can be tried with claims made by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from quittance.agreement.model import Agreement
from quittance.claims.model import Claim, Report
from quittance.claims.origins import Origins
from quittance.claims.promises import Known
from quittance.claims.reconcile.model import Reconciliation
from quittance.claims.registry import Learned


@dataclass(frozen=True, slots=True)
class Engine:
    """The steps from a report to verdicts, for one case.

    `is_tie` says of a settled claim that the series left two readings open, `is_weak` that no cue in the words decided
    what its number is.
    """

    read: Callable[[Report], Sequence[Claim]]
    settle: Callable[[Sequence[Claim], Sequence[Known]], Sequence[Claim]]
    origins: Callable[[Sequence[Report], Sequence[Claim]], Origins]
    reconcile: Callable[[Sequence[Claim], Origins, Sequence[Known], date, date], Reconciliation]
    is_tie: Callable[[Claim], bool]
    is_weak: Callable[[Claim], bool]


MakeEngine = Callable[[Agreement, Sequence[Learned]], Engine]


def engine_of(agreement: Agreement, learned: Sequence[Learned]) -> Engine:
    """The program's own steps, with the parties and promises of an agreement and the speakers a case has learned."""
    from quittance.claims.extract import extract
    from quittance.claims.lexicon import Lexicon
    from quittance.claims.origins import origins
    from quittance.claims.profile import profile_of
    from quittance.claims.reconcile import reconcile
    from quittance.claims.registry import registry_of
    from quittance.claims.series import is_tie, is_weak, settle

    profile = profile_of(agreement)
    lexicon = Lexicon(profile, registry_of(profile, learned))
    return Engine(
        read=lambda report: extract(report, lexicon),
        settle=lambda claims, verified: settle(claims, profile.promises, verified),
        origins=origins,
        reconcile=lambda claims, found, verified, as_of, known_by: reconcile(
            claims, found.origin_of, profile.promises, verified, as_of, known_by
        ),
        is_tie=is_tie,
        is_weak=is_weak,
    )
