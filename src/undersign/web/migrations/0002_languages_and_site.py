"""The languages pages can be written in, and a site that begins at the root of the page tree."""

from django.conf import settings
from django.db import migrations


def add_languages(apps, schema_editor):
    locales = apps.get_model("wagtailcore", "Locale").objects
    for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES:
        locales.get_or_create(language_code=code)


def begin_at_the_root(apps, schema_editor):
    """Take away the welcome page that Wagtail brings: organisations stand at the root of the tree."""
    pages = apps.get_model("wagtailcore", "Page").objects
    root = pages.get(depth=1)
    apps.get_model("wagtailcore", "Site").objects.update(root_page=root)
    welcome = pages.filter(depth=2, slug="home", numchild=0, content_type__model="page")
    if welcome.exists():
        welcome.delete()
        root.numchild = pages.filter(depth=2).count()
        root.save(update_fields=["numchild"])


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial"), ("wagtailcore", "0098_apitoken")]

    operations = [
        migrations.RunPython(add_languages, migrations.RunPython.noop),
        migrations.RunPython(begin_at_the_root, migrations.RunPython.noop),
    ]
