from django.urls import path

from mentoring.messaging.consumers import talk

websocket_urlpatterns = [path("ws/talk", talk)]
