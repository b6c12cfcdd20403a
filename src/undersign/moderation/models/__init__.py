"""What moderators looked for, took off and listed; what is known of mail domains and networks."""

from undersign.moderation.models.domains import MailDomain
from undersign.moderation.models.lists import ListEntry
from undersign.moderation.models.pace import NetworkPace
from undersign.moderation.models.removals import Removal, RemovedSignature
from undersign.moderation.models.searches import NameSearch

__all__ = ["ListEntry", "MailDomain", "NameSearch", "NetworkPace", "Removal", "RemovedSignature"]
