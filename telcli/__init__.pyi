"""What `import telcli` offers. Made by tests/api/test_stub.py with TELCLI_UPDATE_GOLDEN=1."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal

from telcli import errors as errors
from telcli import methods as methods
from telcli.api.checking import migrate as migrate
from telcli.api.checking import verify as verify
from telcli.api.looking import config as config
from telcli.api.looking import cube as cube
from telcli.api.looking import customer as customer
from telcli.api.looking import diff as diff
from telcli.api.looking import export as export
from telcli.api.looking import metrics as metrics
from telcli.api.looking import read as read
from telcli.api.looking import scan as scan
from telcli.api.looking import schema as schema
from telcli.api.looking import status as status
from telcli.api.looking import suggest as suggest
from telcli.api.looking_back import audit as audit
from telcli.api.making import gc as gc
from telcli.api.making import merge as merge
from telcli.api.making import purge as purge
from telcli.api.making import rotate_key as rotate_key
from telcli.api.results import Result as Result
from telcli.api.results import Results as Results
from telcli.pipeline.simulate import SimulateResult

__version__: str

__all__ = [
    "Result",
    "Results",
    "__version__",
    "assess_credit",
    "audit",
    "campaigns",
    "complaints",
    "config",
    "cube",
    "customer",
    "customer_months",
    "detect_fraud",
    "diff",
    "errors",
    "evaluate_retention",
    "export",
    "gc",
    "import_outcomes",
    "ingest",
    "knowledge",
    "merge",
    "methods",
    "metrics",
    "migrate",
    "monitor",
    "plan_retention",
    "predict_churn",
    "profile",
    "purge",
    "read",
    "recommend_offers",
    "report",
    "rotate_key",
    "run",
    "scan",
    "schema",
    "score_satisfaction",
    "score_value",
    "segment",
    "simulate",
    "status",
    "suggest",
    "verify",
]

def assess_credit(
    workdir: str | os.PathLike[str] | None = None,
    *,
    steps: str | Sequence[str] | None = None,
    suspend_from: str | Sequence[str] | None = None,
    late_fee_rate: float | None = None,
    late_fee_most: float | None = None,
    least_arrears: float | None = None,
    holidays: str | Sequence[str] | None = None,
    hold_columns: str | Sequence[str] | None = None,
    credit_days: int | None = None,
    grace_days: int | None = None,
    learn_months: int | None = None,
    fit_seconds: int | None = None,
    roll_months: int | None = None,
    full_provision_days: int | None = None,
    loss_of_oldest: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Age what customers owe, foretell who will not pay, and list whom to dun.

    Needs customers, bills and payments; writes credit_scores, credit_ageing, credit_rolls,
    credit_provision, credit_model, credit_recovery, credit_accounts and dunning_list.

    A setting that is None is taken from the environment (TELCLI_ASSESS_CREDIT_STEPS and so on), else
    from [assess-credit] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    steps : text, default "remind:1, bar-outgoing:31, bar-both:46, pre-disconnect:76, disconnect:91,
            write-off:366"
        Steps of dunning and the days past due from which each holds, by comma; names are the operator's
        own.
    suspend_from : text, default "bar-outgoing"
        Step from which service is suspended: key accounts go to their manager there instead.
    late_fee_rate : number 0.0 to 0.05 (share), default 0.003
        Late fee a day, as a share of what is past due.
    late_fee_most : number 0.0 to 10.0 (share), default 1.0
        The most of late fees, as a share of what is past due.
    least_arrears : number 0.0 to 1000000.0 (currency), default 0.01
        Customers who owe less than this past due are not dunned.
    holidays : text, default "china"
        Days off, on which no step of dunning begins but on the next working day: china (State Council),
        weekends, a file, or empty: steps begin on any day.
    hold_columns : text, empty by default
        Attributes of customers that say by yes or no that someone is in hardship or disputes a bill, by
        comma; those whose name says so where this is empty.
    credit_days : whole number 0 to 180 (days), default 25
        Days after the month billed by which a bill without a due date is to be paid.
    grace_days : whole number 0 to 90 (days), default 0
        Days past due within which a bill still counts as paid in time.
    learn_months : whole number 1 to 36 (months), default 12
        Last months, as far as it is known who paid, that chances of non-payment are learned from and tested
        on.
    fit_seconds : whole number 1 to 3600 (seconds), default 20
        Work that fitting a model may take, in seconds of an ordinary processor; never told by the clock.
    roll_months : whole number 1 to 60 (months), default 12
        Last months whose flows between ages of debt tell what is never paid.
    full_provision_days : whole number 0 to 720 (days), default 90
        Days past due beyond which the operators' rule provides for all of a debt.
    loss_of_oldest : number 0.0 to 1.0 (share), default 1.0
        Share of debts of the oldest age that is never paid.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def campaigns(
    workdir: str | os.PathLike[str] | None = None,
    *,
    quiet_days: int | None = None,
    watch_months: int | None = None,
    cohort_months: int | None = None,
    early_months: int | None = None,
    priorities: str | Sequence[str] | None = None,
    budgets: str | Sequence[str] | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Show how campaigns stand, where they meet, and what came of them.

    Needs customer_months; writes campaign_status, campaign_overlap, campaign_response and
    channel_results.

    A setting that is None is taken from the environment (TELCLI_CAMPAIGNS_QUIET_DAYS and so on), else
    from [campaigns] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    quiet_days : whole number 1 to 366 (days), default 30
        Two contacts of a customer in fewer days than this are too near each other.
    watch_months : whole number 1 to 24 (months), default 3
        Months after a campaign's first contact in which what customers bring, and contacts of those held
        out, count.
    cohort_months : whole number 1 to 60 (months), default 12
        Months whose new customers tell what sales channels bring.
    early_months : whole number 1 to 24 (months), default 6
        A new customer who leaves in fewer months than this left early.
    priorities : text, empty by default
        Campaigns by priority, the first before the others, with commas between them; the first to begin
        keeps customers in both where none is named.
    budgets : text, empty by default
        Budgets of campaigns, such as spring=50000, autumn=20000; of a plan, what its contacts were expected
        to cost where none is given.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def complaints(
    workdir: str | os.PathLike[str] | None = None,
    *,
    trend_months: int | None = None,
    usual_months: int | None = None,
    least_count: int | None = None,
    least_rise: float | None = None,
    false_share: float | None = None,
    handling_months: int | None = None,
    repeat_days: int | None = None,
    least_complaints: int | None = None,
    waiting_days: int | None = None,
    sla_hours: str | Sequence[str] | None = None,
    working_hours: str | Sequence[str] | None = None,
    holidays: str | Sequence[str] | None = None,
    sla_classes: str | Sequence[str] | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Tell what customers complain of, what emerges, and how it is handled.

    Needs contacts, customer_months and customers; writes complaint_topics, complaint_handling,
    complaint_sla, complaint_customers, complaint_words, complaint_groups, contact_load and
    contact_agents.

    A setting that is None is taken from the environment (TELCLI_COMPLAINTS_TREND_MONTHS and so on),
    else from [complaints] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    trend_months : whole number 2 to 60 (months), default 13
        Last months told month by month.
    usual_months : whole number 2 to 24 (months), default 6
        Months before by which it is told what is usual of a topic.
    least_count : whole number 3 to 100000 (customers), default 10
        Customers in the month from which a topic may be told as emerging, 10 at least.
    least_rise : number 0.0 to 10.0 (share), default 0.3
        Rise of a topic's rate over its usual one from which it may be told as emerging.
    false_share : number 0.0001 to 0.5 (share), default 0.05
        Share of what is told as emerging that may be chance.
    handling_months : whole number 1 to 24 (months), default 3
        Last months whose contacts tell how matters are handled.
    repeat_days : whole number 1 to 366 (days), default 30
        Days within which a contact of the customer about the same topic is a repeat.
    least_complaints : whole number 1 to 1000 (contacts), default 2
        Complaints and faults within `repeat_days` from which a customer is listed.
    waiting_days : whole number 1 to 366 (days), default 7
        Days that a complaint or fault has been open from which its customer is listed.
    sla_hours : text, default "ordinary=72, important=24, major=8, unknown=72"
        Hours within which a ticket is to be closed, by severity: of the calendar, or those of
        working_hours.
    working_hours : text, empty by default
        Hours of a working day that count, such as 08:30-12:00, 14:00-18:00; empty: all hours of the
        calendar.
    holidays : text, default "china"
        Working days that working_hours goes by: china, weekends, or a file.
    sla_classes : text, default "key"
        Classes of customers whose open and late tickets are listed, with commas between.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def customer_months(
    workdir: str | os.PathLike[str] | None = None,
    *,
    engine: Literal["embedded", "spark"] | None = None,
    master: str | Sequence[str] | None = None,
    workdir_uri: str | Sequence[str] | None = None,
    prepaid_inactive_days: int | None = None,
    due_months: int | None = None,
    max_months: int | None = None,
    bucket_customers: int | None = None,
    memory: str | Sequence[str] | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Build the view with a row per customer and month.

    Needs customers; writes call_months and customer_months. It works on every month, so it takes no
    as_of; ingest runs it too.

    A setting that is None is taken from the environment (TELCLI_CUSTOMER_MONTHS_ENGINE and so on), else
    from [customer-months] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    engine : "embedded" or "spark", default "embedded"
        Where customers are worked on: in this process, or by a Spark cluster.
    master : text, empty by default
        The Spark cluster: spark://HOST:PORT, yarn, k8s://..., local[N], or a Spark Connect server
        sc://HOST:PORT.
    workdir_uri : text, empty by default
        The working directory as the Spark workers see it; where none is named, file:// and its path here.
    prepaid_inactive_days : whole number 30 to 365 (days), default 90
        A prepaid customer with no activity for this long has left.
    due_months : whole number 0 to 6 (months), default 1
        Months from the month billed to the month in which a bill without a due date falls due.
    max_months : whole number 1 to 600 (months), default 60
        The most months of history used, counted back from the last; of 24 or more a fifth goes at once.
    bucket_customers : whole number 1 to 10000000 (customers), default 20000
        Customers worked on together, at most, and no more than have 250,000 months; the result is the same.
    memory : text, empty by default
        The most memory it may take, such as 2GB; customers are worked on in batches small enough.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def detect_fraud(
    workdir: str | os.PathLike[str] | None = None,
    *,
    bypass_rate: float | None = None,
    premium_rate: float | None = None,
    minute_rate: float | None = None,
    gb_rate: float | None = None,
    call_back_share: float | None = None,
    commission: float | None = None,
    horizon_days: int | None = None,
    use_rules: str | Sequence[str] | None = None,
    allow: str | Sequence[str] | None = None,
    high_cost: str | Sequence[str] | None = None,
    history_months: int | None = None,
    least_loss: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Name cases of suspected fraud, each with its evidence.

    Needs customer_months and customers; writes fraud_cases, fraud_evidence, fraud_channels,
    fraud_named, fraud_days and fraud_callers.

    A setting that is None is taken from the environment (TELCLI_DETECT_FRAUD_BYPASS_RATE and so on),
    else from [detect-fraud] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    bypass_rate : number 0.0 to 1000.0 (currency), default 0.25
        Lost on a minute of an international call that is brought in past the interconnect; an assumption.
    premium_rate : number 0.0 to 1000.0 (currency), default 6.0
        Paid out for a minute to a high-cost number; an assumption.
    minute_rate : number 0.0 to 1000.0 (currency), default 0.15
        Price of a minute of other calls that nobody pays for; an assumption.
    gb_rate : number 0.0 to 10000.0 (currency), default 3.0
        Price of a GB of data that nobody pays for; an assumption.
    call_back_share : number 0.0 to 1.0 (share), default 0.05
        Share of customers rung once who ring back; an assumption where no calls back are seen.
    commission : number 0.0 to 100000.0 (currency), default 50.0
        Commission of an activation where subscriptions tell none; an assumption.
    horizon_days : whole number 0 to 365 (days), default 30
        Days for which fraud that is not stopped is expected to go on.
    use_rules : text, empty by default
        Rules whose cases are told, such as sim-box, irsf; all where none is named. The tables hold those of
        all.
    allow : text, empty by default
        File of customers and lines that are known to be in order: test lines, call centres, exchanges.
    high_cost : text, empty by default
        Destinations of high cost, as calls tell them; where none is named, all calls abroad.
    history_months : whole number 0 to 24 (months), default 2
        Months before the as-of month in which customers' usual use is seen.
    least_loss : number 0.0 to 1000000000.0 (currency), default 0.0
        Cases with a smaller expected loss are not listed.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def evaluate_retention(
    workdir: str | os.PathLike[str] | None = None,
    *,
    past_trials: Literal["off", "on"] | None = None,
    least_uplift: float | None = None,
    power: float | None = None,
    cuped: Literal["off", "on"] | None = None,
    most_contaminated: float | None = None,
    draws: int | None = None,
    model_customers: int | None = None,
    model_rows: int | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Measure what contacting customers changed, against those held out.

    Needs customer_months; writes retention_effects, retention_by, retention_curves, retention_checks
    and retention_evidence.

    A setting that is None is taken from the environment (TELCLI_EVALUATE_RETENTION_PAST_TRIALS and so
    on), else from [evaluate-retention] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    past_trials : "on" or "off", default "on"
        Whether campaigns of the subject table, with arms, are evaluated beside telcli's own plans.
    least_uplift : number 0.001 to 0.5 (share), default 0.02
        Smallest gain in the share that stays that is worth knowing of: how many customers it takes is
        reckoned for it, where less was seen.
    power : number 0.5 to 0.99 (share), default 0.8
        Chance with which a gain is to be found, for how many customers more it takes.
    cuped : "on" or "off", default "on"
        Whether what each customer was expected to keep narrows the interval of money saved (CUPED).
    most_contaminated : number 0.0 to 1.0 (share), default 0.05
        Share of customers held out that may be contacted all the same before that is a warning.
    draws : whole number 40 to 5000, default 200
        Resamples for the bands of the curves.
    model_customers : whole number from 0 (customers), default 400
        Customers of evaluated campaigns, each arm a tenth of them, from which on an uplift model is
        trained; 0 for never.
    model_rows : whole number from 1000 (rows), default 50000
        Customers that the uplift model learns from at most, drawn by lot; all are judged by it.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def import_outcomes(
    sheets: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    workdir: str | os.PathLike[str] | None = None,
    *,
    least_tasks: int | None = None,
    months_back: int | None = None,
    stands: Literal["latest-contact", "last-imported"] | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Read the task sheets that account managers filled in, and tell how they did.

    Needs retention_plan; writes retention_outcomes, outcome_rejects and manager_results. It works on
    every month, so it takes no as_of.

    A setting that is None is taken from the environment (TELCLI_IMPORT_OUTCOMES_LEAST_TASKS and so on),
    else from [import-outcomes] of telcli.toml, else it is the default.

    Parameters
    ----------
    sheets
        Filled sheets, .xlsx or .csv, and folders of them.
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    least_tasks : whole number 5 to 10000 (tasks), default 20
        Tasks reported from which a manager's results are judged; of fewer nobody can tell.
    months_back : whole number 1 to 120 (months), default 12
        Plan months that results to date are of, the latest.
    stands : "latest-contact" or "last-imported", default "latest-contact"
        Which of two reports of a task stands: of the latest contact, or the one imported last.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def ingest(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    workdir: str | os.PathLike[str] | None = None,
    *,
    map: Mapping[str, str | Sequence[str]] | None = None,
    mapping: str | os.PathLike[str] | None = None,
    restate: bool = False,
    late: bool = False,
    max_reject_share: float | None = None,
    churned_when: str | Sequence[str] | None = None,
    time_zone: str | Sequence[str] | None = None,
    competitor_numbers: str | Sequence[str] | None = None,
    number_ranges: str | Sequence[str] | None = None,
    number_ids: Literal["auto", "yes", "no"] | None = None,
    systems: str | Sequence[str] | None = None,
    trust: str | Sequence[str] | None = None,
    survivorship: Literal["trusted", "newest", "most-frequent"] | None = None,
    survivorship_by: str | Sequence[str] | None = None,
    key_limit: int | None = None,
    household_limit: int | None = None,
    linkage: Literal["off", "on"] | None = None,
    link_threshold: float | None = None,
    link_max_pairs: int | None = None,
    survey_items: str | Sequence[str] | None = None,
    no_answer: str | Sequence[str] | None = None,
    most_columns: int | None = None,
    key_file: str | Sequence[str] | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Results:
    """Clean raw extracts into subject tables and a row per customer and month.

    Numbers and certificates of persons become pseudonyms under a key (TELCLI_KEY, else a file in
    ~/.config/telcli that is made where there is none). What each column was taken for is in
    `result["ingest"].metrics["sources"]`. Runs ingest and customer-months; loads add to each other.

    Parameters
    ----------
    sources
        Raw extracts: files, folders, addresses of databases (postgresql://USER@HOST/DATABASE#TABLE); one or
        several.
    workdir
        The working directory, made where it is not there; else that of TELCLI_WORKDIR, else "work".
    map
        Columns to take for names of telcli, as in {"customer_id": "CustNo"}; "@row" numbers the rows.
    mapping
        Mapping file that `telcli ingest --write-mapping` wrote earlier.
    restate
        Let these extracts replace what is held of their months, closed ones too.
    late
        Add rows of closed months that come late to what is held; change none of it.
    max_reject_share : number 0.0 to 1.0 (share), default 0.01
        Fail when a source or a table loses more than this share of its rows.
    churned_when : text, empty by default
        The label's value that means the customer left.
    time_zone : text, default "Asia/Shanghai"
        Time zone in which times are told, and those in extracts are meant unless they say theirs.
    competitor_numbers : text, empty by default
        Numbers of competitors' customer service, such as 10010, 10000; calls with them are flagged.
    number_ranges : text, empty by default
        Beginnings of numbers, such as +882, +371; of calls with one of them it is kept as their
        destination.
    number_ids : "auto" or "yes" or "no", default "auto"
        Whether identifiers of 7 to 15 digits are telephone numbers, hidden then; auto: where callers are
        called too.
    systems : text, empty by default
        System of each source, such as crm_*=crm, boss_*=boss; sources of one system share their
        identifiers.
    trust : text, empty by default
        Sources, the most trusted first, such as crm_*, boss_*; others after them, those of the larger
        system first.
    survivorship : "trusted" or "newest" or "most-frequent", default "trusted"
        Whose value stands where systems disagree.
    survivorship_by : text, empty by default
        The same for single attributes, such as region=newest, gender=most-frequent.
    key_limit : whole number 1 to 1000000 (customers), default 10
        A certificate, number or account that more customers of one system share joins nobody.
    household_limit : whole number 2 to 1000000 (customers), default 10
        An account, fusion package or main card that more customers share makes no household.
    linkage : "off" or "on", default "off"
        Whether customers of several systems that no key joins are joined where they look alike.
    link_threshold : number 0.5 to 1.0 (0..1), default 0.95
        Chance of being one customer from which linkage joins two.
    link_max_pairs : whole number 1 to 10000000000 (pairs), default 20000000
        A rule by which linkage would compare more pairs of records than this is left out.
    survey_items : text, empty by default
        Columns with a row per customer that are answers of a survey, by comma, beside those known by name.
    no_answer : text, default "77, 88, 97, 98, 99, 777, 888, 997, 998, 999"
        Numbers that stand for no answer in a survey where they lie beyond its answers; those below 0 always
        do.
    most_columns : whole number 1 to 5000 (columns), default 1000
        A table of more columns is refused: each takes some ten milliseconds to make sense of.
    key_file : text, empty by default
        File of the key of pseudonyms; where none is named, ~/.config/telcli/pseudonyms.key.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    MissingInputError
        A source, a mapping file or a month is not there.
    DataError
        Too many rows are refused, nothing tells what a file is, or the data tell too little.
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def knowledge(
    workdir: str | os.PathLike[str] | None = None,
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    *,
    period_spread: float | None = None,
    group_spread: float | None = None,
    offer_spread: float | None = None,
    imported_weight: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Keep what trials taught of each offer, and suggest offers.

    Needs customer_months; writes retention_knowledge and retention_experience.

    A setting that is None is taken from the environment (TELCLI_KNOWLEDGE_PERIOD_SPREAD and so on),
    else from [knowledge] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    files
        Sheets of past experience to bring in; a path or several.
    period_spread : number 0.001 to 0.5 (share), default 0.01
        How far the effect of an offer differs from month to month (standard deviation) unless trials show
        otherwise.
    group_spread : number 0.001 to 0.5 (share), default 0.1
        How far it differs between segments, reasons and channels unless trials show otherwise.
    offer_spread : number 0.001 to 0.5 (share), default 0.2
        How far effects of offers differ unless trials show otherwise.
    imported_weight : number 0.0 to 1.0 (share), default 0.25
        What a customer of experience that was brought in counts against one of a trial: nobody drew who was
        contacted. 0 leaves it out.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def monitor(
    workdir: str | os.PathLike[str] | None = None,
    *,
    lifecycle_months: int | None = None,
    lifecycle_least: int | None = None,
    lifecycle_horizon: int | None = None,
    watch: str | Sequence[str] | None = None,
    top_accounts: int | None = None,
    baseline: Literal["auto", "median", "last-year"] | None = None,
    baseline_months: int | None = None,
    least_months: int | None = None,
    holidays: str | Sequence[str] | None = None,
    peers: Literal["off", "on"] | None = None,
    direction: Literal["bad", "both"] | None = None,
    fdr: float | None = None,
    least_amount: float | None = None,
    least_change: float | None = None,
    ewma_weight: float | None = None,
    cusum_slack: float | None = None,
    chart_months: int | None = None,
    loss_months: int | None = None,
    margin_share: float | None = None,
    loss_weights: str | Sequence[str] | None = None,
    kpi_by: str | Sequence[str] | None = None,
    kpi_least_amount: float | None = None,
    kpi_least_change: float | None = None,
    day_least_change: float | None = None,
    small_cell: int | None = None,
    known: str | Sequence[str] | None = None,
    acknowledged: str | Sequence[str] | None = None,
    mix_least: float | None = None,
    pipeline_least: float | None = None,
    reject_limit: float | None = None,
    psi_limit: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Watch accounts, KPIs and the pipeline, and tell what is off beyond chance.

    Needs customer_months and customers; writes alerts, monitor_series, monitor_by_day,
    monitor_suppressed, monitor_coverage, lifecycle_moves and lifecycle_warnings.

    A setting that is None is taken from the environment (TELCLI_MONITOR_LIFECYCLE_MONTHS and so on),
    else from [monitor] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    lifecycle_months : whole number 2 to 36 (months), default 12
        Months before by which it is told how many customers usually move into decline, dormancy or leave.
    lifecycle_least : whole number 2 to 100000 (customers), default 5
        Customers of a group who moved in the month from which their move may be told as beyond chance.
    lifecycle_horizon : whole number 1 to 12 (months), default 3
        Months within which those who moved in earlier months are looked at for leaving.
    watch : text, default "accounts, kpis, mix, pipeline, days, lifecycle"
        What is watched, with commas between: accounts, kpis, mix, pipeline, days, lifecycle.
    top_accounts : whole number 0 to 100000 (customers), default 50
        Customers of the highest revenue that are watched beside those of class key.
    baseline : "auto" or "median" or "last-year", default "auto"
        What a month is expected to be: the median of the last months, the same month last year times the
        trend, or what foretold earlier months better.
    baseline_months : whole number 6 to 36 (months), default 12
        Months that a median is of, at most.
    least_months : whole number 5 to 36 (months), default 6
        Earlier months that must be known before a series is judged.
    holidays : text, default "china"
        Working days that minutes, data, payments, complaints and new customers go by: china, weekends, or a
        file.
    peers : "on" or "off", default "on"
        Whether what the months of all accounts have in common is taken off before an account is judged.
    direction : "bad" or "both", default "bad"
        What an alert may be: changes for the worse alone, or both ways.
    fdr : number 0.001 to 0.5 (0..1), default 0.1
        Of the alerts of one kind, the share that may be chance.
    least_amount : number 0.0 to 1000000000.0 (currency), default 100.0
        A change in money that matters, a month.
    least_change : number 0.0 to 10.0 (0..1), default 0.1
        A change that matters, as a share of what was expected.
    ewma_weight : number 0.01 to 1.0 (0..1), default 0.2
        Weight of the last month in the EWMA.
    cusum_slack : number 0.0 to 3.0 (sd), default 0.5
        What a month may be off before a CUSUM adds it up, in sd.
    chart_months : whole number 2 to 36 (months), default 12
        Last months that EWMA and CUSUM add up.
    loss_months : whole number 1 to 60 (months), default 12
        Months that a change is taken to last, for the loss expected of it.
    margin_share : number 0.0 to 1.0 (0..1), default 0.6
        Share of revenue that is margin, of customers without value scores; an assumption.
    loss_weights : text, default "revenue=100, lines=100, minutes=50, data=50, paid=30, complaints=10"
        Percent of what a customer brings that is taken to hang on each metric; an assumption that ranks.
    kpi_by : text, default "branch"
        By what KPIs are told beside the whole, with commas between: branch, region, customer_class,
        segment.
    kpi_least_amount : number 0.0 to 1000000000000.0 (currency), default 1000.0
        A change of a KPI in money that matters, a month.
    kpi_least_change : number 0.0 to 10.0 (0..1), default 0.03
        A change of a KPI that matters, as a share of what was expected.
    day_least_change : number 0.0 to 10.0 (0..1), default 0.3
        A change of a day's calls, contacts, payments or activations that matters, as a share of what was
        expected.
    small_cell : whole number 1 to 1000 (customers), default 10
        Groups of fewer customers than this are not watched.
    known : text, empty by default
        File of what is known to come: entity, metric, from, to, reason.
    acknowledged : text, empty by default
        File of alerts that somebody has seen to: entity, metric, from, to.
    mix_least : number 0.0 to 1.0 (0..1), default 0.05
        A change of the mix of revenue that matters, as the share of revenue that is of other kinds.
    pipeline_least : number 0.0 to 10.0 (0..1), default 0.2
        A change of rows that came in, or of how late they are, that matters.
    reject_limit : number 0.0 to 1.0 (0..1), default 0.02
        Share of a source's rows that may be refused.
    psi_limit : number 0.0 to 10.0 (index), default 0.25
        PSI of a column against the month before from which on it shifted.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def plan_retention(
    workdir: str | os.PathLike[str] | None = None,
    *,
    high_days: int | None = None,
    medium_days: int | None = None,
    low_days: int | None = None,
    holidays: str | Sequence[str] | None = None,
    workdays: str | Sequence[str] | None = None,
    grid: int | None = None,
    value_by: Literal["tier", "quantile"] | None = None,
    high_value_share: float | None = None,
    mid_value_share: float | None = None,
    potential_share: float | None = None,
    budget: str | Sequence[str] | None = None,
    channel_capacity: str | Sequence[str] | None = None,
    manager_capacity: int | None = None,
    frequency_cap: int | None = None,
    frequency_days: int | None = None,
    quiet_days: int | None = None,
    suppress: str | Sequence[str] | None = None,
    complaint_days: int | None = None,
    refusal_columns: str | Sequence[str] | None = None,
    rest: Literal["off", "on"] | None = None,
    automatic_channels: str | Sequence[str] | None = None,
    holdout: float | None = None,
    holdout_most: float | None = None,
    alpha: float | None = None,
    power: float | None = None,
    evidence: Literal["auto", "off"] | None = None,
    assumed_error: float | None = None,
    take: float | None = None,
    off_theme: float | None = None,
    least_value: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Plan whom to contact with which offer, and whom to hold out.

    Needs churn_scores, customer_months and customers; writes retention_plan, retention_cells,
    plan_offers, plan_overlap and retention_tasks.

    A setting that is None is taken from the environment (TELCLI_PLAN_RETENTION_HIGH_DAYS and so on),
    else from [plan-retention] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    high_days : whole number 1 to 120 (days), default 5
        Working days after the snapshot month until a customer of high risk is to be contacted.
    medium_days : whole number 1 to 120 (days), default 10
        Working days until a customer of medium risk is to be contacted.
    low_days : whole number 1 to 120 (days), default 15
        Working days until a customer of low risk is to be contacted.
    holidays : text, empty by default
        Weekdays nobody works, such as 2024-10-01, by comma.
    workdays : text, empty by default
        Days of weekends that are worked, such as 2024-09-29, by comma.
    grid : whole number 2 to 3, default 3
        Bands of value and of risk: 2 or 3.
    value_by : "tier" or "quantile", default "tier"
        Bands of value by the tier of score-value, or by quantiles of what is lost if a customer leaves.
    high_value_share : number 0.01 to 0.9 (share), default 0.2
        Share of customers of high value, where quantiles make the bands.
    mid_value_share : number 0.01 to 0.9 (share), default 0.3
        Share of customers of mid value, where quantiles make the bands of a grid of 3.
    potential_share : number 0.0 to 0.9 (share), default 0.2
        Share of customers, by incremental value, who have potential.
    budget : text (currency), empty by default
        What the contacts may be expected to cost in all; empty sets no limit.
    channel_capacity : text, empty by default
        Contacts that a channel can make, such as outbound=500, sms=10000; one not named has no limit.
    manager_capacity : whole number from 0 (customers), default 0
        Customers that one account manager can contact; 0 sets no limit.
    frequency_cap : whole number from 0 (contacts), default 2
        Contacts by campaigns that one customer has in frequency_days at most; 0 sets no limit.
    frequency_days : whole number 1 to 731 (days), default 90
        Days over which contacts are counted.
    quiet_days : whole number 0 to 366 (days), default 30
        Days after a contact in which a customer is left alone.
    suppress : text, empty by default
        File of customers who are not to be contacted: a customer_id to a line.
    complaint_days : whole number 0 to 366 (days), default 0
        Days after a complaint in which a customer is left alone.
    refusal_columns : text, empty by default
        Attributes of customers who are not to be contacted, by comma; those of a usual name where this is
        empty.
    rest : "on" or "off", default "on"
        Whether customers of an earlier plan, contacted or held out, are left alone until its outcome window
        is over.
    automatic_channels : text, default "sms, app, email, online, post"
        Channels that take none of an account manager's time, by comma.
    holdout : number 0.0 to 0.5 (share), default 0.1
        Share of the chosen customers who are held out at random in each cell and offer, to measure by.
    holdout_most : number 0.0 to 0.5 (share), default 0.2
        Share held out in a cell where that many show the expected gain and fewer do not.
    alpha : number 0.001 to 0.5 (share), default 0.05
        Chance of taking for a gain what is none, two-sided.
    power : number 0.5 to 0.99 (share), default 0.8
        Chance with which an expected gain should be seen.
    evidence : "auto" or "off", default "auto"
        Whether gains go by what trials of the past tell, or by what is assumed of offers alone.
    assumed_error : number 0.001 to 1.0 (share), default 0.1
        How far off an assumed gain may be, as a standard error; trials weigh against it by their own.
    take : number 0.0 to 1.0 (share), default 1.0
        Share of customers who would have stayed anyway and take the offer; offers may tell their own.
    off_theme : number 0.0 to 1.0 (share), default 0.5
        Share of its acceptance that an offer has with customers whose first reason for leaving it does not
        answer.
    least_value : number from 0.0 (currency), default 1.0
        Expected net value above which a customer is worth contacting.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def predict_churn(
    workdir: str | os.PathLike[str] | None = None,
    *,
    engine: Literal["embedded", "spark"] | None = None,
    master: str | Sequence[str] | None = None,
    workdir_uri: str | Sequence[str] | None = None,
    around_months: int | None = None,
    reason_columns: str | Sequence[str] | None = None,
    contract_days: int | None = None,
    open_days: int | None = None,
    repeated_complaints: int | None = None,
    use_drop: float | None = None,
    unused_months: int | None = None,
    overdue_months: int | None = None,
    churn_kinds: str | Sequence[str] | None = None,
    churn_level: Literal["customer", "account", "number"] | None = None,
    prepaid_churn: Literal["either", "recorded", "inactive"] | None = None,
    inactive_days: int | None = None,
    zero_use_months: int | None = None,
    return_days: int | None = None,
    late_months: int | None = None,
    exit_columns: str | Sequence[str] | None = None,
    gap_months: int | None = None,
    outcome_months: int | None = None,
    observe_months: int | None = None,
    max_snapshots: int | None = None,
    max_training_rows: int | None = None,
    max_test_rows: int | None = None,
    fit_seconds: float | None = None,
    split: Literal["auto", "out-of-time", "cross-validation", "random"] | None = None,
    earlier_tests: int | None = None,
    folds: int | None = None,
    model: str | Sequence[str] | None = None,
    leak_auc: float | None = None,
    allow_leaks: str | Sequence[str] | None = None,
    exclude: str | Sequence[str] | None = None,
    trust_export: str | Sequence[str] | None = None,
    offer_cost: float | None = None,
    contact_cost: float | None = None,
    accept_rate: float | None = None,
    value_months: float | None = None,
    customer_value: float | None = None,
    horizon_months: int | None = None,
    false_positive_cost: str | Sequence[str] | None = None,
    false_negative_cost: str | Sequence[str] | None = None,
    true_positive_cost: str | Sequence[str] | None = None,
    true_negative_cost: str | Sequence[str] | None = None,
    budget: float | None = None,
    capacity: int | None = None,
    compare: Literal["all", "quick"] | None = None,
    compare_rows: int | None = None,
    high_risk_lift: float | None = None,
    medium_risk_lift: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Predict who will leave, and whom it pays to contact.

    Needs customer_months and customers; writes churn_scores, churn_lift, churn_calibration,
    churn_costs, churn_profit, churn_windows, churn_drift, churn_when, churn_hazard, churn_by_month,
    churn_drivers, churn_shapes, churn_by, churn_tenure, churn_cohorts, churn_register, churn_causes and
    care_triggers.

    A setting that is None is taken from the environment (TELCLI_PREDICT_CHURN_ENGINE and so on), else
    from [predict-churn] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    engine : "embedded" or "spark", default "embedded"
        Where customers are worked on: in this process, or by a Spark cluster.
    master : text, empty by default
        The Spark cluster: spark://HOST:PORT, yarn, k8s://..., local[N], or a Spark Connect server
        sc://HOST:PORT.
    workdir_uri : text, empty by default
        The working directory as the Spark workers see it; where none is named, file:// and its path here.
    around_months : whole number 1 to 36 (months), default 3
        Last months whose leavers are told by dimension (churn_by).
    reason_columns : text, empty by default
        Attributes that record why customers left, by comma; those whose name says so where this is empty.
    contract_days : whole number 1 to 366 (days), default 60
        Days before a contract ends from which care is called for.
    open_days : whole number 1 to 366 (days), default 7
        Days a matter may be open before care is called for.
    repeated_complaints : whole number from 1 (complaints), default 2
        Complaints in 3 months from which care is called for.
    use_drop : number 0.05 to 1.0 (share), default 0.5
        Fall of use against the 3 months before from which care is called for.
    unused_months : whole number 1 to 36 (months), default 1
        Months without use from which care is called for.
    overdue_months : whole number 1 to 13 (months), default 1
        Age of arrears, in months, from which each further month calls for care.
    churn_kinds : text, default "voluntary, involuntary, port-out, inactive, unknown"
        Kinds of leaving that are churn, by comma; an internal move never is. Who leaves in another way is
        left out.
    churn_level : "customer" or "account" or "number", default "customer"
        Whether a customer churns when all lines stop, all lines of one account, or any number.
    prepaid_churn : "either" or "recorded" or "inactive", default "either"
        Whether prepaid customers leave by a recorded end, by silence, or by either, whichever comes first.
    inactive_days : whole number 0 to 365 (days), default 0
        Days without use and payment by which prepaid customers have left, in whole months, rounded up from
        30 days; 0 as customer-months has it.
    zero_use_months : whole number 0 to 12 (months), default 0
        Months without any use by which prepaid customers have left, whatever they paid; 0 counts
        inactive_days.
    return_days : whole number 0 to 365 (days), default 0
        Who is back within so many days has not left, in whole months, rounded up from 30 days; snapshots
        wait for that long. 0: only a line that begins in the next month takes a leaving back.
    late_months : whole number 0 to 12 (months), default 0
        Last months whose ends of lines may not all be recorded yet: they close no outcome window.
    exit_columns : text, empty by default
        Attributes of lines that tell how a line ended where end_reason does not, by comma.
    gap_months : whole number 0 to 6 (months), default 1
        Months between the snapshot and the outcome window.
    outcome_months : whole number 1 to 12 (months), default 2
        Length of the outcome window.
    observe_months : whole number 1 to 24 (months), default 3
        Months of history a snapshot should have.
    max_snapshots : whole number 2 to 36, default 6
        Snapshots learned from, the latest.
    max_training_rows : whole number from 1000 (rows), default 300000
        Rows trained on; stayers are sampled above it.
    max_test_rows : whole number from 1000 (rows), default 300000
        Customers of a later month tested on; drawn above it.
    fit_seconds : number from 1.0 (seconds), default 120.0
        Work of one fit of the model, reckoned from rows and columns and not by the clock; with less it is
        coarser.
    split : "auto" or "out-of-time" or "cross-validation" or "random", default "auto"
        How the model is tested.
    earlier_tests : whole number 0 to 24 (months), default 3
        Months before the tested one that are tested too, each by a model of what was known by then; 0 for
        none.
    folds : whole number 2 to 20, default 5
        Folds of cross-validation.
    model : text, empty by default
        Saved model to score with instead of training one, such as work/models/as_of=2024-05-01/churn.skops.
    leak_auc : number 0.6 to 1.0 (AUC), default 0.95
        A single column that separates churners better than this is a leak.
    allow_leaks : text, empty by default
        Columns to use although they look like leaks, by comma.
    exclude : text, empty by default
        Columns the model must not use, by comma.
    trust_export : text, empty by default
        Columns whose value in the extract held in every past month too, by comma: used over months as well.
    offer_cost : number 0.0 to 1000000000000.0 (currency), default 10.0
        Cost of an accepted offer (d).
    contact_cost : number 0.0 to 1000000000000.0 (currency), default 1.0
        Cost of one contact (f).
    accept_rate : number 0.0 to 1.0 (share), default 0.3
        Share of would-be churners who accept the offer and stay (gamma).
    value_months : number from 0.0 (months), default 12.0
        Months of revenue a kept customer is worth, where there are no value scores.
    customer_value : number 0.0 to 1000000000000.0 (currency), default 200.0
        Worth of a kept customer whose revenue is unknown.
    horizon_months : whole number 1 to 120 (months), default 24
        Months ahead that expected_months counts, as score-value does.
    false_positive_cost : text, empty by default
        Cost of contacting a customer who stays: a column of customers, or a number; empty follows value.
    false_negative_cost : text, empty by default
        Cost of leaving a churner alone: a column, or a number; empty follows value.
    true_positive_cost : text, empty by default
        Cost of contacting a churner: a column, or a number; empty is 0 where errors have costs of their
        own.
    true_negative_cost : text, empty by default
        Cost of leaving a stayer alone: a column, or a number; empty is 0.
    budget : number 0.0 to 1000000000000000.0 (currency), default 0.0
        What contacting customers may take in all; 0 sets no limit.
    capacity : whole number from 0 (customers), default 0
        How many customers may be contacted; 0 sets no limit.
    compare : "all" or "quick", default "all"
        Methods of the total-cost table: all, or quick, without those that learn from costs.
    compare_rows : whole number from 500 (rows), default 10000
        Rows that methods which learn from costs are given.
    high_risk_lift : number from 1.0, default 2.0
        Risk is high from this many times the churn rate.
    medium_risk_lift : number from 0.0, default 1.0
        Risk is medium from this many times the churn rate.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def profile(
    workdir: str | os.PathLike[str] | None = None,
    *,
    needed: str | Sequence[str] | None = None,
    org_level: Literal["branch", "region"] | None = None,
    min_rows: int | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Measure how complete, valid, unique and timely the data are.

    Needs customers and customer_months; writes quality_profile and missing_attributes. Conditions of
    fail_if are the command's: compare `metrics` instead.

    A setting that is None is taken from the environment (TELCLI_PROFILE_NEEDED and so on), else from
    [profile] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    needed : text, default "customers.customer_class, customers.gender, customers.birth_year,
            customers.region" and more, see telcli.config
        Columns that should be filled, as TABLE.COLUMN.
    org_level : "branch" or "region", default "branch"
        What is compared: branches or regions.
    min_rows : whole number from 1 (rows), default 30
        No condition is held against fewer rows than this.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def recommend_offers(
    workdir: str | os.PathLike[str] | None = None,
    *,
    rule_months: int | None = None,
    least_customers: int | None = None,
    false_share: float | None = None,
    most_products: int | None = None,
    most_held: int | None = None,
    most_pairs: int | None = None,
    product_flags: str | Sequence[str] | None = None,
    tariffs: str | Sequence[str] | None = None,
    plan_months: int | None = None,
    least_saving: float | None = None,
    keeps_share: float | None = None,
    horizon_months: int | None = None,
    idle_months: int | None = None,
    offers_each: int | None = None,
    no_upsell_risk: Literal["high", "medium", "never"] | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Recommend products and plans to customers, and say why.

    Needs customer_months and customers; writes offer_recommendations, offer_rules, offer_exclusions,
    plan_fit, plan_months and unused_products.

    A setting that is None is taken from the environment (TELCLI_RECOMMEND_OFFERS_RULE_MONTHS and so
    on), else from [recommend-offers] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    rule_months : whole number 1 to 12 (months), default 3
        Months within which a product is taken up: rules are mined on so many months and tested on as many
        after.
    least_customers : whole number 5 to 100000 (customers), default 20
        Customers needed on either side of a rule.
    false_share : number 0.0001 to 0.5 (share), default 0.05
        Share of the rules found that may be chance.
    most_products : whole number 2 to 2000 (products), default 200
        Products that rules are looked for among: those most held.
    most_held : whole number 2 to 1000 (products), default 40
        Customers who hold more products than this are not looked at.
    most_pairs : whole number 0 to 20000 (pairs), default 2000
        Pairs of products that rules may begin with: those most held together; 0 leaves pairs out.
    product_flags : text, empty by default
        Attributes of customers that say by yes or no whether a product is held, where no products were
        delivered.
    tariffs : text, empty by default
        File of plans: monthly fee, what is included, prices beyond.
    plan_months : whole number 1 to 24 (months), default 6
        Last months by which plans are compared.
    least_saving : number 0.0 to 1.0 (share), default 0.05
        Share of what a customer pays that another plan must save to be shown.
    keeps_share : number 0.0 to 1.0 (share), default 0.3
        Share of customers who would leave that stay when moved to the plan that fits: assumed.
    horizon_months : whole number 1 to 60 (months), default 12
        Months that the fee of a product, or a saving on a plan, counts.
    idle_months : whole number 1 to 24 (months), default 3
        Months without use since it was taken that make a product or line unused.
    offers_each : whole number 1 to 20 (offers), default 3
        Recommendations for one customer at most.
    no_upsell_risk : "high" or "medium" or "never", default "high"
        Risk of leaving from which on a customer is offered nothing more to pay for.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def report(
    workdir: str | os.PathLike[str] | None = None,
    *,
    top_customers: int | None = None,
    trend_months: int | None = None,
    period: str | Sequence[str] | None = None,
    files: str | Sequence[str] | None = None,
    small_cell: int | None = None,
    control_totals: str | Sequence[str] | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Write the management report as one web page.

    Needs customer_months and customers; writes report_figures and period_figures.

    A setting that is None is taken from the environment (TELCLI_REPORT_TOP_CUSTOMERS and so on), else
    from [report] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    top_customers : whole number 0 to 1000, default 20
        Customers listed by value at risk.
    trend_months : whole number 2 to 120 (months), default 24
        Months drawn in the trend.
    period : text, default "month"
        Periods to write pages of, with commas between them: month, quarter, year.
    files : text, default "html"
        Files to write, with commas between them: html, xlsx, md, json.
    small_cell : whole number 1 to 1000 (customers), default 10
        Groups of fewer customers than this are not shown.
    control_totals : text, empty by default
        File of totals that the figures are held against: month, metric, amount, tolerance.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def run(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    workdir: str | os.PathLike[str] | None = None,
    *,
    map: Mapping[str, str | Sequence[str]] | None = None,
    mapping: str | os.PathLike[str] | None = None,
    restate: bool = False,
    max_reject_share: float | None = None,
    churned_when: str | Sequence[str] | None = None,
    allow_leaks: str | Sequence[str] | None = None,
    exclude: str | Sequence[str] | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Results:
    """Run every stage in order, from raw extracts to the report; what is up to date is skipped.

    Without `sources` the tables ingested before are used. Settings of the stages are those of telcli.toml
    and the environment, but for those below. Where the data do not let segment, score_value or
    predict_churn work, the others go on, and the first of those errors is raised at the end: what the
    others gave is published all the same.

    Parameters
    ----------
    sources
        Raw extracts: files, folders, addresses of databases (postgresql://USER@HOST/DATABASE#TABLE); one or
        several.
    workdir
        The working directory, made where it is not there; else that of TELCLI_WORKDIR, else "work".
    map
        Columns to take for names of telcli, as in {"customer_id": "CustNo"}; "@row" numbers the rows.
    mapping
        Mapping file that `telcli ingest --write-mapping` wrote earlier.
    restate
        Let these extracts replace what is held of their months, closed ones too.
    max_reject_share : number 0.0 to 1.0 (share), default 0.01
        Fail when a source or a table loses more than this share of its rows.
    churned_when : text, empty by default
        The label's value that means the customer left.
    allow_leaks : text, empty by default
        Columns to use although they look like leaks, by comma.
    exclude : text, empty by default
        Columns the model must not use, by comma.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    MissingInputError
        A source, a mapping file or a month is not there.
    DataError
        Too many rows are refused, nothing tells what a file is, or the data tell too little.
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def score_satisfaction(
    workdir: str | os.PathLike[str] | None = None,
    *,
    service_words: str | Sequence[str] | None = None,
    product_words: str | Sequence[str] | None = None,
    price_words: str | Sequence[str] | None = None,
    network_words: str | Sequence[str] | None = None,
    claimed_order: str | Sequence[str] | None = None,
    predict: Literal["auto", "never"] | None = None,
    interval: float | None = None,
    learn_from: int | None = None,
    link_months: int | None = None,
    full_tenure: int | None = None,
    full_contract: int | None = None,
    full_bundle: int | None = None,
    loyalty_known: float | None = None,
    tenure_weight: float | None = None,
    contract_weight: float | None = None,
    bundle_weight: float | None = None,
    payments_weight: float | None = None,
    renewals_weight: float | None = None,
    competitor_weight: float | None = None,
    recommend_weight: float | None = None,
    window_months: int | None = None,
    scale: Literal["auto", "1-5", "1-7", "1-10", "0-10", "0-100"] | None = None,
    index_weights: Literal["equal", "ohio", "own", "first-component", "pls"] | None = None,
    own_weights: str | Sequence[str] | None = None,
    overall_items: str | Sequence[str] | None = None,
    expectancy_items: str | Sequence[str] | None = None,
    ideal_items: str | Sequence[str] | None = None,
    weighting: Literal["auto", "given", "base", "none"] | None = None,
    weight_by: str | Sequence[str] | None = None,
    weight_limit: float | None = None,
    group_by: str | Sequence[str] | None = None,
    network_column: str | Sequence[str] | None = None,
    satisfied_from: float | None = None,
    dissatisfied_below: float | None = None,
    importance: Literal["derived", "stated"] | None = None,
    quadrant_cut: Literal["mean", "median"] | None = None,
    assumptions: str | Sequence[str] | None = None,
    small_cell: int | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Score how satisfied customers are, and what moves it.

    Needs customer_months and customers; writes satisfaction_scores, satisfaction_index,
    satisfaction_items, satisfaction_weights, satisfaction_drivers, satisfaction_trials,
    satisfaction_calibration, satisfaction_links and loyalty_parts.

    A setting that is None is taken from the environment (TELCLI_SCORE_SATISFACTION_SERVICE_WORDS and so
    on), else from [score-satisfaction] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    service_words : text, empty by default
        Words, by comma, that put an item or column under service, before the built-in ones.
    product_words : text, empty by default
        Words, by comma, that put an item or column under product, before the built-in ones.
    price_words : text, empty by default
        Words, by comma, that put an item or column under price, before the built-in ones.
    network_words : text, empty by default
        Words, by comma, that put an item or column under network, before the built-in ones.
    claimed_order : text, default "service, product, price"
        Order of themes that is put to the test, the most important first.
    predict : "auto" or "never", default "auto"
        Satisfaction of customers who were not asked: auto, predicted where that beats the mean; never.
    interval : number 0.5 to 0.99 (share), default 0.9
        Share of customers whose satisfaction lies within the interval of its prediction.
    learn_from : whole number 100 to 1000000 (customers), default 20000
        Customers that a prediction learns from at the most.
    link_months : whole number 1 to 24 (months), default 3
        Months after the day asked in which leaving, revenue and complaints are looked at.
    full_tenure : whole number 1 to 600 (months), default 60
        Months as a customer that count as full loyalty.
    full_contract : whole number 1 to 120 (months), default 24
        Months left of a contract that count as full.
    full_bundle : whole number 2 to 50 (count), default 4
        Services and lines held together that count as full.
    loyalty_known : number 0.0 to 1.0 (share), default 0.5
        Share of the weight of loyalty's parts that must be known of a customer for a loyalty to be told.
    tenure_weight : number 0.0 to 100.0 (weight), default 0.25
        Weight in loyalty of time as a customer.
    contract_weight : number 0.0 to 100.0 (weight), default 0.15
        Weight in loyalty of the contract.
    bundle_weight : number 0.0 to 100.0 (weight), default 0.2
        Weight in loyalty of services held together.
    payments_weight : number 0.0 to 100.0 (weight), default 0.2
        Weight in loyalty of paying on time.
    renewals_weight : number 0.0 to 100.0 (weight), default 0.1
        Weight in loyalty of staying after a contract.
    competitor_weight : number 0.0 to 100.0 (weight), default 0.1
        Weight in loyalty of not calling competitors.
    recommend_weight : number 0.0 to 100.0 (weight), default 0.0
        Weight in loyalty of what was said of recommending.
    window_months : whole number 1 to 60 (months), default 12
        Answers of so many months count, the last of each customer and item.
    scale : "auto" or "1-5" or "1-7" or "1-10" or "0-10" or "0-100", default "auto"
        Scale of the answers; auto goes by the answers of each item.
    index_weights : "equal" or "ohio" or "own" or "first-component" or "pls", default "equal"
        Weights of overall satisfaction, met expectations and closeness to the ideal in the index.
    own_weights : text, empty by default
        The three weights where index_weights is own, such as 0.5, 0.3, 0.2.
    overall_items : text, empty by default
        Items that ask for overall satisfaction, by comma; those whose names say so where this is empty.
    expectancy_items : text, empty by default
        Items that ask how expectations were met, by comma; the same.
    ideal_items : text, empty by default
        Items that ask how near it is to the ideal, by comma; the same.
    weighting : "auto" or "given" or "base" or "none", default "auto"
        Whether answers are weighted: as given, to the base, by neither; auto: as given where they are, else
        to it.
    weight_by : text, default "customer_class, segment, branch"
        What the base and those who answered are made alike in where answers are weighted to it, by comma.
    weight_limit : number 1.5 to 100.0 (x the mean), default 5.0
        The largest weight, in means.
    group_by : text, default "segment, branch, region, customer_class, pay_mode, network"
        What the index is told by, with commas between.
    network_column : text, empty by default
        Attribute that tells the network a customer is on, such as x_network; by its name where this is
        empty.
    satisfied_from : number 0.0 to 100.0 (0..100), default 70.0
        From this index on a customer is satisfied.
    dissatisfied_below : number 0.0 to 100.0 (0..100), default 50.0
        Below this index a customer is dissatisfied.
    importance : "derived" or "stated", default "derived"
        Importance of items: derived from how they move overall satisfaction, or as stated by what was
        expected.
    quadrant_cut : "mean" or "median", default "mean"
        Where importance and performance are cut into quadrants.
    assumptions : text, empty by default
        What you assume of word of mouth, such as told_per_dissatisfied=25 (where the number comes from);
        none unless set.
    small_cell : whole number 1 to 1000 (customers), default 10
        Groups in which fewer answered are withheld.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def score_value(
    workdir: str | os.PathLike[str] | None = None,
    *,
    margin_rate: float | None = None,
    interconnect_rate: float | None = None,
    content_share: float | None = None,
    cost_per_contact: float | None = None,
    line_cost: float | None = None,
    bad_debt_rate: float | None = None,
    score_by: Literal["indicators", "lifetime"] | None = None,
    hierarchy: str | Sequence[str] | None = None,
    random_index: Literal["classic", "saaty-2005", "donegan-dodd"] | None = None,
    refit: Literal["always", "never"] | None = None,
    horizon_months: int | None = None,
    discount_rate: float | None = None,
    subsidy_months: int | None = None,
    clawback_months: int | None = None,
    payment_timing: Literal["end", "middle", "start"] | None = None,
    tail: Literal["none", "endless", "fading"] | None = None,
    interval_level: float | None = None,
    recent_months: int | None = None,
    spike_limit: float | None = None,
    min_at_risk: int | None = None,
    label_months: int | None = None,
    stratify: Literal["auto", "none"] | None = None,
    leaving_signs: Literal["auto", "none"] | None = None,
    platinum_share: float | None = None,
    gold_share: float | None = None,
    silver_share: float | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Put a value in money on each customer, a score 0-100 and a tier.

    Needs customer_months and customers; writes value_scores, value_parts, value_margin, value_growth,
    value_backtest, survival_curve, survival_groups, survival_effects, value_offers, value_cohorts,
    value_weights, value_scales, value_tiers, value_indicators, value_moves, value_sensitivity,
    value_stars, value_products, value_deciles, value_curve, value_index, value_top_held, value_wallet
    and value_tier_facts.

    A setting that is None is taken from the environment (TELCLI_SCORE_VALUE_MARGIN_RATE and so on),
    else from [score-value] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    margin_rate : number 0.0 to 1.0 (share), default 1.0
        Share of revenue left after costs that are not counted one by one; 1 takes nothing off.
    interconnect_rate : number from 0.0 (currency per minute), default 0.0
        Paid to other operators for a minute of calls made to their customers.
    content_share : number 0.0 to 1.0 (share), default 0.0
        Share of value-added charges that goes to content providers.
    cost_per_contact : number from 0.0 (currency), default 0.0
        Cost of serving one contact.
    line_cost : number from 0.0 (currency), default 0.0
        Monthly cost of keeping one line.
    bad_debt_rate : number 0.0 to 1.0 (share), default 1.0
        Share of arrears of more than 90 days, and of what leavers owe, that is never paid.
    score_by : "indicators" or "lifetime", default "indicators"
        Whether the score is that of weighted indicators, or the percentile rank of lifetime value.
    hierarchy : text, empty by default
        A workbook of indicators and judgements in pairs, relative to telcli.toml; else those of
        telcli.toml.
    random_index : "classic" or "saaty-2005" or "donegan-dodd", default "classic"
        Table of random indices behind the consistency ratio of judgements.
    refit : "never" or "always", default "never"
        Whether the scales of indicators and the bounds of tiers are made anew, or those of the month before
        kept.
    horizon_months : whole number 1 to 120 (months), default 24
        Months ahead that count.
    discount_rate : number 0.0 to 1.0 (share per year), default 0.1
        Yearly discount rate.
    subsidy_months : whole number 1 to 60 (months), default 24
        Months a device's subsidy is spread over where the contract's end is not known.
    clawback_months : whole number 0 to 36 (months), default 0
        Commission is taken back where a line ends within so many months of being sold; 0 never.
    payment_timing : "end" or "middle" or "start", default "end"
        When in a month its money comes, for discounting.
    tail : "none" or "endless" or "fading", default "none"
        Months beyond the horizon: none; endless, leaving as at the longest tenures; or fading, ever less
        likely to leave (shifted beta-geometric).
    interval_level : number 0.5 to 0.99 (share), default 0.8
        Chance with which a customer's lifetime value lies between its low and its high end.
    recent_months : whole number 0 to 12 (months), default 0
        Last months whose plain mean is a customer's usual margin; 0 weighs 12 as foretold best, plan fees
        apart.
    spike_limit : number 0.0 to 100.0 (x the usual margin), default 3.0
        Most usual margins that an odd month counts from the median, where that foretold best; 0 sets no
        limit.
    min_at_risk : whole number from 1 (customer-months), default 200
        Customer-months a tenure needs before its own chance of leaving is believed.
    label_months : whole number 0 to 24 (months), default 0
        Months that the label of a flat table looks at; 0 when tenure is the whole stay of those who left.
    stratify : "auto" or "none", default "auto"
        Separate survival curves for prepaid and postpaid where there are leavers enough, or one for all.
    leaving_signs : "auto" or "none", default "auto"
        Complaints, arrears, faults, falling use ... tell who leaves, where months held back show that they
        do; or tenure alone.
    platinum_share : number 0.0 to 1.0 (share), default 0.05
        Share of customers in the platinum tier.
    gold_share : number 0.0 to 1.0 (share), default 0.15
        Share of customers in the gold tier.
    silver_share : number 0.0 to 1.0 (share), default 0.3
        Share of customers in the silver tier; the rest is bronze.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def segment(
    workdir: str | os.PathLike[str] | None = None,
    *,
    n_segments: int | None = None,
    max_segments: int | None = None,
    algorithm: Literal["glkm", "kmeans"] | None = None,
    min_share: float | None = None,
    min_stability: float | None = None,
    silhouette_slack: float | None = None,
    stability_slack: float | None = None,
    refit: Literal["always", "never"] | None = None,
    name_overlap: float | None = None,
    evaluation_months: int | None = None,
    compare_with: str | Sequence[str] | None = None,
    high_tier_share: float | None = None,
    low_tier_share: float | None = None,
    acquisition_months: int | None = None,
    growth_months: int | None = None,
    growth_slope: float | None = None,
    decline_ratio: float | None = None,
    dormant_months: int | None = None,
    high_tier_revenue: float | None = None,
    low_tier_revenue: float | None = None,
    margin_months: int | None = None,
    profitable_index: float | None = None,
    exit_months: int | None = None,
    exit_margin: float | None = None,
    key_share: float | None = None,
    potential_share: float | None = None,
    potential_rise: float | None = None,
    business_lines: int | None = None,
    strategic_lines: int | None = None,
    strategic_group: int | None = None,
    strategic_stars: int | None = None,
    loyal_months: int | None = None,
    loyal_complaints: int | None = None,
    loyal_arrears: int | None = None,
    very_low_minutes: float | None = None,
    very_low_mb: float | None = None,
    without_months: int | None = None,
    online_share: float | None = None,
    online_touches: int | None = None,
    online_channels: str | Sequence[str] | None = None,
    offline_channels: str | Sequence[str] | None = None,
    part_signals: int | None = None,
    as_of: str | date | None = None,
    seed: int | None = None,
    lang: Literal["en", "zh"] | None = None,
    wait: float = 0.0,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Result:
    """Group customers who behave alike, and name each group.

    Needs customer_months and customers; writes segments, segment_profiles, segment_preparation,
    segment_centres, segment_counts, segment_moves, segment_evaluation, segment_agreement,
    segment_origins, segments_before, segment_reach, customer_views and view_groups.

    A setting that is None is taken from the environment (TELCLI_SEGMENT_N_SEGMENTS and so on), else
    from [segment] of telcli.toml, else it is the default.

    Parameters
    ----------
    workdir
        The working directory; where none is given that of TELCLI_WORKDIR, else "work".
    n_segments : whole number 0 to 30, default 0
        Number of segments; 0 chooses it.
    max_segments : whole number 2 to 30, default 8
        The most segments tried when choosing.
    algorithm : "glkm" or "kmeans", default "glkm"
        GLKM, a genetic search over K-means solutions, or K-means from ten starts.
    min_share : number 0.0 to 0.5 (share), default 0.02
        A segment smaller than this share of customers is not wanted.
    min_stability : number 0.0 to 1.0 (0..1), default 0.75
        Mean Jaccard index with which a segment must come back from resampled customers.
    silhouette_slack : number 0.0 to 1.0 (share), default 0.2
        Share of the best silhouette that may be given up for more segments.
    stability_slack : number 0.0 to 1.0 (share), default 0.1
        Share of the best stability that may be given up for more segments.
    refit : "always" or "never", default "always"
        Whether segments are found anew each month, or customers join those of the snapshot before.
    name_overlap : number 0.0 to 1.0 (0..1), default 0.5
        Jaccard index with a segment of the snapshot before, above which a segment keeps its name.
    evaluation_months : whole number 0 to 24 (months), default 3
        Months back that segments are tried on: what they told of the months since; 0 does without.
    compare_with : text, empty by default
        A grouping among the columns of customers that segments are measured against.
    high_tier_share : number 0.01 to 0.9 (share), default 0.2
        Share of customers, by revenue, in the high consumption tier.
    low_tier_share : number 0.01 to 0.9 (share), default 0.4
        Share of customers, by revenue, in the low consumption tier.
    acquisition_months : whole number 0 to 24 (months), default 3
        Tenure up to which a customer is newly acquired.
    growth_months : whole number 0 to 60 (months), default 12
        Tenure up to which a customer is growing.
    growth_slope : number 0.0 to 1.0 (share per month), default 0.05
        Monthly rise of revenue, over two rises running, that means growth.
    decline_ratio : number 0.0 to 1.0 (ratio), default 0.7
        Mean revenue of 3 months over that of the 6 before, at or below which a customer declines.
    dormant_months : whole number 1 to 12 (months), default 1
        Months without use that mean dormancy.
    high_tier_revenue : number from 0.0 (currency), default 0.0
        Monthly revenue from which a customer is in the high tier; 0 goes by high_tier_share.
    low_tier_revenue : number from 0.0 (currency), default 0.0
        Monthly revenue below which a customer is in the low tier; 0 goes by low_tier_share.
    margin_months : whole number 1 to 12 (months), default 6
        Last months whose mean tells what a customer earns and pays.
    profitable_index : number 0.0 to 100.0 (x the mean), default 1.0
        A customer is profitable from this many times the mean margin of all.
    exit_months : whole number 2 to 12 (months), default 6
        Months running without any margin after which a customer may be given up.
    exit_margin : number (currency), default 0.0
        A month at or below this margin counts as one without any.
    key_share : number 0.0 to 0.5 (share), default 0.01
        Share of customers, by margin, who are key accounts for their profit.
    potential_share : number 0.0 to 0.5 (share), default 0.1
        Share of customers, by margin, among whom a rising one is a key account for the potential.
    potential_rise : number 0.0 to 10.0 (ratio), default 0.3
        Rise of revenue over 6 months that makes the potential.
    business_lines : whole number from 2 (lines), default 10
        Lines from which a customer told to be none is a business.
    strategic_lines : whole number from 2 (lines), default 20
        Lines from which a customer is strategic.
    strategic_group : whole number from 0 (customers), default 20
        Customers of one group_id from which its members are strategic; 0 never.
    strategic_stars : whole number 1 to 10 (stars), default 7
        Star level from which a customer is strategic.
    loyal_months : whole number 1 to 240 (months), default 24
        Tenure from which a customer may be loyal.
    loyal_complaints : whole number from 0 (complaints), default 1
        The most complaints in 6 months of a loyal customer.
    loyal_arrears : whole number 0 to 6 (months), default 1
        The most months with arrears, of 6, of a loyal customer.
    very_low_minutes : number from 0.0 (minutes), default 5.0
        Minutes of calls a month below which, with very_low_mb, a customer uses next to nothing.
    very_low_mb : number from 0.0 (MB), default 5.0
        Data a month below which, with very_low_minutes, a customer uses next to nothing.
    without_months : whole number 2 to 12 (months), default 3
        Months running without voice, data or texts that make more of it than a month of none.
    online_share : number 0.01 to 1.0 (share), default 0.6
        Share of payments and contacts in 6 months through online channels that makes an online customer.
    online_touches : whole number from 1 (touches), default 3
        Payments and contacts in 6 months below which nothing is said of the share.
    online_channels : text, default "app, web, webapp, webshop, website, online, on-line, internet,
            portal, self-care, e-shop" and more, see telcli.config
        Words in the name of a channel that make it an online one, by comma.
    offline_channels : text, default "off-line, agent, agency, agencies, dealer, reseller, franchise,
            kiosk, terminal, cafe" and more, see telcli.config
        Words in the name of a channel that make it none online, whatever else it holds, by comma.
    part_signals : whole number 1 to 4 (signs), default 2
        Signs of taking part (online, several services, an offer taken up, a question asked) that are
        enough.
    as_of
        Snapshot month to work on, "2024-06" or a date; the newest where none is given.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    lang
        Language of what is written for readers; default "en".
    wait
        Seconds to wait for a working directory in use.
    force
        Run even where nothing has changed.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.

    Raises
    ------
    UsageError
        An argument, a variable of the environment or telcli.toml asks for something impossible.
    MissingInputError
        A table that it needs is not there, or the month is not; the hint names what to run first.
    DataError
        The data break their contract, or tell too little; nothing was published.
    BusyError
        Another process holds the working directory longer than `wait`.
    """

def simulate(
    output: str | os.PathLike[str],
    *,
    customers: int | None = None,
    months: int | None = None,
    second_system: Literal["off", "on"] | None = None,
    clusters: int | None = None,
    fraud: Literal["off", "on"] | None = None,
    surveys: Literal["off", "on", "null"] | None = None,
    last_month: str | Sequence[str] | None = None,
    seed: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    force: bool = False,
) -> SimulateResult:
    """Write raw extracts of an imaginary operator, with an answer key that says what was planted.

    The same settings and seed give the same files.

    Parameters
    ----------
    output
        Directory for the extracts, new or of an earlier simulation.
    customers : whole number 1 to 100000000 (customers), default 2000
        Customers.
    months : whole number 1 to 120 (months), default 12
        Months of history.
    second_system : "off" or "on", default "off"
        Whether a second system knows the customers too, under other numbers and spellings.
    clusters : whole number 0 to 30, default 0
        Planted clusters, drawn from the seed; 0 plants five fixed kinds of customer.
    fraud : "off" or "on", default "off"
        Whether fraudsters and people who only look like them are planted, and calls are written.
    surveys : "off" or "on" or "null", default "off"
        Whether customers are asked how satisfied they are; null plants no driver of what they say.
    last_month : text (YYYY-MM), default "2024-06"
        The last month of history.
    seed
        Seed of everything random; whole number 0 to 4294967295, default 0.
    progress
        Called now and then with what is worked on, how much of it is done, and how much there is.
    force
        Replace the extracts of an earlier simulation.

    Raises
    ------
    UsageError
        The directory holds something else, or a simulation without `force`; or it cannot be written.
    """
