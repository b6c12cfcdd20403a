"""The numbers that changes are told apart by."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE foundation_change_version; INSERT INTO foundation_switches (id) VALUES (1)",
            reverse_sql="DROP SEQUENCE foundation_change_version; DELETE FROM foundation_switches",
        )
    ]
