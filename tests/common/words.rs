//! The words of a command, as documents and help show it.

/// As a shell splits them: at spaces outside double quotes.
pub fn words(command: &str) -> Vec<String> {
    let mut is_quoted = false;
    let pieces = command.split(|letter| {
        is_quoted ^= letter == '"';
        letter == ' ' && !is_quoted
    });
    pieces.map(|word| word.replace('"', "")).collect()
}
