//! The main job from end to end: the sample round, its published figures, and what can be done with its folder.

use inspector::{Inspector, Source};
use platform::ports::AskInspector;
use proto::history::HistoryQuery;
use proto::{Code, Origin, RoundId, UnitId};
use serde_json::Value;
use system_tests::folder::{Folder, sample_round};

/// Hanoi 2022, block of Sở, as the press printed it on 23/3/2023 (GTVT corrected: deploy/rounds/hanoi-2022/README.md).
const PUBLISHED: [(&str, &str); 21] = [
    ("ldtbxh", "91.68"),
    ("noivu", "91.59"),
    ("taichinh", "90.57"),
    ("tuphap", "90.42"),
    ("congthuong", "89.66"),
    ("xaydung", "89.03"),
    ("vpub", "88.86"),
    ("dulich", "88.83"),
    ("gtvt", "88.41"),
    ("gddt", "88.33"),
    ("khcn", "87.04"),
    ("thanhtra", "84.81"),
    ("bandantoc", "83.15"),
    ("nnptnt", "82.76"),
    ("khdt", "82.01"),
    ("vhtt", "81.97"),
    ("qhkt", "81.62"),
    ("kcncx", "81.24"),
    ("ngoaivu", "81.21"),
    ("yte", "81.01"),
    ("tttt", "80.90"),
];

fn ranking(folder: &Folder, block: &str) -> Vec<Value> {
    let said = folder.must(&["ranking", "--data", "@", "--block", block, "--json"]);
    serde_json::from_str(&said.out).expect("an array of rows")
}

#[test]
fn the_demo_ends_in_the_published_figures_and_a_log_that_holds() {
    let folder = Folder::new();
    let said = folder.must(&["demo", "--no-serve", "--data", "@"]);
    assert!(said.out.contains("OK: the log and both projections hold"), "{}", said.out);
    let so = ranking(&folder, "so");
    assert_eq!((so.len(), ranking(&folder, "huyen").len()), (22, 30));
    for (unit, index) in PUBLISHED {
        let row = so.iter().find(|r| r["unit"] == unit).expect(unit);
        assert_eq!(row["index"], index, "{unit}");
    }
    assert_eq!((&so[0]["unit"], &so[0]["rank"]), (&"ldtbxh".into(), &1.into()));
    assert_eq!((&so[8]["unit"], &so[8]["rank"]), (&"gtvt".into(), &9.into()));
    let tnmt = so.iter().find(|r| r["unit"] == "tnmt").expect("tnmt")["index"].as_str().expect("text").to_owned();
    assert!(("81.01".."81.08").contains(&tnmt.as_str()), "{tnmt}");
    for row in &so {
        for member in ["rank", "unit", "name", "index", "band"] {
            assert!(!row[member].is_null(), "{member}");
        }
    }
    assert_eq!(ranking(&folder, "huyen")[0]["unit"], "002");

    // Its own arithmetic, and what would be, are those of the ranking.
    let explained = folder.must(&["explain", "--data", "@", "--unit", "gtvt", "--lang", "en"]).out;
    for said in ["60.43 + ", "rounded once, 2 digits, half up: 88.41", "rank 9 of 22"] {
        assert!(explained.contains(said), "{said}: {explained}");
    }
    let leaf = folder.must(&["explain", "--data", "@", "--unit", "gtvt", "--leaf", "1.1.1"]).out;
    assert!(leaf.contains("sheet/hanoi-2022/gtvt #1"), "{leaf}");
    let then = ["explain", "--data", "@", "--unit", "gtvt", "--lang", "en", "--as-of"];
    let opened = folder.must(&[then.as_slice(), &["2022-11-01"]].concat()).out;
    assert!(
        opened.contains("as of #486, root ") && opened.contains("rounded once, 2 digits, half up: 0.00"),
        "{opened}"
    );
    let first = folder.must(&[then.as_slice(), &["500"]].concat()).out;
    assert!(first.contains("as of #500, root ") && !first.contains("88.41"), "{first}");
    let refused = folder.run(&[then.as_slice(), &["99999999"]].concat());
    assert!(refused.code != Some(0) && refused.err.contains("position_ahead"), "{}", refused.err);
    let what_if = ["what-if", "--data", "@", "--unit", "gtvt", "--leaf", "1.1.1", "--json", "--points"];
    let units = |points| {
        let told = folder.must(&[what_if.as_slice(), &[points]].concat()).out;
        let told: Value = serde_json::from_str(&told).expect("json");
        told["units"].as_array().expect("units").clone()
    };
    assert!(units("0.4").iter().all(|u| u["before"] == u["after"]), "it has 0.4 points");
    let lower = units("0");
    let gtvt = lower.iter().find(|u| u["unit"] == "gtvt").expect("gtvt");
    assert_eq!((&gtvt["before"]["rank"], &gtvt["after"]["index"]), (&9.into(), &"88.01".into()));

    let checked = folder.must(&["check", "--data", "@"]).out;
    assert!(checked.starts_with("hanoi-2022, as of #"), "{checked}");
    assert!(!checked.lines().any(|l| l.starts_with("fault")), "{checked}");

    // Shown again it plays nothing new; a projection rebuilt is the same one.
    let digests = |out: &str| out.lines().filter(|l| l.contains("digest")).map(str::to_owned).collect::<Vec<_>>();
    let before = digests(&said.out);
    assert_eq!(before.len(), 2);
    let again = folder.must(&["demo", "--no-serve", "--data", "@"]);
    assert_eq!(digests(&again.out), before);
    folder.must(&["rebuild", "--data", "@"]);
    assert_eq!(digests(&folder.must(&["verify", "--data", "@"]).out), before);
}

#[test]
fn a_demo_left_half_way_goes_on_to_the_same_figures() {
    let folder = Folder::new();
    let half = folder.must(&["demo", "--no-serve", "--until", "self-scoring", "--data", "@"]);
    assert!(half.out.contains("tạm tính"), "{}", half.out);
    let whole = folder.must(&["demo", "--no-serve", "--data", "@"]);
    assert!(whole.out.contains("công bố lần 2"), "{}", whole.out);
    assert_eq!(ranking(&folder, "so")[0]["index"], "91.68");
}

#[test]
fn the_history_of_a_score_is_told_as_of_any_position() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let replay = |more: &[&str]| {
        let mut arguments = vec!["replay", "--data", "@", "--unit", "273", "--json"];
        arguments.extend(more);
        let said = folder.must(&arguments);
        serde_json::from_str::<Value>(&said.out).expect("a history")
    };
    let sheet = replay(&[]);
    let corrected = sheet["steps"].as_array().expect("steps").iter().find(|s| s["kind"] == "score_corrected");
    let corrected = corrected.expect("the appeal was upheld in part").clone();
    let leaf = corrected["leaf"].as_str().expect("a leaf").to_owned();
    let whole = replay(&["--leaf", &leaf]);
    let kinds: Vec<&str> =
        whole["steps"].as_array().expect("steps").iter().filter_map(|s| s["kind"].as_str()).collect();
    for kind in ["self_scored", "score_adjusted", "appeal_lodged", "appeal_decided", "score_corrected"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert_ne!(corrected["before"], corrected["after"]);
    let before = (corrected["position"].as_u64().expect("a position") - 1).to_string();
    let earlier = replay(&["--leaf", &leaf, "--as-of", &before]);
    let earlier = earlier["steps"].as_array().expect("steps");
    assert!(earlier.iter().all(|s| s["kind"] != "score_corrected"));
    assert_eq!(earlier.last().expect("steps")["after"], corrected["before"]);
    let unknown = folder.run(&["replay", "--data", "@", "--unit", "nobody"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("unknown"), "{}", unknown.err);
}

#[tokio::test]
async fn a_page_tells_the_history_that_the_walk_tells() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let source = Source::open(&folder.data().join("ledger.db")).await.expect("opens");
    let inspector = Inspector::new(source, Origin::parse("parindex.example/hanoi-2022/training").expect("an origin"));
    for unit in ["273", "gtvt", "002"] {
        let query = |leaf: Option<&str>| HistoryQuery {
            round: RoundId::parse("hanoi-2022").expect("a round"),
            unit: UnitId::parse(unit).expect("a unit"),
            leaf: leaf.map(|l| Code::parse(l).expect("a leaf")),
            position: None,
            at: None,
            held: None,
        };
        let sheet = inspector.replay(query(None), |_| {}).await.expect("tells");
        let touched = sheet.steps.iter().filter_map(|s| s.leaf.as_ref()).next_back().expect("a leaf").to_string();
        for leaf in [None, Some("1.1.1"), Some(touched.as_str())] {
            let walked = inspector.replay(query(leaf), |_| {}).await.expect("tells");
            assert_eq!(inspector.history(query(leaf)).await.expect("tells"), walked, "{unit} {leaf:?}");
        }
    }
}

/// The events of an export without what a token's random id brings into them.
fn facts(folder: &Folder) -> Vec<String> {
    folder.must(&["export", "--data", "@", "facts.ndjson"]);
    let exported = std::fs::read_to_string(folder.beside("facts.ndjson")).expect("exported");
    let mut facts = Vec::new();
    for line in exported.lines() {
        let event = proto::Event::decode(line.as_bytes()).expect("an event");
        let e = &event.envelope;
        let random = matches!(event.fact, proto::Fact::CredentialBound(_) | proto::Fact::LogCreated(_));
        let data = if random { Vec::new() } else { event.fact.data().expect("a form") };
        let (at, data) = (e.at, String::from_utf8_lossy(&data).into_owned());
        facts.push(format!("{} {} {} {} {at} {data}", e.position, e.stream, e.version, event.fact.kind()));
    }
    facts
}

#[test]
fn the_same_script_gives_the_same_facts_in_two_folders() {
    let (one, other) = (Folder::small_round(300), Folder::small_round(300));
    let (one, other) = (facts(&one), facts(&other));
    assert!(one.len() > 400, "{} events", one.len());
    assert_eq!(one, other);
}

#[test]
fn the_identity_database_gone_removes_no_fact() {
    let folder = Folder::small_round(50);
    let before = facts(&folder);
    for name in ["identity.db", "identity.db-wal", "identity.db-shm"] {
        let _ = std::fs::remove_file(folder.data().join(name));
    }
    folder.must(&["verify", "--data", "@"]);
    assert_eq!(facts(&folder), before);
}

#[test]
fn the_printed_table_of_2022_is_checked_as_it_was_printed() {
    let file = |name: &str| sample_round().join(name).to_str().expect("a path").to_owned();
    let (table, means) = (file("press-2023-03-23.csv"), file("press-2023-03-23-means.csv"));
    let folder = Folder::new();
    let said = folder.run(&["check", "--table", &table, "--means", &means, "--block", "so", "--json"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let found: Vec<Value> = serde_json::from_str(&said.out).expect("json");
    let units = |code: &str| {
        let of = found.iter().filter(|o| o["code"] == code);
        of.map(|o| o["units"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(units("out_of_order"), [serde_json::json!(["gtvt"]), serde_json::json!(["ngoaivu", "kcncx"])]);
    let misprint = found.iter().find(|o| o["code"] == "misprinted_value").expect("GTVT");
    let bounds = (&misprint["bounds"]["from"], &misprint["bounds"]["to"]);
    assert_eq!(bounds, (&"88.33".into(), &"88.47".into()));
    assert_eq!(misprint["corrections"], serde_json::json!(["88.41"]));
    let missing = found.iter().find(|o| o["code"] == "missing_value_if_corrected").expect("TN&MT");
    assert_eq!((&missing["bounds"]["from"], &missing["bounds"]["to"]), (&"81.01".into(), &"81.07".into()));

    std::fs::write(folder.beside("none.csv"), "place,unit,index\n").expect("writes");
    let said = folder.run(&["check", "--table", "none.csv", "--means", &means, "--block", "huyen", "--lang", "en"]);
    assert!(said.code == Some(1) && said.out.contains("mean_outside_parts"), "{}{}", said.out, said.err);
    let said = folder.run(&["check", "--table", "none.csv", "--means", &means, "--block", "xa"]);
    assert!(said.code == Some(2) && said.err.starts_with("error: table_block_missing: "), "{}", said.err);
}
