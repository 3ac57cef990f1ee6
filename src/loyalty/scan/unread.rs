//! Why a scan could not be read. No value here holds anything of what was scanned but an AI, so none can hold a card.

use std::fmt;

use super::{Ai, CouponFault};

/// Why a scan could not be read, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Nothing, or nothing behind the identifier.
    #[error("nothing was read. Scan again")]
    Empty,
    /// The identifier in front is not one of a barcode that tills meet.
    #[error(
        "the scanner names a kind of barcode that is not used here. Scan another code of the article, or check the scanner's settings"
    )]
    BadSymbology,
    /// Too few or too many characters, of the number or of one AI's value.
    #[error("{} does not have the right number of characters. Scan again, or type what is printed under the bars", what(*.ai))]
    Length {
        /// Of which AI; none for a bare number.
        ai: Option<Ai>,
    },
    /// Something other than a digit.
    #[error("{} may hold digits only. Scan again, or type what is printed under the bars", what(*.ai))]
    NonNumeric {
        /// Of which AI; none for a bare number.
        ai: Option<Ai>,
    },
    /// The check digit is wrong: a digit was misread or mistyped.
    #[error(
        "the number is not read right: its last digit should be {expected}. Scan again, or type what is printed under the bars"
    )]
    CheckDigit {
        /// The digit that would be right.
        expected: u8,
    },
    /// The check characters of an alphanumeric key or an account number are wrong.
    #[error("{} is not read right: its check characters do not fit. Scan again", what(Some(*.ai)))]
    CheckCharacters {
        /// Of which AI.
        ai: Ai,
    },
    /// A character that the AI cannot hold.
    #[error("{} holds a character that it cannot have. Scan again, or check the scanner's keyboard country", what(Some(*.ai)))]
    Charset {
        /// Of which AI.
        ai: Ai,
    },
    /// The right characters, but not a value that the AI can have.
    #[error("{} should hold {wants}. Scan again, or sell the article by its number", what(Some(*.ai)))]
    Value {
        /// Of which AI.
        ai: Ai,
        /// What it should hold.
        wants: &'static str,
    },
    /// No AI begins as the data does; often a lost separator.
    #[error(
        "an identifier in the code is not known: it is damaged, or the scanner drops its separators. Scan again, or check the scanner's settings"
    )]
    UnknownAi,
    /// An AI stands without one that it needs.
    #[error(
        "AI {ai} needs {needs} beside it. Scan the other code on the pack, or sell the article by its number"
    )]
    Association {
        /// Which.
        ai: Ai,
        /// What it needs; commas part alternatives.
        needs: &'static str,
    },
    /// Two AIs stand together that must not.
    #[error(
        "AI {ai} does not go together with AI {with}. The code is printed wrong; sell the article by its number"
    )]
    Clash {
        /// The one that excludes.
        ai: Ai,
        /// The other; the same where it stands twice with different values.
        with: Ai,
    },
    /// A North American coupon that breaks its grammar.
    #[error("the coupon cannot be read: {0}. Scan again, or take it as a coupon by hand")]
    Coupon(CouponFault),
    /// A web address that is no Digital Link.
    #[error("the link cannot be used: {0}. Scan another code of the article or card")]
    BadUri(UriFault),
    /// The check digit over a label's price or weight is wrong.
    #[error(
        "the label's price or weight is not read right: its inner check digit should be {expected}. Scan again, or weigh it anew"
    )]
    MeasureCheckDigit {
        /// The digit that would be right.
        expected: u8,
    },
    /// A UPC-E that begins with neither 0 nor 1.
    #[error("a UPC-E begins with 0 or 1. Scan again, or set 8 digits to be EAN-8")]
    BadNumberSystem,
    /// A payment card. Nothing of it is kept.
    #[error(
        "this looks like a payment card, which we never read. Ask for the club card, or go on without one"
    )]
    PaymentCard,
    /// A track without its end.
    #[error("the swipe ended too early. Swipe the card again, slowly and to the end")]
    Truncated,
    /// The stripe reader could not read.
    #[error("the reader could not read the stripe. Swipe again, or type the number on the card")]
    ReadError,
    /// Nothing that is known here.
    #[error(
        "this is neither an article nor a card that is known here. Scan again, or type what is printed under the bars"
    )]
    Unrecognised,
}

impl Unread {
    /// The word for it in answers, the same over all versions.
    pub fn code(&self) -> &'static str {
        match self {
            Unread::Empty => "empty",
            Unread::BadSymbology => "bad_symbology",
            Unread::Length { .. } => "length",
            Unread::NonNumeric { .. } => "non_numeric",
            Unread::CheckDigit { .. } | Unread::CheckCharacters { .. } => "check_digit",
            Unread::Charset { .. } | Unread::Value { .. } => "charset",
            Unread::UnknownAi => "unknown_ai",
            Unread::Association { .. } | Unread::Clash { .. } => "association",
            Unread::Coupon(_) => "coupon",
            Unread::BadUri(_) => "bad_uri",
            Unread::MeasureCheckDigit { .. } => "measure_check_digit",
            Unread::BadNumberSystem => "bad_number_system",
            Unread::PaymentCard => "payment_card",
            Unread::Truncated => "truncated",
            Unread::ReadError => "read_error",
            Unread::Unrecognised => "unrecognised",
        }
    }
}

/// What is wrong in a web address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriFault {
    /// A character that no web address has.
    Characters,
    /// No host, or one with characters that no host has.
    Host,
    /// No GS1 key with its value at the end of the path.
    NoKey,
    /// Qualifiers in a wrong order, or of different alternatives.
    Order,
    /// A number behind the question mark that is no AI.
    UnknownAi,
    /// An AI stands twice.
    Twice {
        /// Which.
        ai: Ai,
    },
    /// An AI behind the question mark that may not stand there.
    NotAnAttribute {
        /// Which.
        ai: Ai,
    },
    /// A value that its AI cannot have.
    Value {
        /// Which AI.
        ai: Ai,
        /// What is wrong with the value.
        why: &'static str,
    },
}

impl fmt::Display for UriFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UriFault::Characters => f.write_str("it holds a character that no address has"),
            UriFault::Host => f.write_str("its host is not right"),
            UriFault::NoKey => f.write_str("its path does not end in a GS1 key and value"),
            UriFault::Order => f.write_str("the qualifiers of its key are not in their order"),
            UriFault::UnknownAi => f.write_str("a number behind its question mark is no identifier"),
            UriFault::Twice { ai } => write!(f, "AI {ai} stands in it twice"),
            UriFault::NotAnAttribute { ai } => {
                write!(f, "AI {ai} may not stand behind its question mark")
            }
            UriFault::Value { ai, why } => write!(f, "its AI {ai} has a wrong value ({why})"),
        }
    }
}

fn what(ai: Option<Ai>) -> String {
    ai.map_or_else(|| "the number".to_owned(), |ai| format!("AI {ai}"))
}
