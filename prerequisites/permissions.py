from accounts.models import Role, User


def can_keep_register(user: User) -> bool:
    """Enter the institution's values, and the predikat of satker by decree."""
    return user.role == Role.ADMIN_PUSAT
