//! The words around a report: links, and the form for what the record does not hold.
//! What the report itself says stands in `report::said`: it is in one language.

use proto::document::Lang;

use super::words;

words! { ReportWords:
    title: "Báo cáo theo thể thức Nghị định 30/2020/NĐ-CP", "Report in the form of Decree 30/2020/NĐ-CP";
    link: "Báo cáo (in, DOCX, XLSX)", "Report (print, DOCX, XLSX)";
    lead: "Xem trước bên dưới; in trang này ra PDF bằng lệnh in của trình duyệt, hoặc tải về:",
        "A preview stands below; the browser's print command makes a PDF of it, or take a file:";
    docx: "Văn bản (DOCX)", "Document (DOCX)";
    xlsx: "Bảng tính (XLSX)", "Workbook (XLSX)";
    form: "Phần nhật ký không có: để trống thì in dấu chấm", "What the record does not hold: left empty, it is printed as dots";
    number: "Số, ký hiệu", "Number and symbol";
    place: "Địa danh", "Place";
    date: "Ngày ban hành", "Date of issue";
    signer_title: "Chức vụ người ký (| là xuống dòng)", "The signer's title (| begins a line)";
    signer: "Họ tên người ký", "The signer's name";
    recipients: "Nơi nhận (; ở giữa)", "Recipients (; between them)";
    show: "Điền vào", "Fill in";
    document: "Nội dung báo cáo (tiếng Việt)", "The report (in Vietnamese)";
}
