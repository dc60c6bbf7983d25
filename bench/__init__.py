"""``make bench``: how PMPZI does beside bare Django views, on this machine alone.

Not a test: nothing fails for being slow. The limits are printed beside the figures.
"""
