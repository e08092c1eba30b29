"""Where a passphrase comes from: the environment, else the terminal, else nowhere with a word on what to do."""

from __future__ import annotations

import io

import pytest

from quittance.cli.passphrase import VARIABLE, new_passphrase, passphrase
from quittance.errors import UsageError


class Terminal(io.StringIO):
    """Standard input on a terminal."""

    def isatty(self):
        """Yes."""
        return True


@pytest.fixture
def typed(monkeypatch):
    """Answer the prompts of a terminal with these words in turn, and give the prompts."""
    monkeypatch.delenv(VARIABLE, raising=False)

    def answer(*words):
        monkeypatch.setattr("sys.stdin", Terminal())
        prompts, left = [], iter(words)

        def getpass(prompt):
            prompts.append(prompt)
            word = next(left)
            if word is None:
                raise EOFError
            return word

        monkeypatch.setattr("getpass.getpass", getpass)
        return prompts

    return answer


def test_the_environment_comes_first(typed, monkeypatch):
    """Nobody is asked when the variable is set, for an old key or a new one."""
    prompts = typed()
    monkeypatch.setenv(VARIABLE, "from outside")
    assert (passphrase("?"), new_passphrase(), prompts) == ("from outside", "from outside", [])


def test_a_terminal_is_asked(typed):
    """Once for a key that exists, twice for a new one."""
    prompts = typed("one", "two", "two")
    assert (passphrase("Old: "), new_passphrase("New: ")) == ("one", "two")
    assert prompts == ["Old: ", "New: ", "The same again: "]


def test_two_unlike_passphrases_make_no_key(typed):
    """A slip of the finger must not lock a key away."""
    typed("one", "other")
    with pytest.raises(UsageError) as caught:
        new_passphrase()
    assert caught.value.code == "key.passphrase_differs"


@pytest.mark.parametrize("word", ["", None])
def test_nothing_typed_is_no_passphrase(typed, word):
    """An empty line or the end of input is refused, not used."""
    typed(word)
    with pytest.raises(UsageError) as caught:
        passphrase("?")
    assert caught.value.code == "key.passphrase_missing"


@pytest.mark.parametrize("stdin", [io.StringIO("word\n"), None])
def test_without_a_terminal_the_message_names_the_variable(monkeypatch, stdin):
    """A pipe is not read: what is piped in may be something else."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(UsageError, match=VARIABLE) as caught:
        passphrase("?")
    assert (caught.value.code, caught.value.exit_code) == ("key.passphrase_missing", 2)
