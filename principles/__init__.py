"""Frameworks of principles, criteria, rubrics, amendments, the evaluation framework."""
