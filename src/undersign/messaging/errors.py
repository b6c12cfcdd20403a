"""What can go wrong between a letter and its mailbox."""


class MessagingError(Exception):
    """Any trouble with mail."""


class MailServerTrouble(MessagingError):
    """The server cannot be used at the moment: no mail is at fault, all of them wait."""


class MailSettingInvalid(MessagingError):
    """A setting for mail cannot be understood; the message says which and what it may be."""
