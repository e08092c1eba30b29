"""Other matchers, run on the same lists: rapidfuzz, nomenklatura's logic-v2 and Splink, each only where installed."""

from __future__ import annotations

import logging
import random
import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter

from bench.judging import Answers
from quittance.people.model import ListEntry
from quittance.people.names.name import parse
from quittance.people.years import parse_birth

PACKAGES = ("rapidfuzz", "anyascii", "nomenklatura", "rigour", "splink", "duckdb", "numpy", "numba")

TOKEN_SORT = "rapidfuzz token_sort_ratio, romanised"
LOGIC = "nomenklatura logic-v2"
SPLINK = "Splink on skeleton columns"

_DAYS = 365.2425


def installed(package: str) -> str | None:
    """The version of a package, None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def token_sort(a: Sequence[ListEntry], b: Sequence[ListEntry]) -> Answers:
    """Every name of B with every name of A, in Latin letters, words sorted; the highest ratio."""
    import numpy as np
    from anyascii import anyascii
    from rapidfuzz import fuzz, process, utils

    start = perf_counter()
    left, right = ([anyascii(one.name) for one in side] for side in (a, b))
    best = {}
    for begin in range(0, len(right), 500):
        part = right[begin : begin + 500]
        scores = process.cdist(part, left, scorer=fuzz.token_sort_ratio, processor=utils.default_process, workers=1)
        for row, line in enumerate(scores):
            at = int(np.argmax(line))
            best[begin + row] = (at, float(line[at]))
    return Answers(best, len(a) * len(b), perf_counter() - start)


def logic_v2(a: Sequence[ListEntry], b: Sequence[ListEntry], most: int) -> Answers:
    """Every name of a sample of B with every name of A, by nomenklatura's best matcher."""
    from followthemoney import model
    from nomenklatura.matching import get_algorithm

    matcher = get_algorithm("logic-v2")
    assert matcher is not None
    config = matcher.default_config()
    asked = sorted(random.Random(1).sample(range(len(b)), min(most, len(b))))

    def person(key: str, name: str) -> object:
        entity = model.make_entity("Person")
        entity.id = key  # names are cached by id, so ids must differ between the lists
        entity.add("name", name)
        return entity

    left = [person(f"a-{at}", one.name) for at, one in enumerate(a)]
    start = perf_counter()
    best = {}
    for at in asked:
        query = person(f"b-{at}", b[at].name)
        scores = [matcher.compare(query, one, config).score for one in left]
        top = max(range(len(left)), key=scores.__getitem__)
        best[at] = (top, scores[top])
    return Answers(best, len(asked) * len(a), perf_counter() - start, sampled=asked)


def splink(a: Sequence[ListEntry], b: Sequence[ListEntry], *, names_only: bool) -> Answers:
    """Splink's own model, trained on the two lists without labels, over columns of skeletons and plain fields.

    It is given the fields that carry most: names, years, homes, tribes and numbers. Pairs are found by one word of the
    name and a second field, by all of the name, or by a number.
    """
    import splink as package
    from splink.backends.duckdb import DuckDBAPI

    start = perf_counter()
    block = package.block_on
    if names_only:
        rules = [block("name_words", arrays_to_explode=["name_words"])]
        training = [block("name_first"), block("name_second")]
        certain = ["l.name_joined = r.name_joined"]
    else:
        seconds = (("district",), ("father_joined",), ("year", "province"))
        rules = [block("name_words", *second, arrays_to_explode=["name_words"]) for second in seconds]
        rules += [block("name_joined"), block("number"), block("identity")]
        training = [block("name_first", "father_first"), block("district", "year")]
        certain = ["l.number = r.number", "l.name_joined = r.name_joined and l.father_joined = r.father_joined"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("splink").setLevel(logging.ERROR)
        database = DuckDBAPI()
        database.duckdb_con.execute("SET threads = 2")
        sides = zip("ab", skeleton_columns(a, b), strict=True)
        tables = [database.register(table, dataset_display_name=side) for side, table in sides]
        settings = package.SettingsCreator(
            link_type="link_only",
            comparisons=_comparisons(names_only=names_only),
            blocking_rules_to_generate_predictions=rules,
            unique_id_column_name="at",
            retain_matching_columns=False,
        )
        linker = package.Linker(tables, settings, log_level=logging.ERROR)
        linker.training.estimate_probability_two_random_records_match(certain, recall=0.4)
        linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
        for rule in training:
            with suppress(ValueError):  # on tiny lists a level is never seen; it keeps its first value then
                linker.training.estimate_parameters_using_expectation_maximisation(rule)
        found = linker.inference.predict(threshold_match_probability=0.0 if names_only else 0.01)
        rows = database.duckdb_con.execute(
            f"SELECT at_l, at_r, match_weight, match_probability FROM {found.physical_name} ORDER BY ALL"
        ).fetchall()
    best: dict[int, tuple[int, float]] = {}
    probability: dict[int, float] = {}
    for left, right, weight, chance in rows:
        if right not in best or weight > best[right][1]:
            best[right], probability[right] = (left, weight), chance
    return Answers(best, len(a) * len(b), perf_counter() - start, probability)


def _comparisons(*, names_only: bool) -> list[object]:
    """What Splink compares, and at which levels."""
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons

    def words(name: str) -> list[object]:
        return [
            comparisons.ArrayIntersectAtSizes(f"{name}_words", [3, 2, 1]),
            comparisons.JaroWinklerAtThresholds(f"{name}_joined", [0.95, 0.9, 0.8, 0.7]),
        ]

    if names_only:
        return words("name")
    year = comparisons.CustomComparison(
        output_column_name="year",
        comparison_levels=[
            levels.NullLevel("year"),
            levels.ExactMatchLevel("year"),
            levels.AbsoluteDifferenceLevel("year", 1),
            levels.AbsoluteDifferenceLevel("year", 3),
            levels.ElseLevel(),
        ],
    )
    return [
        *words("name"),
        *words("father"),
        comparisons.JaroWinklerAtThresholds("grandfather", [0.95, 0.8]),
        year,
        *(comparisons.ExactMatch(name).configure(term_frequency_adjustments=True) for name in _PLACES),
        *(comparisons.LevenshteinAtThresholds(name, [1]) for name in ("number", "identity")),
    ]


def skeleton_columns(a: Sequence[ListEntry], b: Sequence[ListEntry]) -> tuple[object, object]:
    """The lists as tables: skeletons of names and fathers, the rarest two apart, years, places and numbers."""
    import pyarrow

    names, fathers = ([[_skeletons(getattr(one, name)) for one in side] for side in (a, b)] for name in _NAMES)
    seen = Counter(word for side in names for line in side for word in line)
    tables = []
    for side, entries in enumerate((a, b)):
        columns: dict[str, list[object]] = {"at": list(range(len(entries)))}
        for label, lines in (("name", names[side]), ("father", fathers[side])):
            rare = [sorted(line, key=lambda word: (seen[word], word)) for line in lines]
            columns[f"{label}_words"] = [line or None for line in rare]
            columns[f"{label}_joined"] = ["".join(sorted(line)) or None for line in lines]
            columns[f"{label}_first"] = [line[0] if line else None for line in rare]
            columns[f"{label}_second"] = [line[1] if len(line) > 1 else None for line in rare]
        births = [parse_birth(one.birth, one.calendar) for one in entries]
        columns["year"] = [round(sum(one.spans[0]) / 2 / _DAYS) if one else None for one in births]
        for name in (*_PLACES, "grandfather"):
            columns[name] = ["".join(_skeletons(getattr(one, name))) or None for one in entries]
        columns["number"] = [one.prisoner_no or None for one in entries]
        columns["identity"] = [one.id_no or None for one in entries]
        kinds = {"at": pyarrow.int64(), "year": pyarrow.int64()}
        kinds |= {f"{label}_words": pyarrow.list_(pyarrow.string()) for label in _NAMES}
        tables.append(
            pyarrow.table(
                {key: pyarrow.array(cells, kinds.get(key, pyarrow.string())) for key, cells in columns.items()}
            )
        )
    return tables[0], tables[1]


_NAMES = ("name", "father")
_PLACES = ("district", "province", "village", "tribe")


def _skeletons(cell: str) -> list[str]:
    return [token.skeleton for name in parse(cell)[:1] for token in name.tokens if token.skeleton]
