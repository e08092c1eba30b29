"""Sentences, tokens and clauses: where they end, and that offsets hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.claims.text import LONGEST, plain, sentences
from quittance.claims.tokens import Tokens, phrase_table, phrases_in


def cut(text: str) -> list[str]:
    """The sentences of a text as strings."""
    return [text[start:end] for start, end in sentences(plain(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kabul freed 20. The rebels freed 3.", ["Kabul freed 20.", "The rebels freed 3."]),
        ("U.S. envoy John Doe spoke. He left.", ["U.S. envoy John Doe spoke.", "He left."]),
        ("A deal with the U.S. The rebels agreed.", ["A deal with the U.S.", "The rebels agreed."]),
        ("Gen. Ali met Mr. Omar on Sept. 3 in Doha.", ["Gen. Ali met Mr. Omar on Sept. 3 in Doha."]),
        ("No. 5 was free. No more will be.", ["No. 5 was free.", "No more will be."]),
        ("KABUL (AFP) - Kabul freed 20.", ["KABUL (AFP) -", "Kabul freed 20."]),
        ("Kabul, Aug 7: More than 20 went home.", ["Kabul, Aug 7:", "More than 20 went home."]),
        ("Rebels free 16 soldiers\nThey went home.", ["Rebels free 16 soldiers", "They went home."]),
        ("He posted it on X. The list is long.", ["He posted it on X.", "The list is long."]),
        ('"All 20 are out." He was glad.', ['"All 20 are out."', "He was glad."]),
    ],
)
def test_sentences_end_where_they_should(text: str, expected: list[str]) -> None:
    """Abbreviations, datelines, headlines and quotations."""
    assert cut(text) == expected


@given(st.text(max_size=400))
def test_sentences_lie_in_order_inside_the_text(text: str) -> None:
    """Whatever the text: no overlap, no empty one, nothing but blanks left out."""
    spans = sentences(plain(text))
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert not text[at:start].strip() or text[at:start].isspace()
        at = end
    assert not plain(text)[at:].strip()


def test_a_very_long_sentence_is_cut() -> None:
    """No sentence is longer than the bound, so that the work for one is bounded."""
    assert max(end - start for start, end in sentences("freed 100 people and " * 500)) <= LONGEST


def test_phrases_are_found_longest_first() -> None:
    """The longer of two phrases wins, and none overlap."""
    table = phrase_table([("set free", "a"), ("set", "b"), ("free", "c")])
    low = Tokens("They set free 20, set and free.", 0, 31).low
    assert [(low[start:end], tag) for start, end, tag in phrases_in(low, table)] == [
        (["set", "free"], "a"),
        (["set"], "b"),
        (["free"], "c"),
    ]


def test_tokens_keep_their_places() -> None:
    """A possessive ending and a hyphen: offsets give back the text."""
    text = "Kabul's low-risk men"
    tokens = Tokens(text, 0, len(text))
    assert [text[a:b] for a, b in zip(tokens.start, tokens.end, strict=True)] == ["Kabul", "'s", "low-risk", "men"]
    assert tokens.first_at(6) == 1
    assert tokens.after(6) == 2
