/** Style of a card: a page that reads as a memo, in the light and in the dark, on a screen and on paper. */
export const cardStyle = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1d1d1f; --soft: #5d5d63; --line: #dcdce0; --tint: #f5f5f7;
  --good: #14693c; --caution: #8a5200; --bad: #a3201b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181a; --ink: #ececee; --soft: #a8a8b0; --line: #3a3b40; --tint: #222327;
    --good: #6fcf97; --caution: #f2b04c; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
}
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.5rem; font-size: 1rem; line-height: 1.3; border-bottom: 1px solid var(--line); padding-bottom: 0.2rem; }
p { margin: 0 0 0.5rem; max-width: 44rem; }
.source { margin: 0.25rem 0 1rem; color: var(--soft); overflow-wrap: anywhere; }
.verdict { margin: 0 0 1.5rem; padding: 0.7rem 1rem; border-left: 0.3rem solid var(--level); background: var(--tint); }
.verdict p { margin: 0; max-width: none; font-size: 1.05rem; }
.verdict strong { color: var(--level); }
.level-good { --level: var(--good); } .level-caution { --level: var(--caution); } .level-bad { --level: var(--bad); }
.card { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.5rem 2rem; align-items: start; }
section { min-width: 0; }
.wide { grid-column: 1 / -1; } #data { grid-row: span 2; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
th, td { padding: 0.22rem 0.9rem 0.22rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
th { text-align: left; font-weight: 600; } thead th { color: var(--soft); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; }
tr > :last-child { padding-right: 0; }
.right { text-align: right; } td.right { white-space: nowrap; }
td.words, td.left { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.15rem 0.9rem; margin: 0 0 0.75rem; font-size: 0.875rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.formula { margin: 0 0 0.6rem; font: 1.15rem/1.6 "Cambria Math", "STIX Two Text", Cambria, Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }
.formula sup, .formula sub { font-size: 0.72em; line-height: 0; }
.fraction { display: inline-flex; flex-direction: column; vertical-align: middle; text-align: center; line-height: 1.25; margin: 0 0.15em; }
.fraction > :first-child { border-bottom: 1px solid currentColor; padding: 0 0.2em; }
.fraction > :last-child { padding: 0.1em 0.2em 0; }
.slash { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.8125rem; }
code { overflow-wrap: anywhere; }
pre { margin: 0 0 0.75rem; padding: 0.6rem 0.8rem; background: var(--tint); white-space: pre-wrap; overflow-wrap: anywhere; }
ul.warnings { list-style: none; margin: 0; padding: 0; }
ul.warnings li { margin: 0 0 0.6rem; padding-left: 0.7rem; border-left: 0.2rem solid var(--level); }
ul.warnings p { margin: 0; } .remedy { color: var(--soft); }
.warning-error { --level: var(--bad); } .warning-warning { --level: var(--caution); } .warning-info { --level: var(--line); }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem 2rem; }
figure { margin: 0; } figure svg { display: block; width: 100%; height: auto; background: #fff; border-radius: 0.3rem; }
figcaption { margin-top: 0.35rem; color: var(--soft); font-size: 0.8125rem; line-height: 1.4; }
.missing { color: var(--caution); font-weight: 600; }
sup, sub { line-height: 0; }
@media screen and (max-width: 48rem) {
  .card, .figures { grid-template-columns: minmax(0, 1fr); } #data { grid-row: auto; }
}
@media print {
  @page { size: A4; margin: 9mm 12mm; }
  :root {
    color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --tint: #f3f3f5;
    --good: #14693c; --caution: #8a5200; --bad: #a3201b;
  }
  body { padding: 0; max-width: none; font-size: 7.3pt; line-height: 1.32; }
  h1 { font-size: 13pt; } h2 { font-size: 8.6pt; margin-bottom: 2pt; padding-bottom: 1pt; break-after: avoid; }
  p { max-width: none; margin-bottom: 2pt; }
  table, dl { font-size: 6.8pt; } dl { margin-bottom: 3pt; gap: 0.5pt 6pt; } caption { padding-bottom: 1pt; }
  th, td { padding-top: 0.5pt; padding-bottom: 0.5pt; padding-right: 6pt; }
  code, pre { font-size: 6.3pt; } td.words code { font-size: 5.8pt; } pre { padding: 3pt 5pt; margin-bottom: 3pt; }
  .source { margin: 1pt 0 4pt; } .verdict { margin-bottom: 6pt; padding: 4pt 7pt; } .verdict p { font-size: 8.6pt; }
  .formula { font-size: 9.5pt; line-height: 1.4; margin-bottom: 2pt; }
  .card, .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 5pt 12pt; }
  figcaption { font-size: 6.4pt; line-height: 1.25; margin-top: 1pt; } .figures { row-gap: 3pt; } figure, tr, li, .verdict { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
