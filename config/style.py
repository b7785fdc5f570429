"""The living style page: every component in every state, in the reader's language, direction and theme."""

from types import SimpleNamespace
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

SAMPLES: dict[str, dict[str, Any]] = {
    "en": {
        "people": ("Arman Rezaei", "Nilufar Karimi", "Lena Novak", "Hamid Bagheri", "Tara Kaya"),
        "line": "Biology, University of Tabriz · usually answers within a day",
        "steps": ("Pool", "Rules", "Run", "Review", "Publish"),
        "path": ("Getting to know", "Agreement", "Working on goals", "Looking back", "Farewell"),
        "tabs": ("Overview", "Talk", "Sessions", "Goals", "Notes"),
        "skills": (("Asking questions", 70), ("Academic writing", 45), ("Digital tools", 82)),
        "scale": ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"),
        "fields": {
            "name": ("Your name", "As your mentor should call you."),
            "email": ("E-mail", ""),
            "language": ("Language", ""),
            "about": ("What do you hope for?", "Two or three sentences are enough."),
            "rhythm": ("How often would you like to meet?", ""),
            "channels": ("How may we reach you?", "Choose as many as you like."),
            "agree": ("I have read who sees what I write here.", ""),
            "paper": ("A text to talk about", "PDF, at most 10 MB."),
            "item": ("My mentor listens until I have finished my thought.", ""),
            "pulse": ("How is it going with the two of you?", ""),
        },
        "choices": ("Every week", "Every two weeks", "Once a month"),
    },
    "fa": {
        "people": ("آرمان رضایی", "نیلوفر کریمی", "لنا نوواک", "حمید باقری", "ترانه کایا"),
        "line": "زیست‌شناسی، دانشگاه تبریز · معمولاً تا فردا پاسخ می‌دهد",
        "steps": ("افراد", "قاعده‌ها", "اجرا", "بازبینی", "انتشار"),
        "path": ("آشنایی", "توافق‌نامه", "کار روی هدف‌ها", "مرور راه", "جمع‌بندی"),
        "tabs": ("در یک نگاه", "گفت‌وگو", "جلسه‌ها", "هدف‌ها", "یادداشت‌ها"),
        "skills": (("پرسشگری", 70), ("نوشتن علمی", 45), ("ابزار دیجیتال", 82)),
        "scale": ("کاملاً مخالفم", "مخالفم", "نظری ندارم", "موافقم", "کاملاً موافقم"),
        "fields": {
            "name": ("نام شما", "همان‌طور که می‌خواهید منتور صدایتان کند."),
            "email": ("ایمیل", ""),
            "language": ("زبان", ""),
            "about": ("چه امیدی به این همراهی دارید؟", "دو سه جمله کافی است."),
            "rhythm": ("دوست دارید هر چند وقت یک بار دیدار کنید؟", ""),
            "channels": ("از چه راهی به شما خبر بدهیم؟", "هر چند تا که بخواهید."),
            "agree": ("خوانده‌ام که چه کسی نوشته‌هایم را می‌بیند.", ""),
            "paper": ("نوشته‌ای که درباره‌اش حرف بزنیم", "فایل PDF، حداکثر ۱۰ مگابایت."),
            "item": ("منتورم تا پایان حرفم گوش می‌دهد.", ""),
            "pulse": ("رابطهٔ شما دو نفر چطور پیش می‌رود؟", ""),
        },
        "choices": ("هر هفته", "هر دو هفته", "ماهی یک بار"),
    },
}


class SampleForm(forms.Form):
    name = forms.CharField(max_length=60)
    email = forms.EmailField()
    language = forms.ChoiceField(choices=[("en", "English"), ("fa", "فارسی")])
    about = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    rhythm = forms.ChoiceField(widget=forms.RadioSelect)
    channels = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    agree = forms.BooleanField()
    paper = forms.FileField(required=False)
    item = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    pulse = forms.ChoiceField(widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, sample: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in sample["fields"].items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        choices = list(enumerate(sample["choices"], start=1))
        scale = list(enumerate(sample["scale"], start=1))
        for name, of in (("rhythm", choices), ("channels", choices), ("item", scale), ("pulse", scale)):
            cast(forms.ChoiceField, self.fields[name]).choices = of


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    sample = SAMPLES["fa" if get_language() == "fa" else "en"]
    good = {"name": sample["people"][1], "language": "en", "rhythm": 2, "channels": [1], "item": 4, "pulse": 3}
    return render(
        request,
        "style.html",
        {
            "sample": sample,
            "people": [Person(pk, name) for pk, name in enumerate(sample["people"], start=1)],
            "steps": [{"label": label, "url": "#stepper"} for label in sample["steps"]],
            "tabs": [
                {"label": label, "url": "#tabs", "current": place == 0, "count": 2 if place == 1 else 0}
                for place, label in enumerate(sample["tabs"])
            ],
            "form": SampleForm(sample=sample, initial=good, auto_id="good_%s"),
            "wrong": SampleForm({"email": "nilufar@"}, sample=sample, auto_id="wrong_%s"),
            "page_obj": Paginator(range(180), 25).get_page(request.GET.get("page", 3)),
            "colours": COLOURS,
            "stages": ("causal", "contextual", "intervening", "strategy", "consequence"),
            "icons": ICONS,
        },
    )


class Person(SimpleNamespace):
    """What the person components need of a person."""

    def __init__(self, pk: int, name: str) -> None:
        super().__init__(pk=pk, name=name)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def initials(self) -> str:
        words = str(self).split()
        return words[-1][0] if words[-1][0] > "\u0600" else words[0][0] + words[-1][0]


COLOURS = (
    "paper surface sunken raised ink quiet line control accent accent-strong accent-soft saffron good care alarm "
    "good-soft care-soft alarm-soft causal contextual intervening strategy consequence"
).split()
ICONS = (
    "home chat calendar growth people overview match programme report bell check plus minus close search "
    "settings sun moon device globe user mail lock shield flag seedling plug hands ladder clock download "
    "upload edit trash arrow-next arrow-back chevron chevron-down more warning info question star book note "
    "file clip video phone place key logout menu send pin link copy eye filter goal pulse handshake inbox "
    "building refresh swap pause play award"
).split()
