"""What waits for a person, and what they want to be told."""

from itertools import groupby
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.kinds import Kind, kinds
from notifications.models import Notification, Preference


def unread_count(user: Any) -> int:
    """How many pieces of news `user` has not seen; one query."""
    count: int = Notification.objects.visible_to(user).unread().count()
    return count


def preference_groups(user: User) -> list[dict[str, Any]]:
    """Every kind of news with what `user` wants of it, by the part of the platform that tells it; one query."""
    stored = {row.kind: row for row in Preference.objects.visible_to(user)}

    def row(kind: Kind) -> dict[str, Any]:
        wanted = stored.get(kind.slug)
        return {
            "kind": kind,
            "in_app": wanted.in_app if wanted else True,
            "mail": wanted.mail if wanted else True,
        }

    ordered = sorted(kinds(), key=lambda kind: (_part(kind), str(kind.label)))
    return [{"name": name, "rows": [row(kind) for kind in group]} for name, group in groupby(ordered, _part)]


def _part(kind: Kind) -> str:
    label = kind.slug.partition(".")[0]
    return str(apps.get_app_config(label).verbose_name) if label in apps.app_configs else _("Other news")
