"""The loops of the letter channel: the chance that a word is written so, and what training has to count.

A writer goes through the source letters from left to right. In the gap before each letter and after the last, he
may insert target letters, each with chance 1 - s; with chance s he goes on. Each source letter then emits no
target letter (E0), one (E1), two (E2) or three (E3, spread evenly). The chance of a target word is the sum over
all ways, in steps of n x m.

Arrays: words are rows of letter codes with their lengths; `e1[x, a]`, `e2[x, a * width + b]`, `e3[x]` already
divided by the number of triples; `go[g]` and `ins[g, a]` (1 - s times the letter's share) for the gaps g = 0
start, 1 inside, 2 end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quittance.people.names.jit import jit

Codes = NDArray[np.int32]
Reals = NDArray[np.float64]


@jit
def forward(
    pairs: Codes, src: Codes, src_len: Codes, tgt: Codes, tgt_len: Codes,
    e0: Reals, e1: Reals, e2: Reals, e3: Reals, go: Reals, ins: Reals, out: Reals,
) -> None:  # fmt: skip
    """P(target | source) of each row of `pairs` (source row, target row) into `out`."""
    width = e1.shape[1]
    reach = tgt.shape[1] + 1
    row = np.zeros(reach)
    new = np.zeros(reach)
    for k in range(pairs.shape[0]):
        w = pairs[k, 0]
        t = pairs[k, 1]
        n = src_len[w]
        m = tgt_len[t]
        row[0] = 1.0
        for j in range(1, m + 1):
            row[j] = 0.0
        for i in range(n + 1):
            gap = 0 if i == 0 else (2 if i == n else 1)
            for j in range(1, m + 1):
                row[j] += row[j - 1] * ins[gap, tgt[t, j - 1]]
            if i == n:
                out[k] = row[m] * go[gap]
                break
            x = src[w, i]
            step = go[gap]
            for j in range(m + 1):
                value = row[j] * e0[x]
                if j >= 1:
                    value += row[j - 1] * e1[x, tgt[t, j - 1]]
                if j >= 2:
                    value += row[j - 2] * e2[x, tgt[t, j - 2] * width + tgt[t, j - 1]]
                if j >= 3:
                    value += row[j - 3] * e3[x]
                new[j] = value * step
            for j in range(m + 1):
                row[j] = new[j]


@jit
def expect(
    pairs: Codes, weights: Reals, src: Codes, src_len: Codes, tgt: Codes, tgt_len: Codes,
    e0: Reals, e1: Reals, e2: Reals, e3: Reals, go: Reals, ins: Reals,
    c0: Reals, c1: Reals, c2: Reals, c3: Reals, cgap: Reals, cins: Reals,
) -> None:  # fmt: skip
    """Add to the c-arrays how often, by the tables, each step was taken in writing the pairs (forward-backward)."""
    width = e1.shape[1]
    rows = src.shape[1] + 2
    reach = tgt.shape[1] + 1
    g = np.zeros((rows, reach))
    b = np.zeros((rows, reach))
    for k in range(pairs.shape[0]):
        w = pairs[k, 0]
        t = pairs[k, 1]
        n = src_len[w]
        m = tgt_len[t]
        for j in range(m + 1):
            g[0, j] = 1.0 if j == 0 else 0.0
        for i in range(n + 1):
            gap = 0 if i == 0 else (2 if i == n else 1)
            for j in range(1, m + 1):
                g[i, j] += g[i, j - 1] * ins[gap, tgt[t, j - 1]]
            if i < n:
                x = src[w, i]
                for j in range(m + 1):
                    value = g[i, j] * e0[x]
                    if j >= 1:
                        value += g[i, j - 1] * e1[x, tgt[t, j - 1]]
                    if j >= 2:
                        value += g[i, j - 2] * e2[x, tgt[t, j - 2] * width + tgt[t, j - 1]]
                    if j >= 3:
                        value += g[i, j - 3] * e3[x]
                    g[i + 1, j] = value * go[gap]
        last = 2 if n > 0 else 0
        total = g[n, m] * go[last]
        if total <= 0.0:
            continue
        for i in range(n, -1, -1):
            gap = 0 if i == 0 else (2 if i == n else 1)
            for j in range(m, -1, -1):
                value = go[gap] if i == n and j == m else 0.0
                if j < m:
                    value += ins[gap, tgt[t, j]] * b[i, j + 1]
                if i < n:
                    x = src[w, i]
                    value += go[gap] * e0[x] * b[i + 1, j]
                    if j + 1 <= m:
                        value += go[gap] * e1[x, tgt[t, j]] * b[i + 1, j + 1]
                    if j + 2 <= m:
                        value += go[gap] * e2[x, tgt[t, j] * width + tgt[t, j + 1]] * b[i + 1, j + 2]
                    if j + 3 <= m:
                        value += go[gap] * e3[x] * b[i + 1, j + 3]
                b[i, j] = value
        share = weights[k] / total
        for i in range(n + 1):
            gap = 0 if i == 0 else (2 if i == n else 1)
            cgap[gap] += weights[k]
            for j in range(m + 1):
                here = g[i, j] * share
                if here == 0.0:
                    continue
                if j < m:
                    cins[gap, tgt[t, j]] += here * ins[gap, tgt[t, j]] * b[i, j + 1]
                if i < n:
                    x = src[w, i]
                    here *= go[gap]
                    c0[x] += here * e0[x] * b[i + 1, j]
                    if j + 1 <= m:
                        c1[x, tgt[t, j]] += here * e1[x, tgt[t, j]] * b[i + 1, j + 1]
                    if j + 2 <= m:
                        pair = tgt[t, j] * width + tgt[t, j + 1]
                        c2[x, pair] += here * e2[x, pair] * b[i + 1, j + 2]
                    if j + 3 <= m:
                        c3[x] += here * e3[x] * b[i + 1, j + 3]


@jit
def chance(words: Codes, lengths: Codes, start: Reals, step: Reals, out: Reals) -> None:
    """P of each word by a bigram model: `start[a]`, `step[a, b]`, and `step[a, width]` for the end."""
    end = step.shape[1] - 1
    for k in range(words.shape[0]):
        n = lengths[k]
        value = start[words[k, 0]] if n > 0 else 1.0
        for i in range(1, n):
            value *= step[words[k, i - 1], words[k, i]]
        out[k] = value * step[words[k, n - 1], end] if n > 0 else value


Arrays = dict[str, NDArray[Any]]
