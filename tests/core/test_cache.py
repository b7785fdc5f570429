import pytest
from django.core.cache.backends.redis import RedisCacheClient

from core.cache import ForgivingRedisCache, Json
from tests.factories import PersonFactory

AWAY = {"default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    ForgivingRedisCache("redis://127.0.0.1:1/0", {}).meanwhile.clear()


def test_while_its_redis_is_away_the_process_remembers_by_itself():
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {})
    assert not cache.is_there()
    assert cache.get("a", "nothing") == "nothing"

    cache.set("a", 1)

    assert ForgivingRedisCache("redis://127.0.0.1:1/0", {}).get("a") == 1, "all threads of the process share it"
    assert cache.delete("a") and not cache.delete("a")
    assert cache.add("lock", 1) and not cache.add("lock", 1)


@pytest.mark.django_db
def test_tries_to_sign_in_are_limited_while_redis_is_away(client, settings):
    settings.CACHES = AWAY
    person = PersonFactory()
    person.set_password("a lantern in the bread")
    person.save()
    for _ in range(12):
        client.post("/account/login/", {"login": person.email, "password": "something else entirely"})

    answer = client.post("/account/login/", {"login": person.email, "password": "a lantern in the bread"})

    assert answer.status_code in (200, 429) and "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_somebody_signs_in_while_redis_is_away(client, settings):
    settings.CACHES = AWAY
    person = PersonFactory()
    person.set_password("a lantern in the bread")
    person.save()

    wrong = client.post("/account/login/", {"login": person.email, "password": "something else entirely"})
    right = client.post("/account/login/", {"login": person.email, "password": "a lantern in the bread"})

    assert (wrong.status_code, right.status_code) == (200, 302)


@pytest.mark.parametrize("value", [1, 0, "متن", [1, {"a": None}], 1.5, True])
def test_what_goes_through_the_cache_comes_back_as_data(value):
    kept = Json().dumps(value)

    assert Json().loads(kept if isinstance(kept, bytes) else str(kept).encode()) == value


def test_what_could_run_is_not_read():
    with pytest.raises(ValueError):
        Json().loads(b"\x80\x04\x95")


def test_the_serializer_is_the_one_the_client_uses():
    client = RedisCacheClient(["redis://127.0.0.1:1/0"], serializer="core.cache.Json")

    assert isinstance(client._serializer, Json)
