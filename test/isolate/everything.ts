/** A plugin, as the text of a module, that uses all that handlers have. */
export const everything = `
export default {
  name: 'everything',
  metrics: { handled_total: { type: 'counter', help: 'Handled.', labels: { of: ['group'] } } },
  options: { type: 'object', properties: { word: { type: 'string', default: 'no' } } },
  async setup({ store, apps, options, log, rest }) {
    await store.set('setup', { apps, options })
    log.info({ options }, 'set up')
    return { count: 0, rest }
  },
  handlers: {
    'Group.CallbackBeforeSendMsg': {
      onFailure: 'drop',
      timeoutMs: 200,
      handle(ctx) {
        const { body, state, options, allow, reject, drop, signal, emit } = ctx
        const [{ MsgContent: { Text } }] = body.MsgBody
        if (Text === 'mask') return allow({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }] })
        if (Text === 'bad') return reject(10150, options.word + ' ' + ++state.count)
        if (Text === 'drop') return drop()
        if (Text === 'misfit') return allow({ MsgBody: 5 })
        if (Text === 'garbage') return { toString: () => 'a verdict' }
        if (Text === 'code') return reject(99999)
        if (Text === 'late') {
          emit('begun', {})
          return new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        }
        if (Text === 'throw') throw new TypeError('thrown', { cause: Object.assign(new Error('below'), { code: 'EBELOW' }) })
        return undefined
      },
    },
    'Group.CallbackAfterGroupFull': { retry: { attempts: 3, minMs: 10, maxMs: 10 }, handle: (ctx) => cases[ctx.body.GroupId](ctx) },
  },
  observe: {
    'callback:dead': ({ plugin, command }, { store }) => store.record('dead', { plugin, command }),
    'plugin:everything:*': (data, { name, store }) => store.record('observed', { name, data }),
  },
  close: () => undefined,
  commands: { rows: { description: 'rows', view: true, run: async ({ store }) => [{ of: await store.get('one') }] } },
}

const cases = {
  context({ command, raw, body, query, app, signed, attempt, resends, maybeResend, faults, phase, forwardHeaders, store }) {
    const { traceparent: _, ...headers } = forwardHeaders
    return store.record('context', {
      command, raw, body, query: { ...query }, app, signed, attempt, resends, maybeResend, faults, phase,
      hops: Object.keys(headers),
    })
  },
  async store({ store }) {
    await store.set('one', { a: 1 })
    await store.set('gone', 1)
    await store.delete('gone')
    await store.set('short', 1, { ttlMs: 60000 })
    const added = await Promise.all(Array.from({ length: 10 }, () => store.update('sum', (sum = 0) => sum + 1)))
    const lease = await store.lease('lease', 60000)
    const second = await store.lease('lease', 60000)
    const renewed = await lease.renew(60000)
    await lease.release()
    const third = await store.lease('lease', 60000)
    const large = await store.set('large', 'x'.repeat(2 ** 20)).catch(({ name, code, hint }) => ({ name, code, hint }))
    await store.record('kind', { n: 1 })
    await store.record('kind', { n: 2 })
    const records = (await store.records('kind', { limit: 1 })).map(({ data }) => data)
    await store.record('store', {
      one: await store.get('one'), none: await store.get('gone') ?? null, list: await store.list('s'), added: Math.max(...added),
      fences: [lease.fence, third.fence], second: second ?? null, renewed, large, records,
    })
  },
  async rest({ rest, store, signal }) {
    const about = ({ name, code, api, errorCode, kind, retryable, message }) => ({ name, code, api, errorCode, kind, retryable, message })
    const answer = await rest.call('group_open_http_svc', 'get_group_info', { GroupIdList: ['g'] }, { signal })
    const refused = await rest.call('group_open_http_svc', 'forbid_send_msg', {}).catch(about)
    await store.record('rest', { answer, refused })
  },
  out({ emit, count, log }) {
    emit('seen', { list: [1], nested: { a: null } })
    count('handled_total', { of: 'group' })
    count('handled_total', { of: 'group' }, 2)
    log.child({ more: 1 }).warn({ field: [1] }, 'said')
    log.debug('only text')
  },
  later({ attempt, store }) {
    if (attempt === 1) throw Object.assign(new Error('not now'), { code: 'RETRY_AFTER', ms: 1000 })
  },
  'give up'() {
    throw Object.assign(new Error('never'), { code: 'GIVE_UP' })
  },
  thrown({ attempt }) {
    throw Object.assign(new RangeError('of attempt ' + attempt), { code: 'EOWN' })
  },
}
`
