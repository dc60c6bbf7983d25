"""The composition of a team, as one form."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from teams.models import Pokja
from teams.services import NewPokja, NewTeam
from teams.team import Team

UNKNOWN = "Pilih orang dari daftar; akun yang dipilih tidak (lagi) ada di satker ini."


class TeamForm(forms.Form):
    """Fields: ketua, sekretaris, and koordinator_<pokja>, anggota_<pokja> for each pokja.

    seen: digest of the composition on screen.
    """

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, data: Any, *, people: Sequence[User], team: Team) -> None:
        super().__init__(data, initial=_initial(team))
        choices = [(str(person.pk), person.name) for person in people]
        nobody = [("", "Belum ada"), *choices]
        self.fields["ketua"] = _one("Ketua tim", nobody)
        self.fields["sekretaris"] = _one("Sekretaris", nobody)
        for pokja in Pokja:
            self.fields[f"koordinator_{pokja.value}"] = _one("Koordinator", nobody)
            self.fields[f"anggota_{pokja.value}"] = forms.MultipleChoiceField(
                label="Anggota",
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": UNKNOWN, "invalid_list": UNKNOWN},
            )

    @property
    def groups(self) -> list[tuple[Pokja, Any, Any]]:
        """(pokja, its coordinator, its members), fields as bound."""
        return [
            (pokja, self[f"koordinator_{pokja.value}"], self[f"anggota_{pokja.value}"])
            for pokja in Pokja
        ]

    @property
    def team(self) -> NewTeam:
        """Of a valid form."""
        given = self.cleaned_data
        return NewTeam(
            chair=_key(given["ketua"]),
            secretary=_key(given["sekretaris"]),
            pokja={
                pokja.value: NewPokja(
                    _key(given[f"koordinator_{pokja.value}"]),
                    frozenset(int(key) for key in given[f"anggota_{pokja.value}"]),
                )
                for pokja in Pokja
            },
        )


def _one(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, error_messages={"invalid_choice": UNKNOWN}
    )


def _key(text: str) -> int | None:
    return int(text) if text else None


def _initial(team: Team) -> dict[str, object]:
    initial: dict[str, object] = {
        "seen": team.digest,
        "ketua": str(team.chair.pk) if team.chair else "",
        "sekretaris": str(team.secretary.pk) if team.secretary else "",
    }
    for key, pokja in team.pokja.items():
        initial[f"koordinator_{key}"] = str(pokja.lead.pk) if pokja.lead else ""
        initial[f"anggota_{key}"] = [str(member.pk) for member in pokja.members]
    return initial
