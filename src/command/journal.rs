//! `vafa journal`: verify the chain, export the entries. Reads beside a till that is running.

use std::io::Write;

use serde_json::{Value, json};

use super::Place;
use crate::loyalty::id::SaleId;
use crate::loyalty::journal::{Body, Entry, Head};
use crate::store::{Journal, Keys, StoreError};

/// What `vafa journal` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct JournalArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Hash chain and signatures, first to last.
    Verify {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every entry, a line each.
    Export {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Verifies or exports.
pub fn run(args: &JournalArgs, place: &Place) -> anyhow::Result<u8> {
    match args.what {
        What::Verify { json } => verify(place, json),
        What::Export { json } => export(place, json),
    }
}

fn verify(place: &Place, json: bool) -> anyhow::Result<u8> {
    let mut good = 0_u64;
    let verified = check(place, &mut good);
    let answer = match &verified {
        Ok(()) => json!({"ok": true, "entries": good}),
        Err(error) => json!({"ok": false, "entries": good, "why": error.to_string()}),
    };
    if json {
        say!("{answer}");
        return Ok(u8::from(verified.is_err()));
    }
    verified?;
    say!("the journal holds: {good} entries, one after the other, each sealed to the one before");
    Ok(0)
}

/// Checks every entry and every signed head; `good` counts the entries that hold.
pub(super) fn check(place: &Place, good: &mut u64) -> Result<(), StoreError> {
    let data = place.data();
    let journal = Journal::beside(&data)?;
    let identity = journal
        .identity()?
        .ok_or(StoreError::NotEnrolled { folder: data.clone() })?;
    let key = Keys::load(&data)?.signing().verifying_key();
    let terminal = &identity.post.terminal;
    let mut unsigned = None;
    let mut hashes = Vec::new();
    journal.each_from(1, |hash, _| {
        hashes.push(hash);
        Ok(())
    })?;
    journal.check_all(&identity, |entry| *good = entry.seq)?;
    for (seq, signature) in journal.signed_heads()? {
        let hash = seq
            .checked_sub(1)
            .and_then(|i| hashes.get(usize::try_from(i).ok()?));
        let is_good =
            hash.is_some_and(|hash| Head { seq, hash: *hash }.is_signed(terminal, &key, &signature));
        if !is_good {
            unsigned = unsigned.or(Some(seq));
        }
    }
    match unsigned {
        None => Ok(()),
        Some(seq) => {
            Err(journal.does_not_hold(&format!("the signature over entry {seq} is not this terminal's")))
        }
    }
}

fn export(place: &Place, json: bool) -> anyhow::Result<u8> {
    let journal = Journal::beside(&place.data())?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut expected = 1;
    journal.each_from(1, |hash, sealed| {
        let line = match sealed.open() {
            Ok(entry) => in_json(&entry, hash.bytes(), sealed.hash() == hash),
            Err(error) => {
                json!({"seq": expected, "kind": Value::Null, "source": Value::Null, "why": error.to_string()})
            }
        };
        expected += 1;
        // A closed pipe ends the export, and there is nobody left to tell.
        let _ = if json {
            writeln!(out, "{line}")
        } else {
            writeln!(out, "{}", in_words(&line))
        };
        Ok(())
    })?;
    out.flush()?;
    Ok(0)
}

fn in_json(entry: &Entry, hash: &[u8; 32], is_whole: bool) -> Value {
    let mut line = json!({
        "seq": entry.seq,
        "kind": entry.kind,
        "source": Value::Null,
        "id": SaleId::of(&entry.terminal, entry.seq, hash).as_str(),
        "wall": entry.clock.wall.text(&crate::loyalty::calendar::Zone::utc()),
        "business_day": entry.business_day.to_string(),
        "bundle": entry.bundle,
        "hash": crate::wire::hex(hash),
        "previous": entry.previous.to_string(),
        "whole": is_whole,
    });
    match entry.body() {
        Ok(Body::Sale(sale)) => {
            line["source"] = json!(sale.source);
            line["site"] = json!(sale.basket.site.as_str());
            line["total_minor"] = json!(sale.quote.total.units());
            line["discount_minor"] = json!(sale.quote.discount.units());
            line["lines"] = json!(sale.basket.lines.len());
            line["approved_by"] = json!(sale.approved_by.as_ref().map(|name| name.as_str()));
            line["shown"] = json!(sale.basket.identified.map(|how| how.shown.name()));
            let won = sale.quote.draws.iter().filter_map(|draw| draw.won.as_ref());
            let won: Vec<&str> = won.map(|reward| reward.as_str()).collect();
            if let Some(drawn) = sale.drawn {
                line["drawn"] = json!({"commit": drawn.commit, "number": drawn.number, "won": won});
            }
        }
        Ok(Body::Return(back)) => {
            line["sale"] = json!(back.sale.as_str());
            line["refund_minor"] = json!(back.refund.units());
        }
        Ok(Body::DrawCommit(commit)) => line["commitment"] = json!(commit.commitment.to_string()),
        Ok(Body::ShareBack(back)) => {
            line["counter"] = json!(back.counter.as_str());
            line["given_back"] = json!(back.amount);
        }
        Ok(Body::DrawReveal(reveal)) => {
            line["commit"] = json!(reveal.commit);
            line["drawn"] = json!(reveal.drawn);
        }
        Ok(Body::Activity(done)) => {
            line["site"] = json!(done.site.as_str());
            line["activity"] = json!(done.kind);
            line["quantity"] = json!(done.quantity.to_string());
        }
        Err(error) => line["why"] = json!(error.to_string()),
    }
    line
}

fn in_words(line: &Value) -> String {
    let text = |key: &str| match &line[key] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    format!(
        "{:>8}  {:<8} {}  {}  {}",
        text("seq"),
        text("kind"),
        text("wall"),
        text("id"),
        text("source")
    )
}
