"""Checks the page that `xorsweep report` makes in a browser, and takes pictures of it to look at.

Needs Chromium (Debian: apt-get install chromium) and Playwright for Python (pip install playwright, in a virtual
environment; its own browsers are not needed). Run by hand, for it is no part of `cargo test`:

    cargo run --release
    cargo run --release -- report results/first-look
    python tests/browser/report.py results/first-look/report.html --pictures /tmp/pictures

It fails with a message if the page reports an error, asks for anything from a network, is wider than a phone, or does
not sort, filter or copy.
"""

import argparse
import math
import shutil
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

SIZES = {"desktop": (1400, 900), "phone": (390, 844)}


def number(text: str) -> float:
    """What a cell says; nan if it is empty."""
    return float(text) if text else math.nan


def column(page: Page, section: str, name: str) -> list[str]:
    """All digits of the cells of a column, of the rows that are shown."""
    return page.evaluate(
        """([section, name]) => {
            const heads = [...document.querySelectorAll(`#${section} thead th`)];
            const place = heads.findIndex(head => head.dataset.name === name);
            const rows = [...document.querySelectorAll(`#${section} .data tbody tr`)].filter(row => !row.hidden);
            return rows.map(row => row.cells[place].title || row.cells[place].textContent);
        }""",
        [section, name],
    )


def check_sorting(page: Page) -> None:
    head = page.locator("#groups thead th[data-name=converged_at_median]")
    as_written = column(page, "groups", "converged_at_median")
    for direction, is_down in [("ascending", False), ("descending", True)]:
        head.locator("button").click()
        expect(head).to_have_attribute("aria-sort", direction)
        values = [number(text) for text in column(page, "groups", "converged_at_median")]
        filled = [value for value in values if not math.isnan(value)]
        assert filled == sorted(filled, reverse=is_down), values
        assert all(math.isnan(value) for value in values[len(filled) :]), "empty cells come last"
    # By the keyboard, back to the order of the table.
    head.locator("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "none")
    assert column(page, "groups", "converged_at_median") == as_written
    # Rows that are equal keep their order: by init within each learning rate.
    page.locator("#groups thead th[data-name=init] button").click()
    page.locator("#groups thead th[data-name=alpha] button").press("Space")
    pairs = list(zip(map(number, column(page, "groups", "alpha")), column(page, "groups", "init")))
    rates = [rate for rate, _ in pairs]
    assert rates == sorted(rates)
    page.locator("#groups thead th[data-name=init] button").click()
    names = column(page, "groups", "init")
    page.locator("#groups thead th[data-name=momentum] button").click()
    assert column(page, "groups", "init") == names, "all momenta are equal"


def check_filters(page: Page) -> None:
    groups = page.locator("#groups")
    told = groups.locator("output")
    count = len(column(page, "groups", "init"))
    groups.locator("input").fill("NORMAL(1)")
    left = column(page, "groups", "init")
    assert 0 < len(left) < count and set(left) == {"normal(1)"}, left
    expect(told).to_have_text(f"{len(left)} of {count} groups")
    groups.locator("button[type=reset]").click()
    expect(told).to_have_text(f"{count} of {count} groups")
    groups.locator("select[data-column=init]").select_option("uniform(0,1)")
    assert set(column(page, "groups", "init")) == {"uniform(0,1)"}
    groups.locator("select:not([data-column])").select_option("diverged")
    assert all(int(text) > 0 for text in column(page, "groups", "diverged"))
    groups.locator("button[type=reset]").click()
    groups.locator("input").fill("no such words")
    expect(told).to_have_text(f"0 of {count} groups")
    groups.locator("button[type=reset]").click()
    if page.locator("#runs").count():
        page.locator("#runs select[data-column=outcome]").select_option("plateau")
        assert set(column(page, "runs", "outcome")) == {"plateau"}
        page.locator("#runs button[type=reset]").click()


def check_copying(page: Page) -> None:
    groups = page.locator("#groups")
    groups.locator("input").fill("glorot" if "glorot" in column(page, "groups", "init") else "normal(1)")
    groups.locator(".copy").click()
    shown = column(page, "groups", "alpha")
    expect(groups.locator("output")).to_have_text(f"Copied {len(shown)} rows")
    head, *rows = page.evaluate("navigator.clipboard.readText()").rstrip("\n").split("\n")
    names = head.split("\t")
    assert "outcomes" not in names and names[:3] == ["init", "momentum", "alpha"]
    for name in ["alpha", "converged_low", "error_peak_median"]:
        copied = [row.split("\t")[names.index(name)] for row in rows]
        assert copied == column(page, "groups", name), name
    groups.locator("button[type=reset]").click()
    page.locator("#spec summary").click()
    # Also where the browser does not let a page write to the clipboard by itself.
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.locator("#spec .copy").click()
    expect(page.locator("#spec output")).to_have_text("Copied")
    assert "alpha" in page.evaluate("navigator.clipboard.readText()")
    page.locator("#spec summary").click()


def check_layout(page: Page) -> None:
    """Nothing but what scrolls in a box of its own is wider than the window."""
    width, scrolled = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    assert scrolled <= width, f"the page is {scrolled} wide in a window of {width}"
    wide = page.evaluate(
        """() => [...document.querySelectorAll("figcaption, .card, .missing, .keys")]
            .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent.slice(0, 60))"""
    )
    assert not wide, f"texts run out of their cards: {wide}"


def check_shares(page: Page) -> None:
    """What is looked for first is seen without scrolling, in a window for a desk."""
    page.locator("#groups").scroll_into_view_if_needed()
    box = page.locator("#groups .box").bounding_box()
    for name in ["converged_share", "solved_share"]:
        head = page.locator(f"#groups thead th[data-name={name}]").bounding_box()
        assert head["x"] + head["width"] <= box["x"] + box["width"], f"{name} is off the screen"


def take_pictures(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png")
    page.screenshot(path=folder / f"{name}-whole.png", full_page=True)
    for section in ["found", "pictures", "groups", "runs", "spec"]:
        part = page.locator(f"#{section}")
        if part.count():
            part.scroll_into_view_if_needed()
            part.screenshot(path=folder / f"{name}-{section}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="the page of the built-in sweep")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of the page")
    parser.add_argument("--only-look", action="store_true", help="a page of any sweep: check errors and layout alone")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser")
    arguments = parser.parse_args()
    address = arguments.page.resolve().as_uri()
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"])
        for size, (width, height) in SIZES.items():
            for scheme in ["light", "dark"]:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    device_scale_factor=2 if size == "phone" else 1,
                    has_touch=size == "phone",
                    is_mobile=size == "phone",
                    permissions=["clipboard-read", "clipboard-write"],
                )
                page = context.new_page()
                errors, requests = [], []
                page.on("console", lambda message: errors.append(message.text))
                page.on("pageerror", lambda error: errors.append(str(error)))
                page.on("request", lambda request: requests.append(request.url))
                page.goto(address)
                check_layout(page)
                if size == "desktop":
                    check_shares(page)
                if arguments.pictures:
                    take_pictures(page, arguments.pictures, f"{size}-{scheme}")
                if not arguments.only_look:
                    check_sorting(page)
                    check_filters(page)
                    check_copying(page)
                assert not errors, errors
                foreign = [url[:100] for url in requests if url != address and not url.startswith("data:")]
                assert not foreign, foreign
                context.close()
                print(f"{size}, {scheme}: fine")
        if arguments.pictures:
            page = browser.new_page()
            page.goto(address)
            page.pdf(path=arguments.pictures / "print.pdf", format="A4")
        browser.close()


if __name__ == "__main__":
    main()
