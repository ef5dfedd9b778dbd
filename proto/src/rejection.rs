//! Rejections: every reason for which a command is refused, with a stable code and a sentence in both languages.
//! A rejection changes nothing and is not remembered: the same command may be accepted later.

#[macro_use]
mod table;

use std::collections::BTreeMap;

use crate::act::round::Phase;
use crate::document::Lang;
use crate::document::Text;
use crate::envelope::Capacity;
use crate::hash::Hash;
use crate::ids::{ActorId, BatchId, CaseId, Code, CommandId, DecisionId, DocId, GrantId, RoundId, SampleId, UnitId};
use crate::instant::Instant;
use crate::rows::SheetState;
use crate::said::Said;
use crate::scope::Scope;

rejections! {
    // At the door.
    /// Bytes that are not JSON, or hold what has no canonical form.
    NotJson { detail: String } = "not_json" 400
        "Không phải JSON hợp lệ (chi tiết kỹ thuật: {detail})." "This is not acceptable JSON: {detail}.";
    /// JSON that is no command.
    WrongShape { detail: String } = "wrong_shape" 422
        "Lệnh không đúng cấu trúc (chi tiết kỹ thuật: {detail})." "The command has not the right shape: {detail}.";
    /// A kind that does not exist.
    UnknownKind { kind: String } = "unknown_kind" 422
        "Không có loại lệnh “{kind}”." "There is no kind of command {kind:?}.";
    /// More bytes than a command may have.
    CommandTooLarge { bytes: usize, maximum: usize } = "command_too_large" 413
        "Lệnh có {bytes} byte, tối đa là {maximum}." "The command has {bytes} bytes, the most is {maximum}.";
    /// The event would be larger than an entry may be.
    EventTooLarge { bytes: usize, maximum: usize } = "event_too_large" 413
        "Sự kiện sẽ có {bytes} byte, tối đa là {maximum}." "The event would have {bytes} bytes, the most is {maximum}.";
    /// No valid credential.
    Unauthenticated {} = "unauthenticated" 401
        "Cần mã truy cập hợp lệ." "A valid token is needed.";
    /// The session that a service hands on is over, or was never one.
    SessionOver {} = "session_over" 401
        "Phiên đăng nhập đã kết thúc: hãy đăng nhập lại." "The session is over: sign in again.";
    /// The token is not for this.
    ScopeMissing { wanted: Scope } = "scope_missing" 403
        "Mã truy cập này không có phạm vi “{wanted}”, là phạm vi mà địa chỉ này cần." "This token has not the scope {wanted:?}, which this address wants.";
    /// The id was used for another command, or by another actor.
    CommandReused { id: CommandId } = "command_reused" 409
        "Mã lệnh {id} đã dùng cho một lệnh khác." "The command id {id} was used for another command.";
    /// The clock stands behind the last event by more than the allowed drift.
    ClockBehind { now: Instant, last: Instant } = "clock_behind" 503
        "Đồng hồ chỉ {now}, trước sự kiện cuối cùng {last} (giờ Việt Nam): tạm ngừng ghi." "The clock says {now}, before the last event at {last}: writing is suspended.";
    /// The store did not take the event; nothing was written.
    NotWritten { detail: String } = "not_written" 503
        "Chưa ghi được, không có gì thay đổi; hãy gửi lại cùng mã lệnh (chi tiết kỹ thuật: {detail})." "Nothing was written: {detail}. Send it again with the same id.";
    /// Whether the command was written is not known.
    OutcomeUnknown { detail: String } = "outcome_unknown" 503
        "Chưa biết lệnh đã được ghi hay chưa; hãy gửi lại cùng mã lệnh (chi tiết kỹ thuật: {detail})." "Whether this was written is not known: {detail}. Send it again with the same id.";
    /// The ledger that was asked does not lead any more: another one writes the log.
    LostLead {} = "lost_lead" 503
        "Máy chủ này không còn giữ quyền ghi nhật ký; hãy gửi lại cùng mã lệnh cho máy chủ đang ghi." "This ledger has lost the lead, another one writes the log: send it there again with the same id.";
    /// More commands wait than the queue holds.
    Overloaded {} = "overloaded" 429
        "Quá nhiều lệnh đang chờ; hãy gửi lại sau." "Too many commands are waiting; send it again later.";

    // Files.
    /// An event would refer to a file that is not in the store.
    EvidenceNotStored { address: Hash } = "evidence_not_stored" 409
        "Kho không có tệp {address}; hãy tải tệp lên trước." "The store has no file {address}: send the file first.";
    /// There is no such file.
    FileMissing { address: Hash } = "file_missing" 404
        "Kho không có tệp {address}." "No file is stored under {address}.";
    /// Its key is not there: it never was, or it was destroyed.
    FileKeyMissing { address: Hash } = "file_key_missing" 410
        "Khóa của tệp {address} không có hoặc đã bị hủy: không ai mở được tệp nữa." "The key of {address} is not there, or was destroyed: nobody can open the file.";
    /// The stored bytes are not those of the address.
    FileAltered { address: Hash } = "file_altered" 500
        "Nội dung lưu tại {address} không còn đúng như khi nhận." "What is stored under {address} is not what was stored there.";
    /// Whoever asks for a file has no right to it.
    FileNotOpen { address: Hash } = "file_not_open" 403
        "Người yêu cầu không có quyền mở tệp {address}." "Whoever asks has no right to the file {address}.";
    /// What is in a file is not taken.
    FileRefused { detail: Text } = "file_refused" 415
        "Không nhận tệp này: {detail}." "This file is not taken: {detail}.";
    /// A file's name says that it is something else.
    FileNameDiffers { ending: String, kind: String } = "file_name_differs" 422
        "Tên tệp có đuôi “.{ending}”, nhưng nội dung là {kind}." "The file's name ends in .{ending}, but it is {kind}.";
    /// A file's name is none.
    FileNameBad { maximum: usize } = "file_name_bad" 422
        "Tên tệp có từ 1 đến {maximum} byte, không có đường dẫn hay ký tự điều khiển." "A file's name has 1 to {maximum} bytes, no path and no control characters.";
    /// A file has too many bytes.
    FileTooLarge { maximum: u64 } = "file_too_large" 413
        "Tệp lớn hơn {maximum} byte." "The file has more than {maximum} bytes.";
    /// The unit has stored too many bytes.
    UnitFull { unit: UnitId, maximum: u64 } = "unit_full" 413
        "Các tệp của {unit} sẽ vượt {maximum} byte." "More than {maximum} bytes would be stored for {unit}.";
    /// The store of files, or of their keys, cannot be used now.
    FilesUnusable { detail: String } = "files_unusable" 503
        "Kho tệp tạm thời không dùng được; hãy gửi lại (chi tiết kỹ thuật: {detail})." "The store of files cannot be used now: {detail}. Send it again.";

    // The log and its powers.
    /// The log has begun already.
    LogExists {} = "log_exists" 409
        "Nhật ký đã được khởi tạo." "The log has begun already.";
    /// The log has not begun.
    LogMissing {} = "log_missing" 409
        "Nhật ký chưa được khởi tạo." "The log has not begun.";
    /// The log has ended.
    LogClosed { position: u64 } = "log_closed" 409
        "Nhật ký đã kết thúc ở #{position}; không ghi thêm gì nữa." "The log ended at #{position}: nothing more is written.";
    /// Genesis does not name two different administrators, a live log has a scripted clock, or the log before does not fit its end.
    BadGenesis { detail: Text } = "bad_genesis" 422
        "Khởi tạo không hợp lệ: {detail}." "This genesis is not valid: {detail}.";
    /// The statement about a signing key is none, or does not fit the keys on record.
    BadKeyStatement { detail: Text } = "bad_key_statement" 422
        "Tuyên bố về khóa ký không hợp lệ: {detail}." "This statement about a signing key is not valid: {detail}.";
    /// The anchor is over events that the log has not, or over others.
    BadAnchor { detail: Text } = "bad_anchor" 422
        "Mốc chốt không hợp lệ: {detail}." "This anchor is not valid: {detail}.";
    /// The checkpoint in an anchor is none of this log's, not over its events, or not signed by a key that the log names.
    BadAnchorCheckpoint { detail: Text } = "bad_anchor_checkpoint" 422
        "Điểm kiểm chứng trong mốc chốt không hợp lệ: {detail}." "The checkpoint in this anchor is not valid: {detail}.";
    /// The anchor is no later than the last one, or the root there is not known any more.
    AnchorStale { size: u64, last: u64 } = "anchor_stale" 409
        "Mốc chốt trên {size} sự kiện đã cũ (mốc trước: {last}); hãy lập mốc mới." "The anchor over {size} events is too old (the last one: {last}): make a new one.";
    /// The credential does not speak for this actor, by the log.
    CredentialNotBound { actor: ActorId } = "credential_not_bound" 403
        "Nhật ký không ghi nhận thông tin xác thực này cho {actor}." "The log does not bind this credential to {actor}.";
    /// The credential is bound already.
    CredentialExists { actor: ActorId } = "credential_exists" 409
        "Thông tin xác thực này đã được gắn." "This credential is bound already.";
    /// The actor has no such capacity now.
    CapacityMissing { actor: ActorId, capacity: Capacity } = "capacity_missing" 403
        "{actor} không có tư cách {capacity} cho việc này vào lúc này." "{actor} has not the capacity of {capacity} for this at this time.";
    /// The act is not done in this capacity.
    CapacityWrong { capacity: Capacity, needed: Capacity } = "capacity_wrong" 403
        "Việc này thuộc tư cách {needed}, không phải {capacity}." "This is done as {needed}, not as {capacity}.";
    /// The unit is not the one that the sender acts in.
    UnitNotOwn { unit: UnitId } = "unit_not_own" 403
        "Người gửi không hành động cho đơn vị {unit}." "The sender does not act for the unit {unit}.";
    /// The field is outside the appraiser's grant.
    FieldNotGranted { field: String } = "field_not_granted" 403
        "Lĩnh vực {field} không được giao cho người thẩm định này." "The field {field} is not granted to this appraiser.";
    /// A grant to oneself.
    SelfGrant {} = "self_grant" 403
        "Không ai tự cấp tư cách cho mình." "Nobody grants himself a capacity.";
    /// A capacity that nobody can be granted.
    NotGrantable { capacity: Capacity } = "not_grantable" 422
        "Không thể cấp tư cách {capacity}." "The capacity of {capacity} cannot be granted.";
    /// The grant's id is taken.
    GrantExists { grant: GrantId } = "grant_exists" 409
        "Mã cấp {grant} đã có." "The grant {grant} exists already.";
    /// There is no such grant.
    GrantUnknown { grant: GrantId } = "grant_unknown" 404
        "Không có mã cấp {grant}." "There is no grant {grant}.";
    /// The grant awaits nobody, or is over.
    GrantNotPending { grant: GrantId } = "grant_not_pending" 409
        "Mã cấp {grant} không chờ xác nhận." "The grant {grant} awaits no confirmation.";
    /// The second administrator is the first, or the one who receives.
    SecondPersonRequired {} = "second_person_required" 403
        "Cần một quản trị viên thứ hai xác nhận." "A second administrator must confirm.";
    /// It is about the credentials of somebody of whom it takes two people to make what he is, or of the sender himself.
    TerminalRequired { actor: ActorId } = "terminal_required" 403
        "Tài khoản của {actor} chỉ được cấp, cấp lại hay đóng tại máy chủ: quản trị viên và thanh tra phải có hai người, và không ai tự cấp cho mình." "The account of {actor} is given out, reset and ended at the terminal alone: an administrator or inspector takes two people, and nobody gives himself one.";
    /// The capacities may not be held together.
    CapacitiesIncompatible { one: Capacity, other: Capacity } = "capacities_incompatible" 409
        "Không được giữ đồng thời {one} và {other}." "The capacities of {one} and {other} may not be held together.";
    /// The grant lacks what its capacity needs.
    BadGrant { detail: Text } = "bad_grant" 422
        "Việc cấp không hợp lệ: {detail}." "This grant is not valid: {detail}.";

    // Documents.
    /// Not the next part.
    PartOutOfOrder { expected: u32, got: u32 } = "part_out_of_order" 409
        "Phần tiếp theo là {expected}, không phải {got}." "The next part is {expected}, not {got}.";
    /// The part's content is too large, no object, or repeats a member.
    BadPart { detail: Text } = "bad_part" 422
        "Phần tài liệu không hợp lệ: {detail}." "This part is not valid: {detail}.";
    /// The document is sealed.
    DocumentSealed { id: DocId } = "document_sealed" 409
        "Tài liệu {id} đã đóng." "The document {id} is sealed.";
    /// There is no such sealed document.
    DocumentUnknown { id: DocId } = "document_unknown" 404
        "Không có tài liệu đã đóng {id} với giá trị băm này." "There is no sealed document {id} of this digest.";
    /// The digest or number of parts is not that of what was entered.
    DigestMismatch { expected: String } = "digest_mismatch" 409
        "Giá trị băm không khớp: giá trị hiện tại là {expected}." "The digest does not match: it is {expected} now.";
    /// The document has faults.
    DocumentInvalid { faults: Text } = "document_invalid" 422
        "Tài liệu có lỗi: {faults}." "The document has faults: {faults}.";

    // The round.
    /// The round exists.
    RoundExists { round: RoundId } = "round_exists" 409
        "Kỳ {round} đã có." "The round {round} exists already.";
    /// There is no such round.
    RoundUnknown { round: RoundId } = "round_unknown" 404
        "Không có kỳ {round}." "There is no round {round}.";
    /// The round has ended.
    RoundClosed { round: RoundId } = "round_closed" 409
        "Kỳ {round} đã kết thúc." "The round {round} has ended.";
    /// The round's configuration has faults.
    BadRound { detail: Text } = "bad_round" 422
        "Cấu hình kỳ không hợp lệ: {detail}." "The round's configuration is not valid: {detail}.";
    /// The unit is not in the round.
    UnitUnknown { unit: UnitId } = "unit_unknown" 404
        "Đơn vị {unit} không thuộc kỳ này." "The unit {unit} is not in this round.";
    /// The leaf is not in the unit's tree.
    LeafUnknown { leaf: Code } = "leaf_unknown" 404
        "Không có tiêu chí chấm điểm {leaf} cho loại đơn vị này." "There is no leaf {leaf} for this kind of unit.";
    /// The phase has not begun.
    TooEarly { phase: Phase, from: Instant } = "too_early" 409
        "Giai đoạn {phase} bắt đầu lúc {from} (giờ Việt Nam)." "The phase of {phase} begins at {from}.";
    /// The deadline has passed.
    DeadlinePassed { phase: Phase, until: Instant } = "deadline_passed" 409
        "Đã hết hạn {phase}: {until} (giờ Việt Nam)." "The deadline of {phase} has passed: {until}.";
    /// The phase is not part of the round.
    PhaseUnknown { phase: Phase } = "phase_unknown" 409
        "Kỳ này không có giai đoạn {phase}." "The round has no phase of {phase}.";
    /// The phase was closed already.
    PhaseClosed { phase: Phase } = "phase_closed" 409
        "Giai đoạn {phase} đã đóng." "The phase of {phase} is closed already.";
    /// A phase that is not due.
    NotDue { until: Instant } = "not_due" 409
        "Chưa đến hạn: {until} (giờ Việt Nam)." "It is not due before {until}.";
    /// A new deadline that is no extension.
    NotAnExtension { until: Instant } = "not_an_extension" 422
        "Hạn mới phải sau hạn hiện tại {until} (giờ Việt Nam) và sau lúc này." "The new deadline must be after the present one, {until}, and after now.";
    /// The reason, ground or text is missing.
    ReasonRequired {} = "reason_required" 422
        "Phải nêu lý do." "A reason must be given.";
    /// A text is too long.
    TextTooLong { bytes: usize, maximum: usize } = "text_too_long" 422
        "Văn bản có {bytes} byte, tối đa là {maximum}." "The text has {bytes} bytes, the most is {maximum}.";

    // Sheets.
    /// The score has moved on since the sender saw it.
    StaleRevision { leaf: Code, seen: u64, current: u64, stands: String } = "stale_revision" 409
        "{leaf} đã thay đổi: người gửi thấy bản {seen}, nay là bản {current} ({stands})." "{leaf} has moved on: the sender saw revision {seen}, it is {current} now ({stands}).";
    /// The sheet has moved on since the chief saw it.
    StaleSheet { seen: u64, current: u64, digest: String } = "stale_sheet" 409
        "Phiếu đã thay đổi: người ký thấy bản {seen}, nay là bản {current}, giá trị băm {digest}." "The sheet has moved on: the signer saw version {seen}, it is {current} now, digest {digest}.";
    /// The sheet is locked.
    SheetLocked { unit: UnitId, state: SheetState } = "sheet_locked" 409
        "Phiếu của {unit} đã khóa ({state})." "The sheet of {unit} is locked ({state}).";
    /// The sheet is not locked yet.
    SheetOpen { unit: UnitId } = "sheet_open" 409
        "Phiếu của {unit} chưa nộp." "The sheet of {unit} is not submitted yet.";
    /// The sheet is not submitted.
    SheetNotSubmitted { unit: UnitId } = "sheet_not_submitted" 409
        "Phiếu của {unit} không ở trạng thái đã nộp." "The sheet of {unit} is not submitted.";
    /// Leaves are not scored yet.
    SheetIncomplete { missing: usize, first: Code } = "sheet_incomplete" 409
        "Còn {missing} tiêu chí chưa chấm, trước hết là {first}." "{missing} leaves are not scored yet, the first is {first}.";
    /// Survey leaves are scored by the survey alone.
    LeafIsSurvey { leaf: Code } = "leaf_is_survey" 422
        "{leaf} do điều tra xã hội học cho điểm." "{leaf} is scored by the survey.";
    /// More points than the maximum.
    PointsOverMaximum { leaf: Code, points: String, maximum: String } = "points_over_maximum" 422
        "{points} điểm vượt tối đa {maximum} của {leaf}." "{points} points are over the maximum {maximum} of {leaf}.";
    /// Points below zero.
    PointsNegative { leaf: Code, points: String } = "points_negative" 422
        "Điểm của {leaf} không được âm: {points}." "The points of {leaf} may not be negative: {points}.";
    /// Points off the rule's step.
    PointsOffStep { leaf: Code, points: String, step: String } = "points_off_step" 422
        "{points} điểm của {leaf} không theo bước {step}." "{points} points of {leaf} are not a multiple of the step {step}.";
    /// The option does not exist, or is missing, or the rule has none.
    OptionUnknown { leaf: Code, option: String } = "option_unknown" 422
        "{leaf} không có phương án “{option}”." "{leaf} has no option {option:?}.";
    /// The claimed points are not the rule's.
    ClaimedDiffers { leaf: Code, claimed: String, computed: String } = "claimed_differs" 422
        "{leaf}: khai {claimed} điểm, theo quy tắc là {computed}." "{leaf}: {claimed} points are claimed, the rule gives {computed}.";
    /// Claimed points that are not the rule's need a written ground.
    GroundRequired { leaf: Code, claimed: String, computed: String } = "ground_required" 422
        "{leaf}: khai {claimed} điểm, theo quy tắc là {computed}; phải giải thích vì sao." "{leaf}: {claimed} points are claimed, the rule gives {computed}; a written ground is needed.";
    /// Figures, options or dates that the rule does not take.
    BadInputs { leaf: Code, detail: Text } = "bad_inputs" 422
        "Số liệu của {leaf} không hợp lệ: {detail}." "The inputs of {leaf} are not valid: {detail}.";
    /// Neither evidence nor an explanation of its absence.
    EvidenceRequired { leaf: Code } = "evidence_required" 422
        "{leaf} cần tài liệu kiểm chứng hoặc giải thích vì sao không có." "{leaf} needs evidence, or an explanation of its absence.";
    /// An evidence reference that cannot be one.
    BadEvidence { detail: Text } = "bad_evidence" 422
        "Tài liệu kiểm chứng không hợp lệ: {detail}." "This evidence is not valid: {detail}.";
    /// The score does not hold the file that is to be taken back.
    EvidenceNotAttached { leaf: Code, address: Hash } = "evidence_not_attached" 409
        "{leaf} không đính kèm tệp {address}." "The file {address} is not attached to {leaf}.";
    /// The leaf may not be exempted.
    NotExemptible { leaf: Code } = "not_exemptible" 422
        "{leaf} không được đề nghị không áp dụng." "{leaf} may not be claimed as not applicable.";
    /// No exemption is claimed, or it is decided.
    ExemptionNotClaimed { leaf: Code } = "exemption_not_claimed" 409
        "{leaf} không có đề nghị không áp dụng đang chờ." "No exemption of {leaf} is waiting.";
    /// The leaf is exempted.
    LeafExempt { leaf: Code } = "leaf_exempt" 409
        "{leaf} không áp dụng cho đơn vị này." "{leaf} does not apply to this unit.";
    /// The leaf has no points to appraise.
    NotScored { leaf: Code } = "not_scored" 409
        "{leaf} chưa có điểm." "{leaf} has no points yet.";

    // Appraisal.
    /// The appraiser belongs to the unit.
    ConflictOfInterest { unit: UnitId } = "conflict_of_interest" 403
        "Người thẩm định thuộc chính đơn vị {unit}." "The appraiser belongs to the unit {unit}.";
    /// The flag stands already.
    AlreadyFlagged { leaf: Code } = "already_flagged" 409
        "{leaf} đã được yêu cầu giải trình." "{leaf} is flagged already.";
    /// There is no open flag.
    NotFlagged { leaf: Code } = "not_flagged" 409
        "{leaf} không có yêu cầu giải trình đang mở." "{leaf} has no open flag.";
    /// No such bonus or penalty.
    ExtraUnknown { code: Code } = "extra_unknown" 404
        "Không có điểm thưởng, điểm trừ {code} cho loại đơn vị này." "There is no such bonus or penalty {code} for this kind of unit.";
    /// More than the cap.
    OverCap { code: Code, points: String, cap: String } = "over_cap" 422
        "{points} điểm vượt mức tối đa {cap} của {code}." "{points} points are over the cap {cap} of {code}.";

    // Survey.
    /// The round holds no survey.
    NoSurvey {} = "no_survey" 409
        "Kỳ này không điều tra xã hội học." "The round holds no survey.";
    /// The batch exists.
    BatchExists { batch: BatchId } = "batch_exists" 409
        "Đợt điều tra {batch} đã có." "The batch {batch} exists already.";
    /// There is no such batch.
    BatchUnknown { batch: BatchId } = "batch_unknown" 404
        "Không có đợt điều tra {batch}." "There is no batch {batch}.";
    /// The batch was voided, or another took its place.
    BatchVoid { batch: BatchId } = "batch_void" 409
        "Đợt điều tra {batch} đã bị hủy hoặc thay thế." "The batch {batch} was voided or replaced.";
    /// The survey has begun: its plan stands.
    SurveyBegun {} = "survey_begun" 409
        "Điều tra đã bắt đầu, không thay đổi cỡ mẫu được nữa." "The survey has begun: the samples stand as planned.";
    /// Samples that do not fit the round.
    BadSample { detail: Text } = "bad_sample" 422
        "Cỡ mẫu không hợp lệ: {detail}." "These samples are not valid: {detail}.";
    /// The sample's name is taken.
    SampleExists { sample: SampleId } = "sample_exists" 409
        "Mẫu hỏi lại {sample} đã có." "The sample {sample} exists already.";
    /// The seed was committed to before: a seed is for one sample alone.
    SeedReused { sample: SampleId } = "seed_reused" 409
        "Hạt giống này đã được cam kết cho mẫu {sample}; mỗi hạt giống chỉ dùng cho một mẫu." "This seed was committed to for the sample {sample}: a seed is for one sample alone.";
    /// No seed was committed to for the sample.
    SampleUnknown { sample: SampleId } = "sample_unknown" 404
        "Chưa có cam kết hạt giống nào cho mẫu {sample}." "No seed was committed to for a sample {sample}.";
    /// The sample was drawn: it is drawn once.
    SampleDrawn { sample: SampleId } = "sample_already_drawn" 409
        "Mẫu hỏi lại {sample} đã được rút; mỗi hạt giống chỉ dùng một lần." "The sample {sample} was drawn already: a seed is used once.";
    /// The seed does not open the commitment.
    SeedDiffers { sample: SampleId } = "seed_differs" 422
        "Hạt giống không mở được cam kết của mẫu {sample}." "The seed does not open the commitment of the sample {sample}.";
    /// The batch was recorded before the seed was committed to.
    BatchBeforeSeed { batch: BatchId, sample: SampleId } = "batch_before_seed" 409
        "Đợt điều tra {batch} được ghi trước khi cam kết hạt giống của mẫu {sample}." "The batch {batch} was recorded before the seed of the sample {sample} was committed to.";
    /// The batch was not counted from ballots.
    BatchWithoutBallots { batch: BatchId } = "batch_without_ballots" 409
        "Đợt điều tra {batch} không được tổng hợp từ phiếu." "The batch {batch} was not counted from ballots.";
    /// The tally does not fit the round.
    BadTally { detail: Text } = "bad_tally" 422
        "Bảng tổng hợp không hợp lệ: {detail}." "The tally is not valid: {detail}.";
    /// The survey is not merged yet.
    SurveyNotMerged {} = "survey_not_merged" 409
        "Kết quả điều tra chưa được tổng hợp." "The survey is not merged yet.";
    /// The result was published: only the council's decisions change it now.
    ResultFixed {} = "result_fixed" 409
        "Kết quả đã công bố; chỉ còn thay đổi theo quyết nghị của Hội đồng." "The result is published; only decisions of the council change it now.";

    // Personal data.
    /// The case exists.
    CaseExists { case: CaseId } = "case_exists" 409
        "Hồ sơ yêu cầu {case} đã có." "The case {case} exists already.";
    /// There is no such case.
    CaseUnknown { case: CaseId } = "case_unknown" 404
        "Không có hồ sơ yêu cầu {case}." "There is no case {case}.";
    /// The case has ended.
    CaseClosed { case: CaseId } = "case_closed" 409
        "Hồ sơ yêu cầu {case} đã kết thúc." "The case {case} has ended.";
    /// A case, or an order of one, that cannot be.
    BadCase { detail: Text } = "bad_case" 422
        "Hồ sơ yêu cầu không hợp lệ: {detail}." "This case is not valid: {detail}.";
    /// No erasure is ordered, or it is confirmed already.
    ErasureNotOrdered { case: CaseId } = "erasure_not_ordered" 409
        "Hồ sơ {case} không có lệnh xóa đang chờ xác nhận." "No erasure of the case {case} is waiting to be confirmed.";
    /// An erasure is ordered and not confirmed.
    ErasurePending { case: CaseId } = "erasure_pending" 409
        "Lệnh xóa của hồ sơ {case} chưa được xác nhận." "The erasure of the case {case} is not confirmed yet.";
    /// Whoever confirms an erasure has ordered it.
    ErasureSamePerson {} = "erasure_same_person" 403
        "Người xác nhận lệnh xóa phải là người khác với người ra lệnh." "Whoever confirms an erasure must be another person than ordered it.";

    // Council, publication, appeal.
    /// The decision's id is taken.
    DecisionExists { decision: DecisionId } = "decision_exists" 409
        "Quyết nghị {decision} đã có." "The decision {decision} exists already.";
    /// There is no such decision.
    DecisionUnknown { decision: DecisionId } = "decision_unknown" 404
        "Không có quyết nghị {decision}." "There is no decision {decision}.";
    /// The decision is recorded: no more votes.
    DecisionClosed { decision: DecisionId } = "decision_closed" 409
        "Quyết nghị {decision} đã được ghi nhận." "The decision {decision} is recorded already.";
    /// The decision did not carry, is not recorded, or is about something else.
    DecisionUnfit { decision: DecisionId } = "decision_unfit" 409
        "Quyết nghị {decision} không thông qua việc này." "The decision {decision} did not carry this.";
    /// The member belongs to the unit that the matter is about.
    Recused { unit: UnitId } = "recused" 403
        "Thành viên thuộc {unit} không biểu quyết việc này." "A member who belongs to {unit} does not vote on this.";
    /// Nothing to decide.
    EmptyMatter {} = "empty_matter" 422
        "Không có nội dung để biểu quyết." "There is nothing to vote on.";
    /// Not the next publication.
    PublicationOutOfOrder { expected: u32 } = "publication_out_of_order" 409
        "Lần công bố tiếp theo là {expected}." "The next publication is number {expected}.";
    /// The digest is not that of the result as it stands.
    ResultMoved { digest: String, position: u64 } = "result_moved" 409
        "Kết quả đã thay đổi: giá trị băm nay là {digest}." "The result has moved on: its digest is {digest} now.";
    /// The checks before publication found faults, and no reason is given for publishing all the same.
    ChecksFailed { faults: usize, first: Text } = "checks_failed" 409
        "Kiểm tra trước công bố thấy {faults} lỗi, trước hết: {first}; nếu vẫn công bố, phải nêu lý do." "The checks before publication found {faults} faults, the first: {first}; to publish all the same, give a reason.";
    /// The position lies beyond the log's end.
    PositionAhead { position: u64 } = "position_ahead" 422
        "Vị trí {position} chưa có trong nhật ký." "The log has no position {position} yet.";
    /// The first of two moments lies behind the second.
    MomentsReversed { from: u64, to: u64 } = "moments_reversed" 422
        "Thời điểm đầu (sự kiện {from}) nằm sau thời điểm cuối (sự kiện {to})." "The first moment (event {from}) lies behind the last (event {to}).";
    /// Nothing is published yet.
    NotPublished {} = "not_published" 409
        "Kết quả chưa công bố." "No result is published yet.";
    /// Not the next appeal.
    AppealOutOfOrder { expected: u32 } = "appeal_out_of_order" 409
        "Kiến nghị tiếp theo mang số {expected}." "The next appeal is number {expected}.";
    /// There is no such appeal.
    AppealUnknown { number: u32 } = "appeal_unknown" 404
        "Không có kiến nghị số {number}." "There is no appeal {number}.";
    /// Claims that an appeal cannot make.
    BadClaim { detail: Text } = "bad_claim" 422
        "Nội dung khẳng định không hợp lệ: {detail}." "These claims are not valid: {detail}.";
    /// The appeal makes no claims.
    NothingClaimed { number: u32 } = "nothing_claimed" 409
        "Kiến nghị số {number} không nêu khẳng định nào để đối chiếu với nhật ký." "The appeal {number} makes no claims that could be held against the log.";
    /// The verdicts are not those that the log gives now.
    ExaminationDiffers { digest: String, position: u64 } = "examination_differs" 409
        "Kết quả đối chiếu không đúng với nhật ký: giá trị băm nay là {digest}." "These are not the log's verdicts: their digest is {digest} now.";
    /// An appeal with claims is not put to the vote before it was examined.
    AppealNotExamined { number: u32 } = "appeal_not_examined" 409
        "Các khẳng định của kiến nghị số {number} chưa được đối chiếu với nhật ký." "The claims of the appeal {number} are not examined yet.";
    /// The appeal is decided.
    AppealClosed { number: u32 } = "appeal_closed" 409
        "Kiến nghị số {number} đã giải quyết." "The appeal {number} is decided already.";
    /// The appeal is not decided yet.
    AppealOpen { number: u32 } = "appeal_open" 409
        "Kiến nghị số {number} chưa giải quyết." "The appeal {number} is not decided yet.";
    /// An appeal or decision says nothing about this leaf, or it was carried out.
    ChangeUnknown { leaf: Code } = "change_unknown" 409
        "Không có thay đổi nào cho {leaf} còn phải thực hiện." "No change of {leaf} is left to be carried out.";
    /// Points that the council decided are not carried out yet.
    ChangesPending { decision: DecisionId } = "changes_pending" 409
        "Quyết nghị {decision} chưa được thực hiện hết." "The decision {decision} is not carried out yet.";
    /// A correction is not published.
    CorrectionUnpublished {} = "correction_unpublished" 409
        "Còn điều chỉnh chưa công bố." "A correction is not published yet.";
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.sentence(Lang::En))
    }
}
impl std::error::Error for Rejection {}

#[cfg(test)]
mod tests {
    use super::{Capacity, Rejection};
    use crate::document::Lang;

    #[test]
    fn codes_are_unique_and_every_sentence_is_said_in_both_languages() {
        let mut codes = Rejection::CODES.to_vec();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Rejection::CODES.len());
        let stale = Rejection::PublicationOutOfOrder { expected: 2 };
        assert_eq!(stale.sentence(Lang::Vi), "Lần công bố tiếp theo là 2.");
        assert_eq!(stale.sentence(Lang::En), "The next publication is number 2.");
        assert_eq!(stale.members()["expected"], "2");
        let (capacity, needed) = (Capacity::Operator, Capacity::SurveyStaff);
        let wrong = Rejection::CapacityWrong { capacity, needed };
        assert_eq!(wrong.sentence(Lang::Vi), "Việc này thuộc tư cách cán bộ điều tra, không phải người vận hành.");
        assert_eq!(wrong.members()["needed"], "survey_staff");
    }
}
