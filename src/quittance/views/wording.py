"""The public words: every template that a view uses, and the choice among them.

Statuses use the evaluator's words. Nothing here says "true" or "false", low is never shown alone when high is larger,
and nobody reads "0 released" while somebody claims more. `MESSAGES` is the whole catalogue for translators.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from quittance.agreement.verdict import Status, Verdict
from quittance.dates import Moment, parse_moment
from quittance.views.sentence import COMMA, Id, Sentence, Translate, Value


class Say(StrEnum):
    """Every template, by its use."""

    DAY = "{day} {month} {year}"

    # statuses, in the evaluator's words
    SUPERSEDED = "superseded"
    WAIVED = "waived"
    NOT_OWED = "not owed"
    PENDING = "pending"
    BREACHED = "breached"
    OVERDUE = "overdue"
    IN_PROGRESS = "in progress"
    DUE = "due"
    BLOCKED = "blocked"
    FULFILLED = "fulfilled"
    FULFILLED_LATE = "fulfilled late"

    # statuses with their days
    OVERDUE_SINCE = "overdue since {day}"
    OVERDUE_BEHIND = "overdue: {required} were required by now"
    IN_PROGRESS_BY = "in progress, due by {day}"
    DUE_BY = "due by {day}"
    BLOCKED_PAST_ONE = "blocked, one day past its nominal date ({day})"
    BLOCKED_PAST = "blocked, {days} days past its nominal date ({day})"
    FULFILLED_ON = "fulfilled on {day}"
    FULFILLED_LATE_ON = "fulfilled late, on {day}"
    CLOSED_ON = "closed by the creditor on {day}"
    CLOSED_LATE_ON = "closed by the creditor on {day}, late"
    GOAL_MET = "goal met"
    GOAL_NOT_MET = "goal not met by {day}"
    GOAL_OPEN = "goal, open"
    GOAL_OPEN_UNTIL = "goal, open until {day}"

    # amounts and figures
    AMOUNT = "{n} {unit}"
    AMOUNT_OF = "{n} of {total} {unit}"
    AMOUNT_OVER = "{n} {unit}, {total} owed"
    ABOUT = "about {amount}"
    VERIFIED_BY = "{amount}, verified by {who}"
    VERIFIED = "{amount}, verified"
    CONCEDED = "{amount}: both sides say at least this"
    ONE_SIDE = "{who} says {amount}; not confirmed by {others} or by a body that the agreement names"
    ONE_VOICE = "{who} says {amount}; not confirmed by a body that the agreement names"
    VERIFIED_AND_CLAIMED = "{low} verified; {who} says {high}"
    BETWEEN = "between {low} ({who_low}) and {high} ({who_high})"
    SAYS = "{who} says {amount}"
    NO_FIGURE = "{amount} verified; nobody gives a figure"
    NO_FIGURE_SINCE = "no figure known since {day}"
    NO_VIOLATION = "no violation verified"
    VIOLATION_REPORTED = "a violation is reported and not verified"
    VIOLATION_VERIFIED = "a violation is verified"
    RATE_REPORTED = "periods without a verified count: {n}"

    # what it waits for
    WAITS_COMPLETE = "completion of {commitment}"
    WAITS_STARTED = "start of {commitment}"
    WAITS_COUNT = "{n} of {commitment}"
    WAITS_KEPT = "{commitment} being kept"
    WAITS_EVENT = "the event {name}"
    WAITS_FINDING = "the finding {name}"
    WAITS_ANY = "one of: {conditions}"
    WAITS_SUSPENDED = "the end of the suspension by {name}"
    WAITS_DOUBTFUL = "{condition} (implied by the text, not stated)"

    # disputes
    TERMS = "the parties read the terms differently"
    FACTS = "the parties' accounts differ"
    UNVERIFIED = "claimed, not yet verified"
    DECLARED = "a dispute is declared"

    # titles
    TITLE = "{debtor} to {creditor}: {act}"
    TITLE_THROUGH = "{debtor}, performed by {performer}, to {creditor}: {act}"
    ACT_REFRAIN = "not to {act}"
    ACT_MAINTAIN = "to keep up {act}"
    ACT_GOAL = "goal: {act}"
    ACT_WHAT = "{act}, {what}"

    # headlines
    NO_COMMITMENTS = "No commitments yet. Write them into the agreement file."
    HEADLINE_LATE = "{commitment}: {figure}; {status}"
    HEADLINE_WAITING = "{late}; waiting for it: {waiting}"
    HEADLINE_MORE = "{late}. Also late: {others}"
    HEADLINE_BLOCKED = "Nothing is late; {commitment} is {status}, waiting for {conditions}"
    HEADLINE_NEXT = "Nothing is late; next due: {commitment}, {day}; {figure}"
    HEADLINE_OPEN = "Nothing is late and no deadline is ahead; {commitment}: {figure}; {status}"
    HEADLINE_PENDING = "Nothing is late or due; commitments that have not begun: {n}"
    HEADLINE_SETTLED = "Nothing is open: every commitment is fulfilled, waived or superseded"
    AND = "{first}; {rest}"
    PROMISED = "{debtor} promised to {act} {when}, with {got}"
    PROMISED_THROUGH = "{debtor} promised that {performer} would {act} {when}, with {got}"
    PROMISED_LIKEWISE = "{debtor} likewise {amount}, with {got}"
    PROMISED_KEPT = "{debtor} promised {act}: {got}"
    WHEN_BY = "by {day}"
    WHEN_NOW = "({n} required by now)"
    AMOUNT_WHAT = "{amount} ({what})"
    TASK = "{act} ({amount})"
    TASK_OF = "{act} {amount}"
    SET_FOR = "{act} (set for {day})"
    GOT_NONE = "none reported"
    GOT_CLAIMED = "{high} claimed, none confirmed"
    GOT_BETWEEN = "{low} confirmed, {high} claimed"
    GOT = "{n} confirmed"
    TERMS_OF_IT = "terms disputed"
    FACTS_OF_IT = "figures disputed"
    DECLARED_OF_IT = "dispute declared"
    MORE = "{n} more"
    WRONG_MORE = "also late: {acts}"
    WRONG_BLOCKED = "blocked past the day: {acts}"
    WRONG_DONE = "settled late: {acts}"
    WRONG_RING = "{n} commitments wait for one another in a circle"
    WRONG_NOTHING = "nothing had gone wrong yet"
    CHAIN = "{commitment} waits for {conditions}"
    CHAIN_RING = "{commitment} waits for {conditions}, which waits for it in turn"
    RING = "in a circle: {edges}"
    RING_EDGE = "{waiting} waits for {awaited} ({held_by})"
    AGREED_TEXT = "agreed text"
    CLASH = "cannot be met together: {clauses}; days short: {days}"
    DUE_LINE = "{commitment}: {day}"
    TIMELINE = "Days with entries: {days}; the longest silence lasted {gap} days, from {first} to {last}"
    TIMELINE_SHORT = "Days with entries: {days}"
    TIMELINE_EMPTY = "No entries yet. Import a journal."
    SERIES = "{commitment}: {figure}"
    MATRIX = "Weeks with a late commitment: {late} of {weeks}"
    COMMITMENT = "{commitment}: {figure}; {status}"

    # the text of a commitment
    FACT_INSTRUMENT = "Instrument"
    FACT_DEBTOR = "Promised by"
    FACT_PERFORMER = "Performed by"
    FACT_CREDITOR = "Owed to"
    FACT_AMOUNT = "Amount"
    FACT_WHAT = "Of"
    FACT_WHEN = "When"
    FACT_FROM = "From"
    FACT_UNTIL = "Until"
    FACT_REQUIRES = "Requires"
    FACT_TOWARD = "Counts toward"
    FACT_EACH = "Needed for each"
    FACT_MODE = "Kind of promise"
    PLAIN = "{value}"
    MODE_ACHIEVE = "to do it"
    MODE_MAINTAIN = "to keep it up"
    MODE_REFRAIN = "not to do it"
    MODE_ENDEAVOUR = "a goal"
    EXACTLY = "exactly {n} {unit}"
    AT_LEAST = "at least {n} {unit}"
    UP_TO = "up to {n} {unit}"
    UP_TO_TARGET = "up to {n} {unit}, read as a target"
    UP_TO_CEILING = "up to {n} {unit}, read as a ceiling"
    ALL_OF = "all of {category} ({unit})"
    LEVEL = "from {start} down to {n} {unit}"
    ACCRUES = "as much as {commitment} brings ({unit})"
    EVERY = "{amount} every {days} days"
    SCHEDULE_STEP = "{n} by {day}"
    PACE = "{n} every {days} days from {day}"
    KEEPS_PACE = "in step with {commitment}, within {days}"
    EXTENDS = "longer with what {commitment} brings, at most until {day}"

    # entries
    REPORTS = "{by} reports {n} for {of}"
    REPORTS_OUTSIDE = "{by} reports {n}, under no commitment"
    TOTAL = "{by} says {n} in all for {of}"
    TOTAL_OUTSIDE = "{by} says {n} in all, under no commitment"
    LEVEL_REPORTED = "{by} reports a level of {n} for {of}"
    VERIFIES = "{by} verifies {ref}"
    REJECTS = "{by} rejects {ref}"
    DENIES = "{by} denies {ref}"
    DENIES_OF = "{by} denies what is reported for {of}"
    RETRACTS = "{by} takes back {ref}"
    EVENT = "{name}"
    EVENT_BY = "{name}, according to {by}"
    VIOLATES = "{by} reports a violation of {of}"
    VIOLATES_PARTY = "{by} reports a violation of {of} by {party}"
    BREACH = "{by} finds a breach of {of}"
    CLOSES = "{by} says that no more is owed for {of}"
    WAIVES = "{by} waives {of}"
    SUPERSEDES = "{name} takes the place of {of}"
    ACCEPTS = "{by} accepts {name}"
    REJECTS_PAPER = "{by} rejects {name}"
    POSITION = "{by} states how it reads {of}"
    POSITION_WITHDRAWN = "{by} withdraws its readings"
    DISPUTES = "{by} declares a dispute on {of}"
    RESOLVES = "{by} ends the dispute on {of}"
    EXERCISES = "{by} uses {name} over {of}"
    CHOICE = "{by} records a choice ({name}); persons: {n}"
    STATE = "{by} records {name}; persons: {n}"
    LIST_GIVEN = "{by} hands over {name}"
    LIST_GIVEN_N = "{by} hands over {name}; names: {n}"
    LIST_AGREED = "{by} agrees to {name}"
    WITHHELD = "{by} refuses names on {name}"
    WITHHELD_N = "{by} refuses names on {name}: {n}"
    REPLACED = "{by} replaces names on {name}"
    CLASSIFIED = "{by} places a person in {name}"
    SOMEBODY = "somebody"

    # briefing
    CHANGED = "{commitment}: {before} before, now {after}"
    CHANGED_DISPUTE = "{commitment}: newly, {words}"
    HOLDS = "{who}: {value}"
    TOTAL_OF = "{total} in all"

    # pages of text
    DATES = "As of {as_of}, known by {known_by}"
    READ_BY = "as {who} reads the terms"
    WAITS_FOR = "waits for {conditions}"
    EVIDENCE_OF = "newest evidence: {day}"
    RECORDED_ON = "recorded on {day}"
    TAKEN_BACK = "taken back"
    SILENCE = "days without an entry before: {days}"
    HEAD_TABLE = "Commitments"
    HEAD_CHANGED = "What changed since {day}"
    HEAD_HAPPENED = "What happened since {day}"
    HEAD_DUE = "Due until {day}"
    HEAD_COMING = "Next due"
    HEAD_DISPUTES = "Disputed"
    HEAD_WAITING = "What waits for what"
    HEAD_OUTSIDE = "Under no commitment"
    HEAD_WARNINGS = "Entries that changed nothing"
    HEAD_SOURCES = "Sources"
    DISPUTE_LINE = "{commitment}: {words}"
    NOTHING = "Nothing."


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

MESSAGES: tuple[str, ...] = tuple(dict.fromkeys([*(str(one) for one in Say), *MONTHS, COMMA]))
"""Every template that a view can hand out: the catalogue for translators. Field names in braces stay as they are."""

STATUS_WORDS: dict[Status, Say] = {
    "superseded": Say.SUPERSEDED,
    "waived": Say.WAIVED,
    "not_owed": Say.NOT_OWED,
    "pending": Say.PENDING,
    "breached": Say.BREACHED,
    "overdue": Say.OVERDUE,
    "in_progress": Say.IN_PROGRESS,
    "due": Say.DUE,
    "blocked": Say.BLOCKED,
    "fulfilled": Say.FULFILLED,
    "fulfilled_late": Say.FULFILLED_LATE,
}
"""The short word of a status, for a tag."""

DISPUTE_WORDS: dict[str, Say] = {
    "terms": Say.TERMS,
    "facts": Say.FACTS,
    "unverified": Say.UNVERIFIED,
    "declared": Say.DECLARED,
}

MODE_WORDS: dict[str, Say] = {
    "achieve": Say.MODE_ACHIEVE,
    "maintain": Say.MODE_MAINTAIN,
    "refrain": Say.MODE_REFRAIN,
    "endeavour": Say.MODE_ENDEAVOUR,
}


def say(template: Say, **values: Value) -> Sentence:
    """The sentence of a template with its values."""
    return Sentence(str(template), values)


def status_word(status: Status) -> Sentence:
    """A status in one or two words, without its days."""
    return say(STATUS_WORDS[status])


def day_words(moment: Moment, translate: Translate) -> str:
    """A day as `10 March 2020`, in the words of the catalogue; an instant keeps its hour before it."""
    day = translate(Say.DAY).format(day=moment.day, month=translate(MONTHS[moment.month - 1]), year=moment.year)
    return f"{moment:%H:%M} {day}" if isinstance(moment, datetime) else day


def status_words(verdict: Verdict, as_of: date) -> Sentence:
    """The status of a verdict with the day that matters for it; `as_of` is the local day asked about."""
    deadline = parse_moment(verdict.deadline) if verdict.deadline else None
    nominal = parse_moment(verdict.nominal_deadline) if verdict.nominal_deadline else None
    done = parse_moment(verdict.done_on) if verdict.done_on else None
    goal = verdict.optional.get("endeavour")
    if goal is not None and verdict.class_ not in ("off", "blocked") and verdict.status != "pending":
        return _goal_words(goal, deadline)
    if verdict.status == "overdue":
        if deadline is not None and verdict.deadline is not None and verdict.deadline[:10] < as_of.isoformat():
            return say(Say.OVERDUE_SINCE, day=deadline)
        return say(Say.OVERDUE_BEHIND, required=verdict.required) if verdict.required else say(Say.OVERDUE)
    if verdict.status == "blocked" and verdict.past_nominal_days > 0 and nominal is not None:
        if verdict.past_nominal_days == 1:
            return say(Say.BLOCKED_PAST_ONE, day=nominal)
        return say(Say.BLOCKED_PAST, days=verdict.past_nominal_days, day=nominal)
    if verdict.class_ == "ok" and done is not None:
        if verdict.closed and (verdict.low or 0) < (verdict.total or 0):
            return say(Say.CLOSED_ON if verdict.status == "fulfilled" else Say.CLOSED_LATE_ON, day=done)
        return say(Say.FULFILLED_ON if verdict.status == "fulfilled" else Say.FULFILLED_LATE_ON, day=done)
    if verdict.status in ("due", "in_progress") and deadline is not None:
        return say(Say.DUE_BY if verdict.status == "due" else Say.IN_PROGRESS_BY, day=deadline)
    return status_word(verdict.status)


def _goal_words(goal: str, deadline: Moment | None) -> Sentence:
    if goal == "met":
        return say(Say.GOAL_MET)
    if deadline is None:
        return say(Say.GOAL_OPEN)
    return say(Say.GOAL_NOT_MET if goal == "unmet" else Say.GOAL_OPEN_UNTIL, day=deadline)


def condition_words(label: str) -> Sentence:
    """A condition as named in `blocked_by`, in words: what is waited for."""
    form, _, rest = label.partition(":")
    if form == "any":
        return say(Say.WAITS_ANY, conditions=tuple(condition_words(part) for part in rest.split("|")))
    if form == "count":
        name, _, count = rest.partition(">=")
        return say(Say.WAITS_COUNT, n=int(count), commitment=Id(name))
    if form in ("complete", "started", "kept"):
        template = {"complete": Say.WAITS_COMPLETE, "started": Say.WAITS_STARTED, "kept": Say.WAITS_KEPT}[form]
        return say(template, commitment=Id(rest))
    template = {"event": Say.WAITS_EVENT, "finding": Say.WAITS_FINDING}.get(form, Say.WAITS_SUSPENDED)
    return say(template, name=Id(rest))


def condition_commitments(label: str) -> tuple[str, ...]:
    """The ids of the commitments that a condition of `blocked_by` looks at."""
    form, _, rest = label.partition(":")
    if form == "any":
        return tuple(name for part in rest.split("|") for name in condition_commitments(part))
    if form in ("complete", "started", "kept", "count"):
        return (rest.partition(">=")[0],)
    return ()
