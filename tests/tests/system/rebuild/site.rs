//! A log in a folder or on a server, for stories that are told of both. What a story asks of it goes by the binary, what it
//! meddles with by statements of a stranger's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use platform::db::{Either, Writing};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};
use system_tests::folder::{Folder, Said};
use system_tests::postgres::{Disk, Postgres};

/// Where the log is.
pub struct Site {
    folder: Folder,
    server: Option<Postgres>,
}

/// A process that ends with its story.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Site {
    /// The same log in a folder and on a server.
    pub fn both(folder: Folder) -> [Self; 2] {
        let (server, moved) = (Postgres::start(Disk::Unsynced), folder.copy());
        moved.must(&["move", "--data", "@", "--database-url", &server.url("parindex")]);
        [Self { folder, server: None }, Self { folder: moved, server: Some(server) }]
    }

    /// What it is called in a message.
    pub fn name(&self) -> &'static str {
        if self.server.is_some() { "on PostgreSQL" } else { "on SQLite" }
    }

    /// The binary's command on it.
    pub fn command(&self, word: &str, more: &[&str]) -> Command {
        let arguments = [&[word][..], more].concat();
        match &self.server {
            Some(server) => server.command(&arguments),
            None => self.folder.command(&[&[word, "--data", "@"][..], more].concat()),
        }
    }

    /// Runs the binary to its end.
    pub fn run(&self, word: &str, more: &[&str]) -> Said {
        self.command(word, more).output().expect("starts").into()
    }

    /// Runs the binary and expects success.
    pub fn must(&self, word: &str, more: &[&str]) -> Said {
        let said = self.run(word, more);
        assert_eq!(said.code, Some(0), "{}: {word} {more:?}: {}{}", self.name(), said.out, said.err);
        said
    }

    /// What `verify` says of both projections; everything holds.
    pub fn digests(&self) -> Vec<String> {
        let said = self.must("verify", &[]).out;
        let digests: Vec<String> = said.lines().filter(|l| l.contains(", digest ")).map(str::to_owned).collect();
        assert_eq!(digests.len(), 2, "{said}");
        digests
    }

    /// Serves it, and gives the address.
    pub fn serve(&self) -> (Running, String) {
        let mut command = self.command("serve", &["--listen", "127.0.0.1:0"]);
        let mut server = Running(command.stderr(Stdio::piped()).spawn().expect("starts"));
        let mut lines = BufReader::new(server.0.stderr.take().expect("piped")).lines().map_while(Result::ok);
        let url = lines.find_map(|l| Some(l.strip_prefix("serving ")?.split(' ').next()?.to_owned()));
        // What it says later is of no interest, but must be taken off the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        (server, url.expect("it says where it serves"))
    }

    /// A file that the binary can be given.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.beside(name);
        std::fs::write(&path, text).expect("writes");
        path.to_str().expect("a path").to_owned()
    }

    /// A connection, past the program, to where one generation of the index is; none while it is not there.
    async fn index(&self, schema: &str) -> Option<Writing> {
        match &self.server {
            Some(server) => {
                let mut db: PgConnection = server.admin().await;
                let path = format!("SET ROLE parindex_index; SET search_path = {schema}");
                sqlx::raw_sql(AssertSqlSafe(path)).execute(&mut db).await.expect("a path");
                Some(Either::Postgres(db))
            }
            None => {
                let file = if schema == "index_next" { "index.next.db" } else { "index.db" };
                let options = SqliteConnectOptions::new().filename(self.folder.data().join(file));
                SqliteConnection::connect_with(&options).await.ok().map(Either::Sqlite)
            }
        }
    }

    /// Executes a stranger's statements on a generation of the index.
    pub async fn meddle(&self, schema: &str, sql: &str) {
        let mut db = self.index(schema).await.expect("it is there");
        platform::on!(db.at(), db => sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(db).await.map(|_| ()))
            .expect(sql);
        db.close().await.expect("closes");
    }

    /// A number out of a generation of the index; none while it is not there, or has no such rows.
    pub async fn ask(&self, schema: &str, sql: &str) -> Option<i64> {
        let mut db = self.index(schema).await?;
        let found: Result<Option<i64>, sqlx::Error> =
            platform::on!(db.at(), db => sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_optional(db).await);
        let _ = db.close().await;
        found.ok().flatten()
    }

    /// Where the next generation of the index stands; 0 while there is none.
    pub async fn next_position(&self) -> i64 {
        self.ask("index_next", "SELECT position FROM cursor").await.unwrap_or(0)
    }

    /// Begins to rebuild the index, and kills that once it has made some of it.
    pub async fn rebuild_half(&self) -> i64 {
        let mut rebuild = Running(self.command("rebuild", &["index"]).stdout(Stdio::null()).spawn().expect("starts"));
        loop {
            let position = self.next_position().await;
            if position > 0 {
                rebuild.0.kill().expect("kills");
                rebuild.0.wait().expect("waits");
                // It may have gone on a little before it died, but not to its end.
                let position = self.next_position().await;
                assert!(position > 0, "{}: the rebuild was over before it was killed", self.name());
                return position;
            }
            assert!(rebuild.0.try_wait().expect("asks").is_none(), "{}: it has ended", self.name());
        }
    }
}
