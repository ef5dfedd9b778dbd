//! A disk that is full after a few MiB: what a server does when its own is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::postgres::account;

/// A disk of a few MiB in memory; it is unmounted with this handle.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one at a folder that is not there yet.
    ///
    /// # Panics
    /// When this account may not mount.
    #[must_use]
    pub fn mount(at: PathBuf) -> Self {
        std::fs::create_dir(&at).expect("a folder");
        let mounted = as_root(&["mount", "-t", "tmpfs", "-o", "size=12m,mode=777", "tmpfs", &at.display().to_string()]);
        assert!(mounted, "tests run as root or with sudo");
        Self(at)
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Takes all the room that is left on it.
    ///
    /// # Panics
    /// When the disk cannot be written to at all.
    pub fn fill(&self) {
        let mut file = std::fs::File::create(self.ballast()).expect("a file");
        let block = [1; 4_096];
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    }

    /// Gives it back.
    ///
    /// # Panics
    /// When it was not taken.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("it was filled");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whatever still looks at it keeps its own view.
        as_root(&["umount", "-l", &self.0.display().to_string()]);
    }
}

/// Runs a program as root, with sudo where the tests are not.
fn as_root(arguments: &[&str]) -> bool {
    let mut command = if account().is_some() {
        Command::new(arguments[0])
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg(arguments[0]);
        sudo
    };
    command.args(&arguments[1..]).status().is_ok_and(|status| status.success())
}
