"""What is installed: bounded, written down to the last digit, under licences that are known, and whole in the wheel."""

import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.trust.audit import verdict
from tests.trust.closure import PROJECT, ROOT, SERVED, closure, declared, everything_declared, pinned
from tests.trust.licences import ALLOWED, PAGE, licence, served, terms, told

FILES = ("constraints.txt", "runtime.txt", ".ci/lowest.txt")
EXTRAS = ("", *PROJECT["project"]["optional-dependencies"])


def test_every_requirement_is_bounded_on_both_sides_and_says_why() -> None:
    asked = [*everything_declared().values(), *map(Requirement, PROJECT["build-system"]["requires"])]
    assert len(asked) > 30
    for one in asked:
        assert {bound.operator for bound in one.specifier} == {">=", "<"}, str(one)
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = lines[lines.index("\ndependencies = [") : lines.index("[project.scripts]")]
    for line in re.findall(r'^    "[^"]+",.*$', listed, re.M):
        assert line.startswith('    "telcli[') or re.search(r", +# \w.{8,}", line), f"why: {line}"


@pytest.mark.parametrize("file", FILES)
def test_versions_written_down_are_within_bounds(file: str) -> None:
    found = pinned(file)
    for name, asked in everything_declared().items():
        for version, _ in found.get(name, []):
            assert version in asked.specifier, f"{file}: {name} {version}: make it anew with .ci/lock"


def test_no_file_of_versions_names_a_place() -> None:
    """They serve everyone: no index, no folder, no address stands in them."""
    for file in FILES:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.findall(r"//|^-|@|(?<!sys)(?<!\w)/\w", text, re.M), file


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: extra or "telcli")
def test_constraints_cover_all_that_is_installed_and_are_what_is_installed(extra: str) -> None:
    found = pinned("constraints.txt")
    brought = closure(declared(extra))
    if extra and None in {brought[canonicalize_name(one.name)] for one in declared(extra)}:
        assert {canonicalize_name(one.name) for one in declared(extra)} <= set(found)
        pytest.skip(f"the extra {extra} is not installed: of its requirements the first are compared alone")
    for name, there in brought.items():
        assert name in found, f"{name} is brought by an extra, and constraints.txt lacks it: .ci/lock"
        meant = [version for version, here in found[name] if here]
        assert len(meant) == 1, f"{name}: {meant}"
        if name != "pip":  # every environment brings one of its own
            assert there is not None, f"{name} is required, and not installed"
            assert Version(there.version) == meant[0], f"{name}: install as README says, with -c constraints.txt"


def test_the_hashed_list_is_all_that_telcli_itself_needs() -> None:
    found, all_of_them = pinned("runtime.txt"), pinned("constraints.txt")
    assert set(closure(declared())) <= set(found)
    for name, versions in found.items():
        assert {version for version, _ in versions} <= {version for version, _ in all_of_them[name]}
    text = (ROOT / "runtime.txt").read_text(encoding="utf-8")
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_lowest_versions_are_those_that_are_declared() -> None:
    found = pinned(".ci/lowest.txt")
    for one in declared("test") + declared():
        lowest = next(Version(bound.version) for bound in one.specifier if bound.operator == ">=")
        (version, _), *others = found[canonicalize_name(one.name)]
        assert not others
        # the first release at or above the bound: 3 is 3.0.0, and 1.13 may never have been published
        assert version >= lowest
        assert version.release[: len(lowest.release)] == lowest.release, f"{one}: {version}; make it anew with .ci/lock"


def test_licences_are_as_listed_and_none_asks_for_more_than_to_be_named() -> None:
    page = told(PAGE.read_text(encoding="utf-8"))
    there = served()
    assert len(there) > 40
    for name, (extra, found) in there.items():
        assert name in page, f"{name}: write docs/licences.md anew: python -m tests.trust.licences"
        assert page[name] == (licence(found), extra), name
    for name, (expression, extra) in page.items():
        assert terms(expression) <= ALLOWED, name
        assert extra in SERVED, name


def test_no_licence_outside_the_list_would_pass() -> None:
    for expression in ("AGPL-3.0-only", "MIT AND GPL-3.0-or-later", "none told", "Proprietary", "SSPL-1.0"):
        assert not terms(expression) <= ALLOWED


def test_an_audit_that_reached_nobody_is_not_taken_for_a_clean_one() -> None:
    lost = {"name": "a", "skip_reason": "not found on PyPI"}
    sound = {"name": "b", "version": "1", "vulns": []}
    hurt = {"name": "c", "version": "1", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-2"]}]}
    assert [verdict(answer, {})[0] for answer in (None, {"dependencies": [lost]})] == [3, 3]
    assert verdict({"dependencies": [lost, sound]}, {})[0] == 0
    assert verdict({"dependencies": [sound, hurt]}, {})[0] == 1
    assert verdict({"dependencies": [sound, hurt]}, {"CVE-2": "telcli never calls it"})[0] == 0


def tracked(folder: str) -> set[str]:
    """Files of the package that stand under version control, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line for line in listed.stdout.splitlines() if (ROOT / line).is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    if find_spec("hatchling") is None:
        pytest.skip('hatchling is not installed: pip install -c constraints.txt -e ".[supply]"')
    folder = tmp_path_factory.mktemp("built")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True, capture_output=True
    )
    return folder


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {name for name in names if ".dist-info/" not in name}
    assert package == tracked("telcli")
    assert {"telcli/py.typed", "telcli/__init__.pyi", "telcli/cli/json_schema.json", "telcli/report/page.js"} <= package
    about = {name.partition(".dist-info/")[2] for name in names - package}
    assert about == {"METADATA", "WHEEL", "entry_points.txt", "licenses/LICENSE", "RECORD"}


@pytest.mark.slow
def test_the_source_archive_holds_what_builds_and_tests_it(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert tracked("telcli") | set(FILES) | {"LICENSE", "README.md", "pyproject.toml"} <= names
    assert not [name for name in names if name.startswith((".git/", ".venv", "work/", "site/"))]


@pytest.mark.slow
def test_the_wheel_works_away_from_its_source(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    place = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", place, wheel], check=True
    )
    env = {"PYTHONPATH": str(place), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    for words in (["--help"], ["--version"], ["help"], ["simulate", "--help"], ["metrics"], ["init", "-w", "work"]):
        code = "import sys, telcli; from telcli.cli import main; print(telcli.__file__); sys.exit(main(sys.argv[1:]))"
        ran = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.startswith(str(place)), "another telcli was found"
