"""The measurements run to their end; what they measure is nobody's business here."""

import pytest
from bench import agreement
from bench.__main__ import main

from quittance.agreement.journal import load_journal
from quittance.agreement.load import load_agreement


def test_the_quick_variant_prints_every_line(capsys):
    """A table with goals, the plain evaluator beside, the machine, and that figures were extrapolated."""
    assert main(["agreement", "--quick"]) == 0
    said = capsys.readouterr().out
    for words in (*agreement.GOALS, "memory", "cores", "Python", "extrapolated", "goal", "ratio"):
        assert words in said


def test_the_journal_is_what_it_says():
    """So many entries, over fifty commitments, of several kinds, none refused."""
    journal = load_journal(agreement.journal_text(2000))
    assert len(journal) == 2000
    assert not journal.findings
    assert {"perform", "total", "attest", "event"} == {entry.kind for entry in journal}
    assert len(load_agreement(agreement.agreement_text()).commitments) == 50


def test_an_unknown_part(capsys):
    """Wrong use is told."""
    assert main(["nothing"]) == 2
    assert "Parts: agreement, record" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["agreement", "record"])
def test_help(argument):
    """Each part explains its arguments."""
    with pytest.raises(SystemExit) as stopped:
        main([argument, "--help"])
    assert stopped.value.code == 0
