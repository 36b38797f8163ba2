//! The page's HTML, in which all texts are escaped.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::tables::{Choice, Listing, Shown};
use super::{Contents, KeyLine, Picture, Share};
use crate::results::Finding;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The script's hash, by which browsers know it; the test that compares it says what it should be.
const SCRIPT_HASH: &str = "sha256-XcQwoPrFC9L9hWj6pGTzmPRkzf2GJ1CKZ3h1D+Aos0w=";

/// What the page may do: show what is in it, and run this script alone. The colours of rows are in attributes.
fn policy() -> String {
    format!(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '{SCRIPT_HASH}'; \
         form-action 'none'; base-uri 'none'"
    )
}

/// The whole page.
pub(super) fn rendered(contents: &Contents) -> String {
    let Contents { title, name, runs, groups, group_is, pictures, listings, .. } = contents;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(policy());
                title { (title) " – xorsweep" }
                style { (PreEscaped(STYLE)) (PreEscaped(colors(&contents.outcomes))) }
            }
            body {
                header {
                    p.kind { "xorsweep report" }
                    h1 { (title) }
                    p.size {
                        @if title != name { (name) ", " }
                        (runs) " runs in " (groups) " " (group_is)
                    }
                    nav aria-label="On this page" {
                        a href="#found" { "Findings" }
                        @if !pictures.is_empty() { a href="#pictures" { "Pictures" } }
                        @for listing in listings { a href={ "#" (listing.name) } { (listing.title) } }
                        a href="#spec" { "Spec" }
                    }
                }
                main {
                    (found(contents))
                    @if !pictures.is_empty() {
                        section id="pictures" {
                            h2 { "Pictures" }
                            @for picture in pictures { (figure(picture)) }
                        }
                    }
                    @for listing in listings { (table(listing)) }
                    (spec(contents))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// The outcomes' colours, as the page's style names them: on a light page, and on a dark one.
fn colors(outcomes: &[Share]) -> String {
    let all = |which: fn(&Share) -> &str| {
        let colors = outcomes.iter().map(|outcome| format!("--{}:{};", outcome.column, which(outcome)));
        colors.collect::<String>()
    };
    let (light, dark) = (all(|outcome| &outcome.color), all(|outcome| &outcome.dark_color));
    format!(
        ":root{{{light}}}\n@media (prefers-color-scheme: dark){{:root{{{dark}}}}}\n@media print{{:root{{{light}}}}}\n"
    )
}

fn found(contents: &Contents) -> Markup {
    let Contents { missing, findings, runs, total, outcomes, solved, .. } = contents;
    html! {
        section id="found" {
            h2 { "What was found" }
            @if !missing.is_empty() {
                ul.missing { @for sentence in missing { li { (sentence) } } }
            }
            div.cards {
                @for finding in findings { (card(finding)) }
                div.card {
                    p { "What became of all " (runs) " runs:" }
                    div.bar role="img" aria-label=[total.full.as_deref()] style=[total.style.as_deref()] {}
                    table.outcomes {
                        tbody {
                            @for outcome in outcomes { (share(outcome, true)) }
                            @if let Some(solved) = solved { (share(solved, false)) }
                        }
                    }
                }
            }
        }
    }
}

fn card(finding: &Finding) -> Markup {
    html! {
        @if finding.items.is_empty() {
            div.card { p { (finding.says) "." } }
        } @else {
            div."card list" {
                p { (finding.says) ":" }
                ul {
                    @for (of, share) in &finding.items {
                        li { span { (breakable(of)) } " " span.share { (share) } }
                    }
                }
            }
        }
    }
}

fn share(share: &Share, is_outcome: bool) -> Markup {
    html! {
        tr.none[share.runs == "0"].solved[!is_outcome] {
            th scope="row" {
                @if is_outcome { span.swatch style={ "--dot:var(--" (share.column) ")" } {} }
                (share.label)
            }
            td { (share.runs) }
            td { (share.percent) }
            td.about { (share.about) }
        }
    }
}

fn figure(picture: &Picture) -> Markup {
    let Picture { name, title, about, alt, svg, png, width, height } = picture;
    html! {
        figure id=(name) style={ "--width:" (width) "px" } {
            figcaption { h3 { (title) } p { (about) } }
            div.sheet tabindex="0" role="region" aria-label=(title) {
                @if let Some(svg) = svg { (PreEscaped(svg)) }
                @if let Some(png) = png {
                    img width=(width) height=(height) alt=(alt) src={ "data:image/png;base64," (png) };
                }
            }
        }
    }
}

fn table(listing: &Listing) -> Markup {
    html! {
        section.listing id=(listing.name) {
            h2 { (listing.title) }
            p.note { (listing.note) " The colours are those of the outcomes above." }
            form.tools hidden {
                label.text {
                    span { "Filter" } " "
                    input type="search" placeholder="words or numbers" autocomplete="off" spellcheck="false";
                }
                @for choice in &listing.choices { (select(choice)) }
                button type="reset" { "Reset" }
                button.copy type="button" { "Copy as TSV" }
                output data-one=(listing.row_is[0]) data-some=(listing.row_is[1]) {}
            }
            div.box tabindex="0" role="region" aria-label=(listing.title) {
                table.data {
                    thead {
                        tr {
                            @for column in &listing.columns {
                                th scope="col" data-kind=(column.kind) data-name=(column.name) title=(column.about) {
                                    // It may be broken there.
                                    (column.name.replace('_', "_\u{200b}"))
                                }
                            }
                        }
                    }
                    tbody { @for row in &listing.rows { tr { @for cell in row { (shown(cell)) } } "\n" } }
                }
            }
            details {
                summary { "What the columns say" }
                dl {
                    @for column in &listing.columns { div { dt { (column.name) } dd { (column.about) } } }
                }
            }
        }
    }
}

fn select(choice: &Choice) -> Markup {
    html! {
        label {
            span { (choice.label) } " "
            select data-column=[choice.column] {
                option value="" { "all" }
                @for (value, says) in &choice.options { option value=(value) { (says) } }
            }
        }
    }
}

fn shown(cell: &Shown) -> Markup {
    let class = (!cell.class.is_empty()).then_some(cell.class);
    html! {
        td class=[class] title=[cell.full.as_deref()] style=[cell.style.as_deref()] {
            @if cell.class.starts_with("word") { (breakable(&cell.text)) } @else { (cell.text) }
        }
    }
}

fn spec(contents: &Contents) -> Markup {
    html! {
        section id="spec" {
            h2 { "Spec" }
            div."box whole" {
                table.keys {
                    thead {
                        tr { th scope="col" { "key" } th scope="col" { "value" } th scope="col" { "meaning" } }
                    }
                    tbody {
                        @for KeyLine { name, value, about } in &contents.keys {
                            tr { th scope="row" { (name) } td { (breakable(value)) } td { (about) } }
                        }
                    }
                }
            }
            details.toml {
                summary { "As a file, to run it again" }
                @if contents.spec_is_cut {
                    p.missing { "It is longer than what is shown here: take sweep.toml." }
                }
                p.tools { button.copy type="button" hidden { "Copy" } " " output {} }
                // What is in it begins on its first line.
                pre { code { (contents.spec) } }
            }
        }
    }
}

/// A text that may be broken before the terms of a sum.
fn breakable(text: &str) -> Markup {
    let mut terms = text.split('+');
    let first = terms.next().unwrap_or_default();
    html! { (first) @for term in terms { wbr; "+" (term) } }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::kernel::outcome::Outcome;
    use crate::picture::{Rgb, color};

    #[test]
    fn the_policy_knows_the_script() {
        let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(SCRIPT)));
        assert_eq!(SCRIPT_HASH, hash, "SCRIPT_HASH is of another script");
    }

    /// How bright a colour is, 0 to 1, as the Web Content Accessibility Guidelines 2.2 define relative luminance.
    fn luminance(color: Rgb) -> f64 {
        let linear = color.map(|value| {
            let part = f64::from(value) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let [one, other] = [luminance(one), luminance(other)];
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The value that the style gives a colour: on a light page, on a dark one.
    fn of_style(name: &str) -> [Rgb; 2] {
        let key = format!("--{name}: #");
        let mut values = STYLE.split(&key).skip(1).map(|rest| {
            let value = u32::from_str_radix(&rest[..6], 16).unwrap();
            [(value >> 16) as u8, (value >> 8) as u8, value as u8]
        });
        [(); 2].map(|()| values.next().unwrap())
    }

    #[test]
    fn colours_can_be_told_from_the_page() {
        for (place, of) in [(0, color::of as fn(Outcome) -> Rgb), (1, color::on_dark)] {
            let [card, stripe, ring] = ["card", "stripe", "ring"].map(|name| of_style(name)[place]);
            for ground in [card, stripe] {
                // A ring is around each colour, since the brightest ones are hardly seen on white.
                assert!(contrast(ring, ground) >= 3.0, "ring: {}", contrast(ring, ground));
                for name in ["ink", "faint", "accent"] {
                    let text = of_style(name)[place];
                    assert!(contrast(text, ground) >= 4.5, "{name}: {}", contrast(text, ground));
                }
            }
            for outcome in color::ALL.into_iter().filter(|_| place == 1) {
                let found = contrast(of(outcome), card);
                assert!(found >= 3.0, "{outcome:?} on dark: {found}");
            }
        }
    }

    #[test]
    fn sums_are_broken_between_their_terms_and_escaped() {
        assert_eq!(breakable("a+<b>+").into_string(), "a<wbr>+&lt;b&gt;<wbr>+");
        assert_eq!(breakable("").into_string(), "");
    }
}
