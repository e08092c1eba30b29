"""All measurements, or one part: python -m bench [agreement|claims|names|people|record|selection] [arguments of it]."""

from __future__ import annotations

import sys

from bench import agreement, claims, names, people, record, selection

PARTS = {
    "agreement": agreement.main,
    "record": record.main,
    "names": names.main,
    "people": people.main,
    "selection": selection.main,
    "claims": claims.main,
}


def main(argv: list[str]) -> int:
    """Run the part named, with the arguments after its name; without a name, every part one after the other."""
    if argv and argv[0] in PARTS:
        return PARTS[argv[0]](argv[1:])
    if argv and not argv[0].startswith("-"):
        print(f"Unknown part `{argv[0][:40]}`. Parts: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    codes = []
    for name, part in PARTS.items():
        print(f"--- {name} ---")
        codes.append(part([]))
        print()
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
