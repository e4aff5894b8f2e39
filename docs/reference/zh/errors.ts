import type { ErrorTexts } from '../error-texts.ts'

export const errorTextsZh: ErrorTexts = {
  BACKUP_EXISTS: ['备份要写入的文件已经存在。', '换一个文件名，或把它移走。'],
  COMMAND_FAILED: ['插件的命令没能完成所要求的事。', '提示来自插件本身，详见它的 README。'],
  CONFIG_INVALID: [
    '配置有错，已全部列出，各带文件、行、列。',
    '逐一改正，直到 `timhook check` 不再报错。见[配置](config.md)。',
  ],
  CONFIG_NOT_FOUND: [
    '`--config` 或 `config/plugins.yaml` 处没有配置文件。',
    '用 `timhook init` 生成一份；相对路径以运行命令的目录为准。',
  ],
  CONFIG_EXISTS: ['`init` 或 `new` 会覆盖已有的内容。', '什么都没有改动。换一个位置，或把旧的移走。'],
  CONFIG_UNWRITABLE: ['那里写不了文件。', '在可写的目录里运行，或指定别的位置。'],
  DEPLOYMENT_FAULTY: ['`timhook doctor` 发现部署有问题。', '输出的每一行都说明了问题和办法。'],
  GIVE_UP: [
    '处理函数抛出了 `GiveUp`：回调不再尝试，直接成为死信。',
    '原因见 `timhook dead-letters`；`retry` 可再试一次。',
  ],
  LISTEN_FAILED: [
    '监听失败：端口被占用、地址不属于本机，或 TLS 文件读不了。',
    '换一个 `server.port` 或 `admin.port`，停掉占用端口的程序，或改正所指出的路径。',
  ],
  LISTEN_UNANSWERED: [
    '`timhook listen --admin` 得不到服务器管理端口的应答。',
    '看看那台服务器是否在运行，`--admin` 是不是它管理端口的 URL。',
  ],
  NOT_STORED: [
    '存储中没有这个 id 或编号的回调或死信，或者已经删除。',
    '用 `timhook events` 和 `timhook dead-letters` 查看；保留多久由 `delivery.retention` 决定。',
  ],
  PLUGIN_CLOSE_FAILED: ['插件的 `close` 抛错，或迟迟不结束。', '服务已经停止。原因和插件自己的那一行在日志里。'],
  PLUGIN_ENDED: [
    '被隔离的插件，其线程或进程结束了：内存不足、`process.exit` 或未捕获的错误。',
    '它会自动重新启动。原因见日志；若是内存，调大 `isolate.memory`。',
  ],
  PLUGIN_INVALID: [
    '加载到的不是插件：没有默认导出、有未知的键、处理的命令字不存在，或有语法错误。',
    '消息会指出位置。`timhook doctor PLUGIN` 可单独检查一个插件。',
  ],
  PLUGIN_NOT_FOUND: [
    '`use:` 写的既不是内置插件，也不是已安装的包或文件。',
    '在 timhook 旁边安装 `timhook-plugin-NAME`，或写一个以 `./` 开头、相对于配置文件的路径。',
  ],
  PLUGIN_SETUP_FAILED: [
    '插件的 `setup` 抛错，或在 `setupTimeoutMs` 内没有结束，因此服务没有启动。',
    '消息里有原因。确有理由较慢时才调大 `setupTimeoutMs`。',
  ],
  RELOAD_REFUSED: [
    '重新读取的配置改动了该引擎在运行中无法更换的内容。',
    '重启服务；使用 `--workers` 时，SIGUSR2 会逐个重启。',
  ],
  REPLAY_STOPPED: ['`timhook replay` 被 Ctrl-C 中止。', '它会打印继续时所用的 `--since`。'],
  REQUEST_UNANSWERED: [
    '对服务的请求（重试、丢弃、重放、暂停、恢复）已存下，但在等待时间内没有执行完。',
    '服务会尽快执行。查看它的日志和 `/readyz`。',
  ],
  REST_ABORTED: [
    'REST 调用被 `signal` 中止：处理函数超时，或服务正在停止。',
    '如果是停止，无须处理；否则调大 `timeoutMs`。',
  ],
  REST_CALL_INVALID: ['REST 调用的参数会被腾讯拒绝。', '消息会指出字段。'],
  REST_NOT_CONFIGURED: [
    '插件要为没有 `rest:` 设置的应用调用 REST API。',
    '给该应用加上 `rest: { region, identifier, secretKey }`。',
  ],
  REST_REFUSED: ['腾讯对 REST 调用返回了错误码。', '`errorCode` 与 `errorInfo` 是腾讯给出的，含义见官方文档。'],
  REST_SUSPENDED: [
    '该应用的调用已暂停，因为应答表明设置有误：密钥、地域、管理员或来源 IP。',
    '改正 `rest:` 设置。5 分钟后会再次尝试。',
  ],
  REST_UNANSWERED: [
    'REST 调用尝试了所有次数，仍没有应答。',
    '检查到腾讯的网络。`outcomeUnknown` 表示调用是否可能已生效。',
  ],
  RETRY_AFTER: ['处理函数抛出了 `RetryAfter`：到它所说的时间再调用。', '无须处理，插件就是这样等待的。'],
  STORE_AUTH_FAILED: [
    'Redis 或 PostgreSQL 不接受用户、密码，或该用户的操作。',
    '在 `delivery.redis` 或 `delivery.postgres` 中设好用户和密码，并授予消息所指出的权限。',
  ],
  STORE_CLOSED: ['服务停止过程中又访问了存储。', '无须处理，未完成的会在下次启动时继续。'],
  STORE_DAMAGED: ['sqlite 引擎的文件已损坏，文件保持原样。', '从备份恢复；或把该文件和它的 `-wal` 移走，从空的开始。'],
  STORE_FOREIGN: ['该文件或 schema 属于别的程序。', '换一个 `delivery.sqlite.file` 或 `delivery.postgres.schema`。'],
  STORE_IN_USE: [
    '另一个 timhook 正在使用这个文件，而一个文件只能有一个服务。',
    '停掉另一个，或换一个 `delivery.sqlite.file`。需要多个服务时用 postgres 或 redis。',
  ],
  STORE_LOST: [
    '运行期间存储没了：文件被移走、替换或覆盖，或 Redis 被清空。',
    '服务以状态 1 退出，以便重新启动。使用 sqlite 时，已确认的内容在 `FILE.rescued-TIME` 中。',
  ],
  STORE_MISSING: [
    '没有可读的内容：还没有服务用这个存储启动过。',
    '启动服务；或到 `delivery.sqlite.file` 所相对的目录里运行命令。',
  ],
  STORE_NEWER: ['这个存储由更新版本的 timhook 写过。', '启动那个版本，或换一个存储。'],
  STORE_NOT_SHARED: [
    '`memory` 引擎不能被别的进程读取，也不能由多个 worker 共用。',
    '把 `delivery.engine` 设为 sqlite、redis 或 postgres。',
  ],
  STORE_NOT_DURABLE: [
    'Redis 或 PostgreSQL 的设置可能丢失已确认的内容。',
    '修改所指出的设置，或用 `durability: relaxed` 接受风险。',
  ],
  STORE_UNREACHABLE: [
    'Redis 或 PostgreSQL 没有应答，或没有空闲连接。',
    '它在运行吗？地址和 TLS 对吗？在此期间事件之后的回调得到 503，腾讯可能会重发。',
  ],
  STORE_UNSUITABLE: ['数据库现在的样子不能用：版本太旧、是备库、是集群，或编码不符。', '消息会说明 timhook 需要什么。'],
  STORE_UNUSABLE: [
    '存储无法读写：权限、磁盘写满，或这个 Node 没有 SQLite。',
    '消息会说明是哪一种。磁盘腾出空间后无须重启。',
  ],
  STORE_VALUE_TOO_LARGE: ['插件存储的值超过 1 MB 的 JSON。', '拆成多个键，或只存它的位置。'],
  TEST_FAILED: ['`timhook try` 调用的处理函数失败了。', '消息里有原因。'],
  TRIGGER_FAILED: [
    '`timhook trigger` 发送的回调并非全部得到 OK。',
    '打印的应答说明了原因；毫无应答则说明服务没有运行。',
  ],
  UNKNOWN_COMMAND: ['没有这个名字的已知回调。', '`timhook list` 列出全部；见[回调](callbacks.md)。'],
  USAGE: ['命令的用法不对。', '`timhook COMMAND --help`，或见[命令](commands.md)。'],
  VERDICT_INVALID: [
    '事件之前的回调的处理函数返回了该回调不支持的应答。',
    '各[回调](callbacks.md)的页面列出可用的裁决、错误码和字段。此时拒绝仍然是拒绝。',
  ],
}
