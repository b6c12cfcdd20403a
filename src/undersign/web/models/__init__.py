"""The pages that campaigners write, and their pictures."""

from undersign.web.models.images import CampaignImage, Rendition
from undersign.web.models.organisation_page import OrganisationPage
from undersign.web.models.page_parts import PageSource, PageTarget
from undersign.web.models.petition_page import PetitionPage

__all__ = ["CampaignImage", "OrganisationPage", "PageSource", "PageTarget", "PetitionPage", "Rendition"]
