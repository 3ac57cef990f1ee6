-- Secrets that decide draws, each named by the entry that commits to it. The one that is not shown yet decides; a terminal
-- has one at most.
CREATE TABLE drawing (
    commit_seq INTEGER PRIMARY KEY REFERENCES entry (seq),
    since TEXT NOT NULL,          -- the day of business on which it began
    secret BLOB NOT NULL,
    drawn INTEGER NOT NULL,       -- how many sales it has decided
    is_shown INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX drawing_now ON drawing (is_shown) WHERE is_shown = 0;
