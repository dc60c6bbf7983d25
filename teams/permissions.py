"""Who sees and who changes the team of a satker."""

from accounts.models import OF_A_SATKER, Role, User
from teams.team import Team


def can_see_team(user: User) -> bool:
    """One's own satker's; nobody else's business."""
    return user.role in OF_A_SATKER


def can_change_team(user: User, team: Team) -> bool:
    """The head, the chair and the secretary; an operator as long as there is neither chair nor
    secretary, so that somebody can begin (decision 42)."""
    if user.role == Role.PIMPINAN or team.runs_it(user):
        return True
    return user.role == Role.OPERATOR and not (team.chair or team.secretary)
