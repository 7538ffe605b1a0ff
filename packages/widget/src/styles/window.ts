import { inBothSchemes } from './schemes.js'

const COLOURS = {
  tint: ['#e6f1ef', '#1d3531'],
  surface: ['#f4f4f1', '#222625'],
  muted: ['#5c625f', '#a5aeaa'],
  border: ['#dfe0db', '#363c3a'],
  danger: ['#b3261e', '#ff9d92'],
  'danger-tint': ['#fdeeec', '#3a201d'],
  notice: ['#fdf4df', '#332b17'],
  good: ['#1a8a5f', '#5fd39f']
} as const

/** The window, its header and banners. */
export const windowStyle = `${inBothSchemes(COLOURS)}
.hidden{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.unread{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-inline-size:22px;block-size:22px;padding:0 6px;border-radius:11px;border:2px solid var(--_background);
background:var(--_danger);color:var(--_background);font-size:12px;font-weight:650;line-height:18px;text-align:center}
.window{display:flex;flex-direction:column;inline-size:100%;block-size:100%;overflow:hidden;background:var(--_background);color:var(--_text);border-radius:var(--parley-radius,18px)}
.floating{inline-size:min(var(--parley-width,400px),calc(100vw - 2*var(--_x)));block-size:min(var(--parley-height,680px),calc(100vh - 2*var(--_y)));block-size:min(var(--parley-height,680px),calc(100dvh - 2*var(--_y)));animation:rise .18s ease}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
:host([mode=inline]){display:block;block-size:var(--parley-height,600px)}
:host([mode=inline]) .window{border:1px solid var(--_border)}
:host([mode=page]){display:block;position:fixed;inset:0}
:host([mode=page]) .window{border-radius:0}
:host([mode=page]) :is(.header,.banner,.rows,.composer,.ended){padding-inline:max(16px,calc(50% - 380px))}
@media (max-width:480px){.floating{inset:var(--_visible-top,0px) 0 auto!important;inline-size:auto;block-size:var(--_visible-height,100dvh);border-radius:0;box-shadow:none}}
p,h2{margin:0}
p,.side,textarea{unicode-bidi:plaintext}
button{font:inherit;color:inherit;cursor:pointer;-webkit-tap-highlight-color:transparent}
.header{display:flex;align-items:center;gap:12px;padding-block:12px;padding-inline:16px 8px;border-block-end:1px solid var(--_border)}
.mark{display:grid;place-items:center;flex:none;inline-size:36px;block-size:36px;border-radius:50%;background:var(--_tint);color:var(--_accent)}
.title{flex:1;min-inline-size:0}
.title h2{font-size:16px;font-weight:650;line-height:1.25;letter-spacing:-.01em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.status{display:flex;align-items:center;gap:6px;font-size:12.5px;line-height:1.35;color:var(--_muted)}
.status::before{content:"";inline-size:7px;block-size:7px;border-radius:50%;background:var(--_muted)}
.status[data-state=online]::before{background:var(--_good)}
.status:is([data-state=offline],[data-state=closed])::before{background:var(--_danger)}
.icon-button{display:grid;place-items:center;flex:none;inline-size:44px;block-size:44px;padding:0;border:0;border-radius:12px;background:none;color:var(--_muted)}
.icon-button:hover{background:var(--_surface);color:var(--_text)}
.banner{display:flex;align-items:center;gap:8px 12px;padding:8px 16px;background:var(--_notice);border-block-end:1px solid var(--_border);font-size:13.5px;line-height:1.4}
.banner p{flex:1}
.banner[data-state=closed]{background:var(--_danger-tint)}
.quiet,.primary,.choice{display:inline-flex;align-items:center;justify-content:center;gap:6px;min-block-size:36px;padding:4px 14px;border-radius:10px;font-size:14px;font-weight:600;line-height:1.3;text-decoration:none}
.quiet{border:1px solid var(--_border);background:var(--_background);color:var(--_accent)}
.quiet:hover{border-color:var(--_accent);background:var(--_tint)}
@media (pointer:coarse){.quiet{min-block-size:44px}}
@media (forced-colors:active){.window,.bubble,.window .send,.palette,.unread{border:1px solid CanvasText}.window .field:focus-within{outline:2px solid Highlight}.palette [aria-selected=true]{outline:2px solid Highlight;outline-offset:-2px}
.window .send{background:ButtonFace;color:ButtonText}}
`
