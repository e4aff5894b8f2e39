import type { Dictionary } from '../language.ts'

/** The descriptions of the keys of the config. */
export const configTexts: Dictionary = {
  'Where callbacks are received.': '在哪里接收回调。',
  'Address to listen on; 0.0.0.0 is every IPv4 address of the machine, unix:/run/timhook.sock a Unix socket.':
    '监听地址；0.0.0.0 表示本机所有 IPv4 地址，unix:/run/timhook.sock 表示 Unix 套接字。',
  'Port to listen on; 0 takes any free one.': '监听端口；0 表示任取一个空闲端口。',
  'Who may connect to a Unix socket: the mode of its file.': '谁可以连接 Unix 套接字：该文件的权限模式。',
  'URL path, or list of paths, for the callbacks.': '接收回调的 URL 路径，可以是一个列表。',
  'Milliseconds until a callback is answered, whatever the plugins do. Tencent waits 2000.':
    '无论插件如何，最迟多少毫秒应答。腾讯只等 2000。',
  'Largest body that is accepted: bytes, or text such as 1mb.': '可接受的最大请求体：字节数，或 1mb 这样的文本。',
  'Most undecided before-callbacks at a time; further ones are answered by onFailure at once.':
    '同时未裁决的事件之前的回调上限；超出的立即按 onFailure 处理。',
  'Most connections at a time; each further one closes the one that has been idle longest.':
    '同时的连接数上限；每多一个，就关闭空闲最久的那个。',
  'Whether a proxy in front sets X-Forwarded-For: how many do, or the networks that they are in. Log and allowFrom then take the address from it.':
    '前面是否有代理设置 X-Forwarded-For：有几层，或它们所在的网段。日志和 allowFrom 随后从中取地址。',
  'The networks that may send callbacks, such as 10.0.0.0/8 or 2001:db8::/32. Others get 403.':
    '允许发来回调的网段，例如 10.0.0.0/8 或 2001:db8::/32。其余一律 403。',
  'Milliseconds that a stopping server keeps accepting requests, so that clients can leave.':
    '停止时继续接受请求多少毫秒，好让客户端离开。',
  'Milliseconds that a plugin may block the event loop; then the process ends, and a service manager restarts it.':
    '插件最多可以阻塞事件循环多少毫秒；超过则进程结束，由服务管理器重启。',
  'Serve HTTPS. SIGHUP reads the files again.': '提供 HTTPS。SIGHUP 会重新读取这些文件。',
  'PEM file of the certificate and its chain, relative to this file.': '证书及其证书链的 PEM 文件，相对于本配置文件。',
  'PEM file of the private key, without a passphrase.': '私钥的 PEM 文件，不带口令。',
  'PEM file of the authorities of client certificates: only clients that show one are served.':
    '客户端证书颁发机构的 PEM 文件：只服务出示了证书的客户端。',
  'Listener for /healthz, /readyz, /metrics and the page; false turns it off.':
    '提供 /healthz、/readyz、/metrics 和管理页面的监听；false 表示关闭。',
  'Address of the admin listener.': '管理监听的地址。',
  'Port of the admin listener.': '管理监听的端口。',
  'Bearer token for everything but /healthz and /readyz; required on a host that is not loopback.':
    '除 /healthz 与 /readyz 外所需的 Bearer token；监听非回环地址时必填。',
  'open: /metrics needs no token.': 'open：/metrics 不需要 token。',
  'Whether the page at / and its JSON under /api/ are served.': '是否提供 / 处的页面和 /api/ 下的 JSON。',
  'Whether the page may show the bodies of callbacks.': '页面是否可以显示回调的请求体。',
  'Whether the page may send test callbacks.': '页面是否可以发送测试回调。',
  'The Tencent IM applications whose callbacks are accepted.': '接受其回调的腾讯 IM 应用。',
  "The application's SdkAppID, from the Tencent console.": '应用的 SdkAppID，见腾讯云控制台。',
  'Authentication tokens from the callback settings; two while one replaces the other.':
    '控制台回调设置中的鉴权 token；更换期间可以有两个。',
  'Largest difference between RequestTime and our clock, either way. Milliseconds, or text such as 60s.':
    'RequestTime 与本机时钟最多相差多少，前后都算。毫秒数，或 60s 这样的文本。',
  'Accept unsigned callbacks, which anyone could have sent. Required for an app without tokens.':
    '接受未签名的回调，任何人都可能伪造。没有 token 的应用必须这样声明。',
  "Lets plugins call the app's REST API.": '让插件可以调用该应用的 REST API。',
  'Region in which the app was created; it determines the domain of the REST API.':
    '创建应用时所选的地域，决定 REST API 的域名。',
  'Base URL of the REST API, instead of region.': 'REST API 的基础 URL，代替 region。',
  'Administrator account for the calls of plugins, as the console shows it.': '插件调用时所用的管理员账号，见控制台。',
  "The app's secret key, which signs UserSigs.": '应用的密钥，用于签发 UserSig。',
  'How after-callbacks are stored and delivered to plugins.': '事件之后的回调如何存储并投递给插件。',
  'Where callbacks are stored.': '回调存在哪里。',
  'Settings of the sqlite engine.': 'sqlite 引擎的设置。',
  'Database file, relative to the working directory.': '数据库文件，相对于工作目录。',
  'Settings of the redis engine.': 'redis 引擎的设置。',
  'Such as redis://127.0.0.1:6379, or rediss://user:password@host:6380/0 with TLS.':
    '例如 redis://127.0.0.1:6379，带 TLS 则为 rediss://user:password@host:6380/0。',
  'Addresses of the sentinels, each as host:port; instead of url.': '各个哨兵的地址，写作 host:port；代替 url。',
  'Name of the primary at the sentinels.': '主节点在哨兵中的名字。',
  'User of the Redis behind the sentinels; by default the default user.':
    '哨兵背后的 Redis 的用户；默认是 default 用户。',
  'Password of the Redis behind the sentinels.': '哨兵背后的 Redis 的密码。',
  'Password of the sentinels themselves.': '哨兵自身的密码。',
  'Prefix of every key.': '所有键的前缀。',
  'strict: refuse to start with a Redis that may lose acknowledged callbacks; relaxed: start anyway.':
    'strict：Redis 可能丢失已确认的回调时拒绝启动；relaxed：照样启动。',
  'Settings of the postgres engine.': 'postgres 引擎的设置。',
  'Such as postgres://user:password@host:5432/database?sslmode=verify-full; several hosts, separated by commas, for a failover.':
    '例如 postgres://user:password@host:5432/database?sslmode=verify-full；多个主机用逗号分隔，用于故障切换。',
  'Password, instead of one in the URL.': '密码，代替写在 URL 中的那个。',
  'The schema of the tables, which the server creates.': '数据表所在的 schema，由服务创建。',
  'TLS; sslmode in the URL suffices if no files are needed.': 'TLS；不需要文件时，URL 中的 sslmode 就够了。',
  'What is checked of the server’s certificate: nothing, its authority, or also its name.':
    '校验服务端证书的哪些内容：不校验、校验颁发机构，还是连主机名一起校验。',
  'PEM file with the authorities to trust.': '受信任的证书颁发机构的 PEM 文件。',
  "PEM file with the user's certificate.": '用户证书的 PEM 文件。',
  'PEM file with its private key.': '对应私钥的 PEM 文件。',
  'strict refuses a PostgreSQL that may lose what it has acknowledged.':
    'strict：PostgreSQL 可能丢失已确认的内容时拒绝启动。',
  'How long an identical callback counts as a resend and is not delivered again; 0 turns this off.':
    '多久之内相同的回调算作重发，不再投递；0 表示关闭。',
  'When finished callbacks are deleted.': '已完成的回调何时删除。',
  'How long finished callbacks are kept.': '已完成的回调保留多久。',
  'Size limit of the store; above it the oldest finished callbacks are deleted.':
    '存储的大小上限；超过时先删最旧的已完成回调。',
  'How long dead letters are kept.': '死信保留多久。',
  'kept: bodies stay as long as their callbacks; finished: they are deleted once every plugin is done with the callback, which cannot be replayed from then on (sqlite and postgres).':
    'kept：正文与回调保留同样久；finished：所有插件处理完回调后就删除正文，此后不能再重放（sqlite 和 postgres）。',
  'How long the backlog of a plugin that is no longer in the config is kept; then it becomes dead letters.':
    '插件已从配置中移除时，它的积压保留多久；之后变成死信。',
  'Most callbacks that may wait for one plugin; above it the oldest become dead letters.':
    '一个插件最多可以积压多少条回调；超过时最旧的变成死信。',
  'What is logged.': '记录哪些日志。',
  'The least severe level that is logged.': '记录的最低级别。',
  'Which callbacks are logged, one line each: all, those for which a handler failed, or none.':
    '哪些回调单独有一行日志：全部、有处理函数失败的，或都没有。',
  'The share of callbacks without a failure that is logged: 0.01 is one in a hundred.':
    '没有失败的回调中记日志的比例：0.01 即百分之一。',
  'Sends alerts to people.': '有事需要人处理时发出通知。',
  'URL of the webhook that alerts are posted to.': '接收告警的 webhook 的 URL。',
  'What the webhook understands.': '该 webhook 支持的格式。',
  'Signs what is sent: dingtalk, feishu and json have such a secret.':
    '给发出的内容签名：dingtalk、feishu 和 json 有这样的密钥。',
  'After this long without a callback there is an alert; 0 turns that off.': '多久没有任何回调就告警；0 表示关闭。',
  'The plugins, in the order in which before-callbacks pass through them.':
    '插件列表，事件之前的回调按此顺序经过它们。',
  'A shipped plugin, a package (timhook-plugin-NAME), or a path relative to this file.':
    '内置插件、包（timhook-plugin-NAME），或相对于本文件的路径。',
  "Unique name of this entry; by default the plugin's name.": '这一项的唯一名字；默认是插件名。',
  'Whether the plugin runs.': '插件是否运行。',
  'Limits the callbacks that the plugin gets. By default it gets all that it handles.':
    '限定插件收到哪些回调。默认收到它能处理的全部。',
  'SdkAppIDs of the apps whose callbacks the plugin gets.': '只收这些 SdkAppID 的应用的回调。',
  "Commands that the plugin gets: names, 'Group.*' or '*'.": "只收这些命令字：完整名字、'Group.*' 或 '*'。",
  "Ids of groups and rooms, such as '@TGS#class-*'; * stands for any text.":
    "群和房间的 id，例如 '@TGS#class-*'；* 代表任意文本。",
  'Accounts that a callback names (sender, receiver, member, operator), such as vip-*.':
    '回调中提到的账号（发送者、接收者、成员、操作者），例如 vip-*。',
  'Types of message elements, such as TIMTextElem. One element of the message has to match.':
    '消息元素的类型，例如 TIMTextElem。消息中有一个元素符合即可。',
  "Options of the plugin, checked against the plugin's schema.": '插件的选项，按插件自己的 schema 检查。',
  'Answer to a before-callback if the plugin fails or is too slow.': '插件失败或太慢时，怎样应答事件之前的回调。',
  'The verdict.': '裁决。',
  'With reject: the code, one that is documented for the callback.': 'reject 时的错误码，须是该回调文档所允许的。',
  'With reject: the text, if the callback shows one.': 'reject 时的文本，如果该回调会显示它。',
  'Timeout of one handler call: milliseconds, or text such as 30s.':
    '一次处理函数调用的超时：毫秒数，或 30s 这样的文本。',
  'Timeout of loading the plugin, and of its setup; then the start fails. By default 60s.':
    '加载插件及其 setup 的超时；超过则启动失败。默认 60s。',
  'Timeout of its close; then the server stops without it. By default 5s.': 'close 的超时；超过则不再等它。默认 5s。',
  'Most after-callbacks that the plugin handles at a time.': '插件同时处理的事件之后的回调上限。',
  'How failed after-callbacks are retried.': '失败的事件之后的回调如何重试。',
  'Most attempts; after the last one the callback becomes a dead letter.': '最多尝试几次；最后一次失败后成为死信。',
  'Delay that the backoff starts with: milliseconds, or text such as 200ms.':
    '退避的起始等待：毫秒数，或 200ms 这样的文本。',
  'Longest delay: milliseconds, or text such as 10m.': '最长等待：毫秒数，或 10m 这样的文本。',
  'Whether a callback that waits for its retry blocks later ones of its group or conversation.':
    '等待重试的回调是否挡住同一群或同一会话后面的回调。',
  'Where the plugin runs: in a separate thread (worker) or child process (process), or with the server (none).':
    '插件在哪里运行：独立线程（worker）、独立子进程（process），或与服务同在（none）。',
  'worker: a separate thread. process: a separate child process.': 'worker：独立线程。process：独立子进程。',
  'Limit of its JavaScript heap. Beyond it the plugin ends, and is started again.':
    '它的 JavaScript 堆大小。达到后结束并重新启动。',
}
