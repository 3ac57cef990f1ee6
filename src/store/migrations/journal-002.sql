-- Passes: the issuer's keys as the server signed them, and the codes of phones that were shown here.
CREATE TABLE pass_keys (          -- the newest list alone
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;

CREATE TABLE shown_code (         -- written in the transaction that keeps the basket: a code is good for one basket
    token BLOB NOT NULL,          -- the card's
    step INTEGER NOT NULL,        -- the half minute that the phone signed
    basket TEXT NOT NULL,
    PRIMARY KEY (token, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_code_step ON shown_code (step);
