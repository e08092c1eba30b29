"""Decisions of readers on their way: made from what a reader answers, kept at once, and drawn up for his signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from quittance.casebook import Casebook
from quittance.claimfacts import Due
from quittance.claimrecord import CAPTURED, JUDGED
from quittance.claims.decisions import Decision, added, corrected, reviewed, same_event, split
from quittance.claims.desk import JUDGEMENT_OF, code_in, code_of, content
from quittance.claims.model import Claim, Claimant
from quittance.claimshelf import ClaimShelf, Item
from quittance.claimstore import FIELD, Draft
from quittance.errors import RefusedError, UsageError
from quittance.ids import did_you_mean
from quittance.record.statement import Statement
from quittance.statements import Clock, Nonce, stamp
from quittance.visibility import OPERATOR

ANSWERS = ("accepted", "corrected", "rejected", "doubtful")
MOST_COMMENT = 2_000


class ClaimDrafts:
    """The decisions of one case that are not in the record yet. Whoever asks has looked at the rights."""

    def __init__(self, shelf: ClaimShelf, clock: Clock, nonce: Nonce) -> None:
        self._shelf, self._clock, self._nonce = shelf, clock, nonce

    def of(self, by: str) -> dict[str, Draft]:
        """One reader's decisions that the record does not hold, by the code of the claim."""
        known = self._shelf.record.known()
        mine = {code: one for (code, who), one in self._shelf.store.drafts().items() if who == by}
        return {code: mine[code] for code in sorted(mine) if not known.has_nonce(mine[code].nonce)}

    def decide(
        self,
        item: Item,
        by: str,
        answer: str,
        changes: Mapping[str, str],
        comment: str | None,
        of: Sequence[str] | None,
        *,
        second: bool,
    ) -> Draft:
        """Keep what a reader says of a claim as it was read first.

        Raises `UsageError`: `claims.judgement`, `claims.no_changes`, `claims.correction`, `claims.comment`,
        `case.no_commitment`; `RefusedError` (`claims.repeated`) for what he has signed already.
        """
        if answer not in ANSWERS:
            raise UsageError(
                f"A claim is {', '.join(ANSWERS[:-1])} or {ANSWERS[-1]}, not {answer[:32]}.", code="claims.judgement"
            )
        if bool(changes) != (answer == "corrected"):
            raise UsageError(
                "A correction names the fields that it changes, and no other answer does.", code="claims.no_changes"
            )
        at, claim = stamp(self._clock()), item.first
        if answer == "corrected":
            results: tuple[Claim, ...] = (corrected(claim, changes, by, at, comment=comment, known=self._claimants()),)
        elif answer == "accepted":
            results = (reviewed(claim, "accepted", by, at, comment),)
        elif answer == "doubtful":
            results = (reviewed(claim, "doubtful", by, at, comment),)
        else:
            results = ()
        return self._keep(item.code, item.report, by, answer, at, results, changes, comment, of, second=second)

    def merge(self, item: Item, by: str, into: Claim | None) -> Draft:
        """Keep that a claim is about the same event as another one, or for None about none that is known."""
        at = stamp(self._clock())
        if into is None:
            alone = msgspec.structs.replace(reviewed(item.first, "accepted", by, at), same_event=None)
            return self._keep(item.code, item.report, by, "merged", at, (alone,))
        return self._keep(
            item.code, item.report, by, "merged", at, (same_event(item.first, into.id, by, at),), event=into.id
        )

    def split(self, item: Item, by: str, numbers: Sequence[str]) -> Draft:
        """Keep that one claim is several, one for each number given in the words of the text."""
        at = stamp(self._clock())
        text = self._shelf.text_of(item.report).text
        return self._keep(item.code, item.report, by, "split", at, split(item.first, text, numbers, by, at))

    def add(self, sha256: str, by: str, words: str, number: str, changes: Mapping[str, str]) -> Draft:
        """Keep a claim that the program did not find. Raises as `claims.decisions.added`."""
        at = stamp(self._clock())
        report = self._shelf.text_of(sha256)
        claim = added(report, "", words, number, changes, by, at)
        place = claim.quantity_span or claim.span
        taken = {code_in(one.id) for one in self._shelf.machine(sha256)} | {
            code for code, _ in self._shelf.store.drafts()
        }
        code = next(one for n in range(len(taken) + 1) if (one := code_of(sha256, place, n)) not in taken)
        claim = msgspec.structs.replace(claim, id=f"{report.doc}#{code}")
        return self._keep(code, sha256, by, "added", at, (claim,), changes)

    def take_back(self, code: str, by: str) -> bool:
        """Forget a decision that is not in the record; whether there was one."""
        draft = self.of(by).get(code)
        if draft is None:
            return False
        gone = msgspec.structs.replace(draft.decision, answer="taken_back", results=(), changes={}, comment=None)
        self._shelf.store.keep(Draft.make(code, draft.report, draft.nonce, draft.salt, gone))
        return True

    def statements(self, drafts: Sequence[Draft], owed: Due, casebook: Casebook) -> list[Statement]:
        """The statement `claim.judged` of each decision, for its reader's key to sign."""
        agreement = self._shelf.agreement.id
        found = []
        for one in drafts:
            names = [claim.id.rpartition("#")[2] for claim in one.decision.results]
            facts = [owed.facts[name] for name in names if name in owed.facts]
            body = {
                "claim": one.code,
                "judgement": JUDGEMENT_OF[one.decision.answer],
                "report_sha256": one.report,
                **({"fact": facts[0]} if len(facts) == 1 == len(names) else {}),
            }
            found.append(
                casebook.draft(
                    OPERATOR, JUDGED, body, commitments={FIELD: (one.commitment(agreement),)}, nonce=one.nonce
                )
            )
        return found

    def captures(self, casebook: Casebook, only: Sequence[str] | None = None) -> list[Statement]:
        """The statement `claim.captured` of each report that the record does not have yet, or of those named."""
        said, kept = self._shelf.said.captured, self._shelf.reports.all()
        return [
            casebook.draft(OPERATOR, CAPTURED, {"evidence_sha256": sha256, "sheet_sha256": one.sheet_sha256})
            for sha256, one in kept.items()
            if sha256 not in said and (only is None or sha256 in only)
        ]

    def _keep(
        self,
        code: str,
        report: str,
        by: str,
        answer: str,
        at: str,
        results: tuple[Claim, ...],
        changes: Mapping[str, str] | None = None,
        comment: str | None = None,
        of: Sequence[str] | None = None,
        *,
        event: str | None = None,
        second: bool = False,
    ) -> Draft:
        self._shelf.text_of(report)  # nothing is said of a report that nobody can stand for
        if comment is not None and len(comment) > MOST_COMMENT:
            raise UsageError(f"A comment has at most {MOST_COMMENT:,} characters.", code="claims.comment")
        known = [one.id for one in self._shelf.agreement.commitments]
        for name in of or ():
            if name not in known:
                hint = did_you_mean(name[:64], known) or "."
                raise UsageError(f"This case has no commitment `{name[:64]}`{hint}", code="case.no_commitment")
        decision = Decision(
            claim=results[0].id if results else code, doc=self._shelf.report_of(report).report.doc,
            answer=answer, by=by, at=at, changes=dict(changes or {}), same_event=event, comment=comment,  # type: ignore[arg-type]
            second=second, results=results,
        )  # fmt: skip
        signed = next((one for one in self._shelf.said.standing(code) if one.by == by), None)
        before = self._shelf.draft_of(signed) if signed else None
        if signed and before and signed.judgement == JUDGEMENT_OF[answer] and _says(before.decision) == _says(decision):
            raise RefusedError(
                f"You have signed this of claim {code} already (entry {signed.index}). Nothing was kept.",
                code="claims.repeated",
            )
        draft = Draft.make(code, report, self._nonce(), self._nonce(), decision, of)
        self._shelf.store.keep(draft)
        return draft

    def _claimants(self) -> dict[str, Claimant]:
        """The claimants of this case that have a name, by their key."""
        found: dict[str, Claimant] = {}
        for sha256 in self._shelf.reports.all():
            for claim in self._shelf.machine(sha256):
                found.setdefault(claim.claimant.key, claim.claimant)
        return found


def _says(decision: Decision) -> tuple[bytes, ...]:
    return tuple(map(content, decision.results))
