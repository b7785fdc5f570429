"""A pair that talks, and the coordinator of its programme."""

import pytest

from tests.factories import CoordinationFactory, RoomFactory


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def programme(room):
    return room.relationship.programme


@pytest.fixture
def mentor(room):
    return room.relationship.members.get(role="mentor").person


@pytest.fixture
def mentee(room):
    return room.relationship.members.get(role="mentee").person


@pytest.fixture
def coordinator(programme):
    return CoordinationFactory(programme=programme).person
