import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { FULL, full } from '../harness/plugin.ts'
import { serve, signed, type TestServer } from '../harness/server.ts'
import { describeWithProgram } from '../harness/servers/program.ts'
import { freePort } from '../harness/servers/redis.ts'
import { CERTIFICATE } from '../harness/servers/tls.ts'

const KEY = resolve('test/fixtures/tls/key.pem')
const PATH = '/im/callbacks'
const NGINX = `daemon off;
user root;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log info;
events {}
http {
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi; uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
  access_log FOLDER/others.log;
  include FOLDER/timhook.conf;
}
`

interface Proxy {
  readonly port: number
  readonly folder: string
  /** Ends it, so that its logs are whole. */
  readonly stop: () => Promise<void>
}

interface Answer {
  readonly status: number
  readonly text: string
}

const target = (sign: Record<string, string>, path = PATH): string =>
  `${path}?${new URLSearchParams({ CallbackCommand: FULL, contenttype: 'json', ...sign }).toString()}`

function post({ port }: Proxy, path: string, body: string): Promise<Answer> {
  return new Promise((settle, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', rejectUnauthorized: false }
    const sending = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => settle({ status: response.statusCode ?? 0, text }))
    })
    // A body that is refused before its end may break the connection.
    sending.on('error', reject)
    sending.end(body)
  })
}

/** Bytes as they are, and what comes until the other side closes. */
function exchange({ port }: Proxy, bytes: string): Promise<string> {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => void socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => undefined).on('close', () => settle(text))
  })
}

const backend = (): Promise<TestServer> => serve({ server: { path: PATH, trustProxy: true } })

/** Starts a program, and waits until it accepts connections. */
async function start(command: string, args: readonly string[], port: number, folder: string): Promise<Proxy> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    writeFileSync(join(folder, 'output.log'), output)
  }
  stopAfterTest(async () => void child.kill('SIGKILL'))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${output}`)
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    const isOpen = await once(socket, 'secureConnect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return { port, folder, stop }
    await delay(20)
  }
}

/** nginx with a configuration of ours, for servers on these ports. */
async function nginx(file: string, ports: readonly number[]): Promise<Proxy> {
  const [folder, port] = [await folderWith({}), await freePort()]
  const servers = [...ports]
  const text = readFileSync(file, 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace(/ssl_certificate [^;]+;/, `ssl_certificate ${CERTIFICATE};`)
    .replace(/ssl_certificate_key [^;]+;/, `ssl_certificate_key ${KEY};`)
    .replace(/\/var\/log\/nginx/g, folder)
    .replace(/server [\w.-]+:8080/g, () => `server 127.0.0.1:${servers.shift()}`)
  writeFileSync(join(folder, 'timhook.conf'), text)
  writeFileSync(join(folder, 'nginx.conf'), NGINX.replaceAll('FOLDER', folder))
  return start('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], port, folder)
}

/** Caddy with ours, with an access log beside. */
async function caddy(backendPort: number): Promise<Proxy> {
  const [folder, port] = [await folderWith({}), await freePort()]
  const text = readFileSync('deploy/proxy/Caddyfile', 'utf8')
    .replace('{\n', '{\n\tadmin off\n\tauto_https disable_redirects\n')
    .replace('im.example.com {', `https://127.0.0.1:${port} {\n\ttls ${CERTIFICATE} ${KEY}\n\tlog`)
    .replace('127.0.0.1:8080', `127.0.0.1:${backendPort}`)
  writeFileSync(join(folder, 'Caddyfile'), text)
  return start('caddy', ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')], port, folder)
}

/** All that was written below a folder, but the configuration. */
function logsIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const logs = files.filter((file) => statSync(file).isFile() && !/\.conf$|Caddyfile$/.test(file))
  return logs.map((file) => readFileSync(file, 'utf8')).join('\n')
}

async function expectNoSign({ folder }: Proxy, { Sign = '' }: Record<string, string>): Promise<string> {
  const logs = logsIn(folder)
  expect(Sign).to.have.length(64)
  expect(logs).not.to.contain(Sign)
  expect(logs).not.to.match(/[?&]sign=/i)
  return logs
}

describeWithProgram('nginx', 'nginx with the configuration of deploy/', () => {
  it('hands on signed callbacks, and writes no Sign into any log, whatever fails', async () => {
    const server = await backend()
    const proxy = await nginx('deploy/proxy/nginx.conf', [server.port])
    const sign = signed()
    const body = JSON.stringify(full())
    const handled = server.bus.next('callback:answered')
    expect(await post(proxy, target(sign), body)).to.deep.include({
      status: 200,
      text: '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}',
    })
    await handled
    expect((await post(proxy, target({ ...sign, Sign: 'wrong' }), body)).status).to.equal(401)
    expect((await post(proxy, target(sign, '/elsewhere'), body)).status).to.equal(404)
    // Above server.bodyLimit timhook answers, above that of nginx nginx does.
    expect((await post(proxy, target(sign), 'x'.repeat(1_500_000))).text).to.contain('"ErrorCode":413')
    await post(proxy, target(sign), 'x'.repeat(2_500_000)).catch(() => undefined)
    expect(await exchange(proxy, `POST ${target(sign)} HTTP/1.1\r\nno header\r\n\r\n`)).to.contain(' 400 ')
    expect(await exchange(proxy, `POST ${target(sign)} HTTP/1.1\r\n\r\n`)).to.contain(' 400 ')
    const long = target({ ...sign, more: 'x'.repeat(9000) })
    expect(await exchange(proxy, `POST ${long} HTTP/1.1\r\nHost: a\r\n\r\n`)).to.contain(' 414 ')
    await server.server.stop({ drainMs: 0, graceMs: 20 })
    expect((await post(proxy, target(sign), body)).status).to.equal(502)
    await proxy.stop()
    const logs = await expectNoSign(proxy, sign)
    for (const status of [200, 401, 404, 413, 400, 414, 502]) expect(logs).to.contain(`"status":"${status}"`)
    expect(logs).to.contain(`"peer":"127.0.0.1","command":"${FULL}","status":"200"`)
  })

  it('goes to another of three servers while one of them is down', async () => {
    const [one, other] = [await backend(), await backend()]
    const proxy = await nginx('deploy/docker/nginx.conf', [one.port, await freePort(), other.port])
    const sign = signed()
    for (let n = 0; n < 12; n++) {
      expect((await post(proxy, target(sign), JSON.stringify(full({ EventTime: n })))).status).to.equal(200)
    }
    await proxy.stop()
    await expectNoSign(proxy, sign)
  })
})

describeWithProgram('caddy', 'Caddy with the configuration of deploy/', () => {
  it('hands on signed callbacks, and writes no Sign into any log, whatever fails', async () => {
    const server = await backend()
    const proxy = await caddy(server.port)
    const sign = signed()
    const body = JSON.stringify(full())
    expect((await post(proxy, target(sign), body)).status).to.equal(200)
    expect((await post(proxy, target({ ...sign, Sign: 'wrong' }), body)).status).to.equal(401)
    expect((await post(proxy, target(sign, '/elsewhere'), body)).status).to.equal(404)
    await server.server.stop({ drainMs: 0, graceMs: 20 })
    expect((await post(proxy, target(sign), body)).status).to.equal(502)
    await proxy.stop()
    const logs = await expectNoSign(proxy, sign)
    expect(logs).to.contain(`CallbackCommand=${FULL}`).and.contain('"status":502')
  })
})
