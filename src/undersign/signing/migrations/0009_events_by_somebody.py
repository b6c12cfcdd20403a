import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """No entry for events of signers, which are nearly all. Concurrently, while people confirm.

    What was given up half way is begun anew: each step takes away first what an earlier try may have left.
    """

    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('signing', '0008_held_attempts'),
    ]

    operations = [
        migrations.RunSQL(
            sql='DROP INDEX CONCURRENTLY IF EXISTS signature_events_by_somebody', reverse_sql=migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='signatureevent',
            index=models.Index(condition=models.Q(('by__isnull', False)), fields=['by'], name='signature_events_by_somebody'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql='DROP INDEX CONCURRENTLY IF EXISTS signing_signatureevent_by_id_aa2e86ed',
                    reverse_sql=[
                        'DROP INDEX CONCURRENTLY IF EXISTS signing_signatureevent_by_id_aa2e86ed',
                        'CREATE INDEX CONCURRENTLY signing_signatureevent_by_id_aa2e86ed ON signing_signatureevent (by_id)',
                    ],
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='signatureevent',
                    name='by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
