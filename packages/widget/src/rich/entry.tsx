import type { EntryProps } from '../views/rich-views.js'
import { Local } from './local.js'
import { Notice } from './notice.js'
import { Result } from './result.js'
import { SignIn } from './sign-in.js'

/** An entry of the transcript that is neither said nor typed by somebody. */
export function Entry({ item, isBelowCommand, participants, author }: EntryProps) {
  switch (item.kind) {
    case 'result':
      return <Result item={item} isBelowCommand={isBelowCommand} author={author} />
    case 'link':
      return (
        <div class="message" data-first>
          <div class="bubble full" part="bubble in">
            <SignIn {...item.link} />
          </div>
        </div>
      )
    case 'notice':
      return <Notice notice={item.notice} participants={participants} />
    case 'local':
      return <Local item={item} />
    default:
      return item satisfies never
  }
}
