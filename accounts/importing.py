"""People's accounts from a spreadsheet: all or nothing, and as often as one likes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from accounts import rules, services
from accounts.errors import UserRefused
from accounts.models import Role, User
from common.imports import ImportResult
from common.spreadsheet import Row, RowError, read_table
from satker.models import Satker

REQUIRED = ("kode_satker", "nama_pengguna", "nama", "peran")
OPTIONAL = ("surel", "kata_sandi")

COLUMN_OF_FIELD = {
    "satker": "kode_satker",
    "username": "nama_pengguna",
    "name": "nama",
    "role": "peran",
    "email": "surel",
    "password": "kata_sandi",
}


@dataclass(slots=True)
class UserImport(ImportResult):
    """generated: passwords made for new accounts, by username."""

    generated: dict[str, str] = field(default_factory=dict)


def import_users(
    path: Path,
    *,
    dry_run: bool,
    by: User | None,
    keep: Callable[[Mapping[str, str]], None] = lambda generated: None,
) -> UserImport:
    """Add accounts, and bring the names, roles and places of known ones up to date.

    A new account without a password in the file is given one; either is changed at the first
    sign-in. The password of an account that exists is never touched. keep: takes the generated
    passwords before anything is stored for good.

    Raises SpreadsheetRefused for a file that is no such table; errors of single rows are in
    the result, and then nothing is written.
    """
    table = read_table(path, required=REQUIRED, optional=OPTIONAL)
    run = _Run(table.errors, by)
    with transaction.atomic():
        for row in table.rows:
            run.take(row)
        if dry_run or run.result.errors:
            transaction.set_rollback(True)
            run.result.generated = {}
        else:
            keep(run.result.generated)
    return run.result


class _Run:
    """One pass over the rows."""

    def __init__(self, errors: list[RowError], by: User | None) -> None:
        self.by = by
        self.result = UserImport(errors=list(errors))
        self.unreadable = {error.row for error in errors}
        self.satker = {satker.code.lower(): satker for satker in Satker.objects.all()}
        self.stored = {user.username: user for user in User.objects.all()}
        self.row_of: dict[str, int] = {}

    def take(self, row: Row) -> None:
        if row.number in self.unreadable:
            return
        try:
            with transaction.atomic():
                self._add_or_change(row)
        except UserRefused as refusal:
            column = COLUMN_OF_FIELD[refusal.field]
            self.result.errors.append(RowError(row.number, column, str(refusal)))

    def _add_or_change(self, row: Row) -> None:
        values = row.values
        username = rules.checked_username(values["nama_pengguna"])
        first = self.row_of.setdefault(username, row.number)
        if first != row.number:
            raise UserRefused("username", f"Nama pengguna sudah ada pada baris {first}.")
        role, satker = _role(values["peran"]), self._satker(values["kode_satker"])
        user = self.stored.get(username)
        if user is None:
            self._add(username, role, satker, values)
        elif self._change(user, role, satker, values):
            self.result.updated += 1
        else:
            self.result.unchanged += 1

    def _add(self, username: str, role: str, satker: Satker, values: Mapping[str, str]) -> None:
        given = values.get("kata_sandi", "")
        password = given or services.temporary_password()
        services.create_user(
            username=username,
            name=values["nama"],
            role=role,
            satker=satker,
            email=values.get("surel", ""),
            password=password,
            by=self.by,
        )
        self.result.added += 1
        if not given:
            self.result.generated[username] = password

    def _change(self, user: User, role: str, satker: Satker, values: Mapping[str, str]) -> bool:
        """Returns whether anything of the account differed."""
        name = rules.checked_name(values["nama"])
        email = rules.checked_email(values.get("surel", user.email))
        other_words = (name, email) != (user.name, user.email)
        other_place = (role, satker.pk) != (user.role, user.satker_id)
        if other_words:
            services.change_details(user=user, name=name, email=email, by=self.by)
        if other_place:
            services.change_role(user=user, role=role, satker=satker, by=self.by)
        return other_words or other_place

    def _satker(self, code: str) -> Satker:
        satker = self.satker.get(code.lower())
        if satker is None:
            raise UserRefused("satker", f"Tidak ada satker berkode {code}.")
        return satker


def _role(text: str) -> str:
    """A role by its code or its name."""
    for role in Role:
        if text.lower() in {role.value, role.label.lower()}:
            return role.value
    raise UserRefused("role", f"Peran tidak dikenal. Pilih salah satu: {', '.join(Role.values)}.")
