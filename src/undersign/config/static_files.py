"""Static files under names that change with their content."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFiles(ManifestStaticFilesStorage):
    """Scripts too name what they import by its hash, so that nobody runs half of an old version."""

    support_js_module_import_aggregation = True
