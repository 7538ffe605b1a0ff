/**
 * Cards: one below the other, or side by side with a track that stops at each. An empty marker instead of none: without
 * one, Safari no longer takes a list for a list.
 */
export const cardsStyle = `
.things,.track{list-style-type:"";padding:0}
.things{gap:0}
.things>li{padding-block:12px}
.things>li+li{border-block-start:1px solid var(--_border)}
.things>li:first-child{padding-block-start:2px}
.things>li:last-child{padding-block-end:2px}
.thing{display:flex;gap:12px;min-inline-size:0}
.thing-body{flex:1;min-inline-size:0;display:flex;flex-direction:column;gap:4px}
.thing-head{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:4px 10px}
.things .thing-head{flex-wrap:nowrap;align-items:flex-start}
.thing-title{flex:1 1 auto;font-weight:650;overflow-wrap:anywhere;unicode-bidi:plaintext}
.thing .prose{color:var(--_muted);font-size:14px}
.thing-image{flex:none;inline-size:56px;block-size:56px;border-radius:10px;object-fit:cover;background:var(--_surface)}
p.thing-image{padding:6px;overflow:hidden;font-size:11px}
.badge{display:inline-flex;align-items:center;gap:4px;padding:1px 9px;border:1px solid transparent;border-radius:11px;background:var(--_surface);color:var(--_text);font-size:12.5px;font-weight:600;line-height:1.5;max-inline-size:100%}
.things .badge{flex:none;max-inline-size:50%}
.badge .icon{inline-size:13px;block-size:13px;stroke-width:2.4}
.badge[data-tone=good]{background:var(--_tint);color:var(--_accent)}
.badge[data-tone=bad]{background:var(--_danger-tint);color:var(--_danger)}
.badge[data-tone=busy]{background:var(--_notice)}
.acts{display:flex;flex-wrap:wrap;gap:8px}
.things+.acts{padding-block-start:12px;border-block-start:1px solid var(--_border)}
.thing .acts{margin-block-start:6px}
.act{position:relative;overflow-wrap:anywhere}
.act-label{display:inline-flex;align-items:center;gap:6px}
.act .icon{inline-size:16px;block-size:16px}
button.act>:is(.spinner,svg){position:absolute;inset:0;margin:auto}
.act:is([data-state=busy],[data-state=taken]) .act-label{opacity:0}
.act[aria-disabled=true]{cursor:default}
.act[aria-disabled=true][data-state=ready]{color:var(--_muted);border-style:dashed}
.act[aria-disabled=true]:hover{border-color:var(--_border);background:var(--_background)}
.act[aria-pressed=true][data-state=ready]{border-style:solid;border-color:var(--_accent);background:var(--_tint);color:var(--_accent)}
.carousel{display:flex;flex-direction:column;gap:4px;min-inline-size:0}
.track{flex-direction:row;align-items:stretch;gap:12px;margin-inline:-14px;padding:2px 14px;scroll-padding-inline:14px;overflow:auto hidden;overscroll-behavior-inline:contain;scroll-snap-type:x mandatory;scrollbar-width:none}
.track::-webkit-scrollbar{display:none}
.track:focus-visible{outline-offset:-2px}
.track>li{flex:none;display:flex;inline-size:min(232px,82%);scroll-snap-align:start}
.track .thing{flex:1;flex-direction:column;gap:0;overflow:hidden;border:1px solid var(--_border);border-radius:14px;background:var(--_background)}
.track .thing-body{padding:12px}
.track .thing-image{inline-size:100%;block-size:auto;aspect-ratio:16/9;border-radius:0}
.track .acts{margin-block-start:auto;padding-block-start:8px}
.track .act{flex:1 1 auto}
.steps{display:flex;justify-content:flex-end;margin-block-end:-8px;margin-inline-end:-10px}
.steps [aria-disabled=true]{opacity:.4;cursor:default;background:none}
@media (prefers-reduced-motion:no-preference){.track{scroll-behavior:smooth}}
@media (forced-colors:active){.badge{border-color:CanvasText}.act[aria-disabled=true],.steps [aria-disabled=true]{color:GrayText;border-color:GrayText;opacity:1}.act[aria-pressed=true]{border-color:Highlight}}
`
