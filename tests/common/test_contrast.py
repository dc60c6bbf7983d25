"""The colours of tokens.css against each other (WCAG 2.2), and what the style sheet may hold."""

import re

import brotli
import pytest

from common.bundle import BUNDLE, BundleFinder, join_sources, source_dir, sources

TEXT = 4.5  # what WCAG asks of letters
AIM = 5.5  # what we ask of them
EDGE = 3.0  # edges, icons and shapes that say something

TOKENS = dict(
    re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (source_dir() / "tokens.css").read_text("utf-8"))
)

LETTERS = [
    *[("text", on) for on in ("surface", "ground", "sunken", "brand-tint", "gold-tint")],
    *[("text", f"{meaning}-tint") for meaning in ("positive", "warning", "negative", "info")],
    *[("text", f"heat-{level}") for level in range(1, 6)],
    *[("text-muted", on) for on in ("surface", "ground", "sunken", "track", "warning-tint")],
    *[("text-on-brand", on) for on in ("brand", "brand-strong")],
    *[("brand", on) for on in ("surface", "ground", "sunken", "brand-tint")],
    *[("brand", f"{meaning}-tint") for meaning in ("positive", "warning", "negative", "info")],
    ("brand-strong", "brand-tint"),
    ("brand-strong", "surface"),
    ("gold-text", "gold-tint"),
    *[
        (meaning, on)
        for meaning in ("positive", "warning", "negative", "info")
        for on in (f"{meaning}-tint", "surface", "ground")
    ],
]
SHAPES = [
    *[("line-control", on) for on in ("surface", "ground", "sunken")],
    *[("fill", on) for on in ("surface", "track", "sunken")],
    *[("fill-short", on) for on in ("warning-tint", "surface", "track")],
    *[("gold", on) for on in ("surface", "track")],
    ("gold-bright", "brand-strong"),
    *[("focus", on) for on in ("surface", "ground", "sunken", "brand-tint", "warning-tint")],
    ("focus-on-brand", "brand-strong"),
]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_defined():
    assert round(contrast("text-on-brand", "surface"), 2) == 1.0
    assert round(contrast("text", "surface"), 1) == 16.5


@pytest.mark.parametrize(("letters", "on"), LETTERS)
def test_letters_are_readable(letters, on):
    assert contrast(letters, on) >= AIM > TEXT


@pytest.mark.parametrize(("shape", "on"), SHAPES)
def test_shapes_are_visible(shape, on):
    assert contrast(shape, on) >= EDGE


def test_every_colour_of_the_style_sheet_is_a_token():
    components = "\n".join(path.read_text("utf-8") for path in sources()[1:])

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", _without_comments(components)) == []


def test_every_token_that_is_used_exists_and_every_one_that_exists_is_used():
    everything = _without_comments("\n".join(path.read_text("utf-8") for path in sources()))
    local = set(re.findall(r"[{;]\s*--([\w-]+):", everything))

    used = set(re.findall(r"var\(--([\w-]+)", everything))

    assert used == local


def test_no_shortcuts_in_the_style_sheet():
    sheet = join_sources()

    found = re.findall(r"!important|@import|url\(|expression\(|(?<![\w&-])#[a-z][\w-]*", sheet)

    assert [each for each in found if not re.fullmatch(r"#[0-9a-f]{6}", each)] == []


def test_no_letters_are_smaller_than_14_pixels():
    sizes = re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)(rem|px)", join_sources())

    small = [float(n) * (16 if unit == "rem" else 1) for n, unit in sizes]

    assert [size for size in small if size < 14] == []


def test_every_component_is_in_the_bundle():
    known = {path.name for path in sources()}

    written = {path.name for path in source_dir().rglob("*.css")} - {"report.css"}

    assert written == known


def test_the_style_sheet_is_light():
    assert len(brotli.compress(join_sources().encode())) < 12_000


def test_the_finder_yields_one_joined_file(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    finder = BundleFinder()

    [(name, storage)] = list(finder.list([]))

    assert name == BUNDLE
    with storage.open(name) as file:
        assert file.read().decode() == join_sources()
    assert finder.find(BUNDLE) == storage.path(BUNDLE)
    assert finder.find(BUNDLE, find_all=True) == [storage.path(BUNDLE)]
    assert finder.find("css/other.css") == []
    assert finder.check() == []


def test_the_joined_file_follows_its_sources(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    written = tmp_path / "bundle" / BUNDLE
    written.parent.mkdir(parents=True)
    written.write_text("old", "utf-8")

    BundleFinder().find(BUNDLE)

    assert written.read_text("utf-8") == join_sources()
    assert [path.name for path in written.parent.iterdir()] == ["pmpzi.css"]


def _without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
