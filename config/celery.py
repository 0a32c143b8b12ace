"""The workers' application: where the queue is, and what the clock sets off."""

import logging
import os
from typing import Any

import django
from celery import Celery
from celery.signals import celeryd_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from config.safety import refuse_unsafe_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def broker_url(redis_url: str) -> str:
    """The address of the Redis server as Celery spells it (a socket is ``redis+socket://``)."""
    if redis_url.startswith("unix://"):
        return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
    return redis_url


app = Celery("commonpurse")
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    # PostgreSQL holds the truth about every job; a result kept in the broker would be a second one.
    task_ignore_result=True,
    # A worker that is not told otherwise serves both; the entrypoint gives each its own.
    task_queues=(Queue("celery"), Queue("counts")),
    task_routes={
        "voting.count_election": {"queue": "counts"},
        "allocation.compute_apportionment": {"queue": "counts"},
    },
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=1800,  # seconds; the sweeper takes up what was cut off, and gives up in the end
    worker_prefetch_multiplier=1,
    # Counts are short and leased; a message lost by a killed worker is swept up long before this.
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        # A hint that finds no broker gives up at once: the page must not wait, the sweeper sends it.
        "max_retries": 0,
        "interval_start": 0,
    },
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule={
        "sweep jobs": {"task": "jobs.sweep", "schedule": 5, "options": {"expires": 5}},
        "close what is over": {
            "task": "voting.close_due_elections",
            "schedule": 15,
            "options": {"expires": 15},
        },
        "send messages": {
            "task": "members.send_messages",
            "schedule": 5,
            "options": {"expires": 5},
        },
        "chain the trail": {
            "task": "audit.chain_trail",
            "schedule": 10,
            "options": {"expires": 10},
        },
    },
)
app.autodiscover_tasks()


@celeryd_init.connect
def refuse_to_start_unsafely(**kwargs: Any) -> None:
    """A production worker asks its servers the same as the web process does."""
    if settings.PRODUCTION:
        django.setup()
        try:
            warnings = refuse_unsafe_servers()
        except ImproperlyConfigured as error:
            # Celery logs whatever else a signal raises, and starts all the same.
            raise SystemExit(str(error)) from error
        for warning in warnings:
            logging.getLogger(__name__).warning(warning)
