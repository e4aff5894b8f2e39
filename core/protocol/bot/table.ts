import { interfaceInvocation } from './interface-invocation.ts'
import { onC2CMessage } from './on-c2c-message.ts'
import { onC2CSignalMessage } from './on-c2c-signal-message.ts'
import { onGroupMessage } from './on-group-message.ts'

export const bot = [onC2CMessage, onGroupMessage, interfaceInvocation, onC2CSignalMessage] as const
