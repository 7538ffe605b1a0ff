/** The speech bubble of the launcher, as an SVG path in a square of 24: drawn by the loader and by the views alike. */
export const CHAT_PATH = 'M12 3.5c5 0 8.75 3.2 8.75 7.4s-3.75 7.4-8.75 7.4c-.9 0-1.8-.1-2.6-.3L5 20.5l.9-4C4.2 15.1 3.25 13.1 3.25 10.9 3.25 6.7 7 3.5 12 3.5z'
