//! A round opened by pages from an empty log: people by a workbook, documents by files as the command line exports them, declarations in an
//! address; the same events as by the command line. What is hostile, wrong, not one's own or sent twice puts nothing on record.

use serde_json::{Value, json};
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::{Browser, Got, signed_in};
use super::unit_sheets::{deploy, id, people, play};

/// The documents of the sample, as the command line writes them: one as a workbook, one as JSON.
const FILES: [(&str, &str, &str); 2] =
    [("rulebook", "hanoi-4210-illustrative", "book.xlsx"), ("catalogue", "hanoi-2022", "units.json")];

/// A log of the sample's origin and clock, in which nobody is granted anything but its two administrators.
pub fn empty() -> Folder {
    let folder = Folder::new();
    let mut init = vec!["init", "--data", "@", "--origin", "test.example/sheets", "--training"];
    init.extend(["--administrator", "admin-a", "--administrator", "admin-b"]);
    init.extend(["--scripted-from", "2022-10-20T01:00:00.000000Z"]);
    folder.must(&init);
    folder
}

/// The events of a log, of some kinds.
pub fn events(folder: &Folder, kinds: &[&str]) -> Vec<Value> {
    folder.must(&["export", "--data", "@", "log.ndjson"]);
    let log = std::fs::read_to_string(folder.beside("log.ndjson")).expect("the log");
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    events.filter(|event| kinds.iter().any(|kind| event["kind"] == *kind)).collect()
}

/// Every field that a page's forms send along without asking, but for the secrets of the session.
pub fn hidden(page: &Got) -> Vec<(String, String)> {
    let inputs = page.html.split("<input type=\"hidden\" name=\"").skip(1);
    let read = inputs.filter_map(|input| {
        let (name, rest) = input.split_once("\" value=\"")?;
        Some((name.to_owned(), unescaped(rest.split('"').next()?)))
    });
    read.collect()
}

fn unescaped(text: &str) -> String {
    let marks = [("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&#39;", "'"), ("&#38;", "&")];
    marks.into_iter().fold(text.to_owned(), |text, (mark, means)| text.replace(mark, means))
}

/// An address with a query.
pub fn at(path: &str, fields: &[(String, String)]) -> String {
    let mut address = reqwest::Url::parse("http://x").expect("an address");
    address.query_pairs_mut().extend_pairs(fields);
    format!("{path}?{}", address.query().unwrap_or_default())
}

/// What somebody types who declares a round as a command says it.
pub fn typed(open: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut fields: Vec<(String, String)> = vec![
        ("round".into(), text(&open["round"])),
        ("year".into(), text(&open["year"])),
        ("rulebook".into(), text(&open["rulebook"]["id"])),
        ("catalogue".into(), text(&open["catalogue"]["id"])),
    ];
    for (name, of) in [("title", &open["title"]), ("authority", &open["authority"])] {
        fields.extend(["vi", "en"].map(|lang| (format!("{name}.{lang}"), text(&of[lang]))));
    }
    for block in open["blocks"].as_array().expect("blocks") {
        let name = |member: &str| format!("block.{}.{member}", text(&block["kind"]));
        fields.extend(["vi", "en"].map(|lang| (name(lang), text(&block["title"][lang]))));
    }
    for window in open["phases"].as_array().expect("phases") {
        for end in ["from", "until"] {
            let at = proto::Instant::parse(window[end].as_str().expect("a moment")).expect("a moment");
            fields.push((format!("{end}.{}", text(&window["phase"])), at.vietnam()));
        }
    }
    for (n, band) in open["policy"]["bands"].as_array().expect("bands").iter().enumerate() {
        fields.extend(["code", "from"].map(|member| (format!("band.{n}.{member}"), text(&band[member]))));
        fields.extend(["vi", "en"].map(|lang| (format!("band.{n}.{lang}"), text(&band["title"][lang]))));
    }
    fields
}

/// Brings a file as a document, and gives the preview.
pub async fn brings(who: &mut Browser<'_>, (kind, id, name): (&str, &str, &str), file: &[u8]) -> Got {
    let place = format!("/open/documents/{kind}");
    let csrf = who.csrf(&place).await;
    who.brings(&place, &[("csrf", &csrf), ("id", id)], (name, file)).await
}

/// Sends what a preview holds.
pub async fn sends(who: &mut Browser<'_>, kind: &str, preview: &Got) -> Got {
    let fields = hidden(preview);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    who.sends(&format!("/open/documents/{kind}/send"), &fields[..fields.len() - 1]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_opened_by_pages_from_an_empty_log_to_the_same_events_as_by_the_command_line() {
    // What the command line makes of the sample: its documents exported, entered into another log, and the round opened there.
    let (sample, open) = people(|_| true);
    for (kind, id, file) in FILES {
        sample.must(&["document", "export", "--data", "@", "--kind", kind, "--id", id, file]);
    }
    let (by_hand, _) = people(|line| !line.contains("\"enter_part\"") && !line.contains("\"seal_document\""));
    let token = by_hand.must(&["token", "--data", "@", "--actor", "sec-1"]).out.trim().to_owned();
    for (_, id, file) in FILES {
        std::fs::copy(sample.beside(file), by_hand.beside(file)).expect("copies");
        by_hand.must(&["document", "enter", "--data", "@", "--token", &token, "--id", id, "--unit", "noivu", file]);
    }
    play(&by_hand, &format!("{open}\n"));
    let of_sample = Server::over(sample, "127.0.0.1:0");
    let table = signed_in(&of_sample, "insp-1").await.downloads("/open/people/book").await;
    assert!(table.0 == 200 && table.1.contains(".xlsx"), "{table:?}");

    let server = Server::over(empty(), "127.0.0.1:0");
    let mut administrator = signed_in(&server, "admin-a").await;
    let people = administrator.opens("/open/people").await;
    assert!(people.status == 200 && people.html.contains("Nhập từ Excel"), "{}", people.html);
    let csrf = administrator.csrf("/open/people").await;
    let shown = administrator.brings("/open/people", &[("csrf", &csrf)], ("tu-cach.xlsx", &table.2)).await;
    let changes = shown.values("change");
    assert!(shown.status == 200 && changes.len() == 127, "{} {}: {}", shown.status, changes.len(), shown.html);
    let mut grants = vec![("csrf", csrf.as_str())];
    grants.extend(changes.iter().map(|change| ("change", change.as_str())));
    for _ in 0..2 {
        let sent = administrator.sends("/open/people/send", &grants).await;
        assert_eq!((sent.status, sent.to.starts_with("/open/people?position=")), (303, true), "{}", sent.html);
    }
    assert_eq!(events(&server.folder, &["capacity_granted"]).len(), 127, "sent twice, each is granted once");
    let again = administrator.brings("/open/people", &[("csrf", &csrf)], ("tu-cach.xlsx", &table.2)).await;
    assert!(again.values("change").is_empty() && again.html.contains("đã cấp rồi"), "{}", again.html);

    let mut secretary = signed_in(&server, "sec-1").await;
    for (kind, id, file) in FILES {
        let bytes = std::fs::read(of_sample.folder.beside(file)).expect("a file");
        let preview = brings(&mut secretary, (kind, id, file), &bytes).await;
        assert!(preview.status == 200 && preview.html.contains("Xem trước"), "{}", preview.html);
        assert!(
            events(&server.folder, &["part_entered"]).iter().all(|part| part["data"]["id"] != id),
            "only looked at"
        );
        for _ in 0..2 {
            let sent = sends(&mut secretary, kind, &preview).await;
            let further = format!("/open/documents/{kind}?{kind}={id}&position=");
            assert!(sent.status == 303 && sent.to.starts_with(&further), "{} {}", sent.to, sent.html);
        }
    }
    let data = &open["command"]["data"];
    let fields = typed(data);
    let further = secretary.opens(&at("/open/round", &[&fields[..], &[("go".into(), "on".into())]].concat())).await;
    assert!(further.status == 303 && further.to.starts_with("/open?round=hanoi-2022&"), "{}", further.html);
    let overview = secretary.opens(&further.to).await;
    assert!(overview.html.contains("52 đơn vị") || overview.html.contains("22 đơn vị"), "{}", overview.html);
    assert!(overview.html.contains("28/10/2022") || overview.html.contains("01/11/2022 00:00"), "{}", overview.html);
    assert!(!overview.html.contains("Những người còn thiếu"), "nobody is missing: {}", overview.html);
    let form = hidden(&overview);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Another round than the one that was looked at is not opened, whoever changed it.
    let other: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| if *name == "digits" { (*name, "3") } else { (*name, *value) }).collect();
    let refused = secretary.sends("/open", &other).await;
    assert!(refused.status == 409 && refused.html.contains("role=\"alert\""), "{}: {}", refused.status, refused.html);
    assert!(events(&server.folder, &["round_opened"]).is_empty());
    for _ in 0..2 {
        let opened = secretary.sends("/open", &form).await;
        assert!(opened.status == 303 && opened.to.starts_with("/open?opened=hanoi-2022&position="), "{}", opened.html);
    }
    let kinds = ["part_entered", "document_sealed", "round_opened"];
    let made = |folder: &Folder| -> Vec<Value> {
        let told = events(folder, &kinds).into_iter().map(|event| {
            let command = if event["kind"] == "round_opened" { json!({}) } else { event["command"].clone() };
            json!([event["stream"], event["version"], event["kind"], event["actor"], command, event["data"]])
        });
        told.collect()
    };
    let (pages, hand) = (made(&server.folder), made(&by_hand));
    assert_eq!(pages.len(), hand.len());
    for (page, hand) in pages.iter().zip(&hand) {
        assert_eq!(page, hand);
    }
    assert_eq!(&events(&server.folder, &["round_opened"])[0]["data"], data);
    let again = secretary.opens(&further.to).await;
    assert!(again.html.contains("round_exists"), "{}", again.html);
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_or_faulty_file_is_told_whole_and_puts_nothing_on_record() {
    let (folder, _) = people(|_| true);
    let server = Server::over(folder, "127.0.0.1:0");
    let mut secretary = signed_in(&server, "sec-1").await;
    let stood = events(&server.folder, &["part_entered", "document_sealed"]).len();
    let good = std::fs::read(deploy("rulebooks/all-kinds.json")).expect("a file");
    let text = String::from_utf8(good.clone()).expect("text");
    let bad = text.replacen("\"maximum\": \"20\"", "\"maximum\": \"21\"", 2);
    let hostile = "\"><script>alert(1)</script>";
    let scripted = text.replacen("\"vi\": \"", &format!("\"vi\": \"{}", hostile.replace('"', "\\\"")), 1);
    let mut cut = std::fs::read(sheet(&server.folder)).expect("a workbook");
    cut.truncate(cut.len() / 2);
    let table: [(&str, &str, &[u8], &str); 8] = [
        ("rulebook", "b-1", b"", "not_json"),
        ("rulebook", "b-1", b"\x00\x01\x02", "not_json"),
        ("rulebook", "b-1", b"PK\x03\x04rest", "workbook_damaged"),
        ("rulebook", "b-1", &cut, "workbook_damaged"),
        ("rulebook", "b-1", bad.as_bytes(), "sum_differs"),
        ("catalogue", "b-1", &good, "kind_differs"),
        ("rulebook", hostile, &good, "Mã gồm 1 đến 64"),
        ("rulebook", "hanoi-4210-illustrative", &good, "thuộc tài liệu khác"),
    ];
    for (kind, id, file, told) in table {
        let got = brings(&mut secretary, (kind, id, hostile), file).await;
        assert_eq!(got.status, 422, "{kind} {told}: {}", got.html);
        assert!(got.html.contains(told) || got.html.contains("json"), "{told}: {}", got.html);
        assert!(!got.html.contains("<script>alert") && got.values("change").is_empty(), "{told}");
    }
    let faulty = brings(&mut secretary, ("rulebook", "b-1", "bad.json"), bad.as_bytes()).await;
    assert!(faulty.html.matches("<li>").count() >= 3 && faulty.html.contains("total_differs"), "{}", faulty.html);
    assert_eq!(faulty.value("id").as_deref(), Some("b-1"), "what was typed stays");
    // Markup in a title is a title.
    let shown = brings(&mut secretary, ("rulebook", "b-1", "a.json"), scripted.as_bytes()).await;
    assert!(shown.status == 200 && !shown.html.contains("<script>alert"), "{}", shown.html);
    // What was shown is what is sent: parts left out, put otherwise, of another document or digest are not taken.
    let form = hidden(&shown);
    let change: Vec<&(String, String)> = form.iter().filter(|(name, _)| name == "change").collect();
    assert!(change.len() >= 2);
    let csrf = secretary.csrf("/open/documents/rulebook").await;
    let digest = shown.value("digest").expect("shown");
    let (first, last) = (change[0].1.as_str(), change[change.len() - 1].1.as_str());
    let renamed = first.replace("\"b-1\"", "\"b-2\"");
    let edited = first.replacen("minh họa", "minh hoạ", 1);
    let edited = if edited == first { first.replacen("\"en\":\"", "\"en\":\"x", 1) } else { edited };
    let zeros = "0".repeat(64);
    let tries: [(&[&str], &str); 7] = [
        (&[], &digest),
        (&[first], &digest),
        (&[last], &digest),
        (&[last, first], &digest),
        (&[&renamed, last], &digest),
        (&[&edited, last], &digest),
        (&[first, last], &zeros),
    ];
    for (commands, digest) in tries {
        let mut fields = vec![("csrf", csrf.as_str()), ("digest", digest)];
        fields.extend(commands.iter().map(|command| ("change", *command)));
        let got = secretary.sends("/open/documents/rulebook/send", &fields).await;
        assert_eq!(got.status, 400, "{}", got.html);
    }
    assert_eq!(events(&server.folder, &["part_entered", "document_sealed"]).len(), stood, "nothing is on record");
    // A workbook of people that is none, or says what cannot be.
    let mut administrator = signed_in(&server, "admin-a").await;
    let csrf = administrator.csrf("/open/people").await;
    for file in [&b"x"[..], &cut, &good] {
        let got = administrator.brings("/open/people", &[("csrf", &csrf)], ("a.xlsx", file)).await;
        assert!(got.status == 422 && got.values("change").is_empty(), "{}", got.html);
    }
    let got = administrator.sends("/open/people/send", &[("csrf", &csrf), ("change", last)]).await;
    assert_eq!(got.status, 400, "a grant, and nothing else: {}", got.html);
    // Whatever is typed into the declarations stands there as text, with all faults at once.
    let draft = [
        ("round", hostile),
        ("title.vi", hostile),
        ("year", "năm"),
        ("from.council", "1/1"),
        ("band.0.code", "Đ"),
        ("ties", "x"),
    ];
    let draft: Vec<(String, String)> = draft.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let got = secretary.opens(&at("/open/round", &draft)).await;
    assert!(got.status == 200 && !got.html.contains("<script>alert"), "{}", got.html);
    for field in
        ["round-fault", "year-fault", "from.council-fault", "until.council-fault", "band.0.code-fault", "ties-fault"]
    {
        assert!(got.html.contains(&format!("id=\"{field}\"")), "{field}: {}", got.html);
    }
    server.folder.must(&["verify", "--data", "@"]);
}

/// The sample's catalogue as a workbook.
fn sheet(folder: &Folder) -> std::path::PathBuf {
    folder.must(&["document", "export", "--data", "@", "--kind", "catalogue", "--id", "hanoi-2022", "units.xlsx"]);
    folder.beside("units.xlsx")
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_are_opened_by_the_secretariat_and_people_granted_by_administrators_alone() {
    let (folder, open) = people(|_| true);
    let server = Server::over(folder, "127.0.0.1:0");
    let mut secretary = signed_in(&server, "sec-1").await;
    let address = at("/open", &typed(&open["command"]["data"]));
    let overview = secretary.opens(&address).await;
    let form = hidden(&overview);
    assert!(form.iter().any(|(name, _)| name == "digest"), "{}", overview.html);
    let units = std::fs::read(sheet(&server.folder)).expect("a workbook");
    for who in ["insp-1", "admin-a"] {
        let mut reader = signed_in(&server, who).await;
        let got = reader.opens(&address).await;
        assert!(got.status == 200 && !got.html.contains("action=\"/open\""), "{who} opens nothing: {}", got.html);
        let csrf = reader.csrf("/me").await;
        let fields =
            form.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields).collect();
        assert_eq!(reader.sends("/open", &fields).await.status, 403, "{who}");
        let place = "/open/documents/catalogue";
        let brought = reader.brings(place, &[("csrf", &csrf), ("id", "u-2")], ("a.xlsx", &units)).await;
        assert_eq!(brought.status, 403, "{who}: {}", brought.html);
    }
    for who in ["insp-1", "sec-1"] {
        let mut reader = signed_in_again(&server, who).await;
        let got = reader.opens("/open/people").await;
        assert!(got.status == 200 && !got.html.contains("enctype"), "{who} grants nothing: {}", got.html);
        let csrf = reader.csrf("/me").await;
        assert_eq!(reader.brings("/open/people", &[("csrf", &csrf)], ("a.xlsx", &units)).await.status, 403, "{who}");
        let command = id(77);
        let fields = [
            ("csrf", csrf.as_str()),
            ("command", &command),
            ("actor", "x-1"),
            ("grant", "g1"),
            ("capacity", "council"),
            ("from", "2022-10-28T00:00"),
        ];
        assert_eq!(reader.sends("/open/people/grant", &fields).await.status, 403, "{who}");
    }
    for who in ["ldtbxh-d", "apr-1", "council-1", "pub-1"] {
        let mut other = signed_in(&server, who).await;
        for place in ["/open", "/open/round", "/open/documents/rulebook", "/open/people", "/open/people/book"] {
            assert_eq!(other.opens(place).await.status, 403, "{who} {place}");
        }
    }
    let mut administrator = signed_in_again(&server, "admin-a").await;
    let page = administrator.opens("/open/people").await;
    let one = [("actor", "council-20"), ("grant", "g1"), ("capacity", "council"), ("from", "2022-10-28T00:00")];
    let granted = administrator.fills(&page, "/open/people/grant", &one).await;
    assert!(granted.status == 303 && granted.to.starts_with("/open/people?position="), "{}", granted.html);
    let refused = administrator
        .fills(
            &page,
            "/open/people/grant",
            &[
                ("actor", "admin-a"),
                ("grant", "g2"),
                ("capacity", "council"),
                ("from", "2022-10-28T00:00"),
                ("command", &id(78)),
            ],
        )
        .await;
    assert!(refused.status == 403 && refused.html.contains("role=\"alert\""), "{}", refused.html);
    assert_eq!(refused.value("actor").as_deref(), Some("admin-a"), "what was typed stays");
    assert!(events(&server.folder, &["round_opened"]).is_empty());
}

/// Somebody who has chosen his password before.
async fn signed_in_again<'s>(server: &'s Server, who: &str) -> Browser<'s> {
    let mut browser = Browser::new(server);
    let got = browser.signs_in(who, super::browser::CHOSEN).await;
    if got.status == 303 && got.to != "/password" {
        return browser;
    }
    signed_in(server, who).await
}
