//! A store with more members than any till has ever preloaded: every card in it is found, wherever it lies.

use vafa::loyalty::id::MemberId;
use vafa::loyalty::member::{CardToken, Known, Member, Standing};
use vafa::loyalty::terminal::Epoch;
use vafa::store::{Cache, CacheBuild, CacheMark, CardRow};

const KEY: [u8; 32] = [7; 32];
/// A fifth of the million that `make bench` looks among, so that a build does not wait.
const CARDS: u64 = 200_000;

fn number(member: u64) -> String {
    format!("90{member:012}")
}

fn token(member: u64) -> CardToken {
    CardToken::of(&KEY, &number(member))
}

#[test]
fn c18_any_active_card_of_the_local_store_is_found_and_there_is_no_limit_of_preloaded_ones() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("cache.db");
    let mut build = CacheBuild::begin(&file).expect("an empty cache");
    let mut members: Vec<u64> = (0..CARDS).collect();
    members.sort_unstable_by_key(|member| token(*member).short());
    for page in members.chunks(50_000) {
        build
            .take_in(|writer| {
                page.iter().try_for_each(|member| {
                    writer.card(&CardRow {
                        token: token(*member),
                        version: 1,
                        reflected: 0,
                        known: Known {
                            member: Member::named(
                                MemberId::parse(&format!("m{member}")).expect("a short name"),
                            ),
                            standing: Standing::default(),
                            organisation: None,
                        },
                    })
                })
            })
            .expect("the rows are taken in");
    }
    let mark = CacheMark {
        epoch: Some(Epoch([1; 16])),
        cursor: 1,
        last_sync: None,
    };
    build.finish(mark).expect("the cache is finished");

    let cache = Cache::open_or_heal(&file).expect("the cache opens");
    assert_eq!(cache.counts().expect("it counts").0, CARDS);
    let found = |member: u64| {
        let row = cache.card(&token(member)).expect("a look-up");
        row.map(|row| row.known.member.id.as_str().to_owned())
    };
    // The first, those around the hundred that preloading tills stop at, the last, and each 97th between.
    let some = [0, 1, 99, 100, 101, CARDS - 1]
        .into_iter()
        .chain((0..CARDS).step_by(97));
    for member in some {
        assert_eq!(found(member), Some(format!("m{member}")));
    }
    for stranger in [CARDS, CARDS + 1, u64::MAX / 2] {
        assert_eq!(found(stranger), None, "{stranger} has no card here");
    }
}
