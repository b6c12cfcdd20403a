"""What can stand between a person and their signature."""


class SigningError(Exception):
    """Anything that keeps an attempt or a confirmation from being taken."""


class PetitionUnknown(SigningError):
    """There is no such petition, or it has never been published."""


class SigningPaused(SigningError):
    """The instance or the petition takes no signatures for the moment."""


class PetitionEnded(SigningError):
    """The petition is closed, won or lost; `slug` says which."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(slug)


class TextChanged(SigningError):
    """The text on the visitor's page is no longer what is being signed."""


class SignatureStateError(SigningError):
    """The signature is not in a state from which this can be done."""


class AttemptUnknown(SigningError):
    """There is no such attempt any more, or it cannot be opened."""
