"""A text that stood before the public is replaced by another row, never rewritten."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.AddField(
            "petitiontext",
            "made_at",
            models.DateTimeField(default=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)),
            preserve_default=False,
        ),
        migrations.AddField(
            "petitiontext",
            "replaced_at",
            models.DateTimeField(
                help_text="Since when another row stands in its place; null while it is current.", null=True
            ),
        ),
        migrations.RemoveConstraint("petitiontext", "one_text_per_locale"),
        migrations.AddConstraint(
            "petitiontext",
            models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("version", "locale"),
                name="one_current_text_per_locale",
            ),
        ),
    ]
