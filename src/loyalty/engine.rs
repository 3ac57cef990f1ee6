//! The one place where a price is decided.
