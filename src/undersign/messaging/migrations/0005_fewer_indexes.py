import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """No index that nothing reads: each form pays for it. Concurrently, while people sign."""

    atomic = False

    dependencies = [
        ('messaging', '0004_mailbox_limits_index'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql='DROP INDEX CONCURRENTLY IF EXISTS messaging_outboxmail_organisation_id_6b701ef6',
                    reverse_sql='CREATE INDEX CONCURRENTLY messaging_outboxmail_organisation_id_6b701ef6 ON messaging_outboxmail (organisation_id)',
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='outboxmail',
                    name='organisation',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supporters.organisation'),
                ),
            ],
        ),
    ]
