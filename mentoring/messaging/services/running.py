"""Saying something where a talk is under way: one statement on PostgreSQL keeps what many people say.

Only the plain and the happy: whatever is quoted, said before, refused or in doubt is left to `sending`, which knows why.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db import DatabaseError, connection, transaction
from django.db.models.base import ModelState

from core.errors import DomainError
from mentoring.messaging.models import Message
from mentoring.messaging.services.wanted import Send, Sent, checked
from mentoring.messaging.words import searchable

_KEEP = """
    PREPARE {} (bigint[], bigint[], uuid[], text[], text[], bigint[], timestamptz) AS
    WITH asked AS (
        SELECT * FROM unnest($1, $2, $3, $4, $5)
            WITH ORDINALITY AS a (room, sender, cid, body, norm, n)
    ), held AS (
        SELECT asked.*, last_seq FROM asked JOIN messaging_room room ON room.id = asked.room
        WHERE closed_at IS NULL AND kind <> 'news'
        ORDER BY room.id, n FOR NO KEY UPDATE OF room
    ), people AS (
        SELECT room_id, array_agg(person_id) AS present,
            array_agg(person_id) FILTER (WHERE rests_since IS NULL) AS speaking,
            bool_or(rests_since IS NOT NULL) AS parted FROM messaging_roommember
        WHERE room_id = ANY ($6) AND left_at IS NULL GROUP BY room_id
    ), fresh AS (
        SELECT held.*, present, parted, last_seq + row_number() OVER (PARTITION BY room ORDER BY n) AS seq
        FROM held JOIN people ON people.room_id = held.room
        WHERE sender = ANY (speaking)
            AND NOT EXISTS (SELECT FROM messaging_message b WHERE b.sender_id = held.sender AND b.cid = held.cid)
    ), named AS (
        SELECT *, nextval('messaging_message_id_seq') AS id FROM fresh
    ), raised AS (
        UPDATE messaging_room r SET last_seq = r.last_seq + f.many
        FROM (SELECT room, count(*) AS many FROM fresh GROUP BY room) f WHERE r.id = f.room
    ), said AS (
        INSERT INTO messaging_message (id, room_id, seq, sender_id, cid, body, body_norm, created_at)
        SELECT id, room, seq, sender, cid, body, norm, $7 FROM named
    ), noted AS (
        INSERT INTO messaging_change (room_id, seq, kind, message_id, actor_id, data, at)
        SELECT room, seq, 'message', id, sender, '{{}}', $7 FROM named
    )
    SELECT n, id, seq, present, parted FROM named ORDER BY n
"""
_PLAIN = """
    WITH asked AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[]) AS a (room, sender, cid))
    SELECT DISTINCT room.id, room.relationship_id FROM asked
    JOIN messaging_room room ON room.id = asked.room AND room.closed_at IS NULL AND room.kind <> 'news'
    JOIN messaging_roommember seat ON seat.room_id = room.id AND seat.person_id = asked.sender
        AND seat.left_at IS NULL AND seat.rests_since IS NULL
    LEFT JOIN relationships_relationship bond ON bond.id = room.relationship_id
    LEFT JOIN messaging_wordrules rules ON rules.programme_id = bond.programme_id
    WHERE rules.programme_id IS NULL
        AND NOT EXISTS (SELECT FROM messaging_message b WHERE b.sender_id = asked.sender AND b.cid = asked.cid)
"""
_NAME = f"keep_{crc32(_KEEP.encode()):08x}"
"""One name for one text: several versions may use a line one after the other where a pooler lends it."""
_DO = f"EXECUTE {_NAME} (%s::bigint[], %s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::bigint[], %s)"
NOT_PREPARED = "26000"
_BLANK = {field.attname: field.get_default() for field in Message._meta.concrete_fields}


class NotPrepared(Exception):
    """This line to the database does not know the statement yet: `prepare`, and try again."""


def rooms_with_news(sends: Sequence[Send], rooms: Collection[int]) -> dict[int, int | None]:
    """Those of `rooms` in which somebody who may says something for the first time, and whose programme has no rules about
    words; with the relationship of each."""
    asked = [send for send in sends if send.room_id in rooms]
    values = [send.room_id for send in asked], [send.by.pk for send in asked], [str(send.cid) for send in asked]
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, values)
        return dict(cursor.fetchall())


def keep_running(sends: Sequence[Send], rooms: Collection[int], *, at: datetime, sent: Sent) -> dict[int, Message]:
    """Keep what can be kept of what is said in `rooms`; returns the messages by their place in `sends` and notes in `sent` who
    is present. Whatever is missing was not kept. Raises IntegrityError when an id comes over another process in this instant,
    and NotPrepared.
    """
    plain = _plain(sends, rooms)
    if not plain:
        return {}
    values: list[Any] = [
        [send.room_id for _place, send, _text in plain],
        [send.by.pk for _place, send, _text in plain],
        [str(send.cid) for _place, send, _text in plain],
        [text for _place, _send, text in plain],
        [searchable(text) for _place, _send, text in plain],
        list(rooms),
        at,
    ]
    kept = {}
    with connection.cursor() as cursor:
        try:
            cursor.execute(_DO, values)
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", "") == NOT_PREPARED:
                raise NotPrepared from error
            raise
        rows: list[tuple[int, int, int, list[int], bool]] = cursor.fetchall()
    for n, pk, seq, people, parted in rows:
        place, send, text = plain[n - 1]
        kept[place] = _message(send, text, pk, seq, at)
        sent.present[send.room_id] = set(people)
        if parted:
            sent.parted.add(send.room_id)
    return kept


def prepare() -> None:
    """Planning costs as much as doing: what `keep_running` says is prepared and planned once for every line to the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_prepared_statements WHERE name = %s", [_NAME])
        if not cursor.rowcount:
            cursor.execute(_KEEP.format(_NAME))


def _plain(sends: Sequence[Send], rooms: Collection[int]) -> list[tuple[int, Send, str]]:
    """Place, send and words as they are kept, of each that could be kept; every one once."""
    found, names = [], set()
    for place, send in enumerate(sends):
        if send.room_id not in rooms or send.name in names:
            continue
        names.add(send.name)
        with suppress(DomainError):
            found.append((place, send, checked(send.body)))
    return found


def _message(send: Send, text: str, pk: int, seq: int, at: datetime) -> Message:
    """As the row is now. Past `Model.__init__`, which costs more than all the rest of a send."""
    message = Message.__new__(Message)
    known = {"id": pk, "room_id": send.room_id, "seq": seq, "sender_id": send.by.pk, "cid": send.cid, "body": text}
    message.__dict__ = {"_state": ModelState(), **_BLANK, **known, "created_at": at}
    message._state.adding, message._state.fields_cache = False, {"sender": send.by}
    return message
