//! What appraisers and the secretariat do beside single scores, over HTTP: bonuses and penalties, and a field over all units in a workbook.

use serde_json::json;
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::signed_in;
use super::unit_sheets::{N, T, by_typing, data, id, play, round, typed_of};
use super::work::appraised;

const ROUND: &str = "/rounds/hanoi-2022";

#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_is_set_once_within_its_cap_with_a_reason_and_by_those_who_may() {
    let server = Server::over(appraised(), "127.0.0.1:0");
    let mut one = signed_in(&server, "apr-8").await;
    let (path, award) = (format!("{ROUND}/extras?unit=ldtbxh"), format!("{ROUND}/acts/award"));
    let page = one.opens(&path).await;
    for shown in ["Điểm thưởng", "Điểm trừ", "acts/award", "acts/impose", "Chưa đặt điểm thưởng"] {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    let set = |points: &'static str, reason: &'static str| {
        [("unit", "ldtbxh"), ("code", "thuong"), ("revision", "0"), ("points", points), ("reason", reason)]
    };
    let reason = "Sáng kiến được công nhận (minh họa) <script>alert(1)</script>";
    for (points, why, status) in [("9", reason, 422), ("1,5", " ", 422), ("một", reason, 400), ("-1", reason, 422)] {
        let got = one.fills(&page, &award, &set(points, why)).await;
        assert_eq!(got.status, status, "{points}: {}", got.html);
        assert!(got.html.contains("Chưa ghi được") && !got.html.contains("<script>alert"), "{}", got.html);
        assert_eq!(got.value("points").as_deref(), Some(points), "what was typed stays");
    }
    assert!(data(&server.folder, "bonus_awarded").is_empty());
    for _ in 0..2 {
        let got = one.fills(&page, &award, &set("1,50", reason)).await;
        assert!(got.status == 303 && got.to.starts_with(&format!("{ROUND}/extras?position=")), "{}", got.html);
    }
    let awarded = data(&server.folder, "bonus_awarded");
    assert_eq!((awarded.len(), awarded[0]["act"]["points"].as_str()), (1, Some("1.5")));
    // What was seen before goes over nothing that stands since.
    let command = id(99);
    let stale = one.fills(&page, &award, &[&set("1", reason)[..], &[("command", &command)]].concat()).await;
    assert_eq!(stale.status, 409, "{}", stale.html);
    let mut secretary = signed_in(&server, "sec-1").await;
    let page = secretary.opens(&path).await;
    assert!(page.html.contains("<dd>1,5</dd>"), "{}", page.html);
    let penalty = [
        ("unit", "ldtbxh"),
        ("code", "tru"),
        ("revision", "0"),
        ("points", "0,5"),
        ("reason", "Chậm báo cáo (minh họa)"),
    ];
    assert_eq!(secretary.fills(&page, &format!("{ROUND}/acts/impose"), &penalty).await.status, 303);
    assert_eq!(data(&server.folder, "penalty_imposed").len(), 1);

    // Who reads sees no form, and whoever has nothing to do with it no page; neither sets anything.
    let mut member = signed_in(&server, "council-1").await;
    let read = member.opens(&path).await;
    assert!(read.html.contains("1,5") && !read.html.contains("acts/award"), "{}", read.html);
    for actor in ["council-2", "yte-d", "ldtbxh-d"] {
        let mut browser = signed_in(&server, actor).await;
        let csrf = browser.csrf("/me").await;
        let command = id(98);
        let forged = [&set("1", reason)[..], &[("csrf", &csrf), ("command", &command)]].concat();
        assert_eq!(browser.sends(&award, &forged).await.status, 403, "{actor}");
    }
    assert_eq!(one.opens(&format!("{ROUND}/extras?unit=nowhere")).await.status, 404);
    let unlocked = one.opens(&format!("{ROUND}/extras?unit=yte")).await;
    assert!(unlocked.status == 200, "{}", unlocked.html);
    assert_eq!(data(&server.folder, "bonus_awarded").len(), 1);
    server.folder.must(&["verify", "--data", "@"]);
}

/// A round in its first appraisal, with one sheet that was filled in.
fn sheets() -> Folder {
    let folder = round();
    by_typing(&folder);
    let grant = json!({
        "at": "2022-12-08T02:00:00.000000Z", "actor": "admin-a",
        "command": { "id": id(200), "capacity": "administrator", "kind": "grant_capacity", "data": {
            "actor": "apr-x", "capacity": "appraiser", "fields": ["2"], "from": "2022-12-07T17:00:00.000000Z",
            "grant": "later", "round": "hanoi-2022", "unit": "noivu" } },
    });
    play(&folder, &format!("{grant}\n"));
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_goes_out_as_a_workbook_and_comes_back_previewed_and_then_sent() {
    let server = Server::over(sheets(), "127.0.0.1:0");
    let mut mine = signed_in(&server, "apr-1").await;
    let list = mine.opens(&format!("{ROUND}/appraise?field=1")).await;
    let path = format!("{ROUND}/fields/so/1/workbook");
    assert!(list.html.contains(&format!("{path}?appraisal=first")), "{}", list.html);
    let (status, kept, bytes) = mine.downloads(&format!("{path}?appraisal=first")).await;
    assert!(status == 200 && kept.contains("hanoi-2022-so-1-"), "{status} {kept}");
    let unit = Some("ldtbxh");
    let bytes = typed_of(&bytes, "1.1", unit, &[("Quyết định", T("công nhận"))]);
    let cells =
        [("Quyết định", T("điều chỉnh")), ("Số liệu (1)", N("2")), ("Lý do", T("Chỉ hai sáng kiến (minh họa)"))];
    let bytes = typed_of(&bytes, "1.5", unit, &cells);
    let cells = [("Quyết định", T("yêu cầu giải trình")), ("Lý do", T("Chưa rõ số lớp (minh họa)"))];
    let bytes = typed_of(&bytes, "1.6", unit, &cells);
    let csrf = mine.csrf("/me").await;
    let seen = mine.brings(&path, &[("csrf", &csrf)], ("f1.xlsx", &bytes)).await;
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(
        seen.html.contains("3 tiêu chí thay đổi, 0 xung đột") && seen.html.contains("Sở Lao động"),
        "{}",
        seen.html
    );
    assert!(data(&server.folder, "score_confirmed").is_empty(), "a preview sends nothing");
    let changes = seen.values("change");
    assert_eq!(changes.len(), 3);

    // What is sent is a session's own form of decisions in this field, and nothing else; by its appraisers alone.
    let send = format!("{path}/send");
    for (change, status) in [
        ("{}".to_owned(), 422),
        (changes[0].replace("\"leaf\":\"1.1\"", "\"leaf\":\"2.1\""), 403),
        (changes[0].replace("confirm_score", "withdraw_sheet"), 422),
    ] {
        let got = mine.sends(&send, &[("csrf", &csrf), ("change", &change)]).await;
        assert_eq!(got.status, status, "{change}: {}", got.html);
    }
    assert_eq!(mine.sends(&send, &[("csrf", ""), ("change", &changes[0])]).await.status, 403);
    for actor in ["insp-1", "ldtbxh-d", "srv-1"] {
        let mut other = signed_in(&server, actor).await;
        let own = other.csrf("/me").await;
        assert_eq!(other.brings(&path, &[("csrf", &own)], ("f1.xlsx", &bytes)).await.status, 403, "{actor}");
        assert_eq!(other.sends(&send, &[("csrf", &own), ("change", &changes[0])]).await.status, 403, "{actor}");
        let opens = if actor == "insp-1" { 200 } else { 403 };
        assert_eq!(other.downloads(&path).await.0, opens, "{actor}");
    }
    let all: Vec<(&str, &str)> =
        [("csrf", csrf.as_str())].into_iter().chain(changes.iter().map(|change| ("change", change.as_str()))).collect();
    for _ in 0..2 {
        let taken = mine.sends(&send, &all).await;
        assert_eq!(taken.status, 303, "{}", taken.html);
    }
    for (kind, leaf) in [("score_confirmed", "1.1"), ("score_adjusted", "1.5"), ("score_flagged", "1.6")] {
        let made = data(&server.folder, kind);
        assert_eq!((made.len(), made[0]["act"]["leaf"].as_str()), (1, Some(leaf)), "{kind}");
    }
    let done = mine.brings(&path, &[("csrf", &csrf)], ("f1.xlsx", &bytes)).await;
    assert!(done.html.contains("3 đã có sẵn") && done.values("change").is_empty(), "{}", done.html);

    // What is no workbook of this field.
    let other = format!("{ROUND}/fields/so/2/workbook");
    let large = vec![b'x'; (16 << 20) + 1];
    for (path, bytes, status, told) in [
        (&other, &bytes[..], 422, "phiếu của lĩnh vực 1"),
        (&path, b"<script>alert(1)</script>".as_slice(), 422, "không phải tệp Excel"),
        (&path, &large, 422, "16777216 byte"),
    ] {
        let got = mine.brings(path, &[("csrf", &csrf)], ("f.xlsx", bytes)).await;
        let is_others = got.status == 403 && path.contains("/2/");
        assert!(is_others || (got.status == status && got.html.contains(told)), "{told}: {} {}", got.status, got.html);
        assert!(got.values("change").is_empty());
    }
    assert_eq!(mine.downloads(&format!("{ROUND}/fields/xa/1/workbook")).await.0, 422);
    server.folder.must(&["verify", "--data", "@"]);
}
