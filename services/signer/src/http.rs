//! The log as anyone can follow it (C2SP tlog-tiles): its checkpoint, its tiles, its bundles of entries; and proofs.
//! Checkpoint, tiles and proofs are for everyone: nothing in them tells what an event says. Entries are for those with a right.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use platform::http::{Problem, problem};
use platform::ports::{NoReceipt, Receipts};
use proto::receipt::Receipt;
use proto::tile::{Resource, TILE_WIDTH, Tile, write_bundle};
use proto::{Hash, Rejection, Vouched};

use crate::proofs::{NoProof, Proofs};
use crate::source::LogRows;

/// The longest that a request for a receipt waits, in milliseconds.
const RECEIPT_WAIT_MS_MAX: u64 = 30_000;

/// How long what may change is kept by whoever fetched it.
const FOR_A_MOMENT: HeaderValue = HeaderValue::from_static("no-cache");
/// How long what never changes is.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The same for what only some may read.
const FOR_ONESELF: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// What the routes need.
#[derive(Debug, Clone)]
pub struct Served {
    /// Proofs, and how signing stands.
    pub proofs: Proofs,
    /// The log's rows, for entries.
    pub rows: LogRows,
}

/// The routes: those for everyone, and those for whoever may read events.
pub fn router(served: Served) -> (Router, Router) {
    let served = Arc::new(served);
    let open = Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{level}/{*place}", get(tile))
        .route("/api/receipt", get(receipt))
        .route("/api/proof/inclusion", get(inclusion))
        .route("/api/proof/consistency", get(consistency))
        .with_state(Arc::clone(&served));
    let guarded = Router::new()
        .route("/tile/entries/{*place}", get(entries))
        .route("/api/receipt/whole", get(whole_receipt))
        .with_state(served);
    (open, guarded)
}

/// The last checkpoint, with the cosignatures that have come; `?cosigned=1` for the last one that enough witnesses vouch for.
async fn checkpoint(State(served): State<Arc<Served>>, Query(asked): Asked) -> Response {
    let by = match vouched(&asked) {
        Ok(by) => by,
        Err(refused) => return refused.into_response(),
    };
    match served.proofs.state().vouched(by) {
        Some(signed) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
                (header::CACHE_CONTROL, FOR_A_MOMENT),
            ];
            (headers, signed.note.to_string()).into_response()
        }
        None => told(&Missing::Unsigned),
    }
}

async fn tile(State(served): State<Arc<Served>>, Path((level, place)): Path<(String, String)>) -> Response {
    let Ok(Resource::Tile(tile)) = Resource::parse(&format!("tile/{level}/{place}")) else {
        return told(&Missing::Path);
    };
    // What goes beyond the checkpoint may still change; nobody is shown it.
    let size = served.proofs.state().signed.map_or(0, |signed| signed.head.size);
    if Tile::at(tile.level, tile.index, size).is_none_or(|whole| tile.width > whole.width) {
        return told(&Missing::Path);
    }
    match served.proofs.store().tile(tile) {
        Ok(hashes) => bytes(proto::tile::write_tile(&hashes), FOR_EVER),
        Err(error) => failed(&error),
    }
}

async fn entries(State(served): State<Arc<Served>>, Path(place): Path<String>) -> Response {
    let Ok(Resource::Entries { index, width }) = Resource::parse(&format!("tile/entries/{place}")) else {
        return told(&Missing::Path);
    };
    let size = served.proofs.state().signed.map_or(0, |signed| signed.head.size);
    let Some(whole) = Tile::at(0, index, size).filter(|whole| width <= whole.width) else {
        return told(&Missing::Path);
    };
    match bundle(&served, (index, width), whole).await {
        Ok(Some(bodies)) => bytes(write_bundle(bodies.iter().map(Vec::as_slice)), FOR_ONESELF),
        Ok(None) => failed(&"the log's rows are not those that were signed; run `parindex verify`"),
        Err(error) => failed(&error),
    }
}

/// The bodies of a bundle; none where they are not what was signed.
async fn bundle(
    served: &Served,
    (index, width): (u64, u16),
    whole: Tile,
) -> Result<Option<Vec<Vec<u8>>>, Box<dyn std::error::Error + Send + Sync>> {
    let bodies = served.rows.bodies(index * u64::from(TILE_WIDTH), usize::from(width)).await?;
    let hashes = served.proofs.store().tile(whole)?;
    let same = bodies.len() == usize::from(width) && bodies.iter().zip(hashes).all(|(b, h)| Hash::entry(b) == h);
    Ok(same.then_some(bodies))
}

/// The parameters of an address.
type Asked = Query<BTreeMap<String, String>>;

/// `?position=N`, `&cosigned=1` for one that enough witnesses vouch for, `&wait_ms=M` to wait for it.
async fn receipt(State(served): State<Arc<Served>>, Query(asked): Asked) -> Response {
    match receipt_of(&served, &asked).await {
        Ok(receipt) => as_file(&receipt),
        Err(refused) => refused,
    }
}

/// The same with the event in it, so that the one file is enough to verify it.
async fn whole_receipt(State(served): State<Arc<Served>>, Query(asked): Asked) -> Response {
    let mut receipt = match receipt_of(&served, &asked).await {
        Ok(receipt) => receipt,
        Err(refused) => return refused,
    };
    match served.rows.bodies(receipt.index, 1).await {
        Ok(bodies) => receipt.extra = bodies.into_iter().next(),
        Err(error) => return failed(&error),
    }
    as_file(&receipt)
}

fn as_file(receipt: &Receipt) -> Response {
    let named = format!("attachment; filename=\"{}.tlog-proof\"", receipt.index + 1);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    (headers, receipt.to_string()).into_response()
}

async fn receipt_of(served: &Served, asked: &BTreeMap<String, String>) -> Result<Receipt, Response> {
    let (position, wait) = match (number(asked, "position"), number(asked, "wait_ms")) {
        (Ok(Some(position)), Ok(wait)) if position > 0 => (position, wait.unwrap_or(0)),
        (Err(problem), _) | (_, Err(problem)) => return Err(problem.into_response()),
        _ => return Err(wrong("position is the number of an event, from 1")),
    };
    let by = vouched(asked).map_err(IntoResponse::into_response)?;
    let wait = Duration::from_millis(wait.min(RECEIPT_WAIT_MS_MAX));
    match Receipts::receipt(&served.proofs, position, by, wait).await {
        Ok(receipt) => Ok(receipt),
        Err(NoReceipt::Pending) => Err(told(&Missing::Pending)),
        Err(NoReceipt::Failed(error)) => Err(failed(&error)),
    }
}

/// `?position=N&size=S`: the hashes that lead from an event to the root at a size.
async fn inclusion(State(served): State<Arc<Served>>, Query(asked): Asked) -> Response {
    let (Ok(Some(position)), Ok(size)) = (number(&asked, "position"), number(&asked, "size")) else {
        return wrong("position is the number of an event, size a number of events");
    };
    let Some(signed) = served.proofs.state().signed else { return told(&Missing::Unsigned) };
    let (head, size) = (signed.head, size.unwrap_or(signed.head.size));
    let proven = served.proofs.tree_at(size, head).and_then(|tree| {
        let (entry, proof) = served.proofs.inclusion(position.wrapping_sub(1), tree, head.size)?;
        Ok((tree.root, entry, proof))
    });
    match proven {
        Ok((root, entry, proof)) => {
            let members = [("position", position.into()), ("size", size.into()), ("hash", entry.to_string().into())];
            proof_json(members.into_iter().chain([("root", root.to_string().into())]), &proof)
        }
        Err(error) => no_proof(&error),
    }
}

/// `?old=M&new=N`: the hashes that prove the tree of N events to go on from that of M.
async fn consistency(State(served): State<Arc<Served>>, Query(asked): Asked) -> Response {
    let (Ok(Some(old)), Ok(new)) = (number(&asked, "old"), number(&asked, "new")) else {
        return wrong("old and new are numbers of events");
    };
    let Some(signed) = served.proofs.state().signed else { return told(&Missing::Unsigned) };
    let (head, new) = (signed.head, new.unwrap_or(signed.head.size));
    let proven = served.proofs.tree_at(new, head).and_then(|new| {
        let old = served.proofs.tree_at(old, head)?;
        Ok((old, new, served.proofs.consistency(old, new, head.size)?))
    });
    match proven {
        Ok((old, new, proof)) => {
            let members = [
                ("old", old.size.into()),
                ("old_root", old.root.to_string().into()),
                ("new", new.size.into()),
                ("new_root", new.root.to_string().into()),
            ];
            proof_json(members.into_iter(), &proof)
        }
        Err(error) => no_proof(&error),
    }
}

fn proof_json<'m>(members: impl Iterator<Item = (&'m str, serde_json::Value)>, proof: &[Hash]) -> Response {
    let mut object: serde_json::Map<String, serde_json::Value> =
        members.map(|(name, value)| (name.to_owned(), value)).collect();
    object.insert("proof".to_owned(), proof.iter().map(ToString::to_string).collect());
    axum::Json(serde_json::Value::Object(object)).into_response()
}

fn vouched(asked: &BTreeMap<String, String>) -> Result<Vouched, Problem> {
    match asked.get("cosigned").map(String::as_str) {
        None | Some("0") => Ok(Vouched::Signed),
        Some("1") => Ok(Vouched::Cosigned),
        Some(_) => Err(Problem(Rejection::WrongShape { detail: "cosigned is 0 or 1".to_owned() })),
    }
}

fn number(asked: &BTreeMap<String, String>, name: &str) -> Result<Option<u64>, Problem> {
    let Some(text) = asked.get(name) else { return Ok(None) };
    let detail = || format!("{name} is a number, not {text:?}");
    text.parse().map(Some).map_err(|_| Problem(Rejection::WrongShape { detail: detail() }))
}

fn wrong(detail: &str) -> Response {
    Problem(Rejection::WrongShape { detail: detail.to_owned() }).into_response()
}

fn bytes(bytes: Vec<u8>, kept: HeaderValue) -> Response {
    let media = HeaderValue::from_static("application/octet-stream");
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, kept)], bytes).into_response()
}

/// What is not there.
enum Missing {
    Unsigned,
    Pending,
    Path,
}

fn told(missing: &Missing) -> Response {
    let (code, vi, en) = match missing {
        Missing::Unsigned => {
            ("log_unsigned", "Nhật ký chưa có điểm kiểm chứng nào.", "No checkpoint of the log has been signed yet.")
        }
        Missing::Pending => (
            "receipt_pending",
            "Sự kiện chưa nằm dưới điểm kiểm chứng như vậy; hãy hỏi lại sau.",
            "The event is under no such checkpoint yet; ask again later.",
        ),
        Missing::Path => (
            "tile_unknown",
            "Không có mảnh cây này dưới điểm kiểm chứng.",
            "There is no such tile under the checkpoint.",
        ),
    };
    problem(StatusCode::NOT_FOUND, code, (vi.to_owned(), en.to_owned()), [])
}

fn no_proof(error: &NoProof) -> Response {
    match error {
        NoProof::Proof(_) | NoProof::Beyond(_) => {
            let (vi, en) =
                (format!("Không có chứng minh như vậy: {error}."), format!("There is no such proof: {error}."));
            problem(StatusCode::NOT_FOUND, "proof_unknown", (vi, en), [])
        }
        NoProof::Tile(_) | NoProof::Store(_) | NoProof::Damaged(_) => failed(error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "signer.proof_failed");
    let told = ("Không lập được chứng minh.".to_owned(), "The proof cannot be made.".to_owned());
    problem(StatusCode::SERVICE_UNAVAILABLE, "proof_failed", told, [])
}
