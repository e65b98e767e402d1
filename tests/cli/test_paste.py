"""Which of the commands that a sentence names get the working directory."""

import pytest

from telcli.cli._paste import pasteable, remember


@pytest.mark.parametrize(
    "text",
    [
        "Name directories that telcli ingest wrote.",
        "请列出由 telcli ingest 写出的目录。",
        "Bands of value are quantiles of that. telcli score-value makes them.",
        "Use only models trained by telcli predict-churn.",
        "Ready: nothing. What telcli segment says stands.",
    ],
)
def test_a_command_that_a_sentence_tells_of_stays(text: str) -> None:
    remember(["run", "-w", "m1"])
    assert pasteable(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Make them first: telcli segment", "Make them first: telcli segment -w m1"),
        ("telcli ingest FILES", "telcli ingest -w m1 FILES"),
        ("先运行：telcli ingest 文件或目录...", "先运行：telcli ingest -w m1 文件或目录..."),
        (
            "The newest stands (telcli show conflicts).",
            "The newest stands (telcli show -w m1 conflicts).",
        ),
        (
            "Name the label with telcli ingest --map churned=C",
            "Name the label with telcli ingest -w m1 --map churned=C",
        ),
        (
            "Run telcli customer-months, or run telcli segment",
            "Run telcli customer-months -w m1, or run telcli segment -w m1",
        ),
        ("Bring it: telcli ingest, then telcli run.", "Bring it: telcli ingest -w m1, then telcli run -w m1."),
        ("Files are refused; telcli show rejects tells.", "Files are refused; telcli show -w m1 rejects tells."),
    ],
)
def test_a_command_that_is_to_be_typed_names_it(text: str, said: str) -> None:
    remember(["run", "-w", "m1"])
    assert pasteable(text) == said
