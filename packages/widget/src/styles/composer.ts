/** The composer and the list of commands above it. */
export const composerStyle = `
.composer{padding:8px 12px calc(12px + env(safe-area-inset-bottom,0px))}
.anchor{position:relative}
.field{display:flex;align-items:flex-end;border:1px solid var(--_border);border-radius:24px;background:var(--_background)}
.field:focus-within{border-color:var(--_accent);box-shadow:0 0 0 1px var(--_accent)}
textarea{flex:1;min-inline-size:0;min-block-size:46px;max-block-size:calc(6*1.45em + 24px);margin:0;padding:12px 2px;border:0;outline:0;resize:none;background:none;color:inherit;font:inherit;font-size:max(1em,15px);line-height:1.45;overflow-y:auto;scrollbar-width:none}
textarea:focus-visible{outline:0}
textarea:first-child{padding-inline-start:16px}
textarea::placeholder{color:var(--_muted);opacity:1}
@media (pointer:coarse){textarea{font-size:16px}}
.field .icon-button{margin:1px;border-radius:50%}
.field .icon-button:hover{background:none}
.send{display:grid;place-items:center;flex:none;inline-size:46px;block-size:46px;padding:0;border:5px solid transparent;border-radius:50%;background:var(--_accent) padding-box;color:var(--_accent-text)}
.send[aria-disabled=true]{background-color:var(--_surface);color:var(--_muted);cursor:default}
.send:focus-visible{outline-offset:-3px}
.problem{font-size:13.5px;color:var(--_danger)}
.problem:not(:empty){padding:8px 8px 0}
.palette{position:absolute;z-index:1;inset-inline:0;inset-block-end:calc(100% + 4px);display:flex;flex-direction:column;max-block-size:min(320px,46vh);overflow:hidden;background:var(--_background);border:1px solid var(--_border);border-radius:14px;box-shadow:0 8px 32px rgb(0 0 0/.16);animation:rise .12s ease}
.palette [role=listbox]{overflow:hidden auto;padding:6px;scrollbar-width:thin}
.palette [role=option]{padding:8px 10px;border-radius:9px;cursor:pointer;min-block-size:44px;display:flex;flex-direction:column;justify-content:center}
.palette :hover[role=option]{background:var(--_surface)}
.palette [aria-selected=true][role]{background:var(--_tint)}
[aria-selected=true] b{color:var(--_accent)}
[aria-selected=true] .faint{color:var(--_text)}
.usage{font:.9em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--_muted);overflow-wrap:anywhere}
.usage b{color:var(--_text);font-weight:650}
`
