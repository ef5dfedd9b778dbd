//! What is said of a route: who has it, to whom it is opened, what it takes and gives.
//! It names no route itself.

use super::Said;

/// A route.
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// Its path as the router has it.
    pub path: &'static str,
    /// Which service has it.
    pub part: Part,
    /// To whom it is opened.
    pub opens: Opens,
    /// What it does.
    pub said: Said,
    /// What may stand in the query; a name with `!` must.
    pub query: &'static [&'static str],
    /// What is sent.
    pub takes: Takes,
    /// What is answered.
    pub gives: Gives,
    /// Whether the answer has a tag, by the position that it stands on.
    pub is_tagged: bool,
}

/// The service that has a route.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    Read,
    Inspect,
    Log,
    Proofs,
    Files,
    Privacy,
    Inside,
}

/// The parts in the order of the page.
pub const PARTS: [Part; 7] =
    [Part::Read, Part::Inspect, Part::Log, Part::Proofs, Part::Files, Part::Privacy, Part::Inside];

impl Part {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Inspect => "inspect",
            Self::Log => "log",
            Self::Proofs => "proofs",
            Self::Files => "files",
            Self::Privacy => "privacy",
            Self::Inside => "inside",
        }
    }

    /// What it is, and which service it is where services run apart.
    pub fn said(self) -> Said {
        match self {
            Self::Read => (
                "Kết quả và trạng thái, từ bảng kết xuất (dashboard).",
                "Results and state, from the projections (dashboard).",
            ),
            Self::Inspect => (
                "Câu trả lời tính lại từ nhật ký (dashboard hỏi inspector).",
                "Answers folded from the log (the dashboard asks the inspector).",
            ),
            Self::Log => ("Lệnh vào, sự kiện ra (ledger).", "Commands in, events out (ledger)."),
            Self::Proofs => ("Biên nhận và chứng minh (signer).", "Receipts and proofs (signer)."),
            Self::Files => (
                "Tệp minh chứng, phiếu khảo sát, phiếu chấm điểm dạng bảng tính (intake).",
                "Evidence, ballots, sheets as workbooks (intake).",
            ),
            Self::Privacy => ("Yêu cầu về dữ liệu cá nhân (inspector).", "Requests about personal data (inspector)."),
            Self::Inside => (
                "Không mở ra ngoài: giữa các dịch vụ, và cho người vận hành máy chủ.",
                "Not for outside: between services, and for the operator.",
            ),
        }
    }
}

/// To whom a route is opened; deploy/RIGHTS.md says it by capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// Everybody.
    Everybody,
    /// Whoever may read: on loopback everybody, elsewhere with a token.
    Readers,
    /// The same, and what he sees is by right.
    ByRight,
    /// By right, and a token is needed on loopback too.
    ByRightOfToken,
    /// Whoever has read the secret in the data folder.
    Operator,
}

/// What is sent.
pub enum Takes {
    Nothing,
    Commands,
    Object,
    Bytes,
}

/// What is answered.
pub enum Gives {
    /// An answer of a schema.
    Json(&'static str),
    /// One of several.
    OneOf(&'static [&'static str]),
    /// The same with 201.
    Created(&'static str),
    /// Lines of JSON.
    Lines(&'static str),
    /// A file or text.
    Media(&'static str),
    /// A file as it was brought.
    Any,
    /// An object that is nobody's to rely on.
    Object,
}

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub const fn read(path: &'static str, query: &'static [&'static str], gives: &'static str, said: Said) -> Route {
    let (part, opens, gives) = (Part::Read, Opens::ByRight, Gives::Json(gives));
    Route { method: "get", path, part, opens, said, query, takes: Takes::Nothing, gives, is_tagged: true }
}

pub const fn told(path: &'static str, query: &'static [&'static str], gives: Gives, said: Said) -> Route {
    Route { gives, part: Part::Inspect, ..read(path, query, "", said) }
}

pub const fn other(
    part: Part,
    opens: Opens,
    path: &'static str,
    query: &'static [&'static str],
    gives: Gives,
    said: Said,
) -> Route {
    Route { part, opens, gives, is_tagged: false, ..read(path, query, "", said) }
}

pub const fn sent(takes: Takes, route: Route) -> Route {
    Route { method: "post", takes, ..route }
}
