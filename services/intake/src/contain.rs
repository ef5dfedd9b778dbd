//! The one place where a panic is caught: around the crates that read archives and workbooks.
//! Nothing of our own may rely on it: what we write refuses by an error.
//!
//! Fuzzing found that calamine 0.38 panics on some hostile files (a cell's reference of many letters overflows its
//! column number). A file from outside must never end the program, so what panics there is a damaged file here.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// Reads something; none if the reader panicked. What it was reading into must be thrown away then.
pub fn contained<T>(read: impl FnOnce() -> T) -> Option<T> {
    // The hook that was there goes on telling of every other panic.
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                before(info);
            }
        }));
    });
    CONTAINED.set(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    CONTAINED.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::contained;

    #[test]
    fn what_panics_is_none_and_what_does_not_is_given_on() {
        assert_eq!(contained(|| 7), Some(7));
        assert_eq!(contained(|| assert_eq!(1, 2)), None);
    }
}
