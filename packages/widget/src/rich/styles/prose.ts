/** Marked-up text and pictures. */
export const proseStyle = `
ul,ol,pre,blockquote{margin:0;padding:0}
li,td,th,pre{unicode-bidi:plaintext}
ul,ol{display:flex;flex-direction:column;gap:3px;padding-inline-start:1.4em}
a{color:var(--_accent);text-underline-offset:2px;text-decoration-thickness:1px}
.bubble[data-direction=out]:not(.typed) a{color:inherit}
a:hover{text-decoration-thickness:2px}
code,pre{font:.88em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.prose code{padding:1px 5px;border-radius:5px;background:color-mix(in srgb,currentColor 9%,transparent)}
pre{padding:10px 12px;border-radius:10px;background:color-mix(in srgb,currentColor 6%,transparent);overflow:auto;max-block-size:320px;white-space:pre;overflow-wrap:normal;tab-size:2}
blockquote{padding-inline-start:12px;border-inline-start:3px solid var(--_border);color:var(--_muted);display:flex;flex-direction:column;gap:8px}
hr{inline-size:100%;block-size:1px;margin:4px 0;border:0;background:var(--_border)}
.picture{display:block;inline-size:fit-content;max-inline-size:100%;border-radius:10px;overflow:hidden}
.picture img{display:block;max-inline-size:100%;max-block-size:260px;min-block-size:40px;object-fit:contain;background:var(--_surface);color:var(--_muted);font-size:13px}
table .picture img{max-block-size:140px}
`
