"""The private calendar address of a person."""

from datetime import datetime

from django.db import transaction

from accounts.models import User, new_token, token_hash
from mentoring.relationships.models import CalendarFeed


@transaction.atomic
def renew_feed(person: User, *, at: datetime) -> str:
    """Make a new address; the old one stops working at once. Returns its token, which is not kept and shown only now."""
    token = new_token()
    CalendarFeed.objects.update_or_create(person=person, defaults={"token_hash": token_hash(token), "created_at": at})
    return token


@transaction.atomic
def stop_feed(person: User) -> None:
    CalendarFeed.objects.filter(person=person).delete()


def feed_of_token(token: str) -> CalendarFeed | None:
    """The feed that this address opens, of a person who is still active; None otherwise."""
    feeds = CalendarFeed.objects.select_related("person").filter(person__is_active=True)
    return feeds.filter(token_hash=token_hash(token)).first()
