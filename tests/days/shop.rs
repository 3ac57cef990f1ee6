//! A shop for a test: a folder, a server process, tills. It reads like a day and ends what it starts.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;
use vafa::config::Config;
use vafa::loyalty::amount::Points;
use vafa::loyalty::id::MemberId;
use vafa::server::HeadOffice;

/// The program on every purchase: 1 point for each 10.00.
pub const POINTS: &str = include_str!("../../programs/s1-points.toml");

/// What a command said.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: &Output) -> Said {
        Said {
            status: output.status.code().unwrap_or(-9),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It was done.
    #[track_caller]
    pub fn fine(self) -> Said {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// It was refused: nothing on standard output, one sentence for a person on standard error.
    #[track_caller]
    pub fn refused(self, status: i32) -> String {
        assert_eq!((self.status, self.out.as_str()), (status, ""), "{self:?}");
        let sentence = self.err.trim_end();
        assert!(sentence.starts_with("vafa: "), "{self:?}");
        assert_eq!(sentence.lines().count(), 1, "{self:?}");
        assert!(!sentence.contains("panicked") && sentence.len() < 600, "{self:?}");
        sentence.to_owned()
    }

    /// Its answers, a JSON object a line.
    pub fn answers(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).expect("each line is JSON");
        self.out.lines().map(read).collect()
    }

    pub fn answer(&self) -> Value {
        self.answers().pop().expect("an answer")
    }
}

/// A command on a folder.
pub fn vafa(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("vafa"));
    command.args(words).arg("--data").arg(data);
    command.env_remove("VAFA_DATA").stdin(Stdio::null());
    command
}

pub fn run(data: &Path, words: &[&str]) -> Said {
    Said::of(&vafa(data, words).output().expect("it runs"))
}

/// A started process that does not outlive its test.
pub struct Started(Child);

impl Started {
    pub fn start(command: &mut Command) -> Started {
        Started(command.spawn().expect("it starts"))
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Sends a signal by name, such as STOP.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.0.id().to_string()])
            .status();
        assert!(sent.expect("it runs").success());
    }

    /// Pulls the plug.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    pub fn end(&mut self) -> i32 {
        self.0.wait().expect("it ends").code().unwrap_or(-9)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits for something that comes soon.
#[track_caller]
pub fn soon(what: &str, mut is_there: impl FnMut() -> bool) {
    let from = Instant::now();
    while !is_there() {
        assert!(from.elapsed() < Duration::from_secs(60), "{what} did not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub struct Shop {
    folder: TempDir,
    server: Option<Started>,
    address: String,
    starts: u32,
    /// How far the clock of the office is moved, in seconds.
    clock_s: i64,
}

impl Shop {
    /// A shop with a running server and no goods, members or programs yet.
    pub fn open() -> Shop {
        let mut shop = Shop {
            folder: TempDir::new().expect("a folder"),
            server: None,
            address: "127.0.0.1:0".to_owned(),
            starts: 0,
            clock_s: 0,
        };
        shop.open_server();
        shop
    }

    /// Points on every purchase, three kinds of goods and three members.
    pub fn with_points() -> Shop {
        let shop = Shop::open();
        shop.import(
            "products",
            "sku,name,price\nCOFFEE,Coffee,2.50\nBURGER,Burger,7.90\nCAKE,Cake,3.20\n",
        );
        shop.import(
            "members",
            "id,card,name\nana,900000000000000001,Ana\nben,900000000000000002,Ben\nlea,900000000000000003,Lea\n",
        );
        shop.publish(&[("s1-points.toml", POINTS)]);
        shop
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The server's folder.
    pub fn office(&self) -> PathBuf {
        self.path().join("server")
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts the server, on the address it had before.
    pub fn open_server(&mut self) {
        let from = Instant::now();
        loop {
            self.starts += 1;
            let log_path = self.path().join(format!("server-{}.log", self.starts));
            let log = std::fs::File::create(&log_path).expect("the folder");
            let mut command = self.at_office(&["serve", "--listen", &self.address]);
            let mut server = Started::start(command.stderr(log));
            let mut said = String::new();
            soon("the server", || {
                said = std::fs::read_to_string(&log_path).unwrap_or_default();
                said.ends_with('\n') || server.child().try_wait().expect("a process").is_some()
            });
            if let Some(url) = said
                .lines()
                .find_map(|line| line.strip_prefix("listening on http://"))
            {
                self.address = url.to_owned();
                self.server = Some(server);
                return;
            }
            assert!(from.elapsed() < Duration::from_secs(20), "{said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A command on the server's folder, by the office's clock.
    fn at_office(&self, words: &[&str]) -> Command {
        let mut command = vafa(&self.office(), words);
        command.env("VAFA_TEST_CLOCK_S", self.clock_s.to_string());
        command
    }

    pub fn run_at_office(&self, words: &[&str]) -> Said {
        Said::of(&self.at_office(words).output().expect("it runs"))
    }

    /// Pulls the server's plug, and starts it again when the clock on the office's wall, in UTC, says this.
    pub fn restart_at(&mut self, civil: &str) {
        self.kill_server();
        let then = civil
            .parse::<jiff::civil::DateTime>()
            .and_then(|civil| civil.in_tz("UTC"));
        let then = then.expect("a time").timestamp().as_second();
        self.clock_s = then - jiff::Timestamp::now().as_second();
        self.open_server();
    }

    /// Pulls the server's plug.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).expect("the folder");
        path
    }

    pub fn import(&self, kind: &str, text: &str) {
        let file = self.write(&format!("{kind}.csv"), text);
        self.run_at_office(&["import", kind, file.to_str().expect("a path")])
            .fine();
    }

    pub fn publish(&self, files: &[(&str, &str)]) {
        let folder = self.path().join("programs");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).expect("the folder");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("the folder");
        }
        let words = ["program", "publish", folder.to_str().expect("a path")];
        self.run_at_office(&words).fine();
    }

    pub fn code(&self) -> String {
        let said = self.run_at_office(&["server", "code", "--site", "north"]).fine();
        said.out.trim().to_owned()
    }

    /// A terminal of this shop.
    pub fn till(&self, name: &str) -> Till {
        self.till_at(self.path().join(name), &self.url())
    }

    /// One whose folder and whose server's address are given.
    pub fn till_at(&self, folder: PathBuf, url: &str) -> Till {
        run(&folder, &["enrol", url, &self.code()]).fine();
        Till { folder }
    }

    pub fn report(&self) -> Value {
        run(&self.office(), &["report", "sync", "--json"]).fine().answer()
    }

    pub fn books(&self) -> HeadOffice {
        HeadOffice::open(&self.office(), &Config::default()).expect("the books")
    }

    /// What the server says a member has, in whole points.
    pub fn points_of(&self, member: &str) -> Points {
        let balances = self.books().balances().expect("the books");
        let purses = balances.get(&MemberId::parse(member).expect("a name"));
        purses
            .and_then(|purses| purses.values().next())
            .copied()
            .unwrap_or_default()
    }

    /// So many sales, each once, nothing put aside, and books that agree with themselves.
    #[track_caller]
    pub fn has_sales(&self, sales: usize) {
        let report = self.report();
        assert_eq!(report["sales"], sales, "{report}");
        assert_eq!(
            (&report["quarantined"], &report["forks"]),
            (&0.into(), &0.into()),
            "{report}"
        );
        assert_eq!(self.books().audit().expect("the books"), Vec::<String>::new());
    }

    /// The bytes of every entry as the server keeps them, by terminal and number.
    pub fn stored(&self) -> Vec<(String, u64, Vec<u8>)> {
        rows(
            &self.office().join("server.db"),
            "SELECT terminal, seq, bytes FROM entry ORDER BY terminal, seq",
        )
    }
}

/// Rows of a file that is read beside whoever writes it.
fn rows(file: &Path, sql: &str) -> Vec<(String, u64, Vec<u8>)> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let books = rusqlite::Connection::open_with_flags(file, flags).expect("the file");
    let mut statement = books.prepare(sql).expect("a question");
    let rows = statement
        .query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs(), row.get(2)?))
        })
        .expect("an answer");
    rows.collect::<Result<_, _>>().expect("rows")
}

/// A terminal's folder.
#[derive(Clone)]
pub struct Till {
    pub folder: PathBuf,
}

impl Till {
    pub fn run(&self, words: &[&str]) -> Said {
        run(&self.folder, words)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        vafa(&self.folder, words)
    }

    pub fn replay(&self, file: &Path) -> Said {
        self.run(&["replay", file.to_str().expect("a path"), "--json"])
    }

    pub fn sync(&self) -> Said {
        self.run(&["sync", "--once"])
    }

    pub fn status(&self) -> Value {
        self.run(&["status", "--json"]).fine().answer()
    }

    pub fn waiting(&self) -> u64 {
        self.status()["queue_depth"].as_u64().expect("a number")
    }

    pub fn verify(&self) -> Said {
        self.run(&["journal", "verify", "--json"])
    }

    /// The journal holds, with so many entries.
    #[track_caller]
    pub fn holds(&self, entries: usize) {
        let said = self.verify().fine().answer();
        assert_eq!(said, serde_json::json!({"ok": true, "entries": entries}));
    }

    pub fn export(&self) -> Vec<Value> {
        self.run(&["journal", "export", "--json"]).fine().answers()
    }

    /// The bytes of every entry as this terminal keeps them.
    pub fn stored(&self, terminal: &str) -> Vec<(String, u64, Vec<u8>)> {
        let sql = format!("SELECT '{terminal}', seq, bytes FROM entry ORDER BY seq");
        rows(&self.folder.join("journal.db"), &sql)
    }

    /// All files of the folder with what is in them, without the log and the lock that come and go.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        files(&self.folder)
    }
}

pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|file| file.path().is_file())
        .map(|file| {
            let bytes = std::fs::read(file.path()).expect("a file");
            (file.file_name().to_string_lossy().into_owned(), bytes)
        })
        .filter(|(name, _)| !name.ends_with(".lock") && !name.ends_with("-shm") && !name.ends_with("-wal"))
        .collect();
    files.sort();
    files
}
