"""Who took a contact: kept as a code, so that the work of a call centre can be told by agent and nobody is named."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.intake.dictionary import bare
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.words import Read, by_distinct, folded, meant

__all__ = ["AGENT", "AGENT_TYPE", "CODE_DIGITS", "agent_column", "agents"]

AGENT, AGENT_TYPE = "x_agent_code", "Agent"
"""The attribute of contacts that holds the code, and its type in a mapping file."""
_HEADERS = (
    *("agentid", "agentno", "agentcode", "operatorid", "agent", "agentname", "callagent", "operatorname", "handledby"),
    *("坐席工号", "坐席编号", "话务员工号", "客服工号", "受理员工号", "受理工号", "受理人工号", "处理人工号", "工号"),
    *(
        "坐席",
        "坐席姓名",
        "坐席名称",
        "话务员",
        "话务员姓名",
        "客服代表",
        "接线员",
        "受理员",
        "受理人",
        "受理人员",
        "处理人",
    ),
)
"""Numbers of staff before names: of two columns the code is made of the first."""
CODE_DIGITS = 8
_CODE = r"^[A-Za-z]{0,4}[-_]?\d{1,6}$"


def agent_column(table: str, headers: Mapping[str, str]) -> str:
    """The column of an extract of contacts that says who took them; empty where none does.

    >>> agent_column("contacts", {"a": "Agent", "b": "Topic"}), agent_column("bills", {"a": "Agent"})
    ('a', '')
    """
    if table != "contacts":
        return ""
    known = {bare(written): header for header, written in reversed(list(headers.items()))}
    return next((known[name] for name in map(bare, _HEADERS) if name in known), "")


def agents(text: pl.Series, people: Pseudonyms) -> Read:
    """Codes of agents: short numbers of staff as they are, anything else, names above all, as the pseudonym of one.

    >>> agents(pl.Series(["8801", "Diane", "diane ", None]), Pseudonyms(bytes(32)))[0].to_list()
    ['8801', '03fdb154', '03fdb154', None]
    """

    def read(distinct: pl.Series) -> Read:
        plain = folded(meant(distinct)).str.strip_chars()
        numbers = plain.str.contains(_CODE).fill_null(value=False)
        made = people.codes(plain.str.to_lowercase(), "name", CODE_DIGITS)
        # a number of staff that looks like such a code is turned as one, since nobody can tell it from one later
        return people.turned_codes(plain, CODE_DIGITS).zip_with(numbers, made), pl.Series([False]).new_from_index(
            0, len(distinct)
        )

    return by_distinct(text, read)
