//! Sheets that are filled in offline: out of a round and back, every kind of rule, conflicts; and, beside it, what people and programs do
//! to files.

#[path = "../filled/mod.rs"]
mod filled;
mod hostile;
#[path = "../stood/mod.rs"]
mod stood;

use filled::V::{N, No, T};
use filled::{at, changed, typed, typed_of, value};
use intake::Faults;
use intake::unit_sheet::{Of, Outcome, Preview, Returned, of_appraisal, of_unit};
use proto::act::appraisal::Appraisal;
use proto::act::round::Stage;
use proto::act::sheet::ScoreSelf;
use proto::{Act, Acting};
use stood::{SAID, Stood, appraiser, code, drafter, scored, unit};

fn export(stood: &Stood) -> Vec<u8> {
    of_unit(&stood.basis(), &unit("a")).expect("a workbook")
}

fn preview(bytes: &[u8], made: &Stood, now: &Stood, acting: &Acting) -> Result<Preview, Faults> {
    Returned::open(bytes)?.preview(&made.basis(), &now.basis(), acting)
}

/// What comes of a unit's sheet where nothing happened meanwhile.
fn back(bytes: &[u8], stood: &Stood) -> Preview {
    preview(bytes, stood, stood, &drafter("a")).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The codes of all faults.
fn codes(bytes: &[u8], stood: &Stood) -> Vec<&'static str> {
    let faults = preview(bytes, stood, stood, &drafter("a")).err().unwrap_or_default();
    for fault in &faults.told {
        let told = fault.told();
        assert!(!told.vi.is_empty() && told.vi != told.en, "{told:?}");
    }
    faults.told.iter().map(|fault| fault.code).collect()
}

fn scores(preview: &Preview) -> Vec<ScoreSelf> {
    let each = preview.commands().map(|command| match &command.act {
        Act::ScoreSelf(act) => act.clone(),
        other => panic!("{other:?}"),
    });
    each.collect()
}

#[test]
fn the_same_position_gives_the_same_bytes_and_names_itself() {
    let (a, b) = (scored(), scored());
    assert!(export(&a) == export(&b));
    let sheet = |s: &Stood| of_appraisal(&s.basis(), &"so".parse().expect("an id"), &code("1"), Appraisal::First);
    assert!(sheet(&a).expect("a workbook") == sheet(&b).expect("a workbook"));
    let above = &filled::rows(&export(&a), "Phiếu")[..4];
    assert!(above[0][0].ends_with("KỲ TẬP HUẤN"), "{above:?}");
    assert!(above[3][0].contains("vị trí 10") && above[3][0].contains(&a.root.to_string()), "{above:?}");
    assert!(export(&a) != export(&b.later()), "another position is another sheet");
}

#[test]
fn a_sheet_that_comes_back_as_it_went_changes_nothing() {
    let never = Stood::new().own("a", "2.3", SAID[13].1);
    for stood in [Stood::new(), scored(), never] {
        let preview = back(&export(&stood), &stood);
        assert_eq!((preview.entries.len(), preview.count(Outcome::Unchanged)), (15, 15));
        assert_eq!((preview.commands().count(), preview.remarks.len()), (0, 0));
    }
}

/// A leaf, what is typed into its row by column, the inputs that come of it, and the points.
type Filling<'a> = (&'a str, &'a [(&'a str, filled::V<'a>)], &'a str, &'a str);

#[test]
fn every_kind_of_rule_is_read_back_as_it_was_filled_in() {
    let stood = Stood::new();
    let table: [Filling; 16] = [
        ("1.1", &[("Phương án", T("Trễ hạn"))], r#"{"option":"late"}"#, "0.5"),
        ("1.1", &[("Phương án", T("ontime"))], r#"{"option":"ontime"}"#, "1"),
        (
            "1.2",
            &[("Số liệu (1)", N("90")), ("Số liệu (2)", N("100"))],
            r#"{"figures":[{"name":"done","value":"90"},{"name":"due","value":"100"}]}"#,
            "1",
        ),
        (
            "1.3",
            &[("Số liệu (1)", T("2")), ("Số liệu (2)", N("3"))],
            r#"{"figures":[{"name":"in_time","value":"2"},{"name":"files","value":"3"}]}"#,
            "2",
        ),
        (
            "1.4",
            &[("Số liệu (1)", T("61,5")), ("Số liệu (2)", N("90"))],
            r#"{"figures":[{"name":"online","value":"61.5"},{"name":"files","value":"90"}]}"#,
            "2.05",
        ),
        ("1.5", &[("Số liệu (1)", N("2"))], r#"{"figures":[{"name":"initiatives","value":"2"}]}"#, "2"),
        ("1.6", &[("Số liệu (1)", N("9"))], r#"{"figures":[{"name":"trainings","value":"9"}]}"#, "2"),
        ("1.7", &[("Số liệu (1)", N("0"))], r#"{"figures":[{"name":"violations","value":"0"}]}"#, "3"),
        (
            "1.8",
            &[("Số liệu (1)", N("7")), ("Số liệu (2)", N("10"))],
            r#"{"figures":[{"name":"done","value":"7"},{"name":"due","value":"10"}]}"#,
            "1.5",
        ),
        ("2.1", &[("Số liệu (1)", N("87.35"))], r#"{"figures":[{"name":"value","value":"87.35"}]}"#, "6.988"),
        ("2.2", &[("Phương án", T("có"))], r#"{"option":"yes"}"#, "2"),
        ("2.3", &[("Ngày", N("44913"))], r#"{"date":"2022-12-18"}"#, "1"),
        ("2.3", &[("Ngày", T("15/12/2022"))], r#"{"date":"2022-12-15"}"#, "2"),
        ("2.3", &[("Phương án", T("Không thực hiện"))], r"{}", "0"),
        (
            "2.4",
            &[("Số liệu (1)", N("2")), ("Số liệu (2)", N("3")), ("Số liệu (3)", N("0"))],
            r#"{"figures":[{"name":"cut","value":"2"},{"name":"all","value":"3"},{"name":"overdue","value":"0"}]}"#,
            "2.67",
        ),
        (
            "2.5",
            &[("Điểm tự chấm", T("3,5")), ("Số liệu (1)", T("percent = 87,5"))],
            r#"{"figures":[{"name":"percent","value":"87.5"}]}"#,
            "3.5",
        ),
    ];
    for (leaf, cells, inputs, claimed) in table {
        let bytes = typed(&export(&stood), leaf, &[cells, &[("Giải trình", T("Có văn bản"))]].concat());
        let preview = back(&bytes, &stood);
        let acts = scores(&preview);
        let [act] = acts.as_slice() else { panic!("{leaf}: {acts:?}") };
        assert_eq!(serde_json::to_string(&act.inputs).expect("JSON"), inputs, "{leaf}");
        assert_eq!((act.leaf.as_str(), act.revision, act.explanation.as_str()), (leaf, 0, "Có văn bản"));
        assert_eq!(act.claimed.to_string(), claimed, "{leaf}");
        let command = preview.commands().next().expect("one");
        assert_eq!(command.acting, drafter("a"));
        assert_eq!(back(&bytes, &stood).commands().next(), Some(command), "sent again it is the same command");
    }
}

#[test]
fn a_claim_apart_from_the_rule_is_sent_as_it_was_typed_and_needs_its_ground() {
    let stood = Stood::new();
    let cells = [("Phương án", T("Trễ hạn")), ("Điểm tự chấm", N("0.75"))];
    assert_eq!(codes(&typed(&export(&stood), "1.1", &cells), &stood), ["ground_required"]);
    let bytes = typed(&export(&stood), "1.1", &[&cells[..], &[("Giải trình", T("Có lý do"))]].concat());
    assert_eq!(scores(&back(&bytes, &stood))[0].claimed.to_string(), "0.75");
}

#[test]
fn what_was_changed_meanwhile_is_told_and_what_both_changed_is_never_sent() {
    let made = scored();
    let bytes = typed(&export(&made), "1.1", &[("Phương án", T("Đúng thời hạn"))]);
    let bytes = typed(&bytes, "1.5", &[("Số liệu (1)", N("4"))]);
    let bytes = typed(&bytes, "1.6", &[("Số liệu (1)", N("6"))]);
    let four = (r#"{"figures":[{"name":"initiatives","value":"4"}]}"#, None, "quyết định công nhận");
    let now = scored()
        .own("a", "1.1", (r#"{"option":"ontime"}"#, None, "lý do khác"))
        .own("a", "1.5", four)
        .own("a", "1.7", (r#"{"figures":[{"name":"violations","value":"2"}]}"#, None, ""))
        .later();
    let preview = preview(&bytes, &made, &now, &drafter("a")).expect("no fault");
    let outcome = |leaf: &str| preview.entries.iter().find(|e| e.leaf.as_str() == leaf).expect("an entry").outcome;
    assert_eq!(
        ["1.1", "1.5", "1.6", "1.7", "1.2"].map(outcome),
        [Outcome::Conflict, Outcome::Done, Outcome::Changed, Outcome::Elsewhere, Outcome::Unchanged]
    );
    let acts = scores(&preview);
    assert_eq!(acts.iter().map(|a| a.leaf.as_str()).collect::<Vec<_>>(), ["1.6"]);
    let conflict = &preview.entries[0];
    assert_eq!((conflict.seen, conflict.revision), (1, 14));
    assert!(conflict.was.vi.contains("Trễ hạn") && conflict.wanted.vi.contains("Đúng thời hạn"), "{conflict:?}");
}

#[test]
fn evidence_that_is_attached_stays_attached() {
    let evidence = || proto::act::sheet::Evidence {
        address: proto::Hash([1; 32]),
        size: 7,
        media_type: "application/pdf".to_owned(),
        page: "2".to_owned(),
        digest_commitment: proto::Hash([2; 32]),
        name_commitment: proto::Hash([3; 32]),
    };
    let mut stood = scored();
    stood.round.units[0].sheet.scores[0].evidence.push(evidence());
    assert_eq!(value(&export(&stood), "Số tệp", "1.1", None), "1");
    let bytes = typed(&export(&stood), "1.1", &[("Phương án", T("Đúng thời hạn")), ("Giải trình", No)]);
    let acts = scores(&back(&bytes, &stood));
    assert_eq!((acts[0].evidence.as_slice(), acts[0].explanation.as_str()), (&[evidence()][..], ""));
}

#[test]
fn rows_that_are_gone_or_stand_elsewhere_are_told_and_keep_nothing_back() {
    let stood = scored();
    let row = |bytes: &[u8], leaf: &str| at(bytes, "Mã", leaf, None)[1..].to_owned();
    let bytes = typed(&export(&stood), "1.1", &[("Phương án", T("Đúng thời hạn"))]);
    let gone = row(&bytes, "1.3");
    let bytes = changed(&bytes, "sheet1.xml", |xml| {
        let begin = xml.find(&format!("<row r=\"{gone}\"")).expect("the row");
        let end = begin + xml[begin..].find("</row>").expect("its end") + 6;
        format!("{}{}", &xml[..begin], &xml[end..])
    });
    let preview = back(&bytes, &stood);
    assert_eq!((preview.entries.len(), preview.commands().count()), (14, 1));
    assert_eq!(preview.remarks.iter().map(|r| r.code).collect::<Vec<_>>(), ["row_missing"]);
    assert!(preview.remarks[0].what.vi.contains("1.3"), "{:?}", preview.remarks);

    let (one, two) = (row(&bytes, "1.5"), row(&bytes, "1.6"));
    let bytes = changed(&bytes, "sheet1.xml", |xml| {
        let take = |n: &str| {
            let begin = xml.find(&format!("<row r=\"{n}\"")).expect("the row");
            (begin, begin + xml[begin..].find("</row>").expect("its end") + 6)
        };
        let renumbered = |text: &str, from: &str, to: &str| {
            let mut text = text.replacen(&format!("r=\"{from}\""), &format!("r=\"{to}\""), 1);
            for column in 'A'..='Z' {
                text = text.replace(&format!("\"{column}{from}\""), &format!("\"{column}{to}\""));
            }
            text
        };
        let ((a, b), (c, d)) = (take(&one), take(&two));
        let (first, second) = (renumbered(&xml[c..d], &two, &one), renumbered(&xml[a..b], &one, &two));
        format!("{}{first}{}{second}{}", &xml[..a], &xml[b..c], &xml[d..])
    });
    let preview = back(&bytes, &stood);
    assert_eq!(preview.remarks.iter().map(|r| r.code).collect::<Vec<_>>(), ["row_missing", "row_moved"]);
    assert_eq!((preview.count(Outcome::Unchanged), preview.commands().count()), (13, 1));
}

fn appraisal(stood: &Stood, which: Appraisal) -> Vec<u8> {
    of_appraisal(&stood.basis(), &"so".parse().expect("an id"), &code("1"), which).expect("a workbook")
}

#[test]
fn an_appraisers_decisions_are_read_back_as_acts() {
    let stood = scored().own("b", "1.1", SAID[0].1);
    let bytes = appraisal(&stood, Appraisal::First);
    assert!(matches!(Returned::open(&bytes).expect("opens").card.of, Of::Appraisal { .. }));
    let untouched = preview(&bytes, &stood, &stood, &appraiser()).expect("no fault");
    assert_eq!((untouched.entries.len(), untouched.count(Outcome::Unchanged)), (16, 16));
    let bytes = typed_of(&bytes, "1.1", Some("a"), &[("Quyết định", T("công nhận"))]);
    let cells = [("Quyết định", T("Điều chỉnh")), ("Số liệu (1)", N("2")), ("Lý do", T("Chỉ có hai quyết định"))];
    let bytes = typed_of(&bytes, "1.5", Some("a"), &cells);
    let cells = [("Quyết định", T("yêu cầu giải trình")), ("Lý do", T("Chưa rõ ngày"))];
    let bytes = typed_of(&bytes, "1.1", Some("b"), &cells);
    let preview = preview(&bytes, &stood, &stood, &appraiser()).unwrap_or_else(|f| panic!("{f}"));
    let acts: Vec<&Act> = preview.commands().map(|c| &c.act).collect();
    let [Act::ConfirmScore(confirm), Act::AdjustScore(adjust), Act::FlagScore(flag)] = acts.as_slice() else {
        panic!("{acts:?}")
    };
    assert_eq!((confirm.unit.as_str(), confirm.leaf.as_str(), confirm.revision), ("a", "1.1", 1));
    assert_eq!((adjust.points.to_string().as_str(), adjust.reason.as_str()), ("2", "Chỉ có hai quyết định"));
    assert_eq!(adjust.inputs.figures[0].value.to_string(), "2");
    assert_eq!((flag.unit.as_str(), flag.reason.as_str()), ("b", "Chưa rõ ngày"));
}

#[test]
fn a_decision_that_says_too_little_or_too_much_is_refused_by_its_code() {
    let stood = scored();
    let table: [(&str, &[(&str, filled::V)]); 8] = [
        ("decision_missing", &[("Lý do", T("x"))]),
        ("decision_missing", &[("Số liệu (1)", N("1"))]),
        ("decision_takes_less", &[("Quyết định", T("công nhận")), ("Lý do", T("x"))]),
        ("decision_takes_less", &[("Quyết định", T("công nhận")), ("Điểm thẩm định", N("1"))]),
        ("decision_takes_less", &[("Quyết định", T("yêu cầu giải trình")), ("Số liệu (1)", N("1"))]),
        ("reason_required", &[("Quyết định", T("điều chỉnh")), ("Số liệu (1)", N("1"))]),
        ("claimed_differs", &[("Quyết định", T("điều chỉnh")), ("Điểm thẩm định", N("1")), ("Lý do", T("x"))]),
        ("cell_not_word", &[("Quyết định", T("đồng ý"))]),
    ];
    for (code, cells) in table {
        let bytes = typed_of(&appraisal(&stood, Appraisal::First), "1.5", Some("a"), cells);
        let faults = preview(&bytes, &stood, &stood, &appraiser()).err().unwrap_or_default();
        assert!(faults.told.iter().any(|f| f.code == code), "{code} is not among {faults}");
    }
    let unscored = typed_of(&appraisal(&stood, Appraisal::First), "1.5", Some("b"), &[("Quyết định", T("công nhận"))]);
    let faults = preview(&unscored, &stood, &stood, &appraiser()).expect_err("nothing to confirm");
    assert_eq!(faults.told[0].code, "not_scored");
}

#[test]
fn a_decision_on_a_score_that_moved_is_a_conflict_and_one_that_stands_is_done() {
    let made = scored();
    let bytes = appraisal(&made, Appraisal::First);
    let bytes = typed_of(&bytes, "1.1", Some("a"), &[("Quyết định", T("công nhận"))]);
    let bytes = typed_of(&bytes, "1.5", Some("a"), &[("Quyết định", T("công nhận"))]);
    let now = scored()
        .with("a", "1.1", (r#"{"option":"late"}"#, None, ""), Stage::First)
        .with("a", "1.5", (r#"{"figures":[{"name":"initiatives","value":"1"}]}"#, None, "khác"), Stage::First)
        .later();
    let preview = preview(&bytes, &made, &now, &appraiser()).expect("no fault");
    let outcome = |leaf: &str| preview.entries.iter().find(|e| e.leaf.as_str() == leaf).expect("an entry").outcome;
    assert_eq!(["1.1", "1.5"].map(outcome), [Outcome::Done, Outcome::Conflict]);
    assert_eq!(preview.commands().count(), 0);
}
