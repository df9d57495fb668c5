import account from './de/account.json' with { type: 'json' }
import chats from './de/chats.json' with { type: 'json' }
import conversation from './de/conversation.json' with { type: 'json' }
import data from './de/data.json' with { type: 'json' }
import session from './de/session.json' with { type: 'json' }
import settings from './de/settings.json' with { type: 'json' }
import shell from './de/shell.json' with { type: 'json' }
import sources from './de/sources.json' with { type: 'json' }
import ui from './de/ui.json' with { type: 'json' }

export const words = { account, chats, conversation, data, session, settings, shell, sources, ui }
