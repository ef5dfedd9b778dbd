//! What people work with who are signed in: their sheet, and the door by which what they do goes on record. A page decides nothing: it
//! sends a command, in the name of whoever is signed in, and says what came of it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use identity::{Giving, Session};
use platform::http::BODY_BYTES_MAX;
use platform::ports::{
    BySession, SharedDossiers, SharedFieldBooks, SharedOpenings, SharedReceipts, SharedSheets, SharedSubmit,
    SharedSurveys, SharedUnitFiles, SharedVerifies, SharedWork, Submit, Surveys, UnitFiles,
};
use proto::{Accepted, Act, Acting, Answer, Command, CommandId, Principal, Refused, ViaKind};

use crate::page::appraise::book as field;
use crate::page::work::survey::again;
use crate::page::{accounts, appraise, dossiers, fill, me, moderation, notices, open, powers, verify, work};
use crate::refusal::Refusal;
use crate::sign_in::{Doors, SignIn};

/// The most bytes of a form: a text of 8,000 bytes, of which a form spells each with three, and the fields beside it.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What the pages of people at work are made from.
#[derive(Clone)]
pub struct Desk {
    /// Signing in, and the pages beside.
    pub doors: Doors,
    /// Sheets, by right.
    pub sheets: SharedSheets,
    /// Rounds, by right.
    pub work: SharedWork,
    /// The opening of rounds, by right.
    pub openings: SharedOpenings,
    /// Surveys, by right.
    pub surveys: BySession<dyn Surveys>,
    /// Fields as workbooks, by right.
    pub fields: SharedFieldBooks,
    /// The files of units, by right, where there is a store.
    pub files: Option<BySession<dyn UnitFiles>>,
    /// Whoever verifies the log on request, where it can be asked for here.
    pub verifies: Option<SharedVerifies>,
    /// Whoever makes dossiers, where there is a record of who was handed one.
    pub dossiers: Option<SharedDossiers>,
    /// Whoever gives receipts, where the log is signed.
    pub receipts: Option<SharedReceipts>,
    /// Whether notices are sent by mail here.
    pub mails: bool,
    /// The ledger's door, for whoever is signed in.
    pub submit: BySession<dyn Submit>,
}

/// The pages of people at work.
pub fn router(desk: Desk) -> Router {
    let routes = Router::new()
        .route("/rounds/{round}/units/{unit}/fill", get(fill::show))
        .route("/rounds/{round}/units/{unit}/fill/{leaf}", get(fill::leaf::show).post(fill::leaf::save))
        .route("/rounds/{round}/units/{unit}/fill/{leaf}/exempt", post(fill::leaf::exempt))
        .route("/rounds/{round}/units/{unit}/fill/{leaf}/explain", post(fill::flag::explain))
        .route("/rounds/{round}/units/{unit}/fill/{leaf}/files/take-back", post(fill::files::take_back))
        .route("/rounds/{round}/units/{unit}/files/{address}", get(fill::files::hand_out))
        .route("/rounds/{round}/units/{unit}/outcome", get(fill::outcome::show))
        .route("/rounds/{round}/units/{unit}/receipts/{position}", get(fill::receipt::hand_out))
        .route("/rounds/{round}/units/{unit}/appeal", get(fill::appeal::show).post(fill::appeal::lodge))
        .route("/rounds/{round}/units/{unit}/sign", post(fill::sign::sign))
        .route("/rounds/{round}/units/{unit}/withdraw", post(fill::sign::withdraw))
        .route("/rounds/{round}/work", get(work::show))
        .route("/rounds/{round}/appraise", get(appraise::show).post(appraise::confirm))
        .route("/rounds/{round}/units/{unit}/appraise/{leaf}", get(appraise::case::show).post(appraise::case::decide))
        .route("/rounds/{round}/survey", get(work::survey::show))
        .route("/rounds/{round}/survey/coverage", get(work::survey::coverage::show))
        .route("/rounds/{round}/survey/waiting/{batch}", get(work::survey::waiting::show))
        .route("/rounds/{round}/survey/waiting/{batch}/record", post(work::survey::waiting::record))
        .route("/rounds/{round}/survey/waiting/{batch}/forget", post(work::survey::waiting::forget))
        .route("/rounds/{round}/survey/batches/{batch}", get(work::survey::batch::show))
        .route("/rounds/{round}/survey/batches/{batch}/again/book", get(again::book))
        .route("/rounds/{round}/survey/samples", get(work::survey::samples::show))
        .route("/rounds/{round}/survey/samples/{sample}", get(work::survey::samples::one))
        .route("/rounds/{round}/survey/seed", post(work::survey::samples::seed))
        .route("/rounds/{round}/extras", get(work::extras::show))
        .route("/rounds/{round}/council", get(work::council::show))
        .route("/rounds/{round}/appeals", get(work::appeals::show))
        .route("/rounds/{round}/propose", get(work::propose::show).post(work::propose::send))
        .route("/rounds/{round}/acts/{doing}", post(work::done::send))
        .route("/notices", get(notices::show).post(notices::save))
        .route("/notices/{doing}", post(notices::send))
        .route("/rounds/{round}/moderation", get(moderation::show))
        .route("/open", get(open::show).post(open::begin))
        .route("/open/round", get(open::declare::show))
        .route("/open/people/book", get(open::people::download))
        .route("/open/people/grant", post(open::people::grant))
        .route("/rounds/{round}/verify", get(verify::show).post(verify::begin))
        .route("/rounds/{round}/dossiers", get(dossiers::show).post(dossiers::take))
        .route("/powers", get(powers::show))
        .route("/powers/of/{actor}", get(powers::person::show))
        .route("/powers/{doing}", post(powers::send))
        .route("/accounts", get(accounts::show))
        .route("/accounts/{doing}", post(accounts::send))
        .route("/me", get(me::show))
        .route("/me/tokens/{doing}", post(me::send));
    // How long a file may be is for whoever takes it in to say: it comes as a stream.
    let brings = Router::new()
        .route("/rounds/{round}/units/{unit}/fill/{leaf}/files", post(fill::files::send))
        .route("/rounds/{round}/units/{unit}/sign/files", post(fill::signed::send))
        .route("/rounds/{round}/units/{unit}/appeal/files", post(fill::appeal::brings))
        .route("/rounds/{round}/units/{unit}/workbook", get(fill::workbook::download).post(fill::workbook::look))
        .route("/open/documents/{kind}", get(open::document::show).post(open::document::look))
        .route("/open/people", get(open::people::show).post(open::people::look))
        .route("/rounds/{round}/fields/{block}/{field}/workbook", get(field::download).post(field::look))
        .route("/rounds/{round}/survey/send", get(work::survey::send::show).post(work::survey::send::send))
        .route("/rounds/{round}/survey/batches/{batch}/again", get(again::show).post(again::look))
        .route("/rounds/{round}/survey/commit", post(work::survey::samples::commit))
        .route("/rounds/{round}/survey/draw", post(work::survey::samples::draw))
        .layer(DefaultBodyLimit::disable());
    // All of a sheet's changes together, and not one leaf's; a whole document, a whole table of grants.
    let changes = Router::new()
        .route("/rounds/{round}/units/{unit}/workbook/send", post(fill::workbook::send))
        .route("/open/documents/{kind}/send", post(open::document::send))
        .route("/open/people/send", post(open::people::send))
        .route("/rounds/{round}/survey/batches/{batch}/again/send", post(again::send))
        .route("/rounds/{round}/fields/{block}/{field}/workbook/send", post(field::send))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    routes.layer(DefaultBodyLimit::max(FORM_BYTES_MAX)).merge(brings).merge(changes).with_state(desk)
}

/// Whoever is signed in, as the ledger knows him.
pub fn principal(session: &Session) -> Principal {
    let (actor, credential) = (session.actor.clone(), session.credential.clone());
    match session.method {
        ViaKind::Oidc => Principal::oidc(actor, credential),
        _ => Principal::session(actor, credential),
    }
}

/// An id for the command of a form. It stands in the form, so that a form that is sent twice is one act.
///
/// # Errors
/// The operating system gave no random bytes.
pub fn command_id(desk: &Desk) -> Result<CommandId, Refusal> {
    let mut bits = [0; 10];
    getrandom::fill(&mut bits).map_err(|error| Refusal::Malformed(error.to_string()))?;
    Ok(CommandId::v7(desk.doors.sign_in.now().millis(), bits))
}

impl Desk {
    /// Whoever is signed in, as one who gives credentials out or ends them; whether he may, the ledger decides.
    pub fn giving(&self, session: &Session, acting: Acting) -> Giving<'_> {
        let SignIn { identity, clock, .. } = &self.doors.sign_in;
        let (submit, by) = (self.submit(session), principal(session));
        Giving { identity, submit, by, acting, clock: Arc::clone(clock) }
    }

    /// The ledger's door for whoever is signed in.
    pub fn submit(&self, session: &Session) -> SharedSubmit {
        self.submit.of(session.secret.as_str())
    }

    /// The round's survey for whoever is signed in.
    pub fn surveys(&self, session: &Session) -> SharedSurveys {
        self.surveys.of(session.secret.as_str())
    }

    /// The files of units for whoever is signed in; none where there is no store.
    pub fn files(&self, session: &Session) -> Option<SharedUnitFiles> {
        Some(self.files.as_ref()?.of(session.secret.as_str()))
    }

    /// Sends a command of whoever is signed in.
    pub async fn send(&self, session: &Session, of: (CommandId, Acting), act: Act) -> Result<Accepted, Box<Refused>> {
        let mut answers = self.send_all(session, vec![(of, act)]).await;
        answers.pop().expect("there is one answer for each command")
    }

    /// Sends commands of whoever is signed in, in order; there is one answer for each.
    pub async fn send_all(
        &self,
        session: &Session,
        acts: Vec<((CommandId, Acting), Act)>,
    ) -> Vec<Result<Accepted, Box<Refused>>> {
        // Through the same door as every other: there texts are brought into one form, and limits are met.
        let commands =
            acts.into_iter().map(|((id, acting), act)| Command::parse(&Command::new(id, acting, act).to_canonical()));
        let answers = self.submit(session).submit(principal(session), commands.collect()).await;
        let told = answers.into_iter().map(|answer| match answer {
            Answer::Accepted(accepted) => Ok(accepted),
            Answer::Refused(refused) => Err(Box::new(refused)),
        });
        told.collect()
    }
}
