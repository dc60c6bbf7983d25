"""How gunicorn serves PMPZI: ``gunicorn pmpzi.wsgi``. Values: .env.example."""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

bind = f"{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
workers = env.int("WEB_CONCURRENCY", default=2)
threads = env.int("WEB_THREADS", default=4)
worker_class = "gthread"

# The sign of life of a worker: in memory, since a slow disk would look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

umask = 0o077  # what it writes is for its own user alone

timeout = 60  # seconds without a sign of life; an answer itself may take longer
graceful_timeout = 30
keepalive = 5

# Gunicorn's own lines start with the first problem; requests are the proxy's to log.
loglevel = "warning"
# Its control socket would lie in the user's home folder.
control_socket_disable = True
