"""Settings of the property tests."""

from hypothesis import settings

# A shared machine may stall any single example; how long one takes is no finding.
settings.register_profile("scoring", deadline=None)
settings.load_profile("scoring")
