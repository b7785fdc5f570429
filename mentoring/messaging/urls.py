from django.urls import path

from mentoring.messaging.views import files, later, lists, mails, messages, news, rooms

urlpatterns = [
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/search/", lists.rooms_search, name="rooms_search"),
    path("rooms/<int:pk>/", rooms.room, name="room"),
    path("rooms/mentions/", lists.rooms_mentions, name="rooms_mentions"),
    path("rooms/saved/", lists.rooms_saved, name="rooms_saved"),
    path("rooms/<int:pk>/pinned/", lists.room_pinned, name="room_pinned"),
    path("rooms/<int:pk>/send", rooms.room_send, name="room_send"),
    path("rooms/<int:pk>/ways/", rooms.room_ways, name="room_ways"),
    path("rooms/<int:pk>/changes", rooms.room_changes, name="room_changes"),
    path("rooms/<int:pk>/files", files.file_begin, name="file_begin"),
    path("files/<uuid:pk>", files.file, name="file"),
    path("files/<uuid:pk>/small", files.file_small, name="file_small"),
    path("files/<uuid:pk>/parts", files.file_part, name="file_part"),
    path("files/<uuid:pk>/drop", files.file_drop, name="file_drop"),
    path("programmes/<slug:slug>/announcements/", news.programme_announcements, name="programme_announcements"),
    path("rooms/<int:pk>/desk", news.room_desk, name="room_desk"),
    path("rooms/<int:pk>/later/", later.room_later, name="room_later"),
    path("later/<int:pk>/", later.later_change, name="later_change"),
    path("later/<int:pk>/drop", later.later_drop, name="later_drop"),
    path("mail/inbound", mails.mail_inbound, name="mail_inbound"),
    path("messages", messages.frame_post, name="frame_post"),
    path("messages/<int:pk>/edit", messages.message_edit, name="message_edit"),
    path("messages/<int:pk>/unread", messages.message_unread, name="message_unread"),
    path("messages/<int:pk>/delete", messages.message_delete, name="message_delete"),
    path("messages/<int:pk>/pin", messages.message_pin, name="message_pin"),
    path("messages/<int:pk>/save", messages.message_save, name="message_save"),
    path("messages/<int:pk>/react", messages.message_react, name="message_react"),
]
