"""Imports point downwards: between packages, and inside an app."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the top down; each may import itself and what stands below it.
LAYERS = (
    "pmpzi",
    "demo",
    "reports",
    "assessments",
    "prerequisites",
    "evidence",
    "teams",
    "notices",
    "accounts",
    "satker",
    "audit",
    "common",
    "scoring",
)
HEIGHT = {name: len(LAYERS) - place for place, name in enumerate(LAYERS)}

# Inside an app; modules with other names help those beside them and are not ranked.
APP_LAYERS = (
    ("enums", "errors"),
    ("models",),
    ("permissions", "worksheet"),
    ("services",),
    ("forms",),
    ("views", "admin", "management", "urls"),
)
APP_HEIGHT = {name: place for place, names in enumerate(APP_LAYERS) for name in names}

# scoring is arithmetic: what it returns depends on its arguments alone.
NOT_FOR_SCORING = {
    *("asyncio", "datetime", "http", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile"),
    *("threading", "time", "urllib", "uuid"),
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported_names(path: Path, tree: ast.AST) -> Iterator[str]:
    """The full names of the modules that the nodes of a tree import."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            # "from assessments import services" names a module too.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def inside(path: Path) -> str:
    """ "models" for assessments/models/answer.py and for accounts/models.py."""
    return path.relative_to(ROOT).with_suffix("").parts[1]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_package_has_a_layer():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert packages - {"tests", "bench"} == set(LAYERS)


@pytest.mark.parametrize("package", LAYERS)
def test_imports_point_downwards(package):
    upwards = {
        (name_of(path), name)
        for path in modules(package)
        for name in imported_names(path, parse(path))
        if HEIGHT.get(name.partition(".")[0], 0) > HEIGHT[package]
    }

    assert upwards == set()


@pytest.mark.parametrize("package", LAYERS)
def test_an_app_is_layered_too(package):
    upwards = {
        (name_of(path), name)
        for path in modules(package)
        if (own := APP_HEIGHT.get(inside(path))) is not None
        for name in imported_names(path, parse(path))
        if name.startswith(f"{package}.") and APP_HEIGHT.get(name.split(".")[1], 0) > own
    }

    assert upwards == set()


@pytest.mark.parametrize("package", LAYERS)
def test_no_import_of_ours_hides_in_a_function(package):
    hidden = {
        (name_of(path), name)
        for path in modules(package)
        if path.name != "apps.py"  # its ready() runs when models may be imported, not before
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in imported_names(path, node)
        if name.partition(".")[0] in HEIGHT
    }

    assert hidden == set()


def test_scoring_is_pure_python():
    imported = {
        (name_of(path), name.partition(".")[0])
        for path in modules("scoring")
        for name in imported_names(path, parse(path))
    }

    allowed = {"scoring", *sys.stdlib_module_names} - NOT_FOR_SCORING
    assert {(path, top) for path, top in imported if top not in allowed} == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b", ["a.b"]),
        ("from a import b, c", ["a", "a.b", "a.c"]),
        ("from . import b", ["assessments.services", "assessments.services.b"]),
        ("from ..models import B", ["assessments.models", "assessments.models.B"]),
        ("def f():\n    import a", ["a"]),
    ],
)
def test_imported_names(source, expected):
    path = ROOT / "assessments" / "services" / "module.py"

    assert list(imported_names(path, ast.parse(source))) == expected
