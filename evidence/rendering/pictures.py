"""From something drawn to the two pictures of a preview: the page and its thumbnail.

WebP: half of what JPEG takes for a page of text (docs/decisions/0048). It is made anew from the
pixels, so nothing else that stood in a file comes along.
"""

import io
from typing import Final

from PIL import Image

Size = tuple[int, int]

PAGE: Final[Size] = (1000, 1414)  # pixels; A4 at 120 to the inch
PHOTO: Final[Size] = (1280, 1280)
THUMBNAIL: Final[Size] = (240, 320)

_QUALITY: Final = 75
_EFFORT: Final = 2  # of 0 to 6; more takes twice the time for 3 percent


def fit(width: float, height: float, box: Size) -> float:
    """The scale at which it just fits into a box."""
    return min(box[0] / width, box[1] / height)


def encode(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", quality=_QUALITY, method=_EFFORT)
    return target.getvalue()


def encode_thumbnail(image: Image.Image) -> bytes:
    """Changes the image."""
    image.thumbnail(THUMBNAIL)
    return encode(image)
