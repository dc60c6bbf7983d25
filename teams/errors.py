from common.errors import DomainError


class TeamRefused(DomainError):
    """A team that cannot be so. field: of the form, "" for all of it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class StaleTeam(TeamRefused):
    """Someone changed the team in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            "Susunan tim baru diubah pengguna lain. Muat ulang halaman, periksa, lalu simpan lagi."
        )
