"""What a file really is, judged by its content and never by what it says of itself. Knows no Django."""

from mentoring.messaging.files.checks import Blocked, Checked, check
from mentoring.messaging.files.kinds import KINDS, accepted

__all__ = ["KINDS", "Blocked", "Checked", "accepted", "check"]
