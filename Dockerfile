# One image, not root. Build: docker build -t pmpzi .
# The base may be any Debian with Python 3.11 or newer and its venv module.
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python3 -m venv /opt/pmpzi \
 && /opt/pmpzi/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --no-deps --only-binary :all: --requirement /tmp/base.txt

FROM ${BASE}
# What WeasyPrint needs to write PDF files.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-open-sans \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin pmpzi \
 && install --directory --owner pmpzi --group pmpzi --mode 0700 /data

COPY --from=packages /opt/pmpzi /opt/pmpzi
WORKDIR /app
COPY . .

# Static files belong to the image, data to the volume.
ENV PATH=/opt/pmpzi/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp \
    VAR_DIR=/data \
    STATIC_ROOT=/app/static-collected \
    HOST=0.0.0.0 \
    PORT=8000
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build

USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "scripts/check_health.py"]

# Before the first start and after every update:
#   python manage.py migrate && python manage.py createcachetable
#   python manage.py load_instruments
# With JOB_WORKER=1, a second container of this image, restarted when it ends, and without the
# health check, which asks the server:
#   docker run --restart unless-stopped --no-healthcheck … python manage.py db_worker
CMD ["python", "-m", "gunicorn", "pmpzi.wsgi"]
