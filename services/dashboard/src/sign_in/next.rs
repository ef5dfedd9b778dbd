//! Where somebody is led once he has signed in: to a place of this site, or to its first page. Never to another site: a link that
//! somebody sends would else lead through our own page to one that looks like it.

/// The most bytes of a place that is gone back to.
const PLACE_BYTES_MAX: usize = 2_048;

/// The place, if it is one of this site: a path from its root, with its query.
pub fn place_here(next: &str) -> Option<&str> {
    let path = next.split('?').next().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
    // `//` begins another host where a browser reads it as an address, and no path of ours has it anywhere.
    let ours = path.starts_with('/') && !path.contains("//") && next.bytes().all(plain);
    (ours && next.len() <= PLACE_BYTES_MAX).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::place_here;

    #[test]
    fn nobody_is_led_to_another_site() {
        for here in ["/", "/me", "/rounds/hanoi-2022?publication=2&lang=en", "/a?u=https://x.example//y"] {
            assert_eq!(place_here(here), Some(here));
        }
        let hostile = [
            "",
            "x.example",
            "https://x.example/",
            "https:x.example",
            "//x.example",
            "///x.example",
            "/\\x.example",
            "\\\\x.example",
            "/\t/x.example",
            "/\n/x.example",
            " //x.example",
            "/ /x.example",
            "/.//x.example",
            "/a//x.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "?next=//x.example",
            "/a\r\nSet-Cookie: session=x",
            "/\u{0}",
            "/đường",
            "@x.example",
        ];
        for next in hostile.into_iter().chain([format!("/{}", "x".repeat(2_048)).as_str()]) {
            assert_eq!(place_here(next), None, "{next:?}");
        }
    }
}
