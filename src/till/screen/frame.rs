//! What stands around every screen: who and where, the state of the line, the line of input, keys, and what waits to be
//! sent.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::super::look::Tone;
use super::{Common, paint};
use crate::counter::view::Line as State;
use crate::receipt;

/// The least columns of a screen.
pub const LEAST_WIDTH: u16 = 80;
/// The least rows of a screen.
pub const LEAST_HEIGHT: u16 = 24;
const LATE_MS: i64 = 4 * 3_600_000;
const TOO_LATE_MS: i64 = 24 * 3_600_000;

/// Paints the frame. Answers the area that is left for the screen itself.
pub fn around(frame: &mut Frame, common: &Common, title: &str, prompt: &str, keys: &[(&str, &str)]) -> Rect {
    let [head, rule, body, notice, input, foot, state] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    header(frame, head, common, title);
    horizontal(frame, rule, common);
    if let Some(said) = &common.notice {
        let text = format!(" {}{}", common.look.sign(said.tone), common.look.text(&said.text));
        let text = paint::left(&text, usize::from(notice.width));
        frame.render_widget(paint::styled(text, common.look.tone(said.tone)), notice);
    }
    input_line(frame, input, common, prompt);
    let mut spans = vec![Span::raw(" ")];
    for (key, what) in keys {
        spans.push(Span::styled((*key).to_owned(), common.look.key()));
        spans.push(Span::raw(format!(" {what}  ")));
    }
    frame.render_widget(Line::from(spans), foot);
    waiting(frame, state, common);
    body
}

fn header(frame: &mut Frame, area: Rect, common: &Common, title: &str) {
    let width = usize::from(area.width);
    let (state, tone) = line_state(common);
    let civil = common.now.in_zone(&common.zone);
    let clock = format!("{:02}:{:02} ", civil.hour(), civil.minute());
    let name = format!(" {title}  {} @ {}", common.health.terminal, common.site);
    let name = common.look.text(&name);
    let state_width = state.width();
    let room = width.saturating_sub(state_width + 2 + clock.width());
    let line = Line::from(vec![
        Span::styled(paint::left(&name, room), common.look.strong()),
        Span::styled(state, common.look.tone(tone)),
        Span::raw(format!("  {clock}")),
    ]);
    frame.render_widget(line, area);
}

/// The state of the line with its sign.
pub fn line_state(common: &Common) -> (String, Tone) {
    let look = common.look;
    match &common.health.line {
        State::Online => (look.pick("● Online", "(*) Online").to_owned(), Tone::Good),
        State::Offline(_) => (look.pick("◐ Offline", "(-) Offline").to_owned(), Tone::Warn),
        State::Unknown => (
            look.pick("○ Not tried yet", "( ) Not tried yet").to_owned(),
            Tone::Plain,
        ),
    }
}

/// A thin rule over the whole width.
pub fn horizontal(frame: &mut Frame, area: Rect, common: &Common) {
    let rule = common.look.pick("─", "-").repeat(usize::from(area.width));
    frame.render_widget(paint::styled(rule, common.look.quiet()), area);
}

/// A thin rule from top to bottom.
pub fn vertical(frame: &mut Frame, area: Rect, common: &Common) {
    let rows =
        vec![paint::styled(common.look.pick("│", "|"), common.look.quiet()); usize::from(area.height)];
    frame.render_widget(Paragraph::new(rows), area);
}

fn input_line(frame: &mut Frame, area: Rect, common: &Common, prompt: &str) {
    let prompt = format!(" {prompt} > ");
    let room = usize::from(area.width).saturating_sub(prompt.width() + 1);
    let typed = receipt::clean(&common.line.text().replace('\x1d', "|"));
    // Only the end of a long line is seen: that is where the next character goes.
    let mut shown = typed.as_str();
    while shown.width() > room {
        let mut rest = shown.chars();
        rest.next();
        shown = rest.as_str();
    }
    let end = prompt.width() + shown.width();
    let column = area.x + u16::try_from(end).unwrap_or(0);
    let line = Line::from(vec![
        Span::styled(prompt, common.look.strong()),
        Span::raw(shown.to_owned()),
    ]);
    frame.render_widget(line, area);
    frame.set_cursor_position(Position::new(column, area.y));
}

fn waiting(frame: &mut Frame, area: Rect, common: &Common) {
    let health = &common.health;
    let (text, tone) = match (health.waiting, health.oldest) {
        (0, _) => ("Nothing is waiting to be sent".to_owned(), Tone::Plain),
        (many, oldest) => {
            let s = if many == 1 { "" } else { "s" };
            let total = common.money(health.waiting_total);
            let age = oldest.map(|oldest| format!(" · oldest {}", paint::age(oldest, common.now)));
            let waited = oldest.map_or(0, |oldest| common.now.millis() - oldest.millis());
            let tone = match waited {
                ms if ms > TOO_LATE_MS => Tone::Bad,
                ms if ms > LATE_MS => Tone::Warn,
                _ => Tone::Plain,
            };
            (
                format!("{many} sale{s} waiting ({total}){}", age.unwrap_or_default()),
                tone,
            )
        }
    };
    let why = match &health.line {
        State::Offline(why) => format!(" · {why}"),
        _ => String::new(),
    };
    let text = format!(" {}{text}{why}", common.look.sign(tone));
    let text = paint::left(&common.look.text(&text), usize::from(area.width));
    frame.render_widget(paint::styled(text, common.look.tone(tone)), area);
}

/// A window that is too small still says so politely, and what is due where there is room for it.
pub fn too_small(frame: &mut Frame, common: &Common) {
    let area = frame.area();
    let due = common.money(common.serving.quote.due);
    let text = format!(
        "vafa needs {LEAST_WIDTH} x {LEAST_HEIGHT}; this window is {} x {}. Nothing is lost: please make it larger. Due: {due}",
        area.width, area.height
    );
    let lines = paint::wrapped(&text, usize::from(area.width), common.look.strong());
    frame.render_widget(Paragraph::new(lines), area);
}
