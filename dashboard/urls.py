from django.urls import path

from dashboard import views

urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("developers/", views.developers, name="developers"),
]
