from common.errors import DomainError


class PrerequisiteRefused(DomainError):
    """A value or a grant that the register does not take. field: of the form, "" for all of it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class StaleValue(PrerequisiteRefused):
    """Someone saved the same value in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            "Isian ini baru diubah pengguna lain. Muat ulang halaman, periksa, lalu simpan lagi."
        )
