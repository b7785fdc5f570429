"""Two real browsers in one conversation, one of which loses its connection in the middle of a word."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from core.browser import chromium
from tests.authorisation.world import PICTURE
from tests.factories import RelationshipFactory, RoomFactory
from tests.journeys.flows import until
from tests.journeys.platform import PATIENCE
from tests.messaging.server import Server

CHROMIUM = chromium()
WRITE = "#compose-body"
CONVERSATIONS = 40
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")  # microphones and cameras that are none
UNSENT = """async () => {
  const { Shelf } = await import("/static/js/shelf.js");
  return new Shelf(`outbox:${document.querySelector("[data-talk]").dataset.me}`).all();
}"""
expect.set_options(timeout=PATIENCE)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


@pytest.fixture(scope="module")
def conversations(django_db_setup, django_db_blocker, tmp_path_factory):
    """A running server on a database of its own, and conversations in it that nobody has used."""
    with django_db_blocker.unblock():
        rooms = [RoomFactory() for _n in range(CONVERSATIONS)]
        mentor = rooms[0].relationship.members.get(role="mentor").enrolment
        rooms.insert(1, RoomFactory(relationship=RelationshipFactory(mentor=mentor)))
        found = [(room.get_absolute_url(), [signed_in(each) for each in room.members.order_by("pk")]) for room in rooms]
        server = Server(tmp_path_factory.mktemp("server"), None)
        call_command("flush", verbosity=0, interactive=False)
    server.start()
    yield f"http://127.0.0.1:{server.port}", iter(found)
    server.kill()


@pytest.fixture(scope="module")
def browser(conversations):
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv(
            "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
        )  # the loop of the browser stands still while the database is asked
        launched = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *FAKE])
        yield launched
        launched.close()


def signed_in(member):
    client = Client()
    client.force_login(member.person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@pytest.fixture
def site(browser, conversations):
    """The address of the server, that of a conversation, and the session of each of its two. They leave after the test: a
    conversation that stays open asks and is told until the last test of them all."""
    address, unused = conversations
    path, cookies = next(unused)
    yield address, path, cookies
    for context in browser.contexts:
        context.close()


def test_what_is_said_in_another_conversation_is_seen_in_the_list_at_once(browser, conversations):
    """The first of them all: one mentor has the first two conversations."""
    address, unused = conversations
    (first, [mentor, _one]), (second, [_mentor, other]) = next(unused), next(unused)
    faults: list[str] = []
    beside = opened(browser, address, first, mentor, faults, width=1280)
    alone = opened(browser, address, reverse("rooms"), mentor, faults)
    theirs = opened(browser, address, second, other, faults)
    rows = ".thread-list [data-room] a"
    say(theirs, "Are you there?")
    for page in (beside, alone):
        row = page.locator(f"{rows}[href^='{second}']")
        expect(row.locator(".snippet")).to_have_text("Are you there?")
        expect(row.locator(".count")).to_have_text("1")
        expect(page.locator(rows)).to_have_count(2)
        expect(page.locator(".rail-nav a[href='/rooms/'] .count")).to_have_text("1")
    assert beside.locator(rows).first.get_attribute("href").startswith(second)
    expect(beside.locator(f"{rows}[aria-current]")).to_have_count(1)

    say(beside, "Here")
    expect(beside.locator(".say")).to_have_count(1)
    expect(beside.locator(f"{rows}[aria-current] .snippet")).to_have_text("You: Here")
    expect(alone.locator(f"{rows}[href^='{first}'] .snippet")).to_have_text("You: Here")
    assert faults == []


def test_of_two_answers_about_the_list_the_later_question_counts(browser, conversations, site):
    (address, path, cookies), faults = site, []
    alone = opened(browser, address, reverse("rooms"), cookies[0], faults)
    theirs = opened(browser, address, path, cookies[1], faults)
    listening(theirs)
    held, snippet = [], alone.locator(f".thread-list a[href^='{path}'] .snippet")
    alone.route("**/rooms/", lambda way: held.append((way, way.fetch())))
    for words in ("First", "Second"):
        say(theirs, words)
        until(alone, lambda words=words: held and words in held[-1][1].text())
    for way, answer in reversed(held):
        with alone.expect_event("requestfinished"):
            way.fulfill(response=answer)
    alone.wait_for_timeout(100)
    expect(snippet).to_have_text("Second")
    assert faults == []


def test_words_written_offline_arrive_once_and_in_order_after_what_was_missed(browser, site):
    address, path, cookies = site
    faults = []
    pages = ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]

    say(ours, "سلام!")
    expect(theirs.locator(".say .body")).to_have_text(["سلام!"])
    expect(ours.locator(".say .state")).to_have_text(["· read"])

    ours.context.set_offline(True)
    ours.evaluate("dispatchEvent(new Event('offline'))")
    expect(ours.locator("[data-offline]")).to_be_visible()
    say(theirs, "Are you there?")
    expect(theirs.locator(".say:not(.waiting)")).to_have_count(2)
    say(ours, "One moment")
    say(ours, "I am in a tunnel")
    expect(ours.locator(".say.waiting")).to_have_count(2)
    ours.context.set_offline(False)
    ours.evaluate("dispatchEvent(new Event('online'))")

    order = ["سلام!", "Are you there?", "One moment", "I am in a tunnel"]
    for page in pages:
        expect(page.locator(".say .body")).to_have_text(order)
    expect(ours.locator(".say.waiting")).to_have_count(0)
    assert ours.evaluate(UNSENT) == []
    assert faults == []


def test_a_page_is_not_left_unasked_before_what_was_written_is_stored(browser, site):
    address, path, cookies = site
    page = opened(browser, address, path, cookies[0], [])
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.evaluate("IDBDatabase.prototype.transaction = () => ({objectStore: () => ({put() {}, delete() {}})})")
    say(page, "Just before the door")
    page.close(run_before_unload=True)
    until(page, lambda: asked == ["beforeunload"])
    expect(page.locator(".say .body")).to_have_text("Just before the door")


def test_what_came_live_is_marked_as_unread_and_one_click_leads_back_to_it(browser, site):
    address, path, cookies = site
    faults = []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    for number in range(9):
        say(ours, f"Words {number}")
    expect(ours.locator(".say .state").last).to_have_text("· read")

    theirs.locator("[data-seq='2'] summary").click()
    theirs.locator("[data-seq='2'] [data-does=unread]").click()
    expect(theirs.locator(".thread-list .count")).to_have_text("8")
    theirs.goto(address + path)
    expect(theirs.locator("[data-seq='9']")).to_be_in_viewport()
    theirs.locator("[data-first]").click()

    expect(theirs.locator("#unread + [data-seq='2']")).to_be_in_viewport()
    expect(theirs.locator("[data-first]")).to_have_count(0)
    expect(ours.locator(".say .state").last).to_have_text("· read")
    assert faults == []


def test_a_message_that_came_with_the_page_can_do_what_one_said_just_now_can(browser, site):
    address, path, cookies = site
    faults = []
    pages = ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    say(ours, "Hello")
    expect(theirs.locator(".say .body")).to_have_text("Hello")
    live = [what_it_can(page) for page in pages]
    for page in pages:
        page.reload()

    assert [what_it_can(page) for page in pages] == live
    assert {"reply", "pin", "save", "edit"} <= {does for does, *_ in live[0]}
    theirs.get_by_role("button", name="Thank you").click()
    expect(ours.locator(".sign")).to_have_attribute("aria-pressed", "false")
    for page in pages:
        number = page.locator(".say").get_attribute("data-id")
        assert f"/{number}/" in page.locator(".sign").get_attribute("formaction")
    ours.get_by_role("button", name="Pin it for everybody here").click()
    expect(theirs.locator("[data-pinned]")).to_be_visible()
    theirs.reload()
    theirs.locator(".say summary").click()
    expect(theirs.get_by_role("button", name="Unpin it")).to_be_visible()
    assert faults == []


def test_earlier_messages_come_to_stand_above_and_can_do_the_same(browser, site):
    address, path, cookies = site
    faults = []
    ours = opened(browser, address, path, cookies[0], faults)
    for number in range(52):
        say(ours, f"Words {number}")
    expect(ours.locator(".say")).to_have_count(52)
    expect(ours.locator(".say.waiting")).to_have_count(0)
    ours.reload()
    expect(ours.locator(".say")).to_have_count(50)

    ours.locator("[data-older]").click()

    expect(ours.locator(".say")).to_have_count(52)
    expect(ours.locator(".say .body").first).to_have_text("Words 0")
    expect(ours.locator("[data-older]")).to_have_count(0)
    ours.locator("[data-seq='1'] summary").click()
    ours.locator("[data-seq='1'] [data-does=save]").click()
    expect(ours.locator("[data-seq='1'] [data-kept]")).to_be_visible()
    assert faults == []


def what_it_can(page):
    """What the menu of the only message offers, and where each leads."""
    page.locator(".say summary").click()
    expect(page.locator(".say [data-does=save]")).to_be_visible()
    return page.locator(".say .menu-panel [data-does]:not([hidden])").evaluate_all(
        "all => all.map(each => [each.dataset.does, each.href ?? each.formAction, each.name, each.textContent.trim()])"
    )


def test_last_words_are_changed_signed_and_taken_back_where_they_stand(browser, site):
    address, path, cookies = site
    faults = []
    pages = ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    say(ours, "Helo")
    expect(theirs.locator(".say .body")).to_have_text(["Helo"])
    expect(ours.locator(".say[data-id]")).to_have_count(1)

    ours.fill(WRITE, "")
    ours.press(WRITE, "ArrowUp")
    expect(ours.locator(WRITE)).to_have_value("Helo")
    ours.press(WRITE, "Escape")
    expect(ours.locator(WRITE)).to_have_value("")
    ours.press(WRITE, "ArrowUp")
    say(ours, "Hello")
    for page in pages:
        expect(page.locator(".say .body")).to_have_text(["Hello"])
        expect(page.locator(".say .edited")).to_be_visible()

    theirs.locator(".say summary").click()
    theirs.get_by_role("button", name="Thank you").click()
    expect(ours.locator(".sign")).to_have_attribute("aria-pressed", "false")
    ours.locator(".sign").click()
    for page in pages:
        expect(page.locator(".sign [aria-hidden=true]:not(svg)")).to_have_text("2")
        expect(page.locator(".sign")).to_have_attribute("aria-pressed", "true")

    theirs.locator(".say summary").click()
    theirs.get_by_role("button", name="Pin it for everybody here").click()
    expect(ours.locator(".talk-pins:not(.talk-topics) .snippet")).to_have_text("Hello")
    theirs.locator(".say summary").click()
    theirs.get_by_role("button", name="Keep it for me").click()
    expect(theirs.locator("[data-kept]")).to_be_visible()
    expect(theirs.locator(".say summary")).to_be_focused()
    theirs.locator(".toast", has_text="Kept for you").get_by_role("button", name="Undo").click()
    expect(theirs.locator("[data-kept]")).to_be_hidden()
    expect(theirs.locator(".say summary")).to_be_focused()
    ours.press(WRITE, "ArrowUp")
    say(ours, "Hello!")
    for page in pages:
        expect(page.locator(".talk-pins:not(.talk-topics) .snippet")).to_have_text("Hello!")

    ours.press(WRITE, "ArrowUp")
    ours.locator("[data-delete]").click()
    ours.get_by_role("button", name="Not now").click()
    ours.locator("[data-delete]").click()
    delete = ours.get_by_role("button", name="Delete the message")
    assert delete.is_enabled()
    delete.click()
    for page in pages:
        expect(page.locator(".say.gone")).to_have_count(1)
        expect(page.locator(".sign")).to_have_count(0)
        expect(page.locator(".talk-pins:not(.talk-topics)")).to_be_hidden()
    assert faults == []


NO_SOCKETS = """
window.Socket = WebSocket;
window.WebSocket = Object.assign(class {
  constructor() { this.readyState = 3; setTimeout(() => this.onclose({ code: 1006 })); }
  close() {}
}, { OPEN: 1, CLOSING: 2 });
"""


COUNTED = """
window.most = 0; // questions for news that waited at once
let asking = 0;
const ask = fetch;
window.fetch = (url, ...more) => {
  if (!`${url}`.startsWith("/rooms/changes")) return ask(url, ...more);
  asking += 1;
  most = Math.max(most, asking);
  return ask(url, ...more).finally(() => (asking -= 1));
};
"""


def test_where_no_socket_gets_through_words_come_and_go_all_the_same(browser, site):
    address, path, cookies = site
    faults = []
    ours = opened(browser, address, path, cookies[0], faults)
    ours.context.add_init_script(NO_SOCKETS)
    ours.reload()
    theirs = opened(browser, address, path, cookies[1], faults)
    lost, heard = [], []
    ours.route("**/messages", lambda route: route.continue_() if heard else lost.append(route) or route.abort())

    say(ours, "Behind a wall")
    until(ours, lambda: lost)
    say(theirs, "I hear you")
    expect(ours.locator(".say:not(.mine) .body")).to_have_text(["I hear you"])
    heard.append(True)
    expect(theirs.locator(".say.mine .state")).to_have_text("· read")
    expect(theirs.locator(".say .body")).to_have_text(["I hear you", "Behind a wall"])
    expect(ours.locator(".say .body")).to_have_text(["I hear you", "Behind a wall"])
    expect(ours.locator(".say.waiting")).to_have_count(0)

    expect(ours.locator(".say.mine[data-id]")).to_have_count(1)
    theirs.close()
    ours.unroute("**/messages")
    ours.route("**/messages", lambda route: route.fetch() and route.abort())  # done, but the answer is lost
    ours.press(WRITE, "ArrowUp")
    say(ours, "Behind a hill")
    expect(ours.locator(".say .edited").last).to_be_visible()
    assert "saving" not in ours.locator(".say.mine .state").text_content()
    ours.unroute_all(behavior="wait")  # it tries again until it hears
    assert faults == []


def test_where_no_socket_gets_through_one_question_waits_at_a_time_and_a_finished_draft_stays_away(browser, site):
    address, path, cookies = site
    faults = []
    ours, again = [opened(browser, address, path, cookies[0], faults) for _n in range(2)]
    listening(again)
    ours.fill(WRITE, "Half a word")
    expect(again.locator(WRITE)).to_have_value("Half a word")
    ours.context.add_init_script(NO_SOCKETS + COUNTED)
    ours.reload()
    expect(ours.locator(WRITE)).to_have_value("Half a word")
    ours.fill(WRITE, "Half a word more")
    expect(again.locator(WRITE)).to_have_value("Half a word more")

    under_way, is_draft = [], lambda request: '"dr"' in (request.post_data or "")
    ours.route("**/messages", lambda way: under_way.append(way) if is_draft(way.request) else way.continue_())
    ours.fill(WRITE, "Half a word more, and one")
    until(ours, lambda: under_way)
    ours.fill(WRITE, "")
    ours.wait_for_timeout(100)
    assert [way.request.post_data_json["b"] for way in under_way] == [
        "Half a word more, and one"
    ]  # a second might overtake it
    under_way.pop().continue_()
    until(ours, lambda: under_way)
    assert under_way.pop().request.post_data_json["b"] == ""  # and never arrives
    ours.unroute_all()
    ours.reload()
    expect(ours.locator(WRITE)).to_have_value("")

    until(ours, lambda: ours.evaluate("most"))
    for _n in range(4):
        ours.evaluate("document.dispatchEvent(new Event('visibilitychange')); new Promise((go) => setTimeout(go, 50))")
    assert ours.evaluate("most") == 1
    assert faults == []


def test_a_draft_whose_way_failed_while_the_socket_opened_goes_over_the_socket(browser, site):
    address, path, cookies = site
    faults = []
    again, ours = [opened(browser, address, path, cookies[0], faults) for _n in range(2)]
    ours.context.add_init_script(NO_SOCKETS)
    under_way, heard = [], []
    ours.route("**/messages", lambda way: under_way.append(way))
    ours.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(frame)))
    ours.reload()
    ours.fill(WRITE, "Half a word")
    until(ours, lambda: under_way)
    ours.evaluate("window.WebSocket = window.Socket; document.dispatchEvent(new Event('visibilitychange'))")
    until(ours, lambda: heard)
    expect(again.locator(WRITE)).to_have_value("")
    under_way.pop().abort()

    expect(again.locator(WRITE)).to_have_value("Half a word")
    assert under_way == []
    assert faults == []


def test_a_page_that_was_asked_for_before_a_draft_was_finished_does_not_bring_it_back(browser, site):
    (address, path, cookies), faults = site, []
    ours = opened(browser, address, path, cookies[0], faults)
    ours.context.add_init_script(NO_SOCKETS)
    ours.reload()
    ours.fill(WRITE, "Half a word")
    with ours.expect_response("**/messages"):
        pass

    def slowly(way):
        page = way.fetch()
        assert "Half a word</textarea>" in page.text()
        with ours.expect_response("**/messages"):
            finished.pop().continue_()
        way.fulfill(response=page)

    finished = []
    ours.route("**/messages", lambda way: finished.append(way))
    ours.fill(WRITE, "")
    until(ours, lambda: finished)
    ours.route(f"**{path}", slowly)
    ours.reload()
    expect(ours.locator(WRITE)).to_have_value("")
    ours.unroute_all()
    ours.reload()
    expect(ours.locator(WRITE)).to_have_value("")
    assert faults == []


def test_words_for_the_morning_do_not_stay_behind_as_a_draft(browser, site):
    (address, path, cookies), faults = site, []
    ours = opened(browser, address, path, cookies[0], faults)

    def let_wait():
        with ours.expect_navigation():
            ours.evaluate("document.querySelector('[name=when][value=morning]').click()")
        expect(ours.locator(WRITE)).to_have_value("")
        ours.reload()
        expect(ours.locator(WRITE)).to_have_value("")

    ours.fill(WRITE, "Half a thought")
    let_wait()
    ours.context.add_init_script(NO_SOCKETS)
    ours.route("**/messages", lambda way: way.abort())
    ours.reload()
    ours.fill(WRITE, "The other half")
    until(ours, lambda: "The other half" in ours.evaluate("Object.values(localStorage).join()"))
    let_wait()

    saved = []
    ours.unroute_all()
    ours.route("**/messages", lambda way: saved.append((way, way.fetch())))
    ours.fill(WRITE, "And one more")
    until(ours, lambda: saved)

    def told_meanwhile(way):
        page, (draft, answer) = way.fetch(max_redirects=0), saved.pop()
        with ours.expect_response("**/messages"):
            draft.fulfill(response=answer)
        way.fulfill(response=page)

    ours.route("**/later/", told_meanwhile)
    let_wait()
    expect(ours.get_by_role("link", name="3 messages wait")).to_be_visible()
    assert faults == []


def test_words_for_another_time_are_kept_until_it_is_chosen(browser, site):
    (address, path, cookies), faults = site, []
    ours, again = [opened(browser, address, path, cookies[0], faults) for _n in range(2)]
    listening(again)
    choose, heard = "document.querySelector('[name=when][value=choose]').click()", []
    ours.fill(WRITE, "Half a thought")
    ours.evaluate(choose)
    ours.get_by_role("link", name="Not now").click()
    for page in (ours, again):
        expect(page.locator(WRITE)).to_have_value("Half a thought")

    ours.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(frame)))
    ours.reload()
    ours.route("**/later/", lambda way: hear_of_it(way, way.fetch()))

    def hear_of_it(way, answer):
        until(ours, lambda: '"t":"dr"' in "".join(heard))
        way.fulfill(response=answer)

    until(ours, lambda: heard)
    ours.evaluate(choose)
    expect(ours.get_by_role("button", name="Send it then")).to_be_visible()
    ours.unroute_all()
    with ours.expect_navigation():
        ours.get_by_role("button", name="Send it then").click()
    expect(again.locator(WRITE)).to_have_value("")
    expect(ours.locator(WRITE)).to_have_value("")
    assert faults == []


def test_an_at_and_the_beginning_of_a_name_call_somebody(browser, site):
    address, path, cookies = site
    faults = []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    name = theirs.evaluate("JSON.parse(document.getElementById('talk-names').textContent)")[0]
    theirs.locator(WRITE).press_sequentially(f"@{name[:2]}")
    expect(theirs.get_by_role("option", name=name)).to_be_visible()
    theirs.press(WRITE, "Enter")
    expect(theirs.locator(WRITE)).to_have_value(f"@{name} ")
    theirs.press(WRITE, "Enter")

    expect(ours.locator(".say .called")).to_have_text(f"@{name}")
    assert faults == []


def test_enter_sends_where_one_wants_it_so_and_never_on_the_keyboard_of_a_phone(browser, site):
    address, path, cookies = site
    faults = []
    page, phone = (
        opened(browser, address, path, cookies[0], faults),
        opened(browser, address, path, cookies[0], faults, has_touch=True, is_mobile=True),
    )
    phone.press(WRITE, "Enter")
    expect(phone.locator(WRITE)).to_have_value("\n")
    page.locator(WRITE).press_sequentially("One")
    page.press(WRITE, "Shift+Enter")
    page.locator(WRITE).press_sequentially("two")
    page.press(WRITE, "Enter")
    expect(page.locator(".say .body")).to_have_text(["One\ntwo"])

    page.get_by_role("link", name="Change this").click()
    page.get_by_label("Enter key sends").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto(address + path)
    page.locator(WRITE).press_sequentially("Three")
    page.press(WRITE, "Enter")
    expect(page.locator(WRITE)).to_have_value("Three\n")
    page.press(WRITE, "Control+Enter")
    expect(page.locator(".say .body")).to_have_text(["One\ntwo", "Three"])
    assert faults == []


def test_files_wait_with_the_words_until_the_morning_of_their_reader(browser, site, tmp_path):
    (address, path, cookies), faults = site, []
    ours = opened(browser, address, path, cookies[0], faults)
    (tmp_path / "list.txt").write_text("one, two")
    ours.set_input_files("#compose-files", [tmp_path / "list.txt"])
    expect(ours.locator("[data-tray] .ready")).to_have_count(1)
    ours.fill(WRITE, "With a list")
    ours.locator(".talk-later summary").click()
    ours.locator("[name=when][value=morning]").click()
    expect(ours.get_by_text("One message waits until")).to_be_visible()
    ours.goto(address + path + "later/")
    expect(ours.locator(".talk-one-later")).to_contain_text("With a list")
    expect(ours.locator(".talk-one-later bdi")).to_have_text("list.txt")
    assert faults == []
    ours.context.close()


def test_words_stay_when_a_file_is_refused_and_files_come_back_with_what_is_taken_back(browser, site):
    address, path, cookies = site
    faults = []
    ours = opened(browser, address, path, cookies[0], faults)
    held = []
    ours.route("**/parts?start=0", lambda route: held.append(route))
    page = {"name": "page.txt", "mimeType": "text/plain", "buffer": b"<html><script>alert(1)</script>"}
    with ours.expect_request("**/parts?start=0"):
        ours.set_input_files("#compose-files", [page])
    say(ours, "See the page")
    held[0].continue_()
    expect(ours.locator(".compose-tray .failed")).to_be_visible()
    expect(ours.locator(WRITE)).to_have_value("See the page")
    ours.press(WRITE, "Enter")
    expect(ours.locator(".say .body")).to_have_text(["See the page"])

    ours.evaluate("""async () => {
      const { me, room } = document.querySelector("[data-talk]").dataset;
      const { Shelf } = await import("/static/js/shelf.js");
      const files = [{ id: "1", name: "notes.txt", size: 9, kind: "document", url: "/" }];
      const entry = { cid: "1", room: Number(room), body: "My notes", files, failed: "file_not_ready" };
      await new Shelf(`outbox:${me}`).put(["1", entry]);
    }""")
    ours.reload()
    expect(ours.locator(".say.failed .state")).to_contain_text("A file is not there any more.")
    ours.get_by_role("button", name="Take it back").click()
    expect(ours.locator(".compose-tray .ready")).to_contain_text("notes.txt")
    asked = ours.evaluate("""() => {
      let asked = 0;
      navigator.mediaDevices.getUserMedia = () => new Promise(() => (asked += 1));
      for (const _press of [1, 2]) document.querySelector("[data-record]").click();
      return asked;
    }""")
    assert asked == 1
    assert faults == []


HEARD = """() => {
  window.heard = [];
  const status = document.querySelector("[data-status]");
  const note = () => status.textContent && heard.push(status.textContent);
  new MutationObserver(note).observe(status, { childList: true });
}"""


def test_a_screen_reader_hears_sent_once_and_many_messages_summed_up_and_arrows_go_through_the_talk(browser, site):
    address, path, cookies = site
    faults = []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    name = theirs.evaluate("JSON.parse(document.getElementById('talk-names').textContent)")[0]
    for page in (ours, theirs):
        page.evaluate(HEARD)
    listening(theirs)
    theirs.clock.install()
    theirs.clock.pause_at(datetime.now() + timedelta(seconds=20))  # all comes within a moment, however slow we are
    for words in ("One", "Two", "Three"):
        say(ours, words)
    expect(ours.locator(WRITE)).to_be_focused()
    expect(theirs.locator(".say")).to_have_count(3)
    theirs.clock.run_for(2000)
    theirs.clock.resume()
    assert theirs.evaluate("heard") == [f"2 new messages from \u2068{name}\u2069"]
    expect(ours.locator("[data-status]")).to_have_text("sent")
    assert set(ours.evaluate("heard")) == {"sent"}
    assert ours.locator(".say.mine:not([aria-live=off])").count() == 0

    ours.press(WRITE, "Shift+Tab")
    while not ours.evaluate("document.activeElement.matches('.say, .say *')"):
        ours.keyboard.press("Shift+Tab")
    ours.locator(".say").last.focus()
    ours.keyboard.press("ArrowUp")
    expect(ours.locator(".say").nth(1)).to_be_focused()
    assert ours.locator(".say[tabindex='0']").count() == 1
    ours.keyboard.press("Home")
    ours.keyboard.press("Enter")
    expect(ours.locator(".say").nth(0).locator(".menu-panel :focus")).to_have_count(1)
    for _press in range(2):
        ours.keyboard.press("Escape")
    expect(ours.locator(WRITE)).to_be_focused()
    assert faults == []


def opened(browser, address, path, cookie, faults, workers="block", width=800, **device):
    context = browser.new_context(viewport={"width": width, "height": 500}, service_workers=workers, **device)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address + path)
    return page


def listening(page):
    """Its line is open: whatever happens from now on is told to it."""
    page.wait_for_function("async () => (await import('/static/js/talk/page.js')).line.isOpen")


def say(page, text):
    page.fill(WRITE, text)
    page.press(WRITE, "Enter")


def test_the_conversation_shows_that_the_other_is_here(browser, site):
    address, path, cookies = site
    faults = []
    ours = opened(browser, address, path, cookies[0], faults)
    theirs = opened(browser, address, path, cookies[1], faults)
    for page in (ours, theirs):
        expect(page.locator("[data-here]")).to_have_text("here now")
    theirs.close()
    expect(ours.locator("[data-here]")).to_be_hidden()
    assert faults == []


def test_a_picture_and_a_note_go_with_a_message_though_the_line_was_cut_while_they_came(browser, site):
    address, path, cookies = site
    faults = []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    cut = []
    ours.route(
        "**/parts?start=262144",
        lambda route: cut.append(route) or (route.continue_() if cut[1:] else route.abort()),
    )
    files = [
        {"name": "small.png", "mimeType": "image/png", "buffer": PICTURE},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"line of text\n" * 40_000},
        {"name": "page.txt", "mimeType": "text/plain", "buffer": b"<html><script>alert(1)</script>"},
    ]
    ours.set_input_files("#compose-files", files)
    expect(ours.locator(".compose-tray .failed small")).to_contain_text("Something else hides")
    ours.locator("[data-compose] .compose .primary").click()  # it waits for the file that is still on its way
    expect(ours.locator(".compose-tray .ready")).to_have_count(0)
    for page in (ours, theirs):
        expect(page.locator(".say:not(.waiting) .file.document .name")).to_have_text("notes.txt")
        expect(page.locator(".say .file.picture img")).to_be_visible()
    assert len(cut) == 2
    with theirs.expect_download() as kept:
        theirs.locator(".file.document").click()
    assert kept.value.suggested_filename == "notes.txt"
    assert [fault for fault in faults if "net::ERR_FAILED" not in fault] == []


# What a browser that was asked before answers, and the request by which it is added; `%s` is its address.
SUBSCRIBED = """
navigator.serviceWorker.getRegistration = async () => ({
  pushManager: { getSubscription: async () => ({ endpoint: "%s" }) },
});
"""
ADDED = """async (endpoint) => {
  const box = document.querySelector("[data-push]");
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const signs = { "+": "-", "/": "_", "=": "" };
  const packed = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw))).replace(/[+/=]/g, (sign) => signs[sign]);
  const body = new FormData();
  const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
  const p256dh = packed(await crypto.subtle.exportKey("raw", pair.publicKey));
  const said = { endpoint, p256dh, auth: packed(new Uint8Array(16)), csrfmiddlewaretoken: token };
  Object.entries(said).forEach(([key, value]) => body.set(key, value));
  return (await fetch(box.dataset.add, { method: "POST", body })).status;
}"""


def test_a_browser_knows_whether_it_is_itself_among_the_devices(browser, site):
    address, _path, cookies = site
    faults = []
    ours, other = [opened(browser, address, reverse("preferences"), cookies[0], faults) for _n in range(2)]
    assert ours.evaluate(ADDED, "https://push.example/ours") == 200
    for page, name in ((ours, "ours"), (other, "other")):
        page.context.add_init_script(SUBSCRIBED % f"https://push.example/{name}")
        page.reload()
    expect(ours.locator("[data-push-note]")).to_have_text("This device shows news already.")
    expect(ours.locator("[data-push-on]")).to_be_hidden()
    expect(other.locator("[data-push-on]")).to_be_visible()
    assert faults == []


SEEN = """
window.calls = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...told) { super(...told); window.calls.push(this); }
};
"""
BYTES = """async (kind) => [...(await window.calls.at(-1).getStats()).values()]
  .filter((each) => each.type === "inbound-rtp" && each.kind === kind).reduce((sum, each) => sum + each.bytesReceived, 0)"""
WAY = "() => /a=ice-ufrag:(.+)/.exec(window.calls.at(-1).remoteDescription.sdp)[1]"
LIMIT = """() => window.calls.at(-1).getSenders().filter((each) => each.track)
  .map((each) => [each.track.kind, each.getParameters().encodings[0].maxBitrate])"""


@pytest.fixture
def phones(browser, site):
    """A page of the one, and two devices of the other."""
    (address, path, cookies), faults = site, []
    found = [opened(browser, address, path, cookie, faults) for cookie in (cookies[0], cookies[1], cookies[1])]
    for page in found:
        page.add_init_script(SEEN)
        page.reload()
        expect(page.locator("[data-call-button]")).to_be_visible()
        page.evaluate("localStorage.setItem('call:known', '1')")
        expect(page.locator("[data-here]")).to_be_visible()
    yield found
    assert faults == []
    for page in found:
        page.context.close()


def press(page, name):
    page.locator(f"[data-press={name}]").click()


def stands(page, state):
    expect(page.locator("[data-call]")).to_have_attribute("data-state", state)


def flows(page, kind):
    before = page.evaluate(BYTES, kind)
    until(page, lambda: page.evaluate(BYTES, kind) > before)


def test_two_talk_see_each_other_keep_the_line_and_log_what_it_was(phones):
    ours, theirs, laptop = phones
    press(ours, "button")
    for page in (theirs, laptop):
        expect(page.locator("[data-call-ring]")).to_be_visible()
    press(theirs, "answer")
    expect(laptop.locator("[data-call-ring]")).to_be_hidden()
    for page in (ours, theirs):
        stands(page, "connected")
        flows(page, "audio")

    press(theirs, "camera")
    expect(ours.locator("[data-call-theirs]")).to_be_visible()
    flows(ours, "video")
    assert ours.evaluate("document.querySelector('[data-call-voice]').currentTime") > 0
    press(ours, "low")  # asked for by one, kept by both
    until(theirs, lambda: theirs.evaluate(LIMIT) == [["audio", 20_000], ["video", 200_000]])
    press(ours, "mute")
    expect(theirs.locator("[data-call-note]")).to_have_text("Their microphone is off.")

    way = theirs.evaluate(WAY)
    ours.evaluate("dispatchEvent(new Event('offline'))")  # the socket is lost, and another network is there
    ours.evaluate("dispatchEvent(new Event('online'))")
    expect(ours.locator("[data-offline]")).to_be_hidden()
    until(theirs, lambda: theirs.evaluate(WAY) != way)
    press(theirs, "share")
    expect(theirs.locator("[data-call-share]")).to_have_attribute("aria-pressed", "true")
    expect(theirs.locator("[data-call-camera]")).to_have_attribute("aria-pressed", "false")
    flows(ours, "video")
    press(theirs, "share")
    expect(ours.locator("[data-call-theirs]")).to_be_hidden()
    stands(ours, "connected")
    flows(theirs, "audio")

    press(laptop, "take")  # goes on there
    stands(theirs, "elsewhere")
    stands(laptop, "connected")
    flows(laptop, "audio")
    press(laptop, "end")
    for page in (ours, laptop):
        stands(page, "talked")
        expect(page.locator(".say.call")).to_contain_text(re.compile(r"Call · (less than a|\d+) minute"))
    ours.locator("[data-call-log]").click()
    expect(ours.locator("[name=minutes]")).to_have_value("5")
    ours.fill("[name=topic]", "What next")
    ours.get_by_role("button", name="Save").click()
    expect(ours.get_by_role("heading", name="What next")).to_be_visible()
    theirs.reload()
    expect(theirs.locator(".outgrowths a")).to_have_text("became a session")


def test_a_call_is_declined_on_all_devices_and_is_missed_when_nobody_comes(phones):
    ours, theirs, laptop = phones
    press(ours, "button")
    for page in (theirs, laptop):
        expect(page.locator("[data-call-ring]")).to_be_visible()
    press(theirs, "decline")
    stands(ours, "declined")
    expect(laptop.locator("[data-call-ring]")).to_be_hidden()

    ours.clock.install()
    press(ours, "button")
    expect(theirs.locator("[data-call-ring]")).to_be_visible()
    ours.clock.fast_forward(36_000)
    stands(ours, "missed")
    expect(theirs.locator("[data-call-ring]")).to_be_hidden()
    expect(theirs.locator(".say.call .body")).to_have_text(["Call, not taken", "Missed call"])
    expect(ours.locator(".say.call .body")).to_have_text(["Call, not taken", "Call without an answer"])


def test_a_call_rings_on_any_page_and_one_click_there_answers_or_declines_it(browser, site):
    (address, path, cookies), faults = site, []
    ours = opened(browser, address, path, cookies[0], faults)
    theirs = opened(browser, address, reverse("profile"), cookies[1], faults)
    ours.evaluate("localStorage.setItem('call:known', '1')")
    expect(ours.locator("[data-call-button]")).to_be_visible()
    other = theirs.context.new_page()
    other.goto(address + reverse("safety"))

    press(ours, "button")
    for page in (theirs, other):
        expect(page.locator("[data-ring]")).to_be_visible()
    expect(other.locator("[data-ring-who]")).not_to_be_empty()
    other.locator("[data-ring-decline]").click()
    expect(theirs.locator("[data-ring]")).to_be_hidden()
    stands(ours, "declined")

    ours.locator("[data-call-close]").click()
    theirs.close()  # the other tab takes over
    press(ours, "button")
    other.locator("[data-ring-answer]").click()
    for page in (ours, other):
        stands(page, "connected")
    press(ours, "end")
    expect(other.locator(".say.call")).to_have_count(2)
    assert faults == []


def test_where_no_socket_gets_through_it_rings_all_the_same_and_says_that_talking_takes_a_line(browser, site):
    (address, path, cookies), faults = site, []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    ours.evaluate("localStorage.setItem('call:known', '1')")
    theirs.context.add_init_script(NO_SOCKETS)
    with theirs.expect_request("**/rooms/changes?*"):
        theirs.reload()
    told = theirs.locator("[data-call-line]")

    press(ours, "button")
    expect(theirs.locator("[data-call-ring]")).to_be_visible()
    expect(told).to_contain_text("answering tries to make one")
    press(theirs, "answer")
    expect(told).to_contain_text("No live line could be made")
    press(theirs, "decline")
    stands(ours, "declined")
    expect(theirs.locator("[data-call-ring]")).to_be_hidden()

    press(ours, "close")
    press(ours, "button")
    expect(theirs.locator("[data-call-ring]")).to_be_visible()
    press(ours, "end")
    expect(theirs.locator("[data-call-ring]")).to_be_hidden()

    press(ours, "close")
    press(ours, "button")
    expect(theirs.locator("[data-call-ring]")).to_be_visible()
    theirs.evaluate("void (window.WebSocket = window.Socket)")  # the wall is gone
    press(theirs, "answer")
    for page in (ours, theirs):
        stands(page, "connected")
    press(ours, "end")
    expect(theirs.locator(".say.call .body").last).to_contain_text("Call · less than a minute")
    assert faults == []


MUCH_AT_ONCE = """async () => {
  const { line } = await import("/static/js/talk/page.js");
  for (let n = 0; n < 40; n += 1) line.give({ t: "pr", on: true });
}"""


def test_a_call_comes_about_though_the_server_is_too_busy_for_each_of_its_first_words(browser, site):
    (address, path, cookies), faults = site, []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    refused: list[str] = []
    for page in (ours, theirs):
        page.evaluate("localStorage.setItem('call:known', '1')")
        page.on("websocket", lambda socket: socket.on("framereceived", lambda said: refused.append(said)))
        page.reload()
        expect(page.locator("[data-here]")).to_be_visible()

    ours.evaluate(MUCH_AT_ONCE)
    press(ours, "button")
    expect(theirs.locator("[data-call-ring]")).to_be_visible()
    for page in (ours, theirs):
        page.evaluate(MUCH_AT_ONCE)
    press(theirs, "answer")
    for page in (ours, theirs):
        stands(page, "connected")
    ours.evaluate(MUCH_AT_ONCE)
    press(ours, "end")
    stands(theirs, "talked")
    busy = [frame for frame in map(json.loads, refused) if frame["t"] == "no" and "call" in frame]
    assert {frame["code"] for frame in busy} == {"busy"}
    assert faults == []


FIRST_OFFER_IS_LOST = """
const give = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  if (!window.lost && text.includes('"type":"offer"')) window.lost = text;
  else give.call(this, text);
};
"""


def test_a_call_comes_about_though_what_the_browsers_offer_each_other_first_is_lost(browser, site):
    (address, path, cookies), faults = site, []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    for page in (ours, theirs):
        page.evaluate("localStorage.setItem('call:known', '1')")
        page.add_init_script(FIRST_OFFER_IS_LOST)
        page.reload()
        expect(page.locator("[data-here]")).to_be_visible()
    press(ours, "button")
    press(theirs, "answer")
    for page in (ours, theirs):
        stands(page, "connected")
    assert any(page.evaluate("Boolean(window.lost)") for page in (ours, theirs))
    press(ours, "end")
    stands(theirs, "talked")
    assert faults == []


def test_a_topic_is_opened_named_anew_and_closed_before_the_eyes_of_the_other(browser, site):
    (address, path, cookies), faults = site, []
    ours, theirs = [opened(browser, address, path, cookie, faults) for cookie in cookies]
    say(ours, "Which journal?")
    say(ours, "And when do we meet?")
    expect(theirs.locator(".say .body")).to_have_count(2)

    ours.locator(".say summary").first.click()
    ours.get_by_role("link", name="Open a topic from it").first.click()
    ours.fill("[name=title]", "The paper")
    ours.get_by_role("button", name="Open the topic").click()
    expect(theirs.locator(".say .topic:not([hidden]) bdi")).to_have_text(["The paper"])
    theirs.locator(".say .topic").first.click()
    expect(theirs.locator(".say .body")).to_have_text(["Which journal?"])
    theirs.wait_for_load_state()
    say(theirs, "A small one")
    expect(ours.locator(".say .body")).to_have_text(["Which journal?", "A small one"])

    ours.locator(".talk-topic a[href$='/name/']").click()
    ours.fill("[name=title]", "The journal")
    ours.get_by_role("button", name="Save the name").click()
    expect(theirs.locator(".talk-topic h2 bdi")).to_have_text("The journal")
    ours.get_by_role("button", name="It is done").click()
    expect(theirs.locator(".talk-topic [name=on]")).to_be_visible()
    expect(theirs.locator(".say .topic:not([hidden]) bdi").first).to_have_text("The journal")
    assert faults == []
