"""The lines of `make bench`."""

from typing import Any

from tests.benchmarks.cells import Cell

_TITLES = (
    f"{'':<30}{'decision':^38}{'from the file':^30}{'peak MB':^14}",
    f"{'rule':<30}{'pabutools s':>16}{'ours ms':>10}{'ratio':>12}"
    f"{'pabutools s':>13}{'ours s':>8}{'ratio':>9}{'theirs':>8}{'ours':>6}",
)
HEAD = "\n".join(_TITLES)
GROWTH_HEAD = (
    f"{'voters':>10}  {'rule':<26}{'decision s':>11}{'reading s':>11}{'total s':>9}{'peak MB':>9}"
)


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f}"


def decided(own: dict[str, Any], theirs: dict[str, Any], limit: float) -> tuple[str, float]:
    """The peer's seconds. ">": at least these, for it was ended. "~": reckoned from its steps."""
    if not theirs["is_over"]:
        return "", theirs["decision"]
    steps = stepwise(theirs["steps"], own["raises"])
    return ("~", steps) if steps else (">", limit)


def line(cell: Cell, own: dict[str, Any], theirs: dict[str, Any], limit: float) -> str:
    """One rule on one election. Above the limit: how much at least, or add1 by its steps."""
    sign, decision = decided(own, theirs, limit)
    whole, note = theirs["end_to_end"], ""
    if theirs["is_over"]:
        whole += decision
        note = f"  over {limit:g} s"
        if sign == "~":
            note += f": {len(theirs['steps'])} of {own['raises'] + 1} raises measured, multiplied"
        note += "; winners not compared"
    which = "merged" if theirs["merged"] else "single"
    return (
        f"{cell.name:<30}{sign + format(decision, ',.3f'):>9} {which}"
        f"{own['decision'] * 1000:>10,.2f}{sign + format(decision / own['decision'], ',.0f'):>11}x"
        f"{sign + format(whole, ',.2f'):>13}{own['end_to_end']:>8.2f}"
        f"{sign + format(whole / own['end_to_end'], ',.0f'):>8}x"
        f"{megabytes(theirs['peak_bytes']):>8}{megabytes(own['peak_bytes']):>6}{note}"
    )


def stepwise(steps: list[float], raises: int | None) -> float | None:
    """What all raises would take, from those that were measured; None from fewer than three.

    steps: CPU time of the process at the end of each run of the rule, so that the first holds the
    preparations too. pabutools runs the rule at least `raises` + 1 times.
    """
    if raises is None or len(steps) < 3:
        return None
    each = (steps[-1] - steps[0]) / (len(steps) - 1)
    return max(steps[-1], steps[0] + each * raises)


def growth_line(name: str, own: dict[str, Any]) -> str:
    """Ours alone."""
    return (
        f"{own['voters']:>10,}  {name:<26}{own['decision']:>11.3f}{own['reading']:>11.2f}"
        f"{own['end_to_end']:>9.2f}{megabytes(own['peak_bytes']):>9}"
    )


def growth_targets(own: dict[str, Any]) -> str:
    """What counting a million voters may take, and whether it does."""
    wanted = (
        ("decision under 0.5 s", own["decision"] < 0.5),
        ("total under 10 s", own["end_to_end"] < 10),
        ("under 1 GiB", own["peak_bytes"] < 2**30),
    )
    told = (f"{what}: {'met' if is_met else 'MISSED'}" for what, is_met in wanted)
    return f"targets at {own['voters']:,} voters: {'; '.join(told)}"


def ratio_targets(ratios: dict[str, float]) -> str:
    """How many times as quick as pabutools Equal Shares is to be in a capital, and whether it is."""
    told = (
        f"{name} {1000 if 'add1' not in name else 200:,}x:"
        f" {'met' if ratio >= (1000 if 'add1' not in name else 200) else 'MISSED'}"
        for name, ratio in ratios.items()
        if name.startswith("equal-shares")
    )
    return f"targets: {'; '.join(told)}"
