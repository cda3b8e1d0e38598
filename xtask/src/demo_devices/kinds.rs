//! What the demo has of each kind, and the streets and stations that are named.

/// Which communes get a device of a kind.
#[derive(Clone, Copy)]
pub(super) enum Spread {
    /// Those nearest to the centre first.
    Inner,
    /// Spread evenly over the whole city.
    Even,
}

/// One kind of device in the demo.
pub(super) struct Kind {
    pub(super) profile: &'static str,
    pub(super) count: usize,
    pub(super) spread: Spread,
    pub(super) vi: &'static str,
    pub(super) en: &'static str,
    pub(super) org: &'static str,
    /// From this one on (counted from 0) they stand at the black spots.
    pub(super) named_from: Option<usize>,
    /// Gateways speak for them: word in their ids, how many connect themselves, children of each gateway.
    pub(super) gateways: Option<(&'static str, usize, usize)>,
}

/// The kinds and their numbers; rivers, pumps and gateways come beside them.
pub(super) const KINDS: [Kind; 7] = [
    Kind {
        profile: "flood-gauge",
        count: 120,
        spread: Spread::Inner,
        vi: "Điểm ngập mẫu",
        en: "Sample flood gauge",
        org: "so-xay-dung",
        named_from: Some(40),
        gateways: None,
    },
    Kind {
        profile: "rain-gauge",
        count: 126,
        spread: Spread::Even,
        vi: "Trạm mưa mẫu",
        en: "Sample rain gauge",
        org: "so-nong-nghiep-moi-truong",
        named_from: None,
        gateways: None,
    },
    Kind {
        profile: "air-station",
        count: 60,
        spread: Spread::Even,
        vi: "Trạm không khí mẫu",
        en: "Sample air station",
        org: "so-nong-nghiep-moi-truong",
        named_from: None,
        gateways: None,
    },
    Kind {
        profile: "traffic-counter",
        count: 320,
        spread: Spread::Inner,
        vi: "Đếm xe mẫu",
        en: "Sample traffic counter",
        org: "cong-an-thanh-pho",
        named_from: None,
        gateways: None,
    },
    Kind {
        profile: "street-light",
        count: 640,
        spread: Spread::Inner,
        vi: "Tủ đèn mẫu",
        en: "Sample street light",
        org: "so-xay-dung",
        named_from: None,
        gateways: Some(("light", 40, 30)),
    },
    Kind {
        profile: "power-meter",
        count: 620,
        spread: Spread::Even,
        vi: "Công tơ mẫu",
        en: "Sample power meter",
        org: "so-cong-thuong",
        named_from: None,
        gateways: Some(("power", 20, 50)),
    },
    Kind {
        profile: "ambulance",
        count: 40,
        spread: Spread::Inner,
        vi: "Xe cấp cứu mẫu",
        en: "Sample ambulance",
        org: "so-y-te",
        named_from: None,
        gateways: None,
    },
];

/// Streets that the press names when the city is flooded: name and an approximate place.
pub(super) const BLACK_SPOTS: [(&str, f64, f64); 28] = [
    ("Phan Bội Châu – Lý Thường Kiệt", 105.8425, 21.0253),
    ("Tông Đản", 105.8573, 21.0270),
    ("Phùng Hưng – Bát Đàn", 105.8458, 21.0337),
    ("Đường Thành – Nhà Hỏa", 105.8468, 21.0330),
    ("Nguyễn Khuyến", 105.8390, 21.0277),
    ("Cao Bá Quát", 105.8400, 21.0310),
    ("Thụy Khuê – dốc La Pho", 105.8300, 21.0425),
    ("Đội Cấn", 105.8210, 21.0368),
    ("Huỳnh Thúc Kháng", 105.8110, 21.0175),
    ("Thái Hà", 105.8205, 21.0135),
    ("Trường Chinh – Tôn Thất Tùng", 105.8290, 21.0020),
    ("Minh Khai – chân cầu Vĩnh Tuy", 105.8715, 20.9985),
    ("Tân Mai", 105.8495, 20.9830),
    ("Hoa Bằng", 105.7945, 21.0265),
    ("Trần Bình", 105.7790, 21.0340),
    ("Phạm Hùng", 105.7835, 21.0165),
    ("Dương Đình Nghệ", 105.7860, 21.0205),
    ("Đỗ Đức Dục – Miếu Đầm", 105.7830, 21.0085),
    ("Resco – Cổ Nhuế", 105.7830, 21.0640),
    ("Phú Xá", 105.8105, 21.0850),
    ("Nguyễn Trãi – Thanh Xuân", 105.8060, 20.9965),
    ("Quan Nhân", 105.8110, 21.0035),
    ("Vũ Trọng Phụng", 105.8085, 21.0010),
    ("Triều Khúc", 105.7985, 20.9830),
    ("Đại lộ Thăng Long – hầm chui số 5", 105.7400, 21.0000),
    ("Bến xe Yên Nghĩa", 105.7465, 20.9500),
    ("Tô Hiệu – Hà Đông", 105.7740, 20.9640),
    ("Ngọc Lâm", 105.8700, 21.0440),
];

/// Pump stations that the press names: id, name and an approximate place.
pub(super) const STATIONS: [(&str, &str, f64, f64); 4] = [
    ("yen-so", "Yên Sở", 105.8600, 20.9600),
    ("co-nhue", "Cổ Nhuế", 105.7800, 21.0600),
    ("dong-bong-1", "Đồng Bông 1", 105.7830, 21.0150),
    ("dong-bong-2", "Đồng Bông 2", 105.7840, 21.0140),
];
