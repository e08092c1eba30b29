"""Sentences keep words and values apart, in any language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from quittance.views.sentence import Id, Interval, Name, Part, Sentence, identity
from quittance.views.wording import day_words


def test_parts_keep_words_and_values_apart() -> None:
    """Each value is a part with its kind and raw form, in the order of the template."""
    sentence = Sentence("{who} says {n} by {day}", {"who": Name("Kabul"), "n": 5000, "day": date(2020, 3, 10)})
    assert list(sentence.parts(identity)) == [
        Part("name", "Kabul"),
        Part("text", " says "),
        Part("number", "5,000", 5000),
        Part("text", " by "),
        Part("day", "2020-03-10", date(2020, 3, 10)),
    ]


def test_a_translation_may_turn_the_order_round() -> None:
    """The order is the translated template's, and values are not translated."""
    sentence = Sentence("{who} says {n}", {"who": Name("says"), "n": 3})
    assert sentence.text({"{who} says {n}": "{n}: {who}"}.__getitem__) == "3: says"


def test_nested_sentences_and_lists_are_translated_too() -> None:
    """A sentence inside a sentence, and the comma of a list, go through the same catalogue."""
    inner = Sentence("start of {commitment}", {"commitment": Id("talks")})
    sentence = Sentence("waits for {conditions}", {"conditions": (inner, Id("x"))})
    words = {"waits for {conditions}": "W {conditions}", "start of {commitment}": "S {commitment}", ", ": "; "}
    assert sentence.text(words.__getitem__) == "W S talks; x"


@pytest.mark.parametrize(("interval", "text"), [(Interval(0, 1361), "0..1,361"), (Interval(4, 4), "4")])
def test_an_interval_is_one_number(interval: Interval, text: str) -> None:
    """Both ends stand in one part, so that no language puts them apart; equal ends are written once."""
    assert list(Sentence("{n}", {"n": interval}).parts(identity)) == [Part("number", text, interval)]


def test_braces_in_a_name_are_no_template() -> None:
    """A name from the agreement file is shown as it stands."""
    assert Sentence("{who}", {"who": Name("{0} {x}")}).text(identity) == "{0} {x}"


def test_days_in_words() -> None:
    """Month names come from the catalogue; an instant keeps its hour."""
    assert day_words(date(2020, 3, 10), identity) == "10 March 2020"
    assert day_words(datetime(2020, 3, 10, 9, 5, tzinfo=UTC), identity) == "09:05 10 March 2020"
    assert day_words(date(2020, 3, 10), lambda text: {"March": "مارچ"}.get(text, text)) == "10 مارچ 2020"
