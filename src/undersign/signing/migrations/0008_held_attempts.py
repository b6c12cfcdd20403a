"""Finding what is held among millions that are not: the index has no entry for those."""

from django.db import migrations

CREATE = "CREATE INDEX held_attempts ON signing_attempt (petition_id, id) WHERE held_reason <> ''"


class Migration(migrations.Migration):
    dependencies = [("signing", "0007_spent_proofs")]

    operations = [migrations.RunSQL(CREATE, reverse_sql="DROP INDEX held_attempts")]
