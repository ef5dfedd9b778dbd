//! A sample of every kind of event: its stream and its data, with and without the members that may be left out.
//! It never leaves a kind out: [`stream`] matches all of them by name, and a test compares the rest with `Fact::KINDS`.

use proto::document::DocKind;
use proto::{ActorId, BatchId, DocId, Fact, RoundId, Stream, UnitId};

use super::log::Deed;

const FILE: &str = r#"{"address":"@","digest_commitment":"@","name_commitment":"@","page":"tr. 3","size":51200,"type":"application/pdf"}"#;

/// Kind, stream, data. An @ stands for a hash, a # for a reference to a file.
pub const SAMPLES: &[(&str, &str, &str)] = &[
    ("log_created", "log", r#"{"administrators":["a-01","a-02"],"clock":"system","incompatible":[],"mode":"live"}"#),
    (
        "log_created",
        "log",
        r#"{"administrators":["a-01","a-02"],"clock":"scripted","incompatible":[{"capacity":"administrator","with":["survey_staff","inspector"]}],"mode":"training"}"#,
    ),
    (
        "log_created",
        "log",
        r#"{"administrators":["a-01","a-02"],"clock":"system","continues":{"checkpoint":"a.example/1\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— a.example/1 AAAA\n","origin":"a.example/1","root":"@","size":7},"incompatible":[],"mode":"live"}"#,
    ),
    ("key_named", "log", r#"{"statement":"parindex key statement v1\nlog a.example/1\n"}"#),
    ("anchored", "log", r#"{"heads":{"count":3,"root":"@"},"root":"@","size":7}"#),
    (
        "anchored",
        "log",
        r#"{"checkpoint":"a.example/1\n6\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— w.example AAAA\n","heads":{"count":3,"root":"@"},"root":"@","size":7}"#,
    ),
    ("log_closed", "log", r#"{"reason":"Chuyển sang thuật toán ký mới"}"#),
    (
        "capacity_granted",
        "grants/a-07",
        r#"{"awaits_second":false,"grant":{"actor":"a-07","capacity":"publisher","from":"2022-10-27T17:00:00.000000Z","grant":"g1"}}"#,
    ),
    (
        "capacity_granted",
        "grants/a-07",
        r#"{"awaits_second":true,"grant":{"acting_for":"a-06","actor":"a-07","capacity":"chief","fields":["1","2"],"from":"2022-10-27T17:00:00.000000Z","grant":"g2","round":"r22","unit":"gtvt","until":"2022-12-31T17:00:00.000000Z"}}"#,
    ),
    ("grant_confirmed", "grants/a-07", r#"{"actor":"a-07","grant":"g2"}"#),
    ("capacity_revoked", "grants/a-07", r#"{"actor":"a-07","grant":"g2","reason":"Chuyển công tác"}"#),
    ("credential_bound", "grants/a-07", r#"{"actor":"a-07","commitment":"@","credential":"t-07","method":"token"}"#),
    ("credential_unbound", "grants/a-07", r#"{"actor":"a-07","credential":"t-07","reason":"Mất thẻ"}"#),
    (
        "part_entered",
        "rulebook/qd-4210",
        r#"{"content":{"any":[true,false,-9007199254740991,9007199254740991,"\u0000\u001f\"\\\b\t\n\f\r",{},[]]},"document":"rulebook","id":"qd-4210","part":1}"#,
    ),
    ("document_sealed", "tally/t1", r#"{"digest":"@","document":"tally","id":"t1","parts":3}"#),
    (
        "round_opened",
        "round/r22",
        r#"{"authority":{"en":"Hanoi","vi":"Hà Nội"},"blocks":[{"block":"so","kind":"so","title":{"en":"Departments","vi":"Sở"},"units":["ldtbxh","gtvt"],"unranked":["gtvt"]},{"block":"huyen","kind":"huyen","title":{"en":"Districts","vi":"Huyện"},"units":[]}],"catalogue":{"digest":"@","id":"hanoi"},"phases":[{"from":"2022-10-27T17:00:00.000000Z","phase":"self_scoring","until":"2022-11-30T17:00:00.000000Z"}],"policy":{"bands":[{"code":"a","from":"90","title":{"en":"A","vi":"A"}},{"code":"b","from":"0","title":{"en":"B","vi":"B"}}],"counts":["self","first","second","council","correction"],"digits":2,"own_unit":"record","rounding":"half_even","ties":"competition","unsubmitted":"as_drafted"},"round":"r22","rulebook":{"digest":"@","id":"qd-4210"},"title":{"en":"Index 2022","vi":"Chỉ số 2022"},"year":2022}"#,
    ),
    ("phase_closed", "round/r22", r#"{"phase":"second_appraisal","round":"r22"}"#),
    (
        "deadline_extended",
        "round/r22",
        r#"{"phase":"appeals","reason":"Bão","round":"r22","until":"2023-04-01T17:00:00.000000Z"}"#,
    ),
    (
        "deadline_extended",
        "round/r22",
        r#"{"phase":"survey","reason":"Bão","round":"r22","unit":"gtvt","until":"2023-04-01T17:00:00.000000Z"}"#,
    ),
    (
        "self_scored",
        "sheet/r22/gtvt",
        r#"{"claimed":"8.25","explanation":"","inputs":{},"leaf":"1.1","revision":0,"round":"r22","unit":"gtvt"}"#,
    ),
    (
        "self_scored",
        "sheet/r22/gtvt",
        r#"{"claimed":"-0.000000001","evidence":[#,#],"explanation":"x","from_paper":true,"inputs":{"figures":[{"name":"done","value":"999999999999999999"}],"option":"late"},"leaf":"1.1","revision":9007199254740991,"round":"r22","unit":"gtvt"}"#,
    ),
    (
        "evidence_withdrawn",
        "sheet/r22/gtvt",
        r#"{"address":"@","leaf":"1.1","reason":"Nhầm tệp","revision":1,"round":"r22","unit":"gtvt"}"#,
    ),
    (
        "exemption_claimed",
        "sheet/r22/gtvt",
        r#"{"ground":"Không có lĩnh vực này","leaf":"1.1","revision":0,"round":"r22","unit":"gtvt"}"#,
    ),
    ("sheet_submitted", "sheet/r22/gtvt", r#"{"digest":"@","round":"r22","unit":"gtvt","version":7}"#),
    ("sheet_withdrawn", "sheet/r22/gtvt", r#"{"reason":"Nhập thiếu","round":"r22","unit":"gtvt"}"#),
    (
        "sheet_reopened",
        "sheet/r22/gtvt",
        r#"{"reason":"Theo đề nghị","round":"r22","unit":"gtvt","until":"2022-12-02T17:00:00.000000Z"}"#,
    ),
    ("sheet_closed", "sheet/r22/gtvt", r#"{"policy":"zero","round":"r22","unit":"gtvt"}"#),
    (
        "score_confirmed",
        "sheet/r22/gtvt",
        r#"{"act":{"appraisal":"first","leaf":"1.1","revision":1,"round":"r22","unit":"gtvt"},"own_unit":false}"#,
    ),
    (
        "score_adjusted",
        "sheet/r22/gtvt",
        r#"{"act":{"appraisal":"second","inputs":{"option":"late"},"leaf":"1.1","points":"0.5","reason":"Muộn","revision":1,"round":"r22","unit":"gtvt"},"own_unit":true}"#,
    ),
    (
        "score_flagged",
        "sheet/r22/gtvt",
        r#"{"act":{"leaf":"1.1","reason":"Thiếu số liệu","revision":1,"round":"r22","unit":"gtvt"},"own_unit":false}"#,
    ),
    (
        "flag_explained",
        "sheet/r22/gtvt",
        r#"{"leaf":"1.1","revision":2,"round":"r22","text":"Đã bổ sung","unit":"gtvt"}"#,
    ),
    (
        "flag_explained",
        "sheet/r22/gtvt",
        r#"{"evidence":[#],"leaf":"1.1","revision":2,"round":"r22","text":"Đã bổ sung","unit":"gtvt"}"#,
    ),
    (
        "exemption_accepted",
        "sheet/r22/gtvt",
        r#"{"act":{"leaf":"1.1","reason":"Đúng","revision":3,"round":"r22","unit":"gtvt"},"own_unit":false}"#,
    ),
    (
        "exemption_refused",
        "sheet/r22/gtvt",
        r#"{"act":{"leaf":"1.1","reason":"Sai","revision":3,"round":"r22","unit":"gtvt"},"own_unit":false}"#,
    ),
    (
        "bonus_awarded",
        "sheet/r22/gtvt",
        r#"{"act":{"code":"plus.1","points":"1","reason":"Sáng kiến","revision":0,"round":"r22","unit":"gtvt"},"own_unit":false}"#,
    ),
    (
        "penalty_imposed",
        "sheet/r22/gtvt",
        r#"{"act":{"code":"minus.1","points":"0.25","reason":"Trễ hạn","revision":0,"round":"r22","unit":"gtvt"},"own_unit":false}"#,
    ),
    ("sample_planned", "round/r22", r#"{"round":"r22","rows":[{"group":"citizens","population":4000,"unit":"gtvt"}]}"#),
    (
        "seed_committed",
        "round/r22",
        r#"{"commitment":"a7b19eb58468bcbbb524e81e25e52787c5e1900dc7d404371b54b284f9a82997","round":"r22","sample":"s1"}"#,
    ),
    (
        "seed_committed",
        "round/r22",
        r#"{"commitment":"89a4f5b5a3a88f9edde6d1ad51fcbdbc455cfde998e951d6a60aa798c61d4d9f","round":"r22","sample":"s2"}"#,
    ),
    (
        "batch_recorded",
        "survey/r22/b3",
        r#"{"ballots":{"file":#,"from":"2022-11-12","root":"@","to":"2022-11-18"},"batch":"b3","groups":["citizens"],"method":"online","respondents":120,"round":"r22","tally":{"digest":"@","id":"t3"}}"#,
    ),
    (
        "batch_recorded",
        "survey/r22/b1",
        r#"{"batch":"b1","groups":["citizens"],"method":"interview","respondents":120,"round":"r22","tally":{"digest":"@","id":"t1"}}"#,
    ),
    ("batch_voided", "survey/r22/b1", r#"{"batch":"b1","reason":"Nhập trùng","round":"r22"}"#),
    (
        "batch_rechecked",
        "survey/r22/b1",
        r#"{"batch":"b1","method":"interview","reason":"Kiểm tra 20 %","respondents":24,"round":"r22","tally":{"digest":"@","id":"t2"}}"#,
    ),
    (
        "sample_drawn",
        "round/r22",
        r#"{"act":{"batch":"b3","count":5,"round":"r22","sample":"s1","seed":"0101010101010101010101010101010101010101010101010101010101010101"},"indexes":[0,12,27,28,33]}"#,
    ),
    // Two of a hundred of 120 ballots are 2.4, which is 3.
    (
        "sample_drawn",
        "round/r22",
        r#"{"act":{"batch":"b3","round":"r22","sample":"s2","seed":"0202020202020202020202020202020202020202020202020202020202020202","share":2},"indexes":[1,78,97]}"#,
    ),
    ("survey_merged", "round/r22", r#"{"batches":["b1","b2"],"round":"r22"}"#),
    (
        "decision_proposed",
        "round/r22",
        r#"{"decision":"d1","matter":{"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","kind":"result"},"round":"r22"}"#,
    ),
    (
        "decision_proposed",
        "round/r22",
        r#"{"decision":"d2","matter":{"changes":[{"inputs":{"option":"done"},"leaf":"1.1","points":"1","reason":"Đủ","unit":"gtvt"}],"kind":"scores"},"round":"r22"}"#,
    ),
    (
        "decision_proposed",
        "round/r22",
        r#"{"decision":"d3","matter":{"changes":[],"kind":"appeal","number":1,"outcome":"dismissed","reason":"Không đủ căn cứ"},"round":"r22"}"#,
    ),
    (
        "vote_cast",
        "round/r22",
        r#"{"act":{"decision":"d1","manner":"writing","round":"r22","vote":"abstain"},"homes":["snv"]}"#,
    ),
    (
        "decision_recorded",
        "round/r22",
        r#"{"abstained":1,"act":{"decision":"d1","minutes":"BB-12","round":"r22"},"carried":true,"members":9,"votes_against":1,"votes_for":7}"#,
    ),
    (
        "council_scored",
        "sheet/r22/gtvt",
        r#"{"act":{"decision":"d2","leaf":"1.1","revision":4,"round":"r22","unit":"gtvt"},"inputs":{"option":"done"},"points":"1","reason":"Đủ"}"#,
    ),
    (
        "result_published",
        "round/r22",
        r#"{"decision":"d1","digest":"@","position":40,"publication":1,"reason":"","round":"r22"}"#,
    ),
    (
        "appeal_lodged",
        "appeal/r22/1",
        r#"{"leaves":["1.1"],"number":1,"round":"r22","text":"Xin xem lại","unit":"gtvt"}"#,
    ),
    (
        "appeal_lodged",
        "appeal/r22/4294967295",
        r#"{"evidence":[#],"leaves":["1.1"],"number":4294967295,"round":"r22","text":"Xin xem lại","unit":"gtvt"}"#,
    ),
    (
        "appeal_lodged",
        "appeal/r22/2",
        r#"{"claims":[{"text":"Đã gửi đúng hạn","that":{"before":"2022-12-02T17:00:00.000000Z","kind":"self_scored","leaf":"1.1","points":"8.25"}},{"that":{"kind":"self_scored","leaf":"1.2","points":"2"}},{"that":{"address":"@","before":"2022-12-02T17:00:00.000000Z","digest_commitment":"@","kind":"evidence_attached","leaf":"1.1"}},{"that":{"address":"@","kind":"evidence_attached","leaf":"1.1"}},{"that":{"from":"8.25","kind":"adjusted_without_reason","leaf":"1.1","to":"0.5"}},{"that":{"kind":"adjusted_after_deadline","leaf":"1.1"}},{"that":{"kind":"adjusted_by_interested","leaf":"1.1","unit":"snv"}},{"that":{"kind":"adjusted_by_interested","leaf":"1.1"}},{"that":{"kind":"published_differs","leaf":"1.1","publication":1}},{"that":{"kind":"published_differs","leaf":"1.1"}},{"that":{"batch":"b1","kind":"batch_omitted"}},{"text":"Cách hiểu tiêu chí","that":{"kind":"judgement"}}],"leaves":["1.1","1.2"],"number":2,"round":"r22","text":"Xin xem lại","unit":"gtvt"}"#,
    ),
    (
        "appeal_examined",
        "appeal/r22/2",
        r#"{"act":{"digest":"@","number":2,"position":41,"round":"r22"},"verdicts":[{"events":[{"hash":"@","position":21,"stream":"sheet/r22/gtvt","version":1}],"found":"borne_out"},{"events":[{"hash":"@","position":21,"stream":"sheet/r22/gtvt","version":1}],"found":"contradicted","more":2},{"events":[],"found":"not_on_record"},{"events":[],"found":"needs_judgement"}]}"#,
    ),
    ("appeal_answered", "appeal/r22/1", r#"{"number":1,"round":"r22","text":"Đã xem"}"#),
    (
        "appeal_decided",
        "appeal/r22/1",
        r#"{"act":{"decision":"d3","number":1,"round":"r22"},"outcome":"upheld_in_part","reason":"Đúng một phần"}"#,
    ),
    (
        "appeal_decided",
        "appeal/r22/2",
        r#"{"act":{"decision":"d4","number":2,"round":"r22"},"examination":"01840000-0000-7000-8000-000000000001","outcome":"upheld","reason":"Đúng"}"#,
    ),
    (
        "score_corrected",
        "sheet/r22/gtvt",
        r#"{"act":{"appeal":1,"leaf":"1.1","revision":5,"round":"r22","unit":"gtvt"},"inputs":{"option":"done"},"points":"1","reason":"Đúng"}"#,
    ),
    ("round_closed", "round/r22", r#"{"round":"r22"}"#),
    (
        "case_opened",
        "case/2026-1",
        r#"{"case":"2026-1","ground":"Luật 91/2025/QH15","received":"2026-03-02","request":"erasure","requester":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","within_days":20}"#,
    ),
    (
        "case_opened",
        "case/2033-1",
        r#"{"case":"2033-1","ground":"Luật 33/2024/QH15","received":"2033-03-02","request":"retention","within_days":20}"#,
    ),
    ("case_answered", "case/2026-1", r#"{"case":"2026-1","text":"Đã tiếp nhận"}"#),
    (
        "erasure_ordered",
        "case/2026-1",
        r#"{"ballots":[{"batch":"b1","index":7,"round":"r22"}],"case":"2026-1","files":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"ground":"Người có dữ liệu yêu cầu"}"#,
    ),
    (
        "erasure_ordered",
        "case/2033-1",
        r#"{"batches":[{"batch":"b1","round":"r22"}],"case":"2033-1","ground":"Hết thời hạn lưu trữ"}"#,
    ),
    ("erasure_confirmed", "case/2026-1", r#"{"case":"2026-1"}"#),
    ("case_closed", "case/2026-1", r#"{"case":"2026-1","outcome":"carried_out","text":"Đã xóa"}"#),
];

/// The stream that a fact stands in (proto/README.md, section 11).
pub fn stream(fact: &Fact) -> Stream {
    let grants = |actor: &ActorId| Stream::Grants(actor.clone());
    let document = |kind: &DocKind, id: &DocId| Stream::Document(*kind, id.clone());
    let round = |round: &RoundId| Stream::Round(round.clone());
    let sheet = |round: &RoundId, unit: &UnitId| Stream::Sheet(round.clone(), unit.clone());
    let survey = |round: &RoundId, batch: &BatchId| Stream::Survey(round.clone(), batch.clone());
    let appeal = |round: &RoundId, number: u32| Stream::Appeal(round.clone(), number);
    match fact {
        Fact::LogCreated(_) | Fact::KeyNamed(_) | Fact::Anchored(_) | Fact::LogClosed(_) => Stream::Log,
        Fact::CapacityGranted(d) => grants(&d.grant.actor),
        Fact::GrantConfirmed(d) => grants(&d.actor),
        Fact::CapacityRevoked(d) => grants(&d.actor),
        Fact::CredentialBound(d) => grants(&d.actor),
        Fact::CredentialUnbound(d) => grants(&d.actor),
        Fact::PartEntered(d) => document(&d.document, &d.id),
        Fact::DocumentSealed(d) => document(&d.document, &d.id),
        Fact::RoundOpened(d) => round(&d.round),
        Fact::PhaseClosed(d) => round(&d.round),
        Fact::DeadlineExtended(d) => round(&d.round),
        Fact::SelfScored(d) => sheet(&d.round, &d.unit),
        Fact::EvidenceWithdrawn(d) => sheet(&d.round, &d.unit),
        Fact::ExemptionClaimed(d) => sheet(&d.round, &d.unit),
        Fact::SheetSubmitted(d) => sheet(&d.round, &d.unit),
        Fact::SheetWithdrawn(d) => sheet(&d.round, &d.unit),
        Fact::SheetReopened(d) => sheet(&d.round, &d.unit),
        Fact::SheetClosed(d) => sheet(&d.round, &d.unit),
        Fact::ScoreConfirmed(d) => sheet(&d.act.round, &d.act.unit),
        Fact::ScoreAdjusted(d) => sheet(&d.act.round, &d.act.unit),
        Fact::ScoreFlagged(d) => sheet(&d.act.round, &d.act.unit),
        Fact::FlagExplained(d) => sheet(&d.round, &d.unit),
        Fact::ExemptionAccepted(d) => sheet(&d.act.round, &d.act.unit),
        Fact::ExemptionRefused(d) => sheet(&d.act.round, &d.act.unit),
        Fact::BonusAwarded(d) => sheet(&d.act.round, &d.act.unit),
        Fact::PenaltyImposed(d) => sheet(&d.act.round, &d.act.unit),
        Fact::SamplePlanned(d) => round(&d.round),
        Fact::SeedCommitted(d) => round(&d.round),
        Fact::BatchRecorded(d) => survey(&d.round, &d.batch),
        Fact::BatchVoided(d) => survey(&d.round, &d.batch),
        Fact::BatchRechecked(d) => survey(&d.round, &d.batch),
        Fact::SampleDrawn(d) => round(&d.act.round),
        Fact::SurveyMerged(d) => round(&d.round),
        Fact::DecisionProposed(d) => round(&d.round),
        Fact::VoteCast(d) => round(&d.act.round),
        Fact::DecisionRecorded(d) => round(&d.act.round),
        Fact::CouncilScored(d) => sheet(&d.act.round, &d.act.unit),
        Fact::ResultPublished(d) => round(&d.round),
        Fact::AppealLodged(d) => appeal(&d.round, d.number),
        Fact::AppealExamined(d) => appeal(&d.act.round, d.act.number),
        Fact::AppealAnswered(d) => appeal(&d.round, d.number),
        Fact::AppealDecided(d) => appeal(&d.act.round, d.act.number),
        Fact::ScoreCorrected(d) => sheet(&d.act.round, &d.act.unit),
        Fact::RoundClosed(d) => round(&d.round),
        Fact::CaseOpened(d) => Stream::Case(d.case.clone()),
        Fact::CaseAnswered(d) => Stream::Case(d.case.clone()),
        Fact::ErasureOrdered(d) => Stream::Case(d.case.clone()),
        Fact::ErasureConfirmed(d) => Stream::Case(d.case.clone()),
        Fact::CaseClosed(d) => Stream::Case(d.case.clone()),
    }
}

/// All samples as the deeds of one log, which no round's rules would allow, but the walk does.
pub fn deeds() -> Vec<Deed> {
    let actor = ("appraiser", "a-11", "snv");
    let deed = |&(kind, stream, sample): &(&'static str, &'static str, &'static str)| {
        let data: &'static str = sample.replace('#', FILE).leak();
        Deed { stream, kind, data, asked: ("any", None), actor, via: ("token", "t-11"), cause: 0 }
    };
    SAMPLES.iter().map(deed).collect()
}
