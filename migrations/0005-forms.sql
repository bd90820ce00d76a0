-- A user task keeps which form it has; how a start event's form is bound.
ALTER TABLE process_definition ADD COLUMN start_binding TEXT NOT NULL DEFAULT 'latest'; -- latest, deployment, versionTag
ALTER TABLE process_definition ADD COLUMN start_tag TEXT NOT NULL DEFAULT '';

-- resource.key of its form; 0: none. Until now: the newest of that id when the task was made.
ALTER TABLE user_task ADD COLUMN form INTEGER NOT NULL DEFAULT 0;
UPDATE user_task SET form = COALESCE((SELECT f.key FROM resource AS f WHERE f.kind = 'form' AND
    f.id = user_task.form_id AND f.at_us <= user_task.created_us ORDER BY f.version DESC LIMIT 1), 0)
    WHERE form_id <> '';
ALTER TABLE user_task DROP COLUMN form_id;
