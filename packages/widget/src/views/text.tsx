import { Rich } from './rich.js'

/** What only marked-up text has. Anything else is shown as it is, and the markdown reader is not even fetched. */
const MARKS = /[*_`~[\]#>|\\<]|https?:\/\/|^ {0,8}(?:[-+]|\d{1,9}[.)])/im

/** Text of a message: plain at once, with its markdown as soon as that can be drawn. */
export function Text({ text }: { readonly text: string }) {
  const plain = (
    <div class="prose">
      <p class="plain">{text}</p>
    </div>
  )
  return MARKS.test(text) ? <Rich meanwhile={plain} draw={({ Markdown }) => <Markdown text={text} />} /> : plain
}
