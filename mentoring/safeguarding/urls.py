from django.urls import path

from mentoring.safeguarding.views import apart, readings, reports, words

urlpatterns = [
    path("safety/", apart.safety, name="safety"),
    path("safety/people/<int:pk>/", apart.safety_person, name="safety_person"),
    path("safety/people/<int:pk>/block/", apart.block_make, name="block_make"),
    path("safety/blocks/<int:pk>/lift/", apart.block_lift, name="block_lift"),
    path("safety/relationships/<int:pk>/order/", apart.order_new, name="order_new"),
    path("safety/orders/<int:pk>/lift/", apart.order_lift, name="order_lift"),
    path("safety/messages/<int:pk>/report/", reports.report_message, name="report_message"),
    path("safety/people/<int:pk>/report/", reports.report_person, name="report_person"),
    path("safety/reports/<int:pk>/", reports.report, name="report"),
    path("safety/cases/", reports.cases, name="cases"),
    path("safety/cases/<int:pk>/", reports.case, name="case"),
    path("safety/cases/<int:pk>/evidence/", reports.case_evidence, name="case_evidence"),
    path("safety/evidence/<int:pk>/file/", reports.evidence_file, name="evidence_file"),
    path("safety/relationships/<int:pk>/reading/", readings.reading_ask, name="reading_ask"),
    path("safety/readings/", readings.readings, name="readings"),
    path("safety/readings/<int:pk>/", readings.reading, name="reading"),
    path("safety/readings/<int:pk>/answer/", readings.reading_answer, name="reading_answer"),
    path("safety/readings/<int:pk>/page/", readings.reading_page, name="reading_page"),
    path("safety/readings/<int:pk>/close/", readings.reading_close, name="reading_close"),
    path("safety/readings/<int:pk>/later/", readings.reading_later, name="reading_later"),
    path("safety/readings/<int:pk>/told/", readings.reading_told, name="reading_told"),
    path("programmes/<slug:slug>/safety/rules/", words.word_rules, name="word_rules"),
    path("safety/messages/<int:pk>/hide/", words.message_hide, name="message_hide"),
    path("safety/flags/<int:pk>/", words.flag_read, name="flag_read"),
    path("safety/held/<int:pk>/", words.held_read, name="held_read"),
    path("safety/held/<int:pk>/release/", words.held_release, name="held_release"),
    path("safety/held/<int:pk>/back/", words.held_back, name="held_back"),
    path("programmes/<slug:slug>/safety/", apart.safety_desk, name="safety_desk"),
]
