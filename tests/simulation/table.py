"""Every attack with who notices it and when; and the table that a run of the simulation prints."""

from __future__ import annotations

from tests.simulation.frauds import FRAUDS
from tests.simulation.papers import PAPERS
from tests.simulation.post import LIES
from tests.simulation.setting import Tally
from tests.simulation.statements import ATTACKS
from tests.simulation.watch import NOT_PROVABLE, TIMES, WITNESS_FAULTS

RULES = "operator's software at once; every mirror at its next fetch, should the operator let it in"
BELOW = "every party that has kept a head above it, at its next fetch; every honest witness that has cosigned one"

NOTICED_BY = {
    "a batch before the founding is countersigned": "operator's software at once",
    "fork at one size": "any two parties at their first exchange of heads; a witness asked about both",
    "fork at different sizes": "any two parties at their first exchange of heads; a witness asked about both",
    "an entry written anew below a head": BELOW,
    "an entry removed below a head": BELOW,
    "an entry put in below a head": BELOW,
    "two entries in another order below a head": BELOW,
    "an old backup goes on as if nothing were lost": BELOW + "; the operator's own software when it asks a witness",
    "accepted, and left out": "whoever holds the acceptance, by the first head after merge_by or over its place",
    "accepted, and put elsewhere": "whoever holds the acceptance, by the first head over its place",
    "a statement let in against the rules": "every mirror at its next fetch, with the code of the rule",
    TIMES[0]: "whoever reads the entry and the head that it names",
    TIMES[1]: "whoever reads the entry and the first head cosigned above it",
    WITNESS_FAULTS["loses its memory"]: "operator, at the next request: it remembers less than it has signed",
    WITNESS_FAULTS["lies about the time"]: "whoever reads an entry whose bracket ends before it begins",
    WITNESS_FAULTS["colludes"]: "whoever gets two heads of one size that bear its name; useless to it until then",
    LIES[0]: "nobody: what is not answered is sent again",
    LIES[1]: "nobody: the second one changes nothing",
    LIES[2]: "whoever opens the file; bits that nobody reads change nothing",
    LIES[3]: "whoever opens the file; an older one of the same kind changes nothing",
}

WHO = (
    dict.fromkeys(ATTACKS, RULES)
    | dict.fromkeys(PAPERS, "whoever reads it, at once")
    | NOTICED_BY
    | {name: f"not detectable: {what}" for name, what in NOT_PROVABLE.items()}
)
"""Attack -> who notices it, and when."""

HARMLESS = frozenset(LIES[:2])
"""What only delays: there is nothing to notice."""

KINDS = (
    ("Statements against the rules", tuple(ATTACKS)),
    ("False papers", tuple(PAPERS)),
    ("The operator lies about the log", tuple(sorted(FRAUDS))),
    ("Times", TIMES),
    ("Witnesses", tuple(WITNESS_FAULTS.values())),
    ("The courier", LIES),
    ("What the record cannot tell", tuple(NOT_PROVABLE)),
)


def faults(tally: Tally, at_least: int) -> list[str]:
    """What is wrong with the counts: attacks not tried, tries that are open, claims that nobody can make."""
    found = [f"{name}: not in the table" for name in tally.rows.keys() - WHO.keys()]
    for name in WHO:
        row = tally.row(name)
        if row.tried < at_least:
            found.append(f"{name}: tried {row.tried} times, not {at_least}")
        if name in NOT_PROVABLE:
            if any(not who.startswith("owner") for who in row.by):
                found.append(f"{name}: noticed by {dict(row.by)}, who cannot know")
        elif row.noticed + row.idle != row.tried:
            found.append(f"{name}: tried {row.tried} times, noticed {row.noticed}, without effect {row.idle}")
        elif not row.noticed and row.tried and name not in HARMLESS:
            found.append(f"{name}: never noticed")
    return found


def text(tally: Tally) -> str:
    """The table."""
    head = f"{'':58} {'tried':>6} {'noticed':>8} {'no effect':>10}  by"
    lines = []
    for title, names in KINDS:
        lines += ["", title, head]
        for name in names:
            row = tally.row(name)
            by = ", ".join(f"{who} ({count})" for who, count in row.by.most_common(3))
            lines.append(f"  {name:56} {row.tried:6} {row.noticed:8} {row.idle:10}  {by or WHO[name]}")
    lines += ["", *(f"{name}: {count}" for name, count in sorted(tally.counts.items()))]
    return "\n".join(lines)
