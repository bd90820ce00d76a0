-- The whole store. Written for both databases: the PostgreSQL driver reads INTEGER as BIGINT, BLOB
-- as BYTEA, and drops STRICT and WITHOUT ROWID.
--
-- Built for appending: every id grows with time, so new rows go to the end of their table; an event
-- has no index beside its number, because a case's events are a chain (event.previous,
-- case_file.last_event); indexes are partial, so that what is finished leaves them.
-- Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every version of a pack that was ever in use: a case finds the one it began with.
CREATE TABLE pack_version (
    id INTEGER PRIMARY KEY,
    pack TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    archive BLOB NOT NULL,              -- paths and bytes of its files, in the order of the paths
    at_us INTEGER NOT NULL
) STRICT;

-- The truth about every case, and the audit log: seq is the leaf's index in the Merkle tree.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    case_seq INTEGER NOT NULL,          -- from 1 within the case
    previous INTEGER NOT NULL,          -- seq of the case's event before this one, -1 for the first
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    payload BLOB NOT NULL,              -- nonce and ciphertext under the case's key
    leaf BLOB NOT NULL
) STRICT;

-- One row: the right edge of the Merkle tree.
CREATE TABLE audit_frontier (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    frontier BLOB NOT NULL
) STRICT;

CREATE TABLE audit_checkpoint (
    leaf_count INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;

-- Deleting the key erases the case.
CREATE TABLE case_key (
    case_id INTEGER PRIMARY KEY,
    key BLOB NOT NULL
) STRICT;

-- What pages and searches read of a case; derived from its events. No personal data.
CREATE TABLE case_file (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    code_sha256 BLOB NOT NULL,
    pack_version INTEGER NOT NULL,
    matter TEXT NOT NULL,
    status TEXT NOT NULL,
    place TEXT NOT NULL,
    accepting TEXT NOT NULL,
    competent TEXT NOT NULL,
    superior TEXT NOT NULL,
    review TEXT NOT NULL,
    parent TEXT NOT NULL,
    event_count INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    submitted_us INTEGER NOT NULL,
    closed_us INTEGER NOT NULL,         -- 0: open
    adverse INTEGER NOT NULL,
    wake_us INTEGER NOT NULL            -- when a timer or a clock is next due; 0: never
) STRICT;
CREATE INDEX case_wake ON case_file (wake_us) WHERE wake_us > 0;
CREATE INDEX case_parent ON case_file (parent) WHERE parent <> '';

-- The state after the first event_count events, encrypted like an event.
CREATE TABLE case_state (
    case_id INTEGER PRIMARY KEY,
    event_count INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;

CREATE TABLE task (
    case_id INTEGER NOT NULL,
    task INTEGER NOT NULL,
    node TEXT NOT NULL,
    organ TEXT NOT NULL,
    post TEXT NOT NULL,
    applicant INTEGER NOT NULL,
    waiting INTEGER NOT NULL,           -- 1: open or claimed. Apart from state, so that a claim touches
                                        -- no index
    state INTEGER NOT NULL,             -- enum case_task_state: 0 open, 1 claimed, 2 done, 3 cancelled
    account INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    due_us INTEGER NOT NULL,            -- 0: none
    ended_us INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (case_id, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_waiting ON task (organ, post, due_us) WHERE waiting = 1;

CREATE TABLE clock (
    case_id INTEGER NOT NULL,
    clock TEXT NOT NULL,
    shown INTEGER NOT NULL,             -- 0 stopped in time, 1 running, 2 suspended, 3 breached
    due_us INTEGER NOT NULL,
    suspended_us INTEGER NOT NULL,      -- since when; 0: it is not
    extended INTEGER NOT NULL,
    organ TEXT NOT NULL,                -- that decides, or held the case when it was breached
    post TEXT NOT NULL,
    supervisor TEXT NOT NULL,           -- the superior organ
    PRIMARY KEY (case_id, clock)
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_shown ON clock (shown, organ, due_us) WHERE shown > 0;

CREATE TABLE letter (
    case_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    event INTEGER NOT NULL,             -- holds the text
    letter TEXT NOT NULL,
    number TEXT NOT NULL,
    organ TEXT NOT NULL,
    verify_code TEXT NOT NULL,
    adverse INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (case_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_verify ON letter (verify_code);

-- Which cases name a document; its bytes are a file under documents/.
CREATE TABLE document (
    sha256 BLOB NOT NULL,
    case_id INTEGER NOT NULL,
    PRIMARY KEY (sha256, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_case ON document (case_id);

-- Every look at a case: the applicant can read these.
CREATE TABLE access_look (
    case_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    account INTEGER NOT NULL,
    organ TEXT NOT NULL,
    post TEXT NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (case_id, n)
) STRICT, WITHOUT ROWID;

-- What must still leave the building, or be told to another case. A sent one is deleted.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                 -- mail, reviewed
    case_id INTEGER NOT NULL,
    payload BLOB NOT NULL,              -- encrypted like an event
    created_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_us INTEGER NOT NULL,           -- not before
    lease INTEGER NOT NULL              -- grows with each lease: a late worker is refused by it
) STRICT;
CREATE INDEX outbox_next ON outbox (next_us);

-- The first answer to an idempotency key, encrypted under a key made of it: only who repeats the
-- key can read it.
CREATE TABLE idempotency (
    key_hash BLOB NOT NULL PRIMARY KEY,
    order_hash BLOB NOT NULL,
    answer BLOB NOT NULL,
    at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (at_us);

-- What a person has filled in so far, encrypted under a key made of the draft's own secret.
CREATE TABLE draft (
    key_hash BLOB NOT NULL PRIMARY KEY,
    matter TEXT NOT NULL,
    content BLOB NOT NULL,
    at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_age ON draft (at_us);

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    user TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,             -- Argon2id, in its own text form; empty: cannot sign in
    locked INTEGER NOT NULL,
    failures INTEGER NOT NULL,          -- wrong passwords since the last right one
    retry_us INTEGER NOT NULL,          -- no attempt before
    created_us INTEGER NOT NULL,
    signed_in_us INTEGER NOT NULL
) STRICT;

CREATE TABLE appointment (
    account INTEGER NOT NULL,
    organ TEXT NOT NULL,
    post TEXT NOT NULL,
    PRIMARY KEY (account, organ, post)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

-- Numbers that are given once: references by region, letters by series, each by year.
CREATE TABLE counter (
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;
