//! The page and the text in a dossier that people read, in Vietnamese and English. They say nothing that the events do not
//! say, and nothing vouches for them: whoever doubts one makes it again from the events.

use askama::Template;
use proto::act::round::OpenRound;
use proto::between::EventLine;
use proto::dossier::{Complete, Manifest};
use proto::policy::Believed;
use proto::tree::TreeHead;
use proto::{Instant, Origin, RoundId, Stream};

use super::DossierError;
use super::gathered::{Gathered, Noted, Publication};
use super::score::OfScore;

/// The version of the page: it changes whenever the same events would make another page.
pub const PAGE: u32 = 1;

/// What a round's page is made of.
pub struct Shown<'a> {
    /// What the dossier says of itself; its members are not shown.
    pub manifest: &'a Manifest,
    /// What its events say.
    pub gathered: &'a Gathered,
    /// Who vouches for the checkpoint, by the dossier's own policy.
    pub believed: &'a Believed,
}

/// An event as a line of a table.
struct Line {
    position: u64,
    at: String,
    kind: String,
    stream: String,
    leaf: String,
    by: String,
    reason: String,
    hash: String,
}

impl From<&EventLine> for Line {
    fn from(event: &EventLine) -> Self {
        let unit = event.actor.unit.as_ref().map_or(String::new(), |unit| format!(", {unit}"));
        Self {
            position: event.position,
            at: event.at.vietnam(),
            kind: event.kind.clone(),
            stream: event.stream.to_string(),
            leaf: event.leaf.as_ref().map_or(String::new(), ToString::to_string),
            by: format!("{} ({}{unit})", event.actor.id, event.actor.capacity),
            reason: event.reason.clone(),
            hash: event.hash.to_string(),
        }
    }
}

/// Who vouches for a checkpoint.
struct Vouched {
    signed_by: String,
    cosigned: Vec<(String, String)>,
}

impl From<&Believed> for Vouched {
    fn from(believed: &Believed) -> Self {
        Self {
            signed_by: believed.signed_by.iter().map(proto::note::Key::short).collect::<Vec<_>>().join(", "),
            cosigned: believed.cosigned_by.iter().map(|(name, at)| (name.clone(), cosigned_at(*at))).collect(),
        }
    }
}

/// A row of a table of ranks.
struct Place {
    rank: String,
    name_vi: String,
    name_en: String,
    index: String,
    band: String,
}

/// A block of a publication.
struct Block {
    title_vi: String,
    title_en: String,
    places: Vec<Place>,
}

/// A publication.
struct Published {
    number: u32,
    position: u64,
    at: String,
    digest: String,
    blocks: Vec<Block>,
}

#[derive(Template)]
#[template(path = "dossier/round.html")]
struct RoundPage<'a> {
    m: &'a Manifest,
    title_vi: &'a str,
    title_en: &'a str,
    authority_vi: &'a str,
    authority_en: &'a str,
    training: bool,
    whole: bool,
    vouched: Vouched,
    published: Vec<Published>,
    happened: Vec<Line>,
}

/// The page of a round.
pub fn round(shown: &Shown) -> Result<String, DossierError> {
    let round = shown.gathered.round().ok_or(DossierError::Unknown("round_unknown"))?;
    let config = &round.config;
    let blocks = |publication: &Publication| {
        let of = |block: &proto::act::round::Block| Block {
            title_vi: block.title.vi.clone(),
            title_en: block.title.en.clone(),
            places: publication.rows.iter().filter(|row| row.block == block.block).map(place).collect(),
        };
        let mut blocks: Vec<Block> = config.blocks.iter().map(of).collect();
        blocks.iter_mut().for_each(|b| b.places.sort_by_key(|place| place.rank.parse().unwrap_or(u64::MAX)));
        blocks
    };
    let publications = shown.gathered.publications();
    let published = publications.iter().map(|p| Published {
        number: p.said.publication,
        position: p.said.position,
        at: p.at.clone(),
        digest: p.said.digest.to_string(),
        blocks: blocks(p),
    });
    let page = RoundPage {
        m: shown.manifest,
        title_vi: &config.title.vi,
        title_en: &config.title.en,
        authority_vi: &config.authority.vi,
        authority_en: &config.authority.en,
        training: shown.gathered.noted.training,
        whole: shown.manifest.complete == Complete::WholeLog,
        vouched: shown.believed.into(),
        published: published.collect(),
        happened: shown.gathered.noted.shown.iter().map(Line::from).collect(),
    };
    Ok(page.render()?)
}

fn place(row: &proto::rows::StandingRow) -> Place {
    Place {
        rank: if row.rank == 0 { "–".to_owned() } else { row.rank.to_string() },
        name_vi: row.name_vi.clone(),
        name_en: row.name_en.clone(),
        index: row.printed.replace('.', ","),
        band: row.band.as_ref().map_or(String::new(), |_| row.band_vi.clone()),
    }
}

/// When a witness says that it cosigned.
pub fn cosigned_at(seconds: u64) -> String {
    let at = i64::try_from(seconds).ok().and_then(|s| Instant::from_micros(s.checked_mul(1_000_000)?));
    at.map_or_else(|| format!("{seconds} s"), Instant::vietnam)
}

#[derive(Template)]
#[template(path = "dossier/score.html")]
struct ScorePage<'a> {
    m: &'a Manifest,
    unit: &'a str,
    leaf: &'a str,
    opened: &'a OpenRound,
    training: bool,
    vouched: Vouched,
    lines: Vec<Line>,
}

/// The page of a score, or of a sheet.
///
/// # Errors
/// [`DossierError::Unknown`] where the round is not among the events.
pub fn score(manifest: &Manifest, noted: &Noted, believed: &Believed) -> Result<String, DossierError> {
    let opened = noted.opened.as_ref().ok_or(DossierError::Unknown("round_unknown"))?;
    let bears = |event: &&EventLine| {
        let of_leaf = manifest.leaf.is_none() || event.leaf.is_none() || event.leaf == manifest.leaf;
        of_leaf && event.stream != Stream::Log
    };
    let page = ScorePage {
        m: manifest,
        unit: manifest.unit.as_ref().map_or("", |unit| unit.as_str()),
        leaf: manifest.leaf.as_ref().map_or("", |leaf| leaf.as_str()),
        opened,
        training: noted.training,
        vouched: believed.into(),
        lines: noted.shown.iter().filter(bears).map(Line::from).collect(),
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "dossier/README.txt", escape = "none")]
struct Readme<'a> {
    origin: &'a Origin,
    about: String,
    of_round: bool,
    head: TreeHead,
}

/// How a dossier is checked.
///
/// # Errors
/// None but what the template's engine makes up.
pub fn readme(origin: &Origin, head: TreeHead, round: &RoundId, of: Option<&OfScore>) -> Result<String, DossierError> {
    let of_one = |of: &OfScore| {
        let leaf = of.leaf.as_ref().map_or(String::new(), |leaf| format!(", leaf {leaf}"));
        format!(", unit {}{leaf}", of.unit)
    };
    let about = format!("round {round}{}", of.map_or(String::new(), of_one));
    Ok(Readme { origin, about, of_round: of.is_none(), head }.render()?)
}
