"""A way back from what was done a moment ago: the news of it carries a form that undoes it."""

import json

from django.contrib import messages
from django.http import HttpRequest


def offer_undo(request: HttpRequest, text: str, url: str, **fields: str) -> None:
    """Tell the reader `text`, with a button that sends `fields` to `url`. What stands there restores the state through a service
    and asks who may, as for any other form: the fields come back from a browser."""
    messages.success(request, text, extra_tags=json.dumps({"url": url, "fields": fields}))
