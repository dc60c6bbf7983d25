from common.errors import DomainError


class SatkerRefused(DomainError):
    """A node that does not fit into the tree; `field` names what is at fault: a field of
    `SatkerFacts`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
