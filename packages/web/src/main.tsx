import './styles.css'
import { createQuory } from '@quory/sdk'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { followTheme } from './app/appearance.ts'
import { chosenLanguage, startTranslation } from './i18n/translate.ts'

const page = document.getElementById('page')
if (page === null) throw new Error('index.html has no #page')
followTheme()
const translation = await startTranslation(chosenLanguage())
createRoot(page).render(
  <StrictMode>
    <App quory={createQuory()} translation={translation} />
  </StrictMode>,
)
