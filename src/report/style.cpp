#include "report/style.h"

namespace capmin {

std::string_view report_style() {
  return R"css(
:root {
  --page: #f6f7f9; --card: #ffffff; --text: #1a2029; --quiet: #55606e; --rule: #dfe3e8;
  --code: #f0f2f5; --link: #0b57a4; --band: #eaf1fa; --hollow: #c3cad3;
  --pass: #17795a; --fail: #b93815; --undecided: #6b7480;
  --low: #e8eef5; --low-text: #36506e; --medium: #fdf0d2; --medium-text: #7a4a00;
  --high: #fbe0db; --high-text: #96230b;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --text: #e5e9ee; --quiet: #9eaab8; --rule: #2b333d;
    --code: #212832; --link: #7db8f5; --band: #1d2a3a; --hollow: #465160;
    --pass: #4cc79a; --fail: #ff8f6b; --undecided: #97a2af;
    --low: #22303f; --low-text: #b4cbe4; --medium: #3b2d0e; --medium-text: #f5cd7c;
    --high: #43201a; --high-text: #ffb3a1;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 58rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; font-weight: 650; }
p, ul, ol, dl, table, figure, pre { margin: 0; }
a { color: var(--link); }
code, pre, .cap { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .875em; background: var(--code); border-radius: 4px; padding: .1em .35em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.kicker { color: var(--quiet); font-size: .8125rem; letter-spacing: .06em; text-transform: uppercase; }
.image { font-size: 1.9rem; letter-spacing: -.015em; margin: .15rem 0 .5rem; }
.verdict { font-size: 1.2rem; line-height: 1.45; }
.set { display: flex; flex-wrap: wrap; gap: .45rem; align-items: center; list-style: none; padding: 0;
  margin: .9rem 0; }
.set li { border: 1px solid var(--rule); background: var(--card); border-radius: 8px;
  padding: .3rem .7rem; }
.set .under { border-style: dashed; }
.set .under .cap { color: var(--quiet); }
.set .under .cap + span { color: var(--quiet); font-size: .8125rem; margin-left: .45rem; }
.guarantee { color: var(--quiet); margin-top: .4rem; max-width: 44rem; }
.quiet { color: var(--quiet); }
.small { font-size: .875rem; }
nav + article { margin-top: 3.5rem; }
article + article { margin-top: 4rem; padding-top: 3rem; border-top: 3px solid var(--rule); }
section { margin-top: 2.75rem; }
section > .title { font-size: 1.25rem; margin-bottom: .9rem; }
.lead { color: var(--quiet); margin: -.5rem 0 1rem; max-width: 44rem; }
.facts { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 1px;
  background: var(--rule); border: 1px solid var(--rule); border-radius: 10px; overflow: hidden;
  margin-top: 1.6rem; }
.facts div { background: var(--card); padding: .8rem 1rem; }
.facts dt { color: var(--quiet); font-size: .8125rem; }
.facts dd { margin: .1rem 0 0; font-size: 1.125rem; font-weight: 600; }
.facts dd span { display: block; font-size: .8125rem; font-weight: 400; color: var(--quiet); }
.change { display: flex; flex-wrap: wrap; gap: .3rem .6rem; margin-top: .6rem; }
.chips { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.chips li { border: 1px solid var(--rule); background: var(--card); border-radius: 6px;
  padding: .12rem .5rem; font-size: .8125rem; }
.cap { font-size: .95em; }
.badge { display: inline-block; border-radius: 999px; padding: .1rem .6rem; font-size: .78rem;
  font-weight: 600; white-space: nowrap; }
.badge.low { background: var(--low); color: var(--low-text); }
.badge.medium { background: var(--medium); color: var(--medium-text); }
.badge.high { background: var(--high); color: var(--high-text); }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 1.1rem 1.25rem; }
.card + .card { margin-top: .9rem; }
.card > header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .7rem; }
.card > header .title { font-size: 1.05rem; }
.condition { color: var(--quiet); font-size: .9rem; margin-top: .25rem; }
.rows { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .5rem 1rem;
  margin-top: .8rem; font-size: .9375rem; }
.rows dt { color: var(--quiet); }
.rows dd { margin: 0; min-width: 0; }
.rows dd ul { padding-left: 1.1rem; }
.line { display: block; font-size: .8438rem; padding: .35rem .55rem; margin-bottom: .3rem; }
.list { padding-left: 1.2rem; max-width: 48rem; }
.list li + li { margin-top: .35rem; }
figure { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 1.1rem 1.25rem; }
figcaption { margin-top: .8rem; color: var(--quiet); font-size: .875rem; }
.scroll { overflow-x: auto; }
.trials { display: block; height: auto; max-width: 100%; font-family: inherit; }
.trials text { fill: var(--text); font-size: 11px; }
.trials .head { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: 10.5px; }
.trials .head.other, .trials .number { fill: var(--quiet); }
.trials .number, .trials .times { font-variant-numeric: tabular-nums; }
.trials .group { font-weight: 650; font-size: 12px; }
.trials .band { fill: var(--band); }
.trials .rule { stroke: var(--rule); }
.trials .hollow { fill: none; stroke: var(--hollow); }
.trials .without { fill: none; stroke: var(--fail); stroke-width: 1.4; }
.trials .fill.pass { fill: var(--pass); }
.trials .fill.fail { fill: var(--fail); }
.trials .fill.undecided { fill: var(--undecided); }
.trials .mark { fill: none; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.trials .mark.pass { stroke: var(--pass); }
.trials .mark.fail { stroke: var(--fail); }
.trials .mark.undecided { stroke: var(--undecided); }
details { margin-top: .9rem; }
summary { cursor: pointer; color: var(--link); font-size: .9rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .9rem 0 .3rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0;
  border-bottom: 1px solid var(--rule); }
thead th { color: var(--quiet); font-weight: 600; font-size: .8125rem; white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
.facts-table tbody th { color: var(--quiet); font-weight: 400; width: 9.5rem; }
tr:last-child > * { border-bottom: 0; }
pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; font-size: .875rem;
  white-space: pre-wrap; }
.card .scroll { margin-top: .8rem; }
.riskier { border-left: 4px solid var(--fail); }
footer { margin-top: 3.5rem; color: var(--quiet); font-size: .8125rem;
  border-top: 1px solid var(--rule); padding-top: 1rem; }
@media (max-width: 50rem) {
  .facts { grid-template-columns: repeat(3, minmax(0, 1fr)); }
}
@media (max-width: 36rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .image { font-size: 1.5rem; }
  .verdict { font-size: 1.0625rem; }
  section { margin-top: 2.1rem; }
  .facts { grid-template-columns: 1fr 1fr; }
  .facts div { padding: .65rem .8rem; }
  .rows { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
  .rows dd { margin-bottom: .6rem; }
  .rows dd:last-child { margin-bottom: 0; }
  .card, figure { padding: .9rem; }
  .wide .trials { max-width: none; }
  .facts-table tbody th, .facts-table td { display: block; width: auto; padding-right: 0; }
  .facts-table tbody th { border-bottom: 0; padding-bottom: 0; font-size: .8125rem; }
  .facts-table td { padding-top: 0; }
  tbody th { white-space: normal; }
}
@media print {
  @page { margin: 16mm 15mm; }
  :root { --page: #ffffff; }
  body { font-size: 9.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .image { font-size: 1.6rem; }
  .card, figure { padding: .7rem 1rem; }
  .facts { margin-top: 1rem; }
  .facts div { padding: .5rem .7rem; }
  .facts dd { font-size: 1rem; }
  .rows { gap: .25rem 1rem; }
  .trials { max-height: 230mm; width: auto; }
  section { margin-top: 1.6rem; }
  .card, figure, tr, .facts, .chips, li, pre { break-inside: avoid; }
  h2, h3, h4, .title, .lead { break-after: avoid; }
  .scroll { overflow: visible; }
  details:not([open]) { display: none; }
  article + article { break-before: page; border-top: 0; margin-top: 0; padding-top: 0; }
  a { color: inherit; text-decoration: none; }
}
)css";
}

}  // namespace capmin
