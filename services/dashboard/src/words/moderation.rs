//! The texts of the page that a council looks at before it decides, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { ModerationWords:
    title: "Nhìn chung trước khi quyết định", "The whole before the decision";
    lead: "Điểm đang tính của mọi đơn vị trong từng khối: phân bố theo lĩnh vực, tự chấm so với thẩm định, đơn vị khác biệt. Không con số nào ở đây tự nó là kết luận: nó chỉ chỗ nên xem lại.",
        "The points that count, block by block: how they are spread by field, own scores against appraised ones, units that stand apart. None of it is a judgement: it says where to look again.";
    at: "Tính đến", "As of";
    spread: "Phân bố theo lĩnh vực", "Spread by field";
    spread_lead: "Tỷ lệ (%) điểm đang tính trên điểm tối đa áp dụng của từng đơn vị. Tứ phân vị lấy theo tỷ lệ giữa hai giá trị kề nhau; các cột cuối đếm số đơn vị trong mỗi khoảng, cận trên không kể trừ khoảng cuối.",
        "Each unit's points that count as a share (%) of the maximum that applies to it. Quartiles lie in proportion between neighbours; the last columns count units in each class, without its upper end but in the last.";
    field: "Lĩnh vực", "Field";
    units: "Đơn vị", "Units";
    least: "Thấp nhất", "Least";
    low: "Tứ phân vị 1", "1st quartile";
    median: "Trung vị", "Median";
    high: "Tứ phân vị 3", "3rd quartile";
    most: "Cao nhất", "Most";
    mean: "Trung bình", "Mean";
    claims_fields: "Tự chấm so với điểm đang tính, theo lĩnh vực", "Own scores against those that count, by field";
    claims_units: "Tự chấm so với điểm đang tính, theo đơn vị", "Own scores against those that count, by unit";
    claims_lead: "Chỉ so những điểm đơn vị đã tự chấm, có áp dụng, và đã có bước sau được tính. Chênh lệch = tự chấm trừ điểm đang tính: dương là bị hạ.",
        "Of scores alone that the unit has made itself, that apply, and at which a later stage counts. Difference = own less what counts: above zero means that it was brought down.";
    compared: "Số điểm so", "Compared";
    lowered: "Bị hạ", "Lowered";
    raised: "Được nâng", "Raised";
    sum: "Tổng chênh lệch", "Sum of differences";
    mean_difference: "Chênh lệch trung bình", "Mean difference";
    bar: "So với đơn vị bị hạ nhiều nhất", "Beside the unit brought down most";
    outliers: "Đơn vị khác biệt", "Units that stand apart";
    outliers_lead: "Quy tắc: trong khối có từ 5 đơn vị, tỷ lệ của lĩnh vực thấp hơn tứ phân vị 1 quá 1,5 lần khoảng tứ phân vị, hoặc cao hơn tứ phân vị 3 quá chừng đó.",
        "The rule: in a block of 5 units or more, a field's share more than 1.5 interquartile ranges below the first quartile, or as far above the third.";
    outliers_none: "Không có đơn vị nào.", "There are none.";
    share: "Tỷ lệ (%)", "Share (%)";
    side: "Phía", "Side";
    below: "thấp hơn", "below";
    above: "cao hơn", "above";
    bound: "Ngưỡng (%)", "Bound (%)";
    look: "Xem", "Look";
    look_cases: "Các điểm của lĩnh vực", "The field's scores";
}
