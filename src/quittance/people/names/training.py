"""Training of the letter channel: EM over public pairs of words, no labels of persons, no chance.

    python -m quittance.people.names.training PAIRS_AR PAIRS_CY OUT

reads two CSV files of word pairs (`arabic,latin,count,source` and `cyrillic,latin,count,source`), prints the
likelihood of each round, and writes `channel.npz`, `frequency.csv` and `channel.json` into the folder OUT.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel, JaroWinkler

from quittance.people.names.compounds import plain_form
from quittance.people.names.em import (
    LEAN,
    PRIOR,
    ROUNDS,
    SUREST,
    WARM,
    Sample,
    Trained,
    background,
    tell_apart,
    train,
    with_spelling,
)
from quittance.people.names.folding import fold_word
from quittance.people.names.forward import Reals
from quittance.people.names.habits import SLAVIC, SPELLINGS, eastern_pairs, regional_signs
from quittance.people.names.letters import Script
from quittance.people.names.skeleton import skeleton
from quittance.people.names.tables import LETTERS, PLACES, encode, placed

Pairs = dict[tuple[str, str], float]
"""Folded words to how often the pair was seen."""

MODELS: Final[dict[str, tuple[Script, Script]]] = {
    "ar-la": ("arabic", "latin"),
    "cy-la": ("cyrillic", "latin"),
    "la-la": ("latin", "latin"),
    "ar-ar": ("arabic", "arabic"),
    "cy-cy": ("cyrillic", "cyrillic"),
    "ar-cy": ("arabic", "cyrillic"),
}
"""Name of a model to the scripts of its source and target."""

FORMS: Final = 8
"""At most so many spellings of one word are paired with each other."""
ALIKE: Final = 0.6
"""Two spellings of one word in one script are paired if their Jaro-Winkler similarity is more than this."""
ITSELF: Final = {"la-la": 0.3, "ar-ar": 8.0, "cy-cy": 4.0}
"""How much words paired with themselves count in a model of one script: Latin spellings vary with every clerk, while in
Arabic script 99 of 100 names are written with the same letters again."""
LITTLE: Final = 0.02
FOREIGN: Final = 0.1
"""What a pair of foreign names weighs beside one of the region: within one script, and from a script to Latin."""
SURE: Final = 0.8
"""A pair counts for the shares of skeletons if it is of the region with at least this chance."""
WORDS_PER_NAME: Final = 2.5
RAREST: Final = 0.0003
"""The shares of rarer skeletons are not shipped: they rest on a handful of pairs."""
EASTERN: Final = 0.1
"""Share of the Slavic words of which synthetic Ukrainian and Belarusian pairs are made."""


def read_pairs(text: str, script: Script, ratio: tuple[float, float]) -> Pairs:
    """The pairs of a CSV text, folded: both words of two letters or more, the ratio of their lengths inside `ratio`."""
    pairs: defaultdict[tuple[str, str], float] = defaultdict(float)
    for row in csv.reader(io.StringIO(text)):
        if len(row) < 3 or not row[2].isdigit():
            continue
        source, target = fold_word(row[0]), fold_word("".join(filter(str.isalpha, row[1])) or row[1])
        if source.script != script or target.script != "latin" or min(len(source.text), len(target.text)) < 2:
            continue
        if ratio[0] < len(source.text) / len(target.text) < ratio[1]:
            pairs[source.text, target.text] += int(row[2])
    return dict(pairs)


def _forms(pairs: Iterable[tuple[str, str, float]]) -> dict[str, list[str]]:
    """For each word of the first column the words seen with it, most seen first, at most `FORMS`."""
    seen: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for word, form, count in pairs:
        seen[word][form] = seen[word].get(form, 0.0) + count
    return {word: sorted(forms, key=lambda form: (-forms[form], form))[:FORMS] for word, forms in seen.items()}


def _lot(word: str) -> float:
    """A number in [0, 1) that belongs to the word: a fair choice that is the same on every machine."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:6], "big") / 2.0**48


def one_script(groups: Mapping[str, list[str]], domestic: Mapping[tuple[str, str], float], itself: float) -> Pairs:
    """Pairs of spellings in one script that are forms of one word, in both directions, and words with themselves.

    A pair weighs as much as both forms are domestic names of the word, and a little at least. A share `itself` of the
    words is paired with itself; where `itself` is more than 1, all words are, and such a pair weighs so much more.
    """
    pairs: Pairs = {}

    def add(one: str, other: str, weight: float) -> None:
        pairs[one, other] = max(pairs.get((one, other), LITTLE), weight + LITTLE)

    for word, forms in groups.items():
        for one in forms:
            share = domestic.get((word, one), 0.0)
            if _lot(one) < itself:
                add(one, one, share * max(itself, 1.0))
            for other in forms:
                if one != other and JaroWinkler.similarity(one, other) > ALIKE:
                    add(one, other, share * domestic.get((word, other), 0.0))
    return pairs


def through_latin(
    arabic: Mapping[str, list[str]], cyrillic: Mapping[str, list[str]], domestic: Mapping[tuple[str, str], float]
) -> Pairs:
    """Pairs of an Arabic-script and a Cyrillic word that share a Latin form and have skeletons half alike."""
    pairs: Pairs = {}
    for latin in arabic.keys() & cyrillic.keys():
        for one in arabic[latin]:
            for other in cyrillic[latin]:
                if Indel.normalized_similarity(skeleton(one, "arabic"), skeleton(other, "cyrillic")) >= 0.5:
                    weight = domestic.get((latin, one), 0.0) + LITTLE
                    pairs[one, other] = max(pairs.get((one, other), 0.0), weight)
    return pairs


def eastern(cyrillic: Pairs) -> Pairs:
    """Synthetic Ukrainian and Belarusian pairs made of a tenth of the Slavic words."""
    words = sorted({word for word, _ in cyrillic if SLAVIC.search(word) and _lot(word) < EASTERN})
    return {pair: 1.0 for word in words for pair in eastern_pairs(word)}


def prepare(pairs: Pairs, source: Script, target: Script) -> tuple[Sample, list[tuple[str, str]]]:
    """The pairs of one model as rows of codes, sorted so that no order of input matters, and the words of each row."""
    keys = sorted(pair for pair in pairs if all(pair))
    sources = {word: place for place, word in enumerate(sorted({one for one, _ in keys}))}
    targets = {word: place for place, word in enumerate(sorted({other for _, other in keys}))}
    rows = np.array([(sources[one], targets[other]) for one, other in keys], dtype=np.int32)
    from_codes, to_codes = encode(list(sources), source), encode(list(targets), target)
    sample = Sample(
        rows,
        np.array([pairs[key] for key in keys]),
        (placed(*from_codes), from_codes[1]),
        to_codes,
        len(LETTERS[source]),
        len(LETTERS[target]),
    )
    return sample, keys


@dataclass(frozen=True, slots=True)
class Learned:
    """One trained model, the background of its targets, and the course of its likelihood round by round."""

    tables: Trained
    start: Reals
    step: Reals
    course: list[float]
    pairs: int


def domestic(name: str, pairs: Pairs, signs: Callable[[str, str], float], say: Callable[[str], None]) -> Pairs:
    """How likely each pair is a name of the region and no foreign one: two kinds of words, told apart by EM.

    An encyclopedia is full of foreign names spelled out letter by letter; on a party's list they are few. `signs` says
    how likely a pair is of the region by single letters alone.
    """
    sample, keys = prepare(pairs, *MODELS[name])
    regional = np.array([signs(*key) for key in keys])
    belongs = tell_apart(
        sample,
        np.stack([regional, 1.0 - regional]),
        lambda number, mean: say(f"{name} kinds, round {number}: {mean:.4f}"),
    )
    return {key: float(share) for key, share in zip(keys, belongs[0], strict=True)}


def learn(name: str, pairs: Pairs, say: Callable[[str], None]) -> Learned:
    """One model from weighted pairs; `say` hears the likelihood of each round."""
    source, target = MODELS[name]
    sample, keys = prepare(pairs, source, target)
    course: list[float] = []

    def hear(number: int, likelihood: float) -> None:
        course.append(round(likelihood, 4))
        say(f"{name} round {number}: {likelihood:.4f} per pair")

    tables = train(sample, sample.weights, say=hear)
    seen = np.zeros(len(sample.target[1]))
    np.add.at(seen, sample.pairs[:, 1], sample.weights)
    start, step = background(sample.target, seen, sample.targets)
    codes = [{letter: code for code, letter in enumerate(LETTERS[script])} for script in (source, target)]
    for letter, written, share in SPELLINGS[name]:
        tables = with_spelling(tables, codes[0][letter], tuple(codes[1][sign] for sign in written), share)
    return Learned(tables, start, step, course, len(keys))


def learn_all(
    arabic: Pairs, cyrillic: Pairs, say: Callable[[str], None]
) -> tuple[dict[str, Learned], dict[str, float]]:
    """Every model from the two given sets of pairs, and the share of names that hold each skeleton.

    In Arabic script foreign names weigh `LITTLE` or `FOREIGN` beside those of the region. In Cyrillic all weigh the
    same: there, what the pairs that seem Slavic have in common is noise.
    """
    of_arabic = domestic("ar-la", dict.fromkeys(arabic, 1.0), regional_signs, say)
    of_cyrillic = dict.fromkeys(cyrillic, 1.0)
    ar_forms = _forms((word, latin, count) for (word, latin), count in arabic.items())
    ar_by_latin = _forms((latin, word, count) for (word, latin), count in arabic.items())
    cy_by_latin = _forms((latin, word, count) for (word, latin), count in cyrillic.items())
    turned = [{(latin, word): share for (word, latin), share in one.items()} for one in (of_arabic, of_cyrillic)]
    lessons = {
        "ar-la": {pair: share + FOREIGN for pair, share in of_arabic.items()},
        "cy-la": of_cyrillic | eastern(cyrillic),
        "la-la": one_script(ar_forms, of_arabic, ITSELF["la-la"]),
        "ar-ar": one_script(ar_by_latin, turned[0], ITSELF["ar-ar"]),
        "cy-cy": one_script(cy_by_latin, turned[1], ITSELF["cy-cy"]),
        "ar-cy": through_latin(ar_by_latin, cy_by_latin, turned[0]),
    }
    return {name: learn(name, pairs, say) for name, pairs in lessons.items()}, shares(arabic, of_arabic)


def shares(pairs: Pairs, regional: Pairs) -> dict[str, float]:
    """Skeleton to the share of names that hold it, counted in the pairs that are surely of the region."""
    counts: defaultdict[str, float] = defaultdict(float)
    for (word, latin), count in sorted(pairs.items()):
        if regional.get((word, latin), 0.0) > SURE:
            counts[skeleton(plain_form(word, "arabic"), "arabic")] += count
    total = sum(counts.values())
    found = {key: round(count / total * WORDS_PER_NAME, 4) for key, count in counts.items() if key}
    return {key: share for key, share in sorted(found.items()) if share >= RAREST}


def packed(models: Mapping[str, Learned]) -> bytes:
    """The data file: every number of every model, compressed."""
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, model in models.items():
        arrays |= {f"{name}.{field}": _small(getattr(model.tables, field)) for field in Trained.__slots__}
        arrays[f"{name}.go"] = model.tables.go.astype(np.float32)  # close to 1: what counts is the difference
        arrays |= {f"{name}.start": _small(model.start), f"{name}.step": _small(model.step)}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, arrays[name], version=(1, 0), allow_pickle=False)
            # A fixed date: the same numbers give the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _small(table: Reals) -> NDArray[np.float32]:
    """Numbers rounded to 12 bits of mantissa, which compress to a third and lose nothing that counts."""
    bits = np.ascontiguousarray(table, dtype=np.float32).view(np.uint32)
    return ((bits + np.uint32(0x400)) & np.uint32(0xFFFFF800)).view(np.float32)


def main(arguments: list[str]) -> int:
    """Train from the files named and write the two data files."""
    from pathlib import Path

    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    inputs = [Path(name).read_bytes() for name in arguments[:2]]
    arabic = read_pairs(inputs[0].decode(), "arabic", (0.35, 3.0))
    cyrillic = read_pairs(inputs[1].decode(), "cyrillic", (0.5, 2.5))
    models, common = learn_all(arabic, cyrillic, print)
    data = packed(models)
    table = "skeleton,share\n" + "".join(f"{key},{share:.4f}\n" for key, share in common.items())
    out = Path(arguments[2])
    (out / "channel.npz").write_bytes(data)
    (out / "frequency.csv").write_text(table, encoding="utf-8")
    provenance = {
        "sha256": {
            "channel.npz": hashlib.sha256(data).hexdigest(),
            "frequency.csv": hashlib.sha256(table.encode()).hexdigest(),
        },
        "inputs": [
            {"file": Path(name).name, "sha256": hashlib.sha256(text).hexdigest(), "rows": text.count(b"\n") - 1}
            for name, text in zip(arguments, inputs, strict=False)
        ],
        "sources": [
            {"name": "google/transliteration, ar2en.txt, b2265a64", "licence": "Apache-2.0"},
            {
                "name": "Wikidata names, Merhav and Ash, COLING 2018, steveash/NETransliteration-COLING2018, 5d5f59e5",
                "licence": "CC0-1.0",
            },
        ],
        "settings": {
            "rounds": ROUNDS, "warm": WARM, "prior": PRIOR, "lean": LEAN,
            "surest": SUREST, "places": PLACES, "forms": FORMS,
            "alike": ALIKE, "itself": ITSELF, "little": LITTLE, "foreign": FOREIGN, "eastern": EASTERN, "sure": SURE,
            "words_per_name": WORDS_PER_NAME, "rarest": RAREST,
        },
        "models": {
            name: {"pairs": model.pairs, "log_likelihood_per_pair": model.course}
            for name, model in models.items()
        },
    }  # fmt: skip
    (out / "channel.json").write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
