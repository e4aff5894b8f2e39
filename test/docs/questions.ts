/** What people ask, and the section that answers it: a file below docs/LANGUAGE, and its anchor in English and Chinese. */
export interface Question {
  readonly asks: string
  readonly page: string
  readonly anchors: readonly [en: string, zh: string]
}

const ask = (asks: string, page: string, en: string, zh = en): Question => ({ asks, page, anchors: [en, zh] })

export const questions: readonly Question[] = [
  ask('my URL check fails', 'troubleshooting.md', 'the-url-check-of-the-console-fails', '控制台的-url-校验不通过'),
  ask('no callback comes', 'troubleshooting.md', 'the-url-is-accepted-and-no-callback-comes', 'url-通过了却没有回调'),
  ask('everything gets 401', 'troubleshooting.md', 'all-callbacks-get-401', '所有回调都得到-401'),
  ask('callbacks get 503', 'troubleshooting.md', 'callbacks-get-503', '回调得到-503'),
  ask(
    'my handler runs twice',
    'troubleshooting.md',
    'a-handler-runs-twice-for-one-event',
    '一个事件触发了两次处理函数',
  ),
  ask('it exits with status 78', 'troubleshooting.md', 'exit-status-78', '退出码-78'),
  ask(
    'docker stop does not stop it',
    'troubleshooting.md',
    'it-goes-on-running-after-the-container-was-stopped',
    '容器停了它还在运行',
  ),
  ask('how do I rotate a token', 'operate.md', 'tokens', 'token'),
  ask('how do I change the config without a restart', 'operate.md', 'restart-and-reload', '重启与重载'),
  ask('how do I run it under systemd', 'operate.md', 'systemd'),
  ask('how do I run it in Kubernetes', 'operate.md', 'kubernetes'),
  ask('how am I told that something is wrong', 'operate.md', 'alerts-without-prometheus', '不用-prometheus-的告警'),
  ask('the disk fills', 'operate.md', 'disk', '磁盘'),
  ask('what does nginx have to look like', 'proxy.md', 'nginx'),
  ask('which plugin sees what first', 'how-it-works.md', 'before-callbacks', '事件之前的回调'),
  ask('what happens when a handler keeps failing', 'how-it-works.md', 'after-callbacks', '事件之后的回调'),
  ask('Tencent sent a field of another type', 'how-it-works.md', 'what-does-not-fit', '与定义不符的内容'),
  ask('how do I stop one plugin for an hour', 'history.md', 'hold-a-plugin', '暂停一个插件'),
  ask('how do I retry dead letters', 'history.md', 'see-what-came-retry-replay', '查看重试重放'),
  ask('may I run several servers', 'several-machines.md', 'workers-and-machines', '工作进程与多台机器'),
  ask('which engine shall I take', 'several-machines.md', 'which-engine', '选哪个引擎'),
  ask('how must Redis be set', 'several-machines.md', 'redis'),
  ask('how do I move from my own receiver', 'forward.md', 'moving-from-a-receiver-of-your-own', '从现有的接收端迁移'),
  ask('what must my PHP service answer', 'forward.md', 'a-receiver', '接收端'),
  ask('how do I mask words in messages', 'plugins.md', 'keyword-filter'),
  ask('how do I mount it in Express', 'embed.md', 'other-servers', '其他服务'),
  ask(
    'which environment variables may the config use',
    'reference/config.md',
    'from-the-environment-and-from-files',
    '取自环境变量和文件',
  ),
  ask('what is the key for the deadline', 'reference/config.md', 'server'),
  ask('which flags has trigger', 'reference/commands.md', 'timhook-trigger'),
  ask('what do the exit codes mean', 'reference/commands.md', 'exit-codes-and-signals', '退出码与信号'),
  ask('what does a handler get', 'reference/plugin.md', 'what-a-handler-gets', '处理函数的上下文'),
  ask('what does STORE_IN_USE mean', 'reference/errors.md', 'store_in_use'),
  ask('which event tells of a dead letter', 'reference/events.md', 'all-events', '全部事件'),
  ask('how do I write a test for my plugin', 'testing.md', 'testing-a-plugin', '测试插件'),
  ask('how do I keep a handler from doing things twice', 'idempotency-and-order.md', 'once', '只做一次'),
  ask(
    'which fields has the callback of a full group',
    'reference/callbacks/Group.CallbackAfterGroupFull.md',
    'fields-of-the-body',
    '请求体字段',
  ),
]
