"""One process that is a whole platform: the web server, a worker and the clock, all in this process."""

import threading

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController

from core import jobs


def start(app: Celery) -> None:
    """Start a Celery worker and beat as threads of this process. What an earlier process left half done runs again."""
    jobs.release_leases()
    # WorkController and not apps.worker.Worker: the latter wants the main thread for its signals.
    worker = WorkController(app=app, pool_cls="threads", concurrency=2, without_gossip=True, without_mingle=True,
                            without_heartbeat=True, quiet=True)  # fmt: skip
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    # What Scheduler knows lives in memory: the jobs themselves are in SQL.
    clock = Service(app, scheduler_cls=Scheduler, max_interval=2)
    threading.Thread(target=clock.start, kwargs={"embedded_process": False}, name="beat", daemon=True).start()
