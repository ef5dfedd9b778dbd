//! The 52 units of 2022 and the figures that their results are fitted to.
//! Names, codes and the Sở block's indices are real; every other figure is made up (deploy/rounds/hanoi-2022/README.md).

use proto::document::{Catalogue, CatalogueUnit, Text};
use proto::{Code, UnitId};

use super::words::{code, text, unit};

/// The kind and block of departments and equivalents.
pub const SO: &str = "so";
/// The kind and block of districts.
pub const HUYEN: &str = "huyen";

/// Wanted means of the survey, in thousandths of a per cent. The departments' is the published 89.19; the districts' is
/// what 92.75 and 91.56 imply once two bonuses and a penalty are counted, since the printed 42.11 cannot be.
const SURVEY_MEANS: [(&str, i64); 2] = [(SO, 89_193), (HUYEN, 95_486)];

/// A department: id, short name, Vietnamese and English name, index in hundredths.
type Department = (&'static str, &'static str, &'static str, &'static str, i64);

/// In the order that the press printed. GTVT stands corrected (printed 81.41), TN&MT is chosen within 81.01 to 81.07.
pub const DEPARTMENTS: [Department; 22] = [
    (
        "ldtbxh",
        "LĐTBXH",
        "Sở Lao động - Thương binh và Xã hội",
        "Department of Labour, Invalids and Social Affairs",
        9168,
    ),
    ("noivu", "Nội vụ", "Sở Nội vụ", "Department of Home Affairs", 9159),
    ("taichinh", "Tài chính", "Sở Tài chính", "Department of Finance", 9057),
    ("tuphap", "Tư pháp", "Sở Tư pháp", "Department of Justice", 9042),
    ("congthuong", "Công Thương", "Sở Công Thương", "Department of Industry and Trade", 8966),
    ("xaydung", "Xây dựng", "Sở Xây dựng", "Department of Construction", 8903),
    ("vpub", "VP UBND TP", "Văn phòng Ủy ban nhân dân Thành phố", "Office of the City People's Committee", 8886),
    ("dulich", "Du lịch", "Sở Du lịch", "Department of Tourism", 8883),
    ("gtvt", "GTVT", "Sở Giao thông vận tải", "Department of Transport", 8841),
    ("gddt", "GD&ĐT", "Sở Giáo dục và Đào tạo", "Department of Education and Training", 8833),
    ("khcn", "KH&CN", "Sở Khoa học và Công nghệ", "Department of Science and Technology", 8704),
    ("thanhtra", "Thanh tra", "Thanh tra Thành phố", "City Inspectorate", 8481),
    ("bandantoc", "Ban Dân tộc", "Ban Dân tộc Thành phố", "City Committee for Ethnic Affairs", 8315),
    (
        "nnptnt",
        "NN&PTNT",
        "Sở Nông nghiệp và Phát triển nông thôn",
        "Department of Agriculture and Rural Development",
        8276,
    ),
    ("khdt", "KH&ĐT", "Sở Kế hoạch và Đầu tư", "Department of Planning and Investment", 8201),
    ("vhtt", "VH&TT", "Sở Văn hóa và Thể thao", "Department of Culture and Sports", 8197),
    ("qhkt", "QHKT", "Sở Quy hoạch - Kiến trúc", "Department of Planning and Architecture", 8162),
    ("ngoaivu", "Ngoại vụ", "Sở Ngoại vụ", "Department of Foreign Affairs", 8121),
    (
        "kcncx",
        "BQL KCN&CX",
        "Ban Quản lý các khu công nghiệp và chế xuất Hà Nội",
        "Hanoi Industrial and Export Processing Zones Authority",
        8124,
    ),
    ("tnmt", "TN&MT", "Sở Tài nguyên và Môi trường", "Department of Natural Resources and Environment", 8102),
    ("yte", "Y tế", "Sở Y tế", "Department of Health", 8101),
    ("tttt", "TT&TT", "Sở Thông tin và Truyền thông", "Department of Information and Communications", 8090),
];

/// A district: statistical code, u(rban), t(own) or r(ural), Vietnamese name, the same in plain letters, index in hundredths.
type District = (&'static str, char, &'static str, &'static str, i64);

/// Hoàn Kiếm's index is real; the others are made up, below it, and keep the published mean.
const DISTRICTS: [District; 30] = [
    ("001", 'u', "Ba Đình", "Ba Dinh", 9521),
    ("002", 'u', "Hoàn Kiếm", "Hoan Kiem", 9608),
    ("003", 'u', "Tây Hồ", "Tay Ho", 9387),
    ("004", 'u', "Long Biên", "Long Bien", 9564),
    ("005", 'u', "Cầu Giấy", "Cau Giay", 9502),
    ("006", 'u', "Đống Đa", "Dong Da", 9436),
    ("007", 'u', "Hai Bà Trưng", "Hai Ba Trung", 9415),
    ("008", 'u', "Hoàng Mai", "Hoang Mai", 9286),
    ("009", 'u', "Thanh Xuân", "Thanh Xuan", 9478),
    ("016", 'r', "Sóc Sơn", "Soc Son", 9109),
    ("017", 'r', "Đông Anh", "Dong Anh", 9352),
    ("018", 'r', "Gia Lâm", "Gia Lam", 9493),
    ("019", 'u', "Nam Từ Liêm", "Nam Tu Liem", 9457),
    ("020", 'r', "Thanh Trì", "Thanh Tri", 9331),
    ("021", 'u', "Bắc Từ Liêm", "Bac Tu Liem", 9368),
    ("250", 'r', "Mê Linh", "Me Linh", 9126),
    ("268", 'u', "Hà Đông", "Ha Dong", 9374),
    ("269", 't', "Sơn Tây", "Son Tay", 9205),
    ("271", 'r', "Ba Vì", "Ba Vi", 9058),
    ("272", 'r', "Phúc Thọ", "Phuc Tho", 9183),
    ("273", 'r', "Đan Phượng", "Dan Phuong", 9291),
    ("274", 'r', "Hoài Đức", "Hoai Duc", 9218),
    ("275", 'r', "Quốc Oai", "Quoc Oai", 9149),
    ("276", 'r', "Thạch Thất", "Thach That", 9162),
    ("277", 'r', "Chương Mỹ", "Chuong My", 9074),
    ("278", 'r', "Thanh Oai", "Thanh Oai", 9112),
    ("279", 'r', "Thường Tín", "Thuong Tin", 9055),
    ("280", 'r', "Phú Xuyên", "Phu Xuyen", 9007),
    ("281", 'r', "Ứng Hòa", "Ung Hoa", 8983),
    ("282", 'r', "Mỹ Đức", "My Duc", 8946),
];

/// A unit and what its result is fitted to.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its entry in the catalogue.
    pub entry: CatalogueUnit,
    /// Its index in hundredths, as printed.
    pub index: i64,
    /// The share of the survey's maximum that it is to reach, in thousandths of a per cent.
    pub survey: i64,
}

impl Unit {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &UnitId {
        &self.entry.unit
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &Code {
        &self.entry.kind
    }
}

/// All units: departments in the order of their ids, which says nothing about ranks, then districts by code.
#[must_use]
pub fn units() -> Vec<Unit> {
    let mut departments = DEPARTMENTS.to_vec();
    departments.sort_by_key(|d| d.0);
    let departments = departments.into_iter().map(|(id, short, vi, en, index)| {
        let (short, kind) = (short.to_owned(), code(SO));
        let entry = CatalogueUnit {
            unit: unit(id),
            name: text(vi, en),
            short,
            code: String::new(),
            kind,
            effective: None,
            succeeds: Vec::new(),
        };
        Unit { entry, index, survey: 0 }
    });
    let districts = DISTRICTS.into_iter().map(|(id, kind, vi, en, index)| {
        let (of, english) = match kind {
            'u' => ("quận", format!("People's Committee of {en} Urban District")),
            't' => ("thị xã", format!("People's Committee of {en} Town")),
            _ => ("huyện", format!("People's Committee of {en} Rural District")),
        };
        let name = Text { vi: format!("Ủy ban nhân dân {of} {vi}"), en: english };
        let (short, kind) = (vi.to_owned(), code(HUYEN));
        let entry = CatalogueUnit {
            unit: unit(id),
            name,
            short,
            code: id.to_owned(),
            kind,
            effective: None,
            succeeds: Vec::new(),
        };
        Unit { entry, index, survey: 0 }
    });
    let mut all: Vec<Unit> = departments.chain(districts).collect();
    for (kind, mean) in SURVEY_MEANS {
        survey_targets(&mut all, kind, mean);
    }
    all
}

/// Units that stand higher are judged better, less than in proportion, and not all alike; their mean is `mean`.
fn survey_targets(units: &mut [Unit], kind: &str, mean: i64) {
    let mut rng = super::prng::Rng::of(&format!("survey targets {kind}"));
    let mut block: Vec<&mut Unit> = units.iter_mut().filter(|u| u.kind().as_str() == kind).collect();
    let count = i64::try_from(block.len()).expect("a block is small");
    let index: i64 = block.iter().map(|u| u.index * 10).sum::<i64>() / count;
    for unit in &mut block {
        unit.survey = mean + (unit.index * 10 - index) * 2 / 5 + rng.between(-600, 600);
    }
    let over = block.iter().map(|u| u.survey).sum::<i64>() - mean * count;
    for unit in &mut block {
        unit.survey -= over / count;
    }
}

/// The catalogue document.
#[must_use]
pub fn catalogue(units: &[Unit]) -> Catalogue {
    Catalogue {
        title: text("Danh mục đơn vị được đánh giá năm 2022", "Units assessed in 2022"),
        basis: text(
            "Tên đơn vị và mã thống kê là thật (22 Sở, cơ quan tương đương Sở; 30 quận, huyện, thị xã năm 2022). \
             Mã đơn vị trong hệ thống, nhân sự và mọi số liệu gắn với đơn vị trong kỳ này, trừ các số đã công bố nêu \
             trong README, là minh họa.",
            "Names and statistical codes are real (22 departments and equivalents, 30 districts in 2022). Ids, people \
             and all figures tied to units in this round, except the published ones named in the README, are \
             illustrative.",
        ),
        units: units.iter().map(|u| u.entry.clone()).collect(),
    }
}
