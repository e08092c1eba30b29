"""What bears out a figure that only an outlet tells: a named source, directly or through a sum."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from quittance.claims.model import Who
from quittance.claims.reconcile.figures import Figure, one_form
from quittance.claims.reconcile.scene import Scene
from quittance.claims.reconcile.sums import LOOK_BACK


class Backing:
    """Which narrated figures a named source bears out, directly or with a stated batch.

    An outlet's own words that a named source bears out are as good as that source, and no better.
    """

    def __init__(self, scene: Scene) -> None:
        """Gather what named sources say, by series and number."""
        self.scene = scene
        self.by_number: dict[tuple[str, str, int], list[Figure]] = {}
        self.by_day: dict[tuple[str, str, date], list[Figure]] = {}
        for figure in scene.board.figures:
            if not figure.narrated:
                if figure.printed is not None:
                    self.by_number.setdefault((figure.actor, figure.sort, figure.printed), []).append(figure)
                self.by_day.setdefault((figure.actor, figure.sort, figure.since), []).append(figure)
        for figures in self.by_number.values():
            figures.sort(key=lambda f: (f.since, f.id))
        self.totals: dict[tuple[str, Who], list[Figure]] = {}
        for key, ledger in scene.board.ledgers.items():
            named = [f for f in ledger.of("total") if not f.narrated and f.printed is not None]
            self.totals[key] = named
        self.promised = {(p.actor, p.value) for p in scene.board.promises}

    def trusts(self, figure: Figure) -> bool:
        """Whether somebody is named for a figure, or bears it out."""
        return not figure.narrated or self.by(figure)

    def by(self, figure: Figure) -> bool:
        """Whether a named source gives the same number for it, one that fits on its day, or a sum with its number."""
        sorts = ("total", "batch") if figure.begins < figure.day else (figure.sort,)
        for sort in sorts:
            same = self.by_number.get((figure.actor, sort, figure.printed or -1), [])
            if any(f.who == figure.who and self._in_time(figure, f) for f in same):
                return True
            days = self.by_day.get((figure.actor, sort, figure.since), [])
            if any(f.who == figure.who and _meets(figure, f) for f in days):
                return True
        if figure.sort == "goal" and (figure.actor, figure.printed) in self.promised:
            return True
        return self._last_fits(figure) or any(equation.told for equation in self.scene.sums.closing(figure))

    def _last_fits(self, figure: Figure) -> bool:
        """Whether the last total of some named side lies within a total that is printed with a widening word."""
        if figure.sort != "total" or figure.exact or (figure.low is None and figure.high is None):
            return False
        named = self.totals[figure.actor, figure.who]
        place = bisect_right(named, figure.day, key=lambda f: f.since)
        latest = {f.side: f.printed or 0 for f in named[max(0, place - LOOK_BACK) : place]}
        return any((figure.low or 0) <= n and (figure.high is None or n <= figure.high) for n in latest.values())

    @staticmethod
    def _in_time(figure: Figure, source: Figure) -> bool:
        """Whether the same number speaks of the same thing: a batch within two days, a total not before its source."""
        if figure.sort == "batch":
            near = figure.begins - timedelta(days=2) <= source.day <= figure.day + timedelta(days=2)
            return near or not (figure.stated and source.stated)
        return figure.sort != "total" or source.since <= figure.day


def _meets(a: Figure, b: Figure) -> bool:
    """Whether two intervals share a number, or are one number in two forms."""
    return one_form(a, b) or (
        (a.low is None or b.high is None or a.low <= b.high) and (b.low is None or a.high is None or b.low <= a.high)
    )
