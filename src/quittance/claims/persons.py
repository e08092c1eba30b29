"""The noun phrase of persons around a number: who is counted, whose people they are, who holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from quittance.claims.model import Who
from quittance.claims.words import listed

if TYPE_CHECKING:
    from quittance.claims.clauses import Sentence


def _table(rows: dict[Who, str]) -> dict[str, Who]:
    """Noun -> who is meant, singular and plural."""
    found: dict[str, Who] = {}
    for who, nouns in rows.items():
        for noun in nouns.split():
            found[noun] = who
            if noun.endswith("man"):
                found[noun[:-3] + "men"] = who
            elif noun.endswith("y") and noun[-2] not in "aeou":
                found[noun[:-1] + "ies"] = who
            else:
                found[noun + "s"] = who
    return found


PERSONS: dict[str, Who] = _table(
    {
        "unstated": "prisoner inmate detainee captive internee convict pow abductee person people man woman member "
        "other "
        "individual human returnee child teenager minor boy girl citizen national name figure compatriot resident "
        "adult relative passenger one survivor insider pilgrim employee worker expatriate activist leader commander "
        "comrade countryman dissident spy sailor fisherman lawmaker politician journalist reporter doctor nurse "
        "student teacher aid-worker life remainder parent mother father brother son daughter "
        "follower supporter sympathiser sympathizer villager elder farmer pilot crewman captured",
        "security_forces": "soldier policeman officer serviceman servicewoman troop commando policewoman official "
        "personnel guard marine defender warrior officer-cadet conscript recruit cadet force police army military "
        "gendarme border-guard",
        "combatants": "fighter militant insurgent rebel combatant guerrilla gunman terrorist jihadist mercenary "
        "militiaman extremist operative",
        "civilians": "civilian",
        "hostages": "hostage",
        "bodies": "body corpse",
    }
)
"""Nouns of persons, and who is counted by them."""

NOT_PERSONS = frozenset(
    listed(
        "day days week weeks month months year years hour hours minute minutes decade decades time times percent "
        "per cent plane planes flight flights province provinces prison prisons jail jails truck trucks bus buses "
        "case cases death deaths swap swaps exchange exchanges round rounds phase phases stage stages country "
        "countries page pages elder elders delegate delegates dollar dollars euro euros point points step steps "
        "clause clauses article articles airport airports city cities district districts vehicle vehicles "
        "aircraft helicopter helicopters ambulance ambulances convoy convoys stages rial rials afghanis kilometre "
        "kilometres kilometer kilometers km mile miles delegation delegations nation nations state states family "
        "families attack attacks rocket rockets list lists condition conditions demand demands paragraph "
        "tonne tonnes ton tons barrel barrels drone drones missile missiles bomb bombs position positions village "
        "villages checkpoint checkpoints term terms sentence sentences session sessions talks meeting meetings "
        "visit visits request requests document documents report reports organisation organisations organization "
        "organizations groups teams team party parties side sides front fronts million billion square "
        "occasions occasion offences charges counts member-team instalments tranches tranche batches rally doses "
        "vaccine beds tests infections"
    )
)
"""Nouns that make of a number before them something that is not a count of released people."""

_ADJECTIVES = frozenset(
    listed(
        "low-risk high-risk high-profile controversial dangerous remaining other more former imprisoned detained "
        "captured captive jailed living surviving sick elderly ill wounded injured old young female male foreign "
        "dead such senior ordinary key top war military political security civil conflict-related pro-government "
        "anti-government additional further extra new released freed listed wanted last first final different "
        "militant insurgent rebel male remaining such-and-such armed regular special local innocent unidentified "
        "so-called alleged suspected seriously badly gravely war-wounded serving medium-level mid-level low-level "
        "high-ranking dual convicted exchanged abducted kidnapped missing living live defence defense national "
        "border police army prison conflict government state group movement air naval female, hardline hardcore "
        "drug adult underage"
    )
)
_DETERMINERS = frozenset(listed("the a an its their his her our these those such all this that both"))
CLOSING = frozenset(
    listed(
        "in on at by from to of and or as with under who were was are is had have has will would could before "
        "after while when until so more prisoners for the that whom through between during out free home back "
        "each this into i over than its their they also early late last next every per a whose been being now in "
        "not released freed held"
    )
)
"""Words that may follow people named by their side alone, or a number that stands for people without a noun."""

_NAMING = frozenset(["side", "demonym", "institution", "people", "officials", "speaker"])
_HELD = frozenset(["held", "detained", "kept", "imprisoned", "jailed", "captured", "taken"])
CAGES = frozenset(
    listed("prison prisons jail jails captivity custody detention hands cell cells camp camps dungeons side control")
)


class People(msgspec.Struct):
    """What the words around a number say of the persons counted.

    `end` is the index after the phrase; `found` whether a noun of persons stands there; `whose` the side whose people
    they are, `holder` the side said to hold them; `own` whether a possessive pronoun says whose; `word` the noun.
    """

    end: int
    found: bool = False
    whose: str | None = None
    holder: str | None = None
    own: bool = False
    word: str = ""
    who: Who = "unstated"
    barred: bool = False
    listed: bool = False
    foreign: bool = False
    other_side: bool = False
    common: bool = False
    taken: bool = False


def people_after(sentence: Sentence, at: int, limit: int) -> People:
    """The noun phrase that begins at a token, read up to `limit`; `end == at` where there is none."""
    low, mentions = sentence.words.low, sentence.mention_at
    people = People(end=at)
    index = at
    while index < limit:
        word, mention = low[index], mentions[index]
        if index == at and word in ("a", "every", "per", "each"):
            break
        if sentence.figure_at[index] is not None or sentence.day_at[index] is not None:
            break
        if mention is not None and (mention.sort not in _NAMING or mention.code == "BOTH"):
            people.barred = not people.found and mention.sort in ("document", "side")
            break
        if mention is not None:
            if mention.sort == "people":
                if people.found:
                    break
                people.found, people.word, people.end = True, word, sentence.mention_end(index)
                weak = getattr(mention, "weak", False) and (people.whose is not None or people.foreign)
                people.whose = people.whose if weak else sentence.actor_code(mention) or people.whose
                people.foreign = people.whose is None
                people.who = PERSONS.get(low[people.end - 1], people.who)
            elif people.found:
                break
            else:
                people.whose = sentence.actor_code(mention) or people.whose
                people.foreign = people.foreign or people.whose is None
            index = sentence.mention_end(index)
            if low[index - 1] in NOT_PERSONS:
                people.barred, people.found = True, False
                return people
            if index < limit and low[index] in ("'s", "'"):
                index += 1
            continue
        if word in PERSONS and not (
            word in ("captured", "military", "police", "army") and index + 1 < limit and _noun(sentence, index + 1)
        ):
            if people.found and not _noun_chain(low, index):
                break
            people.found, people.word, people.end = True, word, index + 1
            people.who = PERSONS[word] if PERSONS[word] != "unstated" or people.who == "unstated" else people.who
            index += 1
            continue
        if people.found:
            break
        if word in NOT_PERSONS:
            people.barred = True
            return people
        if word in ("and", "or") and index > at and _noun_ahead(sentence, index + 1, limit):
            index += 1
            continue
        if word in ("its", "their", "his", "our", "her") and low[index - 1] == "of":
            people.own = True
        people.taken = people.taken or word in ("kidnapped", "abducted", "missing")
        people.common = people.common or word in ("ordinary", "common", "criminal", "non-political")
        if (
            word in _ADJECTIVES
            or word in _DETERMINERS
            or (word == "of" and index == at)
            or word in ("ordinary", "common", "criminal")
        ):
            index += 1
            continue
        if word in ("'", '"', "'s") or (
            word.replace("-", "").isalpha()
            and word not in CLOSING
            and not sentence.tag[index]
            and index - at < 3
            and _noun(sentence, index + 1)
        ):
            index += 1
            continue
        break
    closed = index >= limit or sentence.tag[index] or not low[index].isalpha() or low[index] in CLOSING
    named = people.whose is not None and index > at and sentence.mention_at[index - 1] is not None
    if not people.found and named and closed:
        people.found, people.end = True, index
    if people.found or (people.end == at < limit and (low[at] in _HELD or low[at] == "from")):
        _after_noun(sentence, people, limit)
    return people


def qualifies(sentence: Sentence, index: int) -> bool:
    """Whether the mention at a token only says whose people, prisons or lists are meant: "the Taliban prisoners"."""
    mention = sentence.mention_at[index]
    at = sentence.mention_end(index)
    low = sentence.words.low
    if mention is not None and mention.sort == "demonym":
        return low[at : at + 1] not in (
            ["side"],
            ["government"],
            ["authorities"],
            ["administration"],
            ["president"],
            ["military"],
            ["army"],
        )
    while at < len(low) and (
        low[at] in _ADJECTIVES and low[at] not in ("and", "or", "government", "group", "movement")
    ):
        at += 1
    return at < len(low) and (
        low[at] in PERSONS or (low[at] in CAGES and low[at] != "side") or low[at] in ("list", "lists")
    )


def _noun(sentence: Sentence, index: int) -> bool:
    """Whether a noun of persons stands at a token or after one adjective."""
    low = sentence.words.low
    for at in (index, index + 1):
        if at < len(low) and (
            low[at] in PERSONS or ((m := sentence.mention_at[at]) is not None and m.sort == "people")
        ):
            return True
    return False


def _noun_ahead(sentence: Sentence, at: int, limit: int) -> bool:
    """Whether adjectives and then a noun of persons follow "and": "government and military personnel"."""
    low = sentence.words.low
    while at < limit and (low[at] in _ADJECTIVES or _adjective(sentence, at)) and sentence.figure_at[at] is None:
        at += 1
    return at < limit and low[at] in PERSONS


def _noun_chain(low: list[str], index: int) -> bool:
    """Whether a noun follows another one at once: "police officers", "security force members"."""
    return low[index - 1] in PERSONS


def _after_noun(sentence: Sentence, people: People, limit: int) -> None:
    """What follows the noun: of war, of the movement, of its soldiers, held by the group, from its prisons."""
    low, mentions = sentence.words.low, sentence.mention_at
    index = people.end
    while index < limit:
        word = low[index]
        if word in ("and", "or", "&") and index + 1 < limit and sentence.figure_at[index + 1] is None:
            step = index + 1
            while step < limit and (low[step] in _ADJECTIVES or _adjective(sentence, step)):
                step += 1
            if step < limit and low[step] in PERSONS and sentence.figure_at[min(step + 1, limit - 1)] is None:
                people.end = index = step + 1
                continue
            break
        if word == "of" and index + 1 < limit and low[index + 1] == "war":
            people.end = index = index + 2
            continue
        if (
            word in ("of", "from", "in", "on", "by", "who", "that", "being", "currently", "it", "still")
            or word in _HELD
        ):
            moved = _modifier(sentence, people, index, limit)
            if moved == index:
                break
            people.end = index = moved
            continue
        if word in ("'", "(") and index + 1 < limit and mentions[index + 1] is not None:
            break
        break


def _adjective(sentence: Sentence, index: int) -> bool:
    """Whether a mention stands there that qualifies a noun."""
    mention = sentence.mention_at[index]
    return mention is not None and mention.sort in ("side", "institution", "people")


def _modifier(sentence: Sentence, people: People, at: int, limit: int) -> int:
    """One modifier after the noun; returns the index after it, or `at` where it belongs to the clause instead."""
    low = sentence.words.low
    index = at
    held = False
    while index < limit and low[index] in (
        "who",
        "that",
        "are",
        "were",
        "being",
        "had",
        "been",
        "still",
        "currently",
        "is",
    ):
        index += 1
    if index < limit and low[index] in _HELD:
        held = True
        index += 1
    elif index != at:
        return at
    if index >= limit:
        return index if held else at
    word = low[index]
    if held and sentence.day_at[index] is not None:
        return index
    if word not in ("of", "from", "in", "by", "on", "it", "with"):
        return index if held else at
    start = index
    index += 1 if word != "it" else 0
    code, own, cage, listed, count = None, False, False, False, 0
    while index < limit and count < 7:
        token, mention = low[index], sentence.mention_at[index]
        if sentence.day_at[index] is not None or sentence.figure_at[index] is not None:
            if listed and low[index - 1] == "of":
                index += 1
                while index < limit and sentence.figure_at[index] is not None:
                    index += 1
            break
        if mention is not None:
            found = sentence.actor_code(mention)
            if (
                found
                and code
                and found != code
                and not sentence.parties.same_camp(found, code)
                and low[index - 1] in ("and", "the")
            ):
                found = "BOTH"
            code = found or code
            cage = cage or (word == "from" and mention.sort == "place")
            index = sentence.mention_end(index)
            if index < limit and low[index] in ("'s", "'"):
                index += 1
        elif token in ("other", "opposite", "opposing") and low[index + 1 : index + 2] == ["side"]:
            people.other_side = True
            return index + 2
        elif token in ("its", "their", "his", "our"):
            own = True
            index += 1
        elif token in CAGES:
            cage = True
            index += 1
        elif token in ("list", "lists"):
            listed = True
            index += 1
        elif (
            token in PERSONS
            or token in _DETERMINERS
            or token in _ADJECTIVES
            or token in ("'s", "and", "military", "custody")
        ) or (listed and token in ("of",)):
            index += 1
        else:
            break
        count += 1
    while index > start + 1 and low[index - 1] in ("and", "or", "the", "a", "all", "both", "that", "his"):
        index -= 1
    if held or (cage and word in ("in", "from", "of")):
        if code and (word == "by" or cage or held):
            people.holder = code
        elif own and not cage:
            people.own = True
        return index
    if word in ("of", "from") and (code or own or listed):
        if people.whose is None or word == "of":
            people.whose = code or people.whose
            people.own = own and code is None
        people.listed = people.listed or listed
        return index
    if word == "on" and listed:
        people.listed = True
        return index
    return at
