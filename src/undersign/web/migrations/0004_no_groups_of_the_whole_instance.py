"""Take away the two groups that Wagtail brings: they may edit every organisation's pages at once."""

from django.db import migrations


def remove_unused(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    groups.filter(name__in=["Moderators", "Editors"], user__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0003_walls_and_branding"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]

    operations = [migrations.RunPython(remove_unused, migrations.RunPython.noop)]
