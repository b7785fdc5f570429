from django.urls import path

from dashboard import views

urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("institution/<slug:slug>/", views.institution_state, name="institution_state"),
    path("go/", views.go, name="go"),
    path("offline/", views.offline, name="offline"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("developers/", views.developers, name="developers"),
]
