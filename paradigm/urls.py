from django.urls import path

from paradigm import views

urlpatterns = [path("about/model/", views.about_model, name="about_model")]
