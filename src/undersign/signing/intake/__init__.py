"""Where a web process hands attempts in, and what happens to them until they are rows.

See docs/mechanisms/intake.md.
"""

from undersign.signing.intake.draining import Drain
from undersign.signing.intake.either import EitherIntake
from undersign.signing.intake.port import Intake
from undersign.signing.intake.postgresql import postgresql_intake
from undersign.signing.intake.publishing import StreamIntake

__all__ = ["Drain", "EitherIntake", "Intake", "StreamIntake", "postgresql_intake"]
