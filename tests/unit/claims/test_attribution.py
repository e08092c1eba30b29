"""Who says what, in invented sentences with invented speakers."""

import random

import pytest

from quittance.claims.attribution import attribute
from quittance.claims.lexicon import Lexicon
from quittance.claims.model import Report
from quittance.claims.numbers import find_figures
from quittance.claims.profile import profile_for
from quittance.claims.text import plain, sentences

LEXICA = {}


def sources(text, conflict="afghanistan"):
    """The attribution of a text and the text in its plain form."""
    lexicon = LEXICA.setdefault(conflict, Lexicon(profile_for(conflict)))
    clean = plain(text)
    report = Report(doc="t", text=text, conflict=conflict)
    return attribute(clean, sentences(clean), lexicon.mentions(clean), report, lexicon), clean


def who(text, conflict="afghanistan"):
    """For every figure of the text its value and the printed name (or key) of who says it."""
    found, clean = sources(text, conflict)
    result = []
    for figure in find_figures(clean):
        if figure.value is not None and figure.sort == "count":
            said = found.at(figure.start).claimant
            result.append((figure.value, said.surface or said.key))
    return result


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Taliban spokesman Omid Barakzai said 30 soldiers were freed.", "Omid Barakzai"),
        ("30 soldiers were freed, Taliban spokesman Omid Barakzai told reporters on Sunday.", "Omid Barakzai"),
        ("30 soldiers were freed, said Omid Barakzai, a spokesman for the movement.", "Omid Barakzai"),
        (
            "The group's spokesman in Doha, Omid Barakzai, wrote on Twitter that 30 soldiers were freed.",
            "Omid Barakzai",
        ),
        ("The provincial police chief, Colonel Omid Barakzai, said 30 soldiers were freed.", "Omid Barakzai"),
        ("Omid Barakzai, who speaks for the Taliban, said 30 soldiers were freed.", "Omid Barakzai"),
        ("30 soldiers were freed, according to Omid Barakzai, deputy head of the prisons office.", "Omid Barakzai"),
        ('"30 soldiers were freed," spokesman Omid Barakzai said.', "Omid Barakzai"),
        ("Tolo quoted Taliban negotiator Omid Barakzai as saying that 30 soldiers were freed.", "Omid Barakzai"),
        ("A member of their team, Mullah Omid Barakzai, blamed Kabul for keeping 30 men.", "Omid Barakzai"),
        ("Gen. Omid Barakzai, the garrison's commander, said 30 soldiers were freed.", "Omid Barakzai"),
        ("According to a statement by Omid Barakzai, governor of the province, 30 were freed.", "Omid Barakzai"),
    ],
)
def test_a_person_nobody_knows_is_named_as_printed(text, name):
    """Title before or behind, name in apposition, verb before or behind: the claimant is the person."""
    assert who(text) == [(30, name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Ministry of Canals said on Monday that 30 detainees were freed.", "The Ministry of Canals"),
        ("30 detainees were freed, the Afghan Prisons Bureau announced.", "the Afghan Prisons Bureau"),
        ("30 detainees were freed, the army said.", "the army"),
        ("By the government's count 30 detainees were freed.", "the government's count"),
        ("Kabul refused to let 30 of them go.", "Kabul"),
        ("The Taliban, who insist on the release of 30 commanders, stayed away.", "The Taliban"),
        ("Security sources said 30 detainees were freed.", "Security sources"),
        ("A senior official in Kandahar said 30 detainees were freed.", "A senior official in Kandahar"),
        ("Both sides said 30 people were freed.", "Both sides"),
    ],
)
def test_offices_sides_and_unnamed_people(text, name):
    """What speaks without a person's name is printed as it stands."""
    assert who(text) == [(30, name)]


@pytest.mark.parametrize(
    "text",
    [
        "30 detainees were freed in Kandahar.",
        "In Ghor Friday brought 30 detainees home.",
        "The convoy with 30 detainees reached Herat, Kandahar and Zabul.",
        "Western countries hailed nothing when 30 were freed.",
        "Under the deal the government has so far freed 30.",
    ],
)
def test_narration_is_the_outlets(text):
    """Without a speaker it is the outlet; a capitalised word near a verb is none."""
    found, clean = sources(text)
    assert found.at(clean.index("30")).claimant.key == "OUTLET"


def test_two_speakers_in_one_sentence_keep_their_own_halves():
    """ "While", "and" and a semicolon part what two say; "..., said X" governs both conjuncts."""
    assert who("Russia said 24 came home while Ukraine said 23 did.", "ukraine") == [(24, "Russia"), (23, "Ukraine")]
    text = "24 were freed, said the army; 23 came back, according to Moscow."
    assert who(text, "ukraine") == [(24, "the army"), (23, "Moscow")]
    assert who("24 were freed and 11 are held, the Kremlin said.", "ukraine") == [
        (24, "the Kremlin"),
        (11, "the Kremlin"),
    ]


def test_what_somebody_reports_of_another_is_his_own():
    """Inside reported speech the outer speaker counts; whom the press relays comes before the press."""
    assert who("Reporter Jana Holm said the government thinks 30 are missing.") == [(30, "Jana Holm")]
    assert who("Council spokesman Omid Barakzai said 30 were freed, Tolo News reported.") == [(30, "Omid Barakzai")]
    assert who("30 were freed, Reuters reported.") == [(30, "Reuters")]


def test_pronouns_and_bare_titles_mean_whom_the_report_named():
    """He, the spokesman, the ministry, its statement: bound inside the report."""
    text = (
        "The Ministry of Canals said 30 were freed. Its spokesman, Omid Barakzai, said 40 would follow. He added that"
        " 50 remain. The spokesman also said 60 were ill. The ministry said 70 had left."
    )
    assert [name for _, name in who(text)] == [
        "The Ministry of Canals",
        *["Omid Barakzai"] * 2,
        "The spokesman",
        "The ministry",
    ]
    found, clean = sources(text)
    keys = [found.at(clean.index(number)).claimant.key for number in ("40", "50", "60")]
    assert set(keys) == {"X_OMID_BARAKZAI"}
    assert found.at(clean.index("70")).claimant.key == "X_MINISTRY_OF_CANALS"


def test_a_side_that_announces_speaks_through_the_spokesman_who_goes_on():
    """The surface stays as printed; key and name are the person's."""
    text = "The Taliban announced that 30 soldiers were freed. Spokesman Omid Barakzai said on Twitter all were well."
    found, clean = sources(text)
    said = found.at(clean.index("30"))
    assert (said.claimant.key, said.claimant.surface, said.channel) == ("X_OMID_BARAKZAI", "The Taliban", "tweet")


def test_quotations_over_several_sentences_keep_their_speaker():
    """A sentence inside the marks, or one that is quoted again at once, is the same speaker's."""
    text = '"30 are home," council head Omid Barakzai told Reuters. "Another 40 will follow." By Friday 50 had left.'
    assert who(text) == [(30, "Omid Barakzai"), (40, "Omid Barakzai"), (50, "OUTLET")]


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("Omid Barakzai, a spokesman, tweeted that 30 left.", "tweet"),
        ("Omid Barakzai, a spokesman, told AFP that 30 left.", "interview"),
        ("Omid Barakzai, a spokesman, told reporters 30 left.", "press conference"),
        ("Omid Barakzai, a spokesman, said on Facebook that 30 left.", "facebook"),
        ("In an address President Ashraf Ghani said 30 left.", "speech"),
        ("A source in the council said 30 left.", "anonymous"),
        ("The deal calls for the release of 30.", "agreement"),
    ],
)
def test_channels(text, channel):
    """The words beside the verb tell the channel."""
    found, clean = sources(text)
    assert found.at(clean.index("30")).channel == channel


def test_papers_speak_of_what_is_owed():
    """An agreement as subject or ground of an obligation is the claimant; a decree is its author's."""
    for text in ("The agreement stipulates that 30 be freed.", "Under the deal Kabul has to free 30."):
        found, clean = sources(text)
        assert found.at(clean.index("30")).claimant.role == "document"
    found, clean = sources("A further 30 will go free, the decree says.")
    assert found.at(clean.index("30")).claimant.role == "president"
    found, clean = sources("Kabul is required to free 30.")
    assert found.at(clean.index("30")).document.key == "US_TAL_DEAL"


@pytest.mark.parametrize(
    "text",
    [
        "The two governments signed a pact in March under which 30 prisoners should be freed.",
        "The agreement between Washington and the Taliban says that 30 prisoners will be released.",
        "Kabul and the Taliban agreed that 30 people go home.",
        "It was agreed that 30 people be freed.",
        "The deal signed in Doha says that up to 30 people will be released.",
        "The agreement reached in Doha in February provides for 30 releases.",
    ],
)
def test_the_parties_of_a_paper_do_not_speak_in_it(text):
    """Whoever signed a paper, what it says is the paper's; what both agreed is a term of their agreement."""
    found, clean = sources(text)
    source = found.at(clean.index("30"))
    assert "document" in (source.claimant.role, source.document.role if source.document else None)
    assert source.claimant.role in ("document", "narrator")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("30 were freed, the Canal Council said. 40 remain, the statement said.", ["the Canal Council"] * 2),
        ("A source in the palace said 30 were freed. It had kept 40 of them.", ["A source in the palace"] * 2),
        ("30 were freed, Tolo reported. Among them were 40 boys.", ["Tolo", "Tolo"]),
        ("Governor Jana Holm said 30 left. By Monday 40 had come.", ["Jana Holm", "OUTLET"]),
        ("Two guards, one of them Jana Holm, walked home. 40 stayed.", ["OUTLET", "OUTLET"]),
    ],
)
def test_what_goes_on_with_the_sentence_before(text, names):
    """Indirect tense after a pronoun, "among them", "the statement said" keep the speaker; other sentences do not."""
    assert [name for value, name in who(text) if value > 2] == names[-len([v for v, _ in who(text) if v > 2]) :]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kabul promised to free 30 men, the Taliban 40.", ["Kabul", "the Taliban"]),
        ("Governor Jana Holm said 30 left, and rejected the figure of 40.", ["Jana Holm", "Jana Holm"]),
        ("The Prisons Bureau freed 30 in what it called a gesture.", ["The Prisons Bureau"]),
        ("Of the 30 prisoners that the movement promised, 40 are home, governor Jana Holm tweeted.", ["Jana Holm"] * 2),
    ],
)
def test_verbs_left_out_and_carried_over(text, names):
    """A subject carries over to a second verb, an act to a second side."""
    assert [name for _, name in who(text)] == names


def test_an_office_that_tells_the_whole_in_its_dateline_is_the_narrator():
    """ "Geneva (ICRC) -" makes the office the teller; an agency's credit does not."""
    assert who("Geneva (ICRC) - Some 30 people were flown home.", "yemen") == [(30, "ICRC")]
    assert who("Geneva (AFP) - Some 30 people were flown home.", "yemen") == [(30, "OUTLET")]


def test_headlines_end_with_who_says_it():
    """ "..., - official" at the end of a line that is no sentence."""
    assert who("Taliban free 30 soldiers: spokesman")[0][1] == "spokesman"


def test_the_day_of_a_statement_is_pointed_at():
    """`said` covers the words of the day beside the verb, not another day of the sentence."""
    found, clean = sources("Omid Barakzai, a spokesman, said on Tuesday that 30 left on Sunday.")
    start, end = found.at(clean.index("30")).said
    assert clean[start:end] == "Tuesday"


def test_without_a_profile_people_are_still_named():
    """No profile, no side: the claimant is the printed name."""
    lexicon = Lexicon(None)
    text = "Governor Jana Holm said 30 were freed. Nobody else spoke."
    found = attribute(text, sentences(text), lexicon.mentions(text), Report(doc="t", text=text), lexicon)
    said = found.at(text.index("30")).claimant
    assert (said.key, said.surface, said.role, said.side) == ("X_JANA_HOLM", "Jana Holm", "governor", None)


def test_any_text_is_read_without_failing():
    """Random strings of words and marks: every place has a source, and the spans lie inside the text."""
    chance = random.Random(7)
    stock = ["the", "Taliban", "said", '"', ",", ".", "spokesman", "Omid", "he", "according", "to", "of", "deal", ";",
             "(", ")", "30", "Monday", "who", "that", "-", "'s", "quoted", "as", "by", "\n", "?", "!"]  # fmt: skip
    for _ in range(300):
        text = " ".join(chance.choices(stock, k=chance.randint(1, 60)))
        found, clean = sources(text)
        for place in range(0, len(clean), 7):
            source = found.at(place)
            assert source.claimant.key
            assert 0 <= source.reported[0] <= source.reported[1] <= len(clean)
    for text in ("", " ", "\n\n", "said " * 4000, '"' * 3000, "Of 30 " + "a" * 5000, "," * 5000):
        found, clean = sources(text)
        assert found.at(0).claimant.key


@pytest.mark.parametrize(
    ("text", "conflict", "side"),
    [
        ("President Jana Holm said 30 were freed.", "afghanistan", "AF_GOV"),
        ("Kyiv freed 20. President Jana Holm said 30 came home.", "ukraine", "UKRAINE"),
        ("The Taliban released 20 men. Spokesman Omid Barakzai said 30 would follow.", "afghanistan", "TALIBAN"),
        ("An aide to the Ukrainian president said 30 were freed.", "ukraine", "UKRAINE"),
        ("The Russian commissioner Jana Holm said 30 were freed.", "ukraine", "RUSSIA"),
        ("Jana Holm, of the ICRC, said 30 were freed.", "ukraine", "NEUTRAL"),
        ("Reporter Jana Holm said 30 were freed.", "ukraine", "OUTLET"),
        ("Local elders said 30 were freed.", "afghanistan", None),
    ],
)
def test_the_side_of_an_unknown_comes_from_the_words_beside_his_name(text, conflict, side):
    """Adjective, office or title tell whom somebody speaks for; nothing is guessed for bystanders."""
    found, clean = sources(text, conflict)
    assert found.at(clean.index("30")).claimant.side == side
