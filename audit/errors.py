"""What goes wrong when the trail is written."""


class ChainMoved(Exception):
    """An event was appended to the chain since its head was read; its text is the chain's key."""
