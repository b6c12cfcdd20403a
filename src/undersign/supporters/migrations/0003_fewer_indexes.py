import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes begin with the same column already. Concurrently, while people confirm."""

    atomic = False

    dependencies = [
        ('supporters', '0002_first_epoch'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql='DROP INDEX CONCURRENTLY IF EXISTS supporters_supporter_organisation_id_61e6bcd1',
                    reverse_sql='CREATE INDEX CONCURRENTLY supporters_supporter_organisation_id_61e6bcd1 ON supporters_supporter (organisation_id)',
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='supporter',
                    name='organisation',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='supporters', to='supporters.organisation'),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql='DROP INDEX CONCURRENTLY IF EXISTS supporters_consent_supporter_id_ce890b98',
                    reverse_sql='CREATE INDEX CONCURRENTLY supporters_consent_supporter_id_ce890b98 ON supporters_consent (supporter_id)',
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='consent',
                    name='supporter',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='supporters.supporter'),
                ),
            ],
        ),
    ]
