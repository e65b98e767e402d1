"""Settings: what can be chosen, and where each choice came from. Imports the standard library alone."""

from telcli.settings.campaigning import CampaignsSettings
from telcli.settings.complaining import ComplaintsSettings
from telcli.settings.crediting import AssessCreditSettings
from telcli.settings.declared import (
    SECTIONS,
    GeneralSettings,
    ReportSettings,
    SimulateSettings,
)
from telcli.settings.detecting import DetectFraudSettings
from telcli.settings.engine import EngineSettings
from telcli.settings.evaluating import EvaluateRetentionSettings
from telcli.settings.exit_words import exit_words
from telcli.settings.fraud_rules import FRAUD_RULES, own_fraud_rules
from telcli.settings.ingesting import IngestSettings
from telcli.settings.keeping_months import GcSettings
from telcli.settings.knowing import KnowledgeSettings
from telcli.settings.monitoring import MonitorSettings
from telcli.settings.months import CustomerMonthsSettings
from telcli.settings.own_kpis import own_kpis
from telcli.settings.own_offers import OFFERS, own_offers
from telcli.settings.own_reasons import own_reasons, own_topics
from telcli.settings.own_rules import STARS, own_rules
from telcli.settings.planning import PlanRetentionSettings
from telcli.settings.predicting import PredictChurnSettings
from telcli.settings.profile import ProfileSettings
from telcli.settings.recommending import RecommendOffersSettings
from telcli.settings.resolving import DICTIONARY, Origin, Resolved, config_file, read_config, resolve
from telcli.settings.satisfying import ScoreSatisfactionSettings
from telcli.settings.scoring import HIERARCHY
from telcli.settings.segmenting import SegmentSettings
from telcli.settings.settled import settled
from telcli.settings.tasking import ImportOutcomesSettings
from telcli.settings.toml_hint import toml_hint
from telcli.settings.toml_text import TomlError, toml_text, toml_values
from telcli.settings.valuing import MarginSettings, ScoreValueSettings

__all__ = [
    "DICTIONARY",
    "FRAUD_RULES",
    "HIERARCHY",
    "OFFERS",
    "SECTIONS",
    "STARS",
    "AssessCreditSettings",
    "CampaignsSettings",
    "ComplaintsSettings",
    "CustomerMonthsSettings",
    "DetectFraudSettings",
    "EngineSettings",
    "EvaluateRetentionSettings",
    "GcSettings",
    "GeneralSettings",
    "ImportOutcomesSettings",
    "IngestSettings",
    "KnowledgeSettings",
    "MarginSettings",
    "MonitorSettings",
    "Origin",
    "PlanRetentionSettings",
    "PredictChurnSettings",
    "ProfileSettings",
    "RecommendOffersSettings",
    "ReportSettings",
    "Resolved",
    "ScoreSatisfactionSettings",
    "ScoreValueSettings",
    "SegmentSettings",
    "SimulateSettings",
    "TomlError",
    "config_file",
    "exit_words",
    "own_fraud_rules",
    "own_kpis",
    "own_offers",
    "own_reasons",
    "own_rules",
    "own_topics",
    "read_config",
    "resolve",
    "settled",
    "toml_hint",
    "toml_text",
    "toml_values",
]
