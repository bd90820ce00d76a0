-- Indices for the usual searches of process clients. A search whose condition stands in an index's
-- WHERE is answered from what is open, however long the history is.
CREATE INDEX process_instance_definition ON process_instance (definition);
CREATE INDEX process_instance_active ON process_instance (definition) WHERE state = 'ACTIVE';
CREATE INDEX process_instance_incident ON process_instance (definition) WHERE incidents > 0;
CREATE INDEX process_instance_started ON process_instance (started_us);
-- Also to sort by the end: so what runs stands in it too.
DROP INDEX process_instance_ended;
CREATE INDEX process_instance_ended ON process_instance (ended_us);
CREATE INDEX element_instance_active ON element_instance (definition, node) WHERE state = 'ACTIVE';
-- user_task_open was by assignee and an end that no search names.
DROP INDEX user_task_open;
CREATE INDEX user_task_assignee ON user_task (assignee) WHERE assignee <> '';
CREATE INDEX user_task_created ON user_task (created_us);
CREATE INDEX user_task_open ON user_task (created_us, key, definition) WHERE state = 'CREATED';
CREATE INDEX job_created ON job (type) WHERE state = 'CREATED';
CREATE INDEX job_failed ON job (type) WHERE state = 'FAILED';
CREATE INDEX decision_instance_id ON decision_instance (id, at_us);
