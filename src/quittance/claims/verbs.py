"""The words that tell of releases: which verbs, nouns and phrases, in every form, and what each may mean.

A tag of a predicate is `class:form`, with the classes

    free      somebody lets people go (agent is the releasing side)
    give      somebody hands people over, carries or sends them (a release when they are persons)
    get       somebody gets people back (agent is the side whose people they are)
    swap      sides exchange people
    go        people go free themselves (no agent)
    hold      somebody holds people, or they remain with somebody
    want      somebody wants people, named by number alone
    total     a count reaches a number

and the forms B (base), S (third person), D (past or participle), BD (base or past), T (past only), N (participle only),
G (-ing), X (noun), BX (base or noun), A (adjective after "be"). Other tags are `op:...` (words that govern a
predicate), `aux:...`, `adv` and
`adv:...` (words passed over), and `edge:...` (words at which a clause begins).
"""

from __future__ import annotations

from collections.abc import Iterator

from quittance.claims.tokens import Phrases, phrase_table

_IRREGULAR = {
    "set": ("set", "sets", "set", "set", "setting"),
    "cut": ("cut", "cuts", "cut", "cut", "cutting"),
    "let": ("let", "lets", "let", "let", "letting"),
    "give": ("give", "gives", "gave", "given", "giving"),
    "send": ("send", "sends", "sent", "sent", "sending"),
    "fly": ("fly", "flies", "flew", "flown", "flying"),
    "bring": ("bring", "brings", "brought", "brought", "bringing"),
    "get": ("get", "gets", "got", "got", "getting"),
    "take": ("take", "takes", "took", "taken", "taking"),
    "go": ("go", "goes", "went", "gone", "going"),
    "come": ("come", "comes", "came", "come", "coming"),
    "leave": ("leave", "leaves", "left", "left", "leaving"),
    "hold": ("hold", "holds", "held", "held", "holding"),
    "keep": ("keep", "keeps", "kept", "kept", "keeping"),
    "want": ("want", "wants", "wanted", "wanted", "wanting"),
    "seek": ("seek", "seeks", "sought", "sought", "seeking"),
    "win": ("win", "wins", "won", "won", "winning"),
    "rise": ("rise", "rises", "rose", "risen", "rising"),
    "stand": ("stand", "stands", "stood", "stood", "standing"),
    "grow": ("grow", "grows", "grew", "grown", "growing"),
    "put": ("put", "puts", "put", "put", "putting"),
    "begin": ("begin", "begins", "began", "begun", "beginning"),
    "forbid": ("forbid", "forbids", "forbade", "forbidden", "forbidding"),
    "say": ("say", "says", "said", "said", "saying"),
    "make": ("make", "makes", "made", "made", "making"),
    "undertake": ("undertake", "undertakes", "undertook", "undertaken", "undertaking"),
    "bind": ("bind", "binds", "bound", "bound", "binding"),
    "foresee": ("foresee", "foresees", "foresaw", "foreseen", "foreseeing"),
    "see": ("see", "sees", "saw", "seen", "seeing"),
    "welcome": ("welcome", "welcomes", "welcomed", "welcomed", "welcoming"),
}
_DOUBLED = {"swap", "plan", "ship", "commit", "permit", "stop", "transfer", "admit", "bus", "refer"}


def forms_of(verb: str) -> list[tuple[str, str]]:
    """Every form of a verb with its letter; the past and the participle of a regular verb are one form, D."""
    if verb in _IRREGULAR:
        base, third, past, participle, gerund = _IRREGULAR[verb]
        same = past == participle
        rows = [(base, "B"), (third, "S"), (gerund, "G")]
        rows += [(past, "D")] if same else [(past, "T"), (participle, "N")]
        if base == past:
            return [(base, "BD"), (third, "S"), (gerund, "G")]
        return [row for row in rows if row[0] != base or row[1] == "B"]
    if verb in _DOUBLED:
        stem = verb if verb == "bus" else verb + verb[-1]
        return [(verb, "B"), (verb + ("es" if verb == "bus" else "s"), "S"), (stem + "ed", "D"), (stem + "ing", "G")]
    if verb.endswith("ee"):
        return [(verb, "B"), (verb + "s", "S"), (verb + "d", "D"), (verb + "ing", "G")]
    if verb.endswith("e"):
        return [(verb, "B"), (verb + "s", "S"), (verb + "d", "D"), (verb[:-1] + "ing", "G")]
    if verb.endswith("y") and verb[-2] not in "aeou":
        return [(verb, "B"), (verb[:-1] + "ies", "S"), (verb[:-1] + "ied", "D"), (verb + "ing", "G")]
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return [(verb, "B"), (third, "S"), (verb + "ed", "D"), (verb + "ing", "G")]


SPLIT = {"set": ("free", "loose", "at"), "let": ("go", "free", "out", "off", "loose", "walk", "leave", "return")}
"""Verbs whose second word may stand after the people: "let 20 captives go"."""

_VERBS = {
    "free": "release free liberate parole pardon amnesty",
    "give": "reunite repatriate deliver transfer deport evacuate airlift ferry transport move carry "
    "fly bus return ship extradite",
    "swap": "swap exchange trade",
    "get": "receive recover retrieve regain",
    "hold": "hold keep detain imprison capture remain stay languish",
    "want": "demand want seek",
}
_PHRASAL = {
    "free": [("set", ("free", "loose", "at liberty")), ("let", SPLIT["let"])],
    "give": [
        ("hand", ("over", "back", "to")),
        ("give", ("to",)),
        ("pass", ("to",)),
        ("pick", ("up",)),
        ("turn", ("over",)),
        ("give", ("up", "over", "back")),
        ("send", ("home", "back")),
        ("take", ("home",)),
    ],
    "get": [
        ("get", ("back",)),
        ("take", ("back",)),
        ("bring", ("back", "home")),
        ("welcome", ("home", "back")),
        ("receive", ("back",)),
    ],
    "go": [
        ("go", ("free", "home")),
        ("walk", ("free", "out")),
        ("come", ("home", "back", "out", "free")),
        ("get", ("out", "home")),
        ("arrive", ("",)),
        ("cross", ("",)),
        ("go", ("by bus", "by plane", "by air", "by road")),
        ("return", ("home", "to their families", "to their homes")),
        ("reach", ("home",)),
        ("regain", ("freedom", "their freedom", "liberty", "their liberty")),
        ("gain", ("freedom", "their freedom")),
        ("follow", ("",)),
        ("take", ("off",)),
        ("land", ("",)),
        ("fly", ("home", "back")),
        ("depart", ("",)),
    ],
}
_NOUNS = {
    "free": "release releases liberation freedom liberty",
    "give": "handover handovers hand-over transfer transfers repatriation return delivery",
    "swap": "exchange exchanges swap swaps trade",
}
_PLACES = (
    "jail jails prison prisons captivity custody detention the~base the~prison the~jail their~cells a~military~prison "
    "the~detention~center a~prison the~camp"
)
_OUT = "out free home back released freed at~liberty"

_OPERATORS = {
    "reject": "reject refuse decline oppose|rule out|turn down|not reasonable|unreasonable"
    "|unacceptable|unwilling|refusal"
    "|no intention|not ready|not prepared|not willing|opposition to|in no position|not acceptable",
    "deny": "deny dismiss refute|denial|not true|untrue|false",
    "demand": "demand insist urge request|want|seek|call on|call upon|calls on|called on|ask|press for|precondition"
    "|prerequisite|condition|demands|the demand|ultimatum",
    "calls": "|call for|calls for|called for|calling for",
    "agree": "agree|agreed",
    "plan": "promise pledge vow plan intend offer order decree approve authorize authorise prepare schedule "
    "expect propose undertake consent|expected|scheduled|set to|due|about to|ready|prepared|willing"
    "|ready to|decree|offer"
    "|order|announcement of|decision|a proposal|proposal|promise|pledge|plans|pledges|amnesty|proposed|intention|vowed"
    "|earmark|earmarked|slated",
    "announce": "announce declare|announcement",
    "must": "oblige require compel|obligation|bound|supposed|obliged|required|compelled|commitment|obligated|committed"
    "|binds|bind|binding|requires|has to|have to|had to|needs to|need to|responsible for",
    "say": "stipulate foresee envisage mandate specify provide state|provides for|provided for"
    "|provide for|set out|sets out"
    "|clause|foreseen|envisaged|stipulated|agreed on|lays down|laid down",
    "start": "begin start commence launch|began|begun|start of|beginning of|first phase of|set about|first step",
    "finish": "complete finish conclude|completion of|end of|wrap up|wrapped up|wraps up|completion",
    "confirm": "confirm report hail laud praise acknowledge welcome verify celebrate secure follow thank applaud mark "
    "witness oversee facilitate broker mediate supervise see involve comprise cover|glad|after"
    "|following|saw|made|make|carry out|carried out"
    "|took place|take place|result of|resulted in|led to|meant|means|reported|secured",
    "resume": "resume continue|speed up|speeds up|sped up|accelerate|hasten|go on with|goes on with"
    "|went on with|going on with|press ahead with|presses ahead with"
    "|pressed ahead with|pressing ahead with|go ahead with|went ahead with|push ahead with|pushed "
    "ahead with|moved ahead with",
    "halt": "halt suspend stop postpone delay|break off",
}

_AUX = {
    "future": "will would shall ll wo",
    "may": "may might could can",
    "should": "should must ought",
    "have": "has have ve",
    "had": "had",
    "be": "is are re m",
    "was": "was were",
    "been": "been being",
    "bare": "be",
    "do": "do does did",
}
_ADVERBS = (
    "already also now first soon initially just only then later finally recently still yet ever even again gradually "
    "safely together today yesterday tonight immediately currently separately reportedly allegedly jointly "
    "unilaterally practically each both itself themselves alone altogether simultaneously successfully all "
    "voluntarily eventually formally officially briefly previously earlier so~far thus~far to~date until~now by~now "
    "up~to~now on~their~own on~its~own on~his~own by~itself by~themselves of~its~own~accord of~their~own~accord "
    "at~once in~return in~turn in~exchange at~the~same~time in~total in~all in~sum for~now on~the~other~hand "
    "meanwhile instead likewise probably likely definitely temporarily too well as~well quickly"
)
_EDGES = {
    "while": "while whereas although though but however nevertheless",
    "say": "saying adding noting stressing arguing claiming insisting citing explaining",
    "swap": "in return for|in exchange for|in response for|against|compared to|compared with|in a swap with"
    "|in swap for|in exchange with|as against",
    "bring": "bringing|taking|pushing|raising|lifting|putting",
    "whom": "of whom|of which|among whom|of them|among them|among those|of these|of those|including|among these",
    "until": "until|till",
    "before": "before|prior to|unless",
    "once": "once|provided|provided that|if|as soon as|on condition that|as long as|only when|on the condition that",
    "after": "after|since",
    "when": "when|where|whether",
    "plus": "on top of|in addition to|besides|apart from|aside from",
    "so": "so that|leaving",
    "answer": "in answer to which|in response|in answer to",
    "part": "as part of|part of",
}


def _tagged() -> Iterator[tuple[str, str]]:
    """Every phrase with its tag; where two readings share a phrase, the later stands."""
    for name, words in _OPERATORS.items():
        verbs, *phrases = words.split("|")
        for verb in verbs.split():
            for form, letter in forms_of(verb):
                yield form, f"op:{name}:{letter}"
        for phrase in phrases:
            head, _, rest = phrase.partition(" ")
            if head in ("rule", "turn", "press", "break", "lay"):
                for form, letter in forms_of(head):
                    yield f"{form} {rest}", f"op:{name}:{letter}"
            yield phrase, f"op:{name}:X"
    for name, words in _AUX.items():
        for word in words.split():
            yield word, f"aux:{name}"
    for adverb in _ADVERBS.split():
        yield adverb.replace("~", " "), "adv"
    for name, words in _EDGES.items():
        for phrase in words.split("|") if "|" in words else words.split():
            yield phrase, f"edge:{name}"
    for word in ("not", "never", "n't", "neither", "nor", "without"):
        yield word, "not"
    yield from _predicates()


def _predicates() -> Iterator[tuple[str, str]]:
    """The phrases that are predicates of a release."""
    for name, verbs in _VERBS.items():
        for verb in verbs.split():
            for form, letter in forms_of(verb):
                yield form, f"{name}:{letter}"
    for name, nouns in _NOUNS.items():
        for noun in nouns.split():
            ambiguous = noun in ("release", "releases", "exchange", "exchanges", "swap", "swaps", "return", "transfer")
            yield noun, f"{name}:{'BX' if ambiguous else 'X'}"
    yield "numbered", "total:D"
    yield "numbering", "total:G"
    yield "to number", "total:B"
    yield "freed", "free:D"
    for phrase in (
        "given their freedom",
        "given freedom",
        "granted freedom",
        "granted their freedom",
        "granted amnesty",
        "given their liberty",
    ):
        yield phrase, "free:N"
    for name, rows in _PHRASAL.items():
        for verb, seconds in rows:
            for second in seconds:
                for form, letter in forms_of(verb):
                    yield f"{form} {second}".strip(), f"{name}:{letter}"
    for word, letter in (("handed", "D"), ("handing", "G"), ("jailed", "D"), ("walked", "D"), ("ferried", "D")):
        yield word, f"{'hold' if word == 'jailed' else 'go' if word == 'walked' else 'give'}:{letter}"
    for place in _PLACES.split():
        for form, letter in forms_of("leave"):
            yield f"{form} {place.replace('~', ' ')}", f"go:{letter}"
    for word in ("reach", "total", "exceed", "amount"):
        for form, letter in forms_of(word):
            yield form + (" to" if word == "amount" else ""), f"total:{letter}"
    for verb in ("come", "rise", "stand", "go", "grow", "climb"):
        for form, letter in forms_of(verb):
            yield f"{form} to", f"total:{letter}"
            if verb in ("stand",):
                yield f"{form} at", f"total:{letter}"
    for form, letter in forms_of("hold"):
        yield f"{form} back", f"hold:{letter}"
    for word in ("in custody", "in captivity", "behind bars", "in detention", "in jail", "in prison", "in jails"):
        yield word, "hold:A"
    for word in ("in prisons", "in the hands", "in its hands", "in their hands"):
        yield word, "hold:A"
    for word in ("insist on", "ask for", "asks for", "asked for", "call for the return of"):
        yield word, "want:D"


TABLE: Phrases = phrase_table(_tagged())
"""The phrases of this module, ready for `phrases_in`."""

OUT_WORDS = frozenset(word.replace("~", " ") for word in _OUT.split())
"""What people are after "be" once released."""
