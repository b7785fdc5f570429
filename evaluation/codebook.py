"""What stands in the research export, for people and for programs, in both languages."""

import json
from collections.abc import Iterable, Mapping

from django.db import models
from django.utils.translation import override

from evaluation import words
from evaluation.indicators import Indicator
from evaluation.models import Instrument, Score, Wave
from evaluation.questionnaire import REVIEW_STATUS, items
from mentoring.planning.models import Enrolment
from mentoring.planning.people_file import write_rows
from mentoring.relationships.models import Relationship
from paradigm.model import component

Book = list[dict[str, str]]
LANGUAGES = ("en", "fa")
MISSING_FA = {
    -1: "پرسیده نشد",
    -2: "بی‌پاسخ گذاشته شد",
    -3: "مصداق ندارد",
    -4: "پس گرفته شد؛ اینجا پیش نمی‌آید: هر که رضایتش را پس بگیرد در هیچ فایل بعدی نیست و هیچ‌یک از پاسخ‌هایش هم در آن نمی‌آید",
}
WORDING = {
    "en": "its wording stays inside the institution, as its licence asks",
    "fa": "متن آن چنان‌که مجوزش می‌خواهد درون مؤسسه می‌ماند",
}
DAYS = {
    "en": "counted from the match, as coarse as k-report.json says (28-55: one of these days; * for all); "
    "empty where there is none",
    "fa": "از زمان جفت‌شدن، به همان درشتی که k-report.json می‌گوید (28-55 یعنی یکی از این روزها؛ * یعنی همه)؛ "
    "خالی یعنی چنین روزی نیست",
}
NOT_PROTECTED = {
    "en": [
        "Whoever already knows the exact figures of a relationship or of a person by name, as those who run the programme read "
        "them on their pages, can find its rows in indicators.csv, and by the pseudonym the answers in the items files. Keep the "
        "file from all who do not need it for research, look for nobody in it, and publish no single row.",
        "Every combination of what k-report.json names stands for five rows in its own file. What several files tell of one "
        "pseudonym together may be true of fewer: also how many relationships somebody has and which questionnaires they "
        "answered.",
        "The day of an answer, beside the dates between which its wave was open, tells about when the match was.",
        "That nobody's answers follow from the programme's figures by subtraction was checked for the figures of now, for those "
        "at the end of each wave and for what changed from one of these to another; not for those of single days between. Of "
        "what rests on ratings, goals or tests it was checked for the figures of now alone.",
    ],
    "fa": [
        "هر که رقم‌های دقیق یک رابطه یا یک نفر را از پیش با نام می‌داند، چنان‌که گردانندگان برنامه در صفحه‌های خود می‌خوانند، می‌تواند "
        "سطرهای آن را در indicators.csv پیدا کند و با نام مستعار به پاسخ‌ها در فایل‌های items برسد. این فایل را به کسی که برای "
        "پژوهش لازمش ندارد ندهید، در آن دنبال کسی نگردید و هیچ سطری از آن را جداگانه منتشر نکنید.",
        "هر ترکیبی از آنچه k-report.json نام می‌برد در فایل خودش دست‌کم پنج سطر دارد. آنچه چند فایل با هم دربارهٔ یک نام مستعار "
        "می‌گویند شاید دربارهٔ کمتر از پنج نفر درست باشد: این هم که کسی چند رابطه دارد و به کدام پرسش‌نامه‌ها پاسخ داده است.",
        "روز یک پاسخ، در کنار تاریخ‌هایی که پرسش‌نامه باز بوده است، کم‌وبیش نشان می‌دهد که جفت‌شدن کی بوده است.",
        "اینکه از رقم‌های برنامه با تفریق به پاسخ کسی نمی‌رسند، برای رقم‌های اکنون و رقم‌های پایان هر نوبت و تغییر میان این رقم‌ها "
        "بررسی شده است، نه برای رقم‌های روزهای میان آن‌ها. برای آنچه بر امتیاز نشست‌ها، هدف‌ها یا آزمون‌ها استوار است فقط رقم‌های "
        "اکنون بررسی شده است.",
    ],
}
"""What the rules of the file do not do, told to whoever opens it."""
FORMULA = "component score = (mean of its items, reversed ones as 6 - r, minus 1) x 25; at least 2 of 3 items, 1 in short forms"


def _column(code: str, en: str, fa: str) -> dict[str, str]:
    nothing = ("reversed", "unit", "formula_en", "formula_fa", "anchors_en", "anchors_fa", "anchors_version")
    told = {"code": code, "kind": "column", "component": "none", "text_en": en, "text_fa": fa}
    return told | dict.fromkeys(nothing, "") | {"version": "1"}


COLUMNS = (
    _column("person", "pseudonym of a person, in whatever role; another one in every export",
            "نام مستعار یک فرد، در هر نقشی؛ در هر خروجی نامی دیگر"),
    _column("enrolment", "pseudonym of a person in one role", "نام مستعار یک فرد در یک نقش"),
    _column("relationship", "pseudonym of a relationship; empty where somebody in it did not agree to research, it was a mistake "
            "(voided), or there is none",
            "نام مستعار یک رابطه؛ خالی یعنی کسی در آن به پژوهش رضایت نداده، یا جفت‌شدن اشتباه بوده و باطل شده، یا رابطه‌ای نیست"),
    _column("response", "pseudonym of one filled-in questionnaire", "نام مستعار یک پرسش‌نامهٔ پرشده"),
    _column("role", "mentor or mentee, in every file alike; * where too few share it with the same field, seniority and "
            "language. Then what only one side was asked, or is measured by, is left out, too",
            "mentor یا mentee، در همهٔ فایل‌ها یکسان؛ * یعنی کسانی که همین نقش و رشته و سابقه و زبان را دارند کم‌شمارند. "
            "آن‌گاه آنچه فقط از یک سو پرسیده یا سنجیده می‌شود هم در فایل نیست"),
    _column("field", "field of study or work, as coarse as k-report.json says; * for all",
            "رشته یا حوزهٔ کار، به همان درشتی که k-report.json می‌گوید؛ * یعنی همه"),
    _column("seniority", "years of experience, as coarse as k-report.json says; * for all",
            "سال‌های سابقه، به همان درشتی که k-report.json می‌گوید؛ * یعنی همه"),
    _column("status", "in people.csv how the enrolment stands: {enrolment}; or taking_part, not_taking_part. In relations.csv "
            "how the relationship stands: {relationship}; or open, completed, ended_early; or open, over. As coarse as "
            "k-report.json says; * for all",
            "در people.csv وضعیت نام‌نویسی: {enrolment}؛ یا taking_part (شرکت دارد)، not_taking_part "
            "(شرکت ندارد). در relations.csv وضعیت رابطه: {relationship}؛ یا open (باز)، completed (به پایان رسیده)، "
            "ended_early (زودتر پایان یافته)؛ یا open، over (پایان یافته). به همان درشتی که k-report.json می‌گوید؛ * یعنی همه"),
    _column("close_reason", "why the relationship was closed: {reason}; empty where it was not; * for all",
            "چرا رابطه پایان یافت: {reason}؛ خالی یعنی پایان نیافته؛ * یعنی همه"),
    _column("first_contact_day", f"day of the first contact, {DAYS['en']}", f"روز نخستین تماس، {DAYS['fa']}"),
    _column("last_contact_day", f"day of the last two-way contact, {DAYS['en']}", f"روز واپسین تماس دوسویه، {DAYS['fa']}"),
    _column("closed_day", f"day of closing, {DAYS['en']}", f"روز پایان رابطه، {DAYS['fa']}"),
    _column("planned_end_day", f"day of the planned end, {DAYS['en']}", f"روز پایان برنامه‌ریزی‌شده، {DAYS['fa']}"),
    _column("wave", "number of the questionnaire in the programme", "شمارهٔ نوبت پرسش‌نامه در برنامه"),
    _column("form", "which questionnaire: {form}; of an institution's own its name and version",
            "کدام پرسش‌نامه: {form}؛ برای پرسش‌نامهٔ خود مؤسسه نام و نسخه‌اش"),
    _column("day", "day on which it was sent, counted from the match; before it negative, empty without one",
            "روز فرستادن، از زمان جفت‌شدن؛ پیش از آن منفی و بدون جفت خالی است"),
    _column("item", "in items_long.csv: the statement, by its code here", "در items_long.csv: جمله، با کدش در همین‌جا"),
    _column("value", "in items_long.csv: the answer as given, or why there is none; in indicators.csv: the score from 0 to 100",
            "در items_long.csv: پاسخ همان‌گونه که داده شده، یا چرا پاسخی نیست؛ در indicators.csv: امتیاز از ۰ تا ۱۰۰"),
    _column("level", "whose figure it is: {level}", "رقمِ چه چیزی است: {level}"),
    _column("unit", "pseudonym of the enrolment or relationship; programme for the whole",
            "نام مستعار نام‌نویسی یا رابطه؛ programme یعنی کل برنامه"),
    _column("component", "component, category or stage of the model", "مؤلفه، مقوله یا مرحلهٔ مدل"),
    _column("code", "the indicator, by its code here; of components, categories and stages the facet. Of relationships and "
            "people without those that k-report.json names as left out, because few who are not in the file stand behind the "
            "programme's figure",
            "شاخص، با کدش در همین‌جا؛ برای مؤلفه‌ها و مقوله‌ها و مرحله‌ها، وجه. شاخص‌هایی که k-report.json کنارگذاشته می‌نامد برای "
            "رابطه‌ها و افراد نیامده‌اند، چون کسانی که پشت رقم برنامه‌اند و در فایل نیستند کم‌شمارند"),
    _column("facet", "{facet}", "{facet}"),
    _column("state", "whether there is a score, and why not: {state}", "امتیازی هست یا نه و چرا: {state}"),
    _column("n", "how many units stand behind the score", "چند واحد پشت امتیاز است"),
    _column("raw", "the figure in the indicator's unit, before its anchors", "رقم به واحد شاخص، پیش از مبناها"),
    _column("numerator", "what the figure counts", "آنچه رقم می‌شمارد"),
    _column("denominator", "of how many", "از چند تا"),
    _column("low", "lower end of the 95% interval", "کران پایین بازهٔ ۹۵٪"),
    _column("high", "upper end of the 95% interval", "کران بالای بازهٔ ۹۵٪"),
    _column("people", "how many people stand behind it", "چند نفر پشت آن است"),
    _column("version", "version of the formula", "نسخهٔ فرمول"),
    _column("anchors_version", "version of the anchors; 1 until they are changed", "نسخهٔ مبناها؛ تا تغییر نکنند ۱ است"),
    _column("step", "in flow.csv: what is counted", "در flow.csv: چه چیزی شمرده شده"),
    _column("in the programme", "how many there were; hidden where the difference would stand for fewer than five",
            "چند تا بوده؛ پنهان است اگر تفاوت کمتر از پنج باشد"),
    _column("in this file", "how many are in the files", "چند تا در فایل‌هاست"),
    _column("without consent to research", "how many are not, because somebody did not agree",
            "چند تا نیست، چون کسی رضایت نداده"),
)  # fmt: skip
"""Every column of the files but items_wide's items; `language` and `left_out` below."""
CHOICES: dict[str, type[models.TextChoices]] = {
    "enrolment": Enrolment.Status, "relationship": Relationship.Status, "reason": Relationship.Reason, "form": Wave.Form,
    "level": Score.Level, "facet": Score.Facet, "state": Score.State,
}  # fmt: skip
IN_NO_FILE = Relationship.Status.VOIDED
LANGUAGE = _column(
    "language",
    "language in which a questionnaire was answered (in people.csv: all of a person's): en, fa or both; "
    "empty where it was not recorded, * where too few share it with the same role, field and seniority",
    "زبانی که پرسش‌نامه به آن پاسخ داده شده (در people.csv: همهٔ پرسش‌نامه‌های یک نفر): en، fa یا both؛ "
    "خالی یعنی ثبت نشده، و * یعنی کسانی که همین زبان و نقش و رشته و سابقه را دارند کم‌شمارند",
)
LEFT_OUT = _column(
    "left_out",
    "same: left out of every score here, because all statements, reversed ones too, got one and the same answer "
    "(forms of 12 or more); empty: not left out. The answers stand in the file all the same",
    "same یعنی در هیچ امتیازی به حساب نیامده، چون به همهٔ جمله‌ها، معکوس‌ها هم، یک پاسخ داده شده "
    "(در فرم‌های ۱۲ جمله‌ای و بلندتر)؛ خالی یعنی به حساب آمده. خود پاسخ‌ها در هر حال در فایل هست",
)


def _columns() -> Book:
    """The columns with what stands in them, value by value."""
    told = {}
    for language, between in (("en", ", "), ("fa", "، ")):
        with override(language):
            told[language] = {
                name: between.join(f"{value} ({label})" for value, label in kind.choices if value != IN_NO_FILE)
                for name, kind in CHOICES.items()
            }
    made = [
        {**row, **{f"text_{each}": row[f"text_{each}"].format(**told[each]) for each in LANGUAGES}} for row in COLUMNS
    ]
    return [*made, LANGUAGE, LEFT_OUT]


def _wording() -> dict[str, str]:
    told = {}
    for language in LANGUAGES:
        with override(language):
            told[language] = words.review_status()
    return _column("review_status", told["en"], told["fa"]) | {"kind": "questionnaire"}


def own_code(instrument: Instrument, item: str) -> str:
    """The name of an own instrument's item in the file."""
    return f"{instrument.name}:{instrument.version}:{item}"


def codebook_files(
    indicators: Iterable[Indicator], missing: Mapping[int, str], own: Iterable[Instrument] = ()
) -> dict[str, bytes]:
    """codebook.csv, codebook.json and one page to read in each language. Of an institution's own instruments the wording is
    left out: it stays inside the institution."""
    book = [*_items(), *_own(own), *_indicators(indicators), *_columns(), _wording()]
    codes = {str(code): {"en": text, "fa": MISSING_FA[code]} for code, text in missing.items()}
    whole = {"scale": "1 to 5", "formula": FORMULA, "missing": codes, "review_status": REVIEW_STATUS, "variables": book,
             "does_not_protect_against": NOT_PROTECTED}  # fmt: skip
    files = {
        "codebook.csv": write_rows(list(book[0]), [list(row.values()) for row in book]).encode(),
        "codebook.json": json.dumps(whole, ensure_ascii=False, indent=2).encode() + b"\n",
    }
    for language in LANGUAGES:
        files[f"codebook.{language}.md"] = _page(book, codes, language).encode()
    return files


def _items() -> Book:
    return [
        {
            "code": item.code,
            "kind": "item",
            "component": item.component,
            "text_en": f"mentee: {item.text('mentee', 'en')} / mentor: {item.text('mentor', 'en')}",
            "text_fa": f"منتی: {item.text('mentee', 'fa')} / منتور: {item.text('mentor', 'fa')}",
            "reversed": "yes" if item.reverse else "no",
            "unit": "1 to 5",
            "formula_en": "",
            "formula_fa": "",
            "anchors_en": "",
            "anchors_fa": "",
            "anchors_version": "",
            "version": "1",
        }
        for item in items().values()
    ]


def _own(instruments: Iterable[Instrument]) -> Book:
    made = []
    for row in instruments:
        told = {}
        for language in LANGUAGES:
            with override(language):
                told[language] = str(words.scoring_in_words(row.definition))
        for item in row.definition.scored:
            made.append(
                {
                    "code": own_code(row, item.code),
                    "kind": "own item",
                    "component": row.definition.maps_to,
                    "text_en": f"{item.code}{f', subscale {item.subscale}' if item.subscale else ''}; {WORDING['en']}",
                    "text_fa": f"{item.code}{f'، زیرمقیاس {item.subscale}' if item.subscale else ''}؛ {WORDING['fa']}",
                    "reversed": "yes" if item.reverse else "no",
                    "unit": f"{row.definition.low} to {row.definition.high}",
                    "formula_en": told["en"],
                    "formula_fa": told["fa"],
                    "anchors_en": "",
                    "anchors_fa": "",
                    "anchors_version": "",
                    "version": str(row.version),
                }
            )
    return made


def _indicators(indicators: Iterable[Indicator]) -> Book:
    made = []
    for row in indicators:
        texts: dict[str, dict[str, str]] = {}
        for language in LANGUAGES:
            with override(language):
                told = words.anchors(row) if row.is_computed else ""
                texts[language] = {"text": str(row.name), "formula": words.how(row), "anchors": told}
        made.append(
            {
                "code": row.code,
                "kind": "indicator",
                "component": row.component,
                **{f"text_{language}": texts[language]["text"] for language in LANGUAGES},
                "reversed": "",
                "unit": row.unit,
                **{f"formula_{language}": texts[language]["formula"] for language in LANGUAGES},
                **{f"anchors_{language}": texts[language]["anchors"] for language in LANGUAGES},
                "anchors_version": str(row.anchors_version),
                "version": str(row.version),
            }
        )
    return made


def _page(book: Book, codes: Mapping[str, Mapping[str, str]], language: str) -> str:
    head = {
        "en": ("# Codebook", "Answers go from 1 (strongly disagree) to 5 (strongly agree). Days count from the match.",
               "## Why there is no answer", "## Statements, indicators and columns", FORMULA,
               "## What this file does not protect against"),
        "fa": ("# راهنمای کدها", "پاسخ‌ها از ۱ (کاملاً مخالفم) تا ۵ (کاملاً موافقم) است. روزها از زمان جفت‌شدن شمرده می‌شوند.",
               "## چرا پاسخی نیست", "## جمله‌ها، شاخص‌ها و ستون‌ها",
               "امتیاز مؤلفه = (میانگین پاسخ‌ها، معکوس‌ها به شکل ۶ منهای پاسخ، منهای ۱) × ۲۵؛ "
               "دست‌کم ۲ پاسخ از ۳، در فرم‌های کوتاه ۱", "## این فایل در برابر چه چیزی حفاظ نیست"),
    }[language]  # fmt: skip
    title, scale, why, what, formula, open_to = head
    lines = [
        title,
        "",
        scale,
        "",
        formula,
        "",
        why,
        "",
        *(f"- `{code}`: {text[language]}" for code, text in codes.items()),
    ]
    lines += ["", open_to, "", *(f"- {text}" for text in NOT_PROTECTED[language]), "", what, ""]
    for row in book:
        more = " · ".join(filter(None, (row[f"formula_{language}"], row[f"anchors_{language}"])))
        name = "" if row["component"] == "none" else f" ({component(row['component']).name(language)})"
        lines.append(f"- `{row['code']}`{name}: {row[f'text_{language}']}{' — ' + more if more else ''}")
    return "\n".join(lines) + "\n"
