"""Every page by its app; `/api/v1/` is assembled in `config.api`."""

from django.contrib import admin
from django.urls import include, path

from config.style import style
from core import views as core_views

handler500 = core_views.broken

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("accounts.urls")),
    path("", include("paradigm.urls")),
    path("", include("notifications.urls")),
    path("", include("mentoring.planning.urls")),
    path("", include("mentoring.relationships.urls")),
    path("", include("mentoring.matching.urls")),
    path("", include("mentoring.messaging.urls")),
    path("", include("mentoring.training.urls")),
    path("", include("mentoring.support.urls")),
    path("", include("mentoring.safeguarding.urls")),
    path("", include("evaluation.urls")),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", include("config.api")),
    path("admin/", admin.site.urls),
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
    path("style/", style, name="style"),
]
