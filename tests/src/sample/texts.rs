//! What people write in the sample: reasons, explanations, grounds. All of it is illustrative.
//! No name of a person and no private fact stands here.

use super::prng::Rng;
use super::rulebook::{Form, LeafSpec};
use super::words::spoken;

/// Why there is no file.
#[must_use]
pub fn no_evidence(rng: &mut Rng) -> String {
    (*rng.pick(&[
        "Nội dung thực hiện trên hệ thống dùng chung của Thành phố, không có văn bản riêng.",
        "Số liệu được trích từ hệ thống thông tin báo cáo, đề nghị Hội đồng tra cứu trực tiếp trên hệ thống.",
        "Kết quả đã nêu trong báo cáo CCHC năm của đơn vị, không lập tài liệu riêng.",
        "Tài liệu thuộc hồ sơ nhân sự, xuất trình bản giấy khi thẩm định.",
        "Nhiệm vụ do cơ quan cấp trên chủ trì, đơn vị phối hợp nên không ban hành văn bản.",
        "Bản gốc đang lưu tại phòng chuyên môn, sẽ bổ sung khi được yêu cầu.",
    ]))
    .to_owned()
}

/// The page or section of a file.
#[must_use]
pub fn page(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 => String::new(),
        1 => format!("mục {}", ["I", "II", "III", "IV"][rng.place(4)]),
        2 => format!("phụ lục {}", rng.between(1, 6)),
        _ => format!("tr. {}", rng.between(1, 24)),
    }
}

fn percent(leaf: &LeafSpec, points: i64) -> String {
    spoken(points * 10_000 / leaf.maximum)
}

/// Why an appraiser sets other points than claimed.
#[must_use]
pub fn adjusted(leaf: &LeafSpec, from: Option<i64>, to: i64, rng: &mut Rng) -> String {
    let Some(from) = from else {
        return "Tiêu chí có áp dụng với đơn vị; chấm điểm theo số liệu của cơ quan chủ trì lĩnh vực.".to_owned();
    };
    if to > from {
        return (*rng.pick(&[
            "Đơn vị tự chấm thấp hơn kết quả thực tế; tài liệu kiểm chứng chứng minh đạt mức cao hơn.",
            "Số liệu trên hệ thống cao hơn số liệu đơn vị tự khai; điều chỉnh tăng cho đúng thực tế.",
        ]))
        .to_owned();
    }
    match &leaf.form {
        Form::Number(_) => ratio_lowered(leaf, from, to, rng),
        Form::Options(rule, _) => option_lowered(rule, to == 0, rng),
        Form::Survey => panic!("{}: a survey leaf is not appraised", leaf.code),
    }
}

fn ratio_lowered(leaf: &LeafSpec, from: i64, to: i64, rng: &mut Rng) -> String {
    let (from, to) = (percent(leaf, from), percent(leaf, to));
    match rng.below(6) {
        0 => format!("Số liệu trên hệ thống là {to}%, thấp hơn số liệu đơn vị báo cáo ({from}%)."),
        1 => format!("Tính lại theo hướng dẫn, tỷ lệ đạt {to}%; đơn vị chưa đưa đủ đối tượng vào mẫu số."),
        2 => format!("Tài liệu kiểm chứng chỉ đủ căn cứ công nhận {to}%."),
        3 => format!("Đối chiếu báo cáo quý IV của cơ quan chủ trì: đạt {to}%, không phải {from}%."),
        4 => format!("Danh sách kèm theo có trường hợp tính trùng; sau khi loại trừ còn {to}%."),
        _ => format!("Số liệu chốt đến 31/10/2022 là {to}%; phần hoàn thành sau thời điểm chốt không tính."),
    }
}

fn option_lowered(rule: &str, nothing: bool, rng: &mut Rng) -> String {
    let late = [
        "Ngày ban hành ghi trên văn bản sau thời hạn quy định.",
        "Văn bản đến theo sổ công văn sau hạn; công nhận mức chậm thời hạn.",
        "Một trong các kỳ gửi chậm; theo hướng dẫn chấm ở mức chậm thời hạn.",
        "Bản gửi đúng hạn là dự thảo, bản chính thức ban hành sau thời hạn.",
    ];
    let part = [
        "Tài liệu kiểm chứng mới thể hiện một phần nội dung yêu cầu.",
        "Chưa có tài liệu chứng minh kết quả thực hiện của sáu tháng cuối năm.",
        "Qua kiểm tra thực tế còn nội dung chưa thực hiện đúng quy định.",
        "Còn thiếu phụ lục số liệu theo mẫu hướng dẫn.",
        "Nội dung thực hiện chưa bao quát hết các đơn vị trực thuộc.",
    ];
    let degree = [
        "Kết quả chưa đạt đủ các yêu cầu của mức tự chấm; công nhận mức liền kề phù hợp tài liệu.",
        "Qua kiểm tra đột xuất trong năm còn trường hợp vi phạm, không đạt mức cao nhất.",
        "Tài liệu kiểm chứng chỉ chứng minh được mức thấp hơn.",
        "Có nội dung đã tính cho năm 2021, không được tính lại.",
    ];
    let missing = [
        "Không có tài liệu kiểm chứng cho nội dung tự chấm.",
        "Tài liệu gửi kèm không thuộc năm đánh giá.",
        "Chưa thực hiện trong năm 2022 theo xác nhận của cơ quan chủ trì.",
    ];
    let from: &[&str] = match rule {
        _ if nothing => &missing,
        "late" => &late,
        "grade" | "count" | "band" => &degree,
        _ => &part,
    };
    (*rng.pick(from)).to_owned()
}

/// What an appraiser asks to be explained.
#[must_use]
pub fn flagged(leaf: &LeafSpec, claimed: i64, rng: &mut Rng) -> String {
    match &leaf.form {
        Form::Number(_) => {
            let stated = percent(leaf, claimed);
            match rng.below(3) {
                0 => format!("Đề nghị giải trình cách tính tỷ lệ {stated}% và gửi danh sách chi tiết."),
                1 => format!("Tỷ lệ {stated}% khác số liệu của cơ quan chủ trì; đề nghị đối chiếu, giải trình."),
                _ => format!("Đề nghị nêu rõ tử số, mẫu số của tỷ lệ {stated}% và thời điểm chốt số liệu."),
            }
        }
        Form::Options(..) | Form::Survey => (*rng.pick(&[
            "Tài liệu kiểm chứng không mở được hoặc thiếu trang; đề nghị gửi lại và giải trình.",
            "Đề nghị làm rõ căn cứ tự chấm ở mức này.",
            "Nội dung tự chấm chưa khớp báo cáo CCHC năm của đơn vị; đề nghị giải trình.",
            "Đề nghị bổ sung văn bản chứng minh thời điểm hoàn thành.",
            "Kết quả kiểm tra trong năm khác nội dung tự chấm; đề nghị giải trình.",
        ]))
        .to_owned(),
    }
}

/// A unit's answer to a flag.
#[must_use]
pub fn explained(leaf: &LeafSpec, claimed: i64, rng: &mut Rng) -> String {
    match (&leaf.form, rng.below(4)) {
        (Form::Number(_), 0 | 1) => format!(
            "Tỷ lệ {}% tính theo số liệu trích xuất ngày {}/11/2022; đơn vị gửi kèm danh sách chi tiết.",
            percent(leaf, claimed),
            rng.between(15, 28)
        ),
        (Form::Number(_), _) => {
            "Chênh lệch do thời điểm chốt số liệu khác nhau; đơn vị gửi kèm bảng đối chiếu với hệ thống.".to_owned()
        }
        (Form::Options(..) | Form::Survey, _) => (*rng.pick(&[
            "Đơn vị gửi lại tài liệu đầy đủ; nội dung đã thực hiện trong năm theo kế hoạch.",
            "Văn bản được gửi trên hệ thống quản lý văn bản đúng hạn; bản giấy phát hành sau nên ghi ngày khác.",
            "Đơn vị bổ sung biên bản và danh sách kèm theo để chứng minh kết quả.",
            "Nội dung còn thiếu đã khắc phục trong tháng 12/2022, đề nghị Hội đồng xem xét.",
            "Việc chậm do phải lấy ý kiến các đơn vị liên quan; đề nghị Hội đồng ghi nhận kết quả đã đạt.",
        ]))
        .to_owned(),
    }
}

/// Why the second appraisal sets points at a flagged leaf.
#[must_use]
pub fn settled(explained: bool, raised: bool, rng: &mut Rng) -> String {
    let reasons: &[&str] = match (explained, raised) {
        (false, _) => &[
            "Đơn vị không giải trình trong thời hạn; chấm theo tài liệu hiện có.",
            "Hết thời hạn không nhận được giải trình; không đủ căn cứ công nhận điểm tự chấm.",
        ],
        (true, true) => &[
            "Giải trình và tài liệu bổ sung đủ căn cứ nâng một mức so với thẩm định lần 1.",
            "Công nhận một phần giải trình; điều chỉnh tăng theo tài liệu bổ sung.",
        ],
        (true, false) => &[
            "Giải trình chưa đủ căn cứ; tài liệu bổ sung chỉ chứng minh mức thấp hơn.",
            "Tài liệu bổ sung lập sau thời hạn tự chấm, không công nhận.",
            "Sau đối chiếu, số liệu của cơ quan chủ trì là đúng; điều chỉnh theo số liệu này.",
        ],
    };
    (*rng.pick(reasons)).to_owned()
}
