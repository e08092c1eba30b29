"""How a party is spoken of in public reports: the words for it, its people and offices, and who speaks for it.

It binds nobody: no promise and no count depends on it. Without it the party's name and `also` are all that is known.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from quittance.agreement.fields import IdList, Part, Text, TextList, to_tuple


class Speaker(Part):
    """Somebody who speaks for a party in public: an office holder, never one of the people held."""

    name: Text
    key: Text | None = None
    org: Text | None = None
    role: Text = "spokesman"
    also: TextList = ()


class Institution(Part):
    """A ministry, council, agency, office or prison service of a party."""

    name: Text
    key: Text | None = None
    also: TextList = ()
    role: Text = "institution"


class Speech(Part):
    """The words by which a party is known in public reports.

    `code` is printed in claims in place of the party's id; `key` and `officials` are its claimant keys. `aliases` are
    proper names and capitals, `nouns` common nouns that can mean it ("the movement"), `demonyms` its adjectives,
    `people` words for its people, `holds` the parties whose people it holds, `places` where only it holds anybody.
    `like` names a party of a shipped profile (`afghanistan/goa`): its words count besides those given here.
    """

    like: Text | None = None
    code: Text | None = None
    key: Text | None = None
    officials: Text | None = None
    aliases: TextList = ()
    nouns: TextList = ()
    demonyms: TextList = ()
    people: TextList = ()
    holds: IdList = ()
    institutions: Annotated[tuple[Institution, ...], BeforeValidator(to_tuple)] = ()
    speakers: Annotated[tuple[Speaker, ...], BeforeValidator(to_tuple)] = ()
    places: TextList = ()
