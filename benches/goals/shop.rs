//! A terminal's folder without a server: the bench makes the server's key itself and signs its own programs.

use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use vafa::loyalty::amount::Points;
use vafa::loyalty::calendar::Zone;
use vafa::loyalty::id::{MemberId, PurseId, SiteId, TerminalId};
use vafa::loyalty::member::{CardToken, Known, Member, Standing};
use vafa::loyalty::terminal::{Epoch, Post};
use vafa::store::{CacheBuild, CacheMark, CardRow, Identity, Keys, Store};
use vafa::wire::{Bundle, SignedBundle};

/// The key under which this shop's card numbers become tokens.
pub const CARD_KEY: [u8; 32] = [7; 32];
const SHOP: &str = "bench";
const TIMEZONE: &str = "Europe/Berlin";

/// One point for each 10.00: what a small shop runs.
pub const POINTS: (&str, &str) = ("s1-points.toml", include_str!("../../programs/s1-points.toml"));

/// Where the benches keep what they make, on the disk of the build.
pub fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-data")
}

/// An empty folder below `data_folder`; what an earlier run left there is removed.
pub fn fresh_folder(name: &str) -> anyhow::Result<PathBuf> {
    let folder = data_folder().join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Makes a folder a terminal's, with these programs. Its server is never reached.
pub fn enrol(folder: &Path, files: Vec<(String, String)>) -> anyhow::Result<Store> {
    let server_key = SigningKey::from_bytes(&[3; 32]);
    let identity = Identity {
        url: "http://127.0.0.1:9".to_owned(),
        post: Post {
            shop: SHOP.to_owned(),
            terminal: TerminalId::parse("t1")?,
            site: SiteId::parse("north")?,
            zone: Zone::named(TIMEZONE)?,
            day_begins_h: 4,
        },
        partner: None,
        server_key: server_key.verifying_key(),
    };
    let bundle = Bundle {
        version: 1,
        shop: SHOP.to_owned(),
        currency: "EUR".to_owned(),
        timezone: TIMEZONE.to_owned(),
        price_basis: "tax_inclusive".to_owned(),
        files,
    };
    let bundle = SignedBundle::sign(&bundle, &server_key);
    Ok(Store::create(
        folder,
        identity,
        Keys::new([5; 32], CARD_KEY),
        &bundle,
    )?)
}

/// A file of programs as a bundle holds it.
pub fn file((name, text): (&str, &str)) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

/// The mark of a cache that is complete.
pub fn complete() -> CacheMark {
    CacheMark {
        epoch: Some(Epoch([1; 16])),
        cursor: 1,
        last_sync: None,
    }
}

/// A member card's number, checked by Luhn.
pub fn card_number(member: u64) -> String {
    let body = format!("90{member:011}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            let doubled = digit * 2;
            match place % 2 {
                0 if doubled > 9 => doubled - 9,
                0 => doubled,
                _ => digit,
            }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A cache with so many cards; made once and kept for the next run.
pub fn cards(count: u32, name: &str) -> anyhow::Result<PathBuf> {
    let kept = data_folder().join(name);
    if kept.exists() {
        return Ok(kept);
    }
    std::fs::create_dir_all(data_folder())?;
    eprintln!("  making a cache of {count} cards, once; it is kept in target/bench-data");
    let token_of = |member: u32| CardToken::of(&CARD_KEY, &card_number(u64::from(member)));
    let mut cards: Vec<(CardToken, u32)> = (0..count).map(|member| (token_of(member), member)).collect();
    // In the order of the table's key, so that the file is written from end to end.
    cards.sort_unstable_by_key(|(token, _)| token.short());
    let making = data_folder().join(format!("{name}.making"));
    let mut build = CacheBuild::begin(&making)?;
    let points = PurseId::parse("points")?;
    for page in cards.chunks(200_000) {
        build.take_in(|writer| {
            for (token, member) in page {
                let id = MemberId::parse(&format!("m{member}")).expect("a short name");
                let mut standing = Standing::default();
                standing
                    .purses
                    .insert(points.clone(), Points::whole(i64::from(member % 500)));
                writer.card(&CardRow {
                    token: *token,
                    version: 1,
                    reflected: 0,
                    known: Known {
                        member: Member::named(id),
                        standing,
                        organisation: None,
                    },
                })?;
            }
            Ok(())
        })?;
    }
    build.finish(complete())?;
    std::fs::rename(&making, &kept)?;
    Ok(kept)
}

/// Chance with a seed: the same on every machine (SplitMix64).
pub struct Chance(pub u64);

impl Chance {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }
}
