-- cache.db: what the server can give again. May be deleted at any time.
CREATE TABLE mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch BLOB,                   -- the server's incarnation that the rows came from
    cursor INTEGER NOT NULL,      -- the version of the feed up to which they are complete
    last_sync INTEGER,            -- the last signed answer, in milliseconds since 1970
    cards INTEGER NOT NULL,       -- rows of card: counting millions would take longer than a customer waits
    goods INTEGER NOT NULL        -- rows of goods
) STRICT;
INSERT INTO mark VALUES (1, NULL, 0, NULL, 0, 0);

CREATE TABLE card (
    token INTEGER PRIMARY KEY,    -- the first 63 bits of the card's token; the whole token stands in the body
    body BLOB NOT NULL            -- CBOR, and after it the first bytes of its hash
) STRICT;

CREATE TABLE goods (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body BLOB NOT NULL            -- CBOR, and after it the first bytes of its hash
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    partner TEXT,
    timezone TEXT NOT NULL
) STRICT, WITHOUT ROWID;
