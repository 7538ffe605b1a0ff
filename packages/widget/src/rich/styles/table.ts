/**
 * Tables of data and of marked-up text. A wide one scrolls; a shade at an edge says that it goes on
 * there: two shades stand still at the edges, two covers move with the content and lie over them at its ends.
 */
export const tableStyle = `
.wide{--_under:var(--_background);max-inline-size:100%;overflow-x:auto;scrollbar-width:thin;scrollbar-color:var(--_border) transparent;
background:linear-gradient(90deg,var(--_under) 40%,transparent) 0/36px 100% local,linear-gradient(270deg,var(--_under) 40%,transparent) 100%/36px 100% local,
radial-gradient(farthest-side at 0,color-mix(in srgb,var(--_text) 24%,transparent),transparent) 0/14px 100%,radial-gradient(farthest-side at 100%,color-mix(in srgb,var(--_text) 24%,transparent),transparent) 100%/14px 100%;background-repeat:no-repeat}
.prose>.wide{--_under:var(--_surface)}
.full .wide{--_under:var(--_background)}
[data-direction=out]:not(.full) .wide{--_under:var(--_accent)}
table{border-collapse:collapse;inline-size:100%;font-size:14px;line-height:1.4;text-align:start}
th{font-weight:500;color:var(--_muted);text-align:start;vertical-align:top}
td{vertical-align:top}
.pairs{table-layout:fixed}
.pairs .label{inline-size:38%}
.pairs>tbody>tr>:is(th,td){padding-block:6px;border-block-end:1px solid var(--_border);overflow-wrap:anywhere}
.pairs>tbody>tr>th{padding-inline-end:12px}
.pairs>tbody>tr:last-child>*,.pairs>tbody>.stacked>th{border-block-end:0}
.pairs>tbody>.stacked>th{padding-block-end:0;font-weight:600;color:var(--_text)}
.pairs>tbody>tr>.inset{padding-block:2px 8px;padding-inline-start:12px}
.grid{inline-size:max-content;min-inline-size:100%}
.grid :is(th,td){padding-block:6px;padding-inline:0 16px;border-block-end:1px solid var(--_border);max-inline-size:220px}
.grid :is(th,td):last-child{padding-inline-end:4px}
.grid th{font-size:12.5px;white-space:nowrap}
.grid .number{text-align:end;font-variant-numeric:tabular-nums}
.grid tbody tr:last-child>td{border-block-end:0}
.data{display:flex;flex-direction:column;gap:8px}
.raw summary{inline-size:fit-content;padding-block:4px;font-size:13px;color:var(--_muted);cursor:pointer;border-radius:4px}
.raw summary:hover{color:var(--_text)}
.raw pre{margin-block:4px 8px;max-block-size:240px}
.raw .faint{margin-inline-start:8px}
`
