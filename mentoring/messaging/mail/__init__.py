"""Answers that come by mail: whose address it is, what of the mail was written for us, and what no person wrote."""

from mentoring.messaging.mail.addresses import address_for, find_address
from mentoring.messaging.mail.contents import Answer, read

__all__ = ["Answer", "address_for", "find_address", "read"]
