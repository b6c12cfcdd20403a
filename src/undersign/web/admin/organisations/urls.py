"""Where the pages about organisations are, below /admin/."""

from django.urls import include, path

from undersign.web.admin.organisations import ask_views, member_views, overview, settings_views

_organisations = [
    path("", overview.organisation_list, name="list"),
    path("<int:pk>/", overview.organisation_overview, name="overview"),
    path("<int:pk>/history/", overview.organisation_history, name="history"),
    path("<int:pk>/settings/", settings_views.organisation_settings, name="settings"),
    path("<int:pk>/notices/<slug:locale>/", settings_views.organisation_notice, name="notice"),
    path("<int:pk>/branding/", settings_views.organisation_branding, name="branding"),
    path("<int:pk>/branding/preview/", settings_views.accent_preview, name="accent"),
    path("<int:pk>/asks/", ask_views.ask_list, name="asks"),
    path("<int:pk>/asks/<int:ask_pk>/", ask_views.ask_words, name="ask"),
    path("<int:pk>/asks/<int:ask_pk>/default/", ask_views.ask_default, name="ask_default"),
    path("<int:pk>/members/", member_views.member_list, name="members"),
    path("<int:pk>/members/<int:user_pk>/", member_views.member_change, name="member"),
]

urlpatterns = [path("organisations/", include((_organisations, "undersign_organisations")))]
