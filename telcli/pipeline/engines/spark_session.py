"""A Spark session, and what can go wrong with one put into words."""

from __future__ import annotations

import os
import re
import socket
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import telcli
from telcli.errors import MissingInputError, TelcliError, UsageError
from telcli.io.scratch import scratch

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["explained", "require", "session", "told", "unseen"]

_MASTERS = r"local(\[.*\])?|yarn|spark://.+|k8s://.+|sc://.+"
_PATIENCE = 10.0
"""Seconds that a master has to answer; Spark itself would try for a minute and say little."""
_FIXED = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
"""Of a session that starts here; a Spark Connect server has its own."""
_CHOSEN = {"spark.sql.caseSensitive": "true", "spark.sql.session.timeZone": "UTC"}
_THEIRS = ("pyspark", "py4j", "grpc")
"""Packages whose exceptions speak of the cluster."""
_CONNECT = ("pandas", "grpc", "grpc_status", "google.rpc", "zstandard")
"""What a Spark Connect client needs beside pyspark."""


def require(master: str, section: str) -> None:
    """See to it that there is a cluster to ask and the means to ask it, before anything is computed.

    Raises
    ------
    UsageError
        The settings name none, or nobody answers there.
    MissingInputError
        A package is not installed.
    """
    if not re.fullmatch(_MASTERS, master):
        raise UsageError(
            "spark-master",
            "The Spark engine needs --master, such as spark://HOST:PORT, local[2] or sc://HOST:PORT, not {master}.",
            hint="Name the cluster with --master or [{section}] master, or leave out --engine spark.",
            master=repr(master),
            section=section,
        )
    for name in ("pyspark", *(_CONNECT if master.startswith("sc://") else ())):
        if not _installed(name):
            raise MissingInputError(
                "spark-extra",
                "The Spark engine needs {package}, which is not installed.",
                hint='Install it: pip install "telcli[spark]"; or go without: --engine embedded',
                package=name,
            )
    if master.startswith(("spark://", "sc://")) and not _answers(master):
        raise _silent(master)


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _answers(master: str) -> bool:
    """Whether one of the addresses of a master takes a connection."""
    for address in re.sub(r"^\w+://", "", master).split(","):
        host, _, port = address.partition("/")[0].rpartition(":")
        plain = host or address.partition("/")[0]
        try:
            socket.create_connection((plain.strip("[]"), int(port) if host else 15002), _PATIENCE).close()
        except (OSError, ValueError):
            continue
        return True
    return False


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session with the package itself sent along, ended at the end."""
    _here(master)
    spark = _started(master)
    try:
        with scratch() as folder:
            spark.addArtifacts(str(_zipped(folder)), pyfile=True)
            yield spark
    finally:
        spark.stop()


@contextmanager
def explained(master: str, uri: str) -> Iterator[None]:
    """What fails within is told in a sentence; `uri` is where the workers find the files.

    Raises
    ------
    UsageError, MissingInputError
        The cluster cannot be reached, or its workers lack something.
    """
    try:
        yield
    except Exception as error:
        found = told(str(error), master, uri) if type(error).__module__.split(".")[0] in _THEIRS else None
        if found is None:
            raise
        raise found from error


def _here(master: str) -> None:
    """Workers on this machine run in this Python, unless another one is named."""
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def _started(master: str) -> SparkSession:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("telcli")
    if master.startswith("sc://"):
        builder = builder.remote(master)
    else:
        builder = builder.master(master).config(map={**_FIXED, "spark.executorEnv.POLARS_MAX_THREADS": "1"})
    return builder.config(map=_CHOSEN).getOrCreate()


def _zipped(folder: Path) -> Path:
    """The package as an archive, so that workers run the version that is installed here."""
    home = Path(telcli.__file__).parent
    place = folder / "telcli.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(file for file in home.rglob("*") if file.suffix in (".py", ".toml")):
            archive.write(file, str(file.relative_to(home.parent)))
    return place


def told(text: str, master: str, uri: str) -> TelcliError | None:
    """What became of the cluster, in a sentence; None where nothing is known of it."""
    if "JAVA_GATEWAY_EXITED" in text or "JAVA_HOME" in text:
        return MissingInputError(
            "spark-java",
            "Spark could not be started here: it needs Java 17 or later.",
            hint="Install a Java runtime, or set JAVA_HOME to where one is.",
        )
    unlike = _unlike(text)
    if unlike:
        return unlike
    if re.search(r"PATH_NOT_FOUND|FILE_NOT_EXIST|FileNotFoundException|Mkdirs failed|Permission denied", text):
        return unseen(uri)
    if re.search(r"All masters are unresponsive|UNAVAILABLE|Connection refused|stopped SparkContext", text):
        return _silent(master)
    return None


def _unlike(text: str) -> TelcliError | None:
    """What the Python of the workers has not, or has otherwise than this one."""
    lacking = re.search(r"(?:ModuleNotFoundError|ImportError): No module named '([\w.]+)'", text)
    if lacking or "PACKAGE_NOT_INSTALLED" in text:
        return MissingInputError(
            "spark-worker-lacks",
            "The Python of the Spark workers has no {package}.",
            hint="Install telcli on every worker (pip install telcli), or name a Python that has it: PYSPARK_PYTHON.",
            package=lacking[1] if lacking else "pyarrow",
        )
    other = re.search(r"ImportError: (\S+) (\S+) is needed here, not (\S+)", text)
    if other:
        return MissingInputError(
            "spark-worker-version",
            "The Spark workers have {package} {theirs}, this machine {ours}: what one made may fail in the other.",
            hint="Install it on every worker (pip install {package}=={ours}), or leave out --engine spark.",
            package=other[1],
            ours=other[2],
            theirs=other[3],
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return MissingInputError(
            "spark-worker-python",
            "The Spark workers run another Python than this one, {version}.",
            hint="Name the right one for them with PYSPARK_PYTHON, or run telcli with theirs.",
            version="{}.{}".format(*sys.version_info[:2]),
        )
    return None


def unseen(uri: str) -> TelcliError:
    """The workers do not see the working directory."""
    return MissingInputError(
        "spark-workdir",
        "The Spark workers cannot read and write the working directory as {uri}.",
        hint="Put it where driver and workers both mount it, and name it as they see it with the setting workdir_uri.",
        uri=uri,
    )


def _silent(master: str) -> TelcliError:
    return UsageError(
        "spark-silent",
        "No Spark cluster answers at {master}.",
        hint="Check the address and that the cluster is up; nothing was changed.",
        master=master,
    )
