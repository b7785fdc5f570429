from django.urls import path

from mentoring.messaging.consumers import TalkConsumer

websocket_urlpatterns = [path("ws/talk", TalkConsumer.as_asgi())]
