"""A reader of clean QR codes written from ISO/IEC 18004 alone, to read back what the program prints; for tests.

It corrects no errors and knows byte mode only; every symbol that it is given is whole. It shares no code with the
package that makes the symbols.
"""

from __future__ import annotations

from collections.abc import Sequence

MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)

LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}

# ISO/IEC 18004, table 9: by level, for versions 1 to 40, the error correction codewords of a block, and the blocks.
EC_OF_BLOCK = {
    "L": (
        "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 "
        "28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
    "M": (
        "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 "
        "26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28"
    ),
    "Q": (
        "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 "
        "28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
    "H": (
        "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 "
        "30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
}
BLOCKS = {
    "L": ("1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25"),
    "M": ("1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49"),
    "Q": (
        "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68"
    ),
    "H": (
        "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81"
    ),
}


def read_qr(rows: Sequence[Sequence[bool]]) -> bytes:
    """The bytes that a symbol holds, from its modules without the quiet zone; dark is true."""
    side = len(rows)
    version = (side - 17) // 4
    assert side == 17 + 4 * version
    assert 1 <= version <= 40
    form = 0
    for x in (0, 1, 2, 3, 4, 5, 7, 8):
        form = form << 1 | rows[8][x]
    form = (form << 7 | sum(rows[y][8] << at for at, y in enumerate((0, 1, 2, 3, 4, 5, 7)))) ^ 0b101010000010010
    level, mask = LEVELS[form >> 13], MASKS[form >> 10 & 7]
    bits = []
    for right in range(side - 1, 0, -2):
        column = right - 1 if right <= 6 else right
        upward = (side - 1 - right) // 2 % 2 == 0
        for step in range(side):
            y = side - 1 - step if upward else step
            bits += [rows[y][x] ^ mask(y, x) for x in (column, column - 1) if not is_function(version, y, x)]
    words = [int("".join(str(int(bit)) for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) - 7, 8)]
    return segments(b"".join(blocks(words, version, level)), version)


def is_function(version: int, y: int, x: int) -> bool:
    """Whether a module belongs to the patterns and not to the data."""
    side = 17 + 4 * version
    if (y < 9 and (x < 9 or x >= side - 8)) or (y >= side - 8 and x < 9) or y == 6 or x == 6:
        return True
    if version >= 7 and ((y < 6 and x >= side - 11) or (x < 6 and y >= side - 11)):
        return True
    centres = alignment(version)
    last = len(centres) - 1
    corners = {(0, 0), (0, last), (last, 0)}
    return any(
        abs(y - centres[i]) <= 2 and abs(x - centres[j]) <= 2
        for i in range(len(centres))
        for j in range(len(centres))
        if (i, j) not in corners
    )


def alignment(version: int) -> list[int]:
    """The centres of the alignment patterns in both directions (annex E)."""
    if version == 1:
        return []
    count, end = version // 7 + 2, 4 * version + 10
    gap = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6] + [end - gap * at for at in range(count - 2, -1, -1)]


def blocks(words: list[int], version: int, level: str) -> list[bytes]:
    """The data of each block, taken out of their order in the symbol."""
    ec = int(EC_OF_BLOCK[level].split()[version - 1])
    count = int(BLOCKS[level].split()[version - 1])
    data = len(words) - ec * count
    short = data // count
    sizes = [short + (number >= count - data % count) for number in range(count)]
    found: list[list[int]] = [[] for _ in sizes]
    stream = iter(words)
    for at in range(max(sizes)):
        for number, size in enumerate(sizes):
            if at < size:
                found[number].append(next(stream))
    return [bytes(one) for one in found]


def segments(data: bytes, version: int) -> bytes:
    """What the segments in byte mode hold; another mode is an error."""
    bits, at, out = int.from_bytes(data, "big"), len(data) * 8, b""

    def take(number: int) -> int:
        nonlocal at
        at -= number
        return bits >> at & (1 << number) - 1

    while at >= 4 and (mode := take(4)):
        assert mode == 0b0100, f"mode {mode:04b}"
        size = take(8 if version < 10 else 16)
        out += bytes(take(8) for _ in range(size))
    return out
