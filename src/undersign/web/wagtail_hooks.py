"""What the editing side adds to Wagtail. Only registrations: each thing is written in web.admin."""

from wagtail import hooks

from undersign.web.admin import theme
from undersign.web.admin.downloads import urls as download_urls
from undersign.web.admin.lists import menu as lists
from undersign.web.admin.lists import urls as list_urls
from undersign.web.admin.mailbox import menu as mailbox
from undersign.web.admin.mailbox import urls as mailbox_urls
from undersign.web.admin.organisations import urls as organisation_urls
from undersign.web.admin.organisations.access import OrganisationItem
from undersign.web.admin.petitions import buttons, home, urls
from undersign.web.admin.review import urls as review_urls
from undersign.web.admin.translations import urls as translation_urls
from undersign.web.admin.undelivered import menu as undelivered
from undersign.web.admin.undelivered import urls as undelivered_urls
from undersign.web.admin.walls import menus
from undersign.web.admin.walls.filters import OwnPageViewSet

hooks.register("insert_global_admin_css", theme.stylesheet)

hooks.register("register_admin_urls", lambda: urls.urlpatterns)
hooks.register("register_admin_urls", lambda: download_urls.urlpatterns)
hooks.register("register_admin_urls", lambda: review_urls.urlpatterns)
hooks.register("register_admin_menu_item", buttons.PetitionsItem)
hooks.register("register_settings_menu_item", buttons.SwitchesItem)
hooks.register("register_page_header_buttons", buttons.header_buttons)
hooks.register("register_page_listing_more_buttons", buttons.listing_buttons)
hooks.register("construct_homepage_panels", home.petitions_first)

hooks.register("register_admin_urls", lambda: mailbox_urls.urlpatterns)
hooks.register("register_admin_menu_item", mailbox.MailboxItem)
hooks.register("construct_homepage_panels", mailbox.notice_without_server)

hooks.register("register_admin_urls", lambda: list_urls.urlpatterns)
hooks.register("register_admin_menu_item", lists.ListsItem)

hooks.register("register_admin_urls", lambda: undelivered_urls.urlpatterns)
hooks.register("register_admin_menu_item", undelivered.UndeliveredItem)

hooks.register("register_admin_urls", lambda: organisation_urls.urlpatterns)
hooks.register("register_admin_menu_item", OrganisationItem)

# Before the address of simple_translation that it stands in for.
hooks.register("register_admin_urls", lambda: translation_urls.urlpatterns, order=-1)

hooks.register("register_admin_viewset", OwnPageViewSet)
hooks.register("construct_page_chooser_queryset", menus.only_own_pages)
hooks.register("construct_explorer_page_queryset", menus.only_own_children)
hooks.register("construct_homepage_panels", menus.no_panels_of_wagtail)
hooks.register("construct_homepage_summary_items", menus.no_totals_of_wagtail)
hooks.register("construct_main_menu", menus.no_closed_menus)
