//! A scan becomes a card that can be trusted.
