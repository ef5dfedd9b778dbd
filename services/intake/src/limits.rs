//! What a file may hold: each limit is named with its unit and stands here.
//! Nothing reads a file past them.

/// The most bytes of a JSON file: as many as the parts of one document may have together.
pub const JSON_BYTES_MAX: usize = proto::document::PART_BYTES_MAX * proto::document::PARTS_MAX as usize;
/// The most bytes of a workbook as it lies on the disk.
pub const WORKBOOK_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most files in a workbook's archive.
pub const ARCHIVE_FILES_MAX: usize = 500;
/// The most bytes of all files of the archive together once they are inflated.
pub const ARCHIVE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most sheets.
pub const SHEETS_MAX: usize = 100;
/// The most rows of a sheet.
pub const ROWS_MAX: u32 = 20_000;
/// The most columns of a sheet.
pub const COLUMNS_MAX: u32 = 64;
/// The most characters of a cell (UTF-16 units), which is also Excel's own limit.
pub const CELL_CHARS_MAX: usize = 32_767;
/// The most bytes of text in all cells together: one shared string may stand in many cells.
pub const TEXT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How many faults are told before the rest is only counted.
pub const FAULTS_MAX: usize = 100;
