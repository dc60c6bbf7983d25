"""The name a user's file is kept and shown under. It never names a place on disk."""

import unicodedata

MAX_LENGTH = 200  # characters; the width of EvidenceFile.name
LONGEST_EXTENSION = 10  # characters; what follows the last dot is cut like any text beyond that
NAMELESS = "berkas"


def clean_name(raw: str) -> str:
    """`raw` without folders, control and invisible characters, in NFC, 1 to 200 characters.

    Invisible are NUL, line breaks, lone surrogates and the marks that turn the direction of
    reading, with which "gpj.exe" can look like "exe.jpg". The extension survives the cut.
    """
    visible = "".join(_visible(character) for character in raw.replace("\\", "/"))
    # Normalised after the removal: what stood apart may now combine.
    name = unicodedata.normalize("NFC", visible).rpartition("/")[2]
    stem, extension = split_extension(" ".join(name.split()).rstrip(". "))
    if not extension:
        return stem[:MAX_LENGTH].rstrip(". ") or NAMELESS
    room = MAX_LENGTH - len(extension) - 1
    return f"{stem[:room].rstrip('. ') or NAMELESS}.{extension}"


def split_extension(name: str) -> tuple[str, str]:
    """What stands before and after the last dot; the second is empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION or " " in extension:
        return name, ""
    return stem, extension


def _visible(character: str) -> str:
    """The character; a space for what parts words, nothing for what cannot be seen."""
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cc", "Cf", "Cs"} else character
