"""Every instance starts with index epoch 1, the one in a new keys file."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supporters", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO supporters_indexepoch (number, alias_rules_version, state, began_at) VALUES (1, 1, 'live', now())",
            reverse_sql="DELETE FROM supporters_indexepoch WHERE number = 1",
        )
    ]
