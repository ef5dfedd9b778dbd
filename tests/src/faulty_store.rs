//! A store of files that fails on demand, around one that does not: at one step, in one way, until it is told to be well.
//! It never changes what is in the other one but by what it was asked for, whole or in part.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use object_store::path::Path as Place;
use object_store::{
    CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

/// What a store is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To begin a file.
    Begin,
    /// To take a piece of it.
    Piece,
    /// To end it.
    Finish,
    /// Whether a file is there.
    Ask,
    /// To copy one.
    Copy,
    /// To open one.
    Open,
    /// To give its bytes.
    Read,
    /// To name all.
    List,
    /// To remove one.
    Remove,
}

/// How it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It says at once that it is not there.
    Down,
    /// It never answers.
    Hangs,
    /// It says that it is full.
    Full,
    /// It does what it was asked, and says that it has not.
    AnswerLost,
    /// It says that it has done what it was asked, and has not.
    Lies,
    /// It does half of it, and says that it has done all.
    Half,
    /// It gives or takes so many bytes, and then an error.
    BreaksOff(usize),
    /// It gives so many bytes, and ends as if that were all.
    CutsOff(usize),
    /// It gives other bytes.
    Corrupts,
}

/// The store.
#[derive(Debug, Clone)]
pub struct FaultyStore {
    inner: Arc<dyn ObjectStore>,
    fault: Arc<Mutex<Option<(Step, Fault)>>>,
}

impl fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "faulty {}", self.inner)
    }
}

fn error(what: &'static str) -> object_store::Error {
    object_store::Error::Generic { store: "faulty", source: what.into() }
}

impl FaultyStore {
    /// A store that is well.
    #[must_use]
    pub fn around(inner: Arc<dyn ObjectStore>) -> Self {
        Self { inner, fault: Arc::default() }
    }

    /// From now on it fails so; with none it is well.
    pub fn set(&self, fault: Option<(Step, Fault)>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn fault(&self, at: Step) -> Option<Fault> {
        let fault = *self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.filter(|(step, _)| *step == at).map(|(_, fault)| fault)
    }

    /// What comes of a step that is done, or is not, or is done while nobody hears of it.
    async fn strike<T>(&self, step: Step, doing: impl Future<Output = Result<T>>) -> Result<T> {
        match self.fault(step) {
            Some(Fault::Down) => Err(error("it is not there")),
            Some(Fault::Hangs) => std::future::pending().await,
            Some(Fault::Full) => Err(error("no room is left")),
            Some(Fault::AnswerLost) => doing.await.and(Err(error("the answer was lost"))),
            _ => doing.await,
        }
    }

    /// A file's bytes as a store gives them that fails while it does.
    fn spoiled(&self, bytes: Bytes) -> BoxStream<'static, Result<Bytes>> {
        let given = |bytes: &Bytes, n: usize| Ok(bytes.slice(..n.min(bytes.len())));
        let items = match self.fault(Step::Read) {
            Some(Fault::Hangs) => return futures::stream::pending().boxed(),
            Some(Fault::BreaksOff(n)) => vec![given(&bytes, n), Err(error("the connection broke off"))],
            Some(Fault::CutsOff(n)) => vec![given(&bytes, n)],
            Some(Fault::Corrupts) => {
                let mut bytes = bytes.to_vec();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                vec![Ok(Bytes::from(bytes))]
            }
            Some(_) => vec![Err(error("it is not there"))],
            None => vec![Ok(bytes)],
        };
        futures::stream::iter(items).boxed()
    }
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(&self, place: &Place, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.strike(Step::Finish, self.inner.put_opts(place, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        place: &Place,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let inner = self.strike(Step::Begin, self.inner.put_multipart_opts(place, options)).await?;
        Ok(Box::new(FaultyUpload { store: self.clone(), inner, taken: 0 }))
    }

    async fn get_opts(&self, place: &Place, options: GetOptions) -> Result<GetResult> {
        let step = if options.head { Step::Ask } else { Step::Open };
        let found = self.strike(step, self.inner.get_opts(place, options)).await?;
        let GetResult { meta, range, attributes, extensions, .. } = found;
        let payload = match step {
            Step::Ask => GetResultPayload::Stream(futures::stream::empty().boxed()),
            _ => GetResultPayload::Stream(self.spoiled(self.inner.get(place).await?.bytes().await?)),
        };
        Ok(GetResult { payload, meta, range, attributes, extensions })
    }

    fn delete_stream(&self, places: BoxStream<'static, Result<Place>>) -> BoxStream<'static, Result<Place>> {
        match self.fault(Step::Remove) {
            Some(Fault::Hangs) => futures::stream::pending().boxed(),
            Some(_) => places.map(|_| Err(error("it is not there"))).boxed(),
            None => self.inner.delete_stream(places),
        }
    }

    fn list(&self, prefix: Option<&Place>) -> BoxStream<'static, Result<ObjectMeta>> {
        let listed = self.inner.list(prefix);
        match self.fault(Step::List) {
            Some(Fault::Hangs) => futures::stream::pending().boxed(),
            Some(Fault::BreaksOff(n)) => {
                listed.take(n).chain(futures::stream::iter([Err(error("the connection broke off"))])).boxed()
            }
            Some(_) => futures::stream::iter([Err(error("it is not there"))]).boxed(),
            None => listed,
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Place>) -> Result<ListResult> {
        self.strike(Step::List, self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Place, to: &Place, options: CopyOptions) -> Result<()> {
        match self.fault(Step::Copy) {
            Some(Fault::Lies) => Ok(()),
            Some(Fault::Half) => {
                let whole = self.inner.get(from).await?.bytes().await?;
                self.inner.put(to, whole.slice(..whole.len() / 2).into()).await.map(drop)
            }
            _ => self.strike(Step::Copy, self.inner.copy_opts(from, to, options)).await,
        }
    }
}

/// A file that comes to it.
#[derive(Debug)]
struct FaultyUpload {
    store: FaultyStore,
    inner: Box<dyn MultipartUpload>,
    taken: usize,
}

#[async_trait]
impl MultipartUpload for FaultyUpload {
    fn put_part(&mut self, piece: PutPayload) -> UploadPart {
        let broke_off = matches!(self.store.fault(Step::Piece), Some(Fault::BreaksOff(n)) if self.taken >= n);
        self.taken += piece.content_length();
        if broke_off {
            return std::future::ready(Err(error("the connection broke off"))).boxed();
        }
        let (store, taking) = (self.store.clone(), self.inner.put_part(piece));
        async move { store.strike(Step::Piece, taking).await }.boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let store = self.store.clone();
        store.strike(Step::Finish, self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        let store = self.store.clone();
        store.strike(Step::Remove, self.inner.abort()).await
    }
}
