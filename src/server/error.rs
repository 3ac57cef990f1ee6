//! What goes wrong on the server's machine, as sentences for whoever must act on it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::database::DatabaseError;
use crate::loyalty::calendar::CalendarError;

/// Why the server, or a command on its machine, did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The books.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A file of the server's folder.
    #[error("{} cannot be used ({why}): check the folder's owner, and whether its disk is full or read-only", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// Another kind of database.
    #[error(
        "[server] database = \"{found}\" cannot be used: this vafa keeps its books in server.db; leave the key empty"
    )]
    OtherDatabase {
        /// What was configured, without a password.
        found: String,
    },
    /// The signing key is not there, but terminals trust it.
    #[error("{} is missing, and terminals trust no other key: put it back from its copy", path.display())]
    KeyLost {
        /// Where it should be.
        path: PathBuf,
    },
    /// Not the signing key that terminals trust.
    #[error("{} holds another key than the one that made this shop, and terminals trust no other: put the right one back", path.display())]
    KeyOther {
        /// The file.
        path: PathBuf,
    },
    /// The key file holds no key.
    #[error("{} holds no key (64 hexadecimal digits): put it back from its copy", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers ({why})")]
    Chance {
        /// What it says.
        why: String,
    },
    /// A setting of the shop.
    #[error("[shop] {key}: {why}")]
    Setting {
        /// The key.
        key: &'static str,
        /// What was found and what would be accepted.
        why: String,
    },
    /// The currency cannot change under entries.
    #[error(
        "[shop] currency is {wanted} and the books are kept in {kept}: a shop with sales keeps its currency"
    )]
    CurrencyChanged {
        /// The books' currency.
        kept: String,
        /// The configured one.
        wanted: String,
    },
    /// Programs with mistakes. The first is told in one line, as scripts expect; check lists the others.
    #[error("{}", first_of(findings))]
    Programs {
        /// A sentence for each mistake.
        findings: Vec<String>,
    },
    /// An address that is none, or is taken.
    #[error("cannot listen on {address} ({why}): name a free address such as 127.0.0.1:7373")]
    Address {
        /// What was asked for.
        address: String,
        /// What the system says.
        why: String,
    },
    /// Plain http beyond this machine.
    #[error(
        "{address} can be reached from other machines, and without a certificate anybody between could read along: set [server] tls_cert and tls_key, or listen on 127.0.0.1"
    )]
    PlainHttp {
        /// The address.
        address: SocketAddr,
    },
    /// The certificate cannot be used.
    #[error(
        "the certificate {cert} with the key {key} cannot be used ({why}): both are PEM files, set together"
    )]
    Certificate {
        /// `tls_cert`.
        cert: String,
        /// `tls_key`.
        key: String,
        /// What is wrong.
        why: String,
    },
    /// Two servers on one folder.
    #[error("another server runs on {}: stop it first", data.display())]
    Running {
        /// The folder.
        data: PathBuf,
    },
    /// What a command was given cannot be read.
    #[error("{} cannot be read ({why})", path.display())]
    Input {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A pass, or a key of passes, that cannot be had so.
    #[error("{why}")]
    Pass {
        /// What is wrong and what to do.
        why: String,
    },
    /// A report that there is not.
    #[error("there is no report \"{found}\"; there are: {known}")]
    Report {
        /// What was asked for.
        found: String,
        /// The names that there are.
        known: String,
    },
    /// The server ended by itself.
    #[error("the server stopped ({why})")]
    Stopped {
        /// What happened.
        why: String,
    },
}

impl ServerError {
    /// The exit status of a command that ends so: 2 for bad input or settings, 1 for the rest.
    pub fn status(&self) -> u8 {
        match self {
            ServerError::OtherDatabase { .. }
            | ServerError::Setting { .. }
            | ServerError::Programs { .. }
            | ServerError::Address { .. }
            | ServerError::PlainHttp { .. }
            | ServerError::Certificate { .. }
            | ServerError::Input { .. }
            | ServerError::Report { .. }
            | ServerError::Database(DatabaseError::Row { .. }) => 2,
            _ => 1,
        }
    }

    pub(super) fn file(path: &Path, error: &std::io::Error) -> ServerError {
        ServerError::File {
            path: path.to_owned(),
            why: error.to_string(),
        }
    }

    pub(super) fn zone(error: &CalendarError) -> ServerError {
        ServerError::Setting {
            key: "timezone",
            why: error.to_string(),
        }
    }
}

fn first_of(findings: &[String]) -> String {
    let first = findings.first().cloned().unwrap_or_default();
    match findings.len() {
        0 | 1 => first,
        all => format!("{first} (and {} more: see \"vafa program check\")", all - 1),
    }
}
