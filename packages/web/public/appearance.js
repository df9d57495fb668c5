// Before anything is painted, so that a dark page never flashes white. The rest is src/app/appearance.ts.
try {
  const chosen = localStorage.getItem('quory.theme')
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', isDark)
} catch {
  // Storage may be forbidden: the page then follows the system.
}
