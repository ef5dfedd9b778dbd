//! The texts of a leaf that two people have changed, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { MergeWords:
    title: "Hai người cùng sửa", "Two people changed this";
    merged: "Hai bên sửa các ô khác nhau: các ô bên dưới đã được gộp. Hãy xem lại rồi bấm “Lưu bản đã gộp”.",
        "The two of you changed different fields: those below are merged. Look at them, and press “Save the merged one”.";
    to_choose: "Có ô cả hai bên cùng sửa khác nhau: hãy chọn cho từng ô như vậy. Các ô còn lại đã được gộp. Chưa có gì bị ghi đè.",
        "Some fields were changed by both of you, differently: choose for each of them. The others are merged. Nothing was overwritten.";
    nothing_meets: "Người kia không sửa ô nào bạn đã nhập; có thể đã sửa tệp hoặc trạng thái. Hãy xem phần “Đang ghi nhận” rồi bấm “Lưu bản đã gộp”.",
        "The other changed none of the fields that you typed into; files or the state may have changed. Look at what is on record, and press “Save the merged one”.";
    save: "Lưu bản đã gộp", "Save the merged one";
    field: "Ô", "Field";
    before: "Trước đó", "Before";
    theirs: "Người khác", "Theirs";
    mine: "Của bạn", "Yours";
    result: "Gộp thành", "Merged";
    mine_kept: "của bạn", "yours";
    theirs_taken: "của người khác", "theirs";
    choose_mine: "Của bạn: {0}", "Yours: {0}";
    choose_theirs: "Của người khác: {0}", "Theirs: {0}";
    unchosen: "Chưa chọn cho ô: {0}.", "Not chosen yet: {0}.";
    points: "Điểm đề nghị", "Claimed points";
}
