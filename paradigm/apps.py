from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParadigmConfig(AppConfig):
    name = "paradigm"
    verbose_name = _("The model")
