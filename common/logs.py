"""Log lines as JSON, one object a line, without personal data."""

import json
import logging
import traceback
from datetime import UTC, datetime

from common.request_id import current_request_id


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, request id, and of an exception its kind and place.

    The frames name files and lines but show no values, and of an exception's text only the
    first line is kept: PostgreSQL puts the values of the row into the lines after it.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        request = getattr(record, "request", None)
        if request_id := getattr(request, "request_id", "") or current_request_id():
            entry["request_id"] = request_id
        status = getattr(record, "status_code", None)
        if status is not None:
            entry["status"] = status
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = _describe(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


def _describe(error: BaseException) -> dict[str, object]:
    lines = str(error).splitlines()
    frames = traceback.extract_tb(error.__traceback__)
    description: dict[str, object] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "text": lines[0] if lines else "",
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__
    if cause is not None:
        description["cause"] = _describe(cause)
    return description
