//! A faulty file as it is told over HTTP: problem details (RFC 9457) with every fault at its place, in both languages.
//! It is the sender's to mend, and nothing of it was kept.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use platform::http::{Problem, problem};
use proto::Rejection;
use proto::document::Text;
use serde_json::{Value, json};

use crate::fault::{Fault, Faults};

/// Why a file is not looked at, or not taken.
pub enum Refused {
    /// It has faults.
    Faulty(Faults),
    /// Something else stands where it would.
    Conflict {
        /// The stable code.
        code: &'static str,
        /// What.
        said: Text,
    },
    /// Whoever sent it may not, or what is needed is not there.
    Problem(Problem),
}

impl From<Faults> for Refused {
    fn from(faults: Faults) -> Self {
        Self::Faulty(faults)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Problem(Problem(rejection))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let faults = match self {
            Self::Faulty(faults) => faults,
            Self::Problem(problem) => return problem.into_response(),
            Self::Conflict { code, said } => return problem(StatusCode::CONFLICT, code, (said.vi, said.en), []),
        };
        let count = faults.count();
        let told: Vec<Value> = faults.told.iter().map(fault).collect();
        let sentences = (format!("Tệp có {count} lỗi."), format!("The file has {count} faults."));
        let members = [("faults", told.into()), ("more", faults.more.into())];
        problem(StatusCode::UNPROCESSABLE_ENTITY, "file_faulty", sentences, members)
    }
}

/// An address or a query that is none of a route.
pub fn misshapen(detail: &str) -> Problem {
    Problem(Rejection::WrongShape { detail: detail.to_owned() })
}

/// One fault.
pub fn fault(fault: &Fault) -> Value {
    json!({ "code": fault.code, "place": fault.place.text(), "what": fault.what })
}
