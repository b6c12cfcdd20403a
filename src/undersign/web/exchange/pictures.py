"""The pictures beside a petition file: found, judged, and kept once."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Collection

from undersign.web.exchange.document import PetitionDocument, Photo
from undersign.web.exchange.errors import Report
from undersign.web.exchange.story import Picture, Video
from undersign.web.images import picture_clean
from undersign.web.models import CampaignImage

FOCUS_SHARE = 10  # the focal area's sides, as a share of the picture's: one tenth


def picture_files(document: PetitionDocument) -> list[str]:
    """Name every picture a document uses, each once."""
    story = [block.file for block in document.story if isinstance(block, Picture | Video)]
    return list(dict.fromkeys([*([document.photo.file] if document.photo else []), *story]))


def pictures_check(document: PetitionDocument, *, folder: Path, report: Report) -> None:
    """Note every picture that is missing, too large or none at all, and every credit of no picture."""
    files = picture_files(document)
    for name in filter(None, files):
        problem = _picture_problem(folder, name)
        if problem:
            report.add(f"{name}: {problem}")
    for name, _credit in document.credits:
        if name not in files:
            report.add("no picture of this file has that name", key=f"credits.{name}")


def _picture_problem(folder: Path, name: str) -> str:
    path = folder / name
    if not path.is_file() or path.resolve().parent != folder.resolve():
        return "there is no such file beside the petition file"
    if path.stat().st_size > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        return (
            f"has {path.stat().st_size:,} bytes; expected at most {settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:,}"
        )
    try:
        picture_clean(ContentFile(path.read_bytes(), name=name))
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


class Shelf:
    """An organisation's pictures. Remembers what it added, should all come to nothing."""

    def __init__(self, *, collection: Collection, folder: Path) -> None:
        self._collection = collection
        self._folder = folder
        self._added: list[CampaignImage] = []

    def clear(self) -> None:
        """Take the files of added pictures away again; their rows go with the transaction."""
        for image in self._added:
            default_storage.delete(str(image.file.name))

    def photo(self, photo: Photo) -> CampaignImage:
        """Return the picture at the head of a page, kept before or added now."""
        for image in self._same(photo.file, credit=photo.credit):
            if image.alt_text == photo.alt and focal_of(image) == photo.focal:
                return image
        return self._add(photo.file, alt=photo.alt, credit=photo.credit, focal=photo.focal)

    def picture(self, name: str, *, alt: str, credit: str) -> CampaignImage:
        """Return a picture of the story, kept before or added now."""
        same = next(self._same(name, credit=credit), None)
        return same or self._add(name, alt=alt, credit=credit, focal=None)

    def _same(self, name: str, *, credit: str) -> Iterator[CampaignImage]:
        """Yield pictures with this content, whether given as they came or as an export wrote them."""
        data = (self._folder / name).read_bytes()
        cleaned = picture_clean(ContentFile(data, name=name)).read()
        hashes = {hashlib.sha1(content, usedforsecurity=False).hexdigest() for content in (data, cleaned)}
        yield from CampaignImage.objects.filter(
            collection=self._collection, file_hash__in=hashes, credit=credit, title=Path(name).stem
        ).order_by("pk")

    def _add(self, name: str, *, alt: str, credit: str, focal: tuple[int, int] | None) -> CampaignImage:
        content = ContentFile((self._folder / name).read_bytes(), name=name)
        image = CampaignImage(
            title=Path(name).stem, file=content, alt_text=alt, credit=credit, collection=self._collection
        )
        image.save()
        self._added.append(image)
        if focal:
            _focus(image, focal)
        return image


def focal_of(image: CampaignImage) -> tuple[int, int] | None:
    """Return the middle of the picture's focal area, in percent from the left and the top."""
    if image.focal_point_x is None or image.focal_point_y is None:
        return None
    return round(image.focal_point_x * 100 / image.width), round(image.focal_point_y * 100 / image.height)


def _focus(image: CampaignImage, focal: tuple[int, int]) -> None:
    x, y = focal
    image.focal_point_x, image.focal_point_y = round(x * image.width / 100), round(y * image.height / 100)
    image.focal_point_width = max(1, image.width // FOCUS_SHARE)
    image.focal_point_height = max(1, image.height // FOCUS_SHARE)
    image.save(update_fields=["focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"])
