"""Damage done to whole files: to bytes, and to what they are made of (cells, members, tags, keys), checksums mended."""

from __future__ import annotations

import io
import json
import re
import stat
import struct
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

__all__ = ["NAMES", "any_bytes", "any_json", "any_text", "any_toml", "any_xml", "any_zip", "value"]

NUMBERS = (0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64, 10**30)
WORDS = (
    *("", " ", "\0", '"', "'", ",", ";", "\t", "|", "\r", "\n", "\r\n", "\\", "\ufeff", "\u2028", "\x1a", "\x1f", "€€"),
    *(
        "NaN",
        "inf",
        "-inf",
        "1e400",
        "1e-400",
        "-0",
        "00",
        "9" * 400,
        "9" * 5000,
        "１２",
        "0x10",
        "1_0",
        "true",
        "null",
    ),
    *("9999-12-31", "0000-00-00", "10000-01-01", "2024-02-30", "24:00", "99991231235959", "43510", "-99999", "1066"),
    *("..", "../x", "/", "/etc/passwd", "C:\\x", "CON", "-w", "--help", "~", "~root", "*", "[a-", "{", "{0}", "{file}"),
    *(
        "=1+1",
        "@SUM(A1)",
        "%s%n",
        "$(id)",
        "a" * 300,
        "汉" * 300,
        "\U0010ffff",
        "e\u0301",
        "\u202e",
        "_line",
        "_source",
    ),
    *("customer_id", "客户编号", "month", "账期", "amount", "合计", "总计", "小计", "x_", "x_a", "__class__", "\ud800"),
)
NAMES = (
    *(
        "../out.csv",
        "/nowhere/out.csv",
        "..\\out.csv",
        "C:\\out.csv",
        "a/../../b.csv",
        "",
        ".",
        "..",
        "a//b.csv",
        "a\0b.csv",
    ),
    *("CON.csv", "nul", "-rf.csv", "a\nb.csv", "汉" * 90 + ".csv", "a" * 300 + ".csv", "a/" * 300 + "b.csv", " .csv"),
    *(
        "a.csv/",
        "\ufeffa.csv",
        "a.csv:stream",
        "a?.csv",
        "*.csv",
        "[1].csv",
        "\u202evsc.csv",
        "a.zip",
        "x.xlsx",
        "~$a.csv",
    ),
)
MOST = 1 << 20
"""Bytes beyond which nothing more is put in."""


def value(chance: Random, depth: int = 0) -> Any:
    """Anything JSON can say."""
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind == 0:
        return chance.choice(NUMBERS)
    if kind == 1:
        return chance.choice([0.5, -1.5, 1e308, 5e-324, float("nan"), float("inf")])
    if kind == 2:
        return chance.choice([True, False, None])
    if kind < 6:
        return chance.choice(WORDS)
    if kind < 8:
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(WORDS): value(chance, depth + 1) for _ in range(chance.randrange(4))}


def any_bytes(chance: Random, data: bytes, tokens: Sequence[bytes] = ()) -> bytes:
    """One to four small changes anywhere."""
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        data = _one_change(chance, data, tokens)
    return data


def _one_change(chance: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:  # noqa: PLR0911 - one for each kind
    at = chance.randrange(len(data) + 1)
    end = min(at + chance.choice([1, 1, 2, 4, 8, 64, 512]), len(data))
    kind = chance.randrange(9)
    if kind == 0 and data:
        flipped = data[at - 1] ^ (1 << chance.randrange(8))
        return data[: at - 1] + bytes([flipped]) + data[at:] if at else data
    if kind == 1:
        return data[:at] + chance.randbytes(end - at) + data[end:]
    if kind == 2:
        return data[:at] + data[end:]
    if kind == 3:
        return data[:at] if chance.random() < 0.5 else data[at:]
    if kind == 4 and len(data) < MOST:
        return data[:at] + data[at:end] * chance.choice([2, 3, 50]) + data[end:]
    if kind == 5:
        other = chance.randrange(len(data) + 1)
        return data[:at] + data[other : other + end - at] + data[end:]
    if kind == 6:
        form = chance.choice(["<B", "<H", ">H", "<I", ">I", "<Q", ">Q"])
        number = struct.pack(form, chance.choice(NUMBERS) % (1 << 8 * struct.calcsize(form)))
        return data[:at] + number + data[at + len(number) :]
    if kind == 7 and tokens:
        return data[:at] + chance.choice(tokens) + data[at if chance.random() < 0.5 else end :]
    return data[:at] + chance.choice(WORDS).encode("utf-8", "surrogatepass") + data[end:]


def any_text(chance: Random, text: str, delimiter: str = ",") -> bytes:
    """A delimited text with other cells, lines, ends, delimiters or another encoding."""
    rows = [line.split(delimiter) for line in text.splitlines()]
    for _ in range(chance.randrange(1, 6)):
        row = chance.choice(rows)
        kind = chance.randrange(8)
        if kind < 4 and row:
            row[chance.randrange(len(row))] = chance.choice(WORDS)
        elif kind == 4:
            row.insert(chance.randrange(len(row) + 1), chance.choice(WORDS))
        elif kind == 5 and row:
            del row[chance.randrange(len(row))]
        elif kind == 6 and len(rows) < 5000:
            rows += chance.choices(rows, k=chance.choice([1, 3, 200]))
        else:
            rows.insert(chance.randrange(len(rows) + 1), chance.choice([[], [""], list(chance.choice(rows))]))
    delimiter = chance.choice([delimiter] * 5 + [";", "\t", "|", "\x1f", "€€", ""])
    end = chance.choice(["\n"] * 5 + ["\r\n", "\r", "\n\n", "\x0b"])
    written = end.join(delimiter.join(row) for row in rows) + chance.choice(["", end, end * 3, "\x1a"])
    encoding = chance.choice(
        ["utf-8"] * 6 + ["utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-be", "utf-32", "cp1252"]
    )
    found = written.encode(encoding, chance.choice(["replace", "ignore"]))
    return any_bytes(chance, found) if chance.random() < 0.3 else found


def any_json(chance: Random, whole: Any, *, lines: bool = False) -> bytes:
    """A value with some of its parts replaced, dropped, doubled or wrapped."""
    whole = json.loads(json.dumps(whole))
    for _ in range(chance.randrange(1, 5)):
        whole = _other_part(chance, whole)
    if lines and isinstance(whole, list):
        text = "\n".join(json.dumps(one) for one in whole)
    else:
        text = json.dumps(whole, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.05:
        deep = chance.choice([50, 500, 5000, 100_000])
        text = text.replace("null", "[" * deep + "]" * deep, 1)
    data = text.encode("utf-8", "surrogatepass")
    return any_bytes(chance, data, (b"{", b"}", b"[", b"]", b"1e999", b"\\ud800")) if chance.random() < 0.3 else data


def _other_part(chance: Random, whole: Any) -> Any:
    """Walk down a little and change what is there."""
    if isinstance(whole, dict) and whole and chance.random() < 0.8:
        key = chance.choice(list(whole))
        kind = chance.randrange(10)
        if kind == 0:
            del whole[key]
        elif kind == 1:
            whole[chance.choice(WORDS)] = whole[key]
        else:
            whole[key] = _other_part(chance, whole[key])
        return whole
    if isinstance(whole, list) and whole and chance.random() < 0.8:
        at = chance.randrange(len(whole))
        kind = chance.randrange(10)
        if kind == 0:
            del whole[at]
        elif kind == 1:
            whole += [whole[at]] * chance.choice([1, 2, 300])
        else:
            whole[at] = _other_part(chance, whole[at])
        return whole
    return value(chance) if chance.random() < 0.8 else chance.choice([[whole], {"a": whole}, str(whole)])


_NUMBER, _QUOTED = re.compile(rb"\d+"), re.compile(rb'"[^"]*"')
_ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def any_xml(chance: Random, data: bytes) -> bytes:
    """Tags doubled or dropped, numbers and attributes replaced, entities declared."""
    for _ in range(chance.choice([1, 1, 2, 3])):
        parts = re.split(rb"(<[^>]*>)", data)
        at = chance.randrange(len(parts))
        kind = chance.randrange(8)
        if kind == 0:
            del parts[at]
        elif kind == 1:
            parts[at] *= chance.choice([2, 10, 3000]) if len(data) < MOST else 1
        elif kind == 2:
            quoted = b'"' + chance.choice(WORDS).encode("utf-8", "ignore") + b'"'
            parts[at] = _QUOTED.sub(lambda found, new=quoted: new, parts[at], count=1)
        elif kind == 3 and chance.random() < 0.3:
            parts.insert(1, _ENTITY)
            parts[at] += b"&b;&c;"
        elif kind == 4:
            parts[at], parts[at - 1] = parts[at - 1], parts[at]
        else:
            spots = list(_NUMBER.finditer(data))
            if spots:
                spot = chance.choice(spots)
                number = str(chance.choice([*NUMBERS, 16384, 16385, 1048576, 1048577, 10**400])).encode()
                data = data[: spot.start()] + number + data[spot.end() :]
            continue
        data = b"".join(parts)
    return any_bytes(chance, data) if chance.random() < 0.2 else data


def any_zip(chance: Random, data: bytes, inner: Callable[[Random, str, bytes], bytes]) -> bytes:
    """An archive with other members, names or kinds of them, or with bytes of its own damaged."""
    if chance.random() < 0.15:
        return any_bytes(chance, data, (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"))
    try:
        with ZipFile(io.BytesIO(data)) as old:
            members = [(one.filename, old.read(one)) for one in old.infolist()]
    except (BadZipFile, OSError):
        return any_bytes(chance, data)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        at = chance.randrange(len(members)) if members else 0
        kind = chance.randrange(10)
        if kind < 7 and members:
            members[at] = (members[at][0], inner(chance, *members[at]))
        elif kind == 7 and members:
            del members[at]
        elif kind == 8 and members:
            members.append((chance.choice([chance.choice(NAMES), members[at][0]]), members[at][1]))
        elif members:
            members[at] = (chance.choice(NAMES), members[at][1])
    return _packed(chance, members)


def _packed(chance: Random, members: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as new:
        for name, content in members:
            about = ZipInfo(name or "x")
            about.filename = name  # as it is, where ZipInfo cuts it at a zero
            about.compress_type = chance.choice([ZIP_DEFLATED] * 6 + [ZIP_STORED, ZIP_BZIP2, ZIP_LZMA])
            if chance.random() < 0.05:
                about.external_attr = (
                    chance.choice([stat.S_IFLNK | 0o777, stat.S_IFCHR, stat.S_IFDIR, stat.S_IFIFO]) << 16
                )
            try:
                with warnings.catch_warnings(action="ignore"):  # that a name stands there twice
                    new.writestr(about, content)
            except (UnicodeError, ValueError, struct.error):
                continue  # a name that no archive takes
    found = target.getvalue()
    if chance.random() < 0.1:  # a size that lies, in one of the two places where it stands
        at = found.find(chance.choice([b"PK\x01\x02", b"PK\x03\x04"]))
        spot = at + chance.choice([18, 20, 22, 24, 42])
        found = found[:spot] + struct.pack("<I", chance.choice(NUMBERS) % (1 << 32)) + found[spot + 4 :]
    return found


def any_toml(chance: Random, tables: dict[str, dict[str, Any]]) -> bytes:
    """A file of sections with other values, names and nesting, and sometimes broken text."""
    lines = []
    for section in chance.sample(list(tables), min(len(tables), chance.randrange(1, 5))):
        head = section if chance.random() < 0.9 else chance.choice(WORDS)
        lines.append(f"[{head}]" if chance.random() < 0.9 else f"[[{head}]]")
        names = list(tables[section])
        for name in chance.sample(names, min(len(names), chance.randrange(6))):
            known = tables[section][name]
            given = known if chance.random() < 0.4 else value(chance)
            lines.append(f"{_key(chance, name)} = {_toml(chance, given)}")
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    return any_bytes(chance, data, (b"[", b"]", b"=", b'"""', b"#", b"{")) if chance.random() < 0.3 else data


def _key(chance: Random, name: str) -> str:
    told = name if chance.random() < 0.9 else chance.choice(WORDS)
    return told if re.fullmatch(r"[\w.-]+", told, re.ASCII) else json.dumps(told, ensure_ascii=False)


def _toml(chance: Random, given: Any) -> str:  # noqa: PLR0911 - one for each kind
    """A value as TOML writes it; dates beside what JSON knows."""
    if chance.random() < 0.08:
        return chance.choice(
            ["1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "0001-01-01", "9999-12-31", "0b1", "0o7", "0xff", "nan",
             "-inf", "1e400", "9" * 4300, "9" * 5000, "[" * 200 + "]" * 200, "{a.b.c = 1}", "'''x'''"]
        )  # fmt: skip
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, int | float):
        return repr(given)
    if isinstance(given, dict):
        return "{" + ", ".join(f"{_key(chance, key)} = {_toml(chance, one)}" for key, one in given.items()) + "}"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(_toml(chance, one) for one in given) + "]"
    if isinstance(given, date):
        return given.isoformat()
    return json.dumps(str(given), ensure_ascii=False)
