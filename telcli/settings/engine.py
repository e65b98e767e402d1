"""Settings of the stages whose work on customers can be done elsewhere: where."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["EngineSettings"]


@dataclass(frozen=True)
class EngineSettings:
    """Where customers are worked on; results are the same everywhere."""

    engine: str = setting(
        "embedded",
        "Where customers are worked on: in this process, or by a Spark cluster.",
        "客户数据在何处计算：本进程内，或交给 Spark 集群。",
        choices=("embedded", "spark"),
        shows=False,
    )
    master: str = setting(
        "",
        "The Spark cluster: spark://HOST:PORT, yarn, k8s://..., local[N], or a Spark Connect server sc://HOST:PORT.",
        "Spark 集群地址：spark://HOST:PORT、yarn、k8s://…、local[N]，或 Spark Connect 服务 sc://HOST:PORT。",
        shows=False,
    )
    workdir_uri: str = setting(
        "",
        "The working directory as the Spark workers see it; where none is named, file:// and its path here.",
        "Spark 工作节点所见的工作目录；未指定时为 file:// 加本机路径。",
        shows=False,
    )
