from django.db import migrations

from undersign.foundation.planner_statistics import statistics_default, statistics_little


class Migration(migrations.Migration):
    """PostgreSQL looks at a tenth of the mails while people sign, and copies no sealed one."""

    dependencies = [("messaging", "0006_network_of_who_asked")]

    operations = [
        migrations.RunSQL(
            statistics_little("messaging_outboxmail"), reverse_sql=statistics_default("messaging_outboxmail")
        ),
        migrations.RunSQL(
            statistics_little("messaging_offlinemail", none_of=["sealed"]),
            reverse_sql=statistics_default("messaging_offlinemail"),
        ),
    ]
