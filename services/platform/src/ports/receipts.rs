//! The port to the signer: receipts of events, as soon as they are under a checkpoint.
//! Whoever asks waits as long as he says and no longer; the event stands whether he waits or not.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use proto::Vouched;
use proto::receipt::{RECEIPT_BYTES_MAX, Receipt};
use reqwest::{Client, StatusCode};

use crate::outward;

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum NoReceipt {
    /// Not yet: the event is under no such checkpoint so far.
    #[error("receipt_pending: the event is under no such checkpoint yet")]
    Pending,
    /// It cannot be made, or the signer cannot be asked.
    #[error("receipt_failed: {0}")]
    Failed(String),
}

/// Gives receipts.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// The receipt of the event at a position, under a checkpoint that is vouched for so far; waits for it so long.
    async fn receipt(&self, position: u64, by: Vouched, wait: Duration) -> Result<Receipt, NoReceipt>;

    /// The newest checkpoint that enough witnesses have cosigned, if there is one.
    async fn cosigned(&self) -> Result<Option<String>, NoReceipt>;
}

/// How long a request may take beyond the time that the receipt is waited for, in milliseconds.
const ANSWER_MS: u64 = 3_000;

/// A signer that runs apart, asked over HTTP.
#[derive(Debug, Clone)]
pub struct FarReceipts {
    http: Client,
    url: String,
}

impl FarReceipts {
    /// The signer at an address.
    ///
    /// # Errors
    /// What keeps the machine from giving a client.
    pub fn new(url: &str) -> Result<Self, String> {
        let http = outward::builder().connect_timeout(Duration::from_millis(ANSWER_MS)).build();
        Ok(Self { http: http.map_err(|e| e.to_string())?, url: url.trim_end_matches('/').to_owned() })
    }

    async fn ask(&self, address: &str, wait: Duration) -> Result<(StatusCode, Vec<u8>), NoReceipt> {
        let failed = |e: reqwest::Error| NoReceipt::Failed(format!("the signer: {}", e.without_url()));
        let asked = self.http.get(address).timeout(wait + Duration::from_millis(ANSWER_MS));
        let mut response = asked.send().await.map_err(failed)?;
        let (status, mut body) = (response.status(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > RECEIPT_BYTES_MAX {
                break;
            }
        }
        Ok((status, body))
    }
}

#[async_trait]
impl Receipts for FarReceipts {
    async fn receipt(&self, position: u64, by: Vouched, wait: Duration) -> Result<Receipt, NoReceipt> {
        let cosigned = u8::from(by == Vouched::Cosigned);
        let of = format!("position={position}&cosigned={cosigned}&wait_ms={}", wait.as_millis());
        match self.ask(&format!("{}/api/receipt?{of}", self.url), wait).await? {
            (StatusCode::OK, body) => Receipt::parse(&body).map_err(|e| NoReceipt::Failed(format!("the signer: {e}"))),
            (StatusCode::NOT_FOUND, _) => Err(NoReceipt::Pending),
            (status, _) => Err(NoReceipt::Failed(format!("the signer answered {status}"))),
        }
    }

    async fn cosigned(&self) -> Result<Option<String>, NoReceipt> {
        match self.ask(&format!("{}/checkpoint?cosigned=1", self.url), Duration::ZERO).await? {
            (StatusCode::OK, body) => String::from_utf8(body)
                .map(Some)
                .map_err(|_| NoReceipt::Failed("the signer: its checkpoint is no text".to_owned())),
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (status, _) => Err(NoReceipt::Failed(format!("the signer answered {status}"))),
        }
    }
}

/// A shared one.
pub type SharedReceipts = Arc<dyn Receipts>;
