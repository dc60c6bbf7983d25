"""The parts of the interface, by subject; templates load them all as ``{% load ui %}``."""
