// The SDK as it is published: plain JavaScript with declarations, in a folder that is a package of its own, because npm
// knows no other exports for what is published than those of the workspace. `npm publish packages/sdk/dist` takes it.
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'packages/sdk')
const output = resolve(process.argv[2] ?? join(folder, 'dist'))

rmSync(output, { recursive: true, force: true })
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const options = ['-p', join(folder, 'tsconfig.build.json'), '--outDir', output]
execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' })
const { private: _, scripts: __, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
manifest.sideEffects = false
manifest.exports = { '.': { types: './quory.d.ts', default: './quory.js' } }
writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
copyFileSync(join(folder, 'README.md'), join(output, 'README.md'))
copyFileSync(join(root, 'LICENSE'), join(output, 'LICENSE'))
