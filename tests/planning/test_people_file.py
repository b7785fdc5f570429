import pytest

from mentoring.planning.people_file import UnusableFile, decode, guess_meanings, neutralise, read_table, write_rows
from mentoring.planning.people_rows import guess_concept, read_row

MB = 1024 * 1024


def why(call, *args, **kwargs) -> str:
    with pytest.raises(UnusableFile) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_utf_8_is_read_with_and_without_a_byte_order_mark():
    text = "نام;ایمیل\nسارا;s@example.org\n"
    assert decode(text.encode(), max_bytes=MB) == decode(text.encode("utf-8-sig"), max_bytes=MB) == text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" \n", "empty"),
        ("نام,ایمیل".encode("utf-16"), "utf16"),
        ("نام,ايميل".encode("cp1256"), "not_utf8"),
        (b"PK\x03\x04\x00\x00", "not_text"),
        (b"a" * (MB + 1), "too_large"),
    ],
)
def test_a_file_that_is_no_utf_8_text_is_refused_with_the_reason(data, code):
    assert why(decode, data, max_bytes=MB) == code


def test_windows_1256_is_read_only_when_chosen_and_only_if_it_gives_persian():
    text = "نام,ايميل\n"
    assert decode(text.encode("cp1256"), "cp1256", max_bytes=MB) == text
    assert why(decode, b"name,email\n", "cp1256", max_bytes=MB) == "looks_wrong"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_seen_and_quoted_line_breaks_keep_their_line_number(separator):
    text = separator.join(["name", "email", "bio"]) + "\r\n"
    text += (
        separator.join(["A", "a@example.org", '"two\nlines"']) + "\r\n\r\n" + separator.join(["B", "b@example.org", ""])
    )

    table = read_table(text, max_rows=10)

    assert table.header == ("name", "email", "bio")
    assert [(line.number, line.cells[0]) for line in table.lines] == [(2, "A"), (5, "B")]
    assert table.lines[0].cells[2] == "two\nlines"


def test_broken_tables_say_what_is_broken():
    assert why(read_table, 'name,email\nA,"a@example.org\n', max_rows=9) == "broken_quotes"
    assert why(read_table, "name\nA\n", max_rows=9) == "one_column"
    assert why(read_table, "name,email\n\n", max_rows=9) == "no_rows"
    assert why(read_table, "name,email\n" + "A,a@example.org\n" * 10, max_rows=9) == "too_many_rows"


def test_headers_are_recognised_in_both_languages_however_they_are_spelled():
    header = ("First_Name", "نام خانوادگي", "E-Mail", "رشته تحصیلی", "مهارت‌ها", "shoe size", "e mail")

    assert list(guess_meanings(header).values()) == ["first_name", "last_name", "email", "field", "skills", "", ""]


def test_columns_without_or_with_the_same_header_can_be_told_apart():
    assert read_table("a,,a\n1,2,3\n", max_rows=9).header == ("a", "#2", "a (2)")


def test_cells_that_would_be_formulas_are_neutralised():
    assert [neutralise(cell) for cell in ("=1+1", "+9", "-1", "@x", "plain")] == ["'=1+1", "'+9", "'-1", "'@x", "plain"]
    assert write_rows(["a"], [["=cmd()"]]).splitlines() == ["\ufeffa", "'=cmd()"]


def read(role="mentor", field_as_concept=True, **cells):
    cells = {"email": "sara@example.org", "name": "Sara", **cells}
    return read_row(cells, {meaning: meaning for meaning in cells}, role=role, field_as_concept=field_as_concept)


def codes(reading) -> list[tuple[str, str]]:
    return [(problem["code"], problem["column"]) for problem in reading.problems]


def test_a_row_is_read_with_persian_digits_letters_and_separators():
    reading = read(
        name=" سارا   احمدي ",
        email="\u200f Sara@Example.ORG\u200f ",
        capacity="۳",
        seniority="٧",
        skills="مدیریت زمان؛ LaTeX، پروپوزال",
        languages="فارسی; English",
    )

    assert reading.problems == [] or {problem["level"] for problem in reading.problems} == {"note"}
    assert reading.values == {
        "email": "sara@example.org",
        "name": "سارا احمدی",
        "capacity": 3,
        "seniority": 7,
        "concepts": ["latex", "research-proposal", "time-management"],
        "languages": ["fa", "en"],
    }


def test_bad_cells_make_a_bad_row_and_unknown_words_only_a_note():
    assert codes(read(email="sara@")) == [("email_wrong", "email")]
    assert codes(read(email="سارا@example.org")) == [("email_wrong", "email")]
    assert codes(read(email="")) == [("email_missing", "email")]
    assert codes(read(name="")) == [("name_missing", "name")]
    assert codes(read(capacity="many")) == [("number_wrong", "capacity")]
    assert codes(read(capacity="0")) == [("number_wrong", "capacity")]
    assert codes(read(capacity="²", seniority="²")) == [("grade_as_words", "seniority"), ("number_wrong", "capacity")]
    assert codes(read(headline="x" * 161)) == [("too_long", "headline")]
    assert read(capacity="many").is_bad
    vague = read(skills="underwater basket weaving", time_zone="Mars/North", languages="Klingon")
    assert not vague.is_bad
    assert codes(vague) == [
        ("language_unknown", "languages"),
        ("zone_unknown", "time_zone"),
        ("concept_unknown", "skills"),
    ]


def test_a_grade_that_is_no_number_stays_beside_the_job_title():
    reading = read(headline="Analyst", seniority="HEO")

    assert reading.values["headline"] == "Analyst · HEO"
    assert codes(reading) == [("grade_as_words", "seniority")]


def test_the_profession_is_a_field_and_also_what_is_offered_unless_switched_off():
    assert read(field="Policy").values["concepts"] == ["public-policy"]
    off = read(field="Policy", field_as_concept=False)
    assert off.values["field"] == "public-policy" and "concepts" not in off.values


def test_a_word_is_taken_for_a_concept_only_if_it_is_one():
    assert guess_concept("time management").slug == "time-management"
    assert guess_concept("مدیریت‌زمان").slug == "time-management"
    assert guess_concept("thesis planning").slug == "thesis-planning"  # Planning a thesis
    assert guess_concept("qqqq") is None
