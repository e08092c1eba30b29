"""Makes cases.json: small invented registers, rules of every kind, and what the second implementation says of them.

Run `python -m tests.golden.selection.make` from the repository. The second implementation tries every batch, so nothing
in the file comes from the product.
"""

import json
from pathlib import Path

from tests.oracle.selection import selected

from quittance.selection.synthetic import register_csv, rules_mapping

CASES = Path(__file__).parent / "cases.json"

SEEDS = ("00" * 32, "11" * 32, "f6bdceadc926eacb4ab9a945580c07f424d713f3dd052d873741e2db783457c5")

GRAVE = {"id": "gc3-109", "when": {"field": "health", "at_least": "grave"}, "gates": ["medical", "consent"]}
OLD = {"id": "old", "when": {"any": [{"field": "age", "at_least": 60}, {"field": "health", "equals": "serious"}]}}
CARE = {"id": "care", "when": {"field": "health", "at_least": "chronic"}, "min": 1, "max": 1}
LISTS = {"id": "list", "by": "list", "min": {"L2": 1, "L3": 1}, "default_max": 2}
PRISONS = {"id": "prison", "by": "prison", "max": {"Bagram": 1}, "default_max": 1}
FACTIONS = {"id": "faction", "by": "faction", "min": {"F1": 1, "F2": 1, "F9": 0}}
IMPOSSIBLE = {"id": "faction", "by": "faction", "min": {"F9": 1}}


def variants():
    """(name, people, generator seed, size, changes of the rules)."""
    for dims in range(1, 6):
        yield f"{dims} quotas by share", 24, dims, 3, {"quotas": rules_mapping(dims, 30)["quotas"]}
    crossing = [PRISONS, LISTS, FACTIONS]
    for seed in range(1, 9):
        yield f"crossing bounds, register {seed}", 22, seed, 4, {"quotas": crossing}
        yield f"drawn, register {seed}", 20, seed, 3, {"quotas": [LISTS, CARE], "method": "draw"}
    sick = GRAVE | {"when": {"field": "health", "at_least": "chronic"}}
    yield "outside the ratio and tiers", 26, 3, 3, {"outside_ratio": [sick], "tiers": [OLD], "quotas": [LISTS]}
    yield "two tiers, no points", 22, 4, 3, {"tiers": [OLD, GRAVE | {"id": "grave"}], "points": [], "quotas": []}
    consent = {"id": "consent", "by": "consent", "min": {"yes": 1}, "max": {"yes": 2}}
    yield (
        "flags and scales as quotas",
        24,
        5,
        3,
        {"gates": ["listed"], "quotas": [consent, {"id": "h", "by": "health"}]},
    )
    yield "a class that nobody has", 20, 6, 3, {"quotas": [LISTS, IMPOSSIBLE]}
    yield "too few", 6, 7, 5, {"quotas": []}
    yield "a reserve of one", 20, 8, 3, {"reserve": {"length": 1}, "quotas": [LISTS]}


def cases():
    """Every case with what must be said of it."""
    for at, (name, people, generator, size, changes) in enumerate(variants()):
        rules = {**rules_mapping(0, size), **changes}
        rules["tiers"] = [{"id": tier["id"], "when": tier["when"]} for tier in rules.get("tiers", [])]
        if not rules["tiers"]:
            del rules["tiers"]
        register = register_csv(people, generator, correlated=at % 2 == 1).decode()
        seed = SEEDS[at % len(SEEDS)]
        about = {"agreement": None if at % 4 == 0 else "invented", "batch": None if at % 4 == 1 else at}
        said = selected(register, rules, bytes.fromhex(seed), **about)
        yield {"name": name, "register_csv": register, "rules": rules, "seed": seed, **about, "expected": said}


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(case) for case in cases())
    CASES.write_text(f"[\n{lines}\n]\n", "utf-8")
