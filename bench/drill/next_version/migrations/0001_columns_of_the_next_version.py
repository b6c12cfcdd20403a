"""What a real next version would bring: columns on busy tables and a table of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE signing_attempt ADD COLUMN drilled text NOT NULL DEFAULT '';
            ALTER TABLE signing_signature ADD COLUMN drilled text NOT NULL DEFAULT '';
            CREATE TABLE drill_next_version (id bigint PRIMARY KEY, note text NOT NULL);
            """,
            migrations.RunSQL.noop,
        )
    ]
