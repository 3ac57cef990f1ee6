//! Goal `card-lookup`: how long one card among a million takes from its number to its member, in a cache that has just
//! been opened and on cards that come in no order. The floor is bare SQLite on the same file.

use std::path::PathBuf;

use rusqlite::OptionalExtension;
use vafa::loyalty::amount::Points;
use vafa::loyalty::id::{MemberId, PurseId};
use vafa::loyalty::member::{CardToken, Known, Member, Standing};
use vafa::store::{Cache, CacheBuild, CardRow};

use crate::measure::{Samples, tell};
use crate::shop::{self, Chance};

const CARDS: u64 = 1_000_000;
const LOOKUPS: usize = 20_000;
const TARGET_US: f64 = 10_000.0;

pub fn run() -> anyhow::Result<()> {
    let file = a_million_cards()?;
    let (mut ours, mut floor) = (Samples::default(), Samples::default());
    let cache = Cache::open_or_heal(&file)?;
    let bare = rusqlite::Connection::open(&file)?;
    let mut statement = bare.prepare("SELECT body FROM card WHERE token = ?1")?;
    let mut chance = Chance(18);
    for _ in 0..LOOKUPS {
        let member = chance.below(CARDS);
        let number = shop::card_number(member);
        let found = ours.time(|| cache.card(&CardToken::of(&shop::CARD_KEY, &number)))?;
        let expected = format!("m{member}");
        anyhow::ensure!(
            found.is_some_and(|row| row.known.member.id.as_str() == expected),
            "card {member} is not found"
        );
        let short = CardToken::of(&shop::CARD_KEY, &number).short();
        let bytes: Option<Vec<u8>> =
            floor.time(|| statement.query_row([short], |row| row.get(0)).optional())?;
        anyhow::ensure!(bytes.is_some(), "bare SQLite does not find card {member}");
    }
    let worst = ours.percentile_us(100);
    tell(
        "card-lookup",
        &format!("{:.1}us (p50), {worst:.0}us (worst)", ours.percentile_us(50)),
        &format!("{:.1}us", floor.percentile_us(50)),
        &format!("{:.1}", ours.percentile_us(50) / floor.percentile_us(50)),
        &format!("{TARGET_US:.0}us"),
        ours.percentile_us(99) < TARGET_US,
    );
    Ok(())
}

/// Made once and kept for the next run.
fn a_million_cards() -> anyhow::Result<PathBuf> {
    let kept = shop::data_folder().join("one-million.db");
    if kept.exists() {
        return Ok(kept);
    }
    std::fs::create_dir_all(shop::data_folder())?;
    let mut cards: Vec<(CardToken, u64)> = (0..CARDS)
        .map(|member| {
            let token = CardToken::of(&shop::CARD_KEY, &shop::card_number(member));
            (token, member)
        })
        .collect();
    cards.sort_unstable_by_key(|(token, _)| token.short());
    let making = shop::data_folder().join("one-million.making");
    let mut build = CacheBuild::begin(&making)?;
    let points = PurseId::parse("points")?;
    for page in cards.chunks(100_000) {
        build.take_in(|writer| {
            for (token, member) in page {
                let id = MemberId::parse(&format!("m{member}")).expect("a short name");
                let mut standing = Standing::default();
                standing.purses.insert(points.clone(), Points::whole(5));
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
    build.finish(shop::complete())?;
    std::fs::rename(&making, &kept)?;
    Ok(kept)
}
