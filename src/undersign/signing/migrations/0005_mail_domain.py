"""What is stored of a signer's mail domain: the name of a large provider, else a keyed hash.

Both columns have a default in the database, so that the version before this one can go on signing.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signing", "0004_signatures_of_nobody_valid")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE signing_attempt ADD COLUMN mail_domain varchar(64) NOT NULL DEFAULT ''",
            reverse_sql="ALTER TABLE signing_attempt DROP COLUMN mail_domain",
            state_operations=[
                migrations.AddField(
                    "attempt",
                    "mail_domain",
                    models.CharField(blank=True, help_text="See identity.mail_domain.", max_length=64),
                    preserve_default=False,
                )
            ],
        ),
        migrations.AddField(
            "signature",
            "mail_domain",
            models.CharField(
                blank=True,
                db_default="",
                help_text="A large provider's name, else a keyed hash: see identity.mail_domain.",
                max_length=64,
            ),
        ),
        AddConstraintNotValid(
            "signature",
            models.CheckConstraint(
                condition=models.Q(("supporter__isnull", False), ("mail_domain", ""), _connector="OR"),
                name="signature_of_nobody_has_no_domain",
            ),
        ),
    ]
