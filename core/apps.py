from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        """Every app may have `receivers.py` (what it does on news from below),
        `news.py` (what it tells people) and `tasks.py` (its jobs)."""
        autodiscover_modules("receivers", "news", "tasks")
