"""A run is recomputed from what is stored of it: equal, or different wherever someone has been."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from allocation.models import Apportionment, Envelope
from allocation.queries import replay
from tests.allocation.makers import approved, asked, computed
from tests.voting.makers import tampering

pytestmark = pytest.mark.django_db
TABLES = ("allocation_apportionment", "allocation_envelope")


def command(key) -> str:
    out = StringIO()
    call_command("replay_apportionment", str(key), stdout=out)
    return out.getvalue()


def test_an_untouched_run_is_equal():
    run = approved()
    assert replay(run).is_equal
    said = command(run.pk)
    assert said.splitlines()[-1] == "equal"
    assert run.result_hash in said
    assert "DIFFER" not in said


def test_a_run_that_could_not_be_done_is_equal_too():
    run = computed(down="0", max_share="0.25")
    assert replay(Apportionment.objects.get(pk=run.pk)).is_equal


def halved(run):
    document = run.input | {"pool": run.input["pool"] // 2}
    Apportionment.objects.filter(pk=run.pk).update(input=document)


def another_result(run):
    Apportionment.objects.filter(pk=run.pk).update(result=run.result | {"pool": 1})


def another_hash(run):
    Apportionment.objects.filter(pk=run.pk).update(result_hash="0" * 64)


def another_amount(run):
    Envelope.objects.filter(apportionment=run, hub__slug="na").update(amount_minor=1)


def another_step(run):
    Envelope.objects.filter(apportionment=run, hub__slug="na").update(steps=[["size", 1]])


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (halved, "input"),
        (another_result, "result"),
        (another_hash, "result"),
        (another_amount, "envelopes"),
        (another_step, "envelopes"),
    ],
)
def test_a_run_that_was_touched_differs(tamper, said):
    run = approved()
    with tampering(*TABLES):
        tamper(run)
    found = replay(Apportionment.objects.get(pk=run.pk))
    assert not found.is_equal
    with pytest.raises(CommandError) as refusal:
        command(run.pk)
    assert refusal.value.returncode == 1
    same = {
        "input": found.is_same_input,
        "result": found.is_same_result,
        "envelopes": found.are_same_envelopes,
    }
    assert not same[said]


def test_a_missing_envelope_differs():
    run = approved()
    with tampering(*TABLES):
        Envelope.objects.filter(apportionment=run, hub__slug="na").delete()
    assert not replay(run).are_same_envelopes


def test_what_cannot_be_recomputed_is_said():
    with pytest.raises(CommandError, match="no such apportionment"):
        command(uuid.uuid4())
    run, _job = asked()
    with pytest.raises(CommandError, match="not been computed"):
        command(run.pk)
