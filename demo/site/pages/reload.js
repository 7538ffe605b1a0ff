// Only in development: when the line to the server comes back, its pages are new.
const source = new EventSource('/reload')
let wasOpen = false
source.addEventListener('open', () => {
  if (wasOpen) location.reload()
  wasOpen = true
})
