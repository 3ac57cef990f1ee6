-- What a holder has besides purses and memberships: tiers, entitlements, and the past as far as programs ask for it. A sum
-- of what entries say, kept so that nobody has to read them again.
CREATE TABLE standing (
    account INTEGER PRIMARY KEY REFERENCES account (id),
    body    BLOB NOT NULL
) STRICT;
