"""Who may open which page and do what there: written from the matrix of roles, never from what the code answers.

A page or action that is missing here fails the test; a role that is missing from a row may not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.authorisation.world import (
    ADMIN,
    ANON,
    COORD,
    FAR,
    LEFT,
    MENTEE,
    MENTOR,
    NEAR,
    PEER,
    ROLES,
)  # fmt: skip

Roles = frozenset[str]
ALL: Roles = frozenset(ROLES)
IN: Roles = ALL - {ANON}
NONE: Roles = frozenset()
PAIR: Roles = frozenset({MENTOR, MENTEE})
STAFF: Roles = frozenset({COORD})
MANAGE: Roles = frozenset({COORD, ADMIN})
HOUSE: Roles = frozenset({ADMIN})
COORDINATORS: Roles = frozenset({COORD, NEAR, FAR})
ENROLLED: Roles = PAIR | {PEER, LEFT}


def only(*roles: str) -> Roles:
    return frozenset(roles)


@dataclass(frozen=True)
class Row:
    """`get` and `post`: who may; None where the method is not offered to anybody. `told`: who sees the thing itself and is told
    plainly (403) that this action is not theirs, for everybody else it does not exist (404)."""

    get: Roles | None = None
    post: Roles | None = None
    told: Roles = NONE
    args: Callable[[Any], list[Any]] = lambda it: []
    sent: Callable[[Any], dict[str, Any]] = lambda it: {}
    told_to_read: bool = False  # the refusal holds for looking at the form, too


def read(who: Roles, **more: Any) -> Row:
    return Row(get=who, **more)


def act(who: Roles, **more: Any) -> Row:
    return Row(post=who, **more)


def form(who: Roles, **more: Any) -> Row:
    return Row(get=who, post=who, told_to_read=True, **more)


def slug(it: Any) -> list[Any]:
    return [it.programme.slug]


def draft(it: Any) -> list[Any]:
    return [it.draft.slug]


def house(it: Any) -> list[Any]:
    return [it.house.slug]


def of(name: str, *more: Any) -> Callable[[Any], list[Any]]:
    return lambda it: [getattr(it, name).pk, *more]


def module(*more: Any) -> Callable[[Any], list[Any]]:
    return lambda it: ["first-meeting", *more]


pair, room = of("pair"), of("room")

# Name of the route, and after a colon the case where a route has several.
TABLE: dict[str, Row] = {
    # The doors
    "front": read(ALL),
    "offline": read(ALL),
    "manifest": read(ALL),
    "service_worker": read(ALL),
    "home": read(IN),
    "go": read(IN),
    "developers": read(ALL),
    "about_model": read(ALL),
    "healthz": read(ALL),
    "readyz": read(ALL),
    "style": read(ALL),
    "terms": read(ALL),
    "privacy": read(ALL),
    "language_switch": act(ALL),
    "theme_switch": act(ALL),
    "role_switch": act(IN),
    "demo_sign_in": act(NONE),  # only in the demonstration
    "consent": form(IN),
    "first_run": form(IN),
    "first_run_about": form(IN),
    "invitation": form(ALL, args=lambda it: [it.token]),  # the link is the secret
    # Oneself
    "profile": form(IN),
    "security": read(IN),
    "sign_out_elsewhere": act(IN),
    "my_data": read(IN),
    "my_data_file": act(IN),
    "research_consent": act(IN),
    "erase_me": form(IN),
    "audit": read(IN),
    "inbox": read(IN),
    "notification": read(only(MENTEE), args=of("news")),
    "notification_read": act(only(MENTEE), args=of("news")),
    "notifications_read": act(IN),
    "notification_new": act(only(MENTEE), args=of("news")),
    "notifications_new": act(IN),
    "preferences": form(IN),
    "mail_resume": act(IN),
    "absence_add": act(IN, sent=lambda it: {"from_on": "2090-01-01", "until_on": "2090-01-09"}),
    "absence_remove": act(only(MENTEE), args=of("absence")),
    "device_add": act(IN, sent=lambda it: {"endpoint": "https://push.example.net/a", "p256dh": "none", "auth": "none"}),
    "device_remove": act(only(MENTEE), args=of("device")),
    "mails": read(NONE),  # only in the demonstration
    # The institution
    "institution_people": form(HOUSE, args=house),
    "institution_state": read(HOUSE, args=house),
    "api_keys": form(HOUSE, args=house),
    "institution_audit": read(HOUSE, args=house),
    "belonging_role": act(HOUSE, args=of("belonging")),
    "invitation_withdraw": act(HOUSE, args=of("invitation")),
    "api_key_revoke": act(HOUSE, args=of("api_key")),
    # Programmes
    "programme_list": read(ALL),
    "programme_new": form(COORDINATORS | HOUSE, told=ALL),
    "programme_public": read(ALL, args=slug),
    "programme_public:draft": read(MANAGE, args=draft),
    "programme_settings": form(MANAGE, args=slug),
    "programme_settings:draft": form(MANAGE, args=draft),
    "programme_move": act(MANAGE, args=lambda it: [it.programme.slug, "close"]),
    "programme_move:unknown": act(NONE, args=lambda it: [it.programme.slug, "sell"]),
    "milestone_add": act(MANAGE, args=slug),
    "milestone_meet": act(MANAGE, args=lambda it: [it.programme.slug, it.milestone.pk]),
    "coordinator_add": act(MANAGE, args=slug),
    "coordinator_remove": act(MANAGE, args=lambda it: [it.programme.slug, it.second_coordinator.pk]),
    "concept_suggestions": read(IN),
    "programme_apply:mentee": form(IN, args=lambda it: [it.programme.slug, "mentee"]),
    "programme_apply:mentor": form(IN, args=lambda it: [it.programme.slug, "mentor"]),
    "programme_apply:draft": form(MANAGE, args=lambda it: [it.draft.slug, "mentee"]),
    "training_settings": form(MANAGE, args=slug),
    # Its people
    "programme_people": read(STAFF, args=slug),
    "people_approve": act(STAFF, args=slug, sent=lambda it: {"enrolment": it.applied.pk}),
    "people_invite": form(STAFF, args=slug),
    "import_new": form(STAFF, args=slug),
    "import_map": form(STAFF, args=of("import_")),
    "import_check": form(STAFF, args=of("checked")),
    "import_run": read(STAFF, args=of("import_")),
    "import_run:checked": read(STAFF, args=of("checked")),
    "import_cancel": act(STAFF, args=of("checked")),
    "import_resume": act(STAFF, args=of("checked")),
    "import_bad_rows": read(STAFF, args=of("checked")),
    "enrolment:mentee": read(only(MENTEE, COORD), args=of("mentee")),
    "enrolment:mentor": read(only(MENTOR, COORD), args=of("mentor")),
    "enrolment:left": read(only(LEFT, COORD), args=of("left")),
    "enrolment:peer": read(only(PEER, COORD), args=of("peer")),
    "enrolment_edit": form(only(MENTEE), args=of("mentee")),
    "invitation_again": act(STAFF, args=of("invited")),
    "wishes": read(only(MENTEE), args=of("mentee")),
    "wishes:peer": read(only(PEER), args=of("peer")),
    "wish_step:wish": act(only(PEER), args=lambda it: [it.peer.pk, "wish", it.mentor.pk]),
    "wish_step:raise": act(only(MENTEE), args=lambda it: [it.mentee.pk, "raise_wish", it.mentor.pk]),
    "wish_step:drop": act(only(MENTEE), args=lambda it: [it.mentee.pk, "drop_wish", it.mentor.pk]),
    "wish_step:never": act(only(PEER), args=lambda it: [it.peer.pk, "never", it.mentor.pk]),
    "wish_step:back": act(only(MENTEE), args=lambda it: [it.mentee.pk, "take_back_never", it.mentor.pk]),
    "wish_step:foreign": act(NONE, args=lambda it: [it.peer.pk, "wish", it.far_pair.members.first().enrolment_id]),
    **{
        f"enrolment_step:{verb}": act(
            who,
            told=only(PEER, COORD) - who,
            args=of("peer", verb),
            sent=lambda it: {"reason": "A reason"},
        )
        for verb, who in {
            "approve": STAFF,
            "reject": STAFF,
            "suspend": STAFF,
            "reinstate": STAFF,
            "pause": only(PEER, COORD),
            "resume": only(PEER, COORD),
            "withdraw": only(PEER, COORD),
            "rejoin": only(PEER),
            "register": NONE,
            "apply": NONE,
            "ready": NONE,
            "complete": NONE,
            "deactivate": NONE,
            "mark_training": NONE,
        }.items()
    },
    **{
        f"enrolment_care:{verb}": act(STAFF, args=of("mentee", verb), sent=lambda it, sent=sent: sent)
        for verb, sent in {
            "clear": {},
            "take_back_clearance": {},
            "hold_back": {},
            "let_go": {},
            "name_conflict": {"email": "boss@example.org", "kind": "manager"},
            "drop_conflict": {"conflict": "1"},
        }.items()
    },
    "enrolment_care:delete": act(NONE, args=of("mentee", "delete")),
    "enrolment_step:delete": act(NONE, args=of("peer", "delete")),
    # Matching
    "matching_home": form(STAFF, args=slug),
    "matching_between": read(STAFF, args=slug),
    "matching_place": act(
        STAFF, args=slug, sent=lambda it: {"mentee": it.unmatched.enrolment_id, "mentor": it.free_mentor.pk}
    ),
    "matching_mend": act(
        STAFF, args=slug, sent=lambda it: {"mentee": it.unmatched.enrolment_id, "mentor": it.free_mentor.pk}
    ),
    "matching_take_out": act(STAFF, args=slug),
    "matching_weekly": act(STAFF, args=slug, sent=lambda it: {"on": "1"}),
    "matching_weights": form(STAFF, args=slug),
    "matching_compare": read(STAFF, args=slug),
    "matching_run": read(STAFF, args=of("run")),
    "matching_progress": read(STAFF, args=of("run")),
    "matching_cancel": act(STAFF, args=of("run")),
    "matching_approve_all": act(STAFF, args=of("run")),
    "matching_report": read(STAFF, args=of("run")),
    "matching_letters": form(STAFF, args=slug),
    "matching_solve": act(STAFF, args=of("run")),
    "matching_history": read(STAFF, args=of("run")),
    "matching_undo": act(STAFF, args=lambda it: [it.decision.pk]),
    "matching_publish": form(STAFF, args=of("run")),
    "matching_person": read(STAFF, args=lambda it: [it.run.pk, it.unmatched.enrolment_id]),
    "matching_assign": act(
        STAFF,
        args=lambda it: [it.run.pk, it.unmatched.enrolment_id],
        sent=lambda it: {"mentor": it.match.mentor_id},
    ),
    "matching_pair": read(STAFF, args=of("match")),
    "matching_approve": act(STAFF, args=of("match")),
    "matching_reject": act(STAFF, args=of("match")),
    "matching_lock": act(STAFF, args=of("match")),
    "matching_swap": act(STAFF, args=of("match"), sent=lambda it: {"with": it.second_match.pk}),
    # Requests: the mentee asks, one mentor answers, the coordinator looks; what was not sent is the mentee's alone
    "mentor_directory": read(only(MENTEE, LEFT, PEER), args=slug),
    "mentor_profile": form(only(PEER), args=lambda it: [it.programme.slug, it.free_mentor.pk]),
    "mentor_profile:asked": form(only(PEER), args=lambda it: [it.programme.slug, it.mentor.pk]),
    "mentor_profile:blocked": form(NONE, args=lambda it: [it.programme.slug, it.hidden_mentor.pk]),
    "my_requests": read(only(MENTEE, LEFT, PEER), args=slug),
    "requests_send": act(only(MENTEE, LEFT, PEER), args=slug),
    "request_inbox": read(IN),
    "programme_requests": read(STAFF, args=slug),
    "request": read(only(MENTOR, PEER, COORD), args=of("request")),
    "request:not sent": read(only(PEER), args=of("choice")),
    **{
        f"request_{verb}": act(only(MENTOR), told=only(PEER, COORD), args=of("request"))
        for verb in ("accept", "decline", "ask")
    },
    "request_answer": act(only(PEER), told=only(MENTOR, COORD), args=of("request")),
    "request_withdraw": act(only(PEER), told=only(MENTOR, COORD), args=of("request")),
    "choice_move": act(only(PEER), args=of("choice"), sent=lambda it: {"up": ""}),
    "choice_drop": act(only(PEER), args=of("choice")),
    # The relationship: its members inside, the coordinator on a page of states and counts
    "people": read(IN),
    "relationship": read(PAIR | STAFF, args=pair),
    "check_in": act(PAIR, args=pair, sent=lambda it: {"mood": 4}),
    "agreement": read(PAIR, args=pair),
    "agreement_edit": form(PAIR, args=pair),
    "agreement_sign": act(PAIR, args=pair, sent=lambda it: {"version": 1}),
    "goals": read(PAIR, args=pair),
    "goal_new": form(PAIR, args=pair),
    "goal_confirm": act(only(MENTOR), told=only(MENTEE), args=of("asked_goal")),
    "goal_close": form(PAIR, args=of("goal")),
    "goal_drop": act(PAIR, args=of("goal")),
    "goal_take_up": act(PAIR, args=of("goal")),
    "step_add": act(PAIR, args=of("goal")),
    "step_tick": act(PAIR, args=of("step"), sent=lambda it: {"done": "1"}),
    "step_remove": act(PAIR, args=of("step")),
    "notes": form(PAIR, args=pair),
    "note_edit:private": form(only(MENTOR), args=of("private")),
    "note_edit:shared": form(only(MENTOR), told=only(MENTEE), args=of("shared")),
    "note_edit:programme": form(only(MENTOR), told=only(MENTEE, COORD), args=of("for_all")),
    "note_edit:left": form(NONE, args=of("note_of_left")),
    "note_delete:private": act(only(MENTOR), args=of("private")),
    "note_delete:shared": act(only(MENTOR), told=only(MENTEE), args=of("shared")),
    "note_delete:programme": act(only(MENTOR), told=only(MENTEE, COORD), args=of("for_all")),
    "note_delete:left": act(NONE, args=of("note_of_left")),
    "closing": form(PAIR, args=pair),
    "closing_withdraw": act(PAIR, args=pair),
    "my_sessions": read(IN),
    "sessions": read(PAIR, args=pair),
    "session_propose": form(PAIR, args=pair),
    "session_past": form(PAIR, args=pair),
    "relationship_meet": read(PAIR, args=pair),
    "calls_told": Row(get=NONE, post=NONE, args=lambda it: [*slug(it), "ended"]),  # a server of rooms, by its seal
    "session:coming": read(PAIR, args=of("coming")),
    "session:held": read(PAIR, args=of("held")),
    "session_confirm": act(only(MENTEE), told=only(MENTOR), args=of("offered"), sent=lambda it: {"slot": it.slot.pk}),
    "session_move": form(PAIR, args=of("coming")),
    "session_details": act(PAIR, args=of("coming")),
    "session_cancel": act(PAIR, args=of("coming")),
    "session_log": act(PAIR, args=of("held")),
    "session_vouch": act(only(MENTEE), told=only(MENTOR), args=of("logged"), sent=lambda it: {"took_place": "1"}),
    "session_rate": act(PAIR, args=of("held"), sent=lambda it: {"stars": 3}),
    "session_ics": read(PAIR, args=of("coming")),
    "calendar_settings": read(IN),
    "calendar_renew": act(IN),
    "calendar_stop": act(IN),
    "calendar_feed": read(ALL, args=lambda it: [it.feed_token]),  # the address is the secret
    "relationship_list": read(STAFF, args=slug),
    **{
        f"relationship_{verb}": act(STAFF, told=PAIR, args=pair, sent=lambda it: {"reason": "other"})
        for verb in ("touch", "pause", "resume", "end", "void", "reopen")
    },
    # The conversation: nobody else reads it, coordinators neither
    "rooms": read(IN),
    "rooms_search": read(IN),
    "rooms_saved": read(IN),
    "rooms_mentions": read(IN),
    "room_pinned": read(PAIR, args=room),
    "room_topics": read(PAIR, args=room),
    "topic_name": form(only(MENTEE), told=only(MENTOR), args=of("topic")),
    "topic_turn": act(PAIR, args=of("topic"), sent=lambda it: {"off": "1"}),
    "room": read(PAIR, args=room),
    "programme_announcements": Row(
        get=STAFF, post=STAFF, args=slug, sent=lambda it: {"cid": str(uuid4()), "to": "mentors", "body": "Hello all"}
    ),
    "room_desk": act(only(COORD, MENTEE, MENTOR, PEER), args=of("news_room")),
    "room_later": Row(get=PAIR, post=PAIR, args=room, sent=lambda it: {"body": "Hello", "when": "morning"}),
    "later_change": form(only(MENTEE), args=of("later")),
    "later_drop": act(only(MENTEE), args=of("later")),
    "room_send": act(PAIR, args=room, sent=lambda it: {"body": "Hello"}),
    "file_begin": act(PAIR, args=room, sent=lambda it: {"name": "a.txt", "size": 4}),
    "file": read(PAIR, args=of("file")),
    "file:unsent": read(only(MENTEE), args=of("unsent_file")),
    "file_small": read(PAIR, args=of("file")),
    "file_part": act(only(MENTEE), args=of("unsent_file")),
    "file_drop": act(only(MENTEE), args=of("unsent_file")),
    "room_changes": read(PAIR, args=room),
    "room_ways": form(PAIR, args=room),
    "room_ways_back": act(PAIR, args=room),
    "mail_inbound": act(NONE),  # the mail server, by its secret
    "frame_post": act(IN),  # says and does only what its frame may: test_sockets.py, test_frames.py
    "message_react": act(PAIR, args=of("message"), sent=lambda it: {"on": "thanks"}),
    "message_pin": act(PAIR, args=of("message"), sent=lambda it: {"on": "1"}),
    "message_topic": form(PAIR, args=of("message")),
    "message_save": act(PAIR, args=of("message"), sent=lambda it: {"on": "1"}),
    "message_unread": act(PAIR, args=of("message")),
    "message_read": act(PAIR, args=of("message")),
    "message_edit": form(only(MENTEE), told=only(MENTOR), args=of("message")),
    "message_edit:left": form(NONE, told=PAIR, args=of("message_of_left")),
    "message_delete": act(only(MENTEE), told=only(MENTOR), args=of("message")),
    # Learning: the catalogue is for everybody who is in, answers are one's own
    "growth": read(IN),
    "module": read(IN, args=module()),
    "module_start": act(IN, args=module()),
    "module_before": form(IN, args=module()),
    "module_screen": form(IN, args=module(1)),
    "module_after": form(IN, args=module()),
    "module_done": read(IN, args=module()),
    # Help
    "support": read(IN),
    "support_ask": form(IN),
    "support_desk": read(COORDINATORS),
    "support_request:mentee": form(only(MENTEE, COORD), args=of("help_of_mentee")),
    "support_request:mentor": form(only(MENTOR, COORD), args=of("help_of_mentor")),
    "support_acknowledge": act(STAFF, told=only(MENTEE), args=of("help_of_mentee")),
    "support_resolve": act(only(MENTEE, COORD), args=of("help_of_mentee")),
    "connection_check": form(IN),
    "connection_ping": read(IN),
    "connection_sample": read(IN),
    # Safety: one's own wishes; orders and the desk are the coordinators'
    "safety": read(IN),
    "safety_person": read(PAIR | {LEFT}, args=lambda it: [it.bystander.pk]),
    "block_make": act(PAIR | {LEFT}, args=lambda it: [it.bystander.pk]),
    "block_lift": act(only(MENTEE), told=STAFF, args=of("block")),
    "order_new": form(STAFF, args=pair),
    "order_lift": act(STAFF, args=of("order")),
    "report_message": form(only(MENTOR), args=of("message"), sent=lambda it: {"reason": "hurt"}),
    "report_person": form(PAIR | {LEFT}, args=lambda it: [it.bystander.pk]),
    "report": read(only(MENTEE), args=of("report")),
    "cases": read(COORDINATORS | HOUSE),
    "case": form(STAFF, args=of("report")),
    "case:about a coordinator": form(HOUSE, args=of("above")),
    "case_evidence": act(STAFF, args=of("report")),
    "evidence_file": act(STAFF, args=of("kept_file")),
    "reading_ask": form(STAFF, args=of("quiet")),
    "reading_ask:too near": form(NONE, told=STAFF, args=pair),
    "readings": read(COORDINATORS | HOUSE),
    "reading:asked": read(MANAGE, args=of("asked_reading")),
    "reading:open": read(MANAGE, args=of("open_reading")),
    "reading:near": read(HOUSE, args=of("told_reading")),
    "reading_answer": act(HOUSE, told=STAFF, args=of("asked_reading"), sent=lambda it: {"agrees": "yes"}),
    "reading_page": act(STAFF, told=HOUSE, args=of("open_reading")),
    "reading_close": act(STAFF, told=HOUSE, args=of("open_reading")),
    "reading_later": act(HOUSE, told=STAFF, args=of("open_reading"), sent=lambda it: {"days": 5, "why": "So"}),
    "reading_told": read(PAIR, args=of("told_reading")),
    "word_rules": form(MANAGE, args=slug),
    "message_hide:found by a rule": form(STAFF, args=of("message"), sent=lambda it: {"reason": "hurts"}),
    "message_hide:kept for a report": form(STAFF, args=of("answer"), sent=lambda it: {"reason": "hurts"}),
    "flag_read": act(STAFF, args=of("flag")),
    "flag_settle": act(STAFF, args=of("flag")),
    "held_read": act(STAFF, args=of("held_words")),
    "held_release": act(STAFF, args=of("held_words")),
    "held_back": act(STAFF, args=of("held_words")),
    "safety_desk": read(STAFF, args=slug),
    # What came of it
    "health": read(MANAGE, args=slug),
    "health_recompute": act(STAFF, told=HOUSE, args=slug),
    "indicators": read(MANAGE, args=slug),
    "indicator_anchors": form(STAFF, told=HOUSE, args=lambda it: [it.programme.slug, "RC1"]),
    "risk": read(MANAGE, args=slug),
    "risk_points": form(STAFF, told=HOUSE, args=slug),
    "actions": read(MANAGE, args=slug),
    "component_actions": Row(get=MANAGE, post=STAFF, told=HOUSE, args=lambda it: [it.programme.slug, "tools.email"]),
    "action": read(MANAGE, args=of("action")),
    "action_done": act(STAFF, told=HOUSE, args=of("action")),
    "action_drop": act(STAFF, told=HOUSE, args=of("action"), sent=lambda it: {"reason": "Not now"}),
    "programme_reports": form(MANAGE, args=slug),
    "programme_report": read(MANAGE, args=of("paper")),
    "programme_report_pdf": read(MANAGE, args=of("paper")),
    "research": form(MANAGE, args=slug),
    "research_file": read(MANAGE, args=of("export")),
    "studies": form(MANAGE, args=slug),
    "study": form(MANAGE, args=of("study")),
    "study:draft": form(MANAGE, args=of("draft_study")),
    "study_lock": act(MANAGE, args=of("draft_study")),
    "study_compute": act(MANAGE, args=of("study")),
    "study_amend": act(MANAGE, args=of("study")),
    "study_plan": read(MANAGE, args=of("study")),
    "certificates": read(IN),
    "certificate_make": act(only(MENTEE), args=of("mentee")),
    "certificate_pdf": read(only(MENTEE), args=of("certificate", "en")),
    "certificate": read(ALL, args=lambda it: [it.certificate.code]),  # the link is the secret
    "waves": form(STAFF, told=HOUSE, args=slug),
    "wave_plan": form(STAFF, told=HOUSE, args=slug),
    "own_figures": read(MANAGE, args=slug),
    "quality": read(MANAGE, args=slug),
    "codings": form(MANAGE, args=slug, sent=lambda it: {"wave": it.own_wave.pk, "item": "c1"}),
    "coding": read(MANAGE, args=of("coding")),
    "coding_codes": form(MANAGE, args=of("coding")),
    "coding_join": act(MANAGE, args=of("coding")),
    "coding_done": act(STAFF, told=HOUSE, args=of("coding")),
    "coding_show": act(STAFF, told=HOUSE, args=of("coding")),
    "coding_answer": form(NONE, args=of("coding", 1)),  # fewer than ten have written: nobody reads
    "coding_agree": form(NONE, args=of("coding", 1)),  # the two have not finished
    "coding_file": read(NONE, args=of("coding")),
    "instruments": form(MANAGE | {NEAR}, args=house),
    "instrument_new": form(MANAGE | {NEAR}, args=house),
    "instrument": read(MANAGE | {NEAR}, args=of("instrument")),
    "instrument_file": read(MANAGE | {NEAR}, args=of("instrument")),
    "instrument_settings": form(MANAGE | {NEAR}, args=of("own_draft")),
    "instrument_question_new": form(MANAGE | {NEAR}, args=of("own_draft")),
    "instrument_question": form(MANAGE | {NEAR}, args=of("own_draft", "a1")),
    "instrument_arrange": act(MANAGE | {NEAR}, args=of("own_draft", "a1")),
    "instrument_activate": form(MANAGE | {NEAR}, args=of("own_draft")),
    "instrument_version": act(MANAGE | {NEAR}, args=of("instrument")),
    "instrument_away": act(MANAGE | {NEAR}, args=of("own_draft")),
    "survey:own": read(PAIR | {PEER}, args=of("own_wave")),
    "survey_section:own": form(PAIR, args=lambda it: [it.own_wave.pk, f"r{it.pair.pk}", 1]),
    "wave_close": act(STAFF, told=ENROLLED, args=of("wave")),
    "pulse": read(IN),
    "my_scores": read(IN),
    "survey": read(PAIR | {PEER}, args=of("wave")),
    "survey_section:pair": form(PAIR, args=lambda it: [it.wave.pk, f"r{it.pair.pk}", 1]),
    "survey_section:alone": form(only(PEER), args=lambda it: [it.wave.pk, f"e{it.peer.pk}", 1]),
    "survey_result:mentee": read(only(MENTEE), args=of("response_of_mentee")),
    "survey_result:mentor": read(only(MENTOR), args=of("response_of_mentor")),
    "alert": form(STAFF, args=of("alert")),
    "alert_done": act(STAFF, args=of("alert")),
    "alert_give": act(STAFF, args=of("alert"), sent=lambda it: {"nobody": "1"}),
    "contact": read(MANAGE, args=slug),
    "figures_file": read(MANAGE, args=lambda it: [it.programme.slug, "health"]),
    "figures_file:contact": read(
        STAFF, told=only(ADMIN), told_to_read=True, args=lambda it: [it.programme.slug, "contact"]
    ),
    "alerts": read(STAFF, told=only(ADMIN), told_to_read=True, args=slug),
    "alert_snooze": act(STAFF, args=of("alert"), sent=lambda it: {"why": "away"}),
}


def may(row: Row, method: str) -> Roles | None:
    return row.get if method == "GET" else row.post
