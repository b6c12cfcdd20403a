"""Every address that Django answers."""

from django.urls import include, path

from undersign.config import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", include("wagtail.admin.urls")),
]
