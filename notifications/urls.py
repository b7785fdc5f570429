from django.urls import path

from notifications import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:pk>/", views.notification, name="notification"),
    path("inbox/<int:pk>/read/", views.notifications_read, name="notification_read"),
    path("inbox/<int:pk>/new/", views.notifications_new, name="notification_new"),
    path("inbox/new/", views.notifications_new, name="notifications_new"),
    path("inbox/read/", views.notifications_read, name="notifications_read"),
    path("me/preferences/", views.preferences, name="preferences"),
    path("me/absences/", views.absence_add, name="absence_add"),
    path("me/absences/<int:pk>/remove/", views.absence_remove, name="absence_remove"),
    path("me/mail/resume/", views.mail_resume, name="mail_resume"),
    path("me/devices/", views.device_add, name="device_add"),
    path("me/devices/<int:pk>/remove/", views.device_remove, name="device_remove"),
    path("mails/", views.mails, name="mails"),
]
