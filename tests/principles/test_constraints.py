"""What the database refuses, whoever asks: a version that left the draft is read, never rewritten."""

import pytest
from django.apps import apps
from django.db import connection

from principles.models import MOVES, Criterion, FrameworkStatus, FrameworkVersion, Principle
from tests.factories import NOON
from tests.hubs.refusals import guards_of, refused
from tests.principles.makers import found, make_draft


def status_of(version, status, **fields):
    """Written past every action."""
    FrameworkVersion.objects.filter(pk=version.pk).update(status=status, **fields)


def first_criterion(draft, **fields):
    return lambda: Criterion.objects.filter(framework=draft, code="c1").update(**fields)


def two_in_force(draft):
    status_of(draft, "ACTIVE", active_at=NOON)
    second = make_draft()
    for status in ("CONSULTATION", "RATIFICATION"):
        status_of(second, status)
    return lambda: status_of(second, "ACTIVE", active_at=NOON)


def a_second_one_unratified(draft):
    status_of(draft, "ACTIVE", active_at=NOON)
    status_of(draft, "RETIRED")
    second = make_draft()
    return lambda: status_of(second, "ACTIVE", active_at=NOON)


def a_draft_that_is_retired(draft):
    return lambda: status_of(draft, "RETIRED", active_at=NOON)


def a_principle_of_a_version_in_force(draft):
    status_of(draft, "ACTIVE", active_at=NOON)
    return lambda: Principle.objects.filter(framework=draft).update(title_en="Other")


def a_criterion_of_a_version_in_force(draft):
    status_of(draft, "ACTIVE", active_at=NOON)
    return first_criterion(draft, weight=1)


def a_principle_of_another_version(draft):
    other = make_draft().principles.first()
    return first_criterion(draft, principle=other)


# name of the guard: what breaks the rule, given a draft
ATTEMPTS = {
    "FrameworkVersion.number": lambda draft: (
        lambda: FrameworkVersion.objects.create(number=draft.number)
    ),
    "principles_framework_status_known": lambda draft: (
        lambda: FrameworkVersion.objects.create(number=2, status="HOLY")
    ),
    "principles_framework_active_since": lambda draft: lambda: status_of(draft, "ACTIVE"),
    "principles_framework_one_active": two_in_force,
    "FrameworkVersion.status_moves_along_the_table": a_draft_that_is_retired,
    "FrameworkVersion.founded_once": a_second_one_unratified,
    "FrameworkVersion.frozen_after_draft": lambda draft: (
        lambda: FrameworkVersion.objects.filter(pk=found_from(draft).pk).update(title_en="Other")
    ),
    "principles_principle_one_per_code": lambda draft: (
        lambda: Principle.objects.filter(framework=draft).update(code="same")
    ),
    "principles_principle_one_per_position": lambda draft: (
        lambda: Principle.objects.filter(framework=draft).update(position=9)
    ),
    "Principle.while_draft": a_principle_of_a_version_in_force,
    "principles_criterion_one_per_code": lambda draft: first_criterion(draft, code="c2"),
    "principles_criterion_one_per_position": lambda draft: first_criterion(draft, position=2),
    "principles_criterion_weight_counts": lambda draft: first_criterion(draft, weight=0),
    "principles_criterion_dimension_known": lambda draft: first_criterion(draft, dimension="X"),
    "principles_criterion_applies_known": lambda draft: first_criterion(draft, applies_to="X"),
    "Criterion.while_draft": a_criterion_of_a_version_in_force,
    "Criterion.same_framework": a_principle_of_another_version,
}
# where PostgreSQL's sentence does not hold the name of the guard
SENTENCES = {
    "FrameworkVersion.number": "principles_frameworkversion_number",
    "FrameworkVersion.status_moves_along_the_table": "does not move from DRAFT to RETIRED",
    "FrameworkVersion.founded_once": "only the first version comes into force unratified",
    "FrameworkVersion.frozen_after_draft": "left the draft does not change",
    "Principle.while_draft": "principles_principle changes only in a draft",
    "Criterion.while_draft": "principles_criterion changes only in a draft",
    "Criterion.same_framework": "belongs to the version of its principle",
}


def found_from(draft):
    status_of(draft, "ACTIVE", active_at=NOON)
    return draft


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(db, guard):
    break_it = ATTEMPTS[guard](make_draft())
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(*apps.get_app_config("principles").get_models())


@pytest.mark.parametrize("status", ["ACTIVE", "RETIRED", "CONSULTATION", "RATIFICATION"])
@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE principles_frameworkversion SET title_ar = 'x'",
        "UPDATE principles_frameworkversion SET number = 7",
        "DELETE FROM principles_frameworkversion",
        "UPDATE principles_principle SET text_da = 'x' WHERE code = 'equity'",
        "DELETE FROM principles_principle WHERE code = 'access'",
        "UPDATE principles_criterion SET level_4_sw = 'x' WHERE code = 'c1'",
        "UPDATE principles_criterion SET is_floor = NOT is_floor",
        "DELETE FROM principles_criterion",
        "INSERT INTO principles_principle (framework_id, position, code, title, text, source_language)"
        " SELECT id, 9, 'new', '', '', 'en' FROM principles_frameworkversion",
    ],
)
def test_nothing_of_a_version_that_left_the_draft_changes_in_plain_sql(db, status, sentence):
    if status in ("ACTIVE", "RETIRED"):
        version = found()
        status_of(version, status)
    else:
        version = make_draft()
        for step in ("CONSULTATION", status):
            status_of(version, step)
    with refused("the draft|in a draft"), connection.cursor() as cursor:
        cursor.execute(sentence)


def test_nothing_moves_from_a_draft_into_a_version_in_force_or_out_of_it(db):
    in_force, draft = found(), make_draft()
    for model, mover, into in (
        (Principle, draft, in_force),
        (Principle, in_force, draft),
        (Criterion, draft, in_force),
        (Criterion, in_force, draft),
    ):
        with refused("does not move to another version|belongs to the version of its principle"):
            model.objects.filter(framework=mover).update(framework=into)


def test_the_moment_it_came_into_force_stands(db):
    version = found()
    with refused("left the draft does not change"):
        status_of(version, "ACTIVE", active_at=None)
    with refused("left the draft does not change"):
        status_of(version, "RETIRED", active_at=NOON.replace(year=2020))


def test_only_the_first_version_comes_into_force_unratified(db):
    status_of(found(), "RETIRED")
    with refused("only the first version comes into force unratified"):
        status_of(make_draft(), "ACTIVE", active_at=NOON)


@pytest.mark.parametrize("before", FrameworkStatus)
@pytest.mark.parametrize("after", FrameworkStatus)
def test_a_version_moves_along_the_table_and_no_other_way(db, before, after):
    version = make_draft()
    ways = {
        "DRAFT": [],
        "CONSULTATION": ["CONSULTATION"],
        "RATIFICATION": ["CONSULTATION", "RATIFICATION"],
        "ACTIVE": ["ACTIVE"],
        "RETIRED": ["ACTIVE", "RETIRED"],
    }
    for step in ways[before]:
        status_of(version, step, active_at=NOON if step in ("ACTIVE", "RETIRED") else None)
    version.refresh_from_db()
    moment = version.active_at or (NOON if after in ("ACTIVE", "RETIRED") else None)
    if after == before or after in MOVES[before]:
        status_of(version, after, active_at=moment)
    else:
        with refused(f"does not move from {before} to {after}"):
            status_of(version, after, active_at=moment)


def test_a_draft_is_rewritten_and_thrown_away(db):
    draft = make_draft()
    draft.criteria.filter(code="c1").update(weight=49, level_1_en="Other")
    draft.principles.filter(code="access").delete()
    assert (draft.criteria.get(code="c1").weight, draft.principles.count()) == (49, 1)
    draft.delete()
    assert not Criterion.objects.exists()
