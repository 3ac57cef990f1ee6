-- Passes that prove themselves. A key's private half is not here: it is worked out from the server's own key and the salt.
CREATE TABLE pass_key (
    id         INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
    salt       BLOB NOT NULL,
    public_key BLOB NOT NULL,
    not_before TEXT NOT NULL,
    not_after  TEXT,
    revoked    INTEGER NOT NULL DEFAULT 0,
    reason     TEXT
) STRICT;

-- The keys as terminals get them, list by list.
CREATE TABLE pass_keys (
    version   INTEGER PRIMARY KEY,
    bytes     BLOB NOT NULL,
    signature BLOB NOT NULL,
    made_at   INTEGER NOT NULL
) STRICT;

-- Every pass that was given out. srin counts the passes of a card.
CREATE TABLE pass (
    token   BLOB NOT NULL,
    srin    INTEGER NOT NULL CHECK (srin BETWEEN 1 AND 65535),
    key     INTEGER NOT NULL REFERENCES pass_key (id),
    program INTEGER NOT NULL,
    tier    INTEGER NOT NULL,
    issued  TEXT NOT NULL,
    expires TEXT NOT NULL,
    phone   BLOB,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (token, srin)
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_by_key ON pass (key);

-- Passes of a card below this number are refused, and why.
CREATE TABLE withdrawn (
    token   BLOB PRIMARY KEY,
    least   INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
