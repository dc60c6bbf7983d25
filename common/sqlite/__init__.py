"""Django's SQLite backend, where writers wait in line instead of sleeping."""
