"""Whether a leaf may be the next entry of a log: one pure judge, the same for a store, a check and a mirror.

`admit` is asked before a leaf enters, and again for every stored leaf when a record is checked.
"""

from __future__ import annotations

from quittance.record.effects import EFFECTS, phase
from quittance.record.entry import Leaf
from quittance.record.keys import require_public_key
from quittance.record.kinds import KINDS, Kind, kind_of
from quittance.record.known import Admitted, DuplicateError, Known, LogState, Proven, Step, offices_of, read_log, refuse
from quittance.record.signers import genesis_keys, require_signers, signers_of
from quittance.record.statement import Statement

PERSON = "person"
"""The field of `commitments` that holds person handles."""


NEEDS_FOUNDING = (
    *("batch.", "handover.", "match.", "list.", "count.", "person.", "wish.", "pledge.", "policy."),
    *("clearance.", "outcome.", "seed.", "claim.judged"),
)
"""Kinds that wait until every side has countersigned the founding keys."""


def admit_form(leaf: Leaf, known: Known, proven: Proven) -> Admitted:
    """The rules that need no keys: meant for this log, new, resting on earlier entries, seen a beginning of this log.

    Raises `RecordError` (`record.wrong_log`, `duplicate`, `nonce_used`, `unknown_ref`, `seen`, `seen_missing`).
    """
    return Admitted(_form(leaf, known))


def _form(leaf: Leaf, known: Known) -> dict[str, str]:
    statement = leaf.statement
    name = f"Statement {statement.sid}"
    if statement.log != known.origin:
        refuse(f"{name} is meant for another log than {known.origin}. Send it there.", "wrong_log")
    if (index := known.find(statement.sid)) is not None:
        raise DuplicateError(f"{name} is already entry {index}. Nothing more needs to be sent.", index)
    if known.has_nonce(statement.nonce):
        refuse(f"{name} uses the nonce of an earlier entry. Draw a new one.", "nonce_used")
    for ref in statement.refs:
        if known.find(ref.sid) is None:
            refuse(f"{name} refers to {ref.sid}, which is not in the record. Enter that one first.", "unknown_ref")
    seen = statement.seen
    if seen is None:
        if known.state("seen"):
            refuse(
                f"{name} names no checkpoint that its drafter has seen, though the log has some. Draft it again on the "
                "latest checkpoint.",
                "seen_missing",
            )
        return {}
    if seen.size > known.size or known.root(seen.size) != seen.root:
        refuse(
            f"{name} was drafted on a checkpoint of {seen.size} entries that is not the beginning of this record. "
            "Keep it: it may show a second history.",
            "seen",
        )
    return {} if known.state("seen") else {"seen": "1"}


def admit(leaf: Leaf, known: Known, proven: Proven) -> Admitted:
    """All rules: form, body, signatures by keys enrolled before, the offices that the kind needs, the log's own state.

    Raises `EntryError` for a body out of form and `RecordError` for everything else (record format, "Rules").
    """
    form = _form(leaf, known)
    statement = leaf.statement
    kind = kind_of(statement.kind)
    kind.require_body(statement.kind, statement.body)
    _require_place(statement, kind, known)
    handles = _handles(statement, kind)
    log = _log_before(statement, known)
    step = Step(statement, known, log, signers_of(leaf, known, proven), handles)
    require_signers(step, kind, _required_offices(step, kind))
    effect = EFFECTS.get(statement.kind)
    changes = form | (effect(step) if effect else {})
    return Admitted(changes | phase(step, changes), offices_of(step.signers.values()))


def _log_before(statement: Statement, known: Known) -> LogState:
    """What the log settled before; the genesis settles it. Raises `record.genesis` and `record.other_agreement`."""
    if (statement.kind == "log.genesis") != (known.size == 0):
        refuse("A log begins with log.genesis and holds no second one.", "genesis")
    if statement.kind == "log.genesis":
        body = statement.body
        if ("operator_key" in body) == ("operator_keys" in body) or not body.get("operator_keys", True):
            refuse("The genesis names either one operator_key or operator_keys.", "genesis")
        keys = {str(key) for key in genesis_keys(body)}
        for public in keys:
            require_public_key(bytes.fromhex(public))
        threshold = int(str(body.get("operator_threshold", 1)))
        if not 1 <= threshold <= len(keys):
            refuse("The operator's threshold is not between 1 and the number of its keys.", "genesis")
        founding = body.get("founding")
        return LogState(
            statement.agreement,
            threshold,
            len(keys),
            founding is not None,
            True,
            tuple(str(one) for one in founding) if isinstance(founding, list | tuple) and founding else None,
        )
    stored = known.state("log")
    if stored is None:
        refuse("The log has no beginning. Restore it from a mirror.", "genesis")
    log = read_log(stored)
    if statement.agreement != log.agreement:
        refuse(f"Statement {statement.sid} belongs to another agreement than {log.agreement}.", "other_agreement")
    if log.strict and statement.kind.startswith(NEEDS_FOUNDING):
        unknown = sum(known.state(f"key:{name}") is None for name in log.founding or ())
        if log.awaited or unknown:
            refuse(
                f"Statement {statement.sid} ({statement.kind}) must wait until all founding keys are enrolled and "
                f"every side has countersigned them; {unknown} keys, {len(log.awaited)} countersignatures are missing.",
                "founding",
            )
    return log


def _require_place(statement: Statement, kind: Kind, known: Known) -> None:
    log = known.origin.rpartition("/")[2]
    if log in ("case", "public", "access") and log not in kind.logs:
        refuse(f"A {log} log takes no {statement.kind}. Send it to the log it belongs to.", "wrong_log")


def _handles(statement: Statement, kind: Kind) -> tuple[str, ...]:
    """The person handles of a statement, as its kind demands them; raises `record.people`."""
    handles = tuple(statement.commitments.get(PERSON, ()))
    if len(set(handles)) != len(handles):
        refuse(f"Statement {statement.sid} names one person twice.", "people")
    count = statement.body.get("count")
    wrong = (
        (kind.people == "no" and handles)
        or (kind.people == "one" and len(handles) != 1)
        or (kind.people == "two" and len(handles) != 2)
        or (kind.people == "some" and (not handles if count is None else len(handles) != count))
        or (kind.people == "maybe" and handles and count != len(handles))
    )
    if wrong:
        refuse(
            f"Statement {statement.sid} ({statement.kind}) carries {len(handles)} person handles; its count or its "
            "kind asks for another number.",
            "people",
        )
    return handles


def _required_offices(step: Step, kind: Kind) -> str | None:
    """Check what a statement refers to; the offices that must sign it, where those are the earlier statement's."""
    if kind.refs is None:
        return None
    statement = step.statement
    sids = [ref.sid for ref in statement.refs if ref.rel == kind.refs]
    if not sids or (len(sids) > 1 and kind.refs != "countersigns"):
        refuse(f"Statement {step.sid} ({statement.kind}) must refer by `{kind.refs}` to a statement.", "no_ref")
    if kind.refs == "countersigns":
        return None
    index = step.known.find(sids[0])
    name, offices = step.known.said(index) if index is not None else ("", "")
    if kind.refs == "answers":
        if name != ANSWERED[statement.kind]:
            refuse(f"Statement {step.sid} must answer a {ANSWERED[statement.kind]}.", "no_ref")
        return None
    if name not in CORRECTABLE[kind.refs]:
        refuse(f"A {name} cannot be taken back or corrected: it has done its work. State what holds now.", "final")
    if kind.refs == "corrects":
        body = statement.body["body"]
        KINDS[name].require_body(name, body if isinstance(body, dict) else {})
    return offices


ANSWERED = {
    **dict.fromkeys(("handover.delivered", "handover.received", "handover.denied"), "handover.observed"),
    "seed.committed": "seed.requested",
    "seed.revealed": "seed.committed",
}
"""Kind of an answer -> the kind that it answers."""


_CORRECTED = frozenset(
    {"match.judged", "match.confirmed", "match.disputed", "person.cleared", "person.held_back",
     "wish.recorded", "count.contested", "pledge.recorded", "claim.captured", "claim.verdict"}
)  # fmt: skip


_WITHDRAWN = frozenset(
    {"handover.observed", "handover.denied", "count.asserted", "clearance.given", "outcome.stated", "claim.judged"}
)


CORRECTABLE = {"corrects": _CORRECTED, "withdraws": _CORRECTED | _WITHDRAWN}
"""Relation -> the kinds that it may point at: no later entry rests on their effects, or those are undone with it."""
