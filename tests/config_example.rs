//! `config.toml.example` is true: it holds exactly the defaults, names every key, gives each a reason; and a wrong file
//! earns a sentence with file and line.

use std::path::Path;

use vafa::config::Config;

const EXAMPLE: &str = include_str!("../config.toml.example");

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("shop/config.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn the_example_is_the_default() {
    assert_eq!(parse(EXAMPLE), Ok(Config::default()));
    assert_eq!(parse(""), Ok(Config::default()));
}

#[test]
fn the_example_names_every_key() {
    let named: toml::Table = EXAMPLE.parse().expect("the example is TOML");
    let all = toml::Table::try_from(Config::default()).expect("the configuration can be written as TOML");
    assert_eq!(named, all);
}

/// A reason stands above each key; keys that belong together share one.
#[test]
fn every_key_has_its_reason() {
    let mut has_reason = false;
    for (index, line) in EXAMPLE.lines().enumerate() {
        let is_key = !line.starts_with(['#', '[']) && line.contains('=');
        assert!(
            !is_key || has_reason,
            "config.toml.example, line {}: {line} has no reason above it",
            index + 1
        );
        has_reason = !line.is_empty() && !line.starts_with('[') && (is_key || line.starts_with('#'));
    }
}

#[test]
fn a_wrong_file_earns_a_sentence_with_its_line() {
    let cases = [
        ("[terminal]\nsync_evry_s = 5\n", 2, "sync_evry_s"),
        ("[terminal]\n\nsync_every_s = \"often\"\n", 3, "often"),
        ("[shop]\ncurrency = 5\n", 2, "string"),
        ("[scan]\nluhn_prefixes = \"62\"\n", 2, "sequence"),
        ("[scanner]\nsuffix = \"enter\"\n", 2, "enter"),
        ("[scanner]\nserial = \"/dev/ttyACM0\"\n", 2, "sequence"),
        ("[till]\nsync_every_s = 5\n", 1, "till"),
        ("[shop]\ncurrency = \"EUR\"\ncurrency = \"USD\"\n", 3, "duplicate"),
        ("[shop\n", 1, ""),
        ("[terminal]\nreceipt_columns = -1\n", 2, "-1"),
    ];
    for (text, line, word) in cases {
        let why = parse(text).expect_err(text);
        assert!(
            why.starts_with(&format!("shop/config.toml, line {line}: ")),
            "{text:?}: {why}"
        );
        assert!(why.contains(word), "{text:?}: {why}");
    }
}
