-- Secrets for draws that terminals committed to, and up to which turn each has decided sales.
CREATE TABLE committed (
    terminal   TEXT NOT NULL REFERENCES terminal (id),
    commit_seq INTEGER NOT NULL,
    commitment BLOB NOT NULL,
    last       INTEGER NOT NULL DEFAULT 0,
    is_shown   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (terminal, commit_seq)
) STRICT, WITHOUT ROWID;

-- Sales that drew. is_right: nothing until the secret was shown, then whether it decides so.
CREATE TABLE drawn (
    terminal   TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    commit_seq INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    is_right   INTEGER,
    PRIMARY KEY (terminal, seq),
    FOREIGN KEY (terminal, commit_seq) REFERENCES committed (terminal, commit_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX drawn_by_commit ON drawn (terminal, commit_seq);
