//! How a sentence repeats what somebody typed or scanned.

/// From so many digits on a text may be a card's number.
const FEWEST_OF_A_CARD: usize = 12;
/// Longer texts are cut.
const LONGEST: usize = 40;

/// A text in quotes, cut and without control characters; one with so many digits that it may be a card's number is only
/// called "that number".
pub fn quoted(text: &str) -> String {
    if text.chars().filter(|c| c.is_numeric()).count() >= FEWEST_OF_A_CARD {
        return "that number".to_owned();
    }
    let shown: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    format!("\"{shown}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_cards_digits_is_not_repeated() {
        assert_eq!(quoted("12,5\u{1b}0"), "\"12,50\"");
        assert_eq!(quoted("12345678901"), "\"12345678901\"");
        for text in ["4111111111111111", "4111 1111 1111", "card 4111-1111-1111-1111!"] {
            assert_eq!(quoted(text), "that number", "{text}");
        }
    }
}
