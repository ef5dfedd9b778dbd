//! The texts of the page that describes the API, in both languages side by side.
//! What the document itself says stands with its routes.

use proto::document::Lang;

use super::words;

words! { ApiWords:
    title: "Giao diện lập trình (API)", "The API";
    json: "Tài liệu OpenAPI 3.1 (JSON)", "OpenAPI 3.1 document (JSON)";
    contents: "Mục lục", "Contents";
    params: "Tham số", "Parameters";
    name: "Tên", "Name";
    place: "Ở đâu", "Where";
    form: "Dạng", "Form";
    about: "Ý nghĩa", "Meaning";
    sample: "Kỳ mẫu", "Sample round";
    required: "bắt buộc", "required";
    in_path: "địa chỉ", "path";
    in_query: "truy vấn", "query";
    opens: "Ai được hỏi", "Who may ask";
    by_token: "có mã truy cập, theo quyền", "with a token, by right";
    by_session: "đã đăng nhập, theo quyền", "signed in, by right";
    by_nothing: "không cần mã trên chính máy chủ, hoặc khi kết quả đã công bố", "without a token on the machine itself, or once the result is published";
    everybody: "mọi người", "everybody";
    takes: "Gửi", "Send";
    gives: "Trả lời", "Answer";
    example: "Ví dụ", "Example";
    schemas: "Cấu trúc dữ liệu", "Schemas";
    schemas_lead: "Theo JSON Schema 2020-12. Cột của các dòng giữ nguyên dạng trong bảng kết xuất: số nguyên, hoặc chữ với phân số dạng n/d.",
        "JSON Schema 2020-12. Columns of rows keep the form of the projection's tables: integers, or text with fractions as n/d.";
}
