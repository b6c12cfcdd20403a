"""Where the allow and block lists are, below /admin/."""

from django.urls import include, path

from undersign.web.admin.lists import views

_lists = [
    path("", views.lists_choose, name="choose"),
    path("<int:pk>/", views.lists_show, name="show"),
    path("<int:pk>/<uuid:entry_pk>/remove/", views.lists_remove, name="remove"),
]

urlpatterns = [path("lists/", include((_lists, "undersign_lists")))]
