//! Every route below `/api`, by the service that has it. A test holds this table against the routes of the sources, so that none is
//! forgotten here and none stands here that is not there.

use super::route::{Gives, Opens, Part, Route, Takes, XLSX, other, read, sent, told};
use Gives::{Any, Created, Json, Lines, Media, Object, OneOf};
use Opens::{ByRightOfToken, Everybody, Operator, Readers};
use Part::{Files, Inside, Log, Privacy, Proofs};

/// Every route.
pub const ROUTES: &[Route] = &[
    read(
        "/api/rounds",
        &["year", "limit", "after", "lang"],
        "Rounds",
        ("Các kỳ, kỳ mới nhất trước.", "All rounds, the newest first."),
    ),
    read(
        "/api/rounds/{round}",
        &["block", "kind", "state", "as_of", "position", "at", "limit", "after", "lang"],
        "Round",
        ("Kỳ, các giai đoạn và đơn vị (theo khối và mã).", "The round, its phases and units (by block and id)."),
    ),
    read(
        "/api/rounds/{round}/ranking",
        &["publication", "block", "band", "as_of", "position", "at", "limit", "after", "lang"],
        "Ranking",
        (
            "Xếp hạng theo khối và hạng, lần công bố mới nhất nếu không nêu khác.",
            "The ranking by block and rank, of the latest publication unless asked otherwise.",
        ),
    ),
    read(
        "/api/rounds/{round}/units/{unit}",
        &["field", "flag", "exemption", "as_of", "position", "at", "limit", "after", "lang"],
        "Unit",
        (
            "Đơn vị, các tổng điểm, điểm từng tiêu chí theo thứ tự của cây.",
            "The unit, its totals, its scores in the tree's order.",
        ),
    ),
    told(
        "/api/rounds/{round}/units/{unit}/history",
        &["leaf", "kind", "as_of", "position", "at", "limit", "after"],
        Json("History"),
        ("Lịch sử của phiếu hoặc một điểm.", "The history of a sheet or of one score."),
    ),
    told(
        "/api/rounds/{round}/units/{unit}/explain",
        &["node", "as_of", "position", "at"],
        Json("Explanation"),
        ("Một con số hình thành thế nào.", "How a number came about."),
    ),
    told(
        "/api/rounds/{round}/units/{unit}/what-if",
        &["leaf!", "points!", "as_of", "position", "at"],
        Json("WhatIf"),
        (
            "Hạng của mọi đơn vị nếu một tiêu chí có điểm khác; không ghi gì.",
            "Everyone's place if a leaf had other points; nothing is written.",
        ),
    ),
    told(
        "/api/rounds/{round}/units/{unit}/why-rank",
        &["from", "to"],
        Json("WhyRank"),
        ("Những sự kiện làm đổi hạng của đơn vị.", "Which events moved a unit's rank."),
    ),
    told(
        "/api/rounds/{round}/check",
        &["as_of", "position", "at"],
        Json("Checks"),
        ("Những gì thiếu hoặc bất thường trước khi công bố.", "What is missing or odd before publication."),
    ),
    told(
        "/api/rounds/{round}/diff",
        &["from", "to", "unit", "leaf"],
        Json("Diff"),
        ("Thay đổi giữa hai thời điểm.", "What changed between two moments."),
    ),
    told(
        "/api/rounds/{round}/appeals/{number}",
        &["as_of", "position", "at"],
        Json("Examination"),
        ("Nhật ký nói gì về các luận điểm của kiến nghị.", "What the log says to an appeal's claims."),
    ),
    told(
        "/api/who",
        &["actor", "capacity", "unit", "as_of", "limit", "after"],
        OneOf(&["Who", "Holders"]),
        (
            "Việc làm và tư cách của một người (`actor`), hoặc ai giữ một tư cách (`capacity`).",
            "An actor's acts and grants (`actor`), or who holds a capacity (`capacity`).",
        ),
    ),
    other(
        Part::Read,
        Everybody,
        "/api/openapi.json",
        &["lang"],
        Object,
        ("Tài liệu này (OpenAPI 3.1).", "This document (OpenAPI 3.1)."),
    ),
    other(
        Part::Read,
        Everybody,
        "/api/docs",
        &["lang"],
        Media("text/html"),
        ("Tài liệu này dưới dạng trang để đọc.", "This document as a page to read."),
    ),
    sent(
        Takes::Commands,
        other(
            Log,
            ByRightOfToken,
            "/api/commands",
            &["receipt", "wait_ms"],
            OneOf(&["Answer", "Answers"]),
            (
                "Gửi một lệnh hoặc một mảng lệnh; gửi lại cùng mã là một sự kiện. Một lệnh bị từ chối trả về problem details.",
                "Sends a command or an array of them; sent twice, it is one event. A single one that is refused is answered with problem details.",
            ),
        ),
    ),
    other(
        Log,
        Readers,
        "/api/events",
        &["after_position", "events"],
        Lines("Event"),
        (
            "Sự kiện sau một vị trí, mỗi dòng một sự kiện, nguyên byte.",
            "Events after a position, a line each, byte by byte.",
        ),
    ),
    other(
        Log,
        Readers,
        "/api/streams/{*stream}",
        &[],
        Lines("Event"),
        ("Sự kiện của một chuỗi.", "The events of a stream."),
    ),
    other(
        Log,
        Readers,
        "/api/head",
        &[],
        Json("Head"),
        ("Đầu nhật ký: số sự kiện, gốc, mã băm.", "The log's head: its size, root and hash."),
    ),
    other(
        Proofs,
        Everybody,
        "/api/receipt",
        &["position!", "cosigned", "wait_ms"],
        Media("text/plain"),
        ("Biên nhận của một sự kiện (C2SP tlog-proof).", "An event's receipt (C2SP tlog-proof)."),
    ),
    other(
        Proofs,
        Readers,
        "/api/receipt/whole",
        &["position!", "cosigned", "wait_ms"],
        Media("text/plain"),
        ("Biên nhận có cả sự kiện.", "A receipt with the event in it."),
    ),
    other(
        Proofs,
        Everybody,
        "/api/proof/inclusion",
        &["position!", "size"],
        Json("Inclusion"),
        ("Chứng minh sự kiện nằm trong cây.", "The proof that an event is in a tree."),
    ),
    other(
        Proofs,
        Everybody,
        "/api/proof/consistency",
        &["old!", "new"],
        Json("Consistency"),
        ("Chứng minh cây sau nối tiếp cây trước.", "The proof that one tree goes on from another."),
    ),
    sent(
        Takes::Bytes,
        other(
            Files,
            ByRightOfToken,
            "/api/files/{round}/{unit}",
            &["name!", "page"],
            Created("FileTaken"),
            ("Tải một tệp minh chứng lên.", "Brings a file of evidence."),
        ),
    ),
    other(
        Files,
        ByRightOfToken,
        "/api/files/{round}/{unit}/{address}",
        &[],
        Any,
        ("Lấy một tệp; mỗi lần mở được ghi lại.", "Hands a file out; each access is on record."),
    ),
    sent(
        Takes::Bytes,
        other(
            Files,
            ByRightOfToken,
            "/api/ballots/{round}",
            &["encoding"],
            Json("BallotsSeen"),
            (
                "Xem một tệp phiếu sẽ được đếm thế nào; không giữ lại gì.",
                "What a file of ballots would count; nothing is kept.",
            ),
        ),
    ),
    sent(
        Takes::Bytes,
        other(
            Files,
            ByRightOfToken,
            "/api/ballots/{round}/{batch}",
            &["tally!", "method!", "unit!", "name!", "encoding", "held_in", "replaces", "reason"],
            Created("BallotsTaken"),
            (
                "Nhận một đợt phiếu; trả về các lệnh để gửi.",
                "Takes a batch of ballots in; the commands to send come back.",
            ),
        ),
    ),
    sent(
        Takes::Bytes,
        other(
            Files,
            ByRightOfToken,
            "/api/sheets",
            &["capacity", "cause_unit"],
            Json("SheetLooked"),
            (
                "Xem một phiếu đã điền (.xlsx) sẽ đổi gì; trả về các lệnh để gửi.",
                "What a filled-in workbook would change; the commands to send come back.",
            ),
        ),
    ),
    other(
        Files,
        ByRightOfToken,
        "/api/sheets/{round}/units/{unit}",
        &["as_of_position"],
        Media(XLSX),
        ("Phiếu của đơn vị để điền.", "A unit's sheet to fill in."),
    ),
    other(
        Files,
        ByRightOfToken,
        "/api/sheets/{round}/fields/{block}/{field}",
        &["as_of_position", "appraisal"],
        Media(XLSX),
        ("Phiếu của người thẩm định một lĩnh vực.", "An appraiser's sheet over a field."),
    ),
    other(
        Privacy,
        ByRightOfToken,
        "/api/privacy/cases",
        &["as_of"],
        Json("Cases"),
        ("Mọi yêu cầu về dữ liệu cá nhân.", "Every request about personal data."),
    ),
    other(
        Inside,
        Readers,
        "/api/feed",
        &["after_position", "events"],
        Lines("Event"),
        ("Nguồn sự kiện của các dịch vụ kết xuất.", "The projectors' feed."),
    ),
    other(
        Inside,
        Readers,
        "/api/feed/streams",
        &["streams!", "upto"],
        Lines("Event"),
        ("Sự kiện của vài chuỗi đến một vị trí.", "The events of some streams up to a position."),
    ),
    sent(
        Takes::Object,
        other(
            Inside,
            Operator,
            "/api/operator",
            &[],
            Object,
            (
                "Việc của người vận hành, qua chương trình trên cùng máy.",
                "What the operator's own programs on the machine ask for.",
            ),
        ),
    ),
];
