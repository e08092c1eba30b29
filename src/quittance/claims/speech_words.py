"""The words by which somebody is made to speak: reporting verbs, acts of will, titles, offices, channels."""

from __future__ import annotations

from typing import Final


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


MOODS: Final = word_set("glad confident hopeful sure pleased happy certain convinced optimistic")
"""Adjectives after "is" which report with "that"."""

SAYS: Final = MOODS | word_set(
    "said say says told tell tells tweeted tweets retweeted wrote writes announced announces announce reported reports"
    " report confirmed confirms confirm claimed claims claim noted notes note added adds add stated states declared"
    " declares stressed stresses explained explains revealed reveals disclosed discloses posted acknowledged"
    " acknowledges admitted admits argued argues asserted asserts maintained maintains warned warns alleged alleges"
    " estimated estimates predicted predicts emphasised emphasized emphasises emphasizes underlined underscored"
    " clarified clarifies commented comments mentioned mentions recalled recalls complained complains accused accuses"
    " informed informs hailed hails lauded lauds praised praises welcomed welcomes thanked insisted insists repeated"
    " reiterated reaffirmed believes believe thinks think hoped hopes remarked published publishes contended counted"
    " counts clarifies signalled signaled hinted suggested suggests indicated indicates concluded answered replied"
    " responded elaborated specified testified tallied broadcast quipped boasted lamented cautioned disputed disputes"
    " described describes urged urges called expects expected denounced condemned echoed verified corroborated"
    " reckons reckoned insist believe maintain argue declare declares explain gave gives put puts made"
    " spoke speaks ruled"
    " countered retorted opined observed assured reminded conceded implied proclaimed protested regretted related"
    " speculated swore guaranteed judged read reads pointed lists listed demurred objected volunteered complains"
    " reproached blamed criticised criticized chided called calls"
)
"""Finite verbs that report what their subject says."""

WILLS: Final = word_set(
    "ordered orders decreed decrees approved approves agreed agrees agree decided decides demanded demands demand"
    " wanted wants want requires seeks sought asked asks rejected rejects reject refused refuses refuse denied denies"
    " deny dismissed dismisses plans planned plan intends intended offered offers proposed proposes promised promises"
    " promise pledged pledges pledge vowed vows committed undertook conditioned conditions threatened threatens signed"
    " insist refuse reject seek intend offer propose authorised authorized ratified mulls mulled endorsed vetoed"
    " insists reduced"
)
"""Finite verbs of will: their subject is who the claim belongs to, though he is not said to speak."""

ADDRESSES: Final = word_set(
    "told tells informed accused accuses urged urges praised praises lauded lauds hailed hails thanked blamed"
    " reproached criticised criticized chided condemned denounced called calls assured reminded welcomed welcomes"
    " described put"
    " puts read reads published disputed dismissed"
)
"""Reporting verbs whose object stands after them: "..., blamed X" never means that X spoke."""

SPOKEN: Final = word_set(
    "promised promises promise pledged pledges vowed plans planned plan offered offers denied"
    " denies ordered decreed"
    " approved proposed announced threatened"
)
"""Acts of will that are done in public."""

NAMED_AFTER: Final = SPOKEN | word_set("demand demanded demands")
"""Acts of will by which people are named: "the 1,000 that the movement demanded"."""

SAYING: Final = word_set(
    "saying adding noting stating announcing claiming confirming stressing explaining warning insisting tweeting"
    " writing telling reporting pointing declaring emphasising emphasizing promising pledging accusing alleging"
    " arguing underlining describing putting citing demanding"
)
"""Participles that go on with what the sentence's subject says."""

TITLES_ONE: Final = word_set(
    "spokesman spokesperson spokeswoman president minister secretary envoy ambassador commander chief ombudsman"
    " ombudswoman commissioner representative adviser advisor official negotiator head leader chairman chairwoman"
    " premier chancellor delegate coordinator governor mayor senator deputy lawmaker director general officer"
    " correspondent journalist reporter analyst lawyer source mediator diplomat member aide activist expert observer"
    " prosecutor speaker king emir sultan bishop archbishop pope relative campaigner editor researcher colonel captain"
    " major brigadier admiral prince mullah sheikh doctor counsel"
)
ABBREVIATED: Final = word_set("gen col lt adm brig maj sgt capt dr mr mrs ms prof sen gov rep rear st lieutenant")
"""Titles before a name that are cut short."""

TITLES_MANY: Final = word_set(
    "spokesmen spokespersons spokespeople ministers envoys officials authorities sources representatives negotiators"
    " leaders commanders diplomats mediators reporters journalists lawmakers observers analysts members relatives"
    " delegates aides advisers lawyers families experts residents witnesses elders groups activists"
    " organisations organizations campaigners monitors"
)
TITLES_ALL: Final = TITLES_ONE | TITLES_MANY

ADJECTIVES: Final = word_set(
    "senior top unnamed former high ranking local high-ranking chief deputy acting another presidential political main"
    " lead governmental diplomatic regional provincial national leading key two three several some many"
)
"""Words before a title or an office that belong to it."""

OFFICES: Final = word_set(
    "ministry council commission committee agency army military police office court parliament embassy presidency"
    " directorate department service intelligence headquarters organisation organization society club forum center"
    " centre union association bureau administration delegation mission staff federation institute cabinet jirga"
    " authority brigades command corps secretariat coalition party team group foundation network assembly congress"
    " senate palace kremlin fund company chancellery registry ombudsman panel board wing branch affairs headquarter"
    " offices ministries councils agencies services"
)
"""Nouns of offices; a capitalised run of words with one of them is an institution."""

MEDIA: Final = word_set(
    "news times post daily press radio tv television channel newspaper outlet agency network gazette herald tribune"
    " journal broadcaster website media magazine wire telegraph observer monitor"
)

AROUND: Final = word_set(
    "has have had also later earlier recently then further previously however was is were been be again now already"
    " just only repeatedly meanwhile still separately subsequently initially officially publicly late early not did"
    " does do would will could may might reportedly briefly therefore finally once thus first once"
)
"""Auxiliaries and adverbs that may stand between a subject and its verb."""

DAYS: Final = word_set(
    "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow january february march april may"
    " june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec night"
    " morning evening afternoon week month year last this next day days weekend hours ago same tonight noon midday mon"
    " tue tues wed thu thur thurs fri sat sun"
)
SMALL: Final = word_set(
    "the a an of for from in at to on by with that who which whom and but or as if so he she it they we you i his her"
    " its their our my this these those there here not no some any all both each most many several such more other"
    " another after before since until when while where although though because under over about between into out up"
)

CHANNELS: Final = (
    ("tweet", ("twitter", "tweet", "tweets", "tweeted", "retweeted", "tweeting")),
    ("telegram", ("telegram",)),
    ("facebook", ("facebook",)),
    ("social media", ("social", "instagram", "whatsapp", "truth")),
    ("press conference", ("reporters", "conference", "briefing", "briefed", "newsmen", "journalists")),
    ("interview", ("interview",)),
    ("speech", ("address", "speech", "speaking", "ceremony", "sermon")),
    ("broadcast", ("television", "broadcast", "televised", "radio", "tv")),
    ("decree", ("decree", "decreed", "decrees")),
    ("order", ("order", "ordered", "orders", "ordering")),
    ("statement", ("statement", "communique", "release")),
)
"""By channel, the words beside the verb that say so; the first that stands there."""

OBLIGES: Final = word_set(
    "must should supposed required obliged obligated would will bound due owes shall expected called calls stipulates"
    " stipulated provides provided binds requires obliges foresees foresaw envisages envisaged includes included"
    " specifies commits committed needs"
)
"""Words by which a sentence tells what is owed."""

DOCUMENT_VERBS: Final = word_set(
    "calls called stipulates stipulated says said provides provided binds bound requires required obliges obliged has"
    " had foresees foresaw envisages envisaged includes included specifies specified states stated commits committed"
    " demands demanded allows allowed gives gave sets set contains contained mandates mandated asks makes made"
    " obligates"
    " obligated stated covers covered lists prescribes prescribed promises promised saw sees"
)

ELABORATES: Final = (
    "among them", "of these", "of those", "of them", "they include", "these include", "they were", "that makes",
    "this makes", "it makes", "that raises", "this raises", "that takes", "this takes", "that brings", "this brings",
    "it brings", "with that", "the figure now", "the total now", "the number now", "the count now",
)  # fmt: skip
"""How a sentence begins that goes on with the people of the one before."""

FURTHER: Final = (
    "a further",
    "another",
    "the remaining",
    "the rest",
    "the others",
    "the first",
    "these",
    "those",
    "it",
)
"""How a sentence begins that goes on with a decree."""

COUNTS: Final = word_set("figures numbers count tally data account records reckoning")
"""Nouns for what somebody counts: "by the council's figures"."""
