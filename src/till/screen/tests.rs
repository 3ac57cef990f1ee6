//! Whole screens, painted into memory, and what keys do to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::super::message::{Answer, Outcome, Target};
use super::*;
use crate::counter::view::{
    Buyer, Choice, Does, Health, Held, Line as State, Names, Offered, Question, Recorded, RecordedLine,
    RewardNames, Serving, Told, WouldGive,
};
use crate::device::{Source, Trouble};
use crate::loyalty::amount::{Currency, Money, Points, Price, Quantity, Rate};
use crate::loyalty::basket::{Basket, Line};
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::card::CardNumber;
use crate::loyalty::engine::{ActivityKind, Missing, Nearly};
use crate::loyalty::goods::{Goods, Unit};
use crate::loyalty::id::{
    BasketId, CharityId, LadderId, MembershipId, ProgramId, PurseId, RewardId, SaleId, SiteId, Sku,
    TerminalId,
};
use crate::loyalty::member::{self, Standing};
use crate::loyalty::quote::{Applied, Declined, LinePart, Quote, QuotedLine, Reason};
use crate::loyalty::shown::Shown;

const PLAIN: Look = Look {
    colour: false,
    ascii: false,
};
const COLOURED: Look = Look {
    colour: true,
    ascii: false,
};
const CONSOLE: Look = Look {
    colour: false,
    ascii: true,
};

fn zone() -> Zone {
    Zone::named("Asia/Kolkata").expect("a zone")
}

fn moment(text: &str) -> Moment {
    Moment::parse(text, &zone()).expect("a time")
}

fn inr() -> Currency {
    Currency::of("INR").expect("a currency")
}

fn line(sku: &str, name: &str, quantity: &str, price: &str, unit: &str) -> Line {
    Line {
        goods: Goods {
            name: name.to_owned(),
            unit: Unit::of(unit),
            ..Goods::uncatalogued(Sku::parse(sku).expect("a sku"), Price::parse(price).ok())
        },
        quantity: Quantity::parse(quantity).expect("a quantity"),
        price: Price::parse(price).expect("a price"),
        added_by: None,
    }
}

fn basket(lines: Vec<Line>) -> Basket {
    let id = BasketId::parse("b-1").expect("a name");
    let site = SiteId::parse("nh48-manesar").expect("a name");
    let mut basket = Basket::open(id, moment("2026-02-14T09:40:00"), site);
    basket.lines = lines;
    basket
}

fn program(id: &str) -> ProgramId {
    ProgramId::parse(id).expect("a name")
}

/// Diesel, chai, gum three for two, crisps: a birthday with a fixed card.
fn serving() -> Serving {
    let lines = vec![
        line("DIESEL", "Diesel BS-VI", "32.45", "89.97", "l"),
        line("CHAI", "Masala chai 150 ml", "2", "20.00", "each"),
        line("GUM", "Center Fresh chewing gum", "3", "5.00", "each"),
        line("8901491101837", "Lay's Magic Masala 52 g", "1", "20.00", "each"),
    ];
    let gross: Vec<Money> = lines.iter().map(|line| line.gross(inr())).collect();
    let taken = [Money::ZERO, Money::minor(400), Money::minor(500), Money::ZERO];
    let quoted = gross.iter().zip(taken).map(|(gross, discount)| QuotedLine {
        gross: *gross,
        discount,
    });
    let subtotal: Money = gross.iter().copied().sum();
    let discount: Money = taken.into_iter().sum();
    let part = |line, cents| LinePart {
        line,
        amount: Money::minor(cents),
    };
    let points = PurseId::parse("points").expect("a name");
    let quote = Quote {
        lines: quoted.collect(),
        subtotal,
        discount,
        total: subtotal - discount,
        due: subtotal - discount,
        applied: vec![
            Applied {
                program: program("birthday-chai"),
                amount: Money::minor(400),
                parts: vec![part(1, 400)],
                why: Reason::BirthdayPercent {
                    off: Rate::percent("10").expect("a rate"),
                },
            },
            Applied {
                program: program("gum-3-for-2"),
                amount: Money::minor(500),
                parts: vec![part(2, 500)],
                why: Reason::CheapestOfGroup {
                    every: 3,
                    off: Rate::ONE,
                    units: 1,
                },
            },
            Applied {
                program: program("s1-points"),
                amount: Money::ZERO,
                parts: vec![],
                why: Reason::Earned {
                    purse: points.clone(),
                    points: Points::whole(298),
                },
            },
        ],
        declined: vec![
            Declined {
                program: program("crisps-5"),
                why: Reason::NeedsGoods {
                    needs: Quantity::whole(2),
                    has: Quantity::ONE,
                    goods: "snacks/crisps".to_owned(),
                },
            },
            Declined {
                program: program("happy-hour"),
                why: Reason::NotNow,
            },
        ],
        ..Quote::default()
    };
    let card = member::Held {
        since: moment("2025-06-01T10:00:00"),
        until: None,
    };
    let standing = Standing {
        purses: BTreeMap::from([(points, Points::whole(1240))]),
        memberships: BTreeMap::from([(MembershipId::parse("discount-card").expect("a name"), card)]),
        ..Standing::default()
    };
    Serving {
        basket: basket(lines),
        buyer: Some(Buyer {
            name: Some("Asha Verma".to_owned()),
            card_ending: "4821".to_owned(),
            shown: Some(Shown::Card),
            is_unchecked: false,
            is_known: true,
            standing,
            tiers: BTreeMap::new(),
            organisation: None,
            is_birthday: true,
        }),
        quote,
        held: vec![Held {
            basket: BasketId::parse("b-0").expect("a name"),
            opened: moment("2026-02-14T09:31:00"),
            lines: 3,
            total: Money::minor(18_420),
        }],
        can_undo: true,
        names: Names::default(),
        agent: None,
        rewards: RewardNames::default(),
        nearly: vec![nearly("crisps-5", 1, "snacks/crisps", 0, true)],
    }
}

fn nearly(id: &str, more: i64, goods: &str, saves: i64, is_free: bool) -> Nearly {
    Nearly {
        program: program(id),
        missing: Missing::Goods {
            more: Quantity::whole(more),
            goods: goods.to_owned(),
        },
        saves: Money::minor(saves),
        is_free,
    }
}

/// A partner's buyer: perks, whom to call, points with a tip, a share for a charity, a repair to use, and more hints than
/// there is room for.
fn partner() -> Serving {
    let mut serving = serving();
    let buyer = serving.buyer.as_mut().expect("Asha");
    let repair = RewardId::parse("repair").expect("a name");
    buyer.is_birthday = false;
    buyer.standing.entitlements.insert(repair.clone(), 1);
    buyer
        .tiers
        .insert(LadderId::parse("partners").expect("a name"), "gold".to_owned());
    buyer.organisation = Some("Acme Ltd".to_owned());
    serving.rewards = Arc::new(BTreeMap::from([(repair, "free repair".to_owned())]));
    serving.quote.messages = vec![
        "Partner: express service".to_owned(),
        "Your account manager: 0800 100 200".to_owned(),
        "Did you know: points buy a repair".to_owned(),
    ];
    serving.quote.applied.push(Applied {
        program: program("s14a-charity"),
        amount: Money::ZERO,
        parts: vec![],
        why: Reason::Donated {
            charity: CharityId::parse("WWF").expect("a name"),
            amount: Money::minor(500),
        },
    });
    serving.nearly = vec![
        nearly("coffee-card", 1, "coffee", 2000, true),
        nearly("gum-3-for-2", 1, "gum", 500, true),
        nearly("half", 2, "tea", 350, false),
        nearly("cakes", 2, "cake", 0, false),
    ];
    serving
}

fn empty() -> Serving {
    Serving {
        basket: basket(Vec::new()),
        buyer: None,
        quote: Quote::default(),
        held: Vec::new(),
        can_undo: false,
        names: Names::default(),
        agent: None,
        rewards: RewardNames::default(),
        nearly: Vec::new(),
    }
}

fn health() -> Health {
    Health {
        terminal: TerminalId::parse("t1").expect("a name"),
        line: State::Offline("no answer from the server".to_owned()),
        waiting: 12,
        waiting_total: Money::minor(18_420),
        oldest: Some(moment("2026-02-14T07:32:00")),
        last_sync: Some(moment("2026-02-14T07:30:00")),
        cards: 48_211,
        goods: 3170,
        bundle: 12,
        cannot_record: None,
    }
}

fn done() -> Done {
    let receipt = (1..=30).map(|n| format!("line {n:<25}{:>12}", "20.00")).collect();
    Done {
        id: SaleId::parse("t1-42-9f3ac21b").expect("an id"),
        seq: 42,
        total: Money::minor(298_553),
        change: Some(Money::minor(1447)),
        receipt,
        drawn: Vec::new(),
        was_before: false,
    }
}

fn till_with(serving: Serving, look: Look) -> Till {
    let opened = Opened {
        currency: inr(),
        zone: zone(),
        site: SiteId::parse("nh48-manesar").expect("a name"),
        serving,
        health: health(),
        now: moment("2026-02-14T09:42:00"),
        was_restored: false,
        unprinted: None,
    };
    let mut till = Till::new(opened, look, Vec::new());
    till.start();
    till.drawn(0);
    till
}

fn painted(till: &Till, columns: u16, rows: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("memory");
    terminal.draw(|frame| till.view(frame)).expect("memory");
    terminal
}

fn text(till: &Till, columns: u16, rows: u16) -> String {
    let mut text = String::new();
    let terminal = painted(till, columns, rows);
    for row in terminal.backend().to_string().lines() {
        text.push_str(row.trim_matches('"').trim_end());
        text.push('\n');
    }
    text
}

impl Till {
    fn key(&mut self, code: KeyCode, at_ms: u64) -> Vec<Effect> {
        self.update(Message::Key(KeyEvent::new(code, KeyModifiers::NONE), at_ms))
    }

    fn types(&mut self, text: &str, from_ms: u64, every_ms: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (n, c) in (0..).zip(text.chars()) {
            let code = if c == '\r' {
                KeyCode::Enter
            } else {
                KeyCode::Char(c)
            };
            effects.extend(self.key(code, from_ms + n * every_ms));
        }
        effects
    }

    fn scans(&mut self, text: &str) -> Vec<Effect> {
        self.scans_perhaps(text, true)
    }

    fn scans_perhaps(&mut self, text: &str, is_sure: bool) -> Vec<Effect> {
        self.update(Message::Scanned(Scanned {
            text: text.to_owned(),
            source: Source::Keyboard,
            is_sure,
        }))
    }

    fn says(&self) -> &str {
        self.common.notice.as_ref().map_or("", |notice| &notice.text)
    }

    fn hears(&mut self, answer: Answer) -> Vec<Effect> {
        self.update(Message::Answer(answer))
    }
}

/// A scan that can be goods or a card, asked about.
fn which(look: Look) -> Till {
    let goods = line("8901764012273", "Thums Up 750 ml", "1", "45.00", "each").goods;
    let sell = Does::Sell {
        goods: Box::new(goods),
        price: None,
        quantity: Quantity::ONE,
        note: None,
    };
    let card = CardNumber::parse("8901764012273").expect("a number");
    let question = Question {
        sentence: "More than one thing fits. Which is meant?".to_owned(),
        choices: vec![
            Choice {
                word: "Sell Thums Up 750 ml, 45.00".to_owned(),
                does: sell,
            },
            Choice {
                word: "The card ending 2273 of Cola Drinker".to_owned(),
                does: Does::Identify(card, Shown::Card),
            },
        ],
    };
    let mut till = till_with(serving(), look);
    till.hears(Answer::Served(
        Box::new(serving()),
        Outcome::Ask(Box::new(question)),
    ));
    till
}

#[test]
fn one_key_answers_the_question_and_a_scan_does_not() {
    let identify =
        |effects: &[Effect]| matches!(effects, [Effect::Take(does)] if matches!(**does, Does::Identify(..)));
    let mut till = which(PLAIN);
    till.types("2", 1000, 1);
    assert!(till.is_settling());
    assert_eq!(till.settle(1100), [], "it may be the first digit of a scan");
    assert!(identify(&till.settle(1300)));
    assert!(till.common.asks.is_empty());

    let mut till = which(PLAIN);
    assert!(
        identify(&till.types("2\r", 1000, 120)),
        "with Enter it is at once"
    );

    // A scan that begins with the digit of a choice, from a fast scanner and from one that is slowed.
    for every_ms in [1, 50, 90] {
        let mut till = which(PLAIN);
        let mut effects = Vec::new();
        for (n, c) in (0..).zip("2012345678903".chars()) {
            effects.extend(till.key(KeyCode::Char(c), 1000 + n * every_ms));
            effects.extend(till.settle(1000 + n * every_ms + every_ms - 1));
        }
        effects.extend(till.key(KeyCode::Enter, 1000 + 13 * every_ms));
        assert_eq!(effects, [Effect::Scan("2012345678903".to_owned(), Source::Typed)]);
        assert_eq!(till.common.asks.len(), 1, "the question stays");
    }

    let mut till = which(PLAIN);
    assert_eq!(till.types("3\r", 1000, 120), [], "there is no third way");
    assert_eq!(till.key(KeyCode::Enter, 3000), [], "Enter alone chooses nothing");
    assert_eq!(
        till.key(KeyCode::F(2), 4000),
        [],
        "nothing is paid before the answer"
    );
    assert_eq!(till.common.asks.len(), 1);
    assert_eq!(till.key(KeyCode::Esc, 5000), []);
    assert!(till.common.asks.is_empty(), "Esc takes neither");
}

#[test]
fn goods_with_a_sentence_are_sold_and_the_sentence_is_said() {
    let mut till = till_with(serving(), PLAIN);
    let note = "It was at its best until 2026-01-31: show it to the customer".to_owned();
    till.hears(Answer::Served(
        Box::new(serving()),
        Outcome::Noted(1, note.clone()),
    ));
    assert_eq!(
        till.common.notice.as_ref().map(|notice| &notice.text),
        Some(&note)
    );
}

fn paying(look: Look) -> Till {
    let mut till = till_with(serving(), look);
    till.key(KeyCode::F(2), 1000);
    till.drawn(1000);
    till
}

fn paid(look: Look) -> Till {
    let mut till = paying(look);
    till.key(KeyCode::Enter, 2000);
    till.hears(Answer::Paid(Box::new(done()), Box::new(empty())));
    till.drawn(2100);
    till
}

fn returning(look: Look) -> Till {
    let mut till = till_with(empty(), look);
    till.key(KeyCode::F(3), 1000);
    till.drawn(1000);
    till.types("42\r", 2000, 200);
    let line = |name: &str, many: i64, net| RecordedLine {
        name: name.to_owned(),
        bought: Quantity::whole(many),
        left: Quantity::whole(many),
        net: Money::minor(net),
    };
    let recorded = Recorded {
        id: SaleId::parse("t1-42-9f3ac21b").expect("an id"),
        at: moment("2026-02-13T18:05:00"),
        total: Money::minor(5000),
        lines: vec![
            line("Masala chai 150 ml", 2, 4000),
            line("Center Fresh chewing gum", 3, 1000),
        ],
    };
    till.hears(Answer::Found(Box::new(recorded)));
    till
}

/// A sale that somebody must approve.
fn approval(look: Look) -> Till {
    let mut serving = serving();
    serving.quote.needs_approval = true;
    serving.quote.applied.push(Applied {
        program: program("b11-special-order"),
        amount: Money::ZERO,
        parts: vec![],
        why: Reason::NeedsApproval,
    });
    let mut till = till_with(serving, look);
    till.key(KeyCode::F(2), 1000);
    till.drawn(1000);
    till
}

/// Pots brought back, so many steps far: the kind, how many, what they give, recorded.
fn activity(look: Look, steps: usize) -> Till {
    let mut till = till_with(partner(), look);
    till.key(KeyCode::Home, 1000);
    let kind = |word: &str, id: &str| ActivityKind {
        kind: word.to_owned(),
        programs: vec![program(id)],
        attributes: Vec::new(),
    };
    till.hears(Answer::Activities(vec![
        kind("packaging-return", "s14b-packaging"),
        kind("referral", "s17-referral"),
    ]));
    let told = Told {
        kind: "packaging-return".to_owned(),
        quantity: Quantity::whole(5),
        attributes: BTreeMap::new(),
    };
    let id = BasketId::parse("a-1").expect("a name");
    if steps > 1 {
        till.drawn(1100);
        till.key(KeyCode::Enter, 2000);
    }
    if steps > 2 {
        let asked = till.types("5\r", 3000, 200);
        assert_eq!(asked, [Effect::QuoteActivity(told.clone())]);
        let gives = WouldGive {
            id: id.clone(),
            told: told.clone(),
            changes: vec![member::Change::Earn {
                purse: PurseId::parse("pots").expect("a name"),
                amount: Points::whole(5),
                program: program("s14b-packaging"),
                expires: None,
            }],
            others: Vec::new(),
        };
        till.hears(Answer::ActivityQuoted(Box::new(gives)));
        till.drawn(4000);
    }
    if steps > 3 {
        assert_eq!(till.key(KeyCode::Enter, 4100), [], "nobody reads it in 100 ms");
        let recorded = till.key(KeyCode::Enter, 5000);
        assert_eq!(recorded, [Effect::RecordActivity(id, told)]);
        assert_eq!(till.key(KeyCode::Enter, 6000), [], "it is on its way already");
        let paper = Done {
            total: Money::ZERO,
            change: None,
            ..done()
        };
        let effects = till.hears(Answer::ActivityDone(Box::new(paper), Box::new(partner())));
        assert!(matches!(effects[..], [Effect::Print(..)]));
        till.drawn(6100);
    }
    till
}

fn catalogue(look: Look) -> Till {
    let mut till = till_with(partner(), look);
    assert_eq!(till.key(KeyCode::End, 1000), [Effect::Catalogue]);
    let offered = |name: &str, costs: Option<&str>, why: Option<&str>| Offered {
        name: name.to_owned(),
        costs: costs.map(str::to_owned),
        why_not: why.map(str::to_owned),
    };
    till.hears(Answer::Catalogue(vec![
        offered("free repair", Some("500 points"), None),
        offered(
            "cruise",
            Some("5000 points"),
            Some("cruise costs 5000 points, 1240 are there"),
        ),
        offered(
            "fresh mask",
            None,
            Some("mask cannot be bought with points: its program gives it"),
        ),
    ]));
    till
}

#[test]
fn a_sale_that_needs_somebody_is_paid_when_he_is_named() {
    let mut till = approval(PLAIN);
    for code in [KeyCode::Enter, KeyCode::F(2), KeyCode::F(4)] {
        assert_eq!(till.key(code, 2000), [], "{code:?}");
        assert!(till.says().contains("approve it first"), "{}", till.says());
    }
    assert_eq!(till.types("100\r", 3000, 200), [], "an amount is nobody's name");
    assert_eq!(till.scans(CRISPS), scan_of(CRISPS), "a scan goes to the basket");
    till.hears(Answer::Served(
        Box::new(till.common.serving.clone()),
        Outcome::Changed,
    ));
    till.types("Ravi Kumar\r", 5000, 200);
    assert!(
        text(&till, 80, 24).contains("Approved by"),
        "{}",
        text(&till, 80, 24)
    );
    let mut other = till.common.serving.clone();
    other.basket.lines.pop();
    let before = till.common.serving.clone();
    till.hears(Answer::News(Box::new(other)));
    assert_eq!(till.key(KeyCode::Enter, 9000), [], "that was another basket");
    till.hears(Answer::News(Box::new(before)));
    let paid = till.key(KeyCode::Enter, 10_000);
    assert!(
        matches!(&paid[..], [Effect::Pay { approved_by: Some(name), .. }] if name == "Ravi Kumar"),
        "{paid:?}"
    );
    let mut left = approval(PLAIN);
    left.key(KeyCode::Esc, 2000);
    assert!(matches!(left.screen, Screen::Selling));
}

#[test]
fn goods_of_an_open_price_may_have_a_name() {
    let paper = || Goods {
        name: "The Hindu, today".to_owned(),
        ..Goods::uncatalogued(Sku::parse("PAPER").expect("a sku"), None)
    };
    let mut till = till_with(serving(), PLAIN);
    till.served(Outcome::AskPrice(Box::new(paper()), Quantity::ONE));
    let sold = till.types("12,50 Six years, bound\r", 1000, 200);
    let named = Goods {
        name: "Six years, bound".to_owned(),
        ..paper()
    };
    let price = Price::parse("12.50").expect("a price");
    assert_eq!(sold, [Effect::AddAtPrice(Box::new(named), price, Quantity::ONE)]);
    till.served(Outcome::AskPrice(Box::new(paper()), Quantity::ONE));
    let sold = till.types("3\r", 9000, 200);
    assert!(matches!(&sold[..], [Effect::AddAtPrice(goods, ..)] if **goods == paper()));
    till.served(Outcome::AskPrice(Box::new(paper()), Quantity::ONE));
    let scan = till.types("8901491101837 doors\r", 20_000, 200);
    assert!(
        !scan.iter().any(|effect| matches!(effect, Effect::AddAtPrice(..))),
        "a code is no price"
    );
}

#[test]
fn a_card_names_who_sells_and_goods_are_goods() {
    let mut till = till_with(serving(), PLAIN);
    let control = |till: &mut Till, c| {
        till.update(Message::Key(
            KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL),
            1000,
        ))
    };
    control(&mut till, 'u');
    let card = "952600013000000013";
    assert_eq!(
        till.scans(card),
        [Effect::NameAgent(card.to_owned(), Source::Keyboard)]
    );
    till.hears(Answer::Served(Box::new(serving()), Outcome::Goods(0)));
    assert_eq!(till.common.asks.len(), 1, "goods came: it is still asked");
    till.hears(Answer::Served(Box::new(serving()), Outcome::Agent));
    assert!(till.common.asks.is_empty());
    control(&mut till, 'u');
    till.drawn(1000);
    assert_eq!(till.key(KeyCode::Enter, 9000), [Effect::ForgetAgent]);
}

fn screens(look: Look) -> Vec<(&'static str, Till)> {
    let pressed = |code| {
        let mut till = till_with(serving(), look);
        till.key(code, 1000);
        till
    };
    let mut asked = till_with(serving(), look);
    let paper = Goods {
        name: "The Hindu, today".to_owned(),
        ..Goods::uncatalogued(Sku::parse("PAPER").expect("a sku"), None)
    };
    asked.served(Outcome::AskPrice(Box::new(paper), Quantity::ONE));
    let mut choosing = till_with(serving(), look);
    choosing.served(Outcome::Choose(
        serving()
            .basket
            .lines
            .into_iter()
            .map(|line| line.goods)
            .collect(),
    ));
    let mut blocked = till_with(empty(), look);
    blocked.common.health.cannot_record =
        Some("This till can't record sales: the disk is full (journal.db)".to_owned());
    let mut chosen = returning(look);
    chosen.key(KeyCode::F(5), 5000);
    chosen.hears(Answer::ReturnQuoted(
        vec![Quantity::whole(2), Quantity::whole(3)],
        Money::minor(5000),
    ));
    let mut troubled = till_with(serving(), look);
    troubled.hears(Answer::Printed(Err("/dev/usb/lp0: No such device".to_owned())));
    troubled.key(KeyCode::F(11), 1000);
    vec![
        ("empty", till_with(empty(), look)),
        ("selling", till_with(serving(), look)),
        ("partner", till_with(partner(), look)),
        ("why", pressed(KeyCode::Insert)),
        ("approval", approval(look)),
        ("agent", {
            let mut till = till_with(serving(), look);
            till.update(Message::Key(
                KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL),
                1000,
            ));
            till
        }),
        ("activity", activity(look, 1)),
        ("recorded", activity(look, 4)),
        ("catalogue", catalogue(look)),
        ("price", asked),
        ("choose", choosing),
        ("which", which(look)),
        ("blocked", blocked),
        ("paying", paying(look)),
        ("done", paid(look)),
        ("return", chosen),
        ("held", pressed(KeyCode::F(6))),
        ("help", pressed(KeyCode::F(1))),
        ("status", troubled),
    ]
}

#[test]
fn every_screen_at_80_by_24_and_200_by_50() {
    for (name, till) in screens(PLAIN) {
        insta::assert_snapshot!(format!("{name}-80x24"), text(&till, 80, 24));
        insta::assert_snapshot!(format!("{name}-200x50"), text(&till, 200, 50));
    }
}

#[test]
fn an_ascii_console_gets_no_other_sign() {
    for (name, till) in screens(CONSOLE) {
        let text = text(&till, 80, 24);
        assert!(text.is_ascii(), "{name}:\n{text}");
    }
}

#[test]
fn colours_add_nothing_that_is_not_said_without_them() {
    for ((name, plain), (_, coloured)) in screens(PLAIN).into_iter().zip(screens(COLOURED)) {
        assert_eq!(text(&plain, 80, 24), text(&coloured, 80, 24), "{name}");
        let colours = |till: &Till| {
            let terminal = painted(till, 80, 24);
            let cells = terminal.backend().buffer().content();
            cells
                .iter()
                .filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
                .count()
        };
        assert_eq!(colours(&plain), 0, "{name} without colours");
        assert!(colours(&coloured) > 0, "{name} with colours");
    }
}

#[test]
fn no_window_is_too_small_to_draw() {
    for (_, till) in screens(PLAIN) {
        for (columns, rows) in [(20, 5), (1, 1), (79, 24), (80, 23), (500, 3), (80, 24), (81, 200)] {
            painted(&till, columns, rows);
        }
    }
}

#[test]
fn a_long_basket_shows_the_marked_line() {
    let lines = (0..10_000)
        .map(|n| {
            line(
                &format!("SKU{n}"),
                &format!("Goods number {n}"),
                "1",
                "1.00",
                "each",
            )
        })
        .collect();
    let mut till = till_with(
        Serving {
            basket: basket(lines),
            ..empty()
        },
        PLAIN,
    );
    assert!(text(&till, 80, 24).contains("Goods number 9999"));
    till.key(KeyCode::PageUp, 1000);
    assert!(text(&till, 80, 24).contains("Goods number 9989"));
}

#[test]
fn a_hint_pushes_no_line_of_the_basket_out() {
    let full = |many: usize| {
        let lines = (0..many).map(|n| {
            line(
                &format!("SKU{n}"),
                &format!("Goods number {n}"),
                "1",
                "1.00",
                "each",
            )
        });
        let serving = Serving {
            basket: basket(lines.collect()),
            nearly: vec![nearly("coffee-card", 1, "coffee", 2000, true)],
            ..empty()
        };
        text(&till_with(serving, PLAIN), 80, 24)
    };
    let hint = "+ 1 more coffee for a free one";
    for many in [1, 14, 15] {
        let text = full(many);
        assert!(
            text.contains("Goods number 0 ") && text.contains(hint),
            "{many}:\n{text}"
        );
    }
    // No row is free: the hint stands beside the basket, where the member is.
    for many in [16, 17] {
        let text = full(many);
        assert!(text.contains("Goods number 0 "), "{many}:\n{text}");
        assert!(text.contains("│ + 1 more coffee"), "{many}:\n{text}");
    }
}

#[test]
fn why_lists_everything_and_scrolls_to_its_end() {
    let mut serving = partner();
    serving.quote.declined = (0..60)
        .map(|n| Declined {
            program: program(&format!("p{n}")),
            why: Reason::NotNow,
        })
        .collect();
    let mut till = till_with(serving, PLAIN);
    till.key(KeyCode::Insert, 1000);
    let first = text(&till, 80, 24);
    assert!(
        first.contains("goes to WWF, at no cost to you") && first.contains("more below"),
        "{first}"
    );
    for n in 0..20 {
        till.key(KeyCode::PageDown, 2000 + n);
    }
    let last = text(&till, 80, 24);
    assert!(
        last.contains("- p59: not at this time") && !last.contains("more below"),
        "{last}"
    );
    assert_eq!(till.scans(CRISPS), scan_of(CRISPS), "a scan goes to the basket");
    assert!(matches!(till.screen, Screen::Selling));
}

#[test]
fn enter_pays_only_what_was_seen() {
    let mut till = till_with(serving(), PLAIN);
    assert!(
        till.types("\r\r\r", 1000, 1).is_empty(),
        "the second Enter came before the screen was drawn"
    );
    till.drawn(1010);
    assert!(
        till.key(KeyCode::Enter, 1100).is_empty(),
        "nobody reads a total in 90 ms"
    );
    let due = serving().quote.due;
    let pay = Effect::Pay {
        basket: BasketId::parse("b-1").expect("a name"),
        due,
        payment: crate::counter::Payment::Cash(None),
        approved_by: None,
    };
    assert_eq!(till.key(KeyCode::Enter, 2000), vec![pay]);
    assert!(
        till.key(KeyCode::Enter, 3000).is_empty(),
        "it is on its way already"
    );
}

const CRISPS: &str = "8901491101837";

fn scan_of(code: &str) -> Vec<Effect> {
    vec![Effect::Scan(code.to_owned(), Source::Keyboard)]
}

/// Whatever is asked, a scan goes to the basket or is said to be lost; and what was asked is still asked.
#[test]
fn a_scan_answers_no_question() {
    for (name, mut till) in screens(PLAIN) {
        let kind = till.kind();
        let effects = till.scans(CRISPS);
        match name {
            "agent" => assert_eq!(effects, [Effect::NameAgent(CRISPS.to_owned(), Source::Keyboard)]),
            "return" => assert!(effects.is_empty() && till.says().contains("not taken"), "{name}"),
            _ => assert_eq!(effects, scan_of(CRISPS), "{name}"),
        }
        if matches!(name, "price" | "choose" | "paying" | "return") {
            assert_eq!(till.kind(), kind, "{name}");
        }
        if matches!(name, "price" | "choose") {
            assert_eq!(till.common.asks.len(), 1, "{name}");
        }
        assert!(till.common.line.is_empty(), "{name}");
    }
}

#[test]
fn a_scan_does_not_empty_the_basket_nor_take_the_question_away() {
    let mut till = till_with(serving(), PLAIN);
    till.key(KeyCode::F(8), 1000);
    assert_eq!(till.scans(CRISPS), scan_of(CRISPS));
    assert!(till.says().contains("Empty the basket?"), "{}", till.says());
    till.hears(Answer::Refused(
        "nothing here is called that".to_owned(),
        Box::new(serving()),
    ));
    assert!(
        till.key(KeyCode::F(8), 2000).is_empty(),
        "the question was covered by another sentence: it is asked again"
    );
    assert_eq!(till.key(KeyCode::F(8), 3000), vec![Effect::Clear]);
}

#[test]
fn what_came_fast_and_may_be_an_amount_is_asked_for_again() {
    let mut till = paying(PLAIN);
    assert!(till.scans_perhaps("100045", false).is_empty());
    assert!(till.says().contains("as fast as a scan"), "{}", till.says());
    assert_eq!(
        till.scans_perhaps("8901491101838", false),
        scan_of("8901491101838"),
        "too long for an amount"
    );
    assert_eq!(till.scans_perhaps("ABC-123", false), scan_of("ABC-123"));
}

#[test]
fn a_scan_behind_the_payment_is_said_to_be_in_the_next_basket() {
    let mut till = paying(PLAIN);
    till.key(KeyCode::Enter, 2000);
    assert_eq!(till.scans(CRISPS), scan_of(CRISPS));
    assert!(till.says().contains("next basket"), "{}", till.says());
}

#[test]
fn goods_are_no_sales_number() {
    let mut till = till_with(empty(), PLAIN);
    till.key(KeyCode::F(3), 1000);
    assert!(till.scans(CRISPS).is_empty());
    assert!(till.says().contains("not taken"), "{}", till.says());
    let sale = "t1-42-9f3ac21b";
    assert_eq!(
        till.scans_perhaps(sale, false),
        vec![Effect::Find(sale.to_owned())]
    );
}

#[test]
fn scanners_that_go_and_come_are_said() {
    let mut till = till_with(serving(), PLAIN);
    let name = "usb-scanner";
    let tell = |till: &mut Till, state| till.update(Message::Scanner(name.to_owned(), state));
    tell(&mut till, Ok(()));
    assert_eq!(till.says(), "");
    tell(&mut till, Err("unplugged: plug it in again".to_owned()));
    assert!(
        till.says()
            .contains("Scanner usb-scanner is unplugged: plug it in"),
        "{}",
        till.says()
    );
    till.key(KeyCode::F(11), 1000);
    assert!(
        text(&till, 80, 24).contains("Scanner         ! usb-scanner is unplugged: plug it in again"),
        "{}",
        text(&till, 80, 24)
    );
    tell(&mut till, Ok(()));
    assert!(till.says().contains("is back"), "{}", till.says());
    assert!(text(&till, 80, 24).contains("usb-scanner is there"));
    till.update(Message::Misread(Trouble::Half));
    assert!(till.says().contains("without its end"), "{}", till.says());
}

#[test]
fn a_scan_never_becomes_money() {
    let mut till = paying(PLAIN);
    assert!(till.types("20", 2000, 200).is_empty());
    assert_eq!(till.scans(CRISPS), scan_of(CRISPS));
    assert_eq!(till.common.line.text(), "20");
    till.hears(Answer::Served(Box::new(serving()), Outcome::Goods(3)));
    till.common.line.clear();
    assert!(
        till.types("8901491101837\r", 5000, 200).is_empty(),
        "typed slowly it is asked for again"
    );
    assert!(
        till.types("3000.00\r", 20_000, 200)
            .iter()
            .any(|effect| matches!(effect, Effect::Pay { .. }))
    );
}

#[test]
fn a_short_amount_says_what_is_missing() {
    let mut till = paying(PLAIN);
    assert!(till.types("20\r", 2000, 200).is_empty());
    let notice = till.common.notice.clone().expect("a sentence");
    assert!(notice.text.contains("2965.53 INR is missing"), "{}", notice.text);
}

#[test]
fn quantities_go_to_the_line_that_was_meant() {
    let mut till = till_with(serving(), PLAIN);
    let gum = Target::Line(2, Sku::parse("GUM").expect("a sku"));
    till.key(KeyCode::Up, 500);
    assert_eq!(
        till.types("*5\r", 1000, 200),
        vec![Effect::SetQuantity(gum.clone(), Quantity::whole(5))]
    );
    assert_eq!(
        till.types("*6\r", 3000, 200),
        vec![Effect::SetQuantity(Target::LastScanned, Quantity::whole(6))],
        "the answer to the first is still out"
    );
    till.hears(Answer::Served(Box::new(serving()), Outcome::Changed));
    till.hears(Answer::Served(Box::new(serving()), Outcome::Changed));
    assert!(till.types("++", 5000, 200).is_empty());
    assert_eq!(
        till.settle(5300),
        vec![Effect::More(gum.clone(), Quantity::whole(2))]
    );
    till.hears(Answer::Served(Box::new(serving()), Outcome::Changed));
    assert_eq!(till.key(KeyCode::Delete, 6000), vec![Effect::Remove(gum)]);
}

#[test]
fn emptying_asks_first() {
    let mut till = till_with(serving(), PLAIN);
    assert!(till.key(KeyCode::F(8), 1000).is_empty());
    till.key(KeyCode::Up, 1500);
    assert!(
        till.key(KeyCode::F(8), 2000).is_empty(),
        "another key came between"
    );
    assert_eq!(till.key(KeyCode::F(8), 2500), vec![Effect::Clear]);
}

#[test]
fn a_return_is_confirmed_by_what_was_shown() {
    let mut till = returning(PLAIN);
    till.drawn(3000);
    let all = vec![Quantity::whole(2), Quantity::whole(3)];
    assert!(matches!(
        till.key(KeyCode::F(5), 4000)[..],
        [Effect::QuoteReturn(..)]
    ));
    assert!(
        till.key(KeyCode::Enter, 5000).is_empty(),
        "what it gives back is not known yet"
    );
    till.hears(Answer::ReturnQuoted(all.clone(), Money::minor(5000)));
    let id = SaleId::parse("t1-42-9f3ac21b").expect("an id");
    assert_eq!(till.key(KeyCode::Enter, 6000), vec![Effect::TakeBack(id, all)]);
    assert!(till.key(KeyCode::Enter, 7000).is_empty());
}

#[test]
fn leaving_with_an_open_basket_is_asked_twice() {
    let mut till = till_with(serving(), PLAIN);
    till.key(KeyCode::F(10), 1000);
    assert!(!till.is_leaving());
    till.key(KeyCode::F(10), 2000);
    assert!(till.is_leaving());
    let mut idle = till_with(empty(), PLAIN);
    idle.key(KeyCode::F(10), 1000);
    assert!(idle.is_leaving());
}

#[test]
fn a_printer_that_fails_undoes_nothing() {
    let mut till = paid(PLAIN);
    till.hears(Answer::Printed(Err("/dev/usb/lp0: No such device".to_owned())));
    let text = text(&till, 80, 24);
    assert!(text.contains("DONE") && text.contains("Not printed"), "{text}");
    assert_eq!(till.key(KeyCode::F(9), 9000), vec![Effect::PrintAgain]);
}

#[test]
fn a_full_queue_is_said_and_nothing_waits() {
    let mut till = paying(PLAIN);
    let mut asked = till.key(KeyCode::Enter, 2000);
    till.bounced(asked.remove(0));
    assert!(text(&till, 80, 24).contains("was not taken"));
    assert!(
        matches!(till.key(KeyCode::Enter, 4000)[..], [Effect::Pay { .. }]),
        "it can be pressed again"
    );
}
