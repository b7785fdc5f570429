"""A room of which we know the address and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from mentoring.relationships.outside.base import Ended, NotFromThere, Told


@dataclass(frozen=True)
class Link:
    """One link for all, or one per pair where `{room}` stands in it."""

    address: str

    def create(self, code: str, *, hears_at: str, at: datetime) -> None:
        return None

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        return self.address.replace("{room}", code)

    def end(self, code: str, *, at: datetime) -> None:
        return None

    def hear(self, told: Told, *, at: datetime) -> Ended | None:
        raise NotFromThere
