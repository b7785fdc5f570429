import threading
from datetime import timedelta

import pytest
from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from core import jobs
from core.errors import DomainError
from core.models import Job

seen: list[int] = []


@shared_task(name="tests.note")
def note(*, number: int, **_newer: object) -> dict[str, int]:
    seen.append(number)
    return {"number": number}


@shared_task(name="tests.break_once")
def break_once(*, number: int, **_newer: object) -> None:
    seen.append(number)
    if len(seen) == 1:
        raise RuntimeError("the mail server is away")


@shared_task(name="tests.refuse")
def refuse(**_newer: object) -> None:
    raise DomainError("The programme is closed.")


@shared_task(name="tests.count_to_three")
def count_to_three(**_newer: object) -> None:
    for number in range(3):
        jobs.report_progress(number, 3)
        seen.append(number)


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()


@pytest.mark.django_db
def test_a_job_enqueued_twice_with_one_key_is_done_once(run_jobs):
    jobs.enqueue("tests.note", key="one", number=1)
    jobs.enqueue("tests.note", key="one", number=2)

    assert run_jobs() == 1
    assert seen == [1]
    assert Job.objects.get().result == {"number": 1}


@pytest.mark.django_db
def test_a_job_whose_fact_was_rolled_back_never_was():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue("tests.note", key="one", number=1)
        raise ZeroDivisionError

    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_job_waits_for_its_time():
    soon = timezone.now() + timedelta(hours=1)
    jobs.enqueue("tests.note", key="later", due_at=soon, number=1)

    assert jobs.run_due() == 0
    assert jobs.run_due(now=soon) == 1


@pytest.mark.django_db
def test_what_broke_is_tried_again_later():
    jobs.enqueue("tests.break_once", key="one", number=7)

    assert jobs.run_due() == 1
    waiting = Job.objects.get()
    assert waiting.is_open
    assert waiting.due_at > timezone.now()
    assert jobs.run_due(now=waiting.due_at) == 1
    assert seen == [7, 7]
    assert Job.objects.get().done_at is not None


@pytest.mark.django_db
def test_a_job_whose_worker_died_each_time_is_given_up(run_jobs):
    job = jobs.enqueue("tests.note", key="one", number=7)
    Job.objects.update(attempts=jobs.ATTEMPTS - 1)
    assert (run_jobs(), seen) == (1, [7])

    Job.objects.update(attempts=jobs.ATTEMPTS, done_at=None)
    assert run_jobs() == 1
    job.refresh_from_db()
    assert (seen, job.is_open, job.error) == ([7], False, "cut off each time")


@pytest.mark.django_db
def test_a_refusal_ends_the_job_with_its_sentence(run_jobs):
    jobs.enqueue("tests.refuse", key="one")
    run_jobs()

    assert Job.objects.get().error == "The programme is closed."
    assert Job.objects.get().failed_at is not None


@pytest.mark.django_db
def test_a_leased_job_is_left_alone_until_its_lease_ends():
    job = jobs.enqueue("tests.note", key="one", number=1)
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(lease_until=now + jobs.LEASE)

    assert jobs.run_due(now=now) == 0
    assert jobs.run_due(now=now + jobs.LEASE + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_a_new_start_of_the_one_process_frees_what_was_cut_off():
    job = jobs.enqueue("tests.note", key="one", number=1)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() + jobs.LEASE)

    assert jobs.release_leases() == 1
    assert jobs.run_due() == 1


@pytest.mark.django_db
def test_a_job_stops_at_its_next_step_when_somebody_asks(run_jobs):
    jobs.enqueue("tests.count_to_three", key="one")
    jobs.cancel("one", at=timezone.now())
    run_jobs()

    assert seen == []
    assert Job.objects.get().error == "cancelled"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has real concurrency")
def test_eight_workers_that_reach_for_one_job_do_it_once():
    job = jobs.enqueue("tests.note", key="one", number=1)
    ready = threading.Barrier(8)

    def work() -> None:
        ready.wait(60)
        jobs.run(job.pk, now=timezone.now())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [1]
