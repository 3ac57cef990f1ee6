//! TOML text <-> program.
