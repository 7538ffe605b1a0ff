/** The transcript: bubbles and what stands beside them, separators. */
export const transcriptStyle = `
.transcript{position:relative;flex:1;min-block-size:0;display:flex}
.log{flex:1;min-inline-size:0;overflow:hidden auto;overscroll-behavior:contain;overflow-anchor:none;scrollbar-width:thin;scrollbar-color:var(--_border) transparent}
.log:focus-visible{outline-offset:-2px}
.rows{display:flex;flex-direction:column;min-block-size:100%;padding:16px}
.rows>:first-child{margin-block-start:auto!important}
.empty{display:flex;flex-direction:column;align-items:center;gap:8px;margin:auto;padding:24px;text-align:center;max-inline-size:300px}
.empty .mark{inline-size:56px;block-size:56px;margin-block-end:8px}
.empty .icon{inline-size:28px;block-size:28px}
.rows>.quiet{align-self:center;margin-block:8px}
.faint{color:var(--_muted);font-size:13px}
.soon{animation:appear 0s .6s backwards}
@keyframes appear{from{opacity:0}}
.day{display:flex;align-items:center;gap:12px;margin-block:20px 8px;font-size:12.5px;font-weight:600;color:var(--_muted)}
.day::before,.day::after{content:"";flex:1;block-size:1px;background:var(--_border)}
.message{display:flex;flex-direction:column;align-items:flex-start;margin-block-start:3px;max-inline-size:100%}
.message[data-first]{margin-block-start:14px}
.day+.message,.rows>.message:first-child{margin-block-start:4px}
.message[data-direction=out]{align-items:flex-end}
.who{margin:0 4px 4px;font-size:12.5px;font-weight:600;color:var(--_muted)}
.line{display:flex;align-items:flex-end;gap:8px;inline-size:100%}
[data-direction=out]>.line{flex-direction:row-reverse}
.bubble{min-inline-size:0;max-inline-size:min(calc(100% - 58px),620px);padding:9px 14px;border:1px solid transparent;border-radius:18px;background:var(--_surface);overflow-wrap:anywhere;display:flex;flex-direction:column;gap:10px}
.bubble[data-direction=in][data-last]{border-end-start-radius:6px}
.bubble[data-direction=out]{background:var(--_accent);color:var(--_accent-text)}
.bubble[data-direction=out][data-last]{border-end-end-radius:6px}
.bubble.typed{font:500 .9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--_tint);color:var(--_text);white-space:pre-wrap}
.message[data-status=failed] .bubble{background:var(--_danger-tint);color:var(--_text);border-color:var(--_danger)}
.prose{display:flex;flex-direction:column;gap:8px}
.heading{font-weight:650}
.large{font-size:1.12em;letter-spacing:-.01em}
.plain{white-space:pre-wrap}
.side{display:flex;align-items:center;gap:4px;flex:none;padding-block-end:3px;font-size:11.5px;color:var(--_muted);white-space:nowrap}
.side .icon{inline-size:13px;block-size:13px}
.passing{opacity:0}
.message:hover .passing{opacity:1}
.wrong{color:var(--_danger);font-size:13.5px;font-weight:600}
.new{position:absolute;inset-block-end:12px;inset-inline:0;margin-inline:auto;inline-size:fit-content;border-radius:18px;box-shadow:0 4px 16px rgb(0 0 0/.16)}
.new .icon{inline-size:15px;block-size:15px}
`
