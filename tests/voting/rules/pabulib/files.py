"""A small file that is right in every way, in three pieces, to be changed by the tests."""

META = """\
META
key;value
description;A town
country;Nowhere
unit;Town
instance;2024
num_projects;3
num_votes;4
budget;100
vote_type;approval
rule;greedy
date_begin;01.01.2024
date_end;02.01.2024
currency;EUR
"""
PROJECTS = """\
PROJECTS
project_id;cost;name
1;60;Park
2;50;Pool
10;40;Path
"""
VOTES = """\
VOTES
voter_id;vote
a;1,10
b;10,1
c;
d;2
"""
CUMULATIVE = META.replace("approval", "cumulative")
SCORING = META.replace("approval", "scoring")


def file(meta=META, projects=PROJECTS, votes=VOTES):
    return (meta + projects + votes).encode()
