"""Triggers that make the database refuse every change of an event once it is written.

A migration that remakes the table on SQLite (most ``alter_field``) drops them there: it must
run `install` again as its last step.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MESSAGE = "audit_event: rows are only ever added"

_SQLITE = {
    "audit_event_no_update": "BEFORE UPDATE ON audit_event",
    "audit_event_no_delete": "BEFORE DELETE ON audit_event",
    # INSERT OR REPLACE deletes the old row without firing the trigger above.
    "audit_event_no_replace": """BEFORE INSERT ON audit_event WHEN EXISTS (
        SELECT 1 FROM audit_event
        WHERE id = NEW.id OR (chain_id = NEW.chain_id AND number = NEW.number)
    )""",
}

_POSTGRESQL = {
    "audit_event_no_change": "BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW",
    # Row triggers do not see TRUNCATE.
    "audit_event_no_truncate": "BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT",
}


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers, replacing any that are there. Raises ValueError for other vendors."""
    remove(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for name, event in _SQLITE.items():
            schema_editor.execute(
                f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            )
    elif vendor == "postgresql":
        schema_editor.execute(
            f"""
            CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """
        )
        for name, event in _POSTGRESQL.items():
            schema_editor.execute(
                f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION audit_event_refuse()"
            )
    else:
        raise ValueError(f"no append-only triggers are written for {vendor}")


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers, where they exist."""
    if schema_editor.connection.vendor == "sqlite":
        for name in _SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
    else:
        for name in _POSTGRESQL:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON audit_event")
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_event_refuse()")
