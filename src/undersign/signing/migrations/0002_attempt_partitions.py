"""The attempts table, which Django cannot partition by itself."""

from django.db import migrations

CREATE = """
CREATE TABLE signing_attempt (
    id uuid PRIMARY KEY,
    petition_id bigint NOT NULL,
    text_id bigint NOT NULL,
    sealed bytea NOT NULL,
    email_key bytea NOT NULL CHECK (octet_length(email_key) = 32),
    index_epoch smallint NOT NULL,
    locale varchar(12) NOT NULL,
    network inet,
    source varchar(100) NOT NULL,
    held_reason varchar(30) NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE signing_attempt_default PARTITION OF signing_attempt DEFAULT;
"""


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, reverse_sql="DROP TABLE signing_attempt")]
