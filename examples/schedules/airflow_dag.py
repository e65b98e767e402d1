"""telcli as an Airflow 3 DAG: a task for each command, and one that looks at figures before a plan is made of them.

The workers need the program `telcli` (say, in a virtual environment of its own, so that its libraries and Airflow's do
not meet) and the directory BASE with extracts/, work/ and telcli.toml. Variables that are not telcli's own must not
begin with TELCLI_: it refuses what looks like a mistyped setting.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

BASE = Path(os.environ.get("BASE_OF_TELCLI", "/srv/telcli"))
TELCLI = os.environ.get("PROGRAM_OF_TELCLI", "/opt/telcli/bin/telcli")
LEAST_AUC = 0.65


def command(words: str, task_id: str = "", **more: object) -> BashOperator:
    """One command in BASE; its JSON, the last line of what it prints, is what the task hands on."""
    return BashOperator(
        task_id=task_id or words.split(maxsplit=1)[0],
        bash_command=f"{TELCLI} {words} -w work --wait 600 --format json",
        cwd=str(BASE),
        append_env=True,  # TELCLI_KEY and the like are the worker's
        do_xcom_push=True,
        **more,
    )


@task
def judge(told: str) -> float:
    """The AUC of the model of churn; the plan is skipped where it is too low."""
    figures = json.loads(told)["metrics"]
    if "auc" not in figures:
        raise AirflowFailException("predict-churn measured no AUC")  # trying again would not help
    if figures["auc"] < LEAST_AUC:
        raise AirflowSkipException(f"AUC {figures['auc']:.3f} is below {LEAST_AUC}")
    return figures["auc"]


@dag(
    schedule="30 2 3 * *",  # on the 3rd, when the month's extracts are there
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,  # one working directory, one run
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},  # a directory in use (code 6) may be free then
    tags=["telcli"],
)
def telcli_month() -> None:
    """From extracts to a plan and a report."""
    ingest, segment, value = command("ingest extracts"), command("segment"), command("score-value")
    churn = command("predict-churn")
    plan = command("plan-retention")
    report = command("report --files html,xlsx", trigger_rule="none_failed")
    ingest >> segment >> value >> churn
    judge(churn.output) >> plan >> report


telcli_month()
