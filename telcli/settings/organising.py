"""Settings of the operator's organisation."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting


@dataclass(frozen=True)
class OrganisationSettings:
    """What branches belong to."""

    file: str = setting(
        "",
        "File that tells of each branch what it belongs to, with columns such as branch, local_network, province.",
        "各分局归属的文件，列如：分局、本地网、省。",
    )
    levels: str = setting(
        "",
        "Or columns of customers that are levels, the smallest first, with commas between them: branch,region.",
        "或以客户表的列为各级，自小到大，以逗号分隔：branch,region。",
    )
