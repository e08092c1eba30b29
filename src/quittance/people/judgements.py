"""Which list entries are one person: what reviewers and sides said of pairs of entries, folded.

A person is a group of entries that recorded judgements hold together; nothing is merged anywhere else, so taking a
judgement back takes the group apart. The kinds of statement are those of the record format, "Matches". A reviewer is
one key and those that took its place; the last thing that he said of a pair counts, and nothing if he took it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from quittance.errors import RefusedError

Pair: TypeAlias = tuple[str, str]
"""Two different handles, base64 as in the record, in ascending order."""

ANSWERS = ("same", "different", "unsure")

BANDS: Mapping[str, float] = {
    "p00": 0.0, "p10": 0.1, "p30": 0.3, "p50": 0.5, "p70": 0.7, "p90": 0.9, "p97": 0.97,
}  # fmt: skip
"""Grade -> the lower bound of the band of probability that a reviewer was shown."""

UNSEEN = "none"
"""The grade of a judgement made without a probability in sight."""

GRADES = (*BANDS, UNSEEN)

REASONS = (
    *("father", "year", "place", "number", "document", "interview", "relative", "family", "spelling"),
    "other",
)
"""Why somebody judges as he does. No words: what is said about a person has no place in the record."""


class JudgementRefused(RefusedError):
    """A judgement that may not be made as it stands; nothing was recorded."""

    code = "judgement.form"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one statement of the record, at `index`, says of one pair.

    `kind` is judged, confirmed, disputed or undone; the `answer` of all but the first is empty. `by` is the reviewer:
    the fingerprint of his first key (`first_key`). `at` is the claimed time. `offices` are those that signed, as the
    record keeps them ("role:party", commas between).
    """

    pair: Pair
    answer: str
    by: str
    at: str
    index: int
    reason: str | None = None
    kind: str = "judged"
    grade: str = UNSEEN
    offices: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The statement at index `of` was withdrawn."""

    of: int
    index: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """The statement at index `of` was corrected: what it should have said."""

    of: int
    index: int
    answer: str
    grade: str
    reason: str | None = None


Event: TypeAlias = Judgement | TakenBack | Corrected


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many different reviewers a link needs: `reviewers` from the probability `second_from` on, below it one.

    Whoever says *same* against the probability, or without having seen one, is never enough alone.
    """

    reviewers: int = 2
    second_from: float = 0.0

    def needed(self, judgements: Iterable[Judgement]) -> int:
        """How many reviewers must say *same*, given those who do."""
        is_full = any(BANDS.get(one.grade, 1.0) >= self.second_from or is_against("same", one.grade)
                      for one in judgements)  # fmt: skip
        return self.reviewers if is_full else 1


@dataclass(frozen=True, slots=True)
class PairState:
    """Where a pair stands, and who said what of it: reviewers by their first key, sides by their office.

    `state` is one of: open (nothing counts), waiting (said to be the same; `needs` more reviewers must say so), same,
    different, split (reviewers disagree), unsure, undone (taken apart since), confirmed (by both sides), disputed (by a
    side). `linked` is whether the pair is held to be one person.
    """

    pair: Pair
    state: str = "open"
    linked: bool = False
    same: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    needs: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a group holds together and somebody keeps apart; people decide which of it goes.

    `kind` is different (a reviewer says that `handles` are two persons), undone (they were taken apart, and other
    entries join them), or listed_twice (`handles` stand on one list, and nobody said of them that they are one person).
    """

    kind: str
    handles: tuple[str, ...]
    group: tuple[str, ...]


def band(probability: float) -> str:
    """The grade of a probability from 0 to 1: the highest band that begins at or below it."""
    return max(grade for grade, bound in BANDS.items() if bound <= max(probability, 0.0))


def is_against(answer: str, grade: str) -> bool:
    """Whether an answer goes against the probability shown: *same* below one half, *different* from one half on."""
    return grade in BANDS and answer == ("same" if BANDS[grade] < 0.5 else "different")


def pair_of(one: str, other: str) -> Pair:
    """The pair of two handles, whichever is named first."""
    return (one, other) if one <= other else (other, one)


def first_key(fingerprint: str, before: Mapping[str, str]) -> str:
    """The first key of somebody whose keys gave way to each other; `before` maps the key of each rotation to its old
    one. A new key is no new reviewer.
    """
    while fingerprint in before:
        fingerprint = before[fingerprint]
    return fingerprint


def events_of(
    kind: str,
    body: Mapping[str, object],
    handles: Sequence[str],
    by: str,
    at: str,
    index: int,
    of: int | None = None,
    offices: str = "",
) -> tuple[Event, ...]:
    """What an entry of the record says of pairs, from its plain members; nothing for kinds that say nothing of them.

    `of` is the index of the statement that a withdrawal or correction refers to.
    """
    act = kind.removeprefix("match.")
    grade, reason = str(body.get("grade", UNSEEN)), body.get("reason")
    if kind == "match.judged":
        said = Judgement(pair_of(*handles), str(body["judgement"]), by, at, index, _text(reason), act, grade, offices)
        return (said,)
    if kind in ("match.confirmed", "match.disputed", "match.undone"):
        pairs = combinations(sorted(set(handles)), 2)
        return tuple(Judgement(pair, "", by, at, index, None, act, grade, offices) for pair in pairs)
    if kind == "record.withdrawn" and of is not None:
        return (TakenBack(of, index),)
    right = body.get("body")
    if kind == "record.corrected" and of is not None and isinstance(right, Mapping):
        answer, grade = str(right.get("judgement", "")), str(right.get("grade", UNSEEN))
        return (Corrected(of, index, answer, grade, _text(right.get("reason"))),)
    return ()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass(slots=True)
class _Standing:
    """What counts of a pair: the last judgement of each reviewer, the sides that doubt it, and what became of it."""

    judged: dict[str, Judgement]
    disputed: set[str]
    is_confirmed: bool = False
    is_undone: bool = False


class Pairs:
    """Everything said of pairs so far, in the order of the record; taking it entry by entry or at once is the same."""

    def __init__(self, quorum: Quorum | None = None, events: Iterable[Event] = ()) -> None:
        self.quorum = quorum or Quorum()
        self._said: dict[Pair, list[Judgement]] = defaultdict(list)
        self._pairs_at: dict[int, list[Pair]] = defaultdict(list)
        self._withdrawn: set[int] = set()
        self._states: dict[Pair, PairState] = {}
        self.take(*events)

    def take(self, *events: Event) -> None:
        """Go on with later entries of the record."""
        changed: set[Pair] = set()
        for event in events:
            if isinstance(event, Judgement):
                self._said[event.pair].append(event)
                self._pairs_at[event.index].append(event.pair)
                changed.add(event.pair)
                continue
            for pair in self._pairs_at.get(event.of, ()):
                if isinstance(event, Corrected):
                    self._said[pair] = [_corrected(one, event) for one in self._said[pair]]
                changed.add(pair)
            if isinstance(event, TakenBack):
                self._withdrawn.add(event.of)
        for pair in changed:
            self._states[pair] = self._judge(pair)
            if self._states[pair].state == "open":
                del self._states[pair]

    def state(self, one: str, other: str) -> PairState:
        """Where a pair of two handles stands."""
        pair = pair_of(one, other)
        return self._states.get(pair, PairState(pair))

    def __iter__(self) -> Iterator[PairState]:
        """Every pair of which something counts, in the order of handles."""
        return (self._states[pair] for pair in sorted(self._states))

    def last_of(self, pair: Pair, by: str) -> Judgement | None:
        """What a reviewer holds of a pair; None where he never judged it, took it back, or it was undone since."""
        return self._standing(pair).judged.get(by)

    def _standing(self, pair: Pair) -> _Standing:
        """What counts of all that was said of a pair, told in the order of the record."""
        counts = _Standing({}, set())
        for one in self._said.get(pair, ()):
            if one.kind == "undone":
                counts = _Standing({}, set(), is_undone=True)
            elif one.kind == "judged":
                counts.judged[one.by] = one
                if one.index in self._withdrawn:  # an older one does not come back
                    del counts.judged[one.by]
            elif one.index in self._withdrawn:
                continue
            elif one.kind == "disputed":
                counts.disputed.add(one.offices)
            else:
                counts.disputed.difference_update(one.offices.split(","))
                counts.is_confirmed = True
        return counts

    def _judge(self, pair: Pair) -> PairState:
        counts = self._standing(pair)
        who: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
        for by, one in sorted(counts.judged.items()):
            who[one.answer].append(by)
        needs = self.quorum.needed(counts.judged[by] for by in who["same"]) - len(who["same"])
        state = "confirmed" if counts.is_confirmed else _answer(who, needs)
        if state == "open" and counts.is_undone:
            state = "undone"
        is_linked = state in ("same", "confirmed")
        if counts.disputed and (is_linked or state == "open"):
            state = "disputed"
        return PairState(
            pair,
            state,
            is_linked,
            tuple(who["same"]),
            tuple(who["different"]),
            tuple(who["unsure"]),
            tuple(sorted(counts.disputed)),
            needs if state == "waiting" else 0,
        )


def _corrected(said: Judgement, right: Corrected) -> Judgement:
    """A judgement as it should have been, where the correction is of it."""
    if said.index != right.of:
        return said
    return replace(said, answer=right.answer, grade=right.grade, reason=right.reason)


def _answer(who: Mapping[str, Sequence[str]], needs: int) -> str:
    """What the reviewers hold together; `needs` is how many more must say *same*."""
    if who["same"] and who["different"]:
        return "split"
    if who["same"]:
        return "waiting" if needs > 0 else "same"
    return "different" if who["different"] else "unsure" if who["unsure"] else "open"


def groups(pairs: Pairs, handles: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The persons: every handle in exactly one group, joined by links between these handles, all in ascending order.

    A handle that is not among `handles`, such as that of a list withdrawn, joins nobody.
    """
    return _joined(handles, (state.pair for state in pairs if state.linked))


def _joined(handles: Iterable[str], links: Iterable[Pair]) -> tuple[tuple[str, ...], ...]:
    """Connected handles, by union-find."""
    above = {handle: handle for handle in handles}

    def top(handle: str) -> str:
        while above[handle] != handle:
            above[handle] = handle = above[above[handle]]
        return handle

    for one, other in links:
        if one in above and other in above:
            first, second = sorted((top(one), top(other)))
            above[second] = first
    members: dict[str, list[str]] = defaultdict(list)
    for handle in sorted(above):
        members[top(handle)].append(handle)
    return tuple(sorted(map(tuple, members.values())))


def conflicts(pairs: Pairs, handles: Iterable[str], list_of: Mapping[str, str]) -> tuple[Conflict, ...]:
    """Where a group holds together what somebody keeps apart; `list_of` gives the list that each handle stands on.

    Two entries of one list are one person only where that was said of these two, or of others of that list between
    them: a list names nobody twice unless somebody has looked.
    """
    found = [group for group in groups(pairs, handles) if len(group) > 1]
    group_of = {handle: group for group in found for handle in group}
    conflicting = [
        Conflict("undone" if state.state == "undone" else "different", state.pair, group_of[state.pair[0]])
        for state in pairs
        if (state.different or state.state == "undone")
        and state.pair[0] in group_of
        and group_of[state.pair[0]] is group_of.get(state.pair[1])
    ]
    links = (state.pair for state in pairs if state.linked)
    within = [pair for pair in links if list_of.get(pair[0], "") == list_of.get(pair[1])]
    same = {handle: one for one in _joined(list_of.keys() & group_of, within) for handle in one}
    for group in found:
        listed: dict[str, list[str]] = defaultdict(list)
        for handle in group:
            if handle in same:
                listed[list_of[handle]].append(handle)
        conflicting += [
            Conflict("listed_twice", tuple(together), group)
            for together in listed.values()
            if len(same[together[0]]) < len(together)
        ]
    return tuple(sorted(conflicting, key=lambda one: (one.group, one.kind, one.handles)))


def decide_judgement(
    pairs: Pairs,
    handles: Sequence[str],
    answer: str,
    grade: str,
    by: str,
    listed: Collection[str],
    reason: str | None = None,
    list_id: str | None = None,
) -> dict[str, object]:
    """The body of the `match.judged` by which the reviewer `by` judges two entries; `listed` are all that a list holds.

    Raises `JudgementRefused` (`judgement.form`, `one_handle`, `not_listed`, `reason_missing`, `repeated`).
    """
    if len(handles) != 2 or handles[0] == handles[1]:
        raise JudgementRefused(
            "A judgement is about two different entries. Choose the other one.", code="judgement.one_handle"
        )
    pair = pair_of(*handles)
    name = f"The pair {pair[0][:8]} and {pair[1][:8]}"
    if answer not in ANSWERS or grade not in GRADES or (reason is not None and reason not in REASONS):
        raise JudgementRefused(
            f"{name} cannot be judged so: the answer is one of {', '.join(ANSWERS)}, the grade one of "
            f"{', '.join(GRADES)}, the reason one of {', '.join(REASONS)}."
        )
    if any(handle not in listed for handle in pair):
        raise JudgementRefused(
            f"{name} cannot be judged: one of the entries is on no list that stands. Look whether its list was "
            "withdrawn.",
            code="judgement.not_listed",
        )
    if reason is None and is_against(answer, grade):
        raise JudgementRefused(
            f"{name} cannot be judged {answer} without a reason: the score says otherwise. Give one of "
            f"{', '.join(REASONS)}.",
            code="judgement.reason_missing",
        )
    last = pairs.last_of(pair, by)
    if last is not None and (last.answer, last.grade, last.reason) == (answer, grade, reason):
        raise JudgementRefused(
            f"{name} was judged {answer} by this reviewer already. Nothing more needs to be recorded.",
            code="judgement.repeated",
        )
    body: dict[str, object] = {"judgement": answer, "grade": grade}
    return body | {name: said for name, said in (("reason", reason), ("list", list_id)) if said is not None}
