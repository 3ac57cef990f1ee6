//! The phone's side of a pass, for whoever writes a wallet app and for trying one out: a key of its own, and the code that
//! it shows. docs/passes.md has every byte.

use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use super::BadInput;
use super::drawn::Drawn;
use crate::loyalty::calendar::Moment;
use crate::loyalty::pass;
use crate::wire::{hex, unhex};

#[derive(Clone, Debug, clap::Args)]
pub struct PresentArgs {
    /// The file with the phone's key, as "vafa pass phone" made it.
    file: PathBuf,
    /// What "vafa pass issue --phone-key" printed.
    pass: String,
    #[command(flatten)]
    drawn: Drawn,
}

/// Makes a phone's key and prints the public half.
pub fn make(file: &Path) -> anyhow::Result<u8> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)
        .map_err(|error| anyhow::anyhow!("the system gives no random numbers ({error})"))?;
    let key = SigningKey::from_bytes(&secret);
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options
        .open(file)
        .and_then(|mut out| writeln!(out, "{}", hex(key.as_bytes())));
    made.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            BadInput::of(format!("{} is there already: name another file", file.display()))
        }
        _ => BadInput::of(format!("{} cannot be made ({error})", file.display())),
    })?;
    say!("{}", hex(key.verifying_key().as_bytes()));
    Ok(0)
}

/// Shows the code of this half minute.
pub fn present(args: &PresentArgs) -> anyhow::Result<u8> {
    let file = args.file.display();
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| BadInput::of(format!("{file} cannot be read ({error})")))?;
    let secret = unhex::<32>(text.trim()).ok_or_else(|| {
        BadInput::of(format!(
            "{file} holds no key (64 hexadecimal digits): make one with \"vafa pass phone FILE\""
        ))
    })?;
    args.drawn.can_be_made()?;
    let now = Moment::from_millis(jiff::Timestamp::now().as_millisecond());
    let code = pass::present(
        args.pass.trim(),
        &SigningKey::from_bytes(&secret),
        pass::step_of(now),
    );
    let code = code.map_err(|_| {
        BadInput::of(format!(
            "the pass does not belong to the key in {file}: give what \"vafa pass issue --phone-key\" printed for it"
        ))
    })?;
    args.drawn.show(&code)?;
    Ok(0)
}
