-- Process instances outside matters, and what instances and cases share with the outside: jobs,
-- messages, signals.
--
-- A key is (stream << 24) + n: a stream is whatever has a chain of events and a key of its own (a
-- case, a process instance, a deployment, a message, a signal, an evaluation); n is what the engine
-- numbers in it: element instances, jobs, timers and subscriptions from 1 upwards, incidents and
-- variables from 2^24 - 1 downwards. n = 0 is the stream itself. So a process instance's key is its
-- root element's, everything of an instance is one range of keys, and no table needs an index on
-- its instance. Case streams use the same keys.
-- Rows about an instance are derived from its events and compared with them by verify, except where
-- a table says otherwise. Texts in capitals are those of the API.

-- key: of its stream, n = 0. Its event names the resources with their digests.
CREATE TABLE deployment (
    key INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;

-- A deployed file. A file that did not change keeps its row and its version.
CREATE TABLE resource (
    key INTEGER PRIMARY KEY,            -- deployment + n
    deployment INTEGER NOT NULL,        -- the first that brought it
    name TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- bpmn, dmn, form, other
    id TEXT NOT NULL,                   -- forms, others: what a model refers to; empty else
    version INTEGER NOT NULL,           -- of that id; 0 for bpmn and dmn
    version_tag TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    bytes BLOB NOT NULL,
    at_us INTEGER NOT NULL,
    deleted_us INTEGER NOT NULL         -- 0: not
) STRICT;
CREATE INDEX resource_id ON resource (kind, id, version) WHERE id <> '';

-- Which definitions a deployment holds, for the binding `deployment`: also those that did not change.
CREATE TABLE deployed (
    deployment INTEGER NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,                 -- process, decision, requirements, form, resource
    key INTEGER NOT NULL,               -- of the definition or resource
    id TEXT NOT NULL,
    PRIMARY KEY (deployment, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE process_definition (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    version_tag TEXT NOT NULL,
    name TEXT NOT NULL,
    deployment INTEGER NOT NULL,
    resource INTEGER NOT NULL,          -- resource.key
    resource_name TEXT NOT NULL,
    sha256 BLOB NOT NULL,               -- of its file
    latest INTEGER NOT NULL,            -- 1: the newest that is not deleted
    start_form TEXT NOT NULL,           -- form id of its start event; empty: none
    at_us INTEGER NOT NULL,
    deleted_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX process_definition_id ON process_definition (id, version);

-- The elements of a definition: what the rows of its instances name by number.
CREATE TABLE process_element (
    definition INTEGER NOT NULL,
    node INTEGER NOT NULL,              -- index in the model; 0 is the process itself
    element TEXT NOT NULL,              -- id in the file
    name TEXT NOT NULL,
    type TEXT NOT NULL,                 -- SERVICE_TASK, ...
    PRIMARY KEY (definition, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE requirements_definition ( -- decision requirements: a DMN file
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    deployment INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    resource_name TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    at_us INTEGER NOT NULL,
    deleted_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX requirements_definition_id ON requirements_definition (id, version);

CREATE TABLE decision_definition (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    version_tag TEXT NOT NULL,
    requirements INTEGER NOT NULL,      -- requirements_definition.key
    deployment INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    deleted_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX decision_definition_id ON decision_definition (id, version);

CREATE TABLE process_instance (
    key INTEGER PRIMARY KEY,            -- (stream << 24) + 1
    definition INTEGER NOT NULL,        -- process_definition.key
    parent INTEGER NOT NULL,            -- key of the instance that called it; 0: none
    parent_element INTEGER NOT NULL,    -- key of the calling element instance
    root INTEGER NOT NULL,              -- key of the instance at the top; its own without a parent
    state TEXT NOT NULL,                -- ACTIVE, COMPLETED, TERMINATED
    incidents INTEGER NOT NULL,         -- open ones, of its own
    started_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL,          -- 0: it runs
    started_by TEXT NOT NULL,           -- correlation key of the message that started it, or empty
    tags TEXT NOT NULL,                 -- JSON list, or empty for none
    event_count INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    wake_us INTEGER NOT NULL            -- when a timer is next due; 0: never
) STRICT;
CREATE INDEX process_instance_wake ON process_instance (wake_us) WHERE wake_us > 0;
CREATE INDEX process_instance_parent ON process_instance (parent_element) WHERE parent_element > 0;
CREATE INDEX process_instance_started_by ON process_instance (started_by, definition)
    WHERE started_by <> '' AND ended_us = 0;
CREATE INDEX process_instance_ended ON process_instance (ended_us) WHERE ended_us > 0;

CREATE TABLE element_instance (
    key INTEGER PRIMARY KEY,
    definition INTEGER NOT NULL,
    node INTEGER NOT NULL,              -- process_element.node
    scope INTEGER NOT NULL,             -- key of the element instance around it; 0: the process
    state TEXT NOT NULL,                -- ACTIVE, COMPLETED, TERMINATED
    started_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL,
    incident INTEGER NOT NULL           -- key of its open incident; 0: none
) STRICT;

CREATE TABLE sequence_flow ( -- taken at least once
    instance INTEGER NOT NULL,          -- process_instance.key
    element TEXT NOT NULL,
    definition INTEGER NOT NULL,
    PRIMARY KEY (instance, element)
) STRICT, WITHOUT ROWID;

CREATE TABLE variable (
    scope INTEGER NOT NULL,             -- key of an element instance
    name TEXT NOT NULL,
    key INTEGER NOT NULL,               -- of the same stream as its scope
    value TEXT NOT NULL,                -- JSON
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- Of process instances and of cases.
CREATE TABLE job (
    key INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    definition INTEGER NOT NULL,        -- process_definition.key; 0: of a case
    node INTEGER NOT NULL,
    element TEXT NOT NULL,              -- id in the file
    element_key INTEGER NOT NULL,       -- its element instance
    kind TEXT NOT NULL,                 -- BPMN_ELEMENT, EXECUTION_LISTENER, TASK_LISTENER, ...
    event TEXT NOT NULL,                -- listenerEventType: UNSPECIFIED, START, ...
    state TEXT NOT NULL,                -- CREATED, FAILED, COMPLETED, ERROR_THROWN, CANCELED, ...
    open INTEGER NOT NULL,              -- 1: a worker may take it from free_us on
    priority INTEGER NOT NULL,
    free_us INTEGER NOT NULL,           -- 0: at once; else the end of a lease or of a back-off
    lease INTEGER NOT NULL,             -- grows when the job is taken from a
                                        -- worker that did not answer
    worker TEXT NOT NULL,               -- that took it last
    deadline_us INTEGER NOT NULL,       -- of its lease; 0: none
    retries INTEGER NOT NULL,
    headers TEXT NOT NULL,              -- JSON object, or empty
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL
) STRICT;
CREATE INDEX job_open ON job (type, priority DESC, key, free_us) WHERE open = 1;

CREATE TABLE user_task (
    key INTEGER PRIMARY KEY,            -- of its element instance
    definition INTEGER NOT NULL,
    node INTEGER NOT NULL,
    element TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,                -- CREATING, CREATED, ASSIGNING, UPDATING, COMPLETING,
                                        -- COMPLETED, CANCELING, CANCELED, FAILED
    assignee TEXT NOT NULL,
    candidate_groups TEXT NOT NULL,     -- JSON list, or empty
    candidate_users TEXT NOT NULL,
    due_us INTEGER NOT NULL,            -- 0: none
    follow_up_us INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    form_id TEXT NOT NULL,              -- of a linked form; which version: resource as of created_us
    external_form TEXT NOT NULL,
    headers TEXT NOT NULL,              -- JSON object, or empty
    changed TEXT NOT NULL,              -- JSON list of attributes changed by listeners, or empty
    action TEXT NOT NULL,               -- of the last order about it
    created_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL
) STRICT;
CREATE INDEX user_task_open ON user_task (assignee) WHERE ended_us = 0;

CREATE TABLE incident (
    key INTEGER PRIMARY KEY,
    definition INTEGER NOT NULL,
    element TEXT NOT NULL,
    element_key INTEGER NOT NULL,
    job INTEGER NOT NULL,               -- key of the job that failed; 0: none
    type TEXT NOT NULL,                 -- JOB_NO_RETRIES, ...
    message TEXT NOT NULL,
    state TEXT NOT NULL,                -- ACTIVE, RESOLVED
    created_us INTEGER NOT NULL,
    resolved_us INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_active ON incident (element_key) WHERE state = 'ACTIVE';

-- What instances and cases wait for, and which definitions a message, signal or timer starts.
CREATE TABLE subscription (
    key INTEGER PRIMARY KEY,
    event TEXT NOT NULL,                -- MESSAGE, SIGNAL
    name TEXT NOT NULL,
    correlation_key TEXT NOT NULL,
    element_key INTEGER NOT NULL,       -- that waits
    definition INTEGER NOT NULL,        -- 0: of a case
    process TEXT NOT NULL,              -- process_definition.id; of a case its matter
    node INTEGER NOT NULL,
    element TEXT NOT NULL,
    state TEXT NOT NULL,                -- CREATED, CORRELATED, DELETED, MIGRATED
    open INTEGER NOT NULL,              -- 1: it still waits
    message INTEGER NOT NULL,           -- key of the message or signal that came last; 0: none
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE INDEX subscription_open ON subscription (name, correlation_key, key) WHERE open = 1;

-- Start events of the newest versions. Not derived from one stream's events: a deployment, a
-- deletion and a timer that fires move them.
CREATE TABLE start_event (
    definition INTEGER NOT NULL,
    node INTEGER NOT NULL,
    element TEXT NOT NULL,
    event TEXT NOT NULL,                -- MESSAGE, SIGNAL, TIMER, CONDITION
    name TEXT NOT NULL,                 -- of the message or signal
    due_us INTEGER NOT NULL,            -- TIMER; 0: it fires no more
    armed_us INTEGER NOT NULL,          -- from when on a cycle counts
    PRIMARY KEY (definition, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX start_event_name ON start_event (event, name) WHERE name <> '';
CREATE INDEX start_event_due ON start_event (due_us) WHERE due_us > 0;

-- Messages that wait for somebody. One that is past its time is deleted.
CREATE TABLE message (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    correlation_key TEXT NOT NULL,
    message_id TEXT NOT NULL,           -- unique with name and key while it lives; empty: none
    variables TEXT NOT NULL,            -- JSON object
    until_us INTEGER NOT NULL
) STRICT;
CREATE INDEX message_name ON message (name, correlation_key, key);
CREATE INDEX message_until ON message (until_us);
CREATE UNIQUE INDEX message_message_id ON message (name, correlation_key, message_id)
    WHERE message_id <> '';

-- Whom a message reached: at most one instance of a process.
CREATE TABLE message_taken (
    message INTEGER NOT NULL,           -- its key
    process TEXT NOT NULL,              -- process_definition.id
    instance INTEGER NOT NULL,          -- process_instance.key; 0: a case
    subscription INTEGER NOT NULL,      -- subscription.key; 0: it started the instance
    definition INTEGER NOT NULL,
    element TEXT NOT NULL,
    element_key INTEGER NOT NULL,
    name TEXT NOT NULL,
    correlation_key TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (message, process)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_taken_instance ON message_taken (instance, subscription);

-- Evaluated decisions: of instances, and on their own through the API.
CREATE TABLE decision_instance (
    evaluation INTEGER NOT NULL,        -- key of one evaluation
    n INTEGER NOT NULL,                 -- decision in it, from 1 in the order of completion; the
                                        -- last is the one that was asked for
    definition INTEGER NOT NULL,        -- decision_definition.key
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    requirements INTEGER NOT NULL,
    type TEXT NOT NULL,                 -- DECISION_TABLE, LITERAL_EXPRESSION, UNSPECIFIED
    state TEXT NOT NULL,                -- EVALUATED, FAILED
    process INTEGER NOT NULL,           -- process_definition.key; 0: evaluated on its own
    element_key INTEGER NOT NULL,       -- 0 likewise
    output TEXT NOT NULL,               -- JSON
    failure TEXT NOT NULL,
    inputs TEXT NOT NULL,               -- JSON: [{"expression", "value"}]
    rules TEXT NOT NULL,                -- JSON: [{"number", "id", "outputs": [{"name", "value"}]}]
    at_us INTEGER NOT NULL,
    PRIMARY KEY (evaluation, n)
) STRICT, WITHOUT ROWID;

-- Documents put in by the API; their bytes lie in the documents folder under their digest.
CREATE TABLE api_document (
    id TEXT NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    metadata TEXT NOT NULL,             -- JSON, as it came
    instance INTEGER NOT NULL,          -- process_instance.key; 0: none
    expires_us INTEGER NOT NULL,        -- 0: with its instance, or never
    at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_document_sha256 ON api_document (sha256);
CREATE INDEX api_document_expires ON api_document (expires_us) WHERE expires_us > 0;
