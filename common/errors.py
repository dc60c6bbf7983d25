"""Refusals."""


class DomainError(Exception):
    """A refusal by a rule; its text is for the user: Indonesian, and says what to do next."""
