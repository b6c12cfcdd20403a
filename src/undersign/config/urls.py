"""Every address that Django answers."""

from django.urls import include, path

urlpatterns = [
    path("admin/", include("undersign.web.admin.urls")),
]
