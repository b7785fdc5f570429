"""The data classes of models that come with Django and allauth, so that export and erasure know them too."""

from django.apps import apps
from django.db import models

from core.privacy import Privacy, classify

_FOREIGN: dict[str, Privacy] = {
    "account.emailaddress": classify(internal="id user verified primary", personal="email", subject="user"),
    "account.emailconfirmation": classify(
        internal="id email_address created sent", secret="key", subject="email_address__user"
    ),
    "sessions.session": classify(internal="expire_date", secret="session_key session_data"),
    "admin.logentry": classify(
        internal="id action_time content_type object_id action_flag",
        personal="user object_repr change_message",
        subject="user",
    ),
    "auth.group": classify(internal="id name"),
    "auth.permission": classify(internal="id name content_type codename"),
    "contenttypes.contenttype": classify(internal="id app_label model"),
}


def privacy_of(model: type[models.Model]) -> Privacy | None:
    """The data classes of a model's fields; None where nobody has given them yet."""
    own: Privacy | None = model.__dict__.get("privacy")
    return own or _FOREIGN.get(model._meta.label_lower)


def classified_models() -> list[tuple[type[models.Model], Privacy]]:
    """Every model whose fields have data classes."""
    return [(model, privacy) for model in apps.get_models() if (privacy := privacy_of(model)) is not None]
