//! Progress bars on standard error, for what takes longer than a second. Where nobody watches, nothing is drawn.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with a title over so many things.
pub fn bar(title: &'static str, total: u64) -> ProgressBar {
    styled(title, Some(total), "{msg:24} {bar:40} {human_pos}/{human_len} ({elapsed})")
}

/// A bar over the bytes of a file, for programs that print a line for each of its lines: where those lines go to a
/// terminal they are progress enough. Of a pipe no length is known.
pub fn bytes(title: &'static str, total: Option<u64>) -> ProgressBar {
    if std::io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    match total {
        Some(_) => styled(title, total, "{msg:24} {bar:40} {bytes}/{total_bytes} ({elapsed})"),
        None => styled(title, None, "{msg:24} {spinner} {bytes} ({elapsed})"),
    }
}

fn styled(title: &'static str, total: Option<u64>, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(8));
    bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant"));
    bar.set_message(title);
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
