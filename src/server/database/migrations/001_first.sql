-- The server's books. Days are text (2026-02-10), moments are milliseconds since 1970, amounts are thousandths of the
-- purse's unit. What only grows is guarded by triggers: a mistake is answered by another line, never changed.

-- Who this shop is: shop, card_key, server_public, currency, starts.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    id       TEXT PRIMARY KEY,
    partner  TEXT,
    timezone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE terminal (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    public_key      BLOB NOT NULL UNIQUE,
    site            TEXT NOT NULL REFERENCES site (id),
    revoked         INTEGER NOT NULL DEFAULT 0,
    through_seq     INTEGER NOT NULL DEFAULT 0,
    through_hash    BLOB NOT NULL,
    enrolled_at     INTEGER NOT NULL,
    last_seen       INTEGER NOT NULL,
    program_version TEXT NOT NULL
) STRICT;

-- One-time codes. The code itself is not kept: only what finds it and the key that it stands for.
CREATE TABLE enrol_code (
    hint       TEXT PRIMARY KEY,
    key        BLOB NOT NULL,
    site       TEXT NOT NULL REFERENCES site (id),
    expires_at INTEGER NOT NULL,
    tries_left INTEGER NOT NULL,
    used_by    TEXT REFERENCES terminal (id)
) STRICT, WITHOUT ROWID;

-- `person` is what terminals may know (CBOR); the phone number stays here.
CREATE TABLE member (
    id     TEXT PRIMARY KEY,
    person BLOB NOT NULL,
    phone  TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE card (
    token  BLOB PRIMARY KEY,
    member TEXT NOT NULL REFERENCES member (id),
    number TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX card_by_member ON card (member);

CREATE TABLE goods (
    sku    TEXT PRIMARY KEY,
    listed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every entry of every terminal, as it was sealed. outcome: 0 posted, 1 posted with an exception, 2 quarantined.
CREATE TABLE entry (
    number      INTEGER PRIMARY KEY,
    terminal    TEXT NOT NULL REFERENCES terminal (id),
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    kind        TEXT NOT NULL,
    bytes       BLOB NOT NULL,
    outcome     INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 2),
    code        TEXT,
    answers     INTEGER REFERENCES entry (number),
    received_at INTEGER NOT NULL,
    UNIQUE (terminal, seq)
) STRICT;
CREATE INDEX entry_by_answer ON entry (answers) WHERE answers IS NOT NULL;
CREATE VIEW quarantine AS SELECT number, terminal, seq, kind, code, bytes, received_at FROM entry WHERE outcome = 2;

-- Entries that came under a number which another entry holds: two machines share a name. Kept for the office.
CREATE TABLE fork (
    terminal    TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    bytes       BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (terminal, seq, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE transfer (
    id     INTEGER PRIMARY KEY,
    entry  INTEGER REFERENCES entry (number),
    line   INTEGER NOT NULL,
    purse  TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES account (id),
    target INTEGER NOT NULL REFERENCES account (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    day    TEXT NOT NULL,
    reason TEXT NOT NULL,
    CHECK (source <> target),
    UNIQUE (entry, line, source, target)
) STRICT;
CREATE INDEX transfer_by_source ON transfer (source, purse);
CREATE INDEX transfer_by_target ON transfer (target, purse);

-- What a holder has of a purse: a cache of the transfers, and how much of it is debt.
CREATE TABLE purse (
    account  INTEGER NOT NULL REFERENCES account (id),
    purse    TEXT NOT NULL,
    balance  INTEGER NOT NULL,
    debt     INTEGER NOT NULL CHECK (debt >= 0),
    last_lot INTEGER NOT NULL,
    PRIMARY KEY (account, purse)
) STRICT, WITHOUT ROWID;

-- Points earned together that lapse together; `rest` is what is left. origin 0: no entry opened it.
CREATE TABLE lot (
    account INTEGER NOT NULL,
    purse   TEXT NOT NULL,
    id      INTEGER NOT NULL,
    earned  TEXT NOT NULL,
    expires TEXT,
    origin  INTEGER NOT NULL,
    rest    INTEGER NOT NULL CHECK (rest >= 0),
    PRIMARY KEY (account, purse, id),
    FOREIGN KEY (account, purse) REFERENCES purse (account, purse)
) STRICT, WITHOUT ROWID;

CREATE INDEX lot_by_expiry ON lot (expires) WHERE expires IS NOT NULL;

CREATE TABLE lot_move (
    id      INTEGER PRIMARY KEY,
    entry   INTEGER REFERENCES entry (number),
    account INTEGER NOT NULL,
    purse   TEXT NOT NULL,
    lot     INTEGER NOT NULL,
    amount  INTEGER NOT NULL,
    FOREIGN KEY (account, purse, lot) REFERENCES lot (account, purse, id)
) STRICT;
CREATE INDEX lot_move_by_entry ON lot_move (entry) WHERE entry IS NOT NULL;
CREATE INDEX lot_move_by_lot ON lot_move (account, purse, lot);

CREATE TABLE membership (
    account    INTEGER NOT NULL REFERENCES account (id),
    membership TEXT NOT NULL,
    since      INTEGER NOT NULL,
    until      TEXT,
    PRIMARY KEY (account, membership, since)
) STRICT, WITHOUT ROWID;

-- What changed last, row by row. A newer change of the same row takes the older one's place, so that the feed holds as
-- many lines as there are rows, and reading it from 0 gives everything.
CREATE TABLE feed (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    UNIQUE (kind, key)
) STRICT;

CREATE TABLE bundle (
    version   INTEGER PRIMARY KEY,
    bytes     BLOB NOT NULL,
    signature BLOB NOT NULL,
    made_at   INTEGER NOT NULL
) STRICT;

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'an entry is never taken out'); END;
CREATE TRIGGER transfer_stays BEFORE UPDATE ON transfer
    BEGIN SELECT RAISE(ABORT, 'a transfer is never changed: answer it with another'); END;
CREATE TRIGGER transfer_is_kept BEFORE DELETE ON transfer
    BEGIN SELECT RAISE(ABORT, 'a transfer is never taken out: answer it with another'); END;
CREATE TRIGGER lot_move_stays BEFORE UPDATE ON lot_move
    BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
CREATE TRIGGER lot_move_is_kept BEFORE DELETE ON lot_move
    BEGIN SELECT RAISE(ABORT, 'a movement is never taken out'); END;
