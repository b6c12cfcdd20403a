from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signing", "0006_mail_domain_valid")]

    operations = [
        migrations.CreateModel(
            name="SpentProof",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("attempt_id", models.UUIDField()),
            ],
        ),
    ]
