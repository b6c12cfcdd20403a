from django.db import models


class Petition(models.Model):
    slug = models.SlugField(unique=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        app_label = "plain_django"

    def __str__(self) -> str:
        return self.slug


class Attempt(models.Model):
    class Display(models.TextChoices):
        FULL = "full"
        INITIAL = "initial"
        ANONYMOUS = "anonymous"

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT)
    name = models.CharField(max_length=100)
    email = models.EmailField()
    country = models.CharField(max_length=2, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    display = models.CharField(max_length=9, choices=Display.choices)
    wants_updates = models.CharField(max_length=3, choices=[("yes", "yes"), ("no", "no")])
    source = models.CharField(max_length=100, blank=True)
    network = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "plain_django"

    def __str__(self) -> str:
        return self.email


class Mail(models.Model):
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20, default="confirm")
    status = models.CharField(max_length=10, default="queued")
    not_before = models.DateTimeField()

    class Meta:
        app_label = "plain_django"

    def __str__(self) -> str:
        return f"{self.kind} for {self.attempt_id}"
