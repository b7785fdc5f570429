"""What people do when something is not right, and what is done for them."""

from mentoring.safeguarding.services.blocking import (
    NotTheirs,
    block_person,
    keep_apart,
    lift_block,
    lift_order,
)
from mentoring.safeguarding.services.breaking import (
    AlreadyAnswered,
    ReadingOver,
    TooNear,
    answer_reading,
    ask_to_read,
    close_reading,
    end_reading,
    forget_readings,
    read_page,
    tell_later,
    tell_months,
    tell_of_reading,
    tell_read_alone,
)
from mentoring.safeguarding.services.freezing import digest_of
from mentoring.safeguarding.services.hiding import hide, report_with
from mentoring.safeguarding.services.reporting import (
    NothingToSay,
    TooManyReports,
    forget_reports,
    open_evidence,
    report_message,
    report_person,
    work_on,
)
from mentoring.safeguarding.services.watching import give_back, let_go, read_flagged, read_held, set_rules, settle_flag

__all__ = [
    "AlreadyAnswered",
    "NotTheirs",
    "NothingToSay",
    "ReadingOver",
    "TooManyReports",
    "TooNear",
    "answer_reading",
    "ask_to_read",
    "block_person",
    "close_reading",
    "digest_of",
    "end_reading",
    "forget_readings",
    "forget_reports",
    "give_back",
    "hide",
    "keep_apart",
    "let_go",
    "lift_block",
    "lift_order",
    "open_evidence",
    "read_flagged",
    "read_held",
    "read_page",
    "report_message",
    "report_person",
    "report_with",
    "set_rules",
    "settle_flag",
    "tell_later",
    "tell_months",
    "tell_of_reading",
    "tell_read_alone",
    "work_on",
]
