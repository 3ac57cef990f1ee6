//! What kind of thing was scanned.
