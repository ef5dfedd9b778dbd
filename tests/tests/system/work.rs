//! The pages of a round's work over HTTP: what an appraiser, the secretariat and the council do there, who may not, what is refused and
//! what becomes of what was typed.

use serde_json::Value;
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::signed_in;
use super::chromium::{moved, small};
use super::unit_sheets::{data, id, play};

const ROUND: &str = "/rounds/hanoi-2022";

/// What is typed into a form's fields.
type Typed<'t> = &'t [(&'t str, &'t str)];

fn case(leaf: &str) -> String {
    format!("{ROUND}/units/ldtbxh/appraise/{leaf}")
}

/// A small round in its first appraisal: one unit has scored three leaves and claimed that the fourth does not apply.
pub fn appraised() -> Folder {
    let folder = small();
    let line = |n: u8, kind: &str, capacity: &str, data: Value| {
        let actor = if capacity == "chief" { "ldtbxh-c" } else { "ldtbxh-d" };
        let command =
            serde_json::json!({ "id": id(n), "capacity": capacity, "unit": "ldtbxh", "kind": kind, "data": data });
        format!("{}\n", serde_json::json!({ "at": "2022-11-03T02:00:00.000000Z", "actor": actor, "command": command }))
    };
    let score = |n: u8, leaf: &str, inputs: Value, claimed: &str| {
        let data = serde_json::json!({ "round": "hanoi-2022", "unit": "ldtbxh", "leaf": leaf, "revision": 0, "inputs": inputs,
            "claimed": claimed, "explanation": "Văn bản kèm theo (minh họa)" });
        line(n, "score_self", "drafter", data)
    };
    let figures =
        serde_json::json!({ "figures": [{ "name": "done", "value": "95" }, { "name": "due", "value": "100" }] });
    let mut lines = score(20, "1.1", serde_json::json!({ "option": "ontime" }), "1");
    lines += &score(21, "1.2", figures, "2");
    lines += &score(22, "2.5", serde_json::json!({}), "3.5");
    let ground = serde_json::json!({ "round": "hanoi-2022", "unit": "ldtbxh", "leaf": "2.2", "revision": 0, "ground": "Không có (minh họa)" });
    lines += &line(23, "claim_exemption", "drafter", ground);
    play(&folder, &lines);
    // What the chief signs, he reads on his page.
    let server = Server::over(folder, "127.0.0.1:0");
    let signing = async {
        let mut chief = signed_in(&server, "ldtbxh-c").await;
        let seen = chief.opens(&format!("{ROUND}/units/ldtbxh/fill")).await;
        let hidden = ["csrf", "command", "version", "digest"].map(|name| (name, seen.value(name).expect("shown")));
        let hidden: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(chief.sends(&format!("{ROUND}/units/ldtbxh/sign"), &hidden).await.status, 303);
    };
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(signing));
    let (folder, _) = server.stop();
    moved(&folder, 2, "2022-12-08T02:00:00.000000Z");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_confirmed_at_once_each_of_them_once_and_what_was_not_is_named() {
    let server = Server::over(appraised(), "127.0.0.1:0");
    let mut one = signed_in(&server, "apr-8").await;
    let list = one.opens(&format!("{ROUND}/appraise?waiting=1")).await;
    assert!(list.html.contains("Thẩm định lần 1") && list.html.contains("2 chờ / 4"), "{}", list.html);
    assert!(list.html.contains("value=\"ldtbxh/1.1/1\"") && !list.html.contains("ldtbxh/2.5"), "his field alone");
    // The third row is of a field that is not his.
    let rows = [("row", "ldtbxh/1.1/1"), ("row", "ldtbxh/1.2/2"), ("row", "ldtbxh/2.5/3")];
    let told = one.fills(&list, &format!("{ROUND}/appraise?waiting=1"), &rows).await;
    assert_eq!(told.status, 409, "{}", told.html);
    assert!(told.html.contains("Đã công nhận 2 điểm; 1 điểm chưa công nhận được:"), "{}", told.html);
    assert!(told.html.contains(", 2.5: ") && !told.html.contains(", 1.2: "), "{}", told.html);
    assert_eq!(data(&server.folder, "score_confirmed").len(), 2);
    // What has moved on since is not confirmed over it.
    let all = one.opens(&format!("{ROUND}/appraise")).await;
    let stale = one.fills(&all, &format!("{ROUND}/appraise"), &[("row", "ldtbxh/1.1/1")]).await;
    assert!(stale.status == 409 && stale.html.contains(", 1.1: "), "{}", stale.html);
    // The same form again confirms nothing twice.
    let again = one.fills(&list, &format!("{ROUND}/appraise"), &rows[..1]).await;
    assert!(again.status == 200 && again.html.contains("Đã công nhận 1 điểm"), "{}", again.html);
    assert_eq!(data(&server.folder, "score_confirmed").len(), 2);
    for (fields, status) in [(&[][..], 422), (&[("row", "ldtbxh")][..], 400), (&[("row", "a/b/c/d")][..], 400)] {
        assert_eq!(one.fills(&list, &format!("{ROUND}/appraise"), fields).await.status, status, "{fields:?}");
    }
    // Who belongs to a unit does not appraise it; who appraises nothing only reads.
    let read = signed_in(&server, "council-1").await.opens(&format!("{ROUND}/appraise")).await;
    assert!(read.html.contains("Bạn chỉ xem được") && !read.html.contains("name=\"row\""), "{}", read.html);
    assert_eq!(signed_in(&server, "yte-d").await.opens(&format!("{ROUND}/appraise")).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_is_adjusted_asked_about_or_excused_with_a_reason_and_by_its_appraiser_alone() {
    let server = Server::over(appraised(), "127.0.0.1:0");
    let (mut one, mut two) = (signed_in(&server, "apr-8").await, signed_in(&server, "apr-9").await);
    let page = one.opens(&case("1.1")).await;
    for shown in ["Văn bản kèm theo (minh họa)", "Tự chấm điểm", "Đúng thời hạn", "Thẩm định lần 1"]
    {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    // Without a reason, or off the rule, nothing is recorded, and what was typed stays.
    let table: [(Typed, &str, &str); 4] = [
        (&[("option", "late"), ("do", "adjust")], "explanation-fault", "lý do"),
        (&[("option", "late"), ("points", "9"), ("explanation", "x"), ("do", "adjust")], "points-fault", ""),
        (&[("option", "never-heard-of"), ("explanation", "<b>x"), ("do", "adjust")], "option-fault", "cần một trong"),
        (&[("question", " "), ("do", "flag")], "role=\"alert\"", "lý do"),
    ];
    for (fields, place, told) in table {
        let got = one.fills(&page, &case("1.1"), fields).await;
        assert!(got.status == 422 && got.html.contains(place) && got.html.contains(told), "{fields:?}: {}", got.html);
        assert!(!got.html.contains("<b>x"), "escaped");
    }
    // Only calculated, it is not on record; then it is, once.
    let typed = [("option", "late"), ("explanation", "Ban hành sau hạn (minh họa)")];
    let tried = one.fills(&page, &case("1.1"), &[&typed[..], &[("do", "calculate")]].concat()).await;
    assert!(tried.status == 200 && tried.html.contains("Theo quy tắc: 0,5 điểm"), "{}", tried.html);
    assert!(data(&server.folder, "score_adjusted").is_empty());
    for _ in 0..2 {
        let done = one.fills(&page, &case("1.1"), &[&typed[..], &[("do", "adjust")]].concat()).await;
        assert_eq!(done.status, 303, "{}", done.html);
    }
    let adjusted = data(&server.folder, "score_adjusted");
    assert_eq!((adjusted.len(), &adjusted[0]["act"]["points"]), (1, &Value::from("0.5")));
    // A page of before that goes over what stands now.
    let stale = one.fills(&page, &case("1.1"), &[("command", &id(99)), ("do", "confirm")]).await;
    assert!(stale.status == 409 && stale.html.contains("role=\"alert\""), "{}", stale.html);
    let now = one.opens(&case("1.1")).await;
    assert!(now.html.contains("Ban hành sau hạn (minh họa)"), "the reason is told and offered: {}", now.html);

    // Another's field is neither seen nor decided; a reader sees and decides nothing.
    assert_eq!(one.opens(&case("2.2")).await.status, 403);
    let csrf = one.csrf("/me").await;
    let forged = [
        ("csrf", csrf.as_str()),
        ("command", &id(98)),
        ("revision", "4"),
        ("appraisal", "first"),
        ("do", "accept"),
        ("ground", "x"),
    ];
    assert_eq!(one.sends(&case("2.2"), &forged).await.status, 403);
    let mut inspector = signed_in(&server, "insp-1").await;
    let read = inspector.opens(&case("2.2")).await;
    assert!(read.status == 200 && !read.html.contains("name=\"ground\""), "{}", read.html);
    let page = two.opens(&case("2.2")).await;
    let done = two.fills(&page, &case("2.2"), &[("ground", "Đúng là không có (minh họa)"), ("do", "accept")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert_eq!(data(&server.folder, "exemption_accepted").len(), 1);
    for (path, status) in [(case("1.9"), 404), (case("%20"), 404), (format!("{ROUND}/units/nowhere/appraise/1.1"), 404)]
    {
        assert_eq!(one.opens(&path).await.status, status, "{path}");
    }
    let bad = one.fills(&now, &case("1.1"), &[("do", "everything")]).await;
    assert_eq!(bad.status, 400, "{}", bad.html);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_refused_stands_there_again_with_what_was_typed() {
    let server = Server::over(appraised(), "127.0.0.1:0");
    let mut secretary = signed_in(&server, "sec-1").await;
    let work = secretary.opens(&format!("{ROUND}/work")).await;
    assert!(work.html.contains("3 / 4") || work.html.contains("4 / 4"), "how far the units are: {}", work.html);
    let hostile = "\"><script>alert(1)</script>";
    let extend = |until: &'static str, reason: &'static str| {
        [("phase", "first_appraisal"), ("unit", ""), ("until", until), ("reason", reason)]
    };
    let place = format!("{ROUND}/acts/extend");
    // Not later than the deadline; no reason; no moment at all.
    for (until, reason, status) in
        [("2022-12-10T17:00", hostile, 422), ("2023-01-07T17:00", " ", 422), ("ngày mai", hostile, 400)]
    {
        let got = secretary.fills(&work, &place, &extend(until, reason)).await;
        assert_eq!(got.status, status, "{until}: {}", got.html);
        assert!(got.html.contains("Chưa ghi được") && !got.html.contains("<script>alert"), "{}", got.html);
        assert_eq!(got.value("until").as_deref(), Some(until), "what was typed stays");
        assert!(got.html.contains("<option value=\"first_appraisal\" selected>"), "{}", got.html);
    }
    assert!(!server.folder.must(&["export", "--data", "@", "log.ndjson"]).out.is_empty());
    let log = || {
        server.folder.must(&["export", "--data", "@", "log.ndjson"]);
        std::fs::read_to_string(server.folder.beside("log.ndjson")).expect("the log")
    };
    assert!(!log().contains("deadline_extended"));
    for _ in 0..2 {
        let got = secretary.fills(&work, &place, &extend("2023-01-07T17:00", "Thiên tai (minh họa)")).await;
        assert!(got.status == 303 && got.to.starts_with(&format!("{ROUND}/work?position=")), "{}", got.html);
    }
    assert_eq!(log().matches("\"kind\":\"deadline_extended\"").count(), 1, "sent twice, it is one act");
    assert!(log().contains("2023-01-07T10:00:00.000000Z"), "as Vietnamese clocks have it");

    // What no form of ours sends.
    let table: [(&str, Typed, u16); 7] = [
        ("extend", &[("phase", "lunch"), ("until", "2023-01-07T17:00")], 400),
        ("vote", &[("decision", "qn-1"), ("vote", "maybe"), ("manner", "meeting")], 400),
        ("vote", &[("decision", "qn-1"), ("vote", "for"), ("manner", "meeting")], 403),
        ("publish", &[("publication", "1"), ("position", "1"), ("decision", "qn-1")], 400),
        ("merge", &[("batches", "Đợt 1")], 400),
        ("close", &[], 409),
        ("fly", &[], 404),
    ];
    for (n, (doing, fields, status)) in table.into_iter().enumerate() {
        let fresh = id(100 + u8::try_from(n).expect("few"));
        let fields = [fields, &[("command", fresh.as_str())]].concat();
        let got = secretary.fills(&work, &format!("{ROUND}/acts/{doing}"), &fields).await;
        assert_eq!(got.status, status, "{doing} {fields:?}: {}", got.html);
    }
    // Points are put to the vote once they fit the rule, and by the secretariat alone.
    let place = format!("{ROUND}/propose?unit=ldtbxh&leaf=2.5");
    let page = secretary.opens(&place).await;
    let off =
        secretary.fills(&page, &place, &[("l0.points", "4,25"), ("l0.explanation", hostile), ("do", "send")]).await;
    assert!(off.status == 422 && off.html.contains("l0.points-fault"), "{}", off.html);
    assert!(off.value("l0.points").as_deref() == Some("4,25") && !off.html.contains("<script>alert"), "{}", off.html);
    let early = secretary.fills(&page, &place, &[("l0.points", "4"), ("l0.explanation", "x"), ("do", "send")]).await;
    assert!(early.status == 409 && early.html.contains("role=\"alert\""), "before the council's phase: {}", early.html);
    let mut member = signed_in(&server, "council-1").await;
    let csrf = member.csrf("/me").await;
    let forged = [
        ("csrf", csrf.as_str()),
        ("command", &id(97)),
        ("decision", "qn-1"),
        ("l0.points", "4"),
        ("l0.explanation", "x"),
        ("do", "send"),
    ];
    assert_eq!(member.sends(&place, &forged).await.status, 403);
    for query in ["", "?unit=ldtbxh", "?leaf=1.1", "?appeal=1", "?unit=nowhere&leaf=1.1"] {
        let got = secretary.opens(&format!("{ROUND}/propose{query}")).await;
        assert_eq!(got.status, 404, "{query}: {}", got.html);
    }
}
