#!/usr/bin/env bash
# A first conversation with curl: add a document, ask it a question, check the citation.
set -euo pipefail
URL=${URL:-http://127.0.0.1:3000}
KEY=${KEY:-$(cat .quory/admin-key)}
HANDBOOK=${HANDBOOK:-examples/handbook.md}
AUTH="Authorization: Bearer $KEY"
field() { node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8')).$1"; }

# Your own project, which everybody has.
PROJECT=$(curl -sf "$URL/v1/me" -H "$AUTH" | field default_project_id)
BASE=$URL/v1/projects/$PROJECT

# Add the document and wait until it can be searched.
SOURCE=$(curl -sf "$BASE/data-sources/upload" -H "$AUTH" -F "file=@$HANDBOOK" | field 'data_sources[0].id')
until [ "$(curl -sf "$BASE/data-sources/$SOURCE" -H "$AUTH" | field status)" = connected ]; do sleep 0.2; done

# Ask. With this Accept header the answer comes as it is made; without it you get the stored question at once.
CHAT=$(curl -sf "$BASE/chats" -H "$AUTH" -H 'Content-Type: application/json' -d '{"name": "First questions"}' | field id)
curl -sfN "$BASE/chats/$CHAT/messages" -H "$AUTH" -H 'Content-Type: application/json' \
  -H 'Accept: text/event-stream' -d '{"content": "How many days of holiday do I have?"}'

# Everything is stored. A citation names its document and the exact characters, which can be read again at any time.
MESSAGES=$(mktemp)
curl -sf "$BASE/chats/$CHAT/messages" -H "$AUTH" >"$MESSAGES"
citation() { field "messages.at(-1).citations[0].$1" <"$MESSAGES"; }
curl -sf "$BASE/documents/$(citation document_id)/text?start=$(citation start)&end=$(citation end)" -H "$AUTH"
