//! One thin file for each command; what it does lives below.

pub mod till;
