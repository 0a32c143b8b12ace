"""Pages of proposals."""

from proposals.views.judging import agree, assess, desk, determine, recuse, retract

__all__ = ["agree", "assess", "desk", "determine", "recuse", "retract"]
