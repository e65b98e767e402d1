"""What is told of offers as settings have them: channels that nobody knows, and names that are missing."""

from __future__ import annotations

from difflib import get_close_matches

import polars as pl

from telcli.settings.capacities import capacities
from telcli.settings.names_in import names_in
from telcli.stages.plan_retention_study import Study
from telcli.tables.task_sheet import CHANNELS, channel_of

__all__ = ["tell_of_offers"]


def tell_of_offers(study: Study, offers: pl.DataFrame) -> None:
    """Tell channels of offers that neither telcli nor the limits know, with the nearest, and names not given."""
    settings = study.settings
    automatic = set(names_in(settings.automatic_channels))
    known = set(CHANNELS) | automatic | set(capacities(settings.channel_capacity) or {})
    for (channel,), group in offers.group_by("channel", maintain_order=True):
        if channel not in known:
            study.tell(
                "plan-offer-channel",
                "Offers {offers} go by {channel}, which is no channel that is known; near it: {near}. If it is one of "
                "your own, name it in channel_capacity or automatic_channels.",
                offers=", ".join(group["offer_id"].sort()),
                channel=channel,
                near=_near(str(channel), sorted(known - {""})),
            )
    _tell_names(study)


def _near(channel: str, known: list[str]) -> str:
    """The channel that a word means or is spelt nearly like; all of them where there is none."""
    words = {word.lower(): code for code, names in CHANNELS.items() for word in names}
    words |= {name.lower(): name for name in known}
    near = get_close_matches(channel.strip().lower(), words, n=1)
    return channel_of(channel) or (words[near[0]] if near else ", ".join(known))


def _tell_names(study: Study) -> None:
    own = study.inputs.choices.get("offers") or {}
    without = {tongue: sorted(code for code, said in own.items() if tongue not in said) for tongue in ("en", "zh")}
    if codes := without["en"]:
        study.tell(
            "plan-offer-no-en",
            'Offers without an English name: {offers}. Add en = "..." to [plan-retention.offers.{first}] and the like; '
            "until then the Chinese name or the code stands for it.",
            offers=", ".join(codes),
            first=codes[0],
        )
    if codes := without["zh"]:
        study.tell(
            "plan-offer-no-zh",
            'Offers without a Chinese name: {offers}. Add zh = "..." to [plan-retention.offers.{first}] and the like; '
            "until then the English name or the code stands for it.",
            offers=", ".join(codes),
            first=codes[0],
        )
