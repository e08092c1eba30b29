"""Fuzzes the parsers, guided by coverage.

    python -m tests.fuzz TARGET --seconds 120     one parser
    python -m tests.fuzz --all --seconds 20       each in turn
    python -m tests.fuzz --list

First each input of the corpus and inputs of the largest size are tried, then mutations for as long as is asked. What a
run finds is kept under build/fuzz/TARGET, and a later run goes on from there. An input that breaks a parser belongs,
once it is mended, into tests/fuzz/corpus/TARGET, where the normal suite tries it for ever.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

from tests.fuzz.limits import in_time

ROOT = Path(__file__).parents[2]
MEMORY_MB = 2048
MODULES = ["quittance", "quittance_check"]


def main() -> int:
    """Run the command line; 1 if a parser fails."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzzes the parsers.")
    options.add_argument("target", nargs="?")
    options.add_argument("--all", action="store_true", help="every parser in turn")
    options.add_argument("--list", action="store_true", help="the names of the parsers")
    options.add_argument("--seconds", type=int, default=60, help="how long each is fuzzed")
    given = options.parse_args()
    if not given.list and (reason := missing()):
        print(reason)
        return 1 if os.environ.get("CI") == "true" and can_have() else 0
    if given.list or given.all:
        from tests.fuzz.targets import TARGETS

        if given.list:
            print(*TARGETS, sep="\n")
            return 0
        failed = [name for name in TARGETS if run_alone(name, given.seconds)]
        print(f"fuzz: {len(TARGETS)} parsers, failed: {', '.join(failed) or 'none'}")
        return int(bool(failed))
    if given.target is None:
        options.error("name a target, or give --all")
    fuzz(given.target, given.seconds)
    return 0


def can_have() -> bool:
    """Whether atheris is made for this machine."""
    return sys.platform == "linux" and sys.version_info < (3, 14)


def missing() -> str | None:
    """Why nothing can be fuzzed here, None if it can."""
    try:
        import atheris  # noqa: F401
    except ImportError:
        hint = "install the dependency group `fuzz`" if can_have() else "it is made for Linux and Python up to 3.13"
        return f"fuzz: SKIPPED, atheris is not here ({hint}); the normal suite still tries the corpus and mutations"
    return None


def run_alone(name: str, seconds: int) -> int:
    """Fuzz one parser in a process of its own, since libFuzzer ends the process; its exit code."""
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    said = done.stderr.splitlines()
    runs = next((line for line in reversed(said) if line.startswith("Done ")), "no end")
    print(f"fuzz: {name}: {'ok' if not done.returncode else 'FAILED'} ({runs})", flush=True)
    if done.returncode:
        print(done.stdout[-2000:], "\n".join(said[-60:]), sep="\n", flush=True)
    return done.returncode


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one parser; ends the process."""
    import atheris

    with atheris.instrument_imports(include=MODULES):
        from tests.fuzz import targets
    target = targets.TARGETS[name]
    seeds = target.seeds()
    for seed in (*seeds, *targets.large(target)):
        with in_time():
            targets.feed(target, seed)
    place = ROOT / "build" / "fuzz" / name
    (place / "corpus").mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (place / "corpus" / f"seed-{number}").write_bytes(seed)

    def change(data: bytes, limit: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, limit))
        return target.changed(chance.choice(seeds) if chance.random() < 0.05 else data, chance)[:limit]

    arguments = [
        *(sys.argv[0], str(place / "corpus"), str(ROOT / "tests" / "fuzz" / "corpus" / name)),
        *(f"-max_total_time={seconds}", "-timeout=20", f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=0"),
        *(f"-max_len={min(target.largest, 16_384)}", f"-artifact_prefix={place}/", "-verbosity=1"),
    ]
    arguments = [one for one in arguments if one.startswith("-") or Path(one).exists()]
    atheris.Setup(arguments, lambda data: targets.feed(target, data), custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
