"""Every number of the report has a meaning: one formula, unit and table."""

import re

from telcli.tables import NAMES
from telcli.tables.figure_dictionary import _figures, _numbers, _read, figure_of
from telcli.tables.metric_dictionary import metrics


def test_each_figure_has_a_name_in_both_languages_a_formula_and_a_table_that_there_is() -> None:
    for name, one in _figures().items():
        assert one.en and one.formula, name
        assert re.search(r"[\u3400-\u9fffA-Z]", one.zh), name
        assert not re.search(r"[\u3400-\u9fff]", one.en + one.formula), name
        assert one.table in NAMES, (name, one.table)


def test_a_figure_is_none_of_what_measures_nothing_and_no_metric_is_told_twice() -> None:
    own = {name for name in _read() if name not in ("same", "no_metric")}
    assert not own & _numbers()
    assert not own & set(metrics())
    for wanted in _read()["same"].values():
        assert wanted in metrics()


def test_the_section_decides_where_a_name_means_two_things() -> None:
    assert figure_of("trend", "revenue") != figure_of("segments", "revenue")
    assert figure_of("topics", "contacts") != figure_of("kpi", "contacts")
    assert figure_of("effects", "uplift_high") == figure_of("effects", "uplift")
    assert figure_of("kpi", "nothing") is None
