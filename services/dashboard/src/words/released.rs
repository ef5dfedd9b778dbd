//! What is said where something is not released yet to those who read a page, in both languages side by side.

use proto::document::Lang;

use super::words;

words! { ReleasedWords:
    held: "Đơn vị thấy ở đây những gì đã được công bố cho mình: điểm thẩm định khi hết giai đoạn thẩm định, yêu cầu giải trình khi đến giai đoạn giải trình, kết quả và thứ hạng khi được công bố.",
        "The unit sees here what has been released to it: appraised points once the appraisal's phase has ended, what it is asked to explain once it explains, result and rank once they are published.";
}
