//! `vafa pass key`: the keys that sign passes. Two are in use at a time while one takes the other's place.

use std::path::Path;

use serde_json::json;

use super::{BadInput, reason, with_status};
use crate::config::Config;
use crate::loyalty::calendar::Day;
use crate::server::database::PassKey;
use crate::server::{HeadOffice, ServerError};
use crate::wire::hex;

#[derive(Clone, Debug, clap::Subcommand)]
pub enum KeyCommand {
    /// Every key: its days, how many passes it signed, and the last day of any of them.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Make a new key, which signs from now on; those before it stay in use for the passes they signed.
    Rotate,
    /// Set the last day on which a key's passes are taken.
    Retire {
        /// The key's number.
        id: u8,
        /// The day; without it, the last day of any pass that the key signed, so that nobody is turned away.
        #[arg(long, value_name = "DAY")]
        last_day: Option<String>,
    },
    /// Withdraw a key at once, with every pass that it signed.
    Revoke {
        /// The key's number.
        id: u8,
        /// Why, for the books.
        #[arg(long)]
        reason: String,
    },
}

/// Does what was asked.
pub fn run(command: &KeyCommand, data: &Path, config: &Config) -> anyhow::Result<u8> {
    // Read before the books are opened: bad input writes nothing.
    let last = match command {
        KeyCommand::Retire {
            last_day: Some(text), ..
        } => Some(Day::parse(text).map_err(|error| BadInput::of(format!("--last-day: {error}")))?),
        _ => None,
    };
    let why = match command {
        KeyCommand::Revoke { reason: text, .. } => reason(text, config)?,
        _ => "",
    };
    let done = HeadOffice::open(data, config).and_then(|mut office| {
        match command {
            KeyCommand::List { json } => {
                let today = office.today()?;
                for key in office.pass_keys()? {
                    tell(&key, today, *json);
                }
            }
            KeyCommand::Rotate => {
                let key = office.rotate_pass_key()?.key;
                say!(
                    "key {} signs passes from now on; tills take them from their next sync on",
                    key.id
                );
            }
            KeyCommand::Retire { id, .. } => {
                let kept = office.retire_pass_key(*id, last)?;
                let key = &kept.key;
                let last = key.not_after.map(|day| day.to_string()).unwrap_or_default();
                say!("passes of key {id} are taken until {last}, that day included");
                if kept.last_day > key.not_after {
                    eprintln!("some of them were given out for longer: their holders need new ones by then");
                }
            }
            KeyCommand::Revoke { id, .. } => {
                office.revoke_pass_key(*id, why)?;
                say!("key {id} is withdrawn; tills refuse its passes from their next sync on");
            }
        }
        Ok(0)
    });
    with_status(done, ServerError::status)
}

fn tell(kept: &PassKey, today: Day, as_json: bool) {
    let key = &kept.key;
    let state = match (key.revoked, key.not_after) {
        (true, _) => "revoked",
        (false, Some(last)) if today > last => "retired",
        (false, Some(_)) => "retiring",
        (false, None) => "active",
    };
    if as_json {
        say!(
            "{}",
            json!({
                "key": key.id, "state": state, "public_key": hex(&key.public),
                "not_before": key.not_before.to_string(),
                "not_after": key.not_after.map(|day| day.to_string()),
                "passes": kept.passes, "last_day_of_a_pass": kept.last_day.map(|day| day.to_string()),
                "reason": kept.reason,
            })
        );
        return;
    }
    let until = key.not_after.map(|day| format!(" to {day}")).unwrap_or_default();
    let last = kept
        .last_day
        .map(|day| format!(", the last until {day}"))
        .unwrap_or_default();
    let why = kept
        .reason
        .as_ref()
        .map(|why| format!(" ({why})"))
        .unwrap_or_default();
    say!(
        "key {}: {state}{why}, from {}{until}, passes signed: {}{last}",
        key.id,
        key.not_before,
        kept.passes
    );
}
