"""What stands in a mail: the words of its writer without what they quote, and whether a person wrote it at all."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256
from html.parser import HTMLParser

from mentoring.messaging.words import clean

_AUTOMATIC = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_AUTOMATIC_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Reply",
    "X-Vacation",
    "X-Loop",
    "List-Id",
    "X-Failed-Recipients",
)
_AWAY = re.compile(
    r"out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response)|vacation (reply|notice)"
    r"|away from (my )?(desk|office|e-?mail)"
    r"|undeliver(able|ed)|delivery (status notification|failure|has failed)|returned mail|mail delivery (failed|subsystem)"
    r"|پاسخ خودکار|پاسخ‌گوی خودکار|جواب خودکار|در مرخصی|مرخصی هستم|خارج از دفتر|در دفتر نیستم|در محل کار نیستم|در دسترس نیستم"
    r"|عدم حضور|تحویل نشد|تحویل ناموفق",
    re.IGNORECASE,
)
# Where what is quoted begins, in the words of the usual programs.
_QUOTED = re.compile(
    r"^\s*(>"
    r"|-{2,}\s*(original message|forwarded message|reply above|پیام اصلی|پیام ارسالی)"
    r"|_{10,}\s*$"
    r"|(on|am|le)\b.{4,200}(wrote|schrieb|a écrit)\s*:"
    r"|(در|روز|به تاریخ|در تاریخ)\b.{4,200}(نوشت|نوشته است|نوشته‌اند|نوشتند)\s*:"
    r"|(from|sent|von|از|فرستنده)\s*:\s*.+@.+)",
    re.IGNORECASE | re.DOTALL,
)
_SIGNED = re.compile(r"^(--\s*$|sent from my |get outlook for |ارسال ?شده (از|با)|فرستاده ?شده (از|با))", re.IGNORECASE)
_BIDI = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class Answer:
    """`id` is the Message-ID, or a sum of the whole where there is none; `automatic` says that no person wrote it."""

    id: str
    sender: str
    to: list[str]
    words: str
    automatic: bool
    forged: bool


def read(raw: bytes) -> Answer:
    """A raw mail, however broken."""
    mail: EmailMessage = message_from_bytes(raw, policy=policy.default)  # type: ignore[assignment]
    senders = [address.lower() for _name, address in getaddresses([_header(mail, "From")]) if address]
    headers = [_header(mail, name) for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")]
    return Answer(
        id=(clean(_header(mail, "Message-ID")) or sha256(raw).hexdigest())[:250],
        sender=senders[0] if len(senders) == 1 else "",
        to=[address for _name, address in getaddresses(headers) if address],
        words=without_quotes(_text_of(mail)),
        automatic=_is_automatic(mail),
        forged="dmarc=fail" in _header(mail, "Authentication-Results").replace(" ", "").lower(),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return ", ".join(str(value) for value in mail.get_all(name, []))
    except (ValueError, IndexError, AttributeError, TypeError):  # the parser of headers gives up on some broken ones
        return ""


def _is_automatic(mail: EmailMessage) -> bool:
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(mail, "Precedence").strip().lower() in _AUTOMATIC
        or any(_header(mail, name) for name in _AUTOMATIC_HEADERS)
        or _header(mail, "Return-Path").strip() == "<>"
        or mail.get_content_type() == "multipart/report"
        or bool(_AWAY.search(_header(mail, "Subject").translate(_BIDI)))
    )


def _text_of(mail: EmailMessage) -> str:
    try:
        part = mail.get_body(preferencelist=("plain", "html"))
        text = str(part.get_content()) if part else ""
    except (LookupError, ValueError, KeyError, AttributeError, TypeError, UnicodeError):
        return ""
    return text if part is None or part.get_content_type() == "text/plain" else _plain(text)


def without_quotes(text: str) -> str:
    """The lines above what is quoted and above the signature."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        bare = line.translate(_BIDI)
        # Some programs break the line before "wrote:".
        if _QUOTED.match(bare) or (
            bare.strip() and _QUOTED.match("\n".join(lines[place : place + 2]).translate(_BIDI))
        ):
            break
        if _SIGNED.match(bare):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()


class _Words(HTMLParser):
    """Text out of HTML: no quotes, no styles, one line per block."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    LEFT_OUT = {"blockquote", "style", "script", "head", "title"}
    BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3"}

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.out: list[str] = []  # what is open of something left out, from the outermost on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if tag not in self.VOID and (tag in self.LEFT_OUT or "gmail_quote" in classes or self.out):
            self.out.append(tag)
        elif not self.out and tag in self.BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and tag in self.out:
            while self.out.pop() != tag:  # people's programs forget to close
                pass

    def handle_data(self, data: str) -> None:
        if not self.out:
            self.words.append(data)


def _plain(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", "".join(parser.words)))
