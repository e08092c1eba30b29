"""The measurements of claims run to their end; what they measure is nobody's business here."""

from __future__ import annotations

import pytest
from bench import claim_peers, claims
from bench.__main__ import main


def test_the_quick_variant_prints_every_line(capsys, monkeypatch):
    """Ours with its goal, the others with ratios where they are installed, memory, the machine and versions."""
    monkeypatch.setattr(claims, "seeds", lambda: claims.invented(3, seed=1))
    assert main(["claims", "--quick"]) == 0
    said = capsys.readouterr().out
    for words in (claims.OURS, "spaCy", "dateparser + quantulum3", "ratio", "Goal: 500", "in the middle", "the five"):
        assert words in said
    for words in (*claim_peers.PACKAGES, "cores", "load", "Python"):
        assert words in said


def test_tools_that_are_missing_are_told(capsys, monkeypatch):
    """Each is named; the product is measured."""
    monkeypatch.setattr(claims, "installed", lambda _: None)
    monkeypatch.setattr(claims, "print_memory", lambda _: None)
    monkeypatch.setattr(claims, "seeds", list)
    assert main(["claims", "--quick"]) == 0
    said = capsys.readouterr().out
    assert said.count("not installed") == 2 + len(claim_peers.PACKAGES)
    assert "do not lie beside" in said


def test_the_texts_are_what_they_say():
    """As long as the reports of 2020, each another one, always the same; and they hold claims."""
    made = claims.invented(20)
    assert made == claims.invented(20)
    assert len({one.text for one in made}) == 20
    assert all(claims.LENGTH <= len(one.text) < claims.LENGTH + 300 for one in made)
    assert claims.measured(claims.ours(), made).found >= 20


def test_help():
    """It explains its arguments."""
    with pytest.raises(SystemExit) as stopped:
        main(["claims", "--help"])
    assert stopped.value.code == 0
