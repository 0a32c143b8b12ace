"""The ballot paper as rows of its election: lanes, items and their words."""

from collections.abc import Sequence

from voting.models import Election, ElectionLane, Item, ItemText

Entry = tuple[Item, Sequence[ItemText]]


def print_paper(election: Election, lanes: Sequence[tuple[ElectionLane, Sequence[Entry]]]) -> None:
    """Write lanes, each with its items, each with its words, in the order in which they are given.

    They are new rows, to which this gives the election and their positions. The voters' order is
    shuffled later.
    """
    for position, (lane, _entries) in enumerate(lanes):
        lane.election, lane.position = election, position
    ElectionLane.objects.bulk_create(lane for lane, _entries in lanes)
    entries = [(lane, *entry) for lane, of_the_lane in lanes for entry in of_the_lane]
    for position, (lane, item, _texts) in enumerate(entries):
        item.election, item.lane, item.position = election, lane, position
    Item.objects.bulk_create(item for _lane, item, _texts in entries)
    for _lane, item, texts in entries:
        for text in texts:
            text.election, text.item = election, item
    ItemText.objects.bulk_create(text for _lane, _item, texts in entries for text in texts)
