"""Where a web process hands attempts in, and what happens to them until they are rows.

See docs/mechanisms/intake.md.
"""

from undersign.signing.intake.port import Intake
from undersign.signing.intake.postgresql import postgresql_intake

__all__ = ["Intake", "postgresql_intake"]
