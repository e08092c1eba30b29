"""What may be stated next of a batch, a clearance or a handover: the body of the statement, or why not.

Each function gives the body of one kind of the record format, or raises `HandoverRefused` with a stable code. People
are called by their codes. What is refused because of a sealed gate says so to the neutral only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NoReturn, TypeAlias

from quittance.codes import code_of
from quittance.handover.clearances import REFUSALS, Flag, Gates, is_cleared, missing, office_of, opened_flags, vetoed
from quittance.handover.model import Batch, Handover, HandoverRefused, Sealed
from quittance.handover.outcomes import STATED
from quittance.handover.skips import SECRET, Replaced
from quittance.handover.state import Proceedings, denying_side

Body: TypeAlias = dict[str, object]

MOST = 900
"""A statement names no more persons."""

SEALED_MOST = 450
"""A part of a sealed round names no more: each person has a commitment beside the handle."""

DENIALS: Mapping[str, tuple[str, ...]] = {
    "holding": ("not_delivered", "wrong_person", "not_listed", "other"),
    "receiving": ("not_received", "wrong_person", "not_listed", "other"),
}
"""Side -> why it may deny that a person was handed over as seen."""


def decide_proposal(
    proceedings: Proceedings,
    batch: str,
    handles: Collection[str],
    flags: Mapping[str, Mapping[str, Flag]],
    *,
    rules_sha256: str,
    list_name: str,
    giver: str,
    taker: str,
    commitment: str = "",
    hashes: Mapping[str, str] | None = None,
) -> Body:
    """The body of `batch.proposed`; `flags` hold for each person the gates that it needs, folded.

    Raises `HandoverRefused` (`handover.batch_taken`, `other_list`, `nobody`, `too_many`, `not_listed`, `settled`,
    `in_batch`, `not_cleared`).
    """
    what = f"Batch {batch} cannot be proposed"
    if batch in proceedings.batches:
        _refuse("batch_taken", f"{what}: a batch of this name is in the record. Give it another.")
    side, _, list_id = list_name.partition("/")
    if taker != side:
        _refuse(
            "other_list", f"{what}: it goes to {taker}, and the list {list_name} is of {side}. Choose its own list."
        )
    _require_persons(what, handles)
    listed = proceedings.lists.get(list_name)
    _require_none(
        what,
        "not_listed",
        [one for one in handles if listed is None or one not in listed.handles],
        f"do not stand on the list {list_name}. Draw the batch up again",
    )
    _require_free(proceedings, what, handles)
    _require_cleared(what, {handle: flags[handle] for handle in handles})
    body: Body = {"batch": batch, "count": len(handles), "rules_sha256": rules_sha256, "list": list_id}
    named = {"commitment": commitment, "from": giver, "to": taker, **(hashes or {})}
    return body | {name: value for name, value in named.items() if value}


def decide_step(proceedings: Proceedings, name: str, step: str, flags: Mapping[str, Mapping[str, Flag]]) -> Body:
    """The body of `batch.cleared` or `batch.authorised`, for `step` cleared or authorised; `flags` as for a proposal.

    Raises `HandoverRefused` (`handover.batch_unknown`, `batch_step`, `settled`, `not_cleared`).
    """
    batch = _batch(proceedings, name)
    what = f"Batch {name} cannot be {step}"
    before = {"cleared": "proposed", "authorised": "cleared"}[step]
    if batch.step != before:
        _refuse("batch_step", f"{what}: it is {batch.step}, and must be {before}. Look at the batch again.")
    _require_unsettled(proceedings, what, batch.to_go)
    _require_cleared(what, {handle: flags[handle] for handle in batch.to_go})
    return {"batch": name}


def decide_change(proceedings: Proceedings, name: str, now: Replaced, batch_sha256: str) -> Body:
    """The body of `batch.changed` for one round, also where nothing changed; it carries the handles `now.manifest`.

    Raises `HandoverRefused` (`handover.batch_unknown`, `batch_step`, `manifest`, `reason`, `in_batch`, `settled`).
    """
    batch = _batch(proceedings, name)
    what = f"Batch {name} cannot be changed"
    if batch.closed or not batch.named:
        _refuse("batch_step", f"{what}: it is closed, or names nobody. Propose another batch.")
    if not batch.gone <= set(now.manifest) or len(now.manifest) > batch.size:
        _refuse("manifest", f"{what}: everybody handed over stays on it, and it has {batch.size} seats. Read it again.")
    if set(now.reasons) & set(SECRET):
        _refuse("reason", f"{what}: a reason that only the neutral may know is not folded. Fold it first.")
    _require_free(proceedings, what, now.added)
    return {
        "batch": name,
        "round": 1 + len(batch.rounds),
        "count": len(now.manifest),
        "batch_sha256": batch_sha256,
        "before_sha256": batch.batch_sha256,
        "skipped": sorted(now.reasons),
    }


def decide_close(proceedings: Proceedings, name: str) -> Body:
    """The body of `batch.closed`; whoever is still to go is skipped. Raises `HandoverRefused` (`batch_step`)."""
    batch = _batch(proceedings, name)
    if batch.closed:
        _refuse("batch_step", f"Batch {name} cannot be closed: it is closed already. Nothing more needs to be done.")
    skipped = len(batch.reasons) + len(batch.to_go) if batch.named else max(batch.size - batch.done, 0)
    return {"batch": name, "count": batch.done, "skipped": skipped}


def decide_clearance(
    proceedings: Proceedings,
    gates: Gates,
    gate: str,
    office: str,
    outcome: str,
    handles: Collection[str],
    now: datetime,
    *,
    reason: str | None = None,
    until: str | None = None,
    batch: str | None = None,
    vetoes: int | None = None,
) -> Body:
    """The body of `clearance.given` for an open gate; `vetoes` is how many persons may be withheld by veto at most.

    Raises `HandoverRefused` (`handover.gate_unknown`, `gate_sealed`, `nobody`, `too_many`, `not_listed`,
    `not_entitled`, `outcome`, `reason`, `expired`, `batch_unknown`, `settled`, `vetoes_spent`).
    """
    what = f"The clearance {gate} cannot be entered"
    if gate not in gates or gates[gate].by == "record":
        _refuse("gate_unknown", f"{what}: nobody grants a gate of this name. The agreement names those that there are.")
    about = gates[gate]
    if about.sealed:
        _refuse(
            "gate_sealed", f"{what} openly: what the {about.by} says is sealed. Enter a sealed round over the list."
        )
    _require_persons(what, handles)
    unlisted = [one for one in handles if not proceedings.is_listed(one)]
    _require_none(what, "not_listed", unlisted, "stand on no list. Look whether the list was withdrawn")
    others = [one for one in handles if office_of(office, proceedings.list_of(one)) != about.by]
    _require_none(what, "not_entitled", others, f"are cleared here by the {about.by} side, and not by this one")
    if outcome not in ("granted", "refused", "withdrawn"):
        _refuse("outcome", f"{what}: the outcome is granted, refused or withdrawn.")
    if outcome != "granted" and reason not in REFUSALS[about.about]:
        _refuse("reason", f"{what} as {outcome} without a reason: one of {', '.join(REFUSALS[about.about])}.")
    if until is not None and date.fromisoformat(until) < now.date():
        _refuse("expired", f"{what}: it would end on {until}, which is over. Give a later day, or none.")
    if batch is not None:
        _batch(proceedings, batch)
    _require_unsettled(proceedings, what, handles)
    if outcome == "refused" and about.about == "veto" and vetoes is not None:
        side = proceedings.list_of(next(iter(handles)))
        standing = {*vetoed(proceedings, gates, proceedings.members(side), now), *handles}
        if len(standing) > vetoes:
            _refuse(
                "vetoes_spent",
                f"{what}: {len(standing)} persons would be withheld by veto, and the agreement allows {vetoes}. "
                "Withdraw another veto first.",
            )
    body: Body = {"gate": gate, "outcome": outcome}
    return body | {
        name: value for name, value in (("reason", reason), ("until", until), ("batch", batch)) if value is not None
    }


def decide_sealed(
    proceedings: Proceedings, office: str, *, list_name: str = "", batch: str = ""
) -> tuple[tuple[Body, tuple[str, ...]], ...]:
    """The parts of one `clearance.sealed` round, each a body and its handles: everybody of a list, or still to go.

    Raises `HandoverRefused` (`handover.not_entitled`, `batch_unknown`, `list_unknown`, `nobody`).
    """
    role = office.partition(":")[0]
    if role not in ("neutral", "medical"):
        _refuse("not_entitled", "A sealed round is entered by the neutral or the medical officer, and by nobody else.")
    if batch:
        scope: Iterable[str] = _batch(proceedings, batch).to_go
    elif list_name in proceedings.lists:
        scope = proceedings.lists[list_name].handles
    else:
        _refuse("list_unknown", f"The record has no list {list_name}. Submit the list first.")
    handles = sorted(scope)
    if not handles:
        _refuse("nobody", "A sealed round needs somebody to cover; nobody is left here.")
    number = proceedings.next_sealed_round(office, batch)
    parts = [tuple(handles[start : start + SEALED_MOST]) for start in range(0, len(handles), SEALED_MOST)]
    scoped: Body = {"batch": batch} if batch else {}
    return tuple(
        ({"round": number, **({"part": part, "parts": len(parts)} if len(parts) > 1 else {}), **scoped}, one)
        for part, one in enumerate(parts, 1)
    )


def decide_handover(
    proceedings: Proceedings,
    name: str,
    handles: Collection[str],
    gates: Gates,
    sealed: Sealed,
    now: datetime,
    *,
    place: str,
    to_place: str | None = None,
    fact: str | None = None,
    needed: Mapping[str, Collection[str]] | None = None,
) -> Body:
    """The body of `handover.observed`, for the neutral alone; `sealed` is what it holds now, opened.

    Nobody goes without a wish affirmed within its time; no office may override that. `needed` gives the gates of
    those who do not need all. Raises `HandoverRefused` (`handover.batch_unknown`, `batch_step`, `no_sides`, `nobody`,
    `too_many`, `manifest`, `settled`, `not_affirmed`, `not_cleared`).
    """
    batch = _batch(proceedings, name)
    what = f"Nobody of batch {name} can be handed over"
    if batch.step != "authorised":
        _refuse("batch_step", f"{what}: it is {batch.step}, and must be authorised. Have it cleared and authorised.")
    if not batch.giver or not batch.taker:
        _refuse("no_sides", f"{what}: it does not say between whom. Propose a batch that does.")
    _require_persons(what, handles)
    going = set(batch.to_go)
    absent = [one for one in handles if batch.named and one not in going]
    _require_none(what, "manifest", absent, "are not on the manifest, or gone already. Enter a round of changes first")
    _require_unsettled(proceedings, what, handles)
    found = {one: opened_flags(one, proceedings, gates, sealed, now) for one in handles}
    wishes = [gate for gate, about in gates.items() if about.about == "wish"]
    unasked = [one for one in handles if not is_cleared(found[one], wishes)]
    _require_none(
        what,
        "not_affirmed",
        unasked,
        "have no affirmed wish on record within its time. Ask them alone, or leave them out",
    )
    wanted = {one: (needed or {}).get(one, gates) for one in handles}
    _require_cleared(what, {one: {gate: found[one][gate] for gate in wanted[one]} for one in handles})
    body: Body = {"batch": name, "from": batch.giver, "to": batch.taker, "place": place, "count": len(handles)}
    if wishes:
        body |= {"asked": len(handles), "wish_affirmed": len(handles)}
    named = (("commitment", batch.commitment or None), ("to_place", to_place), ("fact", fact))
    return body | {member: value for member, value in named if value is not None}


def decide_answer(
    proceedings: Proceedings, sid: str, office: str, count: int | None = None, place: str | None = None
) -> tuple[str, Body]:
    """Kind and body of a side's answer to a handover; `count` is everybody but those it denies, if not given.

    Raises `HandoverRefused` (`handover.unknown`, `answered`, `count`).
    """
    handover = _handover(proceedings, sid)
    side = denying_side(office, handover)
    if handover.answer(side) is not None:
        _refuse("answered", f"Handover {sid[:16]} is answered by the {side} side already. Deny persons of it by name.")
    denied = len({one.handle for one in handover.denials if one.side == side})
    n = handover.count - denied if count is None else count
    if n < 0:
        _refuse("count", f"Handover {sid[:16]} cannot be answered with {n} persons. Give the number that you saw.")
    kind = "handover.delivered" if side == "holding" else "handover.received"
    return kind, {"batch": handover.batch, "count": n, **({"place": place} if place else {})}


def decide_denial(proceedings: Proceedings, sid: str, office: str, handles: Collection[str], reason: str) -> Body:
    """The body of `handover.denied`: a side names whom of a handover it denies.

    Raises `HandoverRefused` (`handover.unknown`, `nobody`, `too_many`, `not_in_handover`, `denied_twice`, `reason`).
    """
    handover = _handover(proceedings, sid)
    what = f"Handover {sid[:16]} cannot be denied"
    _require_persons(what, handles)
    side = denying_side(office, handover)
    absent = [one for one in handles if one not in handover.handles]
    _require_none(what, "not_in_handover", absent, "are not in it. Name those whom it is about")
    twice = [one for one in handles if side in handover.denied_by(one)]
    _require_none(what, "denied_twice", twice, "are denied by this side already. Leave them out")
    if reason not in DENIALS[side]:
        _refuse("reason", f"{what} for this reason: the {side} side gives one of {', '.join(DENIALS[side])}.")
    return {"batch": handover.batch, "reason": reason}


def decide_outcome(
    proceedings: Proceedings, handles: Collection[str], outcome: str, office: str, batch: str | None = None
) -> Body:
    """The body of `outcome.stated`; a correction is a newer one.

    Raises `HandoverRefused` (`handover.outcome`, `nobody`, `too_many`, `not_listed`, `repeated`, `batch_unknown`).
    """
    what = "The outcome cannot be entered"
    if outcome not in STATED:
        _refuse("outcome", f"{what}: it is one of {', '.join(STATED)}. Releases follow from handovers.")
    _require_persons(what, handles)
    strange = [one for one in handles if not proceedings.list_of(one)]
    _require_none(what, "not_listed", strange, "never stood on a list. Look up their codes again")
    said = {one: [past.outcome for past in proceedings.stated(one) if past.office == office] for one in handles}
    again = [one for one in handles if said[one][-1:] == [outcome]]
    _require_none(what, "repeated", again, "have this outcome by the same office already. Leave them out")
    if batch is not None:
        _batch(proceedings, batch)
    return {"outcome": outcome, **({"batch": batch} if batch is not None else {})}


# --- what several of them ask ----------------------------------------------------------------------------------------


def _refuse(code: str, message: str) -> NoReturn:
    raise HandoverRefused(message, code=f"handover.{code}")


def _batch(proceedings: Proceedings, name: str) -> Batch:
    batch = proceedings.batches.get(name)
    if batch is None:
        raise HandoverRefused(
            f"The record has no batch {name[:64]}. Look at the batches that it has.", code="handover.batch_unknown"
        )
    return batch


def _handover(proceedings: Proceedings, sid: str) -> Handover:
    handover = proceedings.handovers.get(sid)
    if handover is None:
        raise HandoverRefused(
            f"The record has no handover {sid[:16]} that stands. Give the statement id of what was seen.",
            code="handover.unknown",
        )
    return handover


def _require_persons(what: str, handles: Collection[str]) -> None:
    if not handles:
        _refuse("nobody", f"{what}: it names nobody. Name at least one person.")
    if len(handles) > MOST or len(set(handles)) != len(handles):
        _refuse("too_many", f"{what}: a statement names at most {MOST} persons, each once. Divide it.")


def _require_none(what: str, code: str, wrong: Sequence[str], why: str) -> None:
    """Refuse for the persons `wrong`, if there are any, by their codes."""
    if wrong:
        _refuse(code, f"{what}: {_codes(wrong)} {why}.")


def _require_unsettled(proceedings: Proceedings, what: str, handles: Iterable[str]) -> None:
    settled = [one for one in handles if proceedings.stated(one) or proceedings.handovers_of(one)]
    _require_none(what, "settled", settled, "have an outcome, or were handed over. Leave them out")


def _require_free(proceedings: Proceedings, what: str, handles: Collection[str]) -> None:
    """Refuse for whoever has an outcome already or goes in a batch under way."""
    _require_unsettled(proceedings, what, handles)
    going = [one for one in handles if proceedings.batch_of(one)]
    _require_none(what, "in_batch", going, "go in a batch that is under way. Leave them out")


def _require_cleared(what: str, flags: Mapping[str, Mapping[str, Flag]]) -> None:
    """Refuse unless everybody has every gate, saying how many have and whom what lacks."""
    lacking = {handle: missing(found) for handle, found in flags.items() if not is_cleared(found)}
    if lacking:
        shown = "; ".join(f"{code_of(one)}: {', '.join(lacking[one])}" for one in sorted(lacking)[:5])
        _refuse(
            "not_cleared",
            f"{what}: {len(flags) - len(lacking)} of {len(flags)} persons have every clearance. Not yes are {shown}"
            f"{' and more' if len(lacking) > 5 else ''}. Have them signed, or leave these persons out.",
        )


def _codes(handles: Sequence[str]) -> str:
    """At most five persons by their codes, and how many more."""
    shown = ", ".join(code_of(handle) for handle in sorted(handles)[:5])
    return f"{shown} and {len(handles) - 5} more" if len(handles) > 5 else shown
