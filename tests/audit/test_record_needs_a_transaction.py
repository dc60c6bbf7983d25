"""Without the database, and so outside of any transaction."""

import pytest

from audit.models import Chain
from audit.services import record


def test_record_outside_a_transaction_is_a_mistake():
    with pytest.raises(ValueError, match="share the transaction"):
        record(chain=Chain(key="uji"), action="diubah", subject="x", by=None)
