"""Reading apportionment/1 and writing apportionment-result/1."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from allocation.formula import (
    FormulaError,
    apportion,
    input_document,
    read_document,
    result_document,
)
from tests.allocation.formula.worlds import FORMULA, PLAIN, make_hub

HUBS = (
    make_hub("A", south="0.6", previous=70, maximum=90),
    make_hub("B", size=2, income=Decimal("31000.50")),
)


@pytest.fixture
def document():
    return input_document(100, FORMULA, HUBS)


def refusal(document):
    with pytest.raises(FormulaError) as refused:
        read_document(document)
    return refused.value.code, refused.value.facts


def test_what_is_written_is_read_back(document):
    assert read_document(json.loads(json.dumps(document))) == (100, FORMULA, HUBS)


def test_decimals_are_strings(document):
    assert document["formula"]["south_floor"] == "0.5"
    assert document["hubs"][1]["income"] == "31000.50"
    assert document["hubs"][0]["previous"] == 70


@pytest.mark.parametrize("name", ["previous", "maximum"])
def test_what_a_hub_need_not_have_may_be_null_or_absent(document, name):
    document["hubs"][0][name] = None
    without = read_document(document)
    del document["hubs"][0][name]
    assert read_document(document) == without
    assert getattr(without[2][0], name) is None


@pytest.mark.parametrize("name", ["income", "under", "funding", "south", "minimum", "size"])
def test_a_value_that_is_null_absent_or_missing_is_missing(document, name):
    document["hubs"][1][name] = None
    missing = ("MISSING", {"hub": "B", "indicator": name})
    assert refusal(document) == missing
    del document["hubs"][1][name]
    assert refusal(document) == missing
    if name != "minimum":
        document["hubs"][1][name] = "missing"
        assert refusal(document) == missing


def test_a_measure_may_be_missing_too(document):
    document["hubs"][1]["size"]["editors"] = None
    assert refusal(document) == ("MISSING", {"hub": "B", "indicator": "size editors"})


@pytest.mark.parametrize("name", ["income", "size"])
def test_a_withheld_value_is_not_zero(document, name):
    document["hubs"][1][name] = "withheld"
    assert refusal(document) == ("WITHHELD", {"hub": "B", "indicator": name})


@pytest.mark.parametrize(
    "value", [0.5, 1, True, "", "a", "NaN", "Infinity", "1_0", " 1", "١", "1e999999999999999999999"]
)
def test_an_indicator_is_a_decimal_in_a_string(document, value):
    document["hubs"][0]["income"] = value
    code, facts = refusal(document)
    assert (code, facts["hub"], facts["indicator"]) == ("BAD_INDICATOR", "A", "income")


@pytest.mark.parametrize("value", [0.75, 1, None, "half"])
def test_a_parameter_is_a_decimal_in_a_string(document, value):
    document["formula"]["sigma"] = value
    code, facts = refusal(document)
    assert (code, facts["field"]) == ("BAD_FORMULA", "sigma")


@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("format", "apportionment/2", "format"),
        ("format", None, "format"),
        ("formula", [], "formula"),
        ("hubs", {}, "hubs"),
        ("hubs", ["A"], "hubs"),
        ("note", "hello", "note"),
    ],
)
def test_a_document_of_another_shape_is_refused(document, part, value, field):
    document[part] = value
    code, facts = refusal(document)
    assert (code, facts["field"]) == ("BAD_FORMULA", field)


@pytest.mark.parametrize("document", [None, [], "text"])
def test_a_document_is_an_object(document):
    assert refusal(document)[1]["field"] == "document"


@pytest.mark.parametrize("name", ["pool", "formula", "hubs"])
def test_a_document_has_all_its_parts(document, name):
    del document[name]
    assert refusal(document)[1]["field"] == name


def test_a_formula_has_all_its_parameters_and_no_others(document):
    del document["formula"]["eta"]
    assert refusal(document)[1]["field"] == "eta"
    document["formula"]["Eta"] = "1"
    assert refusal(document)[1]["field"] == "eta"
    document["formula"]["eta"] = "1"
    assert refusal(document)[1]["field"] == "Eta"


def test_a_hub_has_a_code_and_nothing_unknown(document):
    document["hubs"][0]["minumum"] = 5
    code, facts = refusal(document)
    assert (code, facts["hub"], facts["indicator"]) == ("BAD_INDICATOR", "A", "minumum")
    document["hubs"][0]["code"] = ""
    assert refusal(document)[1]["indicator"] == "code"


def test_the_formula_is_refused_before_the_hubs(document):
    document["formula"]["south_floor"] = "0.4"
    document["hubs"][0]["income"] = "0"
    assert refusal(document)[0] == "BAD_FORMULA"


def test_a_value_that_is_refused_is_shown_cut_short(document):
    document["hubs"][0]["income"] = "9" * 1000
    _, facts = refusal(document)
    assert len(facts["value"]) == 80


def test_the_result_is_plain_and_exact():
    result = apportion(HUBS, PLAIN, 100)
    written = json.loads(json.dumps(result_document(result)))
    assert written["allocations"] == dict(result.allocations)
    assert written["south_earmarks"] == dict(result.south_earmarks)
    assert written["bounds"] == {"A": [0, 90], "B": [0, 100]}
    assert (written["pool"], written["south_floor"]) == (100, 50)
    assert Fraction(written["tilt"]) == result.tilt > 1
    assert Decimal(written["shares"]["B"]) == result.shares["B"]
