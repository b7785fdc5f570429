import os

# Before numpy comes in: what is computed here are many small matrices, and threads cost several times what they share.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.celery import app as celery_app

__all__ = ["celery_app"]
