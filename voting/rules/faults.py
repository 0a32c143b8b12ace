"""Why something cannot be counted."""


class InvalidInstance(ValueError):
    """The instance or the profile cannot be counted; the message says why."""


class UnknownRule(ValueError):
    """No rule of that name is in the table."""


class UnsupportedParameter(ValueError):
    """The rule does not honour this option, this value of it, or this constraint."""
