import json

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from chat.models import Member, Message


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.user = self.scope["user"]
        self.room = int(self.scope["url_route"]["kwargs"]["room"])
        self.group = f"chat_{self.room}"
        if not self.user.is_authenticated or not await self.is_member():
            await self.close()
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send(text_data=json.dumps({"t": "ready"}))

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data):
        data = json.loads(text_data)
        message = await self.keep(data["cid"], data["b"])
        await self.channel_layer.group_send(
            self.group,
            {
                "type": "chat.message",
                "id": message.pk,
                "cid": data["cid"],
                "sender": self.user.pk,
                "name": self.user.username,
                "body": message.body,
                "ts": message.created_at.isoformat(),
            },
        )

    async def chat_message(self, event):
        await self.send(
            text_data=json.dumps(
                {
                    "t": "c",
                    "r": self.room,
                    "s": event["id"],
                    "cid": event["cid"],
                    "u": event["sender"],
                    "name": event["name"],
                    "b": event["body"],
                    "ts": event["ts"],
                }
            )
        )

    @database_sync_to_async
    def is_member(self):
        return Member.objects.filter(room=self.room, person=self.user).exists()

    @database_sync_to_async
    def keep(self, cid, body):
        return Message.objects.create(room_id=self.room, sender=self.user, cid=cid, body=body)
