-- journal.db: everything that only this terminal knows.
CREATE TABLE post (               -- who this terminal is; one row, written when it is enrolled
    one INTEGER PRIMARY KEY CHECK (one = 1),
    url TEXT NOT NULL,
    shop TEXT NOT NULL,
    terminal TEXT NOT NULL,
    site TEXT NOT NULL,
    partner TEXT,
    timezone TEXT NOT NULL,
    server_key BLOB NOT NULL,
    seal BLOB NOT NULL            -- a hash over the others
) STRICT;

CREATE TABLE mark (               -- how far the server has answered; one row
    one INTEGER PRIMARY KEY CHECK (one = 1),
    acked_seq INTEGER NOT NULL,
    acked_hash BLOB NOT NULL,
    epoch BLOB,
    reflected INTEGER NOT NULL    -- effects up to this entry are part of every complete copy of the server's data
) STRICT;
INSERT INTO mark VALUES (1, 0, zeroblob(32), NULL, 0);

CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,      -- without a gap from 1, given inside the transaction that writes the entry
    kind TEXT NOT NULL,
    hlc INTEGER NOT NULL,
    hash BLOB NOT NULL,
    basket TEXT,                  -- what became this sale: a basket is sold once
    source TEXT,                  -- the number a recorded sale had where it came from
    answers INTEGER REFERENCES entry (seq),
    bytes BLOB NOT NULL           -- canonical, never encoded again
) STRICT;
CREATE UNIQUE INDEX entry_basket ON entry (basket) WHERE basket IS NOT NULL;
CREATE INDEX entry_answers ON entry (answers) WHERE answers IS NOT NULL;
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry BEGIN
    SELECT RAISE (ABORT, 'an entry of the journal is never changed');
END;
CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry BEGIN
    SELECT RAISE (ABORT, 'an entry of the journal is never removed');
END;

CREATE TABLE effect (             -- what entries did to accounts and the server's data does not show yet
    holder TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    change BLOB NOT NULL,
    PRIMARY KEY (holder, seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE signed_head (        -- heads as they were signed for the server
    seq INTEGER PRIMARY KEY,
    signature BLOB NOT NULL
) STRICT;

CREATE TABLE draft (              -- baskets that are not paid yet
    basket TEXT PRIMARY KEY,
    is_held INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bundle (             -- programs as the server published them; a sale is returned by the ones it was made with
    version INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;
