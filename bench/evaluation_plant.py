"""Programmes that have lived for four months, planted by a few statements: no row of them is ever an object of Python.

The pair `r` has the mentor 2r - 1 and the mentee 2r, people and enrolments alike; its conversation has the number r too. A
quarter of the pairs are in the first programme, the rest in nineteen others. The same seed plants the same rows.
"""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

from evaluation.questionnaire import form_items

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""The night of a Monday: all rows of the new week are still to be written."""
PROGRAMMES = 20
DAYS = 120
BEGAN = AT - timedelta(days=DAYS)

PROGRAMME_OF = f"CASE WHEN {{r}} <= {{pairs}} * 0.24 THEN 1 ELSE 2 + {{r}} % {PROGRAMMES - 1} END"
"""Of the pair r."""
MATCHED = "{began} + (r * 37 % 21) * interval '1 day'"

STATEMENTS = (
    # Who there is: one institution, its programmes, two people and two enrolments per pair.
    """
    INSERT INTO accounts_institution (id, slug, name_en, name_fa, language, calendar, time_zone, created_at)
    VALUES (1, 'bench', 'University of the bench', '', 'en', 'gregorian', 'UTC', now())
    """,
    """
    INSERT INTO planning_programme (id, institution_id, slug, template, name_en, name_fa, summary_en, summary_fa, format, status,
      starts_on, ends_on, rhythm_days, session_minutes, mentor_capacity, agreement_en, agreement_fa, asked, languages,
      mentee_approval, matched_by, request_days, file_kinds, match_settings, match_weekly, created_at)
    SELECT p, 1, 'programme-' || p, '', 'Programme ' || p, '', '', '', 'one_to_one', 'running', {began}::date,
      {began}::date + 280, 7, 45, 2, '', '', '{{}}', '["en"]', true, 'coordinators', 7, '[]', '{{}}', false, {began}
    FROM generate_series(1, {programmes}) p
    """,
    """
    INSERT INTO accounts_user (id, password, is_superuser, email, name, about, language, calendar, time_zone, theme, role,
      is_active, is_staff, joined_at)
    SELECT n, '', false, 'person-' || n || '@example.org', 'Person ' || n, '', 'en', 'gregorian',
      (ARRAY['UTC', 'Asia/Tehran', 'Europe/Berlin'])[1 + n % 3], 'system', '', true, false, {began}
    FROM generate_series(1, 2 * {pairs}) n
    """,
    """
    INSERT INTO notifications_rhythm (person_id, night, night_from, night_to, free_days, daily, daily_at)
    SELECT n, true, (ARRAY['21:00', '22:00', '23:00'])[1 + n % 3]::time, '07:00',
      (ARRAY['none', 'thu_fri', 'sat_sun'])[1 + n % 3], false, '08:00'
    FROM generate_series(1, 2 * {pairs}) n WHERE n % 10 < 7
    """,
    """
    INSERT INTO planning_enrolment (id, programme_id, person_id, role, status, status_at, capacity, free_places, headline,
      organisation, field, languages, goals, motivation, contacts_wanted, external_id, reason, created_at, decided_at)
    SELECT n, {programme_of_n}, n, CASE n % 2 WHEN 1 THEN 'mentor' ELSE 'mentee' END, 'ready', {began}, 1, 0, '', '', '',
      '["en"]', '', '', 2 + (n * 7 / 2) % 4, '', '', {began}, {began} - (n % 12) * interval '1 day'
    FROM generate_series(1, 2 * {pairs}) n
    """,
    # The pairs: one in twelve has ended, some of these early because they did not fit.
    """
    INSERT INTO relationships_relationship (id, programme_id, status, status_at, started_at, planned_end_on, close_reason,
      never_again, pair_key, why, closed_at)
    SELECT r, {programme_of_r}, CASE WHEN r % 12 > 0 THEN 'active' ELSE 'ended' END, {matched}, {matched}, {began}::date + 280,
      CASE WHEN r % 12 > 0 THEN '' WHEN r % 36 = 0 THEN 'poor_fit' ELSE 'no_time' END, false, 'pair-' || r,
      jsonb_build_object('percentile', 0.5 + (r % 50) / 100.0),
      CASE WHEN r % 12 = 0 THEN {matched} + (30 + r % 60) * interval '1 day' END
    FROM generate_series(1, {pairs}) r
    """,
    """
    INSERT INTO relationships_relationshipmember (relationship_id, person_id, enrolment_id, role, joined_at)
    SELECT (n + 1) / 2, n, n, CASE n % 2 WHEN 1 THEN 'mentor' ELSE 'mentee' END, started_at
    FROM generate_series(1, 2 * {pairs}) n JOIN relationships_relationship p ON p.id = (n + 1) / 2
    """,
    """
    INSERT INTO relationships_pause (relationship_id, began_at, ended_at)
    SELECT id, started_at + (10 + 20 * n) * interval '1 day', started_at + (20 + 20 * n) * interval '1 day'
    FROM relationships_relationship, generate_series(0, 1) n WHERE id % 10 = 3
    """,
    """
    INSERT INTO messaging_room (id, institution_id, kind, relationship_id, last_seq, epoch, created_at)
    SELECT r, 1, 'pair', r, 200, gen_random_uuid(), {began} FROM generate_series(1, {pairs}) r
    """,
    # What they agreed and aim at.
    """
    INSERT INTO relationships_agreement (id, relationship_id, version, rhythm_days, reply_hours, channels, expectations,
      reconnect, boundaries, ends_on, updated_at)
    SELECT r, r, 1, (ARRAY[7, 7, 14])[1 + r % 3], 48, '["here", "video"]', CASE WHEN r % 4 > 0 THEN 'Words' ELSE '' END,
      CASE WHEN r % 5 > 0 THEN 'Words' ELSE '' END, '', {began}::date + 280, {began}
    FROM generate_series(1, {pairs}) r
    """,
    """
    INSERT INTO relationships_signature (agreement_id, version, person_id, signed_at)
    SELECT (n + 1) / 2, 1, n, started_at + (1 + random() * 20) * interval '1 day'
    FROM generate_series(1, 2 * {pairs}) n JOIN relationships_relationship p ON p.id = (n + 1) / 2 WHERE n % 20 > 1
    """,
    """
    INSERT INTO relationships_goal (relationship_id, title, why, status, created_at, confirmed_at, attainment, helped)
    SELECT p.id, 'Goal', '', CASE WHEN g = 2 THEN 'closed' ELSE 'active' END, started_at + interval '3 days',
      CASE WHEN p.id % 6 > 0 THEN started_at + interval '5 days' END, CASE WHEN g = 2 THEN p.id % 5 - 2 END, ''
    FROM relationships_relationship p, generate_series(1, 2) g WHERE g = 1 OR p.id % 2 = 0
    """,
    # What passes between them: 20 to 60 messages, six sessions with their ratings, five check-ins of each.
    """
    INSERT INTO messaging_message (room_id, seq, sender_id, cid, body, body_norm, created_at)
    SELECT p.id, k, 2 * p.id - CASE WHEN random() < 0.15 THEN k % 2 ELSE (k + 1) % 2 END,
      ('00000000-0000-4000-8000-' || lpad(to_hex(p.id * 256 + k), 12, '0'))::uuid,
      'How the week went, and what comes next. ' || repeat('A few words more. ', (k * 7 % 9)::int), '',
      started_at + (k - random()) / (20 + p.id * 7919 % 41) * (LEAST(closed_at + interval '9 days', {at}) - started_at)
    FROM relationships_relationship p, generate_series(1, 20 + p.id * 7919 % 41) k
    """,
    """
    INSERT INTO relationships_session (relationship_id, status, provenance, topic, starts_at, minutes, place, link, created_at,
      summary, next_step, technical_fault, sequence, absent_id, confirmed_at, cancelled_at, cancelled_by_id)
    SELECT r, status, (ARRAY['planned', 'planned', 'planned', 'partner_confirmed', 'self_logged'])[1 + (s + r) % 5], '', moment,
      45, (ARRAY['video', 'video', 'phone', 'in_person'])[1 + (s + r) % 4], '', moment, '', '', (s + r) % 17 = 0, 0,
      CASE WHEN status = 'no_show' THEN 2 * r END, moment - interval '2 days',
      CASE WHEN status = 'cancelled' THEN moment - (1 + r % 3) * interval '55 minutes' END,
      CASE WHEN status = 'cancelled' THEN 2 * r END
    FROM (
      SELECT p.id r, s, started_at + (s - random()) / 6 * (COALESCE(closed_at, {at}) - started_at) moment,
        (ARRAY['held', 'held', 'held', 'held', 'held', 'no_show', 'cancelled', 'confirmed'])[1 + (s * 5 + p.id) % 8] status
      FROM relationships_relationship p, generate_series(1, 6) s
    ) planned
    """,
    """
    INSERT INTO relationships_sessionrating (session_id, person_id, stars, rated_at)
    SELECT s.id, 2 * relationship_id - side, 2 + floor(random() * 4), starts_at + interval '2 hours'
    FROM relationships_session s, generate_series(0, 1) side WHERE status = 'held' AND (s.id + side) % 5 > 0
    """,
    """
    INSERT INTO relationships_checkin (relationship_id, person_id, week_on, mood, answered_at)
    SELECT (n + 1) / 2, n, date_trunc('week', moment)::date, 1 + floor(random() * 5), moment
    FROM (SELECT n, {began} + (22 + 7 * w + 5 * random()) * interval '1 day' moment
      FROM generate_series(1, 2 * {pairs}) n, generate_series(1, 13) w WHERE (n + w) % 13 < 5) told
    """,
    """
    INSERT INTO relationships_coordinatortouch (relationship_id, person_id, at, reason)
    SELECT p.id, 2 * p.id - 1, started_at + t * (35 + 20 * random()) * interval '1 day', 'call'
    FROM relationships_relationship p, generate_series(1, 2) t
    """,
    # Of the practical checklist: who offered times, whose file went with a message, whose sessions are in their own calendar.
    """
    UPDATE relationships_session SET proposed_by_id = 2 * relationship_id - id % 2 WHERE id % 3 > 0
    """,
    """
    INSERT INTO messaging_attachment (id, room_id, message_id, uploader_id, name, size, received, sha256, mime_claimed, mime,
      kind, state, reason, small, width, height, seconds, created_at)
    SELECT gen_random_uuid(), room_id, id, sender_id, 'plan.pdf', 1, 1, '', '', '', 'document', 'clean', '', ''::bytea, 0, 0, 0,
      created_at
    FROM messaging_message WHERE id % 40 = 0
    """,
    """
    INSERT INTO relationships_calendarfeed (person_id, token_hash, created_at)
    SELECT n, 'feed-' || n, {began} + interval '20 days' FROM generate_series(1, 2 * {pairs}) n WHERE n % 3 = 0
    """,
    # What people do alone.
    """
    INSERT INTO training_programmemodule (programme_id, module, role, required, due_days)
    SELECT p, module, role, true, 28 FROM generate_series(1, {programmes}) p,
      unnest(ARRAY['first-meeting', 'giving-feedback']) module, unnest(ARRAY['mentor', 'mentee']) role
    """,
    """
    INSERT INTO training_moduleprogress (id, person_id, module, position, started_at, touched_at, finished_at, quiz_before,
      quiz_after)
    SELECT 2 * n - m + 1, n, (ARRAY['first-meeting', 'giving-feedback'])[m], 1, {began}, {began},
      CASE WHEN (n + m) % 5 > 0 THEN {began} + (n * 13 + m * 7) % 40 * interval '1 day' END, (n % 4) / 5.0,
      CASE WHEN (n + m) % 5 > 0 THEN 0.6 + (n % 3) / 10.0 END
    FROM generate_series(1, 2 * {pairs}) n, generate_series(1, 2) m
    """,
    """
    INSERT INTO training_lessonanswer (progress_id, lesson, answer, answered_at)
    SELECT m.id, lesson, '{{}}', {began} + random() * 110 * interval '1 day'
    FROM training_moduleprogress m, unnest(ARRAY['reflect', 'other']) lesson
    """,
    """
    INSERT INTO training_selfrating (progress_id, statement, moment, value, rated_at)
    SELECT id, 'first', 'before', 3, {began} + random() * 60 * interval '1 day' FROM training_moduleprogress
    """,
    """
    INSERT INTO notifications_notification (recipient_id, kind, key, params, url, created_at, read_at)
    SELECT n, 'bench', 'bench:' || n || ':' || k, '{{}}', '', moment,
      CASE WHEN random() < 0.6 THEN moment + random() * interval '120 hours' END
    FROM (SELECT n, k, {began} + (k - random()) * interval '9 days' moment
      FROM generate_series(1, 2 * {pairs}) n, generate_series(1, 12) k) made
    """,
    """
    INSERT INTO notifications_mail (recipient_id, "to", kind, key, subject, body_text, body_html, created_at, sent_at, error)
    SELECT n, 'person-' || n || '@example.org', 'bench', 'bench:' || n || ':' || k, 'News', '', '', moment,
      CASE WHEN (n + k) % 40 > 0 THEN moment END, CASE WHEN (n + k) % 40 = 0 THEN 'refused' ELSE '' END
    FROM (SELECT n, k, {began} + random() * 115 * interval '1 day' moment
      FROM generate_series(1, 2 * {pairs}) n, generate_series(1, 2) k) made
    """,
    """
    INSERT INTO support_connectioncheck (person_id, latency_ms, kbit_per_s, passed, checked_at)
    SELECT n, 80, 2000, n % 9 > 0, {began} + random() * 100 * interval '1 day'
    FROM generate_series(1, 2 * {pairs}) n WHERE n % 5 < 3
    """,
    """
    INSERT INTO support_helprequest (programme_id, person_id, topic, body, status, created_at, first_answer_at, resolved_at)
    SELECT programme_id, e.person_id, 'technical', 'Words', 'resolved', moment, moment + random() * interval '30 hours',
      moment + random() * interval '90 hours'
    FROM (SELECT programme_id, person_id, {began} + random() * 110 * interval '1 day' moment
      FROM planning_enrolment WHERE id % 10 = 0) e
    """,
    # What programmes do, and what people were asked.
    """
    INSERT INTO planning_milestone (programme_id, title_en, title_fa, due_on, met_at)
    SELECT p, 'Milestone', '', {began}::date + 20 * m, CASE WHEN (p + m) % 4 > 0 THEN {began} + 20 * m * interval '1 day' END
    FROM generate_series(1, {programmes}) p, generate_series(1, 5) m
    """,
    """
    INSERT INTO evaluation_alert (relationship_id, level, points, reasons, unknown, settled, version, raised_at,
      needs_look_since, acted_at, looked_at, action, closed_at, outcome)
    SELECT r, 'review', 6, '[{{"code": "silence", "points": 6, "days": 30, "rhythm": 7}}]', '[]', '[]', 2,
      {began} + interval '50 days', {began} + interval '50 days',
      CASE WHEN r % 3 > 0 THEN {began} + interval '53 days' END,
      CASE WHEN r % 3 > 0 THEN {began} + interval '53 days' END, 'note',
      {began} + interval '70 days', 'better_after_action'
    FROM generate_series(1, {pairs}) r WHERE r % 8 = 0
    """,
    """
    INSERT INTO evaluation_wave (id, programme_id, form, number, opens_at)
    SELECT p, p, 'short', 1, {began} + interval '30 days' FROM generate_series(1, {programmes}) p
    """,
    """
    INSERT INTO evaluation_response (id, wave_id, enrolment_id, relationship_id, started_at, submitted_at, position)
    SELECT e.id, programme_id, e.id, (e.id + 1) / 2, moment, moment, 21
    FROM (SELECT id, programme_id, {began} + (31 + random() * 20) * interval '1 day' moment
      FROM planning_enrolment WHERE id % 5 < 3) e
    """,
    """
    INSERT INTO evaluation_answer (response_id, item, value)
    SELECT id, item, 1 + floor(random() * 5) FROM evaluation_response, unnest(ARRAY[{items}]) item
    """,
    # The outcome scale before and after, of three in four mentees; wishes, groups, questions how something is done.
    """
    INSERT INTO evaluation_instrument (id, institution_id, name, version, roles, content, licence_text, licence_confirmed_by,
      licence_confirmed_on, created_at, activated_at)
    VALUES (1, 1, 'outcome', 1, 'mentee', '{{"title": {{"en": "Outcome"}}, "scale": {{"min": 1, "max": 5, "labels": {{}}}},
      "subscales": {{}}, "items": [{{"id": "a", "text": {{"en": "A"}}}}, {{"id": "b", "text": {{"en": "B"}}}},
      {{"id": "c", "text": {{"en": "C"}}}}], "scoring": {{"method": "mean", "min_valid": 2}}, "maps_to": "support.learning"}}',
      'Ours', 'Somebody', {began}::date, {began}, {began})
    """,
    """
    INSERT INTO evaluation_wave (id, programme_id, form, instrument_id, number, opens_at, closes_at)
    SELECT w * {programmes} + p, p, 'own', 1, 1 + w, {began} + (80 * w - 79) * interval '1 day',
      {began} + (80 * w - 69) * interval '1 day'
    FROM generate_series(1, {programmes}) p, generate_series(1, 2) w
    """,
    """
    INSERT INTO evaluation_response (id, wave_id, enrolment_id, started_at, submitted_at, position)
    SELECT 2 * w * {pairs} + e.id, w * {programmes} + programme_id, e.id, moment, moment, 3
    FROM (SELECT id, programme_id, w, {began} + (80 * w - 79 + random() * 9) * interval '1 day' moment
      FROM planning_enrolment, generate_series(1, 2) w WHERE role = 'mentee' AND id % 8 > 0) e
    """,
    """
    INSERT INTO evaluation_answer (response_id, item, value)
    SELECT r.id, item, LEAST(5, 1 + r.enrolment_id % 3 + floor(random() * 3) - 1 * (w.number = 2)::int)
    FROM evaluation_response r JOIN evaluation_wave w ON w.id = r.wave_id, unnest(ARRAY['a', 'b', 'c']) item
    WHERE w.instrument_id = 1
    """,
    """
    INSERT INTO planning_moreanswers (enrolment_id, language_levels, kinds, interests, style, channels, forms, unit, gender,
      wants_gender)
    SELECT id, '{{}}', '{{}}', '[]', '{{}}', '[]', CASE WHEN id % 5 > 0 THEN '["one_to_one"]' ELSE '["circle"]' END::jsonb,
      '', '', '' FROM planning_enrolment WHERE id % 4 > 0
    """,
    """
    INSERT INTO planning_grouplabel (enrolment_id, "group", label)
    SELECT id, 'Where?', (ARRAY['Town', 'Village', 'Abroad'])[1 + id % 3] FROM planning_enrolment
    """,
    """
    INSERT INTO support_helprequest (programme_id, person_id, topic, body, status, created_at)
    SELECT programme_id, person_id, 'how_to', 'Words', 'raised', {began} + (id % 3 / 2 * 60 + random() * 29) * interval '1 day'
    FROM planning_enrolment WHERE id % 15 < 2
    """,
    # What processes counted in four weeks.
    """
    INSERT INTO core_tally (what, owner, day_on, bucket, count)
    SELECT 'health', 0, {at}::date - d, 1, 1438 FROM generate_series(0, 40) d
    UNION ALL SELECT 'pages', 1, {at}::date - d, step, 9000 / (1 + abs(step - 52)) FROM generate_series(0, 40) d,
      generate_series(20, 90) step
    UNION ALL SELECT 'delivered', p, {at}::date - d, within, 1 + 400 * within FROM generate_series(0, 40) d,
      generate_series(1, {programmes}) p, generate_series(0, 1) within
    """,
)

EVENTS = (
    "messaging_message",
    "relationships_session",
    "relationships_sessionrating",
    "relationships_checkin",
    "relationships_coordinatortouch",
    "relationships_signature",
    "relationships_pause",
    "relationships_goal",
    "training_moduleprogress",
    "training_lessonanswer",
    "training_selfrating",
    "notifications_notification",
    "notifications_mail",
    "support_connectioncheck",
    "support_helprequest",
    "evaluation_response",
)


def plant(pairs: int) -> dict[str, int]:
    """Fill an empty, migrated database. Returns how many people, relationships and events there are, and answers besides."""
    given = {
        "began": f"'{BEGAN.isoformat()}'::timestamptz",
        "at": f"'{AT.isoformat()}'::timestamptz",
        "pairs": pairs,
        "programmes": PROGRAMMES,
        "programme_of_r": PROGRAMME_OF.format(r="r", pairs=pairs),
        "programme_of_n": PROGRAMME_OF.format(r="((n + 1) / 2)", pairs=pairs),
        "items": ", ".join(f"'{item.code}'" for item in form_items("short")),
    }
    given["matched"] = MATCHED.format(**given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        for statement in STATEMENTS:
            cursor.execute(statement.format(**given))
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(sql)
        counts = {}
        for table in (*EVENTS, "evaluation_answer"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return {
        "people": 2 * pairs,
        "relationships": pairs,
        "events": sum(counts[table] for table in EVENTS),
        "answers": counts["evaluation_answer"],
    }
