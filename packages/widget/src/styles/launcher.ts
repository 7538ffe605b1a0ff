import { inBothSchemes } from './schemes.js'

/** The few colours that the loader needs, too. */
const COLOURS = {
  accent: ['#0c5f58', '#74cbbd'],
  'accent-text': ['#fff', '#05231f'],
  background: ['#fff', '#151817'],
  text: ['#1b1d1c', '#edf0ee'],
  edge: ['20 30 28/.06', '255 255 255/.08'],
  shade: ['20 30 28/.18', '0 0 0/.5']
} as const

/** The launcher and what it shares with the window: all the style that the loader carries. */
export const launcherStyle = `
:host{all:initial;display:contents;--_size:var(--parley-launcher-size,56px);--_x:var(--parley-offset-x,20px);--_y:var(--parley-offset-y,20px);--_layer:var(--parley-z-index,2147483000);
--_shadow:0 0 0 1px rgb(var(--_edge)),0 12px 40px rgb(var(--_shade))}
${inBothSchemes(COLOURS)}
:host([hidden]){display:none}
.root{all:initial;display:contents;font:400 var(--parley-font-size,15px)/1.45 var(--parley-font,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif);color:var(--_text);-webkit-text-size-adjust:100%}
*,::before,::after{box-sizing:border-box}
.icon{inline-size:1.25em;block-size:1.25em;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;flex:none}
:focus-visible{outline:2px solid var(--_accent);outline-offset:2px}
.launcher,.floating{position:fixed;z-index:var(--_layer);inset-block-end:calc(var(--_y) + env(safe-area-inset-bottom,0px));right:var(--_x);box-shadow:var(--_shadow)}
:host([position=left]) :is(.launcher,.floating){right:auto;left:var(--_x)}
.launcher{inline-size:var(--_size);block-size:var(--_size);display:grid;place-items:center;margin:0;padding:0;border:1px solid transparent;border-radius:50%;
background:var(--_accent);color:var(--_accent-text);font:inherit;cursor:pointer;transition:transform .16s ease;-webkit-tap-highlight-color:transparent}
.launcher .icon{inline-size:26px;block-size:26px}
.launcher:hover{transform:translateY(-2px)}
@media (prefers-reduced-motion:reduce){*,::before,::after{animation:none!important;transition:none!important}}
@media (forced-colors:active){.launcher{background:ButtonFace;color:ButtonText;border-color:ButtonText}}
@media print{:host{display:none}}
`
