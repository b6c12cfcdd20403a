"""Which of Wagtail's addresses the staff of an organisation may use, and where each names a thing.

What is missing here does not exist for them: users, groups, sites, collections, workflows, reports,
documents, tag lists, snippets and the parts of the API that nothing in the editing side needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Route:
    """Parameters of path, query or form that name pages, images, or things of the path's model.

    Where `actions` are given, the path's action has to be one of them. `fields` are those without which
    Wagtail's view breaks when it is sent a form, `filled` those on which it breaks when they are left empty.
    `chosen` name pages on which it breaks when one is the root of all.
    """

    pages: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    of_model: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


# Nobody needs these, not even the operator: no page holds documents, and choosing one breaks on odd ids.
CLOSED = frozenset({"wagtaildocs_chooser"})
NOTHING = Route()
PAGE = Route(pages=("page_id",))
PARENT = Route(pages=("parent_page_id",))
IMAGE = Route(images=("image_id",))
# Not “add_tags”: tags belong to the whole instance, so no form offers them.
BULK_ACTIONS = ("delete", "move", "publish", "unpublish", "add_to_collection")

ROUTES: Mapping[str, Route] = {
    "wagtailadmin_home": NOTHING,
    "wagtailadmin_account": NOTHING,
    "wagtailadmin_logout": NOTHING,
    "wagtailadmin_login": NOTHING,
    "wagtailadmin_password_reset": NOTHING,
    "wagtailadmin_password_reset_done": NOTHING,
    "wagtailadmin_password_reset_confirm": NOTHING,
    "wagtailadmin_password_reset_complete": NOTHING,
    "wagtailadmin_dismissibles": NOTHING,
    "wagtailadmin_javascript_catalog": NOTHING,
    "wagtailadmin_sprite": NOTHING,
    "wagtailadmin_block_preview": NOTHING,
    "wagtailadmin_api:pages:listing": Route(pages=("child_of", "descendant_of", "translation_of")),
    "wagtailadmin_api:pages:detail": Route(pages=("pk",)),
    "wagtailadmin_explore_root": NOTHING,
    "wagtailadmin_explore": PARENT,
    "wagtailadmin_explore_results": PARENT,
    "wagtailadmin_pages:add": PARENT,
    "wagtailadmin_pages:preview_on_add": PARENT,
    "wagtailadmin_pages:add_subpage": PARENT,
    "wagtailadmin_pages:edit": PAGE,
    "wagtailadmin_pages:preview_on_edit": PAGE,
    "wagtailadmin_pages:view_draft": PAGE,
    "wagtailadmin_pages:usage": PAGE,
    "wagtailadmin_pages:delete": PAGE,
    "wagtailadmin_pages:unpublish": PAGE,
    "wagtailadmin_pages:convert_alias": PAGE,
    "wagtailadmin_pages:copy": Route(pages=("page_id", "new_parent_page")),
    "wagtailadmin_pages:move": Route(pages=("page_to_move_id", "new_parent_page")),
    "wagtailadmin_pages:move_confirm": Route(pages=("page_to_move_id", "destination_id")),
    "wagtailadmin_pages:set_page_position": Route(pages=("page_to_move_id",)),
    "wagtailadmin_pages:lock": PAGE,
    "wagtailadmin_pages:unlock": PAGE,
    "wagtailadmin_pages:history": PAGE,
    "wagtailadmin_pages:history_results": PAGE,
    "wagtailadmin_pages:revisions_index": PAGE,
    "wagtailadmin_pages:revisions_view": PAGE,
    "wagtailadmin_pages:revisions_revert": PAGE,
    "wagtailadmin_pages:revisions_unschedule": PAGE,
    "wagtailadmin_pages:revisions_compare": Route(pages=("pk",)),
    "wagtailadmin_pages:search": NOTHING,
    "wagtailadmin_pages:search_results": NOTHING,
    "wagtailadmin_choose_page": Route(pages=("target_pages[]",)),
    "wagtailadmin_choose_page_child": Route(pages=("parent_page_id", "target_pages[]")),
    "wagtailadmin_choose_page_search": NOTHING,
    "wagtailadmin_choose_page_chosen_multiple": Route(chosen=("id",), filled=("id",)),
    "wagtailadmin_choose_page_external_link": Route(
        pages=("parent_page_id",), fields=("external-link-chooser-url",)
    ),
    "wagtailadmin_choose_page_email_link": PARENT,
    "wagtailadmin_choose_page_phone_link": PARENT,
    "wagtailadmin_choose_page_anchor_link": PARENT,
    "wagtail_bulk_action": Route(of_model=("id", "childOf"), actions=BULK_ACTIONS),
    "wagtailadmin_editing_sessions:ping": Route(of_model=("object_id",)),
    "wagtailadmin_editing_sessions:release": NOTHING,
    "wagtailimages:index": NOTHING,
    "wagtailimages:index_results": NOTHING,
    "wagtailimages:add": NOTHING,
    "wagtailimages:add_multiple": NOTHING,
    "wagtailimages:create_multiple_from_uploaded_image": NOTHING,
    "wagtailimages:delete_upload_multiple": NOTHING,
    "wagtailimages:edit": IMAGE,
    "wagtailimages:edit_multiple": IMAGE,
    "wagtailimages:delete": IMAGE,
    "wagtailimages:delete_multiple": IMAGE,
    "wagtailimages:image_usage": IMAGE,
    "wagtailimages:preview": IMAGE,
    "wagtailimages_chooser:choose": NOTHING,
    "wagtailimages_chooser:choose_results": NOTHING,
    "wagtailimages_chooser:create": NOTHING,
    "wagtailimages_chooser:chosen": Route(images=("pk",)),
    "wagtailimages_chooser:chosen_multiple": Route(images=("id",), filled=("id",)),
    "wagtailimages_chooser:select_format": IMAGE,
}
