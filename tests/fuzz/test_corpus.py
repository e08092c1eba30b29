"""What fuzzing has found, and a few thousand fresh mutations: no parser fails in any other way than by refusing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.fuzz.limits import in_time
from tests.fuzz.seeds import chain
from tests.fuzz.targets import TARGETS, Target, feed, large

CORPUS = Path(__file__).with_name("corpus")


def corpus() -> list[object]:
    found = []
    for path in sorted(CORPUS.glob("*/*")):
        name = path.relative_to(CORPUS).as_posix()
        found.append(pytest.param(path, id=name))
    return found


@pytest.fixture(params=TARGETS.values(), ids=TARGETS)
def target(request) -> Target:
    return request.param


@pytest.mark.parametrize("path", corpus())
def test_what_once_broke_a_parser_is_refused_or_read(path):
    """Each input that has ever broken a parser is now refused, or read and written back alike."""
    with in_time():
        feed(TARGETS[path.parent.name], path.read_bytes())


def test_every_corpus_is_that_of_a_parser():
    """No input lies where nobody tries it."""
    assert {path.name for path in CORPUS.iterdir()} <= set(TARGETS)


def test_seeds_are_taken(target):
    """Every parser takes some of the inputs that mutations start from, or they would all fail at the door."""
    taken = 0
    for seed in target.seeds():
        feed(target, seed)
        taken += is_taken(target, seed)
    assert taken


def is_taken(target: Target, seed: bytes) -> bool:
    try:
        target.run(seed)
    except Exception:
        return False
    return True


def test_mutations_are_refused_or_read(target):
    """Whatever is done to a good input, the parser refuses it in its own way or keeps its promises."""
    chance, seeds = random.Random(20200408), target.seeds()
    with in_time():
        for _ in range(target.rounds):
            data = target.changed(chance.choice(seeds), chance)
            try:
                feed(target, data)
            except Exception as error:
                raise AssertionError(f"{target.name} broke on {data[:4000]!r} ({len(data)} bytes)") from error


def test_large_inputs_do_not_take_long(target):
    """Inputs of a good part of the largest size come to an end: nothing takes time by the square of its length."""
    with in_time(60):
        for data in large(target, 48 * 1024):
            feed(target, data)


def test_a_policy_of_many_groups_does_not_take_long():
    """Forty thousand groups, each the only member of the next, are read by product and checker one after the other."""
    with in_time():
        feed(TARGETS["policy"], chain(40_000))
