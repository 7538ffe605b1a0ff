/** Drawings of results, cards and tiles, in the same square as those of the window. */
export const RICH_ICONS = {
  alert: 'M12 7.5v5.5M12 16.4v.1M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  left: 'M14.5 5.5L8 12l6.5 6.5',
  right: 'M9.5 5.5L16 12l-6.5 6.5',
  out: 'M9 5H5v14h14v-4M13.5 4.5h6v6M19 5l-8.5 8.5',
  file: 'M13.5 3.5H6.5v17h11v-13zM13.5 3.5v4h4',
  key: 'M14.5 9.5a5 5 0 10-4.2 4.9L12 16h2v2h2v2h3.5v-3.5l-5.3-5.3c.2-.5.3-1.1.3-1.7zM8.5 8.5v.1'
} as const
