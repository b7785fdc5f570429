from django.urls import path

from mentoring.matching.views import review, studio

urlpatterns = [
    path("programmes/<slug:slug>/matching/", studio.matching_home, name="matching_home"),
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
]
