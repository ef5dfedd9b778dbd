//! T03 to T09 and T22: rows of the log, of projections, and tiles, changed, taken away, exchanged and added.

use proto::tile::{Resource, Tile};

use super::ground::{Ground, Holding};
use super::{Attack, Case};
use crate::forged::chained;

pub const ATTACKS: [Attack; 8] = [
    Attack { id: "T03", by: "D", what: "change a projection alone", evidence: "none", run: projections },
    Attack { id: "T04", by: "D", what: "delete one in the middle", evidence: "none", run: deleted },
    Attack {
        id: "T05",
        by: "D",
        what: "delete the last k and reset the counter, k = 1 to 100",
        evidence: "checkpoint",
        run: cut_off,
    },
    Attack { id: "T06", by: "D", what: "swap two, within a stream and across", evidence: "none", run: swapped },
    Attack { id: "T07", by: "D", what: "insert a back-dated one", evidence: "none", run: inserted },
    Attack { id: "T08", by: "D", what: "repeat one at a new position", evidence: "none", run: repeated },
    Attack { id: "T09", by: "D", what: "move one to another stream, round, log", evidence: "none", run: moved },
    Attack { id: "T22", by: "D", what: "alter or swap tiles, full and partial", evidence: "none", run: tiles },
];

fn projections(ground: &Ground) -> Vec<Case> {
    let edits = [
        ("index", "scores", "revision = revision + 1"),
        ("index", "scores", "final_points = '0.2'"),
        ("index", "units", "state = 'submitted'"),
        ("index", "totals", "reached = '1/2'"),
        ("ranking", "standings", "rank = rank + 1"),
        ("ranking", "standings", "index_value = '99'"),
    ];
    let edit = |(projection, table, set): (&str, &str, &str)| {
        let row = format!("rowid = (SELECT rowid FROM {table} LIMIT 1)");
        let copy = ground.after_in(&format!("{projection}.db"), [format!("UPDATE {table} SET {set} WHERE {row}")]);
        ground.inspector_names(format!("{table}: {set}"), &copy, &format!("{projection}, table {table}, row"))
    };
    edits.into_iter().map(edit).collect()
}

fn deleted(ground: &Ground) -> Vec<Case> {
    let n = ground.last();
    let delete = |p: u64| {
        let copy = ground.after([format!("DELETE FROM events WHERE position = {p}")]);
        ground.both_name(format!("#{p}"), &copy, p)
    };
    [1, 2, n / 3, n / 2, n - 1].into_iter().map(delete).collect()
}

fn cut_off(ground: &Ground) -> Vec<Case> {
    let cut = |k: u64| {
        let end = ground.last() - k;
        let bodies = &ground.bodies[..usize::try_from(end).expect("small")];
        let place = format!("the end, after position {end}:");
        let copy = ground.rewritten(bodies);
        let mut said = vec![ground.inspected(&copy, Holding::Checkpoints).at(place)];
        let mut case = Case::new(format!("the last {k}"), Vec::new());
        if k.is_power_of_two() || k == 100 {
            said.push(ground.independent(&copy, Holding::Checkpoints).at("the end:"));
        }
        if k == 1 || k == 100 {
            let whole = ground.rewritten_whole(bodies);
            case = case.without(ground.inspected(&whole, Holding::Nothing).is_refusal());
        }
        Case { verdicts: said, ..case }.within(1)
    };
    (1..=100).map(cut).collect()
}

fn swapped(ground: &Ground) -> Vec<Case> {
    let events = ground.events();
    let middle = events.len() / 2;
    let stream = |i: usize| &events[i].envelope.stream;
    let same = (middle + 1..events.len()).find(|i| stream(*i) == stream(middle)).expect("its unit scores on");
    let other = (middle + 1..events.len()).find(|i| stream(*i) != stream(middle)).expect("others score too");
    let swap = |(what, b): (&str, usize)| {
        let (a, b) = (middle + 1, b + 1);
        let moves = [(a, -1), (b, i64::try_from(a).expect("small")), (0, i64::try_from(b).expect("small"))];
        let statements = moves.map(|(from, to)| {
            let from = if from == 0 { "-1".to_owned() } else { from.to_string() };
            format!("UPDATE events SET position = {to} WHERE position = {from}")
        });
        ground.both_name(what, &ground.after(statements), a as u64)
    };
    [("within a stream", same), ("across streams", other)].into_iter().map(swap).collect()
}

fn inserted(ground: &Ground) -> Vec<Case> {
    let (p, n) = (ground.last() / 2, ground.last());
    let copied = |p: u64, from: u64| {
        format!(
            "INSERT INTO events SELECT {p}, stream, 100000, id, 'forged', kind, '2022-10-20T00:00:00.000000Z', hash, body \
             FROM events WHERE position = {from}"
        )
    };
    let row = ground.after([
        format!("UPDATE events SET position = -position - 1 WHERE position >= {p}"),
        "UPDATE events SET position = -position WHERE position < 0".to_owned(),
        copied(p, n / 3),
    ]);
    let mut cases = vec![ground.both_name("a row between two", &row, p)];
    // The same with everything behind it made to fit: its time and the rules give it away.
    let mut events = ground.events();
    let earlier = events[usize::try_from(n / 3).expect("small")].clone();
    events.insert(usize::try_from(p - 1).expect("small"), earlier);
    let copy = ground.rewritten(&chained(events));
    cases.push(ground.inspector_names("with every link made to fit", &copy, &format!("position {p}:")).named());
    cases
}

fn repeated(ground: &Ground) -> Vec<Case> {
    let (n, from) = (ground.last(), ground.scored());
    let again = |(what, to): (&str, u64)| {
        let mut events = ground.events();
        let mut copy = events[usize::try_from(from - 1).expect("small")].clone();
        copy.envelope.at = events[usize::try_from(to - 2).expect("small")].envelope.at;
        events.insert(usize::try_from(to - 1).expect("small"), copy);
        ground.both_name(what, &ground.rewritten(&chained(events)), to)
    };
    [("at the end", n + 1), ("in the middle", from + 10)].into_iter().map(again).collect()
}

fn moved(ground: &Ground) -> Vec<Case> {
    let p = ground.scored();
    let body = ground.body(p);
    let stream = ground.events()[usize::try_from(p - 1).expect("small")].envelope.stream.to_string();
    let named = format!("\"stream\":\"{stream}\"");
    let edits = [
        ("another unit's sheet", body.replacen(&named, "\"stream\":\"sheet/hanoi-2022/282\"", 1)),
        ("a round's stream", body.replacen(&named, "\"stream\":\"round/hanoi-2022\"", 1)),
        ("another round", body.replace("hanoi-2022", "hanoi-2021")),
        ("another log", body.replacen("test.example/small", "test.example/other", 1)),
    ];
    let mut cases: Vec<Case> = edits
        .into_iter()
        .map(|(what, other)| {
            assert_ne!(other, body, "{what} changes something");
            ground.both_name(what, &ground.with_body(p, other.as_bytes()), p)
        })
        .collect();
    let mut events = ground.events();
    let other = proto::Stream::parse("round/hanoi-2022").expect("a stream");
    events[usize::try_from(p - 1).expect("small")].envelope.stream = other;
    let copy = ground.rewritten(&chained(events));
    let what = "a round's stream, with every link made to fit";
    cases.push(ground.inspector_names(what, &copy, &format!("position {p}:")).named());
    cases
}

fn tiles(ground: &Ground) -> Vec<Case> {
    let size = ground.sizes[1];
    let all = [Tile::at(0, 0, size), Tile::at(0, size / 256, size), Tile::at(1, 0, size)];
    let names: Vec<String> = all.into_iter().map(|t| Resource::Tile(t.expect("it is there")).to_string()).collect();
    let changed = |what: &str, name: &str, change: &dyn Fn(&std::path::Path)| {
        let copy = ground.folder.copy();
        change(&copy.data().join("signer").join(name));
        let place = format!("the tile {name}:");
        Case::new(format!("{name} {what}"), vec![ground.inspected(&copy, Holding::Tiles).at(place)])
    };
    let mut cases = Vec::new();
    for name in &names {
        cases.push(changed("altered", name, &|path| {
            let mut bytes = std::fs::read(path).expect("reads");
            bytes[3] ^= 1;
            std::fs::write(path, bytes).expect("writes");
        }));
        cases.push(changed("taken away", name, &|path| std::fs::remove_file(path).expect("removes")));
    }
    let second = Resource::Tile(Tile::at(0, 1, size).expect("it is there")).to_string();
    cases.push(changed("exchanged with the next one", &names[0], &|path| {
        let other = path.parent().expect("a folder").join(second.rsplit('/').next().expect("a name"));
        let (a, b) = (std::fs::read(path).expect("reads"), std::fs::read(&other).expect("reads"));
        std::fs::write(path, b).expect("writes");
        std::fs::write(other, a).expect("writes");
    }));
    cases
}
