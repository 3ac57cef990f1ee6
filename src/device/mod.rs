//! What scanners, cameras and other machines send, as characters. What it means is for `loyalty`.

pub mod picture;
