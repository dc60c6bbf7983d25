"""How an upload reaches the disk while it is still being received."""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from evidence.kinds import MAXIMUM_SIZE


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Writes to a temporary file, but little more than the largest file that is accepted.

    What comes after is counted and thrown away: the file's `size` is what was sent, so that it
    is refused as too large, and the disk never fills with it.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= MAXIMUM_SIZE:
            super().receive_data_chunk(raw_data, start)
