"""Hostile files: what is not plainly what it says is refused."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from mentoring.messaging.files import KINDS, Blocked, accepted, check
from mentoring.messaging.files.checks import EICAR

PLACE = 0x8825  # the part of EXIF that says where a picture was taken


def picture(form="JPEG", size=(400, 300), **more):
    made = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(made, form, **more)
    return made.getvalue()


def packed(entries, method=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as folder:
        for name, data in entries.items():
            folder.writestr(name, data)
    return made.getvalue()


def docx(**more):
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>", **more})


def checked(data, name="", claimed="", allowed=KINDS):
    return check(data, name=name, claimed=claimed, allowed=allowed)


def code(data, **more):
    try:
        return checked(data, **more).type.mime
    except Blocked as blocked:
        return blocked.code


WAVE = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)
ODT = packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})


@pytest.mark.parametrize(
    ("data", "name", "mime"),
    [
        (picture(), "holiday.JPG", "image/jpeg"),
        (picture("PNG"), "screen.png", "image/png"),
        (picture("GIF"), "a.gif", "image/webp"),
        (picture("WEBP"), "a.webp", "image/webp"),
        (b"OggS\x00" + bytes(60), "voice.ogg", "audio/ogg"),
        (b"\x1aE\xdf\xa3" + bytes(60), "voice.webm", "audio/webm"),
        (bytes(4) + b"ftypM4A " + bytes(60), "voice.m4a", "audio/mp4"),
        (WAVE, "voice.wav", "audio/wav"),
        (b"ID3" + bytes(60), "talk.mp3", "audio/mpeg"),
        (b"%PDF-1.7\n1 0 obj", "cv.pdf", "application/pdf"),
        (docx(), "رزومه.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ODT, "letter.odt", "application/vnd.oasis.opendocument.text"),
        ("یادداشت‌های من\nline two".encode(), "notes.txt", "text/plain"),
        (picture("PNG"), "without an ending", "image/png"),
    ],
)
def test_what_people_send_is_known_by_its_content(data, name, mime):
    assert checked(data, name=name).type.mime == mime


@pytest.mark.parametrize(
    ("data", "more", "why"),
    [
        (b"", {}, "empty"),
        (EICAR, {"name": "a.txt"}, "virus"),
        (docx() + EICAR, {"name": "a.docx"}, "virus"),
        (picture("PNG"), {"name": "cv.pdf"}, "not_what_it_says"),
        (picture("PNG"), {"name": "a.png", "claimed": "text/html"}, "not_what_it_says"),
        (b"%PDF-1.7 1 0 obj", {"name": "a.pdf", "claimed": "image/png"}, "not_what_it_says"),
        (b"just words", {"name": "a.html"}, "not_what_it_says"),
        (b"<!DOCTYPE html><script>alert(1)</script>", {"name": "a.txt"}, "two_in_one"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", {"name": "a.txt"}, "two_in_one"),
        (b"%PDF-1.7\n" + packed({"evil.class": "x"}), {"name": "a.pdf"}, "two_in_one"),
        (b"%PDF-1.7\n<script>alert(1)</script>", {"name": "a.pdf"}, "two_in_one"),
        (picture("GIF") + packed({"evil.class": "x"}), {"name": "a.gif"}, "two_in_one"),
        (b"%PDF-1.7\n/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", {"name": "a.pdf"}, "active"),
        (docx(**{"word/vbaProject.bin": "x"}), {"name": "a.docx"}, "active"),
        (b"MZ\x90\x00" + bytes(60), {"name": "a.exe"}, "unknown"),
        (b"#!/bin/sh\nrm -rf /", {"name": "a.txt"}, "unknown"),
        (packed({"a.txt": "x"}), {"name": "a.zip"}, "unknown"),
        (packed({"[Content_Types].xml": "x", "../../etc/passwd": "x"}), {"name": "a.docx"}, "broken"),
        (bytes(range(256)), {}, "unknown"),
        (docx()[:-30], {"name": "a.docx"}, "broken"),
        (picture()[:2000], {"name": "a.jpg"}, "broken"),
        (b"\xff\xd8\xff\xe0 not a picture", {"name": "a.jpg"}, "broken"),
        (docx(**{"word/media.bin": bytes(30_000_000)}), {"name": "a.docx"}, "bomb"),
        (docx(), {"name": "a.docx", "allowed": ("picture",)}, "not_allowed"),
    ],
)
def test_what_is_hostile_or_unknown_is_refused(data, more, why):
    assert code(data, **more) == why


def test_what_breaks_those_who_look_into_it_is_broken():
    data = packed({"[Content_Types].xml": "<Types/>" * 90, "word/document.xml": "<w/>"}, zipfile.ZIP_LZMA)
    body = data.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    no_such_filter = data[:body] + b"\x09\x04\x05\x00\xff" + data[body + 5 :]
    words_for_a_number = (
        b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\n\0\x02\0\0\0\x04cam\0\x01\x12\0\x03\0\0\0\x01\0\x06" + bytes(6)
    )
    strange = picture(size=(20, 20), exif=words_for_a_number)
    assert [code(no_such_filter, name="a.docx"), code(strange, name="a.jpg")] == ["broken", "broken"]


def test_a_packed_document_that_lies_about_its_size_is_measured_by_reading():
    data = docx(**{"word/media.bin": bytes(30_000_000)})
    real, told = struct.pack("<I", 30_000_000), struct.pack("<I", 10)
    assert real in data
    assert code(data.replace(real, told), name="a.docx") in ("bomb", "broken")


def test_a_picture_that_would_be_huge_when_decoded_is_never_decoded():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    assert code(bomb, name="a.png") == "broken"


def test_a_picture_of_too_many_points_is_refused_however_small_its_file():
    made = io.BytesIO()
    Image.new("1", (6000, 5000)).save(made, "PNG")
    assert len(made.getvalue()) < 10_000 and code(made.getvalue(), name="a.png") == "broken"


def test_a_picture_keeps_its_points_and_neither_its_place_nor_what_was_hidden_in_it():
    exif = Image.Exif()
    exif[0x010F] = "My Camera"
    exif[0x0112] = 6  # turned
    exif.get_ifd(PLACE)[1] = "N"
    hidden = b"<script>alert(1)</script>"
    data = picture(size=(3000, 1500), exif=exif.tobytes(), comment=hidden) + hidden
    assert b"My Camera" in data

    kept = checked(data, name="a.jpg")

    shown = Image.open(io.BytesIO(kept.data))
    assert (shown.size, len(shown.getexif()), shown.info.get("comment")) == ((1280, 2560), 0, None)
    assert b"My Camera" not in kept.data and hidden not in kept.data and b"Exif" not in kept.data
    assert max(kept.picture.width, kept.picture.height) == 720
    assert Image.open(io.BytesIO(kept.picture.small)).format == "WEBP"


def test_a_see_through_picture_stays_so():
    made = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 100)).save(made, "PNG")
    assert Image.open(io.BytesIO(checked(made.getvalue()).data)).mode == "RGBA"


def test_the_file_field_offers_what_is_allowed():
    assert ".jpg" in accepted(["picture"]) and ".pdf" not in accepted(["picture"])
