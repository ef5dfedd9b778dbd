//! Writes the sample round into a folder: `generate-round deploy/rounds/hanoi-2022`.
//! It writes its own files there and removes none.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        eprintln!("usage: generate-round FOLDER");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in system_tests::sample::generate() {
        std::fs::write(folder.join(&name), &bytes)?;
        println!("{name} {}", bytes.len());
    }
    Ok(())
}
