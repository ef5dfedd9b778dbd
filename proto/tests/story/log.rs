//! A log written by hand: every member of the envelope is plain text, so that any of them can be made wrong.
//! It never checks what it writes.

use std::collections::HashMap;

use proto::Hash;

/// The origin of the logs in these tests.
pub const ORIGIN: &str = "parindex.example/training/2022";

/// What a person or the timer did.
#[derive(Clone, Copy)]
pub struct Deed {
    pub stream: &'static str,
    /// The event's kind and data.
    pub kind: &'static str,
    pub data: &'static str,
    /// The command's kind, and its data where it isn't the event's.
    pub asked: (&'static str, Option<&'static str>),
    /// Capacity, id, unit.
    pub actor: (&'static str, &'static str, &'static str),
    /// Kind, credential.
    pub via: (&'static str, &'static str),
    /// The position of the event that it follows from; 0 for none.
    pub cause: usize,
}

/// The members of one body, as they will stand there.
#[derive(Clone, Debug)]
pub struct Members {
    pub actor: [String; 3],
    pub at: String,
    pub cause: String,
    pub command_digest: String,
    pub command_id: String,
    pub data: String,
    pub id: String,
    pub kind: String,
    pub log: String,
    pub position: u64,
    pub prev: String,
    pub stream: String,
    pub stream_prev: String,
    pub v: u32,
    pub version: u64,
    pub via: [String; 2],
}

impl Members {
    /// The body: all members in the order of their names.
    pub fn body(&self) -> String {
        let Self { actor: [capacity, actor, unit], at, cause, command_digest, command_id, data, .. } = self;
        let Self { id, kind, log, position, prev, stream, stream_prev, v, version, via: [via, credential], .. } = self;
        format!(
            r#"{{"actor":{{"capacity":"{capacity}","id":"{actor}","unit":"{unit}"}},"at":"{at}","cause":"{cause}",
"command":{{"digest":"{command_digest}","id":"{command_id}"}},"data":{data},"id":"{id}","kind":"{kind}",
"log":"{log}","position":{position},"prev":"{prev}","stream":"{stream}","stream_prev":"{stream_prev}",
"v":{v},"version":{version},"via":{{"credential":"{credential}","kind":"{via}"}}}}"#
        )
        .replace('\n', "")
    }
}

/// The command that asks for a deed, in canonical form.
pub fn command(deed: &Deed, id: &str) -> String {
    let (capacity, _, unit) = deed.actor;
    let (kind, data) = (deed.asked.0, filled(deed.asked.1.unwrap_or(deed.data)));
    let unit = if unit.is_empty() { String::new() } else { format!(r#","unit":"{unit}""#) };
    format!(r#"{{"capacity":"{capacity}","data":{data},"id":"{id}","kind":"{kind}"{unit}}}"#)
}

/// The text with a hash in the place of every @.
pub fn filled(text: &str) -> String {
    text.replace('@', &Hash::digest(b"any bytes").to_string())
}

/// An id of the shape of version 7, the same in every run. `of` tells events (e) from commands (c).
pub fn id(of: char, position: usize) -> String {
    format!("0184{of}{position:03x}-0000-7000-8000-{position:012x}")
}

/// A log of these deeds, one minute apart. `alter` may change an event's members and `respell` its bytes;
/// the events after it link to what became of it, as if whoever changed it had made all the rest again.
pub fn write(
    deeds: &[Deed],
    mut alter: impl FnMut(usize, &mut Members),
    mut respell: impl FnMut(usize, Vec<u8>) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    let mut last = String::new();
    let mut heads: HashMap<String, (u64, String)> = HashMap::new();
    for (i, deed) in deeds.iter().enumerate() {
        let position = i + 1;
        let (version, stream_prev) = heads.get(deed.stream).cloned().unwrap_or_default();
        let command_id = id('c', position);
        let mut members = Members {
            actor: [deed.actor.0, deed.actor.1, deed.actor.2].map(str::to_owned),
            at: format!("2022-10-28T{:02}:{:02}:00.000000Z", 1 + position / 60, position % 60),
            cause: if deed.cause == 0 { String::new() } else { id('e', deed.cause) },
            command_digest: Hash::digest(command(deed, &command_id).as_bytes()).to_string(),
            command_id,
            data: filled(deed.data),
            id: id('e', position),
            kind: deed.kind.to_owned(),
            log: ORIGIN.to_owned(),
            position: position as u64,
            prev: last,
            stream: deed.stream.to_owned(),
            stream_prev,
            v: 1,
            version: version + 1,
            via: [deed.via.0, deed.via.1].map(str::to_owned),
        };
        alter(position, &mut members);
        let body = respell(position, members.body().into_bytes());
        last = Hash::entry(&body).to_string();
        heads.insert(members.stream, (members.version, last.clone()));
        bodies.push(body);
    }
    bodies
}

/// A log of these deeds with nothing wrong in it.
pub fn whole(deeds: &[Deed]) -> Vec<Vec<u8>> {
    write(deeds, |_, _| {}, |_, body| body)
}

/// The export: a body a line.
pub fn export(bodies: &[Vec<u8>]) -> Vec<u8> {
    bodies.iter().flat_map(|b| b.iter().copied().chain([b'\n'])).collect()
}

const OPERATOR: (&str, &str, &str) = ("operator", "operator", "");
const ADMINISTRATOR: (&str, &str, &str) = ("administrator", "a-01", "");
const SECRETARIAT: (&str, &str, &str) = ("secretariat", "a-03", "snv");
const CHIEF: (&str, &str, &str) = ("chief", "a-07", "ldtbxh");
const SYSTEM: (&str, &str, &str) = ("system", "system", "");
const CLI: (&str, &str) = ("cli", "");
const TOKEN: (&str, &str) = ("token", "t-07");
const TIMER: (&str, &str) = ("system", "");

/// The smallest story with several streams: a round is opened, one unit submits, another does not.
pub const STORY: [Deed; 12] = [
    Deed {
        stream: "log",
        kind: "log_created",
        data: r#"{"administrators":["a-01","a-02"],"clock":"scripted","incompatible":[],"mode":"training"}"#,
        asked: ("create_log", None),
        actor: OPERATOR,
        via: CLI,
        cause: 0,
    },
    Deed {
        stream: "grants/a-07",
        kind: "capacity_granted",
        data: r#"{"awaits_second":false,"grant":{"actor":"a-07","capacity":"chief","from":"2022-10-27T17:00:00.000000Z","grant":"g1","unit":"ldtbxh"}}"#,
        asked: (
            "grant_capacity",
            Some(
                r#"{"actor":"a-07","capacity":"chief","from":"2022-10-27T17:00:00.000000Z","grant":"g1","unit":"ldtbxh"}"#,
            ),
        ),
        actor: ADMINISTRATOR,
        via: ("session", "s-01"),
        cause: 0,
    },
    Deed {
        stream: "catalogue/hanoi",
        kind: "part_entered",
        data: r#"{"content":{"basis":{"en":"illustrative","vi":"minh họa"},"title":{"en":"Units","vi":"Đơn vị"},"units":[{"code":"","kind":"so","name":{"en":"Transport","vi":"Sở Giao thông vận tải"},"short":"GTVT","unit":"gtvt"}]},"document":"catalogue","id":"hanoi","part":1}"#,
        asked: ("enter_part", None),
        actor: SECRETARIAT,
        via: ("oidc", "o-03"),
        cause: 0,
    },
    Deed {
        stream: "catalogue/hanoi",
        kind: "document_sealed",
        data: r#"{"digest":"@","document":"catalogue","id":"hanoi","parts":1}"#,
        asked: ("seal_document", None),
        actor: SECRETARIAT,
        via: ("oidc", "o-03"),
        cause: 0,
    },
    Deed {
        stream: "round/hanoi-2022",
        kind: "round_opened",
        data: r#"{"authority":{"en":"Hanoi","vi":"Hà Nội"},"blocks":[{"block":"so","kind":"so","title":{"en":"Departments","vi":"Sở"},"units":["ldtbxh","gtvt"]}],"catalogue":{"digest":"@","id":"hanoi"},"phases":[{"from":"2022-10-27T17:00:00.000000Z","phase":"self_scoring","until":"2022-11-30T17:00:00.000000Z"}],"policy":{"bands":[{"code":"a","from":"0","title":{"en":"A","vi":"A"}}],"counts":["self","first","second","council","correction"],"digits":2,"own_unit":"refuse","rounding":"half_up","ties":"competition","unsubmitted":"zero"},"round":"hanoi-2022","rulebook":{"digest":"@","id":"qd-4210"},"title":{"en":"Index 2022","vi":"Chỉ số 2022"},"year":2022}"#,
        asked: ("open_round", None),
        actor: SECRETARIAT,
        via: TOKEN,
        cause: 0,
    },
    Deed {
        stream: "sheet/hanoi-2022/ldtbxh",
        kind: "self_scored",
        data: r#"{"claimed":"8.25","explanation":"Báo cáo \"quý IV\"\nkèm theo","inputs":{"figures":[{"name":"done","value":"33"},{"name":"due","value":"40"}]},"leaf":"1.1.4","revision":0,"round":"hanoi-2022","unit":"ldtbxh"}"#,
        asked: ("score_self", None),
        actor: ("drafter", "a-08", "ldtbxh"),
        via: TOKEN,
        cause: 0,
    },
    Deed {
        stream: "sheet/hanoi-2022/gtvt",
        kind: "self_scored",
        data: r#"{"claimed":"0.5","explanation":"Chưa có tài liệu","inputs":{"option":"late"},"leaf":"1.1.1","revision":0,"round":"hanoi-2022","unit":"gtvt"}"#,
        asked: ("score_self", None),
        actor: ("drafter", "a-09", "gtvt"),
        via: TOKEN,
        cause: 0,
    },
    Deed {
        stream: "sheet/hanoi-2022/ldtbxh",
        kind: "sheet_submitted",
        data: r#"{"digest":"@","round":"hanoi-2022","unit":"ldtbxh","version":1}"#,
        asked: ("submit_sheet", None),
        actor: CHIEF,
        via: TOKEN,
        cause: 0,
    },
    Deed {
        stream: "round/hanoi-2022",
        kind: "phase_closed",
        data: r#"{"phase":"self_scoring","round":"hanoi-2022"}"#,
        asked: ("close_phase", None),
        actor: SYSTEM,
        via: TIMER,
        cause: 0,
    },
    Deed {
        stream: "sheet/hanoi-2022/gtvt",
        kind: "sheet_closed",
        data: r#"{"policy":"zero","round":"hanoi-2022","unit":"gtvt"}"#,
        asked: ("close_sheet", Some(r#"{"round":"hanoi-2022","unit":"gtvt"}"#)),
        actor: SYSTEM,
        via: TIMER,
        cause: 9,
    },
    Deed {
        stream: "sheet/hanoi-2022/ldtbxh",
        kind: "score_adjusted",
        data: r#"{"act":{"appraisal":"first","inputs":{"figures":[{"name":"done","value":"30"},{"name":"due","value":"40"}]},"leaf":"1.1.4","points":"7.5","reason":"Ba việc chưa xong","revision":1,"round":"hanoi-2022","unit":"ldtbxh"},"own_unit":false}"#,
        asked: (
            "adjust_score",
            Some(
                r#"{"appraisal":"first","inputs":{"figures":[{"name":"done","value":"30"},{"name":"due","value":"40"}]},"leaf":"1.1.4","points":"7.5","reason":"Ba việc chưa xong","revision":1,"round":"hanoi-2022","unit":"ldtbxh"}"#,
            ),
        ),
        actor: ("appraiser", "a-11", "snv"),
        via: TOKEN,
        cause: 0,
    },
    Deed {
        stream: "appeal/hanoi-2022/1",
        kind: "appeal_lodged",
        data: r#"{"leaves":["1.1.4"],"number":1,"round":"hanoi-2022","text":"Ba việc đã xong ngày 30/11","unit":"ldtbxh"}"#,
        asked: ("lodge_appeal", None),
        actor: CHIEF,
        via: TOKEN,
        cause: 0,
    },
];
