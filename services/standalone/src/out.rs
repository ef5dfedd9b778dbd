//! Standard output. Whoever reads it may go away (`| head`): that ends the program quietly.

use std::fmt::Arguments;
use std::io::{Error, ErrorKind, Write};

use proto::Answer;

/// What a shell says of a program that wrote to a pipe with nobody at its end: 128 and SIGPIPE.
pub const PIPE_CLOSED: u8 = 141;

/// Prints a line; `?` stands inside.
macro_rules! say {
    ($($said:tt)*) => { crate::out::line(format_args!($($said)*))? };
}

/// Prints a line.
///
/// # Errors
/// What the operating system says.
pub fn line(said: Arguments) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    out.write_fmt(said)?;
    out.write_all(b"\n")
}

/// Prints an answer; what was printed is out of this process's hands.
///
/// # Errors
/// What the operating system says.
pub fn answer(answer: &Answer) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    out.write_all(&answer.line())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Whether an error says that nobody reads any more.
pub fn is_closed(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|e| e.downcast_ref::<Error>()).any(|e| e.kind() == ErrorKind::BrokenPipe)
}
