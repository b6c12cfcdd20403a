"""A petition written out as files, in every language it has."""

from pathlib import Path

from undersign.web.exchange.from_page import document_of_page, page_pictures, picture_names
from undersign.web.exchange.writing import document_text
from undersign.web.models import CampaignImage, PetitionPage


def petition_export(*, slug: str, folder: Path) -> list[Path]:
    """Write the newest drafts of a petition and their pictures into `folder`; files of the same name go.

    Returns what was written, petition files first; nothing where no petition has that slug.
    """
    pages = [page.get_latest_revision_as_object() for page in _pages(slug)]
    if not pages:
        return []
    images = [image for page in pages for image in page_pictures(page)]
    names = picture_names(images)
    folder.mkdir(parents=True, exist_ok=True)
    written = [_page_write(page, names, folder) for page in pages]
    return [*written, *_pictures_write(images, names, folder)]


def _pages(slug: str) -> list[PetitionPage]:
    return list(PetitionPage.objects.filter(petition__slug=slug).order_by("language"))


def _page_write(page: PetitionPage, names: dict[int, str], folder: Path) -> Path:
    path = folder / f"petition.{page.language}.md"
    path.write_text(document_text(document_of_page(page, names)), encoding="utf-8", newline="\n")
    return path


def _pictures_write(images: list[CampaignImage], names: dict[int, str], folder: Path) -> list[Path]:
    paths = []
    for image in {names[image.pk]: image for image in images}.values():
        with image.file.open("rb") as file:
            (folder / names[image.pk]).write_bytes(file.read())
        paths.append(folder / names[image.pk])
    return paths
