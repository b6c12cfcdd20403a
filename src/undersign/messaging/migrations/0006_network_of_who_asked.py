from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0005_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmail',
            name='network',
            field=models.GenericIPAddressField(help_text='/24 or /64 of whoever asked for it: who asks often waits behind the others.', null=True),
        ),
    ]
