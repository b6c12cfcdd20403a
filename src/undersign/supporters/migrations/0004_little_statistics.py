from django.db import migrations

from undersign.foundation.planner_statistics import statistics_default, statistics_little


class Migration(migrations.Migration):
    """PostgreSQL looks at a tenth of the rows while people sign, and copies no sealed address."""

    dependencies = [("supporters", "0003_fewer_indexes")]

    operations = [
        migrations.RunSQL(
            statistics_little("supporters_supporter", none_of=["email_sealed"]),
            reverse_sql=statistics_default("supporters_supporter"),
        ),
        migrations.RunSQL(
            statistics_little("supporters_consent"), reverse_sql=statistics_default("supporters_consent")
        ),
    ]
