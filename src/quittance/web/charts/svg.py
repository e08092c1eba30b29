"""Elements of SVG as text: the few helpers that every figure is drawn with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from quittance.web.tokens import INK, PAPER

FONT = "'Noto Sans', Vazirmatn, system-ui, sans-serif"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """One element; `stroke_width=2` becomes `stroke-width="2"`, None leaves an attribute out. `content` is SVG."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_number(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing surface of `width` x `height`; when `mirrored`, x runs from right to left and text anchors swap."""

    width: int
    height: int
    mirrored: bool = False

    def x(self, value: float) -> float:
        """The coordinate on the page of a coordinate counted from the reading side."""
        return self.width - value if self.mirrored else value

    def text(self, x: float, y: float, words: str, anchor: str = "start", **attributes: object) -> str:
        """A text whose `anchor` (start, middle, end) is meant in the direction of reading."""
        if self.mirrored:
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        shown = {"fill": INK, **attributes}
        return element(
            "text", escape(words), x=self.x(x), y=y, text_anchor=None if anchor == "start" else anchor, **shown
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, **attributes: object) -> str:
        """A straight line."""
        return element("line", x1=self.x(x1), y1=y1, x2=self.x(x2), y2=y2, stroke=stroke, **attributes)

    def document(self, body: Iterable[str], title: str, description: str, name: str, class_: str = "") -> str:
        """The whole figure with its title and description; `name` makes the ids unique on the page."""
        heading = element("title", escape(title), id=f"{name}-t")
        detail = element("desc", escape(description), id=f"{name}-d")
        return element(
            "svg",
            "".join([heading, detail, *body]),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {self.height}",
            width=self.width,
            height=self.height,
            direction="ltr",
            role="img",
            aria_labelledby=f"{name}-t",
            aria_describedby=f"{name}-d",
            font_family=FONT,
            font_size=13,
            class_=class_ or None,
        )


def standalone(svg: str, width: int, height: int) -> str:
    """A figure as a file of its own, on white paper."""
    paper = element("rect", width=width, height=height, fill=PAPER)
    head, tail = svg.split("</desc>", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}</desc>{paper}{tail}\n'
