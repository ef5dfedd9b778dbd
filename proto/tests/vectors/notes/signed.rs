//! Signed notes: their form, their signature lines, and the checkpoint in them.
//! A note stands here with what it must be taken for, and why is its name.

use proto::note::KeyKind;

use super::{
    NoteCase, ORIGIN, Part, People, REFUSED, SIZE, TIME, Verdict, believed, by_log, head, line, log_says, signer, text,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Notes as they are added up.
pub struct Notes<'p> {
    pub people: &'p People,
    cases: Vec<NoteCase>,
}

impl Notes<'_> {
    pub fn add(&mut self, name: &str, policy: &'static str, note: String, verdict: Verdict) {
        self.add_parts(name, policy, vec![Part::Text(note)], verdict);
    }

    fn add_parts(&mut self, name: &str, policy: &'static str, note: Vec<Part>, verdict: Verdict) {
        self.cases.push(NoteCase { name: name.to_owned(), policy, note, verdict });
    }

    /// A note that must be refused by the policy of the log alone.
    pub fn bad(&mut self, name: &str, note: String) {
        self.add(name, "alone", note, REFUSED);
    }

    /// Any text, rightly signed by the log.
    fn signed(&self, text: &str) -> String {
        format!("{text}\n{}", self.people.log.sign(text, 0))
    }

    pub fn good(&self) -> String {
        self.signed(&text())
    }

    pub fn cosigned(&self, witness: usize) -> String {
        self.people.witnesses[witness].sign(&text(), TIME).to_string()
    }

    /// Forms that the note as a whole must not have.
    fn of_form(&mut self) {
        let good = self.good();
        self.add("signed by the log", "alone", good.clone(), believed(&[], true));
        self.bad("no final line feed", good.trim_end().to_owned());
        self.bad("two final line feeds", good.clone() + "\n");
        self.bad("CRLF everywhere", good.replace('\n', "\r\n"));
        self.bad("CRLF in the text", self.signed(&text().replace('\n', "\r\n")));
        self.bad("a CR before the last line feed", good.trim_end().to_owned() + "\r\n");
        self.bad("no blank line", good.replacen("\n\n", "\n", 1));
        self.bad("two blank lines", good.replacen("\n\n", "\n\n\n", 1));
        self.bad("two blank lines, one of them signed", self.signed(&(text() + "\n")));
        self.bad("no signature", text() + "\n");
        self.bad("nothing", String::new());
        self.bad("a byte order mark", format!("\u{feff}{good}"));
        self.bad("a tab", self.signed(&text().replacen(ORIGIN, &format!("{ORIGIN}\t"), 1)));
        self.bad("a NUL", self.signed(&(text() + "\0\n")));
        let (half, rest) = good.split_at(10);
        let broken = vec![Part::Text(half.to_owned()), Part::Hex { hex: "ff".to_owned() }, Part::Text(rest.to_owned())];
        self.add_parts("no UTF-8", "alone", broken, REFUSED);
        let long = |times| {
            let noise = Part::Repeat { repeat: format!("{}\n", "z".repeat(99)), times };
            vec![Part::Text(text()), noise, Part::Text(good.replacen(&text(), "", 1))]
        };
        self.add_parts("1 MB", "alone", long(10_000), REFUSED);
        self.add_parts("1 MB of signatures", "alone", many(&good, &line("a", &[1; 70]), 10_000), REFUSED);
        self.add_parts("1 MB of line feeds", "alone", many(&good, "\n", 1_000_000), REFUSED);
    }

    /// Signature lines.
    fn of_lines(&mut self) {
        let (good, own) = (self.good(), self.people.log.sign(&text(), 0));
        let stranger = signer("stranger.example", KeyKind::Log, 9);
        let unknown = stranger.sign(&text(), 0).to_string();
        self.add("an unknown signature beside it", "alone", good.clone() + &unknown, believed(&[], true));
        self.add(
            "an unknown signature before it",
            "alone",
            with_lines(&[&unknown, &own.to_string()]),
            believed(&[], true),
        );
        self.add("a signature of 2,420 bytes", "alone", good.clone() + &line("b", &[7; 2_432]), believed(&[], true));
        self.add_parts("16 signatures", "alone", many(&good, &unknown, 15), believed(&[], true));
        self.add_parts("64 signatures", "alone", many(&good, &unknown, 63), believed(&[], true));
        self.add_parts("1,000 signatures", "alone", many(&good, &line("a", &[1; 8]), 999), REFUSED);
        self.bad("an unknown signature alone", with_lines(&[&unknown]));
        let mut bad = own.clone();
        bad.signature[40] ^= 1;
        self.bad("a bad signature", with_lines(&[&bad.to_string()]));
        self.bad("a bad signature beside a good one of an unknown key", with_lines(&[&unknown, &bad.to_string()]));
        self.bad("the same signature twice", good.clone() + &own.to_string());
        self.bad("the same key twice, good and bad", good.clone() + &bad.to_string());
        self.bad("the same key twice, bad and good", with_lines(&[&bad.to_string(), &own.to_string()]));
        self.bad("another text", good.replacen("\n100\n", "\n101\n", 1));
        let id = self.people.log.key().id();
        let other_id = [&[id[0] ^ 1, id[1], id[2], id[3]][..], &own.signature].concat();
        self.bad("right name, wrong id", with_lines(&[&line(ORIGIN, &other_id)]));
        let beside = good.clone() + &line(ORIGIN, &other_id);
        self.add("right name, wrong id beside it", "alone", beside, believed(&[], true));
        let renamed = [&id[..], &own.signature].concat();
        self.bad("right id, wrong name", with_lines(&[&line("parindex.example", &renamed)]));
        let beside = good.clone() + &line("parindex.example", &renamed);
        self.add("right id, wrong name beside it", "alone", beside, believed(&[], true));
        self.bad("a signature of 63 bytes", with_lines(&[&by_log(self.people, &own.signature[..63])]));
        self.bad("a signature of 65 bytes", with_lines(&[&by_log(self.people, &[&own.signature[..], &[0]].concat())]));
        self.bad("a signature of no bytes", with_lines(&[&by_log(self.people, &[])]));
        for (name, lines) in [
            ("a line with a hyphen", good.replace('\u{2014}', "-")),
            ("a line with an en dash", good.replace('\u{2014}', "\u{2013}")),
            ("a line with two spaces", good.replace(&format!("{ORIGIN} "), &format!("{ORIGIN}  "))),
            ("a line that ends in a space", good.trim_end().to_owned() + " \n"),
            ("a line of three words", good.trim_end().to_owned() + " x\n"),
            ("a line without base64", good.clone() + "\u{2014} stranger.example\n"),
            ("a line without a name", good.clone() + &unknown.replace("stranger.example", "")),
            ("a name with a plus sign", good.clone() + &unknown.replace("stranger", "stran+ger")),
            ("a name with a space that is not ASCII", good.clone() + &unknown.replace("stranger", "stran\u{a0}ger")),
            ("base64 without padding", good.clone() + &unknown.replace('=', "")),
            ("base64 for addresses", good.clone() + "\u{2014} stranger.example AQIDBPv-_w==\n"),
            ("base64 whose last bits are not 0", good.clone() + "\u{2014} stranger.example AQIDBAX=\n"),
            ("base64 of four bytes", good.clone() + &line("stranger.example", &[1, 2, 3, 4])),
        ] {
            self.bad(name, lines);
        }
    }

    /// The checkpoint in the note.
    fn of_checkpoints(&mut self) {
        let (root, zero) = (head(SIZE).root.base64(), head(0).root.base64());
        let of = |origin: &str, size: &str, root: &str| format!("{origin}\n{size}\n{root}\n");
        self.add("size 0", "alone", self.signed(&of(ORIGIN, "0", &zero)), log_says(0, &[]));
        let largest = "9223372036854775807";
        let says = log_says((1 << 63) - 1, &[]);
        self.add("size 2^63-1", "alone", self.signed(&of(ORIGIN, largest, &root)), says);
        for (name, size) in [
            ("size 01", "01"),
            ("size 00", "00"),
            ("size +5", "+5"),
            ("size -1", "-1"),
            ("size 2^63", "9223372036854775808"),
            ("size 2^64", "18446744073709551616"),
            ("size 2^64 + 100", "18446744073709551716"),
            ("size 100.0", "100.0"),
            ("size 1e2", "1e2"),
            ("size 0x64", "0x64"),
            ("size 1_00", "1_00"),
            ("a space before the size", " 100"),
            ("a space behind the size", "100 "),
            ("a size in other digits", "\u{661}\u{660}\u{660}"),
            ("no size", ""),
        ] {
            self.bad(name, self.signed(&of(ORIGIN, size, &root)));
        }
        let unpadded = root.trim_end_matches('=').to_owned();
        let mut last_bits = unpadded.clone();
        let last = last_bits.pop().expect("a digit");
        // Of the last digit four bits count. The next one in the alphabet is another spelling of the same bytes.
        last_bits.push(char::from(u8::try_from(last).expect("ASCII") + 1));
        for (name, root) in [
            ("a root without padding", unpadded),
            ("a root whose last bits are not 0", last_bits + "="),
            ("a root in hexadecimal", head(SIZE).root.to_string()),
            ("a root of 31 bytes", STANDARD.encode(&head(SIZE).root.0[..31])),
            ("a root of 33 bytes", STANDARD.encode([&head(SIZE).root.0[..], &[0]].concat())),
            ("a space behind the root", format!("{root} ")),
            ("no root", String::new()),
        ] {
            self.bad(name, self.signed(&of(ORIGIN, "100", &root)));
        }
        self.bad("two lines", self.signed(&format!("{ORIGIN}\n100\n")));
        self.bad("one line", self.signed(&format!("{ORIGIN}\n")));
        self.bad("no origin", self.signed(&of("", "100", &root)));
        let greek = ORIGIN.replacen('a', "\u{430}", 1);
        self.bad("an origin that looks the same", self.signed(&of(&greek, "100", &root)));
        self.bad("an origin in capital letters", self.signed(&of(&ORIGIN.to_uppercase(), "100", &root)));
        self.bad("a space behind the origin", self.signed(&of(&format!("{ORIGIN} "), "100", &root)));
        self.bad("another log's origin", self.signed(&of("parindex.example/training/2023", "100", &root)));
        let other = of("parindex.example/training/2023", "100", &root);
        self.add("another known log's origin", "both", self.signed(&other), REFUSED);
        let extended = self.signed(&(text() + "a line more\nalg none\n"));
        self.add("extension lines", "alone", extended, log_says(SIZE, &["a line more", "alg none"]));
        let sixteen = ["x"; 16];
        let extended = self.signed(&(text() + &"x\n".repeat(16)));
        self.add("16 extension lines", "alone", extended, log_says(SIZE, &sixteen));
        self.bad("a blank extension line", self.signed(&(text() + "\nx\n")));
    }
}

/// The checkpoint with these lines under it.
pub fn with_lines(lines: &[&str]) -> String {
    format!("{}\n{}", text(), lines.concat())
}

/// A note and something many times behind it.
fn many(note: &str, repeat: &str, times: usize) -> Vec<Part> {
    vec![Part::Text(note.to_owned()), Part::Repeat { repeat: repeat.to_owned(), times }]
}

pub fn notes(people: &People) -> Vec<NoteCase> {
    let mut notes = Notes { people, cases: Vec::new() };
    notes.of_form();
    notes.of_lines();
    notes.of_checkpoints();
    notes.of_witnesses();
    notes.of_rotation();
    notes.of_curve();
    notes.cases
}
