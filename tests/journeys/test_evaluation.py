"""What evaluation is for, in the browser: an action and what came of it, a study from its plan to its results, a certificate."""

import pytest
from playwright.sync_api import expect

from tests.journeys.flows import RUNNING_PROGRAMME, fill_section, until
from tests.journeys.platform import PEOPLE, follow

LAST_YEAR = "first-semester-last-year"
WINDOW_IS_OVER = """
from django.utils import timezone
from evaluation.models import Action
today = timezone.localdate()
Action.objects.filter(after_on=None, done_on__isnull=False).update(done_on=today, read_again_on=today)
"""
"""Today where scores are computed: in the evening it is tomorrow already where the coordinator is."""


def test_an_action_is_taken_up_done_and_read_again_after_its_window(visitor, site):
    coordinator = visitor(width=390)
    coordinator.sign_in(PEOPLE["fa"]["coordinator"])
    page = coordinator.page
    page.goto(f"/programmes/{RUNNING_PROGRAMME}/actions/support.satisfaction/")
    page.locator("details.take summary").first.click()
    follow(page.locator("details.take button.primary").first)
    action = page.url
    follow(page.locator(".page-head form[action$='/done/'] button"))
    site.manage("shell", "--verbosity=0", "-c", WINDOW_IS_OVER)

    page.goto(f"/programmes/{RUNNING_PROGRAMME}/health/")
    page.locator("#attention details.menu > summary").first.click()
    coordinator.check(axe=False)
    follow(page.locator("form[action$='/recompute/'] button"))
    until(page, lambda: page.goto(action) is not None and page.locator("main .chip.good").count() == 1)
    coordinator.check()
    expect(page.locator(".facts .number, .facts dd .why")).not_to_have_count(0)


def test_a_study_goes_from_its_plan_to_its_results(visitor):
    coordinator = visitor()
    coordinator.sign_in(PEOPLE["en"]["coordinator"])
    page = coordinator.page
    page.goto(f"/programmes/{LAST_YEAR}/studies/")
    page.locator("input[name=kind][value=pre_post]").check()
    page.locator("input[name=title]").fill("Is technology less of a worry?")
    follow(page.locator("main form button.primary"))
    page.locator("textarea[name=hypotheses]").fill("It is, at the end.")
    page.locator("select[name=primary]").select_option("skills")
    coordinator.check()
    follow(page.locator("main form button.primary"))
    coordinator.check()
    follow(page.locator("form[action$='/lock/'] button"))
    follow(page.locator("form[action$='/results/'] button"))
    until(page, lambda: page.reload() is not None and page.get_by_text("95% interval").count() > 0)
    coordinator.check()
    expect(page.locator("main")).to_contain_text("Planned, primary")
    expect(page.locator("main")).to_contain_text("g = ")


@pytest.mark.once
def test_a_mentor_makes_a_certificate_and_whoever_has_its_link_sees_that_it_is_valid(visitor):
    arman, stranger = visitor(width=390), visitor(width=390, dark=True)
    arman.sign_in(PEOPLE["fa"]["mentor"])
    page = arman.go("/certificates/")
    follow(page.locator("form[action$='/make/'] button").first)
    arman.check()
    link = page.locator("main code, main input[readonly]").first.inner_text()

    stranger.speak("fa")
    stranger.go(link)
    expect(stranger.page.locator("h1")).to_have_text("این گواهی معتبر است")
    expect(stranger.page.locator("main")).to_contain_text("آرمان رضایی")


@pytest.mark.once
def test_on_a_phone_a_questionnaire_is_built_licensed_asked_and_answered(visitor):
    leila, sara = visitor(width=390), visitor(width=390)
    leila.sign_in(PEOPLE["en"]["coordinator"])
    page = leila.page
    page.goto("/institution/simorgh/questionnaires/new/")
    page.locator("input[name=instrument]").fill("one-question")
    page.locator("input[name=title_en]").fill("One question to mentors")
    page.locator("textarea[name=licence_text]").fill("Written here.")
    page.locator("textarea[name=labels_en]").fill("never\nalways")
    follow(page.locator("main form button.primary"))
    built = page.url
    page.goto(f"{built}question/")
    page.locator("textarea[name=text_en]").fill("I know what to do next.")
    page.locator("input[name=new_en]").fill("Clear next steps")
    page.locator("details:has([name=roles]) > summary").click()
    page.locator("input[name=roles][value=mentor]").check()
    leila.check()
    follow(page.locator("main form button.primary"))
    leila.check()
    page.goto(f"{built}activate/")
    page.locator("input[name=name]").fill("Leila Ahmadi")
    page.locator("input[name=agreed]").check()
    follow(page.locator("main form button.primary"))

    page.goto(f"/programmes/{RUNNING_PROGRAMME}/waves/")
    page.get_by_label("One question to mentors").check()
    follow(page.locator("main form:has(input[name=form]) button.primary"))
    closing = page.locator("li:has-text('One question to mentors') form").first.get_attribute("action")
    sara.sign_in(PEOPLE["en"]["mentor"])
    sara.go(closing.replace("/waves/", "/surveys/").replace("close/", ""))
    follow(sara.page.locator("a.primary[href^='/surveys/']").first)
    fill_section(sara)
    expect(sara.page.locator("main")).to_contain_text("4.0 on 1–5")

    page.reload()  # nothing is left open for the other journeys
    follow(page.locator(f"form[action='{closing}'] button"))
