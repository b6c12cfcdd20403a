"""Look through the signatures there are; people can sign meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signing", "0005_mail_domain")]

    operations = [ValidateConstraint(model_name="signature", name="signature_of_nobody_has_no_domain")]
