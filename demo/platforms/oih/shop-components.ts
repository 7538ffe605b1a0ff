import { type Data, type Step, STOCK } from './components.js'

/** The garden shop's own steps. */

const HOUSES = ['Tomatoes', 'Herbs', 'Ferns', 'Cacti', 'Seedlings', 'Citrus'] as const

/** Walks for as long as it takes, and says where it is. */
export const countGreenhouse: Step = async ({ state, data, pause, send }) => {
  const rows: { readonly house: string; readonly plants: number }[] = []
  for (const [index, house] of HOUSES.entries()) {
    await state.faults.stepsMayGo()
    await send({
      correlation: data.correlation,
      progress: { step: `house-${index + 1}`, fraction: index / HOUSES.length, text: `Counting ${house.toLowerCase()}` }
    })
    await pause()
    rows.push({ house, plants: 40 + ((index * 37) % 90) })
  }
  return { title: 'The greenhouse', rows, total: rows.reduce((sum, { plants }) => sum + plants, 0) }
}

const HOURS: Readonly<Record<string, string>> = { saturday: '9:00 to 18:00', sunday: 'closed' }

/**
 * Asked by GET: the day comes in the query. The secret of the reply came in a header, because addresses are
 * written into logs; only this first step sees headers, so it has to hand it on.
 */
export const readHours: Step = async ({ data, headers }) => {
  const params = Array.isArray(data.params) ? data.params : [data.params]
  const day = String(data.day ?? params[0] ?? 'today').toLowerCase()
  return { title: 'Opening hours', day, open: HOURS[day] ?? '8:00 to 19:00', correlation: correlationOf(data, headers) }
}

function correlationOf({ correlation }: Data, headers: Readonly<Record<string, string>>): Data | undefined {
  if (typeof correlation !== 'object' || correlation === null) return undefined
  const replyToken = headers['x-parley-reply-token']
  return replyToken === undefined ? (correlation as Data) : { ...correlation, replyToken }
}

export const takePrice: Step = async ({ data }) => {
  const [item, price] = Array.isArray(data.params) ? data.params : [data.item, data.price]
  if (!STOCK.some((row) => row.item.toLowerCase() === String(item).toLowerCase())) return { error: `There is no "${String(item)}" in the shop.` }
  const value = Number(price)
  return value > 0 && value < 10_000 ? { title: 'Price update', item, price: value } : { error: 'The price is to be a number above 0.' }
}

/** What there is too little of. */
export const watchStock: Step = async () => ({
  title: 'Shelves that run low',
  rows: STOCK.filter(({ inStock, reserved, reorderAt }) => inStock - reserved < reorderAt).map(({ item, shelf, inStock, reserved }) => ({
    item,
    shelf,
    free: inStock - reserved
  }))
})

export const echo: Step = async ({ data }) => data
