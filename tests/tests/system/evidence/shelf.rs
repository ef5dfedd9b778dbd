//! A data folder whose files stand in it, or in a bucket of a real server that speaks S3; and what stands there, byte by byte.
//! It looks past the binary only to meddle with files, or to see that it has kept its word.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;

use proto::Hash;
use proto::act::sheet::Evidence;
use serde_json::Value;
use system_tests::folder::{Folder, Said, sample_round};
use system_tests::rclone::{Rclone, SECRET};

/// A word that stands in the plain files alone.
pub const MARKER: &str = "CHUNG-THUC-RIENG-CUA-DON-VI";

/// A file that is taken for evidence.
pub fn pdf(size: usize) -> Vec<u8> {
    let body = format!("%PDF-1.7\n{MARKER}\n").into_bytes();
    [body, vec![b'x'; size], b"\n%%EOF\n".to_vec()].concat()
}

/// All files under a folder.
pub fn under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(under(&path)) } else { found.push(path) }
    }
    found
}

/// What a server that was broken off in an upload leaves of its own; it shows nobody these.
pub fn servers_own(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".rclone_temp_"))
}

/// The folder, and where its files are.
pub struct Shelf {
    folder: Folder,
    /// None where they are in the folder.
    pub server: Option<Rclone>,
    config: Option<PathBuf>,
}

impl Deref for Shelf {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        &self.folder
    }
}

impl Shelf {
    /// A small round's folder with its files in it.
    pub fn in_folder() -> Self {
        Self { folder: Folder::small_round(0), server: None, config: None }
    }

    /// The same with its files in a bucket.
    pub fn in_bucket() -> Self {
        let (folder, server) = (Folder::small_round(0), Rclone::one());
        let config = folder.beside("files.toml");
        fs::write(&config, server.config()).expect("writes");
        Self { folder, server: Some(server), config: Some(config) }
    }

    /// One of each.
    pub fn both() -> [Self; 2] {
        [Self::in_folder(), Self::in_bucket()]
    }

    /// The same as the first, with its files in another folder.
    pub fn at(files: &Path) -> Self {
        let folder = Folder::small_round(0);
        let config = folder.beside("files.toml");
        fs::write(&config, format!("[files]\nfolder = {:?}\n", files.display().to_string())).expect("writes");
        Self { folder, server: None, config: Some(config) }
    }

    /// The binary's command on files.
    pub fn command_of(&self, arguments: &[&str]) -> Command {
        let mut command = self.folder.command(arguments);
        if let Some(config) = &self.config {
            // What tells the tests where things are is no key of a configuration.
            for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PARINDEX_")) {
                command.env_remove(name);
            }
            command.arg("--files-config").arg(config).env(SECRET.0, SECRET.1);
        }
        command
    }

    /// Runs it to its end.
    pub fn say(&self, arguments: &[&str]) -> Said {
        Said::by(self.command_of(arguments))
    }

    /// Takes a file in.
    pub fn add(&self, file: &str, more: &[&str]) -> Said {
        self.say(&[&["evidence", "add", "--data", "@", "--unit", "001", file], more].concat())
    }

    /// Hands a file out.
    pub fn get(&self, file: &Evidence, to: &str) -> Said {
        self.say(&["evidence", "get", "--data", "@", &file.address.to_string(), to])
    }

    /// Holds the files against the log.
    pub fn scrub(&self) -> Said {
        self.say(&["scrub", "--data", "@"])
    }

    /// Takes a file in, and what a command is to refer to it by.
    pub fn taken(&self, name: &str, bytes: &[u8]) -> Evidence {
        fs::write(self.beside(name), bytes).expect("writes");
        let said = self.add(name, &[]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        serde_json::from_str(said.out.trim()).expect("a reference")
    }

    /// Has scores of the sample refer to these files, one each.
    pub fn refer(&self, files: &[&Evidence]) {
        let scores = fs::read_to_string(sample_round().join("02-self-scoring.ndjson")).expect("the sample");
        let mut script = String::new();
        for (line, file) in scores.lines().filter(|line| line.contains("\"kind\":\"score_self\"")).skip(5).zip(files) {
            let mut line: Value = serde_json::from_str(line).expect("a line");
            line["command"]["data"]["evidence"] = serde_json::json!([file]);
            script += &format!("{line}\n");
        }
        fs::write(self.beside("refer.ndjson"), script).expect("writes");
        let said = self.must(&["play", "--data", "@", "refer.ndjson"]);
        assert_eq!(said.out.lines().filter(|l| l.contains("\"accepted\"")).count(), files.len(), "{}", said.out);
    }

    /// Has the server see what was changed past it.
    pub fn meddled(&mut self) {
        if let Some(server) = &mut self.server {
            server.restart();
        }
    }

    /// Where the files lie.
    pub fn files(&self) -> PathBuf {
        self.server.as_ref().map_or_else(|| self.data().join("files"), Rclone::files)
    }

    /// Where one lies.
    pub fn stored(&self, evidence: &Evidence) -> PathBuf {
        let name = evidence.address.to_string();
        self.files().join(&name[..2]).join(name)
    }

    /// What lies where files come, a server's own leavings among it.
    pub fn broken_off(&self) -> Vec<PathBuf> {
        let coming = self.files().join("incoming");
        let all = under(&self.files()).into_iter();
        all.filter(|path| servers_own(path) || path.starts_with(&coming)).collect()
    }

    /// What lies under an address; each of them is whole, or this is the end.
    pub fn whole(&self) -> Vec<PathBuf> {
        let coming = self.files().join("incoming");
        let all = under(&self.files()).into_iter();
        let whole: Vec<PathBuf> = all.filter(|path| !path.starts_with(&coming) && !servers_own(path)).collect();
        for path in &whole {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let digest = Hash::digest(&fs::read(path).expect("reads")).to_string();
            assert_eq!(name, digest, "under an address stands something else");
        }
        whole
    }
}
