//! Why there is no page or no rows: as problem details for programs, as a page for people.
//! What failed inside is logged here, once, and never told: the answer says `internal`.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::{IdentityError, ProviderError};
use platform::http::Problem;
use platform::ports::{AskError, NoDossier};
use platform::projector::ProjectError;
use proto::document::Lang;
use proto::{Refused, Rejection};

use crate::report::BadForm;

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The protocol's own reason.
    #[error(transparent)]
    Rejected(Box<Rejection>),
    /// The protocol's own reason, as the inspector told it.
    #[error("{}", .0.en)]
    Told(Box<Refused>),
    /// Something of that name cannot exist; the code says of what kind.
    #[error("{0}")]
    Unknown(&'static str),
    /// A value of the query that cannot be read, or stands there twice.
    #[error("bad query: {0}")]
    BadQuery(&'static str),
    /// A moment that this answer is not given for.
    #[error("not answered as of a moment")]
    AsOfUnanswered,
    /// Whoever asks does not listen to a stream of events.
    #[error("a stream of events alone")]
    StreamAlone,
    /// As many listen as may.
    #[error("too many listen")]
    ListenersFull,
    /// A form that another site sent, or that was given to another session.
    #[error("a form that is not of this session")]
    FormForeign,
    /// A form that cannot be read.
    #[error("a form that cannot be read")]
    BadForm,
    /// Too many want to sign in at once.
    #[error("too many want to sign in at once")]
    Crowded,
    /// Nobody is awaited back from the provider by this browser, with this state, now.
    #[error("nobody is awaited back from the provider")]
    Unawaited,
    /// The provider lets nobody in.
    #[error("{0}")]
    Provider(#[from] ProviderError),
    /// Nobody has given an account to whom the provider vouches for.
    #[error("no account of whom the provider vouches for")]
    SubjectUnknown(String),
    /// Accounts and sessions could not be read or written.
    #[error("identity: {0}")]
    Identity(IdentityError),
    /// A projection could not be read.
    #[error("projection: {0}")]
    Read(#[from] Box<ProjectError>),
    /// The inspector gave no answer.
    #[error("inspector: {0}")]
    Asked(AskError),
    /// There is no dossier.
    #[error("dossier: {0}")]
    Dossier(#[from] NoDossier),
    /// A stored value that this version does not know.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A template failed.
    #[error("template: {0}")]
    Render(#[from] askama::Error),
    /// A file could not be written.
    #[error("report: {0}")]
    Write(String),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

impl From<AskError> for Refusal {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Refused(told) => Self::Told(told),
            other => Self::Asked(other),
        }
    }
}

impl From<BadForm> for Refusal {
    fn from(BadForm(name): BadForm) -> Self {
        Self::BadQuery(name)
    }
}

impl From<IdentityError> for Refusal {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Overloaded => Self::Crowded,
            other => Self::Identity(other),
        }
    }
}

impl From<ProjectError> for Refusal {
    fn from(error: ProjectError) -> Self {
        Self::Read(Box::new(error))
    }
}

impl Refusal {
    /// Something that cannot exist, by its code.
    pub fn unknown(code: &'static str) -> Self {
        Self::Unknown(code)
    }

    /// The HTTP status (RFC 9110).
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Rejected(r) => StatusCode::from_u16(r.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Told(told) => StatusCode::from_u16(told.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Unknown(_) | Self::Dossier(NoDossier::Unknown(_)) => StatusCode::NOT_FOUND,
            Self::Dossier(NoDossier::Unsigned) => StatusCode::CONFLICT,
            Self::BadQuery(_) | Self::BadForm | Self::AsOfUnanswered => StatusCode::BAD_REQUEST,
            Self::StreamAlone => StatusCode::NOT_ACCEPTABLE,
            Self::FormForeign | Self::Unawaited | Self::SubjectUnknown(_) => StatusCode::FORBIDDEN,
            Self::Provider(ProviderError::Away(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Provider(_) => StatusCode::FORBIDDEN,
            Self::Crowded | Self::ListenersFull | Self::Dossier(NoDossier::Busy) => StatusCode::TOO_MANY_REQUESTS,
            Self::Read(_)
            | Self::Asked(_)
            | Self::Dossier(NoDossier::Failed(_))
            | Self::Malformed(_)
            | Self::Render(_)
            | Self::Write(_)
            | Self::Identity(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Rejected(r) => r.code(),
            Self::Told(told) => &told.code,
            Self::Unknown(code) | Self::Dossier(NoDossier::Unknown(code)) => code,
            Self::Dossier(NoDossier::Unsigned) => "dossier_unsigned",
            Self::BadQuery(_) => "bad_query",
            Self::AsOfUnanswered => "as_of_unanswered",
            Self::StreamAlone => "stream_alone",
            Self::ListenersFull => "listeners_full",
            Self::FormForeign => "form_foreign",
            Self::BadForm => "form_malformed",
            Self::Unawaited => "oidc_unawaited",
            Self::Provider(ProviderError::Away(_)) => "oidc_away",
            Self::Provider(ProviderError::Refused(_)) => "oidc_refused",
            Self::Provider(ProviderError::Token(_)) => "oidc_token_wrong",
            Self::Provider(ProviderError::ClaimMissing(_)) => "oidc_claim_missing",
            Self::SubjectUnknown(_) => "oidc_subject_unknown",
            Self::Crowded | Self::Dossier(NoDossier::Busy) => "overloaded",
            Self::Read(_)
            | Self::Asked(_)
            | Self::Dossier(NoDossier::Failed(_))
            | Self::Malformed(_)
            | Self::Render(_)
            | Self::Write(_)
            | Self::Identity(_) => "internal",
        }
    }

    /// The sentence for a person.
    pub fn sentence(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::Rejected(r) => return r.sentence(lang),
            Self::Told(told) => (told.vi.as_str(), told.en.as_str()),
            Self::Unknown("round_unknown") => ("Không có kỳ này.", "There is no such round."),
            Self::Unknown("unit_unknown") => ("Không có đơn vị này.", "There is no such unit."),
            Self::Unknown("leaf_unknown") => ("Không có tiêu chí chấm điểm này.", "There is no such leaf."),
            Self::Unknown("publication_unknown") => ("Không có lần công bố này.", "There is no such publication."),
            Self::Unknown("appeal_unknown") => ("Không có kiến nghị này.", "There is no such appeal."),
            Self::Unknown("block_unknown") => ("Không có khối này.", "There is no such block."),
            Self::Unknown("event_unknown") => {
                ("Phiếu này không có sự kiện ở vị trí đó.", "This sheet has no event at that position.")
            }
            Self::Unknown("receipt_pending") => (
                "Sự kiện chưa nằm dưới điểm kiểm chứng nào; hãy tải lại biên nhận sau ít giây.",
                "The event is under no checkpoint yet; download its receipt again in a few seconds.",
            ),
            Self::Unknown(_) => ("Không có trang này.", "There is no such page."),
            Self::BadQuery(name) => {
                return match lang {
                    Lang::Vi => format!("Giá trị của tham số “{name}” không hợp lệ."),
                    Lang::En => format!("The value of the parameter {name:?} cannot be read."),
                };
            }
            Self::AsOfUnanswered => (
                "Danh sách này chỉ có ở thời điểm hiện tại; hãy hỏi từng kỳ tại thời điểm cần xem.",
                "This list is given as it stands now alone; ask for a single round as of that moment.",
            ),
            Self::StreamAlone => (
                "Địa chỉ này chỉ phát dòng sự kiện (text/event-stream) cho trang đang mở.",
                "This address gives a stream of events (text/event-stream) alone, to a page that is open.",
            ),
            Self::ListenersFull => (
                "Đã có đủ số trang tự cập nhật cùng lúc; trang vẫn xem được, chỉ không tự cập nhật.",
                "As many pages are live as may be at once; the page can be read, it only does not follow by itself.",
            ),
            Self::FormForeign => (
                "Biểu mẫu không do trang này đưa ra cho lần đăng nhập này; không có gì được thực hiện. Hãy mở lại trang và gửi lại.",
                "The form was not given by this site to this session; nothing was done. Open its page again and send it once more.",
            ),
            Self::Dossier(NoDossier::Unsigned) => (
                "Nhật ký chưa có điểm kiểm tra nào được ký, nên chưa có hồ sơ.",
                "The log has no signed checkpoint yet, so there are no dossiers.",
            ),
            Self::Dossier(NoDossier::Unknown(_)) => (
                "Điều được hỏi chưa có trong nhật ký đến điểm kiểm tra này; hãy thử lại sau khi nhật ký được ký tiếp.",
                "What is asked for is not in the log up to the checkpoint; try again once the log was signed further.",
            ),
            Self::Dossier(NoDossier::Busy) => (
                "Một hồ sơ khác đang được lập. Hãy thử lại sau ít phút.",
                "Another dossier is being made. Try again in a few minutes.",
            ),
            Self::Unawaited => (
                "Lần đăng nhập này không bắt đầu từ trình duyệt này, đã dùng rồi hoặc đã quá 10 phút. Hãy bấm đăng nhập lại.",
                "This sign-in did not begin in this browser, was used already, or took longer than 10 minutes. Begin it anew.",
            ),
            Self::Provider(ProviderError::Away(_)) => (
                "Hệ thống đăng nhập của tỉnh hiện không trả lời. Hãy thử lại sau ít phút, hoặc dùng tài khoản của hệ thống này nếu có.",
                "The province's sign-in does not answer now. Try again in a few minutes, or use an account of this system if you have one.",
            ),
            Self::Provider(ProviderError::Refused(_)) => (
                "Hệ thống đăng nhập của tỉnh không cho đăng nhập lần này.",
                "The province's sign-in did not let this sign-in through.",
            ),
            Self::Provider(ProviderError::Token(_)) => (
                "Câu trả lời của hệ thống đăng nhập của tỉnh không chứng minh được ai đăng nhập; không ai được vào. Việc này đã được ghi lại.",
                "What the province's sign-in answered does not prove who signed in; nobody was let in. It has been recorded.",
            ),
            Self::Provider(ProviderError::ClaimMissing(name)) => {
                return match lang {
                    Lang::Vi => format!(
                        "Hệ thống đăng nhập của tỉnh không cho biết “{name}” của bạn, nên không biết bạn là ai."
                    ),
                    Lang::En => {
                        format!("The province's sign-in does not say your {name:?}, so nobody here knows who you are.")
                    }
                };
            }
            Self::SubjectUnknown(subject) => {
                return match lang {
                    Lang::Vi => format!(
                        "Chưa có tài khoản nào ở đây gắn với “{subject}”. Hãy đề nghị quản trị viên gắn cho bạn; không có gì được tạo ra."
                    ),
                    Lang::En => format!(
                        "No account here is bound to {subject:?}. Ask an administrator to bind one; nothing was made."
                    ),
                };
            }
            Self::BadForm => ("Không đọc được biểu mẫu này.", "This form cannot be read."),
            Self::Crowded => (
                "Đang có quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau ít giây.",
                "Too many people want to sign in at once. Try again in a few seconds.",
            ),
            Self::Read(_)
            | Self::Asked(_)
            | Self::Dossier(NoDossier::Failed(_))
            | Self::Malformed(_)
            | Self::Render(_)
            | Self::Write(_)
            | Self::Identity(_) => (
                "Có lỗi bên trong hệ thống; lỗi đã được ghi lại. Hãy thử lại sau.",
                "Something failed inside; it has been recorded. Try again later.",
            ),
        };
        match lang {
            Lang::Vi => vi.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    /// Logs what failed inside; what was asked wrongly is no matter for the log.
    pub fn record(&self) {
        match self {
            // Somebody else's fault, which whoever runs this must see all the same.
            Self::Provider(error) => tracing::warn!(%error, "sign_in.provider"),
            _ if self.status().is_server_error() => tracing::error!(error = %self, "dashboard.failed"),
            _ => {}
        }
    }

    /// The refusal as problem details (RFC 9457).
    pub fn problem(self) -> Response {
        self.record();
        if let Self::Rejected(rejection) = self {
            return Problem(*rejection).into_response();
        }
        if let Self::Told(told) = &self {
            let members = told.members.iter().map(|(name, value)| (name.as_str(), value.clone().into()));
            return platform::http::problem(self.status(), &told.code, (told.vi.clone(), told.en.clone()), members);
        }
        let sentences = (self.sentence(Lang::Vi), self.sentence(Lang::En));
        platform::http::problem(self.status(), self.code(), sentences, [])
    }
}
