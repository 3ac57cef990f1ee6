//! How fast and how small, as ratios to a floor: the least that this machine must do for the same work, measured in
//! turn with ours on the same disk, so that the noise of a shared machine hits both. One line a goal; `make bench`
//! runs all, `make bench ONLY=commit` one room.
//!
//! Children of this program are this program again, with `child` as its first argument: a store that sells under
//! strace, a counter or a bare SQLite whose memory is looked at.

mod binary;
mod chain;
mod commit;
mod lookup;
mod measure;
mod memory;
mod plain;
mod quote;
mod scan;
mod shop;
mod year;

use anyhow::Context;

/// Tells of each quote how often it asks for memory.
#[global_allocator]
static MEMORY: counted::Counted = counted::Counted;

type Room = fn() -> anyhow::Result<()>;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("child", rest)) = arguments
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        return child(rest);
    }
    let rooms: [(&str, Room); 7] = [
        ("binary", binary::run),
        ("scan", scan::run),
        ("lookup", lookup::run),
        ("quote", quote::run),
        ("commit", commit::run),
        ("year", year::run),
        ("memory", memory::run),
    ];
    // Cargo adds options of its own, such as --bench; words without dashes name rooms.
    let only: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    for (name, run) in rooms {
        if only.is_empty() || only.iter().any(|word| word.as_str() == name) {
            run().with_context(|| format!("bench {name}"))?;
        }
    }
    Ok(())
}

fn child(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["sell", folder, count] => commit::child(folder.as_ref(), count.parse()?),
        ["append", file, count] => commit::floor_child(file.as_ref(), count.parse()?),
        ["counter", folder] => memory::counter_child(folder.as_ref()),
        ["sqlite", file, token] => memory::sqlite_child(file.as_ref(), token.parse()?),
        _ => anyhow::bail!("no such child: {words:?}"),
    }
}
