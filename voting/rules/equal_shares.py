"""Method of Equal Shares: every voter holds an equal part of the budget and pays for projects."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from voting.rules.electorate import Electorate
from voting.rules.greedy import buy_in_order
from voting.rules.market import Market, Sale
from voting.rules.model import Parameters, Progress
from voting.rules.outcome import Phase
from voting.rules.till import Till

FILL = {
    "cost": "votes",
    "cardinality": "votes-per-cost",
    "sqrt-cost": "votes-per-sqrt-cost",
}
MOST_RAISES = 200_000  # one voter alone could ask for more, and for hours of counting


def equal_shares(
    electorate: Electorate, parameters: Parameters, till: Till, progress: Progress
) -> Phase:
    """Buy, while some project's supporters can pay for it, the one that is cheapest per unit.

    Each voter starts with budget / voters. For a project let p be the least amount per point with
    sum of min(money, p x points) over its supporters = cost. The project with the least p / unit,
    where the unit is its cost, 1 or the square root of its cost, is bought, and every supporter
    pays min(money, p x points). Supported projects that cost nothing are bought first.
    With the completion "greedy", what is left of the budget is then spent on the others: by votes
    (satisfaction "cost"), votes per cost ("cardinality") or votes per square root of cost, passing
    over what does not fit. With "add1" the voters' shares are raised as in `raised`.
    Source: Peters, Pierczyński and Skowron, 2021, "Proportional Participatory Budgeting with
    Additive Utilities".
    """
    budget, voters = till.left, electorate.voters
    share = Fraction(budget, voters) if voters else Fraction(0)
    market = Market(electorate, parameters.satisfaction)
    raises = None
    if parameters.completion.startswith("add1"):
        sale, share, raises = _raised(market, share, parameters, till, progress)
    else:
        sale = market.run(share, till.room.copy(), budget, _told(progress, till))
    for index, level in sale.purchases:
        till.buy(index, market.projects[index].cost, level, market.unit(index))
    if parameters.completion.endswith("greedy"):
        order = FILL[parameters.satisfaction]
        buy_in_order(electorate, order, till, progress, fill=True)
    return Phase(None, budget, share, raises)


def _raised(
    market: Market, share: Fraction, parameters: Parameters, till: Till, progress: Progress
) -> tuple[Sale, Fraction, int]:
    """The last run before the shares, raised step by step, would buy more than there is money for.

    A step is a thousandth of the first share, or one unit of the currency. Ends also when nothing
    is left to buy, with "exhaustive" when nothing that is left fits, and 200,000 steps after the
    first that could end it. Returns the sale, the share and how often it was raised. Source: Peters, Pierczyński and Skowron, 2021.
    """
    budget = till.left
    step = share / 1000 if parameters.step == "relative" else Fraction(till.instance.unit)
    best = Sale((), overspent=False), share, 0
    for raises in _steps_that_matter(market, share, step, parameters.stop, till):
        room = till.room.copy()
        sale = market.run(share + raises * step, room, budget, _told(progress, till))
        if sale.overspent:  # never the first: it spends what there is at the most
            return best
        best = sale, share + raises * step, raises
        bought = {index for index, _level in sale.purchases}
        left = [i for i in market.sold if i not in bought and room.allows(i)]
        costs = [market.projects[index].cost for index in left]
        spent = sum(market.projects[index].cost for index in bought)
        is_over = not costs or (parameters.stop == "exhaustive" and min(costs) > budget - spent)
        if is_over or not step:
            return best
    return best


def _steps_that_matter(
    market: Market, share: Fraction, step: Fraction, stop: str, till: Till
) -> Iterator[int]:
    """How often to raise the shares: every number from the last one that is certain not to end it.

    Nobody can pay for a project that costs more than its supporters hold at the outset. As long as
    what is not out of reach fits into the budget together, the run cannot overspend; and as long as
    something out of reach would fit beside it, nothing has come to its end.
    """
    first = 0
    if step and not till.room.is_bound:
        reached_at = sorted(
            (max(0, -((share * people - cost) // (step * people))), cost)
            for cost, people in map(market.cost_and_people, market.sold)
        )
        room = till.left - sum(cost for at, cost in reached_at if not at)
        away = [(int(at), cost) for at, cost in reached_at if at]
        while away and _is_early(room, [cost for _at, cost in away], stop):
            first = away[0][0]
            room -= sum(cost for at, cost in away if at == first)
            away = [(at, cost) for at, cost in away if at > first]
    first = max(first - 1, 0)
    yield from range(first, first + MOST_RAISES + 1)


def _is_early(room: int, away: list[int], stop: str) -> bool:
    """Whether no run can end the raising while only what is `away` is out of reach."""
    return room >= 0 if stop == "overspend" else min(away) <= room


def _told(progress: Progress, till: Till) -> Callable[[int], None]:
    size = len(till.instance.projects)
    return lambda done: progress(done, size)
