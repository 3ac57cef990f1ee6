//! How this till is: the line, what waits, what it knows, and what went wrong.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::look::Tone;
use super::{Common, frame as around, paint};
use crate::counter::view::Line as State;
use crate::receipt;

/// Draws.
pub fn view(frame: &mut Frame, common: &Common) {
    let keys = [("Esc", "Back to the basket"), ("F1", "Help")];
    let body = around::around(frame, common, "Status", "Scan or type", &keys);
    let inside = Rect {
        x: body.x + 2,
        width: body.width - 4,
        ..body
    };
    let width = usize::from(inside.width);
    let (health, look) = (&common.health, common.look);
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String, style: Style| {
        rows.push(paint::styled(
            paint::left(&format!("{name:<16}{}", look.text(&value)), width),
            style,
        ));
    };
    let ago = |at| {
        format!(
            "{} ({} ago)",
            receipt::minute(at, &common.zone),
            paint::age(at, common.now)
        )
    };
    let (state, tone) = around::line_state(common);
    row("Line", state, look.tone(tone));
    if let State::Offline(why) = &health.line {
        row("", why.clone(), Style::new());
    }
    let never = || "never".to_owned();
    row(
        "Last answer",
        health.last_sync.map_or_else(never, ago),
        Style::new(),
    );
    let waiting = format!("{} ({})", health.waiting, common.money(health.waiting_total));
    row("Sales waiting", waiting, Style::new());
    if let Some(oldest) = health.oldest {
        row("Oldest", ago(oldest), Style::new());
    }
    row("Cards known", health.cards.to_string(), Style::new());
    row("Goods known", health.goods.to_string(), Style::new());
    row("Programs", format!("version {}", health.bundle), Style::new());
    row(
        "Terminal",
        format!("{} at {}", health.terminal, common.site),
        Style::new(),
    );
    row(
        "Program",
        format!("vafa {}", env!("CARGO_PKG_VERSION")),
        Style::new(),
    );
    for (name, state) in &common.scanners {
        match state {
            Ok(()) => row("Scanner", format!("{name} is there"), Style::new()),
            Err(why) => row("Scanner", format!("! {name} is {why}"), look.tone(Tone::Warn)),
        }
    }
    match &health.cannot_record {
        None => row("Recording", "works".to_owned(), Style::new()),
        Some(why) => row("Recording", format!("!! {why}"), look.tone(Tone::Bad)),
    }
    rows.push(Line::default());
    if common.problems.is_empty() {
        rows.push(Line::from("No problems since the start."));
    } else {
        rows.push(paint::styled(
            "Problems since the start, the newest first",
            look.strong(),
        ));
    }
    let room = usize::from(inside.height).saturating_sub(rows.len());
    for (at, text) in common.problems.iter().rev().take(room) {
        let text = look.text(&format!("{}  {text}", receipt::minute(*at, &common.zone)));
        rows.push(Line::from(paint::left(&text, width)));
    }
    frame.render_widget(Paragraph::new(rows), inside);
}
