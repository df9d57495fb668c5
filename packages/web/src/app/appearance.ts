export type Theme = 'light' | 'dark' | 'system'

const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

export function chosenTheme(): Theme {
  const stored = localStorage.getItem('quory.theme')
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem('quory.theme')
  else localStorage.setItem('quory.theme', theme)
  applyTheme()
}

/** Keeps to the system's theme while nothing else was chosen, and to what another tab chooses. */
export function followTheme(): void {
  systemIsDark.addEventListener('change', applyTheme)
  addEventListener('storage', ({ key }) => {
    if (key === 'quory.theme') applyTheme()
  })
}

function applyTheme(): void {
  const theme = chosenTheme()
  document.documentElement.classList.toggle('dark', theme === 'dark' || (theme === 'system' && systemIsDark.matches))
}
