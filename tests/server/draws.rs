//! Draws that a terminal decided, worked out again by the server from what it had sealed before: whoever changes an outcome,
//! the secret, the turn or the chance is found. The customer keeps what he was promised.

use vafa::loyalty::amount::Rate;
use vafa::loyalty::engine;
use vafa::loyalty::id::{ProgramId, RewardId, TerminalId};
use vafa::loyalty::office::Outcome;
use vafa::loyalty::quote::Draw;
use vafa::loyalty::sale::{Drawn, Sale};

use crate::till::{Shop, Till};

const SECRET: [u8; 32] = [7; 32];
const PROGRAM: &str = include_str!("../../programs/s7-instant-win.toml");

fn reward(name: &str) -> RewardId {
    RewardId::parse(name).expect("a name")
}

fn draw(chance: &str) -> Draw {
    Draw {
        program: ProgramId::parse("s7-instant-win").expect("a name"),
        rule: 0,
        chance: Rate::percent(chance).expect("a chance"),
        among: vec![reward("dessert"), reward("drink")],
        won: None,
        counted: Vec::new(),
    }
}

/// A shop with the program, and a terminal of it.
fn opened() -> (Shop, Till) {
    let shop = Shop::open();
    let files = [("s7-instant-win.toml".to_owned(), PROGRAM.to_owned())];
    let published = shop.office().publish(&files).expect("good programs");
    let mut till = shop.till();
    till.bundle = published.version;
    (shop, till)
}

/// A sale whose draw is decided as the secret does, and then changed.
fn sell(till: &mut Till, number: u64, chance: &str, change: impl FnOnce(&mut Sale, &TerminalId)) {
    let terminal = till.post.terminal.clone();
    let kept = till.memory.drawing.take();
    till.sell_with(None, Vec::new(), |sale| {
        let drawn = Drawn { commit: 1, number };
        sale.quote.draws = vec![draw(chance)];
        engine::decide(&mut sale.quote, &SECRET, &drawn.name(&terminal));
        sale.drawn = Some(drawn);
        change(sale, &terminal);
    });
    till.memory.drawing = kept.map(|mut drawing| {
        drawing.drawn += 1;
        drawing
    });
}

fn outcomes(till: &Till) -> Vec<Option<String>> {
    let results = till.push_all().results.into_iter();
    results
        .map(|(_, outcome)| match outcome {
            Outcome::Posted => None,
            Outcome::Exception(code) => Some(code),
            Outcome::Quarantined(code) => Some(format!("quarantined: {code}")),
        })
        .collect()
}

fn other(draw: &mut Draw) {
    draw.won = match &draw.won {
        None => Some(reward("dessert")),
        Some(_) => None,
    };
}

/// The draw is another one, and decided as the secret does.
fn decided_with(sale: &mut Sale, at: &TerminalId, change: impl FnOnce(&mut Draw)) {
    let drawn = sale.drawn.expect("it draws");
    let draw = &mut sale.quote.draws[0];
    draw.won = None;
    change(draw);
    engine::decide(&mut sale.quote, &SECRET, &drawn.name(at));
}

#[test]
fn a_terminal_that_draws_as_it_must_is_right() {
    let (shop, mut till) = opened();
    till.keep_draws(SECRET, 0);
    for _ in 0..40 {
        till.sell_with(None, Vec::new(), |sale| sale.quote.draws = vec![draw("25 %")]);
    }
    till.keep_draws([8; 32], 1);
    till.keep_draws([8; 32], 1);
    assert_eq!(
        outcomes(&till),
        vec![None; 43],
        "a seal, 40 sales, the secret, the next seal"
    );
    let draws = shop.office().sync_report().expect("the books").draws;
    assert_eq!((draws.decided, draws.checked, draws.wrong), (40, 40, 0));
    shop.audited();
}

#[test]
fn whoever_changes_a_draw_is_found() {
    type Change = fn(&mut Sale, &TerminalId);
    // What is done to the second of two sales, and what the server says: to that sale at once, and when the secret is shown.
    type Case = (
        &'static str,
        u64,
        &'static str,
        Change,
        Option<&'static str>,
        Option<&'static str>,
    );
    let cases: [Case; 10] = [
        ("nothing", 2, "25 %", |_, _| {}, None, None),
        (
            "another outcome",
            2,
            "25 %",
            |sale, _| other(&mut sale.quote.draws[0]),
            None,
            Some("draw_differs"),
        ),
        ("another chance", 2, "99 %", |_, _| {}, None, Some("draw_differs")),
        (
            "a prize less, so that the other is won more often",
            2,
            "25 %",
            |sale, at| decided_with(sale, at, |draw| draw.among.truncate(1)),
            None,
            Some("draw_differs"),
        ),
        (
            "prizes in another order",
            2,
            "25 %",
            |sale, at| decided_with(sale, at, |draw| draw.among.reverse()),
            None,
            Some("draw_differs"),
        ),
        (
            "a prize twice",
            2,
            "25 %",
            |sale, at| decided_with(sale, at, |draw| draw.among.push(reward("drink"))),
            None,
            Some("draw_differs"),
        ),
        (
            "one draw twice",
            2,
            "25 %",
            |sale, _| {
                let again = sale.quote.draws[0].clone();
                sale.quote.draws.push(again);
            },
            None,
            Some("draw_differs"),
        ),
        (
            "a number is left out",
            3,
            "25 %",
            |_, _| {},
            Some("draw_out_of_turn"),
            Some("draw_out_of_turn"),
        ),
        (
            "a number is taken again",
            1,
            "25 %",
            |_, _| {},
            Some("draw_out_of_turn"),
            Some("draw_out_of_turn"),
        ),
        (
            "a secret that was never sealed",
            2,
            "25 %",
            |sale, _| {
                sale.drawn = Some(Drawn {
                    commit: 77,
                    number: 1,
                });
            },
            Some("draw_not_committed"),
            Some("draw_out_of_turn"),
        ),
    ];
    for (what, number, chance, change, at_once, shown) in cases {
        let (shop, mut till) = opened();
        till.keep_draws(SECRET, 0);
        sell(&mut till, 1, "25 %", |_, _| {});
        sell(&mut till, number, chance, change);
        till.keep_draws([8; 32], 1);
        let said = outcomes(&till);
        let said: Vec<Option<&str>> = said.iter().map(Option::as_deref).collect();
        assert_eq!(said, [None, None, at_once, shown], "{what}");
        assert_eq!(shop.sales(), 2, "what was promised is booked");
        shop.audited();
    }
}

#[test]
fn another_secret_than_the_sealed_one_is_found() {
    let (shop, mut till) = opened();
    till.keep_draws([9; 32], 0);
    sell(&mut till, 1, "25 %", |_, _| {});
    till.memory.drawing.as_mut().expect("a seal").secret = SECRET;
    till.keep_draws([8; 32], 1);
    assert_eq!(
        outcomes(&till),
        [None, None, Some("draw_secret_differs".to_owned())]
    );
    // And a sale that says it was decided by a secret which is known already.
    sell(&mut till, 2, "25 %", |_, _| {});
    assert_eq!(outcomes(&till)[3], Some("draw_after_shown".to_owned()));
    let draws = shop.office().sync_report().expect("the books").draws;
    assert_eq!((draws.decided, draws.checked, draws.wrong), (2, 1, 1));
    shop.audited();
}
