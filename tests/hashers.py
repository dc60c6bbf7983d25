from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 with the least it accepts, for tests."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
