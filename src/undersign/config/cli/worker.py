"""undersign worker: mails, tallies and scheduled work."""

import asyncio

import click

from undersign.config.database import database_available
from undersign.config.worker import run_until_signalled
from undersign.foundation.keys import KeysError
from undersign.foundation.logs import configure_logs
from undersign.messaging.errors import MailSettingInvalid
from undersign.messaging.senders.smtp import signer_of_settings


@click.command(name="worker")
@database_available()
def command() -> None:
    """Send mails, fold counts and do what is scheduled, until told to stop (SIGTERM or Ctrl-C).

    `undersign up` runs one. Several may run at once, also on several machines; the mail in hand is always
    finished before a worker ends.
    """
    configure_logs()
    try:
        signer_of_settings()  # a wrong DKIM key is told now, not at the first mail
        asyncio.run(run_until_signalled())
    except (KeysError, MailSettingInvalid, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
