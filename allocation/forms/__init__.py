"""What is typed about pools, the formula and rounds."""

from allocation.forms.sharing import (
    ApportionForm,
    FormulaForm,
    IndicatorsForm,
    PoolForm,
    VersionChoice,
    above_zero_field,
    band_field,
    exponent_field,
    percent_field,
    typed_from,
)
from allocation.forms.spending import FundingForm

__all__ = [
    "ApportionForm",
    "FormulaForm",
    "FundingForm",
    "IndicatorsForm",
    "PoolForm",
    "VersionChoice",
    "above_zero_field",
    "band_field",
    "exponent_field",
    "percent_field",
    "typed_from",
]
