"""Every address that Django answers."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from undersign.web.urls import file_patterns

handler404 = "undersign.web.views.errors.not_found"
handler500 = "undersign.web.views.errors.broken"

urlpatterns = [
    path("admin/", include("undersign.web.admin.urls")),
    path("", include("undersign.web.webhooks.urls")),
    *file_patterns,
    *i18n_patterns(path("", include("undersign.web.urls")), prefix_default_language=False),
]
