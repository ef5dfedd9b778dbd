//! A form that brings a file: its fields first, so that it is known whose it is before a byte of the file goes anywhere, and the file after
//! them, as a stream. It holds a few blocks of it at a time, and never the whole.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream};
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use identity::Session;
use platform::ports::Pieces;

use super::Doors;
use super::form::Fields;
use crate::ask::Ask;
use crate::page::start::refused;
use crate::refusal::Refusal;

/// The most bytes that may come before a file has begun: its fields, and as much of the file as came along with them.
const HEAD_BYTES_MAX: u64 = 1024 * 1024;
/// The most bytes of all fields together.
const FIELDS_BYTES_MAX: usize = 16 * 1024;
/// The most bytes that are read of a body that does nothing any more: a browser that is cut off while it sends shows no answer.
const REST_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The field of the file.
const FILE: &str = "file";

/// A form that brings a file.
pub struct Upload {
    multipart: Multipart,
    left: Arc<AtomicU64>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let left = Arc::new(AtomicU64::new(HEAD_BYTES_MAX));
        let paced = |body: Body| {
            let body = body.into_data_stream();
            Body::from_stream(Paced { body, rests: false, left: Arc::clone(&left) })
        };
        match Multipart::from_request(request.map(paced), state).await {
            Ok(multipart) => Ok(Self { multipart, left }),
            Err(_) => Err(Refusal::BadForm.problem()),
        }
    }
}

impl Upload {
    /// The fields before the file, which have these names in this order.
    ///
    /// # Errors
    /// A form that is none of ours.
    async fn fields(&mut self, names: &[&str]) -> Result<Fields, Refusal> {
        let (mut fields, mut bytes) = (Vec::new(), 0);
        for name in names {
            let field = self.next().await?.filter(|field| field.name() == Some(name) && field.file_name().is_none());
            let mut field = field.ok_or(Refusal::BadForm)?;
            let mut value = Vec::new();
            while let Some(piece) = field.chunk().await.map_err(|_| Refusal::BadForm)? {
                bytes += piece.len();
                if bytes > FIELDS_BYTES_MAX {
                    return Err(Refusal::BadForm);
                }
                value.extend_from_slice(&piece);
            }
            fields.push(((*name).to_owned(), String::from_utf8(value).map_err(|_| Refusal::BadForm)?));
        }
        Ok(Fields::read(fields))
    }

    /// The fields before the file, and the session under which the form was given out.
    ///
    /// # Errors
    /// The page that says why the form does nothing.
    pub async fn of_session(
        &mut self,
        names: &[&str],
        ask: &Ask,
        doors: &Doors,
        headers: &HeaderMap,
    ) -> Result<(Fields, Arc<Session>), Box<Response>> {
        let origin = &doors.dashboard.origin;
        let fields = self.fields(names).await.map_err(|refusal| Box::new(refused(ask, origin, refusal)))?;
        let session = fields.of_session(ask, &doors.sign_in, headers);
        let session = session.map_err(|foreign| Box::new(foreign.page(ask, origin)))?;
        Ok((fields, session))
    }

    /// The file behind the fields, by its name; none where nobody has chosen one.
    ///
    /// # Errors
    /// A form that is none of ours.
    pub async fn file(&mut self) -> Result<Option<(String, Pieces<'_>)>, Refusal> {
        let left = Arc::clone(&self.left);
        let field = self.next().await?.filter(|field| field.name() == Some(FILE)).ok_or(Refusal::BadForm)?;
        let name = field.file_name().ok_or(Refusal::BadForm)?.to_owned();
        if name.is_empty() {
            return Ok(None);
        }
        left.store(u64::MAX, Ordering::Relaxed);
        Ok(Some((name, field.map_err(io::Error::other).boxed())))
    }

    /// Reads what is left, within a bound, and forgets it.
    pub async fn rest(mut self) {
        self.left.store(REST_BYTES_MAX, Ordering::Relaxed);
        while let Ok(Some(_)) = self.next().await {}
    }

    async fn next(&mut self) -> Result<Option<Field<'_>>, Refusal> {
        self.multipart.next_field().await.map_err(|_| Refusal::BadForm)
    }
}

/// A body, piece by piece: whoever splits it into fields takes as many pieces at once as there are, and would hold a whole file where it comes
/// faster than it is stored. After each piece this one says that there is none yet, and ends where too many bytes have come.
struct Paced {
    body: BodyDataStream,
    rests: bool,
    left: Arc<AtomicU64>,
}

impl Stream for Paced {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.rests = !this.rests;
        if !this.rests {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Some(piece) = ready!(this.body.poll_next_unpin(context)) else { return Poll::Ready(None) };
        let piece = piece.map_err(io::Error::other)?;
        let left = this.left.load(Ordering::Relaxed).checked_sub(piece.len() as u64);
        let Some(left) = left else { return Poll::Ready(Some(Err(io::Error::other("too many bytes")))) };
        this.left.store(left, Ordering::Relaxed);
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::Body;
    use axum::extract::{DefaultBodyLimit, FromRequest, Request};
    use axum::http::header;
    use bytes::Bytes;
    use futures::{StreamExt, stream};

    use super::{HEAD_BYTES_MAX, Upload};

    const PIECE_BYTES: usize = 64 * 1024;
    /// The most pieces that are taken and not handed on: those that came along while the fields were read.
    const AHEAD_MAX: usize = 8;

    fn field(name: &str, value: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    fn file(name: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
    }

    /// A form of pieces that are all there at once; how many of them were taken is counted.
    async fn upload(pieces: Vec<Bytes>) -> (Upload, Arc<AtomicUsize>) {
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let pieces = stream::iter(pieces).inspect(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let request = Request::builder().header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let mut request = request.body(Body::from_stream(pieces.map(Ok::<_, std::io::Error>))).expect("a request");
        DefaultBodyLimit::disable().apply(&mut request);
        match Upload::from_request(request, &()).await {
            Ok(upload) => (upload, taken),
            Err(_) => panic!("a form"),
        }
    }

    fn large(pieces: usize) -> Vec<Bytes> {
        let head = field("csrf", "secret") + &file("a.pdf");
        let body = (0..pieces).map(|_| Bytes::from(vec![b'x'; PIECE_BYTES]));
        [Bytes::from(head)].into_iter().chain(body).chain([Bytes::from("\r\n--x--\r\n")]).collect()
    }

    #[tokio::test]
    async fn a_file_that_is_all_there_is_taken_piece_by_piece() {
        let (mut upload, taken) = upload(large(200)).await;
        let fields = upload.fields(&["csrf"]).await.expect("the fields");
        assert_eq!(fields.get("csrf"), "secret");
        let (name, mut pieces) = upload.file().await.expect("a file").expect("chosen");
        assert!(name == "a.pdf" && taken.load(Ordering::Relaxed) <= AHEAD_MAX, "the file waits for whoever reads it");
        let mut bytes = 0;
        while let Some(piece) = pieces.next().await {
            bytes += piece.expect("a piece").len();
            let held = taken.load(Ordering::Relaxed) * PIECE_BYTES;
            assert!(held <= bytes + AHEAD_MAX * PIECE_BYTES, "{held} bytes were taken for {bytes}");
        }
        assert_eq!(bytes, 200 * PIECE_BYTES);
    }

    #[tokio::test]
    async fn what_is_no_form_of_ours_is_read_no_further_than_its_head() {
        let endless = vec![Bytes::from(vec![b'x'; PIECE_BYTES]); 100];
        let late = [vec![Bytes::from(file("a.pdf"))], large(1)].concat();
        let long = vec![Bytes::from(field("csrf", &"x".repeat(20_000)) + &file("a.pdf"))];
        for pieces in [endless, late, long, Vec::new(), vec![Bytes::from("--x--\r\n")]] {
            let (mut upload, taken) = upload(pieces).await;
            assert!(upload.fields(&["csrf"]).await.is_err());
            let most = usize::try_from(HEAD_BYTES_MAX).expect("small") / PIECE_BYTES + 2;
            assert!(taken.load(Ordering::Relaxed) <= most, "{}", taken.load(Ordering::Relaxed));
        }
        let (mut unchosen, _) = upload(vec![Bytes::from(field("csrf", "s") + &file("") + "\r\n--x--\r\n")]).await;
        assert!(unchosen.fields(&["csrf"]).await.is_ok());
        assert!(unchosen.file().await.expect("a form").is_none());
    }
}
