"""The database itself refuses to change an audit event, whoever asks.

On SQLite only UPDATE is refused: there the test runner empties tables by DELETE, and whoever holds the file holds all.
A removed event is found by `verify_audit` on both.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END
$$;
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
"""
POSTGRESQL_BACK = """
DROP TRIGGER accounts_audit_append_only ON accounts_auditevent;
DROP FUNCTION accounts_audit_refuse();
"""
SQLITE = """
CREATE TRIGGER accounts_audit_append_only BEFORE UPDATE ON accounts_auditevent
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END
"""
SQLITE_BACK = "DROP TRIGGER accounts_audit_append_only"


def forwards(apps, schema_editor):
    schema_editor.execute({"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor])


def backwards(apps, schema_editor):
    schema_editor.execute({"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK}[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_first_version")]
    operations = [migrations.RunPython(forwards, backwards)]
