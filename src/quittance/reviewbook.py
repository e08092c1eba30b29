"""The use cases of matching and review: lists compared, one pair after the other judged by people, judgements signed.

A run proposes and decides nothing. What a reviewer answers is kept sealed at once, and counts only when the reviewer's
own key has signed it into the record; merging and taking apart are folds over what stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from quittance.answers import Answer, Answers
from quittance.casebook import Casebook
from quittance.codes import code_of
from quittance.errors import UsageError
from quittance.files.caselinks import CaseLink, case_links_csv
from quittance.files.links import Link
from quittance.listbook import Listbook, require_same
from quittance.people.judgements import UNSEEN, Pair, band, decide_judgement, pair_of
from quittance.people.matching.context import Progress
from quittance.record.acceptance import Accepted
from quittance.record.keys import Signer, key_id, sign_statement
from quittance.record.known import read_key
from quittance.record.statement import Statement
from quittance.runs import Proposal, Run, Runs
from quittance.statements import stamp
from quittance.vault.columns import PERSON
from quittance.views.review import (
    AnswerLine,
    BandLine,
    DuplicateLine,
    MatchView,
    PairRef,
    QuestionView,
    QueueView,
    RefitView,
    compare_rows,
)
from quittance.visibility import OPERATOR, Act, FieldGroup, Viewer, require

JUDGED, UNDONE, CONFIRMED = "match.judged", "match.undone", "match.confirmed"

SETTLED = frozenset({"same", "different", "split", "confirmed", "disputed"})
"""States of a pair about which no reviewer is asked any more: there is an answer, or people have to talk."""

P = ParamSpec("P")
R = TypeVar("R")


def asks(
    act: Act, group: FieldGroup = "match_evidence"
) -> Callable[[Callable[Concatenate[Reviewbook, Viewer, P], R]], Callable[Concatenate[Reviewbook, Viewer, P], R]]:
    """A use case that reads or writes a field group: the viewer is checked first, then one thread works at a time."""

    def wrap(
        method: Callable[Concatenate[Reviewbook, Viewer, P], R],
    ) -> Callable[Concatenate[Reviewbook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Reviewbook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(viewer, group, act)
            with self.shelf.lock:
                return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


class Reviewbook:
    """Matching and review over the lists of a listbook, which stays the owner of vault and record.

    A reviewer is named by the fingerprint of a neutral key in its term; other names are refused with `UsageError`
    (`people.reviewer`).
    """

    def __init__(self, listbook: Listbook) -> None:
        self.shelf = listbook.shelf
        self._clock, self._nonce = listbook.clock, listbook.nonce
        self._answers = Answers(self.shelf.vault, self.shelf.record)
        self._runs = Runs(self.shelf)

    # --- matching ----------------------------------------------------------------------------------------------------

    @asks("read")
    def match(self, viewer: Viewer, progress: Progress | None = None) -> tuple[MatchView, ...]:
        """Compare the lists of each two sides, with the thresholds of the agreement, and count what came of it.

        The candidates stay in memory until a list changes. `progress` is called with a word and a share of the work.
        """
        return tuple(map(self._match_view, self._runs.between(progress)))

    @asks("read")
    def links(self, viewer: Viewer) -> bytes:
        """Every candidate as CSV: list and row id of both entries, score, probability, decision; no names."""
        return case_links_csv(map(self._link, self._runs.proposals().values()))

    @asks("read")
    def duplicates(self, viewer: Viewer) -> tuple[DuplicateLine, ...]:
        """Entries of one list that may be one person, about which no judgement stands; the likeliest first."""
        pairs = self.shelf.recorded.pairs
        found = [one for one in self._runs.twins().values() if pairs.state(*one.pair).state not in SETTLED]
        found.sort(key=lambda one: (-one.candidate.probability, one.pair))
        return tuple(
            DuplicateLine(self.shelf.listed[one.left].list, self._ref(one), one.candidate.probability) for one in found
        )

    @asks("read")
    def refit(self, viewer: Viewer) -> RefitView | None:
        """How well the probabilities held against the judgements recorded, before and after fitting them to these.

        None where fewer than 50 proposed pairs are judged. Runs go by the fitted curve, which is made anew from the
        record each time; nothing of it is kept.
        """
        found = self._runs.fitted()
        if found is None:
            return None
        before, after = (
            tuple(BandLine(one.low, one.high, one.count, one.mean, one.right) for one in table)
            for table in (found.before, found.after)
        )
        return RefitView(found.answers, before, after)

    # --- the queue ---------------------------------------------------------------------------------------------------

    @asks("read")
    def queue(self, viewer: Viewer, reviewer: str, *, auto: bool = False) -> QueueView:
        """What a reviewer has still to answer: each pair to be judged that is not settled and that he has not answered.

        The most telling come first, relatives together. With `auto` it is the pairs above the upper threshold, which
        two people may confirm in bulk; without, one in twenty of these is among the others. What another reviewer has
        said of a pair changes nothing here before the pair is settled.
        """
        by = self._reviewer(reviewer)
        done = self._done(by)
        groups = [
            tuple(self._ref(one, answered=done(one)) for one in group)
            for group in (self._runs.certain() if auto else self._runs.questions())
        ]
        waiting = tuple(group for group in groups if not all(one.answered for one in group))
        count = sum(not one.answered for group in waiting for one in group)
        return QueueView(by, count, len(self._unsigned(by)), waiting)

    @asks("read")
    def question(self, viewer: Viewer, reviewer: str, a: str, b: str) -> QuestionView:
        """One pair in full, by the codes of its entries: both as given, field by field, what weighs how much."""
        by, pair = self._reviewer(reviewer), self._pair(a, b)
        proposed = self._runs.proposed(pair)
        left, right, explanation = self._runs.explanation(pair)
        said = self.shelf.said(left), self.shelf.said(right)
        mine = self._answers.of(by).get(pair) or self.shelf.recorded.pairs.last_of(pair, by)
        unproposed = PairRef(said[0].code, said[1].code, UNSEEN, "none")
        return QuestionView(
            a=said[0],
            b=said[1],
            fields=compare_rows(said[0].fields, said[1].fields, explanation.parts, self.shelf.latin),
            score=proposed.candidate.score if proposed else None,
            probability=proposed.candidate.probability if proposed else None,
            ref=self._ref(proposed, answered=mine is not None) if proposed else unproposed,
            mine=mine.answer if mine else None,
            total=explanation.score,
        )

    # --- reviewers and their answers ---------------------------------------------------------------------------------

    @asks("read")
    def reviewers(self, viewer: Viewer) -> tuple[str, ...]:
        """The fingerprints of the neutral's keys that are in their term, sorted."""
        return tuple(sorted(filter(self._is_reviewer, self.shelf.recorded.keys)))

    @asks("write")
    def answer(
        self, viewer: Viewer, reviewer: str, a: str, b: str, answer: str, reason: str | None = None
    ) -> AnswerLine:
        """Keep a reviewer's answer about two entries, by their codes, until he signs it.

        Raises `JudgementRefused`: `judgement.not_listed` for an entry that no submitted list has, `reason_missing` for
        an answer against the score without a reason, `repeated` for what he has signed already, `form`.
        """
        by = self._reviewer(reviewer)
        pair = self._pair(a, b)
        grade = self._grade(pair)
        self._body(pair, answer, grade, by, reason)
        given = Answer(pair, answer, grade, by, stamp(self._clock()), self._nonce(), reason)
        self._answers.give(given)
        return _answer_line(given)

    @asks("write")
    def take_back(self, viewer: Viewer, reviewer: str, a: str, b: str) -> bool:
        """Forget an answer that is not signed yet; whether there was one."""
        return self._answers.take_back(self._pair(a, b), self._reviewer(reviewer))

    @asks("read")
    def unsigned(self, viewer: Viewer, reviewer: str) -> tuple[AnswerLine, ...]:
        """A reviewer's answers that the record does not hold, about entries that are still there."""
        return tuple(map(_answer_line, self._unsigned(self._reviewer(reviewer))))

    @asks("write")
    def statements(self, viewer: Viewer, reviewer: str, casebook: Casebook) -> tuple[Statement, ...]:
        """The statement `match.judged` of each answer that a reviewer has not signed, for his key to sign.

        Raises `JudgementRefused` for an answer that may not be recorded any more.
        """
        require_same(casebook, self.shelf)
        by = self._reviewer(reviewer)
        return tuple(
            casebook.draft(
                OPERATOR,
                JUDGED,
                self._body(one.pair, one.answer, one.grade, by, one.reason),
                commitments={PERSON: one.pair},
                nonce=one.nonce,
            )
            for one in self._unsigned(by)
        )

    @asks("write")
    def sign_answers(self, viewer: Viewer, signer: Signer, casebook: Casebook) -> tuple[Accepted, ...]:
        """Sign all open answers of the reviewer whose key signs here, and enter them in one transaction or none.

        `casebook` is open with the operator's keys. Raises as `statements` and `Casebook.submit`.
        """
        drawn_up = self.statements(viewer, key_id(signer.public), casebook)
        signed = [(one, sign_statement(one, signer)) for one in drawn_up]
        return casebook.submit(OPERATOR, signed) if signed else ()

    @asks("write")
    def undo(self, viewer: Viewer, a: str, b: str, casebook: Casebook) -> Statement:
        """The statement `match.undone` that takes two entries apart again, for a neutral key to sign.

        Raises `UsageError` (`people.not_joined`) for two entries that no judgement of their own holds together.
        """
        require_same(casebook, self.shelf)
        pair = self._pair(a, b)
        if not self.shelf.recorded.pairs.state(*pair).linked:
            raise UsageError(
                f"No judgement holds {a} and {b} together. Look at the history of the person, which names the pairs.",
                code="people.not_joined",
            )
        return casebook.draft(OPERATOR, UNDONE, {"grade": self._grade(pair)}, commitments={PERSON: pair})

    @asks("write")
    def confirm(self, viewer: Viewer, a: str, b: str, casebook: Casebook) -> Statement:
        """The statement `match.confirmed` by which both sides confirm a match of two entries, for them to sign.

        Raises `UsageError` (`people.not_joined`) before the neutral's reviewers have recorded the match.
        """
        require_same(casebook, self.shelf)
        pair = self._pair(a, b)
        if not self.shelf.recorded.pairs.state(*pair).linked:
            raise UsageError(
                f"Reviewers have not matched {a} and {b} yet. The sides are asked once they have.",
                code="people.not_joined",
            )
        return casebook.draft(OPERATOR, CONFIRMED, {"grade": self._grade(pair)}, commitments={PERSON: pair})

    # --- what the use cases rest on ----------------------------------------------------------------------------------

    def _reviewer(self, fingerprint: str) -> str:
        """The first key of the reviewer whose key this is; raises `UsageError` (`people.reviewer`)."""
        if not self._is_reviewer(fingerprint):
            raise UsageError(
                "No key of the neutral with this fingerprint is in its term here. Enrol it with "
                '"quittance key enrol --role neutral", or name another.',
                code="people.reviewer",
            )
        return self.shelf.recorded.reviewer(fingerprint)

    def _is_reviewer(self, fingerprint: str) -> bool:
        stored = self.shelf.record.known().state(f"key:{fingerprint}")
        key = read_key(stored) if stored else None
        return (
            key is not None and key.role == "neutral" and key.until is None and (not key.kinds or JUDGED in key.kinds)
        )

    def _pair(self, a: str, b: str) -> Pair:
        """The handles of two entries by their codes; raises as `Shelf.entry_at`."""
        return pair_of(*(self.shelf.listed[self.shelf.entry_at(code)].handle for code in (a, b)))

    def _grade(self, pair: Pair) -> str:
        """The band of probability that a reviewer of this pair is shown."""
        proposed = self._runs.proposed(pair)
        return band(proposed.candidate.probability) if proposed else UNSEEN

    def _ref(self, one: Proposal, *, answered: bool = False) -> PairRef:
        listed, found = self.shelf.listed, one.candidate
        codes = code_of(listed[one.left].handle), code_of(listed[one.right].handle)
        return PairRef(*codes, band(found.probability), found.decision, found.alerts, answered)

    def _match_view(self, run: Run) -> MatchView:
        rules, matching, counts = self.shelf.agreement.matching, run.matching, run.matching.counts()
        return MatchView(
            left_side=run.left_side,
            right_side=run.right_side,
            left=matching.a_size,
            right=matching.b_size,
            compared=matching.compared,
            auto=counts["auto"],
            review=counts["review"],
            no=matching.b_size - counts["auto"] - counts["review"],
            auto_line=float(rules.auto),
            review_line=float(rules.review),
        )

    def _link(self, one: Proposal) -> CaseLink:
        left, right, found = self.shelf.listed[one.left], self.shelf.listed[one.right], one.candidate
        link = Link(left.pid, right.pid, found.probability, found.score, found.decision, found.reasons, found.rank)
        return CaseLink(link, left.list, right.list, code_of(left.handle), code_of(right.handle))

    def _done(self, by: str) -> Callable[[Proposal], bool]:
        """Whether a reviewer need not be asked about a pair: he has answered it, or it is settled without him.

        It is settled by what was judged of the two, or because each of them is matched on the other side already.
        """
        mine, pairs, persons = self._answers.of(by), self.shelf.recorded.pairs, self.shelf.persons
        listed = self.shelf.listed

        def sides(index: int) -> set[str]:
            return {listed[each].side for each in persons.at(index).entries}

        def done(one: Proposal) -> bool:
            if one.pair in mine or pairs.last_of(one.pair, by) is not None or pairs.state(*one.pair).state in SETTLED:
                return True
            return listed[one.right].side in sides(one.left) and listed[one.left].side in sides(one.right)

        return done

    def _unsigned(self, by: str) -> list[Answer]:
        here = {one.handle for one in self.shelf.listed}
        return [one for pair, one in self._answers.of(by).items() if here.issuperset(pair)]

    def _body(self, pair: Pair, answer: str, grade: str, by: str, reason: str | None) -> dict[str, object]:
        recorded = self.shelf.recorded
        listed = {handle for handle in pair if recorded.is_listed(handle)}
        return decide_judgement(recorded.pairs, pair, answer, grade, by, listed, reason)


def _answer_line(one: Answer) -> AnswerLine:
    return AnswerLine(code_of(one.pair[0]), code_of(one.pair[1]), one.answer, one.reason, one.at, one.grade)
