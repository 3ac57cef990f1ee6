-- What fell due, account by account and day by day: n is 0 for what the day itself brought, and then counts what entries
-- added that arrived after it. The body is what was given (CBOR).
CREATE TABLE due (
    account INTEGER NOT NULL REFERENCES account (id),
    day     TEXT NOT NULL,
    n       INTEGER NOT NULL,
    body    BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (account, day, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER due_stays BEFORE UPDATE ON due
    BEGIN SELECT RAISE(ABORT, 'what fell due is never changed'); END;
CREATE TRIGGER due_is_kept BEFORE DELETE ON due
    BEGIN SELECT RAISE(ABORT, 'what fell due is never taken out'); END;

-- Accounts whose turn came before the others': an entry for them arrived while a day was still being worked through. `day`
-- is the last one that is done for them.
CREATE TABLE due_ahead (
    account INTEGER PRIMARY KEY REFERENCES account (id),
    day     TEXT NOT NULL
) STRICT;

-- Who buys for an organisation: their terminals must be told when its account changes.
CREATE TABLE buyer (
    organisation TEXT NOT NULL,
    member       TEXT NOT NULL REFERENCES member (id),
    PRIMARY KEY (organisation, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX buyer_by_member ON buyer (member);
