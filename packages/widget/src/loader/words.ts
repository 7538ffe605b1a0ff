/** The words the loader needs; the table of all words takes them from here, so that the loader stays small. */
export const loaderWords = {
  openChat: 'Open chat',
  openFailed: 'The chat could not be loaded. Please try again.'
} as const
