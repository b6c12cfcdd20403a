from django.db import migrations

from undersign.foundation.planner_statistics import statistics_default, statistics_little

TABLES = "moderation_namesearch", "moderation_listentry", "moderation_maildomain"


class Migration(migrations.Migration):
    """PostgreSQL copies nothing that is sealed."""

    dependencies = [("moderation", "0004_mail_domains")]

    operations = [
        migrations.RunSQL(statistics_little(table, none_of=["sealed"]), reverse_sql=statistics_default(table))
        for table in TABLES
    ]
