//! Colours and signs. A colour never stands alone: each state has a sign or a word as well, so that NO_COLOR, a black
//! and white console and a tired eye read the same screen.

use ratatui::style::{Color, Modifier, Style};

/// How this terminal can be painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colours may be used.
    pub colour: bool,
    /// Only ASCII is sure to be drawn.
    pub ascii: bool,
}

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// It worked.
    Good,
    /// Look here.
    Warn,
    /// It did not work.
    Bad,
}

impl Look {
    /// Reads the environment: NO_COLOR, TERM and the locale.
    pub fn of_environment() -> Look {
        Look::of(|name| std::env::var(name).ok())
    }

    /// Reads variables.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Look {
        let filled = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = filled("TERM").unwrap_or_default();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(filled);
        let is_utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Look {
            colour: filled("NO_COLOR").is_none(),
            ascii: term == "linux" || term.starts_with("vt") || !is_utf8,
        }
    }

    /// The style of a tone.
    pub fn tone(self, tone: Tone) -> Style {
        let style = Style::new();
        match (tone, self.colour) {
            (Tone::Plain, _) => style,
            (Tone::Good, true) => style.fg(Color::Green),
            (Tone::Warn, true) => style.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            (Tone::Bad, true) => style.fg(Color::Red).add_modifier(Modifier::BOLD),
            (Tone::Good, false) => style,
            (Tone::Warn | Tone::Bad, false) => style.add_modifier(Modifier::BOLD),
        }
    }

    /// The sign that goes with a tone.
    pub fn sign(self, tone: Tone) -> &'static str {
        match tone {
            Tone::Plain => "",
            Tone::Good => self.pick("✓ ", "OK "),
            Tone::Warn => "! ",
            Tone::Bad => "!! ",
        }
    }

    /// What stands out.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What stays back.
    pub fn quiet(self) -> Style {
        if self.colour && !self.ascii {
            Style::new().fg(Color::DarkGray)
        } else {
            Style::new()
        }
    }

    /// The chosen line.
    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A discount or a gift.
    pub fn gift(self) -> Style {
        self.tone(Tone::Good)
    }

    /// What is nearly reached.
    pub fn hint(self) -> Style {
        let style = Style::new();
        if self.colour { style.fg(Color::Cyan) } else { style }
    }

    /// A key's name.
    pub fn key(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        if self.colour { style.fg(Color::Cyan) } else { style }
    }

    /// Either sign, as the terminal can draw it.
    pub fn pick(self, sign: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { sign }
    }

    /// Replaces signs that an ASCII console cannot draw; names of people and goods stay as they are.
    pub fn text(self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        text.replace('·', "-")
            .replace('…', "..")
            .replace('−', "-")
            .replace('×', "x")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides() {
        let look = |pairs: &[(&str, &str)]| {
            Look::of(|name| {
                pairs
                    .iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, v)| (*v).to_owned())
            })
        };
        let of = |colour, ascii| Look { colour, ascii };
        assert_eq!(
            look(&[("TERM", "xterm"), ("LANG", "en_IN.UTF-8")]),
            of(true, false)
        );
        assert_eq!(look(&[("NO_COLOR", "1")]), of(false, false));
        assert_eq!(look(&[("NO_COLOR", "")]), of(true, false));
        assert_eq!(
            look(&[("TERM", "linux"), ("LANG", "de_DE.UTF-8")]),
            of(true, true)
        );
        assert_eq!(look(&[("LANG", "C")]), of(true, true));
        assert_eq!(look(&[("LC_ALL", "en_US.utf8"), ("LANG", "C")]), of(true, false));
    }
}
