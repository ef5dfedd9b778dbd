//! Tables and charts: the same figures on the page, in charts, as values separated by semicolons, as a workbook and as JSON; and what
//! prints with them.

mod fixture;

use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use fixture::{HOSTILE, INDEX_POSITION, RANKING_POSITION, STEERING, Site, root};
use rqrr::PreparedImage;
use serde_json::Value;

/// Every page with tables of its own description.
const PAGES: [&str; 10] = [
    "/rounds/hanoi-2022",
    "/rounds/hanoi-2022?publication=1",
    "/rounds/hanoi-2022/fields",
    "/rounds/hanoi-2022/movement",
    "/rounds/hanoi-2022/movement?against=round",
    "/rounds/hanoi-2022/compare?units=ldtbxh,bqlkcn",
    "/rounds/hanoi-2022/state",
    "/rounds/hanoi-2022/units/ldtbxh",
    "/units/ldtbxh",
    "/units/evil",
];

fn with(path: &str, more: &str) -> String {
    format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' })
}

async fn json(site: &Site, path: &str) -> Value {
    let (status, told) = site.json(&with(path, "as=json")).await;
    assert_eq!(status, StatusCode::OK, "{path}: {told}");
    told
}

/// The rows of a table in JSON, sums last, each as its values in the order of the columns.
fn rows(table: &Value) -> Vec<Vec<Value>> {
    let columns: Vec<&str> = table["columns"].as_array().expect("columns").iter().map(|c| text(&c["name"])).collect();
    let all = [&table["rows"], &table["sums"]].into_iter().flat_map(|rows| rows.as_array().expect("rows"));
    all.map(|row| columns.iter().map(|name| row[name].clone()).collect()).collect()
}

fn titles(table: &Value) -> Vec<String> {
    table["columns"].as_array().expect("columns").iter().map(|c| text(&c["title"]).to_owned()).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A number that was rounded as declared stands as text.
fn decimal(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.')?;
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (all(whole) && all(part) && part.len() == 2).then_some(text)
}

/// A value as a Vietnamese page shows it; none of a moment, and of what the page says by a sign.
fn on_page(value: &Value) -> Option<String> {
    match value {
        Value::String(_) if decimal(value).is_some() => {
            Some(decimal(value)?.replace('-', "\u{2212}").replace('.', ","))
        }
        Value::String(text) if text.ends_with('Z') && text.contains('T') => None,
        Value::String(text) => Some(text.clone()),
        other => other.as_i64().filter(|n| (0..1000).contains(n)).map(|n| n.to_string()),
    }
}

fn unescaped(html: &str) -> String {
    let marks = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&"), ("&amp;", "&")];
    marks.into_iter().fold(html.to_owned(), |text, (mark, said)| text.replace(mark, said))
}

/// What stands between tags.
fn plain(html: &str) -> String {
    let mut out = String::new();
    for (n, part) in html.split('<').enumerate() {
        out.push_str(if n == 0 { part } else { part.split_once('>').expect("a whole tag").1 });
    }
    unescaped(&out)
}

/// The tables of a page: each with the titles of its columns, and the cells of its rows.
fn on(html: &str) -> Vec<(Vec<String>, Vec<Vec<String>>)> {
    let tables = html.split("<table ").skip(1).map(|rest| rest.split("</table>").next().expect("its end"));
    let table = |table: &str| {
        let (head, body) = table.split_once("</thead>").expect("a head");
        let title = |th: &str| match th.split_once("<abbr title=\"") {
            Some((_, rest)) => unescaped(rest.split('"').next().expect("its end")),
            None => plain(th.split_once('>').expect("a tag").1),
        };
        let heads = head.split("<th ").skip(1).map(title).collect();
        let cells = |tr: &str| {
            let tr = tr.replace("<th ", "<td ").replace("<td>", "<td >");
            tr.split("<td ").skip(1).map(|cell| plain(cell.split_once('>').expect("a tag").1)).collect()
        };
        (heads, body.split("<tr").skip(1).map(cells).collect())
    };
    tables.map(table).collect()
}

#[tokio::test]
async fn a_table_says_the_same_on_its_page_with_semicolons_in_a_workbook_and_in_json() {
    let site = Site::agreeing().await;
    for path in PAGES {
        let told = json(&site, path).await;
        let tables = told["tables"].as_array().expect("tables");
        let page = on(&site.get(path).await.body);
        assert_eq!(page.len(), tables.len(), "{path}");
        let book = site.get(&with(path, "as=xlsx")).await;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.bytes)).expect("a workbook");
        let sheets = book.sheet_names();
        assert_eq!(sheets.len(), tables.len(), "{path}");
        let mut figures = 0;
        for ((table, (heads, cells)), sheet) in tables.iter().zip(&page).zip(&sheets) {
            let (name, titles, rows) = (text(&table["name"]), titles(table), rows(table));
            assert_eq!(cells.len(), rows.len(), "{path} {name}");
            let csv = site.get(&with(path, &format!("as=csv&table={name}"))).await;
            assert_eq!(csv.status, StatusCode::OK, "{path} {name}");
            let lines: Vec<Vec<String>> = csv.body.trim_start_matches('\u{feff}').split("\r\n").map(values).collect();
            assert_eq!(lines[0], titles, "{path} {name}");
            let range = book.worksheet_range(sheet).expect("a sheet");
            for (n, row) in rows.iter().enumerate() {
                for (m, value) in row.iter().enumerate() {
                    let what = format!("{path} {name} row {n} {}", titles[m]);
                    let shown = heads.iter().position(|head| *head == titles[m]).map(|at| &cells[n][at]);
                    if table["columns"][m]["name"] == "movement" && *value == 0 {
                        // Who has not moved is not said to have.
                        assert_eq!(shown.map(String::as_str), Some(""), "{what}");
                    } else if let (Some(shown), Some(expected)) = (shown, on_page(value)) {
                        assert!(shown.contains(&expected), "{what}: {shown:?} and {value}");
                        figures += usize::from(decimal(value).is_some());
                    }
                    let held = range.get_value((u32::try_from(n + 4).expect("few"), u32::try_from(m).expect("few")));
                    let line = &lines[n + 1][m];
                    match (value, decimal(value)) {
                        (_, Some(decimal)) => {
                            assert_eq!(line, &decimal.replace('.', ","), "{what}");
                            assert_eq!(held, Some(&Data::Float(decimal.parse().expect("a number"))), "{what}");
                        }
                        (Value::Number(number), None) => {
                            assert_eq!(line, &number.to_string(), "{what}");
                            assert_eq!(held, Some(&Data::Float(number.as_f64().expect("a number"))), "{what}");
                        }
                        (Value::String(text), None) if text.is_empty() => {
                            assert!(line.is_empty() && matches!(held, None | Some(Data::Empty)), "{what}: {held:?}");
                        }
                        (Value::String(text), None) if text.ends_with('Z') => assert!(!line.is_empty(), "{what}"),
                        (Value::String(text), None) => {
                            assert_eq!(line, text, "{what}");
                            assert_eq!(held, Some(&Data::String(text.clone())), "{what}");
                        }
                        other => panic!("{what}: {other:?}"),
                    }
                }
            }
        }
        assert!(figures > 0 || path.ends_with("state"), "{path} has figures");
    }
}

/// The values of a line, read as any program for such files reads them.
fn values(line: &str) -> Vec<String> {
    let (mut out, mut value, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => value.push(letters.next().expect("it was seen")),
            '"' => quoted = !quoted,
            ';' if !quoted => out.push(std::mem::take(&mut value)),
            c => value.push(c),
        }
    }
    out.push(value);
    out
}

/// The texts of a chart's elements whose class begins so, in order.
fn charted(html: &str, chart: &str, class: &str) -> Vec<String> {
    let svg = html.split("<svg").find(|svg| svg.contains(&format!("id=\"{chart}-t\""))).expect("the chart");
    let svg = svg.split("</svg>").next().expect("its end");
    let begins = format!("<text class=\"{class}");
    let texts = svg.split(&begins).skip(1);
    texts.map(|text| plain(text.split_once('>').expect("a tag").1.split("</text>").next().expect("its end"))).collect()
}

/// A column of a table's rows, as the page shows it.
fn column(told: &Value, table: &str, name: &str) -> Vec<String> {
    let tables = told["tables"].as_array().expect("tables");
    let table = tables.iter().find(|t| t["name"] == table).expect("the table");
    let rows = table["rows"].as_array().expect("rows");
    let shown = |value: &Value| if *value == "" { "–".to_owned() } else { on_page(value).expect("a figure") };
    rows.iter().map(|row| shown(&row[name])).collect()
}

#[tokio::test]
async fn a_charts_figures_are_those_of_the_table_beneath_it() {
    let site = Site::agreeing().await;
    let (html, told) = (site.get("/rounds/hanoi-2022").await.body, json(&site, "/rounds/hanoi-2022").await);
    assert_eq!(charted(&html, "bars-so", "figure"), column(&told, "xep-hang-so", "index"));
    assert_eq!(charted(&html, "bars-so", "name"), column(&told, "xep-hang-so", "short"));

    let path = "/rounds/hanoi-2022/movement?against=round";
    let (html, told) = (site.get(path).await.body, json(&site, path).await);
    assert_eq!(charted(&html, "slope-so", "now\""), ["1 · LDTBXH", "2 · EVIL"]);
    assert_eq!(charted(&html, "slope-so", "then\""), ["EVIL · 1", "LDTBXH · 3"]);
    assert_eq!(column(&told, "bien-dong-so", "rank_before"), ["3", "1", "–"]);
    assert!(html.contains("<line class=\"up\"") && html.contains("<line class=\"down\""), "{html}");

    let path = "/rounds/hanoi-2022/compare?units=ldtbxh,bqlkcn";
    let (html, told) = (site.get(path).await.body, json(&site, path).await);
    let pairs = column(&told, "linh-vuc", "share_a").into_iter().zip(column(&told, "linh-vuc", "share_b"));
    assert_eq!(charted(&html, "pair", "figure"), pairs.flat_map(|(a, b)| [a, b]).collect::<Vec<_>>());
    // 26.68 / 30 less 15 / 20, in percent.
    assert_eq!(column(&told, "linh-vuc", "difference"), ["13,93", "42,86"]);

    let (html, told) = (site.get("/units/ldtbxh").await.body, json(&site, "/units/ldtbxh").await);
    assert_eq!(charted(&html, "years", "value"), column(&told, "cac-nam", "index"));
    assert_eq!(charted(&html, "years", "tick"), ["2021", "2022"]);
    assert!(html.contains("Trục bắt đầu từ 70"), "an axis that does not begin at 0 says so");
}

#[tokio::test]
async fn a_heat_map_holds_a_figure_in_each_cell_and_none_that_does_not_make_up_what_was_published() {
    let site = Site::agreeing().await;
    let path = "/rounds/hanoi-2022/fields";
    let (html, told) = (site.get(path).await.body, json(&site, path).await);
    let columns = ["field_1", "field_2"].map(|name| column(&told, "linh-vuc-so", name));
    assert_eq!(columns, [["88,93", "–", "75,00"], ["92,86", "–", "50,00"]], "{html}");
    let by_row = (0..3).flat_map(|row| columns.iter().map(move |column| column[row].clone()));
    assert_eq!(charted(&html, "heat-so", "in-"), by_row.collect::<Vec<_>>());
    assert_eq!(charted(&html, "heat-so", "in-none"), ["–", "–"]);
    for (shade, figure) in [("in-3", "88,93"), ("in-4", "92,86"), ("in-2", "75,00"), ("in-0", "50,00")] {
        assert_eq!(charted(&html, "heat-so", shade), [figure], "the darker the higher");
    }
    assert!(html.contains("1 đơn vị ghi “–”") && !html.contains("96,67"), "points that changed since are not shown");
    // The mean is over those that are shown: (88.9333 + 75) / 2.
    assert_eq!(told["tables"][0]["sums"][0]["field_1"], "81.97");
}

#[tokio::test]
async fn a_unit_over_years_is_told_what_each_round_has_published_and_nothing_else() {
    let site = Site::agreeing().await;
    let told = json(&site, "/units/ldtbxh").await;
    let rows = told["tables"][0]["rows"].as_array().expect("rows");
    let of = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("year"), ["2021", "2022"]);
    assert_eq!(of("index"), ["84.27", "91.68"], "the latest publication of each, and no provisional figure");
    assert_eq!((of("rank"), of("ranked")), (vec![3.into(), 1.into()], vec![2.into(), 2.into()]));
    assert_eq!(of("movement"), vec![Value::from(""), 2.into()]);
    // Of a unit that only a provisional standing of that year names, that year is not told.
    let told = json(&site, "/units/bqlkcn").await;
    assert_eq!(told["tables"][0]["rows"].as_array().map(Vec::len), Some(1), "{told}");
    for unknown in ["/units/nobody", "/units/%3Cscript%3E"] {
        assert_eq!(site.get(unknown).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn ranks_are_held_against_the_publication_before_or_the_round_before() {
    let site = Site::agreeing().await;
    let html = site.get("/rounds/hanoi-2022/movement").await.body;
    assert!(
        html.contains("<strong>So sánh công bố lần 2 với công bố lần 1</strong>"),
        "what the heading says of the round is not said again: {html}"
    );
    let first = json(&site, "/rounds/hanoi-2022/movement?publication=1").await;
    assert!(
        first["said"]
            .as_array()
            .and_then(|said| said.last()?.as_str())
            .is_some_and(|said| said == "So sánh công bố lần 1 với Chỉ số cải cách hành chính năm 2021, công bố lần 1"),
        "{first}"
    );
    assert_eq!(first["tables"][0]["rows"][0]["movement"], 2);
    let alone = site.get("/rounds/hanoi-2021/movement").await;
    assert_eq!(alone.status, StatusCode::OK);
    assert!(alone.body.contains("Không có kết quả nào trước đó") && !alone.body.contains("<table"));
    assert_eq!(site.get("/rounds/hanoi-2022/movement?against=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn two_units_are_chosen_by_a_form_without_a_script() {
    let site = Site::agreeing().await;
    let form = site.get("/rounds/hanoi-2022/compare").await.body;
    assert!(form.contains("<select id=\"unit-a\" name=\"a\">") && form.contains("<form") && !form.contains("<table"));
    let sent = site.get("/rounds/hanoi-2022/compare?publication=2&a=ldtbxh&b=bqlkcn").await.body;
    let named = site.get("/rounds/hanoi-2022/compare?publication=2&units=ldtbxh,bqlkcn").await.body;
    let tables = |html: &str| {
        html.split("<table").skip(1).map(|t| t.split("</table>").next().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert!(tables(&sent) == tables(&named) && tables(&sent).len() == 2);
    let same = site.get("/rounds/hanoi-2022/compare?units=evil,evil").await.body;
    assert!(same.contains("Hãy chọn hai đơn vị khác nhau.") && !same.contains("<table"));
    let kinds = site.get("/rounds/hanoi-2022/compare?units=ldtbxh,002").await.body;
    assert!(kinds.contains("hai bộ tiêu chí khác nhau") && tables(&kinds).len() == 1);
    for (query, status) in [("units=ldtbxh", StatusCode::BAD_REQUEST), ("units=ldtbxh,none", StatusCode::NOT_FOUND)] {
        assert_eq!(site.get(&format!("/rounds/hanoi-2022/compare?{query}")).await.status, status, "{query}");
    }
}

#[tokio::test]
async fn a_file_has_a_name_says_where_it_stands_and_is_the_same_while_it_stands_there() {
    let (one, other) = (Site::agreeing().await, Site::agreeing().await);
    for path in PAGES {
        let name = json(&one, path).await["tables"][0]["name"].as_str().expect("a name").to_owned();
        for kind in ["csv", "xlsx", "json"] {
            let asked = with(path, &format!("as={kind}&table={name}"));
            let (first, second) = (one.get(&asked).await, other.get(&asked).await);
            assert!(first.status == StatusCode::OK && first.bytes == second.bytes, "{asked}");
            let kept = first.header("content-disposition");
            assert!(
                kept.starts_with("attachment; filename=\"") && kept.ends_with(&format!("-{name}.{kind}\"")),
                "{kept}"
            );
            let again = one.get_as(&asked, ("if-none-match", first.header("etag"))).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{asked}");
            if kind != "xlsx" {
                for position in [INDEX_POSITION, RANKING_POSITION] {
                    let stands = first.body.contains(&root(position).to_string());
                    assert!(stands && first.body.contains(&position.to_string()), "{asked}: {position}");
                }
                assert!(first.body.contains("hanoi.example/training"), "{asked}");
            }
        }
    }
    let csv = one.get("/rounds/hanoi-2022?as=csv&table=xep-hang-so").await;
    assert!(csv.bytes.starts_with("\u{feff}Hạng;".as_bytes()) || csv.body.starts_with('\u{feff}'), "{}", csv.body);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    for bad in ["as=pdf", "as=csv", "as=csv&table=none", "as=xlsx&table=none"] {
        assert_eq!(one.get(&format!("/rounds/hanoi-2022?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn no_name_becomes_a_formula_or_markup_in_a_file_or_a_chart() {
    let site = Site::steered().await;
    let csv = site.get("/rounds/hanoi-2022?as=csv&table=xep-hang-huyen").await.body;
    let (_, shown) = STEERING;
    let line = csv.split("\r\n").find(|line| line.contains("HYPERLINK")).expect("its line");
    assert!(values(line).contains(&format!("'{shown}")), "{line}");
    assert!(!csv.contains('\u{202e}') && !csv.contains(";="), "{csv}");
    let csv = site.get("/rounds/hanoi-2022?as=csv&table=xep-hang-so").await.body;
    assert!(csv.split("\r\n").any(|line| values(line).contains(&HOSTILE.to_owned())), "{csv}");
    for path in ["/rounds/hanoi-2022", "/rounds/hanoi-2022/fields", "/rounds/hanoi-2022/movement", "/units/steering"] {
        let book = site.get(&with(path, "as=xlsx")).await;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.bytes)).expect("a workbook");
        let mut held = 0;
        for sheet in book.sheet_names() {
            assert!(book.worksheet_formula(&sheet).expect("a sheet").is_empty(), "{path} {sheet}");
            let range = book.worksheet_range(&sheet).expect("a sheet");
            held += range.rows().flatten().filter(|cell| cell.to_string().contains(shown)).count();
        }
        assert!(held > 0, "{path}");
        let html = site.get(path).await.body;
        assert!(html.contains("=HYPERLINK(&#34;x&#34;)") && !html.contains(HOSTILE), "{path}");
        let told = json(&site, path).await.to_string();
        assert!(told.contains("=HYPERLINK(\\\"x\\\")"), "{path}");
    }
}

/// The text of the code whose dark modules a path draws.
fn read_off(svg: &str) -> String {
    let sides: usize =
        svg.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("sides");
    let path = svg.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a path");
    let mut dark = vec![false; sides * sides];
    for run in path.split('M').skip(1) {
        let (x, rest) = run.split_once(' ').expect("a place");
        let (y, rest) = rest.split_once('h').expect("a run");
        let long = rest.split('v').next().expect("its length");
        let [x, y, long] = [x, y, long].map(|n| n.parse::<usize>().expect("a number"));
        dark[y * sides + x..y * sides + x + long].fill(true);
    }
    let of = |x: usize, y: usize| if dark[y / 4 * sides + x / 4] { 0 } else { 255 };
    let mut image = PreparedImage::prepare_from_greyscale(sides * 4, sides * 4, of);
    image.detect_grids().first().expect("a code").decode().expect("it reads").1
}

#[tokio::test]
async fn every_page_prints_a_code_for_each_place_that_its_figures_stand_on() {
    let site = Site::agreeing().await;
    for path in PAGES.into_iter().chain(["/rounds/hanoi-2022/check", "/rounds/hanoi-2022/units/ldtbxh/history"]) {
        let html = site.get(path).await.body;
        let foot = html.split("<div class=\"print-foot\"").nth(1).expect("a foot");
        let read: Vec<String> = foot.split("<svg").skip(1).map(read_off).collect();
        let head = |position: u64| format!("hanoi.example/training\n{position}\n{}\n", root(position).base64());
        let stands = [INDEX_POSITION, RANKING_POSITION].map(|position| (position, head(position)));
        for (position, head) in &stands {
            let named = foot.contains(&root(*position).to_string());
            assert_eq!(read.contains(head), named, "{path}: {read:?}");
        }
        assert!(
            !read.is_empty() && read.iter().all(|text| stands.iter().any(|(_, head)| head == text)),
            "{path}: {read:?}"
        );
    }
}

#[tokio::test]
async fn what_the_inspector_tells_goes_out_as_files_with_where_it_stands() {
    let site = Site::full().await;
    let of = "/rounds/hanoi-2022";
    for (path, names, told) in [
        (format!("{of}/check"), vec!["kiem-tra"], "ldtbxh"),
        (format!("{of}/diff?from=60"), vec!["don-vi", "tieu-chi"], "ldtbxh"),
        (format!("{of}/who?actor=td-07"), vec!["viec-da-lam", "tu-cach"], "1.1.2"),
        (format!("{of}/who?capacity=appraiser"), vec!["tu-cach"], "td-07"),
    ] {
        let page = site.get(&path).await.body;
        let all = json(&site, &path).await;
        let tables = all["tables"].as_array().expect("tables");
        let found: Vec<&str> = tables.iter().map(|table| text(&table["name"])).collect();
        assert_eq!(found, names, "{path}");
        assert!(all.to_string().contains(told), "{path}: {all}");
        for table in tables {
            let rows = rows(table);
            assert!(!rows.is_empty(), "{path}: {table}");
            for kind in ["csv", "xlsx", "json"] {
                let asked = format!("as={kind}&table={}", text(&table["name"]));
                let link = page.replace("&#38;", "&").replace("&amp;", "&");
                assert!(link.contains(&asked), "{path}: {asked}");
                let file = site.get(&with(&path, &asked)).await;
                assert!(file.status == StatusCode::OK, "{path}: {asked}");
                let stands = file.body.contains(&root(INDEX_POSITION).to_string());
                assert!(kind == "xlsx" || stands, "{path}: {asked}");
            }
        }
        let bad = site.get(&with(&path, "as=pdf")).await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST, "{path}");
    }
    // What nobody was asked for is no table.
    assert_eq!(site.get(&format!("{of}/who?as=csv")).await.status, StatusCode::BAD_REQUEST);
}
