"""Where the mailbox is, below /admin/."""

from django.urls import include, path

from undersign.web.admin.mailbox import views

_mailbox = [
    path("", views.mailbox, name="list"),
    path("<uuid:pk>/", views.letter, name="letter"),
    path("<uuid:pk>/html/", views.letter_html, name="html"),
]

urlpatterns = [path("mailbox/", include((_mailbox, "undersign_mailbox")))]
