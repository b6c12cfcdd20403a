"""Where the pages about reviewing signatures are, below /admin/."""

from django.urls import include, path

from undersign.web.admin.review import held_views, removal_views, search_views, views

_review = [
    path("", views.review, name="review"),
    path("held/", held_views.held, name="held"),
    path("held/release/", held_views.release, name="release"),
    path("names/", search_views.search_request, name="search"),
    path("names/<uuid:search_id>/", search_views.search_found, name="found"),
    path("names/<uuid:search_id>/remove/", removal_views.remove_found, name="remove-found"),
    path("remove/", removal_views.remove, name="remove"),
    path("removals/", removal_views.removal_list, name="removals"),
    path("removals/<uuid:removal_id>/", removal_views.removal_watch, name="removal"),
    path("removals/<uuid:removal_id>/undo/", removal_views.removal_undo, name="undo"),
]

urlpatterns = [path("petitions/<int:pk>/signatures/", include((_review, "undersign_review")))]
