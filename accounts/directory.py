"""The list of accounts that a person manages, filtered and in pages."""

from collections.abc import Mapping
from typing import Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Role, User
from accounts.reach import accounts_in_reach, roles_given_by

STATES: Final = {
    "aktif": Q(is_active=True),
    "belum": Q(is_active=True, last_login=None),
    "tutup": Q(is_active=False),
}
STATE_CHOICES: Final = [
    ("", "Semua keadaan"),
    ("aktif", "Terbuka"),
    ("belum", "Belum pernah masuk"),
    ("tutup", "Ditutup"),
]
SEARCH_LENGTH: Final = 100


class DirectoryForm(forms.Form):
    """Which accounts. A field that is wrong is said to be so and ignored."""

    cari = forms.CharField(
        label="Nama, nama pengguna, atau satker", required=False, max_length=SEARCH_LENGTH
    )
    peran = forms.ChoiceField(label="Peran", required=False)
    keadaan = forms.ChoiceField(label="Keadaan", required=False, choices=STATE_CHOICES)

    def __init__(self, data: QueryDict, *, roles: tuple[Role, ...]) -> None:
        super().__init__(data)
        self.fields["peran"].choices = [("", "Semua peran"), *((r, r.label) for r in roles)]

    @property
    def chosen(self) -> Mapping[str, str]:
        """The values of the fields that are right."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def find_accounts(manager: User, chosen: Mapping[str, str]) -> QuerySet[User]:
    """The accounts in reach that fit, by satker and name."""
    found = accounts_in_reach(manager)
    if text := chosen.get("cari", "").strip():
        found = found.filter(
            Q(name__icontains=text)
            | Q(username__icontains=text)
            | Q(satker__name__icontains=text)
            | Q(satker__code__istartswith=text)
        )
    if role := chosen.get("peran"):
        found = found.filter(role=role)
    if state := chosen.get("keadaan"):
        found = found.filter(STATES[state])
    return found.order_by("satker__path", "role", "name", "pk")


def directory_form(manager: User, data: QueryDict) -> DirectoryForm:
    return DirectoryForm(data, roles=roles_given_by(manager))
