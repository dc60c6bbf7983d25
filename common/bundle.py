"""One style sheet from many sources, so that a slow line fetches one file.

The sources stand in ``static/css``: values, bare elements, one file a component, paper. The
finder below hands ``css/pmpzi.css``, joined from them, to collectstatic and to the server of
DEBUG. ``css/report.css`` is not part of it: it belongs to the PDF alone.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

BUNDLE = "css/pmpzi.css"

FIRST = ("tokens.css", "base.css")
# Frames before the parts that stand in them: a part may then refine what its frame says.
COMPONENTS = (
    "masthead", "page", "panel", "button", "badge", "notice", "field", "meter", "score",
    "score-tree", "area-nav", "worksheet", "question", "option", "counts", "save-state", "conflict",
    "carried", "evidence", "thread", "table", "filters", "todo", "finding", "timeline", "empty",
    "sign-in", "preview", "register", "desk", "verdict", "queue", "funnel", "heat",
    "chart", "simulation", "team", "inbox", "talk",
)  # fmt: skip
LAST = ("print.css",)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n\s*")


def source_dir() -> Path:
    return Path(settings.BASE_DIR) / "static" / "css"


def sources() -> tuple[Path, ...]:
    """The files of the style sheet in their order."""
    names = (*FIRST, *(f"ui/{name}.css" for name in COMPONENTS), *LAST)
    return tuple(source_dir() / name for name in names)


def join_sources() -> str:
    """The style sheet: the sources one after the other, without comments and indentation."""
    joined = "\n".join(source.read_text(encoding="utf-8") for source in sources())
    return _INDENT.sub("\n", _COMMENT.sub("", joined)).strip() + "\n"


class BundleFinder(BaseFinder):
    """Finds the joined style sheet; it is written anew whenever a source has changed."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: object) -> None:
        self.storage = FileSystemStorage(location=Path(settings.VAR_DIR) / "bundle")

    def check(self, **kwargs: object) -> list[CheckMessage]:
        missing = [source.name for source in sources() if not source.is_file()]
        if not missing:
            return []
        return [Error(f"Berkas gaya tidak ada: {', '.join(missing)}", id="common.E001")]

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str]:
        if path != BUNDLE:
            return []
        found = str(self._written())
        return [found] if find_all else found

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        self._written()
        yield BUNDLE, self.storage

    def _written(self) -> Path:
        """The path of the joined file, which says what the sources say now."""
        target = Path(self.storage.path(BUNDLE))
        content = join_sources()
        if target.is_file() and target.read_text(encoding="utf-8") == content:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed, so that no reader meets half a file.
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix="bundle-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(draft).chmod(0o644)
        os.replace(draft, target)
        return target
