"""Figures drawn on the server as SVG, from a view's numbers.

Verified is solid, claimed dashed (A long, B short), required dotted; counts are steps, never slopes. Where the page
runs from right to left the coordinates are mirrored here and the `<svg>` itself stays `direction="ltr"`. Colours are
presentation attributes, so that a downloaded file looks the same as the page.
"""
