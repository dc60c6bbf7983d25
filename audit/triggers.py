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

_POSTGRESQL_FUNCTION = f"""
    CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers, replacing any that are there."""
    remove(apps, schema_editor)
    for statement in install_sql(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers, where they exist."""
    for statement in remove_sql(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def install_sql(vendor: str) -> list[str]:
    """The statements that create the triggers. Raises ValueError for other vendors."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            for name, event in _SQLITE.items()
        ]
    if vendor == "postgresql":
        return [
            _POSTGRESQL_FUNCTION,
            *[
                f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION audit_event_refuse()"
                for name, event in _POSTGRESQL.items()
            ],
        ]
    raise ValueError(f"no append-only triggers are written for {vendor}")


def remove_sql(vendor: str) -> list[str]:
    """The statements that drop the triggers. Raises ValueError for other vendors."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE]
    if vendor == "postgresql":
        return [
            *[f"DROP TRIGGER IF EXISTS {name} ON audit_event" for name in _POSTGRESQL],
            "DROP FUNCTION IF EXISTS audit_event_refuse()",
        ]
    raise ValueError(f"no append-only triggers are written for {vendor}")
