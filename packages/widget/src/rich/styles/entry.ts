/** How a run stands, results, notices, choices, sign-ins, tiles, and what an argument wants. */
export const entryStyle = `
.hint{padding:10px 14px;display:flex;flex-direction:column;gap:2px}
.hint+[role=listbox]{border-block-start:1px solid var(--_border)}
.hint b{padding:1px 5px;margin-inline:-5px;border-radius:5px;background:var(--_tint);color:var(--_accent)}
.notice{align-self:center;margin-block:14px 4px;font-size:12.5px;color:var(--_muted);text-align:center}
.line.out{flex-direction:row-reverse;margin-block-end:6px}
.bubble.full{flex:1;inline-size:100%;max-inline-size:none;background:var(--_background);border-color:var(--_border);border-radius:14px;padding:12px 14px}
.bubble.full+.side{display:none}
.bubble>.quiet{align-self:flex-start}
.state{display:flex;align-items:center;gap:6px;font-size:13.5px;line-height:1.35;color:var(--_muted)}
.state .icon{inline-size:16px;block-size:16px}
.state[data-status=completed],.state[data-status=finished]{color:var(--_accent)}
.state[data-status=refused],.state[data-status=expired],.state[data-status=failed]{color:var(--_danger)}
.run{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:2px;margin-block-start:4px;inline-size:100%}
.run .state{flex:1 1 0;justify-content:flex-end;font-size:12.5px}
.run .quiet{margin-block:-4px;margin-inline-end:-6px;min-block-size:40px;padding-inline:6px;border-color:transparent;background:none;font-size:12.5px}
.run .quiet:hover{text-decoration:underline}
progress{appearance:none;inline-size:min(100%,280px);margin-block-start:4px;block-size:6px;border:0;border-radius:3px;overflow:hidden;background:var(--_border);color:var(--_accent)}
progress::-webkit-progress-bar{background:var(--_border);border-radius:3px}
progress::-webkit-progress-value{background:var(--_accent);border-radius:3px;transition:inline-size .3s ease}
progress::-moz-progress-bar{background:var(--_accent)}
.spinner{inline-size:14px;block-size:14px;flex:none;border:2px solid var(--_border);border-block-start-color:var(--_accent);border-radius:50%;animation:turn .9s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
.caption{font-weight:500}
.caption code{font-weight:600;font-size:.95em;color:var(--_text);overflow-wrap:anywhere}
.badge-late{margin-inline-start:8px;padding:1px 8px;border-radius:9px;background:var(--_notice);color:var(--_text);font-weight:600}
.not-sent{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:6px 8px;margin-block:6px 8px;text-align:end}
.not-sent [aria-disabled=true]{cursor:default;border-color:transparent;background:none;color:var(--_muted)}
.not-sent .icon{inline-size:16px;block-size:16px;vertical-align:-3px}
.wrong .icon{inline-size:16px;block-size:16px;vertical-align:-3px}
.choices{display:flex;flex-wrap:wrap;gap:8px}
.choice{border:1px solid var(--_accent);background:var(--_background);color:var(--_accent);border-radius:18px;text-align:start}
.choice[aria-disabled=true]{cursor:default;border-color:var(--_border);color:var(--_muted)}
.choice:not([aria-disabled=true]):hover{border-color:var(--_accent);background:var(--_tint)}
.choice[aria-pressed=true]{background:var(--_tint);border-color:var(--_accent);color:var(--_accent)}
.tile{display:flex;align-items:center;gap:12px;padding:10px 12px;border:1px solid var(--_border);border-radius:12px;background:var(--_background);color:var(--_accent);text-decoration:none;min-inline-size:0}
.tile:hover{border-color:var(--_accent)}
.tile-text{flex:1;min-inline-size:0;display:flex;flex-direction:column}
.tile-title{color:var(--_text);font-weight:600;font-size:14.5px;overflow-wrap:anywhere}
.bubble:has(>.tile:only-child),.bubble:has(>.picture:only-child){padding:0;background:none;border:0}
.card{display:flex;flex-direction:column;align-items:flex-start;gap:10px}
.card-title{display:flex;align-items:center;gap:10px;font-weight:650}
.card .code{align-self:stretch;padding:12px;border-radius:10px;background:var(--_surface);font:600 22px/1.2 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.14em;text-align:center;user-select:all}
.card .primary{align-self:stretch}
.quiet.small{min-block-size:32px;font-size:13px;padding-inline:12px}
@media (pointer:coarse){.choice{min-block-size:44px}}
.ended{display:flex;flex-direction:column;align-items:center;gap:12px;padding:16px;border-block-start:1px solid var(--_border);color:var(--_muted);text-align:center}
.primary{min-block-size:44px;padding-inline:20px;border:1px solid transparent;background:var(--_accent);color:var(--_accent-text)}
.primary:hover{filter:brightness(1.08)}
.primary .icon{inline-size:1.1em;block-size:1.1em}
.typing{display:flex;align-items:center;gap:10px;margin-block-start:12px;font-size:13px;color:var(--_muted)}
.dots{display:flex;gap:4px;padding:9px 12px;border-radius:14px;background:var(--_surface)}
.dots i{inline-size:6px;block-size:6px;border-radius:50%;background:var(--_muted);animation:dot 1.2s ease-in-out infinite}
.dots i:nth-child(2){animation-delay:.15s}
.dots i:nth-child(3){animation-delay:.3s}
@keyframes dot{30%{transform:translateY(-3px)}60%{transform:none}}
@media (forced-colors:active){.primary{border:1px solid ButtonText;background:ButtonFace;color:ButtonText}.spinner{border-color:GrayText;border-block-start-color:CanvasText}progress{border:1px solid CanvasText}}
`
