from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from mentoring.matching.engine import text


class MatchingConfig(AppConfig):
    name = "mentoring.matching"
    label = "matching"
    verbose_name = _("Matching")

    def ready(self) -> None:
        if path := settings.MATCHING_TEXT_MODEL:
            try:
                text.use(import_string(path), path)
            except ImportError as error:
                raise ImproperlyConfigured(f"MATCHING_TEXT_MODEL: {error}") from error
