"""The equity formula: who gets which envelope, exact to the minor unit; pure, without Django.

    result = apportion(hubs, formula, pool)

`python -m allocation.formula` runs it alone.
"""

from allocation.formula.apportionment import Result, apportion
from allocation.formula.document import input_document, read_document, result_document
from allocation.formula.errors import CODES, FormulaError
from allocation.formula.explain import STEPS, ExplainStep, explain
from allocation.formula.model import Formula, Hub
from allocation.formula.presets import PRESETS, Preset, inflation_and_growth

__all__ = [
    "CODES",
    "PRESETS",
    "STEPS",
    "ExplainStep",
    "Formula",
    "FormulaError",
    "Hub",
    "Preset",
    "Result",
    "apportion",
    "explain",
    "inflation_and_growth",
    "input_document",
    "read_document",
    "result_document",
]
