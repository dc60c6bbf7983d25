"""The acts on people's accounts. Each is an event in the chain of the person's satker.

A password, or its hash, is never part of an event.
"""

import secrets
from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import rules
from accounts.errors import PasswordRefused, UserRefused
from accounts.models import MailRhythm, User
from accounts.reach import may_manage
from audit.services import locked_chain, locked_chains, record
from satker.models import Satker

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"

PASSWORD_LENGTH = 200  # the longest; hashing much longer texts would only cost time


def create_user(
    *,
    username: str,
    name: str,
    role: str,
    satker: Satker,
    email: str = "",
    password: str | None = None,
    encoded_password: str | None = None,
    must_change_password: bool = True,
    by: User | None,
) -> User:
    """Give a person an account.

    password: checked by the validators; None leaves the account without one, so that nobody
    can sign in until `set_password`. encoded_password: a hash made before (demo data), taken
    as it is. by: None for a command.

    Raises UserRefused and PasswordRefused.
    """
    _require_reach(by, satker, role)
    user = User(
        username=rules.checked_username(username),
        name=rules.checked_name(name),
        email=rules.checked_email(email),
        role=role,
        satker=satker,
        must_change_password=must_change_password,
    )
    rules.check_place(role, satker)
    rules.check_satker_is_active(satker)
    # Hashing is slow on purpose, so it comes before anything is locked.
    if encoded_password is not None:
        user.password = encoded_password
    elif password is not None:
        check_password_is_good(password, user)
        user.set_password(password)
    else:
        user.set_unusable_password()
    _store_new(user, by)
    return user


@transaction.atomic
def change_details(*, user: User, name: str, email: str, by: User | None) -> User:
    """Correct a person's name and address. Raises UserRefused."""
    stored = _locked(user)
    _require_reach(by, stored.satker, stored.role)
    return _save(
        stored,
        {"name": rules.checked_name(name), "email": rules.checked_email(email)},
        action="akun diubah",
        by=by,
    )


@transaction.atomic
def correct_account(*, user: User, name: str, email: str, role: str, by: User | None) -> User:
    """Correct name, address and role at the same place, all or nothing. Raises UserRefused."""
    stored = change_details(user=user, name=name, email=email, by=by)
    return change_role(user=stored, role=role, satker=stored.satker, by=by)


@transaction.atomic
def change_role(*, user: User, role: str, satker: Satker, by: User | None) -> User:
    """Give a person another role, another place, or both.

    Raises UserRefused where the role does not exist there, and for one's own account: there
    is always an administrator left.
    """
    stored = _locked(user)
    _require_reach(by, stored.satker, stored.role)
    if (stored.role, stored.satker_id) == (role, satker.pk):
        return stored
    _require_reach(by, satker, role)
    _refuse_own(stored, by, "role", "Anda tidak dapat mengubah peran atau tempat tugas sendiri.")
    rules.check_place(role, satker)
    rules.check_satker_is_active(satker)
    return _save(stored, {"role": role, "satker": satker}, action="hak diubah", by=by)


@transaction.atomic
def set_active(*, user: User, active: bool, by: User | None) -> User:
    """Close an account, which also ends its sessions, or open it again.

    Raises UserRefused for one's own account, and for opening one at a closed satker.
    """
    stored = _locked(user)
    _require_reach(by, stored.satker, stored.role)
    if stored.is_active == active:
        return stored
    _refuse_own(stored, by, "is_active", "Anda tidak dapat menutup akun sendiri.")
    if active:
        rules.check_place(stored.role, stored.satker)
        rules.check_satker_is_active(stored.satker)
    action = "akun dibuka" if active else "akun ditutup"
    return _save(stored, {"is_active": active}, action=action, by=by)


def set_password(*, user: User, password: str, must_change: bool, by: User | None) -> User:
    """Store a new password; every session of the account but the caller's own ends by it.

    must_change: the person chooses another at the next sign-in (a password given by someone
    else). Raises PasswordRefused.
    """
    check_password_is_good(password, user)
    if not must_change and user.check_password(password):
        raise PasswordRefused(["Kata sandi baru harus berbeda dari yang sekarang."])
    encoded = make_password(password)  # slow on purpose, so before anything is locked
    with transaction.atomic():
        stored = _locked(user)
        if by is None or by.pk != stored.pk:
            _require_reach(by, stored.satker, stored.role)
        stored.password, stored.must_change_password = encoded, must_change
        stored.save(update_fields=["password", "must_change_password"])
        record(
            chain=locked_chain(stored.satker.audit_key),
            action="kata sandi diganti",
            subject=stored.username,
            by=by,
            after={"wajib diganti": must_change},
        )
    return stored


def give_temporary_password(*, user: User, by: User | None) -> str:
    """A new password that is made up here, told once, and changed at the next sign-in.

    Every session of the account ends. Raises UserRefused where `by` may not do so.
    """
    password = temporary_password()
    set_password(user=user, password=password, must_change=True, by=by)
    return password


def temporary_password() -> str:
    """``k7mp-x2rt-9hqd-w4nc``: 79 bits, without signs that are taken for one another on paper."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def change_own_password(*, user: User, current: str, password: str) -> User:
    """A person chooses another password. Raises UserRefused where `current` is not theirs."""
    if not user.check_password(current):
        raise UserRefused("oldpassword", "Kata sandi sekarang tidak cocok.")
    return set_password(user=user, password=password, must_change=False, by=user)


@transaction.atomic
def change_own_mail(*, user: User, email: str, rhythm: str) -> User:
    """A person's own address, and how often they want to be written to. Raises UserRefused."""
    stored = _locked(user)
    before = {"surel": stored.email, "kiriman surel": stored.mail_rhythm}
    stored.email, stored.mail_rhythm = rules.checked_email(email), MailRhythm(rhythm).value
    after = {"surel": stored.email, "kiriman surel": stored.mail_rhythm}
    if after == before:
        return stored
    stored.save(update_fields=["email", "mail_rhythm"])
    record(
        chain=locked_chain(stored.satker.audit_key),
        action="akun diubah",
        subject=stored.username,
        by=user,
        before=before,
        after=after,
    )
    return stored


def check_password_is_good(password: str, user: User) -> None:
    """Raises PasswordRefused with every reason."""
    if len(password) > PASSWORD_LENGTH:
        raise PasswordRefused([f"Kata sandi paling panjang {PASSWORD_LENGTH} karakter."])
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise PasswordRefused(refusal.messages) from refusal


@transaction.atomic
def _store_new(user: User, by: User | None) -> None:
    chain = locked_chain(user.satker.audit_key)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        message = f"Nama pengguna {user.username} sudah dipakai."
        raise UserRefused("username", message) from error
    record(chain=chain, action="akun dibuat", subject=user.username, by=by, after=_recorded(user))


def _locked(user: User) -> User:
    # No key: who holds the satker's chain and records an act of the person does not wait for it.
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _require_reach(by: User | None, satker: Satker, role: str) -> None:
    """Asked again under the lock. by: None for a command, which may do all."""
    if by is not None and not may_manage(by, satker, role):
        raise UserRefused("role", f"Akun dengan peran ini di {satker} bukan wewenang Anda.")


def _refuse_own(user: User, by: User | None, field: str, message: str) -> None:
    if by is not None and by.pk == user.pk:
        raise UserRefused(field, message)


def _save(user: User, values: Mapping[str, object], *, action: str, by: User | None) -> User:
    """Write what differs and record it: in the chains of both satker when the place changes."""
    before, old_satker = _recorded(user), user.satker
    for name, value in values.items():
        setattr(user, name, value)
    after = _recorded(user)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return user
    user.save(update_fields=list(values))
    # In a fixed order, so that two people moved crosswise never wait for each other.
    for chain in locked_chains({old_satker.audit_key, user.satker.audit_key}):
        record(
            chain=chain,
            action=action,
            subject=user.username,
            by=by,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return user


def _recorded(user: User) -> dict[str, object]:
    """The account as the audit trail tells it."""
    return {
        "nama": user.name,
        "surel": user.email,
        "peran": user.role,
        "satker": user.satker.code,
        "aktif": user.is_active,
    }
