from common.errors import DomainError


class UserRefused(DomainError):
    """A person that the rules do not allow; `field` names what is at fault, a field of User."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PasswordRefused(UserRefused):
    """A password that the validators refuse; `reasons` holds one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("password", " ".join(reasons))
        self.reasons = reasons
