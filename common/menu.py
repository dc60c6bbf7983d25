"""The menu of each role."""

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """One line of the menu.

    part: the URL namespace whose pages belong to the entry, empty for a page of its own; or with
    a colon how the names of its pages begin, with spaces between them, which then belong to no
    other entry.
    counted: whether the number of waiting assessments stands beside it.
    """

    label: str
    url_name: str
    part: str = ""
    counted: bool = False


@dataclass(frozen=True)
class MenuItem:
    """An entry as it stands on a page; current is the value of ``aria-current``, or empty."""

    label: str
    url: str
    current: str
    counted: bool


HOME: Final = Entry("Beranda", "home")
OWN: Final = Entry("Penilaian", "assessments:list", part="assessments")
TASKS: Final = Entry("Tugas", "assessments:tasks", part="assessments:tasks")
TEAM: Final = Entry("Tim", "teams:team", part="teams")
LIBRARY: Final = Entry(
    "Pustaka",
    "assessments:library",
    part="assessments:library assessments:attach_to_many assessments:replace_file",
)
QUEUE: Final = Entry("Antrean", "assessments:queue", part="assessments", counted=True)
ACCOUNTS: Final = Entry("Akun", "people:list", part="people")
RECAP: Final = Entry("Rekap", "reports:recap", part="reports")
PREREQUISITES: Final = Entry("Prasyarat", "prerequisites:institution", part="prerequisites")
ADMIN: Final = Entry("Administrasi", "admin:index", part="admin")

MENUS: Final = {
    "operator": (HOME, OWN, TASKS, LIBRARY, TEAM),
    "pimpinan": (HOME, OWN, TASKS, LIBRARY, TEAM),
    "verifikator": (QUEUE, RECAP),
    "tpi": (QUEUE, RECAP),
    "ketua": (QUEUE, RECAP, ACCOUNTS),
    "admin_pusat": (RECAP, PREREQUISITES, ACCOUNTS, ADMIN),
    "pemantau": (RECAP,),
}


def menu_items(role: str, view_name: str = "") -> tuple[MenuItem, ...]:
    """The menu of a role; view_name is the URL name of the page it stands on.

    Empty for an unknown role. An entry whose address does not exist is left out.
    """
    items = []
    entries = MENUS.get(role, ())
    if view_name == HOME.url_name and entries and HOME not in entries:
        view_name = entries[0].url_name  # what stands at the start for this role
    named = [
        entry
        for entry in entries
        if ":" in entry.part and view_name.startswith(tuple(entry.part.split()))
    ]
    for entry in entries:
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        items.append(MenuItem(entry.label, url, _current(entry, view_name, named), entry.counted))
    return tuple(items)


def _current(entry: Entry, view_name: str, named: list[Entry]) -> str:
    if view_name == entry.url_name:
        return "page"
    if named:
        return "true" if entry in named else ""
    part = view_name.partition(":")[0] if ":" in view_name else ""
    return "true" if entry.part and entry.part == part else ""
