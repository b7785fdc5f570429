from django.urls import path

from mentoring.training import views

urlpatterns = [
    path("growth/", views.growth, name="growth"),
    path("growth/<slug:slug>/", views.module, name="module"),
    path("growth/<slug:slug>/start/", views.module_start, name="module_start"),
    path("growth/<slug:slug>/before/", views.module_before, name="module_before"),
    path("growth/<slug:slug>/<int:number>/", views.module_screen, name="module_screen"),
    path("growth/<slug:slug>/after/", views.module_after, name="module_after"),
    path("growth/<slug:slug>/done/", views.module_done, name="module_done"),
    path("programmes/<slug:slug>/training/", views.training_settings, name="training_settings"),
]
