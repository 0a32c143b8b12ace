"""Figures come in as a table in a file, and go out as the same table."""

import csv
import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import DecimalField

from allocation.forms import FormulaForm, PoolForm
from allocation.models import IndicatorSnapshot
from allocation.queries import FIGURES_HEADER
from hubs.forms import LaneField
from hubs.models import LaneKind
from tests.allocation.makers import make_officer, make_regions, make_snapshot
from tests.factories import make_cycle
from tests.hubs.reading import browser, complaints, page

pytestmark = pytest.mark.django_db
PUBLISH = "/en/allocation/indicators/publish/"


@pytest.fixture
def table(client) -> list[dict[str, str]]:
    """The lines of a set that was published and downloaded."""
    make_regions()
    snapshot = make_snapshot()
    response = client.get(f"/en/allocation/indicators/{snapshot.pk}.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def handed_in(lines: list[dict[str, str]] | bytes) -> Any:
    if not isinstance(lines, bytes):
        written = io.StringIO()
        writer = csv.DictWriter(written, FIGURES_HEADER)
        writer.writeheader()
        writer.writerows(lines)
        lines = written.getvalue().encode("utf-8-sig")
    file = SimpleUploadedFile("figures.csv", lines)
    return browser(make_officer()).post(PUBLISH, {"cycle": make_cycle().pk, "file": file})


def test_what_was_downloaded_can_be_published_again(table):
    assert handed_in(table).status_code == 302
    first, second = IndicatorSnapshot.objects.order_by("pk")
    told = ["hub", "indicator", "value", "status", "source", "observed_on"]
    order = ("hub__slug", "indicator")
    assert list(first.values.order_by(*order).values_list(*told)) == list(
        second.values.order_by(*order).values_list(*told)
    )


def refusal(response) -> str:
    (said,) = complaints(page(response))
    assert IndicatorSnapshot.objects.count() == 1
    return said


def test_a_figure_that_is_missing_is_named_in_words(table):
    lines = [line for line in table if (line["hub"], line["indicator"]) != ("sa", "INCOME")]
    assert "“Income per person” is missing for South Asia" in refusal(handed_in(lines))


def test_a_figure_twice_is_named_in_words(table):
    assert "of Central and Eastern Europe and Central Asia stands in the file twice" in refusal(
        handed_in([*table, table[0]])
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("hub", "atlantis"), ("indicator", "LUCK"), ("value", "many"), ("value", "-1"),
        ("value", "NaN"), ("value", "1e30"), ("value", "0.1234567"), ("status", "RUMOUR"),
        ("source", ""), ("source", "x" * 201), ("observed_on", "yesterday"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_with_its_column(table, column, value):
    said = refusal(handed_in([table[0], {**table[1], column: value}]))
    assert said.startswith("Table (CSV): Line 3:")
    assert f"the column “{column}”" in said


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1c", "\x1b", "\x7f", "\x85"])
def test_a_control_character_is_refused_with_its_line(table, sign):
    said = refusal(handed_in([table[0], {**table[1], "source": f"A{sign}B"}]))
    assert said.startswith("Table (CSV): Line 3 holds a control character")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_as_any_spreadsheet_ends_them(table, end):
    written = io.StringIO()
    writer = csv.DictWriter(written, FIGURES_HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    assert handed_in(written.getvalue().encode().replace(b"\n", end)).status_code == 302


@pytest.mark.parametrize("number", ["1E+999999", "1E-999999", "-1E+999999", "9" * 100_000])
def test_a_number_beyond_all_numbers_is_refused_as_any_other(table, number):
    said = refusal(handed_in([table[0], {**table[1], "value": number}]))
    assert said.startswith("Table (CSV): Line 3:")


def fields_of_numbers():
    """Every field of a form in which a decimal is typed."""
    kinds = {**FormulaForm.base_fields, "amount": PoolForm.base_fields["amount"]}
    for kind in LaneKind:
        kinds[kind] = LaneField(kind).fields[0]
    return {name: field for name, field in kinds.items() if isinstance(field, DecimalField)}


@pytest.mark.parametrize("name", fields_of_numbers())
@pytest.mark.parametrize("number", ["1E+999999", "1E+999999999", "1E-999999"])
def test_a_field_takes_no_more_digits_than_the_database(name, number):
    field = fields_of_numbers()[name]
    assert field.max_digits
    with pytest.raises(ValidationError):
        field.clean(number)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"hub;indicator\n", "must name the columns: hub, indicator"),
        (b"\n", "must name the columns"),
        (b"x" * (2**20 + 1), "larger than one megabyte"),
        (",".join(FIGURES_HEADER).encode() + b"\n" + b"x" * 200_000, "cannot be read as a table"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(table, content, said):
    assert said in refusal(handed_in(content))


def test_only_the_officer_publishes(client, ada, table):
    assert client.get(PUBLISH).status_code == 302
    for person, status in ((ada, 403), (make_officer(), 200)):
        assert browser(person).get(PUBLISH).status_code == status


def test_a_hostile_source_is_defused_on_its_way_out(client, table):
    assert handed_in([{**line, "source": "=1+1"} for line in table]).status_code == 302
    newest = IndicatorSnapshot.objects.latest("pk")
    content = client.get(f"/en/allocation/indicators/{newest.pk}.csv").content.decode()
    assert {line["source"] for line in csv.DictReader(io.StringIO(content))} == {"'=1+1"}
