//! `vectors/canon.json`: texts that are canonical JSON and texts that are not, each with the fault that must be named.
//! The faults are stated here by hand; they are never taken from the implementation.

use serde::Serialize;

/// Name, text.
pub const GOOD: &[(&str, &str)] = &[
    ("empty object", "{}"),
    ("empty array", "[]"),
    ("empty string", r#""""#),
    ("zero", "0"),
    ("minus one", "-1"),
    ("largest integer", "9007199254740991"),
    ("smallest integer", "-9007199254740991"),
    ("true", "true"),
    ("false", "false"),
    ("two-character escapes", r#""\"\\\b\t\n\f\r""#),
    (
        "all other control characters",
        r#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u000b\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#,
    ),
    ("slash, delete and separators stand as they are", "\"/\u{7f}\u{80}\u{2028}\u{2029}\""),
    ("Vietnamese", r#""Chỉ số cải cách hành chính""#),
    ("Vietnamese that is decomposed: readers do not test for NFC", "\"e\u{302}\u{301}\""),
    ("beyond the basic plane", "\"\u{1f600}\u{10ffff}\""),
    ("a byte order mark within a string", "\"\u{feff}\""),
    ("the word null within a string", r#"["null"]"#),
    ("members in order", r#"{"a":1,"a0":2,"a_":3,"aa":4,"b":5}"#),
    ("a longer name after its beginning", r#"{"a":1,"ab":1}"#),
    ("nesting", r#"{"a":[true,false,{"b":["ế",0]}],"c":{}}"#),
    ("32 brackets around a number", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
    ("33 brackets, the inmost empty", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
    ("32 brackets around an empty object", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
    (
        "many brackets side by side",
        "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]",
    ),
];

const NULL: &str = "null is not allowed";
const SPACE: &str = "white space outside a string";
const NO_VALUE: &str = "not a JSON value";
const NAME: &str = "a member's name must stand here";
const SNAKE: &str = "a member's name must be snake_case";
const ORDER: &str = "members out of order";
const COLON: &str = "a colon must stand here";
const BRACE: &str = "a comma or } must stand here";
const BRACKET: &str = "a comma or ] must stand here";
const NO_END: &str = "a string without end";
const CONTROL: &str = "a control character must be escaped";
const ESCAPE: &str = "an escape that is not the shortest form";
const BREAKS_OFF: &str = "an escape that breaks off";
const FRACTION: &str = "a fraction or exponent: only integers are allowed";
const SHORTEST: &str = "an integer not in its shortest form";
const BEYOND: &str = "an integer beyond 2^53-1";
const AFTER: &str = "bytes after the value";
const DEEP: &str = "nested too deeply";
const UTF8: &str = "not UTF-8";

/// Name, bytes, offset, words.
pub const BAD: &[(&str, &[u8], usize, &str)] = &[
    ("nothing", b"", 0, NO_VALUE),
    ("a zero byte", b"\0", 0, NO_VALUE),
    ("a byte order mark", b"\xef\xbb\xbf{}", 0, NO_VALUE),
    ("space before", b" 1", 0, SPACE),
    ("space after", b"1 ", 1, AFTER),
    ("line feed after", b"{}\n", 2, AFTER),
    ("two values", b"{}{}", 2, AFTER),
    ("null", b"null", 0, NULL),
    ("null in an object", br#"{"a":null}"#, 5, NULL),
    ("null in an array", b"[null]", 1, NULL),
    ("a word that begins like null", b"nul", 0, NULL),
    ("a word that begins like true", b"[tru]", 1, NO_VALUE),
    ("more than true", b"truer", 4, AFTER),
    ("True", b"True", 0, NO_VALUE),
    ("NaN", b"NaN", 0, NO_VALUE),
    ("Infinity", b"-Infinity", 0, SHORTEST),
    ("members out of order", br#"{"b":1,"a":2}"#, 7, ORDER),
    ("a member twice", br#"{"a":1,"a":2}"#, 7, "a member twice"),
    ("a member twice, not side by side", br#"{"a":1,"b":1,"a":2}"#, 13, ORDER),
    ("an underscore before a letter of upper case only in other orders", br#"{"aa":1,"a_":2}"#, 8, ORDER),
    ("a name in upper case", br#"{"A":1}"#, 1, SNAKE),
    ("an empty name", br#"{"":1}"#, 1, SNAKE),
    ("a name that begins with a digit", br#"{"1a":1}"#, 1, SNAKE),
    ("a name that begins with an underscore", br#"{"_a":1}"#, 1, SNAKE),
    ("a name with a hyphen", br#"{"a-b":1}"#, 1, SNAKE),
    ("a name in Vietnamese", "{\"ế\":1}".as_bytes(), 1, SNAKE),
    ("a name with an escape", br#"{"\n":1}"#, 1, SNAKE),
    ("a name with a needless escape", br#"{"\u0061":1}"#, 2, ESCAPE),
    ("no name", b"{1:1}", 1, NAME),
    ("a comma before the brace", br#"{"a":1,}"#, 7, NAME),
    ("an object without end", b"{", 1, NAME),
    ("space before a name", br#"{ "a":1}"#, 1, NAME),
    ("space before a colon", br#"{"a" :1}"#, 4, COLON),
    ("space after a colon", br#"{"a": 1}"#, 5, SPACE),
    ("no value", br#"{"a":}"#, 5, NO_VALUE),
    ("space before a brace", br#"{"a":1 }"#, 6, BRACE),
    ("a bracket for a brace", br#"{"a":1]"#, 6, BRACE),
    ("an object that breaks off", br#"{"a":1"#, 6, BRACE),
    ("space before a bracket", b"[1 ]", 2, BRACKET),
    ("no comma", b"[1[]]", 2, BRACKET),
    ("an array that breaks off", b"[1", 2, BRACKET),
    ("an array without end", b"[", 1, NO_VALUE),
    ("a comma before the bracket", b"[1,]", 3, NO_VALUE),
    ("space after a comma", b"[1, 2]", 3, SPACE),
    ("a string without end", br#""abc"#, 4, NO_END),
    ("a string that ends in an escaped quote", br#""abc\""#, 6, NO_END),
    ("a raw line feed in a string", b"\"a\nb\"", 2, CONTROL),
    ("a raw control character in a string", b"\"\x1f\"", 1, CONTROL),
    ("an escaped slash", br#""\/""#, 1, ESCAPE),
    ("an escaped letter", br#""\u0041""#, 1, ESCAPE),
    ("an escaped Vietnamese letter", br#""\u1ebf""#, 1, ESCAPE),
    ("a pair of surrogates", br#""\ud83d\ude00""#, 1, ESCAPE),
    ("half a pair of surrogates", br#""\ud83d""#, 1, ESCAPE),
    ("hexadecimal digits in upper case", br#""\u001F""#, 1, ESCAPE),
    ("an escape in upper case", br#""\U001f""#, 1, ESCAPE),
    ("a line feed in the long form", br#""\u000a""#, 1, ESCAPE),
    ("a quote in the long form", br#""\u0022""#, 1, ESCAPE),
    ("delete, escaped", br#""\u007f""#, 1, ESCAPE),
    ("an unknown escape", br#""ab\x41""#, 3, ESCAPE),
    ("a backslash at the end", b"\"\\", 1, ESCAPE),
    ("an escape that breaks off", br#""\u00"#, 1, BREAKS_OFF),
    ("an escape too short for its quote", br#""\u00""#, 1, BREAKS_OFF),
    ("a fraction", b"1.5", 1, FRACTION),
    ("a fraction of zero", b"0.0", 1, FRACTION),
    ("an exponent", b"1e3", 1, FRACTION),
    ("an exponent in upper case", b"-1E3", 2, FRACTION),
    ("a fraction without whole part", b"-.5", 1, FRACTION),
    ("a fraction with a leading zero", b"01.5", 2, FRACTION),
    ("a point first", b".5", 0, NO_VALUE),
    ("plus", b"+1", 0, NO_VALUE),
    ("minus zero", b"-0", 0, SHORTEST),
    ("a leading zero", b"[01]", 1, SHORTEST),
    ("a leading zero after a minus", b"-01", 0, SHORTEST),
    ("a lone minus", b"-", 0, SHORTEST),
    ("2^53", b"9007199254740992", 0, BEYOND),
    ("-2^53", b"[-9007199254740992]", 1, BEYOND),
    ("a hundred digits", &[b'9'; 100], 0, BEYOND),
    ("33 brackets around a number", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 33, DEEP),
    ("34 brackets", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 33, DEEP),
    ("33 brackets that break off", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 33, DEEP),
    ("a byte that begins no character", b"\"\xff\"", 1, UTF8),
    ("a character that breaks off", b"\"\xe1\xba\"", 1, UTF8),
    ("an overlong form", b"\"ab\xc0\xaf\"", 3, UTF8),
    ("a surrogate in UTF-8", b"\"\xed\xa0\x80\"", 1, UTF8),
    ("beyond U+10FFFF", b"\"\xf4\x90\x80\x80\"", 1, UTF8),
    ("bad UTF-8 behind another fault", b" \xff", 1, UTF8),
];

#[derive(Serialize)]
pub struct File {
    good: Vec<Good>,
    bad: Vec<Bad>,
}

#[derive(Serialize)]
struct Good {
    name: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct Bad {
    name: &'static str,
    #[serde(flatten)]
    text: Text,
    at: usize,
    what: &'static str,
}

/// Bytes as text, or in hexadecimal where they are not UTF-8.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Text {
    Text(String),
    Hex(String),
}

impl Text {
    fn new(bytes: &[u8]) -> Self {
        std::str::from_utf8(bytes).map_or_else(|_| Self::Hex(hex(bytes)), |text| Self::Text(text.to_owned()))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn file() -> File {
    let good = GOOD.iter().map(|&(name, text)| Good { name, text }).collect();
    let bad = BAD.iter().map(|&(name, bytes, at, what)| Bad { name, text: Text::new(bytes), at, what }).collect();
    File { good, bad }
}
