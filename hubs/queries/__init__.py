"""Reading hubs: curated text, home hubs and who holds what; rounds with lanes and budgets; the map."""

from hubs.queries.hubs import (
    bodies_with_seats,
    by_name,
    has_chair,
    holds,
    home_hub,
    hubs_listed,
    terms_of,
    turns_told,
)
from hubs.queries.map import HubMap, Territory, map_of
from hubs.queries.rounds import (
    Hindrance,
    budget_totals,
    currency_choices,
    hindrances,
    lanes_of,
    lanes_prefetch,
    rounds_of,
    rounds_to_open,
    share_total,
)

__all__ = [
    "Hindrance",
    "HubMap",
    "Territory",
    "bodies_with_seats",
    "budget_totals",
    "by_name",
    "currency_choices",
    "has_chair",
    "hindrances",
    "holds",
    "home_hub",
    "hubs_listed",
    "lanes_of",
    "lanes_prefetch",
    "map_of",
    "rounds_of",
    "rounds_to_open",
    "share_total",
    "terms_of",
    "turns_told",
]
