//! The member and the catalogue: what he holds, what there is for his points, and why it is not for him. Redeeming and using
//! up is not done here yet: two tills that do not see each other could give the same points twice.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::look::Tone;
use super::super::message::{Answer, Command};
use super::{Common, Event, Screen, Turn, frame as around, member, paint};
use crate::counter::view::Offered;

const NOT_YET: &str = "Nothing can be redeemed or used up at this till yet, with or without a line: the same points could be spent at \
                       another till at the same time, until the server sets a part of them aside for each. What is held stays.";

/// What the catalogue has, once it was asked for.
#[derive(Default)]
pub struct CatalogueScreen {
    offered: Option<Vec<Offered>>,
    first: usize,
}

impl CatalogueScreen {
    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        match event {
            Event::Entered(entered) => return common.scan(entered).and_go(Screen::Selling),
            Event::Answer(Answer::Catalogue(offered)) => self.offered = Some(offered.clone()),
            Event::Command(Command::Up) => self.first = self.first.saturating_sub(1),
            Event::Command(Command::Down) => self.first += 1,
            Event::Press => common.say(Tone::Warn, "Not at this till yet: nothing was redeemed"),
            Event::Command(Command::Back) => return Turn::go(Screen::Selling),
            _ => {}
        }
        let most = self.offered.as_ref().map_or(0, Vec::len) * 2 + 40;
        self.first = self.first.min(most);
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [("Up Down", "Scroll"), ("Esc", "Back to the basket")];
        let body = around::around(frame, common, "The member, the catalogue", "Scan or type", &keys);
        let inside = Rect {
            x: body.x + 2,
            width: body.width.saturating_sub(4),
            ..body
        };
        let rows = self.rows(common, usize::from(inside.width).min(100));
        let height = usize::from(inside.height);
        let first = self.first.min(rows.len().saturating_sub(height));
        let is_more = rows.len() > first + height;
        let mut shown: Vec<Line<'_>> = rows.into_iter().skip(first).take(height).collect();
        if is_more && let Some(last) = shown.last_mut() {
            let text = format!("{} more below", common.look.pick("↓", "v"));
            *last = paint::styled(text, common.look.chosen());
        }
        frame.render_widget(Paragraph::new(shown), inside);
    }

    fn rows(&self, common: &Common, width: usize) -> Vec<Line<'static>> {
        let look = common.look;
        let mut rows = Vec::new();
        match &common.serving.buyer {
            Some(buyer) => {
                let name = buyer.name.clone().unwrap_or_else(|| "Customer".to_owned());
                let card = look.text(&format!("{} …{}", member::how(buyer), buyer.card_ending));
                rows.push(paint::styled(paint::pair(&name, &card, width), look.strong()));
                if !buyer.is_known {
                    rows.push(Line::from(
                        "New to this till: what he holds is not known here yet.",
                    ));
                }
                rows.extend(member::holds(buyer, common, width));
            }
            None => rows.push(Line::from("No card yet: scan one to see what its member holds.")),
        }
        rows.push(Line::default());
        rows.push(paint::styled("The catalogue", look.strong()));
        match self.offered.as_deref() {
            None => rows.push(Line::from("One moment ...")),
            Some([]) => rows.push(Line::from("No program of this shop has a catalogue.")),
            Some(offered) => {
                for one in offered {
                    let costs = one
                        .costs
                        .clone()
                        .unwrap_or_else(|| "given by its program".to_owned());
                    let style = if one.why_not.is_none() {
                        look.gift()
                    } else {
                        Style::new()
                    };
                    rows.push(paint::styled(
                        paint::pair(&format!("  {}", one.name), &costs, width),
                        style,
                    ));
                    let why = one.why_not.as_deref().unwrap_or("his points are enough");
                    rows.push(paint::styled(
                        paint::left(&format!("    {why}"), width),
                        look.quiet(),
                    ));
                }
            }
        }
        rows.push(Line::default());
        rows.extend(paint::wrapped(NOT_YET, width, look.tone(Tone::Warn)));
        rows
    }
}
