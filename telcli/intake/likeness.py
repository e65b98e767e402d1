"""How alike two records are: Fellegi and Sunter's model of agreement, by Splink on DuckDB.

What agreement on each sign is worth is learned from the records themselves; where they are too few, or learning does
not settle, the values below stand, and that is said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, UsageError
from telcli.intake.blocks import CLUSTER, OPEN, SYSTEM, Rule

__all__ = ["Learned", "Model", "require_splink"]

MIN_RECORDS, MIN_PAIRS = 400, 200
"""Records, and pairs to learn from, below which the fixed values stand."""
_SAMPLED, _TAUGHT = 1_000_000, 500_000
"""Pairs drawn to see how often strangers agree, and pairs that one rule teaches by at most."""
_ROUNDS, _SETTLED = 200, 0.001
_AT_ONCE = 4_000_000
"""Pairs held in memory together, about."""
_DUCKDB = {"threads": 1, "temp_directory": "", "autoinstall_known_extensions": False}
"""One thread and no file, so that it repeats and nothing of persons reaches a disk."""
_NODE = "unique_id"


@dataclass(frozen=True)
class _Sign:
    """One comparison.

    Parameters
    ----------
    levels : the most telling first: its condition, how often it holds among records of one customer (m) and of two (u);
        what is left of each to 1 is that none holds.
    known : when the comparison says nothing.
    rare : the column of whose values a rare one weighs more.
    needs : signs that must be known in two systems, where they are not the one of its name.
    """

    name: str
    known: str
    levels: tuple[tuple[str, float, float], ...]
    rare: str = ""
    needs: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """The comparison as Splink takes it."""
        left_m = 1.0 - sum(m for _, m, _ in self.levels)
        left_u = 1.0 - sum(u for _, _, u in self.levels)
        levels = [{"sql_condition": self.known, "label_for_charts": "unknown", "is_null_level": True}]
        for number, (condition, m, u) in enumerate(self.levels):
            level = {
                "sql_condition": condition,
                "label_for_charts": str(number),
                "m_probability": m,
                "u_probability": u,
            }
            if self.rare and not number:
                level |= {"tf_adjustment_column": self.rare, "tf_adjustment_weight": 1.0}
            levels.append(level)
        rest = {"sql_condition": "ELSE", "label_for_charts": "else", "m_probability": left_m, "u_probability": left_u}
        return {"output_column_name": self.name, "comparison_levels": [*levels, rest]}

    @property
    def columns(self) -> tuple[str, ...]:
        """Signs that must be known in two systems for it to be asked."""
        return self.needs or (self.name,)


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _either(*columns: str) -> str:
    return " or ".join(f"{column}_l is null or {column}_r is null" for column in columns)


_COMMON = "len(list_intersect(name_parts_l, name_parts_r))"
_LONGER = "greatest(len(name_parts_l), len(name_parts_r))"
_SHORTER = "least(len(name_parts_l), len(name_parts_r))"
_SIGNS = (
    _Sign(
        "name",
        _either("name_parts"),
        (
            (_same("name"), 0.80, 0.001),
            (f"not name_masked_l and not name_masked_r and {_LONGER} >= 3 and {_COMMON} >= {_LONGER} - 1", 0.08, 0.002),
            (f"(name_masked_l or name_masked_r) and {_COMMON} = {_SHORTER}", 0.04, 0.01),
        ),
        rare="name",
        needs=("name_parts",),
    ),
    _Sign(
        "born",
        _either("born_year"),
        (
            (_same("born"), 0.80, 0.0001),
            (f"{_same('born_year')} and ({_either('born')})", 0.08, 0.02),
            (_same("born_year"), 0.05, 0.02),
            ("abs(born_year_l - born_year_r) = 1", 0.03, 0.04),
        ),
        needs=("born_year",),
    ),
    _Sign("gender", _either("gender"), ((_same("gender"), 0.97, 0.5),)),
    _Sign("customer_class", _either("customer_class"), ((_same("customer_class"), 0.97, 0.7),)),
    _Sign("region", _either("region"), ((_same("region"), 0.92, 0.15),)),
    _Sign("branch", _either("branch"), ((_same("branch"), 0.85, 0.03),)),
    _Sign(
        "address",
        _either("address"),
        ((_same("address"), 0.6, 0.0001), (_same("address_numbers"), 0.2, 0.005)),
    ),
    _Sign("phone", _either("phone_ends"), ((_same("phone_ends"), 0.6, 0.0001),), needs=("phone_ends",)),
    _Sign(
        "certificate",
        f"({_either('certificate_area')}) and ({_either('certificate_end')})",
        (
            (f"{_same('certificate_area')} and {_same('certificate_end')}", 0.80, 0.0001),
            (_same("certificate_end"), 0.10, 0.001),
            (_same("certificate_area"), 0.08, 0.02),
        ),
        needs=("certificate_end",),
    ),
    _Sign("mail", _either("mail"), ((_same("mail"), 0.7, 0.00001),)),
    _Sign("plan", _either("plan"), ((_same("plan"), 0.7, 0.1),)),
    _Sign(
        "joined_on",
        _either("joined_on"),
        ((_same("joined_on"), 0.6, 0.001), ("abs(date_diff('day', joined_on_l, joined_on_r)) <= 31", 0.1, 0.02)),
    ),
)


@dataclass(frozen=True)
class Learned:
    """How the worth of agreement was found: ``learned`` from the records, else why the fixed values stand.

    `why` is ``few`` (records or pairs), ``unsettled`` (it did not converge) or ``senseless`` (strangers would agree
    more often than records of one customer); `by` are the rules it was learned by.
    """

    why: str = "learned"
    by: tuple[str, ...] = ()


def require_splink() -> None:
    """See to it that what linkage needs is installed.

    Raises
    ------
    MissingInputError
        It is not.
    """
    for name in ("splink", "duckdb"):
        if find_spec(name) is None:
            raise MissingInputError(
                "linkage-extra",
                "Finding customers that look alike ([ingest] linkage) needs {package}, which is not installed.",
                hint='Install it: pip install "telcli[link]"; or go without: [ingest] linkage = "off"',
                package=name,
            )


class Model:
    """Records of several systems, and how alike they are.

    Parameters
    ----------
    records : ``unique_id``, the columns of `telcli.intake.blocks` and signs.
    rules, pairs : by which records are compared, and how many pairs that are at most.
    matches : how many pairs of open records are expected to be of one customer, before anything is compared.
    """

    def __init__(self, records: pl.DataFrame, rules: Sequence[Rule], pairs: int, matches: float) -> None:
        self._records, self._rules, self._pairs = records, rules, pairs
        systems = records.filter(OPEN).group_by(SYSTEM).len()["len"].cast(pl.Int64)
        possible = (int(systems.sum()) ** 2 - int((systems**2).sum())) // 2
        self._chance = min(max(matches / max(possible, 1), 1e-12), 0.5)
        known = records.group_by(SYSTEM).agg(pl.exclude(SYSTEM).is_not_null().any())
        twice = {name for name in known.columns if name != SYSTEM and int(known[name].sum()) > 1}
        self._signs = [sign for sign in _SIGNS if twice.issuperset(sign.columns)]
        columns = {name for name in records.columns if name not in (_NODE, SYSTEM, OPEN, CLUSTER)}
        self._columns = [_NODE, SYSTEM, OPEN, CLUSTER, *sorted(columns)]

    def alike(self, threshold: float, taught_by: Sequence[tuple[Rule, int]]) -> tuple[pl.DataFrame, Learned]:
        """Pairs of nodes that are as likely as `threshold` one customer's: ``left``, ``right``, ``score``, ``weight``.

        `taught_by` are rules to learn by, with their pairs.

        Raises
        ------
        UsageError
            There is not memory enough for so many pairs.
        """
        from duckdb import OutOfMemoryException

        try:
            with _quiet(), self._linker() as linker:
                learned = self._learn(linker, taught_by)
                if learned.why == "learned":
                    return self._predicted(linker, threshold), learned
            with _quiet(), self._linker() as linker:
                return self._predicted(linker, threshold), learned
        except OutOfMemoryException:
            raise UsageError(
                "linkage-memory",
                "There is not memory enough to compare {pairs} pairs of records by likeness.",
                hint="Lower [ingest] link_max_pairs, so that the largest rules are left out, or use --linkage off.",
                pairs=f"{self._pairs:,}",
            ) from None

    @contextmanager
    def _linker(self) -> Iterator[Any]:
        """A linker over the records with the fixed values, in memory alone and on one thread, so that it repeats."""
        import duckdb
        from splink import DuckDBAPI, Linker

        with duckdb.connect(":memory:", config=_DUCKDB) as connection:
            connection.register("given", self._records.select(self._columns).to_arrow())
            connection.execute("create table records as select * from given")
            table = DuckDBAPI(connection).register("records")
            yield Linker(table, self._settings(), log_level=logging.ERROR)

    def _settings(self) -> dict[str, Any]:
        apart = (
            f"l.{OPEN} and r.{OPEN} and l.{CLUSTER} <> r.{CLUSTER}"
            " and (l.sure is null or r.sure is null or l.sure = r.sure)"
        )
        return {
            "link_type": "link_only",
            "comparisons": [sign.settings() for sign in self._signs],
            "blocking_rules_to_generate_predictions": [f"{rule.sql} and {apart}" for rule in self._rules],
            "probability_two_random_records_match": self._chance,
            "retain_matching_columns": False,
            "em_convergence": _SETTLED,
            "max_iterations": _ROUNDS,
        }

    def _learn(self, linker: Any, taught_by: Sequence[tuple[Rule, int]]) -> Learned:
        """Learn how often strangers agree, from pairs drawn at random, and records of one customer, by EM."""
        enough = [(rule, pairs) for rule, pairs in taught_by if pairs >= MIN_PAIRS]
        if self._records.height < MIN_RECORDS or len(enough) < 2:
            return Learned("few")
        training = linker.training
        training.estimate_u_using_random_sampling(
            max_pairs=_SAMPLED - 1, seed=1, min_count_per_level=None, num_chunks=1
        )
        for rule, pairs in enough:
            sampled = {"max_pairs": _TAUGHT, "record_sample_proportion": 0.2} if pairs > _TAUGHT else {}
            session = training.estimate_parameters_using_expectation_maximisation(
                rule.sql, estimate_without_term_frequencies=True, **sampled
            )
            if len(session._core_model_settings_history) > _ROUNDS:
                return Learned("unsettled")
        return Learned("learned" if _sensible(linker) else "senseless", tuple(rule.name for rule, _ in enough))

    def _predicted(self, linker: Any, threshold: float) -> pl.DataFrame:
        chunks = 1 + self._pairs // _AT_ONCE
        found = linker.inference.predict(threshold_match_probability=threshold, num_chunks_left=chunks)
        frame = pl.DataFrame(found.as_duckdbpyrelation().to_arrow_table())
        return frame.select(
            left=pl.col(f"{_NODE}_l").cast(pl.Int64),
            right=pl.col(f"{_NODE}_r").cast(pl.Int64),
            score=pl.col("match_probability").round(4).clip(upper_bound=0.999),
            weight=pl.col("match_weight").round(6),
        ).sort("left", "right")


def _sensible(linker: Any) -> bool:
    """Whether full agreement on every sign is seen more among records of one customer than among strangers."""
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        first = comparison._comparison_levels_excluding_null[0]
        values = (first.m_probability, first.u_probability)
        if not all(isinstance(value, float) for value in values) or values[0] <= values[1]:
            return False
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of Splink's own talk: what matters of it is said in telcli's words."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
