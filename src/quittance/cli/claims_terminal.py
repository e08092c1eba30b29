"""The claims desk in a terminal: a claim in its report, its fields, and one key for each decision.

What a report says is shown sign for sign: control characters and marks of direction by their number, never obeyed.
Without colours the claims stand in brackets, so that nothing is told by colour alone.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from quittance.claims.model import Claim, Report

STYLES = {
    "done": "green", "plan": "blue", "demand": "magenta", "term": "cyan", "reject": "red", "cond": "blue",
    "meet": "white", "list": "cyan", "dispute": "red", "held": "yellow", "casualty": "white", "troops": "white",
}  # fmt: skip
"""Colour by event type; the word itself stands in the bracket."""

LEFT, RIGHT = "\u2068", "\u2069"
"""Isolate what is between them, so that a text of the other direction moves nothing beside it."""


def shown(text: str, keep_lines: bool = True) -> str:
    """A text of a report as it may be sent to a terminal: what cannot be seen stands there by its number."""

    def one(sign: str) -> str:
        if sign == "\n" and keep_lines:
            return sign
        if unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp") or sign in _TURNING:
            return f"[U+{ord(sign):04X}]"
        return sign

    return "".join(map(one, text))


_TURNING = frozenset("\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def isolated(text: str) -> str:
    """A word of a report among the words of the desk."""
    return f"{LEFT}{shown(text, keep_lines=False)}{RIGHT}"


def marked(report: Report, claims: Sequence[Claim], current: Claim | None, *, blind: bool = False) -> Text:
    """The text about the current claim, or all of it: claims in brackets with number and, unless blind, event.

    The number that a claim is about is underlined; the current claim is marked with >.
    """
    from rich.text import Text

    from quittance.views.claim_marks import around, stretches

    text = Text(overflow="fold")
    within = around(report.text, current.span) if current is not None else None
    names = {one.id: n for n, one in enumerate(claims, 1)}
    open_: list[Claim] = []

    def close(place: int) -> None:
        for claim in [one for one in open_ if one.span[1] <= place]:
            text.append("]", "bold")
            open_.remove(claim)

    if within and within[0] > 0:
        text.append("... ", "dim")
    last = None
    for last in stretches(report.text, claims, within):
        close(last.start)
        for claim in last.begins:
            here = ">" if current is not None and claim.id == current.id else ""
            label = f"{here}{names[claim.id]}" + ("" if blind else f" {claim.event_type}")
            text.append(f"[{label}: ", "bold" if here or blind else f"bold {STYLES[claim.event_type]}")
            open_.append(claim)
        inner = last.covering[-1] if last.covering else None
        style = "" if inner is None or blind else STYLES[inner.event_type]
        if current is not None and any(one.id == current.id for one in last.covering):
            style = f"{style} reverse".strip()
        text.append(shown(last.text), f"{style} underline".strip() if last.numbers else style)
    if last is not None:
        close(last.start + len(last.text))
    if open_ or (within and within[1] < len(report.text)):
        text.append(" ...", "dim")
    return text


def field_lines(claim: Claim) -> Iterator[str]:
    """What a claim says, field by field."""
    quantity, who = claim.quantity, claim.claimant
    yield f"event     {claim.event_type}"
    yield f"kind      {claim.kind}  (by the {claim.kind_basis or 'sentence'})"
    yield f"releases  {shown(claim.actor)}  people of {shown(claim.object)}"
    if quantity is None:
        yield "number    none"
    else:
        bounds = " to ".join("any" if one is None else f"{one:,}" for one in (quantity.low, quantity.high))
        yield f"number    {quantity.modality} {isolated(quantity.surface or '')}  ({bounds} {quantity.unit})"
    named = "  ".join(isolated(one) for one in (who.name, who.role, who.org) if one)
    yield f"claimant  {shown(who.key)}  {named}" + (f"  for {shown(who.side)}" if who.side else "")
    yield f"channel   {shown(claim.channel or 'none')}"
    days = (("said", claim.statement_date), ("happens", claim.event_date), ("due", claim.deadline))
    yield "days      " + ("  ".join(f"{name} {shown(day)}" for name, day in days if day) or "none")
    counted = claim.definition
    yield f"counted   {counted.who if counted else 'unstated'}" + (
        f" {isolated(counted.surface)}" if counted and counted.surface else ""
    )
    found = claim.extractor
    if found is not None:
        yield f"rule      {shown(found.rule or '-')}  ({shown(found.name)} {shown(found.version)})"
    if claim.same_event:
        yield f"event of  {shown(claim.same_event)}"
    note = claim.extra.note if claim.extra is not None else None
    if isinstance(note, str):
        yield f"note      {isolated(note)}"


class Terminal:
    """Asks and shows. Answers come by single keys on a terminal, and line by line from anything else."""

    def __init__(self, console: Console, read: Callable[[], str | None] | None = None) -> None:
        self._console = console
        self._read = read or (read_key if sys.stdin is not None and sys.stdin.isatty() else _first_letter)
        self.answered = 0
        """How many answers have come so far."""

    def say(self, words: str | Text = "") -> None:
        """Show a line, or a marked text."""
        from rich.text import Text

        self._console.print(words if isinstance(words, Text) else Text(words), soft_wrap=isinstance(words, str))

    def key(self, prompt: str, keys: Mapping[str, str]) -> str | None:
        """One of `keys`; the prompt names them. None at the end of the input, and for Ctrl-D."""
        while True:
            self._console.print(prompt, end=" ", markup=False, highlight=False, soft_wrap=True)
            given = self._read()
            if given is None:
                self.say()
                return None
            self.say(given if given.isprintable() else "")
            if given.lower() in keys:
                self.answered += 1
                return given.lower()
            self.say("  ".join(f"{key} {words}" for key, words in keys.items()))

    def line(self, prompt: str) -> str | None:
        """A line that the reader types; None at the end of the input."""
        try:
            self._console.print(prompt, end=" ", markup=False, highlight=False, soft_wrap=True)
            return input().strip()
        except EOFError:
            return None

    def choice(self, name: str, values: Sequence[str], before: str = "") -> str | None:
        """One of some values, by its number or in full; anything else as typed. None at the end of the input."""
        for n, value in enumerate(values, 1):
            self.say(f"  {n:2} {shown(value, keep_lines=False)}" + ("  (as it is)" if value == before else ""))
        typed = self.line(f"{name}, by its number or in full; empty leaves it:")
        if typed and typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(values):
            return values[int(typed) - 1]
        return typed


def read_key() -> str | None:
    """One key, without Enter; None for Ctrl-D. Ctrl-C interrupts as everywhere."""
    import os
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)  # keeps what was typed ahead
        # Byte by byte: what sys.stdin would read ahead is lost to the line that is asked for next.
        typed = os.read(descriptor, 1)
        while typed and (sign := typed.decode("utf-8", "replace")) == "\ufffd" and len(typed) < 4:
            typed += os.read(descriptor, 1)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    return None if typed in (b"", b"\x04") else " " if sign == "\n" else sign[0]


def _first_letter() -> str | None:
    """The first letter of a line; a space for an empty one."""
    try:
        return (input().strip() or " ")[0]
    except EOFError:
        return None
