//! A served log is followed from outside: checkpoint, tiles, bundles, proofs, each held against the others.
//! Whoever follows it here knows the specification and the public key, and nothing else.

use platform::outward;
use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::Note;
use proto::tile::{Resource, TILE_WIDTH, Tile, read_bundle, read_tile};
use proto::tree::{CompactRange, TreeHead, verify_consistency, verify_inclusion};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use system_tests::folder::Folder;

use super::{Server, public_key};

async fn get(server: &Server, path: &str) -> Response {
    outward::client().get(format!("{}/{path}", server.url)).send().await.expect("answers")
}

async fn bytes(server: &Server, path: &str) -> Vec<u8> {
    let response = get(server, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert!(response.headers()["cache-control"].to_str().expect("text").contains("immutable"));
    response.bytes().await.expect("bytes").to_vec()
}

#[tokio::test]
async fn a_served_log_is_followed_to_its_signed_root_and_proves_itself() {
    let folder = Folder::small_round(700);
    let server = Server::start(&folder, "127.0.0.1:0");
    let answer = get(&server, "checkpoint").await;
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let note = Note::parse(&answer.bytes().await.expect("bytes")).expect("a note");
    let key = public_key(&folder.data().join("signer"));
    let (checkpoint, _) = Checkpoint::open(&note, std::slice::from_ref(&key)).expect("signed");
    assert_eq!((checkpoint.origin.as_str(), checkpoint.extensions.len()), ("test.example/small", 0));
    let head = checkpoint.head;
    let events = u64::try_from(folder.count("ledger.db", "events").await).expect("a count");
    assert_eq!(head.size, events, "it is signed to its end");

    let (mut range, mut above) = (CompactRange::default(), Vec::new());
    for index in 0.. {
        let Some(tile) = Tile::at(0, index, head.size) else { break };
        let hashes = read_tile(&bytes(&server, &Resource::Tile(tile).to_string()).await).expect("a tile");
        let path = Resource::Entries { index, width: tile.width }.to_string();
        let bundle = bytes(&server, &path).await;
        let entries: Vec<Hash> = read_bundle(&bundle).expect("a bundle").into_iter().map(Hash::entry).collect();
        assert_eq!(entries, hashes, "{path}");
        let mut own = CompactRange::default();
        entries.iter().for_each(|entry| own.append(*entry));
        entries.iter().for_each(|entry| range.append(*entry));
        above.extend(tile.is_full().then(|| own.root()));
    }
    assert_eq!(range.head(), head);
    let tile = Tile::at(1, 0, head.size).expect("a second level");
    assert!(usize::from(tile.width) == above.len() && above.len() > 2);
    assert_eq!(read_tile(&bytes(&server, &Resource::Tile(tile).to_string()).await).expect("a tile"), above);

    for position in [1, 2, 255, 256, 257, head.size] {
        for size in [position, head.size] {
            let proof = json(&server, &format!("api/proof/inclusion?position={position}&size={size}")).await;
            let root = hash(&proof["root"]);
            verify_inclusion(position - 1, hash(&proof["hash"]), size, root, &hashes(&proof)).expect("it holds");
            let proof = json(&server, &format!("api/proof/consistency?old={size}&new={}", head.size)).await;
            let old = TreeHead { size, root };
            assert_eq!(hash(&proof["new_root"]), head.root);
            verify_consistency(old, head, &hashes(&proof)).expect("it goes on");
        }
    }
    let path = |tile| Resource::Tile(tile).to_string();
    let last = Tile::at(0, (head.size - 1) / u64::from(TILE_WIDTH), head.size).expect("the last tile");
    for missing in [
        path(Tile { width: last.width + 1, ..last }),
        path(last.full()),
        path(Tile { level: 2, index: 0, width: 1 }),
        "tile/0/0".to_owned(),
        "tile/x/000".to_owned(),
        "tile/entries/999".to_owned(),
        format!("api/proof/inclusion?position={}", head.size + 1),
        format!("api/proof/consistency?old=1&new={}", head.size + 1),
        format!("api/receipt?position={}", head.size + 1),
    ] {
        let answer = get(&server, &missing).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{missing}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{missing}");
    }
}

#[tokio::test]
async fn outside_loopback_hashes_are_for_everyone_and_entries_need_a_token() {
    let folder = Folder::small_round(10);
    let server = Server::start(&folder, "0.0.0.0:0");
    for open in ["checkpoint", "tile/0/000.p/1", "api/receipt?position=1", "api/proof/consistency?old=1"] {
        assert_eq!(get(&server, open).await.status(), StatusCode::OK, "{open}");
    }
    let token = folder.must(&["token", "--data", "@", "--actor", "inspector", "--scope", "log"]).out;
    for guarded in ["tile/entries/000.p/1", "api/receipt/whole?position=1"] {
        assert_eq!(get(&server, guarded).await.status(), StatusCode::UNAUTHORIZED, "{guarded}");
        let asked = outward::client().get(format!("{}/{guarded}", server.url)).bearer_auth(token.trim());
        assert_eq!(asked.send().await.expect("answers").status(), StatusCode::OK, "{guarded}");
    }
}

async fn json(server: &Server, path: &str) -> Value {
    let text = get(server, path).await.text().await.expect("text");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}: {text}"))
}

fn hash(value: &Value) -> Hash {
    Hash::parse(value.as_str().expect("a text")).expect("a hash")
}

fn hashes(proof: &Value) -> Vec<Hash> {
    proof["proof"].as_array().expect("a list").iter().map(hash).collect()
}
