"""Large imaginary extracts to time ingest on: bills and call records, as plain and as dirty as an operator's.

    python tests/benchmarks/ingest_extracts.py --folder /somewhere/with/room --bills 10000000 --calls 20000000

Writes bills.utf8.csv, bills.gb18030.csv (the same rows) and calls.csv: customers in no order, months in order.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

BLOCK = 500_000
KINDS = ("月租费", "语音费")
CITIES = ("郑州市", "开封市", "洛阳市", "南阳市", "许昌市", "周口市", "商丘市", "信阳市")


def bills(rows: int) -> Iterator[pl.DataFrame]:
    """Two kinds of charge a customer and month, 12 months, 12 columns, about 95 bytes a row."""
    customers, number = rows // (12 * len(KINDS)), 0
    for month in range(12):
        chance = np.random.default_rng((7, month))
        order = chance.permutation(customers)
        for start in range(0, customers, BLOCK // len(KINDS)):
            who = np.repeat(order[start : start + BLOCK // len(KINDS)], len(KINDS))
            n = len(who)
            amount = chance.integers(0, 30_000, n) / 100
            yield pl.DataFrame(
                {
                    "账单编号": pl.Series(np.arange(number, number + n)).cast(pl.String).str.zfill(12),
                    "客户编号": pl.select(pl.format("C{}", pl.Series(who).cast(pl.String).str.zfill(8))).to_series(),
                    "账期": [f"2023{month + 1:02d}"] * n,
                    "费用类型": np.tile(KINDS, n // len(KINDS)),
                    "应收金额": amount,
                    "优惠金额": np.where(chance.random(n) < 0.2, chance.integers(0, 1000, n) / 100, 0.0),
                    "缴费期限": [f"2023-{month + 1:02d}-28"] * n,
                    "归属地市": np.asarray(CITIES)[who % len(CITIES)],
                    "账单状态": np.asarray(("已缴", "未缴"))[(chance.random(n) < 0.1).astype(int)],
                    "税额": np.round(amount * 0.06, 2),
                    "欠费金额": np.where(chance.random(n) < 0.1, amount, 0.0),
                    "销账批次": chance.integers(1, 400, n),
                }
            )
            number += n


def calls(rows: int) -> Iterator[pl.DataFrame]:
    """Call records of one month in order of time: caller, other side, start, seconds, direction, cell."""
    customers = max(rows // 100, 1)
    for start in range(0, rows, BLOCK):
        chance = np.random.default_rng((8, start))
        n = min(BLOCK, rows - start)
        second = np.sort(chance.integers(start * 2_592_000 // rows, (start + n) * 2_592_000 // rows + 1, n))
        at = pl.Series(second * 1_000_000 + 1_717_200_000_000_000).cast(pl.Datetime("us"))
        yield pl.DataFrame(
            {
                "客户编号": pl.select(
                    pl.format("C{}", pl.Series(chance.integers(0, customers, n)).cast(pl.String).str.zfill(8))
                ).to_series(),
                "对方号码": pl.Series(chance.integers(10**7, 10**8, n)).cast(pl.String).str.zfill(8),
                "通话开始时间": at.dt.to_string("%Y-%m-%d %H:%M:%S"),
                "通话时长(秒)": np.where(chance.random(n) < 0.2, 0, chance.integers(1, 1800, n)),
                "呼叫类型": np.asarray(("主叫", "被叫"))[chance.integers(0, 2, n)],
                "基站": pl.Series(chance.integers(10_000, 40_000, n)).cast(pl.String),
            }
        )


def write(path: Path, frames: Iterator[pl.DataFrame], encoding: str = "utf-8") -> None:
    """Write a delimited file with one header."""
    with path.open("wb") as file:
        for place, frame in enumerate(frames):
            data = frame.write_csv(include_header=place == 0)
            file.write(data.encode(encoding))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--bills", type=int, default=10_000_000)
    options.add_argument("--calls", type=int, default=20_000_000)
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.bills:
        for encoding in ("utf-8", "gb18030"):
            write(given.folder / f"bills.{encoding.replace('-', '')}.csv", bills(given.bills), encoding)
    if given.calls:
        write(given.folder / "calls.csv", calls(given.calls))


if __name__ == "__main__":
    main()
