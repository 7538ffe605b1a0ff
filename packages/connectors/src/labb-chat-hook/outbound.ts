import type { DmsOut } from '../dms/types.js'
import type { ClientBody } from './client-body.js'

/** What an old client said → the body that Labb Chat Hook makes of it, and the postback, which that one loses. */
export const toDmsBody = ({ type, customer_name, message_id, text, postback }: ClientBody, customer: string): DmsOut => ({
  type,
  customer_id: customer,
  customer_name,
  message_id,
  text,
  ...(postback === undefined ? {} : { postback })
})

export const typingBody = (customer: string): DmsOut => ({ type: 'typing_indicator', customer_id: customer })
