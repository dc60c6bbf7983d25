"""What the pages for people say is there: links, pictures, commands, settings, decisions."""

import re
import struct
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.core.management import get_commands

from tests.test_architecture import LAYERS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
SCREENSHOTS = sorted((ROOT / "docs" / "screenshots").iterdir())

LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# "manage.py score", and "pmpzi migrate" after the alias of that name.
NAMED_COMMAND = re.compile(r"(?:manage\.py|^pmpzi) ([a-z][a-z_]+)", re.MULTILINE)
VARIABLE = re.compile(r"^#?([A-Z][A-Z_]+)=", re.MULTILINE)
PYTHON_FILE = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|js|css|html|json))`")

LARGEST_PICTURE = 150 * 1024  # bytes
PNG = b"\x89PNG\r\n\x1a\n"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors_of(page: Path) -> set[str]:
    """The addresses of a page's headings, as the usual viewers make them."""
    headings = HEADING.findall(FENCE.sub("", text_of(page)))
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()).strip() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def own_commands() -> set[str]:
    """The management commands of this project's own apps."""
    own = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    return {command for command, app in get_commands().items() if app in own}


def variables() -> set[str]:
    return set(VARIABLE.findall(text_of(ROOT / ".env.example")))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    broken = []
    for target in LINK.findall(text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in anchors_of(found)):
            broken.append(target)

    assert broken == []


def test_the_layers_are_those_that_are_kept():
    listed = text_of(ROOT / "README.md").partition("Layers import downwards only:")[2]
    drawn = text_of(ROOT / "docs" / "architecture.md").partition("```\n")[2]

    assert re.findall(r"`([a-z]+)`", listed.partition("which")[0]) == list(LAYERS)
    assert re.findall(r"^([a-z]+) ", drawn.partition("```")[0], re.MULTILINE) == list(LAYERS)


def test_every_screenshot_is_shown_and_the_other_way_round():
    shown = {
        target
        for target in LINK.findall(text_of(ROOT / "README.md"))
        if target.startswith("docs/screenshots/")
    }

    assert shown == {name_of(picture) for picture in SCREENSHOTS}


@pytest.mark.parametrize("picture", SCREENSHOTS, ids=lambda picture: picture.name)
def test_a_screenshot_is_a_small_picture(picture):
    content = picture.read_bytes()
    width, height = struct.unpack(">II", content[16:24])

    assert content.startswith(PNG)
    assert len(content) <= LARGEST_PICTURE
    assert width >= 300
    assert height >= 300


def test_the_readme_names_commands_that_exist():
    named = set(NAMED_COMMAND.findall(text_of(ROOT / "README.md")))

    assert named - get_commands().keys() == set()


def test_the_readme_explains_every_command_of_ours():
    rows = re.findall(r"^\| `([a-z_]+)` \|", text_of(ROOT / "README.md"), re.MULTILINE)

    assert set(rows) == own_commands()


def test_the_readme_explains_every_setting():
    lines = [line for line in text_of(ROOT / "README.md").splitlines() if line.startswith("| `")]
    explained = {name for line in lines for name in re.findall(r"`([A-Z][A-Z_]+)`", line[:60])}

    assert variables() - explained == set()


def test_decisions_are_numbered_one_after_the_other():
    numbers = [int(page.name[:4]) for page in DECISIONS]
    titles = [int(re.match(r"# (\d+)\. ", text_of(page))[1]) for page in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert titles == numbers


def test_the_list_of_decisions_is_complete():
    listed = LINK.findall(text_of(ROOT / "docs" / "decisions" / "README.md"))

    assert sorted(listed) == [page.name for page in DECISIONS]


def test_decisions_that_the_code_cites_exist():
    numbers = {int(page.name[:4]) for page in DECISIONS}
    packages = {Path(config.path) for config in apps.get_app_configs()} | {ROOT / "scoring"}
    cited = {
        int(number)
        for package in packages
        if package.parent == ROOT
        for source in package.rglob("*.py")
        for number in re.findall(r"\bdecisions? (\d+)", text_of(source))
    }

    assert cited - numbers == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_a_page_names_exist(page):
    """A path may leave out the app, where the sentence has named it."""
    packages = [ROOT, *(Path(config.path) for config in apps.get_app_configs())]
    missing = [
        path
        for path in PYTHON_FILE.findall(text_of(page))
        if not any((package / path).exists() for package in packages) and not finders.find(path)
    ]

    assert missing == []
