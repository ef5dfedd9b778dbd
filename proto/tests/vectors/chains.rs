//! `vectors/chains.json`: one good chain, and all the ways to break it, each with what a verifier must say.
//! The verdicts are stated here by hand; they are never taken from an implementation.

use proto::Hash;

use super::chain_file::{Case, Verdict, head_of, root};
use super::trees;
use crate::story::check::head;
use crate::story::log::{Deed, Members, ORIGIN, STORY, id, whole, write};

/// Bodies in which this is broken at this position, whatever the head says.
fn broken(name: &str, bodies: Vec<Vec<u8>>, position: u64, reason: &str) -> Case {
    let verdict = Verdict::Broken { position, reason: reason.to_owned() };
    let head = head_of(&whole(&STORY));
    Case { name: name.to_owned(), bodies, breaks_off: false, head, without_head: verdict.clone(), with_head: verdict }
}

/// The same for bodies that were made anew behind this position; one of those is enough to show it.
fn anew(name: &str, mut bodies: Vec<Vec<u8>>, position: u64, reason: &str) -> Case {
    bodies.truncate(position as usize + 1);
    broken(name, bodies, position, reason)
}

/// Bodies that fit each other; only the good chain's head can tell.
fn cut(name: &str, bodies: Vec<Vec<u8>>, end: &str) -> Case {
    let ok = bodies.len() as u64;
    let head = head_of(&whole(&STORY));
    let with_head = Verdict::End { end: end.to_owned() };
    Case { name: name.to_owned(), bodies, breaks_off: false, head, without_head: Verdict::Ok { ok }, with_head }
}

/// Bodies that fit each other, as many as in the good chain; only the root of its head can tell.
fn unseen(name: &str, bodies: Vec<Vec<u8>>) -> Case {
    older(name, bodies, head_of(&whole(&STORY)), Some(12))
}

/// The good chain beside another head.
fn beside(name: &str, head: String, end: &str) -> Case {
    Case { head, ..cut(name, whole(&STORY), end) }
}

/// Bodies that fit each other beside a head of this size, which fits them unless `differs` says at which size not.
fn older(name: &str, bodies: Vec<Vec<u8>>, head: String, differs: Option<u64>) -> Case {
    let fits = Verdict::Ok { ok: bodies.len() as u64 };
    let root = |position| Verdict::Broken { position, reason: "the root up to here is not the head's".to_owned() };
    Case { head, with_head: differs.map_or(fits, root), ..cut(name, bodies, "") }
}

/// The good chain with the bytes of one body edited, and nothing else.
fn edited(position: usize, from: &str, to: &[u8]) -> Vec<Vec<u8>> {
    let mut bodies = whole(&STORY);
    bodies[position - 1] = replaced(&bodies[position - 1], from, to);
    bodies
}

/// The chain with one event changed and everything after it made anew.
fn altered(position: usize, mut change: impl FnMut(&mut Members)) -> Vec<Vec<u8>> {
    let alter = |at, members: &mut Members| {
        if at == position {
            change(members);
        }
    };
    write(&STORY, alter, |_, body| body)
}

/// The chain with the bytes of one body edited and everything after it made anew.
fn respelled(position: usize, from: &str, to: &[u8]) -> Vec<Vec<u8>> {
    write(&STORY, |_, _| {}, |at, body| if at == position { replaced(&body, from, to) } else { body })
}

fn replaced(body: &[u8], from: &str, to: &[u8]) -> Vec<u8> {
    let at = body.windows(from.len()).position(|w| w == from.as_bytes()).expect("the text stands in the body");
    [&body[..at], to, &body[at + from.len()..]].concat()
}

const EXTRA: Deed = Deed {
    stream: "sheet/hanoi-2022/ldtbxh",
    kind: "score_confirmed",
    data: r#"{"act":{"appraisal":"second","leaf":"1.1.4","revision":3,"round":"hanoi-2022","unit":"ldtbxh"},"own_unit":false}"#,
    asked: (
        "confirm_score",
        Some(r#"{"appraisal":"second","leaf":"1.1.4","revision":3,"round":"hanoi-2022","unit":"ldtbxh"}"#),
    ),
    ..STORY[10]
};

const PREV: &str = "prev is not the hash of the event before";
const CHANGED: &str = "the event was changed: the next one holds another hash of it";
const SHEET: &str = "sheet/hanoi-2022/ldtbxh";

pub fn cases() -> Vec<Case> {
    let good = whole(&STORY);
    let ok = Verdict::Ok { ok: 12 };
    let mut cases = vec![
        Case { with_head: ok.clone(), ..cut("the good chain", good.clone(), "") },
        Case { head: head_of(&[]), with_head: Verdict::Ok { ok: 0 }, ..cut("an empty log", Vec::new(), "") },
    ];
    cases.extend(bytes_changed());
    cases.extend(neighbours_changed());
    cases.extend(lines_moved(&good));
    cases.extend(made_anew());
    cases.extend(respelled_bodies());
    cases.extend(ends(&good));
    cases.extend(older_heads(&good));
    cases
}

/// Somebody edits bytes in the file.
fn bytes_changed() -> Vec<Case> {
    let no_envelope = "the body has no envelope";
    vec![
        broken("a byte of a text flipped", edited(6, "IV", b"XV"), 6, CHANGED),
        broken("a byte of the points flipped", edited(6, "8.25", b"9.25"), 6, CHANGED),
        broken("a byte of the first body flipped", edited(1, "a-02", b"a-03"), 1, CHANGED),
        broken("a byte of the last body but two flipped", edited(10, "zero", b"as_drafted"), 10, CHANGED),
        // Nothing stands behind the last one that could say which of the two is as it was.
        broken("a byte of the last body but one flipped", edited(11, "Ba", b"Ha"), 12, PREV),
        unseen("a byte of the last body flipped", edited(12, "30/11", b"31/11")),
        broken(
            "a byte of the structure flipped",
            edited(6, "{", b"["),
            6,
            "not canonical JSON: byte 8: a comma or ] must stand here",
        ),
        broken("a byte of a character flipped", edited(5, "Hà", b"H\xc3\x20"), 5, "not canonical JSON: byte "),
        broken("a byte of the tail flipped", edited(6, "\"via\"", b"\"vib\""), 6, no_envelope),
        broken(
            "a byte of the kind flipped",
            edited(6, "self_scored", b"self_sbored"),
            6,
            "unknown kind \"self_sbored\" of v 1",
        ),
        broken("a capacity that is none", edited(6, "\"drafter\"", b"\"drafteq\""), 6, "not an event"),
        broken("a space behind a body", edited(6, "\"kind\":\"token\"}}", b"\"kind\":\"token\"}} "), 6, no_envelope),
        broken(
            "a carriage return behind a body",
            edited(12, "\"kind\":\"token\"}}", b"\"kind\":\"token\"}}\r"),
            12,
            no_envelope,
        ),
        broken("a line feed within a body", edited(6, "quý", b"qu\n"), 6, no_envelope),
    ]
}

/// Somebody edits an event and touches what stands behind it, so that fewer agree on how it was.
fn neighbours_changed() -> Vec<Case> {
    let changed = |name: &str, change: &dyn Fn(&mut Vec<Vec<u8>>), position: u64, reason: &str| {
        let mut bodies = edited(6, "8.25", b"9.25");
        change(&mut bodies);
        broken(name, bodies, position, reason)
    };
    let next_edited = |b: &mut Vec<Vec<u8>>| b[6] = replaced(&b[6], "0.5", b"0.7");
    let next_linked = |b: &mut Vec<Vec<u8>>| {
        let (was, is) = (Hash::entry(&whole(&STORY)[5]), Hash::entry(&b[5]));
        b[6] = replaced(&b[6], &was.to_string(), is.to_string().as_bytes());
    };
    let breaks_off = |b: &mut Vec<Vec<u8>>| b.truncate(8);
    vec![
        changed("two neighbours edited", &next_edited, 7, PREV),
        changed("an event edited and linked to by the next one", &next_linked, 7, CHANGED),
        changed("an event edited and the last but one", &|b| b.truncate(7), 7, PREV),
        changed("an event edited, the second behind it deleted", &|b| drop(b.remove(7)), 7, PREV),
        changed("an event edited, the second behind it empty", &|b| b[7].clear(), 7, PREV),
        changed("an event edited, the second behind it too long", &|b| b[7] = vec![b'x'; 65_536], 7, PREV),
        Case { breaks_off: true, ..changed("an event edited, the second behind it breaks off", &breaks_off, 7, PREV) },
    ]
}

/// Somebody takes lines out, puts lines in, or changes their order.
fn lines_moved(good: &[Vec<u8>]) -> Vec<Case> {
    let says = |n: u64| format!("the body says position {n}");
    let without = |from: usize, to: usize| [&good[..from - 1], &good[to..]].concat();
    let mut swapped = good.to_vec();
    swapped.swap(4, 5);
    let mut repeated = good.to_vec();
    repeated.insert(6, good[5].clone());
    let mut empty_line = good.to_vec();
    empty_line.insert(5, Vec::new());
    // A forger has all the hashes up to here, so that what he inserts fits; what follows does not.
    let forged = |at: usize| {
        let mut deeds = STORY.to_vec();
        deeds.insert(at - 1, EXTRA);
        let mut bodies = good.to_vec();
        bodies.insert(at - 1, whole(&deeds)[at - 1].clone());
        bodies
    };
    let mut too_large = good.to_vec();
    too_large[5] = vec![b'x'; 65_536];
    let mut large = good.to_vec();
    large[5] = vec![b'x'; 65_535];
    let mut breaks_off = good.to_vec();
    breaks_off[11].truncate(100);
    let mut no_last_feed =
        broken("the last line has no LF", good.to_vec(), 12, "the file breaks off in the middle of a line");
    no_last_feed.breaks_off = true;
    vec![
        broken("the first event deleted", without(1, 1), 1, &says(2)),
        broken("an event in the middle deleted", without(6, 6), 6, &says(7)),
        cut("the last event deleted", without(12, 12), "the head counts 12 events, the log has 11"),
        cut("the last three events cut off", without(10, 12), "the head counts 12 events, the log has 9"),
        cut("everything deleted", Vec::new(), "the head counts 12 events, the log has 0"),
        broken("two events swapped", swapped, 5, &says(6)),
        broken("an event repeated", repeated, 7, &says(6)),
        broken("an event inserted", forged(7), 8, &says(7)),
        // A head vouches for nothing behind it.
        older("an event appended", forged(13), head_of(good), None),
        broken("an empty line", empty_line, 6, "the body has no envelope"),
        broken("a line that is too long", too_large, 6, "the body has 65536 bytes, the limit is 65535"),
        broken("a line of the greatest length", large, 6, "the body has no envelope"),
        no_last_feed,
        Case {
            breaks_off: true,
            ..broken("the last line breaks off", breaks_off, 12, "the file breaks off in the middle of a line")
        },
    ]
}

/// Somebody changes one event and makes all that follow anew, so that only what he changed can be found.
fn made_anew() -> Vec<Case> {
    let other = Hash::digest(b"another event").to_string();
    let link = format!("stream_prev is not the hash of the event before in stream \"{SHEET}\"");
    let version =
        |says: u64, expected: u64| format!("version {says} in stream \"{SHEET}\", where {expected} must stand");
    vec![
        unseen("an event edited, all after it made anew", respelled(6, "8.25", b"9.25")),
        unseen("the first event edited, all after it made anew", respelled(1, "training\"}", b"live\"}")),
        unseen("the last event edited and made anew", respelled(12, "30/11", b"1/12")),
        anew("prev is another hash", altered(6, |m| m.prev.clone_from(&other))[..6].to_vec(), 6, PREV),
        // Who says that it was not the event before that was changed? All after it agree that it was.
        broken("prev is another hash, and what follows agrees", altered(6, |m| m.prev.clone_from(&other)), 5, CHANGED),
        anew("prev is none", altered(6, |m| m.prev.clear()), 6, PREV),
        anew("prev in upper case", altered(6, |m| m.prev = m.prev.to_uppercase()), 6, PREV),
        anew("the first event has a prev", altered(1, |m| m.prev.clone_from(&other)), 1, PREV),
        anew("stream_prev is another hash", altered(8, |m| m.stream_prev.clone_from(&other)), 8, &link),
        anew("stream_prev is prev", altered(8, |m| m.stream_prev.clone_from(&m.prev)), 8, &link),
        anew("stream_prev is none", altered(8, |m| m.stream_prev.clear()), 8, &link),
        anew(
            "the first event of a stream has a stream_prev",
            altered(6, |m| m.stream_prev.clone_from(&other)),
            6,
            &link,
        ),
        anew("a version left out", altered(8, |m| m.version = 3), 8, &version(3, 2)),
        anew("a version twice", altered(8, |m| m.version = 1), 8, &version(1, 2)),
        anew("a stream begins at version 0", altered(6, |m| m.version = 0), 6, &version(0, 1)),
        anew("a position left out", altered(6, |m| m.position = 7), 6, "the body says position 7"),
        anew("a position twice", altered(6, |m| m.position = 5), 6, "the body says position 5"),
        anew("a log that begins at position 0", altered(1, |m| m.position = 0), 1, "the body says position 0"),
        anew(
            "an event of another log",
            altered(6, |m| m.log = "parindex.example/live".to_owned()),
            6,
            "the body belongs to the log \"parindex.example/live\"",
        ),
        anew(
            "a log whose name is none",
            altered(1, |m| m.log = "PARINDEX".to_owned()),
            1,
            "the body belongs to the log \"PARINDEX\"",
        ),
        anew(
            "at goes back by a microsecond",
            altered(6, |m| m.at = "2022-10-28T01:04:59.999999Z".to_owned()),
            6,
            "at lies before the at of the event before",
        ),
        anew(
            "at goes ahead and the next one is behind it",
            altered(6, |m| m.at = "2022-10-28T01:30:00.000000Z".to_owned()),
            7,
            "at lies before the at of the event before",
        ),
        unseen("at stands still", altered(6, |m| m.at = "2022-10-28T01:05:00.000000Z".to_owned())),
        anew("a command twice", altered(9, |m| m.command_id = id('c', 2)), 9, "the command has an event already"),
        anew(
            "a kind that is not known",
            altered(9, |m| m.kind = "phase_opened".to_owned()),
            9,
            "unknown kind \"phase_opened\" of v 1",
        ),
        anew("a schema that is not known", altered(9, |m| m.v = 2), 9, "unknown kind \"phase_closed\" of v 2"),
    ]
}

/// Somebody spells a body otherwise or gives a member a form that it has not, and makes all that follow anew.
fn respelled_bodies() -> Vec<Case> {
    let spelled = |name: &str, from: &str, to: &str, reason: &str| {
        anew(name, respelled(6, from, to.as_bytes()), 6, &format!("not canonical JSON: {reason}"))
    };
    let formed = |name: &str, change: &dyn Fn(&mut Members)| anew(name, altered(6, change), 6, "not an event");
    vec![
        spelled("a space", "\"at\":", "\"at\": ", "byte 65: white space outside a string"),
        spelled(
            "a letter escaped",
            "\"drafter\"",
            "\"draft\\u0065r\"",
            "byte 27: an escape that is not the shortest form",
        ),
        spelled(
            "members in another order",
            r#""cause":"","#,
            r#""cause":"","block":"","#,
            "byte 106: members out of order",
        ),
        spelled("a member twice", r#""cause":"","#, r#""cause":"","cause":"","#, "byte 106: a member twice"),
        spelled("a fraction", "\"revision\":0", "\"revision\":0.0", "byte "),
        spelled("null for none", "\"cause\":\"\"", "\"cause\":null", "byte 103: null is not allowed"),
        anew("a member more", respelled(6, r#""cause":"","#, br#""cause":"","cause_v":1,"#), 6, "not an event"),
        anew("a member less", respelled(6, r#""cause":"","#, b""), 6, "not an event"),
        anew(
            "no data",
            respelled(9, r#","data":{"phase":"self_scoring","round":"hanoi-2022"}"#, b""),
            9,
            "not an event",
        ),
        anew("data left open", altered(9, |m| m.data = "[{}".to_owned()), 9, "not canonical JSON"),
        formed("a date that does not exist", &|m| m.at = "2022-11-31T01:06:00.000000Z".to_owned()),
        formed("an instant without its decimals", &|m| m.at = "2022-10-28T01:06:00Z".to_owned()),
        formed("an instant with a leap second", &|m| m.at = "2022-10-28T01:06:60.000000Z".to_owned()),
        formed("an actor in upper case", &|m| m.actor[1] = "A-08".to_owned()),
        formed("no actor", &|m| m.actor[1].clear()),
        formed("no capacity", &|m| m.actor[0].clear()),
        formed("a unit of 65 letters", &|m| m.actor[2] = "a".repeat(65)),
        formed("a cause that is no id", &|m| m.cause = "6".to_owned()),
        formed("a command id of version 4", &|m| m.command_id = m.command_id.replace("-7000-", "-4000-")),
        formed("an event id in upper case", &|m| m.id = m.id.to_uppercase()),
        formed("an event id of another variant", &|m| m.id = m.id.replace("-8000-", "-c000-")),
        formed("a digest of 63 digits", &|m| m.command_digest.truncate(63)),
        formed("a stream of no known form", &|m| m.stream = "heads/1".to_owned()),
        formed("an appeal with a leading zero", &|m| m.stream = "appeal/r/01".to_owned()),
        formed("an appeal beyond 32 bits", &|m| m.stream = "appeal/r/4294967296".to_owned()),
        formed("a credential with a space", &|m| m.via[1] = "t 7".to_owned()),
        formed("a way that is none", &|m| m.via[0] = "telex".to_owned()),
    ]
}

/// Somebody exchanges the head, or the whole log.
fn ends(good: &[Vec<u8>]) -> Vec<Case> {
    let root = root(good);
    let no_head = "the head is not origin, size and root on three lines";
    let counts = |n: u64| format!("the head counts {n} events, the log has 12");
    let text = head(ORIGIN, 12, root);
    let other = "parindex.example/live";
    let elsewhere = write(&STORY, |_, m| other.clone_into(&mut m.log), |_, body| body);
    vec![
        older("a head with another root", good.to_vec(), head(ORIGIN, 12, trees::root(0, 12)), Some(12)),
        beside("a head of another log", head(other, 12, root), "the head is of the log \"parindex.example/live\""),
        beside("a head with a larger size", head(ORIGIN, 13, root), &counts(13)),
        beside(
            "a head with the largest size",
            head(ORIGIN, 9_999_999_999_999_999, root),
            "the head counts 9999999999999999",
        ),
        beside("a head without its last LF", text.trim_end().to_owned(), no_head),
        beside("a head with a fourth line", format!("{text}\n"), no_head),
        beside("a head whose size has a leading zero", text.replace("\n12\n", "\n012\n"), no_head),
        beside("a head whose lines end in CR LF", text.replace('\n', "\r\n"), no_head),
        beside("a head with its root in hexadecimal", format!("{ORIGIN}\n12\n{root}\n"), no_head),
        beside("an empty head", String::new(), no_head),
        cut("the whole log of another origin", elsewhere, "the head is of the log \"parindex.example/training/2022\""),
    ]
}

/// The head was kept while the log grew: it vouches for what it counts, and for nothing behind that.
fn older_heads(good: &[Vec<u8>]) -> Vec<Case> {
    let of = |n: usize| head_of(&good[..n]);
    let empty = || head(ORIGIN, 0, trees::root(0, 12));
    let other = head("parindex.example/live", 9, root(&good[..9]));
    let elsewhere = "the head is of the log \"parindex.example/live\"";
    let short = "the head counts 9 events, the log has 8";
    let mut both = edited(11, "Ba", b"Ha");
    both[0] = replaced(&both[0], "a-02", b"a-03");
    vec![
        older("the head of the log before its last event", good.to_vec(), of(11), None),
        older("the head of the log's first event", good.to_vec(), of(1), None),
        older("the head of the log before its first event", good.to_vec(), of(0), None),
        older("an older head with another root", good.to_vec(), head(ORIGIN, 11, root(good)), Some(11)),
        older("the head of an empty log with another root", good.to_vec(), empty(), Some(0)),
        older(
            "an event that the older head counts edited, all made anew",
            respelled(6, "8.25", b"9.25"),
            of(8),
            Some(8),
        ),
        older(
            "the last event that the older head counts edited",
            respelled(8, "\"version\":1}", b"\"version\":2}"),
            of(8),
            Some(8),
        ),
        older("an event behind the older head edited, all made anew", respelled(6, "8.25", b"9.25"), of(5), None),
        older("events behind the older head cut off", good[..10].to_vec(), of(9), None),
        Case { head: of(9), ..cut("events that the older head counts cut off", good[..8].to_vec(), short) },
        beside("an older head of another log", other, elsewhere),
        // What the walk finds comes first, wherever it stands.
        Case { head: of(1), ..broken("an older head, and a body behind it that does not fit", both, 1, CHANGED) },
    ]
}
