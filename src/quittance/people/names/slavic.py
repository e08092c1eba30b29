"""Given names and patronymics of Russian, Ukrainian and Belarusian form, each read as one of them.

One person may stand in one form on one list and in another on the next: Владимир, Володимир, Уладзімір, Volodymyr.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from quittance.people.names.letters import Script

_PATRONYMIC: Final[dict[Script, tuple[re.Pattern[str], str, str]]] = {
    "cyrillic": (
        re.compile("(.{2,}?)ь?[йіиа]?(?:([оеаєія]віч|[оеє]вич)|([оеє]вна|[аеоя]ўна|[іи]вна))"),
        "ович",
        "овна",
    ),
    "latin": (
        re.compile("(.{2,}?)[iy]?(?:([oea]vi(?:ch|tch|c)|[oea]vych)|([oe]vna|[aeo]una|[iy]vna))"),
        "ovich",
        "ovna",
    ),
}
"""By script: how patronymics end (sons, daughters), and the ending that both are also read with."""
_ENDINGS: Final = "йьияіїaоoиiyj"


@cache
def _names() -> dict[Script, dict[str, str]]:
    """Spelling to the form it is also read as, by script."""
    table: dict[Script, dict[str, str]] = {"cyrillic": {}, "latin": {}}
    text = files("quittance.people.names").joinpath("slavic_names.csv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#") or "|" not in line:
            continue
        cyrillic, latin = (forms.split() for forms in line.split("|"))
        for forms, main in ((cyrillic, table["cyrillic"]), (latin, table["latin"])):
            for form in forms:
                main.setdefault(form, forms[0])
    return table


@cache
def _stems() -> dict[Script, dict[str, str]]:
    """Names without their ending, as they stand before a patronymic ending."""
    return {
        script: {stem(form): stem(main) for form, main in forms.items() if len(stem(form)) > 2}
        for script, forms in _names().items()
    }


def stem(name: str) -> str:
    """A given name without a final vowel, й or soft sign."""
    return name.rstrip(_ENDINGS) or name


def slavic_form(text: str, script: Script) -> str | None:
    """The Russian form of a given name or patronymic, None where the word is none that the table holds."""
    if script not in _PATRONYMIC:
        return None
    if form := _names()[script].get(text):
        return form if form != text else None
    ending, son, daughter = _PATRONYMIC[script]
    found = ending.fullmatch(text)
    if not found:
        return None
    main = _stems()[script].get(stem(found[1]))
    if main is None:
        return None
    form = main + (son if found[2] else daughter)
    return form if form != text else None
