//! `vafa report`: what the server's books say.

use std::path::Path;

use serde_json::json;

use crate::config::Config;
use crate::loyalty::calendar::Zone;
use crate::server::database::SyncReport;
use crate::server::{HeadOffice, ServerError};

/// The reports there are.
const NAMES: &[&str] = &["sync"];

/// A report on the server's books.
#[derive(clap::Args, Debug)]
pub struct ReportArgs {
    /// Which report: sync.
    pub name: String,
    /// As one line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// Prints a report.
pub fn run(args: &ReportArgs, data: &Path, config: &Config) -> Result<u8, ServerError> {
    if !NAMES.contains(&args.name.as_str()) {
        return Err(ServerError::Report {
            found: args.name.chars().filter(|c| !c.is_control()).take(40).collect(),
            known: NAMES.join(", "),
        });
    }
    let report = HeadOffice::open(data, config)?.sync_report()?;
    if args.json {
        say!("{}", as_json(&report));
    } else {
        print_plain(&report);
    }
    Ok(0)
}

fn as_json(report: &SyncReport) -> serde_json::Value {
    let terminals: Vec<_> = report
        .terminals
        .iter()
        .map(|one| {
            json!({
                "terminal": one.terminal.as_str(),
                "site": one.site.as_str(),
                "through": one.through,
                "last_seen": one.last_seen.text(&Zone::utc()),
                "version": one.program_version,
                "revoked": one.revoked,
            })
        })
        .collect();
    json!({
        "entries": report.entries,
        "sales": report.sales,
        "quarantined": report.quarantined,
        "exceptions": report.exceptions,
        "forks": report.forks,
        "draws": {
            "decided": report.draws.decided,
            "checked": report.draws.checked,
            "wrong": report.draws.wrong,
        },
        "terminals": terminals,
    })
}

fn print_plain(report: &SyncReport) {
    say!(
        "{} entries, {} sales, {} with an exception, {} quarantined, {} of copied machines",
        report.entries,
        report.sales,
        report.exceptions,
        report.quarantined,
        report.forks
    );
    if report.draws.decided > 0 {
        say!(
            "{} draws, {} of them worked out again, {} came out otherwise than their secret decides",
            report.draws.decided,
            report.draws.checked,
            report.draws.wrong
        );
    }
    for one in &report.terminals {
        say!(
            "{} at {}: taken in up to {}, last seen {}, vafa {}{}",
            one.terminal,
            one.site,
            one.through,
            one.last_seen.text(&Zone::utc()),
            one.program_version,
            if one.revoked { ", out of service" } else { "" }
        );
    }
}
