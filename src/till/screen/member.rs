//! The panel beside the basket: who buys, what he holds, what is nearly reached, and the total.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::look::Tone;
use super::{Common, hints, paint, selling};
use crate::counter::view::{Buyer, Line as State};
use crate::loyalty::quote::Reason;
use crate::loyalty::shown::Shown;
use crate::words;

const SPENDING: &str = "Points can be seen here; spending them comes with a later version.";
/// The same on a panel where each row counts.
const SPENDING_SHORT: &str = "Points: spending comes later";
/// A pass at a till whose cache is gone or was never filled.
const UNCHECKED: &str = "This till does not know yet which passes were withdrawn: this one pays nothing. Let the till sync, and scan again.";
/// Rows of the total with its digits.
const TOTAL_ROWS: u16 = 8;

/// Draws. Where hints stand under the basket already, they are not said again.
pub fn view(frame: &mut Frame, area: Rect, common: &Common, is_hinted: bool) {
    let [above, total] = Layout::vertical([Constraint::Min(1), Constraint::Length(TOTAL_ROWS)]).areas(area);
    let above = Rect {
        x: above.x + 1,
        width: above.width.saturating_sub(1),
        ..above
    };
    let (width, height) = (usize::from(above.width), usize::from(above.height));
    let mut rows = match &common.serving.buyer {
        Some(buyer) => person(buyer, common, width),
        None => paint::wrapped("No card yet", width, common.look.quiet()),
    };
    if let Some(agent) = &common.serving.agent {
        rows.push(Line::from(paint::pair("Sold by", agent, width)));
    }
    rows.extend(messages(common, width));
    if let Some(buyer) = common.serving.buyer.as_ref().filter(|buyer| buyer.is_known) {
        rows.extend(holds(buyer, common, width));
    }
    rows.extend(gives(common, width));
    if rows.len() > height {
        rows.truncate(height.saturating_sub(1));
        let text = common.look.text("… all of it: Ins");
        rows.push(paint::styled(text, common.look.key()));
    }
    if !is_hinted {
        let room = height - rows.len();
        rows.extend(hints::beside(common, width, room));
    }
    if common.serving.buyer.as_ref().is_some_and(|buyer| buyer.is_known) {
        let notes = notes(common, width);
        if rows.len() + notes.len() <= height {
            rows.extend(notes);
        }
    }
    frame.render_widget(Paragraph::new(rows), above);
    sum(frame, total, common);
}

/// In a word, how the member was identified.
pub fn how(buyer: &Buyer) -> &'static str {
    match buyer.shown {
        Some(Shown::Typed) => "typed",
        Some(Shown::Pass) => "pass",
        Some(Shown::Phone) => "phone pass",
        Some(Shown::Card) | None => "card",
    }
}

fn person(buyer: &Buyer, common: &Common, width: usize) -> Vec<Line<'static>> {
    let look = common.look;
    let name = buyer.name.clone().unwrap_or_else(|| "Customer".to_owned());
    let card = look.text(&format!("{} …{}", how(buyer), buyer.card_ending));
    let mut rows = vec![paint::styled(paint::pair(&name, &card, width), look.strong())];
    if buyer.is_birthday {
        let text = look.pick("★ Birthday today!", "* Birthday today!");
        rows.push(paint::styled(text, look.tone(Tone::Good)));
    }
    if buyer.is_unchecked {
        rows.extend(paint::wrapped(UNCHECKED, width, look.tone(Tone::Warn)));
    }
    if !buyer.is_known {
        let text = "New to this till. Earn recorded; balance after connection.";
        rows.extend(paint::wrapped(text, width, Style::new()));
        return rows;
    }
    rows
}

/// Perks, whom to call, a tip: what programs have to say to this customer.
fn messages(common: &Common, width: usize) -> Vec<Line<'static>> {
    let look = common.look;
    let said = common.serving.quote.messages.iter();
    said.flat_map(|message| {
        let text = format!("{} {message}", look.pick("»", ">"));
        paint::wrapped(&text, width, look.strong())
    })
    .collect()
}

/// What the member holds: purses, tiers, memberships, and what is his until he uses it.
pub fn holds(buyer: &Buyer, common: &Common, width: usize) -> Vec<Line<'static>> {
    let pair = |what: &str, how: &str| Line::from(paint::pair(what, how, width));
    let mut rows = Vec::new();
    for (purse, points) in &buyer.standing.purses {
        rows.push(pair(purse.as_str(), &points.to_string()));
    }
    if let Some(organisation) = &buyer.organisation {
        rows.push(pair("buys for", organisation));
    }
    for (ladder, tier) in &buyer.tiers {
        rows.push(pair(ladder.as_str(), tier));
    }
    for (membership, held) in &buyer.standing.memberships {
        let until = held
            .until
            .map_or_else(|| "for ever".to_owned(), |day| format!("to {day}"));
        rows.push(pair(membership.as_str(), &until));
    }
    for (reward, many) in buyer.standing.entitlements.iter().filter(|(_, many)| **many > 0) {
        let what = common
            .serving
            .rewards
            .get(reward)
            .map_or(reward.as_str(), String::as_str);
        let many = if *many == 1 {
            String::new()
        } else {
            format!(" x {many}")
        };
        rows.extend(paint::wrapped(
            &format!("holds: {what}{many}"),
            width,
            common.look.gift(),
        ));
    }
    rows
}

/// How old what is shown is, and what cannot be done with it yet.
fn notes(common: &Common, width: usize) -> Vec<Line<'static>> {
    let look = common.look;
    let mut rows = Vec::new();
    if let State::Offline(_) = common.health.line {
        let since = common.health.last_sync.map(|at| {
            let civil = at.in_zone(&common.zone);
            format!("as of {:02}:{:02}", civil.hour(), civil.minute())
        });
        let since = since.unwrap_or_else(|| "as of the last connection".to_owned());
        rows.push(paint::styled(since, look.quiet()));
    }
    let spending = if width >= 40 { SPENDING } else { SPENDING_SHORT };
    rows.extend(paint::wrapped(spending, width, look.quiet()));
    rows
}

/// What this sale gives besides discounts on its lines; what programs only say stands above.
fn gives(common: &Common, width: usize) -> Vec<Line<'static>> {
    let applied = common.serving.quote.applied.iter();
    let gifts = applied.filter(|gift| gift.amount.is_zero() && !matches!(gift.why, Reason::Says { .. }));
    let mut rows = Vec::new();
    for gift in gifts {
        let text = format!("* {}", words::reason(&gift.why, common.currency));
        rows.extend(paint::wrapped(&text, width, common.look.gift()));
    }
    rows
}

/// The total in figures that can be read from the other side of the counter.
fn sum(frame: &mut Frame, area: Rect, common: &Common) {
    let quote = &common.serving.quote;
    let due = common.currency.text(quote.due);
    let width = usize::from(area.width.saturating_sub(1));
    let saved = selling::saved(&common.serving).map(|saved| format!("saved {}", common.currency.text(saved)));
    let small = saved.unwrap_or_default();
    let mut rows = vec![
        paint::styled(common.look.pick("─", "-").repeat(width + 1), common.look.quiet()),
        paint::styled(
            format!(" {}", paint::pair("TOTAL", &common.money(quote.due), width)),
            common.look.chosen(),
        ),
        paint::styled(format!(" {}", paint::right(&small, width)), common.look.gift()),
    ];
    let digits = Rect {
        width: area.width.saturating_sub(1),
        height: 5,
        ..area
    };
    for row in paint::big(&due, digits, common.look.ascii).unwrap_or_default() {
        rows.push(paint::styled(paint::right(&row, width + 1), common.look.strong()));
    }
    frame.render_widget(Paragraph::new(rows), area);
}
