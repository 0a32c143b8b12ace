"""One item of a ballot: its words in the reader's language, and why it was funded or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from voting.models import Election, Item, ItemText, Tally
from voting.queries.reasons import Reason, codes_in, reason_of
from voting.queries.results import item_title, tallies_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an item was funded or not, from the count that decides. Amounts as in the election.

    ``place`` is that in the order bought (of ``winners``), from 1, or None; ``amount_minor`` what
    it receives; ``remaining_minor`` what was left of the lane's budget after it was bought, or,
    where it was not bought, in the end. ``beside`` says for each rule counted beside it, by its
    count, whether it would have been bought.
    """

    tally: Tally
    place: int | None
    winners: int
    votes: int
    amount_minor: int | None
    is_fill: bool
    remaining_minor: int
    reason: Reason | None
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


def explanation_of(election: Election, item: Item, chain: Sequence[str]) -> Explanation | None:
    """Why the item was funded or not, with other items' names by the reader's languages.

    None while its lane is not counted. At most four queries.
    """
    tallies = [tally for tally in tallies_of(election) if tally.lane_id == item.lane_id]
    if not tallies:
        return None
    decisive, others = tallies[0], tallies[1:]
    outcome, winners = decisive.outcome, decisive.outcome["winners"]
    support = next(entry for entry in outcome["support"] if entry["id"] == item.code)
    step = next((step for step in outcome["steps"] if step["project"] == item.code), None)
    codes = codes_in(outcome, item.code)
    named = election.items.filter(code__in=codes).prefetch_related("texts") if codes else ()
    names = {other.code: item_title(other, chain, election.title_language) for other in named}
    return Explanation(
        tally=decisive,
        place=winners.index(item.code) + 1 if step else None,
        winners=len(winners),
        votes=support["votes"],
        amount_minor=step["amount"] if step else None,
        is_fill=bool(step and step["fill"]),
        remaining_minor=step["remaining"] if step else outcome["budget"] - outcome["cost"],
        reason=reason_of(outcome, item.code, names),
        beside=tuple((other, item.code in other.outcome["winners"]) for other in others),
    )
