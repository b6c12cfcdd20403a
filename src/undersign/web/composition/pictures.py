"""Pictures as pages show them."""

from undersign.web.images import source_set
from undersign.web.models import CampaignImage
from undersign.web.presentation.frame import Picture


def picture_of(image: CampaignImage) -> Picture:
    """Make a picture of an image, with the renditions browsers choose from and the point to keep in view."""
    sources = source_set(image)
    focus_x, focus_y = _focus(image)
    return Picture(
        src=sources.src,
        width=sources.width,
        height=sources.height,
        alt=_description(image),
        srcset=sources.srcset,
        credit=image.credit,
        focus_x=focus_x,
        focus_y=focus_y,
    )


def logo_of(image: CampaignImage) -> Picture:
    """Make an organisation's logo, at most 480 by 96 pixels."""
    rendition = image.get_rendition("max-480x96|format-webp")
    return Picture(src=rendition.url, width=rendition.width, height=rendition.height, alt=image.alt_text)


def _description(image: CampaignImage) -> str:
    """Give what was written for this place, if anything was, or else for the picture itself."""
    return "" if image.decorative else image.contextual_alt_text or image.alt_text


def _focus(image: CampaignImage) -> tuple[int, int]:
    """Give the focal point in percent; the middle where none was set."""
    if image.focal_point_x is None:
        return 50, 50
    return round(100 * image.focal_point_x / image.width), round(100 * image.focal_point_y / image.height)
