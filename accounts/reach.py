"""Who manages whose accounts (decision 15): the centre everybody's, a ketua those of its satker.

A ketua's satker are the ones its Kanwil verifies, and the Kanwil itself. It gives the roles that
work there, verifikator in its own team alone, and touches no account with another role: never one
as powerful as its own.
"""

from django.db.models import Q, QuerySet

from accounts.models import OF_A_SATKER, Role, User
from satker.models import Satker

GIVEN_BY_KETUA = (Role.OPERATOR, Role.PIMPINAN, Role.VERIFIKATOR)


def can_manage_accounts(user: User) -> bool:
    return user.role in {Role.KETUA, Role.ADMIN_PUSAT}


def roles_given_by(user: User) -> tuple[Role, ...]:
    """The roles a person may give, and whose accounts they may touch."""
    if user.role == Role.ADMIN_PUSAT:
        return tuple(Role)
    return GIVEN_BY_KETUA if user.role == Role.KETUA else ()


def satker_in_reach(user: User) -> QuerySet[Satker]:
    """The satker whose accounts a person manages."""
    if user.role == Role.ADMIN_PUSAT:
        return Satker.objects.all()
    if user.role == Role.KETUA:
        return Satker.objects.filter(Q(verifier=user.satker_id) | Q(pk=user.satker_id))
    return Satker.objects.none()


def accounts_in_reach(user: User) -> QuerySet[User]:
    """The accounts a person may look at and change; their own never."""
    if user.role == Role.ADMIN_PUSAT:
        return User.objects.exclude(pk=user.pk)
    if user.role == Role.KETUA:
        own = Q(satker=user.satker_id, role__in=GIVEN_BY_KETUA)
        below = Q(satker__verifier=user.satker_id, role__in=OF_A_SATKER)
        return User.objects.filter(own | below)
    return User.objects.none()


def may_manage(by: User, satker: Satker, role: str) -> bool:
    """Whether accounts of that role at that satker are for this person to give and take."""
    if by.role == Role.ADMIN_PUSAT:
        return True
    if by.role != Role.KETUA or role not in GIVEN_BY_KETUA:
        return False
    if role == Role.VERIFIKATOR:  # those of its own team: a Kanwil's verifier is the centre
        return satker.pk == by.satker_id
    return by.satker_id in {satker.verifier_id, satker.pk}
