"""Asks the server of this container whether it is alive; exits 0 when it is."""

import os
import sys
import urllib.request

SECONDS = 4

try:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/sehat"
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:
        sys.exit(answer.status != 200)
except OSError:
    sys.exit(1)
