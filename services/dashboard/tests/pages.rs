//! Pages as a browser gets them: whole, in both languages, escaped, saying what they stand on.

mod fixture;

use axum::http::StatusCode;
use fixture::{HOSTILE, INDEX_POSITION, RANKING_POSITION, Site, root};

const RANKING: &str = "/rounds/hanoi-2022";
const UNIT: &str = "/rounds/hanoi-2022/units/ldtbxh";

/// Every page with figures, and which positions it must name.
const PAGES: [(&str, &[u64]); 36] = [
    ("/rounds/hanoi-2022", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022?publication=1", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022?publication=live", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/report", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/report?publication=live&signer=%3Cscript%3E", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/fields", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/fields?publication=live", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/movement", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/compare", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/compare?units=ldtbxh,evil", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/compare?a=evil&b=002&publication=1", &[INDEX_POSITION, RANKING_POSITION]),
    ("/units/evil", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/state", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/units/evil", &[INDEX_POSITION, RANKING_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh/history", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh/history?leaf=1.1.2", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/inspect", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/inspect?position=400&at=28/10/2022+08:30", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/check", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/check?at=2/11/2022", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/diff?from=28/10/2022&to=02/11/2022+08:30", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/appeals/1", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/appeals/1?position=900", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh/explain", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh/explain?position=400", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/evil/explain?node=1.1.2", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh/what-if", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/evil/what-if?leaf=1.1.2&points=2,5", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/evil/history?leaf=1.1.10&position=400", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/diff", &[INDEX_POSITION, 701]),
    ("/rounds/hanoi-2022/diff?from=2022-11-02&to=2022-11-02T08:30&unit=ldtbxh&leaf=1.1.2", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/units/ldtbxh/why-rank?from=60", &[INDEX_POSITION, 60]),
    ("/rounds/hanoi-2022/who", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/who?actor=td-07", &[INDEX_POSITION]),
    ("/rounds/hanoi-2022/who?capacity=appraiser&unit=noivu&as_of=400", &[INDEX_POSITION]),
];

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// The levels of all headings in order.
fn headings(html: &str) -> Vec<u32> {
    let levels = html.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10));
    levels.collect()
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let site = Site::full().await;
    for (path, positions) in PAGES {
        for lang in ["vi", "en"] {
            let glue = if path.contains('?') { '&' } else { '?' };
            let got = site.get(&format!("{path}{glue}lang={lang}")).await;
            let (html, what) = (&got.body, format!("{path} {lang}"));
            assert_eq!(got.status, StatusCode::OK, "{what}: {html}");
            assert_eq!(got.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(got.header("content-language"), lang);
            assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{what}");
            assert_eq!((count(html, "<h1"), count(html, "<title>"), count(html, "<main")), (1, 1, 1), "{what}");
            assert_eq!(count(html, "<table"), count(html, "<caption"), "{what}");
            assert!(html.contains("<a class=\"skip\" href=\"#main\">") && html.contains("id=\"main\""), "{what}");
            assert!(html.contains("KỲ TẬP HUẤN") && html.contains("TRAINING ROUND"), "{what}");
            for position in positions {
                let told = format!("<strong>#{position}</strong>");
                assert!(html.contains(&told) && html.contains(&root(*position).to_string()), "{what}: {position}");
            }
            assert!(html.contains("hanoi.example/training"), "{what}");
            assert_eq!(headings(html)[0], 1, "{what}");
            assert!(headings(html).windows(2).all(|pair| pair[1] <= pair[0] + 1), "{what}: {:?}", headings(html));
        }
    }
}

#[tokio::test]
async fn no_page_holds_style_or_script_or_markup_from_a_name() {
    let site = Site::full().await;
    for (path, _) in PAGES {
        let html = site.get(path).await.body;
        // The page's own script is loaded from this site, by its version; nothing else is.
        let own =
            html.find("<script src=\"/assets/").map(|at| (at, at + html[at..].find("</script>").expect("its end")));
        let html = own.map_or(html.clone(), |(from, to)| format!("{}{}", &html[..from], &html[to..]));
        for forbidden in ["<script", "<style", " style=", "<img", "javascript:", "http://", "https://"] {
            assert!(!html.contains(forbidden), "{path}: {forbidden}");
        }
    }
    let ranking = site.get(RANKING).await.body;
    assert!(ranking.contains("&#60;script&#62;") && ranking.contains("Sửa số liệu &#60;b&#62;GTVT"), "{ranking}");
    assert!(!ranking.contains(HOSTILE));
}

#[tokio::test]
async fn the_page_of_what_is_held_says_every_record_in_both_languages_and_asks_for_no_round() {
    let site = Site::empty().await;
    for (lang, title) in [("vi", "Dữ liệu cá nhân được lưu giữ"), ("en", "Which personal data is held")] {
        let got = site.get(&format!("/privacy?lang={lang}")).await;
        assert_eq!((got.status, got.header("content-language")), (StatusCode::OK, lang));
        let html = &got.body;
        assert!(html.contains(&format!("<h1>{title}</h1>")) && html.contains("hanoi.example/training"), "{html}");
        let records = platform::register::REGISTER.len();
        assert_eq!(
            (count(html, "<h1"), count(html, "id=\"record-"), count(html, "class=\"wide\"")),
            (1, records, records * 6)
        );
        assert!(headings(html).windows(2).all(|pair| pair[1] <= pair[0] + 1));
        for forbidden in ["<script", "<style", " style=", "<img", "http://", "https://"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }
    // Every page leads there.
    assert!(site.get("/").await.body.contains("href=\"/privacy\""));
}

#[tokio::test]
async fn the_first_page_leads_to_the_newest_round() {
    let site = Site::full().await;
    let got = site.get("/?lang=en").await;
    assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/rounds/hanoi-2022"));
    assert!(got.header("set-cookie").starts_with("lang=en;"));
    let empty = Site::empty().await.get("/").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.body.contains("<h1>Chưa có kỳ đánh giá nào</h1>"));
    assert!(empty.body.contains("nhật ký chưa có sự kiện nào"));
}

#[tokio::test]
async fn a_chosen_language_is_remembered_and_can_be_changed_on_the_same_page() {
    let site = Site::full().await;
    let chosen = site.get("/rounds/hanoi-2022?publication=1&lang=en").await;
    assert!(chosen.header("set-cookie").starts_with("lang=en; Path=/"));
    assert!(chosen.body.contains("href=\"?publication=1&#38;lang=vi\""));
    let later = site.get_with(RANKING, "lang=en").await;
    assert!(later.body.contains("Ranking by the administrative reform index"));
    assert_eq!((later.header("set-cookie"), later.header("vary")), ("", "Cookie"));
}

#[tokio::test]
async fn a_ranking_says_which_standing_it_shows() {
    let site = Site::full().await;
    let latest = site.get(RANKING).await.body;
    assert!(latest.contains(">Công bố lần 2</strong>") && latest.contains("27/02/2023 10:30"));
    assert!(latest.contains("Thay thế lần công bố trước") && !latest.contains("Đã được thay thế"));
    assert!(latest.contains("▲ 1") && latest.contains("tăng 1 bậc") && latest.contains("giảm 1 bậc"));
    assert!(latest.contains("/units/ldtbxh/why-rank?from=701&#38;to=702\""), "a movement leads to its reasons");
    let first = site.get("/rounds/hanoi-2022?publication=1").await.body;
    assert!(first.contains("Đã được thay thế bởi lần công bố 2."));
    assert!(!first.contains('▲'));
    let live = site.get("/rounds/hanoi-2022?publication=live&lang=en").await.body;
    assert!(live.contains(">Provisional</strong>") && live.contains("it is not published"));
    let older = site.get("/rounds/hanoi-2021").await.body;
    assert!(older.contains(">Tạm tính</strong>") && older.contains("Hội đồng thẩm định chưa quyết định"));
    assert!(!older.contains("KỲ TẬP HUẤN"));
    assert!(older.contains("href=\"/rounds/hanoi-2022\">2022</a>"));
}

#[tokio::test]
async fn numbers_are_set_as_the_language_does_and_come_from_exact_values() {
    let site = Site::full().await;
    let (vi, en) = (site.get(RANKING).await.body, site.get("/rounds/hanoi-2022?lang=en").await.body);
    // 63 / 69.2 x 100 = 91.0404..., (91.68 + 89.01 + 81) / 3 = 87.23.
    for (in_vi, in_en) in [("91,68", "91.68"), ("91,04", "91.04"), ("87,23", "87.23")] {
        assert!(vi.contains(&format!(">{in_vi}</td>")) && en.contains(&format!(">{in_en}</td>")), "{in_vi}");
    }
    assert!(vi.contains("width=\"53.17%\""), "the bar's length keeps its point");
    assert!(vi.find("Khối sở") < vi.find("Khối UBND quận"), "departments stand before districts");
    assert!(vi.contains("<abbr title=\"không xếp hạng\">–</abbr>"));
    let state = site.get("/rounds/hanoi-2022/state").await.body;
    assert!(state.contains(">617</td>") && state.contains(">1.234</td>") && state.contains("1.851 / 3.702"));
}

#[tokio::test]
async fn the_state_of_a_round_is_told_at_its_last_event() {
    let html = Site::full().await.get("/rounds/hanoi-2022/state").await.body;
    let line = |phase: &str| html.split("<tr").find(|row| row.contains(&format!(">{phase}</th>"))).expect("a line");
    assert!(line("Tự chấm điểm").contains("đã đóng") && line("Tự chấm điểm").contains("01/12/2022 00:00"));
    assert!(line("Hội đồng quyết định").contains("đang diễn ra"));
    assert!(line("Kiến nghị, phúc tra").contains("chưa bắt đầu"));
    assert!(html.contains("01/03/2023 09:00"), "the moment that is taken for now");
    assert!(html.contains(">đã nộp</span>") && html.contains(">đang chấm</span>") && html.contains(">chưa nộp</span>"));
    assert!(html.contains("href=\"/rounds/hanoi-2022?publication=2\""));
}

#[tokio::test]
async fn a_unit_shows_every_leaf_in_the_trees_order_and_what_appraisal_changed() {
    let site = Site::full().await;
    let html = site.get(UNIT).await.body;
    let place = |code: &str| html.find(&format!("history?leaf={code}\"")).unwrap_or_else(|| panic!("{code}"));
    assert!(place("1.1.2") < place("1.1.10") && place("1.1.10") < place("1.1.1") && place("1.1.1") < place("1.2"));
    assert!(html.contains("▼1,50</span>"), "the mark of a lowered score");
    assert!(html.contains("thấp hơn điểm tự chấm 1,50") && html.contains("cao hơn điểm tự chấm 1,00"));
    assert!(html.contains("hạ điểm tự chấm ở 1 tiêu chí, tổng cộng 1,50 điểm"));
    assert!(html.contains(">đã giải trình</span>") && html.contains(">không áp dụng</span>"));
    assert!(html.contains("Hạng 1 / 2") && html.contains("trùng với lần công bố 2"));
    assert!(html.contains("history?leaf=thuong.1") && html.contains("26,68 / 30,00") && html.contains("9,67"));
    assert!(html.contains("<details class=\"field\" open>"));
    let changed = site.get("/rounds/hanoi-2022/units/evil?lang=en").await.body;
    assert!(changed.contains("Publication 2: index 89.01. The present figures have changed since."));
}

#[tokio::test]
async fn checks_are_shown_by_how_grave_they_are() {
    let site = Site::full().await;
    let html = site.get("/rounds/hanoi-2022/check").await.body;
    assert!(html.contains("<code>sample_short</code>") && !html.contains(HOSTILE), "{html}");
    let places = ["id=\"fault-title\"", "id=\"doubt-title\"", "id=\"note-title\""].map(|t| html.find(t));
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
    assert_eq!(site.get("/rounds/none/check").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_explanation_shows_its_arithmetic_and_what_if_both_standings() {
    let site = Site::full().await;
    let html = site.get(&format!("{UNIT}/explain?node=1.1.2")).await.body;
    assert!(html.contains("17 / 30</code> = <strong>17/30 ≈ 0,57</strong>"), "{html}");
    assert!(html.contains("sheet/hanoi-2022/ldtbxh #3") && !html.contains(HOSTILE));
    let then = site.get(&format!("{UNIT}/explain?node=1.1.2&position=400")).await.body;
    assert!(then.contains("Đang xem như tại sự kiện #400.") && then.contains("value=\"400\""), "{then}");
    let html = site.get(&format!("{UNIT}/what-if?leaf=1.1.2&points=2,5")).await.body;
    assert!(html.contains("<del>89,01</del> → <ins>91,70</ins>") && !html.contains(HOSTILE), "{html}");
    let refused = site.get(&format!("{UNIT}/what-if?leaf=9.9&points=1")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(refused.body.contains("9.9"));
    assert_eq!(site.get(&format!("{UNIT}/what-if?leaf=1.1&points=x")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_history_is_told_in_words_and_as_of_any_position_or_moment() {
    let site = Site::full().await;
    let html = site.get(&format!("{UNIT}/history?leaf=1.1.2")).await.body;
    for said in
        ["Điều chỉnh điểm", "10 (tự chấm)", "8,5 (thẩm định lần 1)", "Người thẩm định", "td-07", "không tán thành"]
    {
        assert!(html.contains(said), "{said}");
    }
    assert!(html.contains("thuộc chính đơn vị") && html.contains("4 sự kiện"));
    let then = site.get(&format!("{UNIT}/history?position=100&at=")).await.body;
    assert!(then.contains("như tại sự kiện #100") && then.contains("2 sự kiện") && !then.contains("id=\"e400\""));
    // The self-score stands at 08:30:15; who asks for 08:30 sees it.
    let minute = site.get(&format!("{UNIT}/history?at=2022-11-02T08:30")).await.body;
    assert!(minute.contains("2 sự kiện") && minute.contains("value=\"02/11/2022 08:30\""));
    let before = site.get(&format!("{UNIT}/history?position=2")).await;
    assert_eq!(before.status, StatusCode::OK);
    assert!(before.body.contains("Không có sự kiện nào"));
}

#[tokio::test]
async fn each_step_of_a_history_says_how_the_unit_stood_and_leads_to_the_next() {
    let site = Site::full().await;
    let html = site.get(&format!("{UNIT}/history?leaf=1.1.2&position=400")).await.body;
    assert!(html.contains("<li id=\"e400\"") && !html.contains("<li id=\"e500\""), "{html}");
    assert!(html.contains("Bước 3 trên 4"), "{html}");
    for place in
        ["?leaf=1.1.2&amp;position=5#e5\"", "?leaf=1.1.2&amp;position=60#e60\"", "?leaf=1.1.2&amp;position=500#e500\""]
    {
        assert!(html.contains(place), "{place}: {html}");
    }
    // Rank 0 is told as none, and a change against the step before.
    assert!(html.contains("<del>–</del>") && html.contains("<ins>4</ins>") && html.contains("85,50 / 96,00"), "{html}");
    assert!(html.contains("89,06") && html.contains("/api/receipt?position=400\""), "{html}");
    assert!(html.contains(&root(60).to_string()[..12]), "the file that the self-score came with: {html}");
    let first = site.get(&format!("{UNIT}/history?leaf=1.1.2&position=2")).await.body;
    assert!(first.contains("Trước bước đầu tiên") && first.contains("position=5#e5\""), "{first}");
    let last = site.get(&format!("{UNIT}/history?leaf=1.1.2")).await.body;
    assert!(last.contains("Bước 4 trên 4") && !last.contains(">mới nhất<"), "{last}");
}

#[tokio::test]
async fn a_moment_goes_along_from_page_to_page_however_it_was_written() {
    let site = Site::full().await;
    let asked = "at=02/11/2022+08:30";
    let html = site.get(&format!("{UNIT}/history?leaf=1.1.2&{asked}")).await.body;
    for kept in ["/units/ldtbxh/history?at=", "/inspect?at=", "to=", "as_of="] {
        let kept = format!("{kept}{}", "02/11/2022+08:30");
        assert!(html.contains(&kept), "{kept}: {html}");
    }
    assert!(html.contains("value=\"02/11/2022 08:30\"") && html.contains("2 sự kiện"), "{html}");
    for (page, kept) in [
        ("units/ldtbxh/explain?node=1.1.2&", "history?leaf=1.1.2&#38;at=02/11/2022+08:30"),
        ("check?", "/inspect?at=02/11/2022+08:30"),
        ("appeals/1?", "history?leaf=1.1.2&#38;at=02/11/2022+08:30"),
        ("inspect?", "/check?at=02/11/2022+08:30"),
    ] {
        let html = site.get(&format!("/rounds/hanoi-2022/{page}{asked}")).await.body;
        assert!(html.contains(kept), "{page}: {kept}: {html}");
    }
    let diff = site.get("/rounds/hanoi-2022/diff?unit=ldtbxh&to=02/11/2022+08:30").await.body;
    assert!(diff.contains("history?leaf=1.1.2&#38;at=02/11/2022+08:30"), "{diff}");
    assert!(diff.contains("who?actor=td-07&#38;as_of=02/11/2022+08:30"), "{diff}");
}

#[tokio::test]
async fn the_ways_in_lead_to_the_page_of_whatever_was_chosen() {
    let site = Site::full().await;
    let place = "/rounds/hanoi-2022/inspect";
    let html = site.get(place).await.body;
    assert!(html.contains("<option value=\"ldtbxh\">") && html.contains("<option value=\"1.1.2\">"), "{html}");
    let table = [
        ("to_page=history&unit=ldtbxh&leaf=1.1.2&position=400&at=", "/units/ldtbxh/history?leaf=1.1.2&position=400"),
        (
            "to_page=history&unit=ldtbxh&leaf=&position=&at=28/10/2022+08:30",
            "/units/ldtbxh/history?at=28/10/2022+08:30",
        ),
        ("to_page=explain&unit=ldtbxh&leaf=1.1.2&position=&at=", "/units/ldtbxh/explain?node=1.1.2"),
        ("to_page=why-rank&unit=ldtbxh&from=60&to=", "/units/ldtbxh/why-rank?from=60"),
        ("to_page=appeal&number=1&position=400", "/appeals/1?position=400"),
    ];
    for (query, to) in table {
        let got = site.get(&format!("{place}?{query}")).await;
        assert_eq!(
            (got.status, got.header("location")),
            (StatusCode::SEE_OTHER, format!("/rounds/hanoi-2022{to}").as_str()),
            "{query}"
        );
    }
    for bad in [
        "to_page=history",
        "to_page=elsewhere&unit=ldtbxh",
        "to_page=appeal&number=x",
        "to_page=history&unit=//evil.example",
    ] {
        assert_eq!(site.get(&format!("{place}?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn a_diff_shows_leaf_by_leaf_what_changed_and_who_did_it() {
    let site = Site::full().await;
    let html = site.get("/rounds/hanoi-2022/diff?unit=ldtbxh").await.body;
    assert!(html.contains("value=\"701\""), "without a moment it begins at the last publication but one: {html}");
    assert!(html.contains("<del>10 (tự chấm)</del>") && html.contains("10 (tự chấm); 8,5 (thẩm định lần 1)"), "{html}");
    assert!(html.contains("<del>2</del>") && html.contains("<ins>1</ins>") && html.contains("91,70"));
    for said in ["#400", "Điều chỉnh điểm", "who?actor=td-07", "history?leaf=1.1.2", "và 3 sự kiện trước đó"]
    {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(html.contains("1.234 × Tự chấm điểm") && html.contains("17 tiêu chí thay đổi nữa"), "{html}");
    assert!(html.contains("từ sau sự kiện #701") || html.contains("Từ sau sự kiện #701"), "{html}");
    assert!(html.contains("?from=701&#38;to=702&amp;unit=ldtbxh\">công bố lần 1 → công bố lần 2</a>"), "{html}");
    assert!(html.contains("why-rank?from=701&#38;to=\""), "{html}");
}

#[tokio::test]
async fn why_a_rank_moved_is_told_by_unit_and_event_the_greatest_effect_first() {
    let site = Site::full().await;
    let html = site.get(&format!("{UNIT}/why-rank?from=60&to=500")).await.body;
    assert!(html.contains("Hạng 2 → 1, chỉ số 89,01 → 91,70."), "{html}");
    assert!(html.contains("+1 bậc, chỉ số +2,69") && html.contains("\u{2212}1 bậc, chỉ số 0,00"), "{html}");
    assert!(
        html.contains("chính đơn vị") && html.contains("nhiều đơn vị cùng lúc") && html.contains("theo sự kiện #390")
    );
    assert!(html.contains("vượt &#60;script&#62;") && !html.contains(HOSTILE), "names are escaped: {html}");
    assert!(html.contains("7 tác động nhỏ hơn không hiện ở đây"), "{html}");
    let unit = site.get(UNIT).await.body;
    assert!(unit.contains("/units/ldtbxh/why-rank\"") && unit.contains("/diff?unit=ldtbxh\""));
    let history = site.get(&format!("{UNIT}/history?leaf=1.1.2")).await.body;
    assert!(history.contains("/diff?unit=ldtbxh&amp;leaf=1.1.2\"") && history.contains("/who?actor=td-07\""));
}

#[tokio::test]
async fn an_actor_is_told_with_grants_credentials_and_acts_and_a_capacity_with_its_holders() {
    let site = Site::full().await;
    let html = site.get("/rounds/hanoi-2022/who?actor=td-07").await.body;
    for said in [
        "Người thẩm định",
        "noivu; lĩnh vực 1, 2",
        "đã thu hồi",
        "từ 01/10/2022 07:00",
        "t-07 (token)",
        "Thu hồi tư cách",
        "12 việc trước đó không hiện",
        "as_of=59\"",
        "sheet/hanoi-2022/ldtbxh",
        "Tính tại 21/02/2023 09:00",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    let html = site.get("/rounds/hanoi-2022/who?capacity=appraiser&unit=noivu").await.body;
    assert!(
        html.contains("Người giữ tư cách “Người thẩm định”") && html.contains("selected>Người thẩm định"),
        "{html}"
    );
    assert!(html.contains("who?actor=td-07"));
    assert_eq!(site.get("/rounds/hanoi-2022/who?actor=td-07&capacity=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_both_languages_with_its_code() {
    let site = Site::full().await;
    let table = [
        ("/nowhere", 404, "page_unknown"),
        ("/rounds/hanoi-1999", 404, "round_unknown"),
        ("/rounds/HANOI", 404, "round_unknown"),
        ("/rounds/%FF", 404, "round_unknown"),
        ("/rounds/hanoi-2022?publication=9", 404, "publication_unknown"),
        ("/rounds/hanoi-2022?publication=first", 400, "bad_query"),
        ("/rounds/hanoi-2022?publication=1&publication=2", 400, "bad_query"),
        ("/rounds/hanoi-1999/state", 404, "round_unknown"),
        ("/rounds/hanoi-2022/units/gtvt", 404, "unit_unknown"),
        ("/rounds/hanoi-2022/units/gtvt/history", 404, "unit_unknown"),
        ("/rounds/hanoi-2022/units/ldtbxh/history?leaf=1.1", 404, "leaf_unknown"),
        ("/rounds/hanoi-2022/units/ldtbxh/history?leaf=%3Cb%3E", 404, "leaf_unknown"),
        ("/rounds/hanoi-2022/units/ldtbxh/history?position=0", 400, "bad_query"),
        ("/rounds/hanoi-2022/units/ldtbxh/history?position=9999", 422, "position_ahead"),
        ("/rounds/hanoi-2022/units/ldtbxh/history?at=tomorrow", 400, "bad_query"),
        ("/rounds/hanoi-1999/diff", 404, "round_unknown"),
        ("/rounds/hanoi-2022/diff?from=tomorrow", 400, "bad_query"),
        ("/rounds/hanoi-2022/diff?to=-1", 400, "bad_query"),
        ("/rounds/hanoi-2022/diff?unit=%3Cb%3E", 400, "bad_query"),
        ("/rounds/hanoi-2022/diff?from=9&to=8", 422, "moments_reversed"),
        ("/rounds/hanoi-2022/units/gtvt/why-rank", 404, "unit_unknown"),
        ("/rounds/hanoi-2022/units/ldtbxh/why-rank?from=1&from=2", 400, "bad_query"),
        ("/rounds/hanoi-2022/units/ldtbxh/why-rank?from=9&to=8", 422, "moments_reversed"),
        ("/rounds/hanoi-1999/who", 404, "round_unknown"),
        ("/rounds/hanoi-2022/who?capacity=system", 400, "bad_query"),
        ("/rounds/hanoi-2022/who?actor=%00", 400, "bad_query"),
        ("/rounds/hanoi-2022/who?actor=a&as_of=x", 400, "bad_query"),
    ];
    for (path, status, code) in table {
        let got = site.get(path).await;
        assert_eq!(got.status.as_u16(), status, "{path}");
        assert!(got.body.contains(&format!("<code>{code}</code>")), "{path}: {}", got.body);
        assert_eq!((count(&got.body, "<h1"), count(&got.body, "<p lang=\"en\">")), (1, 1), "{path}");
    }
}

#[tokio::test]
async fn what_failed_inside_is_not_told() {
    let got = Site::full().await.get("/rounds/hanoi-2022/units/002/history").await;
    assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(got.body.contains("<code>internal</code>") && !got.body.contains("secret"));
}

#[tokio::test]
async fn assets_under_their_version_are_kept_for_good() {
    let site = Site::full().await;
    let html = site.get(RANKING).await.body;
    let path = html.split("href=\"").find(|p| p.starts_with("/assets/")).and_then(|p| p.split('"').next());
    let path = path.expect("a stylesheet");
    let got = site.get(path).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(got.header("cache-control").contains("immutable"));
    for path in ["/assets/style.css", "/assets/0000000000000000/style.css", "/assets/favicon.svg", "/assets/fill.js"] {
        assert_eq!(site.get(path).await.header("cache-control"), "no-cache", "{path}");
    }
    assert_eq!(site.get("/assets/other.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_appeal_shows_each_claim_its_verdict_and_the_events_that_decide_it() {
    let site = Site::full().await;
    let vi = site.get("/rounds/hanoi-2022/appeals/1").await.body;
    assert!(vi.contains("Thẩm định đổi điểm 1.1.2 từ 10 thành 8,5 mà không nêu lý do."), "{vi}");
    for (class, found) in
        [("done", "Nhật ký xác nhận"), ("later", "Nhật ký không ghi nhận"), ("now", "Cần người xem xét")]
    {
        assert!(vi.contains(&format!("<span class=\"tag tag-{class}\">{found}</span>")), "{found}");
    }
    assert!(vi.contains("#400 Điều chỉnh điểm") && vi.contains("sheet/hanoi-2022/ldtbxh #7"), "{vi}");
    assert!(vi.contains("và 3 sự kiện nữa") && vi.contains("04/01/2023 09:00"));
    assert!(vi.contains("#700") && vi.contains("Quyết định dựa trên lần đối chiếu này."));
    let en = site.get("/rounds/hanoi-2022/appeals/1?lang=en").await.body;
    assert!(
        en.contains("The appraisal changed 1.1.2 from 10 to 8.5 without a reason.") && en.contains("upheld in part")
    );
    for unknown in ["2", "x", "-1", "99999999999"] {
        assert_eq!(site.get(&format!("/rounds/hanoi-2022/appeals/{unknown}")).await.status, StatusCode::NOT_FOUND);
    }
}
