import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('relationships', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pair', 'Conversation'), ('group', 'Group')], default='pair', max_length=5, verbose_name='kind')),
                ('last_seq', models.PositiveBigIntegerField(default=0, verbose_name='changes so far')),
                ('epoch', models.UUIDField(default=uuid.uuid4, verbose_name='epoch')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='accounts.institution', verbose_name='institution')),
                ('relationship', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='room', to='relationships.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'conversation',
                'verbose_name_plural': 'conversations',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField()),
                ('cid', models.UUIDField()),
                ('body', models.TextField(max_length=8000)),
                ('created_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('reply_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='messaging.message')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='messaging.room')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'constraints': [models.UniqueConstraint(fields=('room', 'seq'), name='message_seq_once_per_room'), models.UniqueConstraint(fields=('sender', 'cid'), name='message_cid_once_per_sender'), models.CheckConstraint(condition=models.Q(models.Q(('body', ''), _negated=True), ('deleted_at__isnull', False), _connector='OR'), name='message_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField()),
                ('kind', models.CharField(choices=[('message', 'Message'), ('edit', 'Edit'), ('delete', 'Deletion')], max_length=7)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='messaging.message')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='messaging.room')),
            ],
            options={
                'verbose_name': 'change',
                'verbose_name_plural': 'changes',
                'constraints': [models.UniqueConstraint(fields=('room', 'seq'), name='change_seq_once_per_room')],
            },
        ),
        migrations.CreateModel(
            name='RoomMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_at', models.DateTimeField(verbose_name='joined at')),
                ('joined_seq', models.PositiveBigIntegerField(default=0)),
                ('last_read_seq', models.PositiveBigIntegerField(default=0, verbose_name='read up to change')),
                ('read_at', models.DateTimeField(null=True, verbose_name='read at')),
                ('muted_until', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='room_memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='messaging.room')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'indexes': [models.Index(condition=models.Q(('left_at', None)), fields=['person'], name='room_member_present')],
                'constraints': [models.UniqueConstraint(fields=('room', 'person'), name='room_member_once')],
            },
        ),
    ]
