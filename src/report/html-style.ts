// The look of HTML reports: light and dark as the reader's system is, and fit to print.

export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #5a6472; --edge: #d4d9e0; --page: #fff; --bar: #f3f5f8;
  --line0: #1f6feb; --line1: #c2410c; --line2: #15803d; --line3: #9333ea; --line4: #b45309; --line5: #0e7490;
  --failure: #b91c1c; --warning: #92600a; --good: #15803d; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --soft: #9aa5b4; --edge: #3a424e; --page: #14181e; --bar: #1e242c;
    --line0: #6ea8fe; --line1: #fb923c; --line2: #4ade80; --line3: #c084fc; --line4: #fbbf24; --line5: #22d3ee;
    --failure: #f87171; --warning: #fbbf24; --good: #4ade80; }
}
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 1320px; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h1 small { font-size: .9rem; font-weight: normal; color: var(--soft); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.failure strong, .bad { color: var(--failure); }
.warning strong, .unsure { color: var(--warning); }
.good { color: var(--good); }
caption { text-align: left; }
.note { color: var(--soft); margin: .2rem 0; }
.wide { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem; text-align: right; white-space: nowrap; }
th:first-child { text-align: left; font-weight: inherit; }
thead th, thead th:first-child { border-bottom: 2px solid var(--edge); font-weight: 600; }
tbody th[colspan] { background: var(--bar); font-weight: 600; }
tbody tr + tr { border-top: 1px solid var(--edge); }
th.part { padding-left: 2rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: .75rem; max-width: 1300px; }
svg { width: 100%; max-width: 480px; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
svg .title { fill: var(--text); font-weight: 600; }
.grid { stroke: var(--edge); stroke-width: .6; }
.axis { stroke: var(--soft); fill: none; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.area { opacity: .25; stroke: none; }
${Array.from({ length: 6 }, (_, index) => `.line.line${index} { stroke: var(--line${index}); } .area.line${index}, svg .legend.line${index} { fill: var(--line${index}); }`).join("\n")}
@media print {
  :root { color-scheme: light; --text: #000; --soft: #444; --edge: #bbb; --page: #fff; --bar: #eee; --line0: #1f6feb;
    --line1: #c2410c; --line2: #15803d; --line3: #9333ea; --line4: #b45309; --line5: #0e7490; }
  body { max-width: none; padding: 0; font-size: 11px; }
  .wide { overflow: visible; }
  section, tr { break-inside: avoid; }
}
`;
