"""The sequencer, run by the clock."""

from celery import shared_task

from audit import actions


@shared_task(name="audit.chain_trail")
def chain_trail() -> None:
    """Chain until nothing waits."""
    while actions.chain_trail():
        pass
