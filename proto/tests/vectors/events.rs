//! `vectors/events.json`: single events with their commands, bytes, hashes and tails.
//! They are written by hand and need not follow each other in one log.

use proto::Hash;
use serde::Serialize;

use crate::story::log::{Deed, STORY, command, write};

#[derive(Serialize)]
pub struct Case {
    pub name: &'static str,
    pub command: String,
    pub body: String,
    pub hash: Hash,
    tail: Tail,
}

#[derive(Serialize)]
struct Tail {
    id: String,
    kind: String,
    log: String,
    position: u64,
    prev: String,
    stream: String,
    stream_prev: String,
    version: u64,
}

const ESCAPES: &str = r#"{"reason":"\"quoted\" \\ / \b\t\n\f\r \u0000\u001f","round":"r22","unit":"gtvt"}"#;
const UNUSUAL: &str = "{\"reason\":\"/ \u{7f} \u{2028} \u{feff} \u{1f600}\",\"round\":\"r22\",\"unit\":\"gtvt\"}";
const DECIMALS: &str = r#"{"claimed":"8.25","explanation":"","inputs":{"figures":[{"name":"a","value":"0"},{"name":"b","value":"-0.5"},{"name":"c","value":"12"},{"name":"d","value":"999999999999999999"},{"name":"e","value":"0.000000001"},{"name":"f","value":"-123456789.123456789"}]},"leaf":"1.1","revision":0,"round":"r22","unit":"gtvt"}"#;
const INTEGERS: &str = r#"{"content":{"a_1":[-9007199254740991,0,9007199254740991],"b":{"c":[true,false,[],{}]}},"document":"rulebook","id":"qd-4210","part":1}"#;

/// A deed by the chief of a unit.
fn by_chief(kind: &'static str, stream: &'static str, data: &'static str, asked: &'static str) -> Deed {
    let actor = ("chief", "a-07", "gtvt");
    Deed { stream, kind, data, asked: (asked, None), actor, via: ("token", "t-07"), cause: 0 }
}

/// A deed by the secretariat, which acts in no unit.
fn by_secretariat(kind: &'static str, stream: &'static str, data: &'static str, asked: &'static str) -> Deed {
    Deed { actor: ("secretariat", "a-03", ""), ..by_chief(kind, stream, data, asked) }
}

const BOUND: &str = r#"{"actor":"a-07","commitment":"@","credential":"t-07","method":"token"}"#;
const FORM: &str = r#"{"digest":"@","document":"form","id":"f1","parts":2}"#;
const TALLY: &str = r#"{"digest":"@","document":"tally","id":"t1","parts":1}"#;
const BATCH: &str = r#"{"batch":"b1","groups":["citizens"],"method":"online","respondents":120,"round":"r22","tally":{"digest":"@","id":"t1"}}"#;
const ANSWER: &str = r#"{"number":4294967295,"round":"r22","text":"Đã xem xét"}"#;
const SHEET: &str = "sheet/r22/gtvt";
const APPEAL: &str = "appeal/r22/4294967295";

fn deeds() -> Vec<(&'static str, Deed)> {
    let timer = Deed { stream: SHEET, cause: 7, data: r#"{"policy":"zero","round":"r22","unit":"gtvt"}"#, ..STORY[9] };
    let timer = Deed { asked: ("close_sheet", Some(r#"{"round":"r22","unit":"gtvt"}"#)), ..timer };
    vec![
        ("log: nothing before it, no unit, no cause, no credential", STORY[0]),
        ("grants", by_secretariat("credential_bound", "grants/a-07", BOUND, "bind_credential")),
        (
            "rulebook: integers at their limits",
            by_secretariat("part_entered", "rulebook/qd-4210", INTEGERS, "enter_part"),
        ),
        ("catalogue: Vietnamese", STORY[2]),
        ("form", by_secretariat("document_sealed", "form/f1", FORM, "seal_document")),
        ("tally", by_secretariat("document_sealed", "tally/t1", TALLY, "seal_document")),
        ("round", by_secretariat("round_closed", "round/r22", r#"{"round":"r22"}"#, "close_round")),
        ("survey", by_secretariat("batch_recorded", "survey/r22/b1", BATCH, "record_batch")),
        ("appeal: the largest number", by_secretariat("appeal_answered", APPEAL, ANSWER, "answer_appeal")),
        ("sheet: escapes", by_chief("sheet_withdrawn", SHEET, ESCAPES, "withdraw_sheet")),
        ("sheet: characters that stand as they are", by_chief("sheet_withdrawn", SHEET, UNUSUAL, "withdraw_sheet")),
        ("sheet: decimals", by_chief("self_scored", SHEET, DECIMALS, "score_self")),
        ("sheet: the timer, with a cause", timer),
    ]
}

pub fn file() -> Vec<Case> {
    let (names, deeds): (Vec<_>, Vec<_>) = deeds().into_iter().unzip();
    let mut tails = Vec::new();
    let mut commands = Vec::new();
    let keep = |_, members: &mut crate::story::log::Members| {
        let deed = &deeds[members.position as usize - 1];
        commands.push(command(deed, &members.command_id));
        tails.push(Tail {
            id: members.id.clone(),
            kind: members.kind.clone(),
            log: members.log.clone(),
            position: members.position,
            prev: members.prev.clone(),
            stream: members.stream.clone(),
            stream_prev: members.stream_prev.clone(),
            version: members.version,
        });
    };
    let bodies = write(&deeds, keep, |_, body| body);
    names
        .into_iter()
        .zip(bodies)
        .zip(commands)
        .zip(tails)
        .map(|(((name, body), command), tail)| {
            let hash = Hash::entry(&body);
            Case { name, command, body: String::from_utf8(body).expect("written as text"), hash, tail }
        })
        .collect()
}
