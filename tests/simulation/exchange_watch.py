"""What must hold in an exchange: after every step, now and then, and at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.checker.test_checker import checker
from tests.published import POLICY, publisher
from tests.simulation.exchange_model import Fate, fates, released, target_of
from tests.simulation.setting import Violation, require

from quittance.errors import QuittanceError
from quittance.files.policies import PolicyFiles
from quittance.files.verify import verify_log
from quittance.handover.clearances import flags
from quittance.handover.model import Clearing
from quittance.handover.outcomes import OUTCOMES, counted, outcomes, public_events, sums
from quittance.handover.quorum import attested
from quittance.handover.state import Proceedings
from quittance.record import Leaf

AUDIENCES = ("neutral", "side-a", "side-b")


class Watch:
    """The observer of one exchange, who knows everything; raises `Violation`."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def hold(self) -> None:
        """Everybody has one fate, the product's sums are those of the texts, and they close for everybody."""
        expected, sealed = fates(self.world.model, self.world.terms, self.world.desk.now), self._opened()
        side = AUDIENCES[1 + self.world.steps % 2]
        for name, fate in expected.items():
            for audience in ("neutral", side):
                self._outcomes(name, fate, audience, sealed)
        free, _ = released(self.world.model, self.world.terms)
        attesting = {
            handle
            for handover in self.world.proceedings.handovers.values()
            for handle in handover.handles
            if attested(handover, handle, self.world.handovers.quorum, self.world.proceedings).state == "released"
        }
        require(attesting == free, "a handover is counted without its quorum, or is lost with it")
        if self.world.steps % 25 == 0:
            self._rarely(sealed)

    def _outcomes(self, name: str, fate: Mapping[str, Fate], audience: str, sealed: Any) -> None:
        now, said = self.world.desk.now, {}
        found = outcomes(name, self.world.proceedings, self.world.handovers, sealed, now, audience)
        for one in found:
            require(one.handle not in said, "somebody has two outcomes")
            said[one.handle] = (one.outcome, one.part)
        neutral = audience == "neutral"
        wanted = {handle: (one.outcome, one.part) if neutral else (one.told, "") for handle, one in fate.items()}
        require(said == wanted, f"{audience}, {name}: {set(said.items()) ^ set(wanted.items())}")
        total = counted(name, audience, found)
        require(total.closes and total.listed == len(fate), f"the sums of {name} do not close for {audience}")
        require(sum(n or 0 for n in total.counts.values()) == len(fate), f"{name} loses somebody for {audience}")
        require(set(total.counts) <= set(OUTCOMES), "an outcome that nobody knows")
        split = sum(total.split.values())
        require(split == (total.counts["remaining"] if neutral else 0), "those who remain are not all accounted for")

    def _opened(self) -> dict[str, dict[str, Clearing]]:
        """What the vault opens of the last complete round about each person, as the fold takes it."""
        found: dict[str, dict[str, Clearing]] = {}
        gates = {office: gate for gate, office in self.world.terms.sealed.items()}
        for one in self.world.proceedings.sealings:
            office = one.office.partition(":")[0]
            for sid in one.sids:
                for handle, (outcome, reason) in self.world.terms.vault[sid].items():
                    why, index = reason or None, one.indexes[-1]
                    said = Clearing(gates[office], outcome, one.office, one.at, why, None, index, sid, one.batch)
                    found.setdefault(handle, {})[gates[office]] = said
        return found

    def _rarely(self, sealed: Any) -> None:
        """The fold from the beginning, the store on disk, the public's sums, and what the sides cannot tell."""
        again = Proceedings("side-b/l1", self.world.events)
        for name in ("lists", "batches", "handovers", "withdrawn", "sealings"):
            require(getattr(again, name) == getattr(self.world.proceedings, name), f"{name} differ when folded anew")
        now, handovers = self.world.desk.now, self.world.handovers
        for name in self.world.people:
            one, other = (
                outcomes(name, fold, handovers, sealed, now, "neutral") for fold in (again, self.world.proceedings)
            )
            require(one == other, "outcomes differ when folded anew")
            for audience in AUDIENCES:
                total = sums(name, again, handovers, sealed, now, audience)
                require(
                    total == counted(name, audience, outcomes(name, again, handovers, sealed, now, audience)), "sums"
                )
            self._silence(name, sealed)
            self._public(name)
        self.world.flush()
        require(self.world.disk.head() == self.world.store.head(), "the stores differ")

    def _silence(self, name: str, sealed: dict[str, dict[str, Clearing]]) -> None:
        """A side sees the same whoever of the neutral and the medical officer said no, and why."""
        other = {
            handle: {
                gate: Clearing(gate, "refused", "", said.at, "unfit", None, said.index, said.sid, said.batch)
                for gate, said in (found | dict.fromkeys(("medical", "consent"), next(iter(found.values())))).items()
            }
            if any(said.outcome != "granted" for said in found.values())
            else found
            for handle, found in sealed.items()
        }
        now = self.world.desk.now
        told, same = (
            outcomes(name, self.world.proceedings, self.world.handovers, one, now, "side-a") for one in (sealed, other)
        )
        require(told == same, "a side can tell who said no")
        gates = self.world.handovers.clearances
        for handle in self.world.people[name]:
            one, two = (flags(handle, self.world.proceedings, gates, said, now) for said in (sealed, other))
            require(one == two, "a side can tell which gate is shut")

    def _public(self, name: str) -> None:
        """The public's sums close, and speak only of handovers whose batch is over and whose people have arrived."""
        cut = public_events(self.world.events, self.world.desk.now)
        fold = Proceedings("side-b/l1", cut)
        total = sums(name, fold, self.world.handovers, None, self.world.desk.now, "public")
        require(total.closes, "the public's sums do not close")
        for handover in fold.handovers.values():
            batch = handover.batch
            if self.world.model.proposal(batch) is not None:
                received = [one for one in self.world.model.of("handover.received") if target_of(one) == handover.sid]
                require(
                    self.world.model.is_closed(batch) and bool(received), "the public sees people who are on their way"
                )

    def finish(self) -> None:
        """At the end the standalone checker accepts the log, refuses what was refused, and SQLite knows the same."""
        self._rarely(self._opened())
        folder = self.world.folder / "published"
        publisher(self.world.store, folder).publish()
        (folder / "policy").mkdir()
        for name, text in POLICY.items():
            (folder / "policy" / name).write_bytes(text)
        code, answer = checker.check(["mirror", str(folder)])
        size = self.world.store.head().size
        require((code, answer["entries_checked"]) == (0, size), f"the checker refuses: {answer['reason']}")
        verify_log(folder, PolicyFiles.load(folder / "policy").read(), processes=1)
        for size, leaf in self.world.rng.sample(self.world.refused, min(6, len(self.world.refused))):
            log = self._checked(size)
            try:
                log.admit(leaf.data, size)
            except checker.Refused:
                continue
            raise Violation(f"the checker lets in what the record refused: {leaf.statement.kind}")
        memory, disk = self.world.store.known(), self.world.disk.known()
        keys = [f"batch:b{number}" for number in range(self.world.batches + 1)]
        keys += [f"{name}:{handle}" for listed in self.world.people.values() for handle in listed
                 for name in (*(f"manifest:b{n}" for n in range(self.world.batches)), "delivered:release")]  # fmt: skip
        require(all(memory.state(one) == disk.state(one) for one in keys), "the stores know different things")
        for _, leaf in self.world.rng.sample(self.world.refused, min(20, len(self.world.refused))):
            require(_code(self.world.store, leaf) == _code(self.world.disk, leaf), "the stores refuse differently")
        require(self.world.disk.check() == self.world.store.head(), "the store on disk is damaged")

    def _checked(self, size: int) -> Any:
        """The checker's log after so many entries."""
        log = checker.Log(self.world.desk.origin, checker.Tree())
        for index, one in enumerate(self.world.model.said[:size]):
            log.tree.append(one.leaf.data)
            log.admit(one.leaf.data, index)
        return log


def _code(store: Any, leaf: Leaf) -> str | None:
    try:
        type(store).judge(leaf, store.known(), store.proofs)
    except QuittanceError as error:
        return error.code
    return None
