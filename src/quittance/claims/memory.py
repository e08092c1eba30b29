"""What the sentences before have left for the next: who acted last, of whom the report speaks, what was claimed."""

from __future__ import annotations

import msgspec

from quittance.claims.model import EventType, Kind


class Memory(msgspec.Struct):
    """What one pass over a report remembers.

    `actor` is the side that released or held last, `subject` the last side that was named, `topic` the holder of the
    people last named; `kind` and `values` tell of the claims so far, `actors` who was it
    of which number. The `carried` fields belong to one sentence: its claim before.
    """

    actor: str | None = None
    subject: str | None = None
    topic: str | None = None
    first: str | None = None
    named: set[str] = set()
    home: str | None = None
    kind: Kind | None = None
    term_at: int = -2
    claims: list[tuple[EventType, Kind, str | None, int]] = []
    values: set[int | None] = set()
    actors: dict[int, str] = {}
    kinds: dict[tuple[EventType, str | None, int | None], Kind] = {}
    carried: EventType | None = None
    carried_kind: Kind | None = None
    carried_actor: str | None = None

    def nearest(self, value: int) -> tuple[EventType, Kind, str | None, int] | None:
        """The claim whose number is nearest in size to one that is set against it."""
        return min(
            self.claims,
            key=lambda claim: (max(claim[3], value) / max(1, min(claim[3], value)), -claim[3]),
            default=None,
        )

    def note(self, event: EventType, kind: Kind, actor: str | None, value: int | None, sentence: int) -> None:
        """Remember one claim for those that follow."""
        self.carried, self.carried_kind, self.carried_actor = event, kind, actor
        self.actor = actor or self.actor
        self.first = self.first or actor
        if event == "term":
            self.term_at = sentence
        if kind != "component" and event in ("done", "plan", "held") and value:
            self.claims = [*self.claims[-11:], (event, kind, actor, value)]
        if event == "done" and kind in ("batch", "cumulative"):
            self.kind = kind
        self.values.add(value)
        if actor and value:
            self.actors.setdefault(value, actor)
            self.kinds.setdefault((event, actor, value), kind)

    def next_sentence(self) -> None:
        """Forget what only the sentence before could hand on."""
        self.carried = self.carried_kind = self.carried_actor = None
