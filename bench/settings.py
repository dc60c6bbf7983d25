"""The settings of PMPZI with the bare views added to them."""

from pmpzi.settings import *  # noqa: F403
from pmpzi.settings import ALLOWED_HOSTS, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
