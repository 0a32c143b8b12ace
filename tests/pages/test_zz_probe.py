def test_probe(demo):
    from pages.demo import tour
    from django.conf import settings
    from django.db import connection
    from jobs.models import Job
    from django.utils import timezone
    from voting.models import Election
    print(connection.settings_dict["NAME"], connection.settings_dict["USER"])
    with connection.cursor() as c:
        c.execute("select current_user, current_database()"); print(c.fetchall())
    n = timezone.now()
    print(tour.split(), tour.open_vote(n, settings.KEYS_DIR), tour.desk(n))
    print(tour.counted(n, ("en",)))
    e = Election.objects.get(status="CLOSED")
    print(e.roll.count(), e.ballots.count(), e.ballots.filter(payload=b"").count())
    from collections import Counter
    for t in e.tallies.order_by("lane__position","-decides","pk"):
        o = t.outcome
        print(t.lane.kind, t.rule, t.parameters.get("order") or t.parameters.get("satisfaction"), o.keys(), o["budget"], o["cost"], "left", o["budget"]-o["cost"], o["winners"])
        print("  support", [(s["id"], s["votes"]) for s in o["support"]])
        print("  costs", {i.code: i.cost_minor for i in t.lane.items.all()})
        print("  ties", o.get("ties"), "margins", o.get("margins"))
        if t.decides: print(o.get("steps", o.get("rounds"))) 
