"""An imaginary operator of whose extracts every number, name, certificate and address is a planted secret.

Every name, address and mail holds one of `MARKS`, so that a scan needs to look for these alone; the numbers are in
`Planted.numbers`. Half of the customers are known by nothing but a telephone number.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from telcli.cli import main

__all__ = ["MARKS", "TOML", "Planted", "operator"]

MARKS = ("曌昶", "Zqxalia", "zqxalia", "secret-mail", "hunter2-secret")
"""In names and addresses in Chinese, in mails and Latin names, in passwords."""
TOML = """
[segment]
algorithm = "kmeans"
max_segments = 4

[predict-churn]
fit_seconds = 1.0
compare = "quick"
earlier_tests = 0
max_snapshots = 2
exclude = "hours_to_close"

[plan-retention]
holdout = 0.4
holdout_most = 0.4

[evaluate-retention]
draws = 40
model_customers = 0
"""
"""How good results are is not what is looked at."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CUSTOMER = re.compile(r"\bC(\d{8})\b")
LINE = re.compile(r"\bU(\d{8})(\d\d)\b")
LATIN = ("Smith", "Jones", "Novak", "Petrov", "Abara", "Li", "Garcia", "Kim", "Rossi", "Weber")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "明文涛华强军丽敏静杰"


def certificate(n: int) -> str:
    body = f"110105{1950 + n % 50}{n % 12 + 1:02}{n % 28 + 1:02}{n % 1000:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def card(n: int) -> str:
    """A bank card whose check digit is right."""
    body = f"622202{n * 7919 + 1234567:012}"
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def name(n: int) -> str:
    return f"{SURNAMES[n % 10]}曌昶{GIVEN[n // 10 % 10] if n % 2 else ''}"


def phone(n: int) -> str:
    return f"139{n * 104729 % 10**8:08}"


@dataclass
class Planted:
    """The folder of extracts, and the numbers in them by customer."""

    folder: Path
    numbers: dict[int, list[str]] = field(default_factory=dict)

    def of(self, n: int) -> list[str]:
        """A customer's numbers: telephone, further line, certificate, an old one, bank card, device, card of it."""
        if n not in self.numbers:
            cert = certificate(n)
            own = [phone(n), phone(n + 500_000), cert, cert[:6] + cert[8:17], card(n)]
            self.numbers[n] = [*own, f"8612345{n:07}0", f"46001{n * 7 + 11:010}"]
        return self.numbers[n]

    @property
    def all(self) -> list[str]:
        return [number for own in self.numbers.values() for number in own]

    def files(self) -> list[Path]:
        return sorted(file for file in self.folder.iterdir() if file.is_file())


def operator(folder: Path, customers: int = 90, months: int = 10) -> Planted:
    """Simulate an operator and put secrets in all its extracts."""
    raw = folder.with_name(f"{folder.name}-raw")
    words = ["simulate", "-o", str(raw), "--customers", str(customers), "--months", str(months), "--surveys", "--fraud"]
    with contextlib.redirect_stdout(io.StringIO()):
        assert main([*words, "--as-of", "2024-06", "-q"]) == 0
    folder.mkdir()
    made = Planted(folder)
    for file in sorted((*raw.glob("*.csv"), *raw.glob("*.txt"))):
        rows = _read(file)
        change = _CHANGES.get(re.sub(r"_\d{4}", "", file.stem))
        table = [_planted(row, made) for row in _thinned(file.stem, rows)]
        if change:
            change(table, made)
        if file.stem == "crm_customers":
            _write(folder / "campaigns.csv", _campaigns([next(iter(row.values())) for row in table], made))
        _write(folder / _NAMES.get(file.stem, f"{file.stem}.csv").format(made.of(1)[0], made.of(2)[2], name(3)), table)
    shutil.rmtree(raw)
    assert len([file for file in made.files() if any(mark in file.name for mark in (name(3), *made.all))]) == len(
        _NAMES
    )
    return made


_NAMES = {
    "crm_customers": "crm_customers {2}.csv",
    "payments": "payments-{0}.csv",
    "tickets": "tickets id{1} {2}.csv",
    "surveys": "{0}.csv",
}
"""Extracts that are called after persons: a number, a certificate, a name that an extract tells."""


def _read(file: Path) -> list[dict[str, str]]:
    body = file.read_bytes()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030")
    return list(csv.DictReader(io.StringIO(text), delimiter="|" if "|" in text.split("\n", 1)[0] else ","))


def _write(file: Path, rows: Sequence[dict[str, str]]) -> None:
    with file.open("w", encoding="gb18030", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _thinned(stem: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Calls are many: those of the last weeks are enough for cases of fraud."""
    return rows[-6_000:] if stem == "calls" else rows


def _planted(row: dict[str, str], made: Planted) -> dict[str, str]:
    """Every other customer under the number of a telephone; lines after their own."""

    def customer(found: re.Match[str]) -> str:
        n = _number(found[1])
        made.of(n)
        return phone(n) if n % 2 else found[0]

    def line(found: re.Match[str]) -> str:
        n = int(found[1])
        return made.of(n)[0] if found[2] == "01" and n % 2 else found[0]

    return {key: LINE.sub(line, CUSTOMER.sub(customer, value)) for key, value in row.items()}


def _number(digits: str) -> int:
    """Fraudsters and those who look like them, whose numbers begin with 9, behind all others."""
    n = int(digits)
    return n if n < 1_000_000 else 1_000 + n % 1_000


def _who(row: dict[str, str], made: Planted) -> int:
    """The number of a customer by what the row begins with."""
    told = next(value for key, value in row.items() if key in ("客户编号", "customer_id"))
    if told.startswith("C"):
        return _number(told[1:])
    return next(n for n, own in made.numbers.items() if own[0] == told)


def _people(rows: list[dict[str, str]], made: Planted) -> None:
    for row in rows:
        n = _who(row, made)
        own = made.of(n)
        row |= {"客户名称": name(n), "证件号码": own[2] if n % 3 else own[3], "手机号码": own[0]}
        row |= {
            "联系地址": f"南京市鼓楼区曌昶路{n}号3栋502室",
            "电子邮件": f"user{n}@secret-mail.cn",
            "联系人": name(n + 7),
        }
        row |= {"银行账号": own[4], "备注": f"机主{name(n)}，{own[0]}", "Emergency Contact": f"Zqxalia {LATIN[n % 10]}"}
        row["客户经理编号"] = f"{SURNAMES[n % 3]}曌昶" if n % 4 == 0 else row["客户经理编号"]


def _lines(rows: list[dict[str, str]], made: Planted) -> None:
    for row in rows:
        own = made.of(_who(row, made))
        row |= {"手机号码": own[0] if row["用户编号"].endswith("01") else own[1], "终端IMEI": own[5], "IMSI": own[6]}


def _tickets(rows: list[dict[str, str]], made: Planted) -> None:
    for n, row in enumerate(rows):
        who = _who(row, made)
        own = made.of(who)
        spaced = " ".join((own[0][:3], own[0][3:7], own[0][7:]))
        row["内容"] = (
            f"客户{name(who)}来电投诉网速太慢，请回电{own[0]}，证件{own[2]}，卡{own[4]}",
            f"{name(who)}先生反映扣费不明，联系电话 {spaced}，邮箱 user{who}@secret-mail.cn",
            f"住南京市鼓楼区曌昶路{who}号3栋502室，信号差，要求上门",
        )[n % 3]
        row["坐席姓名"] = f"{SURNAMES[n % 5]}曌昶{GIVEN[n % 4]}"


def _answers(rows: list[dict[str, str]], made: Planted) -> None:
    for row in rows:
        who = _who(row, made)
        row["意见"] = f"希望便宜些，我叫{name(who)}，电话{made.of(who)[0]}"


def _calls(rows: list[dict[str, str]], made: Planted) -> None:
    for at, row in enumerate(rows):
        own = made.of(_who(row, made))
        row |= {"imei": own[5], "imsi": own[6]}
        if at % 5 == 0:
            row["other_number"] = made.of(at % 80 + 1)[0]


def _campaigns(customers: Sequence[str], made: Planted) -> list[dict[str, str]]:
    """Two campaigns of the past, some of each held out, with names and numbers of whom was rung."""
    rows = []
    for at, who in enumerate(customers):
        for campaign, month in (("回访", 2), ("续约", 4)):
            row = {"客户编号": who, "活动编号": campaign, "分组": ("实验组", "对照组")[(at * month) % 5 == 0]}
            n = _who(row, made)
            treated = row["分组"] == "实验组"
            row |= {
                "优惠编号": "满减10",
                "渠道": "外呼",
                "触达时间": f"2024-0{month}-{at % 20 + 1:02}" if treated else "",
            }
            row |= {"反馈": ("同意", "拒绝")[at % 2] if treated else "", "备注": f"{name(n)}让改天打{made.of(n)[1]}"}
            rows.append(row | {"外呼坐席": f"{SURNAMES[at % 5]}曌昶"})
    return rows


_CHANGES: dict[str, Callable[[list[dict[str, str]], Planted], None]] = {
    "crm_customers": _people,
    "crm_subscriptions": _lines,
    "tickets": _tickets,
    "surveys": _answers,
    "calls": _calls,
}
