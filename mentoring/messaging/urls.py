from django.urls import path

from mentoring.messaging import views

urlpatterns = [
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/search/", views.rooms_search, name="rooms_search"),
    path("rooms/<int:pk>/", views.room, name="room"),
    path("rooms/<int:pk>/send", views.room_send, name="room_send"),
    path("rooms/<int:pk>/ways/", views.room_ways, name="room_ways"),
    path("rooms/<int:pk>/changes", views.room_changes, name="room_changes"),
    path("messages/<int:pk>/edit", views.message_edit, name="message_edit"),
    path("messages/<int:pk>/unread", views.message_unread, name="message_unread"),
    path("messages/<int:pk>/delete", views.message_delete, name="message_delete"),
]
