from django.urls import path

from mentoring.matching.views import requests, review, studio

urlpatterns = [
    path("programmes/<slug:slug>/matching/", studio.matching_home, name="matching_home"),
    path("programmes/<slug:slug>/matching/compare/", studio.matching_compare, name="matching_compare"),
    path("matching/<int:pk>/", studio.matching_run, name="matching_run"),
    path("matching/<int:pk>/progress/", studio.matching_progress, name="matching_progress"),
    path("matching/<int:pk>/cancel/", studio.matching_cancel, name="matching_cancel"),
    path("matching/<int:pk>/approve/", review.matching_approve_all, name="matching_approve_all"),
    path("matching/<int:pk>/publish/", studio.matching_publish, name="matching_publish"),
    path("matching/<int:pk>/people/<int:enrolment>/", review.matching_person, name="matching_person"),
    path("matching/<int:pk>/people/<int:enrolment>/assign/", review.matching_assign, name="matching_assign"),
    path("matching/pairs/<int:pk>/", review.matching_pair, name="matching_pair"),
    path("matching/pairs/<int:pk>/approve/", review.matching_approve, name="matching_approve"),
    path("matching/pairs/<int:pk>/reject/", review.matching_reject, name="matching_reject"),
    path("matching/pairs/<int:pk>/lock/", review.matching_lock, name="matching_lock"),
    path("matching/pairs/<int:pk>/swap/", review.matching_swap, name="matching_swap"),
    path("programmes/<slug:slug>/mentors/", requests.mentor_directory, name="mentor_directory"),
    path("programmes/<slug:slug>/mentors/<int:pk>/", requests.mentor_profile, name="mentor_profile"),
    path("programmes/<slug:slug>/my-requests/", requests.my_requests, name="my_requests"),
    path("programmes/<slug:slug>/my-requests/send/", requests.requests_send, name="requests_send"),
    path("programmes/<slug:slug>/requests/", requests.programme_requests, name="programme_requests"),
    path("requests/", requests.request_inbox, name="request_inbox"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/accept/", requests.request_accept, name="request_accept"),
    path("requests/<int:pk>/decline/", requests.request_decline, name="request_decline"),
    path("requests/<int:pk>/ask/", requests.request_ask, name="request_ask"),
    path("requests/<int:pk>/answer/", requests.request_answer, name="request_answer"),
    path("requests/<int:pk>/withdraw/", requests.request_withdraw, name="request_withdraw"),
    path("requests/<int:pk>/move/", requests.choice_move, name="choice_move"),
    path("requests/<int:pk>/drop/", requests.choice_drop, name="choice_drop"),
]
