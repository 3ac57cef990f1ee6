//! The panel beside the basket: who buys, what he holds, what is nearly reached, and the total.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::look::Tone;
use super::{Common, paint, selling};
use crate::counter::view::{Buyer, Line as State, name_of};
use crate::loyalty::quote::{Declined, Reason};
use crate::loyalty::shown::Shown;
use crate::words;

const SPENDING: &str = "Points can be seen here; spending them comes with a later version.";
/// The same on a panel where each row counts.
const SPENDING_SHORT: &str = "Points: spending comes later";
/// A pass at a till whose cache is gone or was never filled.
const UNCHECKED: &str = "This till does not know yet which passes were withdrawn: this one pays nothing. Let the till sync, and scan again.";
/// Rows of the total with its digits.
const TOTAL_ROWS: u16 = 8;

/// Draws.
pub fn view(frame: &mut Frame, area: Rect, common: &Common) {
    let [above, total] = Layout::vertical([Constraint::Min(1), Constraint::Length(TOTAL_ROWS)]).areas(area);
    let above = Rect {
        x: above.x + 1,
        width: above.width.saturating_sub(1),
        ..above
    };
    let width = usize::from(above.width);
    let mut rows = match &common.serving.buyer {
        Some(buyer) => person(buyer, common, width),
        None => paint::wrapped("No card yet", width, common.look.quiet()),
    };
    rows.extend(gives(common, width));
    rows.extend(hints(
        common,
        width,
        usize::from(above.height).saturating_sub(rows.len()),
    ));
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
    for (purse, points) in &buyer.standing.purses {
        rows.push(Line::from(paint::pair(
            purse.as_str(),
            &points.to_string(),
            width,
        )));
    }
    for (membership, held) in &buyer.standing.memberships {
        let until = held
            .until
            .map_or_else(|| "for ever".to_owned(), |day| format!("to {day}"));
        rows.push(Line::from(paint::pair(membership.as_str(), &until, width)));
    }
    for (ladder, tier) in &buyer.standing.tiers {
        rows.push(Line::from(paint::pair(ladder.as_str(), &tier.name, width)));
    }
    for (reward, many) in &buyer.standing.entitlements {
        rows.push(Line::from(paint::pair(
            reward.as_str(),
            &format!("{many} to use"),
            width,
        )));
    }
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

/// What this sale gives besides discounts on its lines.
fn gives(common: &Common, width: usize) -> Vec<Line<'static>> {
    let gifts = common
        .serving
        .quote
        .applied
        .iter()
        .filter(|applied| applied.amount.is_zero());
    let mut rows = Vec::new();
    for gift in gifts {
        let text = format!("* {}", words::reason(&gift.why, common.currency));
        rows.extend(paint::wrapped(&text, width, common.look.gift()));
    }
    rows
}

/// What is nearly reached comes first; the rest where there is room.
fn hints(common: &Common, width: usize, room: usize) -> Vec<Line<'static>> {
    let mut declined: Vec<&Declined> = common.serving.quote.declined.iter().collect();
    declined.sort_by_key(|declined| distance(&declined.why));
    // Two rules of one program may lack the same thing: it is said once.
    declined.dedup_by(|a, b| a.program == b.program && a.why == b.why);
    let most = if width >= 40 { 9 } else { 2 };
    let mut rows = Vec::new();
    for declined in declined
        .into_iter()
        .filter(|declined| distance(&declined.why) <= most)
    {
        let text = format!(
            "- {}: {}",
            name_of(&common.serving.names, &declined.program),
            words::reason(&declined.why, common.currency)
        );
        let lines = paint::wrapped(&text, width, common.look.quiet());
        if rows.len() + lines.len() > room {
            break;
        }
        rows.extend(lines);
    }
    rows
}

fn distance(why: &Reason) -> u8 {
    match why {
        Reason::NeedsGoods { has, .. } if has.units() > 0 => 0,
        Reason::MoreForFree { .. } => 0,
        Reason::NeedsAmountOf { .. } => 1,
        Reason::NeedsTotal { .. } | Reason::TooLittleToEarn { .. } => 1,
        Reason::NeedsMember | Reason::NoEarning { .. } | Reason::NoMemberPrices { .. } => 2,
        Reason::NeedsGoods { .. } | Reason::NeedsGroup { .. } | Reason::NeedsMembership { .. } => 3,
        _ => 4,
    }
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
