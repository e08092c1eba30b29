"""A number with what its sentence says of it."""

from __future__ import annotations

import msgspec

from quittance.claims.clauses import Clause
from quittance.claims.numbers import Figure
from quittance.claims.persons import People
from quittance.claims.predicates import Predicate


class Reading(msgspec.Struct):
    """A number with what the sentence says of it.

    `first:last` are the tokens of the number with its modality, `scope` those from which its cues count; `relation` is
    object, subject, coordinate, loose, whole or none. `switched` is the side that a coordinate names as the new agent
    ("and the rebels 40"); `counted` says that a count reaches the number, `whole` that it is the whole of which another
    is a part, or a goal, `excepted` that all but it are free, `final` that it is a last group, `requested` that the
    people were asked for, `asked_at` where the words for that stand.
    """

    figure: Figure
    first: int
    last: int
    clause: Clause
    people: People
    predicate: Predicate | None = None
    relation: str = "none"
    switched: str | None = None
    counted: bool = False
    whole: bool = False
    excepted: bool = False
    final: bool = False
    requested: bool = False
    asked_at: int = -1
    scope: tuple[int, int] = (0, 0)
    before: Reading | None = None
