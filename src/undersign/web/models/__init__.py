"""The pages that campaigners write, their pictures, and what keeps organisations apart."""

from undersign.web.models.branding import Branding
from undersign.web.models.images import CampaignImage, Rendition
from undersign.web.models.organisation_page import OrganisationPage
from undersign.web.models.page_parts import PageSource, PageTarget
from undersign.web.models.petition_page import PetitionPage
from undersign.web.models.wall import RoleGroup, Wall

__all__ = [
    "Branding",
    "CampaignImage",
    "OrganisationPage",
    "PageSource",
    "PageTarget",
    "PetitionPage",
    "Rendition",
    "RoleGroup",
    "Wall",
]
