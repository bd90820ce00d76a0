-- Where time passes in a case besides the tasks of people: timers, messages, conditions, jobs, called
-- processes, sub-processes. What is entered and left in the same step has no row. For how long steps
-- take over all cases; no personal data. Derived from the case's events.
CREATE TABLE case_element (
    case_id INTEGER NOT NULL,
    instance INTEGER NOT NULL,          -- the engine's number of the element instance
    node TEXT NOT NULL,                 -- id in the file
    started_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL,          -- 0: it is there
    cancelled INTEGER NOT NULL,         -- 1: it was interrupted
    PRIMARY KEY (case_id, instance)
) STRICT, WITHOUT ROWID;
