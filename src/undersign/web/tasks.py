"""What the worker does for pages by the clock."""

from django.core.management import call_command
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="publish_scheduled_pages", queueing_lock="publish_scheduled_pages")
def publish_scheduled_pages(timestamp: int) -> None:
    """Publish and unpublish what editors gave a date; Wagtail finds out what is due."""
    call_command("publish_scheduled")
