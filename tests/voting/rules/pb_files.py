"""Small elections as `.pb` files."""


def pb(projects, votes, budget="100", vote_type="approval", columns="project_id;cost", meta=()):
    """A `.pb` file: projects are rows, votes the cells after the voter's id."""
    header = "voter_id;vote;points" if vote_type in ("cumulative", "scoring") else "voter_id;vote"
    lines = ["META", "key;value", f"budget;{budget}", f"vote_type;{vote_type}", *meta]
    lines += ["PROJECTS", columns, *projects, "VOTES", header]
    lines += [f"v{number};{vote}" for number, vote in enumerate(votes)]
    return "\n".join([*lines, ""])


THREE = pb(["a;60", "b;40", "c;20"], ["a", "a,b", "b,c", "b", ""])
