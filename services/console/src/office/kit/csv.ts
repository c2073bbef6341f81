// A CSV file as Excel and WPS open it: UTF-8 with a byte order mark, RFC 4180.

/** The text of a file. A cell that a spreadsheet would take for a formula, or would round as a number, begins with a tab. */
export function csvOf(rows: string[][]): string {
  return `\uFEFF${rows.map((row) => row.map(cellOf).join(",")).join("\r\n")}\r\n`;
}

function cellOf(text: string): string {
  // Spreadsheets keep 15 digits of a number and drop zeros before it.
  const safe = /^[=+\-@\t\r]/.test(text) || /^(0\d+|\d{12,})[\dX]?$/.test(text) ? `\t${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
