"""What an operator does who lies about the log itself; one run has one such fraud, begun once and never ended.

A fraud gives the viewers that are shown another history. It takes effect as soon as one of them is shown it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.history import History, LyingStore, refill
from tests.simulation.setting import ORIGIN, PARTIES, clock_text
from tests.simulation.statements import ATTACKS, Attack

from quittance.record.entry import Leaf

if TYPE_CHECKING:
    from tests.simulation.world import World


@dataclass
class Fraud:
    """A fraud under way: who is shown the false history, and who has noticed."""

    name: str
    viewers: tuple[str, ...] = ()
    attack: Attack | None = None
    """The statement that was let in against the rules."""
    noticed: dict[str, str] = field(default_factory=dict)
    shown: bool = False
    """Whether an honest party has been shown two histories, or one against the rules."""


Begin = Callable[["World"], Fraud | None]
FRAUDS: dict[str, Begin] = {}


def fraud(name: str) -> Callable[[Begin], Begin]:
    """Enter a fraud into the table."""

    def enter(begin: Begin) -> Begin:
        FRAUDS[name] = begin
        return begin

    return enter


def fact(world: World, word: str) -> Leaf:
    """A report of the operator, signed as it should be."""
    body = {"id": world.agenda.name(word), "kind": "note"}
    statement = world.draft("fact.reported", body, drafter="operator")
    return Leaf(statement, clock_text(world.now), world.sign(statement, *world.operator_names))


def show(world: World, false: History, viewers: tuple[str, ...]) -> None:
    """Show the false history to these parties and their witnesses; it goes on from the files of the true one."""
    true = world.operator.true
    false.files = dict(true.files)
    false.sizes = dict(true.sizes)
    for viewer in viewers:
        world.operator.faces[viewer] = false
        if viewer == "N":
            world.operator.faces["X"] = false
    false.publish()


def _some(world: World) -> tuple[str, ...]:
    """One viewer, two, or all."""
    return tuple(sorted(world.rng.sample(PARTIES, world.rng.randint(1, 3))))


def _split(world: World, equal: bool) -> Fraud:
    """One party is shown a second history that goes on differently from here."""
    viewer = world.rng.choice(PARTIES)
    false = History.of(world, world.operator.true.leaves)
    world.operator.true.take(fact(world, "true"))
    for _ in range(1 if equal else world.rng.randint(2, 4)):
        false.take(fact(world, "false"), forced=True)
    world.operator.true.publish()
    show(world, false, (viewer,))
    for host in world.hosts.values():
        for history in (world.operator.true, false) if host.colludes else ():
            history.add([host.cosignature(history)])
    for name in PARTIES:  # before either history goes on
        world.operator.on_fetch(name, world.now)
    return Fraud("", (viewer,))


@fraud("fork at one size")
def _(world: World) -> Fraud | None:
    return _split(world, equal=True)


@fraud("fork at different sizes")
def _(world: World) -> Fraud | None:
    return _split(world, equal=False)


def _changed(world: World, change: Callable[[list[bytes], int], list[bytes]], more: int = 1) -> Fraud | None:
    """The log is changed below what everybody has kept, then goes on."""
    kept = min(world.parties[name].size for name in PARTIES)
    leaves = world.operator.true.leaves
    if kept < 13 or len({leaves[at] for at in range(kept)}) < kept:
        return None
    viewers = _some(world)
    false = History.of(world, change(leaves, world.rng.randrange(9, kept - 1)))
    for _ in range(more):
        false.take(fact(world, "after"), forced=True)
    show(world, false, viewers)
    return Fraud("", viewers)


@fraud("an entry written anew below a head")
def _(world: World) -> Fraud | None:
    new = fact(world, "rewritten").data
    return _changed(world, lambda leaves, at: [*leaves[:at], new, *leaves[at + 1 :]])


@fraud("an entry removed below a head")
def _(world: World) -> Fraud | None:
    return _changed(world, lambda leaves, at: leaves[:at] + leaves[at + 1 :], more=2)


@fraud("an entry put in below a head")
def _(world: World) -> Fraud | None:
    new = fact(world, "inserted").data
    return _changed(world, lambda leaves, at: [*leaves[:at], new, *leaves[at:]])


@fraud("two entries in another order below a head")
def _(world: World) -> Fraud | None:
    return _changed(world, lambda leaves, at: [*leaves[:at], leaves[at + 1], leaves[at], *leaves[at + 2 :]])


@fraud("an old backup goes on as if nothing were lost")
def _(world: World) -> Fraud | None:
    kept = min(world.parties[name].size for name in PARTIES)
    if kept < 13:
        return None
    leaves = world.operator.true.leaves
    size = world.rng.randrange(9, kept - 1)
    false = History.of(world, leaves[:size])
    for _ in range(world.rng.randint(1, len(leaves) - size + 3)):
        false.take(fact(world, "again"), forced=True)
    world.operator.true = false
    show(world, false, PARTIES)
    return Fraud("", PARTIES)


@fraud("accepted, and left out")
def _(world: World) -> Fraud | None:
    world.operator.suppresses = True
    return Fraud("")


@fraud("accepted, and put elsewhere")
def _(world: World) -> Fraud | None:
    """Two accepted statements that are not published yet change places."""
    true = world.operator.true
    leaves = true.leaves
    waiting = range(true.published, len(leaves) - 1)
    held = {accepted.index for party in world.parties.values() for accepted in party.held.values()}
    places = [at for at in waiting if at in held or at + 1 in held]
    if not places:
        return None
    at = world.rng.choice(places)
    false = History.of(world, [*leaves[:at], leaves[at + 1], leaves[at], *leaves[at + 2 :]])
    false.notes = true.notes
    world.operator.true = false
    show(world, false, PARTIES)
    return Fraud("", PARTIES)


@fraud("a statement let in against the rules")
def _(world: World) -> Fraud | None:
    return _let_in(world, world.rng.choice(sorted(ATTACKS)))


def _let_in(world: World, name: str) -> Fraud | None:
    made = ATTACKS[name].make(world)
    if made is None:
        return None
    true = world.operator.true
    store = LyingStore(ORIGIN)
    refill(store, true.leaves)
    note = true.store.checkpoint()
    if note is not None:
        store.sign(note, world.signed_head(note), None)
    true.store = store
    true.take(Leaf(made[0], clock_text(world.now), made[1]), forced=True)
    return Fraud("", PARTIES, ATTACKS[name])
