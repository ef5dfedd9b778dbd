//! Progress bars on standard error, for what takes longer than a second. Where nobody watches, nothing is drawn.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with a title.
pub fn bar(title: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(8));
    let style = ProgressStyle::with_template("{msg:24} {bar:40} {human_pos}/{human_len} ({elapsed})")
        .expect("the template is a constant");
    bar.set_style(style);
    bar.set_message(title);
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
