import type { Dictionary } from '../language.ts'

/** The help texts of the metrics. */
export const metricTexts: Dictionary = {
  'JavaScript heap in use.': '已用的 JavaScript 堆。',
  'Processor time.': '处理器时间。',
  'Resident memory.': '常驻内存。',
  'Start of the process, since 1970.': '进程启动的时刻，自 1970 年起。',
  'Time from the arrival of a callback to its answer.': '从回调到达到应答的时间。',
  'Callbacks that a plugin has not finished.': '插件尚未完成的回调数。',
  'Age of the oldest callback that a plugin has not finished.': '插件尚未完成的最早回调已等待的时间。',
  'Memory that bodies under way may take.': '处理中的请求体可以占用的内存。',
  'Memory that bodies under way take.': '处理中的请求体占用的内存。',
  'Version of timhook and of Node.': 'timhook 与 Node 的版本。',
  'Callbacks by outcome. unstored: answered 503.': '按结果统计的回调数。unstored：以 503 应答。',
  'When the certificate of a listener expires, since 1970.': '监听的证书何时到期，自 1970 年起。',
  'RequestTime of the last callback refused for it, behind our clock; negative: ahead.':
    '最近一次因 RequestTime 被拒的回调，落后本机时钟多少；负数表示超前。',
  'Callbacks that became dead letters.': '成为死信的回调数。',
  'Callbacks that the deadline decided.': '由应答期限决定的回调数。',
  'Free space on the disk of the store.': '存储所在磁盘的剩余空间。',
  'How late the event loop was since the last reading.': '自上次读取以来事件循环的延迟。',
  'Times that the event loop was blocked for over 2 s.': '事件循环被阻塞超过 2 秒的次数。',
  'Fields that did not fit the table of callbacks.': '与回调表不符的字段数。',
  'Failed handler calls, and handlers not reached in time.': '失败的处理函数调用，以及没来得及调用的。',
  'Duration of handler calls, failed ones included.': '处理函数调用的耗时，含失败的。',
  'Stored callbacks deleted early to make room.': '为腾出空间而提前删除的回调数。',
  'Time since the last callback, or since the start.': '距最近一次回调的时间；没有过则自启动起算。',
  'Failed before-handlers that onFailure resolved.': '由 onFailure 决定的事件之前的处理函数失败次数。',
  '1 while a plugin leaves a target alone that keeps failing; none if it never did.':
    '插件的目标接连失败、暂不访问（熔断）时为 1；从未熔断过的插件没有这一项。',
  'Whether a plugin is on hold, so that its after-callbacks wait.': '插件是否被暂停，使其事件之后的回调等待。',
  '1 if the thread or process of a plugin has ended too often, and is started again rarely.':
    '1 表示插件的线程或进程结束得太频繁，只是偶尔重新启动。',
  'Times that the thread or process of a plugin was started again after it had ended.':
    '插件的线程或进程结束后重新启动的次数。',
  'HTTP requests by status, and what refused them.': '按状态码统计的 HTTP 请求，以及拒绝的原因。',
  'Resent callbacks, which were not delivered again.': '再次到来而没有重复投递的回调数。',
  'Calls of the REST API by ErrorCode; none: no answer.': '按 ErrorCode 统计的 REST API 调用；none 表示没有应答。',
  'Whether the REST calls of an app are paused.': '应用的 REST 调用是否被暂停。',
  'Pauses of all REST calls of an app.': '应用的全部 REST 调用被暂停的次数。',
  'Failed deliveries that are tried again.': '将要重试的失败投递次数。',
  'Size of the store.': '存储的大小。',
  'Whether the disk of the store is full.': '存储所在的磁盘是否已满。',
  'Space set aside for a full disk.': '为磁盘写满而预留的空间。',
  'Time until a callback was durable.': '回调落盘所需的时间。',
  'Callbacks that wait because the process died during their handling.': '因处理期间进程退出而等待的回调数。',
  'What the handlers of before-callbacks returned. none: no objection.':
    '事件之前的回调的处理函数返回了什么。none：没有意见。',
}
