//! One thin file for each command; what it does lives in the rooms below.

pub mod import;
pub mod program_publish;
pub mod report;
pub mod serve;
pub mod server_code;
