import { describe, expect, test } from 'vitest'
import { readDmsBody } from './read-body.js'

const NOBODY = { author: '', csrName: '' }

describe('a body', () => {
  test.each<[string, unknown, unknown]>([
    [
      'of text',
      { type: 'text', customer_id: '1', message_id: 'm', text: 'Hello', author: 'Agent', more: 1 },
      { type: 'text', customerId: '1', messageId: 'm', text: 'Hello', attachments: [], author: 'Agent', csrName: '' }
    ],
    [
      'of text in a list, with numbers for ids',
      { type: 'text', customer_id: 1, message_id: 1_700_000_000_000, text: ['One', 'Two'], csr_name: 'Agent' },
      { type: 'text', customerId: '1', messageId: '1700000000000', text: 'One\nTwo', attachments: [], author: '', csrName: 'Agent' }
    ],
    [
      'of an unauthenticated person',
      { type: 'typing_indicator', customer_id: '', author: { name: 'x' } },
      { type: 'typing_indicator', customerId: '', ...NOBODY }
    ],
    [
      'of attachments alone',
      {
        type: 'text',
        customer_id: '1',
        message_id: 'm',
        text: null,
        attachments: ['https://x.test/a.png', { url: 'https://x.test/b', name: 'B', type: 'image/png' }]
      },
      {
        type: 'text',
        customerId: '1',
        messageId: 'm',
        text: '',
        attachments: [
          { url: 'https://x.test/a.png', name: '', mediaType: '' },
          { url: 'https://x.test/b', name: 'B', mediaType: 'image/png' }
        ],
        ...NOBODY
      }
    ],
    [
      'that is a record of Pega',
      { pyEntryText: 'Hello', customer: { id: '1' }, message_id: 'm' },
      { type: 'text', customerId: '1', messageId: 'm', text: 'Hello', attachments: [], ...NOBODY }
    ],
    [
      'of a menu',
      { type: 'menu', customer_id: '1', message_id: 'm', title: ' Pick ', items: [{ text: 'A', payload: ' a ' }, { text: 'B' }, 'C', 7, {}, null] },
      {
        type: 'menu',
        customerId: '1',
        messageId: 'm',
        title: 'Pick',
        items: [
          { text: 'A', payload: ' a ' },
          { text: 'B', payload: 'B' },
          { text: 'C', payload: 'C' },
          { text: '7', payload: '7' }
        ],
        ...NOBODY
      }
    ],
    [
      'of a link',
      { type: 'link_button', customer_id: '1', message_id: 'm', title: 'T', label: 'L', url: 'https://x.test/' },
      { type: 'link_button', customerId: '1', messageId: 'm', title: 'T', label: 'L', url: 'https://x.test/', ...NOBODY }
    ],
    ['that ends', { type: 'csr_end_session', customer_id: '1' }, { type: 'csr_end_session', customerId: '1', ...NOBODY }],
    ['of waiting', { type: 'wait_time', customer_id: '1', waitTime: 5 }, { type: 'wait_time', customerId: '1', waitTime: '5', ...NOBODY }],
    ['of a new type', { type: 'video', customer_id: '1', message_id: 'm' }, { type: 'unknown', was: 'video', customerId: '1', messageId: 'm', ...NOBODY }],
    ['of a new passing type', { type: 'constructor', customer_id: '1' }, { type: 'unknown', was: 'constructor', customerId: '1', messageId: null, ...NOBODY }]
  ])('%s is read', (_name, value, body) => {
    expect(readDmsBody(value)).toEqual({ ok: true, body })
  })

  test('of a carousel is read under the names that chat APIs use', () => {
    const common = { type: 'carousel', customer_id: '1', message_id: 'm' }
    const card = { title: 'Shoe', text: 'Red', image: 'https://x.test/a.png', buttons: [{ label: 'Buy', payload: 'buy', url: '' }] }
    const spellings = [
      { items: [{ title: 'Shoe', subtitle: 'Red', image_url: 'https://x.test/a.png', buttons: [{ title: 'Buy', payload: 'buy' }] }] },
      { elements: [{ name: 'Shoe', description: 'Red', image: { url: 'https://x.test/a.png' }, actions: [{ text: 'Buy', postback: 'buy' }] }] },
      { cards: [{ header: 'Shoe', body: 'Red', thumbnail: 'https://x.test/a.png', options: [{ label: 'Buy', value: 'buy' }] }] },
      { items: [{ title: { text: 'Shoe' }, text: 'Red', imageUrl: 'https://x.test/a.png', items: [{ name: 'Buy', payload: 'buy' }] }] }
    ]
    for (const spelling of spellings) {
      expect(readDmsBody({ ...common, ...spelling })).toMatchObject({ ok: true, body: { type: 'carousel', title: '', cards: [card] } })
    }
    expect(readDmsBody({ ...common, title: 'Shoes', items: [{ text: 'Shoe', url: 'https://x.test/' }, { a: 1 }] })).toMatchObject({
      ok: true,
      body: { title: 'Shoes', cards: [{ title: 'Shoe', text: '', image: '', buttons: [{ label: 'Shoe', payload: '', url: 'https://x.test/' }] }] }
    })
  })

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'The body holds a value of type undefined.'],
    ['a list', [], 'type: found nothing, wanted a text of 1 to 64 characters, like "text".'],
    ['a text', 'text', 'body: found a text of 4 characters, wanted an object.'],
    ['no type', { customer_id: '1' }, 'type: found nothing, wanted a text of 1 to 64 characters, like "text".'],
    ['no customer', { type: 'csr_end_session' }, 'customer_id: found nothing, wanted the number of a customer, 200 characters at most.'],
    ['a customer that is a list', { type: 'text', customer_id: ['1'] }, 'customer_id: found a list, wanted the number of a customer, 200 characters at most.'],
    ['a text without an id', { type: 'text', customer_id: '1', text: 'x' }, 'message_id: found nothing, wanted the id of the message, 1 to 200 characters.'],
    [
      'a message with an empty id',
      { type: 'menu', customer_id: '1', message_id: '', items: [] },
      'message_id: found a text of 0 characters, wanted the id of the message, 1 to 200 characters.'
    ],
    [
      'a text that is an object',
      { type: 'text', customer_id: '1', message_id: 'm', text: { a: 'secret' } },
      'text: found a value of type object, wanted a text or a list of texts.'
    ],
    [
      'a text of blanks',
      { type: 'text', customer_id: '1', message_id: 'm', text: [' '] },
      'body: found a value of type object, wanted a body with a text or with attachments.'
    ],
    [
      'a menu without items',
      { type: 'menu', customer_id: '1', message_id: 'm' },
      'items: found nothing, wanted a list of items, each with a text and a payload.'
    ],
    ['a key of JavaScript', JSON.parse('{"type":"text","__proto__":{"a":1}}'), 'The body holds the key "__proto__".'],
    ['half a character', { type: 'text', text: '\ud800' }, 'The body holds text with half a character.']
  ])('with %s is refused in words', (_name, value, text) => {
    expect(readDmsBody(value)).toEqual({ ok: false, text })
  })
})
