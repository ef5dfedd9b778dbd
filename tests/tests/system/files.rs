//! Files over HTTP: sent by the unit, handed out by right and on record, and attached only where the store has them. The log is one
//! on the machine's clock, as a live one is.

use std::fs;
use std::time::Duration;

use ledger::Ledger;
use platform::outward;
use proto::Hash;
use proto::act::sheet::Evidence;
use proto::stored_file::FileTaken;
use reqwest::{Response, StatusCode, Url};
use serde_json::{Value, json};
use system_tests::folder::Folder;
use system_tests::load::round;

use super::api::Server;

/// A folder whose round is open now, on the machine's clock.
pub async fn open_now() -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.data()).expect("a folder");
    let card = json!({ "format": 1, "origin": round::origin() });
    fs::write(folder.data().join("parindex.json"), card.to_string()).expect("a card");
    let open = round::begin(folder.data().join("ledger.db")).await.expect("a round");
    Ledger::stop(open.ledger).await;
    folder
}

pub fn pdf(size: usize) -> Vec<u8> {
    [b"%PDF-1.7\n".to_vec(), vec![b'x'; size], b"\n%%EOF\n".to_vec()].concat()
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Client {
    /// Where files are sent.
    pub files: String,
    /// Where commands are.
    pub ledger: String,
    pub token: String,
}

impl Client {
    pub fn of(server: &Server, token: String) -> Self {
        Self { files: server.url.clone(), ledger: server.url.clone(), token }
    }

    pub async fn send(&self, unit: &str, name: &str, bytes: Vec<u8>) -> Response {
        let url = format!("{}/api/files/hanoi-2022/{unit}", self.files);
        let url = Url::parse_with_params(&url, [("name", name), ("page", "tr. 3")]).expect("an address");
        outward::client().post(url).bearer_auth(&self.token).body(bytes).send().await.expect("answers")
    }

    pub async fn taken(&self, unit: &str, name: &str, bytes: Vec<u8>) -> FileTaken {
        let response = self.send(unit, name, bytes).await;
        assert_eq!(response.status(), StatusCode::CREATED, "{name}");
        serde_json::from_slice(&response.bytes().await.expect("a body")).expect("a receipt")
    }

    pub async fn open(&self, unit: &str, address: &str) -> Response {
        let url = format!("{}/api/files/hanoi-2022/{unit}/{address}", self.files);
        outward::client().get(url).bearer_auth(&self.token).send().await.expect("answers")
    }

    /// Scores a leaf with a file; the answer's code, or `accepted`.
    pub async fn attach(&self, file: &Evidence) -> String {
        let data = json!({
            "round": "hanoi-2022", "unit": "001", "leaf": "1.1.1", "revision": 0, "inputs": { "option": "late" },
            "claimed": "0.2", "evidence": [file], "explanation": "",
        });
        self.ask(json!({ "capacity": "drafter", "unit": "001", "kind": "score_self", "data": data })).await
    }

    /// Sends a command; the answer's code, or `accepted`.
    pub async fn ask(&self, mut command: Value) -> String {
        command["id"] = json!(round::fresh_id());
        let url = format!("{}/api/commands", self.ledger);
        let request = outward::client().post(url).bearer_auth(&self.token).body(command.to_string());
        let answer = code(request.send().await.expect("answers")).await;
        if answer.is_empty() { "accepted".to_owned() } else { answer }
    }
}

/// The code of a refusal; empty where there is none.
pub async fn code(response: Response) -> String {
    let bytes = response.bytes().await.expect("a body");
    let told: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    told["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_attached_and_handed_out_by_right_and_on_record() {
    let server = Server::over(open_now().await, "127.0.0.1:0");
    let client = |actor: &str| Client::of(&server, server.token(actor));
    let (drafter, other, inspector) = (client("001-d"), client("002-d"), client("insp-1"));
    let plain = pdf(400_000);
    let taken = drafter.taken("001", "Biên bản (ký số).pdf", plain.clone()).await;
    let (evidence, address) = (&taken.receipt.evidence, taken.receipt.evidence.address.to_string());
    assert!(taken.receipt.opening.opens(evidence) && evidence.page == "tr. 3" && taken.again.is_none());
    let again = drafter.taken("001", "lại.pdf", plain.clone()).await;
    assert_eq!(again.again, Some(evidence.address), "the same bytes once more");

    // A reference that is not that of a stored file of the unit's own is refused, and one that is goes in.
    let foreign = other.taken("002", "a.pdf", pdf(10)).await.receipt.evidence;
    let with = |change: &dyn Fn(&mut Evidence)| {
        let mut file = evidence.clone();
        change(&mut file);
        file
    };
    for file in [
        with(&|file| file.address = Hash([7; 32])),
        with(&|file| file.size += 1),
        with(&|file| file.media_type = "image/png".to_owned()),
        with(&|file| file.digest_commitment = Hash([7; 32])),
        with(&|file| file.name_commitment = again.receipt.evidence.name_commitment),
        foreign,
    ] {
        assert_eq!(drafter.attach(&file).await, "evidence_not_stored", "{file:?}");
    }
    assert_eq!(drafter.attach(evidence).await, "accepted");

    // Handed out to whoever has a right, byte for byte.
    for who in [&drafter, &inspector] {
        let response = who.open("001", &address).await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name: &str| response.headers()[name].to_str().expect("ASCII").to_owned();
        assert_eq!(
            (header("content-type"), header("cache-control")),
            ("application/pdf".into(), "private, no-store".into())
        );
        let kept_as = format!(
            "filename=\"{address}.pdf\"; filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20%28k%C3%BD%20s%E1%BB%91%29.pdf"
        );
        assert!(header("content-disposition").ends_with(&kept_as), "{}", header("content-disposition"));
        assert_eq!(response.bytes().await.expect("whole"), plain);
    }
    let nobody = Client::of(&server, "parindex_wrong".to_owned());
    for (who, unit, address, refused) in [
        (&other, "001", address.as_str(), "file_not_open"),
        (&nobody, "001", &address, "unauthenticated"),
        (&drafter, "002", &address, "file_not_open"),
        (&inspector, "002", &address, "file_missing"),
        (&inspector, "001", &"0".repeat(64), "file_missing"),
        (&inspector, "001", "..%2F..%2Fkeys.db", "wrong_shape"),
    ] {
        assert_eq!(code(who.open(unit, address).await).await, refused, "{unit} {address}");
    }

    // Every access is on record, each entry linked to the one before; what was printed at its end holds later.
    let folder = &server.folder;
    let said = folder.must(&["evidence", "log", "--data", "@"]).out;
    let told: Vec<(&str, &str)> = said
        .lines()
        .filter_map(|line| Some((line.split("  ").nth(2)?, line.split(" to ").nth(1)?.split(' ').next()?)))
        .collect();
    let expected = [("handed out", "001-d"), ("handed out", "insp-1"), ("REFUSED", "002-d"), ("REFUSED", "001-d")];
    assert_eq!(told, expected, "{said}");
    let head = said.trim_end().rsplit(' ').next().expect("a head").to_owned();
    folder.must(&["evidence", "get", "--data", "@", &address, "out.pdf"]);
    folder.must(&["evidence", "log", "--data", "@", "--head", &head]);
    let mut log = folder.tamper("access.db").await;
    sqlx::query("DELETE FROM accesses WHERE number = 3").execute(&mut log).await.expect("deletes");
    let cut = folder.run(&["evidence", "log", "--data", "@"]);
    assert!(cut.code == Some(2) && cut.err.starts_with("error: access_damaged: "), "{}", cut.err);
    sqlx::query("DELETE FROM accesses WHERE number > 2").execute(&mut log).await.expect("deletes");
    folder.must(&["evidence", "log", "--data", "@"]);
    let cut = folder.run(&["evidence", "log", "--data", "@", "--head", &head]);
    assert!(cut.code == Some(2) && cut.err.starts_with("error: access_damaged: "), "{}", cut.err);
    folder.must(&["scrub", "--data", "@"]);
    folder.must(&["verify", "--data", "@"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_the_units_is_refused_over_http_and_leaves_nothing() {
    let server = Server::over(open_now().await, "127.0.0.1:0");
    let client = |actor: &str| Client::of(&server, server.token(actor));
    let (drafter, inspector) = (client("001-d"), client("insp-1"));
    let none = drafter.open("001", &"0".repeat(64)).await;
    assert_eq!(code(none).await, "file_missing", "nobody has ever sent a file");
    for (who, unit, name, bytes, status, refused) in [
        (&drafter, "001", "a.pdf", Vec::new(), 415, "file_refused"),
        (&drafter, "001", "a.pdf", b"<script>".to_vec(), 415, "file_refused"),
        (&drafter, "001", "a.zip", b"PK\x05\x06".iter().copied().chain([0; 18]).collect(), 415, "file_refused"),
        (&drafter, "001", "a.docx", pdf(9), 422, "file_name_differs"),
        (&drafter, "001", "../a.pdf", pdf(9), 422, "file_name_bad"),
        (&drafter, "001", "a\nb.pdf", pdf(9), 422, "file_name_bad"),
        (&drafter, "002", "a.pdf", pdf(9), 403, "unit_not_own"),
        (&drafter, "nowhere", "a.pdf", pdf(9), 404, "unit_unknown"),
        (&inspector, "001", "a.pdf", pdf(9), 403, "capacity_missing"),
    ] {
        let response = who.send(unit, name, bytes).await;
        assert_eq!(response.status().as_u16(), status, "{unit} {name:?}");
        assert_eq!(code(response).await, refused, "{unit} {name:?}");
    }
    // More than the shell takes of any other body; and one that breaks off on the way.
    drafter.taken("001", "large.pdf", pdf(9 << 20)).await;
    let url = format!("{}/api/files/hanoi-2022/001?name=cut.pdf", server.url);
    let pieces = futures::stream::iter([Ok(pdf(100_000)), Err(std::io::Error::other("cut off"))]);
    let request = outward::client().post(url).bearer_auth(&drafter.token).timeout(Duration::from_secs(20));
    assert!(request.body(reqwest::Body::wrap_stream(pieces)).send().await.is_err());
    let said = server.folder.run(&["scrub", "--data", "@"]).out;
    assert!(said.contains("; 1 more are stored, "), "{said}");
}
