"""The prototype that amounts must agree with, read from beside the project where it is there."""

from decimal import Context, localcontext
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parents[4] / "shared" / "prototypes" / "formula" / "alloc_ref.py"
_SLACK = "min(pool, floor_units + len(hubs))"


class Reference:
    """The prototype; without `slack` for the rounding it aims at the floor itself."""

    def __init__(self, *, slack: bool = True) -> None:
        source = PATH.read_text()
        assert source.count(_SLACK) == 1
        self.names: dict[str, Any] = {"__name__": "alloc_ref"}
        with localcontext():  # it sets the precision of the context it is loaded in
            exec(source if slack else source.replace(_SLACK, "floor_units"), self.names)  # noqa: S102

    def __call__(self, hubs, formula, pool):
        """(amounts, earmarks, tilt), or the code of its refusal."""
        with localcontext(Context(prec=60, Emin=-999_999, Emax=999_999)):
            try:
                found = self.names["allocate"](
                    [self._hub(hub) for hub in hubs], self._formula(formula), pool
                )
            except self.names["AllocationError"] as refusal:
                return refusal.code
        return found["alloc"], found["gs_earmark"], found["mu"]

    def _hub(self, hub):
        return self.names["Hub"](
            code=hub.code,
            size=dict(hub.size),
            income=hub.income,
            under=hub.under,
            funding_pc=hub.funding,
            gs=hub.south,
            prev=hub.previous,
            minimum=hub.minimum,
            maximum=hub.maximum,
        )

    def _formula(self, formula):
        return self.names["Formula"](
            beta=dict(formula.beta),
            sigma=formula.sigma,
            gamma=formula.gamma,
            y_ref=formula.income_reference,
            y_band=formula.income_band,
            theta=formula.theta,
            eta=formula.eta,
            f_ref=formula.funding_reference,
            f_band=formula.funding_band,
            phi=formula.south_floor,
            down=formula.down,
            up=formula.up,
            step=formula.step,
            yoy=formula.bands,
            kappa=formula.pace,
            max_share=formula.max_share,
        )
