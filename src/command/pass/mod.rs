//! `vafa pass`: giving out passes that prove themselves, withdrawing them, the keys that sign them; and the phone's side,
//! for whoever writes a wallet app.

mod drawn;
mod key;
mod phone;

use std::path::Path;

use serde_json::json;

use super::{BadInput, Place, with_status};
use crate::config::Config;
use crate::loyalty::card::Card;
use crate::loyalty::id::MemberId;
use crate::loyalty::scan;
use crate::server::{HeadOffice, PassFor, PassWanted, ServerError};
use crate::wire::unhex;
use drawn::Drawn;

/// What `vafa pass` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct PassArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Give out a pass for a member's card: as text, as a QR code on the terminal, or as a PNG.
    Issue(IssueArgs),
    /// Withdraw every pass that was given out for a card; the next one given out is good again.
    Revoke(RevokeArgs),
    /// The keys that sign passes.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Make a phone's key in a file; prints the public half, which "vafa pass issue --phone-key" takes.
    Phone {
        /// The file to make; its owner alone may read it.
        file: std::path::PathBuf,
    },
    /// Show a phone's pass as the phone would now: a code that is good for this minute.
    Present(phone::PresentArgs),
}

/// Whose pass.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The member's id; he must have one card with a GSRN (for revoke: all his cards are meant).
    #[arg(long, value_name = "ID", value_parser = MemberId::parse)]
    member: Option<MemberId>,
    /// The number of a member's card.
    #[arg(long, value_name = "GSRN")]
    card: Option<String>,
}

#[derive(Clone, Debug, clap::Args)]
struct IssueArgs {
    #[command(flatten)]
    whose: Whose,
    /// The program's number, for wallets.
    #[arg(long, value_name = "N", default_value_t = 1)]
    program: u16,
    /// The tier, for wallets.
    #[arg(long, value_name = "N", default_value_t = 0)]
    tier: u8,
    /// For how many days after today.
    #[arg(long, value_name = "N", default_value_t = 365)]
    days: u16,
    /// The public key of the member's phone, 64 hexadecimal digits: what is printed is then kept by the phone, which signs
    /// the time with it.
    #[arg(long, value_name = "HEX")]
    phone_key: Option<String>,
    #[command(flatten)]
    drawn: Drawn,
    /// Answer as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Debug, clap::Args)]
struct RevokeArgs {
    #[command(flatten)]
    whose: Whose,
    /// Why, for the books.
    #[arg(long)]
    reason: String,
}

/// Does what was asked.
pub fn run(args: &PassArgs, place: &Place) -> anyhow::Result<u8> {
    match &args.what {
        What::Issue(args) => issue(args, &place.data(), &place.config()?),
        What::Revoke(args) => revoke(args, &place.data(), &place.config()?),
        What::Key(command) => key::run(command, &place.data(), &place.config()?),
        What::Phone { file } => phone::make(file),
        What::Present(args) => phone::present(args),
    }
}

impl Whose {
    /// A number that was typed is read as a scan is, so that a payment card is refused and not repeated.
    fn read(&self, config: &Config) -> anyhow::Result<PassFor> {
        match (&self.member, &self.card) {
            (Some(member), _) => Ok(PassFor::Member(member.clone())),
            (None, number) => {
                let number = number.as_deref().unwrap_or_default();
                let card = Card::read(number, &config.scan.settings())
                    .map_err(|error| BadInput::of(format!("--card: {error}")))?;
                Ok(PassFor::Card(card.number.as_str().to_owned()))
            }
        }
    }
}

/// A reason is kept in the books: it must say something, and hold no payment card.
fn reason<'a>(text: &'a str, config: &Config) -> anyhow::Result<&'a str> {
    let text = text.trim();
    if text.is_empty() || scan::hides_payment_card(text, &config.scan.settings()) {
        return Err(BadInput::of(
            "--reason: say why in a few words, without the number of a payment card",
        ));
    }
    Ok(text)
}

fn issue(args: &IssueArgs, data: &Path, config: &Config) -> anyhow::Result<u8> {
    let phone = match &args.phone_key {
        None => None,
        Some(hex) => Some(phone_key(hex)?),
    };
    let wanted = PassWanted {
        who: args.whose.read(config)?,
        program: args.program,
        tier: args.tier,
        days: args.days,
        phone,
    };
    args.drawn.can_be_made()?;
    let issued = HeadOffice::open(data, config).and_then(|mut office| office.issue_pass(&wanted));
    let issued = match issued {
        Ok(issued) => issued,
        Err(error) => return with_status(Err(error), ServerError::status),
    };
    if args.json {
        args.drawn.make_file(&issued.text)?;
        say!(
            "{}",
            json!({
                "pass": issued.text, "member": issued.member.as_str(), "srin": issued.srin, "key": issued.key_id,
                "issued": issued.issued.to_string(), "expires": issued.expires.to_string(),
            })
        );
    } else {
        args.drawn.show(&issued.text)?;
    }
    Ok(0)
}

/// A key on the curve, as a phone tells it.
fn phone_key(hex: &str) -> anyhow::Result<[u8; 32]> {
    let key = unhex::<32>(hex.trim()).filter(|key| {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key);
        key.is_ok_and(|key| !key.is_weak())
    });
    key.ok_or_else(|| {
        BadInput::of("--phone-key: this is no Ed25519 public key: write the 64 hexadecimal digits that the phone shows")
    })
}

fn revoke(args: &RevokeArgs, data: &Path, config: &Config) -> anyhow::Result<u8> {
    let (who, reason) = (args.whose.read(config)?, reason(&args.reason, config)?);
    let done = HeadOffice::open(data, config).and_then(|mut office| office.withdraw_passes(&who, reason));
    with_status(
        done.map(|cards| {
            match cards {
                0 => say!("nothing has changed: no pass of this card is in use"),
                1 => say!("the passes of this card are withdrawn; tills refuse them from their next sync on"),
                many => say!(
                    "the passes of {many} cards are withdrawn; tills refuse them from their next sync on"
                ),
            }
            0
        }),
        ServerError::status,
    )
}
