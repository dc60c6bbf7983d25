"""Icons, and the states that are shown as an icon and a word.

The words are those of the screen; the keys are the values that models and services use. Rendering
is kept to one string each and remembered, since a table may carry a hundred badges.
"""

from functools import lru_cache
from typing import Final

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from common.markup import html_of
from scoring import Figure, print_gap

SPRITE: Final = "img/sprite.svg"
ICONS: Final = frozenset(
    (
        "alert", "bell", "check", "circle", "circle-check", "circle-dot", "circle-half", "circle-x",
        "clip", "clock", "close", "down", "download", "eye", "info", "left", "lock", "menu",
        "offline", "pen", "plus", "return", "right", "search", "send", "turn", "up", "upload",
        "user",
    )
)  # fmt: skip
TONES: Final = frozenset({"plain", "info", "positive", "warning", "negative", "target"})

# state: tone, icon, word
STATUS: Final = {
    "draf": ("info", "pen", "Draf"),
    "dikirim": ("info", "send", "Dikirim"),
    "diverifikasi": ("info", "clock", "Diverifikasi"),
    "dikembalikan": ("warning", "return", "Dikembalikan"),
    "disetujui": ("positive", "check", "Disetujui"),
}
QUESTION: Final = {
    "belum": ("plain", "circle", "Belum dijawab"),
    "terjawab": ("positive", "check", "Terjawab"),
    "dikembalikan": ("warning", "return", "Dikembalikan"),
    "dibawa": ("warning", "circle-half", "Perlu dikonfirmasi"),
    "dua-jawaban": ("warning", "alert", "Dua jawaban"),
    "menunggu": ("warning", "offline", "Menunggu koneksi"),
    "tidak-cocok": ("negative", "circle-x", "Angka tidak cocok"),
    "disetujui": ("positive", "lock", "Sudah disetujui"),
}
VERDICT: Final = {
    "": ("plain", "circle", "Belum diperiksa"),
    "sesuai": ("positive", "circle-check", "Sesuai"),
    "kurang_sesuai": ("warning", "circle-half", "Kurang sesuai"),
    "tidak_sesuai": ("negative", "circle-x", "Tidak sesuai"),
}
SAVE_STATE: Final = {
    "empty": ("circle", "Belum dijawab, dihitung 0"),
    "saving": ("turn", "Menyimpan…"),
    "saved": ("check", "Tersimpan"),
    "unsaved": ("alert", "Belum tersimpan, mencoba lagi"),
    "conflict": ("alert", "Belum tersimpan: pilih salah satu"),
    "refused": ("circle-x", "Tidak tersimpan"),
    "locked": ("lock", "Terkunci"),
    "waiting": ("offline", "Menunggu koneksi"),
}

RETRY: Final = mark_safe(
    ' <button class="link-button" type="submit" data-retry>Coba sekarang</button>'
)
_REMEMBERED: Final = 512


@lru_cache(maxsize=_REMEMBERED, typed=True)
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of the sprite: hidden from screen readers when a word stands beside it, else named.

    Raises ValueError for a name that the sprite does not have.
    """
    if name not in ICONS:
        raise ValueError(f"no icon {name!r} in the sprite")
    address = f"{static(SPRITE)}#{name}"
    if label:
        return html_of(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return html_of('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@lru_cache(maxsize=_REMEMBERED, typed=True)
def tag(text: str, tone: str = "plain", icon_name: str = "") -> SafeString:
    """A badge of any tone. Raises ValueError for an unknown tone or icon."""
    if tone not in TONES:
        raise ValueError(f"no tone {tone!r}")
    look = "badge" if tone == "plain" else f"badge badge-{tone}"
    if icon_name:
        return html_of('<span class="{}">{} {}</span>', look, icon(icon_name), text)
    return html_of('<span class="{}">{}</span>', look, text)


def badge(status: str) -> SafeString:
    """The status of an assessment."""
    return _of(STATUS, str(status).lower())


def question_badge(state: str) -> SafeString:
    """The state of one question; the keys are those of QUESTION."""
    return _of(QUESTION, str(state))


def verdict_badge(verdict: str | None) -> SafeString:
    """The reviewer's verdict on one question; empty when it is not yet looked at."""
    return _of(VERDICT, str(verdict or "").lower().replace("-", "_"))


def met_badge(predikat: str) -> SafeString:
    return tag(f"Memenuhi {predikat}", "positive", "check")


def short_badge(gap: str) -> SafeString:
    """gap: points as print_gap prints them."""
    return tag(f"Kurang {gap}", "warning", "alert")


def short_by(required: Figure, actual: Figure) -> SafeString:
    """How much is missing to a floor: "Kurang 0,92"."""
    return short_badge(print_gap(required, actual))


def target_badge(predikat: str) -> SafeString:
    return tag(f"Target: {predikat}", "target")


def save_state(state: str, text: str = "", retry: bool = False) -> SafeString:
    """One line that says how the saving of a question stands; script swaps it in place, and tells
    a screen reader by way of a region that was there before (static/js/say.js).

    text: what to say instead of the state's own words; retry adds a button to save at once.
    Raises ValueError for an unknown state.
    """
    if state not in SAVE_STATE:
        raise ValueError(f"no state {state!r}")
    icon_name, words = SAVE_STATE[state]
    return html_of(
        '<p class="save-state" data-state="{}">{} <span>{}</span>{}</p>',
        state,
        icon(icon_name),
        text or words,
        RETRY if retry else "",
    )


def _of(states: dict[str, tuple[str, str, str]], key: str) -> SafeString:
    if key not in states:
        raise ValueError(f"no state {key!r}; known: {', '.join(states)}")
    tone, icon_name, word = states[key]
    return tag(word, tone, icon_name)
