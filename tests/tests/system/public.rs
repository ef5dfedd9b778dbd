//! What is published, for whoever asks: every table of it without signing in, in every form, and no figure beside it.

use reqwest::StatusCode;
use system_tests::folder::Folder;

use super::api::Server;
use super::browser::Browser;
use super::chromium::told;

/// The sample round, played to its end: published twice.
fn played() -> Folder {
    let folder = Folder::new();
    folder.must(&["demo", "--no-serve", "--data", "@"]);
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_opens_what_is_published_and_nobody_the_figures_of_this_moment() {
    let server = Server::over(played(), "0.0.0.0:0");
    let mut nobody = Browser::new(&server);
    let round = "/rounds/hanoi-2022";
    for page in ["", "/fields", "/movement", "/compare?units=gtvt,noivu", "/report"] {
        let got = nobody.opens(&format!("{round}{page}")).await;
        assert_eq!(got.status, StatusCode::OK.as_u16(), "{page}: {}", got.to);
        let glue = if page.contains('?') { '&' } else { '?' };
        let live = nobody.opens(&format!("{round}{page}{glue}publication=live")).await;
        assert!(live.to.starts_with("/sign-in"), "{page}: {} {}", live.status, live.to);
        let live = nobody.opens(&format!("{round}{page}{glue}publication=live&as=json")).await;
        assert!(live.to.starts_with("/sign-in"), "{page} as a file: {} {}", live.status, live.to);
    }
    assert_eq!(nobody.opens("/units/gtvt").await.status, 200);
    assert!(nobody.opens("/units/none").await.to.starts_with("/sign-in"));
    let kept = nobody.opens(&format!("{round}/units/gtvt?as=csv&table=linh-vuc")).await;
    assert!(kept.to.starts_with("/sign-in"), "a unit's own page stays its own: {}", kept.to);

    for (path, name) in [
        ("?as=csv&table=xep-hang-so", "xep-hang-hanoi-2022-lan-2-xep-hang-so.csv"),
        ("/fields?as=xlsx", "linh-vuc-hanoi-2022-lan-2.xlsx"),
        ("/movement?as=json", "bien-dong-hanoi-2022-lan-2.json"),
    ] {
        let (status, disposition, bytes) = nobody.downloads(&format!("{round}{path}")).await;
        assert_eq!((status, disposition.as_str()), (200, format!("attachment; filename=\"{name}\"").as_str()));
        assert!(!bytes.is_empty());
    }
}

#[test]
fn what_leaders_and_the_public_look_at_holds_in_a_real_browser_at_a_desk_on_a_phone_and_on_paper() {
    let server = Server::over(played(), "127.0.0.1:0");
    let said = told("leaders.mjs", &server, &[]).output().expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(said.status.success(), "{}\n{}", text(&said.stdout), text(&said.stderr));
}
