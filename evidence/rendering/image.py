"""A photograph or scan: `python -m evidence.rendering.image SECONDS`.

Turned as its camera says, on white where it is transparent, without anything but its pixels.
"""

import struct
import sys
import zlib
from typing import Final

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from evidence.rendering import pictures, protocol
from evidence.rendering.protocol import NoPreview

MOST_PIXELS: Final = 100_000_000  # as at intake
PNG: Final = b"\x89PNG\r\n\x1a\n"

_FAULTS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


def main() -> None:
    try:
        image = _small(_opened())
    except _FAULTS:
        raise NoPreview(protocol.DAMAGED) from None
    said = {"kind": "image", "pages": 1, "width": image.width, "height": image.height, "text": ""}
    picture = pictures.encode(image)
    protocol.answer(said, picture, pictures.encode_thumbnail(image))


def _opened() -> Image.Image:
    """The formats' own classes: `Image.open` would try others, and only warn of many pixels."""
    file = sys.stdin.buffer
    is_png = file.read(len(PNG)) == PNG
    file.seek(0)
    image = PngImageFile(file) if is_png else JpegImageFile(file)
    if image.width * image.height > MOST_PIXELS:
        raise NoPreview(protocol.TOO_LARGE)
    return image


def _small(image: Image.Image) -> Image.Image:
    """Made small first: at full size a second copy of 100 million pixels would not fit."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail(pictures.PHOTO, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image.convert("RGB")


if __name__ == "__main__":
    protocol.run(main)
