"""What people do when something is not right, and what is done for them."""

from mentoring.safeguarding.services.blocking import (
    NotTheirs,
    block_person,
    keep_apart,
    lift_block,
    lift_order,
)

__all__ = ["NotTheirs", "block_person", "keep_apart", "lift_block", "lift_order"]
