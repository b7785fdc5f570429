"""How Peyvand stands on a device: in the reader's language, with files that are really there."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from PIL import Image

from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("persian", "language", "direction"), [(False, "en", "ltr"), (True, "fa", "rtl")])
def test_the_manifest_speaks_the_readers_language_and_its_pictures_are_as_large_as_it_says(
    sign_in, persian, language, direction
):
    client = sign_in(PersonFactory(persian=persian, theme="dark"))
    page = client.get(reverse("profile")).content.decode()
    answer = client.get(re.search(r'<link rel="manifest" href="([^"]+)"', page)[1])
    manifest = json.loads(answer.content)

    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["lang"], manifest["dir"], manifest["display"]) == (language, direction, "standalone")
    assert manifest["theme_color"] == re.search(r'<meta name="theme-color" content="([^"]+)">', page)[1] == "#12151b"
    assert client.get(manifest["start_url"]).status_code == 200
    pictures = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {icon["purpose"] for icon in pictures} == {"any", "maskable"}
    for icon in pictures:
        size = Image.open(finders.find(icon["src"].removeprefix("/static/"))).size
        assert "{}x{}".format(*size) == icon["sizes"]


def test_the_worker_keeps_what_conversations_are_made_of_and_the_page_for_no_line_holds_nothing_of_its_reader(
    client, sign_in
):
    worker = client.get(reverse("service_worker")).content.decode()
    shell = json.loads(re.match(r"const SHELL = (\[.*?\]);\n", worker)[1])
    room = {"/static/css/peyvand.css", "/static/js/talk/main.js", "/static/js/keep.js", "/static/img/icons.svg"}
    assert room <= set(shell) and "/static/js/offline.js" in shell
    assert not [path for path in shell if finders.find(path.removeprefix("/static/")) is None]

    person = PersonFactory()
    assert sign_in(person).get(reverse("offline")).content == client.get(reverse("offline")).content
    assert f'data-reader="{person.pk}"' in sign_in(person).get(reverse("profile")).content.decode()
