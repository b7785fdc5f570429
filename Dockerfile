FROM python:3.11-slim AS build
WORKDIR /srv
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /srv peyvand && mkdir -p /srv/.data && chown peyvand /srv/.data
WORKDIR /srv
COPY --from=build /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m compileall -q .
RUN SECRET_KEY=build DATABASE_URL=postgresql://unused/unused python manage.py collectstatic --noinput --verbosity 0
USER peyvand
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s \
  CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--ws", "core.line:Line", "--ws-max-size", "65536", "--ws-per-message-deflate", "false", "--proxy-headers", \
     "--no-access-log", "--timeout-graceful-shutdown", "25"]
