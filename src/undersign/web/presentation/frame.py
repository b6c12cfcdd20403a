"""What surrounds every page: its language, its organisation, its address."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from django.utils.safestring import SafeString

Direction = Literal["ltr", "rtl"]
NO_HTML = SafeString("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in renditions we serve ourselves.

    `srcset` is the attribute's text ("/media/a.400.jpg 400w, …"); width and height are those of `src` in
    pixels, so that nothing shifts while it loads. `focus_x` and `focus_y` are percent from the left and top.
    """

    src: str
    width: int
    height: int
    alt: str
    srcset: str = ""
    credit: str = ""
    focus_x: int = 50
    focus_y: int = 50

    @property
    def focus_class(self) -> str:
        """The classes that place the focal point, since the content policy forbids inline style."""
        return f"fx{round(self.focus_x / 10)} fy{round(self.focus_y / 10)}"

    @property
    def is_portrait(self) -> bool:
        """Whether it is taller than wide."""
        return self.height > self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    """The organisation a page speaks for: the data controller of its signers.

    `privacy_notice` and `imprint` are sanitised HTML. Without a logo the name is set in type.
    """

    name: str
    home_url: str
    postal_address: str
    sender: str
    privacy_notice: SafeString
    imprint: SafeString
    logo: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """The same page in another language, or (`is_current`) in this one."""

    code: str
    name: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything around the content. Addresses for machines (`canonical_url`, `image_url`) are absolute."""

    language: str
    organisation: OrganisationView | None
    theme_url: str = ""
    direction: Direction = "ltr"
    languages: tuple[LanguageLink, ...] = ()
    canonical_url: str = ""
    feed_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page and the template that draws it."""

    template: ClassVar[str]
    frame: Frame
