import rules

from accounts.models import Belonging, Institution, User


@rules.predicate
def is_administrator(user: User, institution: Institution) -> bool:
    return institution.belongings.filter(person=user, role=Belonging.Role.ADMINISTRATOR).exists()


rules.add_perm("accounts.administer", is_administrator)
