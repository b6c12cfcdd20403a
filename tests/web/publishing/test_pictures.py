"""Pictures are shown as they were meant, and tell nothing that was not."""

import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from undersign.web.images import PictureRefused, picture_clean, source_set
from undersign.web.models import CampaignImage

pytestmark = pytest.mark.django_db
OUSE = (53.0, 57.0, 35.0)  # where the camera stood
ORIENTATION, ROTATED = 0x0112, 6
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator@undersign.example"), backend=BACKEND)
    return client


def photo(kind: str = "JPEG", size: tuple[int, int] = (400, 200), **options: Any) -> bytes:
    """A picture, blue on its left half, with the place and the camera written into it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F] = "Spycam"
    exif[ORIENTATION] = ROTATED
    exif.get_ifd(0x8825)[2] = OUSE
    stream = BytesIO()
    picture.save(stream, kind, exif=exif, **options)
    return stream.getvalue()


def upload(data: bytes, name: str = "weir.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than it brings."""
    stream = BytesIO()
    Image.new("1", (1, 1)).save(stream, "PNG")
    data = bytearray(stream.getvalue())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp"), ("AVIF", "a.avif")]
)
def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright(kind: str, name: str) -> None:
    image = CampaignImage.objects.create(title="Weir", file=upload(photo(kind), name))
    assert (image.width, image.height) == (200, 400)
    stored = Path(image.file.path).read_bytes()
    assert b"Spycam" not in stored
    assert b"Exif" not in stored
    with Image.open(BytesIO(stored)) as picture:
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
        red, _, blue = picture.convert("RGB").getpixel((100, 50))  # type: ignore[misc]
        assert blue > 200 > red


def test_comments_and_xmp_go_too() -> None:
    data = photo(comment=b"written by Alice", xmp=b"<x:xmpmeta>Alice</x:xmpmeta>")
    assert b"Alice" in data
    assert b"Alice" not in picture_clean(upload(data)).read()


def test_a_transparent_picture_stays_transparent() -> None:
    stream = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(stream, "PNG")
    with Image.open(picture_clean(upload(stream.getvalue(), "a.png"))) as picture:
        assert picture.mode == "RGBA"
        assert picture.getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureRefused):
        picture_clean(upload(data))


def test_a_broken_picture_is_refused() -> None:
    with pytest.raises(PictureRefused):
        picture_clean(upload(photo()[:600]))


@pytest.mark.parametrize("size", [(10_000, 10_000), (40_001, 1_000), (100_000, 100_000)])
def test_too_many_pixels_are_refused_by_the_header_alone(size: tuple[int, int]) -> None:
    with pytest.raises(PictureRefused):
        picture_clean(upload(bomb(*size), "a.png"))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture that can be used"),
        ("a.jpg", b"not a picture", "not a picture that can be used"),
        ("a.png", bomb(10_000, 10_000), "more than 40 megapixels"),
        ("a.jpg", photo()[:900], "damaged"),
    ],
)
def test_the_form_says_why_a_file_is_refused(operator: Client, name: str, data: bytes, words: str) -> None:
    response = operator.post(reverse("wagtailimages:add"), {"title": "x", "file": upload(data, name)})
    assert words in response.content.decode()
    assert not CampaignImage.objects.exists()


def test_a_picture_uploaded_in_the_browser_is_cleaned(operator: Client) -> None:
    form = {"title": "Weir", "file": upload(photo()), "credit": "Ida", "alt_text": "A weir"}
    assert operator.post(reverse("wagtailimages:add"), form).status_code == 302
    image = CampaignImage.objects.get()
    assert b"Spycam" not in Path(image.file.path).read_bytes()
    assert (image.credit, image.default_alt_text) == ("Ida", "A weir")


def test_a_picture_under_a_wrong_name_gets_the_right_one() -> None:
    assert picture_clean(upload(photo("PNG"), "weir.jpg")).name == "weir.png"


def test_pictures_come_in_sizes_and_formats_without_growing() -> None:
    plain = BytesIO()
    Image.new("RGB", (1000, 500), "green").save(plain, "JPEG")
    image = CampaignImage.objects.create(title="Weir", file=upload(plain.getvalue()))
    sources = source_set(image)
    assert [part.rsplit(" ", 1)[1] for part in sources.srcset.split(", ")] == ["480w", "800w"]
    assert (sources.width, sources.height) == (800, 400)
    assert sources.src.endswith(".jpg")


def test_a_small_picture_comes_in_its_own_size() -> None:
    plain = BytesIO()
    Image.new("RGB", (300, 100), "green").save(plain, "JPEG")
    image = CampaignImage.objects.create(title="Weir", file=upload(plain.getvalue()))
    assert (source_set(image).width, source_set(image).height) == (300, 100)
