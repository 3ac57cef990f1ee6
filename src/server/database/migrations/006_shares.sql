-- What was dealt to terminals of totals that all customers share, since the beginning; what they gave back, and what their
-- entries used. The office's own share (terminal '') is what fell due.
CREATE TABLE share (
    counter  TEXT NOT NULL,
    terminal TEXT NOT NULL,
    dealt    INTEGER NOT NULL DEFAULT 0,
    back     INTEGER NOT NULL DEFAULT 0,
    used     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (counter, terminal)
) STRICT, WITHOUT ROWID;
