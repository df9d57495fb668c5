import account from './en/account.json' with { type: 'json' }
import chats from './en/chats.json' with { type: 'json' }
import conversation from './en/conversation.json' with { type: 'json' }
import data from './en/data.json' with { type: 'json' }
import session from './en/session.json' with { type: 'json' }
import settings from './en/settings.json' with { type: 'json' }
import shell from './en/shell.json' with { type: 'json' }
import sources from './en/sources.json' with { type: 'json' }
import ui from './en/ui.json' with { type: 'json' }

export const words = { account, chats, conversation, data, session, settings, shell, sources, ui }
