"""The public pages, below each language's prefix. What is posted to them the front door takes."""

from django.urls import include, path

from undersign.web.views import feeds, files, organisations, petitions, sharing

petition_patterns = [
    path("", petitions.petition, name="petition"),
    path("confirm/", petitions.confirm, name="petition-confirm"),
    path("count.json", petitions.count, name="petition-count"),
    path("inbox/", petitions.inbox, name="petition-inbox"),
    path("inbox/again/", petitions.inbox_again, name="petition-inbox-again"),
    path("moment/", petitions.moment, name="petition-moment"),
    path("names/", petitions.names, name="petition-names"),
    path("names/newer/<uuid:newer>/", petitions.names, name="petition-names-newer"),
    path("names/older/<uuid:older>/", petitions.names, name="petition-names-older"),
    path("qr.svg", files.qr_code, name="petition-qr"),
    path("share/mastodon", sharing.mastodon, name="petition-mastodon"),
    path("thanks/", petitions.thanks, name="petition-thanks"),
    path("thanks/already/", petitions.thanks_already, name="petition-thanks-already"),
    path("versions/", petitions.versions, name="petition-versions"),
]

# These have no language.
file_patterns = [
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("theme/<slug:name>.css", files.theme, name="theme"),
]

urlpatterns = [
    path("", organisations.home, name="home"),
    path("o/<slug:slug>/", organisations.organisation, name="organisation"),
    path("o/<slug:slug>/feed.xml", feeds.feed, name="organisation-feed"),
    path("p/<slug:slug>/", include(petition_patterns)),
]
