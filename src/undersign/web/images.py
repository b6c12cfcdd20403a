"""What happens to a picture between upload and page: cleaned once, then offered in sizes and formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from undersign.web.models import CampaignImage

WIDTHS = (480, 800, 1200, 1600)
_STORED: Mapping[str, Mapping[str, Any]] = {
    "JPEG": {"quality": 92, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92},
    "AVIF": {"quality": 85},
}

_ENDINGS: Mapping[str, str] = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "AVIF": ".avif"}


class PictureRefused(ValidationError):
    """The file is not a picture, or one too large to open safely; the message tells which."""


class CleanPicture(ContentFile[bytes]):
    """A picture that has been through `picture_clean`; encoding it again would only cost quality."""


@dataclass(frozen=True)
class SourceSet:
    """A picture as an `img` element needs it."""

    srcset: str  # WebP, which every browser of the last years knows: "/media/a.webp 480w, /media/b.webp 800w"
    src: str  # a JPEG, also for those who show a picture of the page elsewhere
    width: int  # of src, in pixels, so that the page can leave room for it
    height: int


def picture_clean(file: File[bytes]) -> CleanPicture:
    """Return the picture upright, in sRGB and without metadata: no place, camera, owner or thumbnail.

    Raises PictureRefused before decoding when the file is no picture or has too many pixels.
    """
    try:
        with _opened(file) as picture:
            kind = picture.format or ""
            upright = _in_srgb(ImageOps.exif_transpose(picture))
            return CleanPicture(_encoded(upright, kind), name=_named(file.name, kind))
    except (OSError, SyntaxError, ValueError) as problem:
        raise PictureRefused(_("This picture is damaged and cannot be opened.")) from problem


def source_set(image: "CampaignImage", *, widths: tuple[int, ...] = WIDTHS) -> SourceSet:
    """Make, or find again, the renditions of `image` in each width it is large enough for.

    A page waits for them when it is first drawn, so there is no format that takes seconds to write.
    """
    fitting = [width for width in widths if width < image.width] or [image.width]
    specs = {width: f"width-{width}|format-webp" for width in fitting}
    largest = f"width-{fitting[-1]}|format-jpeg"
    renditions = image.get_renditions(*specs.values(), largest)
    fallback = renditions[largest]
    return SourceSet(
        srcset=", ".join(f"{renditions[spec].url} {width}w" for width, spec in specs.items()),
        src=fallback.url,
        width=fallback.width,
        height=fallback.height,
    )


def _opened(file: File[bytes]) -> Image.Image:
    """Read the header only, and judge by it."""
    file.seek(0)
    try:
        picture = Image.open(BytesIO(file.read()), formats=list(_STORED))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise PictureRefused(_too_many_pixels()) from problem
    except UnidentifiedImageError as problem:
        raise PictureRefused(
            _("This file is not a picture that can be used. Choose a JPEG, PNG, WebP or AVIF.")
        ) from problem
    if picture.width * picture.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise PictureRefused(_too_many_pixels())
    return picture


def _too_many_pixels() -> str:
    return _("This picture has more than 40 megapixels. Make it smaller and try again.")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Bake the colour profile in, so that the colours survive when it is left out."""
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, BytesIO(profile), srgb, outputMode="RGB")
        except ImageCms.PyCMSError:
            return picture.convert(mode)  # a broken profile is no reason to refuse the picture
        if converted is not None and mode == "RGB":
            return converted
    return picture.convert(mode)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    """Write pixels only: a fresh image has no `info` that an encoder could carry over."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    stream = BytesIO()
    bare.save(stream, format=kind, **_STORED[kind])
    return stream.getvalue()


def _named(name: str | None, kind: str) -> str:
    """Keep the name, with the ending of what the file really is."""
    return Path(name or "picture").stem + _ENDINGS[kind]
