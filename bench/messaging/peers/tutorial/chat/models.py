from django.conf import settings
from django.db import models


class Room(models.Model):
    name = models.CharField(max_length=50)


class Member(models.Model):
    room = models.ForeignKey(Room, models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="member_once")]


class Message(models.Model):
    room = models.ForeignKey(Room, models.CASCADE)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    cid = models.UUIDField()
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "cid"], name="message_once")]
