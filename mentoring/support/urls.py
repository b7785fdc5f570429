from django.urls import path

from mentoring.support import views

urlpatterns = [
    path("support/", views.support, name="support"),
    path("support/ask/", views.support_ask, name="support_ask"),
    path("support/desk/", views.support_desk, name="support_desk"),
    path("support/connection/", views.connection_check, name="connection_check"),
    path("support/connection/ping/", views.connection_ping, name="connection_ping"),
    path("support/connection/sample/", views.connection_sample, name="connection_sample"),
    path("support/<int:pk>/", views.support_request, name="support_request"),
    path("support/<int:pk>/seen/", views.support_acknowledge, name="support_acknowledge"),
    path("support/<int:pk>/resolved/", views.support_resolve, name="support_resolve"),
]
