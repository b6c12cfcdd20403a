"""What can be wrong with a stream."""

from undersign.foundation.group_commit import NotAccepted


class AddressInvalid(ValueError):
    """UNDERSIGN_INTAKE does not say which servers and which stream."""


class StreamAway(NotAccepted):
    """No server of the cluster acknowledged in time. Whether the message is kept is unknown."""


class StreamFull(NotAccepted):
    """The stream holds as much as it may; nothing was kept."""

    retry_after = 30
