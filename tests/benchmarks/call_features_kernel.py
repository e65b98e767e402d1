"""One pass over sorted rows of calls, compiled by numba: each customer's counterparts in a small table of hashes."""

from __future__ import annotations

import math

import numba
import numpy as np

DAY = 86_400_000_000


@numba.njit
def passed(ends, at, party, out, kind, seconds, unknown):  # noqa: C901, PLR0912, PLR0915 - one pass is the point
    found = np.full((len(ends), 13), np.nan)
    start = 0
    for person in range(len(ends)):
        end = ends[person]
        size = 16
        while size < 2 * (end - start):
            size *= 2
        keys, n, made = np.zeros(size, np.uint64), np.zeros(size, np.int64), np.zeros(size, np.int64)
        tally = np.zeros(8)
        days, day, talk, night, last = 0, -1, 0, 0, 0
        total, squares, mean = 0.0, 0.0, 0.0
        for row in range(start, end):
            if kind[row] == 0:
                tally[0 if out[row] else 1] += 1
                tally[2 if out[row] else 3] += seconds[row]
            elif kind[row] == 1 and out[row]:
                tally[4] += 1
            if kind[row] == 2:
                continue
            today = at[row] // DAY
            days += today != day
            day = today
            clock = at[row] - today * DAY
            night += clock <= 7 * 3_600_000_000 or clock >= 19 * 3_600_000_000
            if talk:
                gap = (at[row] - last) / 1e6
                delta = gap - mean
                total += gap
                mean += delta / talk
                squares += delta * (gap - mean)
            talk, last = talk + 1, at[row]
            if party[row] == unknown:
                continue
            place = np.int64(party[row] & np.uint64(size - 1))
            while n[place] and keys[place] != party[row]:
                place = (place + 1) & (size - 1)
            keys[place] = party[row]
            n[place] += 1
            made[place] += out[row]
        known, contacts, entropy, balance, most = n.sum(), 0, 0.0, 0.0, 0
        for place in range(size):
            if n[place]:
                contacts += 1
                share = n[place] / known
                entropy -= share * math.log(share)
                balance += made[place] / n[place]
                most = max(most, n[place])
        told = found[person]
        told[0], told[1], told[2], told[3], told[4] = tally[0], tally[1], tally[2] / 60, tally[3] / 60, tally[4]
        told[5], told[10] = contacts, days
        if contacts:
            told[6], told[7], told[8] = entropy, balance / contacts, most / known
        if talk:
            told[9] = night / talk
        if talk > 1:
            told[11], told[12] = total / (talk - 1), math.sqrt(squares / (talk - 1))
        start = end
    return found
