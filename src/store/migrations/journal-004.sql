-- What this terminal holds of totals that all customers share. `used` is counted in the transaction that keeps the entry.
CREATE TABLE share (
    counter TEXT PRIMARY KEY,
    dealt INTEGER,                -- all that the server ever dealt; nothing where it has not answered
    used INTEGER NOT NULL DEFAULT 0,
    code TEXT                     -- the single code that it is for
) STRICT, WITHOUT ROWID;
