#!/usr/bin/env python
"""Command line of PMPZI; ``python manage.py help`` lists the commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmpzi.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        # A missing or bad setting: what it says is enough, where it was raised is noise.
        sys.exit(str(problem))
