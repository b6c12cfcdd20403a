"""A table that Django cannot make: unlogged, and small enough to need no index but its key."""

from django.db import migrations, models

CREATE = """
CREATE UNLOGGED TABLE moderation_networkpace (
    minute integer NOT NULL,
    network inet NOT NULL,
    forms integer NOT NULL,
    PRIMARY KEY (minute, network)
) WITH (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_removals")]

    operations = [
        migrations.RunSQL(
            CREATE,
            reverse_sql="DROP TABLE moderation_networkpace",
            state_operations=[
                migrations.CreateModel(
                    name="NetworkPace",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "minute", "network", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("minute", models.IntegerField(help_text="Minutes since 1970.")),
                        ("network", models.GenericIPAddressField(help_text="/24 or /64.")),
                        ("forms", models.IntegerField()),
                    ],
                    options={"db_table": "moderation_networkpace", "managed": False},
                )
            ],
        )
    ]
