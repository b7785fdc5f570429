"""The database itself keeps a locked plan and its amendments as they are, and takes no result before the lock.

Where SQLite makes these tables anew, their triggers go with the old ones: a migration that changes them makes them again.
"""

from django.db import migrations


POSTGRESQL = """
CREATE FUNCTION evaluation_study_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a locked plan stays as it is';
END
$$;
CREATE FUNCTION evaluation_study_needs_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT locked_at FROM evaluation_study WHERE id = NEW.study_id) IS NULL THEN
        RAISE EXCEPTION 'nothing comes before the plan is locked';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER evaluation_study_locked BEFORE UPDATE ON evaluation_study FOR EACH ROW
    WHEN (OLD.locked_at IS NOT NULL AND (OLD.plan, OLD.sha256, OLD.locked_at, OLD.kind, OLD.title, OLD.programme_id)
          IS DISTINCT FROM (NEW.plan, NEW.sha256, NEW.locked_at, NEW.kind, NEW.title, NEW.programme_id))
    EXECUTE FUNCTION evaluation_study_refuse();
CREATE TRIGGER evaluation_amendment_stays BEFORE UPDATE ON evaluation_studyamendment FOR EACH ROW
    WHEN ((OLD.text, OLD.sha256, OLD.number, OLD.made_at, OLD.study_id)
          IS DISTINCT FROM (NEW.text, NEW.sha256, NEW.number, NEW.made_at, NEW.study_id))
    EXECUTE FUNCTION evaluation_study_refuse();
CREATE TRIGGER evaluation_amendment_after_lock BEFORE INSERT ON evaluation_studyamendment FOR EACH ROW
    EXECUTE FUNCTION evaluation_study_needs_lock();
CREATE TRIGGER evaluation_result_after_lock BEFORE INSERT ON evaluation_studyresult FOR EACH ROW
    EXECUTE FUNCTION evaluation_study_needs_lock();
"""
POSTGRESQL_BACK = """
DROP TRIGGER evaluation_study_locked ON evaluation_study;
DROP TRIGGER evaluation_amendment_stays ON evaluation_studyamendment;
DROP TRIGGER evaluation_amendment_after_lock ON evaluation_studyamendment;
DROP TRIGGER evaluation_result_after_lock ON evaluation_studyresult;
DROP FUNCTION evaluation_study_refuse();
DROP FUNCTION evaluation_study_needs_lock();
"""
UNLOCKED = "(SELECT locked_at FROM evaluation_study WHERE id = NEW.study_id) IS NULL"
SQLITE = {
    "evaluation_study_locked": (
        "BEFORE UPDATE ON evaluation_study WHEN OLD.locked_at IS NOT NULL AND (OLD.plan IS NOT NEW.plan"
        " OR OLD.sha256 IS NOT NEW.sha256 OR OLD.locked_at IS NOT NEW.locked_at OR OLD.kind IS NOT NEW.kind"
        " OR OLD.title IS NOT NEW.title OR OLD.programme_id IS NOT NEW.programme_id)",
        "a locked plan stays as it is",
    ),
    "evaluation_amendment_stays": (
        "BEFORE UPDATE ON evaluation_studyamendment WHEN OLD.text IS NOT NEW.text OR OLD.sha256 IS NOT NEW.sha256"
        " OR OLD.number IS NOT NEW.number OR OLD.made_at IS NOT NEW.made_at OR OLD.study_id IS NOT NEW.study_id",
        "a locked plan stays as it is",
    ),
    "evaluation_amendment_after_lock": (
        f"BEFORE INSERT ON evaluation_studyamendment WHEN {UNLOCKED}",
        "nothing comes before the plan is locked",
    ),
    "evaluation_result_after_lock": (
        f"BEFORE INSERT ON evaluation_studyresult WHEN {UNLOCKED}",
        "nothing comes before the plan is locked",
    ),
}


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for name, (when, said) in SQLITE.items():
        schema_editor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{said}'); END")


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK)
        return
    for name in SQLITE:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0004_studies_and_certificates")]
    operations = [migrations.RunPython(forwards, backwards)]
