"""What the editing side adds to Wagtail. Only registrations: each thing is written in web.admin."""

from wagtail import hooks

from undersign.web.admin.petitions import buttons, home, urls

hooks.register("register_admin_urls", lambda: urls.urlpatterns)
hooks.register("register_admin_menu_item", buttons.PetitionsItem)
hooks.register("register_settings_menu_item", buttons.SwitchesItem)
hooks.register("register_page_header_buttons", buttons.header_buttons)
hooks.register("register_page_listing_more_buttons", buttons.listing_buttons)
hooks.register("construct_homepage_panels", home.petitions_first)
