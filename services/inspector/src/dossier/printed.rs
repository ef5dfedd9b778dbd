//! A publication's proof for paper: one sheet with what was published, where it stands in the log, and two codes, the proof
//! and the event. Whoever holds the sheet and the log's key needs neither the log nor whoever runs it.

use askama::Template;
use fast_qr::{ECL, Mode, QRBuilder, QRCode};
use platform::feed::Feed;
use proto::act::log::Mode as LogMode;
use proto::act::publication::PublishResult;
use proto::act::round::OpenRound;
use proto::checkpoint::BadCheckpoint;
use proto::fold::Streams;
use proto::note::{Key, Note};
use proto::receipt::Receipt;
use proto::{Event, Fact, Hash, Origin, RoundId, Stream};

use super::page::cosigned_at;
use super::tree::under;
use super::{DossierError, Seal};
use crate::source::Source;

/// Characters of a line of text on the sheet.
const LINE_CHARS: usize = 72;
/// Empty modules around a code (ISO/IEC 18004).
const QUIET: usize = 4;

/// A printed publication.
#[derive(Debug)]
pub struct PrintedPublication {
    /// Its number.
    pub publication: u32,
    /// The position of its event.
    pub position: u64,
    /// The sheet, A4, as SVG.
    pub sheet: String,
    /// The first code's text: the proof.
    pub code: String,
    /// The modules of its sides.
    pub modules: usize,
}

/// A round's publication as its own stream tells of it.
struct Found {
    body: Vec<u8>,
    event: Event,
    opened: OpenRound,
    said: PublishResult,
}

/// Prints a publication; the latest one under the checkpoint where none is named.
///
/// # Errors
/// [`DossierError`].
pub async fn print_publication(
    (source, origin): (&Source, &Origin),
    round: &RoundId,
    number: Option<u32>,
    seal: &Seal,
) -> Result<PrintedPublication, DossierError> {
    let head = seal.of(origin)?;
    let found = find(source, round, number, head.size).await?;
    let position = found.event.envelope.position;
    let proof = under(source, head).await?.inclusion(position - 1, head.size);
    let proof = proof.map_err(|_| DossierError::Differs(position))?;
    let checkpoint = Note::parse(&seal.checkpoint).map_err(BadCheckpoint::from)?;
    let receipt = Receipt { extra: None, index: position - 1, proof, checkpoint };
    // Nothing is printed that does not verify.
    receipt.verify(Hash::entry(&found.body), &seal.trusted).map_err(|_| DossierError::Differs(position))?;
    let code = receipt.code().ok_or(DossierError::Code("the checkpoint holds what no code can hold"))?;
    let drawn =
        draw(code.as_bytes(), Mode::Alphanumeric).ok_or(DossierError::Code("the proof is too long for a code"))?;
    let modules = drawn.size;
    let log = source.streams(&Streams::Log, 1).await?;
    let first = log.first().map(|body| Event::decode(body)).transpose()?;
    let training = matches!(first.map(|e| e.fact), Some(Fact::LogCreated(f)) if f.mode == LogMode::Training);
    let sheet = Sheet { training, lines: lines(&found, seal), proof: drawn, event: draw(&found.body, Mode::Byte) };
    Ok(PrintedPublication { publication: found.said.publication, position, sheet: sheet.render()?, code, modules })
}

async fn find(source: &Source, round: &RoundId, number: Option<u32>, upto: u64) -> Result<Found, DossierError> {
    let (mut opened, mut published) = (None, None);
    for body in source.streams(&Streams::One(Stream::Round(round.clone())), upto).await? {
        let event = Event::decode(&body)?;
        match &event.fact {
            Fact::RoundOpened(f) => opened = Some(f.clone()),
            Fact::ResultPublished(f) if number.is_none_or(|n| n == f.publication) => {
                published = Some((f.clone(), body, event));
            }
            _ => {}
        }
    }
    let opened = opened.ok_or(DossierError::Unknown("round_unknown"))?;
    let (said, body, event) = published.ok_or(DossierError::Unknown("publication_unknown"))?;
    Ok(Found { body, event, opened, said })
}

/// A line of the sheet.
struct SheetLine {
    /// From the top, in tenths of a millimetre.
    y: usize,
    bold: bool,
    mono: bool,
    text: String,
}

#[derive(Template)]
#[template(path = "dossier/publication.svg", escape = "html")]
struct Sheet {
    training: bool,
    lines: Vec<SheetLine>,
    proof: Drawn,
    event: Option<Drawn>,
}

/// A code as it is drawn.
struct Drawn {
    size: usize,
    path: String,
}

impl Drawn {
    /// Its sides with what must stay empty around it.
    fn sides(&self) -> usize {
        self.size + 2 * QUIET
    }
}

/// A code of some text; none where it is too long. A third of the weaker level's room is given for being read when soiled.
fn draw(text: &[u8], mode: Mode) -> Option<Drawn> {
    let build = |level| QRBuilder::new(text).mode(mode).ecl(level).build().ok();
    let code = build(ECL::M).or_else(|| build(ECL::L))?;
    Some(Drawn { size: code.size, path: path(&code) })
}

/// The dark modules, each run of a row as one rectangle.
fn path(code: &QRCode) -> String {
    let mut path = String::new();
    for y in 0..code.size {
        let row: Vec<bool> = code[y].iter().map(|module| module.value()).collect();
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] {
                path += &format!("M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    path
}

/// What the sheet says, from its top down.
fn lines(found: &Found, seal: &Seal) -> Vec<SheetLine> {
    let Found { event, opened, said, body } = found;
    let head = seal.head();
    let mut lines: Vec<SheetLine> = Vec::new();
    let mut y = 200;
    let mut put = |text: &str, (bold, mono): (bool, bool), gap: usize| {
        y += gap;
        for text in wrapped(text) {
            lines.push(SheetLine { y, bold, mono, text });
            y += 52;
        }
    };
    let (plain, bold, mono) = ((false, false), (true, false), (false, true));
    put(&format!("{} / {}", opened.authority.vi, opened.authority.en), plain, 0);
    put(&opened.title.vi, bold, 20);
    put(&opened.title.en, plain, 0);
    let at = event.envelope.at.vietnam();
    put(&format!("Công bố lần {n}, {at} / Publication {n}", n = said.publication), bold, 20);
    put(&format!("Quyết nghị / Decision: {}", said.decision), plain, 0);
    put("Giá trị băm của bảng kết quả / Digest of the table of results (SHA-256)", plain, 20);
    put(&said.digest.to_string(), mono, 0);
    put(&format!("Nhật ký / Log: {}", event.envelope.log), plain, 20);
    put(
        &format!("Sự kiện / Event #{} trong / of {}, giá trị băm / hash", event.envelope.position, head.size),
        plain,
        0,
    );
    put(&Hash::entry(body).to_string(), mono, 0);
    put("Gốc / Root", plain, 0);
    put(&head.root.to_string(), mono, 0);
    let by = seal.believed().signed_by.iter().map(Key::short).collect::<Vec<_>>().join(", ");
    put(&format!("Ký bởi / Signed by {by}"), plain, 20);
    for (witness, at) in &seal.believed().cosigned_by {
        put(&format!("Đồng ký / Cosigned by {witness}, {}", cosigned_at(*at)), plain, 0);
    }
    lines
}

/// A text in lines that fit the sheet.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is one");
        match last.chars().count() + 1 + word.chars().count() {
            _ if last.is_empty() => last.push_str(word),
            long if long > LINE_CHARS => lines.push(word.to_owned()),
            _ => {
                last.push(' ');
                last.push_str(word);
            }
        }
    }
    lines
}
