"""A copy of a text for matching, with the same length: every offset found in the copy holds in the text as stored."""

from __future__ import annotations

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SINGLE = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`"
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys(_SINGLE, "'"),
        **dict.fromkeys(_DOUBLE, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    }
)


def plain(text: str) -> str:
    """The text with every kind of space, quotation mark, dash and full-width digit in its plainest form.

    One code point becomes one code point, so that a match is cut from the original at the same offsets. Letters keep
    their case: lower-casing changes the length of some.
    """
    return text.translate(_PLAIN)
