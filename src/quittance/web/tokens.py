"""The colours of screen and chart; `static/quittance.css` holds the same values, and a test compares the two."""

INK = "#16211f"
MUTED = "#51605d"
BRAND = "#0b5d66"
"""The record: what is verified. Always solid."""
LINE = "#c9d1cf"
HEAD = "#f3f5f5"
PAPER = "#ffffff"
FOCUS = "#b58900"

MET, MET_TINT = "#0b5f3c", "#dff2e7"
DUE, DUE_TINT = "#1d4a7a", "#e1ecf8"
LATE, LATE_TINT = "#6b4a00", "#fdf1d0"
DISPUTED, DISPUTED_TINT = "#8a1c1c", "#fbe3e1"
UNVERIFIED, UNVERIFIED_TINT = "#33413f", "#eceff0"

SIDES = ("#5b2a86", "#a34700")
"""Party A and party B: never red or green, never without their letter and their dashes."""
DASHES = ("9 4", "3 3")
"""A long, B short."""

CLASS_INK = {"ok": MET, "open": DUE, "blocked": UNVERIFIED, "late": LATE, "off": MUTED}
CLASS_TINT = {"ok": MET_TINT, "open": DUE_TINT, "blocked": UNVERIFIED_TINT, "late": LATE_TINT, "off": PAPER}
