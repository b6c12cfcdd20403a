"""Where the page about undelivered mail is, below /admin/."""

from django.urls import include, path

from undersign.web.admin.undelivered import views

_undelivered = [path("", views.undelivered, name="list")]

urlpatterns = [path("undelivered/", include((_undelivered, "undersign_undelivered")))]
