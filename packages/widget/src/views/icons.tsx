import { CHAT_PATH } from '../styles/chat-path.js'

/** The drawings of the window itself, as strokes in the colour of the text around them. */
export const ICONS = {
  chat: CHAT_PATH,
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19.5V5M5.5 11.5L12 5l6.5 6.5',
  clock: 'M12 7.5V12l3 2M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z',
  down: 'M12 5v14M5.5 12.5L12 19l6.5-6.5',
  slash: 'M8 4h8a4 4 0 014 4v8a4 4 0 01-4 4H8a4 4 0 01-4-4V8a4 4 0 014-4zM13.8 8.5l-3.6 7'
} as const

export const Icon = ({ path }: { readonly path: string }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
)
