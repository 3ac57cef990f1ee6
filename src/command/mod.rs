//! One thin file for each command: arguments in, answers and an exit status out. What it does lives below.

pub mod program;
pub mod programs;
pub mod simulate;
