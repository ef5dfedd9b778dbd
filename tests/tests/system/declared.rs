//! What of an opening a page declares beside the usual: several blocks of one kind of unit, survey forms, and a rulebook that is held against the one
//! before. Each leads to the events that it says, and what is wrong stands at its field.

use serde_json::{Value, json};

use super::api::Server;
use super::browser::signed_in;
use super::opening::{at, brings, events, hidden, sends, typed};
use super::unit_sheets::people;

/// Fields with others in their places.
fn with(fields: &[(String, String)], others: &[(&str, &str)]) -> Vec<(String, String)> {
    let kept = fields.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name)).cloned();
    kept.chain(others.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_of_unit_is_parted_into_blocks_on_a_page_and_a_fault_of_one_stands_at_its_own_field() {
    let (folder, open) = people(|_| true);
    let server = Server::over(folder, "127.0.0.1:0");
    let mut secretary = signed_in(&server, "sec-1").await;
    let fields = typed(&open["command"]["data"]);
    let empty = secretary.opens(&at("/open/round", &fields)).await;
    assert!(empty.html.contains("id=\"more.2.so.id\"") && !empty.html.contains("more.3.so"), "{}", empty.html);
    let second = [
        ("more.2.so.id", "so-b"),
        ("more.2.so.vi", "Khối hai (minh họa)"),
        ("more.2.so.en", "The second block"),
        ("more.2.so.units", "ldtbxh, yte"),
        ("more.2.so.unranked", "yte"),
    ];
    for (name, value, field) in [
        ("more.2.so.id", "so", "more.2.so.units"),
        ("more.2.so.id", "Khối", "more.2.so.id"),
        ("more.2.so.id", "", "more.2.so.id"),
        ("more.2.so.units", "ldtbxh, \"><script>alert(1)</script>", "more.2.so.units"),
        ("more.2.so.units", "", "more.2.so.units"),
        ("block.so.without", "yte", "more.2.so.units"),
        ("more.2.so.unranked", "gtvt", "more.2.so.units"),
        ("more.2.so.vi", "", "more.2.so.vi"),
    ] {
        let got = secretary.opens(&at("/open/round", &with(&with(&fields, &second), &[(name, value)]))).await;
        assert!(got.html.contains(&format!("id=\"{field}-fault\"")), "{name}={value}: {}", got.html);
        assert!(!got.html.contains("<script>alert"), "{}", got.html);
    }
    // A unit in two further blocks is told by the rules themselves.
    let third = [("more.3.so.id", "so-c"), ("more.3.so.vi", "Khối ba"), ("more.3.so.units", "yte")];
    let got = secretary.opens(&at("/open/round", &with(&with(&fields, &second), &third))).await;
    assert!(got.html.contains("unit_twice") && got.html.contains("id=\"more.4.so.id\""), "{}", got.html);

    let overview = secretary.opens(&at("/open", &with(&fields, &second))).await;
    assert!(overview.html.contains("Khối hai (minh họa)"), "{}", overview.html);
    let form = hidden(&overview);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let opened = secretary.sends("/open", &form).await;
    assert_eq!(opened.status, 303, "{}", opened.html);
    let on_record = events(&server.folder, &["round_opened"]);
    let blocks = on_record[0]["data"]["blocks"].as_array().expect("blocks").clone();
    let usual = open["command"]["data"]["blocks"].as_array().expect("blocks");
    let names: Vec<&Value> = blocks.iter().map(|block| &block["block"]).collect();
    assert_eq!(names, [&json!("so"), &json!("so-b"), &json!("huyen")]);
    assert_eq!((&blocks[1]["units"], &blocks[1]["unranked"]), (&json!(["ldtbxh", "yte"]), &json!(["yte"])));
    let all = usual[0]["units"].as_array().expect("units").iter();
    let rest: Vec<&Value> = all.filter(|unit| **unit != "ldtbxh" && **unit != "yte").collect();
    assert_eq!(blocks[0]["units"].as_array().map(|units| units.iter().collect()), Some(rest));

    // The next round begins with the same blocks, once the index has come to the one that was opened.
    let mut next = secretary.opens("/open/round").await;
    while next.value("year").as_deref() == Some("") {
        next = secretary.opens("/open/round").await;
    }
    for (name, value) in [("more.2.so.id", "so-b"), ("more.2.so.units", "ldtbxh, yte"), ("block.so.id", "so")] {
        assert_eq!(next.value(name).as_deref(), Some(value), "{name}: {}", next.html);
    }
    server.folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_form_is_entered_on_a_page_by_survey_staff_and_chosen_for_a_round_by_the_secretariat() {
    let (folder, open) = people(|_| true);
    let server = Server::over(folder, "127.0.0.1:0");
    let question = |code: &str, vi: &str| json!({ "code": code, "leaf": "1.6.1", "text": { "vi": vi, "en": "Asked" } });
    let form = json!({
        "title": { "vi": "Phiếu cán bộ (minh họa)", "en": "A form" },
        "basis": { "vi": "Minh họa", "en": "Illustrative" },
        "kind": "so",
        "groups": ["so-5"],
        "questions": [question("q1", "Câu hỏi một </td><script>alert(1)</script>"), question("q2", "Câu hỏi hai")],
    });
    let mut staff = signed_in(&server, "srv-1").await;
    for place in ["/open", "/open/round", "/open/people", "/open/people/book", "/open/documents/rulebook"] {
        assert_eq!(staff.opens(place).await.status, 403, "{place}");
    }
    let faulty = brings(&mut staff, ("form", "phieu-so", "a.json"), b"{\"kind\":1}").await;
    assert_eq!(faulty.status, 422, "{}", faulty.html);
    let preview = brings(&mut staff, ("form", "phieu-so", "a.json"), form.to_string().as_bytes()).await;
    assert!(preview.status == 200 && preview.html.contains("Câu hỏi hai"), "{}", preview.html);
    assert!(!preview.html.contains("<script>alert"), "{}", preview.html);
    assert!(!preview.html.contains("href=\"/open/people\""), "he is led to no page that is closed to him");
    let mut secretary = signed_in(&server, "sec-1").await;
    let read = secretary.opens("/open/documents/form").await;
    assert!(read.status == 200 && !read.html.contains("enctype"), "the secretariat only looks: {}", read.html);
    let csrf = secretary.csrf("/me").await;
    let fields = [("csrf", csrf.as_str()), ("id", "x")];
    let tried = secretary.brings("/open/documents/form", &fields, ("a.json", form.to_string().as_bytes())).await;
    assert_eq!(tried.status, 403, "{}", tried.html);
    assert_eq!(sends(&mut secretary, "form", &preview).await.status, 403, "nor by the form of another session");
    for _ in 0..2 {
        let sent = sends(&mut staff, "form", &preview).await;
        assert!(sent.status == 303 && sent.to.contains("form.phieu-so=yes"), "{} {}", sent.to, sent.html);
    }
    let sealed = events(&server.folder, &["document_sealed"]);
    let forms: Vec<&Value> = sealed.iter().filter(|seal| seal["data"]["document"] == "form").collect();
    assert!(forms.len() == 1 && forms[0]["data"]["id"] == "phieu-so", "{forms:?}");
    let declared = with(&typed(&open["command"]["data"]), &[("form.phieu-so", "yes")]);
    let page = secretary.opens(&at("/open/round", &declared)).await;
    assert!(page.html.contains("Phiếu hỏi phieu-so"), "{}", page.html);
    // It asks for one leaf of many: whether that will do is the rules' to say, and is said.
    assert!(page.html.contains("forms_unfit"), "{}", page.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rulebook_is_held_against_the_one_before_it_before_anything_of_it_is_recorded() {
    let (folder, _) = people(|_| true);
    let exported = ["document", "export", "--data", "@", "--kind", "rulebook", "--id", "hanoi-4210-illustrative"];
    folder.must(&[&exported[..], &["book.json"]].concat());
    let text = std::fs::read_to_string(folder.beside("book.json")).expect("a file");
    let mut book: Value = serde_json::from_str(&text).expect("JSON");
    let server = Server::over(folder, "127.0.0.1:0");
    let mut secretary = signed_in(&server, "sec-1").await;
    let same = brings(&mut secretary, ("rulebook", "b-1", "a.json"), text.as_bytes()).await;
    assert!(same.html.contains("Không có thay đổi so với hanoi-4210-illustrative."), "{}", same.html);

    let nodes = book["nodes"].as_array_mut().expect("nodes");
    let leaves = nodes.iter_mut().filter(|node| node["kind"] == "so" && node["leaf"]["source"] == "appraisal");
    let mut leaves: Vec<&mut Value> = leaves.collect();
    leaves[0]["title"]["vi"] = "Tên mới </td><script>alert(1)</script>".into();
    let exemptible = leaves[1]["leaf"]["exemptible"] == true;
    leaves[1]["leaf"]["exemptible"] = (!exemptible).into();
    let before = [leaves[0]["code"].clone(), leaves[1]["code"].clone(), leaves[2]["code"].clone()];
    let renamed = format!("{}9", leaves[2]["code"].as_str().expect("a code"));
    leaves[2]["code"] = renamed.clone().into();
    let stood = events(&server.folder, &["part_entered"]).len();
    let shown = brings(&mut secretary, ("rulebook", "b-1", "a.json"), book.to_string().as_bytes()).await;
    assert_eq!(shown.status, 200, "{}", shown.html);
    let code = |code: &Value| format!("<code>so {}</code>", code.as_str().expect("a code"));
    for told in ["Thay đổi so với hanoi-4210-illustrative", "thêm mới", "không còn", "Tên mới", "không áp dụng"]
    {
        assert!(shown.html.contains(told), "{told}: {}", shown.html);
    }
    for told in before.iter().chain([&Value::from(renamed)]) {
        assert!(shown.html.contains(&code(told)), "{told}: {}", shown.html);
    }
    assert_eq!(shown.html.matches("<code>so ").count(), 4, "and nothing that is as it was: {}", shown.html);
    assert!(!shown.html.contains("<script>alert"), "{}", shown.html);
    assert_eq!(events(&server.folder, &["part_entered"]).len(), stood);
}
