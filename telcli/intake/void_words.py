"""Words of a column of states that say that a bill or payment is void, and the columns that may hold them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = ["says_void", "void_rows"]

_STATES = (
    *(
        "状态",
        "账单状态",
        "缴费状态",
        "交易状态",
        "支付状态",
        "付款状态",
        "单据状态",
        "发票状态",
        "冲正状态",
        "冲红状态",
    ),
    *("status", "state", "bill_status", "invoice_status", "payment_status", "transaction_status"),
)
"""Attributes that may say so."""
_VOID = (
    *(
        "已冲正",
        "冲正",
        "作废",
        "已作废",
        "红冲",
        "已红冲",
        "冲红",
        "已冲红",
        "冲销",
        "已冲销",
        "撤销",
        "已撤销",
        "返销",
        "已返销",
    ),
    *("void", "voided", "reversed", "reversal", "cancelled", "canceled"),
)
_NOT_PAID = ("失败", "缴费失败", "支付失败", "交易失败", "退款", "已退款", "failed", "declined", "refunded", "bounced")
"""Of payments these too."""


def says_void(header: str) -> bool:
    """Whether a column, or the attribute made of it, may say that a bill or payment is void.

    >>> says_void("x_账单状态"), says_void("Status"), says_void("status of line")
    (True, True, False)
    """
    return header.removeprefix("x_").strip().lower().replace(" ", "_") in _STATES


def void_rows(columns: Sequence[str], table: str) -> pl.Expr:
    """Whether any of these columns of `bills` or `payments` says so; no where they are silent.

    >>> frame = pl.DataFrame({"x_status": [" Cancelled", "paid", None]})
    >>> frame.select(void_rows(["x_status"], "bills")).to_series().to_list()
    [True, False, False]
    """
    words = _VOID if table == "bills" else (*_VOID, *_NOT_PAID)
    said = (pl.col(name).str.strip_chars().str.to_lowercase().is_in(words) for name in columns)
    return pl.any_horizontal(pl.lit(value=False), *said).fill_null(value=False)
