"""Wagtail's editing side, behind the gate that keeps organisations apart."""

from wagtail.admin import urls as wagtail_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from undersign.web.admin.walls.gate import gated

urlpatterns = decorate_urlpatterns(wagtail_urls.urlpatterns, gated)
