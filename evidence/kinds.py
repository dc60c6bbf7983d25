"""The upload policy's list: what is accepted, and what to say about what is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from evidence.errors import FileRefused, Reason

MAXIMUM_SIZE = 20 * 1024 * 1024  # bytes; a file of exactly this size is accepted


@dataclass(frozen=True)
class Kind:
    """One accepted kind of file."""

    label: str
    content_type: str
    """What is stored, and what a download says."""
    aliases: frozenset[str] = frozenset()
    """Other names that browsers give it."""


_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = Kind("JPG", "image/jpeg", frozenset({"image/jpg", "image/pjpeg"}))

KINDS: Mapping[str, Kind] = {
    "pdf": Kind("PDF", "application/pdf", frozenset({"application/x-pdf"})),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind("PNG", "image/png", frozenset({"image/x-png"})),
    "docx": Kind("DOCX", f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": Kind("XLSX", f"{_OFFICE}.spreadsheetml.sheet"),
    "pptx": Kind("PPTX", f"{_OFFICE}.presentationml.presentation"),
    "zip": Kind("ZIP", "application/zip", frozenset({"application/x-zip"})),
}

ACCEPTED = tuple(KINDS)
ACCEPTED_TEXT = "PDF, JPG, PNG, DOCX, XLSX, PPTX, atau ZIP"

# What browsers say when they do not know; Windows calls every zip, docx too, the third.
UNDECLARED = frozenset(
    {"", "application/octet-stream", "application/x-zip-compressed", "binary/octet-stream"}
)

WITH_MACROS: Mapping[str, str] = {
    "docm": "docx",
    "dotm": "docx",
    "xlsm": "xlsx",
    "xltm": "xlsx",
    "xlam": "xlsx",
    "pptm": "pptx",
    "potm": "pptx",
    "ppsm": "pptx",
    "ppam": "pptx",
}

SAVE_INSTEAD_AS: Mapping[str, str] = {
    "doc": "docx",
    "dot": "docx",
    "dotx": "docx",
    "odt": "docx",
    "rtf": "docx",
    "xls": "xlsx",
    "xlsb": "xlsx",
    "xltx": "xlsx",
    "ods": "xlsx",
    "csv": "xlsx",
    "ppt": "pptx",
    "pps": "pptx",
    "ppsx": "pptx",
    "potx": "pptx",
    "odp": "pptx",
    "bmp": "jpg",
    "gif": "jpg",
    "heic": "jpg",
    "heif": "jpg",
    "tif": "pdf",
    "tiff": "pdf",
    "webp": "jpg",
    "7z": "zip",
    "gz": "zip",
    "rar": "zip",
    "tar": "zip",
    "txt": "pdf",
}

WEB_PAGES = frozenset(
    {"asp", "aspx", "htm", "html", "jsp", "mht", "mhtml", "php", "shtml", "svg", "svgz"}
    | {"xht", "xhtml", "xml", "xsl"}
)

PROGRAMS = frozenset(
    {"apk", "app", "bat", "bin", "chm", "cmd", "com", "cpl", "deb", "dll", "dmg", "exe", "hta"}
    | {"iso", "jar", "js", "jse", "lnk", "mjs", "msc", "msi", "msp", "pif", "pl", "ps1", "py"}
    | {"pyc", "rb", "reg", "rpm", "scr", "sh", "swf", "url", "vb", "vbe", "vbs", "wsf", "wsh"}
)


def refused_extension(extension: str) -> FileRefused:
    """The refusal of a file whose extension (lower case; may be empty) is not accepted."""
    if extension in WITH_MACROS:
        return with_macros(WITH_MACROS[extension])
    if extension in WEB_PAGES:
        return web_page()
    if extension in PROGRAMS:
        return program()
    if extension in SAVE_INSTEAD_AS:
        return FileRefused(
            Reason.NOT_ACCEPTED,
            f"berkas .{extension} tidak diterima. "
            f"Simpan sebagai .{SAVE_INSTEAD_AS[extension]}, lalu unggah lagi.",
        )
    what = f"berkas .{extension}" if extension else "berkas tanpa akhiran nama (seperti .pdf)"
    return FileRefused(Reason.NOT_ACCEPTED, f"{what} tidak diterima. Unggah {ACCEPTED_TEXT}.")


def refused_declaration(extension: str) -> FileRefused:
    return FileRefused(
        Reason.DECLARED_OTHERWISE,
        f"peramban menyatakan jenis lain untuk berkas .{extension} ini. "
        f"Simpan ulang sebagai .{extension}, lalu unggah lagi.",
    )


def with_macros(extension: str) -> FileRefused:
    return FileRefused(
        Reason.MACRO,
        f"berkas bermakro tidak diterima. Simpan sebagai .{extension}, lalu unggah lagi.",
    )


def web_page() -> FileRefused:
    return FileRefused(
        Reason.WEB_PAGE,
        "halaman web, SVG, dan XML tidak diterima. Simpan sebagai PDF, lalu unggah lagi.",
    )


def program() -> FileRefused:
    return FileRefused(
        Reason.PROGRAM,
        f"program dan skrip tidak diterima. Unggah dokumennya sebagai {ACCEPTED_TEXT}.",
    )


def other_content(extension: str, actual: str = "") -> FileRefused:
    """The content is not what the extension says; actual: the extension it should have."""
    if actual:
        return FileRefused(
            Reason.OTHER_CONTENT,
            f"isi berkas adalah {KINDS[actual].label}, tetapi namanya berakhiran .{extension}. "
            f"Ganti akhirannya menjadi .{actual}, lalu unggah lagi.",
        )
    return FileRefused(
        Reason.OTHER_CONTENT,
        f"isi berkas bukan {KINDS[extension].label} seperti akhiran namanya. "
        f"Simpan ulang sebagai .{extension} dari aplikasi asalnya, lalu unggah lagi.",
    )


def damaged(extension: str) -> FileRefused:
    return FileRefused(
        Reason.DAMAGED,
        f"berkas {KINDS[extension].label} ini rusak atau tidak lengkap. "
        "Buka dan simpan ulang, lalu unggah lagi.",
    )


def locked(extension: str) -> FileRefused:
    return FileRefused(
        Reason.PASSWORD,
        f"berkas {KINDS[extension].label} ini terkunci kata sandi, sehingga verifikator tidak "
        "dapat membacanya. Hapus kata sandinya, lalu unggah lagi.",
    )
