//! The server as its own process, and the commands that are run beside it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use tempfile::TempDir;
use vafa::server::{ServerError, serve_embedded};

use crate::till::{ANNAS_CARD, Till};

fn vafa(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vafa"));
    command.args(words).arg("--data").arg(data);
    command
}

fn run(data: &Path, words: &[&str]) -> Output {
    vafa(data, words).output().expect("it runs")
}

fn said(output: &Output) -> String {
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A server process that is ended with the test; its log is held open until then.
struct Serving {
    child: Child,
    _log: BufReader<ChildStderr>,
}

impl Serving {
    fn start(data: &Path) -> (Serving, String) {
        Serving::of(&mut vafa(data, &["serve", "--listen", "127.0.0.1:0"]))
    }

    fn of(command: &mut Command) -> (Serving, String) {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        let stderr = child.stderr.take().expect("it is piped");
        let mut stderr = BufReader::new(stderr);
        stderr.read_line(&mut line).expect("a line");
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the address")
            .to_owned();
        (Serving { child, _log: stderr }, url)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_day_of_commands_beside_a_running_server() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    let (mut serving, url) = Serving::start(data);
    let mut till =
        Till::enrol(&url, &said(&run(data, &["server", "code", "--site", "north"]))).expect("a till");

    let members = data.join("members.csv");
    std::fs::write(&members, format!("id,card\nanna,{ANNAS_CARD}\n")).expect("the folder");
    let import = ["import", "members", members.to_str().expect("a path")];
    let dry = [import.as_slice(), &["--dry-run"]].concat();
    assert_eq!(
        said(&run(data, &dry)),
        "members: 1 would be new or changed, 0 as before"
    );
    assert_eq!(
        said(&run(data, &import)),
        "members: 1 new or changed, 0 as before"
    );
    assert_eq!(
        said(&run(data, &import)),
        "members: 0 new or changed, 1 as before"
    );

    let programs = data.join("programs");
    std::fs::create_dir(&programs).expect("the folder");
    std::fs::write(programs.join("a.toml"), "id = \n").expect("the folder");
    let publish = ["program", "publish", programs.to_str().expect("a path")];
    assert_eq!(run(data, &publish).status.code(), Some(2));
    std::fs::remove_file(programs.join("a.toml")).expect("it is there");
    assert_eq!(
        said(&run(data, &publish)),
        "nothing has changed: version 1 is published already"
    );

    till.sell(Some(ANNAS_CARD));
    till.push_all();
    let report: serde_json::Value =
        serde_json::from_str(&said(&run(data, &["report", "sync", "--json"]))).expect("JSON");
    assert_eq!((&report["entries"], &report["sales"]), (&1.into(), &1.into()));
    assert_eq!(report["terminals"][0]["through"], 1);
    assert_eq!(run(data, &["report", "weather"]).status.code(), Some(2));
    assert_eq!(
        run(data, &["serve", "--listen", "127.0.0.1:0"]).status.code(),
        Some(1)
    );

    let ended = Command::new("kill").arg(serving.child.id().to_string()).status();
    assert!(ended.expect("it runs").success());
    assert_eq!(serving.child.wait().expect("it ends").code(), Some(0));
    assert_eq!(
        std::fs::metadata(data.join("server.key"))
            .map(|file| mode(&file))
            .expect("a key"),
        0o600
    );
}

fn mode(file: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o777
}

#[test]
fn a_server_without_a_certificate_stays_on_this_machine() {
    let folder = TempDir::new().expect("a folder");
    let mut config = vafa::config::Config::default();
    config.server.listen = "0.0.0.0:0".to_owned();
    let error = serve_embedded(folder.path(), &config).err().expect("refused");
    assert!(matches!(error, ServerError::PlainHttp { .. }));
    assert!(error.to_string().contains("tls_cert"), "{error}");
}

#[test]
fn books_whose_key_is_gone_are_not_opened_with_another() {
    let folder = TempDir::new().expect("a folder");
    assert!(run(folder.path(), &["report", "sync"]).status.success());
    std::fs::remove_file(folder.path().join("server.key")).expect("it is there");
    let output = run(folder.path(), &["report", "sync"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("server.key is missing"));
}

#[test]
fn ten_commands_that_come_first_make_one_shop() {
    let folder = TempDir::new().expect("a folder");
    let children: Vec<Child> = (0..10)
        .map(|_| {
            vafa(folder.path(), &["server", "code", "--site", "north"])
                .stdout(Stdio::null())
                .spawn()
                .expect("it runs")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
}

#[test]
fn f60_a_full_disk_takes_nothing_and_all_of_it_later() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    let code = said(&run(data, &["server", "code", "--site", "north"]));
    // No file may grow beyond this many kilobytes: to the books it is a full disk.
    let limited = format!(
        "trap '' XFSZ; ulimit -f 600; exec {} serve --listen 127.0.0.1:0 --data {}",
        env!("CARGO_BIN_EXE_vafa"),
        data.display()
    );
    let mut shell = Command::new("bash");
    let (serving, url) = Serving::of(shell.arg("-c").arg(limited));
    let mut till = Till::enrol(&url, &code).expect("a till");
    let mut taken = 0;
    let refused = loop {
        till.sell(Some(ANNAS_CARD));
        let heard = till.push(taken + 1, taken + 1);
        if heard.status != 200 {
            break heard;
        }
        taken += 1;
        assert!(taken < 2_000, "the disk is never full");
    };
    assert_eq!(
        (refused.status, refused.refused().code.as_str()),
        (503, "unavailable")
    );
    assert_eq!(till.push(taken + 1, taken + 1).status, 503);
    drop(serving);
    let (_serving, url) = Serving::start(data);
    till.url = url;
    assert_eq!(till.push_all().through.seq as usize, taken + 1);
    let report: serde_json::Value =
        serde_json::from_str(&said(&run(data, &["report", "sync", "--json"]))).expect("JSON");
    assert_eq!(report["sales"], taken + 1);
}

#[test]
fn a_certificate_that_cannot_be_read_is_told_before_anything_listens() {
    let folder = TempDir::new().expect("a folder");
    let mut config = vafa::config::Config::default();
    config.server.listen = "127.0.0.1:0".to_owned();
    config.server.tls_cert = folder.path().join("chain.pem").display().to_string();
    let error = serve_embedded(folder.path(), &config).err().expect("refused");
    assert!(matches!(error, ServerError::Certificate { .. }), "{error}");
    assert!(error.to_string().contains("chain.pem"), "{error}");
}
