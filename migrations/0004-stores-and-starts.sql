-- What processes keep beyond their end, and start events with several definitions.

-- Data stores (BPMN 2.0.2: 10.4.1), each of one process id. What one holds is told by one event of
-- its own (`note`), which is erased when another value takes its place.
CREATE TABLE data_store (
    process TEXT NOT NULL,              -- process_definition.id
    store TEXT NOT NULL,                -- id in the model
    value BLOB NOT NULL,                -- as the engine encodes values
    instance INTEGER NOT NULL,          -- process_instance.key that wrote it
    note INTEGER NOT NULL,              -- stream of the event
    at_us INTEGER NOT NULL,
    PRIMARY KEY (process, store)
) STRICT, WITHOUT ROWID;

-- One row for each definition of a start event.
CREATE TABLE start_event_of (
    definition INTEGER NOT NULL,
    node INTEGER NOT NULL,
    def INTEGER NOT NULL,               -- which of the node's event definitions
    element TEXT NOT NULL,
    event TEXT NOT NULL,                -- MESSAGE, SIGNAL, TIMER, CONDITION
    name TEXT NOT NULL,                 -- of the message or signal
    due_us INTEGER NOT NULL,            -- TIMER; 0: it fires no more
    armed_us INTEGER NOT NULL,          -- from when on a cycle counts
    is_true INTEGER NOT NULL,           -- CONDITION: as it was when a data store changed last
    PRIMARY KEY (definition, node, def)
) STRICT, WITHOUT ROWID;
INSERT INTO start_event_of (definition, node, def, element, event, name, due_us, armed_us, is_true)
    SELECT definition, node, 0, element, event, name, due_us, armed_us, 0 FROM start_event;
DROP TABLE start_event;
ALTER TABLE start_event_of RENAME TO start_event;
CREATE INDEX start_event_name ON start_event (event, name) WHERE name <> '';
CREATE INDEX start_event_due ON start_event (due_us) WHERE due_us > 0;
CREATE INDEX start_event_condition ON start_event (definition) WHERE event = 'CONDITION';

-- Of start events that need several definitions: which have come. Not derived from one stream's
-- events. What comes twice counts once.
CREATE TABLE start_pending (
    definition INTEGER NOT NULL,
    node INTEGER NOT NULL,
    correlation_key TEXT NOT NULL,      -- of a message; empty: it counts for every key
    def INTEGER NOT NULL,
    variables TEXT NOT NULL,            -- JSON object
    at_us INTEGER NOT NULL,
    PRIMARY KEY (definition, node, correlation_key, def)
) STRICT, WITHOUT ROWID;
CREATE INDEX start_pending_at ON start_pending (at_us);
