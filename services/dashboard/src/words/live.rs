//! The texts of a page that follows what is new, in both languages side by side.
//! The page's script says them; it has no words of its own.

use proto::document::Lang;

use super::words;

words! { LiveWords:
    label: "Tự cập nhật", "Following what is new";
    on: "Trang tự cập nhật khi có sự kiện mới.", "The page follows new events by itself.";
    off: "Trang không tự cập nhật.", "The page does not follow by itself.";
    stop: "Ngừng tự cập nhật", "Stop following";
    start: "Tự cập nhật", "Follow";
    done: "Đã cập nhật đến sự kiện #{0}.", "Brought up to event #{0}.";
    newer: "Đã có số liệu mới hơn, đến sự kiện #{0}.", "There is something newer, up to event #{0}.";
    see: "Xem số liệu mới", "Show it";
}
