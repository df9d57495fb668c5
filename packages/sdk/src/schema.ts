// Made from the server's description by `npm run openapi`.

export interface paths {
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["thisDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is alive */
        get: operations["theProcessIsAlive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The database answers */
        get: operations["theDatabaseAnswers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health Check */
        get: operations["healthCheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ways To Sign In */
        get: operations["waysToSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read A Sign-In Link
         * @description Whose link this is. It is not used up by this.
         */
        post: operations["readASignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/welcome": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use A Sign-In Link
         * @description Sets the password of the user whose link it is, and signs them in with a cookie. A link works once. `email` is for the first administrator alone, who thereby becomes the user that came with the installation.
         */
        post: operations["useASignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign In
         * @description Sets an httpOnly cookie. After too many attempts it is a 429 that says when to try again.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign Out
         * @description Ends the session of the cookie, if there is one.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign Out Everywhere
         * @description Ends all your sessions; other nodes notice within five seconds. API keys go on.
         */
        post: operations["signOutEverywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change Password
         * @description Ends all your other sessions.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign In With OpenID
         * @description Sends a browser to the provider. `next` is a path of this server to come back to.
         */
        get: operations["signInWithOpenID"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Come Back From OpenID
         * @description Where the provider sends the browser.
         */
        get: operations["comeBackFromOpenID"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who Am I
         * @description With your projects; those that your e-mail was invited to are among them from now on.
         */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change My Settings
         * @description `recalls_other_chats`: answers may search your other chats of the same project. Off by default.
         */
        patch: operations["changeMySettings"];
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Users */
        get: operations["listUsers"];
        put?: never;
        /** Create User */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}/sign-in-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make A Sign-In Link
         * @description For one use within seven days: whoever opens it signs in as this user and sets their password. It invites, and it lets in again who forgot theirs.
         */
        post: operations["makeASignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete User
         * @description With their keys, chats and the projects that are theirs alone; shared projects stay.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API Keys */
        get: operations["listAPIKeys"];
        put?: never;
        /**
         * Create API Key
         * @description The key is in this answer only; the server keeps its hash.
         */
        post: operations["createAPIKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke API Key */
        delete: operations["revokeAPIKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream My Events
         * @description What changes in your own chats and in the data of your projects, as server-sent events, for as long as you listen. Nothing is kept: `feed_start` comes first, and again whenever something may have been missed; whoever reads it fetches anew what they show.
         *
         *     `chat_changed` has the `chat`, also one that went to the trash; `chat_deleted` its `project_id` and `id`; `answer_started` and `answer_ended` a `project_id`, `chat_id`, `message_id` and `status`; `source_changed` a `project_id` and `data_source_id`, which is null when a source came or several changed; `training_changed` a `project_id` and `training_id`; `project_deleted` the `id` of a project that was yours to see. `stream_closed` is the last event of a stream that the server ends: come back.
         */
        get: operations["streamMyEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description What the configured providers really have that can hold a conversation, and which of them do not answer.
         */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Nodes
         * @description The servers and workers on this database and what they are busy with. One that went without saying so is shown for an hour.
         */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Projects */
        get: operations["listProjects"];
        put?: never;
        /** Create Project */
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Project */
        get: operations["getProject"];
        /** Update Project */
        put: operations["updateProject"];
        post?: never;
        /** Delete Project */
        delete: operations["deleteProject"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Members */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Member
         * @description Makes a user a member or changes their role: viewer, editor or owner.
         */
        put: operations["setMember"];
        post?: never;
        /** Remove Member */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Invitations
         * @description Who was invited to the project and has not come yet. For its owners.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite Member
         * @description Whoever has this address becomes a member when they next come: at `GET /v1/me`, which the page asks after they signed in. The answer is the same whether or not somebody here has it. It holds for 30 days; inviting the same address again gives it the new role and 30 more.
         */
        post: operations["inviteMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke Invitation */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Chats
         * @description Oldest first, and what you may see of others too; with `state` or `pinned` your own, newest first. What is in the trash comes with `state=trash` alone.
         */
        get: operations["listChats"];
        put?: never;
        /** Create Chat */
        post: operations["createChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Chat */
        get: operations["getChat"];
        put?: never;
        post?: never;
        /**
         * Delete Chat
         * @description For good, whether or not it is in the trash.
         */
        delete: operations["deleteChat"];
        options?: never;
        head?: never;
        /** Update Chat */
        patch: operations["updateChat"];
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Chats
         * @description Your own chats of the project, but not those in the trash: first names that have all the words, newest first, then what was said, of the newest chats first.
         */
        get: operations["searchChats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trash Chat
         * @description Stops what is being answered, whose text so far stays, and takes the chat out of sight: in the trash it can only be restored or deleted. After QUORY_TRASH_DAYS it is deleted for good. One that is in it stays as it is.
         */
        post: operations["trashChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Chat
         * @description Takes a chat out of the trash, as it was. One that is not in it stays as it is.
         */
        post: operations["restoreChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Messages
         * @description Everything said, oldest first: the newest, or those before or after a message. With `path=active` only the conversation as it stands, each message with its `siblings`.
         */
        get: operations["listMessages"];
        put?: never;
        /**
         * Create Message
         * @description Stores the question and begins its answer. With `Accept: text/event-stream` the answer is streamed as `…/stream` does.
         */
        post: operations["createMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Message */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        /** Delete Message */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/rating": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Rate Message */
        put: operations["rateMessage"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Attempts
         * @description Text of attempts at this answer that were cut off, which some reader may have been shown.
         */
        get: operations["listAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Message
         * @description Stops the answer, wherever it runs, and keeps its partial text. 200 says what it has come to; after the end that changes nothing. 202: the node that runs it does not reply, so it ends as cancelled when that node does, or when another takes over.
         */
        post: operations["cancelMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Regenerate Message
         * @description Answers the same question again, as a sibling of this assistant message, which stays. With `continue` the new one begins with what this one said before it was cancelled or failed, citations included, and goes on from there; without a model it is made anew.
         */
        post: operations["regenerateMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/messages/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Messages
         * @description Searches what was said in your own chats of the project, best first.
         */
        get: operations["searchMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/citations/{citation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Citation
         * @description A citation with 300 characters of the document on either side, where its original opens, and whether the document still is what was quoted.
         */
        get: operations["getCitation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trace
         * @description Why this answer: what was searched and found, what the model was sent, its calls and the tools. Kept for 14 days. Readers other than the owner of the chat see no prompt and no queries.
         */
        get: operations["getTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/chats/{chat_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream Chat
         * @description The newest answer of the chat, or that of `message_id`, as server-sent events: from its start, or after `Last-Event-ID`; live until it ends. Reading never starts work, and leaving never stops it.
         *
         *     Every event has its number as `id`; numbers go on over the answers of a chat, a million apart, from 1 in the first. A reader that comes back with the last number it saw gets exactly the rest of that answer; one that has seen its end gets the chat's newest answer, or 204 when that was it, which also ends a browser's own reconnecting.
         *
         *     A number that the log does not have gets `message_snapshot`: `content`, `thinking`, `tool_calls` and `citations` are all that the events up to number `covers` amount to, and replace what the reader holds; events after `covers` follow. Logs are kept for a day after the end; then `thinking` and `tool_calls` are null.
         *
         *     The last event is `message_complete`, or, when the stream ends before its answer does, `stream_closed`, whose `reason` is `shutdown`, `storage_unavailable`, `access_withdrawn` or `internal_error`: come back after number `resume_after`. `message_queued`, which has no number, tells a reader that waits for the start its `position` in the queue, and again when that changes. `message_restart` says that the answer is made again from its beginning.
         */
        get: operations["streamChat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-source-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Data Source Types */
        get: operations["listDataSourceTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Data Sources */
        get: operations["listDataSources"];
        put?: never;
        /** Create Data Source */
        post: operations["createDataSource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Data Source */
        get: operations["getDataSource"];
        /**
         * Update Data Source
         * @description A configuration is replaced whole; ******** keeps the stored value of a password. Null changes nothing.
         */
        put: operations["updateDataSource"];
        post?: never;
        /**
         * Delete Data Source
         * @description With its file, passages and unfinished work, whatever `delete_s3_object` and `force` say.
         */
        delete: operations["deleteDataSource"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Validate Data Source
         * @description Says whether the data source can be used. Changes nothing.
         */
        post: operations["validateDataSource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload Files
         * @description Each file of the form, whatever its field is called, becomes a data source that is indexed in the background. 201 when at least one file was stored, with the others under `errors`; when none was, the first refusal is the answer.
         */
        post: operations["uploadFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/csv-upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload CSV File
         * @description The file is read through before the answer; its rows can be searched shortly after it.
         */
        post: operations["uploadCSVFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Original File
         * @description The file as it was uploaded, as an attachment; a PDF is shown. One byte range may be asked for.
         */
        get: operations["getOriginalFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/files/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Original of a File
         * @description A file of a data source that has many, as it was last fetched or unpacked: as an attachment; a PDF is shown. One byte range may be asked for. The header `x-content-form` reads `original`; it reads `text` when the original is not kept any more, and what is sent is the text that was read from it.
         */
        get: operations["getOriginalOfAFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sync Data Source
         * @description Brings what is here up to date with the source, in the background; goes on with a sync that was paused.
         */
        post: operations["syncDataSource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause Sync
         * @description What is under way is given up and done again later; nothing is lost. Does nothing unless it runs.
         */
        post: operations["pauseSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Sync
         * @description Goes on where it was paused. Does nothing unless it is paused.
         */
        post: operations["resumeSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Sync
         * @description What was read stays; the rest is left to the next sync. Does nothing when it is over.
         */
        post: operations["cancelSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/data-sources/{data_source_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Files
         * @description Everything that the source holds, with how far it came and why no further.
         */
        get: operations["listFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search Passages
         * @description The best passages of the project, best first. `score` compares within one search only; `scores` says what each part of the search made of a passage, `details` which parts took part.
         */
        post: operations["searchPassages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/documents/{document_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Document */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/documents/{document_id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Document Text
         * @description The text that passages and citations are ranges of. `start` and `end` count Unicode code points, half open; with the range of a citation this is its quote.
         */
        get: operations["getDocumentText"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/embedding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Embedding State */
        get: operations["getEmbeddingState"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tables
         * @description What the CSV, Excel and Parquet files of the project hold, as tables to ask with SQL.
         */
        get: operations["listTables"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/tables/{table_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Table */
        get: operations["getTable"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/tables/{table_id}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Table Rows
         * @description In the order of the file.
         */
        get: operations["listTableRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/tables/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Query Tables
         * @description One statement of DuckDB's SQL that reads: SELECT, WITH, VALUES, DESCRIBE or SUMMARIZE. It sees the project's tables and nothing else, and is stopped when it takes too long or too much memory.
         */
        post: operations["queryTables"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/training": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Training Jobs */
        get: operations["listTrainingJobs"];
        put?: never;
        /**
         * Create Training Job
         * @description Reads the named data sources again in the background. An empty list is done at once.
         */
        post: operations["createTrainingJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/training/{training_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Training Job */
        get: operations["getTrainingJob"];
        /**
         * Update Training Job
         * @description Changes the description. Status, progress and error are the server’s to say: sent, they are ignored.
         */
        put: operations["updateTrainingJob"];
        post?: never;
        /** Delete Training Job */
        delete: operations["deleteTrainingJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/training/latest/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Latest Overview
         * @description Of the last training that has ended.
         */
        get: operations["getLatestOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{project_id}/training/{training_id}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Overview
         * @description What there was when the training ended.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            detail: string;
            code: string;
            request_id: string;
        };
        /** @description Validation Error */
        ValidationProblem: {
            detail: {
                type: string;
                loc: (string | number)[];
                msg: string;
                input?: unknown;
                ctx?: {
                    [key: string]: unknown;
                };
            }[];
            code: string;
            request_id: string;
        };
        Confirmation: {
            message: string;
        };
        Me: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example ada@example.org */
            email: string;
            /** @example Ada */
            name: string;
            /** @enum {string} */
            role: "admin" | "user";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            /** @enum {string} */
            scope: "read" | "chat" | "admin";
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            default_project_id: string;
            /** @description Whether answers may search your other chats of the project */
            recalls_other_chats: boolean;
            /** @description Whether you can sign in with a password */
            has_password: boolean;
            projects: {
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                id: string;
                name: string;
                /** @enum {string} */
                role: "owner" | "editor" | "viewer";
            }[];
        };
        /**
         * @example {
         *       "recalls_other_chats": true
         *     }
         */
        MeChange: {
            name?: string | null;
            recalls_other_chats?: boolean | null;
        };
        User: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example ada@example.org */
            email: string;
            /** @example Ada */
            name: string;
            /** @enum {string} */
            role: "admin" | "user";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
        };
        /**
         * @example {
         *       "email": "ada@example.org",
         *       "name": "Ada"
         *     }
         */
        NewUser: {
            email: string;
            name?: string | null;
            role?: ("admin" | "user") | null;
        };
        ApiKey: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            user_id: string;
            name: string;
            /** @example qk_3fK9 */
            prefix: string;
            /** @enum {string} */
            scope: "read" | "chat" | "admin";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
        };
        CreatedApiKey: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            user_id: string;
            name: string;
            /** @example qk_3fK9 */
            prefix: string;
            /** @enum {string} */
            scope: "read" | "chat" | "admin";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
            /** @description Shown this once */
            key: string;
        };
        Project: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example acme */
            organization_id: string;
            /** @example Handbook */
            name: string;
            description: string | null;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            instructions: string | null;
            model: string | null;
            /** @enum {string} */
            role: "owner" | "editor" | "viewer";
        };
        /**
         * @example {
         *       "name": "Handbook",
         *       "organization_id": "acme"
         *     }
         */
        NewProject: {
            name: string;
            organization_id: string;
            description?: string | null;
            instructions?: string | null;
            model?: string | null;
        };
        /**
         * @example {
         *       "name": "Staff handbook"
         *     }
         */
        ProjectChange: {
            name?: string | null;
            description?: string | null;
            instructions?: string | null;
            model?: string | null;
        };
        Member: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            user_id: string;
            email: string;
            name: string;
            /** @enum {string} */
            role: "owner" | "editor" | "viewer";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
        };
        /**
         * @example {
         *       "role": "editor"
         *     }
         */
        MemberChange: {
            /** @enum {string} */
            role: "owner" | "editor" | "viewer";
        };
        Invitation: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            email: string;
            /** @enum {string} */
            role: "owner" | "editor" | "viewer";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            expires_at: string;
        };
        /**
         * @example {
         *       "email": "grace@example.org",
         *       "role": "editor"
         *     }
         */
        NewInvitation: {
            email: string;
            /** @enum {string} */
            role: "owner" | "editor" | "viewer";
        };
        Chat: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            /** @example Holidays */
            name: string;
            description: string | null;
            /** @example u1 */
            owner: string | null;
            /** @example 2 */
            message_count: number;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            /** @description False: the name stands in, or was made from the first exchange */
            is_named: boolean;
            /** @description An answer in it waits or is made */
            is_running: boolean;
            /** @description The message that ends the active path */
            leaf_id: string | null;
            pinned_at: string | null;
            archived_at: string | null;
            /** @description When it went to the trash */
            deleted_at: string | null;
        };
        /**
         * @example {
         *       "name": "Holidays",
         *       "owner": "u1"
         *     }
         */
        NewChat: {
            name: string;
            description?: string | null;
            owner?: string | null;
            /** @description False: `name` stands in until the first exchange gives the chat one */
            is_named?: boolean | null;
        };
        /**
         * @example {
         *       "name": "Holidays 2026"
         *     }
         */
        ChatChange: {
            name?: string | null;
            description?: string | null;
            pinned?: boolean | null;
            archived?: boolean | null;
            /** @description Walks to this message, and on to where its branch was last */
            leaf_id?: string | null;
        };
        PassageCitation: {
            /** @constant */
            type: "passage";
            /**
             * @description Unique within the message
             * @example 1
             */
            id: string;
            /**
             * @description Of the marker in the text, such as [1]
             * @example 1
             */
            number: number;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            data_source_id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            document_id: string;
            /** @example handbook.pdf */
            document_name: string;
            passage: number;
            page: number | null;
            sheet: string | null;
            row_start: number | null;
            row_end: number | null;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            file_id: string;
            /** @description Of the file as it was then */
            content_hash: string;
            /** @description Where a person opened the file at its source; null for uploads */
            url: string | null;
            /**
             * @description The original as it is kept here now, at the page where there is one
             * @example /v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3
             */
            content_url: string;
            heading_path: string[];
            /** @description First Unicode code point of the quote in the document text */
            start: number;
            /** @description One past the last */
            end: number;
            quote: string;
        };
        Message: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            chat_id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            /** @enum {string} */
            role: "user" | "assistant" | "system";
            /** @example How many days of holiday do I have? */
            content: string;
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "failed" | "cancelled";
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            completed_at: string | null;
            parent_id: string | null;
            answer_id: string | null;
            model: string | null;
            usage: {
                input_tokens: number;
                output_tokens: number;
            } | null;
            citations: (components["schemas"]["PassageCitation"] | {
                /** @constant */
                type: "table";
                /** @example 1 */
                id: string;
                /** @example 1 */
                number: number;
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                project_id: string;
                data_source_id: string | null;
                document_id: string | null;
                file_id: string | null;
                document_name: string;
                tables: {
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    id: string;
                    name: string;
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    data_source_id: string;
                    file_name: string;
                    sheet: string | null;
                    data_version: string;
                }[];
                /**
                 * @description Brings the result again at `POST …/tables/query`, which says whether the data changed when it is sent `data_version`
                 * @example select count(*) as count from prices
                 */
                sql: string;
                columns: {
                    name: string;
                    type: string;
                }[];
                /** @description The first 20 */
                rows: (string | number | boolean | null)[][];
                row_count: number;
                truncated: boolean;
                data_version: string;
            })[];
            details: {
                /** @description What came of the markers; an answer whose markers all failed has found and repaired none */
                citations: {
                    found: number;
                    repaired: number;
                    dropped: number;
                };
            } | null;
            error: {
                /** @example model_unavailable */
                code: string;
                message: string;
            } | null;
            /**
             * @description While `queued`: how many answers would be started before this one, plus one. Null when it does not wait
             * @example null
             */
            queue_position: number | null;
            /** @description Set while an answer is being stopped: whoever runs it has not ended it yet */
            cancel_requested_at: string | null;
            rating: ("up" | "down") | null;
            /** @description Null when it is not known what the model costs */
            cost: {
                /** @example 0.0042 */
                amount: number;
                /** @example USD */
                currency: string;
            } | null;
            /** @description With `path=active`: this message and those beside it, in the order they were made */
            siblings?: string[];
        };
        MessageList: {
            messages: components["schemas"]["Message"][];
            /** @description There is more in the direction of the page; with `around` in either */
            has_more: boolean;
            /** @description With `path=active` */
            has_older?: boolean;
            /** @description With `path=active` */
            has_newer?: boolean;
        };
        /**
         * @example {
         *       "content": "How many days of holiday do I have?"
         *     }
         */
        NewMessage: {
            content: string;
            metadata?: {
                [key: string]: unknown;
            } | null;
            parent_id?: string | null;
            /** @description The question that this one is another form of */
            sibling_of?: string | null;
            model?: string | null;
            temperature?: number | null;
            max_tokens?: number | null;
        };
        /**
         * @example {
         *       "rating": "up"
         *     }
         */
        MessageRating: {
            rating: ("up" | "down") | null;
        };
        Attempt: {
            attempt: number;
            content: string;
            reason: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            ended_at: string;
        };
        FoundMessages: {
            messages: {
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                message_id: string;
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                chat_id: string;
                chat_name: string;
                /** @enum {string} */
                role: "user" | "assistant" | "system";
                /**
                 * Format: date-time
                 * @example 2026-11-22T20:13:48.123Z
                 */
                created_at: string;
                /** @description The piece of the message that fits best, with … where it was cut */
                snippet: string;
                /** @description Compares within one search only */
                score: number;
            }[];
            next_cursor: string | null;
            /** @description False when not everything was searched: very much was said, or it is still being indexed */
            is_complete: boolean;
        };
        CitationDetail: {
            citation: components["schemas"]["PassageCitation"] | {
                /** @constant */
                type: "table";
                /** @example 1 */
                id: string;
                /** @example 1 */
                number: number;
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                project_id: string;
                data_source_id: string | null;
                document_id: string | null;
                file_id: string | null;
                document_name: string;
                tables: {
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    id: string;
                    name: string;
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    data_source_id: string;
                    file_name: string;
                    sheet: string | null;
                    data_version: string;
                }[];
                /**
                 * @description Brings the result again at `POST …/tables/query`, which says whether the data changed when it is sent `data_version`
                 * @example select count(*) as count from prices
                 */
                sql: string;
                columns: {
                    name: string;
                    type: string;
                }[];
                /** @description The first 20 */
                rows: (string | number | boolean | null)[][];
                row_count: number;
                truncated: boolean;
                data_version: string;
            };
            /** @description Up to 300 characters before the quote; null once the text is gone */
            before: string | null;
            after: string | null;
            /**
             * @description Whether the document still is the one that was quoted. The quote itself never changes
             * @enum {string}
             */
            source_state: "current" | "changed" | "deleted";
            /**
             * Format: date-time
             * @description When the newer version was read
             */
            changed_at: string | null;
            newer: {
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                document_id: string;
                place: {
                    page: number | null;
                    row_start: number | null;
                    row_end: number | null;
                    heading_path: string[];
                    start: number;
                    end: number;
                } | null;
            } | null;
            /**
             * @description Opens the original, at its source where it has an address there, else the copy kept here; at the page where it has one. Null once it is gone
             * @example /v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3
             */
            url: string | null;
        };
        SearchDetails: {
            /** @description Which index was searched for the words, in how many pieces, and how long it took */
            words: {
                /** @enum {string} */
                index: "postings" | "pg_textsearch";
                segments: number;
                ms: number;
            };
            /** @description Search by vectors; null when no embedding model is configured */
            vectors: {
                /** @enum {string} */
                state: "searched" | "skipped";
                model: string | null;
                index: ("exact" | "lists" | "pgvector") | null;
                /** @description Why it was skipped */
                reason: string | null;
            } | null;
            /** @description Null when no reranker is configured */
            rerank: {
                /** @enum {string} */
                state: "reranked" | "skipped";
                model: string | null;
                /** @description Why it was skipped */
                reason: string | null;
            } | null;
        };
        Trace: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            message_id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            answer_id: string;
            /** @description Attempts that were cut off before the one traced here */
            attempts: components["schemas"]["Attempt"][];
            searches: {
                query: string;
                /**
                 * @description Milliseconds since the attempt began
                 * @example 12.5
                 */
                started_ms: number;
                /**
                 * @description Milliseconds
                 * @example 3.1
                 */
                duration_ms: number;
                /** @description Which indexes answered, as `details` of a search; null when it failed */
                details: components["schemas"]["SearchDetails"] | null;
                error: string | null;
                passages: {
                    /** @description As the model was shown it; null when it was not */
                    number: number | null;
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    project_id: string;
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    data_source_id: string;
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    document_id: string;
                    document_name: string;
                    passage: number;
                    page: number | null;
                    heading_path: string[];
                    start: number;
                    end: number;
                    score: number;
                    /**
                     * @description By part of the search, as in a search
                     * @example {
                     *       "bm25": 7.2,
                     *       "vector": null
                     *     }
                     */
                    scores: {
                        [key: string]: number | null;
                    };
                }[];
            }[];
            /** @description The question as it was made to stand alone */
            condensed: {
                query: string;
                /** @enum {string} */
                by: "model" | "terms";
            } | null;
            /** @description The prompt, each message once however many calls sent it */
            messages: {
                role: string;
                content: string;
                tool_calls: string | null;
            }[];
            model_calls: {
                /** @enum {string} */
                purpose: "answer" | "condense";
                model: string;
                /** @description What was sent: places in `messages` */
                messages: number[];
                tools: string[];
                /**
                 * @description Milliseconds since the attempt began
                 * @example 12.5
                 */
                started_ms: number;
                first_token_ms: number | null;
                /**
                 * @description Milliseconds
                 * @example 3.1
                 */
                duration_ms: number;
                usage: {
                    input_tokens: number;
                    output_tokens: number;
                } | null;
                stop_reason: string | null;
                error: string | null;
            }[];
            tools: {
                name: string;
                input: unknown;
                /**
                 * @description Milliseconds since the attempt began
                 * @example 12.5
                 */
                started_ms: number;
                /**
                 * @description Milliseconds
                 * @example 3.1
                 */
                duration_ms: number;
                error: string | null;
            }[];
            /** @description What was left out */
            note: string | null;
        };
        SourceTypeList: {
            data_source_types: {
                /** @example csv_upload */
                id: string;
                name: string;
                /** @enum {string} */
                category: "document" | "code" | "data";
                description: string;
                required_fields: {
                    name: string;
                    /** @enum {string} */
                    type: "string" | "password" | "integer";
                    description: string;
                    optional: boolean;
                    /** @description Its only values */
                    options?: string[];
                }[];
            }[];
        };
        ListedSource: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            /** @enum {string} */
            type: "google_drive" | "github" | "databricks" | "web" | "s3" | "direct_upload" | "csv_upload" | "xlsx_upload";
            /** @example Price list */
            name: string;
            /** @description Fields of type password read ******** */
            configuration: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "configured" | "syncing" | "connected" | "error";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            /** @description Why the file could not be read */
            error: string | null;
            progress: {
                /** @description Passages that can be searched */
                done: number;
                /** @description Passages known so far; 0 until the file was read */
                total: number;
            };
            /** @example prices.csv */
            file_name: string | null;
            /** @example text/csv */
            media_type: string | null;
            /** @description Bytes */
            size: number | null;
            /** @description SHA-256 of the bytes, in hexadecimal */
            hash: string | null;
            /** @description Work under way; null when there is none */
            job: {
                /** @enum {string} */
                state: "waiting" | "running";
                /**
                 * @description Attempts begun so far
                 * @example 1
                 */
                attempt: number;
                /** @example 3 */
                max_attempts: number;
                /** @description When a failed attempt is followed by the next, or what was put off begins */
                next_attempt_at: string | null;
                /** @description What the last attempt came to, or why this one stands still */
                reason: string | null;
            } | null;
        };
        SourceWithDocuments: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            /** @enum {string} */
            type: "google_drive" | "github" | "databricks" | "web" | "s3" | "direct_upload" | "csv_upload" | "xlsx_upload";
            /** @example Price list */
            name: string;
            /** @description Fields of type password read ******** */
            configuration: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "configured" | "syncing" | "connected" | "error";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            /** @description Why the file could not be read */
            error: string | null;
            progress: {
                /** @description Passages that can be searched */
                done: number;
                /** @description Passages known so far; 0 until the file was read */
                total: number;
            };
            /** @example prices.csv */
            file_name: string | null;
            /** @example text/csv */
            media_type: string | null;
            /** @description Bytes */
            size: number | null;
            /** @description SHA-256 of the bytes, in hexadecimal */
            hash: string | null;
            /** @description Work under way; null when there is none */
            job: {
                /** @enum {string} */
                state: "waiting" | "running";
                /**
                 * @description Attempts begun so far
                 * @example 1
                 */
                attempt: number;
                /** @example 3 */
                max_attempts: number;
                /** @description When a failed attempt is followed by the next, or what was put off begins */
                next_attempt_at: string | null;
                /** @description What the last attempt came to, or why this one stands still */
                reason: string | null;
            } | null;
            /** @description Null when it was never synced */
            sync: {
                /**
                 * @description Counts the syncs of this source
                 * @example 1
                 */
                number: number;
                /** @enum {string} */
                state: "running" | "paused" | "completed" | "failed" | "cancelled";
                /**
                 * @description Whether everything is listed, or what changed
                 * @enum {string}
                 */
                mode: "full" | "incremental";
                started_at: string | null;
                ended_at: string | null;
                /** @description Why it failed, or what it waits for */
                error: string | null;
                /** @description When it goes on by itself */
                waiting_until: string | null;
                /**
                 * @description How often it is synced by itself
                 * @example 60
                 */
                every_minutes: number | null;
                /** @description When the next sync is due */
                next_at: string | null;
                progress: {
                    /** @description Found at the source */
                    listed: {
                        files: number;
                        /** @description Of files whose size is known */
                        bytes: number;
                    };
                    /** @description Of these, those whose bytes are here */
                    fetched: {
                        files: number;
                        /** @description Of files whose size is known */
                        bytes: number;
                    };
                    /** @description Of these, those that were read */
                    parsed: {
                        files: number;
                        /** @description Of files whose size is known */
                        bytes: number;
                    };
                    /** @description Of these, those that can be searched */
                    indexed: {
                        files: number;
                        /** @description Of files whose size is known */
                        bytes: number;
                    };
                    /** @description Of these, those that are found by their vectors as well; null without an embedding model */
                    embedded: {
                        files: number;
                        /** @description Of files whose size is known */
                        bytes: number;
                    } | null;
                    /** @description Left out; the list of files says why */
                    skipped: number;
                    /** @description Not to be read; the list of files says why */
                    failed: number;
                    /** @description Over the last half minute; null when nothing was done */
                    files_per_second: number | null;
                    bytes_per_second: number | null;
                    /** @description Null while it cannot be known */
                    remaining_seconds: number | null;
                } | null;
            } | null;
            documents: {
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                id: string;
                name: string;
                media_type: string;
                language: string;
                length: number;
            }[];
        };
        Validation: {
            /** @enum {string} */
            status: "success" | "error";
            message: string;
        };
        Source: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            /** @enum {string} */
            type: "google_drive" | "github" | "databricks" | "web" | "s3" | "direct_upload" | "csv_upload" | "xlsx_upload";
            /** @example Price list */
            name: string;
            /** @description Fields of type password read ******** */
            configuration: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "configured" | "syncing" | "connected" | "error";
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            /** @description Why the file could not be read */
            error: string | null;
            progress: {
                /** @description Passages that can be searched */
                done: number;
                /** @description Passages known so far; 0 until the file was read */
                total: number;
            };
            /** @example prices.csv */
            file_name: string | null;
            /** @example text/csv */
            media_type: string | null;
            /** @description Bytes */
            size: number | null;
            /** @description SHA-256 of the bytes, in hexadecimal */
            hash: string | null;
        };
        /**
         * @example {
         *       "type": "github",
         *       "name": "Code",
         *       "configuration": {
         *         "username": "acme",
         *         "access_token": "…"
         *       }
         *     }
         */
        NewSource: {
            /** @enum {string} */
            type: "google_drive" | "github" | "databricks" | "web" | "s3" | "direct_upload" | "csv_upload" | "xlsx_upload";
            name: string;
            /** @default {} */
            configuration: {
                [key: string]: unknown;
            };
            /**
             * @description How often it is synced by itself: 5 minutes or more; 0 is never
             * @example 60
             */
            sync_every_minutes?: number | null;
        };
        /**
         * @example {
         *       "name": "Prices 2026"
         *     }
         */
        SourceChange: {
            name?: string | null;
            configuration?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description How often it is synced by itself: 5 minutes or more; 0 is never
             * @example 60
             */
            sync_every_minutes?: number | null;
        };
        UploadResult: {
            /** @description One for each file that was stored, in the order they were sent */
            data_sources: components["schemas"]["Source"][];
            /** @description One for each file that was not */
            errors: {
                /** @description Null when the form itself broke off */
                file_name: string | null;
                /** @example data_source_exists */
                code: string;
                detail: string;
            }[];
        };
        FoundPassages: {
            passages: {
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                document_id: string;
                /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                data_source_id: string;
                /** @example handbook.pdf */
                document_name: string;
                page: number | null;
                sheet: string | null;
                row_start: number | null;
                row_end: number | null;
                heading_path: string[];
                /** @description First Unicode code point in the document text */
                start: number;
                /** @description One past the last */
                end: number;
                text: string;
                score: number;
                /** @description By part of the search; null where it was not among the best of that part */
                scores: {
                    bm25: number | null;
                    vector: number | null;
                    fused: number | null;
                    rerank: number | null;
                };
            }[];
            details: components["schemas"]["SearchDetails"];
        };
        /**
         * @example {
         *       "query": "days of holiday",
         *       "limit": 5
         *     }
         */
        Search: {
            /** @description What stands in quotation marks must stand in a passage word by word */
            query: string;
            /** @default 10 */
            limit: number;
            /** @default 0 */
            offset: number;
            /**
             * @example {
             *       "media_types": [
             *         "application/pdf"
             *       ],
             *       "pages": {
             *         "first": 1,
             *         "last": 10
             *       }
             *     }
             */
            filter?: {
                data_source_ids?: string[];
                document_ids?: string[];
                /** @description Whole types, `application/pdf`, or first halves, `text` */
                media_types?: string[];
                /**
                 * Format: date-time
                 * @description Documents stored at this time or later
                 * @example 2026-11-01T00:00:00Z
                 */
                stored_from?: string;
                /**
                 * Format: date-time
                 * @example 2026-11-01T00:00:00Z
                 */
                stored_before?: string;
                /** @description Both included; what has no pages is left out */
                pages?: {
                    first: number;
                    last: number;
                };
            };
        };
        Document: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example handbook.pdf */
            name: string;
            /** @example application/pdf */
            media_type: string;
            /** @example en */
            language: string;
            /** @description Unicode code points of the text */
            length: number;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            data_source_id: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
        };
        DocumentText: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            document_id: string;
            /** @description First Unicode code point in the document text */
            start: number;
            /** @description One past the last */
            end: number;
            text: string;
        };
        TrainingWithJob: {
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            id: string;
            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
            project_id: string;
            data_source_ids: string[];
            /** @enum {string} */
            status: "queued" | "in_progress" | "completed" | "failed";
            description: string | null;
            progress: {
                /** @enum {string} */
                current_step: "queued" | "indexing" | "completed" | "failed";
                steps_completed: number;
                total_steps: number;
                percent_complete: number;
                message: string;
            };
            error: string | null;
            /** @description What the index holds of the data sources; null until the end */
            report: {
                documents: number;
                passages: number;
                /** @description As indexed: stop words left out, overlaps counted twice */
                words: number;
                languages: {
                    language: string;
                    documents: number;
                }[];
                /** @description The first hundred files that were left out or failed */
                skipped: {
                    /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                    data_source_id: string;
                    name: string;
                    reason: string;
                }[];
                skipped_count: number;
                seconds: number;
            } | null;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            updated_at: string;
            /** @description Work under way; null when there is none */
            job: {
                /** @enum {string} */
                state: "waiting" | "running";
                /**
                 * @description Attempts begun so far
                 * @example 1
                 */
                attempt: number;
                /** @example 3 */
                max_attempts: number;
                /** @description When a failed attempt is followed by the next, or what was put off begins */
                next_attempt_at: string | null;
                /** @description What the last attempt came to, or why this one stands still */
                reason: string | null;
            } | null;
        };
        /**
         * @example {
         *       "data_source_ids": [
         *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
         *       ]
         *     }
         */
        NewTraining: {
            data_source_ids: string[];
            description?: string | null;
        };
        /**
         * @example {
         *       "description": "Monthly"
         *     }
         */
        TrainingChange: {
            description?: string | null;
        };
        TrainingDeletion: {
            message: string;
            /**
             * Format: date-time
             * @example 2026-11-22T20:13:48.123Z
             */
            deleted_at: string;
        };
    };
    responses: {
        /** @description Any other refusal */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Internal Server Error",
                 *       "code": "internal_error",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Not Found",
                 *       "code": "project_not_found",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity */
        ValidationProblem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": [
                 *         {
                 *           "type": "missing",
                 *           "loc": [
                 *             "body",
                 *             "name"
                 *           ],
                 *           "msg": "Field required",
                 *           "input": {}
                 *         }
                 *       ],
                 *       "code": "invalid_request",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["ValidationProblem"];
            };
        };
        /** @description Forbidden */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Forbidden",
                 *       "code": "forbidden",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Conflict",
                 *       "code": "project_exists",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests */
        Problem429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Too Many Requests",
                 *       "code": "too_many_questions",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Unauthorized",
                 *       "code": "unauthenticated",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Bad Request */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Bad Request",
                 *       "code": "malformed_upload",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Payload Too Large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Payload Too Large",
                 *       "code": "body_too_large",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Unsupported Media Type",
                 *       "code": "unsupported_media_type",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Range Not Satisfiable */
        Problem416: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "detail": "Range Not Satisfiable",
                 *       "code": "range_not_satisfiable",
                 *       "request_id": "6b0f5a1c-9d7e-4f3a-8a2b-1c0d9e8f7a6b"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Problem = components['schemas']['Problem'];
export type ValidationProblem = components['schemas']['ValidationProblem'];
export type Confirmation = components['schemas']['Confirmation'];
export type Me = components['schemas']['Me'];
export type MeChange = components['schemas']['MeChange'];
export type User = components['schemas']['User'];
export type NewUser = components['schemas']['NewUser'];
export type ApiKey = components['schemas']['ApiKey'];
export type CreatedApiKey = components['schemas']['CreatedApiKey'];
export type Project = components['schemas']['Project'];
export type NewProject = components['schemas']['NewProject'];
export type ProjectChange = components['schemas']['ProjectChange'];
export type Member = components['schemas']['Member'];
export type MemberChange = components['schemas']['MemberChange'];
export type Invitation = components['schemas']['Invitation'];
export type NewInvitation = components['schemas']['NewInvitation'];
export type Chat = components['schemas']['Chat'];
export type NewChat = components['schemas']['NewChat'];
export type ChatChange = components['schemas']['ChatChange'];
export type PassageCitation = components['schemas']['PassageCitation'];
export type Message = components['schemas']['Message'];
export type MessageList = components['schemas']['MessageList'];
export type NewMessage = components['schemas']['NewMessage'];
export type MessageRating = components['schemas']['MessageRating'];
export type Attempt = components['schemas']['Attempt'];
export type FoundMessages = components['schemas']['FoundMessages'];
export type CitationDetail = components['schemas']['CitationDetail'];
export type SearchDetails = components['schemas']['SearchDetails'];
export type Trace = components['schemas']['Trace'];
export type SourceTypeList = components['schemas']['SourceTypeList'];
export type ListedSource = components['schemas']['ListedSource'];
export type SourceWithDocuments = components['schemas']['SourceWithDocuments'];
export type Validation = components['schemas']['Validation'];
export type Source = components['schemas']['Source'];
export type NewSource = components['schemas']['NewSource'];
export type SourceChange = components['schemas']['SourceChange'];
export type UploadResult = components['schemas']['UploadResult'];
export type FoundPassages = components['schemas']['FoundPassages'];
export type Search = components['schemas']['Search'];
export type Document = components['schemas']['Document'];
export type DocumentText = components['schemas']['DocumentText'];
export type TrainingWithJob = components['schemas']['TrainingWithJob'];
export type NewTraining = components['schemas']['NewTraining'];
export type TrainingChange = components['schemas']['TrainingChange'];
export type TrainingDeletion = components['schemas']['TrainingDeletion'];
export type ResponseProblem = components['responses']['Problem'];
export type ResponseProblem404 = components['responses']['Problem404'];
export type ResponseValidationProblem422 = components['responses']['ValidationProblem422'];
export type ResponseProblem403 = components['responses']['Problem403'];
export type ResponseProblem409 = components['responses']['Problem409'];
export type ResponseProblem429 = components['responses']['Problem429'];
export type ResponseProblem401 = components['responses']['Problem401'];
export type ResponseProblem400 = components['responses']['Problem400'];
export type ResponseProblem413 = components['responses']['Problem413'];
export type ResponseProblem415 = components['responses']['Problem415'];
export type ResponseProblem416 = components['responses']['Problem416'];
export type $defs = Record<string, never>;
export interface operations {
    thisDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An OpenAPI 3.1 document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    theProcessIsAlive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": {
                        /** @example ok */
                        status: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    theDatabaseAnswers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": {
                        /** @example ok */
                        status: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    healthCheck: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": {
                        message: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    waysToSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "password": true,
                     *       "oidc": {
                     *         "name": "Example Inc."
                     *       },
                     *       "first_run": true
                     *     }
                     */
                    "application/json": {
                        password: boolean;
                        oidc: {
                            /** @example Example Inc. */
                            name: string;
                        } | null;
                        /** @description Nobody can sign in yet: the server printed a link at its start */
                        first_run: boolean;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    readASignInLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR"
                 *     }
                 */
                "application/json": {
                    /** @example Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR */
                    token: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "…",
                     *       "name": "…"
                     *     }
                     */
                    "application/json": {
                        /** @description The invited user's; null: theirs to choose */
                        email: string | null;
                        name: string;
                    };
                };
            };
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    useASignInLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR",
                 *       "password": "correct horse battery",
                 *       "name": "Ada",
                 *       "email": "ada@example.org"
                 *     }
                 */
                "application/json": {
                    /** @example Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR */
                    token: string;
                    /** @example correct horse battery */
                    password: string;
                    name?: string | null;
                    email?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            429: components["responses"]["Problem429"];
            default: components["responses"]["Problem"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": {
                    /** @example ada@example.org */
                    email: string;
                    /** @example correct horse battery */
                    password: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            422: components["responses"]["ValidationProblem422"];
            429: components["responses"]["Problem429"];
            default: components["responses"]["Problem"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    signOutEverywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery",
                 *       "new_password": "battery staple horse"
                 *     }
                 */
                "application/json": {
                    /** @example correct horse battery */
                    current_password: string;
                    /** @example correct horse battery */
                    new_password: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            429: components["responses"]["Problem429"];
            default: components["responses"]["Problem"];
        };
    };
    signInWithOpenID: {
        parameters: {
            query?: {
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example null */
                    "application/json": null;
                };
            };
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    comeBackFromOpenID: {
        parameters: {
            query?: {
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example null */
                    "application/json": null;
                };
            };
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "email": "ada@example.org",
                     *       "name": "Ada",
                     *       "role": "admin",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "scope": "read",
                     *       "default_project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "recalls_other_chats": true,
                     *       "has_password": true,
                     *       "projects": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "…",
                     *           "role": "owner"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    changeMySettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "recalls_other_chats": true
                 *     }
                 */
                "application/json": components["schemas"]["MeChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "email": "ada@example.org",
                     *       "name": "Ada",
                     *       "role": "admin",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "scope": "read",
                     *       "default_project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "recalls_other_chats": true,
                     *       "has_password": true,
                     *       "projects": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "…",
                     *           "role": "owner"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "users": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "email": "ada@example.org",
                     *           "name": "Ada",
                     *           "role": "admin",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "updated_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        users: components["schemas"]["User"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "name": "Ada"
                 *     }
                 */
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "email": "ada@example.org",
                     *       "name": "Ada",
                     *       "role": "admin",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    makeASignInLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "…",
                     *       "url": "https://quory.example.org/welcome?token=Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR",
                     *       "expires_at": "2026-11-29T20:13:48.123Z"
                     *     }
                     */
                    "application/json": {
                        token: string;
                        /** @example https://quory.example.org/welcome?token=Zk3v9QmX0aB7cD2eF5gH8jK1lM4nP6qR */
                        url: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-29T20:13:48.123Z
                         */
                        expires_at: string;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listAPIKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "api_keys": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "user_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "…",
                     *           "prefix": "qk_3fK9",
                     *           "scope": "read",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "expires_at": "2026-11-22T20:13:48.123Z",
                     *           "last_used_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        api_keys: components["schemas"]["ApiKey"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createAPIKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "website",
                 *       "scope": "chat"
                 *     }
                 */
                "application/json": {
                    name?: string | null;
                    scope?: ("read" | "chat" | "admin") | null;
                    expires_at?: string | null;
                } | null;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "user_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "…",
                     *       "prefix": "qk_3fK9",
                     *       "scope": "read",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "expires_at": "2026-11-22T20:13:48.123Z",
                     *       "last_used_at": "2026-11-22T20:13:48.123Z",
                     *       "key": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    revokeAPIKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    streamMyEvents: {
        parameters: {
            query?: {
                /** @description Ends the stream after so long, for whoever is behind something that cuts long ones */
                seconds?: number;
            };
            header?: {
                /** @description Number of the last event seen: the stream goes on after it */
                "Last-Event-ID"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "object": "list",
                     *       "data": [
                     *         {
                     *           "id": "quory/extractive",
                     *           "object": "model",
                     *           "created": 1,
                     *           "owned_by": "quory"
                     *         }
                     *       ],
                     *       "unavailable": [
                     *         {
                     *           "provider": "…",
                     *           "reason": "…"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @constant */
                        object: "list";
                        data: {
                            /** @example quory/extractive */
                            id: string;
                            /** @constant */
                            object: "model";
                            /** @description Seconds since 1970; 0 where the provider does not say */
                            created: number;
                            /** @example quory */
                            owned_by: string;
                        }[];
                        unavailable: {
                            provider: string;
                            reason: string;
                        }[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "nodes": [
                     *         {
                     *           "name": "lamp-4711-0a1b2c3d",
                     *           "version": "0.1.0",
                     *           "roles": [
                     *             "http"
                     *           ],
                     *           "url": "…",
                     *           "state": "live",
                     *           "started_at": "2026-11-22T20:13:48.123Z",
                     *           "seen_at": "2026-11-22T20:13:48.123Z",
                     *           "load": {
                     *             "answers_running": 3,
                     *             "jobs_running": 3,
                     *             "open_streams": 3,
                     *             "event_loop_delay_ms": 3,
                     *             "memory_bytes": 120000000
                     *           }
                     *         }
                     *       ],
                     *       "queue": {
                     *         "waiting": 3,
                     *         "running": 3
                     *       }
                     *     }
                     */
                    "application/json": {
                        nodes: {
                            /** @example lamp-4711-0a1b2c3d */
                            name: string;
                            /** @example 0.1.0 */
                            version: string;
                            roles: ("http" | "worker")[];
                            /** @description Null for a worker, which listens nowhere */
                            url: string | null;
                            /** @enum {string} */
                            state: "live" | "stopped responding";
                            /**
                             * Format: date-time
                             * @example 2026-11-22T20:13:48.123Z
                             */
                            started_at: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-22T20:13:48.123Z
                             */
                            seen_at: string;
                            load: {
                                /** @example 3 */
                                answers_running: number;
                                /** @example 3 */
                                jobs_running: number;
                                /** @example 3 */
                                open_streams: number;
                                /**
                                 * @description How late 99 of 100 timers came at most
                                 * @example 3
                                 */
                                event_loop_delay_ms: number;
                                /** @example 120000000 */
                                memory_bytes: number;
                            };
                        }[];
                        /** @description Answers of all nodes */
                        queue: {
                            /** @example 3 */
                            waiting: number;
                            /** @example 3 */
                            running: number;
                        };
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listProjects: {
        parameters: {
            query: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
                organization_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "projects": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "organization_id": "acme",
                     *           "name": "Handbook",
                     *           "description": "…",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "updated_at": "2026-11-22T20:13:48.123Z",
                     *           "instructions": "…",
                     *           "model": "…",
                     *           "role": "owner"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        projects: components["schemas"]["Project"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Handbook",
                 *       "organization_id": "acme"
                 *     }
                 */
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "organization_id": "acme",
                     *       "name": "Handbook",
                     *       "description": "…",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "instructions": "…",
                     *       "model": "…",
                     *       "role": "owner"
                     *     }
                     */
                    "application/json": components["schemas"]["Project"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "organization_id": "acme",
                     *       "name": "Handbook",
                     *       "description": "…",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "instructions": "…",
                     *       "model": "…",
                     *       "role": "owner"
                     *     }
                     */
                    "application/json": components["schemas"]["Project"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    updateProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Staff handbook"
                 *     }
                 */
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "organization_id": "acme",
                     *       "name": "Handbook",
                     *       "description": "…",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "instructions": "…",
                     *       "model": "…",
                     *       "role": "owner"
                     *     }
                     */
                    "application/json": components["schemas"]["Project"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    deleteProject: {
        parameters: {
            query?: {
                organization_id?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "members": [
                     *         {
                     *           "user_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "email": "…",
                     *           "name": "…",
                     *           "role": "owner",
                     *           "created_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        members: components["schemas"]["Member"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    setMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "editor"
                 *     }
                 */
                "application/json": components["schemas"]["MemberChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "email": "…",
                     *       "name": "…",
                     *       "role": "owner",
                     *       "created_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Member"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "invitations": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "email": "…",
                     *           "role": "owner",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "expires_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        invitations: components["schemas"]["Invitation"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    inviteMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.org",
                 *       "role": "editor"
                 *     }
                 */
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "email": "…",
                     *       "role": "owner",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "expires_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listChats: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
                /** @description Exact owner label */
                owner?: string;
                /** @description Your own chats, newest first by `updated_at`: `all` but the trash, or one of these */
                state?: "all" | "active" | "archived" | "trash";
                /** @description Your own chats that are pinned, or not, newest first */
                pinned?: boolean;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "chats": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "Holidays",
                     *           "description": "…",
                     *           "owner": "u1",
                     *           "message_count": 2,
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "updated_at": "2026-11-22T20:13:48.123Z",
                     *           "is_named": true,
                     *           "is_running": true,
                     *           "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "pinned_at": "2026-11-22T20:13:48.123Z",
                     *           "archived_at": "2026-11-22T20:13:48.123Z",
                     *           "deleted_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        chats: components["schemas"]["Chat"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Holidays",
                 *       "owner": "u1"
                 *     }
                 */
                "application/json": components["schemas"]["NewChat"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "Holidays",
                     *       "description": "…",
                     *       "owner": "u1",
                     *       "message_count": 2,
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "is_named": true,
                     *       "is_running": true,
                     *       "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "pinned_at": "2026-11-22T20:13:48.123Z",
                     *       "archived_at": "2026-11-22T20:13:48.123Z",
                     *       "deleted_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Chat"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "Holidays",
                     *       "description": "…",
                     *       "owner": "u1",
                     *       "message_count": 2,
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "is_named": true,
                     *       "is_running": true,
                     *       "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "pinned_at": "2026-11-22T20:13:48.123Z",
                     *       "archived_at": "2026-11-22T20:13:48.123Z",
                     *       "deleted_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Chat"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    deleteChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    updateChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Holidays 2026"
                 *     }
                 */
                "application/json": components["schemas"]["ChatChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "Holidays",
                     *       "description": "…",
                     *       "owner": "u1",
                     *       "message_count": 2,
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "is_named": true,
                     *       "is_running": true,
                     *       "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "pinned_at": "2026-11-22T20:13:48.123Z",
                     *       "archived_at": "2026-11-22T20:13:48.123Z",
                     *       "deleted_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Chat"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    searchChats: {
        parameters: {
            query: {
                q: string;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "chat": {
                     *             "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *             "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *             "name": "Holidays",
                     *             "description": "…",
                     *             "owner": "u1",
                     *             "message_count": 2,
                     *             "created_at": "2026-11-22T20:13:48.123Z",
                     *             "updated_at": "2026-11-22T20:13:48.123Z",
                     *             "is_named": true,
                     *             "is_running": true,
                     *             "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *             "pinned_at": "2026-11-22T20:13:48.123Z",
                     *             "archived_at": "2026-11-22T20:13:48.123Z",
                     *             "deleted_at": "2026-11-22T20:13:48.123Z"
                     *           },
                     *           "message_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "role": "user",
                     *           "snippet": [
                     *             {
                     *               "text": "…",
                     *               "is_match": true
                     *             }
                     *           ],
                     *           "created_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ],
                     *       "next_cursor": "…"
                     *     }
                     */
                    "application/json": {
                        results: {
                            chat: components["schemas"]["Chat"];
                            /** @description Null when it is the name of the chat that fits */
                            message_id: string | null;
                            role: ("user" | "assistant" | "system") | null;
                            /** @description The piece that fits best; together the texts are it */
                            snippet: {
                                text: string;
                                is_match: boolean;
                            }[];
                            /**
                             * Format: date-time
                             * @example 2026-11-22T20:13:48.123Z
                             */
                            created_at: string;
                        }[];
                        /** @description Looks on, also after a page with fewer results than asked */
                        next_cursor: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    trashChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "Holidays",
                     *       "description": "…",
                     *       "owner": "u1",
                     *       "message_count": 2,
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "is_named": true,
                     *       "is_running": true,
                     *       "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "pinned_at": "2026-11-22T20:13:48.123Z",
                     *       "archived_at": "2026-11-22T20:13:48.123Z",
                     *       "deleted_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Chat"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    restoreChat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "Holidays",
                     *       "description": "…",
                     *       "owner": "u1",
                     *       "message_count": 2,
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "is_named": true,
                     *       "is_running": true,
                     *       "leaf_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "pinned_at": "2026-11-22T20:13:48.123Z",
                     *       "archived_at": "2026-11-22T20:13:48.123Z",
                     *       "deleted_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Chat"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                limit?: number;
                /** @description Id of a message: older ones, exclusive */
                before?: string;
                /** @description Id of a message: newer ones, exclusive */
                after?: string;
                /** @description Only the path that ends at `leaf_id`, or the one through the message that is named */
                path?: "active";
                /** @description With `path=active`: id of a message, shown with its neighbours */
                around?: string;
            };
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "role": "user",
                     *           "content": "How many days of holiday do I have?",
                     *           "status": "queued",
                     *           "metadata": {},
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "completed_at": "2026-11-22T20:13:48.123Z",
                     *           "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "model": "…",
                     *           "usage": {
                     *             "input_tokens": 1,
                     *             "output_tokens": 1
                     *           },
                     *           "citations": [
                     *             {
                     *               "type": "passage",
                     *               "id": "1",
                     *               "number": 1,
                     *               "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "document_name": "handbook.pdf",
                     *               "passage": 1,
                     *               "page": 1,
                     *               "sheet": "…",
                     *               "row_start": 1,
                     *               "row_end": 1,
                     *               "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "content_hash": "…",
                     *               "url": "…",
                     *               "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *               "heading_path": [
                     *                 "…"
                     *               ],
                     *               "start": 1,
                     *               "end": 1,
                     *               "quote": "…"
                     *             }
                     *           ],
                     *           "details": {
                     *             "citations": {
                     *               "found": 1,
                     *               "repaired": 1,
                     *               "dropped": 1
                     *             }
                     *           },
                     *           "error": {
                     *             "code": "model_unavailable",
                     *             "message": "…"
                     *           },
                     *           "queue_position": null,
                     *           "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *           "rating": "up",
                     *           "cost": {
                     *             "amount": 0.0042,
                     *             "currency": "USD"
                     *           },
                     *           "siblings": [
                     *             "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *           ]
                     *         }
                     *       ],
                     *       "has_more": true,
                     *       "has_older": true,
                     *       "has_newer": true
                     *     }
                     */
                    "application/json": components["schemas"]["MessageList"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "content": "How many days of holiday do I have?"
                 *     }
                 */
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "role": "user",
                     *       "content": "How many days of holiday do I have?",
                     *       "status": "queued",
                     *       "metadata": {},
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "completed_at": "2026-11-22T20:13:48.123Z",
                     *       "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "model": "…",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1
                     *       },
                     *       "citations": [
                     *         {
                     *           "type": "passage",
                     *           "id": "1",
                     *           "number": 1,
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "passage": 1,
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "content_hash": "…",
                     *           "url": "…",
                     *           "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "quote": "…"
                     *         }
                     *       ],
                     *       "details": {
                     *         "citations": {
                     *           "found": 1,
                     *           "repaired": 1,
                     *           "dropped": 1
                     *         }
                     *       },
                     *       "error": {
                     *         "code": "model_unavailable",
                     *         "message": "…"
                     *       },
                     *       "queue_position": null,
                     *       "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *       "rating": "up",
                     *       "cost": {
                     *         "amount": 0.0042,
                     *         "currency": "USD"
                     *       },
                     *       "siblings": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "role": "user",
                     *       "content": "How many days of holiday do I have?",
                     *       "status": "queued",
                     *       "metadata": {},
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "completed_at": "2026-11-22T20:13:48.123Z",
                     *       "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "model": "…",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1
                     *       },
                     *       "citations": [
                     *         {
                     *           "type": "passage",
                     *           "id": "1",
                     *           "number": 1,
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "passage": 1,
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "content_hash": "…",
                     *           "url": "…",
                     *           "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "quote": "…"
                     *         }
                     *       ],
                     *       "details": {
                     *         "citations": {
                     *           "found": 1,
                     *           "repaired": 1,
                     *           "dropped": 1
                     *         }
                     *       },
                     *       "error": {
                     *         "code": "model_unavailable",
                     *         "message": "…"
                     *       },
                     *       "queue_position": null,
                     *       "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *       "rating": "up",
                     *       "cost": {
                     *         "amount": 0.0042,
                     *         "currency": "USD"
                     *       },
                     *       "siblings": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    rateMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "rating": "up"
                 *     }
                 */
                "application/json": components["schemas"]["MessageRating"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "role": "user",
                     *       "content": "How many days of holiday do I have?",
                     *       "status": "queued",
                     *       "metadata": {},
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "completed_at": "2026-11-22T20:13:48.123Z",
                     *       "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "model": "…",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1
                     *       },
                     *       "citations": [
                     *         {
                     *           "type": "passage",
                     *           "id": "1",
                     *           "number": 1,
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "passage": 1,
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "content_hash": "…",
                     *           "url": "…",
                     *           "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "quote": "…"
                     *         }
                     *       ],
                     *       "details": {
                     *         "citations": {
                     *           "found": 1,
                     *           "repaired": 1,
                     *           "dropped": 1
                     *         }
                     *       },
                     *       "error": {
                     *         "code": "model_unavailable",
                     *         "message": "…"
                     *       },
                     *       "queue_position": null,
                     *       "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *       "rating": "up",
                     *       "cost": {
                     *         "amount": 0.0042,
                     *         "currency": "USD"
                     *       },
                     *       "siblings": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listAttempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "attempts": [
                     *         {
                     *           "attempt": 1,
                     *           "content": "…",
                     *           "reason": "…",
                     *           "ended_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        attempts: components["schemas"]["Attempt"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    cancelMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "role": "user",
                     *       "content": "How many days of holiday do I have?",
                     *       "status": "queued",
                     *       "metadata": {},
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "completed_at": "2026-11-22T20:13:48.123Z",
                     *       "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "model": "…",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1
                     *       },
                     *       "citations": [
                     *         {
                     *           "type": "passage",
                     *           "id": "1",
                     *           "number": 1,
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "passage": 1,
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "content_hash": "…",
                     *           "url": "…",
                     *           "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "quote": "…"
                     *         }
                     *       ],
                     *       "details": {
                     *         "citations": {
                     *           "found": 1,
                     *           "repaired": 1,
                     *           "dropped": 1
                     *         }
                     *       },
                     *       "error": {
                     *         "code": "model_unavailable",
                     *         "message": "…"
                     *       },
                     *       "queue_position": null,
                     *       "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *       "rating": "up",
                     *       "cost": {
                     *         "amount": 0.0042,
                     *         "currency": "USD"
                     *       },
                     *       "siblings": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "role": "user",
                     *       "content": "How many days of holiday do I have?",
                     *       "status": "queued",
                     *       "metadata": {},
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "completed_at": "2026-11-22T20:13:48.123Z",
                     *       "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "model": "…",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1
                     *       },
                     *       "citations": [
                     *         {
                     *           "type": "passage",
                     *           "id": "1",
                     *           "number": 1,
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "passage": 1,
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "content_hash": "…",
                     *           "url": "…",
                     *           "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "quote": "…"
                     *         }
                     *       ],
                     *       "details": {
                     *         "citations": {
                     *           "found": 1,
                     *           "repaired": 1,
                     *           "dropped": 1
                     *         }
                     *       },
                     *       "error": {
                     *         "code": "model_unavailable",
                     *         "message": "…"
                     *       },
                     *       "queue_position": null,
                     *       "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *       "rating": "up",
                     *       "cost": {
                     *         "amount": 0.0042,
                     *         "currency": "USD"
                     *       },
                     *       "siblings": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    regenerateMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "temperature": 0.5
                 *     }
                 */
                "application/json": {
                    model?: string | null;
                    temperature?: number | null;
                    max_tokens?: number | null;
                    /** @description Goes on from where this answer was cancelled or failed */
                    continue?: boolean;
                } | null;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "role": "user",
                     *       "content": "How many days of holiday do I have?",
                     *       "status": "queued",
                     *       "metadata": {},
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "completed_at": "2026-11-22T20:13:48.123Z",
                     *       "parent_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "model": "…",
                     *       "usage": {
                     *         "input_tokens": 1,
                     *         "output_tokens": 1
                     *       },
                     *       "citations": [
                     *         {
                     *           "type": "passage",
                     *           "id": "1",
                     *           "number": 1,
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "passage": 1,
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "content_hash": "…",
                     *           "url": "…",
                     *           "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "quote": "…"
                     *         }
                     *       ],
                     *       "details": {
                     *         "citations": {
                     *           "found": 1,
                     *           "repaired": 1,
                     *           "dropped": 1
                     *         }
                     *       },
                     *       "error": {
                     *         "code": "model_unavailable",
                     *         "message": "…"
                     *       },
                     *       "queue_position": null,
                     *       "cancel_requested_at": "2026-11-22T20:13:48.123Z",
                     *       "rating": "up",
                     *       "cost": {
                     *         "amount": 0.0042,
                     *         "currency": "USD"
                     *       },
                     *       "siblings": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    searchMessages: {
        parameters: {
            query: {
                q: string;
                /** @description Only in this chat of yours */
                chat_id?: string;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": [
                     *         {
                     *           "message_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "chat_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "chat_name": "…",
                     *           "role": "user",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "snippet": "…",
                     *           "score": 1
                     *         }
                     *       ],
                     *       "next_cursor": "…",
                     *       "is_complete": true
                     *     }
                     */
                    "application/json": components["schemas"]["FoundMessages"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getCitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
                /** @description `id` of a citation of the message */
                citation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "citation": {
                     *         "type": "passage",
                     *         "id": "1",
                     *         "number": 1,
                     *         "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *         "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *         "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *         "document_name": "handbook.pdf",
                     *         "passage": 1,
                     *         "page": 1,
                     *         "sheet": "…",
                     *         "row_start": 1,
                     *         "row_end": 1,
                     *         "file_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *         "content_hash": "…",
                     *         "url": "…",
                     *         "content_url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3",
                     *         "heading_path": [
                     *           "…"
                     *         ],
                     *         "start": 1,
                     *         "end": 1,
                     *         "quote": "…"
                     *       },
                     *       "before": "…",
                     *       "after": "…",
                     *       "source_state": "current",
                     *       "changed_at": "2026-11-22T20:13:48.123Z",
                     *       "newer": {
                     *         "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *         "place": {
                     *           "page": 1,
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1
                     *         }
                     *       },
                     *       "url": "/v1/projects/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/data-sources/0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b/content#page=3"
                     *     }
                     */
                    "application/json": components["schemas"]["CitationDetail"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getTrace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                chat_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "answer_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "attempts": [
                     *         {
                     *           "attempt": 1,
                     *           "content": "…",
                     *           "reason": "…",
                     *           "ended_at": "2026-11-22T20:13:48.123Z"
                     *         }
                     *       ],
                     *       "searches": [
                     *         {
                     *           "query": "…",
                     *           "started_ms": 12.5,
                     *           "duration_ms": 3.1,
                     *           "details": {
                     *             "words": {
                     *               "index": "postings",
                     *               "segments": 1,
                     *               "ms": 1
                     *             },
                     *             "vectors": {
                     *               "state": "searched",
                     *               "model": "…",
                     *               "index": "exact",
                     *               "reason": "…"
                     *             },
                     *             "rerank": {
                     *               "state": "reranked",
                     *               "model": "…",
                     *               "reason": "…"
                     *             }
                     *           },
                     *           "error": "…",
                     *           "passages": [
                     *             {
                     *               "number": 1,
                     *               "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *               "document_name": "…",
                     *               "passage": 1,
                     *               "page": 1,
                     *               "heading_path": [
                     *                 "…"
                     *               ],
                     *               "start": 1,
                     *               "end": 1,
                     *               "score": 1,
                     *               "scores": {
                     *                 "bm25": 7.2,
                     *                 "vector": null
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "condensed": {
                     *         "query": "…",
                     *         "by": "model"
                     *       },
                     *       "messages": [
                     *         {
                     *           "role": "…",
                     *           "content": "…",
                     *           "tool_calls": "…"
                     *         }
                     *       ],
                     *       "model_calls": [
                     *         {
                     *           "purpose": "answer",
                     *           "model": "…",
                     *           "messages": [
                     *             1
                     *           ],
                     *           "tools": [
                     *             "…"
                     *           ],
                     *           "started_ms": 12.5,
                     *           "first_token_ms": 3.1,
                     *           "duration_ms": 3.1,
                     *           "usage": {
                     *             "input_tokens": 1,
                     *             "output_tokens": 1
                     *           },
                     *           "stop_reason": "…",
                     *           "error": "…"
                     *         }
                     *       ],
                     *       "tools": [
                     *         {
                     *           "name": "…",
                     *           "input": null,
                     *           "started_ms": 12.5,
                     *           "duration_ms": 3.1,
                     *           "error": "…"
                     *         }
                     *       ],
                     *       "note": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Trace"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    streamChat: {
        parameters: {
            query?: {
                /** @description The answer to read; the newest of the chat unless given */
                message_id?: string;
                /** @description As Last-Event-ID, for clients that cannot send it; the header wins */
                after?: number;
            };
            header?: {
                /** @description Number of the last event seen: the stream goes on after it */
                "Last-Event-ID"?: number;
            };
            path: {
                project_id: string;
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description No content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listDataSourceTypes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data_source_types": [
                     *         {
                     *           "id": "csv_upload",
                     *           "name": "…",
                     *           "category": "document",
                     *           "description": "…",
                     *           "required_fields": [
                     *             {
                     *               "name": "…",
                     *               "type": "string",
                     *               "description": "…",
                     *               "optional": true,
                     *               "options": [
                     *                 "…"
                     *               ]
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SourceTypeList"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listDataSources: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
                /** @description Only those with this in their names, in any case */
                q?: string;
                /** @description By creation */
                sort?: "oldest" | "newest";
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data_sources": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "type": "google_drive",
                     *           "name": "Price list",
                     *           "configuration": {},
                     *           "status": "configured",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "updated_at": "2026-11-22T20:13:48.123Z",
                     *           "error": "…",
                     *           "progress": {
                     *             "done": 1,
                     *             "total": 1
                     *           },
                     *           "file_name": "prices.csv",
                     *           "media_type": "text/csv",
                     *           "size": 1,
                     *           "hash": "…",
                     *           "job": {
                     *             "state": "waiting",
                     *             "attempt": 1,
                     *             "max_attempts": 3,
                     *             "next_attempt_at": "2026-11-22T20:13:48.123Z",
                     *             "reason": "…"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        data_sources: components["schemas"]["ListedSource"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createDataSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "github",
                 *       "name": "Code",
                 *       "configuration": {
                 *         "username": "acme",
                 *         "access_token": "…"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewSource"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "type": "google_drive",
                     *       "name": "Price list",
                     *       "configuration": {},
                     *       "status": "configured",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "error": "…",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1
                     *       },
                     *       "file_name": "prices.csv",
                     *       "media_type": "text/csv",
                     *       "size": 1,
                     *       "hash": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Source"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getDataSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "type": "google_drive",
                     *       "name": "Price list",
                     *       "configuration": {},
                     *       "status": "configured",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "error": "…",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1
                     *       },
                     *       "file_name": "prices.csv",
                     *       "media_type": "text/csv",
                     *       "size": 1,
                     *       "hash": "…",
                     *       "job": {
                     *         "state": "waiting",
                     *         "attempt": 1,
                     *         "max_attempts": 3,
                     *         "next_attempt_at": "2026-11-22T20:13:48.123Z",
                     *         "reason": "…"
                     *       },
                     *       "sync": {
                     *         "number": 1,
                     *         "state": "running",
                     *         "mode": "full",
                     *         "started_at": "2026-11-25T20:13:48.123Z",
                     *         "ended_at": "2026-11-25T20:13:48.123Z",
                     *         "error": "…",
                     *         "waiting_until": "2026-11-25T20:13:48.123Z",
                     *         "every_minutes": 60,
                     *         "next_at": "2026-11-25T20:13:48.123Z",
                     *         "progress": {
                     *           "listed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "fetched": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "parsed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "indexed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "embedded": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "skipped": 1,
                     *           "failed": 1,
                     *           "files_per_second": 1,
                     *           "bytes_per_second": 1,
                     *           "remaining_seconds": 1
                     *         }
                     *       },
                     *       "documents": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "…",
                     *           "media_type": "…",
                     *           "language": "…",
                     *           "length": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SourceWithDocuments"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    updateDataSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Prices 2026"
                 *     }
                 */
                "application/json": components["schemas"]["SourceChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "type": "google_drive",
                     *       "name": "Price list",
                     *       "configuration": {},
                     *       "status": "configured",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "error": "…",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1
                     *       },
                     *       "file_name": "prices.csv",
                     *       "media_type": "text/csv",
                     *       "size": 1,
                     *       "hash": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Source"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    deleteDataSource: {
        parameters: {
            query?: {
                delete_s3_object?: boolean;
                force?: boolean;
            };
            header?: never;
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    validateDataSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "success",
                     *       "message": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Validation"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    uploadFiles: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    file: string | string[];
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data_sources": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "type": "google_drive",
                     *           "name": "Price list",
                     *           "configuration": {},
                     *           "status": "configured",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "updated_at": "2026-11-22T20:13:48.123Z",
                     *           "error": "…",
                     *           "progress": {
                     *             "done": 1,
                     *             "total": 1
                     *           },
                     *           "file_name": "prices.csv",
                     *           "media_type": "text/csv",
                     *           "size": 1,
                     *           "hash": "…"
                     *         }
                     *       ],
                     *       "errors": [
                     *         {
                     *           "file_name": "…",
                     *           "code": "data_source_exists",
                     *           "detail": "…"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["UploadResult"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    uploadCSVFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    name: string;
                    /** Format: binary */
                    file: string;
                    description?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "type": "google_drive",
                     *       "name": "Price list",
                     *       "configuration": {},
                     *       "status": "configured",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "error": "…",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1
                     *       },
                     *       "file_name": "prices.csv",
                     *       "media_type": "text/csv",
                     *       "size": 1,
                     *       "hash": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["Source"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getOriginalFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes, under the media type of the file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes, under the media type of the file */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            416: components["responses"]["Problem416"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getOriginalOfAFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                data_source_id: string;
                /** @description `id` of a file of the data source, or `file_id` of a citation */
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes, under the media type of the file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes, under the media type of the file */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            416: components["responses"]["Problem416"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    syncDataSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "full": false
                 *     }
                 */
                "application/json": {
                    /** @default false */
                    full?: boolean;
                } | null;
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sync": {
                     *         "number": 1,
                     *         "state": "running",
                     *         "mode": "full",
                     *         "started_at": "2026-11-25T20:13:48.123Z",
                     *         "ended_at": "2026-11-25T20:13:48.123Z",
                     *         "error": "…",
                     *         "waiting_until": "2026-11-25T20:13:48.123Z",
                     *         "every_minutes": 60,
                     *         "next_at": "2026-11-25T20:13:48.123Z",
                     *         "progress": {
                     *           "listed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "fetched": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "parsed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "indexed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "embedded": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "skipped": 1,
                     *           "failed": 1,
                     *           "files_per_second": 1,
                     *           "bytes_per_second": 1,
                     *           "remaining_seconds": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @description Null when it was never synced */
                        sync: {
                            /**
                             * @description Counts the syncs of this source
                             * @example 1
                             */
                            number: number;
                            /** @enum {string} */
                            state: "running" | "paused" | "completed" | "failed" | "cancelled";
                            /**
                             * @description Whether everything is listed, or what changed
                             * @enum {string}
                             */
                            mode: "full" | "incremental";
                            started_at: string | null;
                            ended_at: string | null;
                            /** @description Why it failed, or what it waits for */
                            error: string | null;
                            /** @description When it goes on by itself */
                            waiting_until: string | null;
                            /**
                             * @description How often it is synced by itself
                             * @example 60
                             */
                            every_minutes: number | null;
                            /** @description When the next sync is due */
                            next_at: string | null;
                            progress: {
                                /** @description Found at the source */
                                listed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those whose bytes are here */
                                fetched: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that were read */
                                parsed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that can be searched */
                                indexed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that are found by their vectors as well; null without an embedding model */
                                embedded: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                } | null;
                                /** @description Left out; the list of files says why */
                                skipped: number;
                                /** @description Not to be read; the list of files says why */
                                failed: number;
                                /** @description Over the last half minute; null when nothing was done */
                                files_per_second: number | null;
                                bytes_per_second: number | null;
                                /** @description Null while it cannot be known */
                                remaining_seconds: number | null;
                            } | null;
                        } | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    pauseSync: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sync": {
                     *         "number": 1,
                     *         "state": "running",
                     *         "mode": "full",
                     *         "started_at": "2026-11-25T20:13:48.123Z",
                     *         "ended_at": "2026-11-25T20:13:48.123Z",
                     *         "error": "…",
                     *         "waiting_until": "2026-11-25T20:13:48.123Z",
                     *         "every_minutes": 60,
                     *         "next_at": "2026-11-25T20:13:48.123Z",
                     *         "progress": {
                     *           "listed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "fetched": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "parsed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "indexed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "embedded": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "skipped": 1,
                     *           "failed": 1,
                     *           "files_per_second": 1,
                     *           "bytes_per_second": 1,
                     *           "remaining_seconds": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @description Null when it was never synced */
                        sync: {
                            /**
                             * @description Counts the syncs of this source
                             * @example 1
                             */
                            number: number;
                            /** @enum {string} */
                            state: "running" | "paused" | "completed" | "failed" | "cancelled";
                            /**
                             * @description Whether everything is listed, or what changed
                             * @enum {string}
                             */
                            mode: "full" | "incremental";
                            started_at: string | null;
                            ended_at: string | null;
                            /** @description Why it failed, or what it waits for */
                            error: string | null;
                            /** @description When it goes on by itself */
                            waiting_until: string | null;
                            /**
                             * @description How often it is synced by itself
                             * @example 60
                             */
                            every_minutes: number | null;
                            /** @description When the next sync is due */
                            next_at: string | null;
                            progress: {
                                /** @description Found at the source */
                                listed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those whose bytes are here */
                                fetched: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that were read */
                                parsed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that can be searched */
                                indexed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that are found by their vectors as well; null without an embedding model */
                                embedded: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                } | null;
                                /** @description Left out; the list of files says why */
                                skipped: number;
                                /** @description Not to be read; the list of files says why */
                                failed: number;
                                /** @description Over the last half minute; null when nothing was done */
                                files_per_second: number | null;
                                bytes_per_second: number | null;
                                /** @description Null while it cannot be known */
                                remaining_seconds: number | null;
                            } | null;
                        } | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    resumeSync: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sync": {
                     *         "number": 1,
                     *         "state": "running",
                     *         "mode": "full",
                     *         "started_at": "2026-11-25T20:13:48.123Z",
                     *         "ended_at": "2026-11-25T20:13:48.123Z",
                     *         "error": "…",
                     *         "waiting_until": "2026-11-25T20:13:48.123Z",
                     *         "every_minutes": 60,
                     *         "next_at": "2026-11-25T20:13:48.123Z",
                     *         "progress": {
                     *           "listed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "fetched": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "parsed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "indexed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "embedded": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "skipped": 1,
                     *           "failed": 1,
                     *           "files_per_second": 1,
                     *           "bytes_per_second": 1,
                     *           "remaining_seconds": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @description Null when it was never synced */
                        sync: {
                            /**
                             * @description Counts the syncs of this source
                             * @example 1
                             */
                            number: number;
                            /** @enum {string} */
                            state: "running" | "paused" | "completed" | "failed" | "cancelled";
                            /**
                             * @description Whether everything is listed, or what changed
                             * @enum {string}
                             */
                            mode: "full" | "incremental";
                            started_at: string | null;
                            ended_at: string | null;
                            /** @description Why it failed, or what it waits for */
                            error: string | null;
                            /** @description When it goes on by itself */
                            waiting_until: string | null;
                            /**
                             * @description How often it is synced by itself
                             * @example 60
                             */
                            every_minutes: number | null;
                            /** @description When the next sync is due */
                            next_at: string | null;
                            progress: {
                                /** @description Found at the source */
                                listed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those whose bytes are here */
                                fetched: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that were read */
                                parsed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that can be searched */
                                indexed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that are found by their vectors as well; null without an embedding model */
                                embedded: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                } | null;
                                /** @description Left out; the list of files says why */
                                skipped: number;
                                /** @description Not to be read; the list of files says why */
                                failed: number;
                                /** @description Over the last half minute; null when nothing was done */
                                files_per_second: number | null;
                                bytes_per_second: number | null;
                                /** @description Null while it cannot be known */
                                remaining_seconds: number | null;
                            } | null;
                        } | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    cancelSync: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sync": {
                     *         "number": 1,
                     *         "state": "running",
                     *         "mode": "full",
                     *         "started_at": "2026-11-25T20:13:48.123Z",
                     *         "ended_at": "2026-11-25T20:13:48.123Z",
                     *         "error": "…",
                     *         "waiting_until": "2026-11-25T20:13:48.123Z",
                     *         "every_minutes": 60,
                     *         "next_at": "2026-11-25T20:13:48.123Z",
                     *         "progress": {
                     *           "listed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "fetched": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "parsed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "indexed": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "embedded": {
                     *             "files": 1,
                     *             "bytes": 1
                     *           },
                     *           "skipped": 1,
                     *           "failed": 1,
                     *           "files_per_second": 1,
                     *           "bytes_per_second": 1,
                     *           "remaining_seconds": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": {
                        /** @description Null when it was never synced */
                        sync: {
                            /**
                             * @description Counts the syncs of this source
                             * @example 1
                             */
                            number: number;
                            /** @enum {string} */
                            state: "running" | "paused" | "completed" | "failed" | "cancelled";
                            /**
                             * @description Whether everything is listed, or what changed
                             * @enum {string}
                             */
                            mode: "full" | "incremental";
                            started_at: string | null;
                            ended_at: string | null;
                            /** @description Why it failed, or what it waits for */
                            error: string | null;
                            /** @description When it goes on by itself */
                            waiting_until: string | null;
                            /**
                             * @description How often it is synced by itself
                             * @example 60
                             */
                            every_minutes: number | null;
                            /** @description When the next sync is due */
                            next_at: string | null;
                            progress: {
                                /** @description Found at the source */
                                listed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those whose bytes are here */
                                fetched: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that were read */
                                parsed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that can be searched */
                                indexed: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                };
                                /** @description Of these, those that are found by their vectors as well; null without an embedding model */
                                embedded: {
                                    files: number;
                                    /** @description Of files whose size is known */
                                    bytes: number;
                                } | null;
                                /** @description Left out; the list of files says why */
                                skipped: number;
                                /** @description Not to be read; the list of files says why */
                                failed: number;
                                /** @description Over the last half minute; null when nothing was done */
                                files_per_second: number | null;
                                bytes_per_second: number | null;
                                /** @description Null while it cannot be known */
                                remaining_seconds: number | null;
                            } | null;
                        } | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listFiles: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
                status?: "listed" | "fetched" | "indexed" | "unpacked" | "skipped" | "failed" | "gone";
            };
            header?: never;
            path: {
                project_id: string;
                data_source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "files": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "key": "docs/guide.md",
                     *           "name": "guide.md",
                     *           "url": "…",
                     *           "status": "listed",
                     *           "reason": "…",
                     *           "size": 1,
                     *           "media_type": "…",
                     *           "version": "…",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "updated_at": "2026-11-25T20:13:48.123Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        files: {
                            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                            id: string;
                            /**
                             * @description What the source calls it
                             * @example docs/guide.md
                             */
                            key: string;
                            /** @example guide.md */
                            name: string;
                            url: string | null;
                            /** @enum {string} */
                            status: "listed" | "fetched" | "indexed" | "unpacked" | "skipped" | "failed" | "gone";
                            /** @description Why it was skipped, has failed, or is tried again later */
                            reason: string | null;
                            /** @description Bytes */
                            size: number | null;
                            media_type: string | null;
                            /** @description Of the bytes that are here, as the source names it */
                            version: string | null;
                            document_id: string | null;
                            /**
                             * Format: date-time
                             * @example 2026-11-25T20:13:48.123Z
                             */
                            updated_at: string;
                        }[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    searchPassages: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": "days of holiday",
                 *       "limit": 5
                 *     }
                 */
                "application/json": components["schemas"]["Search"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "passages": [
                     *         {
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_name": "handbook.pdf",
                     *           "page": 1,
                     *           "sheet": "…",
                     *           "row_start": 1,
                     *           "row_end": 1,
                     *           "heading_path": [
                     *             "…"
                     *           ],
                     *           "start": 1,
                     *           "end": 1,
                     *           "text": "…",
                     *           "score": 1,
                     *           "scores": {
                     *             "bm25": 1,
                     *             "vector": 1,
                     *             "fused": 1,
                     *             "rerank": 1
                     *           }
                     *         }
                     *       ],
                     *       "details": {
                     *         "words": {
                     *           "index": "postings",
                     *           "segments": 1,
                     *           "ms": 1
                     *         },
                     *         "vectors": {
                     *           "state": "searched",
                     *           "model": "…",
                     *           "index": "exact",
                     *           "reason": "…"
                     *         },
                     *         "rerank": {
                     *           "state": "reranked",
                     *           "model": "…",
                     *           "reason": "…"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["FoundPassages"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "handbook.pdf",
                     *       "media_type": "application/pdf",
                     *       "language": "en",
                     *       "length": 1,
                     *       "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "created_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Document"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getDocumentText: {
        parameters: {
            query?: {
                start?: number;
                end?: number;
            };
            header?: never;
            path: {
                project_id: string;
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "start": 1,
                     *       "end": 1,
                     *       "text": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["DocumentText"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getEmbeddingState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "state": "off",
                     *       "model": "openai/text-embedding-3-small",
                     *       "embedded": 1,
                     *       "total": 1,
                     *       "error": "…"
                     *     }
                     */
                    "application/json": {
                        /**
                         * @description `off`: no embedding model is configured; `building`: passages still get their vectors; `failing`: the model is not to be had, and is tried again from time to time. Words find everything in every state.
                         * @enum {string}
                         */
                        state: "off" | "building" | "ready" | "failing";
                        /** @example openai/text-embedding-3-small */
                        model: string | null;
                        /** @description Passages that have a vector of this model */
                        embedded: number;
                        /** @description Passages of the project */
                        total: number;
                        /** @description What the last attempt came to */
                        error: string | null;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listTables: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tables": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "prices",
                     *           "file_name": "prices.csv",
                     *           "sheet": "…",
                     *           "row_count": 1,
                     *           "data_version": "…",
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "columns": [
                     *             {
                     *               "name": "prices",
                     *               "label": "Unit price",
                     *               "type": "DECIMAL(18,2)",
                     *               "unit": "€"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        tables: {
                            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                            id: string;
                            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                            data_source_id: string;
                            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                            document_id: string;
                            /**
                             * @description To be used in SQL; needs no quotes, and is unique in the project
                             * @example prices
                             */
                            name: string;
                            /** @example prices.csv */
                            file_name: string;
                            sheet: string | null;
                            row_count: number;
                            /** @description Changes when rows or columns do */
                            data_version: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-22T20:13:48.123Z
                             */
                            created_at: string;
                            columns: {
                                /**
                                 * @description To be used in SQL; needs no quotes
                                 * @example prices
                                 */
                                name: string;
                                /**
                                 * @description As the file calls it
                                 * @example Unit price
                                 */
                                label: string;
                                /**
                                 * @description DuckDB's name of the type
                                 * @example DECIMAL(18,2)
                                 */
                                type: string;
                                /**
                                 * @description What stood beside the numbers
                                 * @example €
                                 */
                                unit: string | null;
                            }[];
                        }[];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getTable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                table_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "document_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "name": "prices",
                     *       "file_name": "prices.csv",
                     *       "sheet": "…",
                     *       "row_count": 1,
                     *       "data_version": "…",
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "columns": [
                     *         {
                     *           "name": "prices",
                     *           "label": "Unit price",
                     *           "type": "DECIMAL(18,2)",
                     *           "unit": "€",
                     *           "statistics": {
                     *             "count": 1,
                     *             "nulls": 1,
                     *             "distinct": 1,
                     *             "min": "…",
                     *             "max": "…",
                     *             "mean": 1,
                     *             "top": [
                     *               {
                     *                 "value": "…",
                     *                 "count": 1
                     *               }
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "sample": [
                     *         [
                     *           "…"
                     *         ]
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                        id: string;
                        /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                        data_source_id: string;
                        /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                        document_id: string;
                        /**
                         * @description To be used in SQL; needs no quotes, and is unique in the project
                         * @example prices
                         */
                        name: string;
                        /** @example prices.csv */
                        file_name: string;
                        sheet: string | null;
                        row_count: number;
                        /** @description Changes when rows or columns do */
                        data_version: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-22T20:13:48.123Z
                         */
                        created_at: string;
                        columns: {
                            /**
                             * @description To be used in SQL; needs no quotes
                             * @example prices
                             */
                            name: string;
                            /**
                             * @description As the file calls it
                             * @example Unit price
                             */
                            label: string;
                            /**
                             * @description DuckDB's name of the type
                             * @example DECIMAL(18,2)
                             */
                            type: string;
                            /**
                             * @description What stood beside the numbers
                             * @example €
                             */
                            unit: string | null;
                            statistics: {
                                /** @description Values that are not null */
                                count: number;
                                nulls: number;
                                /** @description Different values; approximate when there are many, null when it could not be told */
                                distinct: number | null;
                                /** @description Numbers with more digits than JSON keeps, times and everything else are text */
                                min: string | number | boolean | null;
                                /** @description Numbers with more digits than JSON keeps, times and everything else are text */
                                max: string | number | boolean | null;
                                /** @description Of numbers */
                                mean: number | null;
                                /** @description Most frequent values */
                                top: {
                                    /** @description Numbers with more digits than JSON keeps, times and everything else are text */
                                    value: string | number | boolean | null;
                                    count: number;
                                }[];
                            };
                        }[];
                        /** @description First rows */
                        sample: (string | number | boolean | null)[][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listTableRows: {
        parameters: {
            query?: {
                offset?: number;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
                table_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "columns": [
                     *         {
                     *           "name": "…",
                     *           "type": "DECIMAL(18,2)"
                     *         }
                     *       ],
                     *       "rows": [
                     *         [
                     *           "…"
                     *         ]
                     *       ],
                     *       "truncated": true
                     *     }
                     */
                    "application/json": {
                        columns: {
                            name: string;
                            /**
                             * @description DuckDB's name of the type
                             * @example DECIMAL(18,2)
                             */
                            type: string;
                        }[];
                        rows: (string | number | boolean | null)[][];
                        /** @description There are more rows than these */
                        truncated: boolean;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    queryTables: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sql": "select region, sum(amount) from sales group by region order by 2 desc"
                 *     }
                 */
                "application/json": {
                    sql: string;
                    /** @default 1000 */
                    limit?: number;
                    /** @description A citation's: the answer then says whether the data changed since */
                    data_version?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "columns": [
                     *         {
                     *           "name": "…",
                     *           "type": "DECIMAL(18,2)"
                     *         }
                     *       ],
                     *       "rows": [
                     *         [
                     *           "…"
                     *         ]
                     *       ],
                     *       "truncated": true,
                     *       "row_count": 1,
                     *       "tables": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "name": "prices",
                     *           "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_version": "…"
                     *         }
                     *       ],
                     *       "data_version": "…",
                     *       "changed": true
                     *     }
                     */
                    "application/json": {
                        columns: {
                            name: string;
                            /**
                             * @description DuckDB's name of the type
                             * @example DECIMAL(18,2)
                             */
                            type: string;
                        }[];
                        rows: (string | number | boolean | null)[][];
                        /** @description There are more rows than these */
                        truncated: boolean;
                        /** @description Rows in this answer */
                        row_count: number;
                        tables: {
                            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                            id: string;
                            /** @example prices */
                            name: string;
                            /** @example 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b */
                            data_source_id: string;
                            data_version: string;
                        }[];
                        /** @description Of all these tables together */
                        data_version: string;
                        /** @description Since the data version that was sent; null when none was */
                        changed: boolean | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    listTrainingJobs: {
        parameters: {
            query?: {
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Cursor of the next page; absent on the last one */
                    "X-Next-Cursor"?: string;
                    /** @description The most that a call without a limit returns */
                    "X-List-Cap"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "training_jobs": [
                     *         {
                     *           "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *           "data_source_ids": [
                     *             "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *           ],
                     *           "status": "queued",
                     *           "description": "…",
                     *           "progress": {
                     *             "current_step": "queued",
                     *             "steps_completed": 1,
                     *             "total_steps": 1,
                     *             "percent_complete": 1,
                     *             "message": "…"
                     *           },
                     *           "error": "…",
                     *           "report": {
                     *             "documents": 1,
                     *             "passages": 1,
                     *             "words": 1,
                     *             "languages": [
                     *               {
                     *                 "language": "…",
                     *                 "documents": 1
                     *               }
                     *             ],
                     *             "skipped": [
                     *               {
                     *                 "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *                 "name": "…",
                     *                 "reason": "…"
                     *               }
                     *             ],
                     *             "skipped_count": 1,
                     *             "seconds": 1
                     *           },
                     *           "created_at": "2026-11-22T20:13:48.123Z",
                     *           "updated_at": "2026-11-22T20:13:48.123Z",
                     *           "job": {
                     *             "state": "waiting",
                     *             "attempt": 1,
                     *             "max_attempts": 3,
                     *             "next_attempt_at": "2026-11-22T20:13:48.123Z",
                     *             "reason": "…"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        training_jobs: components["schemas"]["TrainingWithJob"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    createTrainingJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours whatever comes with the same key is answered as the first was, with the header Idempotent-Replayed. With another request it is a 422, while the first still runs a 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "data_source_ids": [
                 *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewTraining"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "data_source_ids": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ],
                     *       "status": "queued",
                     *       "description": "…",
                     *       "progress": {
                     *         "current_step": "queued",
                     *         "steps_completed": 1,
                     *         "total_steps": 1,
                     *         "percent_complete": 1,
                     *         "message": "…"
                     *       },
                     *       "error": "…",
                     *       "report": {
                     *         "documents": 1,
                     *         "passages": 1,
                     *         "words": 1,
                     *         "languages": [
                     *           {
                     *             "language": "…",
                     *             "documents": 1
                     *           }
                     *         ],
                     *         "skipped": [
                     *           {
                     *             "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *             "name": "…",
                     *             "reason": "…"
                     *           }
                     *         ],
                     *         "skipped_count": 1,
                     *         "seconds": 1
                     *       },
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "job": {
                     *         "state": "waiting",
                     *         "attempt": 1,
                     *         "max_attempts": 3,
                     *         "next_attempt_at": "2026-11-22T20:13:48.123Z",
                     *         "reason": "…"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrainingWithJob"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                training_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "data_source_ids": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ],
                     *       "status": "queued",
                     *       "description": "…",
                     *       "progress": {
                     *         "current_step": "queued",
                     *         "steps_completed": 1,
                     *         "total_steps": 1,
                     *         "percent_complete": 1,
                     *         "message": "…"
                     *       },
                     *       "error": "…",
                     *       "report": {
                     *         "documents": 1,
                     *         "passages": 1,
                     *         "words": 1,
                     *         "languages": [
                     *           {
                     *             "language": "…",
                     *             "documents": 1
                     *           }
                     *         ],
                     *         "skipped": [
                     *           {
                     *             "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *             "name": "…",
                     *             "reason": "…"
                     *           }
                     *         ],
                     *         "skipped_count": 1,
                     *         "seconds": 1
                     *       },
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "job": {
                     *         "state": "waiting",
                     *         "attempt": 1,
                     *         "max_attempts": 3,
                     *         "next_attempt_at": "2026-11-22T20:13:48.123Z",
                     *         "reason": "…"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrainingWithJob"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    updateTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                training_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "description": "Monthly"
                 *     }
                 */
                "application/json": components["schemas"]["TrainingChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "project_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *       "data_source_ids": [
                     *         "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
                     *       ],
                     *       "status": "queued",
                     *       "description": "…",
                     *       "progress": {
                     *         "current_step": "queued",
                     *         "steps_completed": 1,
                     *         "total_steps": 1,
                     *         "percent_complete": 1,
                     *         "message": "…"
                     *       },
                     *       "error": "…",
                     *       "report": {
                     *         "documents": 1,
                     *         "passages": 1,
                     *         "words": 1,
                     *         "languages": [
                     *           {
                     *             "language": "…",
                     *             "documents": 1
                     *           }
                     *         ],
                     *         "skipped": [
                     *           {
                     *             "data_source_id": "0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                     *             "name": "…",
                     *             "reason": "…"
                     *           }
                     *         ],
                     *         "skipped_count": 1,
                     *         "seconds": 1
                     *       },
                     *       "created_at": "2026-11-22T20:13:48.123Z",
                     *       "updated_at": "2026-11-22T20:13:48.123Z",
                     *       "job": {
                     *         "state": "waiting",
                     *         "attempt": 1,
                     *         "max_attempts": 3,
                     *         "next_attempt_at": "2026-11-22T20:13:48.123Z",
                     *         "reason": "…"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrainingWithJob"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    deleteTrainingJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                training_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "…",
                     *       "deleted_at": "2026-11-22T20:13:48.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["TrainingDeletion"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getLatestOverview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the project holds, as Markdown */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
    getOverview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                training_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the project holds, as Markdown */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["ValidationProblem422"];
            default: components["responses"]["Problem"];
        };
    };
}
