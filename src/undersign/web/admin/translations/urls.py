"""Where a page is translated, below /admin/: at the address that Wagtail's buttons lead to."""

from django.urls import path

from undersign.web.admin.translations.views import page_translate

urlpatterns = [
    path("translation/submit/page/<int:page_id>/", page_translate, name="undersign_page_translate"),
]
