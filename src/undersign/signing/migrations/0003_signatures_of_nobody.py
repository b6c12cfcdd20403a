"""Signatures may belong to nobody. The check is made valid by the next migration, under a lock that lets people sign."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0004_signers_forgotten'),
        ('signing', '0002_attempt_partitions'),
        ('supporters', '0002_first_epoch'),
    ]

    operations = [
        migrations.AlterField(
            model_name='signature',
            name='attempt_id',
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='signature',
            name='name_key',
            field=models.BinaryField(help_text='Keyed hash of the name: tells two people at one mailbox apart.', null=True),
        ),
        migrations.AlterField(
            model_name='signature',
            name='sealed',
            field=models.BinaryField(help_text='Name, postcode, phone and reason as given, see payload.SignaturePayload.', null=True),
        ),
        migrations.AlterField(
            model_name='signature',
            name='supporter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='supporters.supporter'),
        ),
        AddConstraintNotValid(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attempt_id__isnull', True), ('display', 'anonymous'), ('name_key__isnull', True), ('network__isnull', True), ('postcode_area', ''), ('sealed__isnull', True), ('source', ''), ('supporter__isnull', True)), models.Q(('attempt_id__isnull', False), ('name_key__isnull', False), ('sealed__isnull', False), ('supporter__isnull', False)), _connector='OR'), name='signature_of_somebody_or_forgotten'),
        ),
    ]
