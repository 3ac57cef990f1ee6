-- Passes that were withdrawn, by card. Nothing here lists card numbers.
CREATE TABLE withdrawn (
    token INTEGER PRIMARY KEY,    -- the first 63 bits of the card's token
    least INTEGER NOT NULL        -- passes with a lower number are refused
) STRICT;

-- A program from before could not read these rows and passed over them: everything is taken anew.
UPDATE mark SET cursor = 0;
