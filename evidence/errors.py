from enum import StrEnum

from django.http import Http404

from common.errors import DomainError


class Reason(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_ACCEPTED = "not_accepted"
    MACRO = "macro"
    PROGRAM = "program"
    WEB_PAGE = "web_page"
    DECLARED_OTHERWISE = "declared_otherwise"
    OTHER_CONTENT = "other_content"
    DAMAGED = "damaged"
    PASSWORD = "password"  # noqa: S105 (a reason, no secret)
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_ENTRIES = "too_many_entries"
    CHANGED = "changed"
    NO_ROOM = "no_room"


class FileRefused(DomainError):
    """A file that the upload policy does not take in; the text says why and what to do."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"Ditolak: {message}")
        self.reason = reason

    @property
    def too_large(self) -> bool:
        """The file is over the limit in bytes: the answer is 413, else 422."""
        return self.reason is Reason.TOO_LARGE


class FileLost(DomainError, Http404):
    """The row is there, but its file in the vault is missing or has another size.

    A view that does not catch it answers 404.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Berkas {name} tidak ditemukan di penyimpanan. Unggah lagi berkas yang sama, "
            "atau hubungi admin pusat."
        )
        self.name = name


class CannotReplace(DomainError):
    """A file that is in the library already cannot come to stand for another."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} sudah ada di pustaka, atau berkas ini sudah diganti. Pilih berkas lain, atau "
            "lampirkan berkas yang sudah ada."
        )


class SameContent(DomainError):
    """The replacement holds, byte for byte, what is stored already."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Isi {name} sama persis dengan berkas yang akan diganti, jadi tidak ada yang diganti. "
            "Pilih berkas yang baru."
        )


class WrongOffset(DomainError):
    """A chunk, or the end, does not fit what has arrived; `length` bytes have."""

    def __init__(self, length: int) -> None:
        super().__init__("Unggahan belum lengkap. Muat ulang halaman, lalu unggah lagi.")
        self.length = length


class PreviewBusy(DomainError):
    """Too many previews are being made at the moment."""

    def __init__(self) -> None:
        super().__init__(
            "Pratinjau ini sedang dibuat atau menunggu giliran. Coba lagi sesudah beberapa detik."
        )
