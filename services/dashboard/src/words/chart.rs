//! The texts of charts, of tables taken away, and of the pages for leaders and the public, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { ChartWords:
    take: "Tải bảng", "Take the table";
    take_table: "{1}: tải bảng “{0}”", "{1}: take the table “{0}”";
    take_all: "Tải mọi bảng của trang này:", "Take every table of this page:";
    years_link: "các năm", "years";
    years_link_long: "Qua các năm", "Over the years";

    bars_desc: "Thanh ngang từ 0 đến 100 cho {0} đơn vị, theo thứ hạng; số liệu ở bảng bên dưới.",
        "A bar from 0 to 100 for each of {0} units, by rank; the table below holds the figures.";

    fields_title: "Kết quả theo lĩnh vực của từng đơn vị", "Every unit's result by field";
    fields_lead: "Tỷ lệ điểm đạt trên điểm tối đa áp dụng của từng lĩnh vực (%). Ô càng đậm tỷ lệ càng cao; mỗi ô ghi số của nó.",
        "Points reached of each field's applicable maximum (%). The darker a cell, the higher its share; each cell holds its figure.";
    fields_desc: "Mỗi hàng một đơn vị, theo thứ hạng; mỗi cột một lĩnh vực. Số liệu ở bảng bên dưới.",
        "A row for each unit, by rank; a column for each field. The table below holds the figures.";
    fields_moved: "{0} đơn vị ghi “–”: điểm theo lĩnh vực đã thay đổi sau kết quả này; trang chỉ cho xem điểm nào còn đúng với kết quả.",
        "{0} units have “–”: their points by field have changed since this result, and only those are shown that still make it up.";
    fields_none: "Chưa có số liệu theo lĩnh vực.", "There are no figures by field yet.";
    shade_below: "dưới {0}", "below {0}";
    shade_from: "từ {0}", "from {0}";
    shade_none: "không có số liệu", "no figure";
    field_short: "LV {0}", "F {0}";
    field_long: "{0}. {1} (%)", "{0}. {1} (%)";

    movement_title: "Biến động thứ hạng", "How ranks moved";
    movement_against: "So sánh {0} với {1}", "Comparing {0} with {1}";
    movement_of_this: "công bố lần {0}", "publication {0}";
    movement_of_round: "{0}, công bố lần {1}", "{0}, publication {1}";
    movement_of_now: "số liệu tạm tính", "the provisional standing";
    movement_none: "Không có kết quả nào trước đó để so sánh.", "There is no earlier result to compare with.";
    movement_desc: "Thứ hạng trước ở bên trái, thứ hạng nay ở bên phải, nối bằng đường kẻ: liền đậm là tăng, đứt là giảm, mảnh là giữ nguyên. Số liệu ở bảng bên dưới.",
        "The rank before on the left, the rank now on the right, joined by a line: thick for a rise, dashed for a fall, thin for no change. The table below holds the figures.";
    movement_legend: "Đường liền đậm: tăng hạng; đường đứt: giảm hạng; đường mảnh: giữ nguyên.",
        "A thick line: the rank rose; a dashed one: it fell; a thin one: it stayed.";
    movement_before: "Trước", "Before";
    movement_now: "Nay", "Now";
    rank_before: "Hạng trước", "Rank before";
    rank_now: "Hạng nay", "Rank now";
    index_before: "Chỉ số trước", "Index before";
    index_now: "Chỉ số nay", "Index now";
    index_change: "Chênh lệch", "Difference";
    against: "So với", "Against";

    compare_title: "So sánh hai đơn vị", "Comparison of two units";
    compare_of: "So sánh: {0} và {1}", "Comparison: {0} and {1}";
    compare_ask: "Chọn hai đơn vị", "Choose two units";
    compare_first: "Đơn vị thứ nhất", "First unit";
    compare_second: "Đơn vị thứ hai", "Second unit";
    compare_show: "So sánh", "Compare";
    compare_whole: "Kết quả chung", "The whole result";
    compare_fields: "Theo lĩnh vực", "By field";
    compare_kinds: "Hai đơn vị theo hai bộ tiêu chí khác nhau: chỉ so sánh kết quả chung.",
        "The two units have different trees of criteria: only their whole results are compared.";
    compare_desc: "Mỗi lĩnh vực hai thanh từ 0 đến 100: trên là {0}, dưới là {1}. Số liệu ở bảng bên dưới.",
        "Two bars from 0 to 100 for each field: {0} above, {1} below. The table below holds the figures.";
    compare_upper: "{0} (thanh trên)", "{0} (upper bar)";
    compare_lower: "{0} (thanh dưới)", "{0} (lower bar)";
    compare_what: "Nội dung", "What";
    compare_of_count: "Hạng trong khối", "Rank in its block";
    compare_block: "Khối", "Block";
    compare_difference: "Chênh lệch", "Difference";
    compare_reached: "Điểm đạt, {0}", "Points reached, {0}";
    compare_share: "Tỷ lệ, {0} (%)", "Share, {0} (%)";
    compare_same: "Hãy chọn hai đơn vị khác nhau.", "Choose two different units.";

    years_title: "{0} qua các năm", "{0} over the years";
    years_lead: "Kết quả đã công bố của từng kỳ, theo lần công bố mới nhất.",
        "The published result of each round, by its latest publication.";
    years_desc: "Một điểm cho mỗi kỳ, nối theo năm; trục bắt đầu từ {0}. Số liệu ở bảng bên dưới.",
        "A point for each round, joined by year; the axis begins at {0}. The table below holds the figures.";
    years_axis: "Trục bắt đầu từ {0}, không phải từ 0.", "The axis begins at {0}, not at 0.";
    years_year: "Năm", "Year";
    years_round: "Kỳ", "Round";
    years_publication: "Lần công bố", "Publication";
    years_ranked: "Số đơn vị xếp hạng", "Units ranked";
    years_moved: "So với kỳ trước", "Against the round before";
    years_block: "Khối", "Block";
}
