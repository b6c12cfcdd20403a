"""Where downloads are, below /admin/."""

from django.urls import include, path

from undersign.web.admin.downloads import views

_downloads = [
    path("", views.download_list, name="list"),
    path("new/", views.download_request, name="request"),
    path("<uuid:export_id>/", views.download_file, name="file"),
]

urlpatterns = [path("petitions/<int:pk>/downloads/", include((_downloads, "undersign_downloads")))]
