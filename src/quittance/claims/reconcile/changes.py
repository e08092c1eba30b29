"""What changed between two reconciliations: which verdicts differ, and the arithmetic that changed them."""

from __future__ import annotations

from quittance.claims.reconcile.model import Change, Reconciliation


def changes(earlier: Reconciliation, later: Reconciliation) -> tuple[Change, ...]:
    """Every claim whose verdict is another one, new, or gone, with the arithmetic that only the later one has."""
    before = {j.claim: j for j in earlier.judged}
    after = {j.claim: j for j in later.judged}
    found = []
    for claim in sorted(before.keys() | after.keys()):
        was, now = before.get(claim), after.get(claim)
        if was is not None and now is not None and was.verdict == now.verdict:
            continue
        because: tuple[str, ...] = ()
        if now is not None:
            told = {f.arithmetic for f in later.findings if claim in f.at and f.verdict == now.verdict}
            because = tuple(words for words in now.arithmetic if words in told)
        found.append(Change(claim, was.verdict if was else None, now.verdict if now else None, because))
    return tuple(found)
