"""Where the pages about petitions are, below /admin/."""

from django.urls import include, path, re_path

from undersign.foundation.switches import Switch
from undersign.web.admin.petitions import form_view, switch_views, views
from undersign.web.admin.petitions.moves import MOVES

_move = "|".join(move.name for move in MOVES)
_switch = "|".join(switch.name.lower() for switch in Switch)

_petitions = [
    path("", views.petition_list, name="list"),
    path("<int:pk>/", views.petition_overview, name="overview"),
    path("<int:pk>/form/", form_view.petition_form, name="form"),
    re_path(rf"^(?P<pk>[0-9]+)/(?P<name>{_move})/$", views.petition_move, name="move"),
]
_switches = [
    path("", switch_views.switch_list, name="list"),
    re_path(rf"^(?P<name>{_switch})/on/$", switch_views.switch_set, name="set"),
    re_path(rf"^(?P<name>{_switch})/off/$", switch_views.switch_release, name="release"),
]

urlpatterns = [
    path("petitions/", include((_petitions, "undersign_petitions"))),
    path("switches/", include((_switches, "undersign_switches"))),
]
