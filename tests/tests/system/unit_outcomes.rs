//! What became of a unit's claims behind the whole sample round: of a score that an appeal has raised again, in part, too.

use serde_json::Value;
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::signed_in;
use super::survey_pages::events;

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_an_appeal_has_upheld_in_part_stands_as_lowered_with_each_stage_and_the_points_that_count() {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    let server = Server::over(folder, "127.0.0.1:0");
    let decided = events(&server.folder, "appeal_decided").swap_remove(0);
    assert_eq!((&decided["data"]["act"]["number"], &decided["data"]["outcome"]), (&1.into(), &"upheld_in_part".into()));
    let of_leaf = |event: &Value| {
        let of = if event["data"]["act"].is_null() { &event["data"] } else { &event["data"]["act"] };
        of["unit"] == "273" && of["leaf"] == "3.4.1"
    };
    for kind in ["self_scored", "score_adjusted", "score_corrected"] {
        assert_eq!(events(&server.folder, kind).iter().filter(|event| of_leaf(event)).count(), 1, "{kind}");
    }

    let page = signed_in(&server, "273-d").await.opens("/rounds/hanoi-2022/units/273/outcome").await;
    assert_eq!(page.status, 200, "{}", page.html);
    let rows = page.html.split("<tr>").skip(1).map(|row| row.split("</tr>").next().unwrap_or_default());
    let row = rows.clone().find(|row| row.contains("history?leaf=3.4.1\"")).expect("its row");
    for shown in [">1,2<", ": 1,04<", ": 1,14<", "outcome-lowered\">1,14<"] {
        assert!(row.contains(shown), "{shown}: {row}");
    }
    // Of every leaf the class is that of the two numbers beside it.
    let number = |text: &str| text.replace(',', ".").parse::<f64>().ok();
    let mut seen = [0; 3];
    for row in rows.filter(|row| row.contains("outcome-")) {
        let cells: Vec<&str> =
            row.split("class=\"num").skip(1).filter_map(|c| c.split_once('>')?.1.split('<').next()).collect();
        let class = row.split("outcome-").nth(1).and_then(|rest| rest.split('"').next()).expect("a class");
        let (claimed, counts) = (number(cells[1]), number(cells[cells.len() - 1]));
        let expected = match (claimed, counts) {
            (Some(claimed), Some(counts)) if counts < claimed => "lowered",
            (Some(claimed), Some(counts)) if counts > claimed => "raised",
            (Some(_), Some(_)) => "kept",
            (_, None) => "none",
            (None, Some(_)) => "raised",
        };
        assert_eq!(class, expected, "{row}");
        seen[["lowered", "kept", "raised"].iter().position(|c| *c == class).unwrap_or(2)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}
