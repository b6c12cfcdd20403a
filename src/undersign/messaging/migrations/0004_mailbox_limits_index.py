from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Concurrently: the form writes to the outbox while a new version is installed."""

    atomic = False

    dependencies = [
        ('messaging', '0003_mailbox_limits'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='outboxmail',
            index=models.Index(condition=models.Q(('status', 'sent')), fields=['mailbox_key', 'done_at'], name='outbox_limits'),
        ),
    ]
