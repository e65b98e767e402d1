"""The commented telcli.toml that `telcli init` writes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.cli._options import DEFAULT_WORKDIR
from telcli.cli._words import language, tr
from telcli.errors import UsageError

if TYPE_CHECKING:
    from telcli.cli._options import Call

__all__ = ["key", "place", "text", "write"]


_OWN_WORDS = (
    "[dictionary.headers.bills]",
    '# amount = ["我的费用", "my charges"]',
    "[dictionary.words.gender]",
    '# female = ["mme"]',
    "[dictionary.units.currency]",
    '# "毫" = 0.001',
    "[dictionary.personal]",
    '# headers = ["装维人员"]',
)

_OWN_RULES = (
    "[segment.rules]",
    """# campus = "age < 25 AND plan_id LIKE '%校园%'\"""",
    '# household = "household_id IS NOT NULL"',
)
_OWN_HIERARCHY = (
    "[score-value.items]",
    '# retention = ["tenure", "contract", "payer"]',
    "[score-value.indicators]",
    '# payer = { column = "days_to_pay", better = "less", scaling = "rank", name_zh = "缴费天数" }',
    "[score-value.judgements]",
    """# retention = { "contract : tenure" = 2, "tenure : payer" = "1/3" }""",
)
_OWN_STARS = (
    "[score-value.stars]",
    '# "五星" = "value_score >= 80 AND tenure_months >= 24"',
    """# "四星" = "value_tier = 'gold' OR lifetime_value > 5000\"""",
)

_OWN_EXITS = (
    "[predict-churn.exit_words]",
    '# port-out = ["MNP away"]',
    '# internal = ["改签"]',
)
_OWN_REASONS = (
    "[predict-churn.reasons]",
    '# roaming = { theme = "price", words = ["roaming", "漫游"], en = "Roaming charges", zh = "漫游资费" }',
)
_OWN_FRAUD_RULES = (
    "[detect-fraud.rules]",
    "# wangiri = { targets = 50, window_minutes = 30 }",
    "# unusual = { on = false }",
)
_OWN_OFFERS = (
    "[plan-retention.offers]",
    '# FEE30 = { channel = "outbound", cost = 90, contact_cost = 3, accept = 0.3, zh = "月租减免" }',
)


def place(output: Path | None, call: Call, *, force: bool) -> Path:
    """Where the template goes; what a killed `init` left there is removed.

    Raises
    ------
    UsageError
        The file exists and `force` is False.
    """
    from telcli.io.scratch import sweep

    # a working directory that was named has its own file; the default one has not been asked for
    file = output or (Path() if call.workdir == DEFAULT_WORKDIR else call.workdir) / "telcli.toml"
    sweep(file.parent)
    if file.exists() and not force:
        raise _exists(file)
    return file


def write(file: Path, call: Call, *, force: bool) -> dict[str, str]:
    """Write the template, and see to the key, of which it tells; --seed and --lang, if given, are set in the template.

    The key comes when the template is written and has no name yet: so a file that is there tells that there is a key,
    and what cannot be written, or asks for what no setting may be, makes none.

    Raises
    ------
    TelcliError
        The file exists and `force` is False, or cannot be written; a setting is out of its range; or see `key`.
    """
    from telcli.pipeline.storing import storing
    from telcli.pipeline.whole_file import whole_file

    body = text(call.flags())
    try:
        with storing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file, fresh=not force) as part:
            part.write_text(body, encoding="utf-8")
            told = key(call)
    except FileExistsError:
        raise _exists(file) from None
    return told


def _exists(file: Path) -> UsageError:
    return UsageError(
        "config-exists",
        "{file} exists already and was left as it is.",
        hint="Add --force to replace it, or -o FILE to write another.",
        file=str(file),
    )


def key(call: Call) -> dict[str, str]:
    """Make the key of pseudonyms where there is none; where it is, its id, and whether it was made now.

    Raises
    ------
    TelcliError
        There is something in its place that is no key, or that others may read.
    """
    from telcli import settings
    from telcli.pipeline.secret import Secret, key_file

    config = settings.config_file(call.workdir)
    parsed = settings.read_config(config)
    named = settings.resolve("ingest", {}, parsed, str(config or "telcli.toml")).values.key_file
    secret = Secret(key_file(named), call.workdir)
    made = secret.make()
    return {"place": secret.place, "key_id": secret.key_id, "made": tr("made now") if made else tr("there already")}


def text(flags: Mapping[str, Any]) -> str:
    """Compose the file."""
    from telcli.settings import SECTIONS, resolve

    resolve("general", flags, environ={})  # what is given must be valid
    lines = [tr("# Settings of telcli. Take away the # before a setting to change it.")]
    lines += [tr("# The command line goes before the environment, the environment before this file.")]
    for section, declared in SECTIONS.items():
        lines += ["", f"[{section}]", f"# {tr(declared.__doc__ or '')}"]
        for item in dataclasses.fields(declared):
            lines += ["", *_setting(item, flags.get(item.name) if section == "general" else None)]
    lines += [
        "",
        tr("# Words of your own systems: headers, value words, units, headers that name persons."),
        *_OWN_WORDS,
        "",
        tr("# Groups of your own: conditions over customer_months, customers, subscriptions, customer_views and age."),
        *_OWN_RULES,
        "",
        tr("# Indicators and judgements of your own behind the score, see docs/score.md; what is not named stays."),
        *_OWN_HIERARCHY,
        "",
        tr("# Levels of customers, the best first: conditions over value_scores, customer_months and customers."),
        *_OWN_STARS,
        "",
        tr("# Words of your own for kinds of leaving, read in exit_columns; see docs/churn.md."),
        *_OWN_EXITS,
        "",
        tr("# Reasons for leaving of your own, found by words before those of telcli; see docs/churn.md."),
        *_OWN_REASONS,
        "",
        tr("# Offers of your own, in place of those of telcli, a table each; see docs/plan.md."),
        *_OWN_OFFERS,
        "",
        tr("# Thresholds of the rules of fraud, a table each; see docs/fraud.md."),
        *_OWN_FRAUD_RULES,
    ]
    return "\n".join(lines) + "\n"


def _setting(item: dataclasses.Field[Any], given: Any) -> Iterator[str]:
    about = item.metadata
    yield f"# {about['zh'] if language() == 'zh' else about['meaning']}{_limits(about)}"
    # a JSON string or number is a TOML one too
    value = json.dumps(item.default if given is None else given, ensure_ascii=False)
    yield f"{'# ' if given is None else ''}{item.name} = {value}"


def _limits(about: Mapping[str, Any]) -> str:
    low, high = about["low"], about["high"]
    told = [", ".join(about["choices"]), tr(about["unit"])]
    if low is not None:
        told.append(tr("{low} to {high}", low=low, high=high) if high is not None else tr("at least {low}", low=low))
    kept = "; ".join(word for word in told if word)
    return f" ({kept})" if kept else ""
