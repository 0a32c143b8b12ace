"""One item of a ballot: its words in the reader's language, and why it was funded or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from django.db.models import Prefetch

from voting.models import Election, Item, ItemText, Tally
from voting.queries.counting import margins_of
from voting.queries.results import tallies_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an item was funded or not, from the count that decides. Amounts as in the election.

    ``place`` is that in the order bought (of ``winners``), from 1, or None; ``paid_minor`` the most
    that one vote (or point) had to pay, rounded up, None where the rule has no prices;
    ``remaining_minor`` what was left of the lane's budget after it was bought, or, where it was not
    bought, in the end. ``more_votes`` and ``less_minor`` are what it lacked, None where unknown or
    where nothing would have helped. ``beside`` says for each rule counted beside it, by its count,
    whether it would have been bought.
    """

    tally: Tally
    place: int | None
    winners: int
    votes: int
    paid_minor: int | None
    remaining_minor: int
    has_margins: bool
    more_votes: int | None
    less_minor: int | None
    beside: tuple[tuple[Tally, bool], ...]


def item_at(election: Election, position: int) -> Item | None:
    """The item at a position of the ballot, with its texts, its lane and its proposal."""
    texts = Prefetch("texts", ItemText.objects.order_by("-is_source", "language"))
    items = election.items.select_related("lane", "proposal").prefetch_related(texts)
    return items.filter(position=position).first()


def item_text(item: Item, chain: Iterable[str]) -> ItemText:
    """The words of an item in the first language of the chain it has, else its source."""
    texts = [text for text in item.texts.all() if text.title]
    found = {text.language: text for text in texts}
    for language in chain:
        if language in found:
            return found[language]
    return texts[0] if texts else ItemText(item=item, title=item.code, language="")


def explanation_of(election: Election, item: Item) -> Explanation | None:
    """Why the item was funded or not; None while its lane is not counted."""
    tallies = [tally for tally in tallies_of(election) if tally.lane_id == item.lane_id]
    if not tallies:
        return None
    decisive, others = tallies[0], tallies[1:]
    outcome, winners = decisive.outcome, decisive.outcome["winners"]
    support = next(entry for entry in outcome["support"] if entry["id"] == item.code)
    step = next((step for step in outcome["steps"] if step["project"] == item.code), None)
    margin = margins_of(outcome).get(item.code)
    return Explanation(
        tally=decisive,
        place=winners.index(item.code) + 1 if step else None,
        winners=len(winners),
        votes=support["votes"],
        paid_minor=_most_paid(decisive, step["price"], item.cost_minor) if step else None,
        remaining_minor=step["remaining"] if step else outcome["budget"] - outcome["cost"],
        has_margins=margin is not None,
        more_votes=margin["more_votes"] if margin else None,
        less_minor=margin["less_cost"] if margin else None,
        beside=tuple((other, item.code in other.outcome["winners"]) for other in others),
    )


def _most_paid(tally: Tally, price: str | None, cost_minor: int) -> int | None:
    """A price is that of one unit of satisfaction: of a vote, or of a vote times the cost."""
    if price is None:
        return None
    units = cost_minor or 1 if tally.parameters.get("satisfaction", "cost") == "cost" else 1
    return ceil(Fraction(price) * units)
