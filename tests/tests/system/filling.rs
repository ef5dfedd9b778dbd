//! A unit's sheet filled in on pages, through a browser's eyes: every kind of rule by its fields, what is wrong beside the field that it
//! is about, two people on one leaf, the chief's signature; and the same events as by typing.

use serde_json::Value;

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::unit_sheets::{SAID, UNIT, by_typing, data, round};

const SHEET: &str = "/rounds/hanoi-2022/units/ldtbxh/fill";

/// A leaf, and what is typed into its fields.
type Typed = (&'static str, &'static [(&'static str, &'static str)]);

/// A leaf, what is typed into its fields, where its fault stands, and what that says.
type Faulty = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

/// The same as `unit_sheets` fills into a workbook, as somebody types it here.
const TYPED: [Typed; 13] = [
    ("1.1", &[("option", "late")]),
    ("1.2", &[("figure.done", "91"), ("figure.due", "100")]),
    ("1.3", &[("figure.in_time", "2"), ("figure.files", "3")]),
    ("1.4", &[("figure.online", "61,5"), ("figure.files", "90")]),
    ("1.5", &[("figure.initiatives", "3")]),
    ("1.6", &[("figure.trainings", "5")]),
    ("1.7", &[("figure.violations", "1")]),
    ("1.8", &[("figure.done", "7"), ("figure.due", "10")]),
    ("2.1", &[("figure.value", "87,35")]),
    ("2.2", &[("option", "yes")]),
    ("2.3", &[("day", "2022-12-18")]),
    ("2.4", &[("figure.cut", "2"), ("figure.all", "3"), ("figure.overdue", "0")]),
    ("2.5", &[("points", "3,5")]),
];

fn leaf(code: &str) -> String {
    format!("{SHEET}/{code}")
}

async fn saves(browser: &mut Browser<'_>, code: &str, fields: &[(&str, &str)]) -> Got {
    let page = browser.opens(&leaf(code)).await;
    browser.fills(&page, &leaf(code), fields).await
}

fn said(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [fields, &[("explanation", SAID), ("do", "save")]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_filled_in_on_pages_makes_the_events_that_typing_makes_and_its_chief_signs_it() {
    let server = Server::over(round(), "127.0.0.1:0");
    let other = server.folder.copy();
    let (mut drafter, mut chief) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "ldtbxh-c").await);
    let begun = chief.opens(SHEET).await;
    assert!(begun.html.contains("còn thiếu 13 tiêu chí"), "{}", begun.html);
    assert!(begun.html.contains("0 / 13 tiêu chí") && begun.html.contains("13 tiêu chí chưa chấm"), "{}", begun.html);
    for (code, fields) in TYPED {
        // What is only calculated is not on record.
        let tried = saves(&mut drafter, code, &[&said(fields)[..fields.len()], &[("do", "calculate")]].concat()).await;
        assert_eq!(tried.status, 200, "{code}: {}", tried.html);
        assert!(code == "2.5" || tried.html.contains("Theo quy tắc: "), "{code}: {}", tried.html);
        let saved = saves(&mut drafter, code, &said(fields)).await;
        assert_eq!(saved.status, 303, "{code}: {}", saved.html);
        assert!(drafter.opens(&saved.to).await.html.contains("Đã lưu: sự kiện #"), "{code}");
    }
    assert_eq!(
        (data(&server.folder, "self_scored").len(), data(&server.folder, "self_scored")),
        (13, by_typing(&other))
    );

    // The drafter cannot sign; the chief signs what he has seen, and nothing else.
    let seen = chief.opens(SHEET).await;
    let page = drafter.opens(&leaf("1.1")).await;
    let stale = drafter.fills(&page, &leaf("1.1"), &said(&[("option", "ontime")])).await;
    assert_eq!(stale.status, 303);
    let refused = chief.fills(&seen, "/rounds/hanoi-2022/units/ldtbxh/sign", &[]).await;
    assert_eq!(refused.status, 409, "{}", refused.html);
    let seen = chief.opens(SHEET).await;
    let of_drafter = drafter.opens(&leaf("1.1")).await;
    let (version, digest) = (seen.value("version").expect("shown"), seen.value("digest").expect("shown"));
    let forged = [("version", version.as_str()), ("digest", digest.as_str())];
    let refused = drafter.fills(&of_drafter, "/rounds/hanoi-2022/units/ldtbxh/sign", &forged).await;
    assert_eq!(refused.status, 403, "{}", refused.html);
    let signed = chief.fills(&seen, "/rounds/hanoi-2022/units/ldtbxh/sign", &[]).await;
    assert!(signed.to.starts_with(&format!("{SHEET}?done=signed&position=")), "{}", signed.html);
    let locked = drafter.opens(&leaf("1.1")).await;
    assert!(locked.html.contains("Phiếu đã khóa") && !locked.html.contains("name=\"explanation\""), "{}", locked.html);

    // What was taken back is open again, and a withdrawal needs its reason.
    let seen = chief.opens(SHEET).await;
    for (reason, status) in [(" ", 422), ("Nhập thiếu (minh họa)", 303)] {
        let withdrawn = chief.fills(&seen, "/rounds/hanoi-2022/units/ldtbxh/withdraw", &[("reason", reason)]).await;
        assert_eq!(withdrawn.status, status, "{}", withdrawn.html);
    }
    assert!(drafter.opens(&leaf("1.1")).await.html.contains("name=\"explanation\""));
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_leaf_does_not_apply_is_claimed_with_its_ground_where_the_rulebook_allows_it() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    assert!(!drafter.opens(&leaf("1.1")).await.html.contains("name=\"ground\""));
    let page = drafter.opens(&leaf("2.2")).await;
    for (ground, status) in [("\r\n ", 422), ("Không có quy chế phải phối hợp (minh họa)", 303)] {
        let claimed = drafter.fills(&page, &leaf("2.2/exempt"), &[("ground", ground)]).await;
        assert_eq!(claimed.status, status, "{}", claimed.html);
    }
    let sheet = drafter.opens(SHEET).await;
    assert!(sheet.html.contains("1 / 13 tiêu chí") && sheet.html.contains("đề nghị không áp dụng"), "{}", sheet.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_on_one_leaf_the_second_is_told_and_overwrites_nothing() {
    let server = Server::over(round(), "127.0.0.1:0");
    let (mut one, mut two) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "ldtbxh-c").await);
    let (first, second) = (one.opens(&leaf("1.5")).await, two.opens(&leaf("1.5")).await);
    let typed =
        |count: &'static str, why: &'static str| [("figure.initiatives", count), ("explanation", why), ("do", "save")];
    assert_eq!(one.fills(&first, &leaf("1.5"), &typed("3", "ba sáng kiến (minh họa)")).await.status, 303);
    let told = two.fills(&second, &leaf("1.5"), &typed("2", "hai sáng kiến (minh họa)")).await;
    assert_eq!(told.status, 409, "{}", told.html);
    for shown in
        ["(bản 0, nay là bản 1)", "ba sáng kiến (minh họa)", ">hai sáng kiến (minh họa)</textarea>", "value=\"2\""]
    {
        assert!(told.html.contains(shown), "{shown}: {}", told.html);
    }
    assert_eq!(data(&server.folder, "self_scored").len(), 1);
    // He has seen what stands there now, and what he chooses and sends again goes on from that.
    let own = [("choose.figure.initiatives", "mine"), ("choose.explanation", "mine")];
    let again = [&own[..], &typed("2", "hai (minh họa)")].concat();
    assert_eq!(two.fills(&told, &leaf("1.5"), &again).await.status, 303);
    let scores = data(&server.folder, "self_scored");
    let revisions: Vec<&Value> = scores.iter().map(|score| &score["revision"]).collect();
    assert_eq!(revisions, [0, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_people_changed_of_one_leaf_is_merged_field_by_field_and_what_both_changed_is_chosen() {
    let server = Server::over(round(), "127.0.0.1:0");
    let (mut one, mut two) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "ldtbxh-c").await);
    let to = leaf("1.2");
    let typed = |done: &'static str, due: &'static str, why: &'static str| {
        [("figure.done", done), ("figure.due", due), ("explanation", why), ("do", "save")]
    };
    let stands = || {
        let scores = data(&server.folder, "self_scored");
        let last = scores.iter().rfind(|score| score["leaf"] == "1.2").cloned().expect("a score");
        let figures = last["inputs"]["figures"].as_array().expect("figures").iter().map(|figure| &figure["value"]);
        let figures: Vec<Value> = figures.cloned().collect();
        (scores.len(), figures, last["explanation"].clone(), last["revision"].clone())
    };
    let page = one.opens(&to).await;
    assert_eq!(one.fills(&page, &to, &typed("91", "100", "một (minh họa)")).await.status, 303);

    // Different fields: nothing must be chosen, and one click sends what comes of both.
    let (first, second) = (one.opens(&to).await, two.opens(&to).await);
    assert_eq!(one.fills(&first, &to, &typed("92", "100", "một (minh họa)")).await.status, 303);
    let merged = two.fills(&second, &to, &typed("91", "100", "hai (minh họa)")).await;
    assert_eq!(merged.status, 409, "{}", merged.html);
    for shown in ["Lưu bản đã gộp", "của người khác", ">hai (minh họa)</textarea>", "<td>91</td><td>92</td><td>91</td>"]
    {
        assert!(merged.html.contains(shown), "{shown}: {}", merged.html);
    }
    assert!(!merged.html.contains("choose."), "{}", merged.html);
    assert_eq!(merged.value("figure.done").as_deref(), Some("92"), "theirs is taken where he changed nothing");
    assert_eq!(two.fills(&merged, &to, &typed("92", "100", "hai (minh họa)")).await.status, 303);
    let both = vec![Value::from("92"), Value::from("100")];
    assert_eq!(stands(), (3, both, Value::from("hai (minh họa)"), Value::from(2)));

    // The same field: it is chosen, and until then nothing goes on record. What is typed stays.
    let (first, second) = (one.opens(&to).await, two.opens(&to).await);
    assert_eq!(one.fills(&first, &to, &typed("93", "100", "hai (minh họa)")).await.status, 303);
    let contested = two.fills(&second, &to, &typed("90", "101", "hai (minh họa)")).await;
    assert_eq!(contested.status, 409, "{}", contested.html);
    assert_eq!(contested.value("contested").as_deref(), Some("figure.done"), "{}", contested.html);
    assert_eq!(contested.value("figure.done").as_deref(), Some("90"));
    let open = two.fills(&contested, &to, &typed("90", "101", "hai (minh họa)")).await;
    assert_eq!(open.status, 422, "{}", open.html);
    assert!(open.html.contains("Chưa chọn cho ô") && open.html.contains("choose.figure.done"), "{}", open.html);
    assert_eq!(stands().0, 4, "nothing was overwritten");
    let chosen = [&[("choose.figure.done", "theirs")][..], &typed("90", "101", "hai (minh họa)")].concat();
    let sent = two.fills(&open, &to, &chosen).await;
    assert_eq!(sent.status, 303, "{}", sent.html);
    let both = vec![Value::from("93"), Value::from("101")];
    assert_eq!(stands(), (5, both, Value::from("hai (minh họa)"), Value::from(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_options_are_told_in_the_language_of_the_page() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    for (code, _) in TYPED {
        let page = drafter.opens(&format!("{}?lang=en", leaf(code))).await.html;
        let rule = page.split("<dt>Rule</dt><dd>").nth(1).and_then(|rest| rest.split("</dd>").next()).expect("a rule");
        for vietnamese in ["điểm", "Tỷ lệ", "Mẫu số", "Hạn ", "Chọn", "Không thực hiện"] {
            assert!(!rule.contains(vietnamese), "{code}: {rule}");
        }
        assert!(!page.contains("<dd lang=\"vi\">") && !page.contains("<span lang=\"vi\">"), "{code}");
        let page = drafter.opens(&leaf(code)).await.html;
        assert!(page.contains("<dt>Quy tắc chấm</dt><dd>"), "{code}: {page}");
    }
    let said = drafter.opens(&format!("{}?lang=en", leaf("1.2"))).await.html;
    assert!(said.contains("Ratio % = (1)") && said.contains("from"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let server = Server::over(round(), "127.0.0.1:0");
    let mut drafter = signed_in(&server, "ldtbxh-d").await;
    let table: [Faulty; 11] = [
        ("1.2", &[("figure.done", "91"), ("figure.due", "một trăm")], "figure.due-fault", "cần số"),
        ("1.2", &[("figure.done", "1.234"), ("figure.due", "2000")], "figure.done-fault", "dấu chấm có thể là"),
        ("1.2", &[("figure.done", "101"), ("figure.due", "100")], "role=\"alert\"", "vượt"),
        ("1.2", &[("figure.done", "1")], "role=\"alert\"", "figure"),
        ("1.1", &[("option", "never-heard-of")], "option-fault", "cần một trong"),
        ("1.1", &[], "role=\"alert\"", "thiếu phương án"),
        ("2.3", &[("day", "ngày mai")], "day-fault", "cần ngày"),
        ("2.3", &[("day", "2022-12-18"), ("option", "never")], "day-fault", "cần một trong hai"),
        ("2.5", &[("points", "4,25")], "points-fault", ""),
        ("2.5", &[("points", "-1")], "points-fault", ""),
        ("2.5", &[], "points-fault", "phải ghi điểm"),
    ];
    for (code, fields, place, told) in table {
        let typed = [fields, &[("explanation", "<script>alert(1)</script>\"'&"), ("do", "save")]].concat();
        let got = saves(&mut drafter, code, &typed).await;
        assert_eq!(got.status, 422, "{code} {fields:?}: {}", got.html);
        assert!(got.html.contains(place) && got.html.contains(told), "{code} {fields:?}: {}", got.html);
        assert!(!got.html.contains("<script>alert"), "escaped");
        for (name, value) in fields.iter().filter(|(name, _)| *name != "option") {
            assert_eq!(got.value(name).as_deref(), Some(*value), "{code}: what was typed stays");
        }
    }
    assert!(data(&server.folder, "self_scored").is_empty());

    // A form sent twice is one act; accents that are put together otherwise are the same text.
    let page = drafter.opens(&leaf("2.2")).await;
    let typed = [("option", "yes"), ("explanation", "Có ba\u{309}ng\r\nhai dòng"), ("do", "save")];
    for _ in 0..2 {
        assert_eq!(drafter.fills(&page, &leaf("2.2"), &typed).await.status, 303);
    }
    let scores = data(&server.folder, "self_scored");
    assert_eq!((scores.len(), &scores[0]["explanation"]), (1, &Value::from("Có bảng\nhai dòng")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_shown_to_those_who_may_have_it_and_changed_by_its_own_people_alone() {
    let server = Server::over(round(), "127.0.0.1:0");
    let nobody = Browser::new(&server).opens(SHEET).await;
    assert!(nobody.status == 303 && nobody.to.starts_with("/sign-in?next=/rounds/hanoi-2022/units/ldtbxh/fill"));
    let (mut drafter, mut stranger) = (signed_in(&server, "ldtbxh-d").await, signed_in(&server, "yte-d").await);
    let mut inspector = signed_in(&server, "insp-1").await;
    let page = drafter.opens(&leaf("1.1")).await;
    for path in [SHEET.to_owned(), leaf("1.1")] {
        let got = stranger.opens(&path).await;
        assert!(got.status == 403 && !got.html.contains("csrf\" value"), "{path}: {}", got.html);
    }
    let read = inspector.opens(&leaf("1.1")).await;
    assert!(read.status == 200 && read.html.contains("chỉ xem được"), "{}", read.html);
    // Whatever a form says, its sender is who is signed in, and the form is one of his session's.
    let typed = [("option", "late"), ("explanation", "x"), ("do", "save")];
    assert_eq!(stranger.fills(&page, &leaf("1.1"), &typed).await.status, 403, "a form of another's session");
    for who in [&mut stranger, &mut inspector] {
        let own = who.csrf("/me").await;
        let forged = [("csrf", own.as_str()), ("command", &page.value("command").expect("one")), ("revision", "0")];
        let got = who.sends(&leaf("1.1"), &[&forged[..], &typed].concat()).await;
        assert_eq!(got.status, 403, "{}", got.html);
    }
    for (path, code) in [("/rounds/nowhere/units/ldtbxh/fill", 404), ("/rounds/hanoi-2022/units/nowhere/fill", 404)] {
        assert_eq!(drafter.opens(path).await.status, code);
    }
    assert_eq!(drafter.opens(&leaf("9.9")).await.status, 404);
    let bad = drafter.fills(&page, &leaf("1.1"), &[("revision", "x")]).await;
    assert_eq!(bad.status, 400, "{}", bad.html);
    assert!(data(&server.folder, "self_scored").is_empty());
    assert_eq!(UNIT, "ldtbxh");
}
