import { defineConfig } from '@playwright/test'
import { findChromium } from './support/find-chromium.ts'

const executablePath = await findChromium()

export default defineConfig({
  testDir: '.',
  outputDir: '../.cache/e2e',
  fullyParallel: false,
  workers: 2,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [['list']],
  // What is measured is measured alone, one after the other, after everything else.
  projects: [
    { name: 'pages', testIgnore: '*-size.spec.ts' },
    { name: 'measured', testMatch: '*-size.spec.ts', dependencies: ['pages'], workers: 1 },
  ],
  use: {
    launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'] },
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
  },
})
