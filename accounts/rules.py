"""Who may hold which role where (docs/decisions: roles), and what a person's record may say."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.errors import UserRefused
from accounts.models import Role, User
from common.text import has_control_characters
from satker.models import Satker, SatkerKind

# Roles that are not named may be held anywhere.
PLACES = {
    Role.VERIFIKATOR: (SatkerKind.PUSAT, SatkerKind.KANWIL),
    Role.KETUA: (SatkerKind.PUSAT, SatkerKind.KANWIL),
    Role.PEMANTAU: (SatkerKind.PUSAT, SatkerKind.KANWIL),
    Role.TPI: (SatkerKind.PUSAT, SatkerKind.ESELON1),
    Role.ADMIN_PUSAT: (SatkerKind.PUSAT,),
}

USERNAME = re.compile(r"[0-9a-z][0-9a-z._@+-]*")
USERNAME_LENGTH = User._meta.get_field("username").max_length
NAME_LENGTH = User._meta.get_field("name").max_length
EMAIL_LENGTH = User._meta.get_field("email").max_length


def check_place(role: str, satker: Satker) -> None:
    """Raises UserRefused where this role does not exist at this kind of satker."""
    if role not in Role.values:
        raise UserRefused("role", "Peran tidak dikenal.")
    kinds = PLACES.get(Role(role))
    if kinds is not None and satker.kind not in kinds:
        places = " atau ".join(kind.label for kind in kinds)
        raise UserRefused("role", f"Peran {Role(role).label} hanya ada di {places}.")


def check_satker_is_active(satker: Satker) -> None:
    if not satker.active:
        raise UserRefused("satker", f"{satker} tidak aktif. Aktifkan satkernya dahulu.")


def checked_username(username: str) -> str:
    """The name in lower case, as it is stored. Raises UserRefused."""
    username = username.strip().lower()
    if len(username) > USERNAME_LENGTH or not USERNAME.fullmatch(username):
        raise UserRefused(
            "username",
            f"Nama pengguna berisi paling banyak {USERNAME_LENGTH} huruf tanpa aksen, angka, dan "
            "tanda . _ @ + -, diawali huruf atau angka, tanpa spasi.",
        )
    return username


def checked_name(name: str) -> str:
    """The name without stray spaces. Raises UserRefused."""
    name = " ".join(name.split())
    if not name:
        raise UserRefused("name", "Isi nama.")
    if len(name) > NAME_LENGTH:
        raise UserRefused("name", f"Nama paling panjang {NAME_LENGTH} huruf.")
    if has_control_characters(name):
        raise UserRefused("name", "Nama berisi karakter yang tidak dapat dicetak.")
    return name


def checked_email(email: str) -> str:
    """The address, or an empty text. Raises UserRefused."""
    email = email.strip()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError as refusal:
        raise UserRefused("email", "Alamat surel tidak sah.") from refusal
    if len(email) > EMAIL_LENGTH:
        raise UserRefused("email", f"Alamat surel paling panjang {EMAIL_LENGTH} huruf.")
    return email
